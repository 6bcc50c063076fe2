//! The settings of the installation: who issues letters, and under which address the site is reached.

use super::Outcome;
use crate::{
    domain::letters::{Issuer, LogoCode},
    store::{Conn, Tx, settings},
};

/// What every letter and mail of this installation says of its issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the site is reached, without a final slash.
    pub base_url: String,
    pub issuer_name: String,
    /// One line of the postal address each.
    pub issuer_address: Vec<String>,
    /// Mail address and telephone, on one line.
    pub issuer_contact: String,
    /// Where letters are signed.
    pub issuer_city: String,
    /// Who signs where a fund names nobody; empty until somebody is named.
    pub signatory_name: String,
    pub signatory_title: String,
    /// `yes` where files are scanned by an antivirus.
    pub scans_files: String,
    /// Hours without a visit after which a device of somebody of the team is signed out.
    pub staff_idle_hours: String,
    /// The mail address of somebody outside who receives the head of the history by night; empty where there is nobody.
    pub history_witness: String,
}

/// The same where nobody wrote it.
pub const STAFF_IDLE_HOURS: u16 = 12;
/// At most as long as everybody else's: two weeks.
const MOST_IDLE_HOURS: u16 = 336;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            base_url: "http://127.0.0.1:8080".into(),
            issuer_name: "Lianes coopération".into(),
            issuer_address: vec!["MRES, 5 rue Jules de Vicq".into(), "59000 Lille".into()],
            issuer_contact: "fonds@lianescooperation.example".into(),
            issuer_city: "Lille".into(),
            signatory_name: String::new(),
            signatory_title: String::new(),
            scans_files: String::new(),
            staff_idle_hours: STAFF_IDLE_HOURS.to_string(),
            history_witness: String::new(),
        }
    }
}

impl Settings {
    /// The issuer as a letter shows it.
    pub fn issuer(&self) -> Issuer {
        Issuer {
            name: self.issuer_name.clone(),
            address: self.issuer_address.clone(),
            contact: self.issuer_contact.clone(),
            logo: LogoCode::Lianes,
        }
    }

    /// Whether files are scanned by an antivirus.
    pub fn scans_files(&self) -> bool {
        self.scans_files == "yes"
    }

    /// Says whether files are scanned.
    pub fn set_scans_files(&mut self, is_on: bool) {
        self.scans_files = if is_on { "yes" } else { "" }.to_owned();
    }

    /// Hours without a visit after which a device of somebody of the team is signed out, from 1 to 336.
    pub fn staff_idle_hours(&self) -> i64 {
        let hours = self.staff_idle_hours.parse::<u16>().unwrap_or(STAFF_IDLE_HOURS);
        i64::from(hours.clamp(1, MOST_IDLE_HOURS))
    }

    fn fields(&mut self) -> [(&'static str, &mut String); 9] {
        [
            ("base_url", &mut self.base_url),
            ("issuer_name", &mut self.issuer_name),
            ("issuer_contact", &mut self.issuer_contact),
            ("issuer_city", &mut self.issuer_city),
            ("signatory_name", &mut self.signatory_name),
            ("signatory_title", &mut self.signatory_title),
            ("scans_files", &mut self.scans_files),
            ("staff_idle_hours", &mut self.staff_idle_hours),
            ("history_witness", &mut self.history_witness),
        ]
    }
}

/// The settings, with defaults for those nobody has written.
pub fn load(conn: &mut Conn) -> Outcome<Settings> {
    let mut stored = settings::all(conn)?;
    let mut settings = Settings::default();
    for (name, field) in settings.fields() {
        if let Some(value) = stored.remove(name) {
            *field = value;
        }
    }
    if let Some(address) = stored.remove("issuer_address") {
        settings.issuer_address = address.lines().map(str::to_owned).collect();
    }
    Ok(settings)
}

/// Writes every setting.
pub fn save(tx: &mut Tx, mut wanted: Settings) -> Outcome<()> {
    settings::set(tx, "issuer_address", &wanted.issuer_address.join("\n"))?;
    for (name, field) in wanted.fields() {
        settings::set(tx, name, field)?;
    }
    Ok(())
}
