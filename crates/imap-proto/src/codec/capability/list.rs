//! A list of capabilities, and what follows from it.

use alloc::vec::Vec;

use mail_proto::sasl::Mechanism;
use mail_proto::{ParseError, Reading, Sink};

use super::{Capability, token_length};
use crate::Defect;
use crate::codec::{CompressionAlgorithm, Cursor, Encoder};

/// What a server can do, in the order in which it says so.
///
/// ```abnf
/// capability-data = "CAPABILITY" *(SP capability)
/// ```
///
/// (RFC 9051 section 9, which demands IMAP4rev2 in the list; servers of RFC 3501 have none. What has
/// to be in a list is for the reader of the list to say.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Capabilities, Capability, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" IMAP4rev1 QRESYNC AUTH=PLAIN AUTH=XOAUTH2 X-Good-Idea");
/// let mut reading = Reading::new(Leniency::strict());
/// let list = parse_whole(&octets, &mut reading, Capabilities::parse).unwrap();
/// assert!(list.contains(&Capability::QResync) && list.has("x-good-idea"));
/// assert!(!list.contains(&Capability::CondStore) && list.supports(&Capability::CondStore));
/// assert_eq!(list.auth().map(|mechanism| mechanism.as_bytes()).collect::<Vec<_>>(), [&b"PLAIN"[..], b"XOAUTH2"]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Capabilities(Vec<Capability>);

/// What IMAP4rev2 includes (RFC 9051 appendix E).
const IMAP4_REV2: &[Capability] = &[
    Capability::Namespace,
    Capability::Unselect,
    Capability::UidPlus,
    Capability::ESearch,
    Capability::SearchRes,
    Capability::Enable,
    Capability::Idle,
    Capability::SaslIr,
    Capability::ListExtended,
    Capability::ListStatus,
    Capability::Move,
    Capability::LiteralMinus,
    Capability::StatusSize,
];

impl Capabilities {
    /// Whether the capability is in the list.
    #[must_use]
    pub fn contains(&self, capability: &Capability) -> bool {
        self.0.contains(capability)
    }

    /// Whether the capability of this name is in the list: `AUTH=PLAIN`, `x-good-idea`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        Capability::try_from(name).is_ok_and(|capability| self.contains(&capability))
    }

    /// Whether the capability is in the list or follows from one that is.
    ///
    /// IMAP4rev2 includes what was once an extension (RFC 9051 appendix E); where IMAP4rev1 stands beside
    /// it, it has to be enabled first (section 6.1.1). QRESYNC includes CONDSTORE
    /// and ENABLE (RFC 7162 section 3.2.3), METADATA includes METADATA-SERVER (RFC 5464 section 1), and
    /// UTF8=ONLY includes UTF8=ACCEPT (RFC 9755 section 6).
    #[must_use]
    pub fn supports(&self, capability: &Capability) -> bool {
        self.0.iter().any(|it| it == capability || it.implies(capability))
    }

    /// The SASL mechanisms, in their order.
    pub fn auth(&self) -> impl Iterator<Item = &Mechanism> {
        self.0.iter().filter_map(|capability| match capability {
            Capability::Auth(mechanism) => Some(mechanism),
            _ => None,
        })
    }

    /// The largest message for APPEND in octets, where it is the same for all mailboxes.
    #[must_use]
    pub fn append_limit(&self) -> Option<u64> {
        self.0.iter().find_map(|capability| match capability {
            Capability::AppendLimit(limit) => *limit,
            _ => None,
        })
    }

    /// Whether COMPRESS DEFLATE may be sent.
    #[must_use]
    pub fn can_deflate(&self) -> bool {
        self.contains(&Capability::Compress(CompressionAlgorithm::Deflate))
    }

    /// Adds a capability at the end.
    pub fn push(&mut self, capability: Capability) {
        self.0.push(capability);
    }

    /// The capabilities.
    #[must_use]
    pub fn as_slice(&self) -> &[Capability] {
        &self.0
    }

    /// The capabilities, one after the other.
    pub fn iter(&self) -> core::slice::Iter<'_, Capability> {
        self.0.iter()
    }

    /// Reads the list behind `CAPABILITY` or `ENABLED`, as far as it goes.
    ///
    /// # Errors
    ///
    /// What follows is no list of capabilities.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut list = Self::default();
        let mut room = cursor.limits().elements;
        while another(cursor) {
            cursor.space(reading)?;
            room = room.checked_sub(1).ok_or(cursor.expected("fewer capabilities"))?;
            let capability = Capability::parse(cursor, reading)?;
            let odd = token_length(cursor.rest());
            if odd == 0 {
                list.push(capability);
                continue;
            }
            // It begins like a capability, with something in it that no atom has.
            reading.tolerate(
                Defect::OddCapability,
                cursor.at(),
                "a space or the end of the list",
            )?;
            cursor.skip(odd);
        }
        Ok(list)
    }

    /// Writes the list, with a space before each.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for capability in &self.0 {
            encoder.space();
            capability.encode(encoder);
        }
    }
}

/// Whether a space and something else than the end of the line or of a response code follow.
fn another(cursor: &Cursor<'_>) -> bool {
    let rest = cursor.rest().trim_ascii_start();
    cursor.peek() == Some(b' ') && !matches!(rest, [] | [b']', ..])
}

impl Capability {
    fn implies(&self, other: &Self) -> bool {
        match self {
            Self::Imap4Rev2 => IMAP4_REV2.contains(other),
            Self::QResync => matches!(other, Self::CondStore | Self::Enable),
            Self::Metadata => matches!(other, Self::MetadataServer),
            Self::Utf8Only => matches!(other, Self::Utf8Accept),
            _ => false,
        }
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<I: IntoIterator<Item = Capability>>(capabilities: I) -> Self {
        Self(capabilities.into_iter().collect())
    }
}

impl Extend<Capability> for Capabilities {
    fn extend<I: IntoIterator<Item = Capability>>(&mut self, capabilities: I) {
        self.0.extend(capabilities);
    }
}

impl IntoIterator for Capabilities {
    type Item = Capability;
    type IntoIter = alloc::vec::IntoIter<Capability>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Capabilities {
    type Item = &'a Capability;
    type IntoIter = core::slice::Iter<'a, Capability>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::any_capability;
    use super::*;
    use crate::ParseLimits;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::vec;
    use bytes::Bytes;
    use mail_proto::Leniency;
    use proptest::prelude::*;

    pub(crate) fn any_capabilities() -> impl Strategy<Value = Capabilities> {
        proptest::collection::vec(any_capability(), 0..12).prop_map(Capabilities)
    }

    #[test]
    fn lists_of_the_rfcs() {
        for octets in [
            "",
            " IMAP4",
            " IMAP4 XPIG-LATIN",
            " IMAP4rev1 STARTTLS AUTH=GSSAPI LOGINDISABLED XPIG-LATIN",
            " STARTTLS AUTH=GSSAPI IMAP4rev2 LOGINDISABLED XPIG-LATIN",
            " IMAP4rev1 ID LITERAL+ ENABLE X-GOOD-IDEA",
            " IMAP4rev1 AUTH=PLAIN UIDPLUS LIST-EXTENDED ACL IMAPSIEVE=sieve://sieve.example.com MULTISEARCH",
            " IMAP4rev1 IMAP4rev2 LIST-EXTENDED LIST-METADATA METADATA",
        ] {
            reads_and_writes(octets.as_bytes(), Capabilities::parse, Capabilities::encode);
        }
        let list = strict(b" IMAP4REV1 urlauth", Capabilities::parse).unwrap();
        assert_eq!(list.as_slice(), [Capability::Imap4Rev1, Capability::UrlAuth]);
        assert_eq!(written(|encoder| list.encode(encoder)), b" IMAP4rev1 URLAUTH");
    }

    #[test]
    fn lists_of_real_servers() {
        // Q22, Q116 and Q10.
        let (list, defects) = lenient(b" IMAP4 IMAP4REV1", Capabilities::parse);
        assert_eq!(list.unwrap().as_slice(), [Capability::Imap4, Capability::Imap4Rev1]);
        assert_eq!(defects, []);
        let octets = b" IMAP4rev1  SASL-IR IDLE ";
        assert_eq!(strict(octets, Capabilities::parse).map_err(|error| error.at), Err(11));
        let (list, defects) = lenient(octets, Capabilities::parse);
        assert_eq!(list.unwrap().0, [Capability::Imap4Rev1, Capability::SaslIr, Capability::Idle]);
        assert_eq!(defects, [Defect::DoubleSpace, Defect::TrailingSpace]);
        let octets = b" IMAP4rev1 XVENDOR(1) X\xfc IDLE";
        assert_eq!(strict(octets, Capabilities::parse).map_err(|error| error.at), Err(18));
        let (list, defects) = lenient(octets, Capabilities::parse);
        assert_eq!(list.unwrap().0, [Capability::Imap4Rev1, Capability::Idle]);
        assert_eq!(defects, [Defect::OddCapability; 2]);
    }

    #[test]
    fn what_is_no_list() {
        // Q117: an answer to NAMESPACE under the name CAPABILITY.
        for (octets, at) in [(&b" ((\"\" \"/\")) NIL NIL"[..], 1), (b"IMAP4", 0), (b" a]", 2)] {
            let parsed = lenient(octets, Capabilities::parse).0;
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    #[test]
    fn a_list_is_limited() {
        let octets = Bytes::from(b" A".repeat(65));
        let mut cursor = Cursor::new(&octets).with_limits(ParseLimits::server_before_login());
        let mut reading = Reading::new(Leniency::lenient());
        let error = Capabilities::parse(&mut cursor, &mut reading).unwrap_err();
        assert_eq!(error.at, 129);
    }

    #[test]
    fn what_follows_from_what() {
        let list = |word| Capabilities(vec![word]);
        for word in IMAP4_REV2 {
            assert!(list(Capability::Imap4Rev2).supports(word));
            assert!(!list(Capability::Imap4Rev2).contains(word));
        }
        for word in [Capability::SpecialUse, Capability::Binary, Capability::LiteralPlus] {
            assert!(!list(Capability::Imap4Rev2).supports(&word));
        }
        assert!(list(Capability::QResync).supports(&Capability::Enable));
        assert!(list(Capability::Metadata).supports(&Capability::MetadataServer));
        assert!(!list(Capability::MetadataServer).supports(&Capability::Metadata));
        assert!(list(Capability::Utf8Only).supports(&Capability::Utf8Accept));
        assert!(!list(Capability::CondStore).supports(&Capability::QResync));
    }

    #[test]
    fn limits_and_compression() {
        let list = strict(b" APPENDLIMIT APPENDLIMIT=7 compress=deflate", Capabilities::parse);
        let list = list.unwrap();
        assert_eq!((list.append_limit(), list.can_deflate()), (Some(7), true));
        assert_eq!(Capabilities::default().append_limit(), None);
        assert!(list.has("APPENDLIMIT=7") && !list.has("a b") && !list.has("IDLE"));
    }

    proptest! {
        #[test]
        fn written_and_read_back(list in any_capabilities()) {
            round_trips(&list, Capabilities::encode, Capabilities::parse);
        }
    }
}
