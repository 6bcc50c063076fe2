//! Groups, computed values and rules between answers, made on screen: what is taken, and what is refused beside its field.

use super::preparations::Desk;
use crate::support::databases::sqlite;
use tisserand::domain::definitions::{Comparison, Operation, QuestionKind};

const CALL: &str = "/appels-a-projets/URGENCE-2027";
const NEW: &str = "/appels-a-projets/URGENCE-2027/preparation/formulaire/question?rubrique=projet";

fn question(code: &str) -> String {
    format!("{CALL}/preparation/formulaire/question.{code}")
}

/// A call with a group of two columns, and the sum of one.
async fn with_costs(desk: &Desk) {
    desk.begin().await;
    let group = [
        ("label", "Frais de route"),
        ("kind", "group"),
        ("most", "5"),
        ("column.0.label", "Quoi"),
        ("column.0.kind", "choice"),
        ("column.0.choices", "Le car\nLe train"),
        ("column.1.label", "Combien"),
        ("column.1.kind", "euros"),
        ("column.1.optional", "oui"),
    ];
    desk.take(NEW, &group).await;
    let total = [
        ("label", "Total des frais"),
        ("kind", "computed"),
        ("formula.operation", "sum"),
        ("formula.of.0", "frais_de_route.combien"),
    ];
    desk.take(NEW, &total).await;
}

#[actix_web::test]
async fn a_table_its_total_and_a_rule_are_made_without_a_file() {
    let desk = Desk::on(sqlite());
    with_costs(&desk).await;
    let rule = [
        ("rule.0.is", "at_most"),
        ("rule.0.to", "montant"),
        ("rule.0.sentence", "Les frais dépassent le montant demandé."),
    ];
    desk.take(&question("total_des_frais"), &rule).await;
    let why = [
        ("label", "Pourquoi ces frais ?"),
        ("kind", "short_text"),
        ("need", "optional"),
        ("rule.0.is", "filled"),
        ("rule.0.when", "frais_de_route="),
        ("rule.0.sentence", "Dites pourquoi."),
    ];
    desk.take(NEW, &why).await;
    let call = desk.definition("URGENCE-2027");
    let group = call.question("frais_de_route").unwrap();
    assert_eq!((group.kind, group.most, group.columns.len()), (QuestionKind::Group, Some(5), 2));
    assert_eq!(group.columns[0].choices[1].code, "le_train");
    assert!(!group.columns[1].is_required() && group.columns[0].is_required());
    let total = call.question("total_des_frais").unwrap();
    assert_eq!(total.formula.as_ref().unwrap().operation, Operation::Sum);
    assert_eq!((total.rules[0].is, total.rules[0].to.as_deref()), (Comparison::AtMost, Some("montant")));
    let why = call.question("pourquoi_ces_frais").unwrap();
    assert!(why.rules[0].when.as_ref().unwrap().any_of.is_empty(), "after any answer");

    desk.take(&question("pourquoi_ces_frais"), &[("rule.0.sentence", "")]).await;
    assert!(desk.definition("URGENCE-2027").question("pourquoi_ces_frais").unwrap().rules.is_empty());

    // A label that is written otherwise keeps its codes; a column that is emptied goes.
    desk.take(&question("frais_de_route"), &[("column.0.label", "Transport"), ("column.0.choices", "Le train")]).await;
    let call = desk.definition("URGENCE-2027");
    let group = call.question("frais_de_route").unwrap();
    assert_eq!((group.columns[0].code.as_str(), group.columns[0].label.as_str()), ("quoi", "Transport"));
    assert_eq!(group.columns[0].choices[0].code, "le_train");
    let list = desk.read(&format!("{CALL}/preparation/formulaire")).await;
    assert!(list.contains("2\u{a0}colonnes") && list.contains("1\u{a0}règle"), "{list}");

    let preview = format!("{CALL}/preparation/formulaire/rubrique.projet/apercu");
    let tried =
        "essai=oui&montant=10&frais_de_route-0-quoi=le_train&frais_de_route-0-combien=10,01&suite=ligne.frais_de_route";
    let page = desk.read(&format!("{preview}?{tried}")).await;
    assert!(page.contains("10,01\u{a0}€</output>") && page.contains("champ-frais_de_route-1-combien"), "{page}");
    assert!(page.contains("Les frais dépassent le montant demandé."), "{page}");
}

#[actix_web::test]
async fn a_question_of_a_report_keeps_its_rules_when_it_is_changed() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let page = format!("{CALL}/preparation/bilans/final-question.realise");
    desk.take(&page, &[("rule.0.is", "filled"), ("rule.0.sentence", "Racontez votre projet.")]).await;
    desk.take(&page, &[("label", "Ce qui a été fait")]).await;
    let asked = desk.definition("URGENCE-2027").reports.last.sections[0].questions[0].clone();
    assert_eq!((asked.label.as_str(), asked.rules.len()), ("Ce qui a été fait", 1));
    assert_eq!(asked.rules[0].sentence, "Racontez votre projet.");
}

#[actix_web::test]
async fn a_rule_compares_with_every_answer_that_can_be_compared() {
    let desk = Desk::on(sqlite());
    with_costs(&desk).await;
    desk.take(NEW, &[("label", "Courriel du lieu"), ("kind", "email")]).await;
    let page = desk.read(NEW).await;
    let others = page.split("name=\"rule.0.to\"").nth(1).unwrap().split("</select>").next().unwrap();
    let expected = [("courriel_du_lieu", true), ("axe", true), ("frais_de_route", true), ("resume", false)];
    for (code, is_offered) in expected {
        assert_eq!(others.contains(&format!("value=\"{code}\"")), is_offered, "{code}: {others}");
    }
}

#[actix_web::test]
async fn the_table_of_beneficiaries_is_ready_made() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let list = desk.read(&format!("{CALL}/preparation/formulaire")).await;
    assert!(list.contains("Ajouter un tableau de bénéficiaires"), "{list}");
    desk.take(&format!("{NEW}&modele=beneficiaires"), &[]).await;
    let call = desk.definition("URGENCE-2027");
    let group = call.question("beneficiaires_du_projet").unwrap();
    let codes: Vec<_> = group.columns.iter().map(|column| column.code.as_str()).collect();
    assert_eq!(codes, ["categorie", "sexe", "age", "nombre"]);
    assert_eq!(group.columns[2].choices.len(), 8);
}

#[actix_web::test]
async fn what_cannot_be_computed_or_compared_is_said_beside_its_field() {
    let desk = Desk::on(sqlite());
    with_costs(&desk).await;
    let before = desk.definition("URGENCE-2027");
    let computed = |changes: &[(&'static str, &'static str)]| {
        let mut all = vec![("label", "Calcul"), ("kind", "computed"), ("formula.operation", "sum")];
        all.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        all.extend(changes);
        all
    };
    let rule = |changes: &[(&'static str, &'static str)]| {
        let mut all = vec![("label", "Date"), ("kind", "date"), ("rule.0.is", "more"), ("rule.0.sentence", "Non.")];
        all.extend(changes);
        all
    };
    let (total, here) = (question("total_des_frais"), NEW.to_owned());
    for (page, changes, field, says) in [
        (&here, computed(&[]), "formula.of.0", "au moins une réponse"),
        (
            &here,
            computed(&[("formula.operation", "share"), ("formula.of.0", "montant")]),
            "formula.of.0",
            "prend 2 réponses",
        ),
        (&here, computed(&[("formula.of.0", "titre")]), "formula.of.0", "ni un nombre ni un montant"),
        (&here, computed(&[("formula.of.0", "absente")]), "formula.of.0", "n’est pas une question"),
        (&total, vec![("formula.of.0", "total_des_frais")], "formula.of.0", "revient à elle-même"),
        (&here, rule(&[("rule.0.to", "montant")]), "rule.0.to", "ne peut pas se comparer"),
        (&here, rule(&[("rule.0.value", "bientôt")]), "rule.0.value", "ne peut pas se comparer"),
        (&here, vec![("label", "T"), ("kind", "group")], "column.0.label", "au moins une colonne"),
        (
            &here,
            vec![("label", "T"), ("kind", "group"), ("column.0.label", "C"), ("column.0.kind", "choice")],
            "column.0.choices",
            "au moins une réponse",
        ),
    ] {
        let (status, _, html) = desk.fill(page, &changes).await;
        assert_eq!(status, 422, "{changes:?}: {html}");
        let error = html.split(&format!("id=\"erreur-{field}\"")).nth(1);
        let error = error.unwrap_or_else(|| panic!("{field}: {changes:?}: {html}"));
        assert!(error.split("</p>").next().unwrap().contains(says), "{changes:?}: {error}");
    }
    let list = format!("{CALL}/preparation/formulaire");
    let (status, _, html) = desk.press(&list, &format!("{list}/question.frais_de_route/retrait")).await;
    assert!(status == 422 && html.contains("qui n’est pas une question"), "what is counted cannot go: {html}");
    assert_eq!(desk.definition("URGENCE-2027"), before, "nothing is half-written");
}
