//! From two lonely files to one pair and back: who sees what, who fills what, who is paid.

use super::{
    field_saves::{PAGE, pen},
    pages::{field, text},
    typing::{go, looked_at, press, see, signed_in},
    walks::give_password,
};
use crate::support::{
    browser::Browser,
    databases::{TestDb, each_database, sqlite},
    forms,
    programme::{id as id_of, open, person, siret},
    site::Site,
};
use tisserand::{
    domain::{
        definitions,
        eligibility::Verdict,
        ids::{ApplicationId, CallId, OrganisationId},
        lifecycles::{
            applications::ApplicationState,
            calls::{Call, CallEvent},
        },
        messages::MessageKind,
        roles::Role,
        ties::Tie,
        time::Moment,
    },
    store::{Tx, applications as rows, history, messages, recusals},
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::advance_now,
        answers, applications, calls, clock, eligibility, messages as outbox,
        organisations::{self, OrganisationForm},
        pairings, reference_data,
        ties::{self, TiesForm},
    },
};

const CALL: &str = "TANDEMS-2027";

/// A published call of pairs with two lonely drafts: a teacher's and an association's.
pub(super) struct World {
    pub(super) db: TestDb,
    call: CallId,
    pub(super) officer: Actor,
    pub(super) teacher: Actor,
    pub(super) holder: Actor,
    pub(super) school: OrganisationId,
    lonely_class: ApplicationId,
    pub(super) lonely_association: ApplicationId,
}

fn organisation(db: &TestDb, who: &Actor, nom: &str, forme: &str, number: u32) -> OrganisationId {
    let form = OrganisationForm {
        nom: nom.into(),
        forme: forme.into(),
        siret: siret(number),
        uai: if forme == "school" { "0591004W".into() } else { String::new() },
        rue: "3 rue du Port".into(),
        code_postal: "59000".into(),
        ville: "Lille".into(),
        courriel: format!("contact{number}@example.org"),
        representant: "Anaïs Lefèvre".into(),
        qualite: "présidente".into(),
        ..OrganisationForm::default()
    };
    db.write(|tx| organisations::create(tx, who, &form, open())).unwrap()
}

impl World {
    pub(super) fn on(db: TestDb) -> World {
        let definition = definitions::parse(include_str!("../../fixtures/tandems.toml")).unwrap();
        db.write(reference_data::load).unwrap();
        let call = db
            .write(|tx| {
                calls::load(tx, &Actor::system(), &definition, open())?;
                let call = calls::by_reference(tx.conn(), CALL)?.id;
                advance_now::<Call>(tx, &Actor::system(), call, CallEvent::Publish, open())?;
                Ok::<_, UseCaseError>(call)
            })
            .unwrap();
        let officer = person(&db, "Lucie Hennebelle", Role::Officer);
        let (teacher, holder) =
            (person(&db, "Paul Enseignant", Role::Applicant), person(&db, "Aya Porteuse", Role::Applicant));
        let school = organisation(&db, &teacher, "Collège du Port", "school", 1);
        let association = organisation(&db, &holder, "Les Passeurs", "association", 2);
        let start = |who: &Actor, of| db.write(|tx| applications::start(tx, who, call, of, open())).unwrap();
        let (lonely_class, lonely_association) = (start(&teacher, school), start(&holder, association));
        let world = World { call, officer, teacher, holder, school, lonely_class, lonely_association, db };
        world.say(
            &world.teacher,
            lonely_class,
            "ecole",
            &[("niveau", "college"), ("classes", "Une 5e"), ("eleves", "24")],
        );
        world.say(&world.teacher, lonely_class, "engagements", &[("honneur", "oui")]);
        world.say(&world.holder, lonely_association, "projet", &[("titre", "L’eau, ici et là-bas")]);
        world
    }

    pub(super) fn try_say(
        &self,
        who: &Actor,
        id: ApplicationId,
        section: &str,
        said: &[(&str, &str)],
    ) -> Outcome<usize> {
        let typed = said.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
        self.db.write(|tx| answers::save_section(tx, who, id, section, &typed, open())).map(|wrong| wrong.len())
    }

    fn say(&self, who: &Actor, id: ApplicationId, section: &str, said: &[(&str, &str)]) {
        self.try_say(who, id, section, said).unwrap();
    }

    pub(super) fn look(&self) {
        for (who, id) in [(&self.teacher, self.lonely_class), (&self.holder, self.lonely_association)] {
            let ask = |tx: &mut Tx| pairings::ask(tx, who, id, "Nous cherchons l’autre moitié.", open());
            self.db.write(ask).unwrap();
        }
    }

    pub(super) fn pair(&self, who: &Actor) -> Outcome<ApplicationId> {
        let (files, version) =
            ((self.lonely_class, self.lonely_association), self.row(self.lonely_association).version);
        self.db.write(|tx| pairings::pair(tx, who, CALL, files, version, open()))
    }

    fn tie(&self, who: &Actor, id: ApplicationId, names: &[&str]) {
        let rows = names.iter().map(|name| ((*name).to_owned(), "siège au comité".to_owned())).collect();
        let form = TiesForm { liens: "oui".into(), rows };
        let declare = |tx: &mut Tx| ties::declare(tx, who, id, &form, Moment::from_unix_seconds(0), open());
        self.db.write(declare).unwrap();
    }

    /// The names that a file declares, and those written for it.
    fn ties(&self, id: ApplicationId) -> (Option<Vec<String>>, Vec<String>) {
        let names = |ties: Vec<Tie>| ties.into_iter().map(|tie| tie.name).collect::<Vec<_>>();
        let declared = self.db.read(|conn| answers::find(conn, &Actor::system(), id)).unwrap().ties;
        (declared.map(names), names(self.db.read(|conn| ties::written(conn, id)).unwrap()))
    }

    fn separate(&self, who: &Actor, reason: &str) -> Outcome<()> {
        let version = self.row(self.lonely_association).version;
        let separate =
            |tx: &mut Tx| pairings::separate(tx, who, CALL, self.lonely_association, (reason, version), open());
        self.db.write(separate)
    }

    pub(super) fn row(&self, id: ApplicationId) -> rows::ApplicationRow {
        self.db.read(|conn| applications::find(conn, &Actor::system(), id)).unwrap()
    }

    /// How many lonely files an officer sees on either side, and how many pairs.
    fn seen_by(&self, who: &Actor) -> (usize, usize, usize) {
        let board = self.db.read(|conn| pairings::board(conn, who, CALL)).unwrap();
        (board.payees.len(), board.others.len(), board.pairs.len())
    }

    fn mails(&self, id: ApplicationId, kind: MessageKind) -> usize {
        let mails = self.db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
        mails.iter().filter(|mail| mail.kind == kind).count()
    }

    pub(super) fn missing(&self, id: ApplicationId) -> String {
        self.db.read(|conn| applications::missing(conn, &Actor::system(), id)).unwrap().join("\n")
    }

    fn recuse(&self, who: &Actor, id: ApplicationId) {
        let record = |tx: &mut Tx| {
            let row = recusals::RecusalRow {
                id: tx.mint(open())?,
                person_id: id_of(who),
                application_id: id,
                reason: "Un proche".into(),
                declared_by: id_of(who),
                declared_at: open(),
            };
            recusals::insert(tx, &row)
        };
        self.db.write(record).unwrap();
    }
}

fn is_hidden<T: std::fmt::Debug>(done: Outcome<T>) -> bool {
    matches!(done, Err(UseCaseError::Store(tisserand::store::StoreError::NotFound)))
}

#[test]
fn two_lonely_files_become_one_and_can_be_separated_again() {
    for db in each_database() {
        let world = World::on(db);
        let (class, common) = (world.lonely_class, world.lonely_association);
        assert!(world.missing(common).contains("n’a pas encore rejoint le dossier"), "alone, it is not filed");
        assert!(world.missing(class).contains("ne peut pas recevoir la subvention"), "nor is a school paid");
        assert_eq!(world.seen_by(&world.officer), (0, 0, 0), "nobody asked: a draft is its people's own business");
        assert!(is_hidden(world.pair(&world.officer)));
        world.look();
        assert_eq!(world.seen_by(&world.officer), (1, 1, 0));
        let board = world.db.read(|conn| pairings::board(conn, &world.officer, CALL)).unwrap();
        assert_eq!(board.proposals, [(0, 0, vec!["même commune"])]);
        assert!(board.others[0].details.iter().any(|(_, said)| said == "Collège"), "{:?}", board.others[0].details);

        let strange = person(&world.db, "Un lecteur", Role::Reviewer);
        assert!(is_hidden(world.db.read(|conn| pairings::board(conn, &strange, CALL))));
        let near = person(&world.db, "Une voisine", Role::Officer);
        world.recuse(&near, class);
        assert_eq!(world.seen_by(&near), (1, 0, 0), "a recused officer does not see the file");
        assert!(is_hidden(world.pair(&near)));

        assert_eq!(world.pair(&world.officer).unwrap(), common, "the file of who may be paid goes on");
        let row = world.row(common);
        assert_eq!((row.partner_organisation_id, row.state), (Some(world.school), ApplicationState::Draft));
        let said = world.db.read(|conn| answers::find(conn, &world.teacher, common)).unwrap().answers;
        assert_eq!(said.get("eleves").map(String::as_str), Some("24"), "what the school said came along");
        assert!(!said.contains_key("honneur"), "nobody swears for somebody else");
        assert_eq!(world.mails(common, MessageKind::PairFormed), 2, "both sides are told");
        assert!(!world.missing(common).contains("n’a pas encore rejoint"));
        let checklist = world.db.read(|conn| eligibility::checklist(conn, &world.teacher, common, open())).unwrap();
        let pair = checklist.iter().find(|(rule, _)| rule.code() == "pair_complete").unwrap();
        assert_eq!(pair.1.verdict, Verdict::Met);
        assert!(world.try_say(&world.teacher, class, "ecole", &[("eleves", "25")]).is_err(), "its own draft rests");
        let filing = world.db.write(|tx| applications::submit(tx, &world.teacher, class, 0, open())).unwrap_err();
        assert!(filing.to_string().contains("réuni"), "{filing}");
        let withdraw = |tx: &mut Tx| applications::withdraw(tx, &world.teacher, class, 0, open());
        let withdrawing = world.db.write(withdraw).unwrap_err();
        assert!(withdrawing.to_string().contains("réuni"), "{withdrawing}");
        assert!(matches!(world.pair(&world.officer), Err(UseCaseError::Refused(_))), "a pair is formed once");
        assert_eq!((world.seen_by(&world.officer), world.seen_by(&near)), ((0, 0, 1), (0, 0, 0)));
        assert!(is_hidden(world.separate(&near, "Pour voir")), "who must not meet the class does not meet its pair");

        assert!(matches!(world.separate(&world.officer, " "), Err(UseCaseError::Invalid(_))), "for a reason");
        world.separate(&world.officer, "Les calendriers ne s’accordent pas.").unwrap();
        assert_eq!(world.row(common).partner_organisation_id, None);
        let said = world.db.read(|conn| answers::find(conn, &world.holder, common)).unwrap().answers;
        assert!(!said.contains_key("eleves") && said.contains_key("titre"), "each keeps its own: {said:?}");
        assert_eq!(world.try_say(&world.teacher, class, "ecole", &[("eleves", "25")]).unwrap(), 0);
        assert_eq!(world.mails(common, MessageKind::PairSeparated), 2);
        assert_eq!(world.seen_by(&world.officer), (1, 1, 0), "both look again");
        let told = world.db.read(|conn| history::of_subject(conn, common.as_str())).unwrap();
        let events: Vec<_> = told.iter().map(|row| (row.event.as_str(), row.reason.as_str())).collect();
        assert_eq!(
            events[1..],
            [("pair", "Les Passeurs et Collège du Port"), ("unpair", "Les calendriers ne s’accordent pas.")]
        );
    }
}

#[test]
fn the_common_file_declares_the_ties_of_either_half_or_asks_again() {
    for db in each_database() {
        let world = World::on(db);
        let common = world.lonely_association;
        world.tie(&world.teacher, world.lonely_class, &["Claire Vanhoutte", "Mamadou Sarr"]);
        world.tie(&world.holder, common, &["Anaïs Lefèvre", "Mamadou Sarr"]);
        world.look();
        world.pair(&world.officer).unwrap();
        let names = ["Anaïs Lefèvre", "Mamadou Sarr", "Claire Vanhoutte"].map(str::to_owned).to_vec();
        assert_eq!(world.ties(common), (Some(names.clone()), names), "each of them once");
    }
    let asked = "a un lien avec le réseau";
    // Whoever applies has not answered yet, and is shown what the other half did.
    let world = World::on(sqlite());
    world.tie(&world.teacher, world.lonely_class, &["Claire Vanhoutte"]);
    world.look();
    world.pair(&world.officer).unwrap();
    assert_eq!(world.ties(world.lonely_association), (None, vec!["Claire Vanhoutte".to_owned()]));
    assert!(world.missing(world.lonely_association).contains(asked));
    // More than a declaration holds.
    let world = World::on(sqlite());
    world.tie(&world.teacher, world.lonely_class, &["A A", "B B", "C C", "D D", "E E"]);
    world.tie(&world.holder, world.lonely_association, &["F F", "G G", "H H", "I I"]);
    assert!(!world.missing(world.lonely_association).contains(asked));
    world.look();
    world.pair(&world.officer).unwrap();
    let (declared, written) = world.ties(world.lonely_association);
    assert_eq!((declared, written.len()), (None, 8));
    assert!(world.missing(world.lonely_association).contains(asked));
}

#[test]
fn an_officer_of_one_of_the_two_does_not_pair_them_and_a_withdrawn_file_frees_the_other() {
    let world = World::on(sqlite());
    world.look();
    let both = Actor::person(id_of(&world.teacher), vec![Role::Officer, Role::Applicant]);
    assert_eq!(world.seen_by(&both), (1, 0, 0), "not their own");
    assert!(is_hidden(world.pair(&both)));
    world.pair(&world.officer).unwrap();
    assert_eq!(world.seen_by(&both), (0, 0, 0));
    assert!(is_hidden(world.separate(&both, "Pour voir")));
    let version = world.row(world.lonely_association).version;
    let withdraw = |tx: &mut Tx| applications::withdraw(tx, &world.holder, world.lonely_association, version, open());
    world.db.write(withdraw).unwrap();
    world.say(&world.teacher, world.lonely_class, "ecole", &[("eleves", "25")]);
    assert_eq!(world.seen_by(&world.officer), (0, 1, 0), "the class looks again");
    let mails = world.db.read(|conn| messages::about(conn, world.lonely_association.as_str(), 50)).unwrap();
    let told: Vec<_> = mails.iter().filter(|mail| mail.kind == MessageKind::PairSeparated).collect();
    assert_eq!(told.len(), 2);
    for mail in told {
        let end = "Le dossier commun n’existe plus. Collège du Port retrouve son brouillon.";
        assert!(mail.facts.contains(end) && !mail.facts.contains("Chaque organisation"), "{}", mail.facts);
    }
}

#[test]
fn a_separated_school_keeps_what_it_wrote_in_the_common_file() {
    let world = World::on(sqlite());
    world.look();
    world.pair(&world.officer).unwrap();
    world.say(&world.teacher, world.lonely_association, "ecole", &[("classes", "Deux 5e"), ("enseignants", "3")]);
    world.separate(&world.officer, "Les calendriers ne s’accordent pas.").unwrap();
    let said = |who: &Actor, id| world.db.read(|conn| answers::find(conn, who, id)).unwrap().answers;
    let school = said(&world.teacher, world.lonely_class);
    let association = said(&world.holder, world.lonely_association);
    for (question, answer) in [("classes", "Deux 5e"), ("enseignants", "3"), ("eleves", "24"), ("honneur", "oui")] {
        assert_eq!(school.get(question).map(String::as_str), Some(answer), "{question}");
        assert!(!association.contains_key(question), "{question}: {association:?}");
    }
    assert!(association.contains_key("titre") && !school.contains_key("titre"), "each keeps its own");
}

#[test]
fn a_draft_that_rests_is_not_reminded_of_the_deadline() {
    let world = World::on(sqlite());
    world.look();
    let (class, common) = (world.lonely_class, world.lonely_association);
    let at = |hour: &str| Moment::from_paris("2026-12-11".parse().unwrap(), format!("{hour}:00").parse().unwrap());
    world.db.write(|tx| clock::run_due(tx, at("08:00"))).unwrap();
    let queued = [class, common].map(|id| world.mails(id, MessageKind::ClosingSoon));
    assert_eq!(queued, [1, 1], "each was a draft of its own");
    world.pair(&world.officer).unwrap();
    let claimed = world.db.write(|tx| outbox::claim(tx, at("08:01"), 100)).unwrap();
    let leaving = claimed.into_iter().filter(|mail| mail.row.kind == MessageKind::ClosingSoon);
    assert_eq!(leaving.map(|mail| mail.row.about_id).collect::<Vec<_>>(), [common.to_string()]);
}

#[actix_web::test]
async fn each_half_goes_from_one_of_its_sections_to_the_next() {
    let world = World::on(sqlite());
    world.look();
    world.pair(&world.officer).unwrap();
    let (site, home) = (Site::over(&world.db, open()), format!("/dossiers/{}", world.lonely_association));
    for (who, most) in [(&world.teacher, 5), (&world.holder, 7)] {
        let cookie = site.cookie_of(who);
        let page = text(site.get(&cookie, &home).await, 200).await;
        let list = page.split("<ol class=\"sections\">").nth(1).unwrap().split("</ol>").next().unwrap();
        let links = list.split("<a href=\"").skip(1);
        let sections: Vec<String> = links.map(|link| link.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(sections.len(), most, "{sections:?}");
        for (place, path) in sections.iter().enumerate() {
            let page = text(site.get(&cookie, path).await, 200).await;
            assert!(page.contains(&format!("Rubrique {} sur {most}", place + 1)), "{path}: {page}");
            let sent = forms::changed(forms::fields(&page, path), &[("suite", "suivante")]);
            let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let led = site.post(&cookie, path, &sent).await;
            assert_eq!(led.status(), 303, "{path}");
            let next = sections.get(place + 1).unwrap_or(&home);
            assert_eq!(led.headers()["location"].to_str().unwrap(), next, "{path}");
            text(site.get(&cookie, next).await, 200).await;
        }
    }
}

#[test]
fn each_member_fills_its_part_and_both_see_the_whole() {
    let world = World::on(sqlite());
    world.look();
    world.pair(&world.officer).unwrap();
    let common = world.lonely_association;
    assert_eq!(world.try_say(&world.teacher, common, "ecole", &[("classes", "Deux 5e")]).unwrap(), 0);
    assert!(world.try_say(&world.holder, common, "ecole", &[("classes", "Trois 5e")]).is_err());
    assert!(world.try_say(&world.teacher, common, "budget", &[("montant-60.1", "500")]).is_err());
    assert!(world.try_say(&world.holder, common, "budget", &[("montant-60.1", "500")]).is_ok());
    for who in [&world.teacher, &world.holder] {
        assert_eq!(world.try_say(who, common, "binome", &[("role_ecole", "Prépare les séances.")]).unwrap(), 0);
        let content = world.db.read(|conn| answers::find(conn, who, common)).unwrap();
        assert_eq!(content.answers["classes"], "Deux 5e");
    }
}

#[test]
fn a_school_that_seats_its_association_lets_it_be_paid() {
    let world = World::on(sqlite());
    let association = organisation(&world.db, &world.teacher, "Foyer du collège", "association", 3);
    let join = |tx: &mut Tx| answers::join_partner(tx, &world.teacher, world.lonely_class, association, open());
    world.db.write(join).unwrap();
    let row = world.row(world.lonely_class);
    assert_eq!((row.organisation_id, row.partner_organisation_id), (association, Some(world.school)));
    assert_eq!(world.db.write(join).unwrap_err().to_string(), "Le binôme est déjà complet.");
    assert!(!world.missing(world.lonely_class).contains("subvention"));
    assert_eq!(world.db.read(|conn| tisserand::store::calls::find(conn, world.call)).unwrap().reference, CALL);
}

#[test]
fn no_pupil_is_named_to_find_a_pair() {
    let world = World::on(sqlite());
    for (words, wrong) in [("", "qui vous cherchez"), ("L’élève Léa Martin adore l’eau", "nom d’élèves")] {
        let ask = |tx: &mut Tx| pairings::ask(tx, &world.teacher, world.lonely_class, words, open());
        match world.db.write(ask) {
            Err(UseCaseError::Invalid(said)) => assert!(said[0].message.contains(wrong), "{said:?}"),
            other => panic!("{other:?}"),
        }
    }
    let named = [("classes", "Les élèves : Tom, Inès et Adam")];
    assert_eq!(world.try_say(&world.teacher, world.lonely_class, "ecole", &named).unwrap(), 1, "said beside the field");
}

#[actix_web::test]
async fn a_name_of_a_pupil_is_pointed_at_as_it_is_typed_and_again_before_filing() {
    for db in each_database() {
        let world = World::on(db);
        let site = Site::over(&world.db, open());
        let (cookie, class) = (site.cookie_of(&world.teacher), format!("/dossiers/{}", world.lonely_class));
        let school = pen(&site, &cookie, &class, "ecole", PAGE).await;
        let typed = "Les élèves : Tom, Inès et Adam";
        let (_, answer) = school.sends(1, "classes", "Une 5e", &[("classes", typed)]).await;
        assert!(answer["state"] == "saved" && answer["wrong"].to_string().contains("nom d’élèves"), "{answer}");
        let check = format!("{class}/verification");
        let page = text(site.get(&cookie, &check).await, 200).await;
        assert!(page.contains("nom d’élèves") && page.contains("rubriques/ecole#champ-classes\">"), "{page}");
        let (_, answer) = school.sends(2, "classes", typed, &[("classes", "Une 5e de 24 élèves")]).await;
        assert!(!answer.to_string().contains("nom d’élèves"), "{answer}");
        assert!(!text(site.get(&cookie, &check).await, 200).await.contains("nom d’élèves"));
    }
}

#[actix_web::test]
async fn the_pages_lead_from_the_wish_to_the_pair_and_back() {
    let world = World::on(sqlite());
    let site = Site::over(&world.db, open());
    let (teacher, officer) = (site.cookie_of(&world.teacher), site.cookie_of(&world.officer));
    let (class, common) =
        (format!("/dossiers/{}", world.lonely_class), format!("/dossiers/{}", world.lonely_association));
    let page = text(site.post(&teacher, &format!("{class}/binome/recherche"), &[("souhait", "")]).await, 422).await;
    assert!(page.contains("id=\"erreur-souhait\""), "{page}");
    world.look();
    let near = person(&world.db, "Une voisine", Role::Officer);
    world.recuse(&near, world.lonely_class);
    let page = text(site.get(&teacher, &class).await, 200).await;
    assert!(page.contains("à apparier") && page.contains("Ne plus chercher"), "{page}");
    let board = format!("/appels-a-projets/{CALL}/binomes");
    let page = text(site.get(&officer, &format!("/appels-a-projets/{CALL}")).await, 200).await;
    assert!(page.contains(&board), "{page}");
    let page = text(site.get(&officer, &board).await, 200).await;
    assert!(
        page.contains("Collège du Port") && page.contains("Les Passeurs") && page.contains("même commune"),
        "{page}"
    );
    let asked = page.split("href=\"").find(|part| part.contains("/question?")).unwrap().split('"').next().unwrap();
    let asked = asked.replace("&#38;", "&").replace("&amp;", "&");
    let page = text(site.get(&officer, &asked).await, 200).await;
    assert!(page.contains("Former ce binôme") && page.contains("La subvention sera versée à Les Passeurs"), "{page}");
    let fields = ["version", "token", "un", "autre"].map(|name| (name, field(&page, name)));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    for _ in 0..2 {
        assert_eq!(site.post(&officer, &board, &fields).await.status(), 303, "a second click too");
    }
    let led = site.get(&teacher, &class).await;
    assert_eq!((led.status().as_u16(), led.headers()["location"].to_str().unwrap()), (303, common.as_str()));
    let gone = text(site.get(&teacher, &format!("{class}/retrait")).await, 409).await;
    assert!(gone.contains("réuni avec le dossier commun"), "{gone}");
    let page = text(site.get(&teacher, &common).await, 200).await;
    assert!(page.contains("apparié") && page.contains("Binôme formé"), "{page}");
    assert!(page.contains("/rubriques/ecole\"") && !page.contains("/rubriques/budget\""), "its part: {page}");
    let list = text(site.get(&teacher, "/dossiers").await, 200).await;
    assert!(list.contains(&common) && !list.contains(&class), "one file: {list}");
    let end = format!("{board}/{}/fin", world.lonely_association);
    assert_eq!(site.get(&site.cookie_of(&near), &end).await.status(), 404, "recused from one half");
    let page = text(site.get(&officer, &end).await, 200).await;
    let (version, token) = (field(&page, "version"), field(&page, "token"));
    let refused = site.post(&officer, &end, &[("version", &version), ("token", &token), ("motif", " ")]).await;
    assert!(text(refused, 422).await.contains("Dites pourquoi"));
    let fields = [("version", version.as_str()), ("token", token.as_str()), ("motif", "Calendriers")];
    for _ in 0..2 {
        assert_eq!(site.post(&officer, &end, &fields).await.status(), 303, "a second click too");
    }
    assert!(text(site.get(&teacher, &class).await, 200).await.contains("à apparier"));
}

#[actix_web::test]
async fn the_pages_of_pairs_are_fit_for_everybody() {
    let Some(browser) = Browser::open() else { return };
    let world = World::on(sqlite());
    world.look();
    let site = Site::over(&world.db, open());
    give_password(&site, "lucie.hennebelle@example.org");
    let mut steps = signed_in("lucie.hennebelle@example.org");
    steps.extend([go(&format!("/appels-a-projets/{CALL}/binomes")), see("Rapprochements possibles")]);
    steps.extend(looked_at("pairs"));
    steps.extend([press("Les Passeurs et Collège du Port"), see("Ce qui va se passer")]);
    steps.extend(looked_at("pair-question"));
    steps.extend([press("css=main form.panel button"), see("Le binôme est formé.")]);
    steps.extend(looked_at("pairs-formed"));
    steps.extend([press("Séparer ce binôme"), see("Ce qui va se passer"), press("css=main form.panel button")]);
    steps.push(see("Dites pourquoi"));
    steps.extend(looked_at("wrong-separation"));
    browser.walk("pairs", &site.base, &steps).unwrap();
}
