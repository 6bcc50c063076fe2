//! How a made-up story begins: definitions loaded, calls published, a paper to attach.

use super::applying::OpenCall;
use crate::{
    domain::{
        definitions::Definition,
        lifecycles::calls::{Call, CallEvent},
        time::Moment,
    },
    store::Tx,
    usecases::{
        Actor, Outcome,
        advance::advance_now,
        attachments::{self, FitFile},
        calls, reference_data,
    },
};

/// A one-page PDF that stands for every paper people attach.
pub(crate) const PAPER: &[u8] = b"%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>> endobj
4 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
5 0 obj <</Length 60>> stream
BT /F1 18 Tf 72 720 Td (Document de demonstration) Tj ET   
endstream endobj
trailer <</Root 1 0 R/Size 6>>
%%EOF
";

/// The paper as a file that may be attached under this name.
pub(crate) fn paper(name: &str) -> Outcome<FitFile> {
    attachments::judge("piece", name, PAPER)
}

/// Loads a definition and publishes its calls.
pub(crate) fn publish(tx: &mut Tx, officer: &Actor, definition: &Definition, now: Moment) -> Outcome<Vec<OpenCall>> {
    reference_data::load(tx)?;
    calls::load(tx, officer, definition, now)?;
    let mut open = Vec::with_capacity(definition.calls.len());
    for call in &definition.calls {
        let row = calls::by_reference(tx.conn(), &call.reference)?;
        advance_now::<Call>(tx, officer, row.id, CallEvent::Publish, now)?;
        open.push(OpenCall { id: row.id, definition: call.clone() });
    }
    Ok(open)
}
