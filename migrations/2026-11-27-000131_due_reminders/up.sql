-- How far the reminders of one due date have gone. Another date has its reminders anew.
CREATE TABLE due_reminders (
  subject_id TEXT PRIMARY KEY NOT NULL,
  due_on DATE NOT NULL,
  stage INTEGER NOT NULL,
  sent_at TIMESTAMP NOT NULL
);
