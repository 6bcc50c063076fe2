//! The card of an organisation: its numbers are its own, its commune is on the list, and what is refused says why.

use super::pages::{ORGANISATION, field, site, text};
use crate::support::site::Site;
use tisserand::{
    domain::{ids::OrganisationId, roles::Role},
    store::{Tx, organisations as rows},
    usecases::{organisations::unknown_commune, people, sign_ins},
};

const NEW: &str = "/organisations/nouvelle";

/// The fields of a card, some of them changed.
fn card<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = ORGANISATION.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.copied().chain(changes.iter().copied()).collect()
}

/// The cookie of somebody else who applies.
fn another(site: &Site) -> String {
    let now = site.clock.now();
    let open = |tx: &mut Tx| {
        let id = people::ensure(tx, &"autre@essai.example".parse().unwrap(), "Camille", Role::Applicant, now)?;
        sign_ins::open(tx, id, "Essai", now)
    };
    format!("sid={}", site.db.write(open).unwrap())
}

async fn first(site: &Site, cookie: &str) -> String {
    let page = text(site.get(cookie, "/organisations").await, 200).await;
    let links = page.split("href=\"/organisations/").skip(1).map(|rest| rest.split('"').next().unwrap());
    links.filter(|id| id.parse::<OrganisationId>().is_ok()).map(|id| format!("/organisations/{id}")).next().unwrap()
}

#[actix_web::test]
async fn one_number_is_one_organisation_whichever_number_it_is() {
    let site = site();
    let (mine, theirs) = (site.person(Role::Applicant), another(&site));
    let numbers = [("siret", ""), ("rna", "W595012345"), ("uai", "0750655E")];
    assert_eq!(site.post(&mine, NEW, &card(&numbers)).await.status(), 303);
    for (number, typed) in [("rna", "w 595 012 345"), ("uai", "075 0655 e")] {
        let twin = card(&[("nom", "Jumelle"), ("siret", ""), (number, typed)]);
        let page = text(site.post(&theirs, NEW, &twin).await, 422).await;
        assert!(page.contains(&format!("href=\"#champ-{number}\"")), "{page}");
        assert!(page.contains("demandez à une personne qui s’en occupe de vous inviter"), "{page}");
        for secret in ["Passerelles", "applicant@essai.example"] {
            assert!(!page.contains(secret), "it names nobody: {secret}");
        }
    }
    // Its own card is no twin of itself.
    let path = first(&site, &mine).await;
    let lu = field(&text(site.get(&mine, &path).await, 200).await, "lu");
    let again = card(&[("siret", ""), ("rna", "W595012345"), ("uai", "0750655E"), ("lu", &lu)]);
    assert_eq!(site.post(&mine, &path, &again).await.status(), 303);
}

#[actix_web::test]
async fn what_is_refused_says_why() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    for (name, typed, said) in [
        ("siret", "732 829 320", "sont un SIREN"),
        ("siret", "732 829 320 0007", "celui-ci en a 13."),
        ("rna", "595012345", "ne commence pas par W"),
        ("uai", "07506555", "il manque la lettre de la fin"),
        ("budget_annuel", "-12 000", "ne peut pas être négatif"),
    ] {
        let page = text(site.post(&cookie, NEW, &card(&[(name, typed)])).await, 422).await;
        assert!(page.contains(said) && page.contains(&format!("value=\"{typed}\"")), "{name} {typed}: {page}");
    }
}

#[actix_web::test]
async fn a_commune_is_looked_up_on_the_page_with_everything_typed_still_there() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    let ask = card(&[("ville", "st om"), ("code_postal", "62500"), ("suite", "commune")]);
    let page = text(site.post(&cookie, NEW, &ask).await, 200).await;
    assert!(page.contains("Saint-Omer (62)") && page.contains("value=\"3 rue du Port\""), "{page}");
    let none = card(&[("ville", "Tombouctou"), ("suite", "commune")]);
    let none = text(site.post(&cookie, NEW, &none).await, 200).await;
    assert!(none.contains("Aucune commune des Hauts-de-France ne commence ainsi."), "{none}");
    assert!(
        text(site.get(&cookie, "/organisations").await, 200).await.contains("Aucune organisation"),
        "nothing is kept"
    );
    let searched = field(&page, "ville-cherchee");
    assert_eq!(searched, "st om");
    let chosen = card(&[
        ("ville", "st om"),
        ("ville-cherchee", &searched),
        ("code_postal", "62500"),
        ("commune-trouvee", "62765"),
    ]);
    assert_eq!(site.post(&cookie, NEW, &chosen).await.status(), 303);
    let path = first(&site, &cookie).await;
    let row = stored(&site, &path);
    assert_eq!((row.city.as_str(), row.commune_code.as_deref()), ("Saint-Omer", Some("62765")));
    assert_eq!(unknown_commune(&row), None);
}

fn stored(site: &Site, path: &str) -> rows::OrganisationRow {
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    site.db.read(|conn| rows::find(conn, id)).unwrap()
}

#[actix_web::test]
async fn the_commune_chosen_is_that_of_its_code_even_where_postcodes_begin_alike() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, NEW, &card(&[])).await.status(), 303);
    let path = first(&site, &cookie).await;
    for (typed, postcode, code, name) in
        [("doua", "59500", "59178", "Douai"), ("boulogne", "62200", "62160", "Boulogne-sur-Mer")]
    {
        let lu = field(&text(site.get(&cookie, &path).await, 200).await, "lu");
        let chosen = card(&[
            ("ville", typed),
            ("ville-cherchee", typed),
            ("code_postal", postcode),
            ("commune-trouvee", code),
            ("lu", &lu),
        ]);
        assert_eq!(site.post(&cookie, &path, &chosen).await.status(), 303);
        let row = stored(&site, &path);
        assert_eq!((row.city.as_str(), row.commune_code.as_deref()), (name, Some(code)));
    }
}

#[actix_web::test]
async fn what_is_typed_after_a_search_wins_over_what_the_search_had_found() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    let found = [("ville-cherchee", "st om"), ("commune-trouvee", "62765")];
    let anew = [&found[..], &[("ville", "arras"), ("suite", "commune")]].concat();
    let page = text(site.post(&cookie, NEW, &card(&anew)).await, 200).await;
    assert!(page.contains("Arras (62)") && !page.contains("Saint-Omer"), "{page}");
    let again = [&found[..], &[("ville", "st om"), ("suite", "commune")]].concat();
    let page = text(site.post(&cookie, NEW, &card(&again)).await, 200).await;
    assert!(page.contains("value=\"st om\""), "what is looked for stays in its field: {page}");
    let saved = [&found[..], &[("ville", "Arras"), ("code_postal", "62000")]].concat();
    assert_eq!(site.post(&cookie, NEW, &card(&saved)).await.status(), 303);
    assert_eq!(stored(&site, &first(&site, &cookie).await).city, "Arras");
}

#[actix_web::test]
async fn a_commune_that_is_not_recognised_is_said_and_kept() {
    let site = site();
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, NEW, &card(&[("ville", "Lile")])).await.status(), 303);
    let list = text(site.get(&cookie, "/organisations").await, 200).await;
    assert!(list.contains("commune à préciser"), "{list}");
    let path = first(&site, &cookie).await;
    let page = text(site.get(&cookie, &path).await, 200).await.replace('\u{a0}', " ");
    assert!(page.contains("Nous ne reconnaissons pas la commune « Lile » (Nord)."), "{page}");
    let edit = |ville: &'static str, postcode: &'static str, lu: String| {
        let (site, cookie, path) = (&site, &cookie, &path);
        async move {
            let fields = card(&[("ville", ville), ("code_postal", postcode), ("lu", &lu)]);
            assert_eq!(site.post(cookie, path, &fields).await.status(), 303);
            text(site.get(cookie, path).await, 200).await
        }
    };
    // What the field proposes while one types.
    let page = edit("Lille (59)", "59000", field(&page, "lu")).await;
    assert!(
        !page.contains("reconnaissons pas") && page.contains("name=\"ville\" type=\"text\" value=\"Lille\""),
        "{page}"
    );
    let page = edit("Lyon", "69001", field(&page, "lu")).await;
    assert!(!page.contains("reconnaissons pas"), "there is no list of the communes of the Rhône: {page}");
}
