//! One section of an application: filled in, saved as typed, the problems said beside the fields.

use super::{
    Queue, deadline, errors_of,
    questions::{self, Asked},
};
use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        budgets::{Budget, Side as BudgetSide},
        definitions::{QuestionKind, SectionContent},
        forms::Form,
        ids::ApplicationId,
        lifecycles::applications::ApplicationState,
        references::{budget_account, budget_accounts, countries, country},
    },
    store::{answers::PartnerRow, communes},
    usecases::{
        answers::{self, Content, Typed},
        edits,
        partners::MOST_PARTNERS,
        reference_data,
    },
    web::{
        App, Failure, Fields, Reply,
        audiences::Applicant,
        budgets::{Balance, BudgetPart, BudgetRow, BudgetTable, PLANNED, Side, planned_total},
        flashes::see_other_saying,
        pages::{Chrome, FieldErrors, Flash, NavLink, render, render_as},
        parts::{Choice, Countdown},
    },
};
use actix_web::{
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;

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
    /// The partners somebody else has written meanwhile; often nothing.
    other_partners: String,
    /// By when the draft is to be filed.
    deadline: Option<Countdown>,
    queue: Queue,
    /// Marks of what the page shows, sent back with it.
    seen: Vec<(String, String)>,
    documents: Vec<Document>,
    limit: &'static str,
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

struct Document {
    action: String,
    code: String,
    label: String,
    help: String,
    need: &'static str,
    current: String,
    current_href: String,
    button: &'static str,
}

/// The budget as stored; a line something is said about keeps what was typed.
pub(super) fn budget_table(budget: &Budget, typed: &Typed, errors: &FieldErrors) -> BudgetTable {
    let part = |title: &str, (side, is_valuation): (BudgetSide, bool)| {
        let accounts =
            budget_accounts().iter().filter(|a| a.is_open && a.side == side && a.is_valuation == is_valuation);
        let rows: Vec<BudgetRow> = accounts
            .map(|account| {
                let field = format!("montant-{}", account.code);
                let line = budget.lines.iter().find(|line| line.account == account.code);
                let kept = line.map(|line| line.planned.plain()).unwrap_or_default();
                let parent = account.parent.as_deref().and_then(budget_account);
                BudgetRow {
                    amount: typed.get(&field).filter(|_| errors.get(&field).is_some()).cloned().unwrap_or(kept),
                    field,
                    label: format!("{} – {}", account.code, account.label),
                    label_field: String::new(),
                    help: parent.map(|parent| parent.label.clone()).unwrap_or_default(),
                }
            })
            .collect();
        let total = planned_total(budget, (side, is_valuation));
        let side = if side == BudgetSide::Expense { Side::Expense } else { Side::Income };
        BudgetPart { title: title.into(), side, rows, total: total.to_string() }
    };
    let titles = [
        "Charges",
        &format!("Ressources, sans la subvention demandée ici ({})", budget.grant),
        "Contributions en nature\u{a0}: emplois",
        "Contributions en nature\u{a0}: ressources",
    ];
    let parts = titles.into_iter().zip(PLANNED).map(|(title, of)| part(title, of));
    BudgetTable { parts: parts.collect(), balance: Balance::planned(budget) }
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

fn documents(content: &Content) -> Vec<Document> {
    let id = content.row.id;
    let document = |wanted: &crate::domain::definitions::DocumentDefinition| {
        let file = content.attachments.iter().find(|file| file.document_code == wanted.code);
        Document {
            action: format!("/dossiers/{id}/pieces/{}", wanted.code),
            code: wanted.code.clone(),
            label: wanted.label.clone(),
            help: wanted.help.clone(),
            need: wanted.need.label(),
            current: file.map(|file| file.file_name.clone()).unwrap_or_default(),
            current_href: file.map(|file| format!("/pieces/{}", file.id)).unwrap_or_default(),
            button: if file.is_some() { "Remplacer ce document" } else { "Joindre ce document" },
        }
    };
    content.definition.documents.iter().map(document).collect()
}

/// What the application says, if it may be written in now, and the names of the communes it names by their codes.
async fn content_of(app: &App, who: &Applicant, id: ApplicationId, code: &str) -> Result<(Content, Typed), Failure> {
    let (actor, wanted) = (who.actor.clone(), code.to_owned());
    app.read(move |conn| {
        let content = answers::find(conn, &actor, id)?;
        if !answers::may_write(conn, &actor, &content.row)? {
            return Err(crate::store::StoreError::NotFound.into());
        }
        let mut names = Typed::new();
        for question in content.section(&wanted).into_iter().flat_map(|section| &section.questions) {
            let known = content.answers.get(&question.code).filter(|_| question.kind == QuestionKind::Commune);
            if let Some(row) = known.and_then(|code| communes::find(conn, code).ok()) {
                names.insert(question.code.clone(), format!("{} ({})", row.name, row.department));
            }
        }
        Ok((content, names))
    })
    .await
}

async fn page(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    code: &str,
    typed: Typed,
    errors: FieldErrors,
) -> Result<SectionPage, Failure> {
    let (content, names) = content_of(app, who, id, code).await?;
    let section = content.section(code).ok_or(Failure::NotFound)?;
    let form = Form::of_call(&content.definition);
    let shown = section.questions.iter().filter(|question| form.shows(question, &content.answers));
    let value = |code: &str| {
        let kept = names.get(code).or_else(|| content.answers.get(code));
        kept.cloned().unwrap_or_default()
    };
    let is_contested = |field: &str| errors.get(field) == Some(edits::TAKEN);
    let ask = |question: &crate::domain::definitions::Question| {
        let (call, stored) = (&content.definition, value(&question.code));
        match typed.get(&question.code).filter(|_| is_contested(&question.code)) {
            Some(mine) => questions::contested(call, question, mine, &stored),
            None => questions::asked(call, question, &stored),
        }
    };
    let place = content.definition.sections.iter().position(|s| s.code == code).unwrap_or_default();
    let is = |kind: SectionContent| section.content == kind;
    Ok(SectionPage {
        chrome: who.chrome(),
        way: vec![
            NavLink::new("/dossiers", "Mes dossiers"),
            NavLink::new(
                format!("/dossiers/{id}"),
                if content.row.title.is_empty() { "Mon dossier" } else { &content.row.title },
            ),
        ],
        href: format!("/dossiers/{id}/rubriques/{code}"),
        title: section.title.clone(),
        help: section.help.clone(),
        position: format!("Rubrique {} sur {}", place + 1, content.definition.sections.len()),
        is_draft: content.row.state == ApplicationState::Draft,
        deadline: deadline(&content, app.now()),
        queue: Queue::of(id, who, app.now()),
        questions: shown.map(ask).collect(),
        budget: is(SectionContent::Budget).then(|| budget_table(&content.budget, &typed, &errors)),
        partners: is(SectionContent::Partners)
            .then(|| partners(&content.partners, is_contested(edits::PARTNERS).then_some(&typed))),
        other_partners: if is_contested(edits::PARTNERS) {
            edits::partners_text(&content.partners)
        } else {
            String::new()
        },
        seen: answers::marks(&content, section),
        documents: if is(SectionContent::Documents) { documents(&content) } else { Vec::new() },
        limit: LARGEST_IN_WORDS,
        errors,
    })
}

/// The section's form.
pub async fn show(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>) -> Reply {
    let (id, code) = path.into_inner();
    Ok(render(&page(&app, &who, id, &code, Typed::new(), FieldErrors::none()).await?))
}

/// The section again, with what is wrong beside the fields.
pub(super) async fn refused(
    app: &App,
    who: &Applicant,
    id: ApplicationId,
    code: &str,
    wrong: Vec<crate::usecases::FieldError>,
) -> Reply {
    let page = page(app, who, id, code, Typed::new(), errors_of(wrong)).await?;
    Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

/// Saves the section. What is wrong is said beside the fields; everything typed is kept.
pub async fn save(app: Data<App>, who: Applicant, path: Path<(ApplicationId, String)>, form: Fields) -> Reply {
    let (id, code) = path.into_inner();
    let (actor, now, wanted) = (who.actor.clone(), app.now(), code.clone());
    let go_on = form.text("suite").to_owned();
    let (typed, next, wrong) = app
        .write(move |tx| {
            let mut content = answers::to_write(tx.conn(), &actor, id)?;
            let section = content.section(&wanted).ok_or(crate::store::StoreError::NotFound)?;
            let mut typed = questions::typed(&section.questions, &form);
            let as_typed = typed.clone();
            for question in section.questions.iter().filter(|question| question.kind == QuestionKind::Commune) {
                let name = typed.get(&question.code).map_or("", String::as_str);
                if let Some(found) = reference_data::commune_named(tx.conn(), name)? {
                    typed.insert(question.code.clone(), found);
                }
            }
            let mut wrong = answers::write_section(tx, &mut content, &wanted, &typed, now)?;
            wrong.extend(
                content.section(&wanted).map(|section| answers::outside_rules(&content, section)).into_iter().flatten(),
            );
            let following = content.definition.sections.iter().skip_while(|s| s.code != wanted).skip(1);
            let next = following.map(|s| &s.code).find(|code| content.section(code).is_some()).cloned();
            Ok((as_typed, next, wrong))
        })
        .await?;
    if !wrong.is_empty() {
        let page = page(&app, &who, id, &code, typed, errors_of(wrong)).await?;
        return Ok(render_as(StatusCode::UNPROCESSABLE_ENTITY, &page));
    }
    let to = match (go_on.as_str(), next) {
        ("suivante", Some(next)) => format!("/dossiers/{id}/rubriques/{next}"),
        _ => format!("/dossiers/{id}"),
    };
    Ok(see_other_saying(
        to,
        &Flash::success("C’est enregistré. Le dossier reste un brouillon tant que vous ne le déposez pas."),
    ))
}
