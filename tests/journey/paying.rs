//! From the offer to the bank line and the books.

use super::{HOLDER, World, fill, keep, press, see, signed_in, to};
use crate::support::{
    self,
    browser::Step,
    grants::IBANS,
    output_dir,
    programme::{id, person},
};
use std::{path::Path, process::Command};
use tisserand::{
    domain::{ids::PaymentRunId, lifecycles::payment_runs::PaymentRunState, one_time_codes::CodePurpose, roles::Role},
    store::{
        grants,
        one_time_codes::{self as code_rows, Owner},
        payment_runs,
    },
    usecases::{bank_accounts, one_time_codes, organisations},
};

/// The award letter as it came through the browser says to whom, for what and how much; a picture of it is kept.
fn read_letter(letter: &Path) {
    if !support::require("pdftotext") || !support::require("pdftoppm") {
        return;
    }
    let said = Command::new("pdftotext").arg("-layout").arg(letter).arg("-").output().unwrap();
    let text = String::from_utf8(said.stdout).unwrap();
    let words: Vec<&str> =
        text.split([' ', '\n', '\u{a0}', '\u{202f}', '\u{c}']).filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    for wanted in [HOLDER, "Un océan, deux classes", "1 000", "subvention"] {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
    let picture = output_dir("screens").join("journey-letter");
    let mut draw = Command::new("pdftoppm");
    draw.args(["-png", "-r", "80", "-f", "1", "-singlefile"]).arg(letter).arg(&picture);
    assert!(draw.status().unwrap().success());
    assert!(picture.with_extension("png").is_file());
}

impl World {
    /// The holder accepts and says where the money goes; somebody else verifies the account.
    pub(super) fn accept(&self) {
        self.at("2027-03-23 20:00");
        let db = &self.programme.db;
        let file = self.application();
        let grant = db.read(|conn| grants::of_application(conn, file)).unwrap().unwrap().id;
        let organisation = db.read(|conn| organisations::mine(conn, &self.holder)).unwrap()[0].id;
        let mut steps = vec![Step::Become("ines.dewaele".into()), to(format!("/subventions/{grant}"))];
        steps.extend(keep("offer"));
        let letter = output_dir("journey").join("letter.pdf");
        steps.push(Step::Download("css=a[href*='/courriers/']".into(), letter.display().to_string()));
        steps.extend([press("/accord"), to(format!("/organisations/{organisation}/compte"))]);
        steps.extend([fill("titulaire", HOLDER), fill("iban", &IBANS[0].to_lowercase()), self.attached("rib")]);
        steps.extend(keep("account"));
        steps.extend([Step::Click("Enregistrer ce compte".into()), see("vérifi")]);
        self.walk("accept", steps);
        read_letter(&letter);
        let account = db.read(|conn| bank_accounts::of_organisation(conn, &self.holder, organisation)).unwrap()[0].id;
        let mut steps = signed_in("Thierry Wallaert");
        steps.push(to(format!("/finances/comptes/{account}")));
        steps.extend(keep("verification"));
        steps.extend([
            Step::Tick("css=#champ-reponse-match".into()),
            Step::Tick("css=#champ-confirmation-call".into()),
            press("/verification"),
            see("vérifié"),
        ]);
        self.walk("verify", steps);
    }

    /// Authorised and prepared by one, approved by another, paid once; the holder reads it and the table has its line.
    pub(super) fn pay(&self) {
        self.at("2027-04-12 09:00");
        let mut steps = signed_in("Thierry Wallaert");
        steps.push(to("/finances/versements"));
        steps.extend(keep("due"));
        steps.extend([
            Step::Tick("css=input[name=versement]".into()),
            press("/autorisation"),
            to("/finances/lots/nouveau"),
            fill("execution", "2027-04-13"),
            Step::Tick("css=input[name=ligne]".into()),
            Step::Click("Préparer le lot".into()),
            see("Une autre personne que celle qui a préparé le lot doit l’approuver"),
        ]);
        steps.extend(keep("run"));
        self.walk("prepare", steps);
        let run = self.programme.db.read(|conn| payment_runs::page(conn, None, None, 1)).unwrap()[0].id;
        let at = format!("/finances/lots/{run}");
        let mut steps = signed_in("Nadia Belkacem");
        steps.extend([
            to(&at),
            Step::Click(format!("css=a.button[href='{at}/approbation']")),
            press("/approbation/code"),
            see("Un code vous a été envoyé par courriel"),
        ]);
        steps.extend(keep("approval"));
        self.walk("approve", steps);
        let mut steps = vec![Step::Become("nadia.belkacem".into())];
        steps.extend([
            to(format!("{at}/approbation")),
            fill("code", &self.code(run)),
            press("/approbation"),
            see("Le lot est approuvé"),
            Step::Become("thierry.wallaert".into()),
            to(&at),
            press("/fichier"),
            see("Fichier bancaire"),
            fill("paye_le", "2027-04-12"),
            Step::Click("Marquer comme versés".into()),
            see("versé"),
        ]);
        steps.extend(keep("paid"));
        steps.extend(signed_in("Ines Dewaele"));
        let file = self.application();
        let grant = self.programme.db.read(|conn| grants::of_application(conn, file)).unwrap().unwrap().id;
        steps.extend([to(format!("/subventions/{grant}")), see("versé le 12 avril 2027")]);
        steps.extend(keep("told-paid"));
        steps.extend([Step::Become("thierry.wallaert".into()), to("/finances/exports"), see("Exports")]);
        steps.extend(keep("exports"));
        self.walk("pay", steps);
        let run = self.programme.db.read(|conn| payment_runs::find(conn, run)).unwrap();
        assert_eq!(run.state, PaymentRunState::Settled);
        assert!(run.approved_by.is_some_and(|approver| approver != run.prepared_by));
        assert!(self.programme.members.iter().all(|member| id(member) != run.prepared_by));
        self.table();
    }

    /// The code that the mail to the direction says.
    fn code(&self, run: PaymentRunId) -> String {
        let db = &self.programme.db;
        let person = id(&person(db, "Nadia Belkacem", Role::Director));
        let owner = Owner { purpose: CodePurpose::PaymentRunApproval, person, subject: run.as_str() };
        let waiting = db.read(|conn| code_rows::open(conn, owner)).unwrap().unwrap();
        db.write(|tx| one_time_codes::arm(tx, waiting.id, self.site.clock.now())).unwrap()
    }

    /// The books as finance takes them away: one line, paid, to the holder, and the total.
    fn table(&self) {
        let cookie = self.site.cookie_of(&person(&self.programme.db, "Thierry Wallaert", Role::Finance));
        let path = "/finances/exports/fichier?table=versements&fonds=recital&du=2027-04-01&au=2027-04-30&format=csv";
        let text =
            actix_web::rt::System::new().block_on(async { self.site.get(&cookie, path).await.text().await }).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(text.starts_with('\u{feff}') && lines.len() == 3, "{text}");
        assert!(lines[1].contains(HOLDER) && lines[1].contains("1000,00") && !text.contains(IBANS[0]), "{text}");
    }
}
