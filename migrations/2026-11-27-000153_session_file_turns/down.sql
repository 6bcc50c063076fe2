DROP TABLE session_file_turns;
