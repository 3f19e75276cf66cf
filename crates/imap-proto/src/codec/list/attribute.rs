//! What LIST says of a mailbox.

use alloc::vec::Vec;
use core::fmt;
use core::hash::{Hash, Hasher};

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Atom, Cursor, Depth, Encoder};

const EXPECTED: &str = "an attribute of a mailbox";

/// The table of attributes.
macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// An attribute that some document names.
        ///
        /// (IANA registry of mailbox name attributes; RFC 5465, RFC 5738 and XLIST besides.)
        ///
        /// ```
        /// use imap_proto::ListAttribute;
        ///
        /// assert_eq!(ListAttribute::HasChildren.as_str(), "\\HasChildren");
        /// assert_eq!(ListAttribute::from_name(b"NoSelect"), Some(ListAttribute::NoSelect));
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum ListAttribute {
            $($(#[$doc])* $name,)+
        }

        impl ListAttribute {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The attribute with its backslash.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => concat!("\\", $text),)+ }
            }
        }
    };
}

attributes! {
    /// `\Marked`: the server thinks that there may be something new.
    Marked = "Marked",
    /// `\Unmarked`: there is nothing new.
    Unmarked = "Unmarked",
    /// `\NonExistent`: a name without a mailbox; implies [`NoSelect`](Self::NoSelect) (RFC 5258).
    NonExistent = "NonExistent",
    /// `\Noselect`: it cannot be selected.
    NoSelect = "Noselect",
    /// `\Noinferiors`: there can be nothing below it; implies [`HasNoChildren`](Self::HasNoChildren).
    NoInferiors = "Noinferiors",
    /// `\HasChildren`: there is something below it (RFC 5258).
    HasChildren = "HasChildren",
    /// `\HasNoChildren`: there is nothing below it (RFC 5258).
    HasNoChildren = "HasNoChildren",
    /// `\Remote`: it is on another server (RFC 5258).
    Remote = "Remote",
    /// `\Subscribed` (RFC 5258).
    Subscribed = "Subscribed",
    /// `\All`: all messages (RFC 6154).
    All = "All",
    /// `\Archive` (RFC 6154).
    Archive = "Archive",
    /// `\Drafts` (RFC 6154).
    Drafts = "Drafts",
    /// `\Flagged`: all messages with `\Flagged` (RFC 6154).
    Flagged = "Flagged",
    /// `\Junk` (RFC 6154).
    Junk = "Junk",
    /// `\Sent` (RFC 6154).
    Sent = "Sent",
    /// `\Trash` (RFC 6154).
    Trash = "Trash",
    /// `\Important` (RFC 8457; XLIST).
    Important = "Important",
    /// `\Memos` (RFC 9979).
    Memos = "Memos",
    /// `\Scheduled` (RFC 9979).
    Scheduled = "Scheduled",
    /// `\Snoozed` (RFC 9979).
    Snoozed = "Snoozed",
    /// `\NoAccess`: a notification of a mailbox that one may not read any more (RFC 5465).
    NoAccess = "NoAccess",
    /// `\NoUTF8`: it cannot be selected with UTF8 (RFC 5738, withdrawn).
    NoUtf8 = "NoUTF8",
    /// `\UTF8Only`: it can only be selected with UTF8 (RFC 5738, withdrawn).
    Utf8Only = "UTF8Only",
    /// `\Inbox` (XLIST; JMAP has a role of that name).
    Inbox = "Inbox",
    /// `\AllMail`: [`All`](Self::All) of XLIST.
    AllMail = "AllMail",
    /// `\Starred`: [`Flagged`](Self::Flagged) of XLIST.
    Starred = "Starred",
    /// `\Spam`: [`Junk`](Self::Junk) of XLIST.
    Spam = "Spam",
}

impl ListAttribute {
    /// The attribute of this name, which is written without its backslash, in any case.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        let is_it = |attribute: &Self| attribute.name().eq_ignore_ascii_case(name);
        Self::ALL.iter().copied().find(is_it)
    }

    fn name(self) -> &'static [u8] {
        self.as_str().as_bytes().get(1..).unwrap_or_default()
    }

    /// What the mailbox is for, in the words of RFC 6154, if that is what it says.
    #[must_use]
    pub const fn special_use(self) -> Option<SpecialUse> {
        Some(match self {
            Self::All | Self::AllMail => SpecialUse::All,
            Self::Archive => SpecialUse::Archive,
            Self::Drafts => SpecialUse::Drafts,
            Self::Flagged | Self::Starred => SpecialUse::Flagged,
            Self::Junk | Self::Spam => SpecialUse::Junk,
            Self::Sent => SpecialUse::Sent,
            Self::Trash => SpecialUse::Trash,
            Self::Important => SpecialUse::Important,
            Self::Memos => SpecialUse::Memos,
            Self::Scheduled => SpecialUse::Scheduled,
            Self::Snoozed => SpecialUse::Snoozed,
            _ => return None,
        })
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// The attributes of a mailbox: a set.
///
/// ```abnf
/// mbx-list-flags = *(mbx-list-oflag SP) mbx-list-sflag *(SP mbx-list-oflag) /
///                  mbx-list-oflag *(SP mbx-list-oflag)
/// mbx-list-oflag = "\Noinferiors" / child-mbox-flag / "\Subscribed" / "\Remote" / flag-extension
/// mbx-list-sflag = "\NonExistent" / "\Noselect" / "\Marked" / "\Unmarked"
/// ```
///
/// (RFC 9051 section 7.3.1.) What is repeated or contradicts itself is read as it is. They are written in
/// the order in which they came, those that are not known behind the others; two sets are equal in any
/// order.
///
/// ```
/// use imap_proto::{ListAttribute, ListAttributes};
///
/// let attributes: ListAttributes = [ListAttribute::NonExistent, ListAttribute::HasChildren].into_iter().collect();
/// assert!(!attributes.is_selectable());
/// assert_eq!(attributes.has_children(), Some(true));
/// ```
#[derive(Clone, Default)]
pub struct ListAttributes {
    /// A bit each.
    known: u32,
    /// The first dozen in the order in which they came, five bits each: their places in the table,
    /// counted from 1.
    order: u64,
    /// None that are known.
    others: Vec<Atom>,
}

/// Bits of a place in the order.
const PLACE_BITS: u32 = 5;

/// Places in the order.
const PLACES: u32 = u64::BITS / PLACE_BITS;

impl ListAttributes {
    /// Whether it has this attribute.
    #[must_use]
    pub const fn has(&self, attribute: ListAttribute) -> bool {
        self.known & attribute.bit() != 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.known == 0 && self.others.is_empty()
    }

    /// Whether nothing says that it cannot be selected.
    #[must_use]
    pub const fn is_selectable(&self) -> bool {
        !self.has(ListAttribute::NonExistent) && !self.has(ListAttribute::NoSelect)
    }

    /// Whether there is something below it, if that is said.
    #[must_use]
    pub const fn has_children(&self) -> Option<bool> {
        if self.has(ListAttribute::HasChildren) {
            Some(true)
        } else if self.has(ListAttribute::HasNoChildren) || self.has(ListAttribute::NoInferiors) {
            Some(false)
        } else {
            None
        }
    }

    /// Those that are known.
    pub fn known(&self) -> impl Iterator<Item = ListAttribute> {
        let (order, known) = (self.order, self.known);
        let place = move |place: u32| {
            let number = order.checked_shr(place.saturating_mul(PLACE_BITS))? & 31;
            ListAttribute::ALL.get(usize::try_from(number).ok()?.checked_sub(1)?).copied()
        };
        let ordered = (0..PLACES).map_while(place);
        let unordered = ordered.clone().fold(known, |rest, it| rest & !it.bit());
        let rest = ListAttribute::ALL.iter().copied().filter(move |it| unordered & it.bit() != 0);
        ordered.chain(rest)
    }

    /// The others, without their backslashes, in the order in which they came.
    #[must_use]
    pub fn others(&self) -> &[Atom] {
        &self.others
    }

    /// What the mailbox is for, XLIST's words included.
    pub fn special_uses(&self) -> impl Iterator<Item = SpecialUse> {
        self.known().filter_map(ListAttribute::special_use)
    }

    /// Adds an attribute.
    pub fn insert(&mut self, attribute: ListAttribute) {
        if self.has(attribute) {
            return;
        }
        let place = self.known.count_ones();
        let number = u64::from(attribute as u8).saturating_add(1);
        if place < PLACES {
            let shift = place.saturating_mul(PLACE_BITS);
            self.order |= number.checked_shl(shift).unwrap_or_default();
        }
        self.known |= attribute.bit();
    }

    /// Adds the attribute of this name, which is written without its backslash.
    pub fn insert_name(&mut self, name: Atom) {
        match ListAttribute::from_name(name.as_bytes()) {
            Some(attribute) => self.insert(attribute),
            None => self.others.push(name),
        }
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
        let mut attributes = Self::default();
        let at = cursor.at();
        if cursor.eat_tag(b"NIL") {
            reading.tolerate(Defect::NilFlag, at, "attributes of a mailbox in parentheses")?;
            return Ok(attributes);
        }
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            attributes.parse_item(cursor, reading)
        })?;
        Ok(attributes)
    }

    fn parse_item(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        if cursor.peek() != Some(b'"') {
            return self.parse_bare(cursor, reading);
        }
        let at = cursor.at();
        reading.tolerate(Defect::QuotedFlag, at, EXPECTED)?;
        let quoted = cursor.quoted(reading)?;
        let mut inside = Cursor::over(&quoted, at.saturating_add(1));
        self.parse_bare(&mut inside, reading)?;
        if inside.rest().is_empty() { Ok(()) } else { Err(inside.expected(EXPECTED)) }
    }

    fn parse_bare(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        let at = cursor.at();
        let has_backslash = cursor.eat(b'\\');
        let name =
            Atom::parse(cursor, reading).map_err(|error| ParseError::new(error.at, EXPECTED))?;
        if !has_backslash && name.as_bytes().eq_ignore_ascii_case(b"NIL") {
            return reading.tolerate(Defect::NilFlag, at, EXPECTED);
        }
        if !has_backslash {
            reading.tolerate(Defect::BareAttribute, at, EXPECTED)?;
        }
        let before = self.others.len();
        self.insert_name(name);
        if self.others.len() > before {
            reading.keep_raw();
        }
        Ok(())
    }

    /// Writes the list.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        encoder.spaced(self.known(), |it, encoder| encoder.put(it.as_str().as_bytes()));
        if self.known != 0 && !self.others.is_empty() {
            encoder.space();
        }
        encoder.spaced(&self.others, |name, encoder| {
            encoder.put(b"\\");
            encoder.atom(name);
        });
        encoder.put(b")");
    }
}

impl PartialEq for ListAttributes {
    fn eq(&self, other: &Self) -> bool {
        self.known == other.known && self.others == other.others
    }
}

impl Eq for ListAttributes {}

impl Hash for ListAttributes {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.known.hash(state);
        self.others.hash(state);
    }
}

impl fmt::Debug for ListAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.known()).entries(&self.others).finish()
    }
}

impl FromIterator<ListAttribute> for ListAttributes {
    fn from_iter<I: IntoIterator<Item = ListAttribute>>(attributes: I) -> Self {
        let mut set = Self::default();
        attributes.into_iter().for_each(|attribute| set.insert(attribute));
        set
    }
}

/// What a mailbox is for.
///
/// ```abnf
/// use-attr       = "\All" / "\Archive" / "\Drafts" / "\Flagged" / "\Junk" / "\Sent" / "\Trash" /
///                  "\Important" / use-attr-ext
/// use-attr-ext   = "\" atom
/// ```
///
/// (RFC 6154 section 6, RFC 8457, RFC 9979.)
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum SpecialUse {
    /// `\All`: all messages.
    All,
    /// `\Archive`.
    Archive,
    /// `\Drafts`.
    Drafts,
    /// `\Flagged`: all messages that are marked.
    Flagged,
    /// `\Junk`.
    Junk,
    /// `\Sent`.
    Sent,
    /// `\Trash`.
    Trash,
    /// `\Important`.
    Important,
    /// `\Memos`.
    Memos,
    /// `\Scheduled`.
    Scheduled,
    /// `\Snoozed`.
    Snoozed,
    /// Another one: what follows the backslash.
    Other(Atom),
}

impl SpecialUse {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.tag("\\")?;
        let name = Atom::parse(cursor, reading)?;
        // XLIST's words are no uses: who creates a mailbox for \Spam is given that.
        let known = ListAttribute::from_name(name.as_bytes());
        let it = known.and_then(|it| it.special_use().filter(|used| used.attribute() == Some(it)));
        Ok(it.unwrap_or_else(|| {
            reading.keep_raw();
            Self::Other(name)
        }))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match (self.attribute(), self) {
            (Some(attribute), _) => encoder.put(attribute.as_str().as_bytes()),
            (None, Self::Other(name)) => {
                encoder.put(b"\\");
                encoder.atom(name);
            }
            (None, _) => {}
        }
    }

    /// The attribute by which LIST tells it, if it is known.
    #[must_use]
    pub const fn attribute(&self) -> Option<ListAttribute> {
        Some(match self {
            Self::All => ListAttribute::All,
            Self::Archive => ListAttribute::Archive,
            Self::Drafts => ListAttribute::Drafts,
            Self::Flagged => ListAttribute::Flagged,
            Self::Junk => ListAttribute::Junk,
            Self::Sent => ListAttribute::Sent,
            Self::Trash => ListAttribute::Trash,
            Self::Important => ListAttribute::Important,
            Self::Memos => ListAttribute::Memos,
            Self::Scheduled => ListAttribute::Scheduled,
            Self::Snoozed => ListAttribute::Snoozed,
            Self::Other(_) => return None,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::list::any_atom;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::vec;
    use proptest::prelude::*;
    use proptest::sample::{select, subsequence};

    pub(crate) fn any_list_attributes() -> impl Strategy<Value = ListAttributes> {
        let known = subsequence(ListAttribute::ALL, 0..5);
        (known, proptest::collection::vec(any_atom(), 0..3))
            .prop_map(|(known, others)| ListAttributes { others, ..known.into_iter().collect() })
    }

    pub(crate) fn any_special_use() -> impl Strategy<Value = SpecialUse> {
        let known = ListAttribute::ALL.iter().copied().filter_map(ListAttribute::special_use);
        prop_oneof![select(known.collect::<Vec<_>>()), any_atom().prop_map(SpecialUse::Other)]
    }

    #[test]
    fn attributes_are_a_set() {
        assert!(ListAttribute::ALL.len() <= 32);
        for octets in [
            r"()",
            r"(\Marked \HasNoChildren \Drafts)",
            r"(\NonExistent \Archive)",
            r"(\HasNoChildren \Important)",
            r"(\Noselect \X-Other \a)",
            r"(\X)",
            r"(\Subscribed \NonExistent)",
            r"(\HasChildren \Subscribed)",
            r"(\Subscribed \HasChildren)",
            r"(\Spam \Marked \Trash \HasNoChildren \Sent \All \Junk \Flagged \Drafts \Inbox \Remote \AllMail)",
            r"(\NoAccess \NoUTF8 \UTF8Only)",
        ] {
            reads_and_writes(octets.as_bytes(), ListAttributes::parse, ListAttributes::encode);
        }
        let read = |octets: &[u8]| strict(octets, ListAttributes::parse).unwrap();
        // Yandex (Q44, Q48).
        assert_eq!(read(br"(\Drafts \drafts \NoInferiors)"), read(br"(\noinferiors \Drafts)"));
        let twice = read(br"(\HasNoChildren \Marked \Unmarked \NoInferiors)");
        assert_eq!(twice.known().count(), 4);
        assert_eq!(twice.has_children(), Some(false));
        assert!(twice.is_selectable());
        let text: Vec<_> = ListAttribute::ALL.iter().rev().map(|it| it.as_str()).collect();
        let all = read(alloc::format!("({})", text.join(" ")).as_bytes());
        assert!(all.known().take(12).eq(ListAttribute::ALL.iter().rev().copied().take(12)));
        assert_eq!(all.known().count(), ListAttribute::ALL.len());
        assert_eq!(alloc::format!("{:?}", read(br"(\Sent \X)")), "{Sent, \"X\"}");
        let xlist = read(br"(\Inbox \AllMail \Spam \Starred)");
        assert!(xlist.special_uses().eq([SpecialUse::All, SpecialUse::Junk, SpecialUse::Flagged]));
    }

    #[test]
    fn odd_attributes() {
        let noselect: ListAttributes = [ListAttribute::NoSelect].into_iter().collect();
        for (octets, at, defects) in [
            (&br"(Noselect)"[..], 1, vec![Defect::BareAttribute]),
            (br"(\Noselect NIL)", 11, vec![Defect::NilFlag]),
            (br#"("\\Noselect")"#, 1, vec![Defect::QuotedFlag]),
            (br"(\Noselect )", 10, vec![Defect::SpaceInList]),
        ] {
            let error = strict(octets, ListAttributes::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets:?}");
            assert_eq!(lenient(octets, ListAttributes::parse), (Ok(noselect.clone()), defects));
        }
        let nil = lenient(b"NIL", ListAttributes::parse);
        assert_eq!(nil, (Ok(ListAttributes::default()), vec![Defect::NilFlag]));
        for (octets, at) in [(&br"(\)"[..], 2), (br"(\*)", 2), (br#"("\"\\a\"")"#, 2)] {
            let (read, _) = lenient(octets, ListAttributes::parse);
            assert_eq!(read.map_err(|error| error.at), Err(at), "{octets:?}");
        }
    }

    #[test]
    fn uses_are_the_words_of_the_standard() {
        let junk = strict(br"\junk", SpecialUse::parse).unwrap();
        assert_eq!((&junk, junk.attribute()), (&SpecialUse::Junk, Some(ListAttribute::Junk)));
        let spam = strict(br"\Spam", SpecialUse::parse).unwrap();
        assert_eq!(spam, SpecialUse::Other(Atom::new("Spam").unwrap()));
        assert_eq!(written(|encoder| spam.encode(encoder)), br"\Spam");
        assert_eq!(strict(b"Junk", SpecialUse::parse).map_err(|error| error.at), Err(0));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(set in any_list_attributes(), used in any_special_use()) {
            round_trips(&set, ListAttributes::encode, ListAttributes::parse);
            round_trips(&used, SpecialUse::encode, SpecialUse::parse);
        }
    }
}
