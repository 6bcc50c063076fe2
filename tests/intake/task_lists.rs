//! The list of what is to be done says what is not.

use super::{pages::text, pairings::World};
use crate::support::{
    databases::sqlite,
    programme::{Programme, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{CallDefinition, Question, QuestionKind, ShowIf},
        roles::Role,
    },
    store::Tx,
    usecases::{answers, applications},
};

/// A section of one question, asked of whoever says that the project is far away.
fn conditional(call: &mut CallDefinition) {
    let show_if = Some(ShowIf { question: "eloigne".into(), any_of: vec!["oui".into()] });
    let question = Question::blank("trajet".into(), QuestionKind::ShortText);
    let question = Question { label: "Comment venez-vous ?".into(), show_if, ..question };
    let mut section = call.sections[0].clone();
    (section.code, section.title, section.questions) = ("trajets".into(), "Les trajets".into(), vec![question]);
    call.sections.push(section);
}

/// The list of sections on the page of a file.
async fn list(site: &Site, cookie: &str, home: &str) -> String {
    let page = text(site.get(cookie, home).await, 200).await;
    page.split("<ol class=\"sections\">").nth(1).unwrap().split("</ol>").next().unwrap().to_owned()
}

/// The line of one section.
fn line(list: &str, title: &str) -> String {
    list.split("<li>").find(|line| line.contains(title)).unwrap_or_else(|| panic!("{title}: {list}")).to_owned()
}

#[actix_web::test]
async fn a_section_whose_questions_are_all_hidden_is_not_necessary_until_one_is_asked() {
    let programme = Programme::with(sqlite(), conditional);
    let who = person(&programme.db, "Awa", Role::Applicant);
    let organisation = programme.organisation(&who, 1);
    let start = |tx: &mut Tx| applications::start(tx, &who, programme.call, organisation, open());
    let file = programme.db.write(start).unwrap();
    let (site, home) = (Site::over(&programme.db, open()), format!("/dossiers/{file}"));
    let cookie = site.cookie_of(&who);
    let sections = programme.definition.sections.len();
    let before = list(&site, &cookie, &home).await;
    let hidden = line(&before, "Les trajets");
    assert!(hidden.contains("pas nécessaire") && !hidden.contains("<a "), "{hidden}");
    let place = format!("{home}/rubriques/{}", programme.definition.sections[1].code);
    let page = text(site.get(&cookie, &place).await, 200).await;
    assert!(page.contains(&format!("Rubrique 2 sur {}", sections - 1)), "{page}");
    assert_eq!(site.get(&cookie, &format!("{home}/rubriques/trajets")).await.status(), 404);

    let asking =
        programme.definition.sections.iter().find(|s| s.questions.iter().any(|q| q.code == "eloigne")).unwrap();
    let typed = [("eloigne".to_owned(), "oui".to_owned())].into();
    programme.db.write(|tx| answers::save_section(tx, &who, file, &asking.code, &typed, open())).unwrap();
    let after = list(&site, &cookie, &home).await;
    let asked = line(&after, "Les trajets");
    assert!(asked.contains("à faire") && asked.contains("/rubriques/trajets\""), "{asked}");
    let page = text(site.get(&cookie, &place).await, 200).await;
    assert!(page.contains(&format!("Rubrique 2 sur {sections}")), "{page}");
}

#[actix_web::test]
async fn each_half_of_a_pair_reads_what_the_other_one_fills_in() {
    let world = World::on(sqlite());
    world.look();
    world.pair(&world.officer).unwrap();
    let (site, home) = (Site::over(&world.db, open()), format!("/dossiers/{}", world.lonely_association));
    for (who, theirs, by, mine) in [
        (&world.teacher, "Budget", "rempli par Les Passeurs", "L’établissement et les élèves"),
        (&world.holder, "L’établissement et les élèves", "rempli par Collège du Port", "Budget"),
    ] {
        let list = list(&site, &site.cookie_of(who), &home).await;
        let other = line(&list, theirs);
        assert!(other.contains("pas nécessaire") && other.contains(by) && !other.contains("<a "), "{other}");
        let own = line(&list, mine);
        assert!(own.contains("<a ") && !own.contains("pas nécessaire") && !own.contains("rempli par"), "{own}");
    }
}
