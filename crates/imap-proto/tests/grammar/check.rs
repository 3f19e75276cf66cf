//! A message through the library: read strictly, written, read again.

use std::fmt::Debug;

use bytes::Bytes;
use imap_proto::{Command, Cursor, Defect, Encoder, Negotiated, Response, parse_whole};
use mail_proto::{Leniency, ParseError, Reading};

/// Reads a message and writes it; tells what is wrong.
pub fn check(is_command: bool, octets: &[u8]) -> Result<(), String> {
    let message = octets.strip_suffix(b"\r\n").ok_or("no CRLF at the end")?;
    let message = Bytes::copy_from_slice(message);
    if is_command {
        through(&message, Negotiated::client(), Command::parse, |it: &Command, to| it.encode(to))
    } else {
        through(&message, Negotiated::server(), Response::parse, |it: &Response, to| it.encode(to))
    }
}

fn through<T: PartialEq + Debug>(
    message: &Bytes,
    negotiated: Negotiated,
    parse: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
    encode: impl Fn(&T, &mut Encoder<'_, Vec<u8>>),
) -> Result<(), String> {
    let read = |octets: &Bytes| parse_whole(octets, &mut Reading::new(Leniency::strict()), &parse);
    let write = |value: &T| {
        let mut out = Vec::new();
        encode(value, &mut Encoder::new(&mut out, negotiated));
        out
    };
    let value = read(message).map_err(|error| error.to_string())?;
    let out = write(&value);
    let fails = |what: &str| format!("{value:?} is written as {}: {what}", out.escape_ascii());
    let line = out.strip_suffix(b"\r\n").ok_or_else(|| fails("no CRLF"))?;
    let again = read(&Bytes::copy_from_slice(line)).map_err(|error| fails(&error.to_string()))?;
    // Raw octets keep the form of their literals, which the writer chooses anew; a search for 8-bit
    // octets gets the CHARSET that it lacked.
    let may_change = message.windows(4).any(|it| it == b"+}\r\n") || !message.is_ascii();
    let is_same = again == value || (may_change && write(&again) == out);
    if is_same { Ok(()) } else { Err(fails(&format!("read as {again:?}"))) }
}
