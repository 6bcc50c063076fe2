//! What a call has written for its mails: in each of them as it leaves, with the values it names.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, closed, open},
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{
        definitions::CallDefinition,
        ids::ApplicationId,
        messages::{Mail, MessageKind},
        time::Moment,
    },
    store::{StoreError, messages},
    usecases::clock,
};

fn texts(call: &mut CallDefinition) {
    let letters = &mut call.letters;
    letters.receipt_mail = "Merci à {organisation} pour « {projet} ».\n\nVous demandez {montant_demande}.".into();
    letters.complement_mail = "Écrivez à {contact} avant le {date_limite}.".into();
    letters.draft_mail = "Le dossier {dossier} attend jusqu’au {date_limite}.".into();
}

/// What the last mail of this kind says about a file.
fn said(programme: &Programme, id: ApplicationId, kind: MessageKind) -> String {
    let mails = programme.db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
    let row = mails.into_iter().find(|mail| mail.kind == kind).unwrap();
    let mail: Mail = serde_json::from_str(&row.facts).unwrap();
    mail.paragraphs.join("\n").replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn each_mail_of_a_call_says_what_the_call_has_written_for_it() {
    for db in each_database() {
        let programme = Programme::with(db, texts);
        let (_, filed) = programme.filed(1, 3_000);
        let receipt = said(&programme, filed, MessageKind::Receipt);
        let title = programme.application(filed).title.replace('\u{a0}', " ");
        assert!(receipt.contains(&format!("pour « {title} ».\nVous demandez 3 000")), "{receipt}");
        let (_, draft) = programme.complete(2, 3_000);
        let week_before = Moment::start_of_day("2027-01-24".parse().unwrap()).plus_minutes(9 * 60);
        programme.db.write(|tx| clock::run_due(tx, week_before)).unwrap();
        let reminded = said(&programme, draft, MessageKind::ClosingSoon);
        let number = programme.application(draft).reference;
        assert!(reminded.contains(&format!("Le dossier {number} attend jusqu’au ")), "{reminded}");
        programme.ask_complement(filed, "Le titre.", &["question-titre"], closed()).unwrap();
        let asked = said(&programme, filed, MessageKind::ComplementAsked);
        assert!(asked.contains("Écrivez à recital@lianescooperation.example avant le "), "{asked}");
        for text in [receipt, asked, reminded] {
            assert!(!text.contains(['{', '}']), "{text}");
        }
    }
}

#[test]
fn a_mail_leaves_without_a_text_whose_value_it_lacks() {
    let programme = Programme::with(sqlite(), |call| {
        call.letters.complement_mail = "Votre projet « {projet} » avance.".into();
    });
    let (_, filed) = programme.filed(1, 3_000);
    let blank = "UPDATE applications SET title = ''";
    programme.db.write(|tx| tx.conn().batch_execute(blank).map_err(StoreError::from)).unwrap();
    programme.ask_complement(filed, "Le titre.", &["question-titre"], open()).unwrap();
    let asked = said(&programme, filed, MessageKind::ComplementAsked);
    assert!(asked.contains("Le titre.") && !asked.contains("avance") && !asked.contains('{'), "{asked}");
}
