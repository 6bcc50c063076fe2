//! The programme officer's pages, read and sent as a browser does.

mod admissions;
mod calls;
mod cost_marks;
mod dossiers;
mod emergencies;
mod grids;
mod judgements;
mod preparations;
mod queues;
mod rehearsals;
mod relations;
mod revisions;
mod walks;

use crate::support::{
    databases::sqlite,
    programme::{Programme, closed},
    site::Site,
};
use tisserand::usecases::Actor;

/// A published call with its people, and the site over it, after the deadline.
struct Office {
    programme: Programme,
    site: Site,
}

impl Office {
    fn open() -> Self {
        let programme = Programme::on(sqlite());
        let site = Site::over(&programme.db, closed());
        Office { programme, site }
    }

    /// What this person reads at an address.
    async fn read(&self, who: &Actor, path: &str) -> String {
        let reply = self.site.get(&self.site.cookie_of(who), path).await;
        let status = reply.status().as_u16();
        let html = reply.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {html}");
        html
    }

    /// The status this person gets at an address.
    async fn status(&self, who: &Actor, path: &str) -> u16 {
        self.site.get(&self.site.cookie_of(who), path).await.status().as_u16()
    }
}

/// The part of a page between the beginning of its content and its footer.
fn content(html: &str) -> &str {
    html.split("<main").nth(1).unwrap().split("</main>").next().unwrap()
}
