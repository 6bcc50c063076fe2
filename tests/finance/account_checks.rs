//! What whoever verifies an account notes: the answer of the bank, and how the organisation confirmed it.

use super::{Desk, NAME, led_to, text};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{IBANS, Paying},
};
use tisserand::{
    domain::{
        account_checks::{Confirmation, PayeeAnswer},
        ids::BankAccountId,
        lifecycles::bank_accounts::BankAccountState,
    },
    store::{account_checks as rows, bank_accounts as accounts},
    usecases::{
        Outcome, UseCaseError,
        account_checks::{self, CheckForm},
    },
};

fn form(answer: PayeeAnswer, confirmation: Confirmation) -> CheckForm {
    CheckForm { answer: answer.code().into(), confirmation: confirmation.code().into(), ..CheckForm::default() }
}

/// Verifies once the quarantine is over.
fn verify_later(paying: &Paying, id: BankAccountId, form: &CheckForm) -> Outcome<()> {
    let version = paying.db.read(|conn| accounts::find(conn, id)).unwrap().version;
    let later = paying.now.plus_days(8);
    paying.does(|tx| account_checks::verify(tx, &paying.finance, (id, version), form, later).map(drop))
}

#[actix_web::test]
async fn an_account_is_verified_with_the_answer_of_the_bank_and_a_confirmation() {
    for db in each_database() {
        let desk = Desk::over(Paying::on(db), |paying, grantee| {
            paying.accept(grantee);
            paying.enter_account(grantee, IBANS[0], NAME).unwrap();
        });
        let found =
            || desk.paying.db.read(|conn| accounts::open_of(conn, desk.grantee.organisation)).unwrap().remove(0);
        let id = found().id;
        let (path, to) = (format!("/finances/comptes/{id}"), format!("/finances/comptes/{id}/verification"));
        let nothing = text(desk.send(&desk.finance, &path, &to, &[]).await, 422).await;
        assert!(
            nothing.contains("id=\"erreur-reponse\"") && nothing.contains("id=\"erreur-confirmation\""),
            "{nothing}"
        );
        let unknown = [("reponse", "no_match"), ("confirmation", "call"), ("nom_banque", "Club de judo")];
        let refused = text(desk.send(&desk.finance, &path, &to, &unknown).await, 422).await;
        assert!(refused.contains("id=\"erreur-motif_reponse\"") && refused.contains("Club de judo"), "{refused}");
        assert_eq!(found().state, BankAccountState::Unverified);
        assert!(desk.paying.db.read(|conn| rows::latest_of(conn, &[id])).unwrap().is_empty());
        let explained = [unknown.as_slice(), &[("motif_reponse", "La banque connaît un ancien nom.")]].concat();
        assert_eq!(led_to(&desk.send(&desk.finance, &path, &to, &explained).await), path);
        let row = desk.paying.db.read(|conn| rows::latest_of(conn, &[id])).unwrap().remove(&id).unwrap();
        assert_eq!((row.answer, row.confirmation), (PayeeAnswer::NoMatch, Confirmation::Call));
        assert_eq!(Some(row.checked_by), desk.paying.finance.person);
        let page = desk.page(&desk.finance, &path, 200).await;
        for said in [
            "pas de concordance (« Club de judo »)",
            "rappel à un numéro connu avant cette demande",
            "Réponse de la banque : pas de concordance. Confirmation : rappel",
            "La banque n’a pas reconnu le titulaire de ce compte.",
            "par Farid Finance",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let run = format!("/finances/lots/{}", desk.run());
        for page in [run.clone(), format!("{run}/approbation")] {
            let page = desk.page(&desk.director, &page, 200).await;
            assert!(page.contains("La banque n’a pas reconnu le titulaire de ce compte."), "{page}");
        }
        desk.paying.check();
    }
}

#[actix_web::test]
async fn a_change_is_confirmed_by_somebody_and_a_mail_alone_is_told_before_the_approval() {
    let desk = Desk::over(Paying::on(sqlite()), |paying, grantee| {
        paying.ready(grantee, NAME, IBANS[0]);
        let id = paying.enter_account(grantee, IBANS[1], NAME).unwrap();
        let paper = verify_later(paying, id, &form(PayeeAnswer::Match, Confirmation::Paper)).unwrap_err();
        match paper {
            UseCaseError::Invalid(wrong) => assert_eq!((wrong.len(), wrong[0].field.as_str()), (1, "confirmation")),
            other => panic!("{other:?}"),
        }
        let close = CheckForm { name_given: "Passeurs".into(), ..form(PayeeAnswer::CloseMatch, Confirmation::Mail) };
        verify_later(paying, id, &close).unwrap();
    });
    let home = format!("/finances/lots/{}", desk.run());
    for page in [home.clone(), format!("{home}/approbation")] {
        let page = desk.page(&desk.director, &page, 200).await;
        assert!(page.contains("sous un autre nom : Passeurs."), "{page}");
        assert!(page.contains("Changement confirmé par courriel seulement."), "{page}");
    }
}
