//! A report: kept, refused, filed, sent back, filed again.

use super::{NAME, PDF, Stage, hidden, leads, page, press};
use crate::support::{
    databases::sqlite,
    grants::{Candidate, Grantee, IBANS, Paying},
};
use tisserand::{
    domain::{
        definitions::{CallDefinition, Formula, Need, Operation, Question, QuestionKind},
        lifecycles::{
            applications::{Application, ApplicationEvent},
            reports::{ReportEvent, ReportState},
        },
        money::Euros,
        reports::ReportKind,
    },
    store::{
        decisions, grants,
        reports::{self as rows, ReportRow},
    },
    usecases::{
        Actor,
        advance::advance_now,
        applications,
        cost_marks::{self, Marking},
        reports,
    },
};

fn report(stage: &Stage, kind: ReportKind) -> ReportRow {
    let all = stage.paying.db.read(|conn| rows::of_grant(conn, stage.grantee.grant)).unwrap();
    all.into_iter().find(|row| row.kind == kind).unwrap()
}

fn path(stage: &Stage, kind: ReportKind) -> String {
    format!("{}/bilans/{}", stage.home(), report(stage, kind).id)
}

async fn started(stage: &Stage, kind: ReportKind) -> String {
    let path = path(stage, kind);
    let expected = stage.reads(&path).await;
    assert!(expected.contains("Commencer le bilan"), "{expected}");
    leads(&stage.presses(&expected, &format!("{path}/debut"), &[]).await);
    stage.reads(&path).await
}

const WHOLE: &[(&str, &str)] = &[
    ("realise", "Quatre ateliers et une fête."),
    ("egalite", "Deux femmes président le groupe."),
    ("appris", "Partir plus tôt."),
    ("femmes", "40"),
    ("total", "70"),
    ("depense-0", "14 000"),
    ("explication-0", "La salle a été prêtée."),
];

#[actix_web::test]
async fn a_report_counts_no_more_women_and_girls_than_people() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    let seen = hidden(&form, "lu");
    let typed = [("lu", seen.as_str()), ("femmes", "71"), ("total", "70")];
    let refused = page(stage.presses(&form, &path, &typed).await, 422).await;
    let said = "Il y a plus de femmes et de filles que de personnes touchées en tout.";
    assert!(refused.contains(said) && refused.contains("erreur-femmes"), "{refused}");
    assert!(refused.contains("value=\"71\"") && refused.contains("value=\"70\""), "{refused}");
}

#[actix_web::test]
async fn a_report_is_kept_as_typed_and_filed_when_nothing_is_missing() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    assert!(form.contains("brouillon, non déposé") && form.contains("Indiquez les dépenses réalisées"), "{form}");
    assert!(form.contains("20\u{202f}000"), "the planned budget is there");
    let seen = hidden(&form, "lu");
    let half = [("lu", seen.as_str()), ("realise", "Quatre ateliers."), ("femmes", "beaucoup"), ("depense-0", "douze")];
    let refused = page(stage.presses(&form, &path, &half).await, 422).await;
    for kept in ["Quatre ateliers.", "value=\"beaucoup\"", "value=\"douze\"", "n’est pas un montant", "nombre entier"]
    {
        assert!(refused.contains(kept), "{kept}: {refused}");
    }
    assert!(stage.reads(&path).await.contains("Quatre ateliers."), "what could be kept is kept");

    let seen = hidden(&refused, "lu");
    let mut whole = WHOLE.to_vec();
    whole.push(("lu", &seen));
    let lacks = page(stage.presses(&refused, &format!("{path}/depot"), &whole).await, 422).await;
    assert!(
        lacks.contains("Joignez le document") && lacks.contains("value=\"14\u{202f}000")
            || lacks.contains("value=\"14 000\""),
        "{lacks}"
    );
    assert_eq!(report(&stage, ReportKind::Final).state, ReportState::Draft);
    let bad = Some(("justificatifs", "f.pdf", &b"MZ\x90\x00"[..]));
    let pieces = format!("{path}/pieces/justificatifs");
    assert!(
        page(stage.site.post_file(&stage.holder, &pieces, &[], bad).await, 422).await.contains("erreur-justificatifs")
    );
    leads(&stage.site.post_file(&stage.holder, &pieces, &[], Some(("justificatifs", "f.pdf", PDF))).await);

    let ready = stage.reads(&path).await;
    let seen = hidden(&ready, "lu");
    let mut whole = WHOLE.to_vec();
    whole.push(("lu", &seen));
    for _ in 0..2 {
        assert_eq!(
            leads(&stage.presses(&ready, &format!("{path}/depot"), &whole).await),
            path,
            "once, and the same answer"
        );
    }
    let filed = stage.reads(&path).await;
    assert!(filed.contains("Le bilan est déposé") && filed.contains("Partir plus tôt."), "{filed}");
    assert!(filed.contains("−6\u{202f}000"), "the gap is shown");
    assert_eq!(report(&stage, ReportKind::Final).version, 2);

    let (id, now) = (report(&stage, ReportKind::Final).id, stage.paying.now);
    let back = (ReportEvent::RequestChanges, "Il manque la liste des ateliers.");
    stage.paying.does(|tx| reports::send_back(tx, &stage.paying.officer, id, 2, back, now)).unwrap();
    let again = stage.reads(&path).await;
    assert!(again.contains("Il manque la liste des ateliers.") && again.contains("Partir plus tôt."), "{again}");
    let seen = hidden(&again, "lu");
    let mut whole = WHOLE.to_vec();
    whole.push(("lu", &seen));
    leads(&stage.presses(&again, &format!("{path}/depot"), &whole).await);
    assert_eq!(report(&stage, ReportKind::Final).state, ReportState::Submitted);
}

/// The final report asks for a table of workshops, and adds up who came.
fn with_workshops(call: &mut CallDefinition) {
    let question =
        |code: &str, label: &str, kind| Question { label: label.into(), ..Question::blank(code.into(), kind) };
    let columns = vec![
        question("lieu", "Lieu", QuestionKind::ShortText),
        question("personnes", "Personnes", QuestionKind::Number),
    ];
    let workshops = Question { columns, ..question("ateliers", "Vos ateliers", QuestionKind::Group) };
    let formula = Some(Formula { operation: Operation::Sum, of: vec!["ateliers.personnes".into()] });
    let need = Need::Optional;
    let came = Question { formula, need, ..question("venues", "Personnes venues", QuestionKind::Computed) };
    call.reports.last.sections[0].questions.extend([workshops, came]);
}

#[actix_web::test]
async fn a_report_asks_for_rows_and_computes_from_them_as_an_application_does() {
    let stage = Stage::over(Paying::with(sqlite(), with_workshops), 10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    assert!(form.contains("name=\"ateliers-0-lieu\"") && form.contains("se calcule avec vos réponses"), "{form}");
    let seen = hidden(&form, "lu");
    let wrong = [("lu", seen.as_str()), ("ateliers-0-lieu", "Lille"), ("ateliers-0-personnes", "beaucoup")];
    let refused = page(stage.presses(&form, &path, &wrong).await, 422).await;
    assert!(refused.contains("value=\"beaucoup\"") && refused.contains("erreur-ateliers-0-personnes"), "{refused}");
    let seen = hidden(&refused, "lu");
    let first = [
        ("lu", seen.as_str()),
        ("ateliers-0-lieu", "Lille"),
        ("ateliers-0-personnes", "12"),
        ("suite", "ligne.ateliers"),
    ];
    let to = leads(&stage.presses(&refused, &path, &first).await);
    assert_eq!(to, format!("{path}?lignes=ateliers.2#champ-ateliers"));
    let two = stage.reads(to.split('#').next().unwrap()).await;
    assert!(two.contains("name=\"ateliers-1-lieu\"") && two.contains(">12</output>"), "{two}");
    let seen = hidden(&two, "lu");
    let rows = [("ateliers-0-lieu", "Lille"), ("ateliers-0-personnes", "12"), ("ateliers-1-lieu", "Arras")];
    let both = [&rows[..], &[("lu", seen.as_str()), ("ateliers-1-personnes", "30")]].concat();
    leads(&stage.presses(&two, &path, &both).await);
    let saved = stage.reads(&path).await;
    assert!(saved.contains(">42</output>"), "{saved}");
    let seen = hidden(&saved, "lu");
    let less = [&rows[..], &[("lu", seen.as_str()), ("ateliers-1-personnes", "30"), ("suite", "retrait.ateliers.0")]];
    leads(&stage.presses(&saved, &path, &less.concat()).await);
    let saved = stage.reads(&path).await;
    assert!(saved.contains(">30</output>") && !saved.contains("value=\"Lille\""), "{saved}");
    let id = report(&stage, ReportKind::Final).id;
    let kept = stage.paying.db.read(|conn| rows::answers(conn, id)).unwrap();
    assert!(kept.iter().all(|row| row.question != "venues"), "nobody types what is computed: {kept:?}");
    // Whoever reads it finds the rows in words and what they come to.
    let bad = Some(("justificatifs", "f.pdf", PDF));
    leads(&stage.site.post_file(&stage.holder, &format!("{path}/pieces/justificatifs"), &[], bad).await);
    let ready = stage.reads(&path).await;
    let seen = hidden(&ready, "lu");
    let rows = [("lu", seen.as_str()), ("ateliers-0-lieu", "Arras"), ("ateliers-0-personnes", "30")];
    let whole = [WHOLE, &rows[..]].concat();
    assert_eq!(leads(&stage.presses(&ready, &format!("{path}/depot"), &whole).await), path);
    let filed = stage.reads(&path).await;
    assert!(filed.contains("Arras") && filed.contains("Personnes venues</dt><dd>30"), "{filed}");
}

#[test]
fn a_report_begins_with_what_the_team_set_aside() {
    let paying = Paying::on(sqlite());
    let Candidate { holder, organisation, application } = paying.candidate(NAME, Euros::whole(10_000));
    let grant = paying.does(|tx| {
        let version = applications::find(tx.conn(), &Actor::system(), application)?.version;
        let marking = Marking { account: "604", amount: "300,00", reason: "Du vin." };
        cost_marks::mark(tx, &paying.officer, application, version, &marking, paying.now)?;
        decisions::set(tx, application, Some(Euros::whole(10_000)), Some("Un projet solide."), None)?;
        advance_now::<Application>(tx, &paying.officer, application, ApplicationEvent::Award, paying.now)?;
        Ok(grants::of_application(tx.conn(), application)?.unwrap().id)
    });
    let grantee = Grantee { holder, organisation, grant: grant.unwrap() };
    paying.announce();
    paying.ready(&grantee, NAME, IBANS[0]);
    let mine = paying.db.read(|conn| rows::of_grant(conn, grantee.grant)).unwrap();
    let last = mine.iter().find(|row| row.kind == ReportKind::Final).unwrap();
    paying.does(|tx| reports::start(tx, &grantee.holder, last.id, last.version, paying.now).map(drop)).unwrap();
    let paper = paying.db.read(|conn| reports::paper(conn, &grantee.holder, last.id)).unwrap();
    let set_aside: Vec<_> = paper.lines.iter().map(|line| (line.is_eligible, line.ineligible_cents)).collect();
    assert_eq!(set_aside, [(true, Euros::whole(300))]);
}

#[actix_web::test]
async fn two_people_do_not_overwrite_each_other() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    let seen = hidden(&form, "lu");
    let first = [("lu", seen.as_str()), ("realise", "Le texte de Hélo.")];
    let second = [("lu", seen.as_str()), ("realise", "Le texte de son collègue.")];
    leads(&stage.presses(&form, &path, &first).await);
    let late = page(press(&stage.site, &stage.holder, &form, &path, &second).await, 409).await;
    assert!(late.contains("Le texte de Hélo.") && late.contains("Le texte de son collègue."), "both are there: {late}");
    assert!(late.contains("rien n’est écrasé"), "{late}");
    assert!(stage.reads(&path).await.contains("Le texte de Hélo."));
    let seen = hidden(&late, "lu");
    let both = [("lu", seen.as_str()), ("realise", "Le texte de Hélo et de son collègue.")];
    leads(&stage.presses(&late, &path, &both).await);
    assert!(stage.reads(&path).await.contains("Le texte de Hélo et de son collègue."));
}

#[actix_web::test]
async fn what_was_not_planned_gets_a_line_of_its_own() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Interim);
    let form = started(&stage, ReportKind::Interim).await;
    let seen = hidden(&form, "lu");
    let more = [("lu", seen.as_str()), ("ajout-montant", "120,50")];
    let refused = page(stage.presses(&form, &path, &more).await, 422).await;
    assert!(refused.contains("Choisissez le poste") && refused.contains("120,50"), "{refused}");
    let seen = hidden(&refused, "lu");
    let more = [
        ("lu", seen.as_str()),
        ("ajout-compte", "62.3"),
        ("ajout-montant", "120,50"),
        ("ajout-explication", "Affiches"),
    ];
    leads(&stage.presses(&refused, &path, &more).await);
    let kept = stage.reads(&path).await;
    assert!(kept.contains("120,50") && kept.contains("Affiches"), "{kept}");
}

#[actix_web::test]
async fn what_was_not_planned_is_kept_once_though_the_report_is_refused() {
    let stage = Stage::of(10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    let seen = hidden(&form, "lu");
    let spent = [("depense-0", "14 000"), ("explication-0", "La salle a été prêtée.")];
    let more = [("ajout-compte", "62.3"), ("ajout-montant", "120,50"), ("ajout-explication", "Affiches")];
    let all = [&spent[..], &more[..], &[("lu", seen.as_str())]].concat();
    let refused = page(stage.presses(&form, &format!("{path}/depot"), &all).await, 422).await;
    let id = report(&stage, ReportKind::Final).id;
    let lines = || stage.paying.db.read(|conn| rows::lines(conn, id)).unwrap();
    let kept = lines();
    let place = kept.last().unwrap().position;
    let (actual, why) = (format!("depense-{place}"), format!("explication-{place}"));
    assert_eq!((hidden(&refused, &actual), hidden(&refused, &why)), ("120,50".into(), "Affiches".into()));
    assert_eq!((hidden(&refused, "ajout-montant").as_str(), hidden(&refused, "ajout-explication").as_str()), ("", ""));
    let seen = hidden(&refused, "lu");
    let shown = [(actual.as_str(), "120,50"), (why.as_str(), "Affiches"), ("lu", seen.as_str())];
    let none = [("ajout-compte", ""), ("ajout-montant", ""), ("ajout-explication", "")];
    let again = [&spent[..], &shown[..], &none[..]].concat();
    page(stage.presses(&refused, &format!("{path}/depot"), &again).await, 422).await;
    assert_eq!(lines(), kept, "not a second time, and not emptied");
}

/// The final report asks for photos, and names a partner that joined.
fn with_photos_and_partner(call: &mut CallDefinition) {
    let asked = |code: &str, label: &str, kind| Question { label: label.into(), ..Question::blank(code.into(), kind) };
    let photos = asked("images", "Des images du projet", QuestionKind::File);
    let partner = asked("rejoint", "Une organisation qui vous a rejoints", QuestionKind::Organisation);
    call.reports.last.sections[0].questions.extend([photos, Question { need: Need::Optional, ..partner }]);
}

#[actix_web::test]
async fn a_report_asks_for_a_file_and_a_partner_as_an_application_does() {
    let stage = Stage::over(Paying::with(sqlite(), with_photos_and_partner), 10_000);
    stage.paying.ready(&stage.grantee, NAME, IBANS[0]);
    let path = path(&stage, ReportKind::Final);
    let form = started(&stage, ReportKind::Final).await;
    assert!(form.contains(&format!("action=\"{path}/pieces/images\"")), "{form}");
    assert!(form.contains("Joignez le fichier demandé à «\u{a0}Des images du projet\u{a0}»."), "{form}");
    assert!(form.contains("name=\"rejoint-0-nom\"") && form.contains("Objectifs de développement durable"), "{form}");
    let (site, holder) = (&stage.site, &stage.holder);
    let send = |code: &'static str| {
        let place = format!("{path}/pieces/{code}");
        async move { site.post_file(holder, &place, &[], Some((code, "fete.pdf", PDF))).await }
    };
    assert_eq!(send("intrus").await.status(), 404, "nobody asks for it");
    leads(&send("images").await);
    leads(&send("justificatifs").await);
    let ready = stage.reads(&path).await;
    assert!(ready.contains("Relire fete.pdf") && !ready.contains("Joignez le fichier demandé"), "{ready}");
    let seen = hidden(&ready, "lu");
    let partner = [
        ("rejoint-0-nom", "Les Amis du marais"),
        ("rejoint-0-pays", "BE"),
        ("rejoint-0-nature", "association"),
        ("rejoint-0-role", "Prête la salle"),
    ];
    let whole = [WHOLE, &partner[..], &[("lu", seen.as_str())]].concat();
    assert_eq!(leads(&stage.presses(&ready, &format!("{path}/depot"), &whole).await), path);
    let filed = stage.reads(&path).await;
    for said in ["Les Amis du marais", "Des images du projet", "fete.pdf"] {
        assert!(filed.contains(said), "{said}: {filed}");
    }
    let officer = stage.site.cookie_of(&stage.paying.officer);
    let id = report(&stage, ReportKind::Final).id;
    let read = page(stage.site.get(&officer, &format!("/suivi/bilans/{id}")).await, 200).await;
    assert!(read.contains("Les Amis du marais") && read.contains("Des images du projet"), "{read}");
    assert!(!read.contains(">images<"), "the file is named as the question is: {read}");
}
