//! Time as data: the crates have no clock, drivers tell the time.

use core::ops::Add;
use core::time::Duration;

/// A point in time: the duration since an epoch that the driver chooses, and never changes.
///
/// # Example
///
/// ```
/// use core::time::Duration;
/// use mail_proto::Instant;
///
/// let start = Instant::from_epoch(Duration::ZERO);
/// let later = start + Duration::from_secs(600);
/// assert_eq!(later.saturating_since(start), Duration::from_secs(600));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Instant(Duration);

impl Instant {
    /// The instant `since_epoch` after the driver's epoch.
    #[must_use]
    pub const fn from_epoch(since_epoch: Duration) -> Self {
        Self(since_epoch)
    }

    /// The duration since the driver's epoch.
    #[must_use]
    pub const fn since_epoch(self) -> Duration {
        self.0
    }

    /// The duration from `earlier` to `self`, zero if `earlier` is later.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, after: Duration) -> Self {
        Self(self.0.saturating_add(after))
    }
}

/// The earliest deadline of a timer table.
///
/// Connections write their timers as one table, an array of `(name, deadline)` rows made from their
/// state, so that what runs when can be read in one place.
#[must_use]
pub fn earliest<T>(timers: &[(T, Option<Instant>)]) -> Option<Instant> {
    timers.iter().filter_map(|(_, deadline)| *deadline).min()
}

/// The name of the first timer in the table whose deadline is not after `now`.
#[must_use]
pub fn expired<T: Copy>(timers: &[(T, Option<Instant>)], now: Instant) -> Option<T> {
    timers.iter().find(|(_, deadline)| deadline.is_some_and(|at| at <= now)).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_names_the_expired_timer() {
        let at = |s| Some(Instant::from_epoch(Duration::from_secs(s)));
        let table = [("greeting", None), ("command", at(9)), ("idle", at(5))];
        assert_eq!(earliest(&table), at(5));
        assert_eq!(expired(&table, Instant::from_epoch(Duration::from_secs(4))), None);
        assert_eq!(expired(&table, Instant::from_epoch(Duration::from_secs(5))), Some("idle"));
        assert_eq!(expired(&table, Instant::from_epoch(Duration::from_secs(9))), Some("command"));
    }
}
