//! What an applicant reads of a file in each of its states: what it means, whose turn it is, where it goes on.

use super::{decided::Decided, text};
use crate::support::{
    databases::each_database,
    programme::{Programme, closed},
    site::Site,
};
use tisserand::{
    domain::{
        lifecycles::applications::ApplicationState::{self, *},
        organisations::MemberSeat,
        roles::Role,
    },
    store::{Tx, grants as grant_rows},
    usecases::{Actor, applications, grants, organisations},
};

/// What stands on a page between these two marks.
fn between<'a>(page: &'a str, begins: &str, ends: &str) -> &'a str {
    page.split(begins).nth(1).unwrap_or_else(|| panic!("{begins}: {page}")).split(ends).next().unwrap()
}

/// Whose turn it is, as a page says it.
fn turn(page: &str) -> &str {
    between(page, "Qui agit maintenant</dt><dd>", "</dd>")
}

/// The same in the list of files.
fn turn_in_list(page: &str) -> &str {
    between(page, "data-label=\"À qui d’agir\">", "</td>").trim()
}

#[actix_web::test]
async fn before_the_decision_each_state_says_what_it_means_and_whose_turn_it_is() {
    for db in each_database() {
        let world = Programme::on(db);
        let [filed, asked, fit, unfit, gone] = [1, 2, 3, 4, 5].map(|number| world.filed(number, 3_000));
        let (reader, read, _) = world.in_review(6, 3_000);
        world.ask_complement(asked.1, "Le titre.", &["question-titre"], closed()).unwrap();
        world.eligible(fit.1);
        let version = |id| world.application(id).version;
        let (refused, withdrawn) = (version(unfit.1), version(gone.1));
        let refuse = |tx: &mut Tx| {
            let why = "Le siège est hors du territoire.";
            applications::declare_ineligible(tx, &world.officer, unfit.1, refused, why, closed()).map(drop)
        };
        world.db.write(refuse).unwrap();
        let withdraw = |tx: &mut Tx| applications::withdraw(tx, &gone.0, gone.1, withdrawn, closed()).map(drop);
        world.db.write(withdraw).unwrap();

        let site = Site::over(&world.db, closed());
        for ((who, id), state, acts) in [
            (filed, Submitted, "L’équipe du fonds"),
            (asked, ComplementRequested, "Vous"),
            (fit, Eligible, "L’équipe du fonds"),
            (unfit, Ineligible, "Vous, si vous voulez un réexamen"),
            ((reader, read), InReview, "Le comité"),
            (gone, Withdrawn, "Personne"),
        ] {
            let cookie = site.cookie_of(&who);
            let page = text(site.get(&cookie, &format!("/dossiers/{id}")).await, 200).await;
            assert!(page.contains(state.stage().sentence), "{state}: {page}");
            assert_eq!(turn(&page), acts, "{state}");
            let list = text(site.get(&cookie, "/dossiers").await, 200).await;
            assert!(acts.starts_with(turn_in_list(&list)), "{state}: {list}");
        }
    }
}

#[actix_web::test]
async fn a_decision_leads_to_what_follows_and_the_grant_says_whose_turn_it_is_from_then_on() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        let world = &decided.world;
        let site = Site::over(&world.db, closed());
        let page = async |file: usize, path: &str| {
            let cookie = site.cookie_of(&decided.applicants[file]);
            text(site.get(&cookie, path).await, 200).await
        };
        let homes: Vec<_> = decided.files.iter().map(|id| format!("/dossiers/{id}")).collect();
        for (at, home) in homes.iter().enumerate() {
            let shown = page(at, home).await;
            assert!(shown.contains(InReview.stage().sentence) && !shown.contains("/subventions/"), "{shown}");
            assert_eq!(turn(&shown), "Le comité");
        }
        decided.announce();
        let states: [ApplicationState; 4] = [Awarded, ReserveListed, Rejected, Deferred];
        for ((at, home), state) in homes.iter().enumerate().zip(states) {
            let shown = page(at, home).await;
            assert!(shown.contains(state.stage().sentence), "{state}: {shown}");
            assert_eq!(shown.contains("/subventions/"), state == Awarded, "{state}: {shown}");
        }
        assert_eq!(turn(&page(1, &homes[1]).await), "L’équipe du fonds");
        assert_eq!(turn(&page(2, &homes[2]).await), "Personne");

        let grant = world.db.read(|conn| grant_rows::of_application(conn, decided.files[0])).unwrap().unwrap();
        let way = format!("/subventions/{}", grant.id);
        let shown = page(0, &homes[0]).await;
        assert!(shown.contains(&format!("href=\"{way}\"")) && shown.contains("attend une réponse"), "{shown}");
        assert_eq!((turn(&shown), turn_in_list(&page(0, "/dossiers").await)), ("Vous", "Vous"));
        let accept = |tx: &mut Tx| grants::accept(tx, &decided.applicants[0], grant.id, grant.version, closed());
        world.db.write(accept).unwrap();
        let (file, granted) = (page(0, &homes[0]).await, page(0, &way).await);
        assert_eq!(turn(&file), turn(&granted), "the file says what the grant says");
        assert_eq!(turn_in_list(&page(0, "/dossiers").await), "Voir la subvention");
    }
}

#[actix_web::test]
async fn of_an_awarded_file_a_treasurer_is_led_to_no_grant_until_another_seat_shows_it() {
    for db in each_database() {
        let decided = Decided::on(db).confirmed();
        decided.announce();
        let (world, owner, file) = (&decided.world, &decided.applicants[0], decided.files[0]);
        let organisation = world.application(file).organisation_id;
        let address = "tao@example.org".parse().unwrap();
        let invite = |tx: &mut Tx| {
            organisations::invite(tx, owner, organisation, (&address, "Tao"), MemberSeat::Treasurer, closed())
        };
        let guest = world.db.write(invite).unwrap();
        let site = Site::over(&world.db, closed());
        let cookie = site.cookie_of(&Actor::person(guest, vec![Role::Applicant]));
        let home = format!("/dossiers/{file}");
        let followers = "Les personnes qui suivent la subvention";
        let list = text(site.get(&cookie, "/dossiers").await, 200).await;
        let page = text(site.get(&cookie, &home).await, 200).await;
        assert_eq!((turn_in_list(&list), turn(&page)), (followers, followers));
        assert!(!page.contains("/subventions/"), "{page}");
        let seat = |tx: &mut Tx| organisations::reseat(tx, owner, organisation, guest, Some(MemberSeat::Member));
        world.db.write(seat).unwrap();
        let list = text(site.get(&cookie, "/dossiers").await, 200).await;
        let page = text(site.get(&cookie, &home).await, 200).await;
        assert_eq!((turn_in_list(&list), turn(&page)), ("Vous", "Vous"));
        assert!(page.contains("/subventions/"), "{page}");
    }
}
