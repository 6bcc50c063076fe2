//! The site map: every address, one line each, with who may open it.

use super::{
    account, admin, applicant, assets,
    audiences::Who,
    branches::{Leaf, grow},
    committee, director, errors, finance, funder, mailbox, officer, public,
};
use actix_web::web::{self, ServiceConfig};

pub use super::audiences::Address;

macro_rules! site_map {
    ($($method:ident $path:literal $who:ident $handler:path;)+) => {
        /// Every address, in the order of the map.
        pub const SITE_MAP: &[Address] = &[
            $(Address { method: stringify!($method), path: $path, who: Who::$who }),+
        ];

        /// Registers every address of the map; everything else is a page that says so.
        pub fn configure(config: &mut ServiceConfig) {
            let mut branches = Vec::new();
            $(grow(&mut branches, stringify!($method), $path, web::$method().to($handler));)+
            for (first, leaves) in branches {
                let resources = leaves.into_iter().map(Leaf::resource);
                if first == "/" {
                    for home in resources {
                        config.service(home);
                    }
                } else {
                    config.service(resources.fold(web::scope(first), |branch, page| branch.service(page)));
                }
            }
            config.default_service(web::to(|| async { errors::not_found() }));
        }
    };
}

site_map! {
    // public
    get "/static/{path:.*}" Public assets::serve;
    get "/" Public public::calls::home;
    get "/appels/{reference}" Public public::calls::show;
    get "/appels/{reference}/reglement" Public public::calls::rules;
    get "/quel-fonds" Public public::eligibility::ask;
    get "/communes" Public public::communes::propose;
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
    get "/compte/presence" Member account::presence::show;
    post "/compte/presence" Member account::presence::stay;
    post "/compte/mot-de-passe" Member account::profile::set_password;
    post "/compte/appareils/{id}/fin" Member account::profile::end_device;
    // applicant
    get "/organisations" Applicant applicant::organisations::list;
    get "/organisations/nouvelle" Applicant applicant::organisations::blank;
    post "/organisations/nouvelle" Applicant applicant::organisations::create;
    get "/organisations/{id}" Applicant applicant::organisations::show;
    post "/organisations/{id}" Applicant applicant::organisations::edit;
    post "/organisations/{id}/invitations" Applicant applicant::organisations::invite;
    post "/organisations/{id}/membres/{person}" Applicant applicant::organisations::reseat;
    get "/organisations/{id}/profil" Applicant applicant::profiles::show;
    post "/organisations/{id}/profil" Applicant applicant::profiles::save;
    post "/organisations/{id}/dirigeants" Applicant applicant::profiles::add;
    post "/organisations/{id}/dirigeants/{mandate}" Applicant applicant::profiles::change;
    post "/organisations/{id}/dirigeants/{mandate}/retrait" Applicant applicant::profiles::remove;
    get "/organisations/{id}/coffre" Applicant applicant::vaults::show;
    post "/organisations/{id}/coffre/{paper}" Applicant applicant::vaults::keep;
    post "/organisations/{id}/coffre/{paper}/retrait" Applicant applicant::vaults::remove;
    get "/organisations/{id}/compte" Applicant applicant::bank_accounts::show;
    post "/organisations/{id}/compte" Applicant applicant::bank_accounts::enter;
    post "/organisations/{id}/compte/code" Applicant applicant::bank_accounts::send_code;
    get "/appels/{reference}/dossier" Applicant applicant::starts::ask;
    post "/appels/{reference}/dossier" Applicant applicant::starts::start;
    get "/dossiers" Applicant applicant::application_lists::list;
    get "/dossiers/{id}" Applicant applicant::applications::show;
    post "/dossiers/{id}/copie/lue" Applicant applicant::starts::dismiss;
    get "/dossiers/{id}/signature" Applicant applicant::signatures::show;
    post "/dossiers/{id}/signature" Applicant applicant::signatures::sign;
    post "/dossiers/{id}/signature/demande" Applicant applicant::signatures::ask;
    get "/dossiers/{id}/liens" Applicant applicant::ties::show;
    post "/dossiers/{id}/liens" Applicant applicant::ties::declare;
    get "/dossiers/{id}/verification" Applicant applicant::checks::show;
    post "/dossiers/{id}/depot" Applicant applicant::applications::submit;
    post "/dossiers/{id}/reprise" Applicant applicant::applications::take_back;
    get "/dossiers/{id}/retrait" Applicant applicant::withdrawals::ask;
    post "/dossiers/{id}/retrait" Applicant applicant::applications::withdraw;
    post "/dossiers/{id}/complement" Applicant applicant::applications::answer_complement;
    post "/dossiers/{id}/reexamen" Applicant applicant::applications::appeal;
    post "/dossiers/{id}/binome" Applicant applicant::pairings::join;
    post "/dossiers/{id}/binome/recherche" Applicant applicant::pairings::look;
    post "/dossiers/{id}/binome/recherche/fin" Applicant applicant::pairings::stop;
    get "/dossiers/{id}/rendez-vous" Applicant applicant::slots::show;
    post "/dossiers/{id}/rendez-vous" Applicant applicant::slots::book;
    post "/dossiers/{id}/rendez-vous/fin" Applicant applicant::slots::cancel;
    get "/dossiers/{id}/messages" Applicant applicant::exchanges::show;
    post "/dossiers/{id}/messages" Applicant applicant::exchanges::post;
    get "/dossiers/{id}/pdf" Applicant applicant::files::whole;
    get "/dossiers/{id}/documents/{document}" Applicant applicant::files::letter;
    get "/dossiers/{id}/rubriques/{section}" Applicant applicant::sections::show;
    post "/dossiers/{id}/rubriques/{section}" Applicant applicant::sections::save;
    get "/dossiers/{id}/rubriques/{section}/communes/{question}" Applicant applicant::communes::show;
    post "/dossiers/{id}/rubriques/{section}/communes/{question}" Applicant applicant::communes::choose;
    post "/dossiers/{id}/rubriques/{section}/champs" Applicant applicant::field_saves::save;
    post "/dossiers/{id}/pieces/{document}" Applicant applicant::files::attach;
    post "/dossiers/{id}/pieces/{document}/coffre" Applicant applicant::vaults::reuse;
    post "/dossiers/{id}/pieces/{document}/plus-tard" Applicant applicant::files::promise;
    post "/dossiers/{id}/pieces/{attachment}/retrait" Applicant applicant::files::detach;
    get "/subventions" Applicant applicant::grants::list;
    get "/subventions/{id}" Applicant applicant::grants::show;
    post "/subventions/{id}/accord" Applicant applicant::grants::accept;
    get "/subventions/{id}/refus" Applicant applicant::grants::ask_decline;
    post "/subventions/{id}/refus" Applicant applicant::grants::decline;
    post "/subventions/{id}/pieces/{piece}" Applicant applicant::pieces::provide;
    post "/subventions/{id}/signature" Applicant applicant::grants::sign;
    post "/subventions/{id}/signature/code" Applicant applicant::grants::ask_code;
    post "/subventions/{id}/signature/papier" Applicant applicant::grants::sign_on_paper;
    get "/subventions/{id}/avenants" Applicant applicant::amendments::ask;
    post "/subventions/{id}/avenants" Applicant applicant::amendments::request;
    get "/subventions/{id}/bilans/{report}" Applicant applicant::reports::show;
    post "/subventions/{id}/bilans/{report}" Applicant applicant::reports::save;
    post "/subventions/{id}/bilans/{report}/debut" Applicant applicant::reports::start;
    post "/subventions/{id}/bilans/{report}/depot" Applicant applicant::reports::submit;
    post "/subventions/{id}/bilans/{report}/pieces/{document}" Applicant applicant::reports::attach;
    post "/subventions/{id}/bilans/{report}/delai" Applicant applicant::reports::extend;
    get "/subventions/{id}/bilans/{report}/certification" Applicant applicant::certifications::show;
    post "/subventions/{id}/bilans/{report}/certification" Applicant applicant::certifications::sign;
    post "/subventions/{id}/bilans/{report}/certification/demande" Applicant applicant::certifications::ask;
    get "/subventions/{id}/courriers/{document}" Member applicant::grants::letter;
    get "/pieces/{attachment}" Member applicant::files::download;
    // programme officers
    get "/instruction" Staff officer::queues::list;
    get "/instruction/pieces-attendues" Staff officer::owed_documents::list;
    get "/instruction/effacements" Staff officer::erasures::list;
    get "/instruction/recevabilite" Officer officer::admissions::ask;
    post "/instruction/recevabilite" Officer officer::admissions::admit;
    get "/instruction/fichier" Staff officer::queues::export;
    get "/instruction/{id}" Staff officer::dossiers::show;
    get "/instruction/{id}/pdf" Staff officer::dossiers::whole;
    post "/instruction/{id}/iban/{question}" Finance officer::sealed_numbers::reveal;
    get "/instruction/{id}/documents/{document}" Staff officer::dossiers::letter;
    post "/instruction/{id}/recevabilite" Officer officer::dossiers::admit;
    post "/instruction/{id}/appreciation" Officer officer::judgements::record;
    post "/instruction/{id}/depenses" Officer officer::cost_marks::mark;
    post "/instruction/{id}/irrecevabilite" Officer officer::dossiers::refuse;
    get "/instruction/{id}/complement" Officer officer::complements::blank;
    post "/instruction/{id}/complement" Officer officer::complements::request;
    get "/instruction/{id}/conservation" Officer officer::erasures::ask;
    post "/instruction/{id}/conservation" Officer officer::erasures::keep;
    get "/instruction/{id}/messages" Staff officer::exchanges::show;
    post "/instruction/{id}/messages" Officer officer::exchanges::post;
    get "/instruction/{id}/complements/{request}" Staff officer::complements::compare;
    post "/instruction/{id}/sans-reponse" Officer officer::dossiers::go_on;
    post "/instruction/{id}/comite" Officer officer::dossiers::hand_over;
    post "/instruction/{id}/lecteurs" Officer officer::dossiers::assign;
    post "/instruction/{id}/deports" Officer officer::dossiers::recuse;
    get "/appels-a-projets" Staff officer::call_lists::list;
    get "/appels-a-projets/nouveau" Officer officer::definitions::blank;
    post "/appels-a-projets/nouveau" Officer officer::definitions::load;
    get "/appels-a-projets/creation" Officer officer::preparations::creations::blank;
    post "/appels-a-projets/creation" Officer officer::preparations::creations::create;
    get "/appels-a-projets/{reference}" Staff officer::calls::show;
    get "/appels-a-projets/{reference}/preparation" Officer officer::preparations::pages::overview;
    get "/appels-a-projets/{reference}/preparation/{part}" Officer officer::preparations::pages::part;
    post "/appels-a-projets/{reference}/preparation/{part}" Officer officer::preparations::saving::part;
    get "/appels-a-projets/{reference}/preparation/{part}/{item}" Officer officer::preparations::pages::item;
    post "/appels-a-projets/{reference}/preparation/{part}/{item}" Officer officer::preparations::saving::item;
    get "/appels-a-projets/{reference}/preparation/{part}/{item}/apercu" Officer officer::preparations::previews::show;
    post "/appels-a-projets/{reference}/preparation/{part}/{item}/{deed}" Officer officer::preparations::saving::deed;
    get "/appels-a-projets/{reference}/repetition" Officer officer::preparations::rehearsals::ask;
    post "/appels-a-projets/{reference}/repetition" Officer officer::preparations::rehearsals::play;
    get "/appels-a-projets/{reference}/publication" Officer officer::call_steps::ask_publish;
    post "/appels-a-projets/{reference}/publication" Officer officer::calls::publish;
    get "/appels-a-projets/{reference}/instruction" Officer officer::call_steps::ask_start_review;
    post "/appels-a-projets/{reference}/instruction" Officer officer::calls::start_review;
    get "/appels-a-projets/{reference}/deliberation" Officer officer::call_steps::ask_deliberate;
    post "/appels-a-projets/{reference}/deliberation" Officer officer::calls::deliberate;
    get "/appels-a-projets/{reference}/archivage" Officer officer::call_steps::ask_archive;
    post "/appels-a-projets/{reference}/archivage" Officer officer::calls::archive;
    get "/appels-a-projets/{reference}/reponses" Officer officer::answers::download;
    get "/appels-a-projets/{reference}/statistiques" Staff officer::statistics::show;
    get "/appels-a-projets/{reference}/statistiques/tableau" Staff officer::statistics::download;
    get "/appels-a-projets/{reference}/delais" Officer officer::passes::list;
    post "/appels-a-projets/{reference}/delais" Officer officer::passes::open;
    get "/appels-a-projets/{reference}/binomes" Officer officer::pairings::list;
    post "/appels-a-projets/{reference}/binomes" Officer officer::pairings::pair;
    get "/appels-a-projets/{reference}/binomes/question" Officer officer::pairings::ask;
    get "/appels-a-projets/{reference}/binomes/{application}/fin" Officer officer::pairings::ask_separate;
    post "/appels-a-projets/{reference}/binomes/{application}/fin" Officer officer::pairings::separate;
    get "/appels-a-projets/{reference}/annulation" Staff officer::call_steps::ask_cancel;
    post "/appels-a-projets/{reference}/annulation" Staff officer::call_steps::cancel;
    get "/appels-a-projets/{reference}/revision" Officer officer::preparations::revisions::show;
    get "/appels-a-projets/{reference}/revision/publication" Officer officer::preparations::revisions::ask;
    post "/appels-a-projets/{reference}/revision/publication" Officer officer::preparations::revisions::publish;
    post "/appels-a-projets/{reference}/revision/abandon" Officer officer::preparations::revisions::give_up;
    get "/appels-a-projets/{reference}/declarations" Officer officer::interests::list;
    post "/appels-a-projets/{reference}/declarations" Officer officer::interests::remind;
    get "/appels-a-projets/{reference}/conflits" Officer officer::conflicts::list;
    post "/appels-a-projets/{reference}/conflits/{person}/{organisation}" Officer officer::conflicts::answer;
    post "/appels-a-projets/{reference}/comite" Officer officer::committees::appoint;
    get "/appels-a-projets/{reference}/comite/{person}" Officer officer::skills::show;
    post "/appels-a-projets/{reference}/comite/{person}" Officer officer::skills::save;
    post "/appels-a-projets/{reference}/comite/{person}/fin" Officer officer::committees::dismiss;
    get "/appels-a-projets/{reference}/repartition" Officer officer::assignments::show;
    post "/appels-a-projets/{reference}/repartition" Officer officer::assignments::apply;
    post "/appels-a-projets/{reference}/lectures" Officer officer::committees::hand_over;

    // committee
    get "/comite" Reviewer committee::reviews::list;
    get "/comite/declaration" Reviewer committee::interests::ask;
    post "/comite/declaration" Reviewer committee::interests::declare;
    get "/comite/suivant/{reference}" Reviewer committee::reviews::go_on;
    get "/comite/miroir/{reference}" Reviewer committee::mirrors::show;
    get "/comite/hors-ligne/{reference}" Reviewer committee::packs::show;
    post "/comite/hors-ligne/{reference}" Reviewer committee::packs::bring;
    get "/comite/hors-ligne/{reference}/dossiers.zip" Reviewer committee::packs::download;
    post "/comite/hors-ligne/{reference}/reprise" Reviewer committee::packs::take;
    get "/comite/evaluations/{id}" Reviewer committee::sheets::show;
    post "/comite/evaluations/{id}" Reviewer committee::sheets::save;
    post "/comite/evaluations/{id}/champs" Reviewer committee::review_saves::save;
    get "/comite/evaluations/{id}/decliner" Reviewer committee::conflicts::ask_decline;
    post "/comite/evaluations/{id}/decliner" Reviewer committee::conflicts::decline;
    get "/comite/dossiers/{application}/deport" Reviewer committee::conflicts::ask;
    post "/comite/dossiers/{application}/deport" Reviewer committee::conflicts::declare;
    get "/comite/lectures" Reviewer committee::guests::list;
    get "/comite/lectures/{application}" Reviewer committee::guests::show;
    get "/comite/appels/{reference}/statistiques" Reviewer committee::statistics::show;
    get "/comite/appels/{reference}/statistiques/tableau" Reviewer committee::statistics::download;
    get "/comite/seances/{id}" Reviewer committee::sessions::show;
    get "/comite/seances/{id}/declaration" Reviewer committee::interests::ask_session;
    post "/comite/seances/{id}/declaration" Reviewer committee::interests::declare_session;
    get "/comite/seances/{id}/salle" Reviewer committee::rooms::show;
    get "/comite/seances/{id}/proces-verbal" Reviewer committee::minutes::show;
    post "/comite/seances/{id}/proces-verbal" Reviewer committee::minutes::sign;
    get "/comite/seances/{id}/proces-verbal/{number}" Reviewer committee::minutes::sheet;
    get "/comite/seances/{id}/flux" Reviewer committee::rooms::follow;

    // the committee's decisions
    get "/appels-a-projets/{reference}/classement" Officer officer::rankings::list;
    get "/appels-a-projets/{reference}/classement/fichier" Officer officer::rankings::export;
    get "/appels-a-projets/{reference}/classement/{application}" Officer officer::ranking_reviews::show;
    post "/appels-a-projets/{reference}/classement/{application}" Officer officer::ranking_reviews::reopen;
    get "/seances" Officer officer::session_lists::list;
    post "/seances" Officer officer::session_lists::plan;
    get "/seances/{id}" Officer officer::sessions::show;
    post "/seances/{id}" Officer officer::sessions::reschedule;
    post "/seances/{id}/ordre-du-jour" Officer officer::sessions::add;
    post "/seances/{id}/dossiers/{application}/retrait" Officer officer::sessions::remove;
    post "/seances/{id}/dossiers/{application}/ordre" Officer officer::sessions::reorder;
    get "/seances/{id}/dossiers/{application}" Officer officer::decisions::show;
    post "/seances/{id}/dossiers/{application}" Officer officer::decisions::decide;
    post "/seances/{id}/dossiers/{application}/vote" Officer officer::votes::record;
    post "/seances/{id}/presences" Officer officer::attendance::attend;
    get "/seances/{id}/salle" Officer officer::rooms::show;
    post "/seances/{id}/salle" Officer officer::rooms::call_up;
    post "/seances/{id}/salle/dossiers/{application}" Officer officer::rooms::propose;
    get "/seances/{id}/ecran" Officer officer::rooms::hall;
    get "/seances/{id}/flux" Officer officer::rooms::follow;
    get "/seances/{id}/scenarios" Officer officer::scenarios::compare;
    post "/seances/{id}/scenarios" Officer officer::scenarios::keep;
    post "/seances/{id}/scenarios/{scenario}" Officer officer::scenarios::settle;
    post "/seances/{id}/convocation" Officer officer::sessions::convene;
    post "/seances/{id}/ouverture" Officer officer::sessions::open;
    get "/seances/{id}/proces-verbal" Officer officer::session_ends::ask_minute;
    post "/seances/{id}/proces-verbal" Officer officer::sessions::minute;
    get "/seances/{id}/proces-verbal/{number}" Staff officer::minutes::sheet;
    get "/seances/{id}/correction" Officer officer::minutes::ask;
    post "/seances/{id}/correction" Officer officer::minutes::correct;
    get "/seances/{id}/cloture" Officer officer::session_ends::ask_close;
    post "/seances/{id}/cloture" Officer officer::sessions::close;
    get "/appels-a-projets/{reference}/annonce" Officer officer::announcements::show;
    post "/appels-a-projets/{reference}/annonce" Officer officer::announcements::announce;
    post "/appels-a-projets/{reference}/annonce/heure" Officer officer::release_plans::fix;
    post "/appels-a-projets/{reference}/annonce/heure/fin" Officer officer::release_plans::drop_plan;
    get "/appels-a-projets/{reference}/annonce/{application}" Officer officer::letters::show;
    get "/appels-a-projets/{reference}/annonce/{application}/pdf" Officer officer::letters::pdf;
    post "/appels-a-projets/{reference}/annonce/{application}/lettre" Officer officer::letters::rewrite;
    post "/appels-a-projets/{reference}/annonce/{application}/lettre/modele" Officer officer::letters::back_to_model;
    post "/appels-a-projets/{reference}/annonce/{application}/lettre/relue" Officer officer::letters::read_again;

    get "/rendez-vous" Officer officer::slots::list;
    post "/rendez-vous" Officer officer::slots::open;
    get "/rendez-vous/{id}/annulation" Officer officer::slots::ask_close;
    post "/rendez-vous/{id}/annulation" Officer officer::slots::close;
    get "/appels-a-projets/{reference}/reserve" Officer officer::reserves::list;
    get "/appels-a-projets/{reference}/reserve/{application}" Officer officer::reserves::ask;
    post "/appels-a-projets/{reference}/reserve/{application}" Officer officer::reserves::propose;

    // management
    get "/direction" Director director::confirmations::list;
    get "/direction/promotions/{id}" Director director::promotions::show;
    post "/direction/promotions/{id}" Director director::promotions::confirm;
    post "/direction/promotions/{id}/refus" Director director::promotions::refuse;
    get "/direction/seances/{id}" Director director::confirmations::show;
    post "/direction/seances/{id}" Director director::confirmations::confirm;
    // following grants
    get "/suivi" Staff officer::grants::list;
    get "/suivi/bilans/{report}" Staff officer::reports::show;
    post "/suivi/bilans/{report}/acceptation" Staff officer::reports::accept;
    post "/suivi/bilans/{report}/lignes" Staff officer::reports::judge;
    post "/suivi/bilans/{report}/corrections" Staff officer::reports::ask_changes;
    post "/suivi/bilans/{report}/delai" Staff officer::report_extensions::give;
    post "/suivi/bilans/{report}/delai/{number}" Staff officer::report_extensions::decide;
    get "/suivi/bilans/{report}/dispense" Staff officer::waivers::ask;
    post "/suivi/bilans/{report}/dispense" Staff officer::reports::waive;
    get "/suivi/fichier" Staff officer::grants::export;
    get "/suivi/{grant}" Staff officer::grants::show;
    post "/suivi/{grant}/signature" Staff officer::grants::sign;
    post "/suivi/{grant}/signature/code" Staff officer::grants::ask_code;
    post "/suivi/{grant}/signature/papier" Staff officer::grants::sign_on_paper;
    post "/suivi/{grant}/signature/depot" Staff officer::deposits::deposit;
    post "/suivi/{grant}/avenants/{amendment}" Staff officer::grants::decide_amendment;
    post "/suivi/{grant}/pieces/{piece}" Staff officer::pieces::judge;
    get "/suivi/{grant}/reversement" Payer officer::claims::ask;
    post "/suivi/{grant}/reversement" Payer officer::claims::claim;
    get "/suivi/{grant}/{change}" Staff officer::grant_ends::ask;
    post "/suivi/{grant}/{change}" Staff officer::grants::change;
    // finance
    get "/finances" Books finance::overview::show;
    get "/finances/fichier" Books finance::money_lists::money;
    get "/finances/flechages/fichier" Books finance::money_lists::earmarks;
    get "/finances/rapports/fichier" Books finance::money_lists::reports_due;
    get "/finances/journal" Books finance::journal::list;
    get "/finances/journal/fichier" Books finance::journal::download;
    get "/finances/journal/comptes" Books finance::journal::accounts;
    get "/finances/journal/comptes/fichier" Books finance::journal::download_accounts;
    get "/finances/comptabilite" Books finance::accounting::show;
    post "/finances/comptabilite" Finance finance::accounting::export;
    get "/finances/comptabilite/reglages" Finance finance::accounting_settings::show;
    post "/finances/comptabilite/reglages" Finance finance::accounting_settings::save;
    get "/finances/comptabilite/fichiers" Books finance::house_lists::accounting_files;
    get "/finances/comptabilite/{id}/fichier" Books finance::accounting::download;
    get "/finances/comptes" Accounts finance::bank_accounts::list;
    get "/finances/comptes/fichier" Accounts finance::bank_accounts::export;
    get "/finances/comptes/{id}" Accounts finance::bank_accounts::show;
    post "/finances/comptes/{id}/numero" Finance finance::bank_accounts::reveal;
    post "/finances/comptes/{id}/verification" Finance finance::bank_accounts::verify;
    post "/finances/comptes/{id}/blocage" Finance finance::bank_accounts::quarantine;
    get "/finances/comptes/{id}/fermeture" Finance finance::questions::ask_close;
    post "/finances/comptes/{id}/fermeture" Finance finance::bank_accounts::close;
    get "/finances/comptes-payeurs" Books finance::payers::list;
    get "/finances/comptes-payeurs/fichier" Books finance::house_lists::payers;
    post "/finances/comptes-payeurs" Finance finance::payers::propose;
    post "/finances/comptes-payeurs/{id}/numero" Payer finance::payers::reveal;
    post "/finances/comptes-payeurs/{id}/confirmation" Payer finance::payers::confirm;
    get "/finances/a-verser" Books finance::payables::list;
    get "/finances/a-verser/tableau" Books finance::payables::download;
    get "/finances/tresorerie" Books finance::treasury::show;
    get "/finances/tresorerie/tableau" Books finance::treasury::download;
    get "/finances/tresorerie/attendu" Books finance::treasury::awaited_file;
    get "/finances/versements" Books finance::disbursements::list;
    post "/finances/versements/autorisation" Finance finance::disbursements::authorise;
    get "/finances/versements/fichier" Books finance::payment_lists::export;
    get "/finances/versements/{id}" Books finance::disbursements::show;
    post "/finances/versements/{id}/autorisation" Finance finance::disbursements::authorise_one;
    post "/finances/versements/{id}/retrait" Finance finance::disbursements::revoke;
    post "/finances/versements/{id}/retenue" Finance finance::disbursements::withhold;
    post "/finances/versements/{id}/reprise" Finance finance::disbursements::restore;
    post "/finances/versements/{id}/sortie-du-lot" Finance finance::disbursements::leave_run;
    post "/finances/versements/{id}/paiement" Finance finance::disbursements::mark_paid;
    post "/finances/versements/{id}/rejet" Finance finance::disbursements::mark_returned;
    get "/finances/lots" Books finance::payment_runs::list;
    post "/finances/lots" Finance finance::new_runs::prepare;
    get "/finances/lots/nouveau" Finance finance::new_runs::blank;
    get "/finances/lots/fichier" Books finance::payment_runs::leave;
    get "/finances/lots/{id}" Books finance::payment_runs::show;
    get "/finances/lots/{id}/approbation" Payer finance::approvals::ask;
    post "/finances/lots/{id}/approbation" Payer finance::approvals::approve;
    post "/finances/lots/{id}/approbation/code" Payer finance::approvals::send_code;
    get "/finances/lots/{id}/annulation" Payer finance::questions::ask_cancel;
    post "/finances/lots/{id}/annulation" Payer finance::payment_runs::cancel;
    get "/finances/lots/{id}/fichier" Finance finance::run_lists::download;
    post "/finances/lots/{id}/fichier" Finance finance::payment_runs::export;
    get "/finances/lots/{id}/liste" Books finance::run_lists::show;
    get "/finances/lots/{id}/virements" Books finance::line_lists::run;
    post "/finances/lots/{id}/paiement" Finance finance::payment_runs::mark_paid;
    get "/finances/releves" Books finance::statements::list;
    post "/finances/releves" Finance finance::new_statements::upload;
    get "/finances/releves/nouveau" Finance finance::new_statements::blank;
    post "/finances/releves/colonnes" Finance finance::new_statements::name_columns;
    get "/finances/releves/fichier" Books finance::statement_lists::imports;
    get "/finances/releves/{id}" Books finance::statements::show;
    get "/finances/releves/{id}/operations" Books finance::line_lists::statement;
    post "/finances/releves/{id}/confirmation" Finance finance::statements::confirm;
    get "/finances/trop-percus" Books finance::recoveries::list;
    get "/finances/trop-percus/fichier" Books finance::recoveries::export;
    get "/finances/trop-percus/{id}" Books finance::recoveries::show;
    post "/finances/trop-percus/{id}/reception" Finance finance::recoveries::receive;
    post "/finances/trop-percus/{id}/delai" Finance finance::recoveries::postpone;
    get "/finances/trop-percus/{id}/compensation" Finance finance::questions::ask_offset;
    post "/finances/trop-percus/{id}/compensation" Finance finance::recoveries::offset;
    get "/finances/trop-percus/{id}/abandon" Director finance::questions::ask_write_off;
    post "/finances/trop-percus/{id}/abandon" Director finance::recoveries::write_off;
    get "/finances/dons" Donors finance::donations::list;
    post "/finances/dons" Finance finance::new_donations::record;
    get "/finances/dons/nouveau" Finance finance::new_donations::blank;
    get "/finances/dons/export" Donors finance::donations::export;
    get "/finances/dons/{id}" Donors finance::donations::show;
    get "/finances/dons/{id}/correction" Finance finance::new_donations::correcting;
    post "/finances/dons/{id}/correction" Finance finance::new_donations::correct;
    post "/finances/dons/{id}/recu" Finance finance::donations::issue;
    get "/finances/dons/{id}/annulation-du-recu" Finance finance::donations::ask_cancel_receipt;
    post "/finances/dons/{id}/annulation-du-recu" Finance finance::donations::cancel_receipt;
    get "/finances/dons/{id}/annulation" Finance finance::donations::ask_cancel;
    post "/finances/dons/{id}/annulation" Finance finance::donations::cancel;
    get "/finances/dons/{id}/recus/{document}" Donors finance::donations::receipt;
    get "/finances/recus-fiscaux" Books finance::receipt_rights::show;
    post "/finances/recus-fiscaux" Director finance::receipt_rights::save;
    get "/colonnes" Staff finance::exports::columns;
    get "/finances/bailleurs" Sources finance::funding_sources::list;
    get "/finances/bailleurs/fichier" Sources finance::house_lists::agreements;
    post "/finances/bailleurs" Funding finance::source_forms::add_funder;
    get "/finances/conventions/nouvelle" Finance finance::source_forms::blank;
    post "/finances/conventions/nouvelle" Finance finance::source_forms::create;
    get "/finances/conventions/{id}" Sources finance::funding_sources::show;
    get "/finances/conventions/{id}/modification" Funding finance::source_forms::edit;
    post "/finances/conventions/{id}/modification" Funding finance::source_forms::change;
    get "/finances/conventions/{id}/versements/fichier" Sources finance::money_lists::instalments;
    get "/finances/conventions/{id}/rapports/fichier" Sources finance::money_lists::reports;
    get "/finances/conventions/{id}/flechages/fichier" Sources finance::money_lists::marks;
    post "/finances/conventions/{id}/versements" Funding finance::source_dues::expect;
    post "/finances/conventions/{id}/versements/{instalment}/{deed}" Funding finance::source_dues::settle;
    post "/finances/conventions/{id}/rapports" Funding finance::source_dues::owe;
    post "/finances/conventions/{id}/rapports/{report}/{deed}" Funding finance::source_dues::send;
    get "/finances/preuves" Books finance::evidence_packs::list;
    post "/finances/preuves" Finance finance::evidence_packs::ask;
    get "/finances/preuves/fichier" Books finance::house_lists::packs;
    get "/finances/preuves/{id}" Books finance::evidence_packs::show;
    post "/finances/preuves/{id}" Finance finance::evidence_packs::ask_again;
    get "/finances/preuves/{id}/fichier" Books finance::evidence_packs::download;
    get "/finances/exports" Books finance::exports::show;
    get "/finances/exports/fichier" Books finance::exports::download;
    // funders
    get "/bailleur" Funder funder::statements::show;
    get "/bailleur/fichier" Funder funder::statements::leave;
    get "/bailleur/subventions/{grant}" Funder funder::statements::grant;
    get "/bailleur/subventions/{grant}/preuves/{number}" Funder funder::statements::proof;
    get "/bailleur/preuves/{id}" Funder funder::statements::archive;
    // administration
    get "/administration" Admin admin::people::list;
    post "/administration/personnes" Admin admin::people::add;
    get "/administration/personnes/{id}" Admin admin::people::show;
    post "/administration/personnes/{id}/{change}" Admin admin::people::change;
    get "/administration/courriels" Admin admin::messages::list;
    get "/administration/courriels/{id}" Admin admin::messages::show;
    get "/administration/courriels/{id}/annuler" Admin admin::messages::ask_cancel;
    post "/administration/courriels/{id}/{decision}" Admin admin::messages::decide;
    get "/administration/historique" Auditor admin::history::list;
    get "/administration/integrite" Verifier admin::integrity::show;
    post "/administration/integrite" Verifier admin::integrity::ask;
    // the mailbox of the demo
    get "/boite-aux-lettres" Public mailbox::list;
    get "/boite-aux-lettres/{file}" Public mailbox::show;
    get "/boite-aux-lettres/{file}/{index}" Public mailbox::attachment;
}

/// Whether the site has a page at this path of the map, `/appels/{reference}`.
pub(super) fn is_mapped(path: &str) -> bool {
    SITE_MAP.iter().any(|address| address.method == "get" && address.path == path)
}
