DELETE FROM lifecycle_edges;
