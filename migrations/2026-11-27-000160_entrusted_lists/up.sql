-- Mails that list what was entrusted to a reader are tied to its reviews as those of readings given up are. The earlier ones
-- are about the first review they give; the others were given to the same reader in the same instant and are named in them.
INSERT INTO review_notices (message_id, review_id)
SELECT m.id, r.id FROM messages m
JOIN reviews f ON f.id = m.about_id
JOIN reviews r ON r.person_id = f.person_id AND r.call_id = f.call_id AND r.created_at = f.created_at
JOIN applications a ON a.id = r.application_id
WHERE m.kind = 'review_assigned' AND (r.id = f.id OR m.facts LIKE '%"' || a.reference || '"%');
