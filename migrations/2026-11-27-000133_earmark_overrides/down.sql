DROP TABLE earmark_overrides;
