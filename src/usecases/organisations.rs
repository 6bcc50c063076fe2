//! Organisations: created once by a project holder, reused in every application.

use super::{Actor, FieldError, Outcome, UseCaseError, authors, interests, login_links, people, reference_data};
use crate::{
    domain::{
        identity::{Email, Rna, Siret, Uai, faults},
        ids::{OrganisationId, PersonId},
        lifecycle::Refusal,
        money::Euros,
        organisations::{LegalForm, MemberSeat, Right, department_of},
        references::department_name,
        roles::Role,
        text::{fold, sort_key, unprintable_sentence},
        time::Moment,
    },
    store::{
        Conn, StoreError, Tx, communes, disbursements,
        former_emails::{self, FormerEmailRow},
        former_names::{self, FormerNameRow},
        organisations::{self, MemberRow, OrganisationRow},
        people as persons,
    },
};
use std::str::FromStr;

/// An organisation as typed. Field names are those of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrganisationForm {
    pub nom: String,
    pub forme: String,
    pub siret: String,
    pub rna: String,
    pub uai: String,
    pub rue: String,
    pub code_postal: String,
    pub ville: String,
    /// ISO 3166; empty means France.
    pub pays: String,
    /// `2019-03-31`, as a date field sends it.
    pub creation: String,
    pub budget_annuel: String,
    pub courriel: String,
    pub telephone: String,
    pub site: String,
    pub representant: String,
    pub qualite: String,
}

impl From<&OrganisationRow> for OrganisationForm {
    fn from(row: &OrganisationRow) -> Self {
        fn text<T: ToString>(value: Option<&T>) -> String {
            value.map(T::to_string).unwrap_or_default()
        }
        OrganisationForm {
            nom: row.name.clone(),
            forme: row.legal_form.to_string(),
            siret: text(row.siret.as_ref()),
            rna: text(row.rna.as_ref()),
            uai: text(row.uai.as_ref()),
            rue: row.street.clone(),
            code_postal: row.postcode.clone(),
            ville: row.city.clone(),
            pays: row.country_code.clone(),
            creation: text(row.founded_on.as_ref()),
            budget_annuel: row.annual_budget_cents.map(|amount| amount.grouped()).unwrap_or_default(),
            courriel: text(row.email.as_ref()),
            telephone: text(row.phone.as_ref()),
            site: row.website.clone().unwrap_or_default(),
            representant: row.representative_name.clone(),
            qualite: row.representative_title.clone(),
        }
    }
}

/// Reads fields one by one and keeps a sentence for each that does not fit.
struct Reader(Vec<FieldError>);

impl Reader {
    fn say(&mut self, field: &str, sentence: &str) {
        self.0.push(FieldError::new(field, sentence));
    }

    fn needed(&mut self, field: &str, typed: &str, longest: usize, sentence: &str) -> String {
        let text = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            self.say(field, sentence);
        } else if text.chars().count() > longest {
            self.say(field, &format!("C’est trop long\u{a0}: {longest} caractères au plus."));
        } else if let Some(sentence) = unprintable_sentence(&text) {
            self.say(field, &sentence);
        }
        text
    }

    /// `None` when nothing was typed; a sentence when it does not parse.
    fn optional<T: FromStr>(&mut self, field: &str, typed: &str, sentence: impl Fn(&T::Err) -> String) -> Option<T> {
        if typed.trim().is_empty() {
            return None;
        }
        match typed.trim().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.say(field, &sentence(&error));
                None
            }
        }
    }
}

/// What every row needs besides the typed fields.
struct Known {
    id: OrganisationId,
    created_at: Moment,
    now: Moment,
}

impl OrganisationForm {
    fn parse(&self, conn: &mut Conn, known: &Known) -> Outcome<OrganisationRow> {
        let mut read = Reader(Vec::new());
        let name = read.needed("nom", &self.nom, 200, "Indiquez le nom de l’organisation.");
        let legal_form = self.forme.parse::<LegalForm>();
        if legal_form.is_err() {
            read.say("forme", "Choisissez une forme juridique.");
        }
        let (siret, rna, uai) = self.numbers(legal_form.as_ref().ok().copied(), &mut read);
        let street = read.needed("rue", &self.rue, 200, "Indiquez le numéro et la rue.");
        let city = read.needed("ville", &self.ville, 100, "Indiquez la commune.");
        let place = self.place(conn, &city, &mut read)?;
        let founded_on =
            read.optional("creation", &self.creation, |_| "Cette date n’existe pas. Exemple\u{a0}: 31/03/2019.".into());
        if founded_on.is_some_and(|date| date > known.now.paris_date()) {
            read.say("creation", "Cette date est dans l’avenir.");
        }
        let budget = self.budget(&mut read);
        let email = read.optional("courriel", &self.courriel, |_| {
            "Cette adresse n’a pas la bonne forme. Exemple\u{a0}: contact@asso.fr.".into()
        });
        let phone = read.optional("telephone", &self.telephone, |_| {
            "Ce numéro n’a pas la bonne forme. Exemple\u{a0}: 06 12 34 56 78.".into()
        });
        let representative_name =
            read.needed("representant", &self.representant, 120, "Indiquez qui représente l’organisation.");
        let representative_title =
            read.needed("qualite", &self.qualite, 120, "Indiquez sa fonction, par exemple «\u{a0}présidente\u{a0}».");
        let (true, Ok(legal_form)) = (read.0.is_empty(), legal_form) else {
            return Err(UseCaseError::Invalid(read.0));
        };
        let numbers = siret.iter().map(|n| n.as_str()).chain(rna.iter().map(|n| n.as_str()));
        let search_key = fold(&format!("{name} {} {}", place.city, numbers.collect::<Vec<_>>().join(" ")));
        Ok(OrganisationRow {
            id: known.id,
            sort_key: sort_key(&name),
            search_key,
            name,
            legal_form,
            siret,
            rna,
            uai,
            street,
            postcode: place.postcode,
            city: place.city,
            commune_code: place.commune_code,
            department: place.department,
            country_code: place.country_code,
            founded_on,
            annual_budget_cents: budget,
            email,
            phone,
            website: Some(self.site.trim().to_owned()).filter(|site| !site.is_empty()),
            representative_name,
            representative_title,
            created_at: known.created_at,
            updated_at: known.now,
        })
    }

    /// The numbers under which the registers know the organisation.
    fn numbers(&self, form: Option<LegalForm>, read: &mut Reader) -> (Option<Siret>, Option<Rna>, Option<Uai>) {
        let siret: Option<Siret> =
            read.optional("siret", &self.siret, |_| faults::siret(&self.siret).unwrap_or_default());
        let rna: Option<Rna> = read.optional("rna", &self.rna, |_| faults::rna(&self.rna).unwrap_or_default());
        let uai: Option<Uai> = read.optional("uai", &self.uai, |_| faults::uai(&self.uai).unwrap_or_default());
        if form == Some(LegalForm::School) && uai.is_none() && self.uai.trim().is_empty() {
            read.say("uai", "Indiquez le numéro UAI de l’établissement\u{a0}: il figure sur ses courriers.");
        }
        (siret, rna, uai)
    }

    fn budget(&self, read: &mut Reader) -> Option<Euros> {
        let budget: Option<Euros> = read.optional("budget_annuel", &self.budget_annuel, |_| {
            "Écrivez un montant en euros. Exemple\u{a0}: 12 500.".into()
        });
        if budget.is_some_and(|amount| amount < Euros::ZERO) {
            read.say("budget_annuel", "Un budget annuel ne peut pas être négatif.");
        }
        budget
    }

    fn place(&self, conn: &mut Conn, city: &str, read: &mut Reader) -> Outcome<Place> {
        let country_code = Some(self.pays.trim()).filter(|code| !code.is_empty()).unwrap_or("FR").to_owned();
        let postcode = self.code_postal.split_whitespace().collect::<String>();
        let city = city.to_owned();
        let mut place = Place { postcode, city, commune_code: None, department: String::new(), country_code };
        if place.country_code != "FR" {
            if communes::country(conn, &place.country_code).is_err() {
                read.say("pays", "Choisissez un pays de la liste.");
            }
            return Ok(place);
        }
        let Some(department) = department_of(&place.postcode) else {
            read.say("code_postal", "Un code postal français compte cinq chiffres, comme 59000.");
            return Ok(place);
        };
        // Chosen in the list it carries its department: « Lille (59) ».
        let (name, listed) = place.city.split_once('(').unwrap_or((&place.city, &department));
        let listed = listed.trim_end_matches([')', ' ']);
        place.department.clone_from(&department);
        if let Some(commune) = communes::by_name(conn, &reference_data::commune_key(name.trim()), listed)? {
            (place.city, place.department) = (commune.name, commune.department);
            place.commune_code = Some(commune.code);
        }
        Ok(place)
    }
}

/// Where an organisation has its seat.
struct Place {
    postcode: String,
    /// The name of its commune, as the list writes it when it is there.
    city: String,
    commune_code: Option<String>,
    department: String,
    country_code: String,
}

/// What is said beside a number that another organisation has; it names nobody.
const TWIN: &str = "Une organisation porte déjà ce numéro ici. Pour agir avec elle, demandez à une personne qui s’en occupe \
    de vous inviter depuis sa fiche. Si vous ne savez pas à qui demander, écrivez-nous\u{a0}: l’adresse est à la page \
    Contact.";

/// Refuses a number under which another organisation is here already: the files of both would be those of one.
fn refuse_twin(conn: &mut Conn, row: &OrganisationRow) -> Outcome<()> {
    let by_siret = row.siret.as_ref().map(|siret| organisations::by_siret(conn, siret)).transpose()?.flatten();
    let by_rna = row.rna.as_ref().map(|rna| organisations::by_rna(conn, rna)).transpose()?.flatten();
    let by_uai = row.uai.as_ref().map(|uai| organisations::by_uai(conn, uai)).transpose()?.flatten();
    let found = [("siret", by_siret), ("rna", by_rna), ("uai", by_uai)];
    let twins = found.into_iter().filter(|(_, twin)| twin.as_ref().is_some_and(|twin| twin.id != row.id));
    let wrong: Vec<_> = twins.map(|(field, _)| FieldError::new(field, TWIN)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(UseCaseError::Invalid(wrong)) }
}

/// Whether an organisation that is being paid, or was, would lose what allows it.
fn refuse_unpayable(conn: &mut Conn, row: &OrganisationRow) -> Outcome<()> {
    if row.may_be_paid() || !disbursements::has_left(conn, row.id)? {
        return Ok(());
    }
    let sentence = "Votre organisation reçoit une subvention\u{a0}: remplacez ce numéro si elle a changé d’adresse, mais \
                    ne le retirez pas.";
    Err(UseCaseError::Invalid(vec![FieldError::new("siret", sentence)]))
}

/// What is said of an organisation whose commune is not on the list of the region; nothing elsewhere, where there is no list.
pub fn unknown_commune(row: &OrganisationRow) -> Option<String> {
    let department =
        department_name(&row.department).filter(|_| row.country_code == "FR" && row.commune_code.is_none())?;
    Some(format!(
        "Nous ne reconnaissons pas la commune «\u{a0}{}\u{a0}» ({department}). Choisissez-la dans la liste\u{a0}: sans elle, les \
         conditions de lieu d’un appel ne peuvent pas être vérifiées.",
        row.city
    ))
}

fn person_of(actor: &Actor) -> Outcome<PersonId> {
    Ok(actor.person.ok_or(StoreError::NotFound)?)
}

/// Creates an organisation; its creator answers for it.
pub fn create(tx: &mut Tx, actor: &Actor, form: &OrganisationForm, now: Moment) -> Outcome<OrganisationId> {
    let person = person_of(actor)?;
    let known = Known { id: tx.mint(now)?, created_at: now, now };
    let row = form.parse(tx.conn(), &known)?;
    refuse_twin(tx.conn(), &row)?;
    organisations::insert(tx, &row)?;
    let seat = MemberRow { organisation_id: row.id, person_id: person, seat: MemberSeat::Manager, since: now };
    organisations::insert_member(tx, &seat)?;
    Ok(row.id)
}

/// Writes an organisation's card again; `read_at` is when the page showed it last changed.
pub fn edit(
    tx: &mut Tx,
    actor: &Actor,
    id: OrganisationId,
    form: &OrganisationForm,
    read_at: Moment,
    now: Moment,
) -> Outcome<()> {
    let current = find(tx.conn(), actor, id)?;
    require(tx.conn(), actor, &[id], Right::Write)?;
    let known = Known { id, created_at: current.created_at, now };
    let row = form.parse(tx.conn(), &known)?;
    refuse_twin(tx.conn(), &row)?;
    refuse_unpayable(tx.conn(), &row)?;
    keep_names(tx, &current, &row, now)?;
    keep_email(tx, &current, &row, now)?;
    Ok(organisations::update(tx, &row, read_at)?)
}

/// Keeps the names of a card that another one takes the place of.
fn keep_names(tx: &mut Tx, before: &OrganisationRow, after: &OrganisationRow, now: Moment) -> Outcome<()> {
    let names = [(&before.name, &after.name, false), (&before.representative_name, &after.representative_name, true)];
    for (name, _, is_person) in names.into_iter().filter(|(name, next, _)| name != next && !name.trim().is_empty()) {
        let row = FormerNameRow { organisation_id: before.id, name: name.clone(), is_person, until_at: now };
        former_names::keep(tx, &row)?;
    }
    Ok(())
}

/// Days for which the general address an organisation gave up still hears that its bank account changes.
pub(super) const FORMER_EMAIL_DAYS: i64 = 60;

fn keep_email(tx: &mut Tx, before: &OrganisationRow, after: &OrganisationRow, now: Moment) -> Outcome<()> {
    let Some(email) = before.email.as_ref().filter(|email| after.email.as_ref() != Some(*email)) else { return Ok(()) };
    let row = FormerEmailRow { organisation_id: before.id, email: email.clone(), until_at: now };
    Ok(former_emails::keep(tx, &row, now.plus_days(-FORMER_EMAIL_DAYS))?)
}

/// One organisation, for those who act for it and for staff; for anybody else it does not exist.
pub fn find(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Outcome<OrganisationRow> {
    let row = organisations::find(conn, id)?;
    let staff = [Role::Officer, Role::Finance, Role::Director, Role::Auditor, Role::System];
    if staff.into_iter().any(|role| actor.is(role)) || acts_for(conn, actor, &[id])? {
        return Ok(row);
    }
    Err(StoreError::NotFound.into())
}

/// What the actor is in these organisations; nothing to a stranger.
pub(super) fn seats(conn: &mut Conn, actor: &Actor, ids: &[OrganisationId]) -> Outcome<Vec<MemberSeat>> {
    match actor.person {
        Some(person) => Ok(organisations::seats_of(conn, person, ids)?),
        None => Ok(Vec::new()),
    }
}

/// Whether the actor acts for any of these organisations.
pub fn acts_for(conn: &mut Conn, actor: &Actor, ids: &[OrganisationId]) -> Outcome<bool> {
    match actor.person {
        Some(person) => Ok(organisations::is_member_of_any(conn, person, ids)?),
        None => Ok(false),
    }
}

/// Whether the actor's seat in any of these organisations gives this right.
pub fn may(conn: &mut Conn, actor: &Actor, ids: &[OrganisationId], right: Right) -> Outcome<bool> {
    Ok(seats(conn, actor, ids)?.iter().any(|seat| seat.may(right)))
}

/// Lets only those go on whose seat gives this right; for a stranger the organisations do not exist.
pub(super) fn require(conn: &mut Conn, actor: &Actor, ids: &[OrganisationId], right: Right) -> Outcome<()> {
    let seats = seats(conn, actor, ids)?;
    if seats.iter().any(|seat| seat.may(right)) {
        return Ok(());
    }
    if seats.is_empty() { Err(StoreError::NotFound.into()) } else { Err(Refusal::NotYours.into()) }
}

/// What the actor is in an organisation, if anything.
pub fn seat(conn: &mut Conn, actor: &Actor, id: OrganisationId) -> Outcome<Option<MemberSeat>> {
    Ok(organisations::seat_of(conn, id, person_of(actor)?)?)
}

/// The organisations the actor acts for, by name.
pub fn mine(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<OrganisationRow>> {
    Ok(organisations::of_person(conn, person_of(actor)?)?)
}

/// The organisations whose files the actor's seat lets them read.
pub(super) fn read_by(conn: &mut Conn, actor: &Actor) -> Outcome<Vec<OrganisationId>> {
    let seats = organisations::seats_by_organisation(conn, person_of(actor)?)?;
    Ok(seats.into_iter().filter(|(_, seat)| seat.may(Right::Read)).map(|(id, _)| id).collect())
}

/// Whether the actor keeps the money of organisations, and reads the files of none.
pub fn only_keeps_money(conn: &mut Conn, actor: &Actor) -> Outcome<bool> {
    let seats = organisations::seats_by_organisation(conn, person_of(actor)?)?;
    Ok(!seats.is_empty() && !seats.iter().any(|(_, seat)| seat.may(Right::Read)))
}

/// Seats somebody else in one's organisation, and sends them a link to it, or to the budget they keep. Somebody unknown
/// is signed up; somebody who has a seat keeps it.
pub fn invite(
    tx: &mut Tx,
    actor: &Actor,
    id: OrganisationId,
    (email, name): (&Email, &str),
    seat: MemberSeat,
    now: Moment,
) -> Outcome<PersonId> {
    require(tx.conn(), actor, &[id], Right::Invite)?;
    let guest = people::ensure(tx, email, name, Role::Applicant, now)?;
    if organisations::seat_of(tx.conn(), id, guest)?.is_none() {
        let seat = MemberRow { organisation_id: id, person_id: guest, seat, since: now };
        organisations::insert_member(tx, &seat)?;
        let person = persons::find(tx.conn(), guest)?;
        let place = match seat.seat {
            MemberSeat::Treasurer => {
                authors::budget_place(tx.conn(), id, &Actor::person(guest, vec![Role::Applicant]))?
            }
            _ => format!("/organisations/{id}"),
        };
        login_links::send(tx, &person, &place, now)?;
        interests::keep_away(tx, guest, now)?;
    }
    Ok(guest)
}

/// Gives somebody else another seat, or takes it away; whoever answers for the organisation keeps their own.
pub fn reseat(
    tx: &mut Tx,
    actor: &Actor,
    id: OrganisationId,
    person: PersonId,
    seat: Option<MemberSeat>,
) -> Outcome<()> {
    require(tx.conn(), actor, &[id], Right::Invite)?;
    organisations::seat_of(tx.conn(), id, person)?.ok_or(StoreError::NotFound)?;
    if actor.person == Some(person) {
        return Err(Refusal::because("Une organisation garde toujours au moins une personne responsable.").into());
    }
    match seat {
        Some(seat) => Ok(organisations::set_seat(tx, id, person, seat)?),
        None => Ok(organisations::delete_member(tx, id, person)?),
    }
}
