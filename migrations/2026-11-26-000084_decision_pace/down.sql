ALTER TABLE calls DROP COLUMN decision_pace;
