//! CREATE and RENAME.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::list::SpecialUse;
use super::{Cursor, Encoder, Ext, ExtLabel, Mailbox};
use crate::Defect;

/// The arguments of CREATE.
///
/// ```abnf
/// create         = "CREATE" SP mailbox [create-params]
/// create-params  = SP "(" create-param *(SP create-param) ")"
/// ```
///
/// (RFC 9051 section 6.3.4, RFC 4466 section 2.2.)
///
/// ```
/// use imap_proto::{Create, Encoder, Mailbox, Negotiated, SpecialUse};
///
/// let mut out = Vec::new();
/// let create = Create::new(Mailbox::new("Post").unwrap()).used_as([SpecialUse::Sent]);
/// create.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, br" Post (USE (\Sent))");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Create {
    /// The mailbox. With the delimiter at its end it is a level that others will be below.
    pub mailbox: Mailbox,
    /// What it shall be.
    pub params: Vec<CreateParam>,
}

/// A parameter of CREATE.
///
/// ```abnf
/// create-param   = create-param-name [SP create-param-value] /
///                  "USE" SP "(" [use-attr *(SP use-attr)] ")"
/// ```
///
/// (RFC 4466 section 2.2, RFC 6154 section 6.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum CreateParam {
    /// What it is for (CREATE-SPECIAL-USE).
    Use(Vec<SpecialUse>),
    /// Another one.
    Ext(Box<Ext>),
}

impl Create {
    /// This mailbox, without parameters.
    #[must_use]
    pub const fn new(mailbox: Mailbox) -> Self {
        Self { mailbox, params: Vec::new() }
    }

    /// For this (CREATE-SPECIAL-USE).
    #[must_use]
    pub fn used_as(mut self, uses: impl IntoIterator<Item = SpecialUse>) -> Self {
        self.params.push(CreateParam::Use(uses.into_iter().collect()));
        self
    }

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
        let mailbox = Mailbox::parse(cursor, reading)?;
        let mut params = Vec::new();
        if cursor.another(reading)? {
            params = cursor.items("one or more parameters", reading, CreateParam::parse)?;
        }
        Ok(Self { mailbox, params })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.mailbox.encode(encoder);
        if !self.params.is_empty() {
            encoder.space();
            encoder.list(&self.params, CreateParam::encode);
        }
    }
}

impl CreateParam {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let label = ExtLabel::parse(cursor, reading)?;
        if label.is("USE") {
            cursor.space(reading)?;
            return cursor.items_or_none(reading, SpecialUse::parse).map(Self::Use);
        }
        Ext::parse_value(label, cursor, reading).map(|ext| Self::Ext(Box::new(ext)))
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Use(uses) => {
                encoder.put(b"USE ");
                encoder.list(uses, SpecialUse::encode);
            }
            Self::Ext(ext) => ext.encode(encoder),
        }
    }
}

/// The arguments of RENAME.
///
/// ```abnf
/// rename         = "RENAME" SP mailbox SP mailbox [rename-params]
/// rename-params  = SP "(" rename-param *(SP rename-param) ")"
/// ```
///
/// (RFC 9051 section 6.3.6, RFC 4466 section 2.3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Rename {
    /// What it is called.
    pub from: Mailbox,
    /// What it shall be called.
    pub to: Mailbox,
    /// What extensions add.
    pub params: Vec<Ext>,
}

impl Rename {
    /// Without parameters.
    #[must_use]
    pub const fn new(from: Mailbox, to: Mailbox) -> Self {
        Self { from, to, params: Vec::new() }
    }

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
        let from = Mailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        let to = Mailbox::parse(cursor, reading)?;
        let mut params = Vec::new();
        if cursor.another(reading)? {
            params = cursor.items("one or more parameters", reading, Ext::parse)?;
        }
        Ok(Self { from, to, params })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.from.encode(encoder);
        encoder.space();
        self.to.encode(encoder);
        if !self.params.is_empty() {
            encoder.space();
            encoder.list(&self.params, Ext::encode);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{any_ext, any_mailbox, any_special_use};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use proptest::collection::vec;
    use proptest::prelude::*;

    pub(crate) fn any_create() -> impl Strategy<Value = Create> {
        let param = prop_oneof![
            vec(any_special_use(), 0..3).prop_map(CreateParam::Use),
            any_ext().prop_map(|ext| CreateParam::Ext(Box::new(ext))),
        ];
        (any_mailbox(), vec(param, 0..3)).prop_map(|(mailbox, params)| Create { mailbox, params })
    }

    pub(crate) fn any_rename() -> impl Strategy<Value = Rename> {
        (any_mailbox(), any_mailbox(), vec(any_ext(), 0..3)).prop_map(|(from, to, params)| Rename {
            from,
            to,
            params,
        })
    }

    #[test]
    fn commands_of_the_standard() {
        for octets in [
            r" owatagusiam/",
            r" ///////",
            r#" "Sent Mail""#,
            r" MySpecial (USE (\Drafts \Sent))",
            r" Everything (USE (\All))",
            r#" "Important Messages" (USE (\Important))"#,
            r" a (USE () PARTITION (x) Y 5)",
            r" a (USE (\X-Other))",
        ] {
            reads_and_writes(octets.as_bytes(), Create::parse, Create::encode);
        }
        for octets in [" blurdybloop sarasoop", " INBOX old-mail", " a b (X (y) Z)"] {
            reads_and_writes(octets.as_bytes(), Rename::parse, Rename::encode);
        }
        let inbox = strict(b" inbox/Foo (use (\\sent))", Create::parse).unwrap();
        assert_eq!(
            inbox,
            Create::new(Mailbox::new("inbox/Foo").unwrap()).used_as([SpecialUse::Sent])
        );
    }

    #[test]
    fn what_is_neither() {
        for (octets, at) in [
            ("", 0),
            (" a ()", 4),
            (" a (USE)", 7),
            (" a (USE (Sent))", 9),
            (" a (USE (\\))", 10),
            (" a b", 3),
            (" a (1)", 4),
        ] {
            let read = strict(octets.as_bytes(), Create::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        for (octets, at) in [(" a", 2), (" a b ()", 6), (" a b c", 5)] {
            let read = strict(octets.as_bytes(), Rename::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        let (read, defects) = lenient(b" a  b ", Rename::parse);
        assert_eq!(read.unwrap().to, Mailbox::new("b").unwrap());
        assert_eq!(defects, [Defect::DoubleSpace, Defect::TrailingSpace]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(create in any_create(), rename in any_rename()) {
            round_trips(&create, Create::encode, Create::parse);
            round_trips(&rename, Rename::encode, Rename::parse);
        }
    }
}
