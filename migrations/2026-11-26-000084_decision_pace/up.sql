-- Decisions of a call are told together once it is announced, or each as it is taken.
ALTER TABLE calls ADD COLUMN decision_pace TEXT NOT NULL DEFAULT 'together';
