//! Numbers of messages: drop listings, scan listings, unique-id listings.

use bytes::Bytes;
use mail_proto::{ParseError, Reading, Sink, Text};

use super::scan::{Words, number, put_text, text_octets};
use crate::{Defect, MessageNumber, Status, UniqueId};

/// How much mail is there: the answer to STAT.
///
/// ```abnf
/// stat-reply     = "+OK" SP 1*DIGIT SP 1*DIGIT *(SP *text-char) CRLF
/// ```
///
/// (RFC 1939 section 5.) Both numbers are what the server says: never a reason to allocate anything.
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::{DropListing, Status};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let status = Status::parse(&Bytes::from_static(b"+OK 2 320"), &mut reading).unwrap();
/// let listing = DropListing::parse_reply(&status, &mut reading).unwrap();
/// assert_eq!((listing.messages(), listing.octets()), (2, Some(320)));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DropListing {
    messages: u64,
    octets: Option<u64>,
}

impl DropListing {
    /// So many messages of so many octets together, those marked as deleted left out.
    #[must_use]
    pub const fn new(messages: u64, octets: u64) -> Self {
        Self { messages, octets: Some(octets) }
    }

    /// How many messages there are.
    #[must_use]
    pub const fn messages(&self) -> u64 {
        self.messages
    }

    /// Their octets. None if the server did not say, which only a lenient reading lets through.
    #[must_use]
    pub const fn octets(&self) -> Option<u64> {
        self.octets
    }

    /// Reads the answer to STAT.
    ///
    /// # Errors
    ///
    /// The status is `-ERR`, or its text does not begin with the number of messages.
    pub fn parse_reply(status: &Status, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let answer = status.answer()?;
        let mut words = Words::within(&answer, status.text_at());
        words.lead_in(reading)?;
        let at = words.at();
        let messages = number(words.word(), at, "a number of messages below 2^64")?;
        Ok(Self { messages, octets: octets(&mut words, reading)? })
    }

    /// Writes the answer to STAT with its CRLF.
    pub fn encode_reply(&self, sink: &mut impl Sink) {
        sink.put(b"+OK ");
        sink.put_number(self.messages);
        put_octets(self.octets, sink);
        sink.put(b"\r\n");
    }
}

/// The size of a message: a line of the answer to LIST, or the answer to `LIST n`.
///
/// ```abnf
/// list-line      = msg SP 1*DIGIT *(SP *text-char) CRLF
/// ```
///
/// (RFC 1939 section 5.) The size ought to be the octets of the message before stuffing, but servers
/// err: it is a hint.
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::{MessageNumber, ScanListing};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let listing = ScanListing::parse(&Bytes::from_static(b"1 120"), &mut reading).unwrap();
/// assert_eq!(listing, ScanListing::new(MessageNumber::FIRST, 120));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ScanListing {
    message: MessageNumber,
    octets: Option<u64>,
    /// What follows the size, or stands in its place.
    rest: Text,
}

impl ScanListing {
    /// A message of so many octets.
    #[must_use]
    pub const fn new(message: MessageNumber, octets: u64) -> Self {
        Self { message, octets: Some(octets), rest: Text::empty() }
    }

    /// With further text, which the RFC strongly discourages.
    #[must_use]
    pub fn with_rest(mut self, rest: Text) -> Self {
        self.rest = rest;
        self
    }

    /// Which message.
    #[must_use]
    pub const fn message(&self) -> MessageNumber {
        self.message
    }

    /// Its octets. None if the server did not say, which only a lenient reading lets through.
    #[must_use]
    pub const fn octets(&self) -> Option<u64> {
        self.octets
    }

    /// What follows the size; without a size, what stands in its place.
    #[must_use]
    pub const fn rest(&self) -> &Text {
        &self.rest
    }

    /// Reads a line of a listing without its CRLF.
    ///
    /// # Errors
    ///
    /// It does not begin with a message number.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let line = text_octets(line.clone(), 0, reading)?;
        Self::read(Words::new(&line), reading)
    }

    /// Reads the answer to `LIST n`.
    ///
    /// # Errors
    ///
    /// The status is `-ERR`, or its text does not begin with a message number.
    pub fn parse_reply(status: &Status, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        Self::read(Words::within(&status.answer()?, status.text_at()), reading)
    }

    fn read(mut words: Words<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        words.lead_in(reading)?;
        let message = words.message_number(reading)?;
        let octets = octets(&mut words, reading)?;
        words.skip(1);
        Ok(Self { message, octets, rest: Text::new(words.take_rest())? })
    }

    /// Writes a line of a listing with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        sink.put_number(self.message.get().into());
        put_octets(self.octets, sink);
        if !self.rest.is_empty() {
            sink.put(b" ");
            match self.octets {
                Some(_) => put_text(&self.rest, sink),
                // In the place of the size another text could become one.
                None => sink.put(self.rest.as_bytes()),
            }
        }
        sink.put(b"\r\n");
    }

    /// Writes the answer to `LIST n` with its CRLF.
    pub fn encode_reply(&self, sink: &mut impl Sink) {
        sink.put(b"+OK ");
        self.encode(sink);
    }
}

/// The size, if there is one; otherwise what stands in its place is not read.
fn octets(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<Option<u64>, ParseError> {
    const EXPECTED: &str = "a size in octets below 2^64";
    let mut ahead = words.clone();
    if ahead.rest().iter().all(|octet| *octet == b' ') {
        reading.tolerate(Defect::MissingSize, words.at(), EXPECTED)?;
        return Ok(None);
    }
    ahead.space(reading, EXPECTED)?;
    let at = ahead.at();
    let word = ahead.word();
    match number(word, at, EXPECTED) {
        Ok(octets) => {
            *words = ahead;
            Ok(Some(octets))
        }
        Err(error) => {
            let negative =
                matches!(word, [b'-', digits @ ..] if number(digits, at, EXPECTED).is_ok());
            let id = if negative { Defect::NegativeSize } else { Defect::GarbledSize };
            reading.tolerate(id, error.at, EXPECTED)?;
            Ok(None)
        }
    }
}

fn put_octets(octets: Option<u64>, sink: &mut impl Sink) {
    if let Some(octets) = octets {
        sink.put(b" ");
        sink.put_number(octets);
    }
}

/// The unique-id of a message: a line of the answer to UIDL, or the answer to `UIDL n`.
///
/// ```abnf
/// uidl-line      = msg SP unique-id CRLF
/// ```
///
/// (RFC 1939 section 7.)
///
/// ```
/// use bytes::Bytes;
/// use mail_proto::{Leniency, Reading};
/// use pop3_proto::UidListing;
///
/// let mut reading = Reading::new(Leniency::strict());
/// let listing = UidListing::parse(&Bytes::from_static(b"2 QhdPYR:00WBw1Ph7x7"), &mut reading);
/// assert_eq!(listing.unwrap().uid.as_bytes(), b"QhdPYR:00WBw1Ph7x7");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UidListing {
    /// Which message.
    pub message: MessageNumber,
    /// Its name in all sessions.
    pub uid: UniqueId,
}

impl UidListing {
    /// Reads a line of a listing without its CRLF.
    ///
    /// # Errors
    ///
    /// It is not a message number and a unique-id.
    pub fn parse(line: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        Self::read(Words::new(line), reading)
    }

    /// Reads the answer to `UIDL n` for the message that was `asked` for.
    ///
    /// # Errors
    ///
    /// The status is `-ERR`, or its text is not a message number and a unique-id.
    pub fn parse_reply(
        status: &Status,
        asked: MessageNumber,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let answer = status.answer()?;
        let mut words = Words::within(&answer, status.text_at());
        // A single word is an id without its number, unless it is the number without its id.
        let single = !answer.contains(&b' ') && !answer.is_empty();
        if single && number(&answer, 0, "").ok() != Some(asked.get().into()) {
            reading.tolerate(Defect::MissingNumber, words.at(), "a message number")?;
            return Ok(Self { message: asked, uid: unique_id(&mut words, reading)? });
        }
        Self::read(words, reading)
    }

    fn read(mut words: Words<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        words.lead_in(reading)?;
        let message = words.message_number(reading)?;
        words.space(reading, "a space and a unique-id")?;
        Ok(Self { message, uid: unique_id(&mut words, reading)? })
    }

    /// Writes a line of a listing with its CRLF.
    pub fn encode(&self, sink: &mut impl Sink) {
        sink.put_number(self.message.get().into());
        sink.put(b" ");
        sink.put(self.uid.as_bytes());
        sink.put(b"\r\n");
    }

    /// Writes the answer to `UIDL n` with its CRLF.
    pub fn encode_reply(&self, sink: &mut impl Sink) {
        sink.put(b"+OK ");
        self.encode(sink);
    }
}

/// What is left of the line, as far as it goes.
fn unique_id(words: &mut Words<'_>, reading: &mut Reading<Defect>) -> Result<UniqueId, ParseError> {
    let at = words.at();
    let rest = words.take_rest();
    let error = match UniqueId::new(rest.clone()) {
        Ok(uid) => return Ok(uid),
        Err(error) => error.shifted(at),
    };
    let trimmed = rest.len().saturating_sub(rest.iter().rev().take_while(|o| **o == b' ').count());
    if trimmed < rest.len() {
        reading.tolerate(
            Defect::TrailingSpace,
            at.saturating_add(trimmed),
            "the end of the line",
        )?;
    }
    let uid = UniqueId::from_peer(rest.slice(..trimmed)).ok_or(error)?;
    if uid.as_bytes().len() > 70 {
        reading.tolerate(Defect::LongUniqueId, at.saturating_add(70), error.expected)?;
    }
    if !uid.as_bytes().iter().all(u8::is_ascii_graphic) {
        reading.tolerate(Defect::OddUniqueId, error.at, error.expected)?;
    }
    Ok(uid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::vec;

    fn stat(line: &[u8], reading: &mut Reading<Defect>) -> Result<DropListing, ParseError> {
        let status = strict(line, Status::parse).unwrap();
        DropListing::parse_reply(&status, reading)
    }

    #[test]
    fn drop_listings() {
        let listing = strict(b"+OK 2 320", |line, reading| stat(line, reading)).unwrap();
        assert_eq!(listing, DropListing::new(2, 320));
        assert_eq!(written(|out| listing.encode_reply(out)), b"+OK 2 320\r\n");
        let more = strict(b"+OK 2 320 and more", |line, reading| stat(line, reading));
        assert_eq!(more, Ok(listing));
        for (line, defect) in [
            (&b"+OK 7"[..], Defect::MissingSize),
            (b"+OK 7 ", Defect::MissingSize),
            (b"+OK 7 -1234567890", Defect::NegativeSize),
            (b"+OK 7 messages (320 octets)", Defect::GarbledSize),
            (b"+OK 7 18446744073709551616", Defect::GarbledSize),
            (b"+OK 7 -", Defect::GarbledSize),
        ] {
            let (listing, defects) = lenient(line, |line, reading| stat(line, reading));
            assert_eq!((listing.unwrap().octets(), defects), (None, vec![defect]), "{line:?}");
            assert_eq!(written(|out| listing.unwrap().encode_reply(out)), b"+OK 7\r\n");
            assert!(strict(line, |line, reading| stat(line, reading)).is_err(), "{line:?}");
        }
        let error = lenient(b"+OK seven 1800662", |line, reading| stat(line, reading)).0;
        assert_eq!(error.unwrap_err().at, 4);
        assert!(lenient(b"-ERR 1 2", |line, reading| stat(line, reading)).0.is_err());
    }

    #[test]
    fn scan_listings() {
        let with_rest =
            ScanListing::new(MessageNumber::FIRST, 1024).with_rest("x  y".try_into().unwrap());
        for (line, listing) in [
            (&b"1 120"[..], ScanListing::new(MessageNumber::FIRST, 120)),
            (b"1 1024 x  y", with_rest),
        ] {
            assert_eq!(strict(line, ScanListing::parse), Ok(listing.clone()));
            assert_eq!(written(|out| listing.encode(out)), [line, b"\r\n"].concat());
        }
        for line in [&b"0 1"[..], b"", b"x", b"4294967296 1", b"-1 1", b" "] {
            assert!(lenient(line, ScanListing::parse).0.is_err(), "{line:?}");
        }
    }

    #[test]
    fn a_listing_without_its_size_stays_what_it_is() {
        for line in [&b"7"[..], b"7 -5", b"7 big 100", b"7 18446744073709551616 x", b"7 \t0"] {
            let listing = lenient(line, ScanListing::parse).0.unwrap();
            assert_eq!(listing.octets(), None, "{line:?}");
            assert_eq!(written(|out| listing.encode(out)), [line, b"\r\n"].concat());
        }
    }

    #[test]
    fn unique_ids() {
        let listing = strict(b"2 QhdPYR:00WBw1Ph7x7", UidListing::parse).unwrap();
        assert_eq!(written(|out| listing.encode(out)), b"2 QhdPYR:00WBw1Ph7x7\r\n");
        assert_eq!(written(|out| listing.encode_reply(out)), b"+OK 2 QhdPYR:00WBw1Ph7x7\r\n");
        assert_eq!(lenient(b"3", UidListing::parse).0.unwrap_err().at, 1);
        assert_eq!(lenient(b"3 ", UidListing::parse).0.unwrap_err().at, 2);
        let (listing, defects) = lenient(b"1 a b ", UidListing::parse);
        assert_eq!(listing.unwrap().uid.as_bytes(), b"a b");
        assert_eq!(defects, vec![Defect::TrailingSpace, Defect::OddUniqueId]);
        let beyond = [&b"1 "[..], &[b'x'; 1025]].concat();
        assert_eq!(lenient(&beyond, UidListing::parse).0.unwrap_err().at, 72);
    }

    #[test]
    fn a_reply_without_a_number_is_about_the_message_asked_for() {
        let asked = MessageNumber::new(7).unwrap();
        let reply = |line: &[u8], reading: &mut Reading<Defect>| {
            let status = strict(line, Status::parse).unwrap();
            UidListing::parse_reply(&status, asked, reading)
        };
        let (listing, defects) = lenient(b"+OK 00001a1457b5a851", |line, r| reply(line, r));
        assert_eq!(listing.unwrap().message, asked);
        assert_eq!(defects, vec![Defect::MissingNumber]);
        assert!(lenient(b"+OK 7", |line, r| reply(line, r)).0.is_err(), "a number without an id");
        assert!(lenient(b"+OK", |line, r| reply(line, r)).0.is_err());
        let (listing, _) = lenient(b"+OK 8 x", |line, r| reply(line, r));
        assert_eq!(listing.unwrap().message.get(), 8, "what to make of it is for the caller");
    }
}
