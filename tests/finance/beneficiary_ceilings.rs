//! The ceiling per beneficiary of an agreement counts the share its money has in what an organisation is granted.

use super::NAME;
use crate::support::{
    databases::each_database,
    grants::{Grantee, Paying},
};
use diesel::prelude::*;
use tisserand::{
    domain::{
        ids::FundingSourceId,
        journal::Stage,
        lifecycles::grants::GrantEvent,
        money::{Euros, share},
    },
    store::{
        StoreError,
        journal::{self, Scope},
        money_sources,
        schema::funding_sources::dsl,
    },
    usecases::{eligibility, grants},
};

fn cap(paying: &Paying, source: FundingSourceId, euros: i64) {
    let capped = diesel::update(dsl::funding_sources.find(source));
    let capped = capped.set(dsl::beneficiary_ceiling_cents.eq(Euros::whole(euros)));
    paying.does(|tx| Ok(capped.clone().execute(tx.conn()).map_err(StoreError::from)?)).unwrap();
}

fn left(paying: &Paying, grantee: &Grantee) -> Euros {
    let of = &[grantee.organisation];
    paying.db.read(|conn| eligibility::beneficiaries_left(conn, paying.call, of, None)).unwrap()[&of[0]]
}

/// What each source of the call would give of an award.
fn parts(paying: &Paying, award: Euros) -> Vec<Euros> {
    let sources = paying.db.read(|conn| money_sources::of_call(conn, paying.call)).unwrap();
    let lies = |source| {
        let scope = Scope::CallSource(paying.call, source);
        paying.db.read(|conn| journal::balance(conn, Stage::Envelope, scope)).unwrap().cents()
    };
    share(award, &sources.iter().map(|row| lies(row.funding_source_id)).collect::<Vec<_>>())
}

/// Whether `found` is `wanted`, or a cent below it where the cents do not come out even.
fn is_just_within(found: Euros, wanted: Euros) -> bool {
    found == wanted || found == wanted - Euros::from_cents(1)
}

#[test]
fn a_ceiling_per_beneficiary_counts_the_share_of_its_own_source() {
    for db in each_database() {
        let paying = Paying::on(db);
        let grantee = paying.award(NAME, Euros::whole(10_000));
        paying.announce();
        let sources = paying.db.read(|conn| money_sources::of_call(conn, paying.call)).unwrap();
        let [first, second] = [sources[0].funding_source_id, sources[1].funding_source_id];
        cap(&paying, second, 9_000);
        let granted = |source| {
            let scope = Scope::GrantSource(grantee.grant, source);
            paying.db.read(|conn| journal::balance(conn, Stage::Committed, scope)).unwrap()
        };
        let share = granted(second);
        assert!(share.is_positive() && share < Euros::whole(9_000), "{share}");
        let most = left(&paying, &grantee);
        assert!(most > Euros::whole(9_000) - share, "the other source gives its part of an award: {most}");
        let of_second = parts(&paying, most)[1];
        assert!(is_just_within(of_second, Euros::whole(9_000) - share), "{of_second} of {most}");
        // With a lower ceiling on the other source, it is that one that limits.
        cap(&paying, first, 8_000);
        let lower = left(&paying, &grantee).min(most);
        assert_eq!(left(&paying, &grantee), lower);
        let of_both = parts(&paying, lower);
        assert!(of_both[0] <= Euros::whole(8_000) - granted(first) && of_both[1] <= Euros::whole(9_000) - share);
        let version = paying.grant(grantee.grant).version;
        let no = GrantEvent::Decline;
        paying.does(|tx| grants::step(tx, &grantee.holder, grantee.grant, version, no, paying.now)).unwrap();
        let whole = parts(&paying, left(&paying, &grantee));
        let is_at_first = is_just_within(whole[0], Euros::whole(8_000));
        let is_at_second = is_just_within(whole[1], Euros::whole(9_000));
        assert!(is_at_first || is_at_second, "what was declined counts no more: {whole:?}");
        paying.check();
    }
}
