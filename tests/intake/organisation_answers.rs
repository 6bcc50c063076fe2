//! An organisation given as the answer to a question: its name, country, kind, role and contact, one or several.

use super::{
    edits::send,
    pages::{ORGANISATION, site, start, text},
};
use crate::support::{
    databases::sqlite,
    programme::{Programme, open},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{self, Need, Question, QuestionKind},
        forms,
        roles::Role,
    },
    usecases::answers,
};

const FIRST: [(&str, &str); 5] = [
    ("echanges-0-nom", "Comune di Lampedusa e Linosa"),
    ("echanges-0-pays", "IT"),
    ("echanges-0-nature", "collectivite"),
    ("echanges-0-role", "accueille l’échange"),
    ("echanges-0-courriel", "ponte@exemple.it"),
];

async fn draft(site: &Site) -> (String, String) {
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(site, &cookie, "SUBLIME-2027").await;
    (cookie, dossier)
}

#[actix_web::test]
async fn several_are_given_one_by_one_and_read_a_line_each() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/rubriques/impact");
    let shown = text(site.get(&cookie, &path).await, 200).await;
    assert!(shown.contains("Organisation 1") && shown.contains("Ajouter une organisation"), "{shown}");
    for part in ["Nom de l’organisation", "Pays", "Nature", "Son rôle dans le projet", "Personne à contacter"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let mut fields = FIRST.to_vec();
    fields.push(("suite", "ligne.echanges"));
    let added = send(&site, &cookie, &path, &shown, &fields).await;
    assert_eq!(added.status(), 303);
    let to = added.headers()["location"].to_str().unwrap().split('#').next().unwrap().to_owned();
    let page = text(site.get(&cookie, &to).await, 200).await;
    assert!(page.contains("Organisation 2") && page.contains("value=\"Comune di Lampedusa e Linosa\""), "{page}");
    let check = text(site.get(&cookie, &format!("{dossier}/verification")).await, 200).await;
    let said = "Comune di Lampedusa e Linosa (Italie, Collectivité territoriale)\u{a0}: accueille l’échange. \
                Contact\u{a0}: ponte@exemple.it";
    assert!(check.contains(said), "{check}");
}

#[actix_web::test]
async fn what_is_missing_of_one_is_said_beside_its_field() {
    let site = site();
    let (cookie, dossier) = draft(&site).await;
    let path = format!("{dossier}/rubriques/impact");
    let shown = text(site.get(&cookie, &path).await, 200).await;
    let fields = [("echanges-0-nom", "Comune"), ("echanges-0-courriel", "pas une adresse"), ("suite", "dossier")];
    let page = text(send(&site, &cookie, &path, &shown, &fields).await, 422).await;
    assert!(page.contains("erreur-echanges-0-courriel") && page.contains("value=\"Comune\""), "{page}");
    let task_list = text(site.get(&cookie, &dossier).await, 200).await;
    assert!(task_list.contains("Remplissez cette case"), "the country is still asked by name: {task_list}");
}

#[test]
fn one_is_asked_unless_the_question_takes_several_and_it_counts_like_any_answer() {
    let programme = Programme::with(sqlite(), |call| {
        let question = Question::blank("allie".into(), QuestionKind::Organisation);
        call.sections[0].questions.push(Question { label: "Votre allié principal".into(), ..question });
    });
    let (who, id) = programme.complete(1, 3_000);
    let content = || programme.db.read(|conn| answers::find(conn, &who, id)).unwrap();
    let question = content().definition.question("allie").unwrap().clone();
    assert_eq!((forms::most(&question), question.need, content().missing().len()), (1, Need::Required, 0));
    let save = |rows: &str| {
        let typed = [("allie".to_owned(), rows.to_owned())].into();
        programme.db.write(|tx| answers::save_section(tx, &who, id, "projet", &typed, open())).unwrap()
    };
    save("");
    let missing = content().missing();
    assert!(missing[0].contains("Indiquez une organisation pour «\u{a0}Votre allié principal\u{a0}»."), "{missing:?}");
    let two = "nature=autre\tnom=A\tpays=FR\trole=aide\nnature=autre\tnom=B\tpays=FR\trole=aide";
    let wrong = save(two);
    assert!(wrong.iter().any(|wrong| wrong.message.contains("Gardez au plus 1\u{a0}ligne")), "{wrong:?}");
    assert!(save(two.lines().next().unwrap()).is_empty());
    assert!(content().missing().is_empty());
}

#[test]
fn its_columns_are_not_written_by_hand() {
    let text = include_str!("../../fixtures/sublime.toml");
    let column = "kind = \"organisation\"\nneed = \"optional\"\nmost = 3\n\n[[call.sections.question.column]]\ncode = \"x\"\nlabel = \"X\"\nkind = \"number\"\n";
    let whole = "kind = \"organisation\"\nneed = \"optional\"\nmost = 3\n";
    let fault = definitions::parse(&text.replacen(whole, column, 1)).unwrap_err();
    assert!(fault.message.contains("has columns, and its kind has none"), "{fault}");
    let fault = definitions::parse(&text.replacen(whole, &whole.replace('3', "99"), 1)).unwrap_err();
    assert!(fault.message.contains("from 1 to 50 rows"), "{fault}");
}
