//! The whole text of an agreement is its call's: written on screen, checked as it is saved, and seen on a grant.

use super::{NAME, Stage, page};
use crate::support::{
    bare::words_of_pdf,
    databases::sqlite,
    forms,
    grants::{Paying, definition},
    on_path,
};
use tisserand::{
    domain::{definitions::HOUSE_AGREEMENT, letters::LetterKind},
    store::documents,
    usecases::{Actor, calls},
};

const LETTERS: &str = "/appels-a-projets/TANDEMS-2028/preparation/lettres";

/// A grant of 24 000 €, and the next call of its fund while it is being prepared.
fn edition() -> Stage {
    let stage = Stage::over(Paying::on(sqlite()), 24_000);
    let load = |tx: &mut tisserand::store::Tx| {
        let mut next = definition();
        next.calls[0].reference = "TANDEMS-2028".into();
        calls::load(tx, &Actor::system(), &next, stage.paying.now).map(drop)
    };
    stage.paying.does(load).unwrap();
    stage
}

#[actix_web::test]
async fn an_agreement_is_written_on_screen_checked_and_seen_on_a_grant() {
    let stage = edition();
    let officer = stage.site.cookie_of(&stage.paying.officer);
    let read = async || page(stage.site.get(&officer, LETTERS).await, 200).await;
    let send = async |text: &str| {
        let fields = forms::changed(forms::fields(&read().await, LETTERS), &[("letters.agreement", text)]);
        let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        stage.site.post(&officer, LETTERS, &fields).await
    };
    let shown = read().await;
    for words in ["Texte de la convention", "<code>{echeancier}</code>", "# Différends", "{si_plus_de_23000}"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    for (text, sentence) in [
        ("{parties}\n{montant} {montants}\n{echeancier}", "e champ {montants} n’existe pas pour ce texte"),
        ("{parties}\n{echeancier}", "oute convention doit dire {montant}"),
        ("{parties}\n{montant}\nVoir {echeancier}", "e champ {echeancier} s’écrit seul sur sa ligne"),
        ("{parties}\n{montant}\n{echeancier}\nJusqu’au {fin}.", "s’écrit entre {si_dates} et {fin_si}"),
        ("{parties}\n{montant}\n{echeancier}\n{si_bilans}", "n’est pas fermé par {fin_si}"),
    ] {
        let refused = page(send(text).await, 422).await;
        assert!(refused.contains(sentence), "{sentence}: {refused}");
        assert!(refused.contains(text.lines().last().unwrap()), "nothing typed is lost: {refused}");
    }
    let text = "{parties}\n\n# Une seule règle\nLe financeur donne {montant} à {organisation}.\n\n{echeancier}";
    assert_eq!(send(text).await.status().as_u16(), 303);
    let shown = read().await;
    let preview = format!("{LETTERS}/convention/apercu");
    assert!(shown.contains("# Une seule règle") && shown.contains(&preview), "{shown}");
    let seen = stage.site.get(&officer, &preview).await;
    assert_eq!(seen.status().as_u16(), 200);
    let bytes = seen.bytes().await.unwrap();
    assert!(bytes.starts_with(b"%PDF"));
    if on_path("pdftotext").is_some() {
        let words = words_of_pdf(&bytes).replace(['\u{a0}', '\u{202f}'], " ");
        for said in ["Article 1 – Une seule règle", "24 000 € à Les Passeurs", NAME, "APERÇU"] {
            assert!(words.contains(said), "{said}: {words}");
        }
        assert!(!words.contains("Article 2"), "{words}");
    }
    let finance = stage.site.cookie_of(&stage.paying.finance);
    assert_eq!(stage.site.get(&finance, &preview).await.status().as_u16(), 404);
}

#[test]
fn an_agreement_says_what_its_call_says_and_the_shipped_text_is_that_of_the_house() {
    let house = definition().calls[0].letters.clone();
    assert_eq!(house.agreement_text(), HOUSE_AGREEMENT.trim());
    let own = "{parties}\n# Tout en un\n{montant}\n{echeancier}\n\nFait à {lieu}, le {date}.";
    let paying = Paying::with(sqlite(), |call| call.letters.agreement = own.into());
    let stage = Stage::over(paying, 24_000);
    stage.paying.accept(&stage.grantee);
    stage.paying.send_agreement(stage.grantee.grant);
    let sent = stage.paying.db.read(|conn| documents::find(conn, stage.document().parse().unwrap())).unwrap();
    assert_eq!(sent.kind, LetterKind::Agreement);
    assert!(sent.facts.contains("Article 1 – Tout en un") && !sent.facts.contains("Article 2"), "{}", sent.facts);
    assert!(sent.facts.contains("Fait à Lille, le") && !sent.facts.contains("{montant}"), "{}", sent.facts);
}
