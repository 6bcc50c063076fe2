//! Questions about who did what, and how often: forms sent twice, files a person must not meet, two people where two are
//! asked for. They are put to the history, which keeps what was true at the time.

use super::Probe;

/// A form that files an application files it once: as many filings as forms whose answer is kept, file by file and second
/// by second. The identifier begins after `/dossiers/`.
pub const SUBMISSIONS: &[Probe] = &[Probe {
    checked: "form_tokens WHERE route LIKE '/dossiers/%/depot'",
    broken: "SELECT k.application AS subject, 'was filed ' || CAST(k.filed AS TEXT) || ' times by '
          || CAST(k.forms AS TEXT) || ' forms at once' AS detail
        FROM (SELECT f.application, f.forms, (SELECT COUNT(*) FROM transitions t
                WHERE t.subject_id = f.application AND t.event = 'submit' AND t.at = f.answered_at) AS filed
              FROM (SELECT SUBSTR(route, 11, 36) AS application, answered_at, COUNT(*) AS forms FROM form_tokens
                    WHERE route LIKE '/dossiers/%/depot' GROUP BY SUBSTR(route, 11, 36), answered_at) f) k
        WHERE k.filed <> k.forms",
}];

/// From a recusal on, the person is given no review of the file (one set aside since is none), does nothing with it, and is
/// told nothing of it. Only the mails that nobody but the team and the committee gets are asked: whoever applies keeps the
/// mails about their own file, also once they have left the organisation.
pub const AFTER_RECUSALS: &[Probe] = &[
    Probe {
        checked: "recusals",
        broken: "SELECT r.id AS subject, 'a review given to somebody recused before' AS detail
            FROM recusals x JOIN reviews r ON r.person_id = x.person_id AND r.application_id = x.application_id
            WHERE r.created_at > x.declared_at AND r.state <> 'recused'",
    },
    Probe {
        checked: "recusals",
        broken: "SELECT x.application_id AS subject, a.deed || ' by somebody recused before' AS detail
            FROM recusals x
            JOIN (SELECT application_id, judged_by AS person_id, judged_at AS done_at, 'a condition judged' AS deed
                    FROM judgements
                  UNION ALL SELECT application_id, author_id, written_at, 'a message written' FROM exchanges
                    WHERE side = 'team'
                  UNION ALL SELECT application_id, asked_by, asked_at, 'a complement asked for'
                    FROM complement_requests) a
              ON a.application_id = x.application_id AND a.person_id = x.person_id
            WHERE a.done_at > x.declared_at",
    },
    Probe {
        checked: "recusals",
        broken: "SELECT x.application_id AS subject, t.event || ' by somebody recused before' AS detail
            FROM recusals x JOIN transitions t ON t.subject_id = x.application_id AND t.actor_id = x.person_id
            WHERE t.at > x.declared_at AND t.event IN ('request_complement', 'declare_eligible', 'declare_ineligible')
            UNION ALL
            SELECT p.id, t.machine || ' ' || t.event || ' by somebody recused before'
            FROM recusals x JOIN grants g ON g.application_id = x.application_id
            JOIN (SELECT id, grant_id FROM reports UNION ALL SELECT id, grant_id FROM amendments) p ON p.grant_id = g.id
            JOIN transitions t ON t.subject_id = p.id AND t.actor_id = x.person_id
            WHERE t.at > x.declared_at AND t.role IN ('officer', 'finance', 'director')",
    },
    Probe {
        checked: "recusals",
        broken: "SELECT m.id AS subject, m.kind || ' to somebody recused before' AS detail
            FROM recusals x JOIN messages m ON m.recipient_id = x.person_id AND m.created_at > x.declared_at
            JOIN (SELECT id AS file, id AS about FROM applications
                  UNION ALL SELECT application_id, id FROM grants
                  UNION ALL SELECT application_id, id FROM reviews
                  UNION ALL SELECT g.application_id, r.id FROM reports r JOIN grants g ON g.id = r.grant_id
                  UNION ALL SELECT g.application_id, d.id FROM amendments d JOIN grants g ON g.id = d.grant_id) a
              ON a.about = m.about_id AND a.file = x.application_id
            WHERE m.kind IN ('complement_answered', 'appeal', 'withdrawn', 'review_assigned', 'review_reopened',
              'review_given_up', 'extension_asked', 'piece_provided')",
    },
    Probe {
        checked: "evidence_packs",
        broken:
            "SELECT p.id AS subject, 'an evidence pack with ' || g.reference || ' for somebody recused before' AS detail
            FROM recusals x JOIN grants g ON g.application_id = x.application_id
            JOIN evidence_pack_grants e ON e.grant_id = g.id
            JOIN evidence_packs p ON p.id = e.pack_id AND p.asked_by = x.person_id
            WHERE p.asked_at > x.declared_at",
    },
];

/// Who approved a run had neither prepared it nor authorised one of its payments last, and who verified an account had not
/// entered it: by the history, whatever the rows say now and whatever roles these people have since.
pub const DUTIES: &[Probe] = &[
    Probe {
        checked: "transitions WHERE machine = 'payment_run' AND event = 'approve'",
        broken: "SELECT t.subject_id AS subject, 'one person prepared and approved it' AS detail
            FROM transitions t JOIN transitions c ON c.subject_id = t.subject_id AND c.event = 'create'
            WHERE c.machine = 'payment_run' AND t.machine = 'payment_run' AND t.event = 'approve' AND t.actor_id = c.actor_id",
    },
    Probe {
        checked: "payment_run_lines",
        broken: "SELECT k.subject_id AS subject, 'one person authorised it and approved its run' AS detail
            FROM (SELECT l.disbursement_id AS subject_id, t.actor_id, (SELECT MAX(a.seq) FROM transitions a
                    WHERE a.subject_id = l.disbursement_id AND a.event IN ('authorise', 'authorise_again')
                      AND a.seq < t.seq) AS last
                  FROM payment_run_lines l
                  JOIN transitions t ON t.subject_id = l.payment_run_id AND t.event = 'approve') k
            JOIN transitions a ON a.seq = k.last
            WHERE a.actor_id = k.actor_id",
    },
    Probe {
        checked: "transitions WHERE machine = 'bank_account' AND event = 'verify'",
        broken: "SELECT t.subject_id AS subject, 'one person entered and verified it' AS detail
            FROM transitions t JOIN transitions c ON c.subject_id = t.subject_id AND c.event = 'create'
            WHERE c.machine = 'bank_account' AND t.machine = 'bank_account' AND t.event = 'verify' AND t.actor_id = c.actor_id",
    },
];

/// What a payment needs came before it in the history: its grant was accepted before it was authorised, its account verified
/// before its run was approved; and it goes to the account that was in the run then.
pub const EARLIER: &[Probe] = &[
    Probe {
    checked: "disbursements WHERE state = 'paid'",
    broken: "SELECT k.id AS subject, CASE WHEN k.accepted IS NULL OR k.accepted > k.authorised
              THEN 'was authorised before its grant was accepted'
              ELSE 'its run was approved before its account was verified' END AS detail
        FROM (SELECT d.id,
                (SELECT MIN(t.seq) FROM transitions t WHERE t.subject_id = d.grant_id AND t.event = 'accept') AS accepted,
                (SELECT MAX(t.seq) FROM transitions t
                  WHERE t.subject_id = d.id AND t.event IN ('authorise', 'authorise_again')) AS authorised,
                (SELECT MIN(t.seq) FROM transitions t
                  WHERE t.subject_id = d.bank_account_id AND t.event = 'verify') AS verified,
                (SELECT MAX(t.seq) FROM transitions t
                  WHERE t.subject_id = d.payment_run_id AND t.event = 'approve') AS approved
              FROM disbursements d WHERE d.state = 'paid') k
        WHERE k.accepted IS NULL OR k.accepted > k.authorised OR k.verified IS NULL OR k.verified > k.approved",
},
    Probe {
        checked: "payment_run_lines WHERE outcome IN ('waiting', 'paid')",
        broken: "SELECT d.id AS subject, 'goes to another account than its run was approved with' AS detail
            FROM payment_run_lines l JOIN disbursements d ON d.id = l.disbursement_id
            WHERE l.outcome IN ('waiting', 'paid') AND d.bank_account_id <> l.bank_account_id",
    },
];
