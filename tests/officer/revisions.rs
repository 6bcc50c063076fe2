//! A published call that changes: seen before it is published, kept with its reason, told to whoever has begun.

use super::preparations::Desk;
use crate::support::{
    databases::{each_database, sqlite},
    forms,
    programme::{closed, open, person},
};
use tisserand::{
    domain::{
        ids::ApplicationId,
        lifecycles::{applications::ApplicationState, calls::CallState},
        money::Euros,
        roles::Role,
    },
    store::{Tx, history},
    usecases::{Actor, answers, applications, journal},
};

const CALL: &str = "/appels-a-projets/RECITAL-2027-1";
const REMOVED: &str = "Comment tenez-vous compte de l’environnement\u{a0}?";
const ADDED: &str = "Qui tient la clé ?";

impl Desk {
    /// Removes a question and adds another one that must be answered.
    async fn revise(&self) {
        let form = format!("{CALL}/preparation/formulaire");
        assert_eq!(self.press(&form, &format!("{form}/question.environnement/retrait")).await.0, 303);
        self.take(&format!("{form}/question?rubrique=projet"), &[("label", ADDED), ("kind", "short_text")]).await;
    }

    /// A draft in which nothing is written yet.
    fn bare(&self) -> (Actor, ApplicationId) {
        let who = person(&self.programme.db, "Porteuse 9", Role::Applicant);
        let organisation = self.programme.organisation(&who, 9);
        let start = |tx: &mut Tx| applications::start(tx, &who, self.programme.call, organisation, open());
        let id = self.programme.db.write(start).unwrap();
        (who, id)
    }

    async fn page_of(&self, who: &Actor, path: &str) -> String {
        self.site.get(&self.site.cookie_of(who), path).await.text().await.unwrap()
    }
}

#[actix_web::test]
async fn a_revision_says_what_it_does_before_it_is_published_and_drafts_follow_it() {
    for db in each_database() {
        let desk = Desk::on(db);
        let world = &desk.programme;
        let (holder, losing) = world.complete(1, 3_000);
        desk.bare();
        let (_, filed) = world.filed(3, 3_000);
        let before = world.call_row();
        desk.revise().await;
        assert_eq!(world.call_row().settings, before.settings, "what is prepared is not published");
        let section = format!("/dossiers/{losing}/rubriques/sens");
        assert!(desk.page_of(&holder, &section).await.contains(REMOVED));
        let page = desk.read(&format!("{CALL}/revision")).await;
        let said = page.replace('\u{a0}', " ");
        for words in [
            "Commencés, non déposés</dt><dd>2 brouillons",
            "Gardent toutes leurs réponses</dt><dd>1 brouillon",
            "Perdent une réponse</dt><dd>1 brouillon",
            "Devront donner autre chose</dt><dd>2 brouillons",
            "Déjà déposés, qui ne changent pas</dt><dd>1 dossier",
            "mailto:contact1@example.org",
            &REMOVED.replace('\u{a0}', " "),
            ADDED,
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        let ask = format!("{CALL}/revision/publication");
        let (status, _, html) = desk.fill(&ask, &[("motif", " ")]).await;
        assert!(status == 422 && html.contains("Écrivez le motif"), "{html}");
        desk.take(&ask, &[("motif", "La clé du local manquait.")]).await;
        let after = world.call_row();
        assert_eq!((after.revision, after.state), (before.revision + 1, CallState::Published));
        let told = world.db.read(|conn| history::of_subject(conn, world.call.as_str())).unwrap();
        assert_eq!(told.last().unwrap().reason, "La clé du local manquait.");
        let page = desk.page_of(&holder, &format!("/dossiers/{losing}")).await;
        assert!(page.contains("Le formulaire de cet appel a changé") && page.contains(REMOVED), "{page}");
        assert!(!desk.page_of(&holder, &section).await.contains(REMOVED));
        let content = world.db.read(|conn| answers::find(conn, &holder, losing)).unwrap();
        assert!(content.answers.contains_key("environnement"), "the answer is kept");
        assert!(content.missing().iter().any(|missing| missing.contains(ADDED)), "{:?}", content.missing());
        let dossier = desk.read(&format!("/instruction/{filed}")).await;
        assert!(dossier.contains(REMOVED) && !dossier.contains(ADDED), "what is filed stays as it was: {dossier}");
        file(&desk, &holder, losing);
        assert_eq!(world.application(losing).revision, after.revision);
        assert_eq!(world.application(filed).revision, before.revision);
    }
}

#[actix_web::test]
async fn drafts_that_were_begun_may_keep_the_form_they_have() {
    for db in each_database() {
        let desk = Desk::on(db);
        let world = &desk.programme;
        let (holder, begun) = world.complete(1, 3_000);
        desk.bare();
        let before = world.call_row().revision;
        desk.revise().await;
        let ask = format!("{CALL}/revision/publication");
        let page = desk.read(&ask).await.replace('\u{a0}', " ");
        for words in [
            "Suivent la révision : 2 brouillons",
            "Perdent une réponse : 1 brouillon. Devront donner autre chose : 2 brouillons.",
            "Gardent le formulaire qu’ils ont : 2 brouillons",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let keep = [("brouillons", "keep"), ("motif", " ")];
        let (status, _, html) = desk.fill(&ask, &keep).await;
        assert!(status == 422 && html.contains("value=\"keep\" checked"), "what was chosen stays: {html}");
        desk.take(&ask, &[("brouillons", "keep"), ("motif", "La clé du local manquait.")]).await;
        let section = format!("/dossiers/{begun}/rubriques/sens");
        assert!(desk.page_of(&holder, &section).await.contains(REMOVED), "it is asked what it was asked");
        let page = desk.page_of(&holder, &format!("/dossiers/{begun}")).await;
        assert!(!page.contains("Le formulaire de cet appel a changé"), "{page}");
        let content = world.db.read(|conn| answers::find(conn, &holder, begun)).unwrap();
        assert_eq!(content.missing(), Vec::<String>::new());
        let (late, after) = world.complete(3, 3_000);
        let content = world.db.read(|conn| answers::find(conn, &late, after)).unwrap();
        assert!(content.missing().iter().any(|missing| missing.contains(ADDED)), "whoever begins now follows");
        // The next revision says that two drafts are beside it already.
        desk.take(&format!("{CALL}/preparation/presentation"), &[("summary", "Pour agir ensemble.")]).await;
        let said = desk.read(&format!("{CALL}/revision")).await.replace('\u{a0}', " ");
        assert!(said.contains("Gardent un formulaire d’avant</dt><dd>2 brouillons"), "{said}");
        assert!(said.contains("Commencés, non déposés</dt><dd>1 brouillon"), "{said}");
        desk.take(&ask, &[("motif", "Le résumé.")]).await;
        world.submit(&holder, begun);
        assert_eq!(world.application(begun).revision, before, "it is filed as it was written");
        let dossier = desk.read(&format!("/instruction/{begun}")).await;
        assert!(dossier.contains(REMOVED) && !dossier.contains(ADDED), "{dossier}");
    }
}

/// Answers the new question and files.
fn file(desk: &Desk, holder: &Actor, id: ApplicationId) {
    let typed = [("qui_tient_la_cle".to_owned(), "La mairie".to_owned())].into_iter().collect();
    let save = |tx: &mut Tx| answers::save_section(tx, holder, id, "projet", &typed, open());
    assert_eq!(desk.programme.db.write(save).unwrap(), []);
    desk.programme.submit(holder, id);
    assert_eq!(desk.programme.application(id).state, ApplicationState::Submitted);
}

#[actix_web::test]
async fn a_published_call_closes_later_or_not_at_all_and_grows_as_far_as_its_agreement() {
    for db in each_database() {
        let desk = Desk::on(db);
        let part = |part: &str| format!("{CALL}/preparation/{part}");
        let source = "sources.AFD-2026-ECM-HDF";
        for (path, changes, sentence) in [
            ("calendrier", vec![("window.closes", "2027-01-15")], "ne peut que reculer"),
            ("calendrier", vec![("window.opens", "2026-11-03")], "déjà ouvert"),
            ("argent", vec![("envelope", "50 000"), (source, "50 000")], "ne peut que grandir"),
            ("argent", vec![("envelope", "240 001"), (source, "240 001")], "qui a 240\u{202f}000\u{a0}€"),
        ] {
            let (status, _, page) = desk.fill(&part(path), &changes).await;
            assert_eq!(status, 422, "{changes:?}: {page}");
            assert!(page.contains(sentence), "{changes:?}: {page}");
        }
        desk.take(&part("calendrier"), &[("window.closes", "2027-02-07")]).await;
        desk.take(&part("argent"), &[("envelope", "70 000"), (source, "70 000")]).await;
        let left =
            |desk: &Desk| desk.programme.db.read(|conn| journal::envelope_left(conn, desk.programme.call)).unwrap();
        assert_eq!(left(&desk), Euros::whole(60_000));
        desk.take(&format!("{CALL}/revision/publication"), &[("motif", "Une semaine et 10 000 € de plus.")]).await;
        assert_eq!(left(&desk), Euros::whole(70_000));
        let row = desk.programme.call_row();
        assert!(row.window().deadline().contains("février 2027"), "{}", row.window().deadline());
    }
}

#[actix_web::test]
async fn a_call_that_is_over_opens_again_by_a_later_last_day_and_its_drafts_are_filed() {
    for db in each_database() {
        let desk = Desk::on(db);
        let world = &desk.programme;
        let (who, draft) = world.complete(1, 3_000);
        desk.site.clock.set(closed());
        let home = format!("/dossiers/{draft}");
        assert!(desk.page_of(&who, &home).await.contains("il ne peut plus être déposé"));
        let file = || {
            let version = world.application(draft).version;
            world.db.write(|tx| applications::submit(tx, &who, draft, version, closed()).map(drop))
        };
        assert!(file().is_err(), "it is too late");
        desk.take(&format!("{CALL}/preparation/calendrier"), &[("window.closes", "2027-02-28")]).await;
        assert!(file().is_err(), "nothing is said to the public yet");
        desk.take(&format!("{CALL}/revision/publication"), &[("motif", "La plateforme était en panne.")]).await;
        assert!(desk.page_of(&who, &home).await.contains("28\u{a0}février 2027"));
        assert!(desk.page_of(&who, "/").await.contains("/appels/RECITAL-2027-1"));
        file().unwrap();
        assert_eq!(world.application(draft).state, ApplicationState::Submitted);
    }
}

#[actix_web::test]
async fn of_two_officers_neither_covers_the_others_revision_nor_publishes_what_they_have_not_seen() {
    let desk = Desk::on(sqlite());
    let page = format!("{CALL}/preparation/presentation");
    let shown = forms::changed(forms::fields(&desk.read(&page).await, &page), &[("summary", "Le sien.")]);
    desk.take(&page, &[("summary", "Le mien.")]).await;
    let (status, _, html) = desk.send(&page, &shown).await;
    assert!(status == 409 && html.contains("Le sien.") && html.contains("Le mien."), "{html}");
    let ask = format!("{CALL}/revision/publication");
    let asked = forms::changed(forms::fields(&desk.read(&ask).await, &ask), &[("motif", "Pour voir.")]);
    desk.take(&page, &[("summary", "Un autre.")]).await;
    assert_eq!(desk.send(&ask, &asked).await.0, 409);
    assert_eq!(desk.definition("RECITAL-2027-1").summary, desk.programme.definition.summary);
}

#[actix_web::test]
async fn a_revision_given_up_leaves_nothing_and_one_that_is_not_whole_waits() {
    let desk = Desk::on(sqlite());
    let (form, revision) = (format!("{CALL}/preparation/formulaire"), format!("{CALL}/revision"));
    assert!(desk.read(&revision).await.contains("Rien n’a encore changé"));
    assert!(desk.read(CALL).await.contains("Préparer une révision"));
    assert_eq!(desk.press(&form, &format!("{form}/question.axe/retrait")).await.0, 303);
    let page = desk.read(&revision).await;
    assert!(page.contains("À terminer avant de publier") && !page.contains("Publier la révision"), "{page}");
    let (status, _, page) = desk.fill(&format!("{revision}/publication"), &[("motif", "Vite.")]).await;
    assert!(status == 409 && page.contains("Il reste à revoir\u{a0}: le formulaire."), "{page}");
    assert!(desk.read(CALL).await.contains("Continuer la révision"));
    assert_eq!(desk.press(&revision, &format!("{revision}/abandon")).await.0, 303);
    assert!(desk.read(&revision).await.contains("Rien n’a encore changé"));
    assert!(desk.read(&form).await.contains("Axe principal"));
}

#[actix_web::test]
async fn a_condition_that_drafts_would_meet_no_more_is_said_before_it_is_published() {
    let desk = Desk::on(sqlite());
    desk.programme.complete(1, 3_000);
    desk.bare();
    let rule = format!("{CALL}/preparation/eligibilite/regle?rule=ends_by");
    desk.take(&rule, &[("day", "2027-09-30")]).await;
    let said = desk.read(&format!("{CALL}/revision")).await.replace('\u{a0}', " ");
    for words in [
        "Ne rempliront plus une condition</dt><dd>1 brouillon",
        "« Le projet se termine au plus tard le 30 septembre 2027. » : 1 brouillon.",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// What the page of the revision says of the only draft, which loses something.
async fn losing(desk: &Desk) -> String {
    let said = desk.read(&format!("{CALL}/revision")).await.replace('\u{a0}', " ");
    for words in ["Gardent toutes leurs réponses</dt><dd>0 brouillon", "Perdent une réponse</dt><dd>1 brouillon"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    said.split(" : perd ").nth(1).unwrap_or_else(|| panic!("{said}")).split("</li>").next().unwrap().to_owned()
}

#[actix_web::test]
async fn an_answer_hidden_by_a_new_condition_is_lost_and_so_are_those_of_a_whole_section() {
    for (item, label) in [
        ("question.droits", "Comment le projet fait-il avancer les droits humains"),
        ("rubrique.methode", "Le lien entre le local et le mondial"),
    ] {
        let desk = Desk::on(sqlite());
        desk.programme.complete(1, 3_000);
        // The draft has answered yes.
        desk.take(&format!("{CALL}/preparation/formulaire/{item}"), &[("show_if", "eloigne=non")]).await;
        let lost = losing(&desk).await;
        assert!(lost.contains(label) && !lost.contains("devra donner"), "{item}: {lost}");
    }
}

#[actix_web::test]
async fn a_paper_attached_that_is_asked_no_more_is_lost() {
    let desk = Desk::on(sqlite());
    desk.programme.complete(1, 3_000);
    let papers = format!("{CALL}/preparation/pieces");
    assert_eq!(desk.press(&papers, &format!("{papers}/piece.rapport/retrait")).await.0, 303);
    assert!(losing(&desk).await.contains("Dernier rapport d’activité"));
}

#[actix_web::test]
async fn a_budget_and_partners_whose_section_goes_are_lost() {
    for db in each_database() {
        let desk = Desk::on(db);
        desk.programme.complete(1, 3_000);
        let form = format!("{CALL}/preparation/formulaire");
        for section in ["budget", "partenaires"] {
            assert_eq!(desk.press(&form, &format!("{form}/rubrique.{section}/retrait")).await.0, 303);
        }
        let lost = losing(&desk).await;
        assert!(lost.contains("Budget") && lost.contains("Partenaires"), "{lost}");
    }
}
