//! Reading without names: of which files a reader may not know the names yet, and what is masked of them. The team reads
//! everything; a member reads everything of a file once their review of it is in, or its minutes are written.

use super::{Actor, Outcome, answers::Content, definitions};
use crate::{
    domain::{
        blinds::{Names, masked_answers},
        definitions::CallDefinition,
        ids::{ApplicationId, CallId, OrganisationId},
        lifecycles::sessions::SessionState,
        roles::Role,
    },
    store::{
        Conn, StoreError,
        applications::ApplicationRow,
        attachments::AttachmentRow,
        blinds as rows,
        calls::{self, CallRow},
        former_names,
        organisations::{self, OrganisationRow},
        profiles,
        reviews::{FileRow, OwnReview},
        sessions,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What stands in place of an organisation.
pub(super) const NEUTRAL: &str = "Organisation masquée";

/// Roles that read every name.
const KNOWING: [Role; 6] = [Role::Officer, Role::Director, Role::Finance, Role::Auditor, Role::Admin, Role::System];

/// The files of which a reader may not know the names yet, with these names.
#[derive(Debug, Default)]
pub(super) struct Veil(BTreeMap<ApplicationId, Names>);

impl Veil {
    /// Over those of these files of one call that the actor reads without names.
    pub(super) fn of_call(conn: &mut Conn, actor: &Actor, call: &CallRow, ids: &[ApplicationId]) -> Outcome<Veil> {
        if definitions::call(&call.settings)?.grid.blind { Veil::over(conn, actor, ids) } else { Ok(Veil::default()) }
    }

    /// Over those of these files, each of a call of its own.
    pub(super) fn of_calls(conn: &mut Conn, actor: &Actor, files: &[(CallId, ApplicationId)]) -> Outcome<Veil> {
        if files.is_empty() {
            return Ok(Veil::default());
        }
        let ids: BTreeSet<CallId> = files.iter().map(|(call, _)| *call).collect();
        let mut blind = BTreeSet::new();
        for (call, settings) in rows::settings_of(conn, &ids.into_iter().collect::<Vec<_>>())? {
            if definitions::call(&settings)?.grid.blind {
                blind.insert(call);
            }
        }
        let ids: Vec<_> = files.iter().filter(|(call, _)| blind.contains(call)).map(|(_, id)| *id).collect();
        Veil::over(conn, actor, &ids)
    }

    fn over(conn: &mut Conn, actor: &Actor, ids: &[ApplicationId]) -> Outcome<Veil> {
        let Some(person) = actor.person.filter(|_| !KNOWING.iter().any(|role| actor.is(*role))) else {
            return Ok(Veil::default());
        };
        if ids.is_empty() {
            return Ok(Veil::default());
        }
        let mut hidden: BTreeSet<ApplicationId> = ids.iter().copied().collect();
        for id in rows::handed_in(conn, person, ids)? {
            hidden.remove(&id);
        }
        Veil::until_minutes(conn, hidden)
    }

    /// Over a file on a screen that the whole committee looks at: whoever may not know its names yet is among them.
    pub(super) fn of_hall(conn: &mut Conn, call: &CallRow, id: ApplicationId) -> Outcome<Veil> {
        match definitions::call(&call.settings)?.grid.blind {
            true => Veil::until_minutes(conn, BTreeSet::from([id])),
            false => Ok(Veil::default()),
        }
    }

    /// Over those of these files whose minutes are not written.
    fn until_minutes(conn: &mut Conn, mut hidden: BTreeSet<ApplicationId>) -> Outcome<Veil> {
        let ids: Vec<_> = hidden.iter().copied().collect();
        // The last session that heard a file is the one that counts.
        let heard: BTreeMap<_, _> = sessions::states_hearing_each(conn, &ids)?.into_iter().collect();
        hidden.retain(|id| !matches!(heard.get(id), Some(SessionState::Minuted | SessionState::Confirmed)));
        Ok(Veil(names_of(conn, &hidden.into_iter().collect::<Vec<_>>())?))
    }

    /// Whether this file is read without names.
    pub(super) fn covers(&self, id: ApplicationId) -> bool {
        self.0.contains_key(&id)
    }

    /// Masks the title of a file.
    pub(super) fn title(&self, id: ApplicationId, title: &mut String) {
        if let Some(names) = self.0.get(&id) {
            *title = names.mask(title);
        }
    }

    /// Masks a line of a list: the title of its file and whose it is.
    pub(super) fn line(&self, id: ApplicationId, title: &mut String, organisation: &mut String) {
        self.title(id, title);
        if self.covers(id) {
            NEUTRAL.clone_into(organisation);
        }
    }

    /// Masks everything that a file says.
    fn content(&self, mut content: Content) -> Content {
        let Some(names) = self.0.get(&content.row.id) else { return content };
        let definition = Arc::clone(&content.definition);
        content.row.title = names.mask(&content.row.title);
        content.answers = masked_answers(&definition, &content.answers, names);
        for line in &mut content.budget.lines {
            line.label = names.mask(&line.label);
        }
        for partner in &mut content.partners {
            (partner.name, partner.part) = (names.mask(&partner.name), names.mask(&partner.part));
            partner.email = None;
        }
        mask_card(&mut content.organisation);
        if let Some(partner) = &mut content.partner {
            mask_card(partner);
        }
        content.identities.clear();
        content.ties = None;
        let (shown, hidden): (Vec<_>, Vec<_>) =
            content.attachments.into_iter().partition(|file| is_anonymous(&definition, &file.document_code));
        content.attachments = shown.into_iter().map(renamed).collect();
        content.veiled = Some(hidden.into_iter().map(|file| file.document_code).collect());
        content
    }
}

fn is_anonymous(definition: &CallDefinition, code: &str) -> bool {
    definition.document(code).is_some_and(|document| document.anonymous)
}

/// A paper that says no name, under the code of its document instead of the name its holder gave it.
fn renamed(file: AttachmentRow) -> AttachmentRow {
    let ending = file.file_name.rsplit_once('.').map(|(_, ending)| format!(".{ending}")).unwrap_or_default();
    AttachmentRow { file_name: format!("{}{ending}", file.document_code), ..file }
}

/// Leaves of an organisation what names nobody: its form and its country.
fn mask_card(row: &mut OrganisationRow) {
    NEUTRAL.clone_into(&mut row.name);
    (row.siret, row.rna, row.uai) = (None, None, None);
    (row.email, row.phone, row.website) = (None, None, None);
    (row.commune_code, row.founded_on, row.annual_budget_cents) = (None, None, None);
    for text in [
        &mut row.street,
        &mut row.postcode,
        &mut row.city,
        &mut row.department,
        &mut row.representative_name,
        &mut row.representative_title,
        &mut row.sort_key,
        &mut row.search_key,
    ] {
        text.clear();
    }
}

/// The names that these files may not say: of their organisations and of the people who lead them or act for them.
fn names_of(conn: &mut Conn, ids: &[ApplicationId]) -> Outcome<BTreeMap<ApplicationId, Names>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let files = rows::parties(conn, ids)?;
    let parties: BTreeSet<OrganisationId> =
        files.iter().flat_map(|(_, first, second)| std::iter::once(*first).chain(*second)).collect();
    let parties: Vec<OrganisationId> = parties.into_iter().collect();
    let mut names: BTreeMap<OrganisationId, Names> = BTreeMap::new();
    for row in organisations::of_ids(conn, &parties)? {
        let of_row = names.entry(row.id).or_default();
        of_row.add_organisation(&row.name);
        of_row.add_person(&row.representative_name);
        of_row.add(&row.street);
    }
    for former in former_names::of_organisations(conn, &parties)? {
        let of_row = names.entry(former.organisation_id).or_default();
        if former.is_person {
            of_row.add_person(&former.name);
        } else {
            of_row.add_organisation(&former.name);
        }
    }
    for (organisation, name) in rows::people_of(conn, &parties)? {
        names.entry(organisation).or_default().add_person(&name);
    }
    for mandate in profiles::mandates(conn, &parties)? {
        names.entry(mandate.organisation_id).or_default().add_person(&mandate.name);
    }
    let of_file = |(id, first, second): (ApplicationId, OrganisationId, Option<OrganisationId>)| {
        let mut all = Names::default();
        for organisation in std::iter::once(first).chain(second) {
            if let Some(of_party) = names.get(&organisation) {
                all.add_all(of_party);
            }
        }
        (id, all)
    };
    Ok(files.into_iter().map(of_file).collect())
}

/// What a file says, as far as the actor may read it.
pub(super) fn content(conn: &mut Conn, actor: &Actor, content: Content) -> Outcome<Content> {
    let veil = Veil::of_call(conn, actor, &content.call, &[content.row.id])?;
    Ok(veil.content(content))
}

/// A file by its title, as far as the actor may read it.
pub(super) fn file(conn: &mut Conn, actor: &Actor, mut row: FileRow) -> Outcome<FileRow> {
    let veil = Veil::of_calls(conn, actor, &[(row.call_id, row.id)])?;
    veil.title(row.id, &mut row.title);
    Ok(row)
}

/// The files of a list, as far as the actor may read them.
pub(super) fn own(conn: &mut Conn, actor: &Actor, list: &mut [OwnReview]) -> Outcome<()> {
    let files: Vec<_> = list.iter().map(|row| (row.call_id, row.application_id)).collect();
    let veil = Veil::of_calls(conn, actor, &files)?;
    for row in list {
        veil.line(row.application_id, &mut row.title, &mut row.organisation);
    }
    Ok(())
}

/// A paper of an application, as far as the actor may read it: one that may say a name does not exist for them yet.
pub(super) fn paper(
    conn: &mut Conn,
    actor: &Actor,
    application: &ApplicationRow,
    file: AttachmentRow,
) -> Outcome<AttachmentRow> {
    let call = calls::find(conn, application.call_id)?;
    if !Veil::of_call(conn, actor, &call, &[application.id])?.covers(application.id) {
        return Ok(file);
    }
    let definition = definitions::call(&call.settings)?;
    if is_anonymous(&definition, &file.document_code) { Ok(renamed(file)) } else { Err(StoreError::NotFound.into()) }
}

/// The titles of files for a mail to somebody who is to read them without names.
pub(super) fn titles_for_reader(conn: &mut Conn, files: &[&FileRow]) -> Outcome<BTreeMap<ApplicationId, String>> {
    let ids: Vec<_> = files.iter().map(|file| file.id).collect();
    let names = names_of(conn, &ids)?;
    let title = |file: &&FileRow| {
        let masked = names.get(&file.id).map_or_else(|| file.title.clone(), |names| names.mask(&file.title));
        (file.id, masked)
    };
    Ok(files.iter().map(title).collect())
}
