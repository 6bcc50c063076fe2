DELETE FROM lifecycle_edges WHERE id = 'call:published:revise';
DROP TABLE draft_revisions;
