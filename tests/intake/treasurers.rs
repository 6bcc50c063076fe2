//! Whoever keeps the money of an organisation: the budget of its files, and nothing else of them.

use super::{pages::text, people::links, seats::draft_with};
use crate::support::{
    crawls::crawl,
    databases::{each_database, sqlite},
    grants::IBANS,
    programme::{Programme, closed, open},
    site::Site,
};
use tisserand::{
    domain::{
        exchanges::ExchangeSide,
        ids::{AttachmentId, LoginLinkId, OrganisationId},
        messages::MessageKind,
        money::Euros,
        organisations::MemberSeat,
        roles::Role,
        vaults::VaultPaper,
    },
    store::{StoreError, Tx, attachments as files, bank_accounts as accounts, documents, messages},
    usecases::{
        Actor, Outcome, UseCaseError, attachments,
        attachments::FitFile,
        bank_accounts::{self, AccountForm},
        exchanges, login_links, organisations, vaults, whole_files,
    },
};

fn paper(name: &str) -> FitFile {
    attachments::judge("f", name, b"%PDF-1.7\n%%EOF\n").unwrap()
}

/// Puts the statutes of an organisation in its vault.
fn keep(programme: &Programme, who: &Actor, organisation: OrganisationId) -> Outcome<()> {
    let (kind, file) = ((VaultPaper::Bylaws, None), paper("statuts.pdf"));
    programme.db.write(|tx| vaults::keep(tx, who, organisation, kind, &file, open()))
}

/// Enters an account with its RIB; the RIB.
fn enters(programme: &Programme, who: &Actor, organisation: OrganisationId, iban: &str) -> AttachmentId {
    let form = AccountForm {
        holder: "Passerelles 1".into(),
        iban: iban.parse().unwrap(),
        bic: None,
        bank_name: String::new(),
        rib: Some(paper("rib.pdf")),
    };
    let enter = |tx: &mut Tx| bank_accounts::enter(tx, who, organisation, &form, open());
    let account = programme.db.write(enter).unwrap();
    programme.db.read(|conn| accounts::find(conn, account)).unwrap().rib_attachment_id.unwrap()
}

fn is_nothing<T>(outcome: Outcome<T>) -> bool {
    matches!(outcome, Err(UseCaseError::Store(StoreError::NotFound)))
}

/// Invites a treasurer to the organisation of somebody; who they are, and where their link leads.
fn invited(programme: &Programme, who: &Actor, email: &str) -> (Actor, String) {
    let organisation = programme.db.read(|conn| organisations::mine(conn, who)).unwrap().remove(0).id;
    let known: Vec<LoginLinkId> = links(&programme.db);
    let address = email.parse().unwrap();
    let invite = |tx: &mut Tx| {
        organisations::invite(tx, who, organisation, (&address, "Tao Trésor"), MemberSeat::Treasurer, open())
    };
    let person = programme.db.write(invite).unwrap();
    let link = links(&programme.db).into_iter().find(|link| !known.contains(link)).unwrap();
    let path = programme.db.write(|tx| login_links::arm(tx, link, open())).unwrap();
    let secret = path.rsplit('/').next().unwrap();
    let (_, next) = programme.db.write(|tx| login_links::consume(tx, secret, open())).unwrap();
    (Actor::person(person, vec![Role::Applicant]), next)
}

#[test]
fn the_link_of_an_invitation_leads_to_the_budget_of_the_one_draft() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, draft) = programme.complete(1, 3_000);
        let (_, place) = invited(&programme, &who, "tao@example.org");
        assert_eq!(place, format!("/dossiers/{draft}/rubriques/budget"));
        programme.submit(&who, draft);
        let (_, place) = invited(&programme, &who, "tia@example.org");
        assert_eq!(place, "/dossiers", "nothing is to be filled in");
    }
}

#[actix_web::test]
async fn of_a_draft_a_treasurer_sees_the_budget_and_nothing_else_exists() {
    let site = super::pages::site();
    let (dossier, author, cookie) = draft_with(&site, MemberSeat::Treasurer).await;
    let typed = [("titre", "Chants du canal"), ("resume", "Un secret bien gardé")];
    assert_eq!(site.post(&author, &format!("{dossier}/rubriques/projet"), &typed).await.status(), 303);
    let page = text(site.get(&cookie, &dossier).await, 200).await;
    assert!(page.contains("Vous tenez le budget") && page.contains("/rubriques/budget\""), "{page}");
    for hidden in ["Un secret bien gardé", "/pdf", "id=\"liens\"", "Ce qui s’est passé", "Vérifier mes réponses"]
    {
        assert!(!page.contains(hidden), "{hidden}: {page}");
    }
    for place in ["verification", "pdf", "messages", "rubriques/projet"] {
        let place = format!("{dossier}/{place}");
        assert_eq!(site.get(&cookie, &place).await.status(), 404, "{place}");
    }
    let budget = text(site.get(&cookie, &format!("{dossier}/rubriques/budget")).await, 200).await;
    assert!(!budget.contains("Un secret bien gardé"), "{budget}");
}

#[actix_web::test]
async fn of_a_filed_file_a_treasurer_reads_the_budget_alone() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    let (treasurer, _) = invited(&programme, &who, "tao@example.org");
    let site = Site::over(&programme.db, open());
    let (home, cookie) = (format!("/dossiers/{id}"), site.cookie_of(&treasurer));
    let page = text(site.get(&cookie, &home).await, 200).await;
    assert!(
        page.contains("<h2 id=\"reponses\">Le budget</h2>") && page.contains(&Euros::whole(3_000).to_string()),
        "{page}"
    );
    let section = &programme.definition.sections[0].title;
    assert!(!page.contains(&format!("<h3>{section}</h3>")) && !page.contains("Courriers"), "{page}");
    let receipt = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap().remove(0);
    let paper = programme.db.read(|conn| files::of_owner(conn, id.as_str())).unwrap().remove(0);
    for place in [format!("{home}/documents/{}", receipt.id), format!("/pieces/{}", paper.id)] {
        assert_eq!(site.get(&cookie, &place).await.status(), 404, "{place}");
    }
    let read = |actor: &Actor| {
        let whole = programme.db.read(|conn| whole_files::of_holder(conn, actor, id)).is_ok();
        let file = programme.db.read(|conn| attachments::find(conn, actor, paper.id)).is_ok();
        let thread = programme.db.read(|conn| exchanges::find(conn, actor, id, ExchangeSide::Applicant, None)).is_ok();
        [whole, file, thread]
    };
    assert_eq!((read(&who), read(&treasurer)), ([true; 3], [false; 3]));
}

#[test]
fn a_message_is_told_to_those_who_may_read_it() {
    let programme = Programme::on(sqlite());
    let (who, id) = programme.filed(1, 3_000);
    invited(&programme, &who, "tao@example.org");
    let words = ("Merci, tout est là.", &[][..]);
    let post = |tx: &mut Tx| exchanges::post(tx, &programme.officer, id, ExchangeSide::Team, words, open());
    programme.db.write(post).unwrap();
    let mails = programme.db.read(|conn| messages::about(conn, id.as_str(), 50)).unwrap();
    let told = mails.iter().filter(|mail| mail.kind == MessageKind::ExchangeReceived);
    let told: Vec<_> = told.map(|mail| mail.recipient_address.as_str()).collect();
    assert_eq!(told, ["porteuse.1@example.org"]);
}

#[test]
fn an_organisation_has_no_vault_for_its_treasurer_and_no_rib_but_the_one_they_sent() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, id) = programme.complete(1, 3_000);
        let (treasurer, _) = invited(&programme, &who, "tao@example.org");
        let organisation = programme.application(id).organisation_id;
        keep(&programme, &who, organisation).unwrap();
        let kept = programme.db.read(|conn| vaults::papers(conn, &who, organisation)).unwrap().remove(0).file.id;
        assert!(is_nothing(programme.db.read(|conn| vaults::papers(conn, &treasurer, organisation))));
        assert!(is_nothing(keep(&programme, &treasurer, organisation)));
        let remove = |tx: &mut Tx| vaults::remove(tx, &treasurer, organisation, kept, open());
        assert!(is_nothing(programme.db.write(remove)));
        assert!(is_nothing(programme.db.write(|tx| vaults::reuse(tx, &treasurer, id, "statuts", open()))));
        let theirs = enters(&programme, &who, organisation, IBANS[0]);
        let own = enters(&programme, &treasurer, organisation, IBANS[1]);
        let read = |actor: &Actor, paper| programme.db.read(|conn| attachments::find(conn, actor, paper));
        assert!(is_nothing(read(&treasurer, kept)) && is_nothing(read(&treasurer, theirs)));
        assert!(read(&treasurer, own).is_ok());
        for paper in [kept, theirs, own] {
            assert!(read(&who, paper).is_ok());
        }
    }
}

#[actix_web::test]
async fn a_treasurer_is_led_to_nothing_that_does_not_exist_for_them() {
    for db in each_database() {
        let programme = Programme::on(db);
        let (who, draft) = programme.complete(1, 3_000);
        let (treasurer, _) = invited(&programme, &who, "tao@example.org");
        let (other, filed) = programme.filed(2, 3_000);
        let (third, asked) = programme.filed(3, 4_200);
        for who in [&other, &third] {
            invited(&programme, who, "tao@example.org");
        }
        programme.ask_complement(asked, "Le devis.", &["document-rib"], closed()).unwrap();
        let organisation = programme.application(draft).organisation_id;
        keep(&programme, &who, organisation).unwrap();
        let kept = programme.db.read(|conn| vaults::papers(conn, &who, organisation)).unwrap().remove(0).file.id;
        let rib = enters(&programme, &who, organisation, IBANS[0]);
        let words = ("Merci, tout est là.", &[][..]);
        let post = |tx: &mut Tx| exchanges::post(tx, &programme.officer, filed, ExchangeSide::Team, words, closed());
        programme.db.write(post).unwrap();

        let site = Site::over(&programme.db, closed());
        let (card, cookie) = (format!("/organisations/{organisation}"), site.cookie_of(&treasurer));
        let met = crawl(&site, &cookie, &[Role::Applicant]).await;
        let pages: Vec<_> = met.pages.iter().map(|page| page.path.as_str()).collect();
        for home in [&card, &format!("/dossiers/{draft}"), &format!("/dossiers/{filed}"), &format!("/dossiers/{asked}")]
        {
            assert!(pages.contains(&home.as_str()), "{home}: {pages:?}");
        }
        for page in &met.pages {
            let is_theirs = ["/dossiers", "/organisations", "/subventions", "/pieces"];
            let is_theirs = is_theirs.iter().any(|begins| page.path.starts_with(begins));
            assert!(!is_theirs || page.status == 200, "{}: {}", page.status, page.path);
            assert!(!page.path.contains("/coffre") && !page.path.contains("/messages"), "{}", page.path);
            assert!(!page.html.contains("Coffre de documents") && !page.html.contains("RIB joint"), "{}", page.path);
            assert!(!page.html.contains("/pieces/") && !page.html.contains("Le devis."), "{}", page.path);
        }
        for path in [format!("{card}/coffre"), format!("/pieces/{kept}"), format!("/pieces/{rib}")] {
            assert_eq!(site.get(&cookie, &path).await.status(), 404, "{path}");
        }
        for path in [format!("{card}/coffre/{kept}/retrait"), format!("/dossiers/{filed}/messages")] {
            assert_ne!(site.post(&cookie, &path, &[("texte", "Bonjour")]).await.status(), 303, "{path}");
        }
        let account = text(site.get(&cookie, &format!("{card}/compte")).await, 200).await;
        assert!(account.contains("name=\"iban\"") && account.contains("••••"), "the account is theirs: {account}");
    }
}
