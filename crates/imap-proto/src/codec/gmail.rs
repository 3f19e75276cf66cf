//! What Gmail adds: X-GM-EXT-1.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{Cursor, Encoder, NameForm, utf7};
use crate::Defect;

const EXPECTED: &str = "a label without NUL";

mail_proto::byte_string! {
    /// A label: any octets but NUL.
    ///
    /// ```abnf
    /// gm-label       = "\" atom / astring
    /// ```
    ///
    /// (Gmail IMAP extensions, X-GM-LABELS.) Names of users are modified UTF-7 like those of mailboxes;
    /// those of the system begin with a backslash. Gmail writes `"\\Inbox"`, its documentation `\Inbox`:
    /// they are equal.
    ///
    /// ```
    /// use imap_proto::{GmailLabel, NameForm};
    ///
    /// assert!(GmailLabel::new("\\Inbox").unwrap().is_system());
    /// let label = GmailLabel::from_name("Entw\u{fc}rfe", NameForm::Utf7).unwrap();
    /// assert_eq!(label.as_bytes(), b"Entw&APw-rfe");
    /// assert_eq!(label.display(), "Entw\u{fc}rfe");
    /// ```
    pub struct GmailLabel: "a label without NUL", |octets: &[u8]| memchr::memchr(0, octets);
}

impl GmailLabel {
    /// The label that is called so.
    ///
    /// # Errors
    ///
    /// Where there is a NUL.
    pub fn from_name(name: &str, form: NameForm) -> Result<Self, ParseError> {
        match form {
            // A NUL would come out encoded.
            NameForm::Utf7 if name.contains('\0') => Self::try_from(name),
            NameForm::Utf7 => Self::try_from(&*utf7::encode(name)),
            NameForm::Utf8 => Self::try_from(name),
        }
    }

    /// What to show: the name if the octets are modified UTF-7, else as much of them as is UTF-8.
    #[must_use]
    pub fn display(&self) -> Cow<'_, str> {
        utf7::decode(&self.0).unwrap_or_else(|_| String::from_utf8_lossy(&self.0))
    }

    /// Whether it is one of Gmail's own, as `\Inbox` is.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.0.split_first().is_some_and(|(first, name)| {
            *first == b'\\' && !name.is_empty() && Class::ATOM.first_outside(name).is_none()
        })
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.peek() != Some(b'\\') {
            return cursor.astring(Class::ASTRING, EXPECTED, reading).map(Self);
        }
        let begin = cursor.clone();
        cursor.skip(1);
        cursor.run_kept(Class::ATOM, "the name of a label")?;
        Ok(Self(begin.until(cursor).into()))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if self.is_system() {
            encoder.put_checked(&self.0);
        } else {
            encoder.astring_octets(&self.0);
        }
    }
}

/// The labels of a message, or those that a STORE adds or takes away.
///
/// ```abnf
/// gm-labels      = "(" [gm-label *(SP gm-label)] ")"
/// gm-labels      =/ gm-label *(SP gm-label)    ; in STORE
/// ```
///
/// (Gmail IMAP extensions, X-GM-LABELS.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{GmailLabel, GmailLabels, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br#"(\Inbox \Sent Important "Muy Importante")"#);
/// let mut reading = Reading::new(Leniency::strict());
/// let labels = parse_whole(&octets, &mut reading, GmailLabels::parse).unwrap();
/// assert!(labels.contains(&GmailLabel::new("Muy Importante").unwrap()));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct GmailLabels(Vec<GmailLabel>);

impl GmailLabels {
    /// The labels, in the order in which they came.
    #[must_use]
    pub fn as_slice(&self) -> &[GmailLabel] {
        &self.0
    }

    /// Whether this one is among them, octet for octet.
    #[must_use]
    pub fn contains(&self, label: &GmailLabel) -> bool {
        self.0.contains(label)
    }

    /// Reads the list.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let labels = cursor.items_or_none(reading, parse_item)?;
        Ok(Self(labels.into_iter().flatten().collect()))
    }

    /// Reads a list, or one or more labels without parentheses, as clients send them in STORE.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse_stored(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.peek() == Some(b'(') {
            return Self::parse(cursor, reading);
        }
        let (mut labels, mut room) = (Vec::new(), cursor.limits().elements);
        loop {
            room = room.checked_sub(1).ok_or(cursor.expected("fewer labels"))?;
            labels.push(GmailLabel::parse(cursor, reading)?);
            if !cursor.another(reading)? {
                return Ok(Self(labels));
            }
        }
    }

    /// Writes the list.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.list(&self.0, |label, encoder| label.encode(encoder));
    }
}

/// A label, or None for a NIL that is left out.
fn parse_item(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Option<GmailLabel>, ParseError> {
    let (at, is_quoted) = (cursor.at(), matches!(cursor.peek(), Some(b'"' | b'{')));
    let label = GmailLabel::parse(cursor, reading)?;
    // An atom it is, too: who does not put up with it has a label of that name.
    let is_nil = !is_quoted && label.0.eq_ignore_ascii_case(b"NIL");
    if is_nil && reading.leniency.allows(Defect::NilFlag) {
        return reading.tolerate(Defect::NilFlag, at, EXPECTED).map(|()| None);
    }
    Ok(Some(label))
}

impl FromIterator<GmailLabel> for GmailLabels {
    fn from_iter<I: IntoIterator<Item = GmailLabel>>(labels: I) -> Self {
        Self(labels.into_iter().collect())
    }
}

impl From<GmailLabel> for GmailLabels {
    fn from(label: GmailLabel) -> Self {
        [label].into_iter().collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_gmail_labels() -> impl Strategy<Value = GmailLabels> {
        let label = prop_oneof![
            r"\\[A-Za-z]{1,8}",
            r"[A-Za-z/&-]{1,8}",
            any::<String>(),
            Just(String::from("NIL")),
            Just(String::from("\\*")),
        ];
        proptest::collection::vec(label, 0..4).prop_map(|labels| {
            labels.into_iter().filter_map(|label| GmailLabel::new(label).ok()).collect()
        })
    }

    proptest! {
        #[test]
        fn round_trip(labels in any_gmail_labels()) {
            round_trips(&labels, GmailLabels::encode, GmailLabels::parse);
        }
    }

    fn labels<const N: usize>(names: [&'static str; N]) -> GmailLabels {
        names.into_iter().map(|name| GmailLabel::new(name).unwrap()).collect()
    }

    #[test]
    fn labels_as_gmail_and_its_documentation_write_them() {
        for octets in ["()", r"(\Inbox \Sent Important \Starred)", r#"("a b" \Muted "a\\b")"#] {
            reads_and_writes(octets.as_bytes(), GmailLabels::parse, GmailLabels::encode);
        }
        let gmail = strict(br#"("\\Inbox" "\\Sent" foo)"#, GmailLabels::parse).unwrap();
        assert_eq!(gmail, labels(["\\Inbox", "\\Sent", "foo"]));
        assert_eq!(written(|encoder| gmail.encode(encoder)), br"(\Inbox \Sent foo)");
        for (octets, at) in [(r"(\)", 2), (r"(\*)", 2), ("a", 0), ("(a", 2), ("(a\u{e9})", 2)] {
            let read = strict(octets.as_bytes(), GmailLabels::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    /// Q52.
    #[test]
    fn nil_among_labels_is_left_out() {
        let octets = br#"("\\Starred" NIL)"#;
        let (read, defects) = lenient(octets, GmailLabels::parse);
        assert_eq!((read, defects), (Ok(labels(["\\Starred"])), vec![Defect::NilFlag]));
        assert_eq!(strict(octets, GmailLabels::parse), Ok(labels(["\\Starred", "NIL"])));
        let (quoted, defects) = lenient(br#"("NIL")"#, GmailLabels::parse);
        assert_eq!((quoted, defects), (Ok(labels(["NIL"])), vec![]));
    }

    #[test]
    fn names() {
        let utf8 = GmailLabel::from_name("R&D", NameForm::Utf8).unwrap();
        let utf7 = GmailLabel::from_name("R&D", NameForm::Utf7).unwrap();
        assert_eq!((utf8.as_bytes(), utf7.as_bytes()), (&b"R&D"[..], &b"R&-D"[..]));
        assert_eq!((utf8.display(), utf7.display()), ("R&D".into(), "R&D".into()));
        assert_eq!(GmailLabel::new(&b"a\xff\0"[..]).map_err(|error| error.at), Err(2));
        for form in [NameForm::Utf7, NameForm::Utf8] {
            assert_eq!(GmailLabel::from_name("a\0", form).map_err(|error| error.at), Err(1));
        }
    }
}
