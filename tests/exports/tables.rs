//! CSV and XLSX tables: what people and programs find in them, and that they say the same.

use std::{
    convert::Infallible,
    io::{Cursor, Read, Write},
    sync::Arc,
};
use tisserand::{
    domain::money::{Euros, Rate},
    domain::time::Moment,
    exports::{
        applications::{APPLICATIONS, ApplicationRow},
        disbursements::{DISBURSEMENTS, DisbursementRow},
        grants::{GRANTS, GrantRow},
        sheets::{ExportError, Form, Table, write_csv, write_xlsx, xlsx_file},
    },
    usecases::exports::{Account, Beneficiary, FunderShare, Origin, Project},
};

fn beneficiary() -> Beneficiary {
    Beneficiary {
        name: "=HYPERLINK(\"http://exemple.org\")".to_owned(),
        siret: Some("73282932000074".parse().unwrap()),
        rna: Some("W595012345".parse().unwrap()),
        commune: "Hénin-Beaumont".to_owned(),
        department: "62".to_owned(),
    }
}

fn origin(fund: &str, reference: &str, title: &str) -> Arc<Origin> {
    Arc::new(Origin {
        fund_code: fund.to_owned(),
        fund_name: fund.to_owned(),
        call_reference: reference.to_owned(),
        call_title: title.to_owned(),
    })
}

fn project(reference: &str, axes: Vec<String>) -> Arc<Project> {
    Arc::new(Project {
        application_reference: "REC-2027-0012".to_owned(),
        grant_reference: reference.to_owned(),
        title: "L’eau \"ici\" et là-bas".to_owned(),
        axes,
        decided_on: "2027-03-01".parse().ok(),
        beneficiary: beneficiary(),
    })
}

fn share(source: &str, funder: &str, cents: i64) -> FunderShare {
    FunderShare { source: source.into(), funder: funder.into(), amount: Euros::from_cents(cents) }
}

fn disbursement(fund: &str, cents: i64) -> DisbursementRow {
    DisbursementRow {
        origin: origin(fund, "REC-2027", "Appel ; 2027"),
        project: project("SUB-2027-0004", vec!["A1".to_owned(), "A3".to_owned()]),
        kind: "advance",
        kind_label: "Avance",
        sequence: 1,
        status: "paid",
        status_label: "Payé",
        amount: Euros::from_cents(cents),
        due_on: "2027-04-01".parse().ok(),
        authorised_on: None,
        paid_on: "2027-04-02".parse().ok(),
        payment_run: "LOT-2027-0007".into(),
        end_to_end_id: "REC-2027-0012-1".to_owned(),
        account: Some(Arc::new(Account {
            iban: "v1.0a1b2c3d.00ff.FR76.0189".parse().unwrap(),
            holder: "+33 Association".to_owned(),
        })),
        funder_split: vec![share("AFD-2026", "AFD", 240_000), share("REG-2026", "Région", cents - 240_000)],
    }
}

fn csv<Row: Clone>(table: &Table<Row>, form: Form, rows: &[Row]) -> String {
    let mut bytes = Vec::new();
    write_csv(table, form, rows.iter().cloned().map(Ok::<_, Infallible>), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn cells(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(delimiter).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The parts of a workbook, by name.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn workbook<Row: Clone>(table: &Table<Row>, rows: &[Row]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    write_xlsx(table, rows.iter().cloned().map(Ok::<_, Infallible>), &mut bytes).unwrap();
    bytes.into_inner()
}

#[test]
fn a_french_spreadsheet_opens_the_table_as_it_is() {
    let text = csv(DISBURSEMENTS, Form::French, &[disbursement("RECITAL", 300_050), disbursement("TANDEMS", 99_950)]);
    let text = text.strip_prefix('\u{feff}').unwrap();
    assert!(text.ends_with("\r\n") && text.matches('\n').count() == text.matches("\r\n").count());
    let lines = cells(text, b';');
    let column = |heading: &str| lines[0].iter().position(|h| h == heading).unwrap();
    assert_eq!(lines.len(), 4);
    for (heading, cell) in [
        ("Code du fonds", "RECITAL"),
        ("Appel à projets", "Appel ; 2027"),
        ("Axes", "A1, A3"),
        ("Projet", "L’eau \"ici\" et là-bas"),
        ("Bénéficiaire", "'=HYPERLINK(\"http://exemple.org\")"),
        ("SIRET", "73282932000074"),
        ("Montant (€)", "3000,50"),
        ("Répartition par bailleur", "AFD 2\u{202f}400,00 ; Région 600,50"),
        ("Échéance", "2027-04-01"),
        ("Ordonné le", ""),
        ("IBAN (masqué)", "FR76\u{a0}••••\u{a0}••••\u{a0}0189"),
        ("Titulaire du compte", "'+33 Association"),
    ] {
        assert_eq!(lines[1][column(heading)], cell, "{heading}");
    }
    assert_eq!((lines[3][0].as_str(), lines[3][column("Montant (€)")].as_str()), ("Total", "4000,00"));
}

#[test]
fn a_program_reads_stable_keys_and_nothing_but_rows() {
    let text = csv(DISBURSEMENTS, Form::Machine, &[disbursement("RECITAL", -150)]);
    let lines = cells(&text, b',');
    assert_eq!(
        lines[0].join(","),
        "fund_code,fund_name,call_reference,call_title,axes,application_reference,grant_reference,project_title,\
         decided_on,beneficiary_name,beneficiary_siret,beneficiary_rna,beneficiary_commune,beneficiary_department,\
         sequence,kind,kind_label,status,status_label,amount,funder_split,due_on,authorised_on,paid_on,payment_run,\
         end_to_end_id,iban_masked,account_holder"
    );
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1][19..21], ["-1.50", "AFD-2026=2400.00|REG-2026=-2401.50"]);
    assert!(!text.contains("FR7630006000011234567890189"));
}

#[test]
fn a_workbook_has_a_sheet_for_each_fund_with_typed_cells() {
    let rows = [disbursement("RECITAL", 300_050), disbursement("RECITAL", 1), disbursement("TANDEMS: 2027", 99_950)];
    let book = workbook(DISBURSEMENTS, &rows);
    let names = part(&book, "xl/workbook.xml");
    assert!(names.contains("name=\"RECITAL\"") && names.contains("name=\"TANDEMS 2027\""), "{names}");
    let sheet = part(&book, "xl/worksheets/sheet1.xml");
    for expected in [
        "<v>3000.5</v>",
        "<v>0.01</v>",
        "SUBTOTAL(109,T2:T3)</f><v>3000.51</v>",
        "state=\"frozen\"",
        "<autoFilter ref=\"A1:AB3\"/>",
        "<v>46478</v>",
        "=HYPERLINK",
    ] {
        assert!(sheet.contains(expected), "{expected} in\n{sheet}");
    }
    assert_eq!(sheet.matches("<f>").count(), 1, "only the total is computed");
    assert!(part(&book, "xl/styles.xml").contains("#,##0.00 &quot;€&quot;"));
    assert!(!sheet.contains("30006000011234567890189"));
}

#[test]
fn a_fund_that_comes_back_or_has_a_strange_name_still_gets_its_sheet() {
    let rows = ["A", "B", "a", "''[]*", &"x".repeat(60)].map(|fund| disbursement(fund, 100));
    let names = part(&workbook(DISBURSEMENTS, &rows), "xl/workbook.xml");
    for name in ["\"A\"", "\"B\"", "\"a (2)\"", "\"Fonds\"", "\"xxxxxxxxxxxxxxxxxxxxxxxx\""] {
        assert!(names.contains(&format!("name={name}")), "{name} in {names}");
    }
}

#[test]
fn an_empty_table_is_a_valid_file() {
    assert!(part(&workbook(GRANTS, &[]), "xl/workbook.xml").contains("name=\"Subventions\""));
    assert_eq!(cells(csv(GRANTS, Form::French, &[]).trim_start_matches('\u{feff}'), b';').len(), 2);
}

#[test]
fn rows_that_stop_coming_fail_the_export() {
    let rows = || [Ok(disbursement("RECITAL", 1)), Err("gone")].into_iter();
    assert!(matches!(write_csv(DISBURSEMENTS, Form::French, rows(), Vec::new()), Err(ExportError::Rows("gone"))));
    let book = write_xlsx(DISBURSEMENTS, rows(), Cursor::new(Vec::new()));
    assert!(matches!(book, Err(ExportError::Rows("gone"))));
}

#[test]
fn a_rate_is_written_in_percent() {
    let euros = Euros::whole;
    let grant = GrantRow {
        origin: origin("SUBLIME", "SUB-2027", "Appel 2027"),
        project: project("G-1", vec![]),
        status: "active",
        status_label: "En cours",
        budget: None,
        requested: euros(5_000),
        awarded: euros(4_000),
        rate: Some(Rate::from_basis_points(7_050)),
        paid: euros(1_000),
        remaining: euros(3_000),
        notified_on: None,
        agreement_signed_on: None,
        starts_on: None,
        ends_on: None,
        report_due_on: None,
        funder_split: vec![],
    };
    let rows = [grant];
    assert!(csv(GRANTS, Form::French, &rows).contains(";;5000,00;4000,00;70,50;1000,00;3000,00;"));
    assert!(csv(GRANTS, Form::Machine, &rows).contains(",,5000.00,4000.00,70.50,1000.00,3000.00,"));
    assert!(part(&workbook(GRANTS, &rows), "xl/worksheets/sheet1.xml").contains("<v>0.705</v>"));
}

#[test]
fn an_instant_is_on_the_paris_clock_for_people_and_in_utc_for_programs() {
    let application = ApplicationRow {
        origin: origin("TANDEMS", "TAN-2027", "Tandems 2027"),
        application_reference: "TAN-2027-0001".to_owned(),
        status: "submitted",
        status_label: "Déposé",
        submitted_at: Some(Moment::end_of_day("2027-03-31".parse().unwrap()).plus_seconds(-1)),
        applicant: beneficiary(),
        partner_name: "Collège".to_owned(),
        partner_uai: "0750655E".parse().ok(),
        project_title: "Projet".to_owned(),
        axes: vec![],
        goals: vec!["4".to_owned(), "6".to_owned()],
        country: "Bénin".to_owned(),
        starts_on: None,
        ends_on: None,
        budget: Some(Euros::whole(9_000)),
        requested: Some(Euros::whole(2_000)),
        awarded: None,
        reviews: Some(3),
        score: Some(Rate::percent(80)),
        rank: Some(1),
        decided_on: None,
    };
    let rows = [application];
    assert!(csv(APPLICATIONS, Form::French, &rows).contains(";2027-03-31 23:59:59;"));
    assert!(csv(APPLICATIONS, Form::Machine, &rows).contains(",2027-03-31T21:59:59Z,"));
    let sheet = part(&workbook(APPLICATIONS, &rows), "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<v>46477.99998842") && sheet.contains("<v>0.8</v>"), "{sheet}");
}

/// A writer that keeps only how much went through.
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn the_totals_of_every_form_are_the_sum_of_the_rows() {
    let rows = || (0..5_000).map(|i| Ok::<_, Infallible>(disbursement(if i < 3_000 { "A" } else { "B" }, 240_000 + i)));
    let expected: Euros = (0..5_000).map(|i| Euros::from_cents(240_000 + i)).sum();
    let mut counted = Counted(0);
    let french = write_csv(DISBURSEMENTS, Form::French, rows(), &mut counted).unwrap();
    let machine = write_csv(DISBURSEMENTS, Form::Machine, rows(), &mut counted).unwrap();
    let (mut file, book) = xlsx_file(DISBURSEMENTS, rows()).unwrap();
    assert_eq!(french.totals, [("amount", expected)]);
    assert_eq!((french.rows, &french, &machine), (5_000, &machine, &book));
    let mut start = [0; 2];
    file.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"PK");
    assert!(counted.0 > 1_000_000);
}
