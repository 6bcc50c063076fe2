DELETE FROM settings WHERE name IN ('staff_idle_minutes', 'applicant_idle_minutes', 'sign_in_hours');
