DELETE FROM lifecycle_edges WHERE id = 'call:in_review:revise';
