//! What a budget says beside its amounts, and what the call allows for it: an expense it does not pay for, the words of a
//! line, an income that is certain, the share asked and the rate on the eligible cost.

use super::{
    edits::marks,
    field_saves::{OTHER, PAGE, pen},
    pages::text,
    typing::{SAVED, fill, go, looked_at, see, signed_in, word},
    walks::give_password,
};
use crate::support::{
    browser::{Browser, Step},
    databases::{TestDb, each_database, sqlite},
    forms, output_dir,
    programme::{Programme, open},
    require,
    site::Site,
};
use tisserand::{
    domain::{
        budgets::{RateBase, Stage},
        ids::ApplicationId,
        money::{Euros, Rate},
    },
    store::{Tx, answers as rows},
    usecases::{Actor, answers, applications},
};

/// A call that pays half of the eligible cost, contributions in kind counted.
fn programme(db: TestDb) -> Programme {
    Programme::with(db, |call| {
        call.amount.ceiling = Euros::whole(10_000);
        (call.amount.rate, call.amount.base) = (Rate::percent(50), RateBase::WithValuations);
        call.amount.maximum_project_cost = None;
    })
}

/// 20 000 € with 5 000 € in kind, of which 3 000 € are not eligible.
const BUDGET: &[(&str, &str)] = &[
    ("montant-60.2", "12000"),
    ("intitule-60.2", "Matériel  de   plage"),
    ("montant-64.1", "3000"),
    ("intitule-64.1", "Salaires payés par ailleurs"),
    ("non-eligible-64.1", "oui"),
    ("montant-74.4", "6500"),
    ("intitule-74.4", ""),
    ("acquis-74.4", "oui"),
    ("montant-864", "5000"),
    ("intitule-864", ""),
    ("montant-870", "5000"),
    ("intitule-870", ""),
];

struct Case {
    programme: Programme,
    site: Site,
    who: Actor,
    id: ApplicationId,
    cookie: String,
}

impl Case {
    async fn of(db: TestDb) -> Case {
        let programme = programme(db);
        let (who, id) = programme.complete(1, 8_500);
        let site = Site::over(&programme.db, open());
        let cookie = site.cookie_of(&who);
        let case = Case { programme, site, who, id, cookie };
        let page = case.page("/rubriques/budget").await;
        let marks = marks(&page);
        let marks = marks.iter().map(|(name, mark)| (name.as_str(), mark.as_str()));
        let fields: Vec<_> = marks.chain(BUDGET.iter().copied()).collect();
        let path = case.path("/rubriques/budget");
        assert_eq!(case.site.post(&case.cookie, &path, &fields).await.status(), 303);
        case
    }

    fn path(&self, rest: &str) -> String {
        format!("/dossiers/{}{rest}", self.id)
    }

    /// A page with its no-break spaces folded.
    async fn page(&self, rest: &str) -> String {
        let page = text(self.site.get(&self.cookie, &self.path(rest)).await, 200).await;
        page.replace(['\u{a0}', '\u{202f}'], " ")
    }

    fn ask(&self, amount: &str) {
        let typed = [("montant".to_owned(), amount.to_owned())].into();
        let save = |tx: &mut Tx| answers::save_section(tx, &self.who, self.id, "projet", &typed, open());
        self.programme.db.write(save).unwrap();
    }
}

#[actix_web::test]
async fn three_thousand_of_one_line_count_like_a_line_of_three_thousand() {
    for db in each_database() {
        let case = Case::of(db).await;
        let path = case.path("/rubriques/budget");
        let send = async |part: &'static str| {
            let page = case.site.get(&case.cookie, &path).await.text().await.unwrap();
            let fields = forms::changed(
                forms::fields(&page, &path),
                &[
                    ("montant-60.2", "15000"),
                    ("part-non-eligible-60.2", part),
                    ("montant-64.1", ""),
                    ("intitule-64.1", ""),
                    ("non-eligible-64.1", ""),
                ],
            );
            let fields: Vec<_> = fields.iter().filter(|(name, _)| name != "non-eligible-64.1").collect();
            let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let reply = case.site.post(&case.cookie, &path, &fields).await;
            (reply.status().as_u16(), reply.text().await.unwrap().replace(['\u{a0}', '\u{202f}'], " "))
        };
        let (status, page) = send("15000,01").await;
        assert!(status == 422 && page.contains("dépasse le montant du poste (15 000 €)"), "{page}");
        assert!(page.contains("name=\"part-non-eligible-60.2\" value=\"15000,01\""), "what was typed stays: {page}");
        assert_eq!(send("3 000").await.0, 303);
        let page = case.page("/rubriques/budget").await;
        for said in [
            "50 % de 17 000 € (contributions en nature comprises) ; l’appel permet 50 % au plus",
            "De 500 € à 8 500 € pour ce budget",
            "name=\"part-non-eligible-60.2\" value=\"3000,00\"",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        let check = case.page("/verification").await;
        assert!(check.contains(": 15 000 €, dont 3 000 € non éligibles"), "{check}");
        // All of it is the whole line.
        send("15 000").await;
        let lines = case.programme.db.read(|conn| rows::budget_of(conn, case.id)).unwrap();
        let line = lines.iter().find(|line| line.account == "60.2").unwrap();
        assert_eq!((line.is_eligible, line.ineligible_cents), (false, Euros::ZERO));
    }
}

#[actix_web::test]
async fn twenty_thousand_with_three_not_eligible_at_half_make_eight_thousand_five_hundred() {
    for db in each_database() {
        let case = Case::of(db).await;
        let page = case.page("/rubriques/budget").await;
        for said in [
            "8 500 € sur 20 000 €, soit 42,5 %",
            "50 % de 17 000 € (contributions en nature comprises) ; l’appel permet 50 % au plus",
            "De 500 € à 8 500 € pour ce budget",
            "value=\"Matériel de plage\"",
            "name=\"non-eligible-64.1\" value=\"oui\" checked",
            "name=\"acquis-74.4\" value=\"oui\" checked",
        ] {
            assert!(page.contains(said), "{said}: {page}");
        }
        assert!(
            !page.contains("name=\"non-eligible-60.2\" value=\"oui\" checked")
                && !page.contains("class=\"shares off\"")
        );
        let check = case.page("/verification").await;
        for said in [
            "Matériel de plage : 12 000 €",
            "Salaires payés par ailleurs : 3 000 €, non éligible",
            ": 6 500 €, acquis",
            "De 500 € à 8 500 € pour ce budget",
            "Tout est là.",
        ] {
            assert!(check.contains(said), "{said}: {check}");
        }
        // One hundred euros more is more than the call allows.
        case.ask("8 600");
        let page = case.page("/rubriques/budget").await;
        assert!(page.contains("50,59 % de 17 000 €") && page.contains("class=\"shares off\""), "{page}");
        let check = case.page("/verification").await;
        assert!(check.contains("ne peut pas dépasser 8 500 €, soit 50 % des dépenses éligibles (17 000 €)"), "{check}");
        case.ask("8 500");
        case.programme.submit(&case.who, case.id);
        let content = case.programme.db.read(|conn| answers::find(conn, &case.who, case.id)).unwrap();
        assert_eq!(content.budget.eligible_cost(Stage::Planned, RateBase::WithValuations), Euros::whole(17_000));
        let officer = case.site.cookie_of(&case.programme.officer);
        let page = text(case.site.get(&officer, &format!("/instruction/{}", case.id)).await, 200).await;
        assert!(page.contains(", non éligible") && page.contains("Salaires payés par ailleurs"), "{page}");
    }
}

#[actix_web::test]
async fn what_a_line_says_is_saved_by_itself_and_kept_by_pages_that_do_not_ask_it() {
    for db in each_database() {
        let case = Case::of(db).await;
        let dossier = case.path("");
        let me = pen(&case.site, &case.cookie, &dossier, "budget", PAGE).await;
        let seen = "3000,00\nSalaires payés par ailleurs\nnon éligible";
        let eligible = [("montant-64.1", "3000"), ("intitule-64.1", "Salaires payés par ailleurs")];
        let (_, answer) = me.sends(1, "montant-64.1", seen, &eligible).await;
        assert_eq!(answer["state"], "saved", "{answer}");
        let share = |answer: &serde_json::Value| {
            answer["totals"]["shares"][2].as_str().unwrap().replace(['\u{a0}', '\u{202f}'], " ")
        };
        assert_eq!(share(&answer), "De 500 € à 10 000 € pour ce budget", "{answer}");
        // A colleague's page has not seen it.
        let other = pen(&case.site, &case.cookie, &dossier, "budget", OTHER).await;
        let (_, answer) =
            other.sends(1, "montant-64.1", seen, &[("montant-64.1", "3500"), ("intitule-64.1", "")]).await;
        assert_eq!(answer["state"], "contested", "{answer}");
        assert!(answer["theirs"]["text"].as_str().unwrap().ends_with("Salaires payés par ailleurs"), "{answer}");
        // Words without an amount are kept; an amount alone leaves the words.
        let words = [("montant-61.1", ""), ("intitule-61.1", "La salle des fêtes")];
        assert_eq!(me.sends(2, "montant-61.1", "", &words).await.1["state"], "saved");
        let seen = "\nLa salle des fêtes\n";
        assert_eq!(me.sends(3, "montant-61.1", seen, &[("montant-61.1", "250")]).await.1["state"], "saved");
        let page = case.page("/rubriques/budget").await;
        assert!(
            page.contains("value=\"La salle des fêtes\"") && page.contains("name=\"montant-61.1\" value=\"250,00\"")
        );
        let long = "mot ".repeat(60);
        let (_, answer) = me.sends(4, "montant-61.2", "", &[("montant-61.2", "10"), ("intitule-61.2", &long)]).await;
        assert_eq!(answer["state"], "unreadable", "{answer}");
    }
}

#[actix_web::test]
async fn words_too_long_for_a_line_stay_in_their_field_with_the_sentence_beside_it() {
    let case = Case::of(sqlite()).await;
    let path = case.path("/rubriques/budget");
    let long = ["mot"; 60].join(" ");
    for button in ["rubrique", "coller"] {
        let raw = text(case.site.get(&case.cookie, &path).await, 200).await;
        let changes = [("intitule-864", long.as_str()), ("tableur", "64.1\t2500"), ("suite", button)];
        let sent = forms::changed(forms::fields(&raw, &path), &changes);
        let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let page = text(case.site.post(&case.cookie, &path, &sent).await, 422).await;
        assert!(page.contains(&format!("value=\"{long}\"")), "{button}: {page}");
        let beside = page.split("id=\"erreur-intitule-864\"").nth(1).unwrap_or_else(|| panic!("{button}: {page}"));
        assert!(beside.split("<input").next().unwrap().contains("150 caractères au plus"), "{button}: {page}");
    }
    let page = case.page("/rubriques/budget").await;
    assert!(page.contains("name=\"montant-864\" value=\"5000,00\"") && !page.contains("mot mot"), "{page}");
}

#[actix_web::test]
async fn a_pasted_budget_keeps_what_the_lines_say() {
    let case = Case::of(sqlite()).await;
    let path = case.path("/rubriques/budget");
    let raw = text(case.site.get(&case.cookie, &path).await, 200).await;
    let paste = [("tableur", "64.1\t2500"), ("suite", "coller")];
    let sent = forms::changed(forms::fields(&raw, &path), &paste);
    let sent: Vec<_> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = text(case.site.post(&case.cookie, &path, &sent).await, 200).await;
    let form = page.split("id=\"lecture\"").nth(1).unwrap();
    let keep = forms::changed(forms::fields(form, &path), &[("suite", "rubrique")]);
    let keep: Vec<_> = keep.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    case.site.post(&case.cookie, &path, &keep).await;
    let page = case.page("/rubriques/budget").await;
    assert!(page.contains("name=\"montant-64.1\" value=\"2500,00\""), "{page}");
    assert!(page.contains("name=\"non-eligible-64.1\" value=\"oui\" checked"), "{page}");
    assert!(page.contains("value=\"Salaires payés par ailleurs\"") && page.contains("value=\"Matériel de plage\""));
}

#[actix_web::test]
async fn what_the_lines_say_is_on_paper_and_goes_over_to_a_copy() {
    let case = Case::of(sqlite()).await;
    let reply = case.site.get(&case.cookie, &case.path("/pdf")).await;
    let pdf = reply.bytes().await.unwrap();
    if require("pdftotext") {
        let path = output_dir("whole").join("budget.pdf");
        std::fs::write(&path, &pdf).unwrap();
        let said = std::process::Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
        let said = String::from_utf8(said.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("non éligible") && said.contains("plage"), "{said}");
    }
    let version = case.programme.application(case.id).version;
    let withdraw = |tx: &mut Tx| applications::withdraw(tx, &case.who, case.id, version, open()).map(drop);
    case.programme.db.write(withdraw).unwrap();
    let organisation = case.programme.application(case.id).organisation_id.to_string();
    let earlier = case.id.to_string();
    let copy = [("organisation", organisation.as_str()), ("copie", earlier.as_str())];
    let sent = case.site.post(&case.cookie, "/appels/RECITAL-2027-1/dossier", &copy).await;
    assert_eq!(sent.status(), 303);
    let copy = format!("{}/rubriques/budget", sent.headers()["location"].to_str().unwrap());
    let page = text(case.site.get(&case.cookie, &copy).await, 200).await;
    assert!(page.contains("name=\"non-eligible-64.1\" value=\"oui\" checked"), "{page}");
    assert!(
        page.contains("value=\"Matériel de plage\"") && page.contains("name=\"acquis-74.4\" value=\"oui\" checked")
    );
}

#[actix_web::test]
async fn the_share_asked_follows_while_one_types_on_a_telephone() {
    let Some(browser) = Browser::open() else { return };
    let case = Case::of(sqlite()).await;
    give_password(&case.site, "porteuse.1@example.org");
    let allowed = |said: &str| Step::Reads("css=.shares div:last-child dd".into(), said.into());
    let mut steps = signed_in("porteuse.1@example.org");
    steps.extend([go(&case.path("/rubriques/budget")), allowed("De 500 € à 8 500 € pour ce budget")]);
    steps.extend(looked_at("budget-said"));
    steps.extend([Step::Tick("css=#champ-non-eligible-60\\.2".into()), word("montant-60.2", SAVED)]);
    steps.extend([allowed("De 500 € à 2 500 € pour ce budget"), see("170 % de 5 000 €")]);
    steps.extend(looked_at("budget-over"));
    steps.extend([go(&case.path("/rubriques/budget")), allowed("De 500 € à 2 500 € pour ce budget")]);
    steps.extend([fill("css=#champ-intitule-60\\.2", "Des filets"), word("montant-60.2", SAVED)]);
    steps.extend([go(&case.path("/verification")), see("Des filets : 12 000 €, non éligible")]);
    browser.walk("budget", &case.site.base, &steps).unwrap();
}
