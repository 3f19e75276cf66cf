//! The encoder: which form a value takes on the wire, and the points to wait at.

use bytes::Bytes;
use mail_proto::{Leniency, Octets, Reading, Secret, Sink};

use super::class::Class;
use super::{AString, Atom, Cursor, IString, NString};

/// The longest string that is written in quotes: others are literals, which count against no limit of
/// a line.
pub(crate) const QUOTED_LIMIT: usize = 1000;

/// The largest non-synchronizing literal under LITERAL- (RFC 7888 section 5).
const LITERAL_MINUS_LIMIT: u64 = 4096;

/// Literals of more octets are held by reference where the sink can.
const SHARED_FROM: usize = 512;

/// Which literals a client may send without waiting.
///
/// Only what was learnt on the present channel counts: STARTTLS makes it [`Sync`](Self::Sync) again.
///
/// ```
/// use imap_proto::{Literals, Negotiated};
///
/// assert_eq!(Negotiated::client().literals, Literals::Sync);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Literals {
    /// None: the server has said nothing.
    #[default]
    Sync,
    /// Those of at most 4096 octets: LITERAL-, which IMAP4rev2 includes (RFC 7888 section 5).
    Minus,
    /// All: LITERAL+ (RFC 7888 section 4).
    Plus,
}

/// Who writes.
///
/// ```
/// use imap_proto::{Negotiated, Side};
///
/// assert_eq!(Negotiated::server().side, Side::Server);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// A client, which waits before its synchronizing literals.
    Client,
    /// A server, which never waits.
    Server,
}

/// Which form strings take where several are legal, for servers that read one of them only (Q36).
///
/// ```
/// use imap_proto::{AString, Encoder, Negotiated, Strings};
///
/// let quoted = Negotiated { strings: Strings::Quoted, ..Negotiated::client() };
/// let mut out = Vec::new();
/// AString::new("joe").unwrap().encode(&mut Encoder::new(&mut out, quoted));
/// assert_eq!(out, b"\"joe\"");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Strings {
    /// The shortest: atoms, then quotes, then literals.
    #[default]
    Shortest,
    /// Quotes, or literals for what cannot be quoted; no atoms.
    Quoted,
    /// Literals only.
    Literal,
}

/// What the two sides have agreed on, as far as it changes how a value is written.
///
/// ```
/// use imap_proto::{AString, Encoder, Literals, Negotiated};
///
/// let name = AString::try_from("caf\u{e9}").unwrap();
/// let mut out = Vec::new();
/// name.encode(&mut Encoder::new(&mut out, Negotiated { utf8: true, ..Negotiated::client() }));
/// assert_eq!(out, "\"caf\u{e9}\"".as_bytes());
///
/// out.clear();
/// name.encode(&mut Encoder::new(&mut out, Negotiated { literals: Literals::Plus, ..Negotiated::client() }));
/// assert_eq!(out, "{5+}\r\ncaf\u{e9}".as_bytes());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Negotiated {
    /// Who writes.
    pub side: Side,
    /// Which literals need no waiting; of no meaning for a server.
    pub literals: Literals,
    /// Which of the legal forms the other side can be trusted with.
    pub strings: Strings,
    /// Quoted strings may be UTF-8: UTF8=ACCEPT or IMAP4rev2 is enabled.
    pub utf8: bool,
    /// Literals may hold any octet: BINARY. For those who choose between a literal and a
    /// [`literal8`](Encoder::literal8).
    pub binary: bool,
}

impl Negotiated {
    /// A client that knows nothing of its server.
    #[must_use]
    pub const fn client() -> Self {
        Self::new(Side::Client)
    }

    /// A server whose client has enabled nothing.
    #[must_use]
    pub const fn server() -> Self {
        Self::new(Side::Server)
    }

    const fn new(side: Side) -> Self {
        let (literals, strings) = (Literals::Sync, Strings::Shortest);
        Self { side, literals, strings, utf8: false, binary: false }
    }
}

/// Writes values in the form that the other side understands.
///
/// It takes no text that has not been through a type, so that no value can end its string, its line
/// or its command.
///
/// ```
/// use imap_proto::{AString, Encoder, Negotiated};
///
/// let mut out = Vec::new();
/// let mut encoder = Encoder::new(&mut out, Negotiated::server());
/// encoder.astring(&AString::try_from("INBOX").unwrap());
/// encoder.space();
/// encoder.astring(&AString::try_from("a\r\n* BYE").unwrap());
/// assert_eq!(out, b"INBOX {8}\r\na\r\n* BYE");
/// ```
#[derive(Debug)]
pub struct Encoder<'a, S> {
    sink: &'a mut S,
    negotiated: Negotiated,
}

/// How an astring or string is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Atom,
    Quoted,
    Literal,
}

impl<'a, S: Sink> Encoder<'a, S> {
    /// Writes to the sink what may be written as things stand.
    #[must_use]
    pub const fn new(sink: &'a mut S, negotiated: Negotiated) -> Self {
        Self { sink, negotiated }
    }

    /// What may be written as things stand.
    #[must_use]
    pub const fn negotiated(&self) -> Negotiated {
        self.negotiated
    }

    /// Fixed octets of the grammar.
    #[inline]
    pub(crate) fn put(&mut self, octets: &'static [u8]) {
        self.sink.put(octets);
    }

    /// As many fixed octets of the grammar from the front: see [`Sink::put_front`].
    #[inline]
    pub(crate) fn put_front<const N: usize>(&mut self, octets: &'static [u8; N], length: usize) {
        self.sink.put_front(octets, length);
    }

    /// Octets whose type has seen to it that they can stand as they are.
    #[inline]
    pub(crate) fn put_checked(&mut self, octets: &[u8]) {
        self.sink.put(octets);
    }

    /// Octets whose type has seen to it that they can stand as they are, and that no trace must show.
    pub(crate) fn put_secret(&mut self, octets: &[u8]) {
        self.sink.put_secret(octets);
    }

    /// A space.
    #[inline]
    pub fn space(&mut self) {
        self.put(b" ");
    }

    /// The end of a line.
    #[inline]
    pub fn end(&mut self) {
        self.put(b"\r\n");
    }

    /// A number in decimal digits.
    pub fn number(&mut self, number: u64) {
        self.sink.put_number(number);
    }

    /// An atom.
    pub fn atom(&mut self, atom: &Atom) {
        self.put_checked(atom.as_bytes());
    }

    /// `NIL`.
    pub fn nil(&mut self) {
        self.put(b"NIL");
    }

    /// An astring: an atom if it can be one, else as [`string`](Self::string).
    pub fn astring(&mut self, string: &AString) {
        self.write(self.astring_form(string.as_bytes()), string.octets(), false);
    }

    /// An astring that no trace must show, but for its form and length.
    pub fn secret_astring(&mut self, string: &Secret<AString>) {
        let string = string.expose();
        self.write(self.astring_form(string.as_bytes()), string.octets(), true);
    }

    /// A string: in quotes if it can be, else a literal.
    pub fn string(&mut self, string: &IString) {
        self.write(self.string_form(string.as_bytes()), string.octets(), false);
    }

    /// A string, or `NIL`.
    pub fn nstring(&mut self, string: &NString) {
        match &string.0 {
            Some(string) => self.string(string),
            None => self.nil(),
        }
    }

    /// A literal, NUL and all: `~{n}`. Ask [`negotiated`](Self::negotiated) before, unless the grammar
    /// has it in any case.
    pub fn literal8(&mut self, octets: &Bytes) {
        self.put(b"~");
        self.literal(octets, false);
    }

    /// The announcement of octets that somebody else writes: `{n}`, or `~{n}` if they may hold NUL.
    ///
    /// A client waits behind it unless its server has said that it need not. What is written next
    /// comes behind exactly so many octets.
    pub fn literal_announcement(&mut self, length: u64, binary: bool) {
        if binary {
            self.put(b"~");
        }
        self.literal_header(length);
    }

    /// A literal even of what could be quoted.
    pub(crate) fn plain_literal(&mut self, octets: &Bytes) {
        self.literal(octets, false);
    }

    /// A literal even of what could be quoted.
    pub(crate) fn literal_string(&mut self, string: &IString) {
        self.write(Form::Literal, string.octets(), false);
    }

    /// Tokens that stand as they are, but for the announcements of a client's literals.
    pub(crate) fn raw(&mut self, octets: &Bytes) {
        if self.negotiated.side == Side::Server {
            return self.put_shared(octets);
        }
        let mut cursor = Cursor::new(octets);
        let mut begins = true;
        while let Some(octet) = cursor.peek() {
            let begin = cursor.clone();
            let literal = (begins && matches!(octet, b'{' | b'~'))
                .then(|| cursor.literal(&mut Reading::new(Leniency::strict())).ok())
                .flatten();
            match literal {
                Some(literal) if literal.header.is_binary => self.literal8(&literal.octets),
                Some(literal) => self.literal(&literal.octets, false),
                None => {
                    cursor = begin.clone();
                    // The type has seen to it that there is a token.
                    let Ok(literal_may_follow) = cursor.skip_token(begins) else { return };
                    begins = literal_may_follow;
                    self.put_checked(&begin.until(&cursor));
                }
            }
        }
    }

    /// Octets whose type has seen to it that they can stand as they are, by reference where it pays.
    pub(crate) fn put_shared(&mut self, octets: &Bytes) {
        if octets.len() >= SHARED_FROM {
            self.sink.put_shared(octets.clone());
        } else {
            self.sink.put(octets);
        }
    }

    /// A mailbox name or a pattern: octets of which no type is known here.
    pub(crate) fn astring_octets(&mut self, octets: &Octets) {
        self.write(self.astring_form(octets), octets, false);
    }

    /// Borrowed octets as a string. Their type has seen to it that there is no NUL.
    pub(crate) fn string_octets(&mut self, octets: &[u8]) {
        if self.string_form(octets) == Form::Literal {
            self.literal_header(octets.len() as u64);
            self.put_checked(octets);
        } else {
            self.quoted(octets, false);
        }
    }

    /// Octets in quotes. Their type has seen to it that they can stand there.
    pub(crate) fn quoted_octets(&mut self, octets: &[u8]) {
        self.quoted(octets, false);
    }

    fn astring_form(&self, octets: &[u8]) -> Form {
        // `]` may stand in an astring, but not everyone knows; NIL is an astring, but not to everyone.
        let is_atom = self.negotiated.strings == Strings::Shortest
            && (1..=QUOTED_LIMIT).contains(&octets.len());
        let is_atom = is_atom && Class::ATOM.first_outside(octets).is_none();
        let is_atom = is_atom && !octets.eq_ignore_ascii_case(b"NIL");
        if is_atom { Form::Atom } else { self.string_form(octets) }
    }

    fn string_form(&self, octets: &[u8]) -> Form {
        let is_literal = self.negotiated.strings == Strings::Literal;
        if is_literal || octets.len() > QUOTED_LIMIT || mail_proto::line_break(octets).is_some() {
            return Form::Literal;
        }
        let is_utf8 = self.negotiated.utf8 && core::str::from_utf8(octets).is_ok();
        if is_utf8 || octets.is_ascii() { Form::Quoted } else { Form::Literal }
    }

    fn write(&mut self, form: Form, octets: &Octets, secret: bool) {
        match (form, octets.shared()) {
            (Form::Atom, _) => self.octets(octets, secret),
            (Form::Quoted, _) => self.quoted(octets, secret),
            (Form::Literal, Some(octets)) => self.literal(octets, secret),
            (Form::Literal, None) => {
                self.literal_header(octets.len() as u64);
                self.octets(octets, secret);
            }
        }
    }

    fn quoted(&mut self, octets: &[u8], secret: bool) {
        self.put(b"\"");
        let mut rest = octets;
        while let Some(special) = memchr::memchr2(b'"', b'\\', rest) {
            let (plain, behind) = rest.split_at_checked(special).unwrap_or_default();
            self.octets(plain, secret);
            self.octets(b"\\", secret);
            let (special, behind) = behind.split_at_checked(1).unwrap_or_default();
            self.octets(special, secret);
            rest = behind;
        }
        self.octets(rest, secret);
        self.put(b"\"");
    }

    fn literal(&mut self, octets: &Bytes, secret: bool) {
        self.literal_header(octets.len() as u64);
        if secret { self.sink.put_secret(octets) } else { self.put_shared(octets) }
    }

    /// What announces so many octets, and the point to wait at.
    fn literal_header(&mut self, length: u64) {
        self.put(b"{");
        self.number(length);
        let waits = match (self.negotiated.side, self.negotiated.literals) {
            (Side::Server, _) => false,
            (Side::Client, Literals::Plus) => return self.put(b"+}\r\n"),
            (Side::Client, Literals::Minus) if length <= LITERAL_MINUS_LIMIT => {
                return self.put(b"+}\r\n");
            }
            (Side::Client, Literals::Minus | Literals::Sync) => true,
        };
        self.put(b"}\r\n");
        if waits {
            self.sink.wait_for_continuation();
        }
    }

    fn octets(&mut self, octets: &[u8], secret: bool) {
        if secret { self.sink.put_secret(octets) } else { self.sink.put(octets) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec;
    use alloc::vec::Vec;

    /// Notes the waits and hides the secrets.
    #[derive(Default)]
    struct Noted(String);

    impl Sink for Noted {
        fn put(&mut self, octets: &[u8]) {
            self.0.push_str(&mail_proto::Escaped(octets).to_string());
        }

        fn put_secret(&mut self, octets: &[u8]) {
            self.0.push_str(&"?".repeat(octets.len()));
        }

        fn wait_for_continuation(&mut self) {
            self.0.push_str("<wait>");
        }
    }

    use alloc::string::ToString;

    fn noted(negotiated: Negotiated, write: impl FnOnce(&mut Encoder<'_, Noted>)) -> String {
        let mut sink = Noted::default();
        write(&mut Encoder::new(&mut sink, negotiated));
        sink.0
    }

    const CLIENT: Negotiated = Negotiated::client();
    const SERVER: Negotiated = Negotiated::server();

    #[test]
    fn forms_of_astrings() {
        let astring = |octets: &[u8]| {
            let string = AString::try_from(octets).unwrap();
            noted(CLIENT, |encoder| encoder.astring(&string))
        };
        assert_eq!(astring(b"INBOX"), "INBOX");
        assert_eq!(astring(b""), "\"\"");
        assert_eq!(astring(b"nil"), "\"nil\"");
        assert_eq!(astring(b"a]b"), "\"a]b\"");
        assert_eq!(astring(b"a b"), "\"a b\"");
        assert_eq!(astring(br#"a"b\"#), r#""a\"b\\""#);
        assert_eq!(astring(b"a\rb"), "{3}\\r\\n<wait>a\\rb");
        assert_eq!(astring(b"\xe9"), "{1}\\r\\n<wait>\\xe9");
        assert_eq!(astring(&[b'a'; 1000]), "a".repeat(1000));
        assert_eq!(astring(&[b'a'; 1001]), format!("{{1001}}\\r\\n<wait>{}", "a".repeat(1001)));
    }

    #[test]
    fn forms_for_servers_that_read_one_only() {
        let name = |strings, octets: &'static str| {
            let string = AString::new(octets).unwrap();
            noted(Negotiated { strings, ..SERVER }, |encoder| encoder.astring(&string))
        };
        assert_eq!(name(Strings::Quoted, "joe"), "\"joe\"");
        assert_eq!(name(Strings::Quoted, "a\rb"), "{3}\\r\\na\\rb");
        assert_eq!(name(Strings::Literal, "joe"), "{3}\\r\\njoe");
        assert_eq!(name(Strings::Literal, ""), "{0}\\r\\n");
    }

    #[test]
    fn utf8_is_quoted_only_where_it_is_enabled() {
        let utf8 = Negotiated { utf8: true, ..CLIENT };
        let string = |octets: &[u8]| IString::try_from(octets).unwrap();
        assert_eq!(noted(utf8, |e| e.string(&string("é".as_bytes()))), "\"é\"");
        assert_eq!(noted(CLIENT, |e| e.string(&string("é".as_bytes()))), "{2}\\r\\n<wait>é");
        assert_eq!(noted(utf8, |e| e.string(&string(b"\xc3"))), "{1}\\r\\n<wait>\\xc3");
        assert_eq!(noted(SERVER, |e| e.string(&string(b"\xc3"))), "{1}\\r\\n\\xc3");
    }

    /// S10: what is non-synchronizing, over capability and size.
    #[test]
    fn literals_wait_unless_the_server_said_they_need_not() {
        let header = |side, literals, length| {
            let negotiated = Negotiated { side, literals, ..CLIENT };
            noted(negotiated, |encoder| encoder.literal_header(length))
        };
        let (client, server) = (Side::Client, Side::Server);
        for length in [0, 1, 4095, 4096, 4097, u64::MAX] {
            let waiting = format!("{{{length}}}\\r\\n<wait>");
            let flowing = format!("{{{length}+}}\\r\\n");
            let is_small = length <= 4096;
            assert_eq!(header(client, Literals::Sync, length), waiting);
            let minus = if is_small { &flowing } else { &waiting };
            assert_eq!(header(client, Literals::Minus, length), *minus);
            assert_eq!(header(client, Literals::Plus, length), flowing);
            for literals in [Literals::Sync, Literals::Minus, Literals::Plus] {
                assert_eq!(header(server, literals, length), format!("{{{length}}}\\r\\n"));
            }
        }
    }

    #[test]
    fn secrets_are_secret_in_every_form() {
        let secret = |octets: &[u8]| {
            let string = Secret::new(AString::try_from(octets).unwrap());
            noted(CLIENT, |encoder| encoder.secret_astring(&string))
        };
        assert_eq!(secret(b"hunter2"), "???????");
        assert_eq!(secret(br#"a "b\"#), "\"???????\"");
        assert_eq!(secret(b"a\rb"), "{3}\\r\\n<wait>???");
    }

    #[test]
    fn what_is_long_is_held_by_reference() {
        struct Held(Vec<usize>);
        impl Sink for Held {
            fn put(&mut self, _: &[u8]) {}
            fn put_shared(&mut self, octets: Bytes) {
                self.0.push(octets.len());
            }
        }
        let mut sink = Held(vec![]);
        let mut encoder = Encoder::new(&mut sink, SERVER);
        for length in [511, 512, 70_000] {
            encoder.literal8(&Bytes::from(vec![0; length]));
        }
        assert_eq!(sink.0, [512, 70_000]);
    }

    #[test]
    fn any_octet_in_a_literal8() {
        let octets = Bytes::from_static(b"a\0b");
        assert_eq!(noted(SERVER, |encoder| encoder.literal8(&octets)), "~{3}\\r\\na\\x00b");
    }
}
