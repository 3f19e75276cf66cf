//! Quotas (RFC 9208, RFC 2087).

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{AString, Atom, Cursor, Encoder, Mailbox, Word};
use crate::Defect;

/// What a quota limits.
///
/// ```abnf
/// resource-name  = "STORAGE" / "MESSAGE" / "MAILBOX" / "ANNOTATION-STORAGE" / resource-name-ext
/// resource-name-ext = atom
/// ```
///
/// (RFC 9208 section 5.)
///
/// ```
/// use imap_proto::{Atom, ResourceName};
///
/// assert_eq!(ResourceName::from(Atom::new("storage").unwrap()), ResourceName::Storage);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum ResourceName {
    /// The sizes of messages, in units of 1024 octets.
    Storage,
    /// The number of messages.
    Message,
    /// The number of mailboxes.
    Mailbox,
    /// The sizes of annotations, in units of 1024 octets.
    AnnotationStorage,
    /// Something else.
    Other(Atom),
}

impl ResourceName {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let (name, word) = cursor.atom_and_word()?;
        Ok(match word.as_ref().map(Word::as_bytes) {
            Some(b"STORAGE") => Self::Storage,
            Some(b"MESSAGE") => Self::Message,
            Some(b"MAILBOX") => Self::Mailbox,
            Some(b"ANNOTATION-STORAGE") => Self::AnnotationStorage,
            _ => {
                reading.keep_raw();
                Self::Other(name)
            }
        })
    }

    /// Its name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Storage => b"STORAGE",
            Self::Message => b"MESSAGE",
            Self::Mailbox => b"MAILBOX",
            Self::AnnotationStorage => b"ANNOTATION-STORAGE",
            Self::Other(name) => name.as_bytes(),
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(self.as_bytes());
    }
}

impl From<Atom> for ResourceName {
    fn from(name: Atom) -> Self {
        let known = [Self::Storage, Self::Message, Self::Mailbox, Self::AnnotationStorage];
        let is_it = |it: &Self| it.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        known.into_iter().find(is_it).unwrap_or(Self::Other(name))
    }
}

/// How much of a resource is used, and how much may be.
///
/// ```abnf
/// quota-resource = resource-name SP resource-usage SP resource-limit
/// resource-usage = number64
/// resource-limit = number64
/// ```
///
/// (RFC 9208 section 5.) More can be used than may be. The numbers are below 2^63.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct QuotaResource {
    /// The resource.
    pub name: ResourceName,
    /// How much is used.
    pub usage: u64,
    /// How much may be.
    pub limit: u64,
}

impl QuotaResource {
    /// Reads it. None is one without a usage or a limit that is put up with.
    fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        let name = ResourceName::parse(cursor, reading)?;
        cursor.space(reading)?;
        let usage = cursor.size(reading)?;
        cursor.space(reading)?;
        let limit = cursor.size(reading)?;
        Ok(usage.zip(limit).map(|(usage, limit)| Self { name, usage, limit }))
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.name.encode(encoder);
        encoder.space();
        encoder.number64(self.usage);
        encoder.space();
        encoder.number64(self.limit);
    }
}

/// The data of QUOTA.
///
/// ```abnf
/// quota-response = "QUOTA" SP quota-root-name SP quota-list
/// quota-list     = "(" [quota-resource *(SP quota-resource)] ")"
/// ```
///
/// (RFC 9208 section 5 and its erratum 8846, RFC 2087.) What is not in the list is not limited.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{QuotaData, ResourceName, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br#" "" (STORAGE 10 512)"#);
/// let quota = parse_whole(&octets, &mut Reading::new(Leniency::strict()), QuotaData::parse).unwrap();
/// assert_eq!(quota.of(&ResourceName::Storage).unwrap().limit, 512);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct QuotaData {
    /// Which quota root.
    pub root: AString,
    /// What it limits.
    pub resources: Vec<QuotaResource>,
}

impl QuotaData {
    /// The limit of this resource, if there is one.
    #[must_use]
    pub fn of(&self, name: &ResourceName) -> Option<&QuotaResource> {
        self.resources.iter().find(|resource| resource.name == *name)
    }

    /// Reads what follows the name of the response.
    ///
    /// # Errors
    ///
    /// It is none, or holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let root = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        let resources = cursor.items_or_none(reading, QuotaResource::parse)?;
        Ok(Self { root, resources: resources.into_iter().flatten().collect() })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.root.encode(encoder);
        encoder.space();
        encoder.list(&self.resources, QuotaResource::encode);
    }
}

/// The data of QUOTAROOT.
///
/// ```abnf
/// quotaroot-response = "QUOTAROOT" SP mailbox *(SP quota-root-name)
/// ```
///
/// (RFC 9208 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct QuotaRootData {
    /// Which mailbox.
    pub mailbox: Mailbox,
    /// The quota roots that it counts to.
    pub roots: Vec<AString>,
}

impl QuotaRootData {
    /// Reads what follows the name of the response.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mailbox = Mailbox::parse(cursor, reading)?;
        let roots = cursor.each_behind_space(reading, AString::parse)?;
        Ok(Self { mailbox, roots })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        for root in &self.roots {
            encoder.space();
            root.encode(encoder);
        }
    }
}

/// The arguments of GETQUOTA.
///
/// ```abnf
/// getquota       = "GETQUOTA" SP quota-root-name
/// ```
///
/// (RFC 9208 section 4.1.2.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GetQuota {
    /// Which quota root.
    pub root: AString,
}

impl GetQuota {
    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        Ok(Self { root: AString::parse(cursor, reading)? })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.root.encode(encoder);
    }
}

/// The arguments of GETQUOTAROOT.
///
/// ```abnf
/// getquotaroot   = "GETQUOTAROOT" SP mailbox
/// ```
///
/// (RFC 9208 section 4.1.3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct GetQuotaRoot {
    /// Which mailbox.
    pub mailbox: Mailbox,
}

impl GetQuotaRoot {
    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        Ok(Self { mailbox: Mailbox::parse(cursor, reading)? })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
    }
}

/// A limit to set.
///
/// ```abnf
/// setquota-resource = resource-name SP resource-limit
/// ```
///
/// (RFC 9208 section 5.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct QuotaLimit {
    /// The resource.
    pub name: ResourceName,
    /// How much may be used; below 2^63.
    pub limit: u64,
}

/// The arguments of SETQUOTA.
///
/// ```abnf
/// setquota       = "SETQUOTA" SP quota-root-name SP setquota-list
/// setquota-list  = "(" [setquota-resource *(SP setquota-resource)] ")"
/// ```
///
/// (RFC 9208 section 4.1.4.) What is not in the list is not limited any more.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SetQuota {
    /// Which quota root.
    pub root: AString,
    /// Its limits.
    pub limits: Vec<QuotaLimit>,
}

impl SetQuota {
    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let root = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        let limits = cursor.items_or_none(reading, |cursor, reading| {
            let name = ResourceName::parse(cursor, reading)?;
            cursor.space(reading)?;
            Ok(QuotaLimit { name, limit: cursor.number64()? })
        })?;
        Ok(Self { root, limits })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.root.encode(encoder);
        encoder.space();
        encoder.list(&self.limits, |limit, encoder| {
            limit.name.encode(encoder);
            encoder.space();
            encoder.number64(limit.limit);
        });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{any_astring, any_atom, any_mailbox};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::collection::vec;
    use proptest::prelude::*;

    const MAX_63: u64 = u64::MAX >> 1;

    fn any_resource_name() -> impl Strategy<Value = ResourceName> {
        prop_oneof![
            Just(ResourceName::Storage),
            Just(ResourceName::Message),
            Just(ResourceName::Mailbox),
            Just(ResourceName::AnnotationStorage),
            any_atom().prop_map(ResourceName::Other),
        ]
    }

    pub(crate) fn any_quota_data() -> impl Strategy<Value = QuotaData> {
        let resource = (any_resource_name(), 0..=MAX_63, 0..=MAX_63)
            .prop_map(|(name, usage, limit)| QuotaResource { name, usage, limit });
        (any_astring(), vec(resource, 0..4))
            .prop_map(|(root, resources)| QuotaData { root, resources })
    }

    pub(crate) fn any_quota_root_data() -> impl Strategy<Value = QuotaRootData> {
        (any_mailbox(), vec(any_astring(), 0..3))
            .prop_map(|(mailbox, roots)| QuotaRootData { mailbox, roots })
    }

    pub(crate) fn any_get_quota() -> impl Strategy<Value = GetQuota> {
        any_astring().prop_map(|root| GetQuota { root })
    }

    pub(crate) fn any_get_quota_root() -> impl Strategy<Value = GetQuotaRoot> {
        any_mailbox().prop_map(|mailbox| GetQuotaRoot { mailbox })
    }

    pub(crate) fn any_set_quota() -> impl Strategy<Value = SetQuota> {
        let limit =
            (any_resource_name(), 0..=MAX_63).prop_map(|(name, limit)| QuotaLimit { name, limit });
        (any_astring(), vec(limit, 0..4)).prop_map(|(root, limits)| SetQuota { root, limits })
    }

    fn data(octets: &str) -> QuotaData {
        reads_and_writes(octets.as_bytes(), QuotaData::parse, QuotaData::encode)
    }

    #[test]
    fn examples_of_the_standard() {
        let quota = data(r##" #user/alice (STORAGE 54 111 MESSAGE 42 1000)"##);
        let message = QuotaResource { name: ResourceName::Message, usage: 42, limit: 1000 };
        assert_eq!(quota.of(&ResourceName::Message), Some(&message));
        assert_eq!(quota.of(&ResourceName::Mailbox), None);
        // Gmail (Q47), and what is used above what may be.
        let quota = data(r#" "" (STORAGE 5242880000 1048576000 ANNOTATION-STORAGE 1 2 X+Y 3 4)"#);
        assert_eq!(quota.resources[0].usage, 5_242_880_000);
        assert_eq!(quota.resources[2].name.as_bytes(), b"X+Y");
        assert_eq!(data(" x ()").resources, []);
        data(r#" "" (STORAGE 9223372036854775807 0)"#);
        for octets in [r##" INBOX #user/alice !partition/sda4"##, r#" INBOX """#, " comp.mail.mime"]
        {
            let (parse, encode) = (QuotaRootData::parse, QuotaRootData::encode);
            reads_and_writes(octets.as_bytes(), parse, encode);
        }
        for octets in [r#" "" (STORAGE 512)"#, " !partition/sda4 (STORAGE 99999999)", " a ()"] {
            reads_and_writes(octets.as_bytes(), SetQuota::parse, SetQuota::encode);
        }
        reads_and_writes(b" !partition/sda4", GetQuota::parse, GetQuota::encode);
        reads_and_writes(b" INBOX", GetQuotaRoot::parse, GetQuotaRoot::encode);
    }

    #[test]
    fn odd_numbers_are_no_limits() {
        let message = QuotaResource { name: ResourceName::Message, usage: 1, limit: 2 };
        let quota = QuotaData { root: AString::new("").unwrap(), resources: vec![message] };
        for (octets, at, defect) in [
            (r#" "" (STORAGE 1 -1 MESSAGE 1 2)"#, 15, Defect::NegativeNumber),
            (r#" "" (STORAGE 1 NIL MESSAGE 1 2)"#, 15, Defect::NilNumber),
            (r#" "" (STORAGE 1 18446744073709551615 MESSAGE 1 2)"#, 15, Defect::NumberOutOfRange),
        ] {
            let read = strict(octets.as_bytes(), QuotaData::parse).map_err(|error| error.at);
            assert_eq!(read, Err(at), "{octets}");
            let read = lenient(octets.as_bytes(), QuotaData::parse);
            assert_eq!(read, (Ok(quota.clone()), vec![defect]), "{octets}");
        }
    }

    #[test]
    fn what_is_no_quota() {
        for (octets, at) in [
            ("", 0),
            (" a", 2),
            (" a STORAGE 1 2", 3),
            (" a (STORAGE 1)", 13),
            (" a (STORAGE)", 11),
            (" a (STORAGE 1 2", 15),
            (" (STORAGE 1 2)", 1),
        ] {
            let (read, _) = lenient(octets.as_bytes(), QuotaData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        for (octets, at) in [(" a (STORAGE -1)", 12), (" a (STORAGE 1 2)", 15), (" a", 2)] {
            let (read, _) = lenient(octets.as_bytes(), SetQuota::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            data in any_quota_data(),
            root in any_quota_root_data(),
            get in any_get_quota(),
            get_root in any_get_quota_root(),
            set in any_set_quota(),
        ) {
            round_trips(&data, QuotaData::encode, QuotaData::parse);
            round_trips(&root, QuotaRootData::encode, QuotaRootData::parse);
            round_trips(&get, GetQuota::encode, GetQuota::parse);
            round_trips(&get_root, GetQuotaRoot::encode, GetQuotaRoot::parse);
            round_trips(&set, SetQuota::encode, SetQuota::parse);
        }
    }
}
