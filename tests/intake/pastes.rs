//! A budget pasted from a spreadsheet: read line by line, shown, and kept only when somebody says so.

use super::pages::{ORGANISATION, site, start, text};
use crate::support::{forms, site::Site};
use tisserand::domain::roles::Role;

const PASTED: &str = "Poste\tMontant\n601\t1\u{202f}250,50 €\nLicornes\t10\n74.4\t1 000\nTotal\t2 260,50";

async fn budget(site: &Site) -> (String, String) {
    let cookie = site.person(Role::Applicant);
    assert_eq!(site.post(&cookie, "/organisations/nouvelle", ORGANISATION).await.status(), 303);
    let dossier = start(site, &cookie, "RECITAL-2027-1").await;
    (cookie, format!("{dossier}/rubriques/budget"))
}

async fn holds(site: &Site, cookie: &str, path: &str, field: &str, value: &str) -> bool {
    let page = text(site.get(cookie, path).await, 200).await;
    page.contains(&format!("name=\"{field}\" value=\"{value}\""))
}

#[actix_web::test]
async fn what_was_pasted_is_shown_line_by_line_and_kept_by_a_button() {
    let site = site();
    let (cookie, path) = budget(&site).await;
    site.post(&cookie, &path, &[("montant-62.3", "300"), ("montant-74.4", "200")]).await;
    let sent = forms::changed(
        forms::fields(&text(site.get(&cookie, &path).await, 200).await, &path),
        &[("tableur", PASTED), ("suite", "coller")],
    );
    let sent: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = text(site.post(&cookie, &path, &sent).await, 422).await;
    for said in [
        "2\u{a0}lignes comprises",
        "60.1 – Prestations de services",
        "1\u{202f}250,50\u{a0}€",
        "remplace 200",
        "Nous ne reconnaissons pas ce poste",
        "un total, recalculé ici",
        "Reprendre ces 2 montants",
        "Licornes\t10",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!holds(&site, &cookie, &path, "montant-60.1", "1250,50").await, "nothing is kept before the button");
    let form = page.split("id=\"lecture\"").nth(1).unwrap();
    let keep = forms::changed(forms::fields(form, &path), &[("suite", "rubrique")]);
    let keep: Vec<(&str, &str)> = keep.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    site.post(&cookie, &path, &keep).await;
    for (field, value) in [("montant-60.1", "1250,50"), ("montant-74.4", "1000,00"), ("montant-62.3", "300,00")] {
        assert!(holds(&site, &cookie, &path, field, value).await, "{field}");
    }
}

#[actix_web::test]
async fn somebody_elses_amount_is_not_covered_by_what_was_pasted() {
    let site = site();
    let (cookie, path) = budget(&site).await;
    let page = text(site.post(&cookie, &path, &[("tableur", "60.1\t100"), ("suite", "coller")]).await, 200).await;
    site.post(&cookie, &path, &[("montant-60.1", "777")]).await;
    let form = page.split("id=\"lecture\"").nth(1).unwrap();
    let keep = forms::changed(forms::fields(form, &path), &[("suite", "rubrique")]);
    let keep: Vec<(&str, &str)> = keep.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = text(site.post(&cookie, &path, &keep).await, 422).await;
    assert!(page.contains("Une autre personne vient d’écrire 777") && page.contains("value=\"100,00\""), "{page}");
}

#[actix_web::test]
async fn nothing_and_too_much_are_said_beside_the_field_and_amounts_typed_meanwhile_stay() {
    let site = site();
    let (cookie, path) = budget(&site).await;
    for (typed, said) in [
        ("  ", "Collez d’abord"),
        ("Charges\tMontant", "aucun montant"),
        (&*"60.1\t1\n".repeat(3_000), "C’est trop long"),
        (&*"60.1\t1\n".repeat(301), "C’est trop long\u{a0}: 300 lignes au plus."),
    ] {
        let fields = [("montant-60.1", "42"), ("tableur", typed), ("suite", "coller")];
        let page = text(site.post(&cookie, &path, &fields).await, 422).await;
        assert!(page.contains(said) && page.contains("id=\"erreur-tableur\""), "{said}: {page}");
        assert!(holds(&site, &cookie, &path, "montant-60.1", "42,00").await);
    }
}
