//! What is written is read as it was meant; what is read is written so that it is read again; what the
//! grammar derives is accepted; no string and no number leads astray.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

#[path = "round_trip/values.rs"]
mod values;

use std::fmt::Debug;

use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading, Secret, Text};
use pop3_proto::{
    Capability, Challenge, Command, Defect, Digest, DropListing, Expire, Greeting, LanguageListing,
    LanguageRange, LanguageTag, Mechanism, MechanismListing, MessageNumber, Name, Password,
    RawCode, RawCommand, ResponseCode, SaslResponse, ScanListing, Status, StatusKind, Timestamp,
    UidListing, UniqueId, unstuff_line,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use values::*;

type Parsed<T> = Result<T, ParseError>;
type Checked = Result<(), TestCaseError>;

fn strict() -> Reading<Defect> {
    Reading::new(Leniency::strict())
}

fn lenient() -> Reading<Defect> {
    Reading::new(Leniency::lenient())
}

fn written(encode: impl FnOnce(&mut Vec<u8>)) -> Bytes {
    let mut out = Vec::new();
    encode(&mut out);
    out.into()
}

/// The one line that was written.
fn line(octets: &Bytes) -> Bytes {
    let line = octets.strip_suffix(b"\r\n").unwrap();
    assert!(!line.iter().any(|octet| b"\r\n\0".contains(octet)), "{octets:?}");
    octets.slice_ref(line)
}

/// `parse(encode(x)) == x`, strictly.
fn round<T: PartialEq + Debug>(
    value: &T,
    encode: impl Fn(&T, &mut Vec<u8>),
    parse: impl Fn(&Bytes, &mut Reading<Defect>) -> Parsed<T>,
) -> Checked {
    let line = line(&written(|out| encode(value, out)));
    let read = parse(&line, &mut strict());
    prop_assert_eq!(read.as_ref(), Ok(value), "{:?}", line);
    Ok(())
}

/// `encode(parse(b))` is a line that is read as the same and written as the same.
fn settles<T: PartialEq + Debug>(
    octets: &Bytes,
    encode: impl Fn(&T, &mut Vec<u8>),
    parse: impl Fn(&Bytes, &mut Reading<Defect>) -> Parsed<T>,
) -> Checked {
    if let Ok(value) = parse(octets, &mut lenient()) {
        let once = written(|out| encode(&value, out));
        let again = parse(&line(&once), &mut lenient()).unwrap();
        prop_assert_eq!(written(|out| encode(&again, out)), once, "{:?}", octets);
    }
    Ok(())
}

fn encode_capability(capability: &Capability, out: &mut Vec<u8>) {
    capability.encode(out);
}

fn parse_capability(line: &Bytes, reading: &mut Reading<Defect>) -> Parsed<Capability> {
    let end = ParseError::new(0, "a line, not the end of the list");
    Capability::parse(&unstuff_line(line, &Leniency::strict()).ok_or(end)?, reading)
}

fn parse_stat(line: &Bytes, reading: &mut Reading<Defect>) -> Parsed<DropListing> {
    DropListing::parse_reply(&Status::parse(line, reading)?, reading)
}

fn parse_list(line: &Bytes, reading: &mut Reading<Defect>) -> Parsed<ScanListing> {
    ScanListing::parse_reply(&Status::parse(line, reading)?, reading)
}

fn parse_uidl(line: &Bytes, reading: &mut Reading<Defect>) -> Parsed<UidListing> {
    UidListing::parse_reply(&Status::parse(line, reading)?, MessageNumber::FIRST, reading)
}

fn parse_lang(line: &Bytes, reading: &mut Reading<Defect>) -> Parsed<LanguageListing> {
    LanguageListing::parse_reply(&Status::parse(line, reading)?, reading)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn commands(command in command()) {
        round(&command, |c, out| c.encode(out), Command::parse)?;
    }

    #[test]
    fn statuses(status in status()) {
        round(&status, |s, out| s.encode(out), Status::parse)?;
    }

    #[test]
    fn greetings(status in status(), stamp in timestamp()) {
        round(&Greeting::new(status.clone()), |g, out| g.encode(out), Greeting::parse)?;
        let plain: Vec<u8> = status.text.as_bytes().iter().copied().filter(|o| !b"<>".contains(o)).collect();
        let ready = Greeting::ready(Text::new(plain).unwrap(), Some(&stamp));
        prop_assert_eq!(ready.timestamp(), Some(&stamp));
        round(&ready, |g, out| g.encode(out), Greeting::parse)?;
    }

    #[test]
    fn listings(
        (messages, octets) in any::<(u64, u64)>(), scan in scan_listing(), uid in uid_listing(),
        language in language_listing(), mechanism in mechanism(),
    ) {
        round(&DropListing::new(messages, octets), |l, out| l.encode_reply(out), parse_stat)?;
        round(&scan, |l, out| l.encode(out), ScanListing::parse)?;
        round(&scan, |l, out| l.encode_reply(out), parse_list)?;
        round(&uid, |l, out| l.encode(out), UidListing::parse)?;
        round(&uid, |l, out| l.encode_reply(out), parse_uidl)?;
        round(&language, |l, out| l.encode(out), LanguageListing::parse)?;
        round(&language, |l, out| l.encode_reply(out), parse_lang)?;
        round(&MechanismListing { mechanism }, |l, out| l.encode(out), MechanismListing::parse)?;
    }

    #[test]
    fn capabilities(capability in capability()) {
        round(&capability, encode_capability, parse_capability)?;
    }

    #[test]
    fn authentication(data in secret()) {
        round(&Challenge::new(data.clone()), |c, out| c.encode(out), Challenge::parse)?;
        round(&SaslResponse::Data(data), |r, out| r.encode(out), SaslResponse::parse)?;
        round(&SaslResponse::Cancel, |r, out| r.encode(out), SaslResponse::parse)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    #[test]
    fn any_line_settles(octets in line_like()) {
        settles(&octets, |c, out| c.encode(out), Command::parse)?;
        settles(&octets, |s, out| s.encode(out), Status::parse)?;
        settles(&octets, |g, out| g.encode(out), Greeting::parse)?;
        settles(&octets, |c, out| c.encode(out), Challenge::parse)?;
        settles(&octets, |r, out| r.encode(out), SaslResponse::parse)?;
        settles(&octets, |l, out| l.encode_reply(out), parse_stat)?;
        settles(&octets, |l, out| l.encode(out), ScanListing::parse)?;
        settles(&octets, |l, out| l.encode_reply(out), parse_list)?;
        settles(&octets, |l, out| l.encode(out), UidListing::parse)?;
        settles(&octets, |l, out| l.encode(out), LanguageListing::parse)?;
        settles(&octets, |l, out| l.encode(out), MechanismListing::parse)?;
        settles(&octets, encode_capability, parse_capability)?;
    }

    /// Whatever a strict reading accepts, a lenient one reads the same, without defects.
    #[test]
    fn lenient_reads_what_strict_does(octets in line_like()) {
        same(&octets, Command::parse)?;
        same(&octets, Status::parse)?;
        same(&octets, Challenge::parse)?;
        same(&octets, SaslResponse::parse)?;
        same(&octets, parse_stat)?;
        same(&octets, ScanListing::parse)?;
        same(&octets, UidListing::parse)?;
        same(&octets, parse_uidl)?;
        same(&octets, LanguageListing::parse)?;
        same(&octets, Capability::parse)?;
    }

    /// Whatever strings go into a command: one line comes out, and it is that command.
    #[test]
    fn no_string_injects_a_command(
        first in any_octets(), second in any_octets(), octets in vec(any::<u8>(), 0..20),
    ) {
        let mut commands: Vec<Command> = Vec::new();
        commands.extend(Name::new(first.clone()).map(Command::User));
        commands.extend(Password::new(first.clone()).map(|p| Command::Pass(Secret::new(p))));
        if let (Ok(name), Ok(digest)) = (Name::new(first.clone()), Digest::new("0".repeat(32))) {
            commands.push(Command::Apop { name, digest: Secret::new(digest) });
        }
        if let Ok(mechanism) = Mechanism::parse(&first) {
            let initial = Some(Secret::new(octets.into()));
            commands.push(Command::Auth { mechanism, initial });
        }
        commands.extend(LanguageRange::new(first.clone()).map(|range| Command::Lang(Some(range))));
        if let Ok(arguments) = Text::new(second) {
            commands.extend(RawCommand::new(first, arguments).map(Command::Other));
        }
        for command in commands {
            round(&command, |c, out| c.encode(out), Command::parse)?;
        }
    }

    /// Whatever strings go into a reply: one line comes out, of the same kind and the same code.
    #[test]
    fn no_string_forges_a_reply(octets in vec(any::<u8>(), 0..40), code in option::of(code())) {
        let text = Text::sanitized(&octets);
        let status = Status { kind: StatusKind::Err, code, text: text.clone() };
        let read = Status::parse(&line(&written(|out| status.encode(out))), &mut strict()).unwrap();
        prop_assert_eq!((read.kind, read.code), (status.kind, status.code));
        let wire = written(|out| Capability::Other(text.clone()).encode(out));
        prop_assert!(line(&wire) != "." , "a line never ends its list");
        let tag = LanguageTag::new("en").unwrap();
        let listing = LanguageListing { tag, description: text };
        line(&written(|out| listing.encode(out)));
    }
}

fn any_octets() -> impl Strategy<Value = Bytes> {
    prop_oneof![vec(any::<u8>(), 0..20).prop_map(Bytes::from), line_like(), octets("[!-~]{1,12}")]
}

fn same<T: PartialEq + Debug>(
    octets: &Bytes,
    parse: impl Fn(&Bytes, &mut Reading<Defect>) -> Parsed<T>,
) -> Checked {
    let mut reading = strict();
    if let Ok(value) = parse(octets, &mut reading) {
        prop_assert_eq!(&reading.defects, &[]);
        let mut reading = lenient();
        prop_assert_eq!(parse(octets, &mut reading), Ok(value));
        prop_assert_eq!(&reading.defects, &[]);
    }
    Ok(())
}

// What `pop3-derived.abnf` derives. Left out: numbers beyond the types (2^32 for messages, 2^64 for
// the others), base64 with spare bits, an empty initial response (RFC 5034 has none), capabilities
// whose arguments are not those of their RFC.

fn sentence(pattern: &str) -> impl Strategy<Value = Bytes> + use<> {
    octets(&format!("(?-u:{pattern})"))
}

const MSG: &str = "[1-9][0-9]{0,8}";
const NAME: &str = r"[\x21-\x7e\x80-\xff]{1,40}";
const TEXT: &str = r"[\x20-\x7e\x80-\xff]{0,40}";
const CODE: &str =
    r"(\[[\x21-\x2e\x30-\x5c\x5e-\x7f]{1,9}(/[\x21-\x2e\x30-\x5c\x5e-\x7f]{1,9}){0,2}\])?";
const BASE64: &str =
    "([A-Za-z0-9+/]{4}){0,9}([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?";
const BASE64_NONEMPTY: &str = "([A-Za-z0-9+/]{4}){1,9}|([A-Za-z0-9+/]{4}){0,9}([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)";

fn command_sentence() -> impl Strategy<Value = Bytes> {
    let patterns = [
        format!("[Uu][Ss][Ee][Rr] {NAME}"),
        r"[Pp][Aa][Ss][Ss] [\x20-\x7e\x80-\xff]{0,40}".into(),
        format!("[Aa][Pp][Oo][Pp] {NAME} [0-9A-Fa-f]{{32}}"),
        format!("[Aa][Uu][Tt][Hh]( [A-Z0-9_-]{{1,20}}( (({BASE64_NONEMPTY})|=))?)?"),
        "[Qq][Uu][Ii][Tt]|[Ss][Tt][Aa][Tt]|[Nn][Oo][Oo][Pp]|[Rr][Ss][Ee][Tt]".into(),
        "[Cc][Aa][Pp][Aa]|[Ss][Tt][Ll][Ss]|[Uu][Tt][Ff]8".into(),
        format!("([Ll][Ii][Ss][Tt]|[Uu][Ii][Dd][Ll])( {MSG})?"),
        format!("([Rr][Ee][Tt][Rr]|[Dd][Ee][Ll][Ee]) {MSG}"),
        format!("[Tt][Oo][Pp] {MSG} [0-9]{{1,19}}"),
        r"[Ll][Aa][Nn][Gg]( (\*|[A-Za-z0-9-]{1,12}))?".into(),
        "[Xx][Tt][Nn][Dd]( [!-~]{1,9}){1,4}".into(),
    ];
    proptest::strategy::Union::new(patterns.map(|pattern| sentence(&pattern).boxed()))
}

/// Strictly accepted, and written again to what is read as the same.
fn accepted<T: PartialEq + Debug>(
    octets: &Bytes,
    encode: impl Fn(&T, &mut Vec<u8>),
    parse: impl Fn(&Bytes, &mut Reading<Defect>) -> Parsed<T>,
) -> Checked {
    match parse(octets, &mut strict()) {
        Ok(value) => round(&value, encode, parse),
        Err(error) => Err(TestCaseError::fail(format!("{octets:?}: {error}"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn strict_accepts_commands_of_the_grammar(octets in command_sentence()) {
        accepted(&octets, |c, out| c.encode(out), Command::parse)?;
    }

    #[test]
    fn strict_accepts_replies_of_the_grammar(
        reply in sentence(&format!(r"(\+OK|-ERR)( {CODE}{TEXT})?")),
        greeting in sentence(&format!(r"\+OK( {CODE}{TEXT}(<[!-;=?-~]{{1,20}}>)?{TEXT})?")),
        stat in sentence(&format!(r"\+OK [0-9]{{1,19}} [0-9]{{1,19}}( {TEXT}){{0,2}}")),
        challenge in sentence(&format!(r"\+ {BASE64}")),
        response in sentence(&format!(r"{BASE64}|\*")),
    ) {
        accepted(&reply, |s, out| s.encode(out), Status::parse)?;
        accepted(&greeting, |g, out| g.encode(out), Greeting::parse)?;
        accepted(&stat, |l, out| l.encode_reply(out), parse_stat)?;
        accepted(&challenge, |c, out| c.encode(out), Challenge::parse)?;
        accepted(&response, |r, out| r.encode(out), SaslResponse::parse)?;
    }

    #[test]
    fn strict_accepts_lines_of_the_grammar(
        list in sentence(&format!("{MSG} [0-9]{{1,19}}( {TEXT}){{0,2}}")),
        uidl in sentence(&format!("{MSG} [!-~]{{1,70}}")),
        lang in sentence(&format!("[A-Za-z0-9-]{{1,9}}( {TEXT})?")),
        capa in sentence(r"[\x21-\x2d\x2f-\x7f]{1,9}( [!-~]{1,9}){0,3}"),
    ) {
        accepted(&list, |l, out| l.encode(out), ScanListing::parse)?;
        accepted(&uidl, |l, out| l.encode(out), UidListing::parse)?;
        accepted(&lang, |l, out| l.encode(out), LanguageListing::parse)?;
        let known = ["TOP", "USER", "UIDL", "SASL", "EXPIRE", "STLS", "UTF8", "LANG"];
        let tag = capa.split(|octet| *octet == b' ').next().unwrap();
        prop_assume!(!known.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(tag)));
        accepted(&capa, encode_capability, Capability::parse)?;
    }
}

// Numbers.

const NUMBERS: [&str; 17] = [
    "0",
    "1",
    "2147483647",
    "2147483648",
    "2147483649",
    "4294967295",
    "4294967296",
    "4294967297",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "18446744073709551617",
    "99999999999999999999",
    "00",
    "01",
    "0000000000000000000000001",
];

/// The numbers above, and 1000 digits.
fn numbers() -> Vec<String> {
    let mut numbers: Vec<String> = NUMBERS.map(str::to_owned).to_vec();
    numbers.extend(["9".repeat(1000), "0".repeat(1000), format!("{}7", "0".repeat(999))]);
    numbers
}

/// What a number is, if it has at most so many bits, computed by another way.
fn value(digits: &str, limit: u128) -> Option<u128> {
    let significant = digits.trim_start_matches('0');
    if significant.len() > 30 {
        return None;
    }
    let value = significant.parse().unwrap_or(0);
    (value <= limit).then_some(value)
}

#[test]
fn message_numbers_at_their_bounds() {
    type Message = fn(Command) -> Option<MessageNumber>;
    let positions: [(&str, &str, Message); 5] = [
        ("LIST ", "", |command| if let Command::List(message) = command { message } else { None }),
        ("UIDL ", "", |command| if let Command::Uidl(message) = command { message } else { None }),
        (
            "RETR ",
            "",
            |command| if let Command::Retr(message) = command { Some(message) } else { None },
        ),
        (
            "DELE ",
            "",
            |command| if let Command::Dele(message) = command { Some(message) } else { None },
        ),
        ("TOP ", " 1", |command| {
            if let Command::Top { message, .. } = command { Some(message) } else { None }
        }),
    ];
    for digits in numbers() {
        let expected = value(&digits, u32::MAX.into()).filter(|number| *number > 0);
        for (before, after, message) in positions {
            let line = Bytes::from(format!("{before}{digits}{after}"));
            let read = Command::parse(&line, &mut lenient());
            let number = read.clone().ok().and_then(message).map(|message| message.get().into());
            assert_eq!(number, expected, "{line:?}");
            assert_eq!(read.is_ok(), expected.is_some(), "an error, never another command");
            let strictly = Command::parse(&line, &mut strict());
            assert_eq!(
                strictly.is_ok(),
                expected.is_some() && !digits.starts_with('0'),
                "{line:?}"
            );
        }
        for line in [format!("{digits} 1"), format!("{digits} x")].map(Bytes::from) {
            let uid = UidListing::parse(&line, &mut lenient()).ok();
            assert_eq!(uid.map(|uid| uid.message.get().into()), expected, "{line:?}");
            let scan = ScanListing::parse(&line, &mut lenient()).ok();
            assert_eq!(scan.map(|scan| scan.message().get().into()), expected, "{line:?}");
        }
    }
}

#[test]
fn other_numbers_at_their_bounds() {
    for digits in numbers() {
        let expected = value(&digits, u64::MAX.into());
        let top = Bytes::from(format!("TOP 1 {digits}"));
        let lines = match Command::parse(&top, &mut strict()) {
            Ok(Command::Top { lines, .. }) => Some(lines.into()),
            other => {
                assert!(other.is_err());
                None
            }
        };
        assert_eq!(lines, expected, "{digits}");

        let stat = parse_stat(&Bytes::from(format!("+OK {digits} 1")), &mut lenient());
        assert_eq!(stat.ok().map(|stat| stat.messages().into()), expected);
        let stat = parse_stat(&Bytes::from(format!("+OK 1 {digits}")), &mut lenient()).unwrap();
        assert_eq!(stat.octets().map(u128::from), expected);
        let scan = ScanListing::parse(&Bytes::from(format!("1 {digits}")), &mut lenient()).unwrap();
        assert_eq!(scan.octets().map(u128::from), expected);

        let expected = value(&digits, u32::MAX.into());
        let capa = Capability::parse(&Bytes::from(format!("LOGIN-DELAY {digits}")), &mut lenient());
        let seconds = match capa.unwrap() {
            Capability::LoginDelay { seconds, .. } => Some(seconds.into()),
            _ => None,
        };
        assert_eq!(seconds, expected);
        let capa = Capability::parse(&Bytes::from(format!("EXPIRE {digits} USER")), &mut lenient());
        let days = match capa.unwrap() {
            Capability::Expire { days: Expire::Days(days), .. } => Some(days.into()),
            _ => None,
        };
        assert_eq!(days, expected);
    }
}
