//! Questions about what is kept of a moment: a run when it was approved, what a grant comes to when it ends.

use super::Probe;

/// What is asked back comes from a balance, or by somebody from a grant that ended before its time: then it is what was paid
/// less the smaller of the award and its part of a cost that a report was accepted for.
pub const CLAIMS: &[Probe] = &[
    Probe {
        checked: "recoveries",
        broken: "SELECT r.id AS subject, 'asked back by ' || t.role || ' from a grant that is ' || g.state AS detail
            FROM recoveries r JOIN grants g ON g.id = r.grant_id
            JOIN transitions t ON t.subject_id = r.id AND t.event = 'create'
            WHERE (t.role = 'system' AND g.state NOT IN ('closing', 'closed'))
               OR (t.role <> 'system' AND g.state <> 'terminated')",
    },
    Probe {
        checked: "grants WHERE state = 'terminated'",
        broken: "SELECT g.reference AS subject, CAST(g.back AS TEXT) || ' cents are asked back, its end leaves '
              || COALESCE(CAST(b.to_return_cents AS TEXT), 'nothing') AS detail
            FROM (SELECT id, reference, CAST(COALESCE((SELECT SUM(r.amount_cents) FROM recoveries r
                    WHERE r.grant_id = grants.id), 0) AS BIGINT) AS back
                  FROM grants WHERE state = 'terminated') g
            LEFT JOIN balances b ON b.grant_id = g.id
            WHERE g.back > 0 AND (b.grant_id IS NULL OR g.back <> b.to_return_cents
              OR b.to_return_cents <> b.paid_cents
                - CASE WHEN b.award_cents < b.cost_cents * b.rate_points / 10000 THEN b.award_cents
                       ELSE b.cost_cents * b.rate_points / 10000 END
              OR (b.cost_cents <> 0 AND NOT EXISTS (SELECT 1 FROM reports p
                WHERE p.grant_id = g.id AND p.state = 'accepted' AND p.accepted_cost_cents = b.cost_cents)))",
    },
];

/// A run that was approved keeps its lines, and each went as its payment did.
pub const RUN_LINES: &[Probe] = &[
    Probe {
        checked: "payment_run_lines",
        broken: "SELECT l.end_to_end_id AS subject, 'is ' || l.outcome || ' in its run, its payment is ' || d.state AS detail
            FROM (SELECT end_to_end_id, disbursement_id, outcome, amount_cents, kept_back_cents, carried_to,
                    payment_run_id AS run FROM payment_run_lines) l
            JOIN disbursements d ON d.id = l.disbursement_id
            WHERE (l.outcome = 'waiting' AND (d.state <> 'in_run' OR COALESCE(d.payment_run_id, '') <> l.run))
               OR (l.outcome = 'paid' AND (d.state <> 'paid' OR COALESCE(d.payment_run_id, '') <> l.run))
               OR (l.outcome NOT IN ('waiting', 'paid') AND d.state IN ('in_run', 'paid')
                 AND COALESCE(d.payment_run_id, '') = l.run)
               OR (l.outcome = 'carried') <> (l.carried_to IS NOT NULL)
               OR l.amount_cents <= 0 OR l.amount_cents + l.kept_back_cents <> d.amount_cents",
    },
    Probe {
        checked: "payment_runs WHERE state IN ('approved', 'exported', 'settled')",
        broken: "SELECT d.id AS subject, 'was not in its run when it was approved' AS detail
            FROM disbursements d JOIN payment_runs r ON r.id = d.payment_run_id
            WHERE r.state IN ('approved', 'exported', 'settled') AND NOT EXISTS (SELECT 1 FROM payment_run_lines l
              WHERE l.payment_run_id = r.id AND l.disbursement_id = d.id)",
    },
];

/// Every head that was published is still in the history, at its place.
pub const HEADS: &[Probe] = &[Probe {
    checked: "history_heads",
    broken: "SELECT CAST(h.seq AS TEXT) AS subject, CASE
            WHEN t.seq IS NULL THEN 'was published as the head and is no longer there'
            ELSE 'was published as the head with another hash' END AS detail
        FROM history_heads h LEFT JOIN transitions t ON t.seq = h.seq
        WHERE t.seq IS NULL OR t.hash <> h.hash",
}];
