//! Commands: what a client says, but for the lines of an authentication exchange.

use bytes::Bytes;
use mail_proto::sasl::{Mechanism, encode_base64};
use mail_proto::{ParseError, Reading, Secret, Sink};

use super::scan::{Words, base64, number};
use crate::{Defect, Digest, LanguageRange, MessageNumber, Name, Password, RawCommand, Shape};

/// A command.
///
/// ```abnf
/// pop3-command   = user / pass / apop / auth / quit / stat / list / retr / dele / noop / rset /
///                  top / uidl / capa / stls / utf8 / lang / xtnd
/// user           = "USER" SP name CRLF
/// pass           = "PASS" SP *pass-char CRLF
/// apop           = "APOP" SP name SP 32HEXDIG CRLF
/// auth           = "AUTH" [SP sasl-mech [SP initial-response]] CRLF
/// initial-response = base64 / "="
/// list           = "LIST" [SP msg] CRLF
/// retr           = "RETR" SP msg CRLF
/// dele           = "DELE" SP msg CRLF
/// top            = "TOP" SP msg SP 1*DIGIT CRLF
/// uidl           = "UIDL" [SP msg] CRLF
/// lang           = "LANG" [SP lang-range] CRLF
/// ```
///
/// and a keyword without arguments for the others. Keywords are case-insensitive.
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::{Command, MessageNumber};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let command = Command::parse(&Bytes::from_static(b"TOP 1 10"), &mut reading).unwrap();
/// assert_eq!(command, Command::Top { message: MessageNumber::FIRST, lines: 10 });
///
/// let error = Command::parse(&Bytes::from_static(b"DELE 0"), &mut reading).unwrap_err();
/// assert_eq!(error.to_string(), "at octet 5: expected a message number (1 to 4294967295)");
///
/// let login = Command::parse(&Bytes::from_static(b"PASS tanstaaf"), &mut reading).unwrap();
/// assert_eq!(format!("{login:?}"), "Pass(<hidden>)");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Command {
    /// Whose mailbox it is (RFC 1939 section 7).
    User(Name),
    /// The password, after a USER that was answered with +OK (RFC 1939 section 7).
    Pass(Secret<Password>),
    /// Both at once, the password as a [digest](crate::apop_digest) (RFC 1939 section 7).
    Apop {
        /// Whose mailbox it is.
        name: Name,
        /// The MD5 of the greeting's timestamp and the password.
        digest: Secret<Digest>,
    },
    /// An authentication exchange (RFC 5034).
    Auth {
        /// In which way.
        mechanism: Mechanism,
        /// The first thing the client has to say, decoded. Empty is not the same as none.
        initial: Option<Secret<Bytes>>,
    },
    /// AUTH without a mechanism: which ones are there? In no RFC, but common.
    AuthList,
    /// The end, and after the login the moment of deletion (RFC 1939 sections 4 and 6).
    Quit,
    /// How much mail is there (RFC 1939 section 5).
    Stat,
    /// The size of one message or of all (RFC 1939 section 5).
    List(Option<MessageNumber>),
    /// A message (RFC 1939 section 5).
    Retr(MessageNumber),
    /// Marks a message for deletion (RFC 1939 section 5).
    Dele(MessageNumber),
    /// Nothing (RFC 1939 section 5).
    Noop,
    /// Unmarks all messages (RFC 1939 section 5).
    Rset,
    /// The header of a message and the first lines of its body (RFC 1939 section 7).
    Top {
        /// Which message.
        message: MessageNumber,
        /// How many lines of the body.
        lines: u64,
    },
    /// The unique-id of one message or of all (RFC 1939 section 7).
    Uidl(Option<MessageNumber>),
    /// What the server can do (RFC 2449 section 5).
    Capa,
    /// TLS from here on (RFC 2595 section 4).
    Stls,
    /// UTF-8 in headers from here on (RFC 6856 section 2).
    Utf8,
    /// The language of the texts, or which ones are there (RFC 6856 section 3).
    Lang(Option<LanguageRange>),
    /// Anything else.
    Other(RawCommand),
}

/// The keyword in capitals, padded with spaces. Longer ones are all unknown.
fn normalized(keyword: &[u8]) -> [u8; 4] {
    let mut normal = [b' '; 4];
    if keyword.len() <= normal.len() {
        normal.iter_mut().zip(keyword).for_each(|(to, from)| *to = from.to_ascii_uppercase());
    }
    normal
}

/// Whether the command has a type of its own.
pub(crate) fn keyword_is_known(keyword: &[u8]) -> bool {
    matches!(
        &normalized(keyword),
        b"USER"
            | b"PASS"
            | b"APOP"
            | b"AUTH"
            | b"QUIT"
            | b"STAT"
            | b"LIST"
            | b"RETR"
            | b"DELE"
            | b"NOOP"
            | b"RSET"
            | b"TOP "
            | b"UIDL"
            | b"CAPA"
            | b"STLS"
            | b"UTF8"
            | b"LANG"
    )
}

impl Command {
    /// Reads a line without its CRLF.
    ///
    /// # Errors
    ///
    /// Where it is no command, and what is expected there. A message number 0 is an error, never
    /// message 1.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let mut words = Words::new(line);
        let command = match &normalized(words.word()) {
            b"USER" => Self::User(name(&mut words, reading)?),
            b"PASS" => Self::Pass(password(&mut words)?),
            b"APOP" => apop(&mut words, reading)?,
            b"AUTH" => auth(&mut words, reading)?,
            b"QUIT" => Self::Quit,
            b"STAT" => Self::Stat,
            b"LIST" => Self::List(optional_message(&mut words, reading)?),
            b"RETR" => Self::Retr(message(&mut words, reading)?),
            b"DELE" => Self::Dele(message(&mut words, reading)?),
            b"NOOP" => Self::Noop,
            b"RSET" => Self::Rset,
            b"TOP " => top(&mut words, reading)?,
            b"UIDL" => Self::Uidl(optional_message(&mut words, reading)?),
            b"CAPA" => Self::Capa,
            b"STLS" => Self::Stls,
            b"UTF8" => Self::Utf8,
            b"LANG" => lang(&mut words, reading)?,
            _ => Self::Other(RawCommand::parse(line)?),
        };
        match command {
            Self::Other(_) => reading.keep_raw(),
            _ => words.end(reading)?,
        }
        Ok(command)
    }

    /// Writes the line with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        sink.put(self.keyword());
        match self {
            Self::User(name) => put_argument(name.as_bytes(), sink),
            Self::Pass(password) => {
                sink.put(b" ");
                sink.put_secret(password.expose().as_bytes());
            }
            Self::Apop { name, digest } => {
                put_argument(name.as_bytes(), sink);
                sink.put(b" ");
                sink.put_secret(digest.expose().as_bytes());
            }
            Self::Auth { mechanism, initial } => {
                put_argument(mechanism.as_bytes(), sink);
                initial.iter().for_each(|initial| put_initial(initial, sink));
            }
            Self::List(message) | Self::Uidl(message) => {
                message.iter().for_each(|message| put_number(message.get().into(), sink));
            }
            Self::Retr(message) | Self::Dele(message) => put_number(message.get().into(), sink),
            Self::Top { message, lines } => {
                put_number(message.get().into(), sink);
                put_number(*lines, sink);
            }
            Self::Lang(range) => {
                range.iter().for_each(|range| put_argument(range.as_bytes(), sink));
            }
            Self::Other(raw) => raw.encode_arguments(sink),
            Self::AuthList
            | Self::Quit
            | Self::Stat
            | Self::Noop
            | Self::Rset
            | Self::Capa
            | Self::Stls
            | Self::Utf8 => {}
        }
        sink.put(b"\r\n");
    }

    /// The keyword, in capitals unless it is an unknown one.
    #[must_use]
    pub fn keyword(&self) -> &[u8] {
        match self {
            Self::User(_) => b"USER",
            Self::Pass(_) => b"PASS",
            Self::Apop { .. } => b"APOP",
            Self::Auth { .. } | Self::AuthList => b"AUTH",
            Self::Quit => b"QUIT",
            Self::Stat => b"STAT",
            Self::List(_) => b"LIST",
            Self::Retr(_) => b"RETR",
            Self::Dele(_) => b"DELE",
            Self::Noop => b"NOOP",
            Self::Rset => b"RSET",
            Self::Top { .. } => b"TOP",
            Self::Uidl(_) => b"UIDL",
            Self::Capa => b"CAPA",
            Self::Stls => b"STLS",
            Self::Utf8 => b"UTF8",
            Self::Lang(_) => b"LANG",
            Self::Other(raw) => raw.keyword(),
        }
    }

    /// What its +OK begins. That of an unknown command is taken for a single line, that of XTND for
    /// lines of no known kind (RFC 1082: "all positive responses to the XTND command are multi-line").
    #[must_use]
    pub fn shape(&self) -> Shape {
        match self {
            Self::Stat => Shape::Stat,
            Self::List(Some(_)) => Shape::ScanLine,
            Self::List(None) => Shape::ScanLines,
            Self::Uidl(Some(_)) => Shape::UidLine,
            Self::Uidl(None) => Shape::UidLines,
            Self::Capa => Shape::Capabilities,
            Self::AuthList => Shape::Mechanisms,
            Self::Lang(Some(_)) => Shape::LanguageLine,
            Self::Lang(None) => Shape::Languages,
            Self::Retr(_) | Self::Top { .. } => Shape::Body,
            Self::Auth { .. } => Shape::Sasl,
            Self::Other(raw) if raw.keyword().eq_ignore_ascii_case(b"XTND") => Shape::Body,
            Self::User(_)
            | Self::Pass(_)
            | Self::Apop { .. }
            | Self::Quit
            | Self::Dele(_)
            | Self::Noop
            | Self::Rset
            | Self::Stls
            | Self::Utf8
            | Self::Other(_) => Shape::Single,
        }
    }
}

fn name(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<Name, ParseError> {
    words.space(reading, "a space and a name")?;
    words.word_as(Name::new)
}

/// All that follows one space is the password, further spaces included.
fn password(words: &mut Words<'_>) -> Result<Secret<Password>, ParseError> {
    if words.rest().is_empty() {
        return Err(ParseError::new(words.at(), "a space and a password"));
    }
    words.skip(1);
    let at = words.at();
    let password = Password::new(words.take_rest()).map_err(|error| error.shifted(at))?;
    Ok(Secret::new(password))
}

fn apop(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<Command, ParseError> {
    let name = name(words, reading)?;
    words.space(reading, "a space and a digest")?;
    let digest = words.word_as(|word| Digest::parse(&word))?;
    Ok(Command::Apop { name, digest: Secret::new(digest) })
}

fn auth(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<Command, ParseError> {
    if !words.more(reading)? {
        return Ok(Command::AuthList);
    }
    let mechanism = words.word_as(|word| Mechanism::parse(&word))?;
    let initial = match words.more(reading)? {
        true => Some(initial(words, reading)?),
        false => None,
    };
    Ok(Command::Auth { mechanism, initial })
}

fn initial(
    words: &mut Words<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Secret<Bytes>, ParseError> {
    let at = words.at();
    match words.word() {
        b"=" => Ok(Secret::new(Bytes::new())),
        word => base64(word, at, reading),
    }
}

fn message(
    words: &mut Words<'_>,
    reading: &mut Reading<Defect>,
) -> Result<MessageNumber, ParseError> {
    words.space(reading, "a space and a message number")?;
    words.message_number(reading)
}

fn optional_message(
    words: &mut Words<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<MessageNumber>, ParseError> {
    match words.more(reading)? {
        true => words.message_number(reading).map(Some),
        false => Ok(None),
    }
}

fn top(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<Command, ParseError> {
    let message = message(words, reading)?;
    words.space(reading, "a space and a number of lines")?;
    let at = words.at();
    let lines = number(words.word(), at, "a number of lines below 2^64")?;
    Ok(Command::Top { message, lines })
}

fn lang(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<Command, ParseError> {
    match words.more(reading)? {
        true => words.word_as(LanguageRange::new).map(|range| Command::Lang(Some(range))),
        false => Ok(Command::Lang(None)),
    }
}

fn put_argument(argument: &[u8], sink: &mut impl Sink) {
    sink.put(b" ");
    sink.put(argument);
}

fn put_number(number: u64, sink: &mut impl Sink) {
    sink.put(b" ");
    sink.put_number(number);
}

fn put_initial(initial: &Secret<Bytes>, sink: &mut impl Sink) {
    sink.put(b" ");
    match initial.expose().as_ref() {
        [] => sink.put(b"="),
        octets => sink.put_secret(encode_base64(octets).as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::format;
    use alloc::vec;

    fn one() -> MessageNumber {
        MessageNumber::FIRST
    }

    #[test]
    fn every_command() {
        let raw = |keyword: &'static str, arguments: &str| {
            Command::Other(RawCommand::new(keyword, arguments.try_into().unwrap()).unwrap())
        };
        let digest = Digest::new("c4c9334bac560ecc979e58001b3e22fb").unwrap();
        let mechanism = Mechanism::new("PLAIN").unwrap();
        let auth = |initial| Command::Auth { mechanism: mechanism.clone(), initial };
        let secret =
            |octets: &'static str| Some(Secret::new(Bytes::from_static(octets.as_bytes())));
        let known = [
            ("USER mrose", Command::User(Name::new("mrose").unwrap())),
            ("PASS a b ", Command::Pass(Secret::new(Password::new("a b ").unwrap()))),
            ("PASS ", Command::Pass(Secret::new(Password::new("").unwrap()))),
            (
                "APOP mrose c4c9334bac560ecc979e58001b3e22fb",
                Command::Apop { name: Name::new("mrose").unwrap(), digest: Secret::new(digest) },
            ),
            ("AUTH", Command::AuthList),
            ("AUTH PLAIN", auth(None)),
            ("AUTH PLAIN =", auth(secret(""))),
            ("AUTH PLAIN dGVzdA==", auth(secret("test"))),
            ("QUIT", Command::Quit),
            ("STAT", Command::Stat),
            ("LIST", Command::List(None)),
            ("LIST 1", Command::List(Some(one()))),
            ("RETR 1", Command::Retr(one())),
            ("DELE 1", Command::Dele(one())),
            ("NOOP", Command::Noop),
            ("RSET", Command::Rset),
            ("TOP 1 0", Command::Top { message: one(), lines: 0 }),
            ("UIDL", Command::Uidl(None)),
            ("UIDL 1", Command::Uidl(Some(one()))),
            ("CAPA", Command::Capa),
            ("STLS", Command::Stls),
            ("UTF8", Command::Utf8),
            ("LANG", Command::Lang(None)),
            ("LANG *", Command::Lang(Some(LanguageRange::new("*").unwrap()))),
            ("LANG en-boont", Command::Lang(Some(LanguageRange::new("en-boont").unwrap()))),
            ("LAST", raw("LAST", "")),
            ("XTND ARCHIVE system", raw("XTND", "ARCHIVE system")),
            ("x:y  z ", raw("x:y", " z ")),
        ];
        for (line, command) in known {
            assert_eq!(strict(line.as_bytes(), Command::parse), Ok(command.clone()), "{line}");
            let octets = format!("{line}\r\n").into_bytes();
            assert_eq!(written(|out| command.encode(out)), octets, "{line}");
            assert!(octets.starts_with(command.keyword()));
        }
    }

    #[test]
    fn keywords_of_any_case() {
        assert_eq!(strict(b"sTaT", Command::parse), Ok(Command::Stat));
        assert_eq!(
            strict(b"top 1 2", Command::parse),
            Ok(Command::Top { message: one(), lines: 2 })
        );
        let lang = strict(b"auth plain =", Command::parse).unwrap();
        assert_eq!(written(|out| lang.encode(out)), b"AUTH PLAIN =\r\n");
    }

    #[test]
    fn errors_say_where_and_what() {
        let cases: [(&[u8], usize, &str); 22] = [
            (b"", 0, "a command keyword (1 to 40 printable characters)"),
            (b" STAT", 0, "a command keyword (1 to 40 printable characters)"),
            (b"\x16\x03\x01\x02", 0, "a command keyword (1 to 40 printable characters)"),
            (b"STAT 1", 4, "the end of the line"),
            (b"RETR", 4, "a space and a message number"),
            (b"RETR 0", 5, "a message number (1 to 4294967295)"),
            (b"RETR 00", 5, "a message number (1 to 4294967295)"),
            (b"RETR 4294967296", 5, "a message number (1 to 4294967295)"),
            (b"RETR -1", 5, "a message number (1 to 4294967295)"),
            (b"RETR 1x", 6, "a message number (1 to 4294967295)"),
            (b"RETR 1 2", 6, "the end of the line"),
            (b"DELE 0", 5, "a message number (1 to 4294967295)"),
            (b"LIST x", 5, "a message number (1 to 4294967295)"),
            (b"TOP 1", 5, "a space and a number of lines"),
            (b"TOP 1 -1", 6, "a number of lines below 2^64"),
            (b"TOP 1 1 1", 7, "the end of the line"),
            (b"USER", 4, "a space and a name"),
            (b"USER joe smith", 8, "the end of the line"),
            (b"PASS", 4, "a space and a password"),
            (b"APOP joe", 8, "a space and a digest"),
            (
                b"APOP joe c4c9334bac560ecc979e58001b3e22fg",
                40,
                "32 hexadecimal digits in lower case",
            ),
            (b"AUTH PLAIN dGVz*A==", 15, "a base64 character"),
        ];
        for (line, at, expected) in cases {
            let error = Err(ParseError::new(at, expected));
            assert_eq!(strict(line, Command::parse), error, "{line:?}");
            assert_eq!(lenient(line, Command::parse).0, error, "{line:?}");
        }
    }

    #[test]
    fn odd_spaces_are_read_and_reported() {
        let cases: [(&[u8], &str, Defect); 5] = [
            (b"USER  joe", "USER joe\r\n", Defect::DoubleSpace),
            (
                b"APOP joe  c4c9334bac560ecc979e58001b3e22fb",
                "APOP joe c4c9334bac560ecc979e58001b3e22fb\r\n",
                Defect::DoubleSpace,
            ),
            (b"AUTH ", "AUTH\r\n", Defect::TrailingSpace),
            (b"LIST  ", "LIST\r\n", Defect::TrailingSpace),
            (b"RETR 07", "RETR 7\r\n", Defect::LeadingZeros),
        ];
        for (line, octets, defect) in cases {
            let (command, defects) = lenient(line, Command::parse);
            assert_eq!(written(|out| command.unwrap().encode(out)), octets.as_bytes());
            assert_eq!(defects, vec![defect]);
            assert!(strict(line, Command::parse).is_err());
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        for line in [
            &b"PASS hunter2"[..],
            b"AUTH PLAIN aHVudGVyMg==",
            b"APOP joe c4c9334bac560ecc979e58001b3e22fb",
        ] {
            let shown = format!("{:?}", strict(line, Command::parse).unwrap());
            assert!(shown.contains("<hidden>"), "{shown}");
            assert!(!shown.contains("hunter2") && !shown.contains("c4c9"), "{shown}");
        }
    }
}
