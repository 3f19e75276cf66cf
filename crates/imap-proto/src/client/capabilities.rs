//! What a client remembers of the server's capabilities, and where it has it from.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;

use crate::{Capabilities, Capability, Encoder, Literals, Negotiated};

/// Where a list of capabilities stood.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Source {
    /// In the code of the greeting (RFC 9051 section 7.1).
    Greeting,
    /// In untagged data, or in the code of an untagged OK.
    Untagged,
    /// In the code of the OK that completed a command, a login for instance.
    Tagged,
}

/// The capabilities that the server announced last, on the present channel and for the present user.
///
/// A list replaces the one before it. TLS, a login and UNAUTHENTICATE make the client forget it (RFC
/// 9051 sections 6.2.1 to 6.2.3, RFC 8437 section 4), if the login did not bring a new one; ENABLE does
/// not change it (RFC 9051 section 6.3.1).
///
/// It is kept packed, because it is read rarely and an idle connection should cost little.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerCapabilities {
    /// A word of the table is its place and the eighth bit, all else a space and its octets.
    octets: Box<[u8]>,
    source: Source,
    literals: Literals,
    initial_response: bool,
    login_disabled: bool,
    binary: bool,
}

impl ServerCapabilities {
    pub(super) fn new(list: &Capabilities, source: Source, limit: usize) -> Self {
        let mut octets = Vec::new();
        for capability in list {
            let before = octets.len();
            keep(capability, &mut octets);
            if octets.len() > limit {
                octets.truncate(before);
            }
        }
        // RFC 9051 section 6.1.1: beside IMAP4rev1, nothing that is IMAP4rev2's alone is in force.
        let is_rev2 = !list.contains(&Capability::Imap4Rev1);
        let takes = |it| list.contains(it) || is_rev2 && list.supports(it);
        let literals = if list.contains(&Capability::LiteralPlus) {
            Literals::Plus
        } else if takes(&Capability::LiteralMinus) {
            Literals::Minus
        } else {
            Literals::Sync
        };
        Self {
            octets: octets.into(),
            source,
            literals,
            initial_response: takes(&Capability::SaslIr),
            login_disabled: list.contains(&Capability::LoginDisabled),
            binary: list.contains(&Capability::Binary),
        }
    }

    /// Where it stood.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.source
    }

    /// The list.
    #[must_use]
    pub fn list(&self) -> Capabilities {
        let (mut list, mut rest) = (Capabilities::default(), &*self.octets);
        while let [first, behind @ ..] = rest {
            rest = behind;
            if first & WORD != 0 {
                let word = Capability::WORDS.get(usize::from(first & !WORD));
                list.extend(word.map(|(_, capability)| capability.clone()));
            } else {
                let ends = |octet: &u8| *octet == b' ' || octet & WORD != 0;
                let end = behind.iter().position(ends).unwrap_or(behind.len());
                let (text, behind) = behind.split_at_checked(end).unwrap_or_default();
                list.extend(Capability::new(Bytes::copy_from_slice(text)).ok());
                rest = behind;
            }
        }
        list
    }

    /// Whether the capability is in the list or follows from one that is.
    #[must_use]
    pub fn supports(&self, capability: &Capability) -> bool {
        self.list().supports(capability)
    }

    /// How literals may be sent, where IMAP4rev2 has been enabled or not.
    pub(super) const fn literals(&self, rev2: bool) -> Literals {
        match self.literals {
            Literals::Sync if rev2 => Literals::Minus,
            literals => literals,
        }
    }

    pub(super) const fn initial_response(&self) -> bool {
        self.initial_response
    }

    pub(super) const fn login_disabled(&self) -> bool {
        self.login_disabled
    }

    pub(super) const fn binary(&self) -> bool {
        self.binary
    }
}

const WORD: u8 = 0x80;
const _: () = assert!(Capability::WORDS.len() <= WORD as usize);

/// Adds a capability. One that is not ASCII is none.
fn keep(capability: &Capability, octets: &mut Vec<u8>) {
    let word = capability.as_word();
    let place = word.and_then(|word| Capability::WORDS.iter().position(|(it, _)| *it == word));
    match place.and_then(|place| u8::try_from(place).ok()) {
        Some(place) => octets.push(place | WORD),
        None => {
            let before = octets.len();
            let mut encoder = Encoder::new(octets, Negotiated::server());
            encoder.space();
            capability.encode(&mut encoder);
            if !octets.get(before..).unwrap_or_default().is_ascii() {
                octets.truncate(before);
            }
        }
    }
}

impl core::fmt::Debug for ServerCapabilities {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let list = self.list();
        f.debug_tuple("ServerCapabilities").field(&self.source).field(&list.as_slice()).finish()
    }
}
