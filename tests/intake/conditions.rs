//! The conditions of a call on the country of a project and on the number of files: told early, judged where it counts.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, open},
    site::Site,
};
use std::collections::BTreeMap;
use tisserand::{
    domain::{
        definitions::{ApplicationsPerHolder, CallDefinition, ProjectField, Question, QuestionKind},
        eligibility::{ExcludedCountry, Rule, Verdict},
        ids::ApplicationId,
        references::CountryList,
    },
    store::Tx,
    usecases::{
        Actor, UseCaseError, answers, applications, calls, eligibility, filed_counts, project_rules::outside_rules,
    },
};

const WHY: &str = "Le ministère déconseille de s’y rendre.";

/// Asks in which country the project happens, and takes those of the DAC's list and France, without Mali.
fn abroad(call: &mut CallDefinition) {
    let question = Question::blank("pays".into(), QuestionKind::Country);
    let question = Question { label: "Pays du projet".into(), fills: Some(ProjectField::Country), ..question };
    call.sections[0].questions.push(question);
    let excluded = vec![ExcludedCountry { country: "ML".into(), sentence: WHY.into() }];
    let countries = vec!["FR".into()];
    call.eligibility.push(Rule::ProjectInCountries { list: Some(CountryList::Dac), countries, excluded });
}

/// Says where the project happens; gives what is wrong with the answer.
fn says(world: &Programme, who: &Actor, file: ApplicationId, country: &str) -> Vec<String> {
    let typed = BTreeMap::from([("pays".to_owned(), country.to_owned())]);
    let section = world.definition.sections[0].code.clone();
    let save = |tx: &mut Tx| answers::save_section(tx, who, file, &section, &typed, open());
    let wrong = world.db.write(save).unwrap();
    let content = world.db.read(|conn| answers::find(conn, who, file)).unwrap();
    let outside = outside_rules(&content, &world.definition.sections[0]);
    wrong.into_iter().chain(outside).filter(|error| error.field == "pays").map(|error| error.message).collect()
}

fn country_verdict(world: &Programme, file: ApplicationId) -> Verdict {
    let found = world.db.read(|conn| eligibility::checklist(conn, &Actor::system(), file, closed())).unwrap();
    found.into_iter().find(|(rule, _)| rule.code() == "project_in_countries").unwrap().1.verdict
}

#[test]
fn a_project_in_an_excluded_country_is_told_why_beside_the_field_and_is_not_filed() {
    for db in each_database() {
        let world = Programme::with(db, abroad);
        let (who, file) = world.complete(1, 3_000);
        for (country, said) in [
            ("ML", vec![WHY]),
            ("US", vec!["Le pays du projet n’est pas de ceux de l’appel\u{a0}: États-Unis."]),
            ("XX", vec!["Choisissez un pays dans la liste."]),
            ("SN", vec![]),
        ] {
            assert_eq!(says(&world, &who, file, country), said, "{country}");
        }
        assert_eq!(country_verdict(&world, file), Verdict::Met);
        says(&world, &who, file, "ML");
        assert_eq!(country_verdict(&world, file), Verdict::NotMet);
        let version = world.application(file).version;
        let refused = world.db.write(|tx| applications::submit(tx, &who, file, version, open())).unwrap_err();
        assert!(refused.to_string().contains(WHY), "{refused}");
        says(&world, &who, file, "FR");
        world.submit(&who, file);
        world.eligible(file);
        assert_whole(&world.db);
    }
}

#[test]
fn a_question_that_shows_the_list_of_the_dac_refuses_every_other_country() {
    let world = Programme::with(sqlite(), |call| {
        abroad(call);
        call.eligibility.pop();
        call.sections[0].questions.last_mut().unwrap().countries = Some(CountryList::Dac);
    });
    let who = crate::support::programme::person(&world.db, "Awa", tisserand::domain::roles::Role::Applicant);
    let organisation = world.organisation(&who, 1);
    let start = |tx: &mut Tx| applications::start(tx, &who, world.call, organisation, open());
    let file = world.db.write(start).unwrap();
    let said = says(&world, &who, file, "FR").join(" ");
    assert!(said.contains("France n’est pas sur la liste") && said.contains("CAD de l’OCDE"), "{said}");
    assert_eq!(says(&world, &who, file, "SN"), Vec::<String>::new());
}

#[actix_web::test]
async fn everybody_reads_the_countries_of_a_call_before_they_apply() {
    let world = Programme::with(sqlite(), abroad);
    let site = Site::over(&world.db, open());
    let page = site.get("", "/appels/RECITAL-2027-1").await.text().await.unwrap();
    let page = page.replace('\u{a0}', " ");
    for words in
        ["Les conditions", "liste du CAD de l’OCDE, ou dans un de ces pays : France.", "pays : Mali. Le ministère"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let letter = world.db.read(|conn| calls::rules(conn, "RECITAL-2027-1")).unwrap();
    assert!(format!("{:?}", letter.blocks).contains(WHY), "{:?}", letter.blocks);
    let ask = |country: &str| format!("/quel-fonds?forme=association&code_postal=59000&montant=3000&pays={country}");
    for (country, badge) in [("SN", "Oui, a priori"), ("ML", "Oui, en l’adaptant"), ("US", "Oui, en l’adaptant")] {
        let html = site.get("", &ask(country)).await.text().await.unwrap();
        assert!(html.contains(badge), "{country}: {html}");
        assert_eq!(html.contains(&format!("<li>{WHY}</li>")), country == "ML", "{country}");
    }
    let page = site.get("", &ask("")).await.text().await.unwrap();
    assert!(page.contains("Le pays du projet n’est pas indiqué.") && page.contains(">Sénégal</option>"), "{page}");
}

/// A call that takes so many files of an organisation, and two in all from the fund.
fn counted(call: &mut CallDefinition) {
    call.applications = ApplicationsPerHolder::Several;
    call.eligibility.push(Rule::FilesPerCall { most: 2 });
}

#[test]
fn an_organisation_files_as_many_files_as_the_call_takes_and_no_more() {
    for db in each_database() {
        let world = Programme::with(db, counted);
        let (who, first) = world.filed(1, 3_000);
        let organisation = world.application(first).organisation_id;
        let [second, third] = [(); 2].map(|()| world.complete_for(&who, organisation, 1, 3_000));
        world.submit(&who, second);
        let version = world.application(third).version;
        let refused = world.db.write(|tx| applications::submit(tx, &who, third, version, open())).unwrap_err();
        let said = "L’organisation a déjà déposé 2\u{a0}dossiers à cet appel, et peut en déposer 2 au plus.";
        assert_eq!(refused.to_string(), said);
        let begun = world.db.write(|tx| applications::start(tx, &who, world.call, organisation, open())).unwrap_err();
        assert!(matches!(&begun, UseCaseError::Invalid(wrong) if wrong[0].message == said), "{begun}");
        world.eligible(first);
        world.eligible(second);
        let version = world.application(second).version;
        world.db.write(|tx| applications::withdraw(tx, &who, second, version, open())).unwrap();
        world.submit(&who, third);
        world.eligible(third);
        assert_whole(&world.db);
    }
}

#[test]
fn the_files_of_a_programme_are_counted_over_its_period_in_all_its_calls() {
    let period = |since: &str| Rule::FilesPerProgramme { most: 1, since: since.parse().ok(), until: None };
    for (since, is_refused) in [("2026-01-01", true), ("2027-01-01", false)] {
        let world = Programme::with_definition(sqlite(), |definition| {
            let mut second = definition.calls[0].clone();
            second.reference = "RECITAL-2027-2".into();
            second.eligibility.push(period(since));
            definition.calls.push(second);
        });
        let (_, first) = world.filed(1, 3_000);
        let organisation = world.application(first).organisation_id;
        let second = world.db.read(|conn| calls::by_reference(conn, "RECITAL-2027-2")).unwrap();
        let full = world.db.read(|conn| filed_counts::full(conn, &second, &[organisation])).unwrap();
        let full = full.into_values().next();
        assert_eq!(full.is_some(), is_refused, "{full:?}");
        let said = full.unwrap_or("depuis le 1er janvier 2026".into()).replace('\u{a0}', " ");
        assert!(said.contains("depuis le 1er janvier 2026"), "the period is named: {said}");
    }
}

#[actix_web::test]
async fn the_start_page_says_which_organisation_may_file_no_more() {
    let world = Programme::with(sqlite(), |call| {
        counted(call);
        call.eligibility.pop();
        call.eligibility.push(Rule::FilesPerCall { most: 1 });
    });
    let (who, first) = world.filed(1, 3_000);
    let site = Site::over(&world.db, open());
    let (cookie, path) = (site.cookie_of(&who), "/appels/RECITAL-2027-1/dossier");
    let page = site.get(&cookie, path).await.text().await.unwrap();
    let said = "a déjà déposé 1\u{a0}dossier à cet appel, et peut en déposer 1 au plus.";
    assert!(page.contains(said) && !page.contains("<button class=\"button primary\""), "{page}");
    let organisation = world.application(first).organisation_id.to_string();
    let token = "a".repeat(64);
    let reply = site.post(&cookie, path, &[("organisation", organisation.as_str()), ("token", &token)]).await;
    assert_eq!(reply.status().as_u16(), 422);
    let page = reply.text().await.unwrap();
    assert!(page.contains("id=\"erreur-organisation\"") && page.contains(said), "{page}");
    world.organisation(&who, 2);
    let page = site.get(&cookie, path).await.text().await.unwrap();
    assert!(page.contains(said) && page.contains("Commencer</button>"), "the other one may begin: {page}");
}
