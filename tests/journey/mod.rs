//! The whole line in a real browser: a project holder applies, the committee scores, the team decides and announces, two
//! people pay, and the books say so.

mod deciding;
mod paying;

use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{PDF, Programme, assert_whole, id, person},
    site::Site,
};
use std::path::PathBuf;
use tempfile::TempDir;
use tisserand::{
    domain::{
        definitions::{DocumentDefinition, DocumentNeed, ProjectField, Question, QuestionKind, SectionContent},
        identity::Iban,
        ids::ApplicationId,
        references::Marker,
        roles::Role,
        time::Moment,
    },
    store::applications,
    usecases::{Actor, passwords, payment_runs, people},
};

const PASSWORD: &str = "un-mot-de-passe-long";
const CALL: &str = "/appels-a-projets/RECITAL-2027-1";
const HOLDER: &str = "Les Passerelles du Nord";

/// The site, its people, and the paper that is attached wherever one is asked for.
struct World {
    browser: Browser,
    programme: Programme,
    holder: Actor,
    site: Site,
    paper: PathBuf,
    _folder: TempDir,
}

fn paris(text: &str) -> Moment {
    let (day, time) = text.split_once(' ').unwrap();
    Moment::from_paris(day.parse().unwrap(), format!("{time}:00").parse().unwrap())
}

fn to(path: impl Into<String>) -> Step {
    Step::Goto(path.into())
}

fn fill(field: &str, value: &str) -> Step {
    Step::Fill(format!("css=#champ-{field}"), value.to_owned())
}

fn press(action: &str) -> Step {
    Step::Click(format!("css=form[action$='{action}'] button"))
}

/// Presses a button behind which a question stands, and answers it.
fn confirm(action: &str) -> [Step; 2] {
    [Step::Click(format!("css=a.button[href$='{action}']")), press(action)]
}

fn see(text: &str) -> Step {
    Step::Expect(text.to_owned())
}

fn keep(name: &str) -> [Step; 2] {
    [Step::Reflow, Step::Screenshot(format!("journey-{name}"))]
}

/// Somebody signs in by password; later only `Become` is needed.
fn signed_in(name: &str) -> Vec<Step> {
    let local = name.to_lowercase().replace(' ', ".");
    vec![
        Step::Become(local.clone()),
        to("/connexion"),
        Step::Click("J’ai un mot de passe".into()),
        Step::Fill("css=#email-mot-de-passe".into(), format!("{local}@example.org")),
        Step::Fill("css=#champ-mot_de_passe".into(), PASSWORD.into()),
        Step::Click("css=form[action='/connexion'] button".into()),
        see(name),
    ]
}

impl World {
    fn open() -> Option<World> {
        let browser = Browser::open()?;
        let programme = Programme::on(sqlite());
        let db = &programme.db;
        let holder = person(db, "Ines Dewaele", Role::Applicant);
        let finance = person(db, "Thierry Wallaert", Role::Finance);
        let hash = passwords::hash(PASSWORD).unwrap();
        let now = paris("2027-01-31 23:50");
        let everybody = [&holder, &finance, &programme.officer, &programme.director];
        for actor in everybody.into_iter().chain(&programme.members) {
            db.write(|tx| people::set_password(tx, id(actor), &hash, now)).unwrap();
        }
        let iban: Iban = "FR1420041010050500013M02606".parse().unwrap();
        db.write(|tx| payment_runs::add_payer(tx, "Lianes coopération", iban.clone(), None, now)).unwrap();
        let folder = TempDir::new().unwrap();
        let paper = folder.path().join("piece.pdf");
        std::fs::write(&paper, PDF).unwrap();
        let site = Site::over(db, now);
        Some(World { browser, programme, holder, site, paper, _folder: folder })
    }

    fn walk(&self, name: &str, steps: Vec<Step>) {
        self.browser.walk(&format!("journey-{name}"), &self.site.base, &steps).unwrap();
    }

    fn at(&self, text: &str) {
        self.site.clock.set(paris(text));
    }

    fn attached(&self, field: &str) -> Step {
        Step::Attach(format!("css=#champ-{field}"), self.paper.display().to_string())
    }

    /// The one application of the story.
    fn application(&self) -> ApplicationId {
        let sight = applications::Sight { person: None, reach: applications::Reach::Everything };
        let page = |conn: &mut _| applications::page(conn, sight, &applications::Filter::default(), None, 10);
        self.programme.db.read(page).unwrap()[0].id
    }

    /// How one question of the form is answered with the keyboard and the mouse.
    fn answered(&self, question: &Question) -> Vec<Step> {
        let code = &question.code;
        let text = match question.fills {
            Some(ProjectField::Title) => "Un océan, deux classes",
            Some(ProjectField::Requested) => "1 000",
            Some(ProjectField::StartsOn) => "2027-04-15",
            Some(ProjectField::EndsOn) => "2027-10-15",
            Some(ProjectField::Commune) => "Lille",
            _ => "Des ateliers, une restitution, un carnet de bord.",
        };
        let tick = |value: &str| Step::Tick(format!("css=#champ-{code}-{value}"));
        match question.kind {
            QuestionKind::Number => vec![fill(code, "60")],
            QuestionKind::YesNo => vec![tick("non")],
            QuestionKind::Statement => vec![Step::Tick(format!("css=#champ-{code}"))],
            QuestionKind::Choices => vec![tick(&question.choices[0].code)],
            QuestionKind::Axis => vec![tick("JEUNES")],
            QuestionKind::Goals => vec![tick("4"), tick("13")],
            QuestionKind::Markers => {
                vec![Step::Choose(format!("css=#champ-{code}-{}", Marker::Gender), "1 – Objectif important".into())]
            }
            QuestionKind::Group => {
                let cell = |column: &Question| {
                    let text = if column.kind == QuestionKind::Date { "2027-04-20" } else { "2" };
                    fill(&format!("{code}-0-{}", column.code), text)
                };
                question.columns.iter().map(cell).collect()
            }
            QuestionKind::Computed | QuestionKind::File | QuestionKind::Organisation => Vec::new(),
            _ => vec![fill(code, text)],
        }
    }

    /// The night before the deadline: an account is there, everything else is still to be written.
    fn apply(&self) {
        let mut steps = signed_in("Ines Dewaele");
        steps.extend(organisation_described());
        steps.extend([
            to("/appels/RECITAL-2027-1"),
            Step::Click("Commencer un dossier".into()),
            Step::Click("Commencer".into()),
            see("brouillon, non déposé"),
        ]);
        steps.extend(keep("draft"));
        let first = &self.programme.definition.sections[0];
        steps.push(Step::Click(first.title.clone()));
        for section in &self.programme.definition.sections {
            steps.push(see(&section.title));
            match section.content {
                SectionContent::Budget => {
                    steps.extend([fill("montant-60\\.2", "2 000"), fill("montant-74\\.4", "1 000")])
                }
                SectionContent::Partners => {}
                SectionContent::Documents => {
                    let required = |document: &&DocumentDefinition| document.need == DocumentNeed::Required;
                    for document in self.programme.definition.documents.iter().filter(required) {
                        let code = &document.code;
                        steps.extend([self.attached(code), press(&format!("/pieces/{code}"))]);
                        steps.push(see("Le document est joint"));
                    }
                }
                SectionContent::Questions => {
                    // What is shown only after another answer is not answered here.
                    let asked = section.questions.iter().filter(|question| question.show_if.is_none());
                    steps.extend(asked.flat_map(|question| self.answered(question)));
                }
            }
            if section.code == "budget" || section.code == first.code {
                steps.extend(keep(&format!("section-{}", section.code)));
            }
            let go_on = match section.content {
                SectionContent::Documents => "Continuer",
                _ => "Enregistrer et continuer",
            };
            steps.push(Step::Click(go_on.into()));
        }
        steps.extend([
            Step::Click("Dire si quelqu’un a un lien".into()),
            Step::Tick("css=#champ-liens-non".into()),
            press("/liens"),
            see("La déclaration est enregistrée"),
            see("Tout est là"),
            Step::Click("Vérifier mes réponses".into()),
            see("Relisez ce qui sera déposé"),
        ]);
        steps.extend(keep("check"));
        steps.extend([press("/depot"), see("Votre dossier est déposé")]);
        steps.extend(keep("filed"));
        self.walk("apply", steps);
    }
}

/// The organisation that applies, as its holder describes it.
fn organisation_described() -> Vec<Step> {
    vec![
        to("/organisations/nouvelle"),
        fill("nom", HOLDER),
        Step::Choose("css=#champ-forme".into(), "Association".into()),
        fill("siret", &crate::support::programme::siret(77)),
        fill("rue", "3 rue du Port"),
        fill("code_postal", "59000"),
        fill("ville", "Lille"),
        fill("representant", "Inès Dewaele"),
        fill("qualite", "présidente"),
        Step::Click("css=form[action$='/nouvelle'] .buttons button".into()),
        see("est enregistrée"),
    ]
}

#[test]
fn a_project_goes_from_the_draft_to_the_bank_line_in_a_browser() {
    let Some(world) = World::open() else { return };
    world.apply();
    world.admit();
    world.score();
    world.decide();
    world.announce();
    world.accept();
    world.pay();
    assert_whole(&world.programme.db);
}
