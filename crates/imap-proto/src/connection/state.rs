//! The states of a session, and what its client has enabled.

use core::fmt;

use crate::Capability;

/// Where a session stands (RFC 9051 section 3).
///
/// ```
/// use imap_proto::connection::State;
///
/// assert_eq!(State::Selected.to_string(), "selected");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum State {
    /// The client has not said who it is (section 3.1).
    #[default]
    NotAuthenticated,
    /// No mailbox is selected (section 3.2).
    Authenticated,
    /// A mailbox is selected (section 3.3).
    Selected,
    /// The connection is being ended (section 3.4).
    Logout,
}

impl State {
    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAuthenticated => "not authenticated",
            Self::Authenticated => "authenticated",
            Self::Selected => "selected",
            Self::Logout => "logout",
        })
    }
}

/// The states in which a command is legal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct States(u8);

impl States {
    /// Any but logout.
    pub const ANY: Self =
        Self(State::NotAuthenticated.bit() | State::Authenticated.bit() | State::Selected.bit());
    /// Before the login only.
    pub const NOT_AUTHENTICATED: Self = Self(State::NotAuthenticated.bit());
    /// After the login, with a mailbox or without.
    pub const AUTHENTICATED: Self = Self(State::Authenticated.bit() | State::Selected.bit());
    /// With a mailbox only.
    pub const SELECTED: Self = Self(State::Selected.bit());

    /// Whether the state is one of them.
    #[must_use]
    pub const fn contains(self, state: State) -> bool {
        self.0 & state.bit() != 0
    }
}

/// What is switched on in a session: by an untagged ENABLED, or by a command that implies CONDSTORE.
///
/// ```
/// use imap_proto::Capability;
/// use imap_proto::connection::Enabled;
///
/// let mut enabled = Enabled::default();
/// enabled.add(&Capability::QResync);
/// assert!(enabled.q_resync() && enabled.cond_store() && !enabled.utf8());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Enabled(u8);

impl Enabled {
    const IMAP4_REV2: u8 = 1;
    const UTF8_ACCEPT: u8 = 2;
    const COND_STORE: u8 = 4;
    const Q_RESYNC: u8 = 8;
    const UID_ONLY: u8 = 16;
    const METADATA: u8 = 32;
    const METADATA_SERVER: u8 = 64;

    /// Takes note of a capability that is enabled. Those that change nothing here are left out.
    pub fn add(&mut self, capability: &Capability) {
        self.0 |= match capability {
            Capability::Imap4Rev2 => Self::IMAP4_REV2,
            Capability::Utf8Accept => Self::UTF8_ACCEPT,
            Capability::CondStore => Self::COND_STORE,
            // RFC 7162 section 3.2.3: both have identical results.
            Capability::QResync => Self::Q_RESYNC | Self::COND_STORE,
            Capability::UidOnly => Self::UID_ONLY,
            Capability::Metadata => Self::METADATA,
            Capability::MetadataServer => Self::METADATA_SERVER,
            _ => 0,
        };
    }

    /// IMAP4rev2 (RFC 9051 section 6.3.1).
    #[must_use]
    pub const fn imap4_rev2(self) -> bool {
        self.0 & Self::IMAP4_REV2 != 0
    }

    /// Strings and mailbox names are UTF-8: UTF8=ACCEPT (RFC 9755 section 3) or IMAP4rev2.
    #[must_use]
    pub const fn utf8(self) -> bool {
        self.0 & (Self::UTF8_ACCEPT | Self::IMAP4_REV2) != 0
    }

    /// UTF8=ACCEPT by itself: SEARCH must not name a charset (RFC 9755 section 3).
    #[must_use]
    pub const fn utf8_accept(self) -> bool {
        self.0 & Self::UTF8_ACCEPT != 0
    }

    /// Mod-sequences are told: a CONDSTORE enabling command was given (RFC 7162 section 3.1).
    #[must_use]
    pub const fn cond_store(self) -> bool {
        self.0 & Self::COND_STORE != 0
    }

    /// VANISHED takes the place of EXPUNGE (RFC 7162 section 3.2.10).
    #[must_use]
    pub const fn q_resync(self) -> bool {
        self.0 & Self::Q_RESYNC != 0
    }

    /// There are no sequence numbers (RFC 9586).
    #[must_use]
    pub const fn uid_only(self) -> bool {
        self.0 & Self::UID_ONLY != 0
    }

    /// Changes of metadata of mailboxes and of the server may be told at any time (RFC 5464
    /// section 4.1).
    #[must_use]
    pub const fn metadata(self) -> bool {
        self.0 & Self::METADATA != 0
    }

    /// The same for those of the server.
    #[must_use]
    pub const fn metadata_server(self) -> bool {
        self.0 & (Self::METADATA | Self::METADATA_SERVER) != 0
    }
}
