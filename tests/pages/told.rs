//! The sentence that an act leaves for the next page: only a page somebody is shown takes it.

use crate::support::{
    databases::sqlite,
    programme::{Programme, closed},
    site::Site,
};
use reqwest::Response;

/// Whether an answer makes the browser forget the sentence.
fn spends(reply: &Response) -> bool {
    let mut told = reply.headers().get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
    told.any(|cookie| cookie.starts_with("flash=;"))
}

#[actix_web::test]
async fn what_a_script_asks_for_leaves_the_sentence_to_the_page() {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let (officer, room) = (site.cookie_of(&world.officer), format!("/seances/{session}/salle"));
    let sent = site.post(&officer, &room, &[("dossier", &file.to_string())]).await;
    let flash = sent.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let cookie = format!("{officer}; {flash}");
    let by_script = [
        site.get_saying(&cookie, &room, ("x-unattended", "yes")).await,
        site.get_saying(&cookie, &room, ("sec-fetch-mode", "cors")).await,
        site.get_saying(&cookie, &format!("/seances/{session}/flux"), ("accept", "text/event-stream")).await,
        site.get_saying(&cookie, "/compte/presence", ("accept", "*/*")).await,
    ];
    for reply in by_script {
        assert_eq!(reply.status(), 200);
        assert!(!spends(&reply), "{}", reply.url());
    }
    for said in [("sec-fetch-mode", "navigate"), ("accept", "text/html")] {
        let page = site.get_saying(&cookie, &room, said).await;
        assert!(spends(&page), "{said:?}");
        assert!(page.text().await.unwrap().contains("Ce dossier est devant le comité"), "{said:?}");
    }
}
