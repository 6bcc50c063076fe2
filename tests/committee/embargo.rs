//! Before the announcement an applicant's pages, buttons and refusals are the same whatever the committee decided.

use super::bare;
use crate::support::{
    databases::sqlite,
    programme::{Programme, closed},
    site::Site,
};
use tisserand::{
    domain::decisions::Verdict,
    usecases::decisions::{self, DecisionForm},
    web::{audiences::Who, routes::SITE_MAP},
};

/// Everything an applicant may see of a file, and what each of their forms answers.
async fn answers(verdict: Option<Verdict>) -> Vec<(String, u16, String)> {
    let world = Programme::on(sqlite());
    let (applicant, file, _) = world.in_review(1, 3_000);
    world.session();
    let version = world.application(file).version;
    if let Some(verdict) = verdict {
        let motive = "Un partenariat construit avec les habitant·es.".to_owned();
        let form = DecisionForm { verdict, amount: "2 500".into(), motive, conditions: "Un bilan public.".into() };
        world.db.write(|tx| decisions::decide(tx, &world.officer, file, &form, version, closed())).unwrap();
    }
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&applicant);
    let plain = SITE_MAP.iter().filter(|address| address.method == "get" && !address.path.contains('{'));
    let plain = plain.filter(|address| matches!(address.who, Who::Applicant | Who::Member | Who::Public));
    let mut paths: Vec<String> = plain.map(|address| address.path.to_owned()).collect();
    paths.push(format!("/dossiers/{file}"));
    paths.push(format!("/dossiers/{file}/retrait"));
    paths.push(format!("/appels/{}", world.definition.reference));
    let mut seen = Vec::new();
    for path in paths {
        let reply = site.get(&cookie, &path).await;
        seen.push((bare(&path), reply.status().as_u16(), bare(&reply.text().await.unwrap())));
    }
    let version = version.to_string();
    let token = "a".repeat(63);
    for (at, verb) in ["retrait", "depot", "reprise", "complement", "reexamen", "rubriques/projet"].iter().enumerate() {
        let token = format!("{token}{at}");
        let fields = [("version", version.as_str()), ("token", &token), ("texte", "Voici."), ("titre", "Autre")];
        let reply = site.post(&cookie, &format!("/dossiers/{file}/{verb}"), &fields).await;
        seen.push(((*verb).to_owned(), reply.status().as_u16(), bare(&reply.text().await.unwrap())));
    }
    seen
}

#[actix_web::test]
async fn nothing_an_applicant_can_read_or_send_tells_whether_or_what_was_decided() {
    let undecided = answers(None).await;
    let withdrawal = undecided.iter().find(|(path, ..)| path == "retrait").unwrap();
    assert!(withdrawal.1 == 409 && withdrawal.2.contains("écrivez à l’équipe du fonds"), "{withdrawal:?}");
    let page = undecided.iter().find(|(path, ..)| path == "/dossiers/id0").unwrap();
    assert!(page.2.contains("Retirer le dossier") && page.2.contains("écrivez à l’équipe du fonds"), "{page:?}");
    for verdict in [Verdict::Award, Verdict::ReserveList, Verdict::Reject, Verdict::Defer] {
        for ((path, status, page), (_, other_status, other)) in undecided.iter().zip(&answers(Some(verdict)).await) {
            assert_eq!((other_status, other), (status, page), "{path} after {verdict:?}");
        }
    }
}
