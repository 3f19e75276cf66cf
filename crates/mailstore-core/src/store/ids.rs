//! What things are called: accounts, sessions, mailboxes, messages, moments.

use core::fmt;
use core::num::{NonZeroU32, NonZeroU64};

mail_proto::byte_string! {
    /// Whose mail it is: the name under which the application authenticated somebody.
    ///
    /// The store trusts it; it comes from the application and never from the peer.
    pub struct Account: "an account name without NUL", |octets: &[u8]| memchr::memchr(0, octets);
}

mail_proto::byte_string! {
    /// The name of a mailbox, as the session normalized it: `INBOX` is in capitals.
    ///
    /// Only some requests speak names; all others speak [`MailboxId`], which a rename leaves alone.
    pub struct MailboxName: "a mailbox name without NUL", |octets: &[u8]| memchr::memchr(0, octets);
}

impl MailboxName {
    /// `INBOX`, where mail is delivered and which POP3 calls the maildrop.
    #[must_use]
    pub const fn inbox() -> Self {
        Self(mail_proto::Octets::from_static(b"INBOX"))
    }
}

macro_rules! numbers {
    ($($(#[$meta:meta])* $name:ident($number:ty);)+) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
            pub struct $name(pub $number);
        )+
    };
}

numbers! {
    /// A session of an account. The driver numbers its sessions and never uses a number twice; drivers
    /// that share a store share the numbering.
    SessionId(u64);
    /// The idempotency key of a request: greater for each new request of a session, the same when
    /// the driver repeats one whose reply it did not see.
    RequestId(u64);
    /// A mailbox whatever it is called; never used for another one. Wide enough for a UUID.
    MailboxId(u128);
    /// The fencing number of a maildrop lock: every lock of an account has a greater one.
    LockNumber(u64);
    /// A message on its way into a mailbox.
    StageId(u64);
    /// A moment as clocks on walls show it: seconds since 1970-01-01 00:00 UTC.
    WallTime(u64);
}

impl Default for WallTime {
    /// The beginning of 1970.
    fn default() -> Self {
        Self(0)
    }
}

impl WallTime {
    /// The moment so many seconds later.
    #[must_use]
    pub const fn after(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(seconds as u64))
    }
}

/// The unique identifier of a message in its mailbox: strictly ascending, never used again.
///
/// Source: RFC 9051 section 2.3.1.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(NonZeroU32);

impl Uid {
    /// The least UID.
    pub const MIN: Self = Self(NonZeroU32::MIN);
    /// The greatest number that a UID can be. No message gets it, so that there is always a next one.
    pub const MAX: Self = Self(NonZeroU32::MAX);

    /// The UID of this number; zero is none.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The UID after this one, if there is one.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

/// The validity of a mailbox's UIDs: as long as it stays, so do they.
///
/// Source: RFC 9051 section 2.3.1.1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UidValidity(NonZeroU32);

impl UidValidity {
    /// The validity of this number; zero is none.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }

    /// The next value of an account's one counter: `max(wall seconds, last + 1)`.
    ///
    /// The counter is persisted, so that a mailbox made again under an old name has a higher value
    /// even if the clock was set back. `None` when the counter is used up.
    ///
    /// ```
    /// use mailstore_core::store::{UidValidity, WallTime};
    ///
    /// let first = UidValidity::allocate(None, WallTime(1_000)).unwrap();
    /// let second = UidValidity::allocate(Some(first), WallTime(900)).unwrap();
    /// assert_eq!((first.get(), second.get()), (1_000, 1_001));
    /// ```
    #[must_use]
    pub fn allocate(last: Option<Self>, now: WallTime) -> Option<Self> {
        let clock = u32::try_from(now.0).unwrap_or(u32::MAX);
        let least = last.map_or(Some(1), |last| last.get().checked_add(1))?;
        Self::new(clock.max(least))
    }
}

/// A modification sequence: the moment of a change in its mailbox's own counting, 63 bits.
///
/// All messages that one request changes share one. Source: RFC 7162 section 3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModSeq(NonZeroU64);

impl ModSeq {
    /// What a mailbox has before anything changed in it; no change ever has it.
    pub const FIRST: Self = Self(NonZeroU64::MIN);

    /// The sequence of this number; zero and numbers of 64 bits are none.
    #[must_use]
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(nonzero) if number <= i64::MAX as u64 => Some(Self(nonzero)),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// The modseq of the next change. The last one, 2^63 - 1, is out of reach.
    #[must_use]
    pub const fn next(self) -> Self {
        match Self::new(self.get().saturating_add(1)) {
            Some(next) => next,
            None => self,
        }
    }
}

macro_rules! shown_as_numbers {
    ($($name:ident),+) => {
        $(
            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(&self.get(), f)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!(stringify!($name), "({})"), self.get())
                }
            }
        )+
    };
}

shown_as_numbers!(Uid, UidValidity, ModSeq);

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_are_none() {
        assert_eq!(Uid::new(0), None);
        assert_eq!(UidValidity::new(0), None);
        assert_eq!(ModSeq::new(0), None);
        assert_eq!(ModSeq::new(1 << 63), None);
        assert_eq!(ModSeq::new(i64::MAX as u64).unwrap().next().get(), i64::MAX as u64);
        assert_eq!(Uid::MAX.next(), None);
    }

    #[test]
    fn uid_validity_is_used_up_one_day() {
        let last = UidValidity::allocate(None, WallTime(u64::MAX)).unwrap();
        assert_eq!(last.get(), u32::MAX);
        assert_eq!(UidValidity::allocate(Some(last), WallTime(1)), None);
        assert_eq!(UidValidity::allocate(None, WallTime(0)).unwrap().get(), 1);
    }

    proptest! {
        #[test]
        fn uid_validity_always_grows(clocks: Vec<u32>) {
            let mut last = None;
            for clock in clocks.into_iter().map(|clock| clock / 2) {
                let next = UidValidity::allocate(last, WallTime(clock.into())).unwrap();
                prop_assert!(Some(next) > last && next.get() >= clock);
                last = Some(next);
            }
        }
    }
}
