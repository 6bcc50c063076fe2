//! An account number given as an answer: whole in the field of those who write it, masked wherever it is read.

use super::pages::text;
use crate::support::{
    databases::sqlite,
    programme::{Programme, open},
    site::Site,
};
use tisserand::domain::definitions::{Question, QuestionKind};

const NUMBER: &str = "FR76 3000 6000 0112 3456 7890 189";

#[actix_web::test]
async fn an_account_number_in_an_answer_is_masked_for_whoever_reads_the_file() {
    let programme = Programme::with(sqlite(), |call| {
        let asked = Question {
            code: "compte".into(),
            label: "Compte à créditer".into(),
            kind: QuestionKind::Iban,
            ..call.sections[0].questions[0].clone()
        };
        call.sections[0].questions.push(Question { fills: None, ..asked });
    });
    let (who, id) = programme.complete(1, 3_000);
    let section = &programme.definition.sections[0].code;
    let site = Site::over(&programme.db, open());
    let (holder, officer) = (site.cookie_of(&who), site.cookie_of(&programme.officer));
    let form = text(site.get(&holder, &format!("/dossiers/{id}/rubriques/{section}")).await, 200).await;
    assert!(form.contains(NUMBER), "whoever writes it reads it: {form}");
    let check = text(site.get(&holder, &format!("/dossiers/{id}/verification")).await, 200).await;
    programme.submit(&who, id);
    let own = text(site.get(&holder, &format!("/dossiers/{id}")).await, 200).await;
    let team = text(site.get(&officer, &format!("/instruction/{id}")).await, 200).await;
    let member = site.cookie_of(&programme.members[0]);
    let review = programme.review(id);
    let sheet = text(site.get(&member, &format!("/comite/evaluations/{review}")).await, 200).await;
    for page in [check, own, team, sheet] {
        assert!(page.contains("FR76\u{a0}••••\u{a0}••••\u{a0}0189"), "{page}");
        assert!(!page.contains("3456 7890") && !page.contains("34567890"), "{page}");
    }
}
