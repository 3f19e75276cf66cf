//! How the arguments of codes are read and written, as far as they are no nouns of their own.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

use super::{Code, CodeText, Progress, ReferralUrl, UrlMechKey};
use crate::Defect;
use crate::codec::{
    Charset, Cursor, Encoder, EventName, ModSeq, NumberSet, OneOrMore, SetNumber, Uid,
};

type Parsed = Result<Code, ParseError>;

/// The `]` behind a code.
pub(super) fn close(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<(), ParseError> {
    const EXPECTED: &str = "]";
    let at = cursor.at();
    let spaces = cursor.rest().iter().take_while(|octet| **octet == b' ').count();
    if spaces > 0 && cursor.rest().get(spaces) == Some(&b']') {
        reading.tolerate(Defect::TrailingSpace, at, EXPECTED)?;
        cursor.skip(spaces);
    }
    cursor.tag(EXPECTED)
}

/// A space and one argument.
pub(super) fn argument<T>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
    parse: impl FnOnce(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<T, ParseError> {
    cursor.space(reading)?;
    parse(cursor, reading)
}

pub(super) fn nz_number(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<NonZeroU32, ParseError> {
    cursor.nz_number(reading)
}

pub(super) fn mod_seq(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<ModSeq, ParseError> {
    let zero = cursor.expected("a mod-sequence (1 to 9223372036854775807)");
    ModSeq::parse(cursor, reading)?.ok_or(zero)
}

pub(super) fn annotate(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    cursor.space(reading)?;
    let wrong = cursor.expected("TOOBIG or TOOMANY");
    match cursor.keyword().as_bytes() {
        b"TOOBIG" => Ok(Code::AnnotateTooBig),
        b"TOOMANY" => Ok(Code::AnnotateTooMany),
        _ => Err(wrong),
    }
}

pub(super) fn append_uid(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    let uid_validity = argument(cursor, reading, nz_number)?;
    let uids = argument(cursor, reading, NumberSet::parse)?;
    Ok(Code::AppendUid(uid_validity, uids))
}

pub(super) fn bad_charset(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    const EXPECTED: &str = "charsets in parentheses";
    let mut charsets = Vec::new();
    let at = cursor.at().saturating_add(1);
    match cursor.rest() {
        [b' ', b'(', ..] => {
            cursor.skip(1);
            charsets = cursor.items_or_none(reading, Charset::parse)?;
            if charsets.is_empty() {
                reading.tolerate(Defect::MalformedCode, at, EXPECTED)?;
            }
        }
        [b' ', ..] => {
            reading.tolerate(Defect::MalformedCode, at, EXPECTED)?;
            while matches!(cursor.rest(), [b' ', next, ..] if *next != b']') {
                charsets.push(argument(cursor, reading, Charset::parse)?);
            }
        }
        _ => {}
    }
    Ok(Code::BadCharset(charsets))
}

pub(super) fn put_charsets<S: Sink>(charsets: &[Charset], encoder: &mut Encoder<'_, S>) {
    encoder.put(b"BADCHARSET");
    if !charsets.is_empty() {
        encoder.space();
        encoder.list(charsets, |charset, encoder| charset.encode(encoder));
    }
}

pub(super) fn bad_event(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    cursor.space(reading)?;
    cursor.one_or_more("an event", reading, EventName::parse).map(Code::BadEvent)
}

pub(super) fn in_progress(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    if !cursor.rest().starts_with(b" (") {
        return Ok(Code::InProgress(None));
    }
    let progress = argument(cursor, reading, Progress::parse)?;
    Ok(Code::InProgress(Some(Box::new(progress))))
}

pub(super) fn put_progress<S: Sink>(progress: Option<&Progress>, encoder: &mut Encoder<'_, S>) {
    encoder.put(b"INPROGRESS");
    if let Some(progress) = progress {
        encoder.space();
        progress.encode(encoder);
    }
}

pub(super) fn message_limit(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    let limit = argument(cursor, reading, nz_number)?;
    let has_uid = matches!(cursor.rest(), [b' ', b'0'..=b'9', ..]);
    let lowest = if has_uid { Some(argument(cursor, reading, Uid::parse)?) } else { None };
    Ok(Code::MessageLimit(limit, lowest))
}

pub(super) fn metadata(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    cursor.space(reading)?;
    let wrong = cursor.expected("LONGENTRIES, MAXSIZE, TOOMANY or NOPRIVATE");
    let number = |cursor: &mut Cursor<'_>, _: &mut Reading<Defect>| cursor.number();
    match cursor.keyword().as_bytes() {
        b"LONGENTRIES" => argument(cursor, reading, number).map(Code::MetadataLongEntries),
        b"MAXSIZE" => argument(cursor, reading, number).map(Code::MetadataMaxSize),
        b"TOOMANY" => Ok(Code::MetadataTooMany),
        b"NOPRIVATE" => Ok(Code::MetadataNoPrivate),
        _ => Err(wrong),
    }
}

pub(super) fn referral(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    let mut urls = OneOrMore::one(argument(cursor, reading, ReferralUrl::parse)?);
    while matches!(cursor.rest(), [b' ', next, ..] if *next != b']') {
        urls.push(argument(cursor, reading, ReferralUrl::parse)?);
    }
    Ok(Code::Referral(urls))
}

pub(super) fn url_mech(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Parsed {
    cursor.space(reading)?;
    cursor.tag("INTERNAL")?;
    let mut keys = Vec::new();
    while matches!(cursor.rest(), [b' ', next, ..] if *next != b']') {
        keys.push(argument(cursor, reading, UrlMechKey::parse)?);
    }
    Ok(Code::UrlMech(keys))
}

pub(super) fn put_url_mech<S: Sink>(keys: &[UrlMechKey], encoder: &mut Encoder<'_, S>) {
    encoder.put(b"URLMECH INTERNAL");
    for key in keys {
        encoder.space();
        key.encode(encoder);
    }
}

pub(super) fn put_number<S: Sink>(name: &'static [u8], number: u32, encoder: &mut Encoder<'_, S>) {
    encoder.put(name);
    encoder.number(number.into());
}

pub(super) fn put_set<S: Sink, N: SetNumber>(
    name: &'static [u8],
    set: &NumberSet<N>,
    encoder: &mut Encoder<'_, S>,
) {
    encoder.put(name);
    set.encode(encoder);
}

pub(super) fn put_text<S: Sink>(
    name: &'static [u8],
    text: &CodeText,
    encoder: &mut Encoder<'_, S>,
) {
    encoder.put(name);
    encoder.put_checked(text.as_bytes());
}
