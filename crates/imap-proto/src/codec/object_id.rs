//! Identifiers that a server gives to messages, threads and mailboxes.

use mail_proto::{ParseError, Reading, Sink};

use super::list::OneOrMore;
use super::{Atom, Cursor, Encoder};
use crate::Defect;

const LONGEST: usize = 255;

mail_proto::byte_string! {
    /// What names a message, a thread or a mailbox for ever; its case matters.
    ///
    /// ```abnf
    /// objectid = 1*255(ALPHA / DIGIT / "_" / "-")
    /// ```
    ///
    /// (RFC 8474 section 7.)
    ///
    /// ```
    /// use imap_proto::ObjectId;
    ///
    /// assert!(ObjectId::new("M6d99ac3275bb4e").is_ok());
    /// assert_eq!(ObjectId::new("a b").unwrap_err().at, 1);
    /// ```
    pub struct ObjectId: "an object identifier (1 to 255 letters, digits, _ and -)", object_id;
}

/// The rule of an object identifier: where it is broken first.
fn object_id(octets: &[u8]) -> Option<usize> {
    if octets.is_empty() {
        return Some(0);
    }
    let outside = octets.iter().position(|octet| !is_part(*octet));
    outside.or((octets.len() > LONGEST).then_some(LONGEST))
}

const fn is_part(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-')
}

impl ObjectId {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or one that is too long.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        _reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let length = cursor.rest().iter().take_while(|octet| is_part(**octet)).count();
        let octets = cursor.take(length).unwrap_or_default();
        Self::new(octets)
            .map_err(|error| ParseError::new(at.saturating_add(error.at), error.expected))
    }

    /// Reads it in parentheses.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse_in_list(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let id = Self::parse(cursor, reading)?;
        cursor.tag(")")?;
        Ok(id)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(&self.0);
    }

    /// Writes it in parentheses.
    pub fn encode_in_list<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        self.encode(encoder);
        encoder.put(b")");
    }
}

/// The identifiers of an account, a mailbox, a message and a thread by their names, as many as are told.
///
/// ```abnf
/// objectid-compound = "(" objectid-name SP (objectid / nil) *(SP objectid-name SP (objectid / nil)) ")"
/// objectid-name     = "ACCOUNTID" / "MAILBOXID" / "EMAILID" / "THREADID" / atom
/// ```
///
/// (draft-ietf-mailmaint-imap-objectid-bis, not an RFC.) In FETCH, NIL says that there is none.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{ObjectIds, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"(EMAILID M1 THREADID NIL)");
/// let ids = parse_whole(&octets, &mut Reading::new(Leniency::strict()), ObjectIds::parse).unwrap();
/// assert_eq!(ids.get("emailid").unwrap().as_bytes(), b"M1");
/// assert_eq!(ids.get("THREADID"), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ObjectIds(OneOrMore<(Atom, Option<ObjectId>)>);

impl ObjectIds {
    /// These identifiers, unless there are none, or one is called NIL: that means that it has none.
    #[must_use]
    pub fn new(ids: impl IntoIterator<Item = (Atom, Option<ObjectId>)>) -> Option<Self> {
        let ids = OneOrMore::new(ids)?;
        let is_nil = |(_, id): &(Atom, Option<ObjectId>)| id.as_ref().is_some_and(is_nil);
        (!ids.iter().any(is_nil)).then_some(Self(ids))
    }

    /// All identifiers, each behind its name.
    #[must_use]
    pub fn as_slice(&self) -> &[(Atom, Option<ObjectId>)] {
        &self.0
    }

    /// The identifier of this name, in any case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&ObjectId> {
        let is_it = |(it, _): &&(Atom, _)| it.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        self.0.iter().find(is_it).and_then(|(_, id)| id.as_ref())
    }

    /// The account.
    #[must_use]
    pub fn account_id(&self) -> Option<&ObjectId> {
        self.get("ACCOUNTID")
    }

    /// The mailbox.
    #[must_use]
    pub fn mailbox_id(&self) -> Option<&ObjectId> {
        self.get("MAILBOXID")
    }

    /// Reads them, parentheses included.
    ///
    /// # Errors
    ///
    /// There are none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let item = |cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>| {
            let name = Atom::parse(cursor, reading)?;
            cursor.space(reading)?;
            let id = ObjectId::parse(cursor, reading)?;
            Ok((name, Some(id).filter(|id| !is_nil(id))))
        };
        cursor.one_or_more("the name of an identifier", reading, item).map(Self)
    }

    /// Writes them, parentheses included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.list(self.0.iter(), |(name, id), encoder| {
            encoder.atom(name);
            encoder.space();
            match id {
                Some(id) => id.encode(encoder),
                None => encoder.nil(),
            }
        });
    }
}

fn is_nil(id: &ObjectId) -> bool {
    id.as_bytes().eq_ignore_ascii_case(b"NIL")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::any_one_or_more;
    use crate::codec::testing::{reads_and_writes, round_trips, strict, written};
    use proptest::prelude::*;

    pub(crate) fn any_object_ids() -> impl Strategy<Value = ObjectIds> {
        let name = prop_oneof![Just("MAILBOXID"), Just("EMAILID"), Just("X-:1")];
        // No identifier is NIL.
        let id = "[a-zA-KM-Z0-9_-]{1,9}".prop_map(|id| ObjectId::new(id).unwrap());
        let name = name.prop_map(|name| Atom::try_from(name).unwrap());
        any_one_or_more((name, proptest::option::of(id))).prop_map(ObjectIds)
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(ids in any_object_ids()) {
            prop_assume!(ObjectIds::new(ids.as_slice().to_vec()).is_some());
            round_trips(&ids, ObjectIds::encode, ObjectIds::parse);
        }
    }

    #[test]
    fn identifiers_read_and_written() {
        let octets = b"(ACCOUNTID a MAILBOXID F1 EMAILID M1 THREADID NIL)";
        let ids = reads_and_writes(octets, ObjectIds::parse, ObjectIds::encode);
        assert_eq!(ids.as_slice().len(), 4);
        assert_eq!(ids.mailbox_id(), Some(&ObjectId::new("F1").unwrap()));
        assert_eq!(ids.account_id(), Some(&ObjectId::new("a").unwrap()));
        assert_eq!(ObjectIds::new(ids.as_slice().to_vec()), Some(ids));
        assert_eq!(strict(b"()", ObjectIds::parse).unwrap_err().at, 1);
        assert_eq!(strict(b"(EMAILID)", ObjectIds::parse).unwrap_err().at, 8);
        let nil = ObjectId::new("nil").unwrap();
        assert_eq!(ObjectIds::new([(Atom::new("EMAILID").unwrap(), Some(nil))]), None);
        assert_eq!(ObjectIds::new([]), None);
    }

    #[test]
    fn lengths_and_octets() {
        let longest = "a".repeat(LONGEST);
        let id = strict(longest.as_bytes(), ObjectId::parse).unwrap();
        assert_eq!(written(|encoder| id.encode(encoder)), longest.as_bytes());
        let too_long = "a".repeat(LONGEST + 1);
        let error = strict(too_long.as_bytes(), ObjectId::parse).unwrap_err();
        assert_eq!(error.at, LONGEST);
        assert_eq!(strict(b"()", ObjectId::parse_in_list).map_err(|error| error.at), Err(1));
        assert_eq!(strict(b"(a.b)", ObjectId::parse_in_list).map_err(|error| error.at), Err(2));
    }
}
