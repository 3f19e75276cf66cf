//! What becomes of mail on the server once it is here, and what the server thinks of that.

use pop3_proto::{Capability, Expire};

use crate::store::WallTime;

/// What becomes of a message on the server after it has been stored here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Policy {
    /// It is deleted: mail moves to one device.
    #[default]
    DeleteAfterDownload,
    /// It stays, for other devices or for ever.
    LeaveOnServer,
    /// It stays for so many days after it was fetched first.
    DeleteAfter {
        /// Days of 24 hours. With 0 it is deleted at once.
        days: u32,
    },
}

impl Policy {
    /// Whether a message that was fetched first at this time is to be deleted now.
    ///
    /// ```
    /// use mailstore_core::pop3::Policy;
    /// use mailstore_core::store::WallTime;
    ///
    /// let (policy, fetched) = (Policy::DeleteAfter { days: 2 }, WallTime(1_000));
    /// assert!(!policy.deletes(fetched, fetched.after(2 * 86_400 - 1)));
    /// assert!(policy.deletes(fetched, fetched.after(2 * 86_400)));
    /// ```
    #[must_use]
    pub fn deletes(self, first_fetch: WallTime, now: WallTime) -> bool {
        match self {
            Self::DeleteAfterDownload => true,
            Self::LeaveOnServer => false,
            Self::DeleteAfter { days } => {
                let age = now.0.saturating_sub(first_fetch.0);
                age >= u64::from(days).saturating_mul(86_400)
            }
        }
    }
}

/// How a [`Pull`](super::Pull) behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PullOptions {
    /// What becomes of the messages on the server.
    pub policy: Policy,
    /// RETR and DELE commands given to the connection and unanswered, where the server offers
    /// PIPELINING (RFC 2449 section 6.6); elsewhere one follows the other. At least 1.
    pub pipelined: usize,
    /// Messages that are kept track of. Those that the server lists beyond this many wait for a later
    /// run, and a [`Warning::TooMany`] says so. One costs about 150 octets and its unique-id, which
    /// has 1 to 70 octets and in no case more than 1,024.
    pub messages: u32,
    /// Whether the server is asked for its capabilities. A few old ones hang up at CAPA; without it
    /// nothing is known of EXPIRE and LOGIN-DELAY, and nothing is pipelined.
    pub capabilities: bool,
}

impl Default for PullOptions {
    /// Delete after download, 4 commands at once, a million messages, capabilities asked for.
    fn default() -> Self {
        Self { policy: Policy::default(), pipelined: 4, messages: 1_000_000, capabilities: true }
    }
}

/// What the user may want to know of this server.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Warning {
    /// EXPIRE 0: mail may not be left on the server, and the server may delete at QUIT whatever was
    /// retrieved (RFC 2449 section 6.7). The policy is [`Policy::DeleteAfterDownload`] for this run.
    MustNotStay,
    /// EXPIRE n: the server may delete messages earlier than the policy does (RFC 2449 section 6.7).
    Expires {
        /// Days that messages stay at least.
        days: u32,
    },
    /// LOGIN-DELAY: the account may not log in again before this time has passed (RFC 2449 section
    /// 6.5). [`Record::login_not_before`](super::Record::login_not_before) tells until when.
    LoginDelay {
        /// From this login to the next.
        seconds: u32,
    },
    /// UIDL was refused: mail that stays on the server is fetched again by every run.
    NoUniqueIds,
    /// Messages whose unique-id the server left out or garbled: if they stay, they are fetched again.
    WithoutId {
        /// How many.
        messages: u64,
    },
    /// Messages that share their unique-id with others. All of them are fetched.
    SharedIds {
        /// How many.
        messages: u64,
    },
    /// The server has more messages than [`PullOptions::messages`].
    TooMany,
}

/// What the server announced.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Announced {
    expire: Option<Expire>,
    pub(super) login_delay: Option<u32>,
    pub(super) pipelining: bool,
}

impl Announced {
    pub(super) const fn learn(&mut self, capability: &Capability) {
        match capability {
            Capability::Expire { days, .. } => self.expire = Some(*days),
            Capability::LoginDelay { seconds, .. } => self.login_delay = Some(*seconds),
            Capability::Pipelining => self.pipelining = true,
            _ => {}
        }
    }

    /// Mail that was retrieved may be deleted at QUIT.
    pub(super) fn must_not_stay(&self) -> bool {
        self.expire == Some(Expire::Days(0))
    }

    /// What EXPIRE means for this policy.
    pub(super) fn expiry_warning(&self, policy: Policy) -> Option<Warning> {
        let Some(Expire::Days(days)) = self.expire else { return None };
        match policy {
            Policy::DeleteAfterDownload => None,
            _ if days == 0 => Some(Warning::MustNotStay),
            Policy::DeleteAfter { days: wanted } if wanted <= days => None,
            Policy::DeleteAfter { .. } | Policy::LeaveOnServer => Some(Warning::Expires { days }),
        }
    }
}
