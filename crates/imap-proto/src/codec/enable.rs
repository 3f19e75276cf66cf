//! ENABLE, and what it switches on.

use mail_proto::{ParseError, Reading, Sink};

use super::{Capabilities, Capability, Cursor, Encoder, OneOrMore};
use crate::Defect;

/// The arguments of ENABLE: what the client understands from now on.
///
/// ```abnf
/// enable         = "ENABLE" 1*(SP capability)
/// ```
///
/// (RFC 9051 section 6.3.1, RFC 5161.)
///
/// ```
/// use imap_proto::{Capability, Enable, Encoder, Negotiated, OneOrMore};
///
/// let enable = Enable { capabilities: OneOrMore::one(Capability::QResync) };
/// let mut out = Vec::new();
/// enable.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" QRESYNC");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Enable {
    /// What to switch on; what the server does not know, it ignores.
    pub capabilities: OneOrMore<Capability>,
}

impl Enable {
    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// There is not one capability.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let missing = cursor.expected("a space and a capability");
        let capabilities = Capabilities::parse(cursor, reading)?;
        let capabilities = OneOrMore::new(capabilities).ok_or(missing)?;
        Ok(Self { capabilities })
    }

    /// Writes the arguments.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for capability in self.capabilities.iter() {
            encoder.space();
            capability.encode(encoder);
        }
    }
}

/// The data of ENABLED: what is switched on by this command, often nothing.
///
/// ```abnf
/// enable-data    = "ENABLED" *(SP capability)
/// ```
///
/// (RFC 9051 section 7.2.1.) It is what counts, not the OK of the command.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Capability, EnabledData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" CONDSTORE QRESYNC");
/// let mut reading = Reading::new(Leniency::strict());
/// let enabled = parse_whole(&octets, &mut reading, EnabledData::parse).unwrap();
/// assert!(enabled.capabilities.contains(&Capability::QResync));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct EnabledData {
    /// What is switched on.
    pub capabilities: Capabilities,
}

impl EnabledData {
    /// Reads the data.
    ///
    /// # Errors
    ///
    /// It is no list of capabilities.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        Capabilities::parse(cursor, reading).map(|capabilities| Self { capabilities })
    }

    /// Writes the data.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.capabilities.encode(encoder);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::capability::tests::{any_capabilities, any_capability};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    pub(crate) fn any_enable() -> impl Strategy<Value = Enable> {
        proptest::collection::vec(any_capability(), 1..5)
            .prop_map(|list| Enable { capabilities: OneOrMore::new(list).unwrap() })
    }

    pub(crate) fn any_enabled_data() -> impl Strategy<Value = EnabledData> {
        any_capabilities().prop_map(|capabilities| EnabledData { capabilities })
    }

    #[test]
    fn enable_of_the_rfcs() {
        for octets in [" CONDSTORE X-GOOD-IDEA", " CONDSTORE", " IMAP4rev2", " UIDONLY"] {
            reads_and_writes(octets.as_bytes(), Enable::parse, Enable::encode);
            reads_and_writes(octets.as_bytes(), EnabledData::parse, EnabledData::encode);
        }
        reads_and_writes(b"", EnabledData::parse, EnabledData::encode);
        for (octets, at) in [("", 0), (" ", 0), ("X", 0), (" a (", 3)] {
            let parsed = strict(octets.as_bytes(), Enable::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets}");
        }
        let (enabled, defects) = lenient(b" ", EnabledData::parse);
        assert_eq!(enabled, Ok(EnabledData::default()));
        assert_eq!(defects, [Defect::TrailingSpace]);
    }

    proptest! {
        #[test]
        fn written_and_read_back(enable in any_enable(), enabled in any_enabled_data()) {
            round_trips(&enable, Enable::encode, Enable::parse);
            round_trips(&enabled, EnabledData::encode, EnabledData::parse);
        }
    }
}
