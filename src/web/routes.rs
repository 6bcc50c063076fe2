//! The site map: every address, one line each, with who may open it.

use super::{account, admin, applicant, assets, audiences::Who, errors, finance, mailbox, public};
use crate::domain::roles::Role;
use actix_web::web::{self, ServiceConfig};

/// One address of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    pub method: &'static str,
    pub path: &'static str,
    pub who: Who,
}

macro_rules! site_map {
    ($($method:ident $path:literal $who:ident $handler:path;)+) => {
        /// Every address, in the order of the map.
        pub const SITE_MAP: &[Address] = &[
            $(Address { method: stringify!($method), path: $path, who: Who::$who }),+
        ];

        /// Registers every address of the map; everything else is a page that says so.
        pub fn configure(config: &mut ServiceConfig) {
            $(config.route($path, web::$method().to($handler));)+
            config.default_service(web::to(|| async { errors::not_found() }));
        }
    };
}

site_map! {
    // public
    get "/static/{path:.*}" Public assets::serve;
    get "/" Public public::calls::home;
    get "/appels/{reference}" Public public::calls::show;
    get "/quel-fonds" Public public::eligibility::ask;
    get "/projets" Public public::projects::list;
    get "/verifier" Public public::documents::ask;
    get "/verifier/{code}" Public public::documents::check;
    get "/mentions-legales" Public public::site::legal;
    get "/accessibilite" Public public::site::accessibility;
    get "/contact" Public public::site::contact;

    // account
    get "/connexion" Public account::sign_in::show;
    post "/connexion" Public account::sign_in::by_password;
    post "/connexion/lien" Public account::sign_in::ask_link;
    get "/connexion/lien/{secret}" Public account::sign_in::show_link;
    post "/connexion/lien/{secret}" Public account::sign_in::use_link;
    get "/inscription" Public account::sign_up::show;
    post "/inscription" Public account::sign_up::create;
    post "/deconnexion" Member account::sign_in::sign_out;
    get "/compte" Member account::profile::show;
    post "/compte/mot-de-passe" Member account::profile::set_password;
    post "/compte/appareils/{id}/fin" Member account::profile::end_device;

    // applicant
    get "/organisations" Applicant applicant::organisations::list;
    get "/organisations/nouvelle" Applicant applicant::organisations::blank;
    post "/organisations/nouvelle" Applicant applicant::organisations::create;
    get "/organisations/{id}" Applicant applicant::organisations::show;
    post "/organisations/{id}" Applicant applicant::organisations::edit;
    post "/organisations/{id}/invitations" Applicant applicant::organisations::invite;
    get "/appels/{reference}/dossier" Applicant applicant::applications::ask;
    post "/appels/{reference}/dossier" Applicant applicant::applications::start;
    get "/dossiers" Applicant applicant::applications::list;
    get "/dossiers/{id}" Applicant applicant::applications::show;
    post "/dossiers/{id}/depot" Applicant applicant::applications::submit;
    post "/dossiers/{id}/reprise" Applicant applicant::applications::take_back;
    post "/dossiers/{id}/retrait" Applicant applicant::applications::withdraw;
    post "/dossiers/{id}/complement" Applicant applicant::applications::answer_complement;
    post "/dossiers/{id}/reexamen" Applicant applicant::applications::appeal;
    post "/dossiers/{id}/binome" Applicant applicant::applications::join_partner;
    get "/dossiers/{id}/documents/{document}" Applicant applicant::files::letter;
    get "/dossiers/{id}/rubriques/{section}" Applicant applicant::sections::show;
    post "/dossiers/{id}/rubriques/{section}" Applicant applicant::sections::save;
    post "/dossiers/{id}/pieces/{document}" Applicant applicant::files::attach;
    post "/dossiers/{id}/pieces/{attachment}/retrait" Applicant applicant::files::detach;
    get "/pieces/{attachment}" Member applicant::files::download;

    // finance
    get "/finances" Books finance::overview::show;
    get "/finances/journal" Books finance::journal::list;
    get "/finances/journal/comptes" Books finance::journal::accounts;
    get "/finances/comptes" Finance finance::bank_accounts::list;
    get "/finances/comptes/{id}" Finance finance::bank_accounts::show;
    post "/finances/comptes/{id}/numero" Finance finance::bank_accounts::reveal;
    post "/finances/comptes/{id}/verification" Finance finance::bank_accounts::verify;
    post "/finances/comptes/{id}/blocage" Finance finance::bank_accounts::block;
    get "/finances/versements" Books finance::disbursements::list;
    post "/finances/versements/autorisation" Finance finance::disbursements::authorise;
    get "/finances/versements/{id}" Books finance::disbursements::show;
    post "/finances/versements/{id}/autorisation" Finance finance::disbursements::authorise_one;
    post "/finances/versements/{id}/retenue" Finance finance::disbursements::withhold;
    post "/finances/versements/{id}/reprise" Finance finance::disbursements::restore;
    post "/finances/versements/{id}/sortie-du-lot" Finance finance::disbursements::leave_run;
    post "/finances/versements/{id}/paiement" Finance finance::disbursements::mark_paid;
    post "/finances/versements/{id}/rejet" Finance finance::disbursements::mark_returned;
    get "/finances/lots" Books finance::payment_runs::list;
    post "/finances/lots" Finance finance::new_runs::prepare;
    get "/finances/lots/nouveau" Finance finance::new_runs::blank;
    get "/finances/lots/{id}" Books finance::payment_runs::show;
    post "/finances/lots/{id}/approbation" Payer finance::payment_runs::approve;
    post "/finances/lots/{id}/annulation" Payer finance::payment_runs::cancel;
    get "/finances/lots/{id}/fichier" Finance finance::payment_runs::download;
    post "/finances/lots/{id}/fichier" Finance finance::payment_runs::export;
    post "/finances/lots/{id}/paiement" Finance finance::payment_runs::mark_paid;
    get "/finances/trop-percus" Books finance::recoveries::list;
    get "/finances/trop-percus/{id}" Books finance::recoveries::show;
    post "/finances/trop-percus/{id}/reception" Finance finance::recoveries::receive;
    post "/finances/trop-percus/{id}/compensation" Finance finance::recoveries::offset;
    post "/finances/trop-percus/{id}/abandon" Director finance::recoveries::write_off;
    get "/finances/exports" Books finance::exports::show;
    get "/finances/exports/fichier" Books finance::exports::download;

    // administration
    get "/administration" Admin admin::people::list;
    post "/administration/personnes" Admin admin::people::add;
    get "/administration/personnes/{id}" Admin admin::people::show;
    post "/administration/personnes/{id}/{change}" Admin admin::people::change;
    get "/administration/courriels" Admin admin::messages::list;
    get "/administration/courriels/{id}" Admin admin::messages::show;
    post "/administration/courriels/{id}/{decision}" Admin admin::messages::decide;
    get "/administration/historique" Auditor admin::history::list;
    get "/administration/integrite" Auditor admin::integrity::show;

    // the mailbox of the demo
    get "/boite-aux-lettres" Public mailbox::list;
    get "/boite-aux-lettres/{file}" Public mailbox::show;
    get "/boite-aux-lettres/{file}/{index}" Public mailbox::attachment;
}

/// The menu: the links each role gives.
pub(super) const MENU: &[(Role, &str, &str)] = &[
    (Role::Applicant, "/dossiers", "Mes dossiers"),
    (Role::Applicant, "/organisations", "Mes organisations"),
    (Role::Reviewer, "/comite", "Mes évaluations"),
    (Role::Officer, "/instruction", "Instruction"),
    (Role::Officer, "/appels-a-projets", "Appels à projets"),
    (Role::Officer, "/seances", "Séances"),
    (Role::Director, "/direction", "À confirmer"),
    (Role::Finance, "/finances", "Finances"),
    (Role::Director, "/finances", "Finances"),
    (Role::Auditor, "/finances", "Finances"),
    (Role::Finance, "/finances/versements", "Versements"),
    (Role::Finance, "/finances/lots", "Lots de virements"),
    (Role::Director, "/finances/lots", "Lots de virements"),
    (Role::Finance, "/finances/comptes", "Comptes bancaires"),
    (Role::Finance, "/finances/exports", "Exports"),
    (Role::Admin, "/administration", "Personnes et rôles"),
    (Role::Admin, "/administration/courriels", "Courriels"),
    (Role::Admin, "/administration/historique", "Historique"),
    (Role::Auditor, "/administration/historique", "Historique"),
    (Role::Admin, "/administration/integrite", "Intégrité"),
    (Role::Auditor, "/administration/integrite", "Intégrité"),
];
