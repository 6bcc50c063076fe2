//! The offer, the agreement, the amendment.

use super::{NAME, Stage, leads, page};
use crate::support::grants::IBANS;
use tisserand::domain::lifecycles::grants::GrantState;

#[actix_web::test]
async fn an_offer_is_accepted_once_even_when_clicked_twice() {
    let stage = Stage::of(10_000);
    let list = stage.reads("/subventions").await;
    assert!(list.contains("Jardins du monde") && list.contains("10\u{202f}000"), "{list}");
    let offer = stage.reads(&stage.home()).await;
    assert!(offer.contains("remplace la convention") && offer.contains("Accepter la subvention"), "{offer}");
    assert!(offer.contains("si vous acceptez"), "the schedule is foreseen");
    let accept = format!("{}/accord", stage.home());
    let first = stage.presses(&offer, &accept, &[]).await;
    let second = stage.presses(&offer, &accept, &[]).await;
    assert_eq!((leads(&first), leads(&second)), (stage.home(), stage.home()));
    assert_eq!(stage.paying.payments(stage.grantee.grant).len(), 3, "planned once");
    let after = stage.reads(&stage.home()).await;
    assert!(after.contains("Il manque le RIB") && !after.contains("/accord\""), "{after}");
    assert!(after.contains("la saisie du RIB"), "the schedule says what is missing");
    stage.paying.check();
}

#[actix_web::test]
async fn an_offer_is_declined_after_a_second_thought() {
    let stage = Stage::of(10_000);
    let path = format!("{}/refus", stage.home());
    let thought = stage.reads(&path).await;
    assert!(thought.contains("Le refus est définitif"), "{thought}");
    assert_eq!(stage.paying.grant(stage.grantee.grant).state, GrantState::Offered, "reading declines nothing");
    leads(&stage.presses(&thought, &path, &[]).await);
    assert_eq!(stage.paying.grant(stage.grantee.grant).state, GrantState::Declined);
    assert!(stage.reads(&stage.home()).await.contains("pas été acceptée par l’organisation"));
    assert_eq!(stage.site.get(&stage.holder, &path).await.status(), 404);
    stage.paying.check();
}

#[actix_web::test]
async fn nothing_of_it_exists_for_a_stranger_nor_before_the_results() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let home = stage.home();
    let stranger = stage.site.person(tisserand::domain::roles::Role::Applicant);
    let report =
        stage.paying.db.read(|conn| tisserand::store::reports::of_grant(conn, stage.grantee.grant)).unwrap()[0].id;
    let report = format!("{home}/bilans/{report}");
    for path in [&home, &format!("{home}/refus"), &format!("{home}/avenants"), &report, &stage.account()] {
        assert_eq!(stage.site.get(&stranger, path).await.status(), 404, "{path}");
    }
    for path in
        [format!("{home}/accord"), format!("{home}/refus"), format!("{home}/signature"), format!("{report}/debut")]
    {
        let sent = stage.site.post(&stranger, &path, &[("version", "0"), ("token", &"a".repeat(64))]).await;
        assert_eq!(sent.status(), 404, "{path}");
    }
    assert!(!stage.site.get(&stranger, "/subventions").await.text().await.unwrap().contains("Jardins"));

    let paying = crate::support::grants::Paying::on(crate::support::databases::sqlite());
    let early = paying.award(NAME, tisserand::domain::money::Euros::whole(10_000));
    let site = crate::support::site::Site::over(&paying.db, paying.now);
    let cookie = site.cookie_of(&early.holder);
    assert_eq!(site.get(&cookie, &format!("/subventions/{}", early.grant)).await.status(), 404, "under embargo");
    assert!(!site.get(&cookie, "/subventions").await.text().await.unwrap().contains("Jardins"));
}

#[actix_web::test]
async fn an_agreement_is_signed_in_ones_own_name() {
    let stage = Stage::of(24_000);
    let offer = stage.reads(&stage.home()).await;
    assert!(offer.contains("Une convention vous sera envoyée à signer"), "{offer}");
    leads(&stage.presses(&offer, &format!("{}/accord", stage.home()), &[]).await);
    stage.paying.send_agreement(stage.grantee.grant);
    let to_sign = stage.reads(&stage.home()).await;
    for words in ["Recevoir un code par courriel", "Convention de subvention"] {
        assert!(to_sign.contains(words), "{words}: {to_sign}");
    }
    assert!(to_sign.contains("À signer maintenant\u{a0}: l’organisation, avant le"), "{to_sign}");
    let (path, document) = (format!("{}/signature", stage.home()), stage.document());
    leads(&stage.presses(&to_sign, &format!("{path}/code"), &[("document", &document)]).await);
    let code = stage.code();
    let with_code = stage.reads(&stage.home()).await;
    let typed = [("document", document.as_str()), ("nom", "Quelqu’un d’autre"), ("code", &code)];
    let wrong = page(stage.presses(&with_code, &path, &typed).await, 422).await;
    assert!(wrong.contains("Tapez votre nom") && wrong.contains("value=\"Quelqu’un d’autre\""), "{wrong}");
    assert!(wrong.contains("Cochez la case") && wrong.contains(&format!("value=\"{code}\"")), "{wrong}");
    let name = format!("Hélo {NAME}");
    let typed = [("document", document.as_str()), ("nom", &name), ("engagement", "oui"), ("code", &code)];
    for _ in 0..2 {
        leads(&stage.presses(&wrong, &path, &typed).await);
    }
    let signed = stage.reads(&stage.home()).await;
    assert!(signed.contains("attend la signature de la direction") && !signed.contains("Cochez"), "{signed}");
    assert!(signed.contains(&format!("signé par {name} le")), "{signed}");
    let letter = signed.split("/courriers/").nth(1).unwrap().split('"').next().unwrap();
    let file = stage.site.get(&stage.holder, &format!("{}/courriers/{letter}", stage.home())).await;
    assert_eq!(file.headers()["content-type"], "application/pdf");
}

#[actix_web::test]
async fn a_change_is_asked_for_and_its_state_is_shown() {
    let stage = Stage::of(10_000);
    stage.paying.accept(&stage.grantee);
    let path = format!("{}/avenants", stage.home());
    let form = stage.reads(&path).await;
    let wrong = [("nature", "duration"), ("demande", "Trois mois de plus"), ("motif", "")];
    let refused = page(stage.presses(&form, &path, &wrong).await, 422).await;
    assert!(refused.contains("Trois mois de plus") && refused.contains("nouvelle date de fin"), "{refused}");
    let right = [
        ("nature", "duration"),
        ("demande", "Trois mois de plus"),
        ("nouvelle_fin", "2028-03-31"),
        ("motif", "La salle est en travaux."),
    ];
    leads(&stage.presses(&refused, &path, &right).await);
    let home = stage.reads(&stage.home()).await;
    assert!(
        home.contains("Trois mois de plus") && home.contains("31\u{a0}mars 2028") && home.contains("demandé"),
        "{home}"
    );
}
