UPDATE lifecycle_edges SET roles = 'admin'
  WHERE id IN ('message:queued:cancel', 'message:held:cancel', 'message:failed:cancel');
