//! Which tables meet in a query. A query that joins two others, or asks one inside the other, needs their line here; the
//! compiler says so (`TableNotEqual`, `AppearsInFromClause`). Not one list of them all: diesel writes its proofs for each
//! pair, and those of every table with every other filled the memory of the machine that compiles them.

use super::schema::*;

/// One table, then those of the tables after it in the alphabet that it meets.
macro_rules! together {
    ($one:ident: $($other:ident),+ $(,)?) => {
        $(diesel::allow_tables_to_appear_in_same_query!($one, $other);)+
    };
}

together!(accepted_lines: reports);
together!(account_days: accounts, transfers);
together!(account_erasures: people);
together!(accounting_entries: accounting_exports, transfers);
together!(accounting_exports: people);
together!(
    accounts:
    application_tags, applications, calls, funding_sources, funds, grants, recusals, transfers,
);
together!(amendment_changes: amendments);
together!(amendment_lines: amendments, grants);
together!(
    amendments:
    applications, attachments, bank_accounts, calls, disbursements, donations, exchanges, funds,
    grants, iban_readings, interests, messages, one_time_codes, organisations, passes,
    payment_runs, people, promotions, recoveries, recusals, reports, reviews, sessions,
    signing_papers,
);
together!(
    answers:
    application_tags, applications, attachments, calls, communes, field_saves, grants, messages,
    organisation_profiles, organisations, pairing_wishes, pairings, people, recusals, reports,
    reviews, sessions,
);
together!(application_partners: applications, recusals);
together!(
    application_tags:
    applications, communes, grants, organisation_profiles, organisations, people, recusals,
    reviews, session_items,
);
together!(
    applications:
    attachments, bank_accounts, budget_lines, calls, committee_seats, communes,
    complement_requests, cost_marks, decision_readings, declared_ties, disbursements, documents,
    donations, earmark_overrides, erasures, exchange_threads, exchanges, field_saves,
    filing_signatures, filings, form_tokens, funds, grant_pieces, grants, grid_recount_lines, judgements,
    keepings, kept_forms, letter_edits, messages, organisation_members, organisation_profiles,
    organisations, owed_documents, pairing_wishes, pairings, passes, payment_runs, people,
    promotions, recoveries, recusals, reports, review_scores, reviews, scenario_lines,
    session_items, session_proposals, session_rooms, session_votes, sessions, slot_bookings,
    tie_declarations,
);
together!(
    attachments:
    bank_accounts, disbursements, donations, exchanges, file_scans, grants, iban_readings,
    interests, messages, one_time_codes, organisations, passes, people, promotions, reports,
    reviews, sessions, vault_papers,
);
together!(balances: grants, organisations, recoveries, recusals);
together!(
    bank_accounts:
    calls, disbursements, donations, grants, iban_readings, instalment_lines, messages, organisation_erasures,
    organisations, payer_accounts, payment_files, payment_run_lines, payment_runs, recoveries, recusals,
    reports, reviews,
    sealed_answers, sessions, statement_effects, statement_lines,
);
together!(budget_lines: disbursements);
together!(call_sources: calls, funders, funding_sources, grants);
together!(
    calls:
    closing_reminders, committee_seats, disbursement_totals, disbursements, donations,
    draft_revisions, earmark_overrides, erasures, form_revisions, funding_sources, funds,
    grant_pieces, grants, grid_recounts, interests, keepings, kept_apart, messages, minutes_signatures,
    organisations, owed_documents, pairing_wishes, pairings, payment_runs, promotions,
    recoveries, recusals, release_plans, reports, reviews, session_minutes, sessions,
    statement_lines,
);
together!(committee_mandates: funds, mandate_declarations);
together!(
    committee_seats:
    organisation_members, people, recusals, reviews, seat_origins, seat_skills,
    session_attendance, session_proxies,
);
together!(communes: countries, organisation_profiles, organisations, people, recusals, reviews);
together!(complement_items: complement_requests);
together!(complement_requests: exchange_threads, people, recusals, reviews);
together!(conflict_answers: organisations);
together!(cost_marks: people);
together!(decision_readings: people);
together!(disbursement_splits: disbursements, funding_sources);
together!(
    disbursements:
    donations, due_reminders, exchanges, funds, grants, iban_readings, interests, messages, one_time_codes,
    organisations, passes, payment_run_lines, payment_runs, people, promotions, recoveries,
    recusals, reports, reviews, sessions, signing_papers, statement_effects, statement_lines,
    transfers,
);
together!(
    documents:
    form_tokens, integrity_runs, messages, minutes_signatures, payer_accounts, signing_papers,
    transitions,
);
together!(
    donations:
    exchanges, funding_sources, funds, grants, iban_readings, interests, messages,
    one_time_codes, organisations, passes, payment_runs, people, promotions, recoveries,
    reports, reviews, sessions, tax_receipts, transfers,
);
together!(document_checks: documents);
together!(doomed_files: file_scans);
together!(draft_revisions: people);
together!(due_reminders: grants, recoveries, reports, signing_papers);
together!(earmark_overrides: funding_sources, people);
together!(erasure_failures: recusals);
together!(erasures: recusals);
together!(evidence_pack_grants: evidence_packs, grants, recusals);
together!(evidence_packs: funders, people);
together!(exchange_threads: recusals, reviews);
together!(
    exchanges:
    grants, iban_readings, interests, messages, one_time_codes, organisations, passes, people,
    promotions, recusals, reports, reviews, sessions,
);
together!(field_saves: messages);
together!(filing_signatures: organisations, people);
together!(form_tokens: messages, people);
together!(funder_people: funders, people);
together!(funders: funding_sources, people, source_instalments, source_reports);
together!(funding_sources: grants, source_changes, source_instalments, source_reports);
together!(
    funds:
    grant_pieces, grants, meeting_slots, organisations, payment_runs, recoveries, recusals, reports, reviews,
    statement_lines,
);
together!(grant_pieces: grants, organisations);
together!(
    grants:
    iban_readings, keepings, messages, organisations, payment_run_lines, payment_runs,
    promotions, recoveries, recusals, reports, reviews, sessions, signing_papers, statement_lines, transfers,
);
together!(grid_recount_lines: grid_recounts);
together!(grid_recounts: people);
together!(
    iban_readings:
    interests, messages, one_time_codes, organisations, passes, payment_runs, people,
    promotions, reports, reviews, sessions,
);
together!(instalment_lines: source_instalments, statement_lines);
together!(integrity_findings: integrity_runs);
together!(integrity_runs: people, recusals);
together!(interest_declarations: interests, mandate_declarations, people, sessions);
together!(
    interests:
    messages, one_time_codes, organisations, passes, promotions, recusals, reports, reviews,
    sessions,
);
together!(invitations: meeting_slots, messages, slot_bookings);
together!(judgements: people);
together!(keepings: people, recusals);
together!(kept_forms: organisations);
together!(letter_edits: people);
together!(lifecycle_edges: transitions);
together!(login_links: messages, people);
together!(mandates: organisations);
together!(meeting_slots: slot_bookings);
together!(
    messages:
    one_time_codes, organisations, passes, payment_runs, people, promotions, recoveries,
    recusals, reports, reviews, sessions, sign_ins, transitions,
);
together!(minutes_signatures: people, session_minutes, sessions);
together!(one_time_codes: organisations, passes, people, promotions, reports, reviews, sessions);
together!(organisation_erasures: organisations);
together!(organisation_members: organisations, people, recusals, reviews);
together!(organisation_profiles: organisations, people, recusals, reviews);
together!(
    organisations:
    owed_documents, pairing_wishes, pairings, passes, payment_runs, people, promotions,
    recoveries, recusals, reports, reviews, session_items, sessions, slot_bookings,
    statement_lines, vault_papers,
);
together!(owed_documents: people, recusals);
together!(pairing_wishes: pairings, people, recusals);
together!(pairings: recusals, reviews);
together!(paper_signatures: people, signing_papers);
together!(passes: people, promotions, reports, reviews, sessions);
together!(
    payer_accounts:
    payer_proposals, payment_files, payment_runs, sealed_answers, statement_imports,
    statement_lines, statement_mappings,
);
together!(payment_files: payment_runs);
together!(payment_run_lines: payment_runs, recusals);
together!(payment_runs: people, recoveries, recusals, reports, reviews, sessions);
together!(
    people:
    person_roles, promotions, recusals, release_plans, report_signatures, reports,
    review_confidences, reviews, scenarios, session_attendance, session_minutes, session_proxies, session_votes, sessions,
    sign_ins, slot_bookings, source_changes, source_instalments, source_reports,
    statement_effects, statement_imports, statement_mappings, tax_receipts, tie_declarations,
    transitions,
);
together!(person_roles: sign_ins);
together!(promotions: recusals, reports, reviews, sessions);
together!(recoveries: recusals, reports, reviews, sessions, statement_effects);
together!(
    recusals:
    reports, review_scores, reviews, session_file_turns, session_items, sessions, signing_papers,
    slot_bookings, transfers,
);
together!(report_answers: reports);
together!(report_changes: reports);
together!(report_extensions: reports);
together!(report_lines: reports);
together!(report_signatures: reports);
together!(reports: reviews, sessions);
together!(review_confidences: reviews);
together!(review_saves: reviews);
together!(review_scores: reviews);
together!(reviews: sessions);
together!(scenario_lines: scenarios);
together!(scenarios: sessions);
together!(session_attendance: session_proxies, sessions);
together!(session_items: sessions);
together!(session_minutes: sessions);
together!(session_proposals: sessions);
together!(session_proxies: sessions);
together!(session_rooms: sessions);
together!(session_votes: sessions);
together!(statement_effects: statement_lines);
together!(statement_imports: statement_lines);
together!(transfers: transitions);
