//! A filed application as the team reads it: everything on one screen.

use super::{
    Actor, Outcome,
    access::{self, TEAM},
    advance::Standing,
    answers::{self, Content},
    applications, calls, complements, cost_marks, earmarks, eligibility, exchanges, filings,
    judgements::{self, Line},
    look_alikes, passes,
    release_plans::{self, Plan},
    supports,
};
use crate::{
    domain::{
        definitions::{FundDefinition, QuestionKind},
        exchanges::ExchangeSide,
        ids::{ApplicationId, DocumentId, PersonId},
        lifecycles::{
            applications::{Application, ApplicationState},
            reviews::ReviewState,
        },
        profiles::Identity,
        roles::Role,
        ties::{self, Tie},
        time::Moment,
    },
    store::{
        Conn, StoreError,
        answers::{self as rows, TagRow},
        communes,
        cost_marks::CostMarkRow,
        documents::{self, DocumentRow},
        grants::{self, GrantFile},
        history::{self, TransitionRow},
        judgements::JudgementRow,
        messages::{self, MessageRow},
        organisations, own_reviews, people, recusals,
        reviews::{self, NamedReview},
        seats::{self, Member},
    },
};
use std::collections::BTreeMap;

/// Who may know what members of the committee think of a file.
const SEE_SCORES: &[Role] = &[Role::Officer, Role::Director, Role::Auditor];

/// A filed application with everything around it.
#[derive(Debug)]
pub struct Dossier {
    pub content: Content,
    /// Its organisations as they were filed, the one that applies first.
    pub identities: Vec<Identity>,
    pub fund: std::sync::Arc<FundDefinition>,
    pub standing: Standing<Application>,
    /// When the results of its call leave by the clock; nothing once they have left.
    pub release: Option<Plan>,
    /// Whether its people opened the decision, in words; nothing where that is not noted.
    pub opening: Option<String>,
    /// Every rule of the call with what it finds, and everything officers judged of those no fact settles.
    pub checklist: Vec<Line>,
    pub judged: Vec<JudgementRow>,
    /// What officers marked of its expenses, each with its author, oldest first for each line.
    pub marks: Vec<(CostMarkRow, String)>,
    pub tags: Vec<TagRow>,
    /// Names of the communes that answers give by code.
    pub communes: BTreeMap<String, String>,
    /// How many messages of its applicants the team has not read, and how long its thread is.
    pub unread: (i32, i32),
    /// When the last messages were written, and by which side.
    pub written: Vec<(Moment, ExchangeSide)>,
    /// What is said of it when it was filed after its call had closed.
    pub lateness: Option<String>,
    /// What is said of an award beyond a ceiling on its axis; often nothing.
    pub beyond: Vec<String>,
    /// Requests for a complement, oldest first.
    pub requests: Vec<complements::Request>,
    pub letters: Vec<DocumentRow>,
    /// Mails about it, newest first.
    pub mails: Vec<MessageRow>,
    pub history: Vec<TransitionRow>,
    /// Who did what of the history.
    pub names: BTreeMap<PersonId, String>,
    /// Other grants of its organisations.
    pub past: Vec<GrantFile>,
    /// Reviews with their readers; totals and opinions are empty for whoever may not know them.
    pub readers: Vec<NamedReview>,
    /// Who is recused, with the reason.
    pub recusals: Vec<(PersonId, String, String)>,
    /// The committee of the call.
    pub members: Vec<Member>,
    /// Members who act for an organisation that applies.
    pub tied: Vec<PersonId>,
    /// Addresses of its people that could be taken for others, in a sentence each.
    pub look_alikes: Vec<String>,
}

/// Mails shown about one file.
const MOST_MAILS: i64 = 50;

/// Everything about an application; drafts do not exist for the team.
pub fn find(conn: &mut Conn, actor: &Actor, id: ApplicationId, now: Moment) -> Outcome<Dossier> {
    access::require(actor, TEAM)?;
    let content = answers::find(conn, actor, id)?;
    if content.row.state == ApplicationState::Draft {
        return Err(StoreError::NotFound.into());
    }
    let parties = [Some(content.row.organisation_id), content.row.partner_organisation_id];
    let parties: Vec<_> = parties.into_iter().flatten().collect();
    let mut past = grants::of_organisations(conn, &parties)?;
    let files: Vec<_> = past.iter().map(|file| file.grant.application_id).collect();
    let hidden = recusals::among(conn, access::person(actor)?, &files)?;
    past.retain(|file| file.grant.application_id != id && !hidden.contains(&file.grant.application_id));
    let history = history::of_subject(conn, id.as_str())?;
    let judged = judgements::of_file(conn, id)?;
    let mut ids: Vec<_> = history.iter().filter_map(|row| row.actor_id).collect();
    ids.extend(judged.iter().map(|row| row.judged_by));
    ids.sort_unstable();
    ids.dedup();
    let mut readers = reviews::of_application(conn, id)?;
    let is_unread = actor.person.map(|person| own_reviews::is_unread(conn, person, id)).transpose()?;
    if access::require(actor, SEE_SCORES).is_err() || is_unread == Some(true) {
        readers.iter_mut().for_each(NamedReview::hide);
    }
    let fund = calls::fund_of(conn, &content.call)?;
    let checklist = eligibility::lines(conn, &content, actor, now)?;
    Ok(Dossier {
        opening: supports::opening(conn, &content, &fund)?,
        identities: filings::organisations(conn, &content)?,
        fund,
        standing: applications::standing_with(conn, actor, (&content, &checklist), now)?,
        release: release_plans::of_call(conn, content.call.id)?.filter(|_| !content.call.is_announced()),
        checklist,
        judged,
        marks: cost_marks::of_file(conn, id)?,
        tags: rows::tags_of(conn, id)?,
        communes: communes_of(conn, &content)?,
        unread: exchanges::count(conn, id, ExchangeSide::Team)?,
        written: exchanges::last(conn, id)?,
        beyond: match content.definition.beyond_ceiling.is_refused() {
            true => Vec::new(),
            false => earmarks::told_of(conn, id)?,
        },
        lateness: passes::lateness(conn, &content.row, &content.call)?,
        requests: complements::of_application(conn, id)?,
        letters: documents::of_subject(conn, id.as_str())?,
        mails: messages::about(conn, id.as_str(), MOST_MAILS)?,
        names: people::of_ids(conn, &ids)?.into_iter().map(|row| (row.id, row.name)).collect(),
        history,
        past,
        readers,
        recusals: recusals::of_application(conn, id)?,
        members: seats::members(conn, content.row.call_id)?,
        tied: organisations::members_of_any(conn, &parties)?,
        look_alikes: look_alikes::of_organisations(conn, actor, &parties)?,
        content,
    })
}

/// The names of the communes that the answers give by code.
pub fn communes_of(conn: &mut Conn, content: &Content) -> Outcome<BTreeMap<String, String>> {
    let asked = content.definition.questions().filter(|(_, question)| question.kind == QuestionKind::Commune);
    let codes: Vec<_> = asked.filter_map(|(_, question)| content.answers.get(&question.code).cloned()).collect();
    let named = |row: communes::CommuneRow| (row.code, format!("{} ({})", row.name, row.department));
    Ok(communes::of_codes(conn, &codes)?.into_iter().map(named).collect())
}

impl Dossier {
    /// The members of the committee who may read the file and do not yet.
    pub fn candidates(&self) -> impl Iterator<Item = &Member> {
        self.members.iter().filter(|member| {
            let person = member.person_id;
            let reads = self.readers.iter().any(|review| review.person_id == person);
            !member.is_guest && !reads && !self.is_recused(person) && !self.tied.contains(&person)
        })
    }

    /// The declared tie that seems to name this person.
    pub fn tie_naming(&self, person: &str) -> Option<&Tie> {
        ties::naming(&self.content.ties, person)
    }

    /// The members of the committee, and the readers who left it, who are not recused from the file.
    pub fn untouched(&self) -> Vec<(PersonId, &str)> {
        let members = self.members.iter().map(|member| (member.person_id, member.name.as_str()));
        let gone = self.readers.iter().filter(|review| review.state != ReviewState::Recused);
        let gone = gone.filter(|review| !self.members.iter().any(|member| member.person_id == review.person_id));
        let all = members.chain(gone.map(|review| (review.person_id, review.name.as_str())));
        all.filter(|(person, _)| !self.is_recused(*person)).collect()
    }

    fn is_recused(&self, person: PersonId) -> bool {
        self.recusals.iter().any(|(recused, ..)| *recused == person)
    }
}

/// A letter about an application, for the team.
pub fn letter(conn: &mut Conn, actor: &Actor, id: ApplicationId, letter: DocumentId) -> Outcome<DocumentRow> {
    access::require(actor, TEAM)?;
    super::applications::find(conn, actor, id)?;
    let row = documents::find(conn, letter)?;
    if row.subject_id == id.as_str() { Ok(row) } else { Err(StoreError::NotFound.into()) }
}
