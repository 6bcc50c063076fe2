//! What a funder pays, told by the bank: proposed on the instalment that is awaited, noted once with its line, and taken
//! back where somebody was wrong.

use super::{
    Desk, NAME,
    cash::{expected, received},
    field, led_to,
    statements::{Entry, PAYER, bring, confirm, message, sentence, ticks},
};
use crate::support::{
    databases::each_database,
    grants::{Paying, person},
};
use std::thread;
use tisserand::{
    domain::{
        ids::{InstalmentId, StatementImportId},
        money::Euros,
        roles::Role,
        statements::matching::Verdict,
        time::french_date,
    },
    store::{funding_dues::InstalmentRow, instalment_lines},
    usecases::{
        Outcome, funding_dues,
        statements::{self, Chosen, Confirmed, Reading},
    },
};

/// A credit of today, as a funder's bank words it.
fn credit<'a>(paying: &Paying, amount: &'a str, label: &'a str) -> Entry<'a> {
    let plain = Entry::debit(paying.now.paris_date(), amount, "MANDAT-8");
    Entry { side: "CRDT", account: "", label, ..plain }
}

fn brings(paying: &Paying, entries: &[Entry<'_>]) -> StatementImportId {
    let entries: String = entries.iter().map(Entry::xml).collect();
    bring(paying, &paying.finance, &message(PAYER, &entries)).unwrap().id
}

fn reads(paying: &Paying, id: StatementImportId) -> Reading {
    paying.db.read(|conn| statements::read(conn, &paying.finance, id, paying.now)).unwrap()
}

fn kept(paying: &Paying, id: InstalmentId) -> InstalmentRow {
    paying.db.read(|conn| instalment_lines::of_ids(conn, &[id])).unwrap().remove(0).0
}

fn confirms(paying: &Paying, id: StatementImportId) -> Outcome<Confirmed> {
    confirm(paying, &paying.finance, id, &ticks(&reads(paying, id)))
}

#[test]
fn a_credit_of_a_funder_is_noted_on_the_day_of_the_bank_and_once() {
    for db in each_database() {
        let (paying, _) = Paying::granted(db, NAME, Euros::whole(10_000));
        let due = expected(&paying, "Avance", 40, "3 000");
        let entry = credit(&paying, "3000.00", "VIR CONV AFD-2026-TANDEMS AVANCE");
        let id = brings(&paying, &[entry]);
        let verdict = reads(&paying, id).lines.pop().unwrap().1;
        assert!(matches!(&verdict, Verdict::Proposed(_, why) if why.contains("de ce bailleur")), "{verdict:?}");
        let again = ticks(&reads(&paying, id));
        assert_eq!(confirms(&paying, id).unwrap().received, 1);
        let row = kept(&paying, due);
        assert_eq!((row.received_on, row.received_cents), (Some(entry.day), Some(Euros::whole(3_000))));
        assert_eq!(row.bank_reference.as_deref(), Some("MANDAT-8"));
        let late = confirm(&paying, &paying.finance, id, &again).unwrap();
        assert_eq!((late.received, late.before), (0, 1));
        // The same operation once more, in other words, while another instalment of this amount is awaited.
        expected(&paying, "Acompte", 80, "3 000");
        let other = brings(&paying, &[Entry { label: "AFD-2026-TANDEMS", ..entry }]);
        let verdict = reads(&paying, other).lines.pop().unwrap().1;
        assert!(matches!(&verdict, Verdict::Unknown(why) if why.contains("déjà confirmée")), "{verdict:?}");
        let listed = paying.db.read(|conn| statements::page(conn, &paying.finance, None, 9)).unwrap();
        let mut confirmed: Vec<_> = listed.iter().map(|one| one.confirmed).collect();
        confirmed.sort_unstable();
        assert_eq!(confirmed, [0, 1]);
        paying.check();
    }
}

#[test]
fn two_people_at_once_note_it_once_and_whoever_was_wrong_takes_it_back() {
    for db in each_database() {
        let (paying, _) = Paying::granted(db, NAME, Euros::whole(10_000));
        let due = expected(&paying, "Avance", 40, "3 000");
        let id = brings(&paying, &[credit(&paying, "3000.00", "AFD-2026-TANDEMS")]);
        let ticked = ticks(&reads(&paying, id));
        let (database, now, chosen) = (&paying.db, paying.now, &ticked);
        let second = paying.does(|tx| person(tx, "Fanny Finance", Role::Finance, now)).unwrap();
        let confirmed = [&paying.finance, &second]
            .map(|actor| move || database.write(|tx| statements::confirm(tx, actor, id, chosen, now)).unwrap());
        let done = thread::scope(|scope| confirmed.map(|work| scope.spawn(work)).map(|work| work.join().unwrap()));
        assert_eq!((done[0].received + done[1].received, done[0].before + done[1].before), (1, 1));
        let source = kept(&paying, due).funding_source_id;
        paying.does(|tx| funding_dues::await_again(tx, &second, (source, due), now)).unwrap();
        assert_eq!(kept(&paying, due).received_on, None);
        let verdict = reads(&paying, id).lines.pop().unwrap().1;
        assert!(matches!(verdict, Verdict::Proposed(..)), "the line waits again: {verdict:?}");
        assert_eq!(confirms(&paying, id).unwrap().received, 1);
        paying.does(|tx| funding_dues::await_again(tx, &second, (source, due), now)).unwrap();
        paying.does(|tx| funding_dues::drop_instalment(tx, &second, source, due)).unwrap();
        assert!(matches!(reads(&paying, id).lines[0].1, Verdict::NotOurs(_)));
        paying.check();
    }
}

#[test]
fn among_several_of_one_amount_somebody_chooses_one_for_each_line() {
    for db in each_database() {
        let (paying, _) = Paying::granted(db, NAME, Euros::whole(10_000));
        let dues = [expected(&paying, "Tranche 1", 40, "100"), expected(&paying, "Tranche 2", 70, "100")];
        let id = brings(&paying, &[credit(&paying, "100.00", "VERSEMENT A"), credit(&paying, "100.00", "VERSEMENT B")]);
        let reading = reads(&paying, id);
        let choices = |place: usize| -> Vec<Chosen> {
            let (row, verdict) = &reading.lines[place];
            verdict.effects().iter().map(|effect| (row.id, statements::mark(effect))).collect()
        };
        assert_eq!((choices(0).len(), choices(1).len()), (2, 2));
        let both = confirm(&paying, &paying.finance, id, &choices(0));
        assert!(sentence(both.unwrap_err()).contains("Ligne 1"), "one line brings one instalment");
        let twice = [choices(0).remove(0), choices(1).remove(0)];
        let refused = sentence(confirm(&paying, &paying.finance, id, &twice).unwrap_err());
        assert!(refused.contains("Ligne 2") && refused.contains("déjà noté comme reçu"), "{refused}");
        assert!(dues.iter().all(|due| kept(&paying, *due).received_on.is_none()), "all or none");
        let each = [choices(0).remove(1), choices(1).remove(0)];
        assert_eq!(confirm(&paying, &paying.finance, id, &each).unwrap().received, 2);
        assert!(dues.iter().all(|due| kept(&paying, *due).received_on.is_some()));
        paying.check();
    }
}

#[test]
fn what_was_noted_by_hand_is_not_proposed_on_another_instalment() {
    for db in each_database() {
        let (paying, _) = Paying::granted(db, NAME, Euros::whole(10_000));
        received(&paying, expected(&paying, "Avance", -5, "3 000"), "3 000");
        let id = brings(&paying, &[credit(&paying, "3000.00", "AFD-2026-TANDEMS")]);
        let alone = reads(&paying, id).lines.remove(0).1;
        assert!(matches!(&alone, Verdict::NotOurs(why) if why.contains("déjà noté")), "{alone:?}");
        expected(&paying, "Acompte", 80, "3 000");
        let other = reads(&paying, id).lines.remove(0).1;
        assert!(matches!(&other, Verdict::Unknown(why) if why.contains("déjà noté")), "{other:?}");
    }
}

#[actix_web::test]
async fn the_page_proposes_the_instalment_and_its_agreement_leads_back_to_the_line() {
    let desk = Desk::open();
    let (paying, day) = (&desk.paying, french_date(desk.paying.now.paris_date()).replace('\u{a0}', " "));
    expected(paying, "avance", -10, "3 000");
    for label in ["Tranche 1", "Tranche 2"] {
        expected(paying, label, 40, "100");
    }
    let entries = [credit(paying, "3000.00", "AFD-2026-TANDEMS"), credit(paying, "100.00", "VIR")];
    let path = format!("/finances/releves/{}", brings(paying, &entries));
    let page = desk.page(&desk.finance, &path, 200).await;
    let came = format!(", reçu le {day}.");
    for said in ["Versement de bailleur : Avance, ", "AFD-2026-TANDEMS), attendu le ", came.as_str(), ">à choisir<"] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(page.contains("<option value=\"\">Rien pour l’instant</option>"), "{page}");
    assert_eq!(page.matches("<option").count(), 3, "{page}");
    let source = page.split("href=\"/finances/conventions/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let chosen = page.split("<option value=\"").nth(2).and_then(|rest| rest.split('"').next()).unwrap();
    let ticked = field(&page, "ligne");
    let form = [("groupe", "a-confirmer"), ("ligne", ticked.as_str()), ("ligne", chosen), ("ligne", "")];
    let sent = desk.send(&desk.finance, &path, &format!("{path}/confirmation"), &form).await;
    assert_eq!(led_to(&sent), path);
    let done = desk.page(&desk.finance, &format!("{path}?groupe=constatees"), 200).await;
    assert_eq!(done.matches(", reçu. Confirmé par Farid Finance le").count(), 2, "{done}");
    let agreement = format!("/finances/conventions/{source}");
    let page = desk.page(&desk.finance, &agreement, 200).await;
    assert_eq!(page.matches(&format!("href=\"{path}?groupe=constatees\"")).count(), 2, "{page}");
    assert!(page.contains(&format!("3 000 €, le {day}, MANDAT-8")), "{page}");
    let awaited = paying.db.read(|conn| funding_dues::awaited(conn, &paying.finance, None, 9)).unwrap();
    assert_eq!(awaited.len(), 1, "what came is awaited no more: {awaited:?}");
    paying.check();
}
