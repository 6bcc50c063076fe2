DELETE FROM lifecycle_edges WHERE id = 'recovery:requested:postpone';
