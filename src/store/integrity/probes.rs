//! The questions themselves, in SQL that reads the same on both databases.

use super::Probe;

/// No account ever falls below zero, so what lies further down the line never exceeds what lies before it.
pub const ENVELOPES: &[Probe] = &[
    Probe {
        checked: "accounts WHERE stage <> 'funder'",
        broken: "SELECT a.account_key AS subject, 'falls to ' || CAST(MIN(m.running) AS TEXT) || ' cents' AS detail
            FROM (SELECT account, SUM(amount) OVER (PARTITION BY account ORDER BY seq ROWS UNBOUNDED PRECEDING)
                    AS running
                  FROM (SELECT from_account AS account, -amount_cents AS amount, seq FROM transfers
                        UNION ALL SELECT to_account, amount_cents, seq FROM transfers) moves) m
            JOIN accounts a ON a.id = m.account
            WHERE a.stage <> 'funder' GROUP BY a.account_key HAVING MIN(m.running) < 0",
    },
    Probe {
        checked: "calls WHERE state NOT IN ('draft', 'cancelled')",
        broken: "SELECT c.reference AS subject, 'its envelope is ' || CAST(c.envelope_cents AS TEXT)
              || ' cents, the journal set aside ' || CAST(c.funded AS TEXT) AS detail
            FROM (SELECT calls.reference, calls.envelope_cents, CAST(COALESCE((
                    SELECT SUM(CASE t.kind WHEN 'fund' THEN t.amount_cents ELSE -t.amount_cents END)
                    FROM transfers t JOIN accounts a
                      ON a.id = CASE t.kind WHEN 'fund' THEN t.to_account ELSE t.from_account END
                    WHERE t.kind IN ('fund', 'unfund') AND a.call_id = calls.id), 0) AS BIGINT) AS funded
                  FROM calls WHERE state NOT IN ('draft', 'cancelled')) c
            WHERE c.envelope_cents <> c.funded",
    },
    Probe {
        checked: "funding_sources",
        broken: "SELECT s.reference AS subject, 'the agreement is of ' || CAST(s.amount_cents AS TEXT)
              || ' cents, the journal received ' || CAST(s.received AS TEXT) AS detail
            FROM (SELECT funding_sources.reference, funding_sources.amount_cents, CAST(COALESCE((
                    SELECT SUM(CASE t.kind WHEN 'grant' THEN t.amount_cents ELSE -t.amount_cents END)
                    FROM transfers t JOIN accounts a ON a.id = t.to_account
                    WHERE t.kind IN ('grant', 'lower') AND a.funding_source_id = funding_sources.id), 0) AS BIGINT)
                    AS received
                  FROM funding_sources) s
            WHERE s.amount_cents <> s.received",
    },
];

/// What is accepted of the lines of a report adds up to what is accepted of it.
pub const REPORTS: &[Probe] = &[Probe {
    checked: "reports WHERE state = 'accepted'",
    broken:
        "SELECT r.id AS subject, 'is accepted for ' || CAST(r.accepted_cost_cents AS TEXT) || ' cents, its lines for '
          || CAST(r.judged AS TEXT) AS detail
        FROM (SELECT id, accepted_cost_cents, CAST((SELECT SUM(l.accepted_cents) FROM accepted_lines l
                WHERE l.report_id = reports.id) AS BIGINT) AS judged
              FROM reports WHERE state = 'accepted') r
        WHERE r.judged IS NOT NULL AND r.judged <> r.accepted_cost_cents",
}];

/// The payments of a grant add up to it, the split of a payment to the payment, and the journal agrees with both.
pub const SUMS: &[Probe] = &[
    Probe {
        checked: "grants WHERE state IN ('accepted', 'agreement_sent', 'active', 'suspended', 'closing', 'closed')",
        broken: "SELECT g.reference AS subject, 'amounts to ' || CAST(g.amount_cents AS TEXT)
              || ' cents, its disbursements to ' || CAST(g.planned AS TEXT) AS detail
            FROM (SELECT reference, amount_cents, CAST(COALESCE((SELECT SUM(d.amount_cents) FROM disbursements d
                    WHERE d.grant_id = grants.id AND d.state <> 'cancelled'), 0) AS BIGINT) AS planned
                  FROM grants
                  WHERE state IN ('accepted', 'agreement_sent', 'active', 'suspended', 'closing', 'closed')) g
            WHERE g.amount_cents <> g.planned",
    },
    Probe {
        checked: "disbursements WHERE state <> 'cancelled'",
        broken: "SELECT d.id AS subject, 'amounts to ' || CAST(d.amount_cents AS TEXT) || ' cents, its split to '
              || CAST(d.parts AS TEXT) AS detail
            FROM (SELECT id, amount_cents, CAST(COALESCE((SELECT SUM(s.amount_cents) FROM disbursement_splits s
                    WHERE s.disbursement_id = disbursements.id), 0) AS BIGINT) AS parts
                  FROM disbursements WHERE state <> 'cancelled') d
            WHERE d.amount_cents <> d.parts",
    },
    Probe {
        checked: "disbursements",
        broken: "SELECT d.id AS subject, 'is ' || d.state || ' for ' || CAST(d.amount_cents AS TEXT)
              || ' cents, the journal authorised ' || CAST(d.authorised AS TEXT) || ' and paid ' || CAST(d.paid AS TEXT)
              AS detail
            FROM (SELECT id, state, amount_cents,
                    CAST(COALESCE((SELECT SUM(CASE t.kind WHEN 'authorise' THEN t.amount_cents ELSE -t.amount_cents END)
                      FROM transfers t
                      WHERE t.disbursement_id = disbursements.id AND t.kind IN ('authorise', 'revoke')), 0) AS BIGINT)
                      AS authorised,
                    CAST(COALESCE((SELECT SUM(CASE t.kind WHEN 'pay' THEN t.amount_cents ELSE -t.amount_cents END)
                      FROM transfers t
                      WHERE t.disbursement_id = disbursements.id AND t.kind IN ('pay', 'return')), 0) AS BIGINT) AS paid
                  FROM disbursements) d
            WHERE d.paid <> CASE d.state WHEN 'paid' THEN d.amount_cents ELSE 0 END
               OR d.authorised <> CASE WHEN d.state IN ('planned', 'withheld', 'cancelled') THEN 0
                                       ELSE d.amount_cents END",
    },
    Probe {
        checked: "disbursement_totals",
        broken: "SELECT t.call_id || ' ' || t.state AS subject, 'is kept as ' || CAST(t.disbursements AS TEXT)
              || ' disbursements of ' || CAST(t.amount_cents AS TEXT) || ' cents, there are ' || CAST(t.n AS TEXT)
              || ' of ' || CAST(t.sum AS TEXT) AS detail
            FROM (SELECT call_id, state, disbursements, amount_cents,
                    (SELECT COUNT(*) FROM disbursements d
                      WHERE d.call_id = disbursement_totals.call_id AND d.state = disbursement_totals.state) AS n,
                    CAST(COALESCE((SELECT SUM(d.amount_cents) FROM disbursements d
                      WHERE d.call_id = disbursement_totals.call_id AND d.state = disbursement_totals.state), 0)
                      AS BIGINT) AS sum
                  FROM disbursement_totals) t
            WHERE t.disbursements <> t.n OR t.amount_cents <> t.sum",
    },
    Probe {
        checked: "recoveries",
        broken: "SELECT r.id AS subject, 'is ' || r.state || ' for ' || CAST(r.amount_cents AS TEXT)
              || ' cents, the journal recovered ' || CAST(r.back AS TEXT) AS detail
            FROM (SELECT id, state, amount_cents, CAST(COALESCE((
                    SELECT SUM(CASE t.kind WHEN 'recover' THEN t.amount_cents ELSE -t.amount_cents END)
                    FROM transfers t JOIN transitions h ON h.seq = t.transition_seq
                    WHERE h.subject_id = recoveries.id AND t.kind IN ('recover', 'reopen')
                      AND (recoveries.state NOT IN ('received', 'offset')
                        OR (t.disbursement_id IS NOT NULL) = (recoveries.state = 'offset'))), 0) AS BIGINT) AS back
                  FROM recoveries) r
            WHERE r.back <> CASE WHEN r.state IN ('received', 'offset') THEN r.amount_cents ELSE 0 END",
    },
    Probe {
        checked: "transfers WHERE kind = 'recover' AND disbursement_id IS NOT NULL",
        broken: "SELECT d.id AS subject, 'is of ' || CAST(d.amount_cents AS TEXT) || ' cents, of which '
              || CAST(d.kept AS TEXT) || ' are kept back' AS detail
            FROM (SELECT id, state, amount_cents, CAST(COALESCE((
                    SELECT SUM(CASE t.kind WHEN 'recover' THEN t.amount_cents ELSE -t.amount_cents END)
                    FROM transfers t
                    WHERE t.disbursement_id = disbursements.id AND t.kind IN ('recover', 'reopen')), 0) AS BIGINT) AS kept
                  FROM disbursements) d
            WHERE d.kept > 0 AND (d.kept >= d.amount_cents OR d.state IN ('planned', 'withheld', 'cancelled'))",
    },
];

/// Nothing leaves without its conditions and two people.
pub const PAYMENTS: &[Probe] = &[
    Probe {
        checked: "disbursements WHERE state IN ('authorised', 'in_run', 'paid', 'returned')",
        broken: "SELECT d.id AS subject, CASE
                WHEN g.accepted_at IS NULL THEN 'the grant is not accepted'
                WHEN d.authorised_by IS NULL THEN 'nobody authorised it'
                WHEN d.conditions LIKE '[{\"date_reached\":%' AND SUBSTR(d.conditions, 19, 10) > CAST(d.authorised_on AS TEXT)
                  THEN 'authorised before its date'
                WHEN g.is_agreement_required AND (g.holder_signed_at IS NULL OR g.issuer_signed_at IS NULL)
                  THEN 'the agreement is not signed by both'
                WHEN d.conditions LIKE '%\"piece_accepted\"%' AND d.conditions NOT LIKE '%\"report_accepted\"%'
                  THEN 'its paper is not accepted'
                ELSE 'its report is neither accepted nor waived' END AS detail
            FROM disbursements d JOIN grants g ON g.id = d.grant_id
            WHERE d.state IN ('authorised', 'in_run', 'paid', 'returned')
              AND (g.accepted_at IS NULL OR d.authorised_by IS NULL
                OR (d.conditions LIKE '[{\"date_reached\":%' AND SUBSTR(d.conditions, 19, 10) > CAST(d.authorised_on AS TEXT))
                OR (g.is_agreement_required AND (g.holder_signed_at IS NULL OR g.issuer_signed_at IS NULL))
                OR (d.conditions LIKE '%\"piece_accepted\"%' AND NOT EXISTS (SELECT 1 FROM grant_pieces q
                  WHERE q.grant_id = g.id AND q.outcome = 'accepted'
                    AND d.conditions LIKE ('%\"code\":\"' || q.code || '\"%')))
                OR (d.conditions LIKE '%\"report_accepted\":\"final\"%' AND NOT EXISTS (SELECT 1 FROM reports r
                  WHERE r.grant_id = g.id AND r.kind = 'final' AND r.state IN ('accepted', 'waived')))
                OR (d.conditions LIKE '%\"report_accepted\":\"interim\"%' AND NOT EXISTS (SELECT 1 FROM reports r
                  WHERE r.grant_id = g.id AND r.kind = 'interim' AND r.state IN ('accepted', 'waived'))))",
    },
    Probe {
        checked: "disbursements WHERE state = 'paid'",
        broken: "SELECT d.id AS subject, CASE
                WHEN b.id IS NULL THEN 'paid to no bank account'
                WHEN b.organisation_id <> g.organisation_id THEN 'paid to an account of somebody else'
                WHEN b.verified_by IS NULL THEN 'paid to an account nobody verified'
                WHEN d.paid_on IS NULL THEN 'without the date of the bank operation'
                WHEN r.approved_by IS NULL THEN 'paid by a run nobody approved'
                WHEN r.exported_at IS NULL THEN 'paid by a run that never left'
                ELSE 'one person alone paid it' END AS detail
            FROM disbursements d JOIN grants g ON g.id = d.grant_id
            LEFT JOIN bank_accounts b ON b.id = d.bank_account_id
            LEFT JOIN payment_runs r ON r.id = d.payment_run_id
            WHERE d.state = 'paid'
              AND (b.id IS NULL OR b.organisation_id <> g.organisation_id OR b.verified_by IS NULL
                OR d.paid_on IS NULL OR r.approved_by IS NULL OR r.exported_at IS NULL
                OR r.approved_by = r.prepared_by OR r.approved_by = d.authorised_by)",
    },
];

/// In France money goes to whoever has a SIRET, and to nobody else. The countries are those of `SIRET_COUNTRIES`.
pub const PAYEES: &[Probe] = &[Probe {
    checked: "disbursements WHERE state IN ('authorised', 'in_run', 'paid', 'returned')",
    broken: "SELECT d.id AS subject, 'is ' || d.state || ' to an organisation in France without SIRET' AS detail
        FROM disbursements d JOIN grants g ON g.id = d.grant_id JOIN organisations o ON o.id = g.organisation_id
        WHERE d.state IN ('authorised', 'in_run', 'paid', 'returned') AND o.siret IS NULL
        AND NOT EXISTS (SELECT 1 FROM organisation_erasures e WHERE e.organisation_id = o.id AND e.erased_at IS NOT NULL)
        AND o.country_code IN ('FR', 'BL', 'GF', 'GP', 'MF', 'MQ', 'PM', 'RE', 'YT')",
}];

/// Money only moves along the path of its kind; a correction mirrors what it reverses, once; no movement goes.
pub const JOURNAL: &[Probe] = &[
    Probe {
        checked: "transfers",
        broken: "SELECT CAST(t.seq AS TEXT) AS subject, t.kind || ' from ' || f.stage || ' to ' || a.stage AS detail
            FROM transfers t JOIN accounts f ON f.id = t.from_account JOIN accounts a ON a.id = t.to_account
            WHERE f.funding_source_id <> a.funding_source_id
               OR (t.kind NOT IN ('grant', 'lower') AND t.transition_seq IS NULL)
               OR NOT ((t.kind = 'grant' AND f.stage = 'funder' AND a.stage = 'source')
                    OR (t.kind = 'lower' AND f.stage = 'source' AND a.stage = 'funder')
                    OR (t.kind = 'fund' AND f.stage = 'source' AND a.stage = 'envelope')
                    OR (t.kind = 'unfund' AND f.stage = 'envelope' AND a.stage = 'source')
                    OR (t.kind = 'commit' AND f.stage = 'envelope' AND a.stage = 'committed')
                    OR (t.kind = 'release' AND f.stage = 'committed' AND a.stage = 'envelope')
                    OR (t.kind = 'authorise' AND f.stage = 'committed' AND a.stage = 'authorised')
                    OR (t.kind = 'revoke' AND f.stage = 'authorised' AND a.stage = 'committed')
                    OR (t.kind = 'pay' AND f.stage = 'authorised' AND a.stage = 'paid')
                    OR (t.kind = 'return' AND f.stage = 'paid' AND a.stage = 'authorised')
                    OR (t.kind = 'recover' AND f.stage = 'paid' AND a.stage = 'recovered')
                    OR (t.kind = 'reopen' AND f.stage = 'recovered' AND a.stage = 'paid')
                    OR (t.kind = 'donate' AND f.stage = 'funder' AND a.stage = 'source')
                    OR (t.kind = 'take_back' AND f.stage = 'source' AND a.stage = 'funder'))",
    },
    Probe {
        checked: "transfers WHERE kind IN ('return', 'revoke', 'reopen') OR reverses_seq IS NOT NULL",
        broken: "SELECT CAST(t.seq AS TEXT) AS subject, 'does not mirror what it reverses' AS detail
            FROM transfers t LEFT JOIN transfers o ON o.seq = t.reverses_seq
            WHERE (t.kind IN ('return', 'revoke', 'reopen') OR t.reverses_seq IS NOT NULL)
              AND (o.seq IS NULL OR o.seq > t.seq OR o.amount_cents <> t.amount_cents
                OR o.from_account <> t.to_account OR o.to_account <> t.from_account)
            UNION ALL
            SELECT CAST(reverses_seq AS TEXT), 'is reversed twice' FROM transfers
            WHERE reverses_seq IS NOT NULL GROUP BY reverses_seq HAVING COUNT(*) > 1",
    },
    Probe {
        checked: "transfers",
        broken: "SELECT CAST(t.seq AS TEXT) AS subject, 'comes after ' || CAST(t.before AS TEXT)
              || ': a movement is missing' AS detail
            FROM (SELECT seq, COALESCE(LAG(seq) OVER (ORDER BY seq), 0) AS before FROM transfers) t
            WHERE t.seq <> t.before + 1",
    },
];

/// The history of every object is a path of the table, walked by roles the table names.
pub const PATHS: &[Probe] = &[Probe {
    checked: "transitions",
    broken: "SELECT CAST(t.seq AS TEXT) AS subject, t.edge_id || ' after ' || t.before AS detail
        FROM (SELECT seq, machine, from_state, event, to_state, role, edge_id,
                COALESCE(LAG(to_state) OVER (PARTITION BY subject_id ORDER BY seq), '') AS before
              FROM transitions) t
        JOIN lifecycle_edges e ON e.id = t.edge_id
        WHERE t.from_state <> t.before OR e.machine <> t.machine OR e.from_state <> t.from_state
           OR e.event <> t.event OR e.to_state <> t.to_state
           OR ' ' || e.roles || ' ' NOT LIKE '% ' || t.role || ' %'",
}];

/// A filed application says who filed it and what; the key that forbids a second one is held by one alone.
pub const LIVE_APPLICATIONS: &[Probe] = &[
    Probe {
        checked: "applications WHERE live_key IS NOT NULL",
        broken: "SELECT live_key AS subject, 'is held by ' || CAST(COUNT(*) AS TEXT) || ' applications' AS detail
            FROM applications WHERE live_key IS NOT NULL GROUP BY live_key HAVING COUNT(*) > 1",
    },
    Probe {
        checked: "applications WHERE state NOT IN ('withdrawn', 'ineligible')",
        broken:
            "SELECT MIN(a.reference) AS subject, 'is one of ' || CAST(COUNT(*) AS TEXT) || ' live files of its holder'
              AS detail
            FROM applications a JOIN calls c ON c.id = a.call_id
            WHERE a.state NOT IN ('withdrawn', 'ineligible') AND c.settings LIKE '%\"applications\":\"one\"%'
            GROUP BY a.call_id, a.organisation_id HAVING COUNT(*) > 1",
    },
    Probe {
        checked: "applications WHERE state NOT IN ('draft', 'withdrawn')",
        broken: "SELECT reference AS subject, 'is ' || state || ' and nobody filed it' AS detail FROM applications
            WHERE state NOT IN ('draft', 'withdrawn')
              AND (submitted_by IS NULL OR submitted_at IS NULL OR content_hash IS NULL)",
    },
];

/// A confirmed line did what it says, as often as the history tells, and an import holds the lines it counts.
pub const STATEMENTS: &[Probe] = &[
    Probe {
        checked: "statement_imports",
        broken: "SELECT i.id AS subject, 'brought ' || CAST(i.brought AS TEXT) || ' lines, it holds '
              || CAST(i.n AS TEXT) AS detail
            FROM (SELECT id, line_count - known_count AS brought,
                    (SELECT COUNT(*) FROM statement_lines l WHERE l.import_id = statement_imports.id) AS n
                  FROM statement_imports) i
            WHERE i.brought <> i.n",
    },
    Probe {
        checked: "statement_effects",
        broken: "SELECT l.id AS subject, 'is of ' || CAST(l.amount_cents AS TEXT) || ' cents, what it did adds up to '
              || CAST(e.done AS TEXT) AS detail
            FROM (SELECT line_id, CAST(SUM(amount_cents) AS BIGINT) AS done FROM statement_effects GROUP BY line_id) e
            JOIN statement_lines l ON l.id = e.line_id
            WHERE l.amount_cents <> e.done OR l.is_double OR l.currency <> 'EUR'",
    },
    Probe {
        checked: "statement_effects",
        broken: "SELECT e.subject_id AS subject, e.doing || ' by ' || CAST(e.n AS TEXT) || ' lines, '
              || CAST(e.moves AS TEXT) || ' times in its history' AS detail
            FROM (SELECT c.subject_id, c.doing, c.n, (SELECT COUNT(*) FROM transitions t
                    WHERE t.subject_id = c.subject_id AND t.event = CASE c.doing WHEN 'pay' THEN 'mark_paid'
                      WHEN 'return' THEN 'mark_returned' ELSE 'receive' END) AS moves
                  FROM (SELECT subject_id, doing, COUNT(*) AS n FROM statement_effects
                        GROUP BY subject_id, doing) c) e
            WHERE e.n > e.moves",
    },
    Probe {
        checked: "instalment_lines",
        broken:
            "SELECT l.id AS subject, 'brought ' || CAST(l.amount_cents AS TEXT) || ' cents of an instalment of which '
              || COALESCE(CAST(i.received_cents AS TEXT), 'no') || ' cents are noted' AS detail
            FROM instalment_lines b JOIN statement_lines l ON l.id = b.line_id
            JOIN source_instalments i ON i.id = b.instalment_id
            WHERE i.received_cents IS NULL OR i.received_cents <> l.amount_cents OR i.received_on <> l.booked_on
              OR l.is_double OR l.side <> 'credit' OR l.currency <> 'EUR'
              OR EXISTS (SELECT 1 FROM statement_effects e WHERE e.line_id = l.id)",
    },
];

/// What is kept of each account by day is what its movements say.
pub const DAYS: &[Probe] = &[Probe {
    checked: "account_days",
    broken: "SELECT m.account || ' ' || m.day AS subject, 'is kept as ' || CAST(m.kept AS TEXT)
          || ' cents, its movements say ' || CAST(m.moved AS TEXT) AS detail
        FROM (SELECT account, day, CAST(SUM(kept) AS BIGINT) AS kept, CAST(SUM(moved) AS BIGINT) AS moved
              FROM (SELECT account_id AS account, day, into_cents - out_cents AS kept, 0 AS moved FROM account_days
                    UNION ALL
                    SELECT to_account, SUBSTR(CAST(at AS TEXT), 1, 10), 0, amount_cents FROM transfers
                    UNION ALL
                    SELECT from_account, SUBSTR(CAST(at AS TEXT), 1, 10), 0, -amount_cents FROM transfers) days
              GROUP BY account, day) m
        WHERE m.kept <> m.moved",
}];

/// An accounting entry is its movement, and the numbers of the entries run through the files without a gap.
pub const ACCOUNTING: &[Probe] = &[
    Probe {
        checked: "accounting_entries",
        broken: "SELECT CAST(e.number AS TEXT) AS subject, 'is of ' || CAST(e.amount_cents AS TEXT)
              || ' cents, its movement of ' || CAST(t.amount_cents AS TEXT) AS detail
            FROM accounting_entries e JOIN transfers t ON t.seq = e.transfer_seq
            WHERE e.amount_cents <> t.amount_cents OR t.kind IN ('fund', 'unfund', 'authorise', 'revoke')",
    },
    Probe {
        checked: "accounting_exports",
        broken: "SELECT x.file_name AS subject, 'says ' || CAST(x.entry_count AS TEXT) || ' entries, '
              || CAST(x.placed AS TEXT) || ' are there, after ' || CAST(x.earlier AS TEXT) AS detail
            FROM (SELECT file_name, first_entry, entry_count, total_cents,
                    (SELECT COUNT(*) FROM accounting_entries e WHERE e.export_id = accounting_exports.id
                       AND e.number >= accounting_exports.first_entry
                       AND e.number < accounting_exports.first_entry + accounting_exports.entry_count) AS placed,
                    (SELECT COUNT(*) FROM accounting_entries e WHERE e.export_id = accounting_exports.id) AS held,
                    (SELECT COUNT(*) FROM accounting_entries e WHERE e.number < accounting_exports.first_entry)
                      AS earlier,
                    CAST(COALESCE((SELECT SUM(e.amount_cents) FROM accounting_entries e
                      WHERE e.export_id = accounting_exports.id), 0) AS BIGINT) AS cents
                  FROM accounting_exports) x
            WHERE x.placed <> x.entry_count OR x.held <> x.entry_count OR x.earlier <> x.first_entry - 1
               OR x.cents <> x.total_cents",
    },
];

/// Nobody has a say on a file they are recused from, and the stored mean is that of the reviews handed in.
pub const RECUSALS: &[Probe] = &[
    Probe {
        checked: "recusals",
        broken: "SELECT r.id AS subject, 'a review ' || r.state || ' by somebody recused' AS detail
            FROM recusals x JOIN reviews r ON r.person_id = x.person_id AND r.application_id = x.application_id
            WHERE r.state <> 'recused' OR EXISTS (SELECT 1 FROM review_scores s WHERE s.review_id = r.id)",
    },
    Probe {
        checked: "applications",
        broken: "SELECT a.reference AS subject, 'stores a sum of ' || CAST(a.score_sum AS TEXT) || ', its reviews say '
              || CAST(a.found AS TEXT) AS detail
            FROM (SELECT reference, score_sum, score_count,
                    CAST(COALESCE((SELECT SUM(r.total) FROM reviews r
                      WHERE r.application_id = applications.id AND r.state = 'submitted'), 0) AS BIGINT) AS found,
                    (SELECT COUNT(*) FROM reviews r
                      WHERE r.application_id = applications.id AND r.state = 'submitted') AS reviews
                  FROM applications) a
            WHERE a.score_sum <> a.found OR a.score_count <> a.reviews",
    },
];

/// Every mail comes from a transition or a sign-in link, once per recipient.
pub const MESSAGES: &[Probe] = &[
    Probe {
        checked: "messages",
        broken: "SELECT id AS subject, kind || ' comes from nowhere' AS detail FROM messages
            WHERE cause_seq IS NULL AND login_link_id IS NULL",
    },
    Probe {
        checked: "messages WHERE cause_seq IS NOT NULL",
        broken: "SELECT kind || ' of ' || CAST(cause_seq AS TEXT) AS subject, 'goes twice to one address' AS detail
            FROM messages WHERE cause_seq IS NOT NULL
            GROUP BY kind, cause_seq, recipient_address HAVING COUNT(*) > 1",
    },
];

/// What a thread counts is what it holds: its messages, and those of the other side that each side has not read.
pub const THREADS: &[Probe] = &[
    Probe {
        checked: "exchange_threads",
        broken: "SELECT t.application_id AS subject, 'counts ' || CAST(t.exchanges AS TEXT) || ' messages, '
              || CAST(t.unread_by_applicant AS TEXT) || ' and ' || CAST(t.unread_by_team AS TEXT)
              || ' unread, it holds ' || CAST(t.n AS TEXT) || ', ' || CAST(t.for_applicant AS TEXT) || ' and '
              || CAST(t.for_team AS TEXT) AS detail
            FROM (SELECT application_id, exchanges, unread_by_applicant, unread_by_team,
                    (SELECT COUNT(*) FROM exchanges e WHERE e.application_id = exchange_threads.application_id) AS n,
                    (SELECT COUNT(*) FROM exchanges e WHERE e.application_id = exchange_threads.application_id
                      AND e.side = 'team' AND e.number > exchange_threads.read_by_applicant) AS for_applicant,
                    (SELECT COUNT(*) FROM exchanges e WHERE e.application_id = exchange_threads.application_id
                      AND e.side = 'applicant' AND e.number > exchange_threads.read_by_team) AS for_team
                  FROM exchange_threads) t
            WHERE t.exchanges <> t.n OR t.unread_by_applicant <> t.for_applicant OR t.unread_by_team <> t.for_team",
    },
    Probe {
        checked: "exchanges",
        broken: "SELECT e.application_id AS subject, 'has messages and no thread' AS detail FROM exchanges e
            WHERE NOT EXISTS (SELECT 1 FROM exchange_threads t WHERE t.application_id = e.application_id)
            GROUP BY e.application_id",
    },
];

/// Every donation is in the journal once, or twice when it was taken back; donations and receipts are numbered without a
/// gap; a donation has one receipt that counts when it is said to have one, and none otherwise.
pub const DONATIONS: &[Probe] = &[
    Probe {
        checked: "donations",
        broken: "SELECT d.reference AS subject, 'is ' || d.state || ', the journal says otherwise' AS detail
            FROM donations d JOIN transfers t ON t.seq = d.transfer_seq JOIN accounts a ON a.id = t.to_account
            LEFT JOIN transfers b ON b.reverses_seq = t.seq
            WHERE t.kind <> 'donate' OR t.amount_cents <> d.amount_cents
               OR a.funding_source_id <> d.funding_source_id
               OR (d.state = 'cancelled' AND b.seq IS NULL) OR (d.state <> 'cancelled' AND b.seq IS NOT NULL)",
    },
    Probe {
        checked: "tax_receipts",
        broken: "SELECT 'receipts of ' || CAST(y.year AS TEXT) AS subject,
              'are ' || CAST(y.n AS TEXT) || ', numbered up to ' || CAST(y.last AS TEXT) AS detail
            FROM (SELECT year, COUNT(*) AS n, MAX(number) AS last FROM tax_receipts GROUP BY year) y
            WHERE y.n <> y.last
            UNION ALL
            SELECT 'donations of ' || CAST(y.year AS TEXT),
              'are ' || CAST(y.n AS TEXT) || ', numbered up to ' || CAST(y.last AS TEXT)
            FROM (SELECT year, COUNT(*) AS n, MAX(number) AS last FROM donations GROUP BY year) y
            WHERE y.n <> y.last",
    },
    Probe {
        checked: "donations",
        broken: "SELECT d.reference AS subject, 'is ' || d.state || ' with ' || CAST(d.live AS TEXT) || ' receipts' AS detail
            FROM (SELECT reference, state, (SELECT COUNT(*) FROM tax_receipts r
                    WHERE r.donation_id = donations.id AND r.live_key IS NOT NULL) AS live
                  FROM donations) d
            WHERE d.live <> CASE WHEN d.state = 'receipted' THEN 1 ELSE 0 END",
    },
];

/// No account number lies in clear: accounts are sealed, bank files and letters name the account in its place.
pub const SEALS: &[Probe] = &[
    Probe {
        checked: "bank_accounts",
        broken: "SELECT id AS subject, 'its number is not sealed' AS detail FROM bank_accounts
            WHERE iban NOT LIKE 'v1.%' OR iban_mark = ''",
    },
    Probe {
        checked: "payer_accounts",
        broken: "SELECT id AS subject, 'its number is not sealed' AS detail FROM payer_accounts
            WHERE iban NOT LIKE 'v1.%' OR iban_mark = ''",
    },
    Probe {
        checked: "payment_files",
        broken: "SELECT payment_run_id AS subject, 'its bank file holds numbers' AS detail FROM payment_files
            WHERE kept_sha256 = ''",
    },
    Probe {
        checked: "filings",
        broken:
            "SELECT application_id AS subject, 'its filing ' || CAST(number AS TEXT) || ' may hold numbers' AS detail
            FROM filings WHERE kept_sha256 = ''",
    },
    Probe {
        checked: "documents WHERE kind = 'recovery_request' AND facts LIKE '%\"IBAN\"%'",
        broken: "SELECT reference AS subject, 'the letter holds the number of the house' AS detail FROM documents
            WHERE kind = 'recovery_request' AND facts LIKE '%\"IBAN\"%' AND facts NOT LIKE '%{iban:%'",
    },
];
