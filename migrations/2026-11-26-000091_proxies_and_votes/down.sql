DROP TABLE session_votes;
DROP TABLE session_proxies;
