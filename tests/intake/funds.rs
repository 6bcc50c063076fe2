//! What is particular to each fund, as its file says it and as people meet it; and that what a document says is true.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, open},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{self, CallDefinition, Definition},
        eligibility::{Facts, Rule, Verdict, judge, rules_of},
        letters::LogoCode,
        money::Euros,
        organisations::LegalForm,
        references::{Marker, MarkerLevel},
        roles::Role,
    },
    store::documents,
};

fn of(text: &str) -> Definition {
    definitions::parse(text).unwrap()
}

/// What the rule with this code says of these facts.
fn verdict(call: &CallDefinition, code: &str, facts: &Facts) -> Verdict {
    let rules = rules_of(call);
    let rule: &Rule = rules.iter().find(|rule| rule.code() == code).unwrap_or_else(|| panic!("no rule {code}"));
    judge(rule, facts).verdict
}

#[test]
fn recital_gives_500_to_5_000_euros_to_associations_seated_in_the_region() {
    let call = of(include_str!("../../fixtures/recital.toml")).calls.remove(0);
    let asked = |cents| Facts { requested: Some(Euros::from_cents(cents)), ..Facts::default() };
    for (cents, wanted) in
        [(49_999, Verdict::NotMet), (50_000, Verdict::Met), (500_000, Verdict::Met), (500_001, Verdict::NotMet)]
    {
        assert_eq!(verdict(&call, "amount_between", &asked(cents)), wanted, "{cents} cents");
    }
    let seat = |department: &str| Facts { department: Some(department.into()), ..Facts::default() };
    for department in ["02", "59", "60", "62", "80"] {
        assert_eq!(verdict(&call, "seat_in_departments", &seat(department)), Verdict::Met, "{department}");
    }
    assert_eq!(verdict(&call, "seat_in_departments", &seat("75")), Verdict::NotMet);
    let form = |form| Facts { legal_form: Some(form), ..Facts::default() };
    assert_eq!(verdict(&call, "legal_forms", &form(LegalForm::Association)), Verdict::Met);
    assert_eq!(verdict(&call, "legal_forms", &form(LegalForm::Company)), Verdict::NotMet);
}

#[test]
fn sublime_keeps_to_its_european_contract() {
    let definition = of(include_str!("../../fixtures/sublime.toml"));
    let (call, source) = (&definition.calls[0], &definition.funding_sources[0]);
    assert_eq!(source.regranting.as_ref().unwrap().ceiling_per_beneficiary, Some(Euros::whole(15_000)));
    assert_eq!(source.retention_years, 5);
    assert!(call.rules.iter().any(|rule| rule.text.contains("cinq ans")), "people are told to keep their papers");
    assert_eq!(definition.fund.emblem, Some(LogoCode::EuropeanUnion));
    assert!(definition.fund.mention.starts_with("Financé par l’Union européenne."));
    let gender = |level| Facts { markers: Some(vec![(Marker::Gender, level)]), ..Facts::default() };
    assert_eq!(verdict(call, "marker_at_least", &gender(MarkerLevel::NotTargeted)), Verdict::NotMet);
    assert_eq!(verdict(call, "marker_at_least", &gender(MarkerLevel::Significant)), Verdict::Met);
    assert_eq!(verdict(call, "marker_at_least", &gender(MarkerLevel::Principal)), Verdict::Met);
    let place = |commune: &str| Facts { project_commune: Some(commune.into()), ..Facts::default() };
    assert_eq!(verdict(call, "project_in_communes", &place("59183")), Verdict::Met, "Dunkerque");
    assert_eq!(verdict(call, "project_in_communes", &place("62160")), Verdict::Met, "Boulogne-sur-Mer");
    assert_eq!(verdict(call, "project_in_communes", &place("59350")), Verdict::NotMet, "Lille");
}

#[test]
fn the_emblem_and_the_sentence_of_europe_stand_on_what_is_issued() {
    let europe = of(include_str!("../../fixtures/sublime.toml")).fund;
    let programme = Programme::with_definition(sqlite(), |definition| {
        definition.fund.emblem = europe.emblem;
        definition.fund.mention = europe.mention.clone();
    });
    let (_, id) = programme.filed(1, 3_000);
    let rows = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
    for row in &rows {
        assert!(row.facts.contains("\"emblem\":\"european_union\""), "{}", row.facts);
        assert!(row.facts.contains("Financé par l’Union européenne."), "{}", row.facts);
    }
    assert!(!rows.is_empty());
}

#[actix_web::test]
async fn anybody_can_tell_a_genuine_receipt_from_a_forged_one() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (_, id) = programme.filed(1, 3_000);
        let receipt = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap().remove(0);
        let site = Site::over(&programme.db, open());
        let code = &receipt.check_code;
        let page = text(site.get("", &format!("/verifier/{code}")).await, 200).await;
        for said in ["Document authentique", receipt.reference.as_str(), &receipt.issued_at.french()] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let content = programme.application(id);
        assert!(!page.contains(&content.title), "whoever holds the paper learns nothing more: {page}");
        let typed = format!("/verifier?code={}", code.to_lowercase());
        assert_eq!(site.get("", &typed).await.headers()["location"].to_str().unwrap(), format!("/verifier/{code}"));
        let last = if code.ends_with('7') { '8' } else { '7' };
        let forged = format!("{}{last}", &code[..code.len() - 1]);
        let page = text(site.get("", &format!("/verifier/{forged}")).await, 404).await;
        assert!(page.contains("Aucun document ne porte ce code.") && !page.contains(&receipt.reference), "{page}");
        let sha256 = "ab".repeat(32);
        programme.db.write(|tx| documents::set_rendered(tx, receipt.id, &sha256, 10)).unwrap();
        let page = text(site.get("", &format!("/verifier/{code}")).await, 200).await;
        assert!(page.contains(&sha256), "the digest to compare with the paper's own: {page}");
    }
}

#[actix_web::test]
async fn a_call_tells_its_days_in_the_order_of_time() {
    let site = site();
    let page = text(site.get("", "/appels/SUBLIME-2027").await, 200).await;
    let calendar = page.split("Calendrier</h2>").nth(1).unwrap();
    let place = |label: &str| calendar.find(label).unwrap_or_else(|| panic!("no {label}: {calendar}"));
    let labels =
        ["Ouverture", "préparation à Dunkerque", "préparation à Boulogne-sur-Mer", "Date limite", "Comité", "Annonce"];
    let places: Vec<_> = labels.iter().map(|label| place(label)).collect();
    assert!(places.is_sorted(), "{places:?}: {calendar}");
}

#[actix_web::test]
async fn a_recommended_answer_is_advised_and_keeps_nothing_from_being_filed() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(&site, &cookie, "SUBLIME-2027").await;
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/sens")).await, 200).await;
    assert!(page.contains("Y répondre aide le comité.") && !page.contains("conseillée"), "{page}");
    let page = text(site.get(&cookie, &format!("{dossier}/verification")).await, 200).await;
    let advice = page.split("Ce qui aiderait encore").nth(1).unwrap_or_else(|| panic!("{page}"));
    assert!(advice.contains("Vous pouvez déposer sans.") && advice.contains("aiderait le comité"), "{page}");
    assert!(advice.contains(&format!("href=\"{dossier}/rubriques/sens#champ-environnement\"")), "{page}");
    let missing = page.split("Ce qui manque encore").nth(1).unwrap().split("Ce qui aiderait encore").next().unwrap();
    assert!(!missing.contains("#champ-environnement"), "{missing}");
}

#[actix_web::test]
async fn the_levels_of_a_marker_are_told_before_one_is_chosen() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(&site, &cookie, "SUBLIME-2027").await;
    let page = text(site.get(&cookie, &format!("{dossier}/rubriques/sens")).await, 200).await;
    for level in MarkerLevel::ALL {
        assert!(page.contains(level.explanation()), "{level}: {page}");
        assert!(page.contains(&format!(">{} – {}</option>", level.code(), level.label())), "{level}: {page}");
    }
    for marker in Marker::ALL {
        assert!(page.contains(marker.label()) && page.contains(marker.explanation()), "{marker}: {page}");
    }
}

#[actix_web::test]
async fn the_list_of_files_says_whose_turn_it_is() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let cookie = site.cookie_of(&who);
    let turn = |page: &str| {
        page.split("data-label=\"À qui d’agir\">").nth(1).unwrap().split("</td>").next().unwrap().to_owned()
    };
    assert!(turn(&text(site.get(&cookie, "/dossiers").await, 200).await).contains("Vous"));
    programme.submit(&who, id);
    assert!(turn(&text(site.get(&cookie, "/dossiers").await, 200).await).contains("L’équipe du fonds"));
    programme.ask_complement(id, "Le titre.", &["question-titre"], open()).unwrap();
    let page = text(site.get(&cookie, &format!("/dossiers/{id}/rubriques/projet")).await, 200).await;
    assert!(page.contains("Un complément vous est demandé. Votre réponse\u{a0}:"), "{page}");
}
