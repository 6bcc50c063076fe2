//! The room of a session by keyboard alone: proposals, the line, a decision; and where one stands is not lost when the
//! page is brought up to date.

use super::{PASSWORD, signed_in};
use crate::support::{
    browser::{Browser, Step},
    databases::sqlite,
    programme::{Programme, closed, id},
    site::Site,
};
use tisserand::{
    domain::ids::{ApplicationId, SessionId},
    usecases::{passwords, people},
};

/// A session under way with two files, and an officer who may sign in.
fn room() -> (Programme, SessionId, ApplicationId) {
    let world = Programme::on(sqlite());
    let (_, file, _) = world.in_review(1, 3_000);
    world.in_review(2, 2_000);
    let session = world.session();
    let hash = passwords::hash(PASSWORD).unwrap();
    world.db.write(|tx| people::set_password(tx, id(&world.officer), &hash, closed())).unwrap();
    (world, session, file)
}

/// What a page says once it follows the room and is up to date.
const LIVE: &str = "En direct";

fn keys(pressed: &[&str]) -> Vec<Step> {
    pressed.iter().map(|key| Step::Press((*key).to_owned())).collect()
}

fn holds(field: &str, value: &str) -> Step {
    Step::Holds(format!("css={field}:focus"), value.to_owned())
}

#[test]
fn proposals_the_line_and_a_decision_are_made_by_keyboard_alone() {
    let Some(browser) = Browser::open() else { return };
    let (world, session, file) = room();
    let site = Site::over(&world.db, closed());
    let row = format!("/seances/{session}/salle#dossier-{file}");
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    // A page that follows the room asks for itself once when it begins: keys wait until it has.
    steps.extend([Step::Goto(row.clone()), Step::Expect(LIVE.into())]);
    // The name of the file, then what may be proposed for it.
    steps.extend(keys(&["Tab", "Tab", "ArrowDown"]));
    steps.push(holds("select[name=proposition]", "award"));
    steps.extend(keys(&["Tab", "Control+a", "0", "Enter"]));
    steps.push(Step::Expect("Indiquez le montant proposé".into()));
    steps.push(holds("input[name=montant]", "0"));
    steps.push(Step::Audit);
    steps.extend(keys(&["Control+a", "1", "5", "0", "0", "Enter"]));
    steps.push(Step::Expect("La proposition est notée.".into()));
    // Where one was is where one goes on.
    steps.extend(keys(&["Tab", "Tab"]));
    steps.push(holds("select[name=proposition]", "award"));
    steps.extend(keys(&["Tab", "Tab", "Tab", "Enter"]));
    steps.push(Step::Expect("La ligne est tracée sous ce dossier.".into()));
    steps.extend([Step::Goto(format!("/seances/{session}/salle#scenarios")), Step::Expect(LIVE.into())]);
    steps.extend(keys(&["Tab", "Enter"]));
    steps.push(Step::Expect("Donnez un nom de".into()));
    steps.push(holds("#champ-nom", ""));
    steps.push(Step::Goto(format!("/seances/{session}/dossiers/{file}#champ-decision")));
    steps.extend(keys(&[
        "Tab",
        "Space",
        "Tab",
        "Control+a",
        "1",
        "5",
        "0",
        "0",
        "Tab",
        "O",
        "K",
        "Tab",
        "Tab",
        "Enter",
    ]));
    steps.push(Step::Expect("La décision est écrite.".into()));
    browser.walk("room-proposals-keyboard", &site.base, &steps).unwrap();
}

#[test]
fn where_one_stands_in_the_room_is_kept_when_somebody_else_changes_it() {
    let Some(browser) = Browser::open() else { return };
    let (world, session, file) = room();
    let site = Site::over(&world.db, closed());
    let (room, reference) = (format!("/seances/{session}/salle"), world.application(file).reference);
    let standing = Step::Focused(format!("Appeler le dossier {reference} – Passerelles 1 – Nord"));
    let there = [Step::Goto(format!("{room}#dossier-{file}")), Step::Expect(LIVE.into())];
    let mut steps = signed_in("lucie.hennebelle", "/seances");
    steps.extend(there.clone());
    steps.extend(keys(&["Tab", "Tab", "Tab", "Tab", "Tab", "Tab"]));
    steps.push(standing.clone());
    steps.push(Step::Tab("ailleurs".into()));
    steps.extend(there);
    steps.extend(keys(&["Tab", "Tab", "ArrowDown", "ArrowDown", "Tab", "Enter"]));
    steps.push(Step::Expect("La proposition est notée.".into()));
    steps.push(Step::Tab(String::new()));
    steps.push(Step::Holds(format!("css=#dossier-{file} select"), "reserve_list".into()));
    steps.push(standing);
    browser.walk("room-standing-keyboard", &site.base, &steps).unwrap();
}
