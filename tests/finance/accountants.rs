//! The account of a public body is in the name of its public accountant: accepted with a written reason, and of nobody else.

use super::{Desk, NAME, led_to, text};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, IBANS, Paying},
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        account_checks::{Confirmation, PayeeAnswer},
        ids::BankAccountId,
        lifecycles::bank_accounts::BankAccountState,
        messages::MessageKind,
        organisations::LegalForm,
    },
    exports::credit_transfers::bank_file,
    store::{
        StoreError, bank_accounts as accounts, funding_sources, guards, organisations, payment_runs as runs,
        public_accountants as rows,
    },
    usecases::{
        UseCaseError,
        account_checks::{self, CheckForm},
        approvals,
        evidence::{self, Period, Told},
        integrity,
        organisations::{OrganisationForm, edit},
        payment_runs,
    },
};

const HOLDER: &str = "SGC LILLE";
const WHY: &str = "Comptable de la commune, vu sur l’avis de la DRFIP.";

/// Writes the card of the grantee again.
fn edited(paying: &Paying, grantee: &Grantee, change: impl Fn(&mut OrganisationForm)) {
    paying
        .does(|tx| {
            let row = organisations::find(tx.conn(), grantee.organisation)?;
            let mut form = OrganisationForm::from(&row);
            change(&mut form);
            edit(tx, &grantee.holder, grantee.organisation, &form, row.updated_at, paying.now)
        })
        .unwrap();
}

/// A commune that gave the account of its accountant.
fn commune(paying: &Paying, grantee: &Grantee) {
    edited(paying, grantee, |form| {
        form.forme = LegalForm::LocalAuthority.to_string();
        form.siret = "21590350100017".into();
    });
    paying.accept(grantee);
    paying.enter_account(grantee, IBANS[0], HOLDER).unwrap();
}

fn explained(reason: &str) -> CheckForm {
    CheckForm {
        answer: PayeeAnswer::Match.code().into(),
        confirmation: Confirmation::Call.code().into(),
        holder_reason: reason.into(),
        ..CheckForm::default()
    }
}

fn account(desk: &Desk) -> accounts::BankAccountRow {
    desk.paying.db.read(|conn| accounts::open_of(conn, desk.grantee.organisation)).unwrap().remove(0)
}

fn verify(paying: &Paying, id: BankAccountId, form: &CheckForm) -> Result<(), UseCaseError> {
    let version = paying.db.read(|conn| accounts::find(conn, id)).unwrap().version;
    paying.does(|tx| account_checks::verify(tx, &paying.finance, (id, version), form, paying.now).map(drop))
}

#[actix_web::test]
async fn a_commune_is_paid_on_the_account_of_its_accountant_once_somebody_wrote_why() {
    for db in each_database() {
        let desk = Desk::over(Paying::on(db), commune);
        let id = account(&desk).id;
        let own = format!("/organisations/{}/compte", desk.grantee.organisation);
        let shown = desk.page(&desk.door.cookie_of(&desk.grantee.holder), &own, 200).await;
        assert!(shown.contains("Le titulaire n’est pas votre organisation"), "{shown}");
        assert!(shown.contains("payée par un comptable public"), "{shown}");
        let list = desk.page(&desk.finance, "/finances/comptes", 200).await;
        assert!(list.contains("est-ce son comptable public ?"), "{list}");
        let (path, to) = (format!("/finances/comptes/{id}"), format!("/finances/comptes/{id}/verification"));
        let page = desk.page(&desk.finance, &path, 200).await;
        assert!(page.contains("Comptable public à reconnaître") && !page.contains("organisme public (il"), "{page}");
        let answers = [("reponse", "match"), ("confirmation", "call")];
        let refused = text(desk.send(&desk.finance, &path, &to, &answers).await, 422).await;
        assert!(refused.contains("id=\"erreur-motif_titulaire\""), "{refused}");
        assert_eq!(account(&desk).state, BankAccountState::Unverified);
        let told = [answers.as_slice(), &[("motif_titulaire", WHY)]].concat();
        assert_eq!(led_to(&desk.send(&desk.finance, &path, &to, &told).await), path);
        let row = desk.paying.db.read(|conn| rows::latest_of(conn, &[id])).unwrap().remove(&id).unwrap();
        assert_eq!((row.reason.as_str(), row.legal_form), (WHY, LegalForm::LocalAuthority));
        assert_eq!(Some(row.written_by), desk.paying.finance.person);
        let page = desk.page(&desk.finance, &path, 200).await;
        assert!(page.contains("Pourquoi ce compte est celui de l’organisation") && page.contains(WHY), "{page}");
        let run = desk.run();
        for page in [format!("/finances/lots/{run}"), format!("/finances/lots/{run}/approbation")] {
            let page = desk.page(&desk.director, &page, 200).await;
            let said = format!("Compte au nom de « {HOLDER} », comptable public : {WHY}");
            assert!(page.contains(&said), "{page}");
        }
        desk.paying.check();
    }
}

#[test]
fn the_bank_file_the_mail_and_the_evidence_name_the_holder() {
    for db in each_database() {
        let desk = Desk::over(Paying::on(db), |paying, grantee| {
            commune(paying, grantee);
            let open = paying.db.read(|conn| accounts::open_of(conn, grantee.organisation)).unwrap();
            verify(paying, open[0].id, &explained(WHY)).unwrap();
        });
        let (paying, run) = (&desk.paying, desk.run());
        paying.does(|tx| approvals::approve_by_mail(tx, &paying.director, run, 0, paying.now)).unwrap();
        paying.does(|tx| payment_runs::export(tx, &paying.finance, run, 1, bank_file, paying.now)).unwrap();
        let today = paying.now.paris_date();
        paying.does(|tx| payment_runs::mark_paid(tx, &paying.finance, run, 2, today, paying.now)).unwrap();
        let file = paying.db.read(|conn| runs::file(conn, run)).unwrap().unwrap();
        assert!(file.content.contains(&format!("<Nm>{HOLDER}</Nm>")), "{}", file.content);
        assert!(!file.content.to_uppercase().contains("PASSEURS</NM>"), "{}", file.content);
        let mails: Vec<String> = {
            use diesel::prelude::*;
            use tisserand::store::schema::messages::dsl;
            let rows = dsl::messages.filter(dsl::kind.eq(MessageKind::BankVerified)).select(dsl::facts);
            paying.db.read(|conn| rows.load(conn).map_err(StoreError::from)).unwrap()
        };
        assert!(!mails.is_empty() && mails.iter().all(|facts| facts.contains(HOLDER)), "{mails:?}");
        let told = paying.db.read(|conn| {
            let funder = funding_sources::funder_by_code(conn, "afd")?.unwrap();
            let period = Period { from: today, until: today };
            evidence::gather(conn, &funder, period, (None, Told::Every), paying.now)
        });
        let payments: Vec<_> = told.unwrap().evidence.grants.into_iter().flat_map(|grant| grant.payments).collect();
        assert!(!payments.is_empty());
        for payment in payments {
            assert_eq!(payment.payee.replace('\u{a0}', " "), format!("payé à {HOLDER}, comptable public : {WHY}"));
            assert!(payment.references().contains(HOLDER));
        }
        paying.check();
    }
}

#[actix_web::test]
async fn an_association_is_paid_in_its_own_name_alone() {
    let desk = Desk::over(Paying::on(sqlite()), |paying, grantee| {
        paying.accept(grantee);
        paying.enter_account(grantee, IBANS[0], HOLDER).unwrap();
    });
    let id = account(&desk).id;
    let refused = verify(&desk.paying, id, &explained(WHY)).unwrap_err();
    assert!(matches!(&refused, UseCaseError::Refused(why) if why.to_string().contains("n’est pas le bénéficiaire")));
    let page = desk.page(&desk.finance, &format!("/finances/comptes/{id}"), 200).await;
    assert!(page.contains("Les deux noms diffèrent") && !page.contains("motif_titulaire"), "{page}");
    edited(&desk.paying, &desk.grantee, |form| form.forme = LegalForm::PublicBody.to_string());
    let page = desk.page(&desk.finance, &format!("/finances/comptes/{id}"), 200).await;
    assert!(page.contains("n’est pas celui d’un organisme public"), "whatever it calls itself: {page}");
    verify(&desk.paying, id, &explained(WHY)).unwrap();
    let path = format!("/finances/lots/{}/approbation", desk.run());
    let page = desk.page(&desk.director, &path, 200).await;
    assert!(page.contains("n’est pas celui d’un organisme public"), "whoever approves reads it too: {page}");
    desk.paying.check();
}

#[test]
fn an_account_in_its_own_name_asks_a_public_body_for_no_reason() {
    let paying = Paying::on(sqlite());
    let grantee = paying.award(NAME, tisserand::domain::money::Euros::whole(10_000));
    paying.announce();
    edited(&paying, &grantee, |form| form.forme = LegalForm::PublicBody.to_string());
    paying.ready(&grantee, NAME, IBANS[0]);
    let open = paying.db.read(|conn| accounts::open_of(conn, grantee.organisation)).unwrap();
    assert!(paying.db.read(|conn| rows::latest_of(conn, &[open[0].id])).unwrap().is_empty());
    paying.check();
}

#[test]
fn a_reason_stays_as_it_was_written_and_its_absence_is_seen() {
    for db in each_database() {
        let desk = Desk::over(Paying::on(db), |paying, grantee| {
            commune(paying, grantee);
            let open = paying.db.read(|conn| accounts::open_of(conn, grantee.organisation)).unwrap();
            verify(paying, open[0].id, &explained(WHY)).unwrap();
        });
        let db = &desk.paying.db;
        for sql in ["DELETE FROM public_accountants", "UPDATE public_accountants SET reason = 'autre'"] {
            let result = db.write(|tx| tx.conn().batch_execute(sql).map_err(StoreError::from));
            assert!(result.is_err(), "{sql}");
        }
        for sql in [
            "DELETE FROM public_accountants",
            "UPDATE public_accountants SET reason = ' '",
            "UPDATE public_accountants SET legal_form = 'association'",
            "UPDATE public_accountants SET written_by = (SELECT entered_by FROM bank_accounts)",
        ] {
            let mut broken = Vec::new();
            let undone: Result<(), _> = db.write(|tx| {
                guards::lift(tx.conn())?;
                tx.conn().batch_execute(sql).map_err(StoreError::from)?;
                let found = integrity::check(tx.conn(), None, &mut |_| {})?;
                broken =
                    found.iter().filter(|one| one.tally.broken > 0).map(|one| (one.number, one.tally.broken)).collect();
                Err(UseCaseError::Store(StoreError::NotFound))
            });
            assert!(undone.is_err());
            assert_eq!(broken, [(3, 1)], "{sql}");
        }
        desk.paying.check();
    }
}

#[actix_web::test]
async fn a_name_taken_just_before_the_account_is_told_before_money_leaves() {
    let desk = Desk::over(Paying::on(sqlite()), |paying, grantee| {
        edited(paying, grantee, |form| form.nom = "Les Nouveaux".into());
        paying.ready(grantee, "LES NOUVEAUX", IBANS[0]);
    });
    let said = "l’organisation s’appelait « Les Passeurs » jusqu’au";
    let page = desk.page(&desk.finance, &format!("/finances/comptes/{}", account(&desk).id), 200).await;
    assert!(page.contains(said), "{page}");
    let run = desk.run();
    for page in [format!("/finances/lots/{run}"), format!("/finances/lots/{run}/approbation")] {
        let page = desk.page(&desk.director, &page, 200).await;
        assert!(page.contains(said), "{page}");
    }
    desk.paying.check();
    let desk = Desk::open();
    let page = desk.page(&desk.finance, &format!("/finances/comptes/{}", account(&desk).id), 200).await;
    assert!(!page.contains("Changement de nom récent"), "{page}");
}
