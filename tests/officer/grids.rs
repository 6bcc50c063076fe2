//! The grid on screen: criteria that stand apart, points that set the amount.

use super::preparations::Desk;
use crate::support::{databases::sqlite, forms};
use tisserand::domain::money::{Euros, Rate};

const GRID: &str = "/appels-a-projets/RECITAL-2027-1/preparation/grille";

impl Desk {
    /// The grid as the next revision will say it.
    fn grid(&self) -> tisserand::domain::scoring::Grid {
        let row = self.programme.db.read(|conn| {
            tisserand::usecases::preparations::find(conn, &self.programme.officer, &self.programme.definition.reference)
        });
        row.unwrap().definition.grid.clone()
    }
}

#[actix_web::test]
async fn an_officer_says_by_bands_or_by_the_point_what_a_mean_opens() {
    let desk = Desk::on(sqlite());
    let bands = [
        ("grid.amounts.step", "10"),
        ("grid.amounts.band.0.from", "50"),
        ("grid.amounts.band.0.rate", "60"),
        ("grid.amounts.band.1.from", "80"),
        ("grid.amounts.band.1.rate", "100"),
    ];
    desk.take(GRID, &bands).await;
    let amounts = desk.grid().amounts.unwrap();
    assert_eq!((amounts.step, amounts.per_point, amounts.bands.len()), (Euros::whole(10), None, 2));
    assert_eq!((amounts.bands[1].from, amounts.bands[1].rate), (80, Rate::WHOLE));
    let (status, _, page) = desk.fill(GRID, &[("grid.amounts.per_point", "50")]).await;
    assert!(status == 422 && page.contains("l’un des deux"), "{page}");
    let (status, _, page) = desk.fill(GRID, &[("grid.amounts.band.1.rate", "40")]).await;
    assert!(status == 422 && page.contains("n’ouvre jamais moins"), "{page}");
    let none = bands.map(|(field, _)| (field, ""));
    desk.take(GRID, &[&none[..], &[("grid.amounts.per_point", "50")]].concat()).await;
    assert_eq!(desk.grid().amounts.unwrap().per_point, Some(Euros::whole(50)));
    desk.take(GRID, &[("grid.amounts.per_point", "")]).await;
    assert_eq!(desk.grid().amounts, None);
}

#[actix_web::test]
async fn an_officer_sets_a_criterion_apart() {
    let desk = Desk::on(sqlite());
    let page = format!("{GRID}/critere.budget");
    desk.take(&page, &[("independent", "oui")]).await;
    let grid = desk.grid();
    let budget = grid.criterion("budget").unwrap();
    assert!(budget.independent && budget.weight == 0, "{budget:?}");
    assert!(desk.read(GRID).await.contains("À part, noté de 0 à 5"));
    let mut counted = forms::changed(forms::fields(&desk.read(&page).await, &page), &[("weight", "2")]);
    counted.retain(|(name, _)| name != "independent");
    assert_eq!(desk.send(&page, &counted).await.0, 303);
    assert_eq!(desk.grid().criterion("budget").unwrap().weight, 2);
}
