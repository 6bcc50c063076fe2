//! A question answered by rows, a value computed from them, and rules between answers: in a draft, and wherever it is read.

use super::{
    edits::{marks, send},
    field_saves::{OTHER, PAGE, pen, site_over},
    pages::{ORGANISATION, start, text},
};
use crate::support::{
    databases::{each_database, sqlite},
    forms,
    programme::{Programme, open},
    site::Site,
};
use tisserand::{
    domain::{
        definitions::{AnswerRule, Comparison, Formula, Operation, Question, QuestionKind},
        money::Euros,
        roles::Role,
    },
    store::Db,
    usecases::reference_data,
};

async fn draft(db: &Db) -> (Site, String, String) {
    let site = site_over(db);
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(&site, &cookie, "TANDEMS-2027").await;
    (site, cookie, format!("{dossier}/rubriques/projet"))
}

const SESSION: [(&str, &str); 3] =
    [("calendrier-0-date", "2027-04-20"), ("calendrier-0-sujet", "L’eau"), ("calendrier-0-heures", "2")];

#[actix_web::test]
async fn rows_are_added_and_taken_away_by_buttons_that_save() {
    for db in each_database() {
        let (site, cookie, path) = draft(&db).await;
        let shown = text(site.get(&cookie, &path).await, 200).await;
        assert!(shown.contains("champ-calendrier-0-date") && !shown.contains("champ-calendrier-1-date"), "{shown}");
        let mut fields = SESSION.to_vec();
        fields.extend([("titre", "Les rivières"), ("suite", "ligne.calendrier")]);
        let added = send(&site, &cookie, &path, &shown, &fields).await;
        let to = added.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(
            (added.status().as_u16(), to.as_str()),
            (303, format!("{path}?lignes=calendrier.2#champ-calendrier").as_str())
        );
        let page = text(site.get(&cookie, to.split('#').next().unwrap()).await, 200).await;
        assert!(page.contains("champ-calendrier-1-date") && page.contains("value=\"L’eau\""), "{page}");
        assert!(page.contains("value=\"Les rivières\"") && page.contains(">2</output>"), "{page}");

        let mut fields = SESSION.to_vec();
        let second =
            [("calendrier-1-date", "2027-04-27"), ("calendrier-1-sujet", "Le sel"), ("calendrier-1-heures", "3")];
        fields.extend(second);
        fields.push(("suite", "dossier"));
        assert_eq!(send(&site, &cookie, &path, &page, &fields).await.status(), 303);
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains(">5</output>") && page.contains("value=\"Le sel\""), "{page}");

        fields.pop();
        fields.push(("suite", "retrait.calendrier.0"));
        assert_eq!(send(&site, &cookie, &path, &page, &fields).await.status(), 303);
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains(">3</output>") && !page.contains("L’eau") && page.contains("value=\"Le sel\""), "{page}");
    }
}

#[actix_web::test]
async fn what_is_wrong_in_a_row_is_said_beside_its_cell_and_nothing_is_lost() {
    let db = sqlite();
    let (site, cookie, path) = draft(&db).await;
    let shown = text(site.get(&cookie, &path).await, 200).await;
    let fields = [
        ("debut", "2027-05-01"),
        ("fin", "2027-06-01"),
        ("calendrier-0-date", "2027-04-20"),
        ("calendrier-0-heures", "deux"),
        ("calendrier-2-sujet", "Le sel"),
        ("suite", "ligne.calendrier"),
    ];
    let page = text(send(&site, &cookie, &path, &shown, &fields).await, 422).await;
    for field in ["calendrier-0-date", "calendrier-0-heures"] {
        assert!(page.contains(&format!("id=\"erreur-{field}\"")), "{field}: {page}");
    }
    assert!(page.contains("Cette séance vient avant la première séance annoncée"), "{page}");
    assert!(page.contains("value=\"deux\"") && page.contains("value=\"Le sel\""), "{page}");
    assert!(page.contains("champ-calendrier-3-date"), "and the row that was asked for is there: {page}");
    let list = text(site.get(&cookie, path.split("/rubriques").next().unwrap()).await, 200).await;
    let link = format!("href=\"{path}#champ-calendrier-0-date\"");
    assert!(list.contains(&link), "the task list leads to the cell: {list}");
}

#[actix_web::test]
async fn a_row_left_empty_between_two_changes_no_number() {
    let db = sqlite();
    let (site, cookie, path) = draft(&db).await;
    let dossier = path.split("/rubriques").next().unwrap();
    let me = pen(&site, &cookie, dossier, "projet", PAGE).await;
    let rows = [SESSION[0], SESSION[1], SESSION[2], ("calendrier-2-heures", "deux")];
    let (_, answer) = me.sends(1, "calendrier", "", &rows).await;
    assert_eq!(answer["state"], "saved", "{answer}");
    let list = text(site.get(&cookie, dossier).await, 200).await;
    assert!(list.contains(&format!("href=\"{path}#champ-calendrier-2-heures\"")), "{list}");
    let page = text(site.get(&cookie, &path).await, 200).await;
    let cell = page.split("id=\"champ-calendrier-2-heures\"").nth(1).expect("the row is on the page");
    assert!(cell.split('>').next().unwrap().contains("value=\"deux\""), "{page}");
}

#[actix_web::test]
async fn rows_save_by_themselves_and_bring_what_follows_from_them() {
    for db in each_database() {
        let (site, cookie, path) = draft(&db).await;
        let dossier = path.split("/rubriques").next().unwrap();
        let me = pen(&site, &cookie, dossier, "projet", PAGE).await;
        let (_, answer) = me.sends(1, "calendrier", "", &SESSION).await;
        assert_eq!(answer["state"], "saved", "{answer}");
        assert_eq!(answer["computed"], serde_json::json!([["heures", "2"]]), "{answer}");
        let (_, answer) = me.sends(2, "debut", "", &[("debut", "2027-05-01")]).await;
        assert_eq!(answer["around"][0][0], "fin", "{answer}");
        let rows = answer["around"].as_array().unwrap().iter().find(|bound| bound[0] == "calendrier").unwrap();
        assert_eq!(rows[1][0][0], "calendrier-0-date", "{answer}");
        let (_, answer) = me.sends(3, "debut", "2027-05-01", &[("debut", "2027-04-01")]).await;
        let rows = answer["around"].as_array().unwrap().iter().find(|bound| bound[0] == "calendrier").unwrap();
        assert_eq!(rows[1], serde_json::json!([]), "put right: {answer}");
        let (_, answer) = me.sends(4, "heures", "", &[("heures", "99")]).await;
        assert_eq!(answer["state"], "not_asked", "nobody writes a computed value: {answer}");
        let other = pen(&site, &cookie, dossier, "projet", OTHER).await;
        let (_, answer) = other.sends(1, "calendrier", "", &[("calendrier-0-sujet", "Le sel")]).await;
        assert_eq!(answer["state"], "contested", "a page that has seen nothing covers no row: {answer}");
        assert!(answer["theirs"]["text"].as_str().unwrap().contains("L’eau"), "{answer}");
        let seen = "date=2027-04-20\theures=2\tsujet=L’eau";
        assert_eq!(me.sends(5, "calendrier", seen, &[("calendrier-0-sujet", "")]).await.1["state"], "saved");
        let (_, answer) = other.sends(2, "calendrier", seen, &[("calendrier-0-sujet", "Le sel")]).await;
        assert_eq!(answer["theirs"]["text"], "(réponse effacée)", "{answer}");
    }
}

#[actix_web::test]
async fn an_old_mark_covers_no_row_of_somebody_else() {
    let db = sqlite();
    let (site, cookie, path) = draft(&db).await;
    let shown = text(site.get(&cookie, &path).await, 200).await;
    assert!(marks(&shown).iter().any(|(name, _)| name == "vu-calendrier"));
    assert_eq!(send(&site, &cookie, &path, &shown, &SESSION).await.status(), 303);
    let page = text(send(&site, &cookie, &path, &shown, &[("calendrier-0-sujet", "Le sel")]).await, 422).await;
    assert!(
        page.contains("Ce qu’a écrit l’autre personne") && page.contains("L’eau") && page.contains("Le sel"),
        "{page}"
    );
}

/// A call whose project section has a table of costs, their sum and a rule on it.
pub(super) fn with_costs(db: crate::support::databases::TestDb) -> Programme {
    Programme::with(db, |call| {
        let column =
            |code: &str, label: &str, kind| Question { label: label.into(), ..Question::blank(code.into(), kind) };
        let columns =
            vec![column("quoi", "Quoi", QuestionKind::ShortText), column("combien", "Combien", QuestionKind::Euros)];
        let group = column("frais", "Frais de route", QuestionKind::Group);
        let total = column("total_frais", "Total des frais", QuestionKind::Computed);
        let rule = AnswerRule {
            is: Comparison::AtMost,
            to: Some("montant".into()),
            value: None,
            when: None,
            sentence: "Les frais dépassent le montant demandé.".into(),
        };
        let formula = Some(Formula { operation: Operation::Sum, of: vec!["frais.combien".into()] });
        call.sections[0].questions.push(Question { columns, ..group });
        call.sections[0].questions.push(Question { formula, rules: vec![rule], ..total });
    })
}

#[actix_web::test]
async fn rows_and_what_follows_are_read_by_everybody_who_reads_the_file() {
    let programme = with_costs(sqlite());
    programme.db.write(reference_data::load).unwrap();
    let (holder, id, review) = programme.in_review(1, 3_000);
    let amount = Euros::whole(3_000).to_string();
    let site = Site::over(&programme.db, open());
    let pages = [
        (&holder, format!("/dossiers/{id}")),
        (&programme.officer, format!("/instruction/{id}")),
        (&programme.members[0], format!("/comite/evaluations/{review}")),
    ];
    for (who, path) in pages {
        let page = text(site.get(&site.cookie_of(who), &path).await, 200).await;
        assert!(page.contains("Frais de route") && page.contains("data-label=\"Combien\""), "{path}: {page}");
        let cell = format!("data-label=\"Combien\">{amount}<");
        assert!(page.contains(&cell), "{path}: {page}");
        let mut totals = page.split("Total des frais").skip(1).map(|rest| rest.split("</div>").next().unwrap());
        assert!(totals.any(|total| total.contains(&amount)), "{path}: {page}");
    }
    let pdf = site.get(&site.cookie_of(&holder), &format!("/dossiers/{id}/pdf")).await;
    assert_eq!(pdf.status(), 200);
}

#[actix_web::test]
async fn a_rule_between_answers_keeps_a_file_from_being_filed() {
    let programme = with_costs(sqlite());
    let (holder, id) = programme.complete(1, 3_000);
    let site = Site::over(&programme.db, open());
    let cookie = site.cookie_of(&holder);
    let path = format!("/dossiers/{id}/rubriques/projet");
    let shown = text(site.get(&cookie, &path).await, 200).await;
    let costs = [("frais-0-quoi", "Le car"), ("frais-0-combien", "3 000,01")];
    let fields = forms::changed(forms::fields(&shown, &path), &costs);
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = text(site.post(&cookie, &path, &fields).await, 422).await;
    assert!(page.contains("id=\"erreur-total_frais\""), "{page}");
    let list = text(site.get(&cookie, &format!("/dossiers/{id}")).await, 200).await;
    assert!(list.contains("Les frais dépassent le montant demandé."), "{list}");
}
