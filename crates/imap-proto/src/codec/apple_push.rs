//! XAPPLEPUSHSERVICE: notifications by Apple.
//!
//! There is no specification. Mail on iOS sends the command, iCloud, Cyrus, Courier and plugins of
//! Dovecot answer it.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{AString, Cursor, Encoder, IString};
use crate::Defect;

/// The arguments of XAPPLEPUSHSERVICE: keys and values.
///
/// ```abnf
/// xapplepushservice = "XAPPLEPUSHSERVICE" 1*(SP astring SP (astring / list))
/// list              = "(" [astring *(SP astring)] ")"
/// ```
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{ApplePush, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" aps-version 2 aps-subtopic com.apple.mobilemail mailboxes (INBOX Notes)");
/// let command = parse_whole(&octets, &mut Reading::new(Leniency::strict()), ApplePush::parse).unwrap();
/// assert_eq!(command.value("APS-VERSION").unwrap().as_bytes(), b"2");
/// assert_eq!(command.mailboxes().unwrap()[1].as_bytes(), b"Notes");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ApplePush(Vec<ApplePushArgument>);

/// A key and what belongs to it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ApplePushArgument {
    /// `aps-version`, `aps-account-id`, `aps-device-token`, `aps-subtopic`, `mailboxes`.
    pub key: AString,
    /// What belongs to it.
    pub value: ApplePushValue,
}

/// What belongs to a key.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ApplePushValue {
    /// A word or a number.
    One(AString),
    /// A list: the names of mailboxes.
    List(Vec<AString>),
}

impl ApplePush {
    /// These arguments, unless there are none.
    #[must_use]
    pub fn new(arguments: impl IntoIterator<Item = ApplePushArgument>) -> Option<Self> {
        let arguments: Vec<_> = arguments.into_iter().collect();
        (!arguments.is_empty()).then_some(Self(arguments))
    }

    /// The arguments.
    #[must_use]
    pub fn arguments(&self) -> &[ApplePushArgument] {
        &self.0
    }

    /// The word or number of this key.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&AString> {
        self.of(key).find_map(|value| match value {
            ApplePushValue::One(value) => Some(value),
            ApplePushValue::List(_) => None,
        })
    }

    /// The names of the mailboxes that the device wants to hear of.
    #[must_use]
    pub fn mailboxes(&self) -> Option<&[AString]> {
        self.of("mailboxes").find_map(|value| match value {
            ApplePushValue::List(names) => Some(&names[..]),
            ApplePushValue::One(_) => None,
        })
    }

    fn of(&self, key: &str) -> impl Iterator<Item = &ApplePushValue> {
        let is_it = move |it: &&ApplePushArgument| is(it.key.as_bytes(), key);
        self.0.iter().filter(is_it).map(|it| &it.value)
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
        pairs(cursor, reading, |key, cursor, reading| {
            let value = if cursor.peek() == Some(b'(') {
                ApplePushValue::List(cursor.items_or_none(reading, AString::parse)?)
            } else {
                ApplePushValue::One(AString::parse(cursor, reading)?)
            };
            Ok(ApplePushArgument { key, value })
        })
        .map(Self)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for ApplePushArgument { key, value } in &self.0 {
            encoder.space();
            key.encode(encoder);
            encoder.space();
            match value {
                ApplePushValue::One(value) => value.encode(encoder),
                ApplePushValue::List(names) => encoder.list(names, AString::encode),
            }
        }
    }
}

/// The data of XAPPLEPUSHSERVICE: keys and values, those of which are `aps-version` and `aps-topic`.
///
/// ```abnf
/// xapplepushservice-data = "XAPPLEPUSHSERVICE" 1*(SP astring SP astring)
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ApplePushData(Vec<(IString, IString)>);

impl ApplePushData {
    /// These pairs, unless there are none.
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (IString, IString)>) -> Option<Self> {
        let pairs: Vec<_> = pairs.into_iter().collect();
        (!pairs.is_empty()).then_some(Self(pairs))
    }

    /// The keys and their values.
    #[must_use]
    pub fn pairs(&self) -> &[(IString, IString)] {
        &self.0
    }

    /// The value of this key.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&IString> {
        self.0.iter().find(|(it, _)| is(it.as_bytes(), key)).map(|(_, value)| value)
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
        pairs(cursor, reading, |key, cursor, reading| {
            let value = AString::parse(cursor, reading)?;
            // Both types hold the same octets.
            Ok((IString::new(key.into_bytes())?, IString::new(value.into_bytes())?))
        })
        .map(Self)
    }

    /// Writes it, in quotes as all known servers do.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for (key, value) in &self.0 {
            encoder.space();
            key.encode(encoder);
            encoder.space();
            value.encode(encoder);
        }
    }
}

fn is(octets: &[u8], key: &str) -> bool {
    octets.eq_ignore_ascii_case(key.as_bytes())
}

/// One or more keys with their values to the end of the message.
fn pairs<T>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
    value: impl Fn(AString, &mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    cursor.space(reading)?;
    let mut pairs = Vec::new();
    let mut room = cursor.limits().elements;
    loop {
        room = room.checked_sub(1).ok_or(cursor.expected("fewer arguments"))?;
        let key = AString::parse(cursor, reading)?;
        cursor.space(reading)?;
        pairs.push(value(key, cursor, reading)?);
        if !cursor.another(reading)? {
            return Ok(pairs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use proptest::collection;
    use proptest::prelude::*;

    #[test]
    fn a_device_is_registered() {
        let octets = b" aps-version 2 aps-account-id 0715A26B-CA09 aps-device-token 29183902 \
                       aps-subtopic com.apple.mobilemail mailboxes (INBOX \"Sent Items\")";
        let command = reads_and_writes(octets, ApplePush::parse, ApplePush::encode);
        let value = |key| command.value(key).map(AString::as_bytes);
        assert_eq!(value("Aps-Account-Id"), Some(&b"0715A26B-CA09"[..]));
        assert_eq!((value("mailboxes"), value("x")), (None, None));
        let names: Vec<_> = command.mailboxes().unwrap().iter().map(AString::as_bytes).collect();
        assert_eq!(names, [&b"INBOX"[..], b"Sent Items"]);
        let without = reads_and_writes(b" mailboxes ()", ApplePush::parse, ApplePush::encode);
        assert_eq!(without.mailboxes(), Some(&[][..]));
        let (read, defects) = lenient(b" \"mailboxes\" ( a ) ", ApplePush::parse);
        assert_eq!(read.unwrap().mailboxes().unwrap().len(), 1);
        let space = Defect::SpaceInList;
        assert_eq!(defects, [space, space, Defect::TrailingSpace]);
    }

    #[test]
    fn the_server_answers() {
        let octets = b" \"aps-version\" \"2\" \"aps-topic\" \"com.apple.mail.XServer.e0205478\"";
        let data = reads_and_writes(octets, ApplePushData::parse, ApplePushData::encode);
        assert_eq!(data.pairs().len(), 2);
        assert_eq!(data.value("aps-version").unwrap().as_bytes(), b"2");
        let atoms = b" aps-version 2 aps-topic com.apple.mail.XServer.e0205478";
        assert_eq!(strict(atoms, ApplePushData::parse), Ok(data));
    }

    #[test]
    fn what_is_cut_off() {
        for (octets, at) in [("", 0), (" ", 1), (" a", 2), (" a ", 3), (" a (b", 5), (" a (b)c", 6)]
        {
            let error = strict(octets.as_bytes(), ApplePush::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets}");
        }
        assert_eq!(strict(b" a (b)", ApplePushData::parse).unwrap_err().at, 3);
        assert_eq!((ApplePush::new([]), ApplePushData::new([])), (None, None));
    }

    fn any_astring() -> impl Strategy<Value = AString> {
        collection::vec(1u8.., 0..6).prop_map(|octets| AString::new(octets).unwrap())
    }

    proptest! {
        #[test]
        fn command_and_data_round_trip(
            values in collection::vec((any_astring(), collection::vec(any_astring(), 0..3)), 1..4),
        ) {
            let data = values.iter().flat_map(|(key, all)| all.iter().map(move |it| (key, it)));
            let data = data.map(|(key, value)| {
                let string = |it: &AString| IString::new(it.clone().into_bytes()).unwrap();
                (string(key), string(value))
            });
            if let Some(data) = ApplePushData::new(data) {
                round_trips(&data, ApplePushData::encode, ApplePushData::parse);
            }
            let arguments = values.into_iter().map(|(key, all)| {
                let value = match &all[..] {
                    [one] => ApplePushValue::One(one.clone()),
                    _ => ApplePushValue::List(all),
                };
                ApplePushArgument { key, value }
            });
            let command = ApplePush::new(arguments).unwrap();
            round_trips(&command, ApplePush::encode, ApplePush::parse);
        }
    }
}
