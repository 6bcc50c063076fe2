//! One call of a made-up history at the size of a real fund: hundreds of files, dozens of readers. What its grants
//! live through afterwards is told month by month in `treasury`.

use super::{
    applying::{self, Holder, OpenCall},
    cast::Cast,
    dice::Dice,
    judging, opening,
    paying::{self, Signed},
    world::Scene,
};
use crate::{
    domain::{
        decisions::Verdict,
        definitions::Definition,
        ids::{ApplicationId, SessionId},
        lifecycles::{
            applications::ApplicationState,
            grants::{Grant, GrantEvent},
        },
        money::Euros,
        time::Moment,
    },
    store::{Tx, grants, reviews},
    usecases::{
        Outcome, UseCaseError,
        advance::advance_now,
        applications, assignments, clock,
        decisions::{self, DecisionForm},
    },
};

/// Files that share one write, at most.
const BATCH: usize = 250;

/// What happens to a call, in the order of its year; numbers count batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Publish,
    Apply(usize),
    Examine(usize),
    Complete(usize),
    Conclude(usize),
    Entrust,
    Convene,
    Score(usize),
    Open,
    Decide(usize),
    Minute,
    Confirm,
    Announce,
    Accept(usize),
}

/// Which organisations apply: `files` of the `pool` that begins at number `base`, from the one at `shift` on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    pub base: i64,
    pub pool: i64,
    pub shift: i64,
    pub files: usize,
}

/// A call and how far it is.
pub(crate) struct Edition {
    pub definition: Definition,
    pub numbers: Numbers,
    /// The staff, with this call's committee as reviewers.
    pub cast: Cast,
    pub dice: Dice,
    pub call: Option<OpenCall>,
    /// Whether two of its agreements wait to be signed: one by the direction, one by both.
    pub leaves_unsigned: bool,
    entries: Vec<Entry>,
    session: Option<SessionId>,
    ranked: Vec<Ranked>,
}

/// A file of the call.
#[derive(Debug, Clone, Copy)]
struct Entry {
    number: i64,
    id: ApplicationId,
    is_filed: bool,
}

/// A file with what the committee will say of it.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    id: ApplicationId,
    number: i64,
    version: i32,
    verdict: Verdict,
    amount: Euros,
}

/// What a step brought; taken in once it is written.
#[derive(Default)]
pub(crate) struct News {
    pub holders: Vec<(i64, Holder)>,
    /// Numbers of organisations that now have a bank account.
    pub accounts: Vec<i64>,
    call: Option<OpenCall>,
    session: Option<SessionId>,
    entries: Vec<Entry>,
    ranked: Vec<Ranked>,
}

/// How far an applicant goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effort {
    Nothing,
    Draft,
    TakenBack,
    Withdrawn,
    Filed,
}

/// What the officer finds in a filed file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Finding {
    Fit,
    /// A complement is needed; whether it comes.
    Lacking(bool),
    /// It does not fit the call; whether its holder appeals.
    Unfit(bool),
}

const MOTIVE: &str = "L’action a déjà commencé\u{a0}: seules les dépenses à venir peuvent être soutenues.";
const UNMET: &str = "Une condition du règlement n’est pas remplie\u{a0}: merci d’y revenir avant l’an prochain.";
const NOTHING_CAME: &str = "Le complément demandé n’est pas arrivé dans le délai.";
const WANTED: &str = "Merci de joindre le programme détaillé des ateliers et de préciser le budget.";
const ANSWER: &str = "Le programme est joint\u{a0}: huit ateliers, de mai à novembre.";
const APPEAL: &str = "L’action n’a pas commencé\u{a0}: la réunion citée était une simple présentation.";

impl Edition {
    pub(crate) fn new(definition: Definition, numbers: Numbers, cast: Cast, dice: Dice) -> Self {
        let (entries, ranked) = (Vec::new(), Vec::new());
        let (call, session, leaves_unsigned) = (None, None, false);
        Edition { definition, numbers, cast, dice, call, leaves_unsigned, entries, session, ranked }
    }

    /// The number of somebody whose project the committee did not retain.
    pub(crate) fn refused(&self) -> Option<i64> {
        self.ranked.iter().find(|file| file.verdict == Verdict::Reject).map(|file| file.number)
    }

    fn batch(&self) -> usize {
        (self.numbers.files / 8).clamp(1, BATCH)
    }

    /// Every step with its date, from the publication to the last answer of a grantee.
    pub(crate) fn steps(&self) -> Vec<(Moment, Step)> {
        let Some(call) = self.definition.calls.first() else { return Vec::new() };
        let (opens, closes) = (call.window.opens, call.window.closes);
        let afternoon = |day| Moment::start_of_day(day).plus_minutes(14 * 60);
        let (meets, announced) = (afternoon(call.calendar.committee_on), afternoon(call.calendar.announcement_on));
        let batches = self.numbers.files.div_ceil(self.batch());
        let part = |place: usize, of: usize| i64::try_from((place + 1) * 1000 / (of + 1)).unwrap_or_default();
        let span = (closes.unix_seconds() - opens.unix_seconds()) / 1000;
        let mut steps = vec![(opens.plus_days(-1), Step::Publish)];
        for batch in 0..batches {
            // Half of the files come in the last third.
            let early = 1000 - part(batch, batches);
            let applied = opens.plus_seconds(span * (1000 - (early * early / 1000).max(1)));
            let after = closes.plus_minutes(10 * 60 + 4 * part(batch, batches));
            let examined = if batch % 3 == 1 { applied.plus_days(10).min(after) } else { after };
            steps.extend([
                (applied, Step::Apply(batch)),
                (examined, Step::Examine(batch)),
                (examined.plus_days(5), Step::Complete(batch)),
                (examined.plus_days(11), Step::Conclude(batch)),
                (meets.plus_minutes(30 + part(batch, batches) / 5), Step::Decide(batch)),
                (announced.plus_days(3).plus_minutes(14 * part(batch, batches)), Step::Accept(batch)),
            ]);
        }
        let entrusted = closes.plus_days(15);
        let reading = (meets.plus_days(-1).unix_seconds() - entrusted.unix_seconds()) / 1000;
        for reader in 0..self.cast.reviewers.len() {
            let read = part(reader, self.cast.reviewers.len());
            steps.push((entrusted.plus_seconds(reading * read), Step::Score(reader)));
        }
        let fixed = [(entrusted, Step::Entrust), (entrusted.plus_minutes(60), Step::Convene), (meets, Step::Open)];
        steps.extend(fixed);
        let confirmed = meets.plus_days(5).min(announced.plus_minutes(-60));
        steps.extend([(meets.plus_minutes(300), Step::Minute), (confirmed, Step::Confirm)]);
        steps.push((announced, Step::Announce));
        steps
    }

    /// Takes in what a step brought.
    pub(crate) fn learn(&mut self, news: &mut News) {
        self.entries.append(&mut news.entries);
        self.ranked.append(&mut news.ranked);
        self.call = news.call.take().or(self.call.take());
        self.session = news.session.or(self.session);
    }

    /// Lets a step happen.
    pub(crate) fn play(&self, tx: &mut Tx, step: Step, scene: &Scene<'_>, now: Moment) -> Outcome<News> {
        if step == Step::Publish {
            return self.publish(tx, now);
        }
        let call = self.call.as_ref().ok_or_else(|| UseCaseError::Unreadable("no call is published".into()))?;
        let mut news = News::default();
        match step {
            Step::Publish => {}
            Step::Apply(batch) => self.apply(tx, call, batch, scene, now, &mut news)?,
            Step::Examine(batch) => self.examine(tx, batch, scene, now)?,
            Step::Complete(batch) => self.complete(tx, batch, scene, now)?,
            Step::Conclude(batch) => self.conclude(tx, batch, scene, now)?,
            Step::Entrust => self.entrust(tx, call, now)?,
            Step::Convene => news.session = Some(judging::convene(tx, &self.cast, call, now)?),
            Step::Score(reader) => self.score(tx, call, reader, scene, now)?,
            Step::Open => news.ranked = self.open(tx, call, now)?,
            Step::Decide(batch) => self.decide(tx, batch, now)?,
            Step::Minute => judging::minute(tx, &self.cast, self.sitting()?, now)?,
            Step::Confirm => judging::confirm(tx, &self.cast, call, self.sitting()?, now)?,
            Step::Announce => judging::announce(tx, &self.cast, call, now)?,
            Step::Accept(batch) => self.accept(tx, batch, scene, now, &mut news)?,
        }
        Ok(news)
    }

    fn sitting(&self) -> Outcome<SessionId> {
        self.session.ok_or_else(|| UseCaseError::Unreadable("no session is convened".into()))
    }

    fn publish(&self, tx: &mut Tx, now: Moment) -> Outcome<News> {
        let call = opening::publish(tx, &self.cast.officer.actor(), &self.definition, now)?.into_iter().next();
        if let Some(call) = &call {
            judging::seat(tx, &self.cast, call, now)?;
        }
        Ok(News { call, ..News::default() })
    }

    fn apply(
        &self,
        tx: &mut Tx,
        call: &OpenCall,
        batch: usize,
        scene: &Scene<'_>,
        now: Moment,
        news: &mut News,
    ) -> Outcome<()> {
        let Numbers { base, pool, shift, files } = self.numbers;
        let first = batch * self.batch();
        for place in first..files.min(first + self.batch()) {
            let place = i64::try_from(place).unwrap_or_default();
            let number = base + (shift + place) % pool.max(1);
            let at = now.plus_minutes(place % 60);
            let holder = scene.holder(number, news, |dice| applying::settle(tx, dice, &call.definition, number, at))?;
            let dossier = applying::start(tx, call, &holder, at)?;
            let mut dice = self.dice_of(number, 0);
            let effort = effort(&mut dice);
            if effort != Effort::Nothing {
                if let Some(pair) = &call.definition.pair {
                    let other = number + 600_000;
                    let partner =
                        scene.holder(other, news, |dice| applying::settle_partner(tx, dice, pair, other, at))?;
                    applying::join(tx, &dossier, &partner, at)?;
                }
                applying::write(tx, &mut dice, call, scene.paper, &dossier, at)?;
            }
            let holder = dossier.applicant.actor();
            if !matches!(effort, Effort::Nothing | Effort::Draft) {
                applying::file(tx, &dossier, at)?;
            }
            let version = applying::version(tx, dossier.id)?;
            match effort {
                Effort::TakenBack => drop(applications::take_back(tx, &holder, dossier.id, version, at)?),
                Effort::Withdrawn => drop(applications::withdraw(tx, &holder, dossier.id, version, at)?),
                Effort::Nothing | Effort::Draft | Effort::Filed => {}
            }
            news.entries.push(Entry { number, id: dossier.id, is_filed: effort == Effort::Filed });
        }
        Ok(())
    }

    /// A source of its own for one file and one kind of question.
    fn dice_of(&self, number: i64, about: u64) -> Dice {
        self.dice.apart(number.unsigned_abs()).apart(about)
    }

    /// The filed files of a batch with what the officer will find in each.
    fn filed(&self, batch: usize) -> impl Iterator<Item = (Entry, Finding)> {
        let entries = self.entries.iter().skip(batch * self.batch()).take(self.batch());
        let filed = entries.filter(|entry| entry.is_filed);
        filed.map(|entry| (*entry, finding(&mut self.dice_of(entry.number, 2))))
    }

    fn examine(&self, tx: &mut Tx, batch: usize, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
        for (entry, finding) in self.filed(batch) {
            match finding {
                Finding::Fit => self.admit(tx, entry.id, now)?,
                Finding::Lacking(_) => judging::ask(tx, scene.cast, entry.id, WANTED, now)?,
                Finding::Unfit(_) => judging::turn_away(tx, scene.cast, entry.id, MOTIVE, now)?,
            }
        }
        Ok(())
    }

    /// Admits a file, or turns it away when a rule stands against it.
    fn admit(&self, tx: &mut Tx, id: ApplicationId, now: Moment) -> Outcome<()> {
        match judging::admit(tx, &self.cast, id, now) {
            Err(UseCaseError::Refused(_)) => judging::turn_away(tx, &self.cast, id, UNMET, now),
            admitted => admitted,
        }
    }

    fn complete(&self, tx: &mut Tx, batch: usize, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
        for (entry, finding) in self.filed(batch) {
            let Some(holder) = scene.known(entry.number) else { continue };
            let dossier = holder.dossier(entry.id);
            match finding {
                Finding::Lacking(true) => {
                    judging::answer(tx, &dossier, ANSWER, now)?;
                    self.admit(tx, entry.id, now)?;
                }
                Finding::Unfit(true) => {
                    let version = applying::version(tx, entry.id)?;
                    applications::appeal(tx, &dossier.applicant.actor(), entry.id, version, APPEAL, now)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn conclude(&self, tx: &mut Tx, batch: usize, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
        clock::run_due(tx, now)?;
        for (entry, finding) in self.filed(batch) {
            match finding {
                Finding::Lacking(false) => judging::turn_away(tx, scene.cast, entry.id, NOTHING_CAME, now)?,
                Finding::Unfit(true) => self.admit(tx, entry.id, now)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// Every admissible file gets its readers; a few of these turn out to know the holder, and others take their place.
    fn entrust(&self, tx: &mut Tx, call: &OpenCall, now: Moment) -> Outcome<()> {
        let files = self.files(tx, call, ApplicationState::Eligible)?;
        judging::entrust(tx, &self.cast, call, &files, now)?;
        for some in files.chunks(40) {
            judging::recuse_one(tx, &self.cast, some, now)?;
        }
        let officer = self.cast.officer.actor();
        assignments::assign_proposed(tx, &officer, call.id, Some(call.definition.calendar.committee_on), now)?;
        Ok(())
    }

    fn files(&self, tx: &mut Tx, call: &OpenCall, state: ApplicationState) -> Outcome<Vec<ApplicationId>> {
        let rows = reviews::files(tx.conn(), self.cast.officer.id, call.id, &[state])?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// In the last days of the story, readers are half-way through.
    fn score(&self, tx: &mut Tx, call: &OpenCall, reader: usize, scene: &Scene<'_>, now: Moment) -> Outcome<()> {
        let Some(reader) = self.cast.reviewers.get(reader) else { return Ok(()) };
        if now.plus_days(5) > scene.until {
            return judging::score_half(tx, &self.dice, reader.id, call, now);
        }
        judging::score(tx, &self.dice, reader.id, call, now).map(drop)
    }

    /// Opens the session, and ranks what it will decide: the best while there is money, a few in reserve.
    fn open(&self, tx: &mut Tx, call: &OpenCall, now: Moment) -> Outcome<Vec<Ranked>> {
        judging::open(tx, &self.cast, self.sitting()?, now)?;
        let officer = self.cast.officer.actor();
        let mut rows = Vec::new();
        for id in self.files(tx, call, ApplicationState::InReview)? {
            let row = applications::find(tx.conn(), &officer, id)?;
            rows.push((row.score_mean, row.reference, row.organisation_id, id, row.version, row.requested_cents));
        }
        rows.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
        let (mut left, mut ranked) = (call.definition.envelope, Vec::with_capacity(rows.len()));
        let (half, floor) = (rows.len() / 2, call.definition.amount.floor);
        for (place, (_, _, organisation, id, version, requested)) in rows.into_iter().enumerate() {
            let amount = if place < half / 2 { requested } else { rounded(requested).max(floor.min(requested)) };
            let verdict = match place {
                place if place <= half && amount <= left => Verdict::Award,
                place if place <= half + half / 6 => Verdict::ReserveList,
                place if place % 29 == 7 => Verdict::Defer,
                _ => Verdict::Reject,
            };
            if verdict == Verdict::Award {
                left -= amount;
            }
            let number = self.number_of(id).ok_or_else(|| UseCaseError::Unreadable(organisation.to_string()))?;
            ranked.push(Ranked { id, number, version, verdict, amount });
        }
        Ok(ranked)
    }

    fn number_of(&self, id: ApplicationId) -> Option<i64> {
        // Identifiers are drawn in the order of the files.
        let place = self.entries.partition_point(|entry| entry.id < id);
        let near = self.entries.get(place).filter(|entry| entry.id == id);
        near.or_else(|| self.entries.iter().find(|entry| entry.id == id)).map(|entry| entry.number)
    }

    fn ranked(&self, batch: usize) -> &[Ranked] {
        let first = (batch * self.batch()).min(self.ranked.len());
        &self.ranked[first..self.ranked.len().min(first + self.batch())]
    }

    fn decide(&self, tx: &mut Tx, batch: usize, now: Moment) -> Outcome<()> {
        let officer = self.cast.officer.actor();
        for file in self.ranked(batch) {
            let motive = match file.verdict {
                Verdict::Award => "Un projet solide, construit avec ses partenaires et utile au territoire.",
                Verdict::ReserveList => "Un bon projet, qui sera soutenu si l’enveloppe le permet.",
                Verdict::Defer => "Le comité souhaite rencontrer l’équipe avant de se prononcer.",
                Verdict::Reject => "Le lien entre le local et le mondial reste à construire avec les participant·es.",
            };
            let (verdict, amount) = (file.verdict, file.amount.plain());
            let form = DecisionForm { verdict, amount, motive: motive.into(), conditions: String::new() };
            decisions::decide(tx, &officer, file.id, &form, file.version, now)?;
        }
        Ok(())
    }

    /// Who has signed the agreement of an awarded file when the story ends.
    fn signed(&self, id: ApplicationId) -> Signed {
        if !self.leaves_unsigned {
            return Signed::ByBoth;
        }
        let mut awarded = self.ranked.iter().filter(|file| file.verdict == Verdict::Award);
        match awarded.position(|file| file.id == id) {
            Some(0) => Signed::ByHolder,
            Some(1) => Signed::ByNobody,
            _ => Signed::ByBoth,
        }
    }

    /// Most accept and give an account; a few decline, a few let the offer lie.
    fn accept(&self, tx: &mut Tx, batch: usize, scene: &Scene<'_>, now: Moment, news: &mut News) -> Outcome<()> {
        for file in self.ranked(batch).iter().filter(|file| file.verdict == Verdict::Award) {
            let (Some(holder), mut dice) = (scene.known(file.number), self.dice_of(file.number, 3)) else { continue };
            let dossier = holder.dossier(file.id);
            let Some(grant) = grants::of_application(tx.conn(), file.id)? else { continue };
            let actor = dossier.applicant.actor();
            let signed = self.signed(file.id);
            match dice.below(100) {
                0..4 if signed == Signed::ByBoth => {
                    drop(advance_now::<Grant>(tx, &actor, grant.id, GrantEvent::Decline, now)?);
                }
                4..7 if signed == Signed::ByBoth => {}
                _ => {
                    crate::usecases::grants::accept(tx, &actor, grant.id, grant.version, now)?;
                    if !scene.has_account(file.number) {
                        let account = paying::enter_account(tx, &dossier, scene.paper, now)?;
                        news.accounts.push(file.number);
                        if now.plus_days(40) < scene.until || dice.chance(60) {
                            paying::verify_account(tx, &self.cast, account, now)?;
                        }
                    }
                    paying::sign(tx, &self.cast, &dossier, &grant, signed, now)?;
                }
            }
        }
        Ok(())
    }
}

/// Nine tenths, in whole hundreds of euros.
fn rounded(amount: Euros) -> Euros {
    Euros::from_cents(amount.cents() * 9 / 10 / 10_000 * 10_000)
}

fn effort(dice: &mut Dice) -> Effort {
    match dice.below(100) {
        0..4 => Effort::Nothing,
        4..10 => Effort::Draft,
        10..12 => Effort::TakenBack,
        12..14 => Effort::Withdrawn,
        _ => Effort::Filed,
    }
}

fn finding(dice: &mut Dice) -> Finding {
    match dice.below(100) {
        0..10 => Finding::Lacking(true),
        10..12 => Finding::Lacking(false),
        12..18 => Finding::Unfit(false),
        18..20 => Finding::Unfit(true),
        _ => Finding::Fit,
    }
}
