-- A reminder that has become untrue before it left is not sent.
UPDATE lifecycle_edges SET roles = 'system admin'
  WHERE id IN ('message:queued:cancel', 'message:held:cancel', 'message:failed:cancel');
