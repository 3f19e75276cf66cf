//! COMPRESS (RFC 4978).

use mail_proto::{Octets, ParseError, Reading, Sink};

use super::{Atom, CaselessAtom, Cursor, Encoder};
use crate::Defect;

/// The arguments of COMPRESS.
///
/// ```abnf
/// compress       = "COMPRESS" SP algorithm
/// ```
///
/// (RFC 4978 section 5.)
///
/// ```
/// use imap_proto::{Compress, CompressionAlgorithm, Encoder, Negotiated};
///
/// let compress = Compress { algorithm: CompressionAlgorithm::Deflate };
/// let mut out = Vec::new();
/// compress.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" DEFLATE");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Compress {
    /// How the stream is compressed from now on.
    pub algorithm: CompressionAlgorithm,
}

impl Compress {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// There are none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        CompressionAlgorithm::parse(cursor, reading).map(|algorithm| Self { algorithm })
    }

    /// Writes the arguments.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.algorithm.encode(encoder);
    }
}

/// How a stream is compressed.
///
/// ```abnf
/// algorithm      = "DEFLATE"
/// ```
///
/// (RFC 4978 section 5.)
///
/// ```
/// use imap_proto::CompressionAlgorithm;
///
/// assert_eq!(CompressionAlgorithm::new("deflate").unwrap(), CompressionAlgorithm::Deflate);
/// assert!(matches!(CompressionAlgorithm::new("LZ4").unwrap(), CompressionAlgorithm::Other(_)));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum CompressionAlgorithm {
    /// RFC 1951, without the header of zlib.
    Deflate,
    /// Another, of which nothing is known; the command gets a NO.
    Other(CaselessAtom),
}

impl CompressionAlgorithm {
    /// The algorithm of this name, in any case.
    ///
    /// # Errors
    ///
    /// It is no atom.
    pub fn new(name: impl Into<Octets>) -> Result<Self, ParseError> {
        Atom::new(name).map(Self::from_atom)
    }

    fn from_atom(name: Atom) -> Self {
        if name.as_bytes().eq_ignore_ascii_case(DEFLATE) {
            Self::Deflate
        } else {
            Self::Other(CaselessAtom::new(name))
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let algorithm = Atom::parse(cursor, reading).map(Self::from_atom)?;
        if algorithm != Self::Deflate {
            reading.keep_raw();
        }
        Ok(algorithm)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Deflate => encoder.put(DEFLATE),
            Self::Other(name) => encoder.atom(name.atom()),
        }
    }
}

const DEFLATE: &[u8] = b"DEFLATE";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::capability::tests::any_caseless_atom;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    fn any_compression_algorithm() -> impl Strategy<Value = CompressionAlgorithm> {
        let other = any_caseless_atom()
            .prop_map(|name| CompressionAlgorithm::new(name.atom().clone().into_bytes()).unwrap());
        prop_oneof![Just(CompressionAlgorithm::Deflate), other]
    }

    #[test]
    fn the_one_algorithm_and_others() {
        let read = |octets| reads_and_writes(octets, Compress::parse, Compress::encode);
        assert_eq!(read(b" DEFLATE").algorithm, CompressionAlgorithm::Deflate);
        assert!(matches!(read(b" lz4").algorithm, CompressionAlgorithm::Other(_)));
        let parsed = strict(b" deflate", Compress::parse);
        assert_eq!(parsed, Ok(Compress { algorithm: CompressionAlgorithm::Deflate }));
        for (octets, at) in [(&b""[..], 0), (b" ", 1), (b"DEFLATE", 0), (b" DEFLATE 9", 8)] {
            let parsed = strict(octets, Compress::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at));
        }
    }

    proptest! {
        #[test]
        fn written_and_read_back(algorithm in any_compression_algorithm()) {
            round_trips(&Compress { algorithm }, Compress::encode, Compress::parse);
        }
    }
}
