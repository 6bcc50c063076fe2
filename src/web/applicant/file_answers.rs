//! Files among the answers of a section: how each is asked, and what comes with the form of the page.

use super::{
    documents::LIMITS,
    questions::{Asked, FileAsked},
};
use crate::{
    domain::{
        attachments::{LARGEST, Unfit},
        time::Moment,
    },
    store::Tx,
    usecases::{
        Actor, FieldError, Outcome, UseCaseError,
        answers::Content,
        attachments::{self, FitFile},
        file_answers,
    },
    web::{App, Failure, Fields, uploads::Sent},
};

/// The part of the page about the file of a question.
pub(super) fn place(code: &str) -> String {
    format!("piece-{code}")
}

/// A question with the file it has.
pub(super) fn with_file(asked: Asked, content: &Content) -> Asked {
    let file = content.attachments.iter().find(|file| file.document_code == asked.name);
    let shown = FileAsked {
        id: place(&asked.name),
        action: format!("/dossiers/{}/pieces/{}", content.row.id, asked.name),
        current: file.map(|file| file.file_name.clone()).unwrap_or_default(),
        href: file.map(|file| format!("/pieces/{}", file.id)).unwrap_or_default(),
        scan: file.and_then(|file| content.verdict(file)).map_or("", |verdict| verdict.label()),
        most: LARGEST,
    };
    let help = format!("{} {LIMITS}", asked.help).trim().to_owned();
    Asked { help, file: Some(shown), ..asked }
}

/// What a button beside a file asks for, by the code of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum FileDeed {
    Attach(String),
    Remove(String),
}

impl FileDeed {
    /// What a button sends: `fichier.photo`, `sans-fichier.photo`.
    fn parse(sent: &str) -> Option<FileDeed> {
        match sent.split_once('.')? {
            ("fichier", code) => Some(FileDeed::Attach(code.to_owned())),
            ("sans-fichier", code) => Some(FileDeed::Remove(code.to_owned())),
            _ => None,
        }
    }

    pub(super) fn question(&self) -> &str {
        match self {
            FileDeed::Attach(code) | FileDeed::Remove(code) => code,
        }
    }

    pub(super) fn sentence(&self) -> &'static str {
        match self {
            FileDeed::Attach(_) => "Le fichier est joint, et le reste de la rubrique est enregistré.",
            FileDeed::Remove(_) => "Le fichier est retiré, et le reste de la rubrique est enregistré.",
        }
    }
}

/// The form of a section as it came: the files that may be attached are kept already, the others say why not.
pub(super) struct Received {
    pub fields: Fields,
    pub wrong: Vec<FieldError>,
    files: Vec<(String, FitFile)>,
    deed: Option<FileDeed>,
}

impl Received {
    /// Judges the files and keeps their bytes: they are on disk before any row names them.
    pub(super) async fn keep(app: &App, sent: Sent) -> Result<Self, Failure> {
        let deed = FileDeed::parse(sent.fields.text("suite"));
        let (mut files, mut wrong) = (Vec::new(), Vec::new());
        for file in sent.files {
            let Some(bytes) = file.bytes else {
                wrong.push(FieldError::new(&file.field, Unfit::TooLarge.sentence()));
                continue;
            };
            match attachments::judge(&file.field, &file.name, &bytes) {
                Ok(fit) => {
                    app.files()?.put(bytes).await?;
                    files.push((file.field, fit));
                }
                Err(UseCaseError::Invalid(said)) => wrong.extend(said),
                Err(error) => return Err(error.into()),
            }
        }
        if let Some(FileDeed::Attach(code)) = &deed
            && !files.iter().any(|(field, _)| field == code)
            && !wrong.iter().any(|said| said.field == *code)
        {
            wrong.push(FieldError::new(code, Unfit::Empty.sentence()));
        }
        Ok(Received { fields: sent.fields, wrong, files, deed })
    }

    /// Writes the files of the questions of a section; gives what the person asked for, if it was about a file.
    pub(super) fn write(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        content: &mut Content,
        section: &str,
        now: Moment,
    ) -> Outcome<Option<FileDeed>> {
        let asked = file_answers::asked_in(content, section);
        let files = self.files.iter().filter(|(code, _)| asked.contains(code));
        for (code, file) in files {
            file_answers::put(tx, actor, content, (code, file), now)?;
        }
        // Of a question that is not asked any more nothing was done, and nothing is said.
        let deed = self.deed.clone().filter(|deed| asked.iter().any(|code| code == deed.question()));
        if let Some(FileDeed::Remove(code)) = &deed {
            file_answers::take_away(tx, content, code, now)?;
        }
        Ok(deed)
    }
}
