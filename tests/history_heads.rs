//! The head of the history is published, mailed out by night and compared: a rewritten past shows, though its hashes agree.

use crate::cli::tisserand_in;
use crate::support::{
    databases::each_database,
    grants::{Paying, person},
    site::Site,
};
use diesel::connection::SimpleConnection;
use tisserand::{
    domain::{history_heads::HistoryHead, messages::MessageKind, money::Euros, roles::Role},
    store::{Db, StoreError, Tx, guards, history, history_heads as rows, messages, people},
    usecases::{
        Actor, UseCaseError,
        integrity::{self, Invariant},
        integrity_runs,
        settings::{self, Settings},
    },
};

const PAGE: &str = "/administration/integrite";

struct House {
    paying: Paying,
    admin: Actor,
    grant: tisserand::domain::ids::GrantId,
}

impl House {
    fn each() -> Vec<House> {
        let house = |db| {
            let (paying, grantee) = Paying::granted(db, "Les Passeurs", Euros::whole(10_000));
            let admin = paying.does(|tx| person(tx, "Ada Admin", Role::Admin, paying.now)).unwrap();
            House { paying, admin, grant: grantee.grant }
        };
        each_database().into_iter().map(house).collect()
    }

    fn found(&self) -> Vec<Invariant> {
        self.paying.db.read_frozen(|conn| integrity::check(conn, None, &mut |_| {})).unwrap()
    }

    /// What the worker keeps of a night after so many days.
    fn night(&self, days: i64) {
        let (found, now) = (self.found(), self.paying.now.plus_days(days));
        self.paying.does(|tx| integrity_runs::record_nightly(tx, &found, &[], now).map(drop)).unwrap();
    }

    /// To whom the reports of the nights went, and what the last one says.
    fn reports(&self) -> (Vec<String>, String) {
        let mails = self.paying.db.read(|conn| messages::page(conn, None, None, 5_000)).unwrap();
        let reports: Vec<_> = mails.into_iter().filter(|mail| mail.kind == MessageKind::NightlyReport).collect();
        let last = reports.iter().max_by_key(|mail| mail.cause_seq).map_or(String::new(), |mail| mail.facts.clone());
        (reports.into_iter().map(|mail| mail.recipient_address).collect(), last)
    }

    /// The head that was published last.
    fn head(&self) -> HistoryHead {
        let row = self.paying.db.read(|conn| rows::last(conn, 1)).unwrap().pop().unwrap();
        HistoryHead { seq: row.seq, hash: row.hash }
    }

    /// How many of the published heads are no longer in the history, and how much of its chain is broken.
    fn broken(&self) -> (i64, i64) {
        let found = self.found();
        let count = |begins: &str| found.iter().find(|one| one.name.starts_with(begins)).unwrap().tally.broken;
        (count("the heads of the history"), count("the history is one unbroken chain"))
    }

    async fn page(&self, path: &str) -> String {
        let site = Site::over(&self.paying.db, self.paying.now.plus_days(9));
        let page = site.get(&site.cookie_of(&self.admin), path).await.text().await.unwrap();
        page.replace(['\u{a0}', '\u{202f}'], " ")
    }
}

/// What somebody with the database's own tools does who knows how the hashes are made: a reason is another, and everything
/// after it agrees.
fn rewrite(db: &Db) {
    let rewritten = db.write(|tx| {
        guards::lift(tx.conn())?;
        let mut previous = String::new();
        for mut row in history::after(tx.conn(), 0, 100_000)? {
            if row.seq == 3 {
                row.reason = "autre".into();
                tx.conn().batch_execute("UPDATE transitions SET reason = 'autre' WHERE seq = 3")?;
            }
            row.previous_hash = previous;
            let (seq, hash) = (row.seq, row.expected_hash());
            let previous_hash = &row.previous_hash;
            tx.conn().batch_execute(&format!(
                "UPDATE transitions SET previous_hash = '{previous_hash}', hash = '{hash}' WHERE seq = {seq}"
            ))?;
            previous = hash;
        }
        Ok::<_, StoreError>(())
    });
    rewritten.unwrap();
}

#[test]
fn the_head_is_mailed_on_the_nights_after_which_something_changed() {
    for house in House::each() {
        let director = house.paying.director.person.unwrap();
        let address = house.paying.db.read(|conn| people::find(conn, director)).unwrap().email;
        house.night(1);
        assert_eq!(house.reports().0, Vec::<String>::new(), "the first check has nothing to report of");
        house.night(2);
        let (told, words) = house.reports();
        assert!(told.contains(&"ada.admin@tisserand.example".to_owned()), "{told:?}");
        assert!(told.contains(&address.to_string()), "{told:?}");
        let head = house.head();
        assert!(words.contains(&head.to_string()) && words.contains("(heure de Paris)"), "{words}");
        assert!(words.contains(&format!("\"{}\"", head.seq)) && words.contains("toutes tiennent"), "{words}");
        house.night(3);
        assert_eq!(house.reports().0.len(), told.len(), "nothing but mails has left since");
        let witness = |tx: &mut Tx| -> Result<(), UseCaseError> {
            let known = settings::load(tx.conn())?;
            settings::save(tx, Settings { history_witness: "temoin@example.org".into(), ..known })
        };
        house.paying.does(witness).unwrap();
        house.paying.pay(house.paying.prepare(&[house.paying.payments(house.grant)[0].id]));
        house.night(4);
        let (later, words) = house.reports();
        assert_eq!(later.len(), 2 * told.len() + 1);
        assert!(later.contains(&"temoin@example.org".to_owned()), "{later:?}");
        assert!(words.contains(&house.head().to_string()) && house.head().seq > head.seq, "{words}");
        assert_eq!(house.broken(), (0, 0));
        assert_eq!(house.paying.db.read(|conn| rows::last(conn, 9)).unwrap().len(), 4, "one a night");
        house.paying.check();
    }
}

#[actix_web::test]
async fn a_rewritten_past_shows_though_its_chain_is_whole() {
    for house in House::each() {
        house.night(1);
        house.night(2);
        let head = house.head();
        rewrite(&house.paying.db);
        assert_eq!(house.broken(), (2, 0), "its hashes agree, but not with what was published");
        let page = house.page(&format!("{PAGE}?empreinte={head}")).await;
        assert!(page.contains("il a été réécrit ou raccourci depuis"), "{page}");
        assert!(page.contains("Introuvable"), "{page}");
        let folder = tempfile::tempdir().unwrap();
        let url = house.paying.db.url();
        let refused = tisserand_in(folder.path(), &["check", "--database-url", url]).refused();
        assert!(refused.contains("one invariant"), "{refused}");
        let given = tisserand_in(folder.path(), &["check", "--database-url", url, "--head", &head.to_string()]);
        assert!(given.refused().contains("2 invariants"));
    }
}

#[actix_web::test]
async fn a_head_read_in_a_mail_is_compared_on_the_page_and_from_the_command_line() {
    for house in House::each() {
        house.night(1);
        let old = house.head();
        house.paying.pay(house.paying.prepare(&[house.paying.payments(house.grant)[0].id]));
        house.night(2);
        let new = house.head();
        let page = house.page(PAGE).await;
        assert!(page.contains("L’historique compte"), "{page}");
        assert!(
            page.contains(&old.to_string()) && page.contains(&new.to_string()) && page.contains("Présente"),
            "{page}"
        );
        let page = house.page(&format!("{PAGE}?empreinte={old}")).await;
        assert!(page.contains("rien de ce qui la précède n’a été réécrit"), "{page}");
        let page = house.page(&format!("{PAGE}?empreinte=12:abc")).await;
        assert!(page.contains("Ce n’est pas une empreinte") && page.contains("value=\"12:abc\""), "{page}");
        let (folder, url) = (tempfile::tempdir().unwrap(), house.paying.db.url());
        let (first, second) = (old.to_string(), new.to_string());
        let both = ["check", "--database-url", url, "--head", &first, "--head", &second];
        let table = tisserand_in(folder.path(), &both).done();
        let line = table.lines().find(|line| line.contains("the heads given are in the history")).unwrap();
        assert_eq!(line.split_whitespace().rev().take(2).collect::<Vec<_>>(), ["0", "2"], "{line}");
        let beyond = HistoryHead { seq: 1_000_000, hash: old.hash.clone() }.to_string();
        let shorter = tisserand_in(folder.path(), &["check", "--database-url", url, "--head", &beyond]).refused();
        assert!(shorter.contains("one invariant"), "{shorter}");
    }
    let folder = tempfile::tempdir().unwrap();
    let told = tisserand_in(folder.path(), &["check", "--head", "12:abc"]);
    assert_eq!(told.code, 2, "a head is a number, a colon and 64 digits: {}", told.err);
}
