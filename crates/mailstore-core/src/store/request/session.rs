//! The end of requests and of sessions.

use crate::store::RequestId;
#[cfg(doc)]
use crate::store::StoreError;

/// Nobody waits for the reply to a request any more.
///
/// One that has not begun never will ([`StoreError::Gone`] if it arrives later); a begun write runs
/// to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cancel(pub RequestId);

/// What is known of the cancelled request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cancelled {
    /// Whether it is a write that has been executed (or refused); its effects stay.
    pub executed: bool,
}

/// The session is over: all that it ever obtained is released, delivered or not.
///
/// Requests of the session that arrive later are refused with [`StoreError::Gone`], so that a lock
/// that was overtaken does not outlive its session; a repeat of an executed write still returns its
/// first result. A store remembers this for as long as a request can be under way. A second `End` is
/// as good as the first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct End;

/// The session is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended;
