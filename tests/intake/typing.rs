//! Typing in a real browser: the network goes, the sign-in ends, the tab is closed, somebody else writes. No word is lost.

use super::{
    edits::draft_of_two,
    pages::{site, start},
};
use crate::support::{
    browser::{Browser, Step},
    site::Site,
};
use tisserand::{
    domain::roles::Role,
    usecases::{passwords, people},
};

const PASSWORD: &str = "un-mot-de-passe-long";
pub(super) const AUTHOR: &str = "applicant@essai.example";
const COLLEAGUE: &str = "collegue@essai.example";
pub(super) const TITLE: &str = "css=#champ-titre";
const SUMMARY: &str = "css=#champ-resume";
pub(super) const SAVED: &str = "enregistré";
const KEPT: &str = "non enregistré – gardé sur ce téléphone";

/// A site with one draft, and the address of its first section.
pub(super) struct Desk {
    browser: Browser,
    pub(super) site: Site,
    pub(super) dossier: String,
}

pub(super) fn go(path: &str) -> Step {
    Step::Goto(path.to_owned())
}

pub(super) fn fill(field: &str, text: &str) -> Step {
    Step::Fill(field.to_owned(), text.to_owned())
}

pub(super) fn holds(field: &str, text: &str) -> Step {
    Step::Holds(field.to_owned(), text.to_owned())
}

pub(super) fn see(text: &str) -> Step {
    Step::Expect(text.to_owned())
}

pub(super) fn press(name: &str) -> Step {
    Step::Click(name.to_owned())
}

/// The words beside a field.
pub(super) fn word(field: &str, text: &str) -> Step {
    Step::Reads(format!("css=[data-unit=\"{field}\"] .save-state"), text.to_owned())
}

/// Types the address and the password of the sign-in page that is open.
fn identify(email: &str) -> [Step; 4] {
    [
        press("J’ai un mot de passe"),
        fill("css=#email-mot-de-passe", email),
        fill("css=#champ-mot_de_passe", PASSWORD),
        press("css=form[action='/connexion'] button"),
    ]
}

pub(super) fn signed_in(email: &str) -> Vec<Step> {
    let mut steps = vec![Step::Become(email.to_owned()), go("/connexion")];
    steps.extend(identify(email));
    steps.extend([see("Se déconnecter"), Step::Phone]);
    steps
}

/// What the page must be at any moment: fit for everybody and for a phone.
pub(super) fn looked_at(name: &str) -> [Step; 4] {
    [Step::Audit, Step::Reflow, Step::Screenshot(format!("typing-{name}")), Step::Phone]
}

impl Desk {
    pub(super) async fn open() -> Option<Desk> {
        let browser = Browser::open()?;
        let site = site();
        let (dossier, _, _) = draft_of_two(&site).await;
        let (hash, now) = (passwords::hash(PASSWORD).unwrap(), site.clock.now());
        for email in [AUTHOR, COLLEAGUE] {
            let set = |tx: &mut tisserand::store::Tx| {
                let id = people::by_email(tx.conn(), &email.parse().unwrap())?;
                people::set_password(tx, id, &hash, now)
            };
            site.db.write(set).unwrap();
        }
        Some(Desk { browser, site, dossier })
    }

    pub(super) fn section(&self) -> String {
        format!("{}/rubriques/projet", self.dossier)
    }

    pub(super) fn walk(&self, name: &str, steps: Vec<Step>) {
        self.browser.walk(&format!("typing-{name}"), &self.site.base, &steps).unwrap();
    }
}

#[actix_web::test]
async fn a_cut_network_and_a_closed_tab_take_nothing_away() {
    let Some(desk) = Desk::open().await else { return };
    let section = desk.section();
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&section), fill(TITLE, "Le tour des lacs"), word("titre", SAVED)]);
    steps.extend(looked_at("saved"));
    steps.extend([Step::Offline(true), fill(SUMMARY, "Écrit dans le train."), word("resume", KEPT)]);
    steps.push(see("Pas de connexion. Ce que vous écrivez est gardé sur ce téléphone"));
    steps.extend(looked_at("offline"));
    // The button waits too, instead of leading to the browser's error page.
    let button = Step::Reads("css=button[value=dossier][aria-disabled=false]".into(), "Enregistrer".into());
    steps.extend([press("Enregistrer"), button, Step::Path(section.clone()), holds(SUMMARY, "Écrit dans le train.")]);
    steps.extend([Step::Offline(false), word("resume", SAVED), see("L’action en quelques mots : enregistré")]);
    steps.push(Step::Absent("Pas de connexion".into()));
    steps.extend([Step::Offline(true), fill(TITLE, "Le tour des lacs, la suite"), word("titre", KEPT), Step::CloseTab]);
    steps.extend([Step::Offline(false), Step::Phone, go(&section), holds(TITLE, "Le tour des lacs, la suite")]);
    steps.extend([word("titre", SAVED), go(&section), holds(TITLE, "Le tour des lacs, la suite")]);
    steps.extend([holds(SUMMARY, "Écrit dans le train."), press("Enregistrer"), see("C’est enregistré.")]);
    desk.walk("offline", steps);
}

#[actix_web::test]
async fn a_row_whose_address_is_left_is_neither_lost_nor_written_over() {
    let Some(desk) = Desk::open().await else { return };
    let cookie = desk.site.person(Role::Applicant);
    let section = format!("{}/rubriques/projet", start(&desk.site, &cookie, "TANDEMS-2027").await);
    let (first, second) = ("css=#champ-calendrier-0-sujet", "css=#champ-calendrier-1-sujet");
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&format!("{section}?lignes=calendrier.2")), Step::Offline(true)]);
    steps.extend([fill(first, "L’eau"), fill(second, "Le sel"), word("calendrier", KEPT), Step::CloseTab]);
    // The second row is on this page only once it has been saved, and shown again.
    steps.extend([Step::Offline(false), Step::Phone, go(&section), holds(second, "Le sel"), holds(first, "L’eau")]);
    steps.extend([press("Enregistrer"), see("C’est enregistré."), go(&section)]);
    steps.extend([holds(first, "L’eau"), holds(second, "Le sel")]);
    desk.walk("rows", steps);
}

#[actix_web::test]
async fn a_sign_in_that_ends_while_typing_is_taken_up_again() {
    let Some(desk) = Desk::open().await else { return };
    let section = desk.section();
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&section), Step::LoseSession, fill(TITLE, "Minuit moins dix"), word("titre", KEPT)]);
    steps.push(see("Votre session est terminée."));
    steps.extend(looked_at("expired"));
    steps.push(press("Se reconnecter pour l’enregistrer"));
    steps.extend(identify(AUTHOR));
    steps.extend([Step::Path(section.clone()), holds(TITLE, "Minuit moins dix"), word("titre", SAVED)]);
    steps.extend([go(&section), holds(TITLE, "Minuit moins dix")]);
    desk.walk("expired", steps);
}

#[actix_web::test]
async fn somebody_else_on_the_same_phone_neither_sees_nor_sends_what_was_typed() {
    let Some(desk) = Desk::open().await else { return };
    let section = desk.section();
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&section), Step::LoseSession, fill(TITLE, "À moi seule"), word("titre", KEPT), go("/connexion")]);
    steps.extend(identify(COLLEAGUE));
    steps.extend([see("Camille"), go(&section), holds(TITLE, ""), Step::Absent("gardé sur".into())]);
    steps.extend([press("Se déconnecter"), see("Vous êtes déconnecté"), go("/connexion")]);
    steps.extend(identify(AUTHOR));
    steps.extend([see("Se déconnecter"), go(&section), holds(TITLE, "À moi seule"), word("titre", SAVED)]);
    desk.walk("one-phone", steps);
}

#[actix_web::test]
async fn two_tabs_and_two_people_get_both_texts_and_choose() {
    let Some(desk) = Desk::open().await else { return };
    let section = desk.section();
    let tab = |name: &str| Step::Tab(name.to_owned());
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&section), tab("other"), Step::Phone, go(&section)]);
    steps.extend([tab(""), fill(TITLE, "Des lacs"), word("titre", SAVED)]);
    steps.extend([tab("other"), fill(TITLE, "Des mers"), see("Ce qu’a écrit l’autre personne"), see("Des lacs")]);
    steps.push(word("titre", KEPT));
    steps.extend(looked_at("contested"));
    // By the keyboard alone: from the field to the two buttons.
    steps.extend([Step::Click(TITLE.into()), Step::Press("Tab".into()), Step::Focused("Garder mon texte".into())]);
    steps.extend([Step::Press("Enter".into()), word("titre", SAVED), Step::Absent("l’autre personne".into())]);
    steps.extend(signed_in(COLLEAGUE));
    steps.extend([go(&section), holds(TITLE, "Des mers"), Step::Become(AUTHOR.into()), tab("other")]);
    steps.extend([fill(TITLE, "Des mers et des lacs"), word("titre", SAVED), Step::Become(COLLEAGUE.into())]);
    steps.extend([fill(TITLE, "Des fleuves"), see("Des mers et des lacs"), press("Reprendre le sien")]);
    steps.extend([holds(TITLE, "Des mers et des lacs"), fill(TITLE, "Des mers, des lacs, des fleuves")]);
    steps.extend([word("titre", SAVED), go(&section), holds(TITLE, "Des mers, des lacs, des fleuves")]);
    desk.walk("two", steps);
}

#[actix_web::test]
async fn an_answer_lost_on_the_way_is_asked_for_again() {
    let Some(desk) = Desk::open().await else { return };
    let section = desk.section();
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&section), Step::LoseAnswer("/champs".into()), fill(TITLE, "Le tour"), word("titre", KEPT)]);
    steps.extend([fill(TITLE, "Le tour des lacs"), word("titre", SAVED), Step::Absent("l’autre personne".into())]);
    steps.extend([go(&section), holds(TITLE, "Le tour des lacs")]);
    desk.walk("lost", steps);
}

#[actix_web::test]
async fn without_scripts_the_same_page_saves_by_its_button() {
    let Some(desk) = Desk::open().await else { return };
    let desk = Desk { browser: desk.browser.without_scripts(), ..desk };
    let section = desk.section();
    let mut steps = vec![Step::Become("plain".into()), go("/connexion")];
    steps.extend([Step::Click("css=summary".into())]);
    steps.extend(identify(AUTHOR).into_iter().skip(1));
    steps.extend([go(&section), see("heure de Paris"), fill(TITLE, "Sans script"), press("Enregistrer")]);
    steps.extend([see("C’est enregistré."), go(&section), holds(TITLE, "Sans script")]);
    desk.walk("plain", steps);
}

#[actix_web::test]
async fn without_scripts_what_was_typed_outlives_the_end_of_the_sign_in() {
    let Some(desk) = Desk::open().await else { return };
    let desk = Desk { browser: desk.browser.without_scripts(), ..desk };
    let section = desk.section();
    let mut steps = vec![Step::Become("plain".into()), go("/connexion"), Step::Click("css=summary".into())];
    steps.extend(identify(AUTHOR).into_iter().skip(1));
    steps.extend([go(&section), fill(TITLE, "Sans script, à minuit"), Step::LoseSession, press("Enregistrer")]);
    steps.extend([see("Votre session a expiré"), see("Sans script, à minuit"), Step::Reflow]);
    // The other tab opens the door for this one.
    steps.extend([Step::Tab("door".into()), go("/connexion"), Step::Click("css=summary".into())]);
    steps.extend(identify(AUTHOR).into_iter().skip(1));
    steps.extend([see("Se déconnecter"), Step::Tab(String::new()), press("Envoyer à nouveau")]);
    steps.extend([see("C’est enregistré."), go(&section), holds(TITLE, "Sans script, à minuit")]);
    desk.walk("plain-expired", steps);
}

/// A file below the folder of the tests' output.
pub(super) fn paper(name: &str, bytes: &[u8]) -> String {
    let path = crate::support::output_dir("uploads").join(name);
    std::fs::write(&path, bytes).unwrap();
    path.display().to_string()
}

#[actix_web::test]
async fn a_document_leaves_by_itself_and_is_tried_again_when_the_network_is_back() {
    let Some(desk) = Desk::open().await else { return };
    let section = format!("{}/rubriques/pieces", desk.dossier);
    let field = "css=#champ-statuts";
    let good = paper("statuts.pdf", b"%PDF-1.7\n%%EOF\n");
    let heavy = paper("lourd.pdf", &vec![b'%'; (10 << 20) + 1]);
    let state = |said: &str| Step::Reads("css=#piece-statuts .upload-state p".into(), said.into());
    let mut steps = signed_in(AUTHOR);
    steps.extend([go(&section), Step::Attach(field.into(), heavy)]);
    steps.push(see("plus que les 10 Mo que nous pouvons recevoir"));
    steps.extend(looked_at("upload-heavy"));
    steps.extend([Step::Offline(true), Step::Attach(field.into(), good), press("css=#piece-statuts button")]);
    steps.push(state("L’envoi s’est interrompu : la connexion a été perdue. Le fichier est toujours choisi."));
    steps.extend(looked_at("upload-lost"));
    steps.extend([
        Step::Offline(false),
        press("Réessayer"),
        state("Le document est joint."),
        see("Relire statuts.pdf"),
    ]);
    steps.extend(looked_at("upload-done"));
    desk.walk("upload", steps);
}

#[actix_web::test]
async fn what_was_typed_is_there_after_the_button_that_goes_back() {
    let Some(desk) = Desk::open().await else { return };
    let section = desk.section();
    let mut steps = signed_in(AUTHOR);
    // Gone before the word « enregistré » was read.
    steps.extend([go(&section), fill(TITLE, "Parti trop vite"), go("/dossiers"), Step::Back]);
    steps.extend([Step::Path(section.clone()), holds(TITLE, "Parti trop vite"), word("titre", SAVED)]);
    // The page that came back goes on saving.
    steps.extend([fill(SUMMARY, "Et la suite."), word("resume", SAVED), go("/organisations"), Step::Back]);
    steps.extend([Step::Path(section.clone()), holds(TITLE, "Parti trop vite"), holds(SUMMARY, "Et la suite.")]);
    steps.extend([go(&section), holds(TITLE, "Parti trop vite"), holds(SUMMARY, "Et la suite.")]);
    // Without a network too.
    steps.extend([go("/dossiers"), go(&section), Step::Offline(true), fill(TITLE, "Dans le tunnel")]);
    steps.extend([word("titre", KEPT), Step::Offline(false), go("/dossiers"), Step::Back]);
    steps.extend([holds(TITLE, "Dans le tunnel"), word("titre", SAVED)]);
    desk.walk("back", steps);
}
