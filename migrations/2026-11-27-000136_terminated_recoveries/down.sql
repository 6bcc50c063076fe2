UPDATE lifecycle_edges SET roles = 'system' WHERE id = 'recovery::create';
