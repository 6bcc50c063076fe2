DROP TABLE scenario_lines;
DROP TABLE scenarios;
DROP TABLE session_proposals;
DROP TABLE session_rooms;
