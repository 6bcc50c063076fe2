//! Parts of the money for an axis, in euros or as a share, and awards that go beyond them where the call lets it.

use crate::support::{
    databases::{each_database, sqlite},
    programme::{Programme, assert_whole, closed, id},
    site::Site,
};
use tisserand::{
    domain::{
        decisions::Verdict,
        definitions::{BeyondCeiling, Definition, Earmark, EarmarkLimit, SourceKind},
        ids::ApplicationId,
        lifecycles::{applications::ApplicationState, donations::DonationEvent, sessions::SessionEvent},
        money::{Euros, Rate},
        roles::Role,
    },
    store::{earmark_overrides, funding_sources as rows, minutes},
    usecases::{
        Actor, Outcome, UseCaseError,
        decisions::{self, DecisionForm},
        donations::{self, DonationForm},
        funding_sources::{self, SourceForm},
        people, rooms,
    },
};

const WHY: &str = "Une crise que personne ne prévoyait.";

fn decide(world: &Programme, file: ApplicationId, amount: &str, why: &str) -> Outcome<()> {
    let form = DecisionForm {
        verdict: Verdict::Award,
        amount: amount.into(),
        motive: "Un partenariat solide.".into(),
        conditions: String::new(),
    };
    let version = world.application(file).version;
    world.db.write(|tx| decisions::decide_beyond(tx, &world.officer, file, (&form, why), version, closed()))
}

/// The axis of every file may take 5,01 % of an envelope that ends in cents.
fn share(beyond: BeyondCeiling) -> impl FnOnce(&mut Definition) {
    move |definition| {
        let call = &mut definition.calls[0];
        call.envelope = Euros::from_cents(6_000_041);
        call.sources[0].amount = call.envelope;
        let axis = call.axes[0].clone();
        call.earmarks = vec![Earmark::part(axis, Rate::from_basis_points(501), EarmarkLimit::Ceiling)];
        call.beyond_ceiling = beyond;
    }
}

#[test]
fn a_share_of_the_envelope_is_a_ceiling_to_the_cent() {
    for db in each_database() {
        let world = Programme::with_definition(db, share(BeyondCeiling::Refuse));
        let (_, first, _) = world.in_review(1, 3_000);
        let (_, second, _) = world.in_review(2, 3_000);
        let session = world.session();
        decide(&world, first, "2 500", "").unwrap();
        // 5,01 % of 60 000,41 € are 3 006,02 €, rounded down.
        let room = world.db.read(|conn| rooms::for_team(conn, &world.officer, session)).unwrap();
        let gauge = room.cut.gauges.iter().find(|gauge| gauge.label.contains("5,01\u{a0}%")).unwrap();
        assert_eq!((gauge.total, gauge.committed), (Euros::from_cents(300_602), Euros::whole(2_500)));
        let refused = decide(&world, second, "506,03", WHY).unwrap_err().to_string();
        assert!(refused.starts_with("Le plafond de l’axe") && refused.contains("506,02"), "{refused}");
        decide(&world, second, "506,02", "").unwrap();
        assert_whole(&world.db);
    }
}

#[test]
fn an_award_beyond_a_ceiling_needs_a_reason_where_the_call_lets_it() {
    for db in each_database() {
        let world = Programme::with_definition(db, share(BeyondCeiling::Override));
        let (_, first, _) = world.in_review(1, 3_000);
        let (_, second, _) = world.in_review(2, 3_000);
        let session = world.session();
        decide(&world, first, "2 500", WHY).unwrap();
        assert!(kept(&world, first).is_empty(), "nothing is kept of a reason nobody needs");
        let Err(UseCaseError::Invalid(wrong)) = decide(&world, second, "3 000", " ") else { panic!("no reason") };
        assert_eq!(wrong[0].field, "derogation");
        assert_eq!(world.application(second).state, ApplicationState::InReview);
        decide(&world, second, "3 000", WHY).unwrap();
        let rows = kept(&world, second);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].over_cents, rows[0].funding_source_id), (Euros::from_cents(249_398), None));
        assert_eq!((rows[0].reason.as_str(), rows[0].decided_by), (WHY, id(&world.officer)));
        assert_eq!(rows[0].decided_at, closed());
        assert_whole(&world.db);
        world.step(session, SessionEvent::Minute);
        let written = world.db.read(|conn| minutes::last(conn, session)).unwrap().unwrap();
        assert!(written.facts.contains(WHY) && written.facts.contains("Lucie Hennebelle"), "{}", written.facts);
    }
}

fn kept(world: &Programme, file: ApplicationId) -> Vec<earmark_overrides::OverrideRow> {
    world.db.read(|conn| earmark_overrides::of_application(conn, file)).unwrap()
}

#[test]
fn the_ceiling_of_an_agreement_is_overridden_under_its_own_name() {
    for db in each_database() {
        let world = Programme::with_definition(db, |definition| {
            let axis = definition.calls[0].axes[0].clone();
            let cap = Earmark::fixed(axis, Euros::whole(1_000), EarmarkLimit::Ceiling);
            definition.funding_sources[0].earmarks = vec![cap];
            definition.calls[0].beyond_ceiling = BeyondCeiling::Override;
        });
        let (_, first, _) = world.in_review(1, 3_000);
        world.session();
        assert!(decide(&world, first, "3 000", "").is_err());
        decide(&world, first, "3 000", WHY).unwrap();
        let rows = kept(&world, first);
        assert_eq!((rows.len(), rows[0].over_cents), (1, Euros::whole(2_000)));
        let id = rows[0].funding_source_id.unwrap();
        let change = |typed: &str| {
            world.db.write(|tx| {
                let email = "farid@finances.example".parse().unwrap();
                let farid = people::ensure(tx, &email, "Farid Finance", Role::Finance, closed())?;
                let finance = Actor::person(farid, vec![Role::Finance]);
                let known = funding_sources::find(tx.conn(), &finance, id, closed())?;
                let mut form = SourceForm::of(&known.definition);
                let mark = form.earmarks.keys().next().unwrap().clone();
                form.earmarks.insert(mark, typed.to_owned());
                funding_sources::save(tx, &finance, Some(id), &form, closed()).map(drop)
            })
        };
        let Err(UseCaseError::Invalid(wrong)) = change("500") else { panic!("lower than what is promised") };
        assert!(wrong[0].field.ends_with("-ceiling") && wrong[0].message.contains("déjà promis"), "{wrong:?}");
        change("1 500").unwrap();
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn whoever_decides_is_asked_why_and_the_team_reads_it() {
    let world = Programme::with_definition(sqlite(), share(BeyondCeiling::Override));
    let (_, file, _) = world.in_review(1, 5_000);
    let session = world.session();
    let site = Site::over(&world.db, closed());
    let officer = site.cookie_of(&world.officer);
    let path = format!("/seances/{session}/dossiers/{file}");
    let page = site.get(&officer, &path).await.text().await.unwrap();
    let value = |html: &str, name: &str| {
        let after = html.split(&format!("name=\"{name}\"")).nth(1).unwrap_or_default().to_owned();
        after.split("value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    };
    let typed = |html: &str, why: &str| {
        vec![
            ("token", value(html, "token")),
            ("version", value(html, "version")),
            ("decision", "award".to_owned()),
            ("montant", "4 000".to_owned()),
            ("motif", "Un partenariat solide.".to_owned()),
            ("derogation", why.to_owned()),
        ]
    };
    let form = typed(&page, "");
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = site.post(&officer, &path, &form).await;
    assert_eq!(reply.status().as_u16(), 422);
    let page = reply.text().await.unwrap();
    assert!(page.contains("Écrivez pourquoi le comité passe outre."), "{page}");
    let form = typed(&page, WHY);
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(site.post(&officer, &path, &form).await.status().as_u16(), 303);
    for path in [path, format!("/instruction/{file}")] {
        let page = site.get(&officer, &path).await.text().await.unwrap();
        assert!(page.contains("Au-delà du plafond") && page.contains(WHY), "{path}: {page}");
    }
}

#[actix_web::test]
async fn the_room_and_the_call_show_what_is_left_of_what_an_agreement_marks_for_an_axis() {
    for db in each_database() {
        let world = Programme::with_definition(db, |definition| {
            let axis = definition.calls[0].axes[0].clone();
            let cap = Earmark::fixed(axis, Euros::whole(3_000), EarmarkLimit::Ceiling);
            definition.funding_sources[0].earmarks = vec![cap];
        });
        let (_, file, _) = world.in_review(1, 3_000);
        let session = world.session();
        let agreement = "convention AFD-2026-ECM-HDF (au plus)";
        let left = || {
            let room = world.db.read(|conn| rooms::for_team(conn, &world.officer, session)).unwrap();
            let gauge = room.cut.gauges.iter().find(|gauge| gauge.label.ends_with(agreement)).unwrap();
            assert!(gauge.label.starts_with("Axe «"), "{}", gauge.label);
            (gauge.total, gauge.left())
        };
        assert_eq!(left(), (Euros::whole(3_000), Euros::whole(3_000)));
        decide(&world, file, "2 500", "").unwrap();
        assert_eq!(left(), (Euros::whole(3_000), Euros::whole(500)));
        let site = Site::over(&world.db, closed());
        let path = format!("/appels-a-projets/{}", world.definition.reference);
        let page = site.get(&site.cookie_of(&world.officer), &path).await.text().await.unwrap();
        assert!(page.contains(agreement), "{page}");
    }
}

#[test]
fn a_donation_that_a_ceiling_in_percent_leans_on_is_not_taken_back() {
    for db in each_database() {
        let world = Programme::with_definition(db, |definition| {
            let axis = definition.calls[0].axes[0].clone();
            let source = &mut definition.funding_sources[0];
            source.kind = SourceKind::Donations;
            source.earmarks = vec![Earmark::part(axis, Rate::percent(1), EarmarkLimit::Ceiling)];
        });
        let (_, file, _) = world.in_review(1, 3_000);
        world.session();
        let source = world.db.read(rows::all).unwrap().remove(0);
        let email = "farid@finances.example".parse().unwrap();
        let farid = world.db.write(|tx| people::ensure(tx, &email, "Farid Finance", Role::Finance, closed())).unwrap();
        let finance = Actor::person(farid, vec![Role::Finance]);
        let form = DonationForm {
            source: source.id.to_string(),
            kind: "person".into(),
            name: "Martin".into(),
            amount: "60 000".into(),
            given_on: closed().paris_date().to_string(),
            means: "transfer".into(),
            gift_form: "manual".into(),
            ..DonationForm::default()
        };
        let given = || world.db.write(|tx| donations::record(tx, &finance, &form, closed())).unwrap();
        let (one, other) = (given(), given());
        let cancel = |id| {
            let why = (DonationEvent::Cancel, "Un chèque sans provision.");
            world.db.write(|tx| donations::cancel(tx, &finance, id, 0, why, closed())).map(drop)
        };
        // One hundredth of 240 000 €, and of twice 60 000 € more.
        decide(&world, file, "3 000", "").unwrap();
        cancel(one).unwrap();
        let refused = cancel(other).unwrap_err().to_string();
        assert!(refused.contains("le plafond de «"), "{refused}");
        assert_whole(&world.db);
    }
}

#[actix_web::test]
async fn finance_reads_what_is_left_of_each_earmark() {
    let world = Programme::with_definition(sqlite(), |definition| {
        let call = &mut definition.calls[0];
        let axis = call.axes[0].clone();
        call.earmarks = vec![Earmark::fixed(axis.clone(), Euros::from_cents(400_041), EarmarkLimit::Ceiling)];
        let reserved = Earmark::fixed(axis, Euros::whole(3_000), EarmarkLimit::Reserved);
        definition.funding_sources[0].earmarks = vec![reserved];
    });
    let (_, file, _) = world.in_review(1, 3_000);
    world.session();
    decide(&world, file, "2 500", "").unwrap();
    let email = "farid@finances.example".parse().unwrap();
    let farid = world.db.write(|tx| people::ensure(tx, &email, "Farid Finance", Role::Finance, closed())).unwrap();
    let finance = Actor::person(farid, vec![Role::Finance]);
    let site = Site::over(&world.db, closed());
    let cookie = site.cookie_of(&finance);
    let read = async |path: String| {
        let page = site.get(&cookie, &path).await.text().await.unwrap();
        page.replace(['\u{a0}', '\u{202f}'], " ")
    };
    let page = read("/finances".into()).await;
    assert!(!page.contains(">Total</th>"), "one agreement alone is the whole call: {page}");
    let (_, marked) = page.split_once("<h2>Fléchages</h2>").unwrap();
    for said in ["Appel ", "au plus", "4 000,41 €", "2 500 €", "1 500,41 €", "Convention ", "réservé", "3 000 €"]
    {
        assert!(marked.contains(said), "{said}: {marked}");
    }
    let source = world.db.read(rows::all).unwrap().into_iter().find(|row| row.settings.contains("reserved")).unwrap();
    let page = read(format!("/finances/conventions/{}", source.id)).await;
    let (_, marked) = page.split_once("<h3>Fléchages</h3>").unwrap();
    assert!(marked.contains("réservé") && marked.contains("3 000 €") && marked.contains("Reste"), "{marked}");
}

/// Another axis keeps so many cents of the envelope, which is 60 000 €, or of the agreement, which is 240 000 €.
fn kept_for_another(of_call: bool, cents: i64, beyond: BeyondCeiling) -> impl FnOnce(&mut Definition) {
    move |definition| {
        let call = &mut definition.calls[0];
        let reserved = Earmark::fixed(call.axes[1].clone(), Euros::from_cents(cents), EarmarkLimit::Reserved);
        call.beyond_ceiling = beyond;
        match of_call {
            true => call.earmarks = vec![reserved],
            false => definition.funding_sources[0].earmarks = vec![reserved],
        }
    }
}

#[test]
fn what_is_reserved_for_another_axis_is_protected_to_the_cent() {
    for (of_call, cents, by) in [(true, 5_700_001, "l’appel"), (false, 23_700_001, "la convention AFD-2026-ECM-HDF")]
    {
        for db in each_database() {
            let world = Programme::with_definition(db, kept_for_another(of_call, cents, BeyondCeiling::Refuse));
            let (_, first, _) = world.in_review(1, 5_000);
            let (_, second, _) = world.in_review(2, 5_000);
            world.session();
            decide(&world, first, "2 000", "").unwrap();
            let refused = decide(&world, second, "1 000", WHY).unwrap_err().to_string();
            let said = format!("Ce montant entamerait ce que {by} réserve à l’axe");
            assert!(
                refused.starts_with(&said) && refused.contains(&Euros::from_cents(99_999).to_string()),
                "{refused}"
            );
            decide(&world, second, "999,99", "").unwrap();
            assert_whole(&world.db);
        }
    }
}

#[test]
fn what_is_reserved_is_taken_for_a_reason_where_the_call_lets_it() {
    for db in each_database() {
        let world = Programme::with_definition(db, kept_for_another(true, 5_800_050, BeyondCeiling::Override));
        let (_, file, _) = world.in_review(1, 3_000);
        world.session();
        let Err(UseCaseError::Invalid(wrong)) = decide(&world, file, "2 000", "") else { panic!("no reason") };
        assert!(wrong[0].field == "derogation" && wrong[0].message.contains("réserve à l’axe"), "{wrong:?}");
        decide(&world, file, "2 000", WHY).unwrap();
        let rows = kept(&world, file);
        assert_eq!((rows.len(), rows[0].over_cents), (1, Euros::from_cents(50)));
        assert_eq!((rows[0].scope_key.as_str(), rows[0].axis.as_str()), ("reserve:call", &*world.definition.axes[1]));
        assert_whole(&world.db);
    }
}
