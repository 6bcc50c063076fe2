//! Donations: what they bring, their receipts and the numbers of these, who may know of donors, and how long.

use super::{field, led_to, text};
use crate::support::{
    self,
    databases::{TestDb, each_database, sqlite},
    programme::{Programme, assert_whole, open, person},
    site::Site,
};
use chrono::Datelike;
use std::{collections::BTreeSet, fs, process::Command, sync::Barrier, thread};
use tisserand::{
    documents as press,
    domain::{
        donations::{DonorKind, TaxArticle},
        ids::{DonationId, FundingSourceId},
        journal::Stage,
        letters::{Letter, LetterKind},
        lifecycles::donations::{Donation, DonationEvent, DonationState},
        messages::MessageKind,
        money::Euros,
        roles::Role,
        time::Moment,
    },
    store::{
        Db, Entropy, StoreError, documents, donations as rows, funding_sources,
        journal::{self, Scope, Voucher},
        messages,
    },
    usecases::{
        Actor, Outcome, UseCaseError,
        advance::Object,
        donation_books,
        donations::{self, DonationForm},
        receipt_rights::{self, ReceiptRights},
        retention,
    },
};

const SOURCE: &str = "DONS-2027";

/// A network that collects donations: finance records them, the director says what receipts it may issue.
pub(super) struct House {
    world: Programme,
    pub(super) finance: Actor,
    auditor: Actor,
    source: FundingSourceId,
}

pub(super) fn house(db: TestDb) -> House {
    let world = Programme::collecting(db, SOURCE);
    let finance = person(&world.db, "Farid Finance", Role::Finance);
    let auditor = person(&world.db, "Aline Audit", Role::Auditor);
    let source = world.db.read(|conn| funding_sources::by_reference(conn, SOURCE)).unwrap().unwrap().id;
    House { world, finance, auditor, source }
}

fn rights() -> ReceiptRights {
    ReceiptRights {
        is_entitled: true,
        number: "W595012345".into(),
        object: "Coopérer avec les peuples du monde".into(),
        quality: "Association d’intérêt général".into(),
        articles: vec![TaxArticle::Income, TaxArticle::Companies],
        said_by: String::new(),
    }
}

impl House {
    pub(super) fn db(&self) -> &Db {
        &self.world.db
    }

    pub(super) fn form(&self, amount: &str) -> DonationForm {
        DonationForm {
            source: self.source.to_string(),
            kind: "person".into(),
            name: "Martin".into(),
            first_names: "Jeanne".into(),
            street: "1 rue Basse".into(),
            postcode: "59000".into(),
            city: "Lille".into(),
            email: "jeanne.martin@exemple.fr".into(),
            amount: amount.into(),
            given_on: open().paris_date().to_string(),
            means: "cheque".into(),
            gift_form: "manual".into(),
            ..DonationForm::default()
        }
    }

    pub(super) fn record(&self, form: &DonationForm) -> Outcome<DonationId> {
        self.db().write(|tx| donations::record(tx, &self.finance, form, open()))
    }

    pub(super) fn row(&self, id: DonationId) -> rows::DonationRow {
        self.db().read(|conn| rows::find(conn, id)).unwrap()
    }

    fn receipts(&self, id: DonationId) -> Vec<rows::ReceiptRow> {
        self.db().read(|conn| rows::receipts_of(conn, id)).unwrap()
    }

    fn entitle(&self) {
        self.db().write(|tx| receipt_rights::save(tx, &self.world.director, &rights(), open())).unwrap();
    }

    fn issue(&self, id: DonationId) -> Outcome<()> {
        let version = self.row(id).version;
        self.db().write(|tx| donations::issue_receipt(tx, &self.finance, id, version, open()).map(drop))
    }

    pub(super) fn cancel(&self, id: DonationId, event: DonationEvent, reason: &str) -> Outcome<()> {
        let version = self.row(id).version;
        self.db().write(|tx| donations::cancel(tx, &self.finance, id, version, (event, reason), open()).map(drop))
    }

    fn left(&self) -> Euros {
        self.db().read(|conn| journal::balance(conn, Stage::Source, Scope::Source(self.source))).unwrap()
    }

    fn letters(&self, id: DonationId) -> Vec<Letter> {
        let found = self.db().read(|conn| documents::of_subject(conn, id.as_str())).unwrap();
        found.iter().map(|row| serde_json::from_str(&row.facts).unwrap()).collect()
    }

    fn mails(&self, kind: MessageKind) -> usize {
        let found = self.db().read(|conn| messages::page(conn, None, None, 500)).unwrap();
        found.iter().filter(|mail| mail.kind == kind).count()
    }
}

fn refusal<T: std::fmt::Debug>(outcome: Outcome<T>) -> String {
    outcome.unwrap_err().to_string()
}

#[test]
fn a_donation_feeds_its_source_and_a_cancelled_one_is_taken_back() {
    for db in each_database() {
        let house = house(db);
        let id = house.record(&house.form("150,50")).unwrap();
        assert_eq!(house.left(), Euros::from_cents(15_050));
        assert_eq!(house.row(id).reference, "DON-2026-0001");
        assert!(refusal(house.cancel(id, DonationEvent::Cancel, " ")).contains("invalid"));
        house.cancel(id, DonationEvent::Cancel, "Chèque sans provision").unwrap();
        assert_eq!((house.left(), house.row(id).state), (Euros::ZERO, DonationState::Cancelled));
        assert_whole(house.db());
    }
}

#[test]
fn money_a_call_has_taken_is_not_given_back() {
    for db in each_database() {
        let house = house(db);
        let id = house.record(&house.form("150")).unwrap();
        let taken = house.db().write(|tx| {
            let at = |tx: &mut tisserand::store::Tx, stage, call| {
                journal::account(tx, stage, house.source, call, None, open())
            };
            let (from, to) = (at(tx, Stage::Source, None)?, at(tx, Stage::Envelope, Some(house.world.call))?);
            let kind = tisserand::domain::journal::TransferKind::Fund;
            let voucher = Voucher { kind, disbursement: None, reverses: None, cause: None, at: open() };
            journal::transfer(tx, from, to, Euros::whole(1), voucher)
        });
        taken.unwrap();
        let refused = refusal(house.cancel(id, DonationEvent::Cancel, "Erreur"));
        assert!(refused.starts_with("Des appels ont déjà pris cet argent"), "{refused}");
    }
}

#[test]
fn without_the_right_to_issue_them_there_is_no_receipt() {
    for db in each_database() {
        let house = house(db);
        let person = house.record(&house.form("150")).unwrap();
        let refused = refusal(house.issue(person));
        assert_eq!(refused, "Notre réseau n’est pas déclaré habilité à émettre des reçus fiscaux.");
        let own = house.db().write(|tx| receipt_rights::save(tx, &house.finance, &rights(), open()));
        assert!(matches!(own, Err(UseCaseError::Store(StoreError::NotFound))), "management alone says so");
        let half = ReceiptRights { articles: vec![TaxArticle::Companies], ..rights() };
        house.db().write(|tx| receipt_rights::save(tx, &house.world.director, &half, open())).unwrap();
        assert!(refusal(house.issue(person)).contains("article 200"));
        assert!(house.receipts(person).is_empty() && house.letters(person).is_empty());
        assert_eq!(house.mails(MessageKind::TaxReceipt), 0);
        let blank = ReceiptRights { is_entitled: true, ..ReceiptRights::default() };
        let blank = house.db().write(|tx| receipt_rights::save(tx, &house.world.director, &blank, open()));
        let Err(UseCaseError::Invalid(wrong)) = blank else { panic!("{blank:?}") };
        let fields: Vec<_> = wrong.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["numero", "objet", "qualite", "articles"]);
        assert_whole(house.db());
    }
}

#[test]
fn a_receipt_names_everything_it_must() {
    let house = house(sqlite());
    house.entitle();
    let bare = DonationForm { street: String::new(), first_names: String::new(), ..house.form("150") };
    let bare = house.record(&bare).unwrap();
    let refused = refusal(house.issue(bare));
    assert!(refused.contains("Le prénom") && refused.contains("L’adresse complète"), "{refused}");
    let version = house.row(bare).version;
    let full = house.form("999");
    house.db().write(|tx| donations::correct(tx, &house.finance, bare, version, &full)).unwrap();
    assert_eq!(house.row(bare).amount_cents, Euros::whole(150), "what was given stays");
    house.issue(bare).unwrap();
    let late = house.db().write(|tx| donations::correct(tx, &house.finance, bare, version + 1, &full));
    assert!(matches!(late, Err(UseCaseError::Refused(_))), "a receipt says who gave: {late:?}");
}

/// The words of a document, as a reader's program finds them.
fn printed(name: &str, letter: &Letter) -> Option<String> {
    let file = support::output_dir("letters").join(format!("{name}.pdf"));
    fs::write(&file, press::render(letter).unwrap()).unwrap();
    if !support::require("pdftotext") {
        return None;
    }
    let output = Command::new("pdftotext").arg(&file).arg("-").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    Some(
        text.split([' ', '\n', '\u{a0}', '\u{202f}'])
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
            .replace("- ", "-"),
    )
}

#[test]
fn the_receipt_of_a_person_and_that_of_a_company_read_as_the_law_asks() {
    let house = house(sqlite());
    house.entitle();
    let person = house.record(&house.form("1 280,05")).unwrap();
    let company = DonationForm {
        kind: "company".into(),
        name: "Filature du Nord".into(),
        legal_form: "SAS".into(),
        siren: "732 829 320".into(),
        means: "transfer".into(),
        ..house.form("2 000")
    };
    let company = house.record(&company).unwrap();
    house.issue(person).unwrap();
    house.issue(company).unwrap();
    assert_eq!(house.mails(MessageKind::TaxReceipt), 2);
    let cases = [
        (
            person,
            "tax-receipt-person",
            &[
                "RF-2026-0001",
                "Jeanne Martin",
                "1 rue Basse, 59000 LILLE",
                "*** 1 280,05 € ***",
                "mille deux cent quatre-vingts euros et cinq centimes",
                "Chèque",
                "article 200 du CGI",
                "Cerfa n° 11580",
                "W595012345",
                "Coopérer avec les peuples du monde",
            ][..],
        ),
        (
            company,
            "tax-receipt-company",
            &[
                "RF-2026-0002",
                "Filature du Nord (SAS)",
                "732829320",
                "deux mille euros",
                "article 238 bis du CGI",
                "Cerfa n° 16216",
            ][..],
        ),
    ];
    for (id, name, wanted) in cases {
        let letters = house.letters(id);
        assert_eq!(letters.len(), 1);
        let signature = letters[0].signature.as_ref().unwrap();
        assert_eq!((signature.name.as_str(), signature.title.as_str()), ("Nadia Belkacem", "Directrice"));
        let Some(text) = printed(name, &letters[0]) else { return };
        assert!(text.contains("Directrice") && text.contains("Nadia Belkacem"), "who signs: {text}");
        assert_eq!(text.matches('\u{c}').count(), 1, "one page: {text}");
        for words in wanted {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
}

#[test]
fn a_void_receipt_keeps_its_number_and_says_so() {
    for db in each_database() {
        let house = house(db);
        house.entitle();
        let id = house.record(&house.form("150")).unwrap();
        house.issue(id).unwrap();
        house.cancel(id, DonationEvent::CancelReceipt, "Le nom était faux").unwrap();
        assert_eq!(house.row(id).state, DonationState::Recorded);
        house.issue(id).unwrap();
        let receipts = house.receipts(id);
        let told: Vec<_> = receipts.iter().map(|row| (row.reference.as_str(), row.cancelled_at.is_some())).collect();
        assert_eq!(told, [("RF-2026-0001", true), ("RF-2026-0002", false)]);
        let letters = house.letters(id);
        let kinds: BTreeSet<_> = letters.iter().map(|letter| letter.kind).collect();
        assert_eq!(kinds, BTreeSet::from([LetterKind::TaxReceipt, LetterKind::VoidTaxReceipt]));
        let void = letters.iter().find(|letter| letter.kind == LetterKind::VoidTaxReceipt).unwrap();
        let said = |number: &str| {
            let letter = letters.iter().find(|letter| letter.reference == number).unwrap();
            serde_json::to_string(letter)
                .unwrap()
                .replace('\u{a0}', " ")
                .contains("annule et remplace le reçu n° RF-2026-0001")
        };
        assert!(!said("RF-2026-0001") && said("RF-2026-0002"), "the second names the first");
        if let Some(text) = printed("tax-receipt-void", void) {
            assert!(text.contains("RF-2026-0001") && text.contains("est annulé"), "{text}");
            assert!(text.contains("Le nom était faux"), "{text}");
        }
        assert_eq!((house.mails(MessageKind::TaxReceipt), house.mails(MessageKind::VoidTaxReceipt)), (2, 1));
        house.cancel(id, DonationEvent::Cancel, "Don repris").unwrap();
        assert!(house.receipts(id).iter().all(|row| row.cancelled_at.is_some()));
        let next = house.record(&house.form("10")).unwrap();
        house.issue(next).unwrap();
        assert_eq!(house.receipts(next)[0].reference, "RF-2026-0003");
        let years = house.db().read(|conn| donation_books::years(conn, &house.world.director)).unwrap();
        assert_eq!((years.len(), years[0].receipts, years[0].cents, years[0].voided), (1, 1, 1_000, 2));
        assert_eq!(years[0].donor_kind, DonorKind::Person);
        assert_whole(house.db());
    }
}

#[test]
fn two_people_recording_at_once_leave_no_gap_and_take_no_number_twice() {
    for db in each_database() {
        let house = house(db);
        house.entitle();
        let colleague = person(house.db(), "Fatou Finance", Role::Finance);
        let start = Barrier::new(2);
        let form = house.form("20");
        thread::scope(|scope| {
            for finance in [&house.finance, &colleague] {
                let (url, start, form) = (house.world.db.url(), &start, &form);
                scope.spawn(move || {
                    let own = Db::open(url, Entropy::System).unwrap();
                    start.wait();
                    for _ in 0..4 {
                        let id = own.write(|tx| donations::record(tx, finance, form, open())).unwrap();
                        own.write(|tx| donations::issue_receipt(tx, finance, id, 0, open())).unwrap();
                    }
                });
            }
        });
        let found = house.db().read(|conn| rows::page(conn, &rows::Asked::default(), None, 50)).unwrap();
        let numbers: BTreeSet<_> = found.iter().map(|row| row.number).collect();
        assert_eq!(numbers, (1..=8).collect());
        let receipts = found.iter().flat_map(|row| house.receipts(row.id));
        let numbers: BTreeSet<_> = receipts.map(|row| (row.year, row.number)).collect();
        assert_eq!(numbers, (1..=8).map(|number| (2026, number)).collect());
        assert_eq!(house.left(), Euros::whole(160));
        assert_whole(house.db());
    }
}

#[test]
fn donors_are_known_to_finance_and_to_the_auditor_alone() {
    let house = house(sqlite());
    let id = house.record(&house.form("150")).unwrap();
    for actor in [&house.world.director, &house.world.officer, &house.world.members[0]] {
        let file = house.db().read(|conn| donations::file(conn, actor, id));
        assert!(matches!(file, Err(UseCaseError::Store(StoreError::NotFound))));
        let look = house.db().read(|conn| Donation::look(conn, id, actor, open()));
        assert!(matches!(look, Err(UseCaseError::Store(StoreError::NotFound))));
    }
    assert_eq!(house.db().read(|conn| donations::file(conn, &house.auditor, id)).unwrap().row.name, "Martin");
    let auditor = house.db().write(|tx| donations::issue_receipt(tx, &house.auditor, id, 0, open()));
    assert!(matches!(auditor, Err(UseCaseError::Store(StoreError::NotFound))));
}

#[test]
fn a_donor_goes_when_nobody_need_show_the_receipt_any_more() {
    for db in each_database() {
        let house = house(db);
        house.entitle();
        let id = house.record(&house.form("150")).unwrap();
        house.issue(id).unwrap();
        let on = |day: &str| Moment::start_of_day(day.parse().unwrap());
        let year = open().paris_date().year();
        let due = |day: &str| house.db().read(|conn| retention::due_donors(conn, None, on(day))).unwrap();
        assert_eq!(due(&format!("{}-12-31", year + 6)), [], "six whole years");
        house.db().write(|tx| retention::erase_donor(tx, id, on(&format!("{}-12-31", year + 6)))).unwrap();
        assert_eq!(house.row(id).name, "Martin", "nothing goes before its time");
        let after = format!("{}-01-02", year + 7);
        assert_eq!(due(&after), [id]);
        house.db().write(|tx| retention::erase_donor(tx, id, on(&after))).unwrap();
        assert_eq!(due(&after), []);
        let row = house.row(id);
        assert_eq!((row.name.as_str(), row.email.as_str(), row.street.as_str()), ("Donateur effacé", "", ""));
        assert_eq!((row.amount_cents, house.receipts(id)[0].number), (Euros::whole(150), 1), "the books stay");
        assert!(house.letters(id).is_empty());
        assert_whole(house.db());
    }
}

#[actix_web::test]
async fn a_donation_is_recorded_receipted_and_void_on_screen() {
    let house = house(sqlite());
    let site = Site::over(house.db(), open());
    let (finance, auditor) = (site.cookie_of(&house.finance), site.cookie_of(&house.auditor));
    let director = site.cookie_of(&house.world.director);
    let empty = text(site.get(&finance, "/finances/dons").await, 200).await;
    assert!(empty.contains("Aucun don pour l’instant") && empty.contains("Enregistrer un don"), "{empty}");
    let form = text(site.get(&finance, "/finances/dons/nouveau").await, 200).await;
    assert!(form.contains(&format!("value=\"{}\" selected>Dons des habitant·es", house.source)), "{form}");
    let token = field(&form, "token");
    let wrong = [("token", token.as_str()), ("nom", "Martin"), ("montant", "beaucoup")];
    let refused = text(site.post(&finance, "/finances/dons", &wrong).await, 422).await;
    for words in ["value=\"beaucoup\"", "value=\"Martin\"", "Indiquez le montant du don", "Dites qui donne."] {
        assert!(refused.contains(words), "{words} in {refused}");
    }
    let token = field(&refused, "token");
    let (source, today) = (house.source.to_string(), open().paris_date().to_string());
    let typed = [
        ("token", token.as_str()),
        ("version", "0"),
        ("convention", source.as_str()),
        ("donateur", "person"),
        ("nom", "Martin"),
        ("prenoms", "Jeanne"),
        ("rue", "1 rue Basse"),
        ("code_postal", "59000"),
        ("ville", "Lille"),
        ("montant", "150"),
        ("date", today.as_str()),
        ("moyen", "card"),
        ("forme", "manual"),
        ("flechage", "axe:CRISES"),
    ];
    let path = led_to(&site.post(&finance, "/finances/dons", &typed).await);
    assert_eq!(led_to(&site.post(&finance, "/finances/dons", &typed).await), path, "a second click records nothing");
    let page = text(site.get(&finance, &path).await, 200).await;
    assert!(page.contains("Jeanne Martin") && page.contains("pas déclaré habilité"), "{page}");
    assert_eq!(site.get(&director, &path).await.status().as_u16(), 404);
    assert_eq!(site.get(&director, "/finances/dons").await.status().as_u16(), 404);
    let read = text(site.get(&auditor, &path).await, 200).await;
    assert!(read.contains("Jeanne Martin") && !read.contains("Corriger le donateur"), "{read}");
    let rights = text(site.get(&director, "/finances/recus-fiscaux").await, 200).await;
    assert!(!rights.contains("Martin"), "{rights}");
    let said = [
        ("token", field(&rights, "token")),
        ("habilite", "oui".into()),
        ("articles", "200".into()),
        ("qualite", "Association d’intérêt général".into()),
        ("numero", "W595012345".into()),
        ("objet", "Coopérer".into()),
    ];
    let said: Vec<_> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
    led_to(&site.post(&director, "/finances/recus-fiscaux", &said).await);
    let page = text(site.get(&finance, &path).await, 200).await;
    let sent = [("token", field(&page, "token")), ("version", "0".into())];
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    led_to(&site.post(&finance, &format!("{path}/recu"), &sent).await);
    let page = text(site.get(&auditor, &path).await, 200).await;
    let pdf = page.split("href=\"").find(|rest| rest.starts_with(&format!("{path}/recus/"))).unwrap();
    let pdf = site.get(&auditor, pdf.split('"').next().unwrap()).await;
    assert_eq!(pdf.headers()["content-type"], "application/pdf");
    let question = text(site.get(&finance, &format!("{path}/annulation-du-recu")).await, 200).await;
    let sent = [("token", field(&question, "token")), ("version", field(&question, "version"))];
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let again = text(site.post(&finance, &format!("{path}/annulation-du-recu"), &sent).await, 422).await;
    assert!(again.contains("Écrivez le motif"), "{again}");
    let sent = [("token", field(&again, "token")), ("version", field(&again, "version")), ("motif", "Doublon".into())];
    let sent: Vec<_> = sent.iter().map(|(name, value)| (*name, value.as_str())).collect();
    led_to(&site.post(&finance, &format!("{path}/annulation-du-recu"), &sent).await);
    let page = text(site.get(&finance, &path).await, 200).await;
    assert!(page.contains("RF-2026-0001") && page.contains("Doublon"), "{page}");
    let letters = house.letters(house_donation(&house));
    let code = letters.iter().find(|letter| letter.kind == LetterKind::TaxReceipt).unwrap().check_code.clone();
    let check = text(site.get("", &format!("/verifier/{code}")).await, 200).await;
    assert!(
        check.contains("reçu annulé le") && !check.contains("Document authentique") && !check.contains("Martin"),
        "{check}"
    );
    let list = text(site.get(&auditor, "/finances/dons?q=martin").await, 200).await;
    assert!(list.contains("DON-2026-0001") && list.contains("150 €"), "{list}");
    let none = text(site.get(&auditor, "/finances/dons?q=dupont").await, 200).await;
    assert!(none.contains("Rien ne correspond"), "{none}");
    let csv = text(site.get(&auditor, "/finances/dons/export?format=csv").await, 200).await;
    assert!(csv.contains("DON-2026-0001") && csv.contains("Jeanne") && csv.contains("Axe : Répondre"), "{csv}");
    assert!(list.contains("/finances/dons/export?q=martin"), "{list}");
    let keys = text(site.get(&auditor, "/finances/dons/export?q=martin&format=csv-programme").await, 200).await;
    assert!(keys.starts_with("reference,given_on,donor_kind,") && keys.lines().count() == 2, "{keys}");
    let book = site.get(&finance, "/finances/dons/export?format=xlsx").await;
    assert!(book.bytes().await.unwrap().starts_with(b"PK"));
    assert_whole(house.db());
}

/// The only donation there is.
fn house_donation(house: &House) -> DonationId {
    house.db().read(|conn| rows::page(conn, &rows::Asked::default(), None, 1)).unwrap()[0].id
}
