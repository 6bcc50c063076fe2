//! Every link of a mail leads to a page that its reader can open.

use crate::support::{
    databases::sqlite,
    grants::{IBANS, Paying},
    programme::Programme,
};
use std::collections::{BTreeMap, BTreeSet};
use tisserand::{
    domain::{
        ids::PersonId,
        lifecycles::grants::GrantEvent,
        messages::{Mail, MessageKind},
        money::Euros,
        reports::ReportKind,
        roles::Role,
    },
    store::{Db, StoreError, people},
    usecases::{disbursements, grants},
    web::routes::SITE_MAP,
};

fn leads_to(path: &str) -> Option<&'static tisserand::web::routes::Address> {
    let parts: Vec<_> = path.split('/').collect();
    SITE_MAP.iter().find(|address| {
        let wanted: Vec<_> = address.path.split('/').collect();
        let fits = |(w, p): (&&str, &&str)| w == p || w.starts_with('{');
        address.method == "get" && wanted.len() == parts.len() && wanted.iter().zip(&parts).all(fits)
    })
}

/// Kind, link and roles of the reader of every mail that waits.
fn links(db: &Db) -> BTreeMap<&'static str, BTreeSet<(String, Vec<&'static str>)>> {
    use diesel::prelude::*;
    use tisserand::store::schema::messages::dsl;
    type Line = (MessageKind, String, Option<PersonId>);
    let rows = dsl::messages.select((dsl::kind, dsl::facts, dsl::recipient_id));
    let rows: Vec<Line> = db.read(|conn| rows.load(conn).map_err(StoreError::from)).unwrap();
    let mut links = BTreeMap::<_, BTreeSet<_>>::new();
    for (kind, content, reader) in rows {
        let mail: Mail = serde_json::from_str(&content).unwrap();
        let Some(action) = mail.action else { continue };
        // An address without an account is that of an organisation: its people open the link.
        let roles = reader.map_or(vec![Role::Applicant], |id| db.read(|conn| people::roles_of(conn, id)).unwrap());
        let roles = roles.into_iter().map(Role::code).collect();
        links.entry(kind.code()).or_default().insert((action.path, roles));
    }
    links
}

/// A call being paid through everything that can happen to its grants.
fn paid() -> Paying {
    let paying = Paying::on(sqlite());
    let names = ["Les Passeurs", "La Fabrique", "Le Fil"];
    let all: Vec<_> =
        [10_000, 5_000, 6_000].iter().zip(names).map(|(sum, name)| paying.award(name, Euros::whole(*sum))).collect();
    paying.announce();
    let now = paying.now;
    let version = paying.grant(all[1].grant).version;
    let decline = |tx: &mut tisserand::store::Tx| {
        grants::step(tx, &all[1].holder, all[1].grant, version, GrantEvent::Decline, now)
    };
    paying.does(decline).unwrap();
    paying.ready(&all[0], names[0], IBANS[0]);
    paying.ready(&all[2], names[2], IBANS[2]);
    for (event, reason) in
        [(GrantEvent::Suspend, "Un doute."), (GrantEvent::Resume, "Levé."), (GrantEvent::Terminate, "Fin.")]
    {
        let version = paying.grant(all[2].grant).version;
        let change = (event, reason);
        paying.does(|tx| grants::change_with_reason(tx, &paying.director, all[2].grant, version, change, now)).unwrap();
    }
    let line = paying.payments(all[0].grant)[0].id;
    paying.pay(paying.prepare(&[line]));
    let version = paying.payments(all[0].grant)[0].version;
    paying.does(|tx| disbursements::mark_returned(tx, &paying.finance, line, version, "Compte clos", now)).unwrap();
    paying.authorise(line).unwrap();
    paying.pay(paying.put_in_run(&[line]).unwrap());
    paying.report(&all[0], ReportKind::Interim, Euros::whole(4_000));
    paying.report(&all[0], ReportKind::Final, Euros::whole(4_000));
    paying.enter_account(&all[0], IBANS[1], names[0]).unwrap();
    paying
}

#[test]
fn every_link_of_a_mail_about_money_leads_to_a_page_of_its_reader() {
    let links = links(&paid().db);
    let known: BTreeSet<_> = links.keys().copied().collect();
    for kind in [
        MessageKind::Award,
        MessageKind::GrantAccepted,
        MessageKind::GrantDeclined,
        MessageKind::GrantActive,
        MessageKind::GrantSuspended,
        MessageKind::GrantTerminated,
        MessageKind::PaymentNotice,
        MessageKind::PaymentReturned,
        MessageKind::ReportFiled,
        MessageKind::ReportAccepted,
        MessageKind::RecoveryRequest,
        MessageKind::BankVerified,
        MessageKind::BankChanged,
    ] {
        assert!(known.contains(kind.code()), "{kind} was not sent: {known:?}");
    }
    all_lead(links);
}

#[test]
fn every_link_of_a_mail_about_a_file_leads_to_a_page_of_its_reader() {
    let programme = Programme::on(sqlite());
    programme.filed(1, 3_000);
    let mut links = links(&programme.db);
    // What the team is sent leads to its own pages.
    links.values_mut().for_each(|of_kind| of_kind.retain(|(path, _)| path.starts_with("/dossiers/")));
    assert!(links.contains_key("receipt"));
    all_lead(links);
}

fn all_lead(links: BTreeMap<&'static str, BTreeSet<(String, Vec<&'static str>)>>) {
    let mut faults = Vec::new();
    for (kind, of_kind) in links {
        for (path, roles) in of_kind {
            let opens = leads_to(&path).is_some_and(|address| {
                address.who.roles().is_none_or(|admitted| admitted.iter().any(|role| roles.contains(&role.code())))
            });
            if !opens {
                faults.push(format!("{kind}: {path} for {roles:?}"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
