//! How long a sign-in lasts: until some time after the last visit, and no longer than some hours whatever was done.

use super::{roles::Role, time::Moment};
use std::ops::RangeInclusive;

/// Roles whose sign-ins are short, those of the team, of the committee and of funders: who finds their screen reads more
/// than one's own files.
pub const TRUSTED: [Role; 7] =
    [Role::Reviewer, Role::Officer, Role::Finance, Role::Director, Role::Funder, Role::Auditor, Role::Admin];

/// Minutes for which whoever has followed a session under way may leave their telephone in a pocket.
const ROOM_MINUTES: i64 = 120;

/// Minutes without a visit that may be chosen: from long enough to be warned to two weeks.
pub const IDLE_MINUTES: RangeInclusive<i64> = 10..=20_160;
/// Hours of a sign-in that may be chosen: up to three months.
pub const SIGN_IN_HOURS: RangeInclusive<i64> = 1..=2_160;

/// How long sign-ins last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Minutes without a visit after which a device of somebody with a trusted role is signed out.
    pub staff_idle_minutes: i64,
    /// The same for project holders.
    pub applicant_idle_minutes: i64,
    /// Hours after which a device is signed out whatever was done.
    pub sign_in_hours: i64,
}

impl Limits {
    /// What holds where nobody chose otherwise.
    pub const USUAL: Limits = Limits { staff_idle_minutes: 30, applicant_idle_minutes: 120, sign_in_hours: 12 };
    /// Half a day without a visit and a week at most: a site of made-up people, shown on one's own machine.
    pub const DEMO: Limits = Limits { staff_idle_minutes: 720, applicant_idle_minutes: 720, sign_in_hours: 168 };

    /// Whether each may be chosen.
    pub fn are_fit(&self) -> bool {
        IDLE_MINUTES.contains(&self.staff_idle_minutes)
            && IDLE_MINUTES.contains(&self.applicant_idle_minutes)
            && SIGN_IN_HOURS.contains(&self.sign_in_hours)
    }

    fn idle_minutes(&self, roles: &[Role]) -> i64 {
        match roles.iter().any(|role| TRUSTED.contains(role)) {
            true => self.staff_idle_minutes,
            false => self.applicant_idle_minutes,
        }
    }

    /// When a sign-in opened then ends at the latest.
    pub fn last(&self, opened_at: Moment) -> Moment {
        opened_at.plus_minutes(60 * self.sign_in_hours)
    }

    /// When a sign-in of somebody with these roles, opened then, ends after this visit. The one judge of both limits.
    pub fn end(&self, roles: &[Role], opened_at: Moment, visit: Visit, now: Moment) -> Moment {
        let idle = self.idle_minutes(roles);
        let minutes = match visit {
            Visit::Page => idle,
            Visit::Room => idle.max(ROOM_MINUTES),
        };
        now.plus_minutes(minutes).min(self.last(opened_at))
    }
}

/// What puts the end of a sign-in off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// A page was opened, a form sent, a field saved, or its reader did something in it.
    Page,
    /// The room of a session under way is followed.
    Room,
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENED: i64 = 1_800_000_000;

    fn after(minutes: i64) -> Moment {
        Moment::from_unix_seconds(OPENED).plus_minutes(minutes)
    }

    #[test]
    fn the_team_is_signed_out_sooner_than_project_holders() {
        let end = |roles: &[Role]| Limits::USUAL.end(roles, after(0), Visit::Page, after(100));
        for role in TRUSTED {
            assert_eq!(end(&[role]), after(130), "{role}");
            assert_eq!(end(&[Role::Applicant, role]), after(130), "{role}");
        }
        assert_eq!(end(&[Role::Applicant]), after(220));
        assert_eq!(end(&[]), after(220));
    }

    #[test]
    fn no_visit_puts_the_end_off_for_ever() {
        for (role, visit) in
            [(Role::Finance, Visit::Page), (Role::Applicant, Visit::Page), (Role::Reviewer, Visit::Room)]
        {
            let end = Limits::USUAL.end(&[role], after(0), visit, after(12 * 60 - 10));
            assert_eq!(end, after(12 * 60), "{role}");
        }
    }

    #[test]
    fn a_telephone_may_stay_in_a_pocket_while_the_committee_sits() {
        let end = |visit| Limits::USUAL.end(&[Role::Reviewer], after(0), visit, after(0));
        assert_eq!((end(Visit::Page), end(Visit::Room)), (after(30), after(120)));
    }

    #[test]
    fn what_is_chosen_for_us_may_be_chosen() {
        assert!(Limits::USUAL.are_fit() && Limits::DEMO.are_fit());
        assert!(!Limits { staff_idle_minutes: 0, ..Limits::USUAL }.are_fit());
        assert!(!Limits { sign_in_hours: 9_999, ..Limits::USUAL }.are_fit());
    }
}
