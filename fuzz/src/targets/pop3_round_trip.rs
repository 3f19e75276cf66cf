//! Values that are made, written, read: they are the same.
//!
//! The octets are [`arbitrary`]'s: they choose values.

use std::fmt::Debug;

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use mail_proto::{Leniency, ParseError, Reading, Secret, Text};
use pop3_proto::{
    Capability, Challenge, Command, Defect, Digest, DropListing, Expire, Greeting, LanguageListing,
    LanguageRange, LanguageTag, Mechanism, MechanismListing, MessageNumber, Name, Password, RawCode,
    RawCommand, ResponseCode, SaslResponse, ScanListing, Status, StatusKind, Timestamp, UidListing,
    UniqueId, unstuff_line,
};

/// Every value is written as exactly one line, and a strict reading of that gives the value. Some
/// commands in a row are as many lines, each of them one of the commands.
pub fn run(data: &[u8]) {
    let mut input = Unstructured::new(data);
    // Out of octets before the first value is complete: there is nothing to check.
    while !input.is_empty() {
        if one(&mut input).is_err() {
            return;
        }
    }
}

fn one(input: &mut Unstructured<'_>) -> Result<()> {
    match input.int_in_range(0..=9u8)? {
        0 => round(&command(input)?, Command::encode, Command::parse),
        1 => round(&status(input)?, Status::encode, Status::parse),
        2 => round(&Greeting::new(status(input)?), Greeting::encode, Greeting::parse),
        3 => capability(input)?.iter().for_each(|capability| {
            round(capability, Capability::encode, |line, reading| {
                let end = ParseError::new(0, "a line");
                Capability::parse(&unstuff_line(line, &reading.leniency).ok_or(end)?, reading)
            });
        }),
        4 => {
            let data = secret(input)?;
            round(&Challenge::new(data.clone()), Challenge::encode, Challenge::parse);
            round(&SaslResponse::Data(data), SaslResponse::encode, SaslResponse::parse);
            round(&SaslResponse::Cancel, SaslResponse::encode, SaslResponse::parse);
        }
        5 => {
            let listing = ScanListing::new(message(input)?, input.arbitrary()?);
            let listing = listing.with_rest(text(input)?);
            round(&listing, ScanListing::encode, ScanListing::parse);
            reply(&listing, ScanListing::encode_reply, ScanListing::parse_reply);
        }
        6 => {
            let message = message(input)?;
            let listing = UidListing { message, uid: valid(input, 0x21..=0x7e, 70, UniqueId::new)? };
            round(&listing, UidListing::encode, UidListing::parse);
            reply(&listing, UidListing::encode_reply, |status, reading| {
                UidListing::parse_reply(status, message, reading)
            });
        }
        7 => {
            let tag = LanguageTag::new(language(input)?).expect("letters");
            let listing = LanguageListing { tag, description: text(input)? };
            round(&listing, LanguageListing::encode, LanguageListing::parse);
            reply(&listing, LanguageListing::encode_reply, LanguageListing::parse_reply);
        }
        8 => {
            let listing = DropListing::new(input.arbitrary()?, input.arbitrary()?);
            reply(&listing, DropListing::encode_reply, DropListing::parse_reply);
            let listing = MechanismListing { mechanism: mechanism(input)? };
            round(&listing, MechanismListing::encode, MechanismListing::parse);
        }
        _ => pipeline(input)?,
    }
    Ok(())
}

/// As many lines as commands, and the same ones.
fn pipeline(input: &mut Unstructured<'_>) -> Result<()> {
    let count = input.int_in_range(1..=5u8)?;
    let commands = (0..count).map(|_| command(input)).collect::<Result<Vec<_>>>()?;
    let mut out = Vec::new();
    commands.iter().for_each(|command| command.encode(&mut out));
    let lines: Vec<_> = out.split_inclusive(|octet| *octet == b'\n').collect();
    assert_eq!(lines.len(), commands.len());
    for (line, command) in lines.iter().zip(&commands) {
        let line = line.strip_suffix(b"\r\n").expect("a line ends in CRLF");
        let read = Command::parse(&Bytes::copy_from_slice(line), &mut strict());
        assert_eq!(read.as_ref(), Ok(command));
    }
    Ok(())
}

fn strict() -> Reading<Defect> {
    Reading::new(Leniency::strict())
}

fn round<T: PartialEq + Debug>(
    value: &T,
    encode: impl Fn(&T, &mut Vec<u8>),
    parse: impl Fn(&Bytes, &mut Reading<Defect>) -> std::result::Result<T, ParseError>,
) {
    let mut out = Vec::new();
    encode(value, &mut out);
    let line = out.strip_suffix(b"\r\n").expect("a line ends in CRLF");
    assert!(!line.iter().any(|octet| b"\r\n\0".contains(octet)), "{value:?} is not one line");
    let mut reading = strict();
    let read = parse(&Bytes::copy_from_slice(line), &mut reading);
    assert_eq!(read.as_ref(), Ok(value), "{:?}", mail_proto::Escaped(line));
    assert_eq!(reading.defects, []);
}

fn reply<T: PartialEq + Debug>(
    value: &T,
    encode: impl Fn(&T, &mut Vec<u8>),
    parse: impl Fn(&Status, &mut Reading<Defect>) -> std::result::Result<T, ParseError>,
) {
    round(value, encode, |line, reading| parse(&Status::parse(line, reading)?, reading));
}

/// Octets of a range, one at least.
fn octets(
    input: &mut Unstructured<'_>,
    allowed: std::ops::RangeInclusive<u8>,
    limit: usize,
) -> Result<Bytes> {
    let length = input.int_in_range(1..=limit)?;
    (0..length).map(|_| input.int_in_range(allowed.clone())).collect()
}

fn valid<T>(
    input: &mut Unstructured<'_>,
    allowed: std::ops::RangeInclusive<u8>,
    limit: usize,
    new: impl FnOnce(Bytes) -> std::result::Result<T, ParseError>,
) -> Result<T> {
    new(octets(input, allowed, limit)?).map_err(|_| arbitrary::Error::IncorrectFormat)
}

fn message(input: &mut Unstructured<'_>) -> Result<MessageNumber> {
    input.int_in_range(1..=u32::MAX).map(|n| MessageNumber::new(n).expect("not zero"))
}

/// Text that a strict reading accepts, often such as could be taken for a code; brackets and spaces
/// are more likely than others.
fn text(input: &mut Unstructured<'_>) -> Result<Text> {
    const BEGINNINGS: [&[u8]; 6] = [b"", b"", b"[", b" [", b"[AUTH]", b"  [X/Y] "];
    let beginning = *input.choose(&BEGINNINGS)?;
    let length = input.int_in_range(0..=40usize)?;
    let octet = |input: &mut Unstructured<'_>| {
        Ok(match input.arbitrary::<u8>()? {
            0..=7 => b' ',
            8..=15 => b'[',
            16..=23 => b']',
            24..=31 => b'<',
            octet => octet,
        })
    };
    let octets = (0..length).map(|_| octet(input)).collect::<Result<Vec<u8>>>()?;
    Ok(Text::new([beginning, &octets].concat()).expect("no line break"))
}

fn secret(input: &mut Unstructured<'_>) -> Result<Secret<Bytes>> {
    let length = input.int_in_range(0..=60usize)?;
    let length = length.min(input.len());
    Ok(Secret::new(Bytes::copy_from_slice(input.bytes(length)?)))
}

fn language(input: &mut Unstructured<'_>) -> Result<Bytes> {
    let length = input.int_in_range(1..=12usize)?;
    (0..length).map(|_| input.choose(b"abzAZ019-").copied()).collect()
}

fn mechanism(input: &mut Unstructured<'_>) -> Result<Mechanism> {
    let length = input.int_in_range(1..=40usize)?;
    let name: Result<Bytes> = (0..length).map(|_| input.choose(b"ABYZ019-_").copied()).collect();
    Ok(Mechanism::new(name?).expect("a mechanism name"))
}

fn name(input: &mut Unstructured<'_>) -> Result<Name> {
    valid(input, 0x21..=0xff, 60, Name::new)
}

fn command(input: &mut Unstructured<'_>) -> Result<Command> {
    Ok(match input.int_in_range(0..=18u8)? {
        0 => Command::User(name(input)?),
        1 => Command::Pass(Secret::new(valid(input, 1..=255, 60, Password::new)?)),
        2 => {
            let name = name(input)?;
            let hash: [u8; 16] = input.arbitrary()?;
            let digits: String = hash.iter().map(|octet| format!("{octet:02x}")).collect();
            Command::Apop { name, digest: Secret::new(Digest::new(digits).expect("32 digits")) }
        }
        3 => {
            let mechanism = mechanism(input)?;
            let initial = if input.arbitrary()? { Some(secret(input)?) } else { None };
            Command::Auth { mechanism, initial }
        }
        4 => Command::AuthList,
        5 => Command::Quit,
        6 => Command::Stat,
        7 => Command::List(optional(input, message)?),
        8 => Command::Retr(message(input)?),
        9 => Command::Dele(message(input)?),
        10 => Command::Noop,
        11 => Command::Rset,
        12 => Command::Top { message: message(input)?, lines: input.arbitrary()? },
        13 => Command::Uidl(optional(input, message)?),
        14 => Command::Capa,
        15 => Command::Stls,
        16 => Command::Utf8,
        17 => Command::Lang(optional(input, |input| {
            let range = if input.arbitrary()? { Bytes::from_static(b"*") } else { language(input)? };
            Ok(LanguageRange::new(range).expect("a range"))
        })?),
        _ => {
            let arguments = optional(input, |input| octets(input, 1..=255, 60))?;
            let arguments = Text::sanitized(&arguments.unwrap_or_default());
            let new = |keyword| RawCommand::new(keyword, arguments);
            Command::Other(valid(input, 0x21..=0x7e, 40, new)?)
        }
    })
}

fn optional<T>(
    input: &mut Unstructured<'_>,
    make: impl FnOnce(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Option<T>> {
    if input.arbitrary()? { make(input).map(Some) } else { Ok(None) }
}

fn status(input: &mut Unstructured<'_>) -> Result<Status> {
    let kind = *input.choose(&[StatusKind::Ok, StatusKind::Err])?;
    let code = optional(input, code)?;
    let mut text = text(input)?;
    if input.ratio(1, 4)? {
        let stamp = timestamp(input)?;
        text = Text::new([text.as_bytes(), stamp.as_bytes()].concat()).expect("no line break");
    }
    Ok(Status { kind, code, text })
}

fn timestamp(input: &mut Unstructured<'_>) -> Result<Timestamp> {
    let word = |input: &mut Unstructured<'_>| {
        let length = input.int_in_range(1..=8usize)?;
        (0..length).map(|_| input.choose(b"a0+/=.").copied()).collect::<Result<Vec<u8>>>()
    };
    let stamp = [b"<".as_slice(), &word(input)?, b"@", &word(input)?, b">"].concat();
    Timestamp::new(stamp).map_err(|_| arbitrary::Error::IncorrectFormat)
}

fn code(input: &mut Unstructured<'_>) -> Result<ResponseCode> {
    use ResponseCode::{Auth, InUse, LoginDelay, SysPerm, SysTemp, Utf8};
    Ok(match input.int_in_range(0..=8u8)? {
        0 => LoginDelay,
        1 => InUse,
        2 => SysTemp,
        3 => SysPerm,
        4 => Auth,
        5 => Utf8,
        _ => ResponseCode::Other(valid(input, 0x21..=0x7f, 12, RawCode::new)?),
    })
}

/// None for a line that has a type of its own, or that nobody may send.
fn capability(input: &mut Unstructured<'_>) -> Result<Option<Capability>> {
    Ok(Some(match input.int_in_range(0..=13u8)? {
        0 => Capability::Top,
        1 => Capability::User,
        2 => Capability::Uidl,
        3 => Capability::RespCodes,
        4 => Capability::Pipelining,
        5 => Capability::Stls,
        6 => Capability::AuthRespCode,
        7 => Capability::Lang,
        8 => {
            let count = input.int_in_range(0..=5u8)?;
            Capability::Sasl((0..count).map(|_| mechanism(input)).collect::<Result<_>>()?)
        }
        9 => Capability::LoginDelay { seconds: input.arbitrary()?, per_user: input.arbitrary()? },
        10 => {
            let days = match optional(input, |input| input.arbitrary())? {
                None => Expire::Never,
                Some(days) => Expire::Days(days),
            };
            Capability::Expire { days, per_user: input.arbitrary()? }
        }
        11 => Capability::Utf8 { user: input.arbitrary()? },
        12 => Capability::Implementation(params(input)?),
        _ => {
            let tag = octets(input, 0x21..=0x7f, 12)?;
            let params = params(input)?;
            let mut line = [b"X", &tag[..]].concat();
            if !params.is_empty() {
                line.push(b' ');
                line.extend(params.as_bytes());
            }
            if line.contains(&b'.') && !line.contains(&b' ') {
                return Ok(None);
            }
            let tag_end = line.iter().position(|octet| *octet == b' ').unwrap_or(line.len());
            if line[..tag_end].contains(&b'.') {
                return Ok(None);
            }
            Capability::Other(Text::new(line).expect("no line break"))
        }
    }))
}

/// Words with single spaces between them.
fn params(input: &mut Unstructured<'_>) -> Result<Text> {
    let count = input.int_in_range(0..=3u8)?;
    let words = (0..count).map(|_| octets(input, 0x21..=0x7e, 9)).collect::<Result<Vec<_>>>()?;
    Ok(Text::new(words.join(&b' ')).expect("no line break"))
}
