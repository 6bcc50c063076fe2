//! Every status is shown with the same stepper: where the thing stands, who acts next, by when.

use super::scenes::{Giving, Judging, Lived, Scene, giving, judging, lived};
use tisserand::{
    domain::{lifecycle::Machine, roles::Role},
    store::{bank_accounts, disbursements, recoveries, reports},
};

/// Machines whose things have no page of their own, each with where they are shown.
const ON_OTHERS: &[(Machine, &str)] =
    &[(Machine::Amendment, "a line of the page of its grant, with the same steps; tests/grants/amendments.rs")];

/// A page that shows one thing, to somebody, and a part of what it says of who acts next.
type Shown = (Machine, String, Role, &'static str);

/// What one page fails to say of where its thing stands.
fn missing(page: &str, who: &str) -> Vec<&'static str> {
    let Some(stepper) =
        page.split("<section class=\"stepper\"").nth(1).and_then(|rest| rest.split("</section>").next())
    else {
        return vec!["no stepper"];
    };
    let said = |term: &str| {
        let rest = stepper.split(&format!("<dt>{term}</dt><dd>")).nth(1).unwrap_or_default();
        rest.split("</dd>").next().unwrap_or_default().to_owned()
    };
    let here = stepper.split("aria-current=\"step\"").nth(1).and_then(|rest| rest.split("step-label\">").nth(1));
    let facts = [
        ("where it stands", here.is_some_and(|label| !label.starts_with('<'))),
        ("who acts next", !said("Qui agit maintenant").is_empty() && said("Qui agit maintenant").contains(who)),
        ("by when", said("Pour quand").is_empty() == (said("Qui agit maintenant") == "Personne")),
        ("one stepper only", page.matches("<section class=\"stepper\"").count() == 1),
    ];
    facts.into_iter().filter(|(_, is_said)| !is_said).map(|(fact, _)| fact).collect()
}

async fn faults(scene: &Scene, table: &[Shown]) -> Vec<String> {
    let mut faults = Vec::new();
    for (machine, path, role, who) in table {
        let reply = scene.site.get(scene.only(*role), path).await;
        let status = reply.status().as_u16();
        let page = reply.text().await.unwrap();
        let missing = missing(&page, who);
        if status != 200 || !missing.is_empty() {
            faults.push(format!("{machine} at {path} as {role}: {status}, {missing:?}"));
        }
    }
    faults
}

fn of_judging(Judging { session, file, review, call, .. }: &Judging) -> Vec<Shown> {
    vec![
        (Machine::Call, format!("/appels-a-projets/{call}"), Role::Officer, ""),
        (Machine::Application, format!("/dossiers/{file}"), Role::Applicant, ""),
        (Machine::Application, format!("/instruction/{file}"), Role::Officer, ""),
        (Machine::Session, format!("/seances/{session}"), Role::Officer, ""),
        (Machine::Session, format!("/direction/seances/{session}"), Role::Director, ""),
        (Machine::Session, format!("/comite/seances/{session}"), Role::Reviewer, ""),
        (Machine::Review, format!("/comite/evaluations/{review}"), Role::Reviewer, ""),
    ]
}

fn of_lived(Lived { scene, grantee, run, message }: &Lived) -> Vec<Shown> {
    let (grant, organisation) = (grantee.grant, grantee.organisation);
    let (paid, reported, owed, accounts) = scene
        .site
        .db
        .read(|conn| {
            Ok::<_, tisserand::store::StoreError>((
                disbursements::of_grant(conn, grant)?,
                reports::of_grant(conn, grant)?,
                recoveries::of_grant(conn, grant)?,
                bank_accounts::open_of(conn, organisation)?,
            ))
        })
        .unwrap();
    let waiting = accounts.iter().find(|row| row.quarantined_until.is_some()).unwrap().id;
    let report = reported[0].id;
    let mut table = vec![
        (Machine::Grant, format!("/subventions/{grant}"), Role::Applicant, ""),
        (Machine::Grant, format!("/suivi/{grant}"), Role::Officer, ""),
        (Machine::Grant, format!("/bailleur/subventions/{grant}"), Role::Funder, ""),
        (Machine::Report, format!("/subventions/{grant}/bilans/{report}"), Role::Applicant, ""),
        (Machine::Report, format!("/suivi/bilans/{report}"), Role::Officer, ""),
        (Machine::BankAccount, format!("/finances/comptes/{waiting}"), Role::Finance, "quarantaine"),
        (Machine::BankAccount, format!("/organisations/{organisation}/compte"), Role::Applicant, "quarantaine"),
        (Machine::Message, format!("/administration/courriels/{message}"), Role::Admin, ""),
    ];
    for role in [Role::Finance, Role::Director, Role::Auditor] {
        table.push((Machine::PaymentRun, format!("/finances/lots/{run}"), role, "La direction"));
        let all = paid.iter().map(|row| (Machine::Disbursement, format!("/finances/versements/{}", row.id), role, ""));
        table.extend(all);
        let debts = owed
            .iter()
            .map(|row| (Machine::Recovery, format!("/finances/trop-percus/{}", row.id), role, "L’organisation"));
        table.extend(debts);
    }
    table
}

fn of_giving(Giving { donations, .. }: &Giving) -> Vec<Shown> {
    let [kept, gone] = donations;
    vec![
        (Machine::Donation, format!("/finances/dons/{kept}"), Role::Finance, "La gestion financière"),
        (Machine::Donation, format!("/finances/dons/{kept}"), Role::Auditor, "La gestion financière"),
        (Machine::Donation, format!("/finances/dons/{gone}"), Role::Finance, "Personne"),
    ]
}

#[actix_web::test]
async fn every_thing_with_a_state_says_where_it_stands_who_acts_next_and_by_when() {
    let (judged, lived, given) = (judging(), lived(), giving());
    let tables = [of_judging(&judged), of_lived(&lived), of_giving(&given)];
    let mut faults_found = Vec::new();
    for (scene, table) in [&judged.scene, &lived.scene, &given.scene].into_iter().zip(&tables) {
        faults_found.extend(faults(scene, table).await);
    }
    for (scene, path, role) in [
        (&given.scene, "/finances/dons", Role::Finance),
        (&lived.scene, "/finances/lots", Role::Finance),
        (&lived.scene, "/finances/comptes", Role::Finance),
        (&lived.scene, "/administration/courriels", Role::Admin),
    ] {
        let page = scene.site.get(scene.only(role), path).await.text().await.unwrap();
        if !page.contains("Qui agit\u{a0}: ") {
            faults_found.push(format!("{path} does not say who acts next"));
        }
    }
    for machine in Machine::ALL {
        let is_shown = tables.iter().flatten().any(|(shown, ..)| shown == machine);
        if !is_shown && !ON_OTHERS.iter().any(|(known, _)| known == machine) {
            faults_found.push(format!("{machine} is shown on no page"));
        }
    }
    assert_eq!(faults_found, Vec::<String>::new());
}
