-- How long the team may be idle is said in minutes, beside the limits of everybody; `serve` writes them at each start.
DELETE FROM settings WHERE name = 'staff_idle_hours';
