//! Disbursement schedules: from a template to dated amounts that add up.
