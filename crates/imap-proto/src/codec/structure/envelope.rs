//! ENVELOPE: the fields of a header.

use core::fmt;
use core::hash::{Hash, Hasher};

use bytes::Bytes;
use mail_proto::{Escaped, ParseError, Reading, Sink};

use super::index::{Entry, View, Wire};
use super::{EnvelopeFields, NStr, fast, read_envelope, write};
use crate::Defect;
use crate::codec::{Cursor, Encoder, Side, parse_whole};

/// The fields of a message's header, kept as they stand on the wire.
///
/// ```abnf
/// envelope       = "(" env-date SP env-subject SP env-from SP
///                  env-sender SP env-reply-to SP env-to SP env-cc SP
///                  env-bcc SP env-in-reply-to SP env-message-id ")"
/// env-date       = nstring
/// env-from       = "(" 1*address ")" / nil
/// ```
///
/// (RFC 9051 section 7.5.2.) The strings are those of the header, encoded words and all. Two are equal
/// if they mean the same, be a string in quotes here and a literal there.
///
/// What was read shares the block of the read; [`detach`](Self::detach) what is kept for long.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Envelope, Encoder, Negotiated};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(
///     br#"("date" "subject" (("Terry" NIL "gray" "cac.washington.edu")) NIL NIL NIL NIL NIL NIL "<1@x>")"#,
/// );
/// let envelope = Envelope::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(envelope.subject(), "subject");
/// let from = envelope.from().next().unwrap();
/// assert!(from.name == "Terry" && from.mailbox == "gray" && from.host == "cac.washington.edu");
/// assert_eq!(envelope.to().len(), 0);
///
/// let mut out = Vec::new();
/// envelope.encode(&mut Encoder::new(&mut out, Negotiated::server()));
/// assert_eq!(out, envelope.as_wire());
/// ```
#[derive(Clone)]
pub struct Envelope(Wire);

/// The places of the fields in their part of the index.
pub(super) mod place {
    pub(in super::super) const DATE: usize = 0;
    pub(in super::super) const SUBJECT: usize = 1;
    pub(in super::super) const FROM: usize = 2;
    pub(in super::super) const SENDER: usize = 3;
    pub(in super::super) const REPLY_TO: usize = 4;
    pub(in super::super) const TO: usize = 5;
    pub(in super::super) const CC: usize = 6;
    pub(in super::super) const BCC: usize = 7;
    pub(in super::super) const IN_REPLY_TO: usize = 8;
    pub(in super::super) const MESSAGE_ID: usize = 9;
    pub(in super::super) const COUNT: usize = 10;
    /// Entries of an address.
    pub(in super::super) const ADDRESS: usize = 4;
}

impl Envelope {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        match cursor.is_fast().then(|| fast::envelope(cursor)).flatten() {
            Some(wire) => Ok(Self(wire)),
            None => Self::parse_by_grammar(cursor, reading),
        }
    }

    /// Reads one that is as nearly all are, or nothing.
    pub(in crate::codec) fn parse_plain(cursor: &mut Cursor<'_>) -> Option<Self> {
        fast::envelope(cursor).map(Self)
    }

    /// Reads it without the short cut.
    pub(super) fn parse_by_grammar(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        read_envelope::envelope(cursor, reading).map(Self)
    }

    /// Takes the octets if they are one ENVELOPE and nothing else.
    ///
    /// For what a store has kept: a row of a database is a peer's input like any other.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    pub fn from_wire(
        octets: impl Into<Bytes>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        parse_whole(&octets.into(), reading, Self::parse)
    }

    /// Begins one of borrowed fields, all of them `NIL`.
    #[must_use]
    pub fn builder<'a>() -> EnvelopeFields<'a> {
        EnvelopeFields::default()
    }

    /// The octets, as they were read.
    #[must_use]
    pub fn as_wire(&self) -> &[u8] {
        &self.0.octets
    }

    /// Whether [`as_wire`](Self::as_wire) is what any client understands: nothing is to be rewritten.
    #[must_use]
    pub fn is_canonical(&self) -> bool {
        self.0.odd.may_be_copied(false)
    }

    /// A copy in an allocation of its own.
    #[must_use]
    pub fn detach(&self) -> Self {
        Self(self.0.detach())
    }

    /// Its fields.
    #[must_use]
    pub fn fields(&self) -> EnvelopeRef<'_> {
        EnvelopeRef { view: self.0.view(), at: 0 }
    }

    /// Writes it: the octets as they are, if the other side understands them.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let negotiated = encoder.negotiated();
        if negotiated.side == Side::Server && self.0.odd.may_be_copied(negotiated.utf8) {
            encoder.put_shared(&self.0.octets);
        } else {
            self.fields().encode(encoder);
        }
    }

    #[cfg(test)]
    pub(super) fn wire(&self) -> &Wire {
        &self.0
    }
}

impl PartialEq for Envelope {
    fn eq(&self, other: &Self) -> bool {
        self.fields() == other.fields()
    }
}

impl Eq for Envelope {}

impl Hash for Envelope {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fields().hash(state);
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Envelope({:?})", Escaped(self.as_wire()))
    }
}

/// The fields of an [`Envelope`], or of the one inside a BODYSTRUCTURE.
///
/// ```
/// use imap_proto::BodyStructure;
/// use mail_proto::{Leniency, Reading};
///
/// let octets = &br#"("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 342 (NIL "Hello" NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 12 1) 9)"#[..];
/// let structure = BodyStructure::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap();
/// assert_eq!(structure.root().envelope().unwrap().subject(), "Hello");
/// ```
#[derive(Clone, Copy)]
pub struct EnvelopeRef<'a> {
    view: View<'a>,
    /// Where its fields begin in the index.
    at: usize,
}

macro_rules! fields {
    ($($(#[$doc:meta])+ $name:ident: $kind:ident, $place:ident;)+) => {
        impl<'a> EnvelopeRef<'a> {
            $($(#[$doc])+ #[must_use] pub fn $name(self) -> fields!(@type $kind 'a) {
                self.$kind(place::$place)
            })+
        }

        impl Envelope {
            $($(#[$doc])+ #[must_use] pub fn $name(&self) -> fields!(@type $kind '_) {
                self.fields().$name()
            })+
        }
    };
    (@type string $life:lifetime) => { NStr<$life> };
    (@type addresses $life:lifetime) => { Addresses<$life> };
}

fields! {
    /// The Date field, as it is written in the header.
    date: string, DATE;
    /// The Subject field, with its encoded words.
    subject: string, SUBJECT;
    /// The From field.
    from: addresses, FROM;
    /// The Sender field; servers put From in the place of one that is missing.
    sender: addresses, SENDER;
    /// The Reply-To field; servers put From in the place of one that is missing.
    reply_to: addresses, REPLY_TO;
    /// The To field.
    to: addresses, TO;
    /// The Cc field.
    cc: addresses, CC;
    /// The Bcc field.
    bcc: addresses, BCC;
    /// The In-Reply-To field.
    in_reply_to: string, IN_REPLY_TO;
    /// The Message-ID field.
    message_id: string, MESSAGE_ID;
}

impl<'a> EnvelopeRef<'a> {
    pub(super) const fn new(view: View<'a>, at: usize) -> Self {
        Self { view, at }
    }

    fn string(self, place: usize) -> NStr<'a> {
        self.view.string(self.at.saturating_add(place))
    }

    fn addresses(self, place: usize) -> Addresses<'a> {
        let list = self.view.entry(self.at.saturating_add(place));
        Addresses { wire: self.view.wire, rest: self.view.list(list, place::ADDRESS) }
    }

    /// Writes it from its fields.
    pub fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        write::nstr(encoder, self.date());
        encoder.space();
        write::nstr(encoder, self.subject());
        for place in place::FROM..=place::BCC {
            encoder.space();
            self.addresses(place).encode(encoder);
        }
        encoder.space();
        write::nstr(encoder, self.in_reply_to());
        encoder.space();
        write::nstr(encoder, self.message_id());
        encoder.put(b")");
    }

    fn strings(self) -> [NStr<'a>; 4] {
        [self.date(), self.subject(), self.in_reply_to(), self.message_id()]
    }

    fn lists(self) -> impl Iterator<Item = Addresses<'a>> {
        (place::FROM..=place::BCC).map(move |place| self.addresses(place))
    }
}

impl PartialEq for EnvelopeRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.strings() == other.strings()
            && self.lists().zip(other.lists()).all(|(ours, theirs)| ours.eq(theirs))
    }
}

impl Eq for EnvelopeRef<'_> {}

impl Hash for EnvelopeRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.strings().hash(state);
        for list in self.lists() {
            list.len().hash(state);
            list.for_each(|address| address.hash(state));
        }
    }
}

impl fmt::Debug for EnvelopeRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lists = self.lists();
        let mut list = || lists.next().map(|list| list.collect::<alloc::vec::Vec<_>>());
        f.debug_struct("EnvelopeRef")
            .field("date", &self.date())
            .field("subject", &self.subject())
            .field("from", &list())
            .field("sender", &list())
            .field("reply_to", &list())
            .field("to", &list())
            .field("cc", &list())
            .field("bcc", &list())
            .field("in_reply_to", &self.in_reply_to())
            .field("message_id", &self.message_id())
            .finish()
    }
}

/// The addresses of a field, begins and ends of groups among them.
#[derive(Clone, Debug)]
pub struct Addresses<'a> {
    wire: &'a [u8],
    rest: &'a [Entry],
}

impl Addresses<'_> {
    fn encode<S: Sink>(self, encoder: &mut Encoder<'_, S>) {
        if self.len() == 0 {
            return encoder.nil();
        }
        encoder.put(b"(");
        self.for_each(|address| address.encode(encoder));
        encoder.put(b")");
    }
}

impl<'a> Iterator for Addresses<'a> {
    type Item = Address<'a>;

    fn next(&mut self) -> Option<Address<'a>> {
        let (first, rest) = self.rest.split_first_chunk::<{ place::ADDRESS }>()?;
        self.rest = rest;
        let [name, adl, mailbox, host] = first.map(|entry| entry.string(self.wire));
        Some(Address { name, adl, mailbox, host })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.rest.len().checked_div(place::ADDRESS).unwrap_or(0);
        (count, Some(count))
    }
}

impl ExactSizeIterator for Addresses<'_> {}

/// An address, or the begin or end of a group of addresses.
///
/// ```abnf
/// address         = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"
/// addr-name       = nstring
/// ```
///
/// (RFC 9051 section 7.5.2.)
///
/// ```
/// use imap_proto::{AddressFields, AddressKind, Envelope};
///
/// let to = [
///     AddressFields::begin_group(b"friends"),
///     AddressFields::new(Some(b"Joe"), b"joe", b"example.com"),
///     AddressFields::END_GROUP,
/// ];
/// let mut fields = Envelope::builder();
/// fields.to = &to;
/// let envelope = fields.build().unwrap();
/// let kinds: Vec<_> = envelope.to().map(|address| address.kind()).collect();
/// assert_eq!(kinds, [AddressKind::BeginGroup, AddressKind::Mailbox, AddressKind::EndGroup]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Address<'a> {
    /// The name that is shown.
    pub name: NStr<'a>,
    /// The route of RFC 822, `NIL` nowadays.
    pub adl: NStr<'a>,
    /// The part before the `@`, or the name of a group that begins.
    pub mailbox: NStr<'a>,
    /// The domain. `NIL` is for begins and ends of groups.
    pub host: NStr<'a>,
}

/// What an [`Address`] stands for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AddressKind {
    /// An address.
    Mailbox,
    /// What follows is a group: the mailbox is its name. Real servers do not always end it (Q63).
    BeginGroup,
    /// The end of a group.
    EndGroup,
}

impl Address<'_> {
    /// What it stands for.
    ///
    /// An address whose name and mailbox are swapped (Q65: `("<joe@x>" NIL "Joe" NIL)`) begins no group.
    #[must_use]
    pub fn kind(&self) -> AddressKind {
        match (self.host.is_nil(), self.mailbox.is_nil()) {
            (true, true) if self.name.is_nil() => AddressKind::EndGroup,
            (true, false) if !self.is_swapped() => AddressKind::BeginGroup,
            _ => AddressKind::Mailbox,
        }
    }

    /// Whether the name is an address and the mailbox a name: so Gmail does at times (Q65).
    #[must_use]
    pub fn is_swapped(&self) -> bool {
        self.host.is_nil() && !self.mailbox.is_nil() && self.name.raw().contains(&b'@')
    }

    /// Whether the server has put words of its own in the place of what is missing (Q64): never send
    /// anything to such an address.
    #[must_use]
    pub fn is_placeholder(&self) -> bool {
        self.mailbox == "MISSING_MAILBOX"
            || ["MISSING_DOMAIN", ".MISSING-HOST-NAME.", ".SYNTAX-ERROR."]
                .iter()
                .any(|host| self.host == **host)
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let mut before: &'static [u8] = b"(";
        for field in [self.name, self.adl, self.mailbox, self.host] {
            encoder.put(before);
            write::nstr(encoder, field);
            before = b" ";
        }
        encoder.put(b")");
    }
}
