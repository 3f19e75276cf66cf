//! Responses: what a server sends.

use mail_proto::{ParseError, Reading, Sink};

use super::condition::{Condition, ConditionKind};
use super::data::end;
use super::set::plain_number;
use super::{Continuation, Cursor, Data, Encoder, FetchData, SeqNum, Tag};
use crate::Defect;

/// What a server sends: one line, its literals included.
///
/// ```abnf
/// response       = *(continue-req / response-data) response-done
/// response-data  = "*" SP response-payload CRLF
/// greeting       = "*" SP (resp-cond-auth / resp-cond-bye) CRLF
/// ```
///
/// (RFC 9051 section 9, RFC 4466 section 7.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Data, Response, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"* 23 EXISTS");
/// let mut reading = Reading::new(Leniency::strict());
/// let response = parse_whole(&octets, &mut reading, Response::parse).unwrap();
/// assert_eq!(response, Response::Data(Data::Exists(23)));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Response {
    /// `+`: the server waits for the rest of a command.
    Continuation(Continuation),
    /// `*`: what the server says without being bound to a command.
    Data(Data),
    /// A tag: a command is complete.
    Tagged(Tagged),
}

/// The response that completes a command.
///
/// ```abnf
/// response-tagged = tag SP resp-cond-state CRLF
/// ```
///
/// (RFC 9051 section 9.)
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tagged {
    /// The tag of the command.
    pub tag: Tag,
    /// How it ended: OK, NO or BAD. BYE is written as NO, PREAUTH as OK.
    pub condition: Condition,
}

impl Response {
    /// Reads a response to the end of its message, which has no line end.
    ///
    /// # Errors
    ///
    /// There is none, or its data are not what its name says.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.is_fast()
            && let Some(number) = plain_fetch(cursor)
        {
            let mut data = FetchData::default();
            data.read(cursor, reading)?;
            end(cursor, reading)?;
            // The list is moved by its parts: a copy of what was just written in pieces has to wait.
            let FetchData { items } = data;
            return Ok(Self::Data(Data::Fetch(Some(number), FetchData { items })));
        }
        skip_nul(cursor, reading)?;
        match cursor.peek() {
            Some(b'+') => {
                cursor.skip(1);
                Continuation::parse(cursor, reading).map(Self::Continuation)
            }
            Some(b'*') => {
                cursor.skip(1);
                cursor.space(reading)?;
                Data::parse(cursor, reading).map(Self::Data)
            }
            Some(b'[') => bracketed(cursor, reading),
            _ => Tagged::parse(cursor, reading).map(Self::Tagged),
        }
    }

    /// Writes it, its line end included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Continuation(continuation) => {
                encoder.put(b"+");
                continuation.encode(encoder);
            }
            Self::Data(data) => {
                encoder.put(b"* ");
                data.encode(encoder);
            }
            Self::Tagged(tagged) => tagged.encode(encoder),
        }
        encoder.end();
    }
}

/// A tag that begins with a bracket, or a code without a condition as Office 365 and home.pl send it.
fn bracketed(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Response, ParseError> {
    let begin = cursor.clone();
    let (met, unknown) = (reading.defects.len(), reading.unknown);
    let error = match Tagged::parse(cursor, reading) {
        Ok(tagged) => return Ok(Response::Tagged(tagged)),
        Err(error) => error,
    };
    reading.defects.truncate(met);
    reading.unknown = unknown;
    reading.tolerate(Defect::MissingCondition, error.at, error.expected)?;
    *cursor = begin;
    Condition::parse_bare(cursor, reading).map(Data::Condition).map(Response::Data)
}

/// NULs before a line.
fn skip_nul(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<(), ParseError> {
    if cursor.peek() == Some(0) {
        reading.tolerate(Defect::LeadingNul, cursor.at(), "*, + or a tag")?;
        while cursor.eat(0) {}
    }
    Ok(())
}

impl Tagged {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        const EXPECTED: &str = "OK, NO or BAD";
        let tag = Tag::parse(cursor, reading)?;
        cursor.space(reading)?;
        let at = cursor.at();
        let kind = ConditionKind::from_word(cursor.keyword().as_bytes());
        let kind = kind.ok_or(ParseError::new(at, EXPECTED))?;
        if !kind.is_tagged() {
            reading.tolerate(Defect::TaggedBye, at, EXPECTED)?;
        }
        let condition = Condition::parse(kind, cursor, reading)?;
        Ok(Self { tag, condition })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.tag.encode(encoder);
        encoder.space();
        // BYE and PREAUTH complete nothing.
        match self.condition.kind {
            ConditionKind::Bye => ConditionKind::No.encode(encoder),
            ConditionKind::PreAuth => ConditionKind::Ok.encode(encoder),
            kind => kind.encode(encoder),
        }
        encoder.space();
        self.condition.text.encode(encoder);
    }
}

/// The number of a FETCH, if it is written as nearly all servers do. The cursor is behind the name then.
pub(crate) fn plain_fetch(cursor: &mut Cursor<'_>) -> Option<SeqNum> {
    let (number, behind) = plain_number(cursor.rest().strip_prefix(b"* ")?)?;
    let behind = behind.strip_prefix(b" FETCH").filter(|behind| behind.starts_with(b" "))?;
    cursor.go_to(behind);
    Some(number.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::fetch::testing::examples;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec::Vec;
    use bytes::Bytes;
    use mail_proto::Leniency;

    #[test]
    fn what_completes_a_command() {
        for (octets, wrote) in [
            (&b"a1 BYE gone"[..], &b"a1 NO gone\r\n"[..]),
            (b"a1 PREAUTH [ALERT] x", b"a1 OK [ALERT] x\r\n"),
        ] {
            assert_eq!(strict(octets, Response::parse).map_err(|error| error.at), Err(3));
            let (response, defects) = lenient(octets, Response::parse);
            assert_eq!(defects, [Defect::TaggedBye]);
            assert_eq!(written(|encoder| response.unwrap().encode(encoder)), wrote);
        }
    }

    #[test]
    fn defects_are_told_in_their_order() {
        let (_, defects) = lenient(b"* 0  FETCH (UID 5)", Response::parse);
        assert_eq!(defects, [Defect::ZeroNumber, Defect::DoubleSpace]);
    }

    /// Reads data without the short cut to FETCH.
    fn by_grammar(octets: &Bytes, leniency: Leniency<Defect>) -> Result<Response, ParseError> {
        let (mut cursor, mut reading) = (Cursor::new(octets), Reading::new(leniency));
        cursor.tag("*")?;
        cursor.space(&mut reading)?;
        Data::parse(&mut cursor, &mut reading).map(Response::Data)
    }

    #[test]
    fn the_short_cut_to_fetch_changes_nothing() {
        let agree = |octets: &Bytes| {
            for leniency in [Leniency::strict(), Leniency::lenient()] {
                let mut reading = Reading::new(leniency);
                let read = Response::parse(&mut Cursor::new(octets), &mut reading);
                assert_eq!(read, by_grammar(octets, leniency), "{octets:?}");
            }
        };
        for example in examples("S", "FETCH") {
            let line = example.octets.strip_suffix(b"\r\n").unwrap_or(&example.octets);
            if !line.starts_with(b"* ") {
                continue;
            }
            agree(&Bytes::copy_from_slice(line));
            for at in 2..line.len().min(24) {
                for other in b" 0()F\x80" {
                    let mut changed = line.to_vec();
                    changed[at] = *other;
                    agree(&changed.into());
                }
                let without: Vec<u8> = [&line[..at], &line[at + 1..]].concat();
                agree(&without.into());
            }
        }
    }
}
