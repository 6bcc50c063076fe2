//! A pair signs as two: each half fills its part, and what either changes is signed again by both.

use super::{
    pages::{field, text},
    pairings::World,
};
use crate::support::{
    databases::each_database,
    programme::{PDF, assert_whole, open},
    site::Site,
};
use tisserand::{
    domain::{
        ids::OrganisationId, lifecycle::Refusal, lifecycles::applications::ApplicationState, messages::MessageKind,
        organisations::MemberSeat, roles::Role, time::Moment,
    },
    store::{Tx, documents, messages},
    usecases::{
        Actor, Outcome, UseCaseError, answers, applications, attachments, organisations, signatures,
        ties::{self, TiesForm},
    },
};

/// Who fills a section, its code, and what is typed there by question.
type Part<'a> = (&'a Actor, &'a str, &'a [(&'a str, &'a str)]);

/// Both halves, paired, each having filled in its part: nothing is missing but the signatures.
fn complete(world: &World) {
    let (holder, teacher, file) = (&world.holder, &world.teacher, world.lonely_association);
    world.look();
    world.pair(&world.officer).unwrap();
    let parts: [Part; 6] = [
        (
            holder,
            "projet",
            &[
                ("titre", "L’eau, ici et là-bas"),
                ("resume", "Une année autour de l’eau."),
                ("seances", "6"),
                ("deroulement", "Six ateliers d’une heure."),
                ("debut", "2027-01-29"),
                ("fin", "2027-06-04"),
                ("commune", "59350"),
                ("montant", "800"),
            ],
        ),
        (
            teacher,
            "ecole",
            &[
                ("uai", "0591004W"),
                ("academie", "lille"),
                ("niveau", "college"),
                ("classes", "Une 5e"),
                ("eleves", "24"),
                ("enseignants", "2"),
            ],
        ),
        (holder, "sens", &[("axe", "JEUNES"), ("odd", "4\n13")]),
        (
            teacher,
            "binome",
            &[("role_association", "Anime."), ("role_ecole", "Prépare les séances."), ("nouveau", "oui")],
        ),
        (holder, "budget", &[("montant-60.2", "800")]),
        (holder, "engagements", &[("cer", "oui"), ("honneur", "oui"), ("charte", "oui")]),
    ];
    for (who, section, said) in parts {
        assert_eq!(world.try_say(who, file, section, said).unwrap(), 0, "{section}");
    }
    let charter = attachments::judge("f", "charte.pdf", PDF).unwrap();
    let none = TiesForm { liens: "non".into(), rows: Vec::new() };
    let finish = |tx: &mut Tx| {
        answers::attach(tx, teacher, file, "charte_signee", &charter, open())?;
        ties::declare(tx, holder, file, &none, Moment::from_unix_seconds(0), open())
    };
    world.db.write(finish).unwrap();
    assert_eq!(world.missing(file), "");
}

fn seat(world: &World, by: &Actor, organisation: OrganisationId, name: &str) -> Actor {
    let address = format!("{}@example.org", name.to_lowercase()).parse().unwrap();
    let guest = (&address, name);
    let invite = |tx: &mut Tx| organisations::invite(tx, by, organisation, guest, MemberSeat::Representative, open());
    Actor::person(world.db.write(invite).unwrap(), vec![Role::Applicant])
}

/// Whose signature is missing, in words.
fn unsigned(world: &World) -> String {
    let file = world.lonely_association;
    let content = world.db.read(|conn| answers::find(conn, &Actor::system(), file)).unwrap();
    world.db.read(|conn| signatures::unsigned(conn, &content)).unwrap().join(" ")
}

/// Signs what the file says now.
fn sign(world: &World, who: &Actor) -> Outcome<()> {
    let file = world.lonely_association;
    let (content, _) = world.db.read(|conn| signatures::to_sign(conn, who, file))?;
    let read = signatures::digest(&content)?;
    world.db.write(|tx| signatures::sign(tx, who, file, (&read, true), open()))
}

fn submit(world: &World) -> Outcome<()> {
    let (file, version) = (world.lonely_association, world.row(world.lonely_association).version);
    world.db.write(|tx| applications::submit(tx, &world.holder, file, version, open())).map(drop)
}

/// Why the file cannot be filed now.
fn refusal(world: &World) -> String {
    match submit(world) {
        Err(UseCaseError::Refused(Refusal::Unmet(why))) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_pair_is_filed_once_both_have_signed_the_same_words() {
    for db in each_database() {
        let world = World::on(db);
        complete(&world);
        let file = world.lonely_association;
        let association = world.row(file).organisation_id;
        let one = seat(&world, &world.holder, association, "Anouk");
        let other = seat(&world, &world.teacher, world.school, "Bilal");
        let why = refusal(&world);
        for said in ["Anouk pour Les Passeurs", "Bilal pour Collège du Port"] {
            assert!(why.contains(said), "{said}: {why}");
        }
        world.db.write(|tx| signatures::ask(tx, &world.teacher, file, open())).unwrap();
        let mails = world.db.read(|conn| messages::due(conn, open(), 90)).unwrap();
        let asked = mails.iter().filter(|mail| mail.kind == MessageKind::SignatureAsked);
        let mut to: Vec<_> = asked.map(|mail| mail.recipient_address.as_str()).collect();
        to.sort_unstable();
        assert_eq!(to, ["anouk@example.org", "bilal@example.org"], "either half may ask, both are asked");

        sign(&world, &one).unwrap();
        sign(&world, &one).unwrap();
        assert_eq!(unsigned(&world), "Il manque la signature de Bilal pour Collège du Port.");
        assert_eq!(refusal(&world), unsigned(&world), "nobody signs for the other half");
        for writer in [&world.holder, &world.teacher] {
            assert!(sign(&world, writer).is_err(), "a representative is seated: nobody else signs");
        }
        sign(&world, &other).unwrap();
        assert_eq!(unsigned(&world), "");

        world.try_say(&world.teacher, file, "ecole", &[("eleves", "25")]).unwrap();
        let why = refusal(&world);
        assert!(why.contains("Anouk") && why.contains("Bilal"), "each has signed the whole file: {why}");
        world.try_say(&world.teacher, file, "ecole", &[("eleves", "24")]).unwrap();
        assert_eq!(unsigned(&world), "", "the words both have signed are back");
        world.try_say(&world.holder, file, "projet", &[("seances", "7")]).unwrap();
        sign(&world, &other).unwrap();
        let why = refusal(&world);
        assert!(why.contains("Anouk") && !why.contains("Bilal"), "{why}");
        sign(&world, &one).unwrap();
        submit(&world).unwrap();
        assert_eq!(world.row(file).state, ApplicationState::Submitted);
        let receipt = world.db.read(|conn| documents::of_subject(conn, file.as_str())).unwrap().remove(0);
        assert!(receipt.facts.contains("Anouk") && receipt.facts.contains("Bilal"), "{}", receipt.facts);
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn each_half_signs_on_its_page_and_reads_who_is_still_to_sign() {
    let world = World::on(crate::support::databases::sqlite());
    complete(&world);
    let association = world.row(world.lonely_association).organisation_id;
    let one = seat(&world, &world.holder, association, "Anouk");
    let other = seat(&world, &world.teacher, world.school, "Bilal");
    let site = Site::over(&world.db, open());
    let home = format!("/dossiers/{}", world.lonely_association);
    let path = format!("{home}/signature");
    for (who, own, name) in [(&one, "Les Passeurs", "Anouk"), (&other, "Collège du Port", "Bilal")] {
        let cookie = site.cookie_of(who);
        let page = text(site.get(&cookie, &path).await, 200).await;
        assert!(page.contains(own) && page.contains("L’eau, ici et là-bas"), "{page}");
        let sworn = [("empreinte", &*field(&page, "empreinte")), ("engagement", "oui")];
        assert_eq!(site.post(&cookie, &path, &sworn).await.status(), 303, "{own}");
        let page = text(site.get(&site.cookie_of(&world.teacher), &home).await, 200).await;
        assert!(page.contains(&format!("signé par {name}")), "{page}");
        let still = page.contains("à signer par Bilal");
        assert_eq!(still, name == "Anouk", "{page}");
    }
}
