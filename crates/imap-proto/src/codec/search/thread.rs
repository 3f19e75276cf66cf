//! The THREAD command.

use mail_proto::{ParseError, Reading, Sink};

use super::{Charset, SearchKey};
use crate::Defect;
use crate::codec::{Atom, Cursor, Encoder};

/// How messages are made into threads.
///
/// ```abnf
/// thread-alg     = "ORDEREDSUBJECT" / "REFERENCES" / thread-alg-ext
/// thread-alg-ext = atom
/// ```
///
/// (RFC 5256 section 3.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ThreadAlgorithm {
    /// By subject, then by date.
    OrderedSubject,
    /// By what each message refers to.
    References,
    /// By what each message refers to, without regard to subjects (Dovecot, Cyrus).
    Refs,
    /// In another way.
    Other(Atom),
}

impl ThreadAlgorithm {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let name = Atom::parse(cursor, reading)?;
        let is = |word: &[u8]| name.as_bytes().eq_ignore_ascii_case(word);
        Ok(match () {
            () if is(b"REFERENCES") => Self::References,
            () if is(b"ORDEREDSUBJECT") => Self::OrderedSubject,
            () if is(b"REFS") => Self::Refs,
            () => {
                reading.keep_raw();
                Self::Other(name)
            }
        })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::OrderedSubject => encoder.put(b"ORDEREDSUBJECT"),
            Self::References => encoder.put(b"REFERENCES"),
            Self::Refs => encoder.put(b"REFS"),
            Self::Other(name) => name.encode(encoder),
        }
    }
}

/// The arguments of THREAD and UID THREAD.
///
/// ```abnf
/// thread          = ["UID" SP] "THREAD" SP thread-alg SP search-criteria
/// search-criteria = charset 1*(SP search-key)
/// ```
///
/// (RFC 5256 section 3.)
///
/// ```
/// use imap_proto::{Encoder, Negotiated, SearchKey, Thread, ThreadAlgorithm};
///
/// let thread = Thread::new(ThreadAlgorithm::References, SearchKey::All);
/// let mut out = Vec::new();
/// thread.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" REFERENCES UTF-8 ALL");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Thread {
    /// How threads are made.
    pub algorithm: ThreadAlgorithm,
    /// The charset of the strings.
    pub charset: Charset,
    /// What to find.
    pub key: SearchKey,
}

impl Thread {
    /// The threads of what is found, strings being UTF-8.
    #[must_use]
    pub const fn new(algorithm: ThreadAlgorithm, key: SearchKey) -> Self {
        Self { algorithm, charset: Charset::UTF_8, key }
    }

    /// Reads it, from the space behind `THREAD` on.
    ///
    /// # Errors
    ///
    /// One of its parts is missing or wrong.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let algorithm = ThreadAlgorithm::parse(cursor, reading)?;
        cursor.space(reading)?;
        let charset = Charset::parse(cursor, reading)?;
        cursor.space(reading)?;
        Ok(Self { algorithm, charset, key: SearchKey::parse(cursor, reading)? })
    }

    /// Writes it, from the space behind `THREAD` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.algorithm.encode(encoder);
        encoder.space();
        self.charset.encode(encoder);
        encoder.space();
        self.key.encode(encoder);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::charset::tests::any_charset;
    use super::super::program::tests::any_search_key;
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    pub(crate) fn any_thread() -> impl Strategy<Value = Thread> {
        let algorithm = prop_oneof![
            Just(ThreadAlgorithm::OrderedSubject),
            Just(ThreadAlgorithm::References),
            Just(ThreadAlgorithm::Refs),
            "X-[a-z]{1,3}".prop_map(|name| ThreadAlgorithm::Other(Atom::new(name).unwrap())),
        ];
        (algorithm, any_charset(), any_search_key()).prop_map(|(algorithm, charset, key)| Thread {
            algorithm,
            charset,
            key,
        })
    }

    #[test]
    fn commands_read_and_written() {
        for octets in [
            &b" ORDEREDSUBJECT US-ASCII TEXT gewp"[..],
            b" REFERENCES UTF-8 SINCE 5-Mar-2000",
            b" REFS UTF-8 ALL",
            b" X=new KOI8-R ALL SEEN",
        ] {
            reads_and_writes(octets, Thread::parse, Thread::encode);
        }
        assert!(strict(b" ORDEREDSUBJECT UTF-8 SINCE 5-MAR-2000", Thread::parse).is_ok());
        for (octets, at) in [(&b" REFERENCES"[..], 11), (b" REFS UTF-8", 11), (b" (A)", 1)] {
            assert_eq!(strict(octets, Thread::parse).map_err(|error| error.at), Err(at));
        }
    }

    proptest! {
        #[test]
        fn commands_come_back(thread in any_thread()) {
            round_trips(&thread, Thread::encode, Thread::parse);
        }
    }
}
