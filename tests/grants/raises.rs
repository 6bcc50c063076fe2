//! Amendments that raise a grant beyond what is marked for others, for a written reason.

use super::{NAME, Stage, hidden, leads, page};
use crate::support::{
    databases::{each_database, sqlite},
    grants::{Grantee, Paying},
};
use tisserand::{
    domain::{
        amendments::AmendmentKind,
        definitions::{BeyondCeiling, CallDefinition, Earmark, EarmarkLimit},
        ids::AmendmentId,
        money::Euros,
    },
    store::earmark_overrides::{self as overrides, OverrideRow},
    usecases::{
        Outcome, UseCaseError,
        amendments::{self, AmendmentForm},
    },
};

const WHY: &str = "La salle a brûlé, rien d’autre ne la remplace.";

/// All but 12 000 € of the envelope is reserved for an axis that no project here is on.
fn limited(beyond: BeyondCeiling) -> impl FnOnce(&mut CallDefinition) {
    move |call| {
        call.amount.ceiling = Euros::whole(20_000);
        let kept = call.envelope - Euros::whole(12_000);
        call.earmarks = vec![Earmark::fixed(call.axes[0].clone(), kept, EarmarkLimit::Reserved)];
        call.beyond_ceiling = beyond;
    }
}

fn ask(paying: &Paying, grantee: &Grantee, euros: i64) -> AmendmentId {
    let asked = AmendmentForm {
        new_amount: Some(Euros::whole(euros)),
        ..AmendmentForm::new(AmendmentKind::Amount, "Une salle de plus", "La première ne suffit pas")
    };
    paying.does(|tx| amendments::request(tx, &grantee.holder, grantee.grant, &asked, paying.now)).unwrap()
}

fn raise(paying: &Paying, grantee: &Grantee, euros: i64, why: &str) -> Outcome<()> {
    let asked = (ask(paying, grantee, euros), 0);
    paying.does(|tx| amendments::decide_beyond(tx, &paying.officer, asked, (true, "", why), paying.now).map(drop))
}

fn kept(paying: &Paying, grantee: &Grantee) -> Vec<OverrideRow> {
    let application = paying.grant(grantee.grant).application_id;
    paying.db.read(|conn| overrides::of_application(conn, application)).unwrap()
}

#[test]
fn a_grant_is_raised_beyond_a_limit_for_a_reason_and_again_for_another() {
    for db in each_database() {
        let paying = Paying::with(db, limited(BeyondCeiling::Override));
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        paying.accept(&grantee);
        raise(&paying, &grantee, 12_000, WHY).unwrap();
        assert!(kept(&paying, &grantee).is_empty(), "nothing is kept of a reason nobody needs");
        let Err(UseCaseError::Invalid(wrong)) = raise(&paying, &grantee, 13_000, " ") else { panic!("no reason") };
        assert!(wrong[0].field == "derogation" && wrong[0].message.contains("pourquoi passer outre"), "{wrong:?}");
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(12_000));
        raise(&paying, &grantee, 13_000, WHY).unwrap();
        raise(&paying, &grantee, 14_500, "Elle a brûlé deux fois.").unwrap();
        let rows = kept(&paying, &grantee);
        let told: Vec<_> = rows.iter().map(|row| (row.number, row.over_cents, row.reason.as_str())).collect();
        assert_eq!(told, [(1, Euros::whole(1_000), WHY), (2, Euros::whole(1_500), "Elle a brûlé deux fois.")]);
        assert!(rows.iter().all(|row| row.amendment_id.is_some() && Some(row.decided_by) == paying.officer.person));
        assert_eq!(paying.grant(grantee.grant).amount_cents, Euros::whole(14_500));
        paying.check();
    }
}

#[test]
fn no_reason_helps_where_the_call_refuses_or_the_envelope_is_empty() {
    let paying = Paying::with(sqlite(), limited(BeyondCeiling::Refuse));
    let grantee = paying.award(NAME, Euros::whole(10_000));
    paying.announce();
    paying.accept(&grantee);
    let refused = raise(&paying, &grantee, 13_000, WHY).unwrap_err().to_string();
    assert!(refused.contains("réserve à l’axe"), "{refused}");
    assert!(kept(&paying, &grantee).is_empty());
    paying.check();
}

#[actix_web::test]
async fn whoever_grants_a_raise_is_asked_why_it_goes_beyond() {
    let stage = Stage::over(Paying::with(sqlite(), limited(BeyondCeiling::Override)), 10_000);
    stage.paying.accept(&stage.grantee);
    let id = ask(&stage.paying, &stage.grantee, 13_000);
    let (officer, home) = (stage.cookie(&stage.paying.officer), format!("/suivi/{}", stage.grantee.grant));
    let path = format!("{home}/avenants/{id}");
    let shown = page(stage.site.get(&officer, &home).await, 200).await;
    assert!(shown.contains("Si le plafond d’un axe est dépassé, pourquoi"), "{shown}");
    let token = hidden(&shown, "token");
    let typed = |why: &'static str| {
        [("version", "0"), ("token", token.as_str()), ("suite", "approve"), ("motif", ""), ("derogation", why)]
    };
    let refused = page(stage.site.post(&officer, &path, &typed("")).await, 422).await;
    assert!(refused.contains("Écrivez pourquoi passer outre."), "{refused}");
    assert_eq!(leads(&stage.site.post(&officer, &path, &typed(WHY)).await), home);
    assert_eq!(stage.paying.grant(stage.grantee.grant).amount_cents, Euros::whole(13_000));
    stage.paying.check();
}
