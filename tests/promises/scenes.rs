//! Houses that are lived in, for whoever looks at all of one: a call before its committee, grants that are paid, a
//! network that collects donations; and in each of them those who have to do with what is there.

use super::houses::{self, House};
use crate::support::{
    databases::sqlite,
    grants::{Grantee, Paying},
    programme::{Programme, open, person},
    site::Site,
};
use std::any::Any;
use tisserand::{
    domain::{
        ids::{ApplicationId, DonationId, MessageId, PaymentRunId, ReviewId, SessionId},
        lifecycles::donations::DonationEvent,
        roles::Role,
    },
    store::{Tx, donations as donation_rows, funding_dues, funding_sources, messages, reviews, sessions},
    usecases::{
        Actor, UseCaseError,
        donations::{self, DonationForm},
        evidence_packs::{self, PackForm},
        people,
    },
};

/// Somebody who has to do with what is there.
pub struct Insider {
    pub roles: Vec<Role>,
    pub cookie: String,
}

/// A house, and who lives in it.
pub struct Scene {
    pub site: Site,
    pub insiders: Vec<Insider>,
    /// What the site stands on.
    _ground: Box<dyn Any>,
}

impl Scene {
    /// The cookie of the first insider with this role and no other.
    pub fn only(&self, role: Role) -> &str {
        let found = self.insiders.iter().find(|one| one.roles == [role]);
        &found.unwrap_or_else(|| panic!("no {role} there")).cookie
    }
}

fn insiders(site: &Site, people: impl IntoIterator<Item = (Vec<Role>, Actor)>) -> Vec<Insider> {
    people.into_iter().map(|(roles, actor)| Insider { roles, cookie: site.cookie_of(&actor) }).collect()
}

/// What a call before its committee is about.
pub struct Judging {
    pub scene: Scene,
    pub session: SessionId,
    /// A file before the committee.
    pub file: ApplicationId,
    /// Its review by the first member that is an insider, not begun.
    pub review: ReviewId,
    pub call: String,
}

/// In the middle of a session; two files before the committee, one filed.
pub fn judging() -> Judging {
    let (world, House { site, away, files, .. }) = houses::judging(false);
    let holders = ["Porteuse 1", "Porteuse 2"].map(|name| person(&world.db, name, Role::Applicant));
    let session = world.db.read(|conn| sessions::of_call(conn, world.call)).unwrap()[0].id;
    let (file, call) = (files[0], world.call_row().reference);
    let reader = away.iter().find(|(roles, _)| *roles == [Role::Reviewer]).unwrap().1.person.unwrap();
    let reviews = world.db.read(|conn| reviews::of_application(conn, file)).unwrap();
    let review = reviews.iter().find(|row| row.person_id == reader).unwrap().id;
    let holders = holders.into_iter().map(|actor| (vec![Role::Applicant], actor));
    let members = world.members.iter().take(1).map(|actor| (vec![Role::Reviewer], actor.clone()));
    let people: Vec<_> = holders.chain(away).chain(members).collect();
    let scene = Scene { insiders: insiders(&site, people), site, _ground: Box::new(world) };
    Judging { scene, session, file, review, call }
}

/// What grants that are paid are about.
pub struct Lived {
    pub scene: Scene,
    pub grantee: Grantee,
    pub run: PaymentRunId,
    pub message: MessageId,
}

fn funder(paying: &Paying) -> Actor {
    let email = "lectrice@bailleur.example".parse().unwrap();
    let seated = |tx: &mut Tx| {
        let id = people::ensure(tx, &email, "Lise Bailleur", Role::Funder, paying.now)?;
        let funder = funding_sources::funder_by_code(tx.conn(), "afd")?.map(|row| row.id);
        funding_dues::seat(tx, id, funder, paying.now)?;
        Ok::<_, UseCaseError>(Actor::person(id, vec![Role::Funder]))
    };
    paying.db.write(seated).unwrap()
}

/// One grant has lived to its debt; the first payment of another waits in a run; an account waits to be verified.
pub fn lived() -> Lived {
    let (paying, House { site, away, mut grantees, .. }) = houses::paying(false);
    let (grantee, waiting) = (grantees.remove(0), grantees.remove(0));
    let run = paying.prepare(&[paying.payments(waiting.grant)[0].id]);
    paying.enter_account(&grantee, "FR1420041010050500013M02606", "Les Passeurs").unwrap();
    let ask = |tx: &mut Tx| {
        let funder = funding_sources::funder_by_code(tx.conn(), "afd")?.unwrap().id.to_string();
        let form = PackForm { funder, from: "2026-01-01".into(), until: "2028-12-31".into() };
        evidence_packs::ask(tx, &paying.finance, &form, paying.now)
    };
    paying.does(ask).unwrap();
    let message = paying.db.read(|conn| messages::page(conn, None, None, 1)).unwrap()[0].id;
    let holder = (vec![Role::Applicant], grantee.holder.clone());
    let reader = (vec![Role::Funder], funder(&paying));
    let insiders = insiders(&site, [holder, reader].into_iter().chain(away));
    Lived { scene: Scene { insiders, site, _ground: Box::new(paying) }, grantee, run, message }
}

/// What a network that collects donations is about.
pub struct Giving {
    pub scene: Scene,
    /// One that is recorded, one that was taken back.
    pub donations: [DonationId; 2],
}

/// Two donations, one of them cancelled.
pub fn giving() -> Giving {
    let world = Programme::collecting(sqlite(), "DONS-2027");
    let finance = person(&world.db, "Farid Finance", Role::Finance);
    let auditor = person(&world.db, "Aline Audit", Role::Auditor);
    let source = world.db.read(|conn| funding_sources::by_reference(conn, "DONS-2027")).unwrap().unwrap().id;
    let form = DonationForm {
        source: source.to_string(),
        kind: "person".into(),
        name: "Martin".into(),
        first_names: "Jeanne".into(),
        street: "1 rue Basse".into(),
        postcode: "59000".into(),
        city: "Lille".into(),
        email: "jeanne.martin@exemple.fr".into(),
        amount: "150".into(),
        given_on: open().paris_date().to_string(),
        means: "cheque".into(),
        gift_form: "manual".into(),
        ..DonationForm::default()
    };
    let donations = [0, 1].map(|_| world.db.write(|tx| donations::record(tx, &finance, &form, open())).unwrap());
    let version = world.db.read(|conn| donation_rows::find(conn, donations[1])).unwrap().version;
    let cancel = |tx: &mut Tx| {
        donations::cancel(tx, &finance, donations[1], version, (DonationEvent::Cancel, "Une erreur."), open()).map(drop)
    };
    world.db.write(cancel).unwrap();
    let site = Site::over(&world.db, open());
    let insiders = insiders(&site, [(vec![Role::Finance], finance), (vec![Role::Auditor], auditor)]);
    Giving { scene: Scene { insiders, site, _ground: Box::new(world) }, donations }
}
