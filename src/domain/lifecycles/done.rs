//! What happened, in words: the French of every event once it is over, for timelines. The words of a button are those of
//! what one may do; these are those of what was done.

use crate::domain::lifecycle::{BIRTH, Machine};

/// « Dossier déposé »; empty for a code the machine does not have.
pub fn done_label(machine: Machine, event: &str) -> &'static str {
    match machine {
        Machine::Call => call(event),
        Machine::Application => application(event),
        Machine::Review => review(event),
        Machine::Session => session(event),
        Machine::Grant => grant(event),
        Machine::Amendment => amendment(event),
        Machine::Disbursement => disbursement(event),
        Machine::PaymentRun => payment_run(event),
        Machine::Report => report(event),
        Machine::Recovery => recovery(event),
        Machine::BankAccount => bank_account(event),
        Machine::Message => message(event),
        Machine::Donation => donation(event),
    }
}

fn call(event: &str) -> &'static str {
    match event {
        BIRTH => "Appel préparé",
        "publish" => "Appel publié",
        "start_review" => "Instruction commencée",
        "deliberate" => "Délibérations closes",
        "plan_release" => "Heure de l’annonce fixée",
        "drop_release" => "Heure de l’annonce abandonnée",
        "halt_release" => "Annonce arrêtée à l’heure prévue",
        "announce" => "Résultats annoncés",
        "archive" => "Appel archivé",
        "cancel" => "Appel annulé",
        "revise" => "Révision de l’appel publiée",
        _ => "",
    }
}

fn application(event: &str) -> &'static str {
    match event {
        BIRTH => "Dossier commencé",
        "submit" => "Dossier déposé",
        "take_back" => "Dossier repris en brouillon",
        "open_late" => "Délai accordé pour déposer",
        "pair" => "Binôme formé",
        "unpair" => "Binôme séparé",
        "request_complement" => "Complément demandé",
        "answer_complement" => "Complément envoyé",
        "lapse_complement" => "Absence de réponse constatée",
        "declare_eligible" => "Dossier déclaré recevable",
        "declare_ineligible" => "Dossier déclaré non recevable",
        "appeal" => "Réexamen demandé",
        "start_review" => "Dossier confié au comité",
        "award" => "Projet retenu",
        "reserve_list" => "Projet mis sur liste d’attente",
        "reject" => "Projet non retenu",
        "defer" => "Décision reportée",
        "withdraw" => "Dossier retiré",
        _ => "",
    }
}

fn review(event: &str) -> &'static str {
    match event {
        BIRTH => "Évaluation confiée",
        "start" => "Évaluation commencée",
        "submit" => "Évaluation remise",
        "reopen" => "Évaluation rouverte",
        "recuse" => "Déport enregistré",
        "decline" => "Dossier rendu",
        _ => "",
    }
}

fn session(event: &str) -> &'static str {
    match event {
        BIRTH => "Séance planifiée",
        "convene" => "Comité convoqué",
        "open" => "Séance ouverte",
        "minute" => "Procès-verbal établi",
        "sign" => "Procès-verbal signé",
        "correct" => "Procès-verbal corrigé",
        "confirm" => "Décisions confirmées",
        "close_without_board" => "Séance close sans confirmation du conseil",
        _ => "",
    }
}

fn grant(event: &str) -> &'static str {
    match event {
        BIRTH => "Subvention proposée",
        "accept" => "Subvention acceptée",
        "decline" => "Subvention refusée",
        "lapse" => "Absence de réponse constatée",
        "send_agreement" => "Convention envoyée",
        "activate" => "Subvention mise en cours",
        "start_closing" => "Solde calculé",
        "close" => "Subvention soldée",
        "reopen" => "Solde rouvert",
        "suspend" => "Subvention suspendue",
        "resume" => "Suspension levée",
        "terminate" => "Subvention résiliée",
        _ => "",
    }
}

fn amendment(event: &str) -> &'static str {
    match event {
        BIRTH => "Avenant demandé",
        "approve" => "Avenant accordé",
        "propose" => "Avenant accordé, à signer",
        "take_effect" => "Avenant signé, en vigueur",
        "refuse" => "Avenant refusé",
        _ => "",
    }
}

fn disbursement(event: &str) -> &'static str {
    match event {
        BIRTH => "Versement prévu",
        "authorise" => "Versement autorisé",
        "authorise_again" => "Versement autorisé à nouveau",
        "revoke" => "Autorisation retirée",
        "put_in_run" => "Versement mis dans un lot",
        "leave_run" => "Versement retiré du lot",
        "mark_paid" => "Versement exécuté",
        "mark_returned" => "Versement rejeté par la banque",
        "withhold" => "Versement retenu",
        "restore" => "Retenue levée",
        "cancel" => "Versement annulé",
        _ => "",
    }
}

fn payment_run(event: &str) -> &'static str {
    match event {
        BIRTH => "Lot préparé",
        "approve" => "Lot approuvé",
        "export" => "Fichier bancaire généré",
        "settle" => "Virements exécutés",
        "cancel" => "Lot annulé",
        _ => "",
    }
}

fn report(event: &str) -> &'static str {
    match event {
        BIRTH => "Bilan attendu",
        "start" => "Bilan commencé",
        "submit" => "Bilan déposé",
        "request_changes" => "Corrections du bilan demandées",
        "accept" => "Bilan accepté",
        "waive" => "Dispense de bilan accordée",
        _ => "",
    }
}

fn recovery(event: &str) -> &'static str {
    match event {
        BIRTH => "Trop-perçu demandé",
        "receive" => "Trop-perçu reçu",
        "offset_against" => "Trop-perçu compensé",
        "write_off" => "Créance abandonnée",
        "postpone" => "Échéance du trop-perçu reportée",
        "reopen" => "Compensation défaite, trop-perçu de nouveau dû",
        _ => "",
    }
}

fn bank_account(event: &str) -> &'static str {
    match event {
        BIRTH => "Compte saisi",
        "verify" => "Compte vérifié",
        "quarantine" => "Compte mis en quarantaine",
        "close" => "Compte fermé",
        _ => "",
    }
}

fn message(event: &str) -> &'static str {
    match event {
        BIRTH => "Courriel préparé",
        "claim" => "Envoi commencé",
        "mark_sent" => "Courriel parti",
        "mark_failed" => "Envoi échoué",
        "retry" => "Nouvel essai demandé",
        "give_back" => "Envoi interrompu",
        "hold" => "Courriel suspendu",
        "release" => "Courriel libéré",
        "cancel" => "Courriel annulé",
        _ => "",
    }
}

fn donation(event: &str) -> &'static str {
    match event {
        BIRTH => "Don enregistré",
        "issue_receipt" => "Reçu fiscal émis",
        "cancel_receipt" => "Reçu fiscal annulé",
        "cancel" => "Don annulé",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lifecycles::all_lines;

    #[test]
    fn every_line_of_every_table_says_what_was_done_and_never_in_the_infinitive() {
        for line in all_lines() {
            let said = done_label(line.machine, line.event);
            let first = said.split_whitespace().next().unwrap_or_default();
            let is_infinitive =
                !matches!(first, "Dossier" | "Fichier") && (first.ends_with("er") || first.ends_with("ir"));
            assert!(!first.is_empty() && !is_infinitive, "{line:?}: {said}");
        }
        assert_eq!(done_label(Machine::Grant, "no_such_event"), "");
    }
}
