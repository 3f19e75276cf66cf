//! What a client remembers of the server's CAPA reply.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;
use mail_proto::{Leniency, Reading};

use crate::{Capability, Expire, Mechanism, State, unstuff_line};

/// The capabilities a server announced (RFC 2449), as of its last complete CAPA reply.
///
/// They may differ before and after login ([`learnt_in`](Self::learnt_in)), and servers leave things
/// out that they support: the absence of UIDL or TOP is a reason to try, not to give up.
///
/// Kept as lines, because they are read rarely and an idle connection should cost little: what is
/// asked for is parsed when it is asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct Capabilities {
    lines: Box<[u8]>,
    learnt_in: State,
    pipelining: bool,
    sasl: bool,
}

/// The list as it comes in.
#[derive(Debug)]
pub(super) struct Learning {
    lines: Vec<u8>,
    learnt_in: State,
}

impl Learning {
    pub(super) const fn new(learnt_in: State) -> Self {
        Self { lines: Vec::new(), learnt_in }
    }

    /// Adds a line, unless that would make more octets than `limit`.
    pub(super) fn learn(&mut self, capability: &Capability, limit: usize) {
        let before = self.lines.len();
        capability.encode(&mut self.lines);
        if self.lines.len() > limit {
            self.lines.truncate(before);
        }
    }

    pub(super) fn finish(self) -> Capabilities {
        let lines = self.lines.into_boxed_slice();
        let learnt_in = self.learnt_in;
        let mut list = Capabilities { lines, learnt_in, pipelining: false, sasl: false };
        list.pipelining = list.has(&Capability::Pipelining);
        list.sasl = list.mechanisms().count() > 0;
        list
    }
}

impl Capabilities {
    /// The state in which the server announced them.
    #[must_use]
    pub const fn learnt_in(&self) -> State {
        self.learnt_in
    }

    /// All of them, in the server's order.
    pub fn iter(&self) -> impl Iterator<Item = Capability> {
        let lines = self.lines.split_inclusive(|octet| *octet == b'\n');
        lines.filter_map(|line| {
            let line = Bytes::copy_from_slice(line.strip_suffix(b"\r\n")?);
            // Our own encoding.
            let line = unstuff_line(&line, &Leniency::strict())?;
            Capability::parse(&line, &mut Reading::new(Leniency::lenient())).ok()
        })
    }

    /// Whether this one is among them, with the same arguments.
    #[must_use]
    pub fn has(&self, capability: &Capability) -> bool {
        self.iter().any(|one| one == *capability)
    }

    /// Whether any SASL mechanism is announced, which also means that AUTH takes an initial response
    /// (RFC 5034 section 3).
    #[must_use]
    pub const fn sasl(&self) -> bool {
        self.sasl
    }

    pub(super) const fn pipelining(&self) -> bool {
        self.pipelining
    }

    /// The SASL mechanisms.
    pub fn mechanisms(&self) -> impl Iterator<Item = Mechanism> {
        self.iter().flat_map(|capability| match capability {
            Capability::Sasl(mechanisms) => mechanisms,
            _ => Vec::new(),
        })
    }

    /// How long messages are kept (RFC 2449 section 6.7).
    #[must_use]
    pub fn expire(&self) -> Option<Expire> {
        self.iter().find_map(|capability| match capability {
            Capability::Expire { days, .. } => Some(days),
            _ => None,
        })
    }

    /// The least number of seconds between logins (RFC 2449 section 6.5).
    #[must_use]
    pub fn login_delay(&self) -> Option<u32> {
        self.iter().find_map(|capability| match capability {
            Capability::LoginDelay { seconds, .. } => Some(seconds),
            _ => None,
        })
    }
}

impl core::fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
