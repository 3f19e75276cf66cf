//! The options of LIST: which mailboxes to select, and what to return of them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::OneOrMore;
use crate::Defect;
use crate::codec::{Atom, Cursor, Encoder, ExtValue, MetadataEntry, StatusAtt};

/// An option that no document of this library names.
///
/// ```abnf
/// option-extension = (option-standard-tag / option-vendor-tag) [SP option-value]
/// option-value     = "(" option-val-comp ")"
/// option-val-comp  = astring / option-val-comp *(SP option-val-comp) / "(" option-val-comp ")"
/// ```
///
/// (RFC 5258 section 6.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OptionExtension {
    name: Atom,
    value: Option<ExtValue>,
}

impl OptionExtension {
    /// The option of this name, unless it is a known one or its value is no list of something.
    #[must_use]
    pub fn new(name: Atom, value: Option<ExtValue>) -> Option<Self> {
        let is_known = KNOWN.iter().any(|known| name.as_bytes().eq_ignore_ascii_case(known));
        let is_value = value.as_ref().is_none_or(is_option_value);
        (is_value && !is_known).then_some(Self { name, value })
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &Atom {
        &self.name
    }

    /// What belongs to it.
    #[must_use]
    pub const fn value(&self) -> Option<&ExtValue> {
        self.value.as_ref()
    }

    /// Reads what follows the name.
    fn parse(
        name: Atom,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut value = None;
        if let [b' ', b'(', ..] = cursor.rest() {
            cursor.space(reading)?;
            let at = cursor.at().saturating_add(1);
            let read = ExtValue::parse(cursor, reading)?;
            let is_value = is_option_value(&read);
            value = Some(read).filter(|_| is_value);
            if !is_value {
                return Err(ParseError::new(at, "a value of the option"));
            }
        }
        reading.keep_raw();
        Ok(Self { name, value })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.atom(&self.name);
        if let Some(value) = &self.value {
            encoder.space();
            value.encode(encoder);
        }
    }
}

/// The names of [`SelectionOption`] and [`ReturnOption`].
const KNOWN: [&[u8]; 10] = [
    b"SUBSCRIBED",
    b"REMOTE",
    b"RECURSIVEMATCH",
    b"SPECIAL-USE",
    b"UTF8",
    b"UTF8ONLY",
    b"CHILDREN",
    b"STATUS",
    b"MYRIGHTS",
    b"METADATA",
];

/// Whether it is a list that is not empty.
fn is_option_value(value: &ExtValue) -> bool {
    let rest = value.raw().as_bytes().strip_prefix(b"(");
    rest.is_some_and(|rest| !rest.trim_ascii_start().starts_with(b")"))
}

/// Which mailboxes LIST names.
///
/// ```abnf
/// list-select-opt             = list-select-base-opt / list-select-independent-opt /
///                               list-select-mod-opt
/// list-select-base-opt        = "SUBSCRIBED" / option-extension
/// list-select-independent-opt = "REMOTE" / "SPECIAL-USE" / option-extension
/// list-select-mod-opt         = "RECURSIVEMATCH" / option-extension
/// ```
///
/// (RFC 9051 section 6.3.9.1, RFC 6154.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum SelectionOption {
    /// Those subscribed to, be there such mailboxes or not.
    Subscribed,
    /// Those on other servers, too.
    Remote,
    /// Those, too, that have others below them which the base option selects.
    RecursiveMatch,
    /// Those that are for something: `\Drafts`, `\Sent` (RFC 6154).
    SpecialUse,
    /// Those with names in UTF-8, too (RFC 5738, withdrawn).
    Utf8,
    /// Those only that UTF8 can select (RFC 5738, withdrawn).
    Utf8Only,
    /// Another one.
    Other(Box<OptionExtension>),
}

impl SelectionOption {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let (name, word) = cursor.atom_and_word()?;
        Ok(match word.as_ref().map(|word| word.as_bytes()) {
            Some(b"SUBSCRIBED") => Self::Subscribed,
            Some(b"REMOTE") => Self::Remote,
            Some(b"RECURSIVEMATCH") => Self::RecursiveMatch,
            Some(b"SPECIAL-USE") => Self::SpecialUse,
            Some(b"UTF8") => Self::Utf8,
            Some(b"UTF8ONLY") => Self::Utf8Only,
            _ => Self::Other(Box::new(OptionExtension::parse(name, cursor, reading)?)),
        })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Subscribed => encoder.put(b"SUBSCRIBED"),
            Self::Remote => encoder.put(b"REMOTE"),
            Self::RecursiveMatch => encoder.put(b"RECURSIVEMATCH"),
            Self::SpecialUse => encoder.put(b"SPECIAL-USE"),
            Self::Utf8 => encoder.put(b"UTF8"),
            Self::Utf8Only => encoder.put(b"UTF8ONLY"),
            Self::Other(option) => option.encode(encoder),
        }
    }

    /// Whether RECURSIVEMATCH has something to go by.
    const fn is_base(&self) -> bool {
        match self {
            Self::Subscribed | Self::Utf8 | Self::Utf8Only | Self::Other(_) => true,
            Self::Remote | Self::SpecialUse | Self::RecursiveMatch => false,
        }
    }
}

/// The selection options of a LIST.
///
/// ```abnf
/// list-select-opts = "(" [ (*(list-select-opt SP) list-select-base-opt *(SP list-select-opt)) /
///                    (list-select-independent-opt *(SP list-select-independent-opt)) ] ")"
/// ```
///
/// (RFC 9051 section 9.)
///
/// ```
/// use imap_proto::{ListSelection, SelectionOption};
///
/// let options = [SelectionOption::Subscribed, SelectionOption::RecursiveMatch];
/// assert!(ListSelection::new(options).is_some());
/// // Match what recursively?
/// assert_eq!(ListSelection::new([SelectionOption::RecursiveMatch, SelectionOption::Remote]), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ListSelection(Vec<SelectionOption>);

impl ListSelection {
    /// These options, unless RECURSIVEMATCH is among them and none that it could go by.
    #[must_use]
    pub fn new(options: impl IntoIterator<Item = SelectionOption>) -> Option<Self> {
        let options: Vec<_> = options.into_iter().collect();
        let is_legal = !options.contains(&SelectionOption::RecursiveMatch)
            || options.iter().any(SelectionOption::is_base);
        is_legal.then_some(Self(options))
    }

    /// The options.
    #[must_use]
    pub fn options(&self) -> &[SelectionOption] {
        &self.0
    }

    /// Adds an option that needs no other one.
    pub(super) fn push(&mut self, option: SelectionOption) {
        self.0.push(option);
    }

    /// Reads them with their parentheses.
    ///
    /// # Errors
    ///
    /// There are none, or RECURSIVEMATCH has nothing to go by.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let expected = cursor.expected("SUBSCRIBED or the like beside RECURSIVEMATCH");
        Self::new(cursor.items_or_none(reading, SelectionOption::parse)?).ok_or(expected)
    }

    /// Writes them with their parentheses.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.list(&self.0, SelectionOption::encode);
    }
}

/// What LIST tells of each mailbox.
///
/// ```abnf
/// return-option  = "SUBSCRIBED" / "CHILDREN" / status-option / "SPECIAL-USE" / "MYRIGHTS" /
///                  "METADATA" SP "(" entry *(SP entry) ")" / option-extension
/// status-option  = "STATUS" SP "(" status-att *(SP status-att) ")"
/// ```
///
/// (RFC 9051 section 6.3.9.2, RFC 6154, RFC 8440, RFC 9590.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum ReturnOption {
    /// Whether it is subscribed to.
    Subscribed,
    /// Whether there are others below it.
    Children,
    /// These items, by STATUS.
    Status(OneOrMore<StatusAtt>),
    /// What it is for.
    SpecialUse,
    /// What one may do with it, by MYRIGHTS.
    MyRights,
    /// These annotations, by METADATA.
    Metadata(OneOrMore<MetadataEntry>),
    /// Whether it has to do with UTF8 (RFC 5738, withdrawn).
    Utf8,
    /// Another one.
    Other(Box<OptionExtension>),
}

impl ReturnOption {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let (name, word) = cursor.atom_and_word()?;
        Ok(match word.as_ref().map(|word| word.as_bytes()) {
            Some(b"SUBSCRIBED") => Self::Subscribed,
            Some(b"CHILDREN") => Self::Children,
            Some(b"STATUS") => {
                cursor.space(reading)?;
                Self::Status(StatusAtt::parse_list(cursor, reading)?)
            }
            Some(b"SPECIAL-USE") => Self::SpecialUse,
            Some(b"MYRIGHTS") => Self::MyRights,
            Some(b"METADATA") => {
                cursor.space(reading)?;
                Self::Metadata(MetadataEntry::parse_list(cursor, reading)?)
            }
            Some(b"UTF8") => Self::Utf8,
            _ => Self::Other(Box::new(OptionExtension::parse(name, cursor, reading)?)),
        })
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Subscribed => encoder.put(b"SUBSCRIBED"),
            Self::Children => encoder.put(b"CHILDREN"),
            Self::Status(atts) => {
                encoder.put(b"STATUS ");
                encoder.list(atts.iter(), StatusAtt::encode);
            }
            Self::SpecialUse => encoder.put(b"SPECIAL-USE"),
            Self::MyRights => encoder.put(b"MYRIGHTS"),
            Self::Metadata(entries) => {
                encoder.put(b"METADATA ");
                encoder.list(entries.iter(), MetadataEntry::encode);
            }
            Self::Utf8 => encoder.put(b"UTF8"),
            Self::Other(option) => option.encode(encoder),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::{any_atom, any_ext_value, any_one_or_more};
    use crate::codec::metadata::tests::any_metadata_entry;
    use crate::codec::status::tests::any_status_att;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use proptest::prelude::*;

    fn any_option_extension() -> impl Strategy<Value = Box<OptionExtension>> {
        let value = proptest::option::of(any_ext_value());
        (any_atom(), value).prop_filter_map("no value of an option", |(name, value)| {
            OptionExtension::new(name, value).map(Box::new)
        })
    }

    pub(crate) fn any_list_selection() -> impl Strategy<Value = ListSelection> {
        let option = prop_oneof![
            2 => Just(SelectionOption::Subscribed),
            1 => Just(SelectionOption::Remote),
            1 => Just(SelectionOption::RecursiveMatch),
            1 => Just(SelectionOption::SpecialUse),
            1 => Just(SelectionOption::Utf8),
            1 => Just(SelectionOption::Utf8Only),
            1 => any_option_extension().prop_map(SelectionOption::Other),
        ];
        proptest::collection::vec(option, 0..4)
            .prop_filter_map("nothing to go by", ListSelection::new)
    }

    pub(crate) fn any_return_option() -> impl Strategy<Value = ReturnOption> {
        prop_oneof![
            Just(ReturnOption::Subscribed),
            Just(ReturnOption::Children),
            any_one_or_more(any_status_att()).prop_map(ReturnOption::Status),
            Just(ReturnOption::SpecialUse),
            Just(ReturnOption::MyRights),
            any_one_or_more(any_metadata_entry()).prop_map(ReturnOption::Metadata),
            Just(ReturnOption::Utf8),
            any_option_extension().prop_map(ReturnOption::Other),
        ]
    }

    #[test]
    fn selections() {
        for octets in [
            "()",
            "(SUBSCRIBED RECURSIVEMATCH)",
            "(RECURSIVEMATCH REMOTE SUBSCRIBED)",
            "(REMOTE SPECIAL-USE)",
            "(UTF8 UTF8ONLY)",
            "(X-FOO (a (b \"c d\")) Y+Z REMOTE)",
            "(RECURSIVEMATCH X-FOO)",
            "(SUBSCRIBED+x)",
        ] {
            reads_and_writes(octets.as_bytes(), ListSelection::parse, ListSelection::encode);
        }
        let subscribed = strict(b"(subscribed)", ListSelection::parse).unwrap();
        assert_eq!(subscribed.options(), [SelectionOption::Subscribed]);
        for (octets, at) in [
            ("(RECURSIVEMATCH)", 0),
            ("(REMOTE RECURSIVEMATCH SPECIAL-USE)", 0),
            ("(X ())", 4),
            ("(SUBSCRIBED (a))", 12),
            ("( SUBSCRIBED)", 1),
            ("(SUBSCRIBED", 11),
        ] {
            let read = strict(octets.as_bytes(), ListSelection::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn options_to_return() {
        for octets in [
            "STATUS (MESSAGES UNSEEN)",
            "METADATA (/shared/vendor/cmu/cyrus-imapd/color)",
            "MYRIGHTS",
            "X-NEW (1 2)",
        ] {
            reads_and_writes(octets.as_bytes(), ReturnOption::parse, ReturnOption::encode);
        }
        for (octets, at) in [("STATUS", 6), ("STATUS ()", 8), ("METADATA ()", 10), ("", 0)] {
            let read = strict(octets.as_bytes(), ReturnOption::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    #[test]
    fn known_options_are_no_extensions() {
        let name = |name: &str| Atom::try_from(name).unwrap();
        let value = |octets: &[u8]| Some(strict(octets, ExtValue::parse).unwrap());
        assert_eq!(OptionExtension::new(name("Status"), None), None);
        assert_eq!(OptionExtension::new(name("X"), value(b"5")), None);
        assert_eq!(OptionExtension::new(name("X"), value(b"()")), None);
        assert!(OptionExtension::new(name("X"), value(b"(a)")).is_some());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(all in any_list_selection(), option in any_return_option()) {
            round_trips(&all, ListSelection::encode, ListSelection::parse);
            round_trips(&option, ReturnOption::encode, ReturnOption::parse);
        }
    }
}
