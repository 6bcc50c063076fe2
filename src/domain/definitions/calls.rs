//! One call (appel à projets): everything that is a rule of this edition and not of the code.

use super::{
    agreements::HOUSE_AGREEMENT,
    funds::{BeyondCeiling, Earmark},
    merging::{MergeValues, MergedText},
    questions::{Author, DocumentDefinition, DocumentNeed, Section, StatementDefinition},
    values::{amount, window},
};
use crate::domain::{
    budgets::{AmountRules, SurplusRule},
    codes::codes,
    decisions::DecisionPace,
    eligibility::Rule,
    money::Euros,
    organisations::LegalForm,
    reports::GapRule,
    schedules::{DueRule, ScheduleTemplate},
    scoring::Grid,
    time::Window,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

codes! {
    /// How many live files one organisation, or one pair, may have in a call.
    pub enum ApplicationsPerHolder {
        One => "one",
        Several => "several",
    }

    /// Who signs what is filed.
    pub enum FilingSignature {
        /// The legal representative of each organisation of the file.
        Representative => "representative",
    }

    /// Who has the last word on the committee's decisions.
    pub enum DecisionAuthority {
        /// The board (conseil d'administration) confirms them.
        Board => "board",
        /// They stand as taken.
        Committee => "committee",
    }
}

/// A call. Kept as JSON with the call (`calls.settings`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallDefinition {
    /// Such as `RECITAL-2027-1`.
    pub reference: String,
    pub title: String,
    /// The reference of the edition it was made from: its texts are compared with those of that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied_from: Option<String>,
    /// Two or three sentences for the list of open calls.
    pub summary: String,
    /// The guidelines (règlement), by chapter.
    pub rules: Vec<RuleChapter>,
    #[serde(with = "window")]
    pub window: Window,
    pub calendar: Calendar,
    /// The axes under which a project may place itself, by code.
    pub axes: Vec<String>,
    #[serde(with = "amount")]
    pub envelope: Euros,
    pub sources: Vec<CallSource>,
    /// Parts of the envelope marked for an axis.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earmarks: Vec<Earmark>,
    /// What happens to an award beyond a ceiling on its axis; without it, it is refused.
    #[serde(default = "refuse", skip_serializing_if = "BeyondCeiling::is_refused")]
    pub beyond_ceiling: BeyondCeiling,
    pub amount: AmountRules,
    #[serde(default)]
    pub surplus: SurplusRule,
    pub applications: ApplicationsPerHolder,
    /// Whose signature the filing waits for; without it, nobody's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filing_signature: Option<FilingSignature>,
    pub decided_by: DecisionAuthority,
    /// When decisions are told; without it, together.
    #[serde(default = "together", skip_serializing_if = "DecisionPace::is_together")]
    pub decisions: DecisionPace,
    /// Above this amount an agreement is signed (décret 2001-495, art. 1); up to it, acceptance is enough.
    #[serde(with = "amount", default = "agreement_threshold")]
    pub agreement_threshold: Euros,
    /// The rules beside those that follow from the rest of the call: see [`crate::domain::eligibility::rules_of`].
    #[serde(default)]
    pub eligibility: Vec<Rule>,
    /// Present when two organisations apply together.
    #[serde(default)]
    pub pair: Option<Pair>,
    #[serde(default)]
    pub documents: Vec<DocumentDefinition>,
    #[serde(default)]
    pub statements: Vec<StatementDefinition>,
    pub sections: Vec<Section>,
    pub grid: Grid,
    pub schedule: ScheduleTemplate,
    pub reports: Reports,
    pub letters: LetterTexts,
    pub delays: Delays,
}

fn agreement_threshold() -> Euros {
    Euros::whole(23_000)
}

fn refuse() -> BeyondCeiling {
    BeyondCeiling::Refuse
}

fn together() -> DecisionPace {
    DecisionPace::Together
}

fn reminder_days() -> Vec<i64> {
    vec![7, 2]
}

/// A chapter of the guidelines: paragraphs separated by an empty line, lines beginning with `- ` are a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleChapter {
    pub title: String,
    pub text: String,
}

/// The dates that follow the deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    pub committee_on: NaiveDate,
    pub announcement_on: NaiveDate,
    #[serde(default)]
    pub others: Vec<CalendarDate>,
}

/// Another date worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDate {
    pub label: String,
    pub on: NaiveDate,
}

/// What the call draws from a funding source, by the source's reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallSource {
    pub reference: String,
    #[serde(with = "amount")]
    pub amount: Euros,
}

/// Two organisations that apply together (tandem, binôme).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// What the organisation that applies and is paid is called.
    pub lead_label: String,
    /// What the other one is called.
    pub partner_label: String,
    /// The forms the other one may have.
    pub partner_forms: Vec<LegalForm>,
    /// The forms of those that may apply and be paid; where none is named, every form but schools, which often have no
    /// legal personality of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payee_forms: Vec<LegalForm>,
    /// What to do without a partner yet.
    pub help: String,
}

impl Pair {
    /// The forms that may be paid, in words.
    pub fn payees(&self) -> Vec<String> {
        let forms = LegalForm::ALL.iter().filter(|form| self.pays(**form));
        forms.map(|form| form.label().to_lowercase()).collect()
    }

    /// Whether an organisation of this form may be the one that is paid.
    pub fn pays(&self, form: LegalForm) -> bool {
        if self.payee_forms.is_empty() { form != LegalForm::School } else { self.payee_forms.contains(&form) }
    }
}

impl CallDefinition {
    /// Forms of the organisations that may begin a file and be paid: those the rules name, an association when they name
    /// none.
    pub fn lead_forms(&self) -> Vec<LegalForm> {
        let asked = self.eligibility.iter().find_map(|rule| match rule {
            Rule::LegalForms { forms } => Some(forms.clone()),
            _ => None,
        });
        let mut forms = asked.unwrap_or_else(|| vec![LegalForm::Association]);
        forms.retain(|form| self.pair.as_ref().is_none_or(|pair| pair.pays(*form)));
        forms
    }
}

/// The reports a grant owes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reports {
    /// Whose word certifies them; without it, that of whoever files them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certified_by: Option<FilingSignature>,
    /// From which gap with the plan a line of the table must be explained.
    #[serde(default, skip_serializing_if = "GapRule::is_usual")]
    pub explain: GapRule,
    #[serde(default)]
    pub interim: Option<ReportTemplate>,
    #[serde(rename = "final")]
    pub last: ReportTemplate,
}

/// What a report asks, and by when. The financial part follows the budget of the file (Cerfa 15059); a question with the
/// code and kind of one of the application shows what was planned there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportTemplate {
    pub title: String,
    #[serde(default)]
    pub help: String,
    pub due: DueRule,
    pub sections: Vec<Section>,
    #[serde(default)]
    pub documents: Vec<DocumentDefinition>,
}

impl ReportTemplate {
    /// The code of the receipts that a funder wants of a report whose call has no place for any paper.
    pub const RECEIPTS: &str = "justificatifs_de_depenses";
    const RECEIPTS_LABEL: &str = "Justificatifs de dépenses";

    /// The same with a place for receipts, if it has none for any paper.
    pub fn with_receipts(mut self) -> Self {
        if self.documents.is_empty() {
            self.documents.push(DocumentDefinition {
                code: Self::RECEIPTS.to_owned(),
                label: Self::RECEIPTS_LABEL.to_owned(),
                help: "Factures et preuves de paiement.".to_owned(),
                need: DocumentNeed::Optional,
                due_on: None,
                anonymous: false,
                author: Author::Lead,
            });
        }
        self
    }

    /// The questions that a file answers, in order.
    pub fn file_questions(&self) -> impl Iterator<Item = &super::questions::Question> {
        let questions = self.sections.iter().flat_map(|section| &section.questions);
        questions.filter(|question| question.kind == super::questions::QuestionKind::File)
    }

    /// What is called on screen what is attached under this code.
    pub fn paper_label(&self, code: &str) -> String {
        let document = self.documents.iter().find(|document| document.code == code).map(|document| &document.label);
        let question = || self.file_questions().find(|question| question.code == code).map(|question| &question.label);
        let label = document.or_else(question).map(String::as_str);
        label.unwrap_or(if code == Self::RECEIPTS { Self::RECEIPTS_LABEL } else { code }).to_owned()
    }
}

/// What is said in letters about this call in particular. Each text may name merge fields: see [`MergedText`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterTexts {
    pub award_intro: String,
    /// What the grantee undertakes, one sentence each.
    pub commitments: Vec<String>,
    pub refusal_intro: String,
    /// What the applicant can do next.
    pub refusal_advice: String,
    pub agreement_intro: String,
    /// The whole agreement, article by article: see [`super::clauses`]. Without one it is [`HOUSE_AGREEMENT`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agreement: String,
    /// What the mails that announce a decision say beside it; often empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub award_mail: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub refusal_mail: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reserve_mail: String,
    /// What other mails of the call say beside their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub receipt_mail: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub complement_mail: String,
    /// To the people of a draft, before the call closes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub draft_mail: String,
    /// To whoever owes a report.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub report_mail: String,
}

impl LetterTexts {
    /// Every text with its kind, under its path below `letters`.
    pub fn texts(&self) -> Vec<(String, MergedText, &str)> {
        let mut texts = Vec::new();
        for kind in MergedText::ALL {
            let text = match kind {
                MergedText::AwardIntro => &self.award_intro,
                MergedText::AwardMail => &self.award_mail,
                MergedText::AgreementIntro => &self.agreement_intro,
                MergedText::Agreement => &self.agreement,
                MergedText::RefusalIntro => &self.refusal_intro,
                MergedText::RefusalAdvice => &self.refusal_advice,
                MergedText::RefusalMail => &self.refusal_mail,
                MergedText::ReserveMail => &self.reserve_mail,
                MergedText::ReceiptMail => &self.receipt_mail,
                MergedText::ComplementMail => &self.complement_mail,
                MergedText::DraftMail => &self.draft_mail,
                MergedText::ReportMail => &self.report_mail,
                MergedText::Commitments => {
                    let commitments = self.commitments.iter().enumerate();
                    texts.extend(commitments.map(|(i, text)| (format!("commitments.{i}"), *kind, text.as_str())));
                    continue;
                }
            };
            texts.push((kind.code().to_owned(), *kind, text.as_str()));
        }
        texts
    }

    /// What an agreement of this call says, article by article.
    pub fn agreement_text(&self) -> &str {
        if self.agreement.trim().is_empty() { HOUSE_AGREEMENT.trim() } else { self.agreement.trim() }
    }

    /// The commitments with their fields filled in.
    pub fn commitments_for(&self, values: &MergeValues) -> Vec<String> {
        self.commitments.iter().map(|text| values.fill(text)).collect()
    }
}

/// How many days people have to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delays {
    /// To complete a file.
    pub complement_days: i64,
    /// To accept a grant.
    pub confirmation_days: i64,
    /// To ask for a second look at a file declared ineligible.
    pub appeal_days: i64,
    /// How many days before the deadline the people of a draft are reminded of it; none where nobody is.
    #[serde(default = "reminder_days")]
    pub reminder_days: Vec<i64>,
}

impl CallDefinition {
    /// Every question of the application, in order, with its section.
    pub fn questions(&self) -> impl Iterator<Item = (&Section, &super::questions::Question)> {
        self.sections.iter().flat_map(|section| section.questions.iter().map(move |question| (section, question)))
    }

    /// The question with this code.
    pub fn question(&self, code: &str) -> Option<&super::questions::Question> {
        self.questions().map(|(_, question)| question).find(|question| question.code == code)
    }

    /// The document with this code.
    pub fn document(&self, code: &str) -> Option<&DocumentDefinition> {
        self.documents.iter().find(|document| document.code == code)
    }

    /// What a file is called that was attached under this code: a document, or the answer to a question.
    pub fn paper_label(&self, code: &str) -> String {
        let document = self.document(code).map(|document| &document.label);
        document.or_else(|| self.question(code).map(|question| &question.label)).map_or(code, String::as_str).to_owned()
    }

    /// By when a document that may follow the filing is owed; nothing for one that may not, or need not.
    pub fn due_on(&self, document: &DocumentDefinition) -> Option<NaiveDate> {
        (document.need == DocumentNeed::Later).then(|| document.due_on.unwrap_or(self.calendar.announcement_on))
    }

    /// The statement with this code.
    pub fn statement(&self, code: &str) -> Option<&StatementDefinition> {
        self.statements.iter().find(|statement| statement.code == code)
    }
}
