//! The crate `imap-proto` of crates.io, the most used one: responses only, on the whole of the octets
//! or on a growing buffer, as its users must; it writes no responses and builds few commands.

use std::borrow::Cow;

use mail_benches::imap::Reading;
use peer_imap_proto::{
    Address, AttributeValue, BodyContentCommon, BodyContentSinglePart, BodyStructure,
    ContentEncoding, Envelope, MailboxDatum, Response,
};

pub(super) fn responses<R: Reading>(mut wire: &[u8], _: usize) -> R {
    let mut reading = R::default();
    while !wire.is_empty() {
        let (rest, response) = Response::parse(wire).expect("a response");
        response_read(&response, &mut reading);
        wire = rest;
    }
    reading
}

pub(super) fn responses_owned<R: Reading>(mut wire: &[u8], _: usize) -> R {
    let mut reading = R::default();
    while !wire.is_empty() {
        let (rest, response) = Response::parse(wire).expect("a response");
        response_read(&response.into_owned(), &mut reading);
        wire = rest;
    }
    reading
}

/// Parses from the first octet again whenever more octets have come.
pub(super) fn growing_buffer<R: Reading>(wire: &[u8], block: usize) -> R {
    let (mut buffer, mut reading) = (Vec::new(), R::default());
    for piece in wire.chunks(block) {
        buffer.extend_from_slice(piece);
        let mut rest = buffer.as_slice();
        loop {
            match Response::parse(rest) {
                Ok((behind, response)) => {
                    response_read(&response, &mut reading);
                    rest = behind;
                }
                Err(error) if error.is_incomplete() => break,
                Err(error) => panic!("{error}"),
            }
        }
        let read = buffer.len() - rest.len();
        buffer.drain(..read);
    }
    reading
}

fn response_read<R: Reading>(response: &Response<'_>, reading: &mut R) {
    reading.message();
    if !R::LOOKS {
        std::hint::black_box(response);
        return;
    }
    match response {
        Response::Fetch(number, items) => {
            reading.number((*number).into());
            items.iter().for_each(|item| fetch_item(item, reading));
        }
        Response::MailboxData(MailboxDatum::Search(numbers)) => {
            numbers.iter().for_each(|&number| reading.number(number.into()));
        }
        Response::Vanished { earlier, uids } => {
            reading.number((*earlier).into());
            for range in uids {
                reading.number((*range.start()).into());
                reading.number((*range.end()).into());
            }
        }
        _ => panic!("the bench does not send this"),
    }
}

fn fetch_item<R: Reading>(item: &AttributeValue<'_>, reading: &mut R) {
    match item {
        AttributeValue::Uid(uid) => reading.number((*uid).into()),
        AttributeValue::Flags(flags) => {
            flags.iter().for_each(|flag| reading.flag(flag.as_bytes()));
        }
        AttributeValue::InternalDate(date) => reading.date_time(date.as_bytes()),
        AttributeValue::Rfc822Size(size) => reading.number((*size).into()),
        AttributeValue::Envelope(value) => envelope(value, reading),
        AttributeValue::BodyStructure(value) => body_structure(value, reading),
        AttributeValue::BodySection { data, .. } => maybe(data.as_ref(), reading),
        _ => panic!("the bench does not send this"),
    }
}

fn envelope<R: Reading>(envelope: &Envelope<'_>, reading: &mut R) {
    let Envelope { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id } =
        envelope;
    maybe(date.as_ref(), reading);
    maybe(subject.as_ref(), reading);
    for Address { name, adl, mailbox, host } in
        [from, sender, reply_to, to, cc, bcc].into_iter().flatten().flatten()
    {
        [name, adl, mailbox, host].into_iter().for_each(|string| maybe(string.as_ref(), reading));
    }
    maybe(in_reply_to.as_ref(), reading);
    maybe(message_id.as_ref(), reading);
}

fn body_structure<R: Reading>(structure: &BodyStructure<'_>, reading: &mut R) {
    match structure {
        BodyStructure::Basic { common, other, .. } => part(common, other, None, reading),
        BodyStructure::Text { common, other, lines, .. } => {
            part(common, other, Some((*lines).into()), reading);
        }
        BodyStructure::Multipart { common, bodies, .. } => {
            bodies.iter().for_each(|body| body_structure(body, reading));
            reading.string(common.ty.subtype.as_bytes());
            parameters(common.ty.params.as_ref(), reading);
            ending(common, reading);
        }
        BodyStructure::Message { .. } => panic!("the bench does not send this"),
    }
}

fn part<R: Reading>(
    common: &BodyContentCommon<'_>,
    other: &BodyContentSinglePart<'_>,
    lines: Option<u64>,
    reading: &mut R,
) {
    reading.string(common.ty.ty.as_bytes());
    reading.string(common.ty.subtype.as_bytes());
    parameters(common.ty.params.as_ref(), reading);
    maybe(other.id.as_ref(), reading);
    maybe(other.description.as_ref(), reading);
    reading.string(match &other.transfer_encoding {
        ContentEncoding::SevenBit => b"7BIT",
        ContentEncoding::EightBit => b"8BIT",
        ContentEncoding::Binary => b"BINARY",
        ContentEncoding::Base64 => b"BASE64",
        ContentEncoding::QuotedPrintable => b"QUOTED-PRINTABLE",
        ContentEncoding::Other(encoding) => encoding.as_bytes(),
    });
    reading.number(other.octets.into());
    reading.maybe(lines);
    maybe(other.md5.as_ref(), reading);
    ending(common, reading);
}

fn ending<R: Reading>(common: &BodyContentCommon<'_>, reading: &mut R) {
    if let Some(disposition) = &common.disposition {
        reading.string(disposition.ty.as_bytes());
        parameters(disposition.params.as_ref(), reading);
    }
    common.language.iter().flatten().for_each(|tag| reading.string(tag.as_bytes()));
    maybe(common.location.as_ref(), reading);
}

fn parameters<R: Reading, S: AsRef<str>>(list: Option<&Vec<(S, S)>>, reading: &mut R) {
    for (name, value) in list.into_iter().flatten() {
        reading.string(name.as_ref().as_bytes());
        reading.string(value.as_ref().as_bytes());
    }
}

fn maybe<R: Reading, S: AsRef<[u8]> + ToOwned + ?Sized>(
    string: Option<&Cow<'_, S>>,
    reading: &mut R,
) {
    if let Some(string) = string {
        reading.string(S::as_ref(string));
    }
}
