//! What a server can do: the lines of CAPA.

use alloc::vec::Vec;
use bytes::Bytes;
use mail_proto::sasl::Mechanism;
use mail_proto::{ParseError, Reading, Sink, Text};

use super::body::put_stuffed;
use super::scan::{Words, number, put_text, text_octets};
use crate::Defect;

/// A line of the answer to CAPA.
///
/// ```abnf
/// capa-line      = capa-tag *(SP param) CRLF
/// capa-tag       = 1*(%x21-2D / %x2F-7F)
/// param          = 1*VCHAR
/// ```
///
/// (RFC 2449 sections 3, 5 and 6.) Tags are case-insensitive. A line that is not as the RFC of its tag
/// says is read leniently as [`Other`](Self::Other), so that none is lost. A lenient reading of odd
/// words among the mechanisms of SASL leaves those words out.
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::{Capability, Expire};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let mut read = |line| Capability::parse(&Bytes::from_static(line), &mut reading).unwrap();
/// assert_eq!(read(b"EXPIRE 31 USER"), Capability::Expire { days: Expire::Days(31), per_user: true });
/// assert_eq!(read(b"X-SPEED 11").tag(), b"X-SPEED");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Capability {
    /// The TOP command (RFC 2449 section 6.1).
    Top,
    /// The USER and PASS commands (RFC 2449 section 6.2).
    User,
    /// The UIDL command (RFC 2449 section 6.8).
    Uidl,
    /// The AUTH command, with these mechanisms (RFC 2449 section 6.3, RFC 5034 section 3).
    Sasl(Vec<Mechanism>),
    /// A text that begins with `[` begins with a response code (RFC 2449 section 6.4).
    RespCodes,
    /// The least time between two logins (RFC 2449 section 6.5).
    LoginDelay {
        /// From one login to the next.
        seconds: u32,
        /// After the login it can be less.
        per_user: bool,
    },
    /// Commands may follow without waiting (RFC 2449 section 6.6).
    Pipelining,
    /// How long messages stay (RFC 2449 section 6.7).
    Expire {
        /// How long at least.
        days: Expire,
        /// After the login it can be longer.
        per_user: bool,
    },
    /// What the server is; never a reason to do anything (RFC 2449 section 6.9).
    Implementation(Text),
    /// The STLS command (RFC 2595 section 4).
    Stls,
    /// Each refusal of credentials has the code AUTH (RFC 3206 section 6).
    AuthRespCode,
    /// The UTF8 command (RFC 6856 section 2).
    Utf8 {
        /// Names and passwords may be UTF-8.
        user: bool,
    },
    /// The LANG command (RFC 6856 section 3).
    Lang,
    /// Any other line, octet for octet.
    Other(Text),
}

/// How long messages stay on the server (RFC 2449 section 6.7).
///
/// ```
/// assert!(pop3_proto::Expire::Days(30) < pop3_proto::Expire::Never);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Expire {
    /// So many days at least; with 0 mail may not be left on the server.
    Days(u32),
    /// The server deletes nothing by itself.
    Never,
}

impl Capability {
    /// Reads a line without its CRLF, [unstuffed](crate::unstuff_line).
    ///
    /// # Errors
    ///
    /// It is not as its RFC says and the reading is strict.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let line = text_octets(line.clone(), 0, reading)?;
        let before = reading.defects.len();
        let error = match Self::typed(&line, reading) {
            Ok(capability) => return Ok(capability),
            Err(error) => error,
        };
        // The whole line is the defect, whatever was noted on the way.
        reading.defects.truncate(before);
        reading.tolerate(Defect::OddCapability, error.at, error.expected)?;
        reading.keep_raw();
        Text::new(line).map(Self::Other)
    }

    fn typed(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let mut words = Words::new(line);
        let tag = words.word();
        let is = |known: &Self| known.tag().eq_ignore_ascii_case(tag);
        if let Some(plain) = Self::PLAIN.into_iter().find(is) {
            words.end(reading)?;
            return Ok(plain);
        }
        let capability = match tag.to_ascii_uppercase().as_slice() {
            b"SASL" => Self::Sasl(mechanisms(&mut words, reading)?),
            b"LOGIN-DELAY" => {
                words.space(reading, "a space and a number of seconds")?;
                let seconds = small_number(&mut words, "a number of seconds below 2^32")?;
                Self::LoginDelay { seconds, per_user: user(&mut words, reading)? }
            }
            b"EXPIRE" => {
                words.space(reading, "a space and a number of days")?;
                let days = days(&mut words)?;
                Self::Expire { days, per_user: user(&mut words, reading)? }
            }
            b"UTF8" => Self::Utf8 { user: user(&mut words, reading)? },
            b"IMPLEMENTATION" => {
                if let Err(odd) = check_params(words.clone(), reading) {
                    reading.tolerate(Defect::OddCapability, odd.at, odd.expected)?;
                }
                words.skip(1);
                Self::Implementation(Text::new(words.take_rest())?)
            }
            _ => return other(line, reading),
        };
        words.end(reading)?;
        Ok(capability)
    }

    /// Those that have no arguments.
    const PLAIN: [Self; 8] = [
        Self::Top,
        Self::User,
        Self::Uidl,
        Self::RespCodes,
        Self::Pipelining,
        Self::Stls,
        Self::AuthRespCode,
        Self::Lang,
    ];

    /// The tag, in capitals unless it is an unknown one.
    #[must_use]
    pub fn tag(&self) -> &[u8] {
        match self {
            Self::Top => b"TOP",
            Self::User => b"USER",
            Self::Uidl => b"UIDL",
            Self::Sasl(_) => b"SASL",
            Self::RespCodes => b"RESP-CODES",
            Self::LoginDelay { .. } => b"LOGIN-DELAY",
            Self::Pipelining => b"PIPELINING",
            Self::Expire { .. } => b"EXPIRE",
            Self::Implementation(_) => b"IMPLEMENTATION",
            Self::Stls => b"STLS",
            Self::AuthRespCode => b"AUTH-RESP-CODE",
            Self::Utf8 { .. } => b"UTF8",
            Self::Lang => b"LANG",
            Self::Other(line) => {
                line.as_bytes().split(|octet| *octet == b' ').next().unwrap_or_default()
            }
        }
    }

    /// Writes the line with its CRLF, stuffed.
    pub fn encode(&self, sink: &mut impl Sink) {
        match self {
            Self::Other(line) => put_stuffed(line.as_bytes(), sink),
            known => known.encode_known(sink),
        }
        sink.put(b"\r\n");
    }

    fn encode_known(&self, sink: &mut impl Sink) {
        sink.put(self.tag());
        match self {
            Self::Sasl(mechanisms) => mechanisms.iter().for_each(|mechanism| {
                sink.put(b" ");
                sink.put(mechanism.as_bytes());
            }),
            Self::LoginDelay { seconds, per_user } => {
                put_number(*seconds, sink);
                put_user(*per_user, sink);
            }
            Self::Expire { days, per_user } => {
                match days {
                    Expire::Days(days) => put_number(*days, sink),
                    Expire::Never => sink.put(b" NEVER"),
                }
                put_user(*per_user, sink);
            }
            Self::Implementation(text) if !text.is_empty() => {
                sink.put(b" ");
                put_text(text, sink);
            }
            Self::Utf8 { user } => put_user(*user, sink),
            _ => {}
        }
    }
}

/// A line whose tag we do not know.
fn other(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Capability, ParseError> {
    let mut words = Words::new(line);
    let tag = words.word();
    let wrong = tag.iter().position(|octet| !matches!(octet, 0x21..=0x2d | 0x2f..=0x7f));
    if let Some(at) = wrong.or(tag.is_empty().then_some(0)) {
        return Err(ParseError::new(at, "a capability tag (without a dot)"));
    }
    check_params(words, reading)?;
    reading.keep_raw();
    Text::new(line.clone()).map(Capability::Other)
}

/// `*(SP 1*VCHAR)`, of which only the spaces are looked at here.
fn check_params(mut words: Words<'_>, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
    while words.more(reading)? {
        let at = words.at();
        if let Some(odd) = words.word().iter().position(|octet| !octet.is_ascii()) {
            return Err(ParseError::new(at.saturating_add(odd), "a printable character"));
        }
    }
    Ok(())
}

fn mechanisms(
    words: &mut Words<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Vec<Mechanism>, ParseError> {
    let mut mechanisms = Vec::new();
    while words.more(reading)? {
        match words.word_as(|word| Mechanism::parse(&word)) {
            Ok(mechanism) => mechanisms.push(mechanism),
            Err(error) => reading.tolerate(Defect::OddMechanism, error.at, error.expected)?,
        }
    }
    Ok(mechanisms)
}

fn small_number(words: &mut Words<'_>, expected: &'static str) -> Result<u32, ParseError> {
    let at = words.at();
    let number = number(words.word(), at, expected)?;
    u32::try_from(number).map_err(|_| ParseError::new(at, expected))
}

fn days(words: &mut Words<'_>) -> Result<Expire, ParseError> {
    if words.clone().word().eq_ignore_ascii_case(b"NEVER") {
        words.word();
        return Ok(Expire::Never);
    }
    small_number(words, "NEVER or a number of days below 2^32").map(Expire::Days)
}

/// `[SP "USER"]`
fn user(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<bool, ParseError> {
    if !words.more(reading)? {
        return Ok(false);
    }
    let at = words.at();
    match words.word().eq_ignore_ascii_case(b"USER") {
        true => Ok(true),
        false => Err(ParseError::new(at, "USER")),
    }
}

fn put_number(number: u32, sink: &mut impl Sink) {
    sink.put(b" ");
    sink.put_number(number.into());
}

fn put_user(user: bool, sink: &mut impl Sink) {
    if user {
        sink.put(b" USER");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec;

    fn mechanism(name: &'static str) -> Mechanism {
        Mechanism::new(name).unwrap()
    }

    #[test]
    fn every_capability() {
        let text = |octets: &'static str| Text::new(octets).unwrap();
        let known = [
            ("TOP", Capability::Top),
            ("USER", Capability::User),
            ("UIDL", Capability::Uidl),
            ("SASL", Capability::Sasl(vec![])),
            (
                "SASL CRAM-MD5 PLAIN",
                Capability::Sasl(vec![mechanism("CRAM-MD5"), mechanism("PLAIN")]),
            ),
            ("RESP-CODES", Capability::RespCodes),
            ("LOGIN-DELAY 900", Capability::LoginDelay { seconds: 900, per_user: false }),
            ("LOGIN-DELAY 0 USER", Capability::LoginDelay { seconds: 0, per_user: true }),
            ("PIPELINING", Capability::Pipelining),
            ("EXPIRE 60", Capability::Expire { days: Expire::Days(60), per_user: false }),
            (
                "EXPIRE 4294967295 USER",
                Capability::Expire { days: Expire::Days(u32::MAX), per_user: true },
            ),
            ("EXPIRE NEVER", Capability::Expire { days: Expire::Never, per_user: false }),
            (
                "IMPLEMENTATION BlurdyBlurp POP3 server",
                Capability::Implementation(text("BlurdyBlurp POP3 server")),
            ),
            ("IMPLEMENTATION", Capability::Implementation(text(""))),
            ("STLS", Capability::Stls),
            ("AUTH-RESP-CODE", Capability::AuthRespCode),
            ("UTF8", Capability::Utf8 { user: false }),
            ("UTF8 USER", Capability::Utf8 { user: true }),
            ("LANG", Capability::Lang),
            ("X-Speed 11 b", Capability::Other(text("X-Speed 11 b"))),
        ];
        for (line, capability) in known {
            assert_eq!(
                strict(line.as_bytes(), Capability::parse),
                Ok(capability.clone()),
                "{line}"
            );
            let octets = [line.as_bytes(), b"\r\n"].concat();
            assert_eq!(written(|out| capability.encode(out)), octets);
            assert!(octets.starts_with(capability.tag()));
        }
        assert_eq!(
            strict(b"expire never user", Capability::parse),
            Ok(Capability::Expire { days: Expire::Never, per_user: true })
        );
    }

    #[test]
    fn no_line_is_lost() {
        for line in [
            "EXPIRE",
            "EXPIRE soon",
            "EXPIRE 4294967296",
            "EXPIRE 1 SERVER",
            "LOGIN-DELAY -1",
            "TOP 10",
            "UTF8 USER USER",
            "X.Y",
            ".",
            "",
            " TOP",
            "X \u{e9}",
        ] {
            let (capability, defects) = lenient(line.as_bytes(), Capability::parse);
            let capability = capability.unwrap();
            assert_eq!(capability, Capability::Other(line.try_into().unwrap()), "{line}");
            assert_eq!(defects, vec![Defect::OddCapability], "{line}");
            assert!(strict(line.as_bytes(), Capability::parse).is_err(), "{line}");
        }
    }

    #[test]
    fn a_line_that_begins_with_a_dot_does_not_end_the_list() {
        let of =
            |line: &str| written(|out| Capability::Other(line.try_into().unwrap()).encode(out));
        assert_eq!(of("."), b"..\r\n");
        assert_eq!(of(".X"), b"..X\r\n");
        assert_eq!(of("X"), b"X\r\n");
    }

    #[test]
    fn an_odd_mechanism_does_not_break_its_line() {
        let (capability, defects) = lenient(b"SASL PLAIN X*Y LOGIN", Capability::parse);
        assert_eq!(capability, Ok(Capability::Sasl(vec![mechanism("PLAIN"), mechanism("LOGIN")])));
        assert_eq!(defects, vec![Defect::OddMechanism]);
        assert_eq!(strict(b"SASL PLAIN X*Y LOGIN", Capability::parse).unwrap_err().at, 12);
    }

    #[test]
    fn odd_spaces() {
        assert_eq!(
            lenient(b"TOP ", Capability::parse),
            (Ok(Capability::Top), vec![Defect::TrailingSpace])
        );
        let (capability, defects) = lenient(b"EXPIRE  5", Capability::parse);
        assert_eq!(capability, Ok(Capability::Expire { days: Expire::Days(5), per_user: false }));
        assert_eq!(defects, vec![Defect::DoubleSpace]);
        let (capability, defects) = lenient(b"X  Y ", Capability::parse);
        assert_eq!(capability, Ok(Capability::Other("X  Y ".try_into().unwrap())));
        assert_eq!(defects, vec![Defect::DoubleSpace, Defect::TrailingSpace]);
    }
}
