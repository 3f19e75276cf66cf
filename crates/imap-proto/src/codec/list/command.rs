//! The arguments of LIST, LSUB, XLIST, RLIST and RLSUB.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{ListSelection, OneOrMore, ReturnOption, SelectionOption};
use crate::Defect;
use crate::codec::{Cursor, Encoder, ListMailbox, Mailbox, MetadataEntry, StatusAtt};

/// The arguments of LSUB, XLIST, RLIST and RLSUB: a reference and a pattern.
///
/// ```abnf
/// lsub           = "LSUB" SP mailbox SP list-mailbox
/// rlist          = "RLIST" SP mailbox SP list-mailbox
/// rlsub          = "RLSUB" SP mailbox SP list-mailbox
/// ```
///
/// (RFC 3501 section 6.3.9, RFC 2193; XLIST is in no RFC.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ListBasic {
    /// What the pattern is relative to.
    pub reference: Mailbox,
    /// Which mailboxes.
    pub pattern: ListMailbox,
}

impl ListBasic {
    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let reference = Mailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        let pattern = ListMailbox::parse(cursor, reading)?;
        Ok(Self { reference, pattern })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        self.reference.encode(encoder);
        encoder.space();
        self.pattern.encode(encoder);
    }
}

/// Which mailboxes LIST looks for.
///
/// ```abnf
/// mbox-or-pat    = list-mailbox / patterns
/// patterns       = "(" list-mailbox *(SP list-mailbox) ")"
/// ```
///
/// (RFC 9051 section 9.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ListPatterns {
    /// A pattern, as all servers know it.
    One(ListMailbox),
    /// Patterns in parentheses, be it one: LIST-EXTENDED.
    Many(OneOrMore<ListMailbox>),
}

/// The arguments of LIST.
///
/// ```abnf
/// list           = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
/// list-return-opts = "RETURN" SP "(" [return-option *(SP return-option)] ")"
/// ```
///
/// (RFC 9051 section 6.3.9.)
///
/// ```
/// use imap_proto::{Encoder, List, ListMailbox, Negotiated, OneOrMore, StatusAtt};
///
/// let wrote = |list: List| {
///     let mut out = Vec::new();
///     list.encode(&mut Encoder::new(&mut out, Negotiated::client()));
///     String::from_utf8(out).unwrap()
/// };
/// assert_eq!(wrote(List::all()), r#" "" "*""#);
/// assert!(!List::all().is_extended());
/// let unseen = OneOrMore::one(StatusAtt::Unseen);
/// let list = List::new(ListMailbox::new("%").unwrap()).subscribed_recursively().with_status(unseen);
/// assert_eq!(wrote(list), r#" (SUBSCRIBED RECURSIVEMATCH) "" "%" RETURN (STATUS (UNSEEN))"#);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct List {
    /// Which of the mailboxes, if that is said.
    pub selection: Option<ListSelection>,
    /// What the patterns are relative to.
    pub reference: Mailbox,
    /// Which names.
    pub patterns: ListPatterns,
    /// What to tell of each, if that is said.
    pub returns: Option<Vec<ReturnOption>>,
}

impl List {
    /// The mailboxes that match.
    #[must_use]
    pub fn new(pattern: ListMailbox) -> Self {
        let patterns = ListPatterns::One(pattern);
        Self { selection: None, reference: no_reference(), patterns, returns: None }
    }

    /// All mailboxes: `LIST "" "*"`.
    #[must_use]
    pub fn all() -> Self {
        Self::new(constant("*"))
    }

    /// No mailbox, but the delimiter: `LIST "" ""`.
    #[must_use]
    pub fn delimiter() -> Self {
        Self::new(constant(""))
    }

    /// Relative to this.
    #[must_use]
    pub fn relative_to(mut self, reference: Mailbox) -> Self {
        self.reference = reference;
        self
    }

    /// Those, too, that match this pattern (LIST-EXTENDED).
    #[must_use]
    pub fn or(mut self, pattern: ListMailbox) -> Self {
        let mut patterns = match self.patterns {
            ListPatterns::One(first) => OneOrMore::one(first),
            ListPatterns::Many(patterns) => patterns,
        };
        patterns.push(pattern);
        self.patterns = ListPatterns::Many(patterns);
        self
    }

    /// Those subscribed to (LIST-EXTENDED).
    #[must_use]
    pub fn subscribed(self) -> Self {
        self.selecting(SelectionOption::Subscribed)
    }

    /// Those subscribed to, and those that have such below them which do not match themselves
    /// (LIST-EXTENDED).
    #[must_use]
    pub fn subscribed_recursively(self) -> Self {
        self.subscribed().selecting(SelectionOption::RecursiveMatch)
    }

    /// Those on other servers, too (LIST-EXTENDED).
    #[must_use]
    pub fn remote(self) -> Self {
        self.selecting(SelectionOption::Remote)
    }

    /// Those that are for something (SPECIAL-USE).
    #[must_use]
    pub fn special_use(self) -> Self {
        self.selecting(SelectionOption::SpecialUse)
    }

    fn selecting(mut self, option: SelectionOption) -> Self {
        self.selection.get_or_insert_default().push(option);
        self
    }

    /// Tells whether each is subscribed to (LIST-EXTENDED).
    #[must_use]
    pub fn with_subscribed(self) -> Self {
        self.returning(ReturnOption::Subscribed)
    }

    /// Tells whether there are others below each (LIST-EXTENDED).
    #[must_use]
    pub fn with_children(self) -> Self {
        self.returning(ReturnOption::Children)
    }

    /// Tells what each is for (SPECIAL-USE).
    #[must_use]
    pub fn with_special_use(self) -> Self {
        self.returning(ReturnOption::SpecialUse)
    }

    /// Sends a STATUS for each (LIST-STATUS).
    #[must_use]
    pub fn with_status(self, atts: OneOrMore<StatusAtt>) -> Self {
        self.returning(ReturnOption::Status(atts))
    }

    /// Sends a MYRIGHTS for each (LIST-MYRIGHTS).
    #[must_use]
    pub fn with_my_rights(self) -> Self {
        self.returning(ReturnOption::MyRights)
    }

    /// Sends a METADATA for each (LIST-METADATA).
    #[must_use]
    pub fn with_metadata(self, entries: OneOrMore<MetadataEntry>) -> Self {
        self.returning(ReturnOption::Metadata(entries))
    }

    /// Tells this of each.
    #[must_use]
    pub fn returning(mut self, option: ReturnOption) -> Self {
        self.returns.get_or_insert_default().push(option);
        self
    }

    /// Whether it needs LIST-EXTENDED, or an extension that brings one of its options.
    #[must_use]
    pub const fn is_extended(&self) -> bool {
        self.selection.is_some()
            || self.returns.is_some()
            || matches!(self.patterns, ListPatterns::Many(_))
    }

    /// Reads what follows the name of the command.
    ///
    /// # Errors
    ///
    /// It is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mut selection = None;
        if cursor.peek() == Some(b'(') {
            selection = Some(ListSelection::parse(cursor, reading)?);
            cursor.space(reading)?;
        }
        let reference = Mailbox::parse(cursor, reading)?;
        cursor.space(reading)?;
        let patterns = ListPatterns::parse(cursor, reading)?;
        let mut returns = None;
        if cursor.another(reading)? {
            cursor.tag("RETURN")?;
            cursor.space(reading)?;
            returns = Some(cursor.items_or_none(reading, ReturnOption::parse)?);
        }
        Ok(Self { selection, reference, patterns, returns })
    }

    /// Writes what follows the name of the command.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        if let Some(selection) = &self.selection {
            selection.encode(encoder);
            encoder.space();
        }
        self.reference.encode(encoder);
        encoder.space();
        self.patterns.encode(encoder);
        if let Some(returns) = &self.returns {
            encoder.put(b" RETURN ");
            encoder.list(returns, ReturnOption::encode);
        }
    }
}

#[expect(clippy::expect_used, reason = "no octets hold no NUL")]
fn no_reference() -> Mailbox {
    Mailbox::new("").expect("a name without NUL")
}

#[expect(clippy::expect_used, reason = "the patterns are those above")]
fn constant(pattern: &'static str) -> ListMailbox {
    ListMailbox::new(pattern).expect("a pattern without NUL")
}

impl ListPatterns {
    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        if cursor.peek() != Some(b'(') {
            return ListMailbox::parse(cursor, reading).map(Self::One);
        }
        cursor.one_or_more("one or more patterns", reading, ListMailbox::parse).map(Self::Many)
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::One(pattern) => pattern.encode(encoder),
            Self::Many(patterns) => encoder.list(patterns.iter(), ListMailbox::encode),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::option::tests::{any_list_selection, any_return_option};
    use crate::codec::list::{any_list_mailbox, any_mailbox, any_one_or_more};
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::string::String;
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_list_basic() -> impl Strategy<Value = ListBasic> {
        (any_mailbox(), any_list_mailbox())
            .prop_map(|(reference, pattern)| ListBasic { reference, pattern })
    }

    pub(crate) fn any_list() -> impl Strategy<Value = List> {
        let patterns = prop_oneof![
            any_list_mailbox().prop_map(ListPatterns::One),
            any_one_or_more(any_list_mailbox()).prop_map(ListPatterns::Many),
        ];
        let selection = proptest::option::of(any_list_selection());
        let returns = proptest::option::of(proptest::collection::vec(any_return_option(), 0..3));
        (selection, any_mailbox(), patterns, returns).prop_map(
            |(selection, reference, patterns, returns)| List {
                selection,
                reference,
                patterns,
                returns,
            },
        )
    }

    #[test]
    fn basic_and_extended_forms() {
        for (octets, is_extended) in [
            (r#" "" "*""#, false),
            (r#" ~/Mail/ "%""#, false),
            (r##" #news.comp.mail.misc """##, false),
            (r#" () "" "%" RETURN (CHILDREN)"#, true),
            (r#" (REMOTE) "" "*" RETURN (SUBSCRIBED)"#, true),
            (r#" "" (INBOX Drafts "Sent/%")"#, true),
            (r#" "" (foo)"#, true),
            (r#" (SUBSCRIBED RECURSIVEMATCH) "" "%" RETURN (METADATA (/shared/a))"#, true),
            (r#" "" "%" RETURN ()"#, true),
            (r#" "" "%" RETURN (STATUS (MESSAGES SIZE) MYRIGHTS X-NEW (a))"#, true),
        ] {
            let list = reads_and_writes(octets.as_bytes(), List::parse, List::encode);
            assert_eq!(list.is_extended(), is_extended, "{octets}");
        }
        let bare = strict(br#" "" % return (status (mailboxid))"#, List::parse).unwrap();
        let built = List::new(ListMailbox::new("%").unwrap())
            .with_status(OneOrMore::one(StatusAtt::MailboxId));
        assert_eq!(bare, built);
        reads_and_writes(br##" #news. "comp.%""##, ListBasic::parse, ListBasic::encode);
    }

    #[test]
    fn built_as_it_is_said() {
        let wrote = |list: &List| String::from_utf8(written(|e| list.encode(e))).unwrap();
        assert_eq!(wrote(&List::delimiter()), r#" "" """#);
        let list = List::all()
            .relative_to(Mailbox::new("#mh/").unwrap())
            .or(ListMailbox::new("INBOX").unwrap())
            .subscribed_recursively()
            .remote()
            .special_use()
            .with_subscribed()
            .with_children()
            .with_special_use()
            .with_my_rights()
            .with_metadata(MetadataEntry::new("/shared/a").unwrap().into());
        assert_eq!(
            wrote(&list),
            concat!(
                r#" (SUBSCRIBED RECURSIVEMATCH REMOTE SPECIAL-USE) #mh/ ("*" INBOX) RETURN "#,
                "(SUBSCRIBED CHILDREN SPECIAL-USE MYRIGHTS METADATA (/shared/a))"
            )
        );
    }

    #[test]
    fn what_is_no_list() {
        for (octets, at) in [
            ("", 0),
            (" ", 1),
            (" \"\"", 3),
            (" \"\" ()", 5),
            (" \"\" * RETURN", 12),
            (" \"\" * ()", 6),
            (" (RECURSIVEMATCH) \"\" *", 1),
            (" (SUBSCRIBED)\"\" *", 13),
            (" \"\" * RETURN (STATUS)", 20),
        ] {
            let read = strict(octets.as_bytes(), List::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets}");
        }
        let (read, defects) = lenient(b" \"\"  * ", List::parse);
        assert_eq!(
            (read, defects),
            (Ok(List::all()), vec![Defect::DoubleSpace, Defect::TrailingSpace])
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(list in any_list(), basic in any_list_basic()) {
            round_trips(&list, List::encode, List::parse);
            round_trips(&basic, ListBasic::encode, ListBasic::parse);
        }
    }
}
