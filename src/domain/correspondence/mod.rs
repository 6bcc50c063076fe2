//! What mails and letters say, in French: pure builders, one file per noun.

pub mod agreements;
pub mod amendments;
pub mod annexes;
pub mod applications;
pub mod bank_accounts;
pub mod call_rules;
pub mod calls;
pub mod decisions;
pub mod disbursements;
pub mod evidence;
pub mod exchanges;
pub mod grants;
pub mod interests;
pub mod minutes;
pub mod pairings;
pub mod papers;
pub mod people;
pub mod recoveries;
pub mod reports;
pub mod reviews;
pub mod sessions;
pub mod whole_files;
pub mod wordings;
