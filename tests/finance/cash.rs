//! What is to come in from each funder stands among the months with what has to leave, and the cash that is left is that
//! of the agreement.

use super::{Desk, NAME, led_to};
use crate::support::{databases::each_database, grants::Paying};
use tisserand::{
    domain::{ids::InstalmentId, money::Euros, reports::ReportKind},
    store::{funding_sources as sources, recoveries as recovery_rows},
    usecases::{
        funding_dues, funding_sources,
        payables::{self, SourceCash},
        recoveries,
    },
};

const REFERENCE: &str = "AFD-2026-TANDEMS";

/// An instalment of this agreement that is expected so many days from now.
pub(super) fn expected(paying: &Paying, label: &str, days: i64, euros: &str) -> InstalmentId {
    let source = paying.db.read(|conn| sources::by_reference(conn, REFERENCE)).unwrap().unwrap().id;
    let day = paying.now.plus_days(days).paris_date().to_string();
    paying
        .does(|tx| funding_dues::expect(tx, &paying.finance, source, (label, day.as_str(), euros), paying.now))
        .unwrap()
}

pub(super) fn received(paying: &Paying, id: InstalmentId, euros: &str) {
    let source = paying.db.read(|conn| sources::by_reference(conn, REFERENCE)).unwrap().unwrap().id;
    let day = paying.now.paris_date().to_string();
    let words = (day.as_str(), euros, "VIR-1");
    paying.does(|tx| funding_dues::receive(tx, &paying.finance, (source, id), words, paying.now)).unwrap();
}

fn cash(paying: &Paying) -> SourceCash {
    let found = paying.db.read(|conn| payables::cash(conn, &paying.finance, paying.now)).unwrap();
    found.sources.into_iter().find(|source| source.reference == REFERENCE).unwrap()
}

#[test]
fn what_a_funder_is_to_pay_stands_in_its_months_and_the_cash_is_that_of_the_agreement() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        assert_eq!(cash(&paying).whole().coming.total(), Euros::ZERO, "nothing is noted yet");
        let advance = expected(&paying, "Avance", -40, "3 000");
        expected(&paying, "Retard", -35, "500,25");
        expected(&paying, "Solde", 100, "1 200");
        expected(&paying, "Lointain", 900, "70");
        received(&paying, advance, "2 999,99");
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        let found = cash(&paying);
        let coming = found.months[0].coming;
        assert_eq!((coming.received, coming.late), (Euros::from_cents(299_999), Euros::from_cents(50_025)));
        assert_eq!(coming.awaited, Euros::ZERO, "late is not awaited twice");
        let months: Vec<_> = found.months.iter().skip(1).filter(|month| month.coming.awaited.is_positive()).collect();
        assert_eq!(months.iter().map(|month| month.coming.awaited).collect::<Vec<_>>(), [Euros::whole(1_200)]);
        assert_eq!(found.after.coming.awaited, Euros::whole(70));
        let steps = found.in_hand();
        assert_eq!(steps[0], found.before.net() + found.months[0].net());
        assert!(steps.windows(2).zip(&found.months[1..]).all(|(pair, month)| pair[1] == pair[0] + month.net()));
        // What came back is cash again.
        paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&grantee, ReportKind::Final, Euros::whole(4_000));
        let owed = paying.db.read(|conn| recovery_rows::of_grant(conn, grantee.grant)).unwrap()[0].id;
        let today = paying.now.paris_date();
        paying.does(|tx| recoveries::receive(tx, &paying.finance, owed, 0, today, paying.now).map(drop)).unwrap();
        let found = cash(&paying).whole();
        assert!(found.coming.returned.is_positive());
        let (_, lines) = paying.db.read(|conn| funding_sources::list(conn, &paying.finance, paying.now)).unwrap();
        let line = lines.iter().find(|line| line.row.reference == REFERENCE).unwrap();
        assert_eq!(found.coming.received + found.coming.returned - found.paid, line.in_hand());
        paying.check();
    }
}

#[test]
fn what_is_asked_back_is_awaited_in_the_month_it_is_due_from_the_sources_that_paid_it() {
    for db in each_database() {
        let (paying, grantee) = Paying::granted(db, NAME, Euros::whole(10_000));
        paying.pay(paying.prepare(&[paying.payments(grantee.grant)[0].id]));
        paying.report(&grantee, ReportKind::Interim, Euros::whole(4_000));
        paying.report(&grantee, ReportKind::Final, Euros::whole(4_000));
        let owed = paying.db.read(|conn| recovery_rows::of_grant(conn, grantee.grant)).unwrap().remove(0);
        let whole = || paying.db.read(|conn| payables::cash(conn, &paying.finance, paying.now)).unwrap();
        let found = whole();
        let place = found.months.iter().rposition(|first| *first <= owed.due_on).unwrap();
        assert!(place > 0, "two months are left to pay it back");
        let asked: Vec<_> = found.sources.iter().map(|source| source.months[place].coming.asked_back).collect();
        assert_eq!(asked.iter().copied().sum::<Euros>(), owed.amount_cents);
        for (source, asked) in found.sources.iter().zip(&asked) {
            assert_eq!(source.whole().coming.asked_back, *asked, "in no other month");
        }
        assert_eq!(cash(&paying).whole().coming.of_funder(), Euros::ZERO, "what grantees owe is not the funder's");
        let today = paying.now.paris_date();
        paying.does(|tx| recoveries::receive(tx, &paying.finance, owed.id, 0, today, paying.now).map(drop)).unwrap();
        let come: Vec<_> = whole().sources.iter().map(|source| source.whole().coming).collect();
        assert_eq!(come.iter().map(|coming| coming.returned).collect::<Vec<_>>(), asked, "divided as was foreseen");
        assert!(come.iter().all(|coming| coming.asked_back == Euros::ZERO));
        paying.check();
    }
}

#[test]
fn what_is_awaited_is_read_page_by_page_and_nothing_is_lost_between_two() {
    for db in each_database() {
        let (paying, _) = Paying::granted(db, NAME, Euros::whole(10_000));
        let mut made = vec![expected(&paying, "Solde", 100, "1 200"), expected(&paying, "Retard", -35, "500")];
        made.extend((0..3).map(|number| expected(&paying, &format!("Tranche {number}"), 40, "100")));
        let came = expected(&paying, "Avance", -40, "3 000");
        received(&paying, came, "3 000");
        let page = |key| paying.db.read(|conn| funding_dues::awaited(conn, &paying.finance, key, 2)).unwrap();
        let (mut key, mut seen) = (None, Vec::new());
        loop {
            let found = page(key);
            let Some((last, ..)) = found.last() else { break };
            key = Some((last.expected_on, last.id));
            seen.extend(found.into_iter().map(|(row, ..)| (row.expected_on, row.id)));
        }
        let mut wanted = seen.clone();
        wanted.sort_unstable();
        assert_eq!(seen, wanted, "the first expected first");
        let mut ids: Vec<_> = seen.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        made.sort_unstable();
        assert_eq!(ids, made, "each once, and none that came");
    }
}

#[actix_web::test]
async fn a_long_list_of_what_is_awaited_has_pages_and_one_file() {
    let desk = Desk::open();
    for number in 0..51 {
        expected(&desk.paying, &format!("Tranche-{number:02}."), 40 + number, "100");
    }
    let here = "/finances/tresorerie";
    let first = desk.page(&desk.finance, here, 200).await;
    assert!(first.contains("Tranche-49.") && !first.contains("Tranche-50."), "{first}");
    let next = first.split(&format!("href=\"{here}?apres=")).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let second = desk.page(&desk.finance, &format!("{here}?apres={next}"), 200).await;
    assert!(second.contains("Tranche-50.") && !second.contains("Tranche-49."), "{second}");
    assert!(second.contains(&format!("href=\"{here}\">Début")) && !second.contains("rel=\"next\""), "{second}");
    let file = desk.page(&desk.finance, "/finances/tresorerie/attendu?format=csv-programme", 200).await;
    assert_eq!(file.lines().count(), 52, "{file}");
}

#[actix_web::test]
async fn the_page_says_what_is_late_and_gives_away_what_it_shows() {
    let desk = Desk::open();
    let (paying, here) = (&desk.paying, "/finances/tresorerie");
    let page = desk.page(&desk.finance, here, 200).await;
    assert!(page.contains("Aucun versement du bailleur n’est noté"), "{page}");
    assert!(!page.contains("Attendu des bailleurs"), "{page}");
    expected(paying, "=Avance", -40, "500,25");
    let source = paying.db.read(|conn| sources::by_reference(conn, REFERENCE)).unwrap().unwrap().id;
    let path = format!("/finances/conventions/{source}");
    let day = paying.now.plus_days(60).paris_date().to_string();
    let fields = [("versement", "Solde"), ("prevu-le", day.as_str()), ("prevu", "1 200")];
    led_to(&desk.send(&desk.finance, &path, &format!("{path}/versements"), &fields).await);
    let page = desk.page(&desk.director, here, 200).await;
    let link = format!("href=\"{path}\"");
    for said in [
        "Attendu des bailleurs",
        "dont 500,25 € en retard",
        ", en retard</span>",
        "La trésorerie devient négative",
        "/finances/tresorerie/attendu?format=xlsx",
        link.as_str(),
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let months = (page.matches("Mois par mois").count(), page.matches("<details open").count());
    assert!(months.0 > 1 && months.1 == 1, "the months of all are open, those of each are folded: {page}");
    assert!(page.matches(" · Trésorerie au bout : ").count() == months.0, "each says its sums first: {page}");
    let late = paying.now.plus_days(-40).paris_date();
    let file = desk.page(&desk.director, "/finances/tresorerie/attendu?format=csv-programme", 200).await;
    let lines: Vec<_> = file.lines().collect();
    assert_eq!(lines[0], "funder_name,source_reference,label,expected_on,expected,status,status_label");
    assert!(lines[1].ends_with(&format!(",{REFERENCE},'=Avance,{late},500.25,late,en retard")), "{file}");
    assert!(lines[2].ends_with(&format!(",{REFERENCE},Solde,{day},1200.00,expected,pas encore")), "{file}");
    let months = desk.page(&desk.director, &format!("{here}/tableau?format=csv-programme"), 200).await;
    assert!(
        months.lines().next().unwrap().ends_with(",left,received,returned,late,awaited,asked_back,in_hand"),
        "{months}"
    );
    let present = format!(",{REFERENCE},{},", &paying.now.paris_date().to_string()[..7]);
    let line = months.lines().find(|line| line.contains(&present)).unwrap();
    let figures: Vec<&str> = line.split(',').collect();
    assert_eq!(figures[8..12], ["0.00", "0.00", "500.25", "0.00"], "{line}");
    let known = desk.page(&desk.finance, "/colonnes", 200).await;
    for key in ["returned", "awaited", "expected_on"] {
        assert!(known.contains(&format!("<code>{key}</code>")), "{key}: {known}");
    }
    let officer = desk.door.cookie_of(&paying.officer);
    assert_eq!(desk.door.get(&officer, "/finances/tresorerie/attendu").await.status().as_u16(), 404);
}
