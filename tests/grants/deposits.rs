//! The copy a holder signed and sent by post, deposited by the team.

use super::{PDF, Stage, hidden, leads, page};
use reqwest::Response;
use tisserand::{
    domain::{lifecycles::grants::GrantState, messages::MessageKind, signing::SigningSide, time::french_date},
    store::{
        documents, messages,
        signing::{self as rows, SignatureRow},
    },
};

const SIGNER: &str = "Aline Vasseur";

fn signature(stage: &Stage) -> Option<SignatureRow> {
    let document = stage.document().parse().unwrap();
    let given = stage.paying.db.read(|conn| rows::signatures_under(conn, &[document])).unwrap();
    given.into_iter().find(|one| one.side == SigningSide::Holder)
}

type File<'a> = Option<(&'a str, &'a str, &'a [u8])>;

/// Sends the form of `stage` as this person.
async fn deposit(stage: &Stage, cookie: &str, (token, name, day): (&str, &str, &str), file: File<'_>) -> Response {
    let document = stage.document();
    let path = format!("/suivi/{}/signature/depot", stage.grantee.grant);
    let fields = [("version", "0"), ("token", token), ("document", &document), ("signataire", name), ("signe_le", day)];
    stage.site.post_file(cookie, &path, &fields, file).await
}

fn sent() -> Stage {
    let stage = Stage::of(24_000);
    stage.paying.accept(&stage.grantee);
    stage.paying.send_agreement(stage.grantee.grant);
    stage
}

#[actix_web::test]
async fn a_copy_that_came_by_post_is_deposited_by_an_officer_and_its_holder_hears_of_it() {
    let stage = sent();
    let officer = stage.cookie(&stage.paying.officer);
    let home = format!("/suivi/{}", stage.grantee.grant);
    let shown = page(stage.site.get(&officer, &home).await, 200).await;
    assert!(shown.contains("Reçu par la poste"), "{shown}");
    let (token, today) = (hidden(&shown, "token"), stage.paying.now.paris_date());
    let (early, day) = (today.pred_opt().unwrap().to_string(), today.to_string());
    let scan = Some(("copie", "convention-signee.pdf", PDF));
    let refused = page(deposit(&stage, &officer, (&token, "", ""), None).await, 422).await;
    for words in ["Indiquez qui a signé", "Indiquez le jour où l’exemplaire a été signé", "Reçu par la poste"] {
        assert!(refused.contains(words), "{words}: {refused}");
    }
    let photo = Some(("copie", "convention.png", &b"\x89PNG\r\n\x1a\n0000"[..]));
    let refused = page(deposit(&stage, &officer, (&token, SIGNER, &day), photo).await, 422).await;
    assert!(refused.contains("un seul fichier PDF") && refused.contains("value=\"Aline Vasseur\""), "{refused}");
    let refused = page(deposit(&stage, &officer, (&token, SIGNER, &early), scan).await, 422).await;
    assert!(refused.contains("il n’a pas été signé avant"), "{refused}");
    assert!(signature(&stage).is_none());
    assert_eq!(leads(&deposit(&stage, &officer, (&token, SIGNER, &day), scan).await), home);
    let given = signature(&stage).unwrap();
    assert_eq!((given.signed_by.as_deref(), given.signed_on), (Some("Aline Vasseur"), Some(today)));
    assert_eq!(Some(given.person_id), stage.paying.officer.person, "who deposited it is known");
    let words = format!("signé sur papier par Aline Vasseur le {}, exemplaire reçu par la poste", french_date(today));
    for (cookie, page_of) in [(&officer, home.clone()), (&stage.holder, stage.home())] {
        let shown = page(stage.site.get(cookie, &page_of).await, 200).await;
        assert!(shown.contains(&words), "{shown}");
        let scan = shown.split("href=\"/pieces/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let read = stage.site.get(cookie, &format!("/pieces/{scan}")).await;
        assert_eq!(read.bytes().await.unwrap(), PDF);
    }
    let mails = stage.paying.db.read(|conn| messages::about(conn, stage.grantee.grant.as_str(), 100)).unwrap();
    let told = |mail: &&messages::MessageRow| {
        mail.kind == MessageKind::Agreement && mail.subject_line.starts_with("Exemplaire signé reçu")
    };
    let told: Vec<_> = mails.iter().filter(told).map(|mail| mail.recipient_id).collect();
    assert_eq!(told, [stage.grantee.holder.person]);
    let again = deposit(&stage, &officer, (&hidden(&shown, "version"), "Zoé", &day), scan).await;
    assert!(again.status().as_u16() >= 400, "it is signed once: {}", again.status());
    let director = stage.cookie(&stage.paying.director);
    leads(&stage.signs((&director, &home), "Diane Direction").await);
    assert_eq!(stage.paying.grant(stage.grantee.grant).state, GrantState::Active);
    let signed = stage.paying.db.read(|conn| documents::of_subject(conn, stage.grantee.grant.as_str())).unwrap();
    let copy = signed.iter().find(|paper| paper.title.contains("signée par les deux parties")).unwrap();
    assert!(copy.facts.contains("Signé à la main par") && copy.facts.contains("Aline Vasseur"), "{}", copy.facts);
    stage.paying.check();
}

#[actix_web::test]
async fn nobody_else_deposits_a_copy_for_the_holder() {
    let stage = sent();
    let home = format!("/suivi/{}", stage.grantee.grant);
    let (day, scan) = (stage.paying.now.paris_date().to_string(), Some(("copie", "convention.pdf", PDF)));
    for who in [&stage.paying.director, &stage.paying.finance] {
        let cookie = stage.cookie(who);
        let shown = page(stage.site.get(&cookie, &home).await, 200).await;
        assert!(!shown.contains("Reçu par la poste"), "{shown}");
        let reply = deposit(&stage, &cookie, ("", SIGNER, &day), scan).await;
        assert!(reply.status().as_u16() >= 400, "{}", reply.status());
    }
    stage.paying.recuse(&stage.paying.officer, stage.grantee.grant);
    let officer = stage.cookie(&stage.paying.officer);
    let reply = deposit(&stage, &officer, ("", SIGNER, &day), scan).await;
    assert_eq!(reply.status(), 404, "the grant does not exist for whoever is recused");
    assert!(signature(&stage).is_none());
    stage.paying.check();
}
