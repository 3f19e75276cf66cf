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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Strings;
    use crate::codec::structure::write::nstring;
    use alloc::vec;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// Strings of all lengths where the ways of copying part; a few may not stand in quotes.
    fn string() -> impl Strategy<Value = Option<Vec<u8>>> {
        let plain = "[ !#-Z]{0,40}".prop_map(String::into_bytes);
        let long = (100..700_usize).prop_map(|length| vec![b'a'; length]);
        let any = vec(1..=u8::MAX, 0..40);
        let string = prop_oneof![20 => plain, 1 => long, 1 => any];
        prop_oneof![1 => Just(None), 4 => string.prop_map(Some)]
    }

    use alloc::string::String;

    fn one_by_one<S: Sink>(fields: &EnvelopeFields<'_>, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        nstring(encoder, fields.date);
        encoder.space();
        nstring(encoder, fields.subject);
        let first = [fields.from, fields.sender, fields.reply_to];
        for list in first.into_iter().chain([fields.to, fields.cc, fields.bcc]) {
            encoder.put(if list.is_empty() { b" NIL" } else { b" (" });
            for it in list {
                encoder.list([it.name, it.adl, it.mailbox, it.host], |it, out| nstring(out, it));
            }
            encoder.put(if list.is_empty() { b"" } else { b")" });
        }
        encoder.space();
        nstring(encoder, fields.in_reply_to);
        encoder.space();
        nstring(encoder, fields.message_id);
        encoder.put(b")");
    }

    proptest! {
        /// Strings written one by one are the oracle.
        #[test]
        fn fields_are_written_as_one_by_one(
            strings in vec(string(), 4),
            addresses in vec((string(), string(), string(), string()), 0..12),
            utf8: bool,
            literal: bool,
        ) {
            let addresses: Vec<_> = addresses.iter().map(|(name, adl, mailbox, host)| {
                let [name, adl, mailbox, host] = [name, adl, mailbox, host].map(Option::as_deref);
                AddressFields { name, adl, mailbox, host }
            }).collect();
            let mut lists = addresses.chunks(3);
            let mut list = || lists.next().unwrap_or_default();
            let fields = EnvelopeFields {
                date: strings[0].as_deref(),
                subject: strings[1].as_deref(),
                from: list(),
                sender: list(),
                reply_to: &[],
                to: list(),
                cc: list(),
                bcc: &[],
                in_reply_to: strings[2].as_deref(),
                message_id: strings[3].as_deref(),
            };
            let strings = if literal { Strings::Literal } else { Strings::Shortest };
            let negotiated = Negotiated { utf8, strings, ..Negotiated::server() };
            let (mut gathered, mut single) = (Vec::new(), Vec::new());
            fields.encode(&mut Encoder::new(&mut gathered, negotiated));
            one_by_one(&fields, &mut Encoder::new(&mut single, negotiated));
            prop_assert_eq!(gathered, single);
        }
    }
}
