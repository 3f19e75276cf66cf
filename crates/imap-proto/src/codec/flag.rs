//! Flags of messages.

mod fast;
mod system;

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::class::Class;
use super::{Atom, Cursor, Depth, Encoder};
use crate::Defect;

const EXPECTED: &str = "a flag";

mail_proto::byte_string! {
    /// A flag that users or programs made up.
    ///
    /// ```abnf
    /// flag-keyword   = "$MDNSent" / "$Forwarded" / "$Junk" / "$NotJunk" / "$Phishing" / atom
    /// ```
    ///
    /// (RFC 9051 section 9.) [`new`](Self::new) makes what may be sent. One that was read leniently can
    /// hold `]` or octets above 127: [`is_conformant`](Self::is_conformant) tells.
    ///
    /// ```
    /// use imap_proto::Keyword;
    ///
    /// assert!(Keyword::new("$Forwarded").unwrap().is_conformant());
    /// assert!(Keyword::new("\\Seen").is_err());
    /// assert!(Keyword::new("two words").is_err());
    /// ```
    pub struct Keyword: "a keyword (an atom)", |octets: &[u8]| Class::ATOM.broken_at(octets);
}

impl Keyword {
    /// Whether it is as the RFC says.
    #[must_use]
    pub fn is_conformant(&self) -> bool {
        Class::ATOM.broken_at(&self.0).is_none()
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
        if cursor.is_fast()
            && let Some(keyword) =
                cursor.plain_run(Class::ATOM, Class::ASTRING.or(Class::EIGHT_BIT))
        {
            return Ok(Self(cursor.keep(keyword)));
        }
        let at = cursor.at();
        let octets = cursor.run_kept(Class::ASTRING.or(Class::EIGHT_BIT), EXPECTED)?;
        if let Some(bracket) = memchr::memchr(b']', &octets) {
            reading.tolerate(Defect::BracketInKeyword, at.saturating_add(bracket), EXPECTED)?;
        }
        if let Some(eight_bit) = Class::EIGHT_BIT.first_in(&octets) {
            reading.tolerate(Defect::EightBitInAtom, at.saturating_add(eight_bit), EXPECTED)?;
        }
        Ok(Self(octets))
    }

    /// Writes it as it is: what is not conformant goes back to those who made it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put_checked(&self.0);
    }
}

/// A flag that every server knows.
///
/// ```
/// use imap_proto::SystemFlag;
///
/// assert_eq!(SystemFlag::Seen.as_str(), "\\Seen");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum SystemFlag {
    /// `\Answered`: a reply was sent.
    Answered,
    /// `\Flagged`: marked for attention.
    Flagged,
    /// `\Deleted`: an EXPUNGE will remove it.
    Deleted,
    /// `\Seen`: it was read.
    Seen,
    /// `\Draft`: it is not complete.
    Draft,
    /// `\Recent`: this session is the first to be told of it. No client can set it (RFC 3501 section
    /// 2.3.2; gone in IMAP4rev2).
    Recent,
}

impl SystemFlag {
    /// All of them, in the order in which they are written.
    pub const ALL: [Self; 6] =
        [Self::Answered, Self::Flagged, Self::Deleted, Self::Seen, Self::Draft, Self::Recent];

    /// The flag with its backslash.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "\\Answered",
            Self::Flagged => "\\Flagged",
            Self::Deleted => "\\Deleted",
            Self::Seen => "\\Seen",
            Self::Draft => "\\Draft",
            Self::Recent => "\\Recent",
        }
    }

    /// The flag of this name, without its backslash, in any case.
    fn from_name(name: &[u8]) -> Option<Self> {
        let is_it = |flag: &Self| {
            flag.as_str().as_bytes().get(1..).is_some_and(|it| it.eq_ignore_ascii_case(name))
        };
        Self::ALL.into_iter().find(is_it)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Answered => 1,
            Self::Flagged => 1 << 1,
            Self::Deleted => 1 << 2,
            Self::Seen => 1 << 3,
            Self::Draft => 1 << 4,
            Self::Recent => 1 << 5,
        }
    }
}

/// A flag.
///
/// ```abnf
/// flag           = "\Answered" / "\Flagged" / "\Deleted" / "\Seen" / "\Draft" /
///                  flag-keyword / flag-extension
/// flag-extension = "\" atom
/// flag-fetch     = flag / obsolete-flag-recent
/// ```
///
/// (RFC 9051 section 9.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Flag, SystemFlag, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let mut reading = Reading::new(Leniency::strict());
/// let flag = parse_whole(&Bytes::from_static(br"\seen"), &mut reading, Flag::parse).unwrap();
/// assert_eq!(flag, Flag::System(SystemFlag::Seen));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Flag {
    /// One that every server knows.
    System(SystemFlag),
    /// One of a later standard: what follows the backslash.
    Extension(Atom),
    /// One that users or programs made up.
    Keyword(Keyword),
}

impl Flag {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.peek() != Some(b'"') {
            return Self::parse_bare(cursor, reading);
        }
        let at = cursor.at();
        reading.tolerate(Defect::QuotedFlag, at, EXPECTED)?;
        let quoted = cursor.quoted(reading)?;
        let mut inside = Cursor::over(&quoted, at.saturating_add(1));
        let flag = Self::parse_bare(&mut inside, reading)?;
        if inside.rest().is_empty() { Ok(flag) } else { Err(inside.expected(EXPECTED)) }
    }

    /// Reads a flag among others. None is the NIL that some write for none; it is an atom, too: who does
    /// not put up with it has a keyword of that name.
    pub(in crate::codec) fn parse_unless_nil(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Option<Self>, ParseError> {
        let at = cursor.at();
        let flag = Self::parse(cursor, reading)?;
        let is_nil =
            matches!(&flag, Self::Keyword(keyword) if keyword.0.eq_ignore_ascii_case(b"NIL"));
        if is_nil && reading.leniency.allows(Defect::NilFlag) {
            return reading.tolerate(Defect::NilFlag, at, EXPECTED).map(|()| None);
        }
        Ok(Some(flag))
    }

    fn parse_bare(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if !cursor.eat(b'\\') {
            return Keyword::parse(cursor, reading).map(Self::Keyword);
        }
        let mut ahead = cursor.clone();
        if let Some(flag) = SystemFlag::from_name(ahead.run(Class::ATOM)) {
            *cursor = ahead;
            return Ok(Self::System(flag));
        }
        Atom::parse(cursor, reading).map(Self::Extension)
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::System(flag) => encoder.put(flag.as_str().as_bytes()),
            Self::Extension(name) => {
                encoder.put(b"\\");
                encoder.atom(name);
            }
            Self::Keyword(keyword) => keyword.encode(encoder),
        }
    }

    /// Whether they are the same but for the case of letters.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::System(one), Self::System(other)) => one == other,
            (Self::Extension(one), Self::Extension(other)) => {
                one.as_bytes().eq_ignore_ascii_case(other.as_bytes())
            }
            (Self::Keyword(one), Self::Keyword(other)) => {
                one.as_bytes().eq_ignore_ascii_case(other.as_bytes())
            }
            _ => false,
        }
    }
}

impl From<SystemFlag> for Flag {
    fn from(flag: SystemFlag) -> Self {
        Self::System(flag)
    }
}

impl From<Keyword> for Flag {
    fn from(keyword: Keyword) -> Self {
        Self::Keyword(keyword)
    }
}

/// The flags of a message.
///
/// ```abnf
/// flag-list      = "(" [flag *(SP flag)] ")"
/// ```
///
/// (RFC 9051 section 9.) System flags are kept as a set, others in the order in which they came.
///
/// ```
/// use imap_proto::{Encoder, FlagList, Keyword, Negotiated, SystemFlag};
///
/// let flags: FlagList =
///     [Keyword::new("$Junk").unwrap().into(), SystemFlag::Seen.into()].into_iter().collect();
/// assert!(flags.is_seen());
/// let mut out = Vec::new();
/// flags.encode(&mut Encoder::new(&mut out, Negotiated::server()));
/// assert_eq!(out, br"(\Seen $Junk)");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct FlagList {
    system: u8,
    /// No system flags.
    others: Vec<Flag>,
}

impl FlagList {
    /// Whether it has this system flag.
    #[must_use]
    pub const fn has(&self, flag: SystemFlag) -> bool {
        self.system & flag.bit() != 0
    }

    /// Whether the message was read.
    #[must_use]
    pub const fn is_seen(&self) -> bool {
        self.has(SystemFlag::Seen)
    }

    /// Whether it has this flag, in any case of its letters.
    #[must_use]
    pub fn contains(&self, flag: &Flag) -> bool {
        match flag {
            Flag::System(flag) => self.has(*flag),
            other => self.others.iter().any(|it| it.is(other)),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.system == 0 && self.others.is_empty()
    }

    /// Adds a flag. One that is no system flag is added even if it is there.
    #[inline]
    pub fn push(&mut self, flag: Flag) {
        match flag {
            Flag::System(flag) => self.system |= flag.bit(),
            other => self.others.push(other),
        }
    }

    /// The system flags.
    pub fn system(&self) -> impl Iterator<Item = SystemFlag> {
        let system = self.system;
        SystemFlag::ALL.into_iter().filter(move |flag| system & flag.bit() != 0)
    }

    /// The others, in the order in which they came.
    #[must_use]
    pub fn others(&self) -> &[Flag] {
        &self.others
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
        let mut flags = Self::default();
        if cursor.is_fast()
            && let Some(behind) = flags.read_plain(cursor, cursor.rest())
        {
            cursor.go_to(behind);
            return Ok(flags);
        }
        flags = Self::default();
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            let at = cursor.at();
            if cursor.eat_tag(br"\*") {
                return reading.tolerate(Defect::AsteriskInFlags, at, EXPECTED);
            }
            flags.parse_item(cursor, reading)
        })?;
        Ok(flags)
    }

    fn parse_item(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        if let Some(flag) = Flag::parse_unless_nil(cursor, reading)? {
            self.push(flag);
        }
        Ok(())
    }

    /// Writes the list.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if self.others.is_empty() {
            return system::encode(self.system, encoder);
        }
        self.encode_open(encoder);
        encoder.put(b")");
    }

    /// Writes it but for the closing parenthesis.
    fn encode_open<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        system::encode_open(self.system, encoder);
        let mut is_first = self.system == 0;
        for flag in &self.others {
            if !core::mem::replace(&mut is_first, false) {
                encoder.space();
            }
            flag.encode(encoder);
        }
    }
}

impl Extend<Flag> for FlagList {
    #[inline]
    fn extend<I: IntoIterator<Item = Flag>>(&mut self, flags: I) {
        for flag in flags {
            self.push(flag);
        }
    }
}

impl FromIterator<Flag> for FlagList {
    #[inline]
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        let mut list = Self::default();
        list.extend(flags);
        list
    }
}

/// The flags that a client can change for good.
///
/// ```abnf
/// flag-perm      = flag / "\*"
/// permanent      = "(" [flag-perm *(SP flag-perm)] ")"
/// ```
///
/// (RFC 9051 section 9; the second rule is a part of resp-text-code.)
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{PermanentFlags, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(br"(\Deleted \Seen \*)");
/// let mut reading = Reading::new(Leniency::strict());
/// let flags = parse_whole(&octets, &mut reading, PermanentFlags::parse).unwrap();
/// assert!(flags.new_keywords && flags.flags.is_seen());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct PermanentFlags {
    /// The flags.
    pub flags: FlagList,
    /// `\*`: and keywords that are not there yet.
    pub new_keywords: bool,
}

impl PermanentFlags {
    /// Reads the list.
    ///
    /// # Errors
    ///
    /// There is none, or it holds what is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let mut permanent = Self::default();
        cursor.list(Depth::FLAT, reading, |cursor, _, reading| {
            if cursor.eat_tag(br"\*") {
                permanent.new_keywords = true;
                return Ok(());
            }
            permanent.flags.parse_item(cursor, reading)
        })?;
        Ok(permanent)
    }

    /// Writes the list.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.flags.encode_open(encoder);
        if self.new_keywords {
            encoder.put(if self.flags.is_empty() { br"\*" } else { br" \*" });
        }
        encoder.put(b")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, strict, written};
    use alloc::string::String;
    use alloc::vec;

    fn text(flags: &FlagList) -> String {
        String::from_utf8(written(|encoder| flags.encode(encoder))).unwrap()
    }

    fn read(octets: &[u8]) -> (String, Vec<Defect>) {
        let (flags, defects) = lenient(octets, FlagList::parse);
        (text(&flags.unwrap()), defects)
    }

    #[test]
    fn lists_of_flags() {
        for (octets, wrote) in [
            ("()", "()"),
            (r"(\Seen)", r"(\Seen)"),
            (
                r"(\recent \DRAFT \seen \Deleted \Flagged \Answered)",
                r"(\Answered \Flagged \Deleted \Seen \Draft \Recent)",
            ),
            (r"($Junk \Foo NotJunk \Seen $Junk)", r"(\Seen $Junk \Foo NotJunk $Junk)"),
            ("(a[b NIL)", "(a[b NIL)"),
        ] {
            let flags = strict(octets.as_bytes(), FlagList::parse).unwrap();
            assert_eq!(text(&flags), wrote);
        }
    }

    #[test]
    fn what_is_no_list_of_flags() {
        for (octets, at) in [
            ("", 0),
            (r"\Seen", 0),
            ("(a", 2),
            (r"(\)", 2),
            ("(a]b)", 2),
            (r"(\*)", 1),
            ("(\"a\")", 1),
            ("(a{1})", 2),
            (r"(a\Seen)", 2),
            ("(caf\u{e9})", 4),
        ] {
            let flags = strict(octets.as_bytes(), FlagList::parse);
            assert_eq!(flags.map_err(|error| error.at), Err(at), "{octets}");
        }
        assert!(lenient(b"(\"two words\")", FlagList::parse).0.is_err());
        assert!(lenient(b"(\"a\\\\Seen\")", FlagList::parse).0.is_err());
    }

    #[test]
    fn flags_of_real_servers() {
        let gmail = br"(\Answered OIB-Seen-INBOX OIB-Seen-[Google Mail]/Alle Nachrichten)";
        let (flags, defects) = read(gmail);
        assert_eq!((flags.as_bytes(), defects), (&gmail[..], vec![Defect::BracketInKeyword]));
        assert_eq!(read(br"(\Seen \*)"), (r"(\Seen)".into(), vec![Defect::AsteriskInFlags]));
        assert_eq!(read(br"(NIL \Seen)"), (r"(\Seen)".into(), vec![Defect::NilFlag]));
        let quoted = vec![Defect::QuotedFlag, Defect::QuotedFlag];
        assert_eq!(read(br#"("\\Seen" "foo")"#), (r"(\Seen foo)".into(), quoted));
        let spaced = vec![Defect::SpaceInList];
        assert_eq!(read(br"(\Seen $Forwarded )"), (r"(\Seen $Forwarded)".into(), spaced));
        let (keyword, _) = lenient(b"a]", Flag::parse);
        assert!(matches!(keyword.unwrap(), Flag::Keyword(keyword) if !keyword.is_conformant()));
    }

    #[test]
    fn permanent_flags() {
        for octets in ["()", r"(\*)", r"(\Seen \*)", r"(\Seen $Junk \*)", r"(\Seen)"] {
            let flags = strict(octets.as_bytes(), PermanentFlags::parse).unwrap();
            assert_eq!(written(|encoder| flags.encode(encoder)), octets.as_bytes());
        }
    }

    #[test]
    fn names_in_any_case() {
        let flags = strict(br"($junk \XSpecial)", FlagList::parse).unwrap();
        let flag = |octets: &[u8]| strict(octets, Flag::parse).unwrap();
        assert!(flags.contains(&flag(b"$Junk")) && flags.contains(&flag(br"\xspecial")));
        assert!(!flags.contains(&flag(b"XSpecial")) && !flags.contains(&flag(br"\Seen")));
        assert!(FlagList::default().is_empty() && !flags.is_empty());
    }
}
