DELETE FROM lifecycle_edges WHERE id IN ('application:draft:pair', 'application:draft:unpair');
DROP TABLE pairings;
DROP TABLE pairing_wishes;
