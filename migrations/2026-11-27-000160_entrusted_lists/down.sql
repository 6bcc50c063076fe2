DELETE FROM review_notices WHERE message_id IN (SELECT id FROM messages WHERE kind = 'review_assigned');
