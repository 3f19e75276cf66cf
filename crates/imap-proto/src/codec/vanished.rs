//! VANISHED: messages that are gone, by their UIDs (RFC 7162, RFC 9586).

use mail_proto::{ParseError, Reading, Sink};

use super::{Cursor, Encoder, NumberSet, Uid};
use crate::Defect;

/// Messages that are gone.
///
/// ```abnf
/// expunged-resp  = "VANISHED" [SP "(EARLIER)"] SP known-uids
/// ```
///
/// (RFC 7162 section 3.2.10.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Uid, Vanished, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let octets = Bytes::from_static(b" (EARLIER) 300:310,405");
/// let vanished = parse_whole(&octets, &mut reading, Vanished::parse).unwrap();
/// assert!(vanished.earlier && vanished.uids.contains(Uid::new(305).unwrap()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Vanished {
    /// They were gone before the client asked: no sequence number changes.
    pub earlier: bool,
    /// Their UIDs. They need not have existed.
    pub uids: NumberSet<Uid>,
}

impl Vanished {
    /// Reads what stands behind `VANISHED`.
    ///
    /// # Errors
    ///
    /// There are no UIDs.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let earlier = cursor.eat_tag(b"(EARLIER)");
        if earlier {
            cursor.space(reading)?;
        }
        Ok(Self { earlier, uids: NumberSet::parse(cursor, reading)? })
    }

    /// Writes what stands behind `VANISHED`.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(if self.earlier { b" (EARLIER) " } else { b" " });
        self.uids.encode(encoder);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{reads_and_writes, strict};

    #[test]
    fn both_forms() {
        for octets in [&b" 41,43:116,118,120:211,214:540"[..], b" (EARLIER) 1", b" 1:4294967295"] {
            reads_and_writes(octets, Vanished::parse, Vanished::encode);
        }
        for (octets, at) in [(&b" "[..], 1), (b" *", 1), (b" (LATER) 1", 1), (b" 0", 1)] {
            assert_eq!(strict(octets, Vanished::parse).map_err(|error| error.at), Err(at));
        }
    }
}
