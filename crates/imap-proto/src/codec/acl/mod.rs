//! Access control lists (RFC 4314).

mod rights;

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

pub use rights::*;

use super::{AString, Cursor, Encoder, Mailbox};
use crate::Defect;

/// Who has rights: a user, a group, all; or, behind a `-`, who is denied them.
///
/// ```abnf
/// identifier     = astring
/// ```
///
/// (RFC 4314 section 2.)
///
/// ```
/// use imap_proto::{AString, AclIdentifier};
///
/// let fred = AclIdentifier(AString::new("-Fred").unwrap());
/// assert!(fred.is_negative());
/// assert_eq!(fred.name(), b"Fred");
/// assert!(AclIdentifier::anyone().is_anyone());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AclIdentifier(pub AString);

impl AclIdentifier {
    /// All, those included that have not logged in.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the word has no NUL")]
    pub fn anyone() -> Self {
        Self(AString::new("anyone").expect("a string without NUL"))
    }

    /// Whether they are all.
    #[must_use]
    pub fn is_anyone(&self) -> bool {
        self.0.as_bytes() == b"anyone"
    }

    /// Whether the rights are denied.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.as_bytes().starts_with(b"-")
    }

    /// Who, be the rights granted or denied.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        let octets = self.0.as_bytes();
        octets.strip_prefix(b"-").unwrap_or(octets)
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        AString::parse(cursor, reading).map(Self)
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.0.encode(encoder);
    }
}

/// Defines the arguments or data that are values with a space before each.
macro_rules! spaced {
    ($($(#[$meta:meta])* $name:ident, $what:literal {
        $($(#[$doc:meta])* $field:ident: $type:ident,)+
    })+) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub struct $name {
            $($(#[$doc])* pub $field: $type,)+
        }

        impl $name {
            #[doc = concat!("Reads what follows the name of the ", $what, ".")]
            ///
            /// # Errors
            ///
            /// It is none.
            pub fn parse(
                cursor: &mut Cursor<'_>,
                reading: &mut Reading<Defect>,
            ) -> Result<Self, ParseError> {
                $(cursor.space(reading)?;
                let $field = $type::parse(cursor, reading)?;)+
                Ok(Self { $($field),+ })
            }

            #[doc = concat!("Writes what follows the name of the ", $what, ".")]
            pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
                $(encoder.space();
                self.$field.encode(encoder);)+
            }
        }
    )+};
}

spaced! {
    /// The arguments of SETACL.
    ///
    /// ```abnf
    /// setacl         = "SETACL" SP mailbox SP identifier SP mod-rights
    /// ```
    ///
    /// (RFC 4314 section 3.1.)
    ///
    /// ```
    /// use imap_proto::{AclIdentifier, Encoder, Mailbox, Negotiated, Rights, RightsChange, SetAcl};
    ///
    /// let change = RightsChange::Add(Rights::new("te").unwrap());
    /// let set = SetAcl { mailbox: Mailbox::INBOX, identifier: AclIdentifier::anyone(), change };
    /// let mut out = Vec::new();
    /// set.encode(&mut Encoder::new(&mut out, Negotiated::client()));
    /// assert_eq!(out, b" INBOX anyone +te");
    /// ```
    SetAcl, "command" {
        /// Of which mailbox.
        mailbox: Mailbox,
        /// Whose rights.
        identifier: AclIdentifier,
        /// How they change.
        change: RightsChange,
    }

    /// The arguments of DELETEACL.
    ///
    /// ```abnf
    /// deleteacl      = "DELETEACL" SP mailbox SP identifier
    /// ```
    ///
    /// (RFC 4314 section 3.2.)
    DeleteAcl, "command" {
        /// Of which mailbox.
        mailbox: Mailbox,
        /// Whose rights.
        identifier: AclIdentifier,
    }

    /// The arguments of GETACL.
    ///
    /// ```abnf
    /// getacl         = "GETACL" SP mailbox
    /// ```
    ///
    /// (RFC 4314 section 3.3.)
    GetAcl, "command" {
        /// Of which mailbox.
        mailbox: Mailbox,
    }

    /// The arguments of LISTRIGHTS.
    ///
    /// ```abnf
    /// listrights     = "LISTRIGHTS" SP mailbox SP identifier
    /// ```
    ///
    /// (RFC 4314 section 3.4.)
    ListRights, "command" {
        /// Of which mailbox.
        mailbox: Mailbox,
        /// Whose rights.
        identifier: AclIdentifier,
    }

    /// The arguments of MYRIGHTS.
    ///
    /// ```abnf
    /// myrights       = "MYRIGHTS" SP mailbox
    /// ```
    ///
    /// (RFC 4314 section 3.5.)
    MyRights, "command" {
        /// Of which mailbox.
        mailbox: Mailbox,
    }

    /// The data of MYRIGHTS.
    ///
    /// ```abnf
    /// myrights-data  = "MYRIGHTS" SP mailbox SP rights
    /// ```
    ///
    /// (RFC 4314 section 3.8.)
    MyRightsData, "response" {
        /// Of which mailbox.
        mailbox: Mailbox,
        /// The rights of the user.
        rights: Rights,
    }
}

/// Whose rights, and which.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AclEntry {
    /// Who.
    pub identifier: AclIdentifier,
    /// The rights that are granted, or denied to a negative identifier.
    pub rights: Rights,
}

/// The data of ACL.
///
/// ```abnf
/// acl-data       = "ACL" SP mailbox *(SP identifier SP rights)
/// ```
///
/// (RFC 4314 section 3.6.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{AclData, Right, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" INBOX -Fred wetd $team w");
/// let acl = parse_whole(&octets, &mut Reading::new(Leniency::strict()), AclData::parse).unwrap();
/// assert!(acl.entries[0].identifier.is_negative());
/// assert!(acl.entries[1].rights.has(Right::Write));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AclData {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// Who may what.
    pub entries: Vec<AclEntry>,
}

impl AclData {
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
        let entries = cursor.each_behind_space(reading, |cursor, reading| {
            let identifier = AclIdentifier::parse(cursor, reading)?;
            cursor.space(reading)?;
            Ok(AclEntry { identifier, rights: Rights::parse(cursor, reading)? })
        })?;
        Ok(Self { mailbox, entries })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        for entry in &self.entries {
            encoder.space();
            entry.identifier.encode(encoder);
            encoder.space();
            entry.rights.encode(encoder);
        }
    }
}

/// The data of LISTRIGHTS.
///
/// ```abnf
/// listrights-data = "LISTRIGHTS" SP mailbox SP identifier SP rights *(SP rights)
/// ```
///
/// (RFC 4314 section 3.7.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListRightsData {
    /// Of which mailbox.
    pub mailbox: Mailbox,
    /// Whose rights.
    pub identifier: AclIdentifier,
    /// The rights that are always granted.
    pub required: Rights,
    /// The rights that can be granted; those of one group only together.
    pub optional: Vec<Rights>,
}

impl ListRightsData {
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
        cursor.space(reading)?;
        let identifier = AclIdentifier::parse(cursor, reading)?;
        cursor.space(reading)?;
        let required = Rights::parse(cursor, reading)?;
        let optional = cursor.each_behind_space(reading, Rights::parse)?;
        Ok(Self { mailbox, identifier, required, optional })
    }

    /// Writes what follows the name of the response.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        encoder.space();
        self.identifier.encode(encoder);
        encoder.space();
        self.required.encode(encoder);
        for rights in &self.optional {
            encoder.space();
            rights.encode(encoder);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::rights::tests::any_rights;
    use super::*;
    use crate::codec::list::{any_astring, any_mailbox};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use alloc::vec;
    use proptest::collection::vec;
    use proptest::prelude::*;

    pub(crate) fn any_acl_identifier() -> impl Strategy<Value = AclIdentifier> {
        any_astring().prop_map(AclIdentifier)
    }

    pub(crate) fn any_set_acl() -> impl Strategy<Value = SetAcl> {
        let change = prop_oneof![
            any_rights().prop_map(RightsChange::Set),
            any_rights().prop_map(RightsChange::Add),
            any_rights().prop_map(RightsChange::Remove),
        ];
        (any_mailbox(), any_acl_identifier(), change)
            .prop_map(|(mailbox, identifier, change)| SetAcl { mailbox, identifier, change })
    }

    pub(crate) fn any_acl_data() -> impl Strategy<Value = AclData> {
        let entry = (any_acl_identifier(), any_rights())
            .prop_map(|(identifier, rights)| AclEntry { identifier, rights });
        (any_mailbox(), vec(entry, 0..4))
            .prop_map(|(mailbox, entries)| AclData { mailbox, entries })
    }

    pub(crate) fn any_list_rights_data() -> impl Strategy<Value = ListRightsData> {
        (any_mailbox(), any_acl_identifier(), any_rights(), vec(any_rights(), 0..4)).prop_map(
            |(mailbox, identifier, required, optional)| ListRightsData {
                mailbox,
                identifier,
                required,
                optional,
            },
        )
    }

    fn rights(rights: &str) -> Rights {
        Rights::new(rights).unwrap()
    }

    #[test]
    fn commands_of_the_standard() {
        for octets in [
            " INBOX/Drafts David lrswida",
            " INBOX/Drafts Chris +cda",
            " INBOX/Drafts John lrQswicda",
            " INBOX -Fred -w",
            " INBOX Fred \"\"",
            " INBOX Fred +",
        ] {
            reads_and_writes(octets.as_bytes(), SetAcl::parse, SetAcl::encode);
        }
        let set = strict(b" INBOX \"-a b\" \"-te\"", SetAcl::parse).unwrap();
        assert_eq!(set.change, RightsChange::Remove(rights("te")));
        assert_eq!((set.identifier.is_negative(), set.identifier.name()), (true, &b"a b"[..]));
        reads_and_writes(b" INBOX Fred", DeleteAcl::parse, DeleteAcl::encode);
        reads_and_writes(b" INBOX/Drafts", GetAcl::parse, GetAcl::encode);
        reads_and_writes(b" ~/Mail/saved smith", ListRights::parse, ListRights::encode);
        reads_and_writes(b" TargetMailbox", MyRights::parse, MyRights::encode);
        for (octets, at) in [(" INBOX", 6), (" INBOX Fred", 11), (" INBOX Fred (l)", 12)] {
            let (read, _) = lenient(octets.as_bytes(), SetAcl::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn data_of_the_standard() {
        for octets in [
            " INBOX Fred rwipslxetad -Fred wetd $team w",
            " INBOX",
            " INBOX \"\" \"\"",
            " a b l 0 s",
        ] {
            reads_and_writes(octets.as_bytes(), AclData::parse, AclData::encode);
        }
        for octets in [
            " ~/Mail/saved smith la r swicdkxte",
            " archive/imap anyone \"\" lr s w i p k xte c d",
            " archive.imap anyone \"\" l r s w i p k x t e c d a 0 1 2 3 4 5 6 7 8 9",
            " a b l",
        ] {
            let (parse, encode) = (ListRightsData::parse, ListRightsData::encode);
            reads_and_writes(octets.as_bytes(), parse, encode);
        }
        let data = strict(b" a anyone \"\" lr s", ListRightsData::parse).unwrap();
        assert_eq!(data.optional, [rights("lr"), rights("s")]);
        assert!(data.required.is_empty() && data.identifier.is_anyone());
        reads_and_writes(b" INBOX rwiptsldaex", MyRightsData::parse, MyRightsData::encode);
        let (read, defects) = lenient(b" INBOX lrs ", MyRightsData::parse);
        assert_eq!((read.unwrap().rights, defects), (rights("lrs"), vec![Defect::TrailingSpace]));
        for (octets, at) in [("", 0), (" INBOX Fred", 11), (" INBOX Fred (l)", 12)] {
            let (read, _) = lenient(octets.as_bytes(), AclData::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        let (read, _) = lenient(b" INBOX anyone", ListRightsData::parse);
        assert_eq!(read.map_err(|error| error.at), Err(13));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            set in any_set_acl(),
            acl in any_acl_data(),
            list in any_list_rights_data(),
        ) {
            let (mailbox, identifier) = (acl.mailbox.clone(), list.identifier.clone());
            let mine = MyRightsData { mailbox: mailbox.clone(), rights: list.required.clone() };
            round_trips(&set, SetAcl::encode, SetAcl::parse);
            round_trips(&acl, AclData::encode, AclData::parse);
            round_trips(&list, ListRightsData::encode, ListRightsData::parse);
            round_trips(&mine, MyRightsData::encode, MyRightsData::parse);
            let get = GetAcl { mailbox: mailbox.clone() };
            round_trips(&get, GetAcl::encode, GetAcl::parse);
            let delete = DeleteAcl { mailbox: mailbox.clone(), identifier: identifier.clone() };
            round_trips(&delete, DeleteAcl::encode, DeleteAcl::parse);
            let rights = ListRights { mailbox: mailbox.clone(), identifier };
            round_trips(&rights, ListRights::encode, ListRights::parse);
            round_trips(&MyRights { mailbox }, MyRights::encode, MyRights::parse);
        }
    }
}
