//! Every parser of the codec on the same line, strictly, leniently and with what is chosen by name.
//!
//! | octets | meaning |
//! |---|---|
//! | 1 | which leniencies by name |
//! | the rest | the line, without its CRLF |

use std::fmt::Debug;

use bytes::Bytes;
use mail_proto::sasl::{self, Plain};
use mail_proto::{Leniency, Line, LineScanner, ParseError, Reading, Text, without_line_end};
use pop3_proto::{
    Capability, Challenge, Command, Defect, DropListing, Greeting, LanguageListing,
    MechanismListing, MessageNumber, Name, RawCode, ResponseCode, SaslResponse, ScanListing, Status,
    Timestamp, UidListing, UniqueId, unstuff_line,
};

use crate::dice::{Dice, leniency};

/// - No parser panics, and an error stands inside the line or at its end.
/// - What a strict reading accepts has no defects, and a lenient one reads the same.
/// - What is written of what was read is a line, is read again, and is written as the same line; after
///   a reading without defects it is read as the same value, strictly.
pub fn run(data: &[u8]) {
    let mut dice = Dice::new(data);
    let by_name = leniency(dice.byte() | 1);
    let line = Bytes::copy_from_slice(dice.rest());

    let check = Check { line: &line, by_name };
    check.parser(Command::parse, Command::encode);
    check.parser(Status::parse, Status::encode);
    check.parser(Greeting::parse, Greeting::encode);
    check.parser(Challenge::parse, Challenge::encode);
    check.parser(SaslResponse::parse, SaslResponse::encode);
    check.parser(parse_capability, Capability::encode);
    check.parser(MechanismListing::parse, MechanismListing::encode);
    check.parser(LanguageListing::parse, LanguageListing::encode);
    check.reply(LanguageListing::parse_reply, LanguageListing::encode_reply);
    check.parser(ScanListing::parse, ScanListing::encode);
    check.reply(ScanListing::parse_reply, ScanListing::encode_reply);
    check.parser(UidListing::parse, UidListing::encode);
    check.reply(
        |status, reading| UidListing::parse_reply(status, MessageNumber::FIRST, reading),
        UidListing::encode_reply,
    );
    check.reply(DropListing::parse_reply, DropListing::encode_reply);

    strings(&line);
    base64(&line);
    line_ends(&line, usize::from(data.len() as u8) + 1);
}

type Sink = Vec<u8>;

struct Check<'a> {
    line: &'a Bytes,
    by_name: Leniency<Defect>,
}

impl Check<'_> {
    fn parser<T: PartialEq + Debug>(
        &self,
        parse: impl Fn(&Bytes, &mut Reading<Defect>) -> Result<T, ParseError>,
        encode: impl Fn(&T, &mut Sink),
    ) {
        self.parser_within(0, parse, encode);
    }

    /// A reply is a value that does not know how its spaces stood, so that errors in its text are told
    /// as of the line that we would write: up to two octets further.
    fn reply<T: PartialEq + Debug>(
        &self,
        parse: impl Fn(&Status, &mut Reading<Defect>) -> Result<T, ParseError>,
        encode: impl Fn(&T, &mut Sink),
    ) {
        let whole = |line: &Bytes, reading: &mut Reading<Defect>| {
            parse(&Status::parse(line, reading)?, reading)
        };
        self.parser_within(2, whole, encode);
    }

    fn parser_within<T: PartialEq + Debug>(
        &self,
        behind: usize,
        parse: impl Fn(&Bytes, &mut Reading<Defect>) -> Result<T, ParseError>,
        encode: impl Fn(&T, &mut Sink),
    ) {
        let read = |line: &Bytes, leniency| {
            let mut reading = Reading::new(leniency);
            let result = parse(line, &mut reading);
            match &result {
                Ok(_) => {
                    let end = (line.len() + behind) as u64;
                    assert!(reading.defects.iter().all(|defect| defect.at <= end));
                }
                Err(error) => assert!(error.at <= line.len() + behind, "{error} in {line:?}"),
            }
            (result, reading.defects)
        };
        let strict = read(self.line, Leniency::strict());
        let lenient = read(self.line, Leniency::lenient());
        let by_name = read(self.line, self.by_name);
        if strict.0.is_ok() {
            assert_eq!(strict.1, [], "a defect in a strict reading");
            assert_eq!(strict, lenient);
        }
        for (value, defects) in [lenient, by_name] {
            let Ok(value) = value else { continue };
            let once = written(|out| encode(&value, out));
            let (again, more) = read(&once, Leniency::lenient());
            let again = again.unwrap_or_else(|error| panic!("{error} in our own {once:?}"));
            assert_eq!(written(|out| encode(&again, out)), once, "of {:?}", self.line);
            if defects.is_empty() {
                assert_eq!(again, value);
                assert_eq!(more, []);
                assert_eq!(read(&once, Leniency::strict()).0.as_ref(), Ok(&value));
            }
        }
    }
}

/// The line that is written, which is one.
fn written(encode: impl FnOnce(&mut Sink)) -> Bytes {
    let mut out = Vec::new();
    encode(&mut out);
    let out = Bytes::from(out);
    let line = out.strip_suffix(b"\r\n").expect("a line ends in CRLF");
    assert!(!line.iter().any(|octet| b"\r\n\0".contains(octet)), "{out:?} is not one line");
    out.slice_ref(line)
}

fn parse_capability(
    line: &Bytes,
    reading: &mut Reading<Defect>,
) -> Result<Capability, ParseError> {
    let end = ParseError::new(0, "a line that is not the end");
    Capability::parse(&unstuff_line(line, &Leniency::strict()).ok_or(end)?, reading)
}

/// The validated strings: what they take they keep, and what they refuse they say where.
fn strings(line: &Bytes) {
    macro_rules! keeps {
        ($($name:ident),+) => {
            $(match $name::new(line.clone()) {
                Ok(value) => assert_eq!(value.as_bytes(), line),
                Err(error) => assert!(error.at <= line.len(), "{error}"),
            })+
        };
    }
    keeps!(Text, Name, UniqueId, RawCode, Timestamp);
    let text = Text::sanitized(line);
    assert_eq!(text.as_bytes().len(), line.len());
    if let Some(found) = Timestamp::find(&text) {
        assert!(text.as_bytes().windows(found.as_bytes().len()).any(|part| part == found.as_bytes()));
        assert!(Timestamp::new(found.clone().into_bytes()).is_ok());
    }
    if let Ok(raw) = RawCode::new(line.clone()) {
        let code = ResponseCode::Other(raw);
        if let Some(known) = code.known() {
            let prefix = &code.as_bytes()[..known.as_bytes().len()];
            assert!(prefix.eq_ignore_ascii_case(known.as_bytes()));
        }
    }
    assert!(mail_proto::Escaped(line).to_string().chars().all(|c| !c.is_control()));
}

fn base64(line: &Bytes) {
    match sasl::decode_base64(line) {
        Ok(octets) => {
            assert_eq!(sasl::encode_base64(&octets).as_bytes(), line);
            assert_eq!(sasl::decode_base64_unpadded(line).as_ref(), Ok(&octets));
        }
        Err(error) => assert!(error.at <= line.len(), "{error}"),
    }
    if let Ok(plain) = Plain::decode(line) {
        assert_eq!(plain.encode().expose(), line);
    }
}

/// The scanner finds what a look at every octet finds, an octet more at a time.
fn line_ends(octets: &[u8], limit: usize) {
    for bare_lf in [false, true] {
        let end = (0..octets.len().min(limit)).find(|at| {
            octets[*at] == b'\n' && (bare_lf || (*at > 0 && octets[*at - 1] == b'\r'))
        });
        let expected = match end {
            Some(end) => Line::Complete(end + 1),
            None if octets.len() >= limit => Line::TooLong,
            None => Line::Partial,
        };
        let (mut whole, mut pieces) = (LineScanner::default(), LineScanner::default());
        assert_eq!(whole.find(octets, limit, bare_lf), expected);
        let found = (0..=octets.len())
            .map(|end| pieces.find(&octets[..end], limit, bare_lf))
            .find(|found| *found != Line::Partial);
        assert_eq!(found.unwrap_or(Line::Partial), expected);
        assert_eq!(pieces.examined(), whole.examined());
        if let Line::Complete(end) = expected {
            let line = &octets[..end];
            assert!(line.len() - without_line_end(line).len() <= 2);
        }
    }
}
