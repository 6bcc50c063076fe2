DROP INDEX sessions_by_chair;
DROP TABLE minutes_signatures;
DROP TABLE session_minutes;
