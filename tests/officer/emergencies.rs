//! A call that answers a crisis: one page from the template to what may be published, and how long a hand takes over it.

use super::{preparations::Desk, walks::signed_in};
use crate::support::{
    browser::{Browser, Step},
    databases::{each_database, sqlite},
    forms,
};
use std::io::Write as _;
use tisserand::{
    domain::{decisions::DecisionPace, lifecycles::calls::CallState, money::Euros},
    usecases::calls,
};

const CREATION: &str = "/appels-a-projets/creation";
const URGENT: &str = "/appels-a-projets/creation?modele=urgence";

#[actix_web::test]
async fn an_emergency_call_whose_money_is_said_at_once_is_ready_to_publish() {
    for db in each_database() {
        let desk = Desk::on(db);
        let shown = forms::fields(&desk.read(URGENT).await, CREATION);
        for proposed in [("reference", "CRISE-2026-12"), ("convention", "AFD-2026-ECM-HDF"), ("modele", "urgence")] {
            assert!(shown.contains(&(proposed.0.into(), proposed.1.into())), "{proposed:?}: {shown:?}");
        }
        let fields = forms::changed(shown, &[("title", "Inondations"), ("envelope", "20 000")]);
        let (status, to, html) = desk.send(CREATION, &fields).await;
        assert_eq!((status, to.as_str()), (303, "/appels-a-projets/CRISE-2026-12"), "{html}");
        assert!(desk.read(&to).await.contains("Publier l’appel"));
        desk.take(&format!("{to}/publication"), &[]).await;
        let call = desk.definition("CRISE-2026-12");
        assert_eq!((call.envelope, call.decisions), (Euros::whole(20_000), DecisionPace::Rolling));
        let again = forms::fields(&desk.read(URGENT).await, CREATION);
        assert!(again.contains(&("reference".into(), "CRISE-2026-12-2".into())), "{again:?}");
    }
}

#[actix_web::test]
async fn money_that_is_not_there_is_said_beside_its_field_and_nothing_typed_is_lost() {
    let desk = Desk::on(sqlite());
    for (changes, field) in [
        ([("envelope", "20 000"), ("convention", "")], "convention"),
        ([("envelope", "20 000"), ("convention", "AUTRE-2026")], "convention"),
        ([("envelope", "beaucoup"), ("convention", "AFD-2026-ECM-HDF")], "envelope"),
        ([("envelope", "9 000 000"), ("convention", "AFD-2026-ECM-HDF")], "envelope"),
    ] {
        let shown = forms::fields(&desk.read(URGENT).await, CREATION);
        let fields = forms::changed(forms::changed(shown, &[("title", "Inondations")]), &changes);
        let (status, _, html) = desk.send(CREATION, &fields).await;
        assert_eq!(status, 422, "{changes:?}: {html}");
        assert!(html.contains(&format!("id=\"erreur-{field}\"")), "{changes:?}: {html}");
        assert!(html.contains(changes[0].1) && html.contains("Inondations"), "{changes:?} is lost: {html}");
        assert!(desk.programme.db.read(|conn| calls::by_reference(conn, "CRISE-2026-12")).is_err());
    }
}

#[actix_web::test]
async fn the_way_to_an_emergency_call_is_not_shown_on_its_own_form() {
    let desk = Desk::on(sqlite());
    assert!(desk.read(CREATION).await.contains("Partir d’un appel d’urgence"));
    let shown = desk.read(URGENT).await;
    assert!(!shown.contains("Une crise") && shown.contains("CRISE-2026-12"), "{shown}");
    let typed = forms::changed(forms::fields(&shown, CREATION), &[("title", "")]);
    let (status, _, refused) = desk.send(CREATION, &typed).await;
    assert!(status == 422 && !refused.contains("Une crise"), "{refused}");
}

/// What a practised hand does on a screen, and how long it takes by the keystroke-level model (Card, Moran and Newell,
/// 1980): 0.28 s for a character, 1.1 s to point and press, 1.35 s to make one’s mind up; a page takes a second to come.
#[derive(Debug, Default)]
struct Strokes {
    pages: u64,
    clicks: u64,
    fields: u64,
    characters: u64,
}

impl Strokes {
    fn of(steps: &[Step], pages: u32) -> Self {
        let mut strokes = Strokes { pages: pages.into(), ..Strokes::default() };
        for step in steps {
            match step {
                Step::Click(_) => strokes.clicks += 1,
                Step::Tick(_) => (strokes.fields, strokes.clicks) = (strokes.fields + 1, strokes.clicks + 1),
                // The list is opened, then the line is pressed.
                Step::Choose(..) => (strokes.fields, strokes.clicks) = (strokes.fields + 1, strokes.clicks + 2),
                Step::Fill(_, typed) => {
                    (strokes.fields, strokes.clicks) = (strokes.fields + 1, strokes.clicks + 1);
                    strokes.characters += u64::try_from(typed.chars().count()).unwrap();
                }
                _ => {}
            }
        }
        strokes
    }

    fn milliseconds(&self) -> u64 {
        let decisions = self.clicks + self.fields;
        280 * self.characters + 1_100 * self.clicks + 1_350 * decisions + 1_000 * self.pages
    }
}

#[test]
fn an_emergency_call_is_published_from_its_template_in_far_less_than_five_minutes() {
    let Some(browser) = Browser::open() else { return };
    let office = super::walks::lived_in();
    let base = &office.site.base;
    browser.walk("emergency-door", base, &signed_in()).unwrap();
    let press = |name: &str| Step::Click(name.to_owned());
    let agreement = "Éducation à la citoyenneté mondiale en Hauts-de-France, 2026-2028 (AFD-2026-ECM-HDF)";
    let steps = [
        Step::Goto("/appels-a-projets".into()),
        press("Appel d’urgence"),
        Step::Tick("css=input[name='fonds']".into()),
        Step::Fill("css=#champ-title".into(), "Inondations dans la vallée de la Lys".into()),
        Step::Fill("css=#champ-envelope".into(), "20 000".into()),
        Step::Choose("css=#champ-convention".into(), agreement.into()),
        Step::Screenshot("emergency-new".into()),
        Step::Reflow,
        Step::Audit,
        press("Ouvrir l’appel en préparation"),
        Step::Path("/appels-a-projets/CRISE-2027-02".into()),
        press("Publier l’appel"),
        Step::Expect("Ce qui va se passer".into()),
        press("Publier l’appel"),
        Step::Expect("L’appel est publié.".into()),
    ];
    let walk = browser.walk("emergency-call", base, &steps).unwrap();
    let row = office.programme.db.read(|conn| calls::by_reference(conn, "CRISE-2027-02")).unwrap();
    assert_eq!(row.state, CallState::Published);
    let strokes = Strokes::of(&steps, walk.pages);
    let spent = strokes.milliseconds();
    let line =
        format!("an emergency call from its template to published: {strokes:?}, {spent} ms by the keystroke model");
    writeln!(std::io::stderr(), "{line}").unwrap();
    assert!(spent < 300_000, "{line}");
    assert!(strokes.pages <= 5 && strokes.fields <= 4, "the way got longer: {line}");
}
