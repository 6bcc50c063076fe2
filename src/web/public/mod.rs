//! What anybody may read: calls, funded projects, the check of a document, the site's own pages.

pub mod calls;
pub mod communes;
pub mod documents;
pub mod eligibility;
pub mod projects;
pub mod site;
