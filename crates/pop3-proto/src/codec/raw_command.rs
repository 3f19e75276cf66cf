//! A command that the library does not know.

use bytes::Bytes;
use mail_proto::{ParseError, Sink, Text};

use super::command::keyword_is_known;
use super::scan::Words;

/// A command without a type of its own: vendor commands, and LAST, RPOP, XTND of the oldest RFCs.
///
/// ```abnf
/// xtnd           = "XTND" 1*(SP 1*VCHAR) CRLF
/// command        = keyword *(SP param) CRLF
/// keyword        = 3*4VCHAR
/// ```
///
/// (RFC 1082, RFC 2449 section 3.) Keywords of 1 to 40 octets are taken, because vendors use longer
/// ones. What was read is written octet for octet.
///
/// ```
/// use mail_proto::Text;
/// use pop3_proto::{Command, RawCommand};
///
/// let archive = RawCommand::new("XTND", Text::new("ARCHIVE system").unwrap()).unwrap();
/// let mut line = Vec::new();
/// Command::Other(archive).encode(&mut line);
/// assert_eq!(line, b"XTND ARCHIVE system\r\n");
/// assert!(RawCommand::new("DELE", Text::new("1").unwrap()).is_err(), "that one has a type");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct RawCommand {
    keyword: Bytes,
    /// What follows the first space; a line may end with that space.
    arguments: Option<Text>,
}

impl RawCommand {
    /// A command of this keyword and, unless they are empty, these arguments.
    ///
    /// # Errors
    ///
    /// The keyword has not 1 to 40 printable characters, or the command has a type of its own: sent
    /// raw, its reply would be read wrong and its secrets be shown.
    pub fn new(keyword: impl Into<Bytes>, arguments: Text) -> Result<Self, ParseError> {
        Self::checked(keyword.into(), (!arguments.is_empty()).then_some(arguments))
    }

    /// Nothing is known of the grammar, so every octet is kept.
    pub(crate) fn parse(line: &Bytes) -> Result<Self, ParseError> {
        let mut words = Words::new(line);
        let keyword = line.slice_ref(words.word());
        let mut arguments = None;
        if !words.rest().is_empty() {
            words.skip(1);
            let at = words.at();
            let text = Text::new(words.take_rest()).map_err(|error| error.shifted(at))?;
            arguments = Some(text);
        }
        Self::checked(keyword, arguments)
    }

    fn checked(keyword: Bytes, arguments: Option<Text>) -> Result<Self, ParseError> {
        const EXPECTED: &str = "a command keyword (1 to 40 printable characters)";
        if keyword_is_known(&keyword) {
            return Err(ParseError::new(0, "a keyword that has no type of its own"));
        }
        match keyword.iter().position(|octet| !octet.is_ascii_graphic()) {
            Some(at) => Err(ParseError::new(at, EXPECTED)),
            None if keyword.is_empty() => Err(ParseError::new(0, EXPECTED)),
            None if keyword.len() > 40 => Err(ParseError::new(40, EXPECTED)),
            None => Ok(Self { keyword, arguments }),
        }
    }

    /// The keyword, in the case it was given in.
    #[must_use]
    pub fn keyword(&self) -> &[u8] {
        &self.keyword
    }

    /// What follows the keyword and a space.
    #[must_use]
    pub fn arguments(&self) -> &[u8] {
        self.arguments.as_ref().map_or(&[], Text::as_bytes)
    }

    pub(crate) fn encode_arguments(&self, sink: &mut impl Sink) {
        if let Some(arguments) = &self.arguments {
            sink.put(b" ");
            sink.put(arguments.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_printable_and_of_bounded_length() {
        let new = |keyword: &[u8]| {
            RawCommand::new(Bytes::copy_from_slice(keyword), Text::empty()).map_err(|e| e.at)
        };
        assert!(new(&[b'X'; 40]).is_ok());
        assert_eq!(new(&[b'X'; 41]), Err(40));
        assert_eq!(new(b""), Err(0));
        for bad in [&b"A B"[..], b"A\tB", b"A\rB", b"A\nB", b"A\0B", b"A\x7fB", b"A\x80B"] {
            assert_eq!(new(bad), Err(1), "{bad:?}");
        }
    }

    #[test]
    fn commands_with_a_type_are_not_sent_raw() {
        for keyword in ["PASS", "pass", "Top", "UIDL"] {
            assert!(RawCommand::new(keyword, Text::empty()).is_err(), "{keyword}");
        }
        assert!(RawCommand::new("TOPS", Text::empty()).is_ok());
    }
}
