//! The bank account: read as people type, never shown in full again, changed under watch.

use super::{NAME, PDF, Stage, hidden, leads, page};
use crate::support::grants::{Grantee, IBANS, person};
use tisserand::{
    domain::{
        identity::Iban,
        lifecycles::bank_accounts::{BankAccountEvent, BankAccountState},
        messages::MessageKind,
        organisations::MemberSeat,
        roles::Role,
    },
    store::{
        StoreError, bank_accounts,
        organisations::{self, MemberRow},
    },
    usecases::bank_accounts::block,
};

fn accounts(stage: &Stage) -> Vec<(String, BankAccountState)> {
    let rows = stage.paying.db.read(|conn| bank_accounts::open_of(conn, stage.grantee.organisation)).unwrap();
    let mut found: Vec<_> = rows.into_iter().map(|row| (row.iban.masked(), row.state)).collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}

fn masked(iban: &str) -> String {
    iban.parse::<Iban>().unwrap().masked()
}

fn told(stage: &Stage) -> Vec<String> {
    use diesel::prelude::*;
    use tisserand::store::schema::messages::dsl;
    let rows = dsl::messages.filter(dsl::kind.eq(MessageKind::BankChanged)).order(dsl::recipient_address);
    let rows = rows.select(dsl::recipient_address);
    stage.paying.db.read(|conn| rows.load(conn).map_err(StoreError::from)).unwrap()
}

#[actix_web::test]
async fn an_account_is_typed_as_people_do_and_masked_afterwards() {
    let stage = Stage::of(10_000);
    let path = stage.account();
    let form = stage.reads(&path).await;
    let token = hidden(&form, "token");
    let typed = "fr76 3000 6000 0112 3456 7890 188";
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", typed)];
    let refused =
        page(stage.site.post_file(&stage.holder, &path, &fields, Some(("rib", "rib.pdf", PDF))).await, 422).await;
    assert!(refused.contains("erreur de frappe") && refused.contains(typed), "{refused}");
    assert!(refused.contains("Fichier déjà reçu") && refused.contains("rib.pdf"), "the RIB is not asked for twice");
    let token = hidden(&refused, "token");
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", "fr76 3000 6000 0112 3456 7890 189")];
    leads(&stage.site.post_file(&stage.holder, &path, &fields, None).await);
    leads(&stage.site.post_file(&stage.holder, &path, &fields, None).await);
    assert_eq!(accounts(&stage), [(masked(IBANS[0]), BankAccountState::Unverified)]);
    let shown = stage.reads(&path).await;
    assert!(shown.contains("••••") && shown.contains("à vérifier"), "{shown}");
    assert!(!shown.contains("3456 7890") && !shown.contains("34567890"), "{shown}");
    assert!(stage.reads(&stage.home()).await.contains("••••"));
}

#[actix_web::test]
async fn two_people_who_fill_the_form_in_keep_each_their_own_rib() {
    let stage = Stage::of(10_000);
    let (paying, path) = (&stage.paying, stage.account());
    let treasurer = paying.does(|tx| person(tx, "Tao Trésor", Role::Applicant, paying.now)).unwrap();
    let row = MemberRow {
        organisation_id: stage.grantee.organisation,
        person_id: treasurer.person.unwrap(),
        seat: MemberSeat::Treasurer,
        since: paying.now,
    };
    paying.does(|tx| Ok(organisations::insert_member(tx, &row)?)).unwrap();
    let other = stage.site.cookie_of(&treasurer);
    let sends = async |cookie: &str, name: &str| {
        let token = hidden(&page(stage.site.get(cookie, &path).await, 200).await, "token");
        let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", "FR76")];
        page(stage.site.post_file(cookie, &path, &fields, Some(("rib", name, PDF))).await, 422).await
    };
    sends(&stage.holder, "premier.pdf").await;
    let second = sends(&other, "second.pdf").await;
    assert!(second.contains("second.pdf") && !second.contains("premier.pdf"), "{second}");
    let kept = stage.reads(&path).await;
    assert!(kept.contains("premier.pdf") && !kept.contains("second.pdf"), "a colleague takes nothing away: {kept}");
    let token = hidden(&second, "token");
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", IBANS[0])];
    leads(&stage.site.post_file(&other, &path, &fields, None).await);
    assert!(stage.reads(&path).await.contains("premier.pdf"), "nor once their account is given");
    let given = page(stage.site.get(&other, &path).await, 200).await;
    assert!(!given.contains("second.pdf"), "what served is kept no more: {given}");
    paying.check();
}

#[actix_web::test]
async fn an_account_no_transfer_reaches_is_refused_beside_its_number_and_in_belgium_taken() {
    let stage = Stage::of(10_000);
    let path = stage.account();
    let abroad = "TN59 1000 6035 1835 9847 8831";
    let token = hidden(&stage.reads(&path).await, "token");
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", abroad)];
    let sent = stage.site.post_file(&stage.holder, &path, &fields, Some(("rib", "rib.pdf", PDF))).await;
    let refused = page(sent, 422).await;
    assert!(refused.contains("hors de la zone SEPA") && refused.contains(abroad), "{refused}");
    assert!(stage.paying.enter_account(&stage.grantee, abroad, NAME).is_err(), "nor by another way in");
    assert!(accounts(&stage).is_empty());
    stage.paying.enter_account(&stage.grantee, "BE68539007547034", NAME).unwrap();
    assert_eq!(accounts(&stage).len(), 1);
}

#[actix_web::test]
async fn a_programme_called_rib_is_refused_beside_its_field() {
    let stage = Stage::of(10_000);
    let form = stage.reads(&stage.account()).await;
    let token = hidden(&form, "token");
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", IBANS[0])];
    let file = Some(("rib", "rib.pdf", &b"MZ\x90\x00\x03"[..]));
    let refused = page(stage.site.post_file(&stage.holder, &stage.account(), &fields, file).await, 422).await;
    assert!(refused.contains("erreur-rib") && refused.contains("type accepté"), "{refused}");
    assert!(accounts(&stage).is_empty());
}

#[actix_web::test]
async fn a_change_warns_before_waits_and_tells_the_former_contact() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let form = stage.reads(&stage.account()).await;
    assert!(form.contains("Changer de RIB retarde les versements"), "{form}");
    let token = hidden(&form, "token");
    let fields = [("token", token.as_str()), ("titulaire", NAME), ("iban", IBANS[1])];
    let file = Some(("rib", "nouveau.pdf", PDF));
    let unsure = page(stage.site.post_file(&stage.holder, &stage.account(), &fields, file).await, 422).await;
    assert!(unsure.contains("confirmer le changement"), "{unsure}");
    assert_eq!((accounts(&stage).len(), told(&stage).len()), (1, 0), "nothing moves without the confirmation");
    leads(&super::account_changes::change(&stage, &unsure, IBANS[1]).await);
    let kept = accounts(&stage);
    let wanted = [(IBANS[1], BankAccountState::Quarantined), (IBANS[0], BankAccountState::Verified)];
    assert_eq!(kept, wanted.map(|(iban, state)| (masked(iban), state)));
    assert_eq!(told(&stage), ["contact@les.passeurs.example", "helo.les.passeurs@tisserand.example"]);
    let shown = stage.reads(&stage.account()).await;
    assert!(shown.contains("en quarantaine") && shown.contains("peuvent s’y opposer"), "{shown}");
    assert!(stage.reads(&stage.home()).await.contains("la fin de la quarantaine"));
    stage.paying.check();
}

#[actix_web::test]
async fn whoever_entered_the_former_account_hears_of_a_change_after_leaving() {
    let stage = Stage::of(10_000);
    let (paying, organisation_id) = (&stage.paying, stage.grantee.organisation);
    paying.ready(&stage.grantee, NAME, IBANS[0]);
    let newcomer = paying.does(|tx| person(tx, "Nora Nouvelle", Role::Applicant, paying.now)).unwrap();
    let representative = paying.does(|tx| person(tx, "Rose Représente", Role::Applicant, paying.now)).unwrap();
    let left = paying.does(|tx| {
        let seats = [(newcomer.person, MemberSeat::Manager), (representative.person, MemberSeat::Representative)];
        for (person, seat) in seats {
            let row = MemberRow { organisation_id, person_id: person.unwrap(), seat, since: paying.now };
            organisations::insert_member(tx, &row)?;
        }
        Ok(organisations::delete_member(tx, organisation_id, stage.grantee.holder.person.unwrap())?)
    });
    left.unwrap();
    let grantee = Grantee { holder: newcomer, organisation: organisation_id, grant: stage.grantee.grant };
    paying.enter_account(&grantee, IBANS[1], NAME).unwrap();
    let wanted = [
        "contact@les.passeurs.example",
        "helo.les.passeurs@tisserand.example",
        "nora.nouvelle@tisserand.example",
        "rose.represente@tisserand.example",
    ];
    assert_eq!(told(&stage), wanted, "the one who left, those who are there, the representative among them");
    paying.check();
}

#[test]
fn an_account_that_finance_doubts_is_replaced_no_faster_than_one_it_trusts() {
    let stage = Stage::of(10_000);
    let paying = &stage.paying;
    paying.ready(&stage.grantee, NAME, IBANS[0]);
    let known = paying.db.read(|conn| bank_accounts::open_of(conn, stage.grantee.organisation)).unwrap().remove(0);
    let doubt = (BankAccountEvent::Quarantine, "Le nom ne correspond pas.");
    paying.does(|tx| block(tx, &paying.finance, known.id, known.version, doubt, paying.now).map(drop)).unwrap();
    let mut new = known.id;
    for iban in [IBANS[1], IBANS[2]] {
        new = paying.enter_account(&stage.grantee, iban, NAME).unwrap();
        let row = paying.db.read(|conn| bank_accounts::find(conn, new)).unwrap();
        assert_eq!((row.state, row.replaces_id), (BankAccountState::Quarantined, Some(known.id)));
        assert!(paying.verify(new, paying.now).is_err(), "it waits a week");
    }
    paying.verify(new, paying.now.plus_days(7)).unwrap();
    paying.check();
}
