//! Why somebody had a whole account number before their eyes.

use super::codes::codes;

codes! {
    /// The reason for which a number is opened.
    pub enum ReadingPurpose {
        /// On its page, by whoever compares it with the RIB.
        Verification => "verification",
        /// To write the file by which the bank pays.
        PaymentFile => "payment_file",
        /// In a bank file that is taken again.
        FileCopy => "file_copy",
        /// To print the letter that says where money is to be sent back.
        Letter => "letter",
        /// By whoever pays, to bring it together with a statement or with the bank's papers.
        Payer => "payer",
        /// An answer in a form.
        Answer => "answer",
    }
}

impl ReadingPurpose {
    /// In words, after a name.
    pub const fn label(self) -> &'static str {
        match self {
            ReadingPurpose::Verification => "pour le comparer au RIB",
            ReadingPurpose::PaymentFile => "pour générer le fichier bancaire",
            ReadingPurpose::FileCopy => "dans le fichier bancaire téléchargé",
            ReadingPurpose::Letter => "pour imprimer une lettre",
            ReadingPurpose::Payer => "pour le comparer aux pièces de la banque",
            ReadingPurpose::Answer => "dans les réponses d’un formulaire",
        }
    }
}
