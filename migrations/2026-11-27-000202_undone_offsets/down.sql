DELETE FROM lifecycle_edges WHERE id = 'grant:closed:reopen';
DELETE FROM lifecycle_edges WHERE id = 'recovery:offset:reopen';
