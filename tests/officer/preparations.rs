//! A call made on screen from nothing to its first application, and what is refused on the way.

use crate::support::{
    databases::{TestDb, each_database, sqlite},
    forms,
    programme::{Programme, open, person},
    site::Site,
};
use tisserand::{
    domain::{
        budgets::BudgetUnit,
        decisions::DecisionPace,
        definitions::{CallDefinition, QuestionKind},
        ids::ApplicationId,
        lifecycles::calls::CallState,
        roles::Role,
        schedules::ScheduleModel,
    },
    usecases::{Actor, answers, calls},
};

const CALL: &str = "/appels-a-projets/URGENCE-2027";

/// An officer at a desk, over the agreements and people of a fund.
pub(super) struct Desk {
    pub programme: Programme,
    pub site: Site,
    officer: Actor,
}

impl Desk {
    pub(super) fn on(db: TestDb) -> Self {
        let programme = Programme::on(db);
        let site = Site::over(&programme.db, open());
        let officer = programme.officer.clone();
        Desk { programme, site, officer }
    }

    pub(super) async fn read(&self, path: &str) -> String {
        let reply = self.site.get(&self.site.cookie_of(&self.officer), path).await;
        let (status, html) = (reply.status().as_u16(), reply.text().await.unwrap());
        assert_eq!(status, 200, "{path}: {html}");
        html
    }

    /// Sends fields; gives the status, where it leads and the page that answers.
    pub(super) async fn send(&self, path: &str, fields: &[(String, String)]) -> (u16, String, String) {
        let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = self.site.post(&self.site.cookie_of(&self.officer), path, &pairs).await;
        let location = reply.headers().get("location").map_or("", |value| value.to_str().unwrap()).to_owned();
        (reply.status().as_u16(), location, reply.text().await.unwrap())
    }

    /// Opens a page, changes some fields of its form, sends it.
    pub(super) async fn fill(&self, page: &str, changes: &[(&str, &str)]) -> (u16, String, String) {
        let action = page.split('?').next().unwrap();
        let fields = forms::changed(forms::fields(&self.read(page).await, action), changes);
        self.send(action, &fields).await
    }

    /// The same, which must be taken.
    pub(super) async fn take(&self, page: &str, changes: &[(&str, &str)]) {
        let (status, _, html) = self.fill(page, changes).await;
        assert_eq!(status, 303, "{page}: {html}");
    }

    /// Presses a button of a list.
    pub(super) async fn press(&self, list: &str, button: &str) -> (u16, String, String) {
        let fields = forms::fields(&self.read(list).await, button);
        self.send(button, &fields).await
    }

    pub(super) fn definition(&self, reference: &str) -> CallDefinition {
        let read = self.programme.db.read(|conn| {
            let row = calls::by_reference(conn, reference)?;
            calls::parse(&row)
        });
        CallDefinition::clone(&read.unwrap())
    }

    /// Opens a call from nothing.
    pub(super) async fn begin(&self) {
        let fund = self.programme.db.read(calls::funds).unwrap().remove(0).0.to_string();
        let fields = [
            ("fonds", fund.as_str()),
            ("reference", "URGENCE-2027"),
            ("title", "Urgence 2027"),
            ("window.opens", "2026-12-01"),
            ("window.closes", "2026-12-31"),
            ("closes_at", "12:00"),
            ("calendar.committee_on", "2027-01-15"),
            ("calendar.announcement_on", "2027-01-22"),
        ];
        let (status, to, html) = self.fill("/appels-a-projets/creation", &fields).await;
        assert_eq!((status, to.as_str()), (303, "/appels-a-projets/URGENCE-2027/preparation"), "{html}");
    }

    /// Fills in what only the officer knows.
    async fn complete(&self) {
        let part = |part: &str| format!("{CALL}/preparation/{part}");
        let chapter = [("rules.0.title", "Pourquoi"), ("rules.0.text", "Agir vite."), ("summary", "Pour agir vite.")];
        self.take(&part("presentation"), &chapter).await;
        self.take(&part("axes"), &[("axes", "CRISES"), ("axes", "JEUNES")]).await;
        let money = [
            ("envelope", "20 000"),
            ("sources.AFD-2026-ECM-HDF", "20 000"),
            ("amount.ceiling", "4 000"),
            ("earmarks.CRISES.reserved", "10 000"),
        ];
        self.take(&part("argent"), &money).await;
        let letters = ["award_intro", "refusal_intro", "refusal_advice", "agreement_intro"];
        let letters = letters.map(|name| (format!("letters.{name}"), "Merci de votre demande."));
        let letters: Vec<(&str, &str)> = letters.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        self.take(&part("lettres"), &letters).await;
        let criterion = [("label", "Utilité"), ("weight", "2"), ("most", "5")];
        self.take(&part("grille/critere"), &criterion).await;
    }
}

#[actix_web::test]
async fn a_limit_of_words_holds_for_a_short_text() {
    let desk = Desk::on(sqlite());
    let (who, id) = desk.programme.complete(1, 3_000);
    let call = "/appels-a-projets/RECITAL-2027-1";
    let form = format!("{call}/preparation/formulaire");
    let asked = [("label", "En trois mots"), ("kind", "short_text"), ("words", "3")];
    desk.take(&format!("{form}/question?rubrique=projet"), &asked).await;
    assert!(desk.read(&form).await.replace('\u{a0}', " ").contains("3 mots au plus"));
    desk.take(&format!("{call}/revision/publication"), &[("motif", "Pour le programme imprimé.")]).await;
    let (cookie, section) = (desk.site.cookie_of(&who), format!("/dossiers/{id}/rubriques/projet"));
    let page = desk.site.get(&cookie, &section).await.text().await.unwrap();
    assert!(page.contains("3\u{a0}mots au plus."), "{page}");
    for (typed, status) in [("Un océan commun", 303), ("Un océan et deux classes", 422)] {
        let sent = desk.site.post(&cookie, &section, &[("en_trois_mots", typed)]).await;
        assert_eq!(sent.status().as_u16(), status, "{typed}");
        let page = sent.text().await.unwrap();
        assert!(status == 303 || page.contains("votre réponse en compte 5."), "{page}");
    }
}

#[actix_web::test]
async fn a_call_is_made_on_screen_published_and_applied_to() {
    for db in each_database() {
        let desk = Desk::on(db);
        desk.begin().await;
        let page = desk.read(&format!("{CALL}/preparation")).await;
        assert!(page.contains("à remplir") && page.contains("complet"), "{page}");
        assert!(desk.read(CALL).await.contains("Il manque encore"), "it cannot be published yet");
        desk.complete().await;
        let form = format!("{CALL}/preparation/formulaire");
        desk.take(&format!("{form}/rubrique"), &[("title", "L’urgence")]).await;
        let asked = [
            ("label", "Qu’est-ce qui est urgent ?"),
            ("example", "Une inondation"),
            ("kind", "choice"),
            ("choice.0.label", "L’eau"),
            ("choice.1.label", "Le toit"),
        ];
        desk.take(&format!("{form}/question?rubrique=l_urgence"), &asked).await;
        let about_water =
            [("label", "Combien de litres ?"), ("kind", "number"), ("show_if", "qu_est_ce_qui_est_urgent=l_eau")];
        desk.take(&format!("{form}/question?rubrique=l_urgence"), &about_water).await;
        desk.take(&format!("{form}/question.qu_est_ce_qui_est_urgent"), &[("label", "L’urgence est :")]).await;
        let call = desk.definition("URGENCE-2027");
        let question = call.question("qu_est_ce_qui_est_urgent").expect("the code is the one it was born with");
        assert_eq!((question.label.as_str(), question.kind), ("L’urgence est :", QuestionKind::Choice));
        let shown = desk.read(&format!("{form}/rubrique.l_urgence/apercu")).await;
        assert!(
            shown.contains("Exemple\u{a0}: Une inondation") && !shown.contains("champ-combien_de_litres"),
            "{shown}"
        );
        let tried = format!("{form}/rubrique.l_urgence/apercu?essai=oui&qu_est_ce_qui_est_urgent=l_eau");
        let tried = desk.read(&tried).await;
        assert!(tried.contains("Répondez à «\u{a0}Combien de litres ?\u{a0}»"), "{tried}");
        desk.take(&format!("{CALL}/publication"), &[]).await;
        let state = desk.programme.db.read(|conn| calls::by_reference(conn, "URGENCE-2027")).unwrap().state;
        assert_eq!(state, CallState::Published);
        apply(&desk).await;
    }
}

/// An organisation finds the call, starts its file and answers the question that was made.
async fn apply(desk: &Desk) {
    let applicant = person(&desk.programme.db, "Awa Diop", Role::Applicant);
    let organisation = desk.programme.organisation(&applicant, 7).to_string();
    let cookie = desk.site.cookie_of(&applicant);
    let public = desk.site.get("", "/appels/URGENCE-2027").await.text().await.unwrap();
    assert!(public.contains("Urgence 2027") && public.contains("Agir vite."), "{public}");
    let started = desk.site.post(&cookie, "/appels/URGENCE-2027/dossier", &[("organisation", &organisation)]).await;
    let file = started.headers()["location"].to_str().unwrap().to_owned();
    let section = format!("{file}/rubriques/l_urgence");
    let page = desk.site.get(&cookie, &section).await.text().await.unwrap();
    assert!(page.contains("L’urgence est :") && page.contains("Le toit"), "{page}");
    let answered = [("qu_est_ce_qui_est_urgent", "le_toit")];
    let saved = desk.site.post(&cookie, &section, &answered).await;
    assert_eq!(saved.status().as_u16(), 303);
    let id: ApplicationId = file.rsplit('/').next().unwrap().parse().unwrap();
    let content = desk.programme.db.read(|conn| answers::find(conn, &applicant, id)).unwrap();
    assert_eq!(content.answers["qu_est_ce_qui_est_urgent"], "le_toit");
}

#[actix_web::test]
async fn questions_are_moved_and_taken_away_and_what_depends_on_them_holds_them() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let form = format!("{CALL}/preparation/formulaire");
    let codes = |desk: &Desk| -> Vec<String> {
        desk.definition("URGENCE-2027").sections[0].questions.iter().map(|question| question.code.clone()).collect()
    };
    assert_eq!(codes(&desk)[..2], ["titre", "resume"]);
    assert_eq!(desk.press(&form, &format!("{form}/question.resume/monter")).await.0, 303);
    assert_eq!(codes(&desk)[..2], ["resume", "titre"]);
    desk.take(&format!("{form}/question?rubrique=projet"), &[("label", "Déjà fait ?"), ("kind", "yes_no")]).await;
    let why = [("label", "Pourquoi ?"), ("show_if", "deja_fait=non")];
    desk.take(&format!("{form}/question?rubrique=projet"), &why).await;
    let (status, _, page) = desk.press(&form, &format!("{form}/question.deja_fait/retrait")).await;
    assert!(status == 422 && page.contains("n’est pas une question posée avant"), "{page}");
    assert!(codes(&desk).contains(&"deja_fait".to_owned()), "nothing is half-written");
    for question in ["pourquoi", "deja_fait"] {
        assert_eq!(desk.press(&form, &format!("{form}/question.{question}/retrait")).await.0, 303);
    }
    assert!(desk.read(&form).await.contains("Retirez d’abord ses questions."));
    assert_eq!(desk.press(&form, &format!("{form}/rubrique.budget/retrait")).await.0, 303);
    let page = desk.read(&format!("{CALL}/preparation")).await;
    assert!(page.contains("Aucune rubrique ne porte le budget."), "{page}");
}

#[actix_web::test]
async fn a_criterion_names_the_answers_it_looks_at_as_long_as_they_are_asked() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let (form, grid) = (format!("{CALL}/preparation/formulaire"), format!("{CALL}/preparation/grille"));
    desk.take(&format!("{form}/question?rubrique=projet"), &[("label", "Déjà fait ?"), ("kind", "yes_no")]).await;
    let page = desk.read(&format!("{grid}/critere")).await;
    assert!(page.contains("Réponses à montrer à côté de la note") && page.contains("value=\"deja_fait\""), "{page}");
    let useful = [("label", "Utilité"), ("weight", "2"), ("most", "5"), ("answers", "titre"), ("answers", "deja_fait")];
    desk.take(&format!("{grid}/critere"), &useful).await;
    let answers = |desk: &Desk| desk.definition("URGENCE-2027").grid.criterion("utilite").unwrap().answers.clone();
    assert_eq!(answers(&desk), ["titre", "deja_fait"]);
    assert_eq!(desk.press(&form, &format!("{form}/question.deja_fait/retrait")).await.0, 303);
    assert_eq!(answers(&desk), ["titre"]);
}

#[actix_web::test]
async fn what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let part = |part: &str| format!("{CALL}/preparation/{part}");
    let before = desk.definition("URGENCE-2027");
    for (path, changes, field, kept) in [
        ("calendrier", ("window.closes", "2026-11-01"), "window.closes", "2026-11-01"),
        ("calendrier", ("delays.appeal_days", "400"), "delays.appeal_days", "400"),
        ("presentation", ("rules.0.title", "Seul"), "rules.0.text", "Seul"),
        ("argent", ("envelope", "douze"), "envelope", "douze"),
        ("argent", ("envelope", "30 000"), "envelope", "30 000"),
        ("argent", ("schedule.step.0.share", "70"), "schedule.step.0.share", "70"),
        ("calendrier", ("decisions", "rolling"), "decisions", "rolling"),
        ("formulaire/question.titre", ("label", " "), "label", "Celui que verra le public."),
        ("formulaire/question.titre", ("kind", "choice"), "choice.0.label", "Titre du projet"),
        ("formulaire/question.titre", ("kind", "number"), "kind", "Titre du projet"),
        ("pieces/piece", ("label", ""), "label", ""),
        ("grille/critere", ("most", "0"), "most", "0"),
        ("lettres", ("letters.award_intro", "Bravo !"), "letters.refusal_intro", "Bravo !"),
        ("eligibilite/regle?rule=duration_months", ("least", "1,5"), "least", "1,5"),
        ("eligibilite/regle?rule=legal_forms", ("rule", "legal_forms"), "forms", ""),
        ("eligibilite/regle?rule=annual_budget_between", ("floor", "peu"), "floor", "peu"),
        ("eligibilite/regle?rule=project_in_countries", ("countries", "Atlantide"), "countries", "Atlantide"),
        ("eligibilite/regle?rule=project_in_countries", ("excluded", "Mali"), "excluded", "Mali"),
        ("eligibilite/regle?rule=files_per_call", ("most", "0"), "most", "0"),
        ("eligibilite/regle?rule=files_per_call", ("most", "3"), "most", "3"),
    ] {
        let (status, _, page) = desk.fill(&part(path), &[changes]).await;
        assert_eq!(status, 422, "{path} {changes:?}: {page}");
        assert!(page.contains(&format!("id=\"erreur-{field}\"")), "{path} {changes:?}: {page}");
        assert!(page.contains(kept), "{kept} is lost: {page}");
    }
    let typed = [("fonds", ""), ("reference", "recital 27"), ("title", "Mien")];
    let (status, _, page) = desk.fill("/appels-a-projets/creation", &typed).await;
    assert!(status == 422 && page.contains("recital 27") && page.contains("Mien"), "{page}");
    assert!(page.contains("Choisissez un fonds."), "{page}");
    assert_eq!(desk.definition("URGENCE-2027"), before, "nothing is half-written");
}

#[actix_web::test]
async fn a_usual_schedule_is_chosen_and_stays_until_another_is() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    desk.complete().await;
    let money = format!("{CALL}/preparation/argent");
    let schedule = || desk.definition("URGENCE-2027").schedule;
    assert_eq!(schedule(), ScheduleModel::EightyTwenty.schedule(), "the one a call begins with");
    let page = desk.read(&money).await;
    assert!(page.contains("50\u{a0}% après l’accord, 40\u{a0}% après le bilan intermédiaire"), "{page}");
    desk.take(&money, &[("schedule.model", "75_25")]).await;
    assert_eq!(schedule(), ScheduleModel::SeventyFiveTwentyFive.schedule());
    desk.take(&money, &[]).await;
    assert_eq!(schedule(), ScheduleModel::SeventyFiveTwentyFive.schedule(), "saved again as it is");
}

#[actix_web::test]
async fn a_text_may_name_the_fields_beside_it_and_no_others() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    desk.complete().await;
    let page = format!("{CALL}/preparation/lettres");
    let shown = desk.read(&page).await;
    assert!(shown.contains("<code>{montant}</code>\u{a0}: le montant accordé"), "{shown}");
    for (field, text, said) in [
        ("letters.award_intro", "Pour {organization}.", "Le champ {organization} n’existe pas pour ce texte"),
        ("letters.refusal_intro", "Sans {montant}.", "Le champ {montant} n’existe pas pour ce texte"),
        ("letters.commitments", "rendre {projet", "Une accolade est seule"),
        ("letters.award_mail", "Merci}", "Une accolade est seule"),
        ("letters.receipt_mail", "Merci {montan}.", "Le champ {montan} n’existe pas pour ce texte"),
        ("letters.complement_mail", "Avant {date", "Une accolade est seule"),
        ("letters.draft_mail", "Pour {projet}.", "Le champ {projet} n’existe pas pour ce texte"),
        ("letters.report_mail", "Dû le {date_reponse}.", "Le champ {date_reponse} n’existe pas pour ce texte"),
    ] {
        let (status, _, html) = desk.fill(&page, &[(field, text)]).await;
        assert_eq!(status, 422, "{field} {text}: {html}");
        assert!(html.contains(&format!("id=\"erreur-{field}\"")) && html.contains(said), "{field} {text}: {html}");
        assert!(html.contains(text), "{text} is lost: {html}");
    }
    desk.take(&page, &[("letters.award_intro", "Pour {projet} : {montant}."), ("letters.reserve_mail", "Patience.")])
        .await;
    let letters = desk.definition("URGENCE-2027").letters;
    assert_eq!(
        (letters.award_intro.as_str(), letters.reserve_mail.as_str()),
        ("Pour {projet} : {montant}.", "Patience.")
    );
}

#[actix_web::test]
async fn an_emergency_call_is_ready_once_its_money_is_said() {
    let desk = Desk::on(sqlite());
    let page = desk.read("/appels-a-projets/creation?modele=urgence").await;
    let fund = desk.programme.db.read(calls::funds).unwrap().remove(0).0.to_string();
    let mut fields = forms::fields(&page, "/appels-a-projets/creation");
    assert!(fields.contains(&("window.opens".into(), "2026-12-02".into())), "it opens the next day: {fields:?}");
    fields = forms::changed(fields, &[("fonds", &fund), ("reference", "CRISE-2026"), ("title", "Inondations")]);
    let (status, to, html) = desk.send("/appels-a-projets/creation", &fields).await;
    assert_eq!(status, 303, "{html}");
    let page = desk.read(&to).await;
    assert!(page.contains("9 parties sur 10"), "{page}");
    let paper = ("schedule.step.0.piece", "Attestation d’assurance");
    let money = [("envelope", "20 000"), ("sources.AFD-2026-ECM-HDF", "20 000"), paper];
    desk.take(&format!("{to}/argent"), &money).await;
    assert!(desk.read(&to).await.contains("10 parties sur 10"));
    let (_, _, played) = desk.send("/appels-a-projets/CRISE-2026/repetition", &[]).await;
    assert!(played.contains("L’appel va jusqu’au bout"), "{played}");
    desk.take("/appels-a-projets/CRISE-2026/publication", &[]).await;
    let call = desk.definition("CRISE-2026");
    assert_eq!(call.schedule.steps[0].piece.as_deref(), Some(paper.1), "and a payment waits for a paper");
    assert_eq!(call.decisions, DecisionPace::Rolling, "it answers as files arrive");
    assert_eq!((call.axes.clone(), call.questions().count()), (vec!["CRISES".to_owned()], 10));
}

#[actix_web::test]
async fn the_second_of_two_officers_sees_both_texts_and_covers_nothing() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let page = format!("{CALL}/preparation/presentation");
    let shown = forms::changed(forms::fields(&desk.read(&page).await, &page), &[("summary", "Le sien, ensuite.")]);
    desk.take(&page, &[("summary", "Le mien, d’abord.")]).await;
    let (status, _, html) = desk.send(&page, &shown).await;
    assert_eq!(status, 409, "{html}");
    assert!(html.contains("Le sien, ensuite.") && html.contains("Le mien, d’abord."), "{html}");
    assert_eq!(desk.definition("URGENCE-2027").summary, "Le mien, d’abord.");
    let again = forms::fields(&html, &page);
    assert_eq!(desk.send(&page, &again).await.0, 303, "once both are seen one may choose");
    assert_eq!(desk.definition("URGENCE-2027").summary, "Le sien, ensuite.");
}

#[actix_web::test]
async fn every_kind_of_rule_is_added_changed_and_taken_away() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let list = format!("{CALL}/preparation/eligibilite");
    let before = desk.definition("URGENCE-2027").eligibility.len();
    for (kind, fields) in [
        ("legal_forms", vec![("forms", "association"), ("forms", "school")]),
        ("minimum_age", vec![("years", "2")]),
        ("seat_in_departments", vec![("departments", "59")]),
        ("seat_in_communes", vec![("area", "Littoral"), ("communes", "Calais\n59183 Dunkerque")]),
        ("project_in_communes", vec![("area", "Littoral"), ("communes", "Calais")]),
        (
            "project_in_countries",
            vec![
                ("list", "dac"),
                ("countries", "France"),
                ("excluded", "Mali : Le ministère déconseille de s’y rendre."),
            ],
        ),
        ("annual_budget_between", vec![("floor", "10 000"), ("ceiling", "150 000")]),
        ("amount_between", vec![]),
        ("maximum_rate", vec![]),
        ("duration_months", vec![("least", "1"), ("most", "12")]),
        ("starts_from", vec![("day", "2027-02-01")]),
        ("ends_by", vec![("day", "2027-12-31")]),
        ("no_overdue_report", vec![]),
        ("once_per_programme", vec![]),
        ("once_per_funder", vec![("since", "2026-01-01"), ("until", "")]),
        ("files_per_call", vec![("most", "1")]),
        ("files_per_programme", vec![("most", "3"), ("since", "2026-01-01"), ("until", "2028-12-31")]),
        ("pair_complete", vec![]),
        ("marker_at_least", vec![("marker", "gender"), ("level", "1")]),
        ("goals_among", vec![("goals", "4")]),
        ("documents_present", vec![]),
        ("republican_contract", vec![("statement", "honneur")]),
        ("judgement", vec![("label", "Il y a urgence.")]),
    ] {
        desk.take(&format!("{list}/regle?rule={kind}"), &fields).await;
    }
    assert_eq!(desk.definition("URGENCE-2027").eligibility.len(), before + 23);
    desk.take(&format!("{list}/regle.2"), &[("years", "3")]).await;
    assert!(desk.read(&list).await.contains("au moins 3\u{a0}ans"));
    assert_eq!(desk.press(&list, &format!("{list}/regle.2/retrait")).await.0, 303);
    assert!(!desk.read(&list).await.contains("au moins 3\u{a0}ans"));
}

#[actix_web::test]
async fn next_years_call_begins_with_this_years_texts_and_its_own_dates() {
    let desk = Desk::on(sqlite());
    let fund = desk.programme.db.read(calls::funds).unwrap().remove(0).0.to_string();
    let fields = [
        ("fonds", fund.as_str()),
        ("modele", "RECITAL-2027-1"),
        ("reference", "RECITAL-2028-1"),
        ("title", "Récital 2028"),
        ("window.opens", "2027-11-02"),
        ("window.closes", "2028-01-31"),
        ("calendar.committee_on", "2028-03-10"),
        ("calendar.announcement_on", "2028-03-20"),
    ];
    let (status, to, html) = desk.fill("/appels-a-projets/creation", &fields).await;
    assert_eq!(status, 303, "{html}");
    let page = desk.read(&to).await;
    assert!(page.contains("10 parties sur 10"), "{page}");
    assert_eq!(desk.definition("RECITAL-2028-1").sections, desk.programme.definition.sections);
    let (status, _, page) = desk.fill("/appels-a-projets/creation", &fields).await;
    assert!(status == 422 && page.contains("déjà celle d’un autre appel"), "{page}");
}

#[actix_web::test]
async fn a_copied_call_points_at_what_is_left_of_its_model_until_it_is_written_again() {
    let desk = Desk::on(sqlite());
    let said = [("summary", "Le fonds Récital 2027 soutient de petites actions.")];
    desk.take("/appels-a-projets/RECITAL-2027-1/preparation/presentation", &said).await;
    let revision = "/appels-a-projets/RECITAL-2027-1/revision/publication";
    desk.take(revision, &[("motif", "L’année est dite.")]).await;
    let fund = desk.programme.db.read(calls::funds).unwrap().remove(0).0.to_string();
    // Two years later: the year of the model is not the one before this edition.
    let fields = [
        ("fonds", fund.as_str()),
        ("modele", "RECITAL-2027-1"),
        ("reference", "RECITAL-2029-1"),
        ("title", "Récital 2029"),
        ("window.opens", "2028-11-06"),
        ("window.closes", "2029-01-31"),
        ("calendar.committee_on", "2029-03-13"),
        ("calendar.announcement_on", "2029-05-01"),
    ];
    let (status, to, html) = desk.fill("/appels-a-projets/creation", &fields).await;
    assert_eq!((status, to.as_str()), (303, "/appels-a-projets/RECITAL-2029-1/preparation"), "{html}");
    let page = desk.read(&to).await;
    assert!(page.contains("Un texte nomme encore 2027") && page.contains("Récital 2027 soutient"), "{page}");
    assert!(page.contains("jour où l’on ne travaille pas (fête du Travail)"), "{page}");
    desk.take(&format!("{to}/presentation"), &[("summary", "Le fonds soutient de petites actions.")]).await;
    desk.take(&format!("{to}/calendrier"), &[("calendar.announcement_on", "2029-05-02")]).await;
    let page = desk.read(&to).await;
    assert!(!page.contains("Récital 2027 soutient") && !page.contains("fête du Travail"), "{page}");
}

#[actix_web::test]
async fn the_pace_of_the_decisions_and_the_unit_of_the_budget_are_set_on_screen() {
    let desk = Desk::on(sqlite());
    desk.begin().await;
    let (calendar, money) = (format!("{CALL}/preparation/calendrier"), format!("{CALL}/preparation/argent"));
    let shown = desk.read(&calendar).await;
    assert!(shown.contains("Au fur et à mesure, dès que chacune est prise") && shown.contains("sans attendre la date"));
    desk.take(&calendar, &[("decisions", "rolling"), ("decided_by", "committee")]).await;
    let paid = [("envelope", "20 000"), ("sources.AFD-2026-ECM-HDF", "20 000"), ("amount.unit", "euro")];
    desk.take(&money, &paid).await;
    let call = desk.definition("URGENCE-2027");
    assert_eq!((call.decisions, call.amount.unit), (DecisionPace::Rolling, BudgetUnit::Euro));
    desk.take(&calendar, &[("decisions", "together")]).await;
    desk.take(&money, &[("amount.unit", "cent")]).await;
    let call = desk.definition("URGENCE-2027");
    assert_eq!((call.decisions, call.amount.unit), (DecisionPace::Together, BudgetUnit::Cent));
}
