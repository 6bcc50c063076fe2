INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call::create', 'call', '', 'create', 'draft', 'officer system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:draft:publish', 'call', 'draft', 'publish', 'published', 'officer system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:published:start_review', 'call', 'published', 'start_review', 'in_review', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:in_review:deliberate', 'call', 'in_review', 'deliberate', 'deliberated', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:deliberated:announce', 'call', 'deliberated', 'announce', 'announced', 'officer system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:announced:archive', 'call', 'announced', 'archive', 'archived', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:draft:cancel', 'call', 'draft', 'cancel', 'cancelled', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('call:published:cancel', 'call', 'published', 'cancel', 'cancelled', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application::create', 'application', '', 'create', 'draft', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:draft:submit', 'application', 'draft', 'submit', 'submitted', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:submitted:take_back', 'application', 'submitted', 'take_back', 'draft', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:draft:open_late', 'application', 'draft', 'open_late', 'draft', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:submitted:request_complement', 'application', 'submitted', 'request_complement', 'complement_requested', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:complement_requested:answer_complement', 'application', 'complement_requested', 'answer_complement', 'submitted', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:complement_requested:lapse_complement', 'application', 'complement_requested', 'lapse_complement', 'submitted', 'system officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:submitted:declare_eligible', 'application', 'submitted', 'declare_eligible', 'eligible', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:submitted:declare_ineligible', 'application', 'submitted', 'declare_ineligible', 'ineligible', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:ineligible:appeal', 'application', 'ineligible', 'appeal', 'submitted', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:eligible:start_review', 'application', 'eligible', 'start_review', 'in_review', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:in_review:award', 'application', 'in_review', 'award', 'awarded', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:reserve_listed:award', 'application', 'reserve_listed', 'award', 'awarded', 'officer director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:in_review:reserve_list', 'application', 'in_review', 'reserve_list', 'reserve_listed', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:in_review:reject', 'application', 'in_review', 'reject', 'rejected', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:reserve_listed:reject', 'application', 'reserve_listed', 'reject', 'rejected', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:in_review:defer', 'application', 'in_review', 'defer', 'deferred', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:draft:withdraw', 'application', 'draft', 'withdraw', 'withdrawn', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:submitted:withdraw', 'application', 'submitted', 'withdraw', 'withdrawn', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:complement_requested:withdraw', 'application', 'complement_requested', 'withdraw', 'withdrawn', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:eligible:withdraw', 'application', 'eligible', 'withdraw', 'withdrawn', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('application:in_review:withdraw', 'application', 'in_review', 'withdraw', 'withdrawn', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review::create', 'review', '', 'create', 'assigned', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:assigned:start', 'review', 'assigned', 'start', 'in_progress', 'reviewer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:in_progress:submit', 'review', 'in_progress', 'submit', 'submitted', 'reviewer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:reopened:submit', 'review', 'reopened', 'submit', 'submitted', 'reviewer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:submitted:reopen', 'review', 'submitted', 'reopen', 'reopened', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:assigned:recuse', 'review', 'assigned', 'recuse', 'recused', 'reviewer officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:in_progress:recuse', 'review', 'in_progress', 'recuse', 'recused', 'reviewer officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:submitted:recuse', 'review', 'submitted', 'recuse', 'recused', 'reviewer officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:reopened:recuse', 'review', 'reopened', 'recuse', 'recused', 'reviewer officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:declined:recuse', 'review', 'declined', 'recuse', 'recused', 'reviewer officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:assigned:decline', 'review', 'assigned', 'decline', 'declined', 'reviewer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('review:in_progress:decline', 'review', 'in_progress', 'decline', 'declined', 'reviewer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('session::create', 'session', '', 'create', 'planned', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('session:planned:convene', 'session', 'planned', 'convene', 'convened', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('session:convened:open', 'session', 'convened', 'open', 'in_session', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('session:in_session:minute', 'session', 'in_session', 'minute', 'minuted', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('session:minuted:confirm', 'session', 'minuted', 'confirm', 'confirmed', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('session:minuted:close_without_board', 'session', 'minuted', 'close_without_board', 'confirmed', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant::create', 'grant', '', 'create', 'offered', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:offered:accept', 'grant', 'offered', 'accept', 'accepted', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:offered:decline', 'grant', 'offered', 'decline', 'declined', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:accepted:send_agreement', 'grant', 'accepted', 'send_agreement', 'agreement_sent', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:accepted:activate', 'grant', 'accepted', 'activate', 'active', 'officer system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:agreement_sent:activate', 'grant', 'agreement_sent', 'activate', 'active', 'officer system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:active:start_closing', 'grant', 'active', 'start_closing', 'closing', 'officer system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:closing:close', 'grant', 'closing', 'close', 'closed', 'finance system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:active:suspend', 'grant', 'active', 'suspend', 'suspended', 'officer director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:suspended:resume', 'grant', 'suspended', 'resume', 'active', 'officer director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:accepted:terminate', 'grant', 'accepted', 'terminate', 'terminated', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:agreement_sent:terminate', 'grant', 'agreement_sent', 'terminate', 'terminated', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:active:terminate', 'grant', 'active', 'terminate', 'terminated', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('grant:suspended:terminate', 'grant', 'suspended', 'terminate', 'terminated', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('amendment::create', 'amendment', '', 'create', 'requested', 'applicant officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('amendment:requested:approve', 'amendment', 'requested', 'approve', 'approved', 'officer director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('amendment:requested:refuse', 'amendment', 'requested', 'refuse', 'refused', 'officer director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement::create', 'disbursement', '', 'create', 'planned', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:planned:authorise', 'disbursement', 'planned', 'authorise', 'authorised', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:returned:authorise_again', 'disbursement', 'returned', 'authorise_again', 'authorised', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:authorised:put_in_run', 'disbursement', 'authorised', 'put_in_run', 'in_run', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:in_run:leave_run', 'disbursement', 'in_run', 'leave_run', 'authorised', 'finance system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:in_run:mark_paid', 'disbursement', 'in_run', 'mark_paid', 'paid', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:paid:mark_returned', 'disbursement', 'paid', 'mark_returned', 'returned', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:planned:withhold', 'disbursement', 'planned', 'withhold', 'withheld', 'officer finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:withheld:restore', 'disbursement', 'withheld', 'restore', 'planned', 'officer finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:planned:cancel', 'disbursement', 'planned', 'cancel', 'cancelled', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('disbursement:withheld:cancel', 'disbursement', 'withheld', 'cancel', 'cancelled', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('payment_run::create', 'payment_run', '', 'create', 'open', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('payment_run:open:approve', 'payment_run', 'open', 'approve', 'approved', 'director finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('payment_run:approved:export', 'payment_run', 'approved', 'export', 'exported', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('payment_run:exported:settle', 'payment_run', 'exported', 'settle', 'settled', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('payment_run:open:cancel', 'payment_run', 'open', 'cancel', 'cancelled', 'finance director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('payment_run:approved:cancel', 'payment_run', 'approved', 'cancel', 'cancelled', 'finance director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report::create', 'report', '', 'create', 'expected', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report:expected:start', 'report', 'expected', 'start', 'draft', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report:draft:submit', 'report', 'draft', 'submit', 'submitted', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report:changes_requested:submit', 'report', 'changes_requested', 'submit', 'submitted', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report:submitted:request_changes', 'report', 'submitted', 'request_changes', 'changes_requested', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report:submitted:accept', 'report', 'submitted', 'accept', 'accepted', 'officer');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report:expected:waive', 'report', 'expected', 'waive', 'waived', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('report:draft:waive', 'report', 'draft', 'waive', 'waived', 'director');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('recovery::create', 'recovery', '', 'create', 'requested', 'system director finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('recovery:requested:receive', 'recovery', 'requested', 'receive', 'received', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('recovery:requested:offset_against', 'recovery', 'requested', 'offset_against', 'offset', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('recovery:requested:write_off', 'recovery', 'requested', 'write_off', 'written_off', 'director system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account::create', 'bank_account', '', 'create', 'unverified', 'applicant');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account:unverified:verify', 'bank_account', 'unverified', 'verify', 'verified', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account:quarantined:verify', 'bank_account', 'quarantined', 'verify', 'verified', 'finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account:unverified:quarantine', 'bank_account', 'unverified', 'quarantine', 'quarantined', 'system finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account:verified:quarantine', 'bank_account', 'verified', 'quarantine', 'quarantined', 'system finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account:unverified:close', 'bank_account', 'unverified', 'close', 'closed', 'system finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account:verified:close', 'bank_account', 'verified', 'close', 'closed', 'system finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('bank_account:quarantined:close', 'bank_account', 'quarantined', 'close', 'closed', 'system finance');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message::create', 'message', '', 'create', 'queued', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:queued:claim', 'message', 'queued', 'claim', 'sending', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:sending:mark_sent', 'message', 'sending', 'mark_sent', 'sent', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:sending:mark_failed', 'message', 'sending', 'mark_failed', 'failed', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:sending:give_back', 'message', 'sending', 'give_back', 'queued', 'system');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:failed:retry', 'message', 'failed', 'retry', 'queued', 'system admin');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:queued:hold', 'message', 'queued', 'hold', 'held', 'admin');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:failed:hold', 'message', 'failed', 'hold', 'held', 'admin');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:held:release', 'message', 'held', 'release', 'queued', 'admin');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:queued:cancel', 'message', 'queued', 'cancel', 'cancelled', 'system admin');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:held:cancel', 'message', 'held', 'cancel', 'cancelled', 'system admin');
INSERT INTO lifecycle_edges (id, machine, from_state, event, to_state, roles)
  VALUES ('message:failed:cancel', 'message', 'failed', 'cancel', 'cancelled', 'system admin');
