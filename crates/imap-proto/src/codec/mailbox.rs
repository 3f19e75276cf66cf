//! Names of mailboxes and the patterns that match them.

use alloc::borrow::Cow;
use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::Bytes;
use mail_proto::{Escaped, Octets, ParseError, Reading, Sink};

use super::class::Class;
use super::{Cursor, Encoder, utf7};
use crate::Defect;

const INBOX: &[u8] = b"INBOX";
const EXPECTED: &str = "a mailbox name without NUL";

/// How the octets of a mailbox name are text.
///
/// ```
/// use imap_proto::{Mailbox, NameForm};
///
/// let mailbox = Mailbox::from_name("R&D", NameForm::Utf7).unwrap();
/// assert_eq!(mailbox.as_bytes(), b"R&-D");
/// let mailbox = Mailbox::from_name("R&D", NameForm::Utf8).unwrap();
/// assert_eq!(mailbox.as_bytes(), b"R&D");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum NameForm {
    /// Modified UTF-7: IMAP4rev1 (RFC 3501 section 5.1.3).
    #[default]
    Utf7,
    /// UTF-8: after ENABLE UTF8=ACCEPT or IMAP4rev2 (RFC 9755, RFC 9051 section 5.1).
    Utf8,
}

/// The name of a mailbox: any octets but NUL, as they were received.
///
/// ```abnf
/// mailbox        = "INBOX" / astring
/// ```
///
/// (RFC 9051 section 9.) INBOX is one mailbox in any case of its letters: all its names are equal, and
/// [`new`](Self::new) makes it of capitals. What was read keeps its octets, so that they go back to
/// the server as it wrote them.
///
/// ```
/// use imap_proto::Mailbox;
///
/// assert_eq!(Mailbox::new("inbox").unwrap().as_bytes(), b"INBOX");
/// assert_ne!(Mailbox::new("Sent").unwrap(), Mailbox::new("sent").unwrap());
/// assert_eq!(Mailbox::new("Entw&APw-rfe").unwrap().display(), "Entwürfe");
/// ```
#[derive(Clone)]
pub struct Mailbox(Octets);

impl Mailbox {
    /// The mailbox that everyone has.
    pub const INBOX: Self = Self(Octets::from_static(INBOX));

    /// The mailbox of these octets, which are sent as they are.
    ///
    /// # Errors
    ///
    /// Where there is a NUL.
    pub fn new(octets: impl Into<Octets>) -> Result<Self, ParseError> {
        let octets = octets.into();
        if let Some(at) = memchr::memchr(0, &octets) {
            return Err(ParseError::new(at, EXPECTED));
        }
        Ok(if is_inbox(&octets) { Self::INBOX } else { Self(octets) })
    }

    /// The mailbox that is called so.
    ///
    /// # Errors
    ///
    /// Where there is a NUL.
    pub fn from_name(name: &str, form: NameForm) -> Result<Self, ParseError> {
        if let Some(at) = memchr::memchr(0, name.as_bytes()) {
            return Err(ParseError::new(at, EXPECTED));
        }
        let octets = match form {
            NameForm::Utf7 => utf7::encode(name),
            NameForm::Utf8 => Cow::Borrowed(name),
        };
        Self::new(Octets::copy_from_slice(octets.as_bytes()))
    }

    /// What it is called.
    ///
    /// # Errors
    ///
    /// Where the octets are not of this form. Modified UTF-7 has one form for each name, so that no two
    /// mailboxes are called alike.
    pub fn name(&self, form: NameForm) -> Result<Cow<'_, str>, ParseError> {
        match form {
            NameForm::Utf7 => utf7::decode(&self.0),
            NameForm::Utf8 => match core::str::from_utf8(&self.0) {
                Ok(name) => Ok(Cow::Borrowed(name)),
                Err(error) => Err(ParseError::new(error.valid_up_to(), "UTF-8")),
            },
        }
    }

    /// What to show: the name if the octets are modified UTF-7, else as much of them as is UTF-8.
    ///
    /// For human eyes only: not every name comes back by [`from_name`](Self::from_name).
    #[must_use]
    pub fn display(&self) -> Cow<'_, str> {
        utf7::decode(&self.0).unwrap_or_else(|_| alloc::string::String::from_utf8_lossy(&self.0))
    }

    /// Whether it is INBOX.
    #[must_use]
    pub fn is_inbox(&self) -> bool {
        is_inbox(&self.0)
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The octets: a copy if they are few, and else still sharing the block they were read into.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0.into_bytes()
    }

    /// A copy that keeps no block alive, for what is kept for long.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self(self.0.detach())
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.astring(Class::ASTRING, "a mailbox name", reading).map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.astring_octets(&self.0);
    }

    /// What is the same for all names of one mailbox.
    fn identity(&self) -> &[u8] {
        if self.is_inbox() { INBOX } else { &self.0 }
    }
}

fn is_inbox(octets: &[u8]) -> bool {
    octets.eq_ignore_ascii_case(INBOX)
}

impl PartialEq for Mailbox {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for Mailbox {}

impl PartialOrd for Mailbox {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Mailbox {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.identity().cmp(other.identity())
    }
}

impl Hash for Mailbox {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", Escaped(&self.0))
    }
}

mail_proto::byte_string! {
    /// The pattern of LIST and LSUB: `*` matches anything, `%` anything within one level.
    ///
    /// ```abnf
    /// list-mailbox   = 1*list-char / string
    /// list-char      = ATOM-CHAR / list-wildcards / resp-specials
    /// ```
    ///
    /// (RFC 9051 section 9.)
    ///
    /// ```
    /// use imap_proto::{Encoder, ListMailbox, Negotiated};
    ///
    /// let mut out = Vec::new();
    /// ListMailbox::new("INBOX/%").unwrap().encode(&mut Encoder::new(&mut out, Negotiated::client()));
    /// assert_eq!(out, b"\"INBOX/%\"");
    /// ```
    pub struct ListMailbox: "a pattern without NUL", |octets: &[u8]| memchr::memchr(0, octets);
}

impl ListMailbox {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.astring(Class::LIST, "a mailbox name or pattern", reading).map(Self)
    }

    /// Writes it, wildcards in quotes.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.astring_octets(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};

    fn read(octets: &[u8]) -> Mailbox {
        strict(octets, Mailbox::parse).unwrap()
    }

    #[test]
    fn inbox_in_all_its_spellings() {
        for octets in [&b"INBOX"[..], b"inbox", b"\"InBox\"", b"{5}\r\nInbox"] {
            assert!(read(octets).is_inbox());
            assert_eq!(read(octets), Mailbox::INBOX);
        }
        let hash = |mailbox: &Mailbox| {
            let mut hasher = std::hash::DefaultHasher::new();
            mailbox.hash(&mut hasher);
            hasher.finish()
        };
        assert_eq!(hash(&read(b"Inbox")), hash(&Mailbox::INBOX));
        assert_eq!(read(b"Inbox").as_bytes(), b"Inbox");
        assert_eq!(Mailbox::new("Inbox").unwrap().as_bytes(), b"INBOX");
        assert_eq!(written(|encoder| read(b"Inbox").encode(encoder)), b"Inbox");
        assert_ne!(read(b"inbox/a"), read(b"INBOX/a"));
        assert_ne!(read(b"Foo/Inbox"), read(b"Foo/INBOX"));
    }

    #[test]
    fn names_are_octets() {
        assert_eq!(Mailbox::new("a\0b").unwrap_err().at, 1);
        assert_eq!(Mailbox::from_name("a\0b", NameForm::Utf7).unwrap_err().at, 1);
        let latin1 = Mailbox::new(&b"caf\xe9"[..]).unwrap();
        assert_eq!(latin1.display(), "caf\u{fffd}");
        assert_eq!(latin1.name(NameForm::Utf8).unwrap_err().at, 3);
        assert_eq!(written(|encoder| latin1.encode(encoder)), b"{4}\r\ncaf\xe9");
        assert_eq!(Mailbox::new("R&D").unwrap().display(), "R&D");
        assert!(Mailbox::new("R&D").unwrap().name(NameForm::Utf7).is_err());
        assert_eq!(Mailbox::new("Entw\u{fc}rfe").unwrap().display(), "Entw\u{fc}rfe");
    }

    #[test]
    fn names_in_both_forms() {
        for form in [NameForm::Utf7, NameForm::Utf8] {
            for name in ["", "INBOX", "R&D", "台北/日本語", "a b", "😀&-"] {
                let mailbox = Mailbox::from_name(name, form).unwrap();
                assert_eq!(mailbox.name(form).unwrap(), name);
            }
        }
    }

    #[test]
    fn patterns() {
        let pattern = |octets: &[u8]| strict(octets, ListMailbox::parse).unwrap();
        for octets in [&b"*"[..], b"%", b"a]*%", b"\"a b*\"", b"{1}\r\n*", b"\"\""] {
            let wrote = written(|encoder| pattern(octets).encode(encoder));
            assert_eq!(pattern(&wrote), pattern(octets));
        }
        assert_eq!(strict(b"*", Mailbox::parse).map_err(|error| error.at), Err(0));
        assert_eq!(strict(b"(", ListMailbox::parse).map_err(|error| error.at), Err(0));
    }
}
