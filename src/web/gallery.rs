//! Every shared part on one page, rendered for the tests and written to `tests/output/gallery.html` to be looked at.

use super::{
    budgets::{Balance, BudgetPart, BudgetRow, BudgetTable, Side},
    meters::Meter,
    pages::{Chrome, FieldErrors, Flash, NavLink},
    parts::{Action, Choice, Fact, Pager, Press, Step, Stepper, TimelineEvent, Weight},
    scores::{Glimpse, ScoreCriterion, ScoreShown},
};
use crate::domain::money::Euros;
use askama::Template;

#[derive(Template)]
#[template(path = "parts/gallery.html")]
struct GalleryPage {
    chrome: Chrome,
    errors: FieldErrors,
    stepper: Stepper,
    choices: Vec<Choice>,
    facts: Vec<Fact>,
    events: Vec<TimelineEvent>,
    actions: Vec<Action>,
    budget: BudgetTable,
    meter: Meter,
    criteria: Vec<ScoreCriterion>,
    scores: Vec<ScoreShown>,
    heads: [&'static str; 4],
    pager: Pager,
}

fn chrome() -> Chrome {
    let links = [("/dossiers", "Mes dossiers"), ("/appels", "Appels à projets"), ("/organisation", "Mon organisation")];
    let links = links.map(|(href, label)| NavLink::new(href, label)).to_vec();
    Chrome::signed_in("awa", "Awa Lefèvre", NavLink::mark_current(links, "/dossiers/1"))
        .with_flashes(vec![Flash::success("Votre brouillon est enregistré.")])
}

fn stepper() -> Stepper {
    let mut steps = Step::along(["Brouillon", "Déposé", "Recevable", "Examiné par le comité", "Décision"], 2);
    steps[0].date = Some("2 mars".to_owned());
    steps[1].date = Some("30 mars à 23\u{a0}h\u{a0}50".to_owned());
    Stepper {
        title: "Où en est le dossier".to_owned(),
        steps,
        who_acts: "Vous".to_owned(),
        by_when: Some("vendredi 16 avril 2027".into()),
        sentence: "Votre dossier est déposé ; il manque le relevé d’identité bancaire.".to_owned(),
    }
}

fn budget() -> BudgetTable {
    let row = |field: &str, label: &str, amount: &str| BudgetRow {
        field: field.to_owned(),
        label: label.to_owned(),
        amount: amount.to_owned(),
        ..BudgetRow::default()
    };
    let free = BudgetRow { label_field: "expense.3.label".to_owned(), ..row("expense.3", "", "") };
    let expenses = vec![row("expense.1", "Achats de matériel", "2 500"), row("expense.2", "Déplacements", "abc"), free];
    let income = vec![row("income.1", "Subvention demandée", "2 000"), row("income.2", "Fonds propres", "300")];
    BudgetTable {
        hint: "",
        parts: vec![
            BudgetPart {
                title: "Charges".to_owned(),
                side: Side::Expense,
                rows: expenses,
                total: "2 500 €".to_owned(),
            },
            BudgetPart {
                title: "Ressources".to_owned(),
                side: Side::Income,
                rows: income,
                total: "2 300 €".to_owned(),
            },
        ],
        balance: Balance::of(Euros::whole(2500), Euros::whole(2300)),
    }
}

fn criterion() -> ScoreCriterion {
    ScoreCriterion {
        field: "score.reciprocity".to_owned(),
        label: "Réciprocité du partenariat".to_owned(),
        help: "Chacun apporte et reçoit ; les décisions se prennent à deux.".to_owned(),
        weight: "coefficient 3".to_owned(),
        scale: Choice::list((0..=5).map(|n| (n.to_string(), n.to_string())), &["4"]),
        comment_field: "comment.reciprocity".to_owned(),
        comment: "Le partenaire a écrit la moitié du projet.".to_owned(),
        answers: vec![Glimpse {
            label: "Ce que le partenaire apporte".to_owned(),
            text: "Les ateliers sont écrits à deux.".to_owned(),
            href: "#champ-score.reciprocity".to_owned(),
        }],
        other: String::new(),
        other_comment: "Le partenaire a tout écrit.".to_owned(),
    }
}

fn gallery() -> GalleryPage {
    let wrong = [
        ("siret", "Il manque un chiffre au SIRET."),
        ("kind", "Choisissez une réponse."),
        ("expense.2", "Écrivez un montant."),
    ];
    let post = |label: &str, weight, refusal: Option<&str>| Action {
        label: label.to_owned(),
        href: "/dossiers/1/etat".to_owned(),
        weight,
        refusal: refusal.map(str::to_owned),
        press: Press::Acts,
    };
    let event = |at: &str, what: &str, who: &str, note: &str| TimelineEvent {
        at: at.to_owned(),
        what: what.to_owned(),
        who: who.to_owned(),
        note: note.to_owned(),
    };
    let parts = [
        ("Payé", "paid", Euros::whole(20_000)),
        ("Autorisé", "authorised", Euros::whole(9_000)),
        ("Engagé", "committed", Euros::whole(31_000)),
    ];
    GalleryPage {
        chrome: chrome(),
        errors: wrong.into_iter().collect(),
        stepper: stepper(),
        choices: Choice::list([("sn", "Sénégal"), ("ml", "Mali"), ("pl", "Pologne")], &["ml"]),
        facts: vec![
            Fact::new("Montant demandé", Euros::whole(4500)),
            Fact::linked("Appel", "Récital 2027", "/appels/1"),
            Fact::new("RNA", ""),
        ],
        events: vec![
            event("2 avril", "Complément demandé", "Léo Martin", "Merci d’ajouter le RIB."),
            event("30 mars", "Dossier déposé", "Awa Lefèvre", ""),
        ],
        actions: vec![
            post("Déposer le dossier", Weight::Primary, None),
            post("Reprendre en brouillon", Weight::Secondary, Some("La date limite est passée.")),
            post("Retirer le dossier", Weight::Danger, None),
        ],
        budget: budget(),
        meter: Meter::new("Enveloppe Récital 2027", Euros::whole(100_000), &parts),
        criteria: vec![criterion()],
        scores: vec![ScoreShown {
            label: "Réciprocité".to_owned(),
            score: "4 sur 5".to_owned(),
            comment: "Solide.".to_owned(),
        }],
        heads: ["Dossier", "Organisation", "État", "Demandé"],
        pager: Pager { first: Some("?".to_owned()), next: Some("?apres=2".to_owned()) },
    }
}

/// Values of every attribute of this name, in order.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    html.split(&format!(" {name}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn every_part_renders_and_every_reference_has_its_target() {
    let html = gallery().render().unwrap();
    let ids = attributes(&html, "id");
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "an id appears twice: {ids:?}");
    let named = ["for", "aria-describedby", "aria-labelledby"].iter().flat_map(|name| attributes(&html, name));
    let anchors = attributes(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#'));
    for target in named.flat_map(str::split_whitespace).chain(anchors) {
        assert!(ids.contains(&target), "nothing has the id {target}");
    }
    assert!(!html.contains(" style="), "the content security policy forbids style attributes");
    let output = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/output");
    std::fs::create_dir_all(output).unwrap();
    std::fs::write(format!("{output}/gallery.html"), html).unwrap();
}

#[test]
fn a_refused_form_keeps_what_was_typed_and_says_what_is_wrong_where() {
    let html = gallery().render().unwrap();
    assert!(html.contains("value=\"123 456 789 0001\""));
    assert!(html.contains("value=\"Les Jardins &#60;partagés&#62;\""));
    assert!(html.contains("aria-describedby=\"aide-siret erreur-siret\" aria-invalid=\"true\""));
    assert!(html.contains("<a href=\"#champ-siret\">Il manque un chiffre au SIRET.</a>"));
    assert!(html.contains("3 points sont à corriger"));
    assert!(html.contains("tabindex=\"-1\" autofocus"));
}

#[test]
fn a_dead_button_stands_beside_its_reason() {
    let html = gallery().render().unwrap();
    let dead = html.split("disabled>").nth(1).unwrap();
    assert!(
        dead.starts_with("Reprendre en brouillon</button> <span class=\"reason\">La date limite est passée.</span>")
    );
}

#[test]
fn the_frame_shows_who_is_there() {
    let signed_in = gallery().render().unwrap();
    assert!(signed_in.contains("Awa Lefèvre") && signed_in.contains("action=\"/deconnexion\""));
    assert!(!signed_in.contains("Se connecter"));
    let signed_out = GalleryPage { chrome: Chrome::signed_out(Vec::new()), ..gallery() }.render().unwrap();
    assert!(signed_out.contains("href=\"/connexion\"") && !signed_out.contains("Se déconnecter"));
    let unknown = GalleryPage { chrome: Chrome::unknown(), ..gallery() }.render().unwrap();
    assert!(!unknown.contains("Se connecter") && !unknown.contains("Se déconnecter"));
}
