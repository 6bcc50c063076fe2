DROP INDEX applications_by_call_waiting;
DROP INDEX applications_by_waiting;
