//! Signing on the pages of a grant: who has signed, who comes next and by when, and the forms of whoever may sign now.

use super::{
    App, Failure, Fields, Reply,
    audiences::SignedIn,
    flashes::see_other_saying,
    pages::Flash,
    sendings::{Sent, send},
    uploads,
};
use crate::{
    domain::{
        attachments::LARGEST_IN_WORDS,
        ids::{DocumentId, GrantId},
        signing::{SigningSide, SigningWay, masked},
        text::nbsp,
        time::french_date,
    },
    store::{grants::GrantRow, signing::SignatureRow},
    usecases::{
        FieldError, UseCaseError, amendments,
        grant_papers::GrantPaper,
        grants,
        signing::{self, Paper, Signing},
    },
};

/// Everything a page shows of signatures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SigningPanel {
    pub papers: Vec<PaperLine>,
    /// The first paper the reader may sign now.
    pub form: Option<SigningForm>,
    /// The first paper of which the reader may deposit a copy that came by post.
    pub deposit: Option<PostalForm>,
}

/// The form of whoever opens the post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostalForm {
    pub document: String,
    /// « la convention de subvention ».
    pub what: &'static str,
    pub signed_by: String,
    pub signed_on: String,
    pub limit: &'static str,
}

/// A paper, and what each side has done with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLine {
    pub title: String,
    pub href: String,
    pub sides: Vec<SideLine>,
    /// Who signs next and by when; empty once both have signed, or the grant has ended.
    pub next: String,
}

/// What one side has done with a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideLine {
    pub who: &'static str,
    pub said: String,
    /// The copy signed on paper.
    pub scan: Option<String>,
}

/// The forms of whoever may sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningForm {
    pub document: String,
    /// « la convention de subvention ».
    pub what: &'static str,
    pub body: String,
    /// The signer's own name, as it must be typed.
    pub reader: String,
    /// Where the code goes, masked.
    pub mailbox: String,
    /// Whether it may be signed online; a colleague only sends the copy signed on paper.
    pub is_online: bool,
    pub has_code: bool,
    pub typed_name: String,
    pub typed_code: String,
    pub is_sworn: bool,
    pub limit: &'static str,
}

fn side_line(paper: &Paper, side: SigningSide) -> SideLine {
    let given = paper.of(side);
    let said = match given {
        None => "n’a pas encore signé".to_owned(),
        Some(SignatureRow { signed_by: Some(by), signed_on: Some(day), name, signed_at, .. }) => format!(
            "signé sur papier par {by} le {}, exemplaire reçu par la poste et déposé par {name} le {}",
            french_date(*day),
            signed_at.french()
        ),
        Some(row) if row.way == SigningWay::Scan => {
            format!("exemplaire signé sur papier, déposé par {} le {}", row.name, row.signed_at.french())
        }
        Some(row) => format!("signé par {} le {}", row.name, row.signed_at.french()),
    };
    let scan = given.and_then(|row| row.attachment_id).map(|id| format!("/pieces/{id}"));
    SideLine { who: side.label(), said, scan }
}

fn line(paper: &Paper, grant: &GrantRow) -> PaperLine {
    let by = french_date(paper.row.sign_by);
    let next = match paper.next().filter(|_| amendments::is_open(grant.state)) {
        Some(SigningSide::Holder) => format!("À signer maintenant : l’organisation, avant le {by}."),
        Some(SigningSide::Issuer) => format!("À signer maintenant : la direction, avant le {by}."),
        None => String::new(),
    };
    PaperLine {
        title: super::grants::capitalised(&paper.document.title),
        href: format!("/subventions/{}/courriers/{}", grant.id, paper.document.id),
        sides: SigningSide::ALL.iter().map(|side| side_line(paper, *side)).collect(),
        next: nbsp(&next),
    }
}

/// The signatures of a grant for this reader, with what was typed.
pub fn panel(paper: &GrantPaper, who: &SignedIn, typed: &Fields) -> SigningPanel {
    let wanted = typed.filled("document");
    let mine = |paper: &&Paper| paper.signs.or(paper.sends).is_some();
    let is_wanted = |paper: &&Paper| wanted == Some(paper.document.id.as_str());
    let open = paper.signing.iter().filter(mine).find(is_wanted).or_else(|| paper.signing.iter().find(mine));
    let form = open.map(|open| SigningForm {
        document: open.document.id.to_string(),
        what: open.what(),
        body: match open.signs.or(open.sends) {
            Some(SigningSide::Issuer) => "le réseau".to_owned(),
            _ => paper.file.holder.name.clone(),
        },
        reader: paper.reader.clone(),
        mailbox: masked(&who.email),
        is_online: open.signs.is_some(),
        has_code: open.has_code,
        typed_name: typed.text("nom").to_owned(),
        typed_code: typed.text("code").to_owned(),
        is_sworn: typed.has("engagement"),
        limit: LARGEST_IN_WORDS,
    });
    let postal = paper.signing.iter().find(|one| one.deposits);
    let deposit = postal.map(|one| PostalForm {
        document: one.document.id.to_string(),
        what: one.what(),
        signed_by: match typed.has("signataire") {
            true => typed.text("signataire").to_owned(),
            false => paper.file.holder.representative_name.clone(),
        },
        signed_on: typed.text("signe_le").to_owned(),
        limit: LARGEST_IN_WORDS,
    });
    let lines = paper.signing.iter().map(|one| line(one, &paper.file.grant));
    SigningPanel { papers: lines.collect(), form, deposit }
}

/// The paper a form is about.
fn document(form: &Fields) -> Result<DocumentId, Failure> {
    form.text("document").parse().map_err(|_| Failure::NotFound)
}

/// Sends a code to the reader's mailbox.
pub async fn ask_code(app: &App, who: &SignedIn, (id, home): (GrantId, &str), form: &Fields) -> Reply {
    let (document, actor, now) = (document(form)?, who.actor.clone(), app.now());
    let sent = Sent::new(app, who, form, &format!("{home}/signature/code"), home);
    let to = send(app, sent, move |tx| signing::ask(tx, &actor, (id, document), now).map(drop)).await?;
    let said = format!("Un code part vers {}. Il sert un quart d’heure.", masked(&who.email));
    Ok(see_other_saying(to, &Flash::success(said)))
}

/// Signs with a code; gives where it leads, or what was wrong with the form.
pub async fn sign(
    app: &App,
    who: &SignedIn,
    (id, home): (GrantId, &str),
    form: &Fields,
) -> Result<Result<String, Vec<FieldError>>, Failure> {
    let (document, now) = (document(form)?, app.now());
    let (actor, code) = (who.actor.clone(), form.text("code").to_owned());
    let tried = app.write(move |tx| signing::try_out(tx, &actor, (id, document), &code, now)).await?;
    let signing = Signing {
        typed_name: form.text("nom").to_owned(),
        is_sworn: form.has("engagement"),
        code: form.text("code").to_owned(),
        fault: tried.err(),
        session: who.sign_in.to_string(),
    };
    let actor = who.actor.clone();
    let sent = Sent::new(app, who, form, &format!("{home}/signature"), home);
    told(send(app, sent, move |tx| signing::sign(tx, &actor, (id, document), &signing, now)).await)
}

/// Takes a copy signed on paper.
pub async fn on_paper(
    app: &App,
    who: &SignedIn,
    (id, home): (GrantId, &str),
    form: uploads::Parts,
) -> Result<(Fields, Result<String, Vec<FieldError>>), Failure> {
    // Nothing is read from somebody who may not see the grant.
    let actor = who.actor.clone();
    app.read(move |conn| grants::file(conn, &actor, id).map(drop)).await?;
    let upload = uploads::read(form).await?;
    let (fields, (name, bytes)) = (upload.fields.clone(), upload.file_or_nothing());
    let document = document(&fields)?;
    let scan = match signing::judge_scan("exemplaire", &name, &bytes) {
        Ok(scan) => scan,
        Err(UseCaseError::Invalid(wrong)) => return Ok((fields, Err(wrong))),
        Err(error) => return Err(error.into()),
    };
    app.files()?.put(bytes).await?;
    let (actor, session, now) = (who.actor.clone(), who.sign_in.to_string(), app.now());
    let sent = Sent::new(app, who, &fields, &format!("{home}/signature/papier"), home);
    let done =
        send(app, sent, move |tx| signing::sign_on_paper(tx, &actor, (id, document), (&scan, &session), now)).await;
    Ok((fields, told(done)?))
}

fn told(done: Result<String, Failure>) -> Result<Result<String, Vec<FieldError>>, Failure> {
    match done {
        Ok(to) => Ok(Ok(to)),
        Err(Failure::UseCase(UseCaseError::Invalid(wrong))) => Ok(Err(wrong)),
        Err(failure) => Err(failure),
    }
}
