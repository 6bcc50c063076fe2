DROP TABLE release_plans;
