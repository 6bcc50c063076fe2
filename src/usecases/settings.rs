//! The settings of the installation: who issues letters, and under which address the site is reached.

use super::Outcome;
use crate::{
    domain::{
        letters::{Issuer, LogoCode},
        sign_ins::Limits,
    },
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
    /// How long sign-ins last, each in digits; see [`Limits`].
    pub staff_idle_minutes: String,
    pub applicant_idle_minutes: String,
    pub sign_in_hours: String,
    /// The mail address of somebody outside who receives the head of the history by night; empty where there is nobody.
    pub history_witness: String,
}

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
            staff_idle_minutes: Limits::USUAL.staff_idle_minutes.to_string(),
            applicant_idle_minutes: Limits::USUAL.applicant_idle_minutes.to_string(),
            sign_in_hours: Limits::USUAL.sign_in_hours.to_string(),
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

    /// How long sign-ins last; the usual where what is written cannot be chosen.
    pub fn limits(&self) -> Limits {
        let number = |text: &str| text.parse().unwrap_or_default();
        let limits = Limits {
            staff_idle_minutes: number(&self.staff_idle_minutes),
            applicant_idle_minutes: number(&self.applicant_idle_minutes),
            sign_in_hours: number(&self.sign_in_hours),
        };
        if limits.are_fit() { limits } else { Limits::USUAL }
    }

    /// Says how long sign-ins last.
    pub fn set_limits(&mut self, limits: Limits) {
        self.staff_idle_minutes = limits.staff_idle_minutes.to_string();
        self.applicant_idle_minutes = limits.applicant_idle_minutes.to_string();
        self.sign_in_hours = limits.sign_in_hours.to_string();
    }

    fn fields(&mut self) -> [(&'static str, &mut String); 11] {
        [
            ("base_url", &mut self.base_url),
            ("issuer_name", &mut self.issuer_name),
            ("issuer_contact", &mut self.issuer_contact),
            ("issuer_city", &mut self.issuer_city),
            ("signatory_name", &mut self.signatory_name),
            ("signatory_title", &mut self.signatory_title),
            ("scans_files", &mut self.scans_files),
            ("staff_idle_minutes", &mut self.staff_idle_minutes),
            ("applicant_idle_minutes", &mut self.applicant_idle_minutes),
            ("sign_in_hours", &mut self.sign_in_hours),
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
