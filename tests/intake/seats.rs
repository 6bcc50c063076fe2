//! What a colleague, a treasurer and a legal representative may do on the files of their organisation, and who signs.

use super::{
    edits::{draft_of_two, marks},
    pages::{field, site, text},
};
use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, id as id_of, open, person},
    site::Site,
};
use reqwest::multipart::{Form, Part};
use tisserand::{
    domain::{
        definitions::{self, FilingSignature},
        ids::{ApplicationId, OrganisationId},
        lifecycle::Refusal,
        messages::MessageKind,
        organisations::MemberSeat,
        roles::Role,
    },
    store::{Tx, documents, organisations as rows},
    usecases::{Actor, Outcome, UseCaseError, answers, applications, organisations, signatures},
};

/// A draft of two people, the second of whom has this seat.
pub async fn draft_with(site: &Site, seat: MemberSeat) -> (String, String, String) {
    let (dossier, author, other) = draft_of_two(site).await;
    let give = |tx: &mut Tx| {
        let mine = tisserand::usecases::people::by_email(tx.conn(), &"applicant@essai.example".parse().unwrap())?;
        let theirs = tisserand::usecases::people::by_email(tx.conn(), &"collegue@essai.example".parse().unwrap())?;
        let organisation = rows::of_person(tx.conn(), mine)?[0].id;
        organisations::reseat(tx, &Actor::person(mine, vec![Role::Applicant]), organisation, theirs, Some(seat))?;
        Ok::<_, UseCaseError>(organisation)
    };
    let organisation = site.db.write(give).unwrap();
    let _ = organisation;
    (dossier, author, other)
}

/// Sends a form that nobody but the writers of the file may send; its status.
async fn tries(site: &Site, cookie: &str, path: &str, fields: &[(&str, &str)]) -> u16 {
    site.post(cookie, path, fields).await.status().as_u16()
}

#[actix_web::test]
async fn each_seat_writes_where_it_may_and_is_refused_in_words_elsewhere() {
    for (seat, writes, counts) in [
        (MemberSeat::Member, true, true),
        (MemberSeat::Treasurer, false, true),
        (MemberSeat::Representative, false, false),
    ] {
        let site = site();
        let (dossier, _, cookie) = draft_with(&site, seat).await;
        let page = text(site.get(&cookie, &dossier).await, 200).await;
        assert_eq!(page.contains("Vérifier mes réponses"), writes, "{seat}: {page}");
        assert_eq!(page.contains("/rubriques/budget\""), counts, "{seat}");
        assert_eq!(page.contains("/rubriques/projet\""), writes, "{seat}");
        let open = |may: bool| if may { 200 } else { 404 };
        let projet = format!("{dossier}/rubriques/projet");
        let budget = format!("{dossier}/rubriques/budget");
        assert_eq!(site.get(&cookie, &projet).await.status(), open(writes), "{seat}");
        assert_eq!(site.get(&cookie, &budget).await.status(), open(counts), "{seat}");
        let done = |may: bool| if may { 303 } else { 409 };
        // A budget that does not balance yet is kept and said to be wrong.
        assert_eq!(tries(&site, &cookie, &budget, &[("montant-60.1", "250")]).await, if counts { 422 } else { 409 });
        assert_eq!(tries(&site, &cookie, &projet, &[("titre", "Lacs")]).await, done(writes), "{seat}");
        let later = format!("{dossier}/pieces/rib/plus-tard");
        assert_eq!(tries(&site, &cookie, &later, &[]).await, if writes { 303 } else { 404 }, "{seat}");
        let pdf = Part::bytes(b"%PDF-1.7\n%%EOF\n".to_vec()).file_name("statuts.pdf");
        let sent =
            site.post_files(&cookie, &format!("{dossier}/pieces/statuts"), Form::new().part("statuts", pdf)).await;
        assert_eq!(sent.status(), done(writes), "{seat}");
        let asked =
            site.post(&cookie, &format!("{dossier}/retrait"), &[("version", "0"), ("token", &"a".repeat(64))]).await;
        if !writes {
            assert!(text(asked, 409).await.contains("revient à une autre personne"), "{seat}");
        }
        assert_eq!(
            tries(&site, &cookie, "/appels/TANDEMS-2027/dossier", &organisation(&site, &cookie).await).await,
            done(writes),
            "{seat}"
        );
    }
}

/// The form that starts a file for the only organisation of somebody.
async fn organisation(site: &Site, cookie: &str) -> [(&'static str, &'static str); 2] {
    let page = text(site.get(cookie, "/appels/TANDEMS-2027/dossier").await, 200).await;
    ["organisation", "token"].map(|name| (name, &*Box::leak(field(&page, name).into_boxed_str())))
}

#[actix_web::test]
async fn only_who_answers_for_the_organisation_changes_who_may_do_what() {
    let site = site();
    let (_, author, other) = draft_with(&site, MemberSeat::Treasurer).await;
    let list = text(site.get(&author, "/organisations").await, 200).await;
    let card = list.split("href=\"/organisations/").find(|part| part.starts_with('0')).unwrap();
    let card = format!("/organisations/{}", card.split('"').next().unwrap());
    let page = text(site.get(&author, &card).await, 200).await;
    assert!(page.contains("trésorier·ère") && page.contains("Inviter quelqu’un"), "{page}");
    let member = page.split("/membres/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let page = text(site.get(&other, &card).await, 200).await;
    assert!(!page.contains("Inviter quelqu’un") && !page.contains("/membres/"), "{page}");
    let seat = format!("{card}/membres/{member}");
    assert_eq!(tries(&site, &other, &seat, &[("siege", "manager")]).await, 409);
    let guest = [("invite_nom", "Ali"), ("invite_courriel", "ali@essai.example"), ("siege", "representative")];
    assert_eq!(tries(&site, &other, &format!("{card}/invitations"), &guest).await, 409);
    assert_eq!(tries(&site, &author, &format!("{card}/invitations"), &guest).await, 303);
    assert_eq!(tries(&site, &author, &seat, &[("siege", "representative")]).await, 303);
    let account = text(site.get(&other, &format!("{card}/compte")).await, 200).await;
    assert!(!account.contains("name=\"iban\""), "a representative does not change the account: {account}");
    assert_eq!(tries(&site, &author, &seat, &[("siege", "retrait")]).await, 303);
    assert_eq!(site.get(&other, &card).await.status(), 404);
}

#[actix_web::test]
async fn a_treasurer_saves_the_fields_of_the_budget_by_themselves_and_no_others() {
    let site = site();
    let (dossier, _, cookie) = draft_with(&site, MemberSeat::Treasurer).await;
    let budget = format!("{dossier}/rubriques/budget");
    let html = text(site.get(&cookie, &budget).await, 200).await;
    let person = html.split("data-person=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let seen = marks(&html).into_iter().find(|(name, _)| name == "vu-montant-60.1").unwrap();
    let send = |section: &str, name: &'static str, value: &'static str| {
        let fields = vec![
            ("envoi-champ".to_owned(), name.to_owned()),
            ("envoi-page".to_owned(), "a1b2c3d4e5f6".to_owned()),
            ("envoi-numero".to_owned(), "1".to_owned()),
            ("envoi-personne".to_owned(), person.clone()),
            seen.clone(),
            (name.to_owned(), value.to_owned()),
        ];
        (format!("{dossier}/rubriques/{section}/champs"), fields)
    };
    for (section, name, status) in [("budget", "montant-60.1", 200), ("projet", "titre", 409)] {
        let (path, fields) = send(section, name, "250");
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(tries(&site, &cookie, &path, &fields).await, status, "{section}");
    }
}

fn signing(db: crate::support::databases::TestDb) -> Programme {
    Programme::with(db, |call| call.filing_signature = Some(FilingSignature::Representative))
}

fn seat(programme: &Programme, who: &Actor, organisation: OrganisationId, name: &str) -> Actor {
    let email = format!("{}@example.org", name.to_lowercase()).parse().unwrap();
    let invite =
        |tx: &mut Tx| organisations::invite(tx, who, organisation, (&email, name), MemberSeat::Representative, open());
    Actor::person(programme.db.write(invite).unwrap(), vec![Role::Applicant])
}

fn file(programme: &Programme, who: &Actor, id: ApplicationId) -> Outcome<()> {
    programme.db.write(|tx| applications::submit(tx, who, id, 0, open())).map(drop)
}

#[test]
fn a_file_waits_for_the_signature_of_what_it_says_and_the_receipt_names_who_signed() {
    for db in each_database() {
        let programme = signing(db);
        let (who, id) = programme.complete(1, 3_000);
        let organisation = programme.application(id).organisation_id;
        let representative = seat(&programme, &who, organisation, "Anouk");
        let refused = file(&programme, &who, id);
        assert!(
            matches!(&refused, Err(UseCaseError::Refused(Refusal::Unmet(why))) if why.contains("Anouk")),
            "{refused:?}"
        );
        programme.db.write(|tx| signatures::ask(tx, &who, id, open())).unwrap();
        let again = programme.db.write(|tx| signatures::ask(tx, &who, id, open()));
        assert!(matches!(again, Err(UseCaseError::Refused(_))), "once in ten minutes");
        let mails = programme.db.read(|conn| tisserand::store::messages::due(conn, open(), 50)).unwrap();
        assert_eq!(mails.iter().filter(|mail| mail.kind == MessageKind::SignatureAsked).count(), 1);
        let digest = || programme.db.read(|conn| answers::find(conn, &who, id)).unwrap().digest().unwrap();
        let sign = |actor: &Actor, digest: &str, sworn: bool| {
            programme.db.write(|tx| signatures::sign(tx, actor, id, (digest, sworn), open()))
        };
        assert!(matches!(sign(&who, &digest(), true), Err(UseCaseError::Store(_))), "not theirs to sign");
        assert!(matches!(sign(&representative, &digest(), false), Err(UseCaseError::Invalid(_))));
        assert!(matches!(sign(&representative, "x", true), Err(UseCaseError::Refused(_))), "not what was read");
        sign(&representative, &digest(), true).unwrap();
        let typed = [("titre".to_owned(), "Un autre titre".to_owned())].into();
        programme.db.write(|tx| answers::save_section(tx, &who, id, "projet", &typed, open())).unwrap();
        assert!(file(&programme, &who, id).is_err(), "what changed is signed again");
        sign(&representative, &digest(), true).unwrap();
        assert!(matches!(file(&programme, &representative, id), Err(UseCaseError::Refused(Refusal::NotYours))));
        file(&programme, &who, id).unwrap();
        let receipt = programme.db.read(|conn| documents::of_subject(conn, id.as_str())).unwrap().remove(0);
        assert!(receipt.facts.contains("Signé par") && receipt.facts.contains("Anouk"), "{}", receipt.facts);
    }
}

#[test]
fn without_a_representative_those_who_answer_for_it_sign_and_most_calls_ask_nobody() {
    let programme = signing(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let (content, mine) = programme.db.read(|conn| signatures::to_sign(conn, &who, id)).unwrap();
    assert_eq!(mine[0].signers[0].0, id_of(&who));
    programme.db.write(|tx| signatures::sign(tx, &who, id, (&content.digest().unwrap(), true), open())).unwrap();
    file(&programme, &who, id).unwrap();
    let stranger = person(&programme.db, "Autre porteur", Role::Applicant);
    assert!(programme.db.read(|conn| signatures::to_sign(conn, &stranger, id)).is_err());
    let plain = definitions::parse(include_str!("../../fixtures/recital.toml")).unwrap();
    assert_eq!(plain.calls[0].filing_signature, None);
}

#[actix_web::test]
async fn the_link_shows_what_is_signed_and_the_button_signs_it() {
    let programme = signing(sqlite());
    let (who, id) = programme.complete(1, 3_000);
    let organisation = programme.application(id).organisation_id;
    let representative = seat(&programme, &who, organisation, "Anouk");
    let site = Site::over(&programme.db, open());
    let (writer, signer) = (site.cookie_of(&who), site.cookie_of(&representative));
    let home = format!("/dossiers/{id}");
    let page = text(site.get(&writer, &home).await, 200).await;
    assert!(page.contains("à signer par Anouk") && page.contains("Demander les signatures"), "{page}");
    let path = format!("{home}/signature");
    assert_eq!(site.get(&writer, &path).await.status(), 404, "it is not theirs");
    let page = text(site.get(&signer, &path).await, 200).await;
    assert!(page.contains("Signer le dossier") && page.contains("Un océan, deux classes 1"), "{page}");
    let digest = field(&page, "empreinte");
    let page = text(site.post(&signer, &path, &[("empreinte", &digest)]).await, 422).await;
    assert!(page.contains("Cochez la case pour signer."), "{page}");
    assert_eq!(tries(&site, &signer, &path, &[("empreinte", &digest), ("engagement", "oui")]).await, 303);
    let page = text(site.get(&writer, &home).await, 200).await;
    assert!(page.contains("signé par Anouk"), "{page}");
}
