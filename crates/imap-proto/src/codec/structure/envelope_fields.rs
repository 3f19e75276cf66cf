//! An ENVELOPE written from borrowed fields.

use alloc::vec::Vec;

use mail_proto::{Leniency, ParseError, Reading, Sink};

use super::Envelope;
use super::write::Gathered;
use crate::codec::{Encoder, Negotiated};

/// The fields of an ENVELOPE, borrowed from where its owner keeps them.
///
/// Any octets may stand in them; NUL, which no string can hold, is left out. Lists without addresses are
/// written as `NIL`. RFC 9051 section 7.5.2 wants From in the place of a missing Sender or Reply-To.
///
/// ```
/// use imap_proto::{AddressFields, Encoder, Envelope, Negotiated};
///
/// let from = [AddressFields::new(Some("J\u{f6}rg".as_bytes()), b"joerg", b"example.com")];
/// let mut fields = Envelope::builder();
/// fields.subject = Some(b"a \"b\"");
/// fields.from = &from;
///
/// let mut out = Vec::new();
/// fields.encode(&mut Encoder::new(&mut out, Negotiated::server()));
/// let expected = "(NIL \"a \\\"b\\\"\" (({5}\r\nJ\u{f6}rg NIL \"joerg\" \"example.com\")) NIL NIL NIL NIL NIL NIL NIL)";
/// assert_eq!(out, expected.as_bytes());
/// assert_eq!(fields.build().unwrap().as_wire(), out);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct EnvelopeFields<'a> {
    /// The Date field.
    pub date: Option<&'a [u8]>,
    /// The Subject field.
    pub subject: Option<&'a [u8]>,
    /// The From field.
    pub from: &'a [AddressFields<'a>],
    /// The Sender field.
    pub sender: &'a [AddressFields<'a>],
    /// The Reply-To field.
    pub reply_to: &'a [AddressFields<'a>],
    /// The To field.
    pub to: &'a [AddressFields<'a>],
    /// The Cc field.
    pub cc: &'a [AddressFields<'a>],
    /// The Bcc field.
    pub bcc: &'a [AddressFields<'a>],
    /// The In-Reply-To field.
    pub in_reply_to: Option<&'a [u8]>,
    /// The Message-ID field.
    pub message_id: Option<&'a [u8]>,
}

/// The fields of an address, borrowed from where its owner keeps them.
///
/// ```
/// use imap_proto::AddressFields;
///
/// let address = AddressFields::new(None, b"joe", b"example.com");
/// assert_eq!(address.host, Some(&b"example.com"[..]));
/// assert_eq!(AddressFields::begin_group(b"friends").mailbox, Some(&b"friends"[..]));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct AddressFields<'a> {
    /// The name that is shown.
    pub name: Option<&'a [u8]>,
    /// The route of RFC 822.
    pub adl: Option<&'a [u8]>,
    /// The part before the `@`, or the name of a group that begins.
    pub mailbox: Option<&'a [u8]>,
    /// The domain; none for begins and ends of groups.
    pub host: Option<&'a [u8]>,
}

impl<'a> AddressFields<'a> {
    /// What ends a group.
    pub const END_GROUP: Self = Self { name: None, adl: None, mailbox: None, host: None };

    /// An address.
    #[must_use]
    pub const fn new(name: Option<&'a [u8]>, mailbox: &'a [u8], host: &'a [u8]) -> Self {
        Self { name, adl: None, mailbox: Some(mailbox), host: Some(host) }
    }

    /// What begins a group of this name.
    #[must_use]
    pub const fn begin_group(name: &'a [u8]) -> Self {
        Self { name: None, adl: None, mailbox: Some(name), host: None }
    }

    #[inline]
    fn encode<S: Sink>(&self, out: &mut Gathered<'_, '_, S>) {
        out.put([b'(']);
        out.nstring(self.name, b' ');
        out.nstring(self.adl, b' ');
        out.nstring(self.mailbox, b' ');
        out.nstring(self.host, b')');
    }
}

impl EnvelopeFields<'_> {
    /// Writes them as an ENVELOPE, without an index and, but for NUL, without an allocation.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let out = &mut Gathered::new(encoder);
        out.put([b'(']);
        out.nstring(self.date, b' ');
        out.nstring(self.subject, b' ');
        for list in [self.from, self.sender, self.reply_to, self.to, self.cc, self.bcc] {
            addresses(out, list);
        }
        out.nstring(self.in_reply_to, b' ');
        out.nstring(self.message_id, b')');
        out.flush();
    }

    /// The ENVELOPE in its canonical form, which every client understands: what a store keeps.
    ///
    /// # Errors
    ///
    /// It has 64 MiB or more.
    pub fn build(&self) -> Result<Envelope, ParseError> {
        let mut octets = Vec::new();
        self.encode(&mut Encoder::new(&mut octets, Negotiated::server()));
        Envelope::from_wire(octets, &mut Reading::new(Leniency::strict()))
    }
}

/// The list and the space behind it.
fn addresses<S: Sink>(out: &mut Gathered<'_, '_, S>, list: &[AddressFields<'_>]) {
    if list.is_empty() {
        return out.put(*b"NIL ");
    }
    out.put([b'(']);
    for address in list {
        address.encode(out);
    }
    out.put(*b") ");
}
