//! One section of an application: filled in, saved as typed, the problems said beside the fields.

use super::{
    Queue,
    budgets::budget_table,
    communes as commune_search, deadline,
    documents::{Document, Words, documents},
    errors_of,
    file_answers::{self, FileDeed, Received},
    groups::{self, RowDeed},
    pastes::{self, Reading},
    questions::{self, Asked},
};
use crate::{
    domain::{
        attachments::LARGEST,
        budgets::BudgetUnit,
        complements::{Item, Opening},
        definitions::{Question, QuestionKind, Section, SectionContent},
        forms::Form,
        ids::ApplicationId,
        lifecycles::applications::ApplicationState,
        references::{countries, country},
        time::Moment,
    },
    store::{Tx, answers::PartnerRow, communes},
    usecases::{
        Actor, Outcome,
        answers::{self, Content, Typed},
        authors, complements, dossiers, edits,
        partners::MOST_PARTNERS,
        project_rules, reference_data,
        vaults::{self as papers, Paper},
    },
    web::{
        App, Failure, Reply,
        answers::{self as shown, PartnerShown},
        audiences::Applicant,
        budgets::BudgetTable,
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as, see_other},
        parts::{Choice, Countdown},
        uploads::Sent,
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path, Query},
};
use askama::Template;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "applicant/section.html")]
struct SectionPage {
    chrome: Chrome,
    way: Vec<NavLink>,
    href: String,
    title: String,
    help: String,
    position: String,
    is_draft: bool,
    questions: Vec<Asked>,
    budget: Option<BudgetTable>,
    partners: Option<Vec<Partner>>,
    /// The partners as filed, when a complement does not reopen them.
    filed_partners: Vec<PartnerShown>,
    /// What a complement wants corrected in the budget or among the partners, by name.
    notes: Vec<(String, String)>,
    /// Whether anything of the section may be written in.
    is_open: bool,
    /// Whether it has documents and nothing else to send.
    is_papers: bool,
    /// The partners somebody else has written meanwhile; often nothing.
    other_partners: String,
    /// What is expected of the reader, and by when; a draft says its deadline.
    next: String,
    /// By when the draft is to be filed.
    deadline: Option<Countdown>,
    queue: Queue,
    /// Marks of what the page shows, sent back with it.
    seen: Vec<(String, String)>,
    /// Whether buttons stand between the fields: the key Enter is to save, and no more.
    has_buttons: bool,
    /// Whether a commune is asked for.
    has_communes: bool,
    /// Whether files are among the answers.
    has_files: bool,
    documents: Vec<Document>,
    /// The largest file, in bytes.
    most: usize,
    /// What was pasted from a spreadsheet and how it was read; nothing before that.
    pasted: String,
    pasted_help: String,
    reading: Option<Reading>,
    errors: FieldErrors,
}

/// One partner of the project, as its fields show it.
#[derive(Default)]
pub(in crate::web) struct Partner {
    pub prefix: String,
    pub name: String,
    pub part: String,
    pub country: String,
    pub countries: Vec<Choice>,
    pub email: String,
}

/// Every country, France chosen when nothing is said yet. A code that is not on the list, stored earlier, stays.
fn countries_around(code: &str) -> Vec<Choice> {
    let code = if code.is_empty() { "FR" } else { code };
    let unknown = country(code).is_none().then(|| (code.to_owned(), code.to_owned()));
    let known = countries().iter().map(|country| (country.code.clone(), country.name.clone()));
    Choice::list(unknown.into_iter().chain(known), &[code])
}

fn typed_partner(typed: &Typed, i: usize) -> Partner {
    let text = |part: &str| typed.get(&format!("partenaire-{i}-{part}")).cloned().unwrap_or_default();
    Partner {
        prefix: String::new(),
        name: text("nom"),
        part: text("role"),
        country: text("pays"),
        countries: Vec::new(),
        email: text("courriel"),
    }
}

/// The rows of partners: those stored, or those typed when somebody else has stored others meanwhile.
pub(super) fn partners(stored: &[PartnerRow], typed: Option<&Typed>) -> Vec<Partner> {
    let known: Vec<Partner> = match typed {
        Some(typed) => {
            let rows = (0..MOST_PARTNERS).map(|i| typed_partner(typed, i));
            rows.filter(|row| !row.name.is_empty() || !row.part.is_empty()).collect()
        }
        None => stored.iter().map(partner).collect(),
    };
    let empty = std::iter::repeat_with(Partner::default).take(2);
    let numbered = known.into_iter().chain(empty).take(MOST_PARTNERS).enumerate();
    let numbered = numbered.map(|(i, partner)| Partner {
        prefix: format!("partenaire-{i}"),
        countries: countries_around(&partner.country),
        ..partner
    });
    numbered.collect()
}

fn partner(row: &PartnerRow) -> Partner {
    Partner {
        prefix: String::new(),
        name: row.name.clone(),
        part: row.part.clone(),
        country: row.country_code.clone(),
        countries: Vec::new(),
        email: row.email.clone().unwrap_or_default(),
    }
}

/// Everything a section's page is made of.
struct View {
    content: Content,
    /// The codes of the sections the reader may write in.
    writes_in: Vec<String>,
    /// The names of the communes it names by their codes, by question and by code.
    names: Typed,
    communes: BTreeMap<String, String>,
    words: Words,
    /// Papers of the vault that may serve.
    offers: Vec<Paper>,
}

/// What the application says, if it may be written in now.
async fn view(app: &App, who: &Applicant, id: ApplicationId, code: &str) -> Result<View, Failure> {
    let (actor, wanted) = (who.actor.clone(), code.to_owned());
    app.read(move |conn| {
        let content = answers::find(conn, &actor, id)?;
        let mine = authors::sections_to_write(conn, &actor, &content)?;
        let section = mine.iter().find(|section| section.code == wanted).ok_or(crate::store::StoreError::NotFound)?;
        let (kind, writes_in) = (section.content, mine.iter().map(|section| section.code.clone()).collect());
        let mut names = Typed::new();
        for question in &section.questions {
            let known = content.answers.get(&question.code).filter(|_| question.kind == QuestionKind::Commune);
            if let Some(row) = known.and_then(|code| communes::find(conn, code).ok()) {
                names.insert(question.code.clone(), format!("{} ({})", row.name, row.department));
            }
        }
        let is_closed = content.opening != Opening::Everything;
        let communes = if is_closed { dossiers::communes_of(conn, &content)? } else { BTreeMap::new() };
        let offers = match kind {
            SectionContent::Documents => papers::offers(conn, &actor, &content)?,
            _ => Vec::new(),
        };
        Ok(View { names, writes_in, communes, words: Words(complements::waiting(conn, &content)?), offers, content })
    })
    .await
}

impl View {
    /// A question as it is asked, or as it was answered when a complement does not reopen it.
    fn ask(&self, question: &Question, again: &Again) -> Asked {
        let Again { typed, errors, rows } = again;
        let (content, code) = (&self.content, &question.code);
        let call = &content.definition;
        if !question.is_given() {
            return questions::asked(call, question, &Form::of_call(call).answer(question, &content.answers));
        }
        let stored = self.names.get(code).or_else(|| content.answers.get(code)).cloned().unwrap_or_default();
        if !content.opening.opens_question(code) {
            let filed = shown::answer(content, question, &self.communes);
            return questions::asked(call, question, &stored).with_filed(filed);
        }
        let note = self.words.about(&Item::Question(code.clone()));
        let asked = match typed.get(code).filter(|_| errors.get(code) == Some(edits::TAKEN)) {
            Some(mine) => questions::contested(call, question, mine, &stored),
            None => questions::asked(call, question, &stored),
        };
        let asked = match rows.as_ref().filter(|(group, _)| group == code) {
            Some((_, least)) => groups::with_rows(asked, call, question, *least),
            None => asked,
        };
        let asked = match question.kind {
            QuestionKind::File => file_answers::with_file(asked, content),
            _ => asked,
        };
        asked.with_note(note).with_search()
    }

    /// What is to be corrected in the tables of a section, by name.
    fn notes(&self, section: &Section) -> Vec<(String, String)> {
        let items = Item::of_section(&self.content.definition, section).into_iter();
        let tables = items.filter(|item| matches!(item, Item::Budget(_) | Item::Partners));
        let noted = tables.filter_map(|item| Some((item.label(&self.content.definition)?, self.words.about(&item))));
        noted.filter(|(_, words)| !words.is_empty()).collect()
    }
}

/// How a section is shown again: what was typed, what is wrong with it, and how many rows a group shows.
struct Again {
    typed: Typed,
    errors: FieldErrors,
    rows: Option<(String, usize)>,
}

impl Again {
    fn saying(errors: FieldErrors) -> Self {
        Again { typed: Typed::new(), errors, rows: None }
    }
}

async fn page(app: &App, who: &Applicant, id: ApplicationId, code: &str, again: Again) -> Result<SectionPage, Failure> {
    let view = view(app, who, id, code).await?;
    let content = &view.content;
    let section = content.section(code).ok_or(Failure::NotFound)?;
    let form = Form::of_call(&content.definition);
    let asked = section.questions.iter().filter(|question| form.shows(question, &content.answers));
    let place = view.writes_in.iter().position(|known| known == code).unwrap_or_default();
    let is = |kind: SectionContent| section.content == kind;
    let asks = |kind: QuestionKind| section.questions.iter().any(|question| question.kind == kind);
    let (has_files, has_communes) = (asks(QuestionKind::File), asks(QuestionKind::Commune));
    let Again { typed, errors, .. } = &again;
    let is_contested = errors.get(edits::PARTNERS) == Some(edits::TAKEN);
    let (has_partners, opens_partners) = (is(SectionContent::Partners), content.opening.opens(&Item::Partners));
    let title = if content.row.title.is_empty() { "Mon dossier" } else { &content.row.title };
    Ok(SectionPage {
        chrome: who.chrome(),
        way: vec![NavLink::new("/dossiers", "Mes dossiers"), NavLink::new(format!("/dossiers/{id}"), title)],
        href: format!("/dossiers/{id}/rubriques/{code}"),
        title: section.title.clone(),
        help: section.help.clone(),
        position: format!("Rubrique {} sur {}", place + 1, view.writes_in.len()),
        is_draft: content.row.state == ApplicationState::Draft,
        next: view.words.next(app.now()),
        deadline: deadline(content, app.now()),
        queue: Queue::of(id),
        questions: asked.map(|question| view.ask(question, &again)).collect(),
        has_buttons: has_files || has_communes || section.questions.iter().any(|question| question.kind.has_rows()),
        has_communes,
        has_files,
        budget: is(SectionContent::Budget)
            .then(|| budget_table((&content.budget, &content.definition.amount), &content.opening, typed, errors)),
        filed_partners: if has_partners && !opens_partners { shown::partners(content) } else { Vec::new() },
        partners: (has_partners && opens_partners).then(|| partners(&content.partners, is_contested.then_some(typed))),
        other_partners: if is_contested { edits::partners_text(&content.partners) } else { String::new() },
        notes: view.notes(section),
        is_open: content.opening.opens_section(&content.definition, section),
        is_papers: is(SectionContent::Documents) && section.questions.is_empty(),
        seen: answers::marks(content, section),
        documents: if is(SectionContent::Documents) {
            documents(content, &view.words, (&view.offers, app.now()))
        } else {
            Vec::new()
        },
        most: LARGEST,
        reading: pastes::reading(content, section, typed),
        pasted: typed.get(pastes::FIELD).cloned().unwrap_or_default(),
        pasted_help: pastes::help(),
        errors: again.errors,
    })
}

/// How a page is asked for.
#[derive(Debug, serde::Deserialize)]
pub struct Asking {
    /// A group and how many rows it shows: `sessions.4`.
    #[serde(default)]
    lignes: String,
}

/// The section's form.
pub async fn show(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>, asking: Query<Asking>) -> Reply {
    let (id, code) = path.into_inner();
    let rows = asking.lignes.split_once('.').and_then(|(group, rows)| Some((group.to_owned(), rows.parse().ok()?)));
    let again = Again { rows, ..Again::saying(FieldErrors::none()) };
    Ok(render(&page(&app, &who, id, &code, again).await?))
}

/// The section again, with what is wrong beside the fields.
pub(super) async fn refused(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    code: &str,
    wrong: Vec<crate::usecases::FieldError>,
) -> Reply {
    let page = page(app, who, id, code, Again::saying(errors_of(wrong))).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// What became of a saved section.
struct Kept {
    /// What was typed, and what is wrong with it.
    typed: Typed,
    wrong: Vec<crate::usecases::FieldError>,
    /// The next section that may be written in, where it is asked for.
    next: Option<String>,
    state: ApplicationState,
    /// How finely the call counts.
    unit: BudgetUnit,
    /// The group whose rows change, and how many it shows from now on.
    rows: Option<(String, usize)>,
    /// The question whose file came or went.
    file: Option<FileDeed>,
}

fn write(tx: &mut Tx, actor: &Actor, (id, code): (ApplicationId, &str), sent: &Received, now: Moment) -> Outcome<Kept> {
    let form = &sent.fields;
    let mut content = answers::to_write_in(tx.conn(), actor, id, code)?;
    let section = content.section(code).ok_or(crate::store::StoreError::NotFound)?;
    let mut typed = questions::typed(&section.questions, form);
    let deed = RowDeed::parse(form.text("suite"));
    groups::tidy(&section.questions, form, deed.as_ref(), &mut typed);
    let group = deed.as_ref().and_then(|deed| section.questions.iter().find(|group| group.code == deed.group()));
    let rows =
        group.zip(deed.as_ref()).map(|(group, deed)| (group.code.clone(), groups::rows_after(group, form, deed)));
    let as_typed = typed.clone();
    for question in section.questions.iter().filter(|question| question.kind == QuestionKind::Commune) {
        let name = typed.get(&question.code).map_or("", String::as_str);
        if let Some(found) = reference_data::commune_named(tx.conn(), name)? {
            typed.insert(question.code.clone(), found);
        }
    }
    let mut wrong = answers::write_section(tx, &mut content, code, &typed, now)?;
    let outside = content.section(code).map(|section| project_rules::outside_rules(&content, section));
    wrong.extend(outside.into_iter().flatten());
    let file = sent.write(tx, actor, &mut content, code, now)?;
    wrong.extend(sent.wrong.iter().cloned());
    let goes_on = form.text("suite") == "suivante";
    let next = if goes_on { authors::next_section(tx.conn(), actor, &content, code)? } else { None };
    let (state, unit) = (content.row.state, content.definition.amount.unit);
    Ok(Kept { typed: as_typed, wrong, next, state, unit, rows, file })
}

/// Saves the section. What is wrong is said beside the fields; everything typed is kept.
pub async fn save(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>, sent: Sent) -> Reply {
    let (id, code) = path.into_inner();
    let (actor, now, wanted) = (who.actor.clone(), app.now(), code.clone());
    let sent = Received::keep(&app, sent).await?;
    let go_on = sent.fields.text("suite").to_owned();
    let kept = app.write(move |tx| write(tx, &actor, (id, &wanted), &sent, now)).await?;
    if let Some(to) = commune_search::searched(&go_on, &kept.typed, &kept.wrong) {
        return Ok(see_other(format!("/dossiers/{id}/rubriques/{code}/communes/{to}")));
    }
    let is_pasting = go_on == pastes::READ;
    if !kept.wrong.is_empty() || is_pasting {
        let wrong = if is_pasting { pastes::wrong(kept.wrong, kept.unit, &kept.typed) } else { kept.wrong };
        // What was pasted is shown as it was read, and kept by another button.
        let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let again = Again { typed: kept.typed, errors: errors_of(wrong), rows: kept.rows };
        let page = page(&app, &who, id, &code, again).await?;
        return Ok(render_as(status, &page));
    }
    let (to, said) = kept.landing(id, &code, &go_on);
    Ok(see_other_saying(to, &Flash::success(said)))
}

impl Kept {
    /// Where the person goes from here, and what is said there.
    fn landing(self, id: ApplicationId, code: &str, go_on: &str) -> (String, &'static str) {
        let here = format!("/dossiers/{id}/rubriques/{code}");
        if let Some((group, rows)) = self.rows {
            return (format!("{here}?lignes={group}.{rows}#champ-{group}"), "C’est enregistré, avec vos lignes.");
        }
        if let Some(deed) = self.file {
            return (format!("{here}#{}", file_answers::place(deed.question())), deed.sentence());
        }
        let to = match (go_on, self.next) {
            ("suivante", Some(next)) => format!("/dossiers/{id}/rubriques/{next}"),
            ("rubrique", _) => here,
            _ => format!("/dossiers/{id}"),
        };
        let said = match self.state {
            ApplicationState::Draft => {
                "C’est enregistré. Le dossier reste un brouillon tant que vous ne le déposez pas."
            }
            _ => "C’est enregistré. Le complément ne part que lorsque vous envoyez votre réponse.",
        };
        (to, said)
    }
}
