//! Another bank account: a code sent to whoever gives it, and their password where they have one.

use super::{NAME, PDF, Stage, hidden, leads, page};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{IBANS, Paying, person},
};
use tisserand::{
    domain::{
        lifecycles::bank_accounts::BankAccountState, one_time_codes::CodePurpose, organisations::MemberSeat,
        roles::Role,
    },
    store::{
        bank_accounts,
        one_time_codes::{self as codes, Owner},
        organisations::{self, MemberRow},
    },
    usecases::{own_passwords::FORGOTTEN, people},
};

const PASSWORD: &str = "une petite phrase de passe";

/// A holder whose account is verified, on each database.
fn stages() -> impl Iterator<Item = Stage> {
    each_database().into_iter().map(|db| settled(Paying::on(db)))
}

fn settled(paying: Paying) -> Stage {
    let stage = Stage::over(paying, 10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    stage
}

/// How the accounts that are not closed stand, the oldest first.
fn accounts(stage: &Stage) -> Vec<BankAccountState> {
    let rows = stage.paying.db.read(|conn| bank_accounts::open_of(conn, stage.grantee.organisation)).unwrap();
    rows.into_iter().map(|row| row.state).collect()
}

/// Sends the change that was typed on this page, with more fields.
async fn sends(stage: &Stage, html: &str, (path, iban): (&str, &str), more: &[(&str, &str)]) -> reqwest::Response {
    let token = hidden(html, "token");
    let mut fields = vec![("token", token.as_str()), ("titulaire", NAME), ("iban", iban), ("confirmation", "oui")];
    fields.extend_from_slice(more);
    stage.site.post_file(&stage.holder, path, &fields, Some(("rib", "nouveau.pdf", PDF))).await
}

/// Asks for a code for the change: the page that answers, and the code its mail says.
async fn asks(stage: &Stage, html: &str, iban: &str) -> (String, String) {
    let path = format!("{}/code", stage.account());
    let answer = page(sends(stage, html, (&path, iban), &[]).await, 200).await;
    (answer, stage.code())
}

/// Changes the account from this page, with its code.
pub async fn change(stage: &Stage, html: &str, iban: &str) -> reqwest::Response {
    let (asked, code) = asks(stage, html, iban).await;
    sends(stage, &asked, (&stage.account(), iban), &[("code", &code)]).await
}

fn other(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

#[actix_web::test]
async fn a_change_without_its_code_is_refused_beside_the_field_and_changes_nothing() {
    for stage in stages() {
        let path = stage.account();
        let form = stage.reads(&path).await;
        assert!(form.contains("un code part vers h•••@tisserand.example"), "{form}");
        let refused = page(sends(&stage, &form, (&path, IBANS[1]), &[]).await, 422).await;
        assert!(refused.contains("id=\"erreur-code\"") && refused.contains("Tapez les six chiffres"), "{refused}");
        assert!(refused.contains(IBANS[1]) && refused.contains("nouveau.pdf"), "nothing typed is lost: {refused}");
        let refused = page(sends(&stage, &refused, (&path, IBANS[1]), &[("code", "123456")]).await, 422).await;
        assert!(refused.contains("Aucun code n’est en cours"), "{refused}");
        assert_eq!(accounts(&stage), [BankAccountState::Verified]);
        stage.paying.check();
    }
}

#[actix_web::test]
async fn the_right_code_changes_the_account_once_and_a_second_click_lands_where_the_first_did() {
    for stage in stages() {
        let path = stage.account();
        let form = stage.reads(&path).await;
        let (asked, code) = asks(&stage, &form, IBANS[1]).await;
        assert!(asked.contains("Un code est parti vers h•••@tisserand.example"), "{asked}");
        assert!(asked.contains(IBANS[1]) && asked.contains("nouveau.pdf"), "{asked}");
        assert_eq!(accounts(&stage), [BankAccountState::Verified], "a code alone changes nothing");
        for _ in 0..2 {
            assert_eq!(leads(&sends(&stage, &asked, (&path, IBANS[1]), &[("code", &code)]).await), path);
        }
        assert_eq!(accounts(&stage), [BankAccountState::Verified, BankAccountState::Quarantined]);
        let form = stage.reads(&path).await;
        let again = page(sends(&stage, &form, (&path, IBANS[2]), &[("code", &code)]).await, 422).await;
        assert!(again.contains("un code ne sert qu’une fois"), "{again}");
        stage.paying.check();
    }
}

#[actix_web::test]
async fn a_wrong_code_counts_once_per_sending_and_five_of_them_spend_it() {
    for stage in stages() {
        let path = stage.account();
        let (mut shown, code) = asks(&stage, &stage.reads(&path).await, IBANS[1]).await;
        let owner = Owner {
            purpose: CodePurpose::BankAccountChange,
            person: stage.grantee.holder.person.unwrap(),
            subject: stage.grantee.organisation.as_str(),
        };
        let tries = || stage.paying.db.read(|conn| codes::open(conn, owner)).unwrap().unwrap().tries;
        for count in 1..=5 {
            let wrong = [("code", other(&code))];
            page(sends(&stage, &shown, (&path, IBANS[1]), &wrong).await, 422).await;
            let twice = page(sends(&stage, &shown, (&path, IBANS[1]), &wrong).await, 422).await;
            assert_eq!(tries(), count, "a second click is no second try");
            assert!(twice.contains(if count < 5 { "pas le bon code" } else { "Trop de codes faux" }), "{twice}");
            shown = twice;
        }
        let late = page(sends(&stage, &shown, (&path, IBANS[1]), &[("code", &code)]).await, 422).await;
        assert!(late.contains("Trop de codes faux"), "{late}");
        assert_eq!(accounts(&stage), [BankAccountState::Verified]);
    }
}

#[actix_web::test]
async fn a_code_serves_in_time_and_for_the_account_it_was_sent_for() {
    let stage = settled(Paying::on(sqlite()));
    let path = stage.account();
    let (asked, code) = asks(&stage, &stage.reads(&path).await, IBANS[1]).await;
    let other = page(sends(&stage, &asked, (&path, IBANS[2]), &[("code", &code)]).await, 422).await;
    assert!(other.contains("Le contenu a changé depuis l’envoi de ce code"), "{other}");
    stage.site.clock.set(stage.paying.now.plus_minutes(16));
    let late = page(sends(&stage, &other, (&path, IBANS[1]), &[("code", &code)]).await, 422).await;
    assert!(late.contains("Ce code n’est plus valable"), "{late}");
    assert_eq!(accounts(&stage), [BankAccountState::Verified]);
}

#[actix_web::test]
async fn whoever_has_a_password_types_it_too() {
    let stage = settled(Paying::on(sqlite()));
    let person = stage.grantee.holder.person.unwrap();
    stage.paying.does(|tx| people::give_password(tx, person, PASSWORD, stage.paying.now)).unwrap();
    let holder = stage.cookie(&stage.grantee.holder);
    let stage = Stage { holder, ..stage };
    let path = stage.account();
    let (asked, code) = asks(&stage, &stage.reads(&path).await, IBANS[1]).await;
    assert!(asked.contains("Votre mot de passe"), "{asked}");
    let missing = page(sends(&stage, &asked, (&path, IBANS[1]), &[("code", &code)]).await, 422).await;
    assert!(missing.contains("id=\"erreur-mot_de_passe\""), "{missing}");
    let wrong = [("code", code.as_str()), ("mot_de_passe", "une autre phrase")];
    let wrong = page(sends(&stage, &missing, (&path, IBANS[1]), &wrong).await, 422).await;
    assert!(wrong.contains("id=\"erreur-mot_de_passe\"") && !wrong.contains("une autre phrase"), "{wrong}");
    assert_eq!(accounts(&stage), [BankAccountState::Verified]);
    let right = [("code", code.as_str()), ("mot_de_passe", PASSWORD)];
    assert_eq!(leads(&sends(&stage, &wrong, (&path, IBANS[1]), &right).await), path);
    assert_eq!(accounts(&stage).len(), 2);
}

#[actix_web::test]
async fn a_first_account_asks_for_no_code_and_one_given_before_its_verification_does() {
    let stage = Stage::of(10_000);
    let path = stage.account();
    let form = stage.reads(&path).await;
    assert!(!form.contains("un code part") && !form.contains("Code reçu"), "{form}");
    leads(&sends(&stage, &form, (&path, IBANS[0]), &[]).await);
    let form = stage.reads(&path).await;
    let refused = page(sends(&stage, &form, (&path, IBANS[1]), &[]).await, 422).await;
    assert!(refused.contains("id=\"erreur-code\""), "{refused}");
    leads(&change(&stage, &refused, IBANS[1]).await);
    assert_eq!(accounts(&stage), [BankAccountState::Unverified], "the first one is closed");
}

/// What the page says to whoever asks for a code, with this cookie, while nothing may be changed yet.
async fn waits(stage: &Stage, cookie: String) -> String {
    let form = page(stage.site.get(&cookie, &stage.account()).await, 200).await;
    let path = format!("{}/code", stage.account());
    let (token, file) = (hidden(&form, "token"), Some(("rib", "nouveau.pdf", PDF)));
    let fields =
        [("token", token.as_str()), ("titulaire", NAME), ("iban", IBANS[1]), ("confirmation", "oui"), ("code", "")];
    let refused = page(stage.site.post_file(&cookie, &path, &fields, file).await, 422).await;
    assert!(refused.contains(IBANS[1]) && refused.contains("nouveau.pdf"), "nothing typed is lost: {refused}");
    let given = stage.site.post_file(&cookie, &stage.account(), &fields, None).await;
    assert!(page(given, 422).await.contains("par prudence"), "the code is not looked at");
    assert_eq!(accounts(stage), [BankAccountState::Verified]);
    refused
}

#[actix_web::test]
async fn somebody_seated_since_the_account_was_given_changes_it_after_a_week() {
    for stage in stages() {
        let (paying, since) = (&stage.paying, stage.paying.now.plus_minutes(1));
        let friend = paying.does(|tx| person(tx, "Ami Assis", Role::Applicant, paying.now)).unwrap();
        let (organisation_id, person_id) = (stage.grantee.organisation, friend.person.unwrap());
        let row = MemberRow { organisation_id, person_id, seat: MemberSeat::Manager, since };
        paying.does(|tx| Ok(organisations::insert_member(tx, &row)?)).unwrap();
        let refused = waits(&stage, stage.cookie(&friend)).await;
        assert!(refused.contains("Vous avez rejoint cette organisation depuis peu"), "{refused}");
        stage.site.clock.set(since.plus_days(7));
        let stage = Stage { holder: stage.cookie(&friend), ..stage };
        let form = stage.reads(&stage.account()).await;
        let path = format!("{}/code", stage.account());
        let asked = page(sends(&stage, &form, (&path, IBANS[1]), &[]).await, 200).await;
        assert!(asked.contains("Un code est parti"), "{asked}");
    }
}

#[actix_web::test]
async fn a_password_chosen_by_a_link_changes_no_account_for_a_week() {
    for stage in stages() {
        let (now, id) = (stage.paying.now, stage.grantee.holder.person.unwrap());
        stage.paying.does(|tx| people::give_password(tx, id, PASSWORD, now)).unwrap();
        let door = super::walks::door_to(&stage, &stage.grantee.holder, FORGOTTEN);
        assert_eq!(leads(&stage.site.post("", &door, &[]).await), FORGOTTEN);
        let refused = waits(&stage, stage.cookie(&stage.grantee.holder)).await;
        assert!(refused.contains("mot de passe oublié"), "{refused}");
    }
}
