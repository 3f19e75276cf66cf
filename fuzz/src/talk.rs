//! What the targets of the IMAP connections say, and how they read what was said.

use bytes::{Bytes, BytesMut};
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{
    AppendDataBegin, AppendMessageBegin, Code, Command, CommandBody, Condition, ConditionKind,
    Data, Defect, RespText, Response, parse_whole,
};
use mail_proto::{Escaped, Leniency, Reading, Text};

/// A command as it is written.
pub(crate) fn command(text: &str) -> CommandBody {
    let octets = Bytes::from(format!("x {text}"));
    let parsed = parse_whole(&octets, &mut strict(), Command::parse);
    parsed.unwrap_or_else(|error| panic!("{text}: {error}")).body
}

/// Untagged data as they are written.
pub(crate) fn data(text: &str) -> Data {
    match response(&Bytes::from(format!("* {text}"))) {
        Response::Data(data) => data,
        other => panic!("{other:?}"),
    }
}

fn response(octets: &Bytes) -> Response {
    let parsed = parse_whole(octets, &mut strict(), Response::parse);
    parsed.unwrap_or_else(|error| panic!("{error}: {:?}", Escaped(octets)))
}

fn strict() -> Reading<Defect> {
    Reading::new(Leniency::strict())
}

/// The lower two bits: the lenient set or none, and bare LF.
pub(crate) fn leniency(bits: u8) -> Leniency<Defect> {
    let base = if bits & 1 == 0 { Leniency::strict() } else { Leniency::lenient() };
    if bits & 2 == 0 { base } else { base.allow(Defect::BareLf) }
}

pub(crate) fn condition(kind: ConditionKind, code: Option<Code>, text: &str) -> Condition {
    Condition { kind, text: RespText::new(code, Text::sanitized(text.as_bytes())) }
}

pub(crate) fn message(data: AppendDataBegin) -> AppendMessageBegin {
    AppendMessageBegin { flags: None, date: None, options: vec![], data }
}

/// So many octets that look like much, and like no tag of the client.
pub(crate) fn octets(length: usize) -> Bytes {
    b"x) \r\n* BYE\r\n{3+}\r\n+ x\r\n".iter().copied().cycle().take(length).collect()
}

/// The responses of which a stream consists, read strictly, and whether it ends with one.
pub(crate) fn responses(stream: &[u8]) -> (Vec<Response>, bool) {
    let mut input = BytesMut::from(stream);
    let mut framer = Framer::responses(FrameLimits::client());
    let mut responses = Vec::new();
    while let Some(unit) = unit(&mut framer, &mut input, |_, _| false) {
        responses.push(response(&unit));
    }
    (responses, input.is_empty())
}

/// Reads strictly what a client has sent: the numbers in the tags of its commands. The tags are `A` and
/// a number, and no literal begins with `A`.
///
/// What is not a command is a line of SASL, DONE, or the closing of a command that was refused.
pub(crate) fn tags(stream: &[u8]) -> Vec<u64> {
    let mut input = BytesMut::from(stream);
    let mut tags = Vec::new();
    loop {
        let mut framer = Framer::commands(FrameLimits::server());
        // At an announcement that is not followed by octets the command has been refused.
        let refused = |input: &[u8], end: usize| input.get(end) == Some(&b'A');
        let Some(unit) = unit(&mut framer, &mut input, refused) else { return tags };
        let tag = unit.split(|octet| *octet == b' ').next().and_then(|tag| tag.strip_prefix(b"A"));
        let number = tag.and_then(|tag| std::str::from_utf8(tag).ok()?.parse().ok());
        match number {
            Some(number) => {
                let whole = parse_whole(&unit, &mut strict(), Command::parse);
                let announces = unit.ends_with(b"}");
                let is_bare = unit
                    .to_ascii_uppercase()
                    .windows(8)
                    .any(|it| it == b" APPEND " || it == b"REPLACE ");
                assert!(whole.is_ok() || announces || is_bare, "{whole:?}: {:?}", Escaped(&unit));
                tags.push(number);
            }
            None => assert!(!unit.contains(&b' '), "{:?}", Escaped(&unit)),
        }
    }
}

/// The next unit without its line end, or the beginning of one that was given up.
fn unit(
    framer: &mut Framer,
    input: &mut BytesMut,
    is_refused: impl Fn(&[u8], usize) -> bool,
) -> Option<Bytes> {
    loop {
        match framer.find(input) {
            Frame::Partial => return None,
            Frame::Literal(literal) if literal.sync && is_refused(input, literal.header.end) => {
                let unit = input.split_to(literal.header.end).freeze();
                return Some(unit.slice(..unit.len() - 2));
            }
            Frame::Literal(_) => framer.inline().expect("a literal that can be kept"),
            Frame::Complete(length) => {
                let unit = input.split_to(length).freeze();
                return Some(unit.slice(..length - 2));
            }
            other => panic!("{other:?}"),
        }
    }
}
