//! The flags of STORE: those that a client can set.

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::class::Class;
use crate::codec::{Cursor, Encoder, Flag, FlagList, Keyword, SystemFlag};

const SETTABLE: &str = "a flag that can be set";

/// Flags that a client can set: any but `\Recent`.
///
/// ```abnf
/// flag-list      = "(" [flag *(SP flag)] ")"
/// ```
///
/// (RFC 9051 section 9; RFC 3501 section 2.3.2 about `\Recent`.)
///
/// ```
/// use imap_proto::{Keyword, SettableFlags, SystemFlag};
///
/// let junk = Keyword::new("$Junk").unwrap();
/// let flags = SettableFlags::new([SystemFlag::Seen.into(), junk.into()]).unwrap();
/// assert!(flags.as_list().is_seen());
/// assert_eq!(SettableFlags::new([SystemFlag::Recent.into()]), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct SettableFlags(FlagList);

impl SettableFlags {
    /// These flags, unless `\Recent` is one of them.
    #[must_use]
    pub fn new(flags: impl IntoIterator<Item = Flag>) -> Option<Self> {
        let flags: FlagList = flags.into_iter().collect();
        (!flags.has(SystemFlag::Recent)).then_some(Self(flags))
    }

    /// `\Answered`
    #[must_use]
    pub fn answered() -> Self {
        Self::of(SystemFlag::Answered)
    }

    /// `\Flagged`
    #[must_use]
    pub fn flagged() -> Self {
        Self::of(SystemFlag::Flagged)
    }

    /// `\Deleted`
    #[must_use]
    pub fn deleted() -> Self {
        Self::of(SystemFlag::Deleted)
    }

    /// `\Seen`
    #[must_use]
    pub fn seen() -> Self {
        Self::of(SystemFlag::Seen)
    }

    /// `\Draft`
    #[must_use]
    pub fn draft() -> Self {
        Self::of(SystemFlag::Draft)
    }

    fn of(flag: SystemFlag) -> Self {
        Self([Flag::from(flag)].into_iter().collect())
    }

    /// Both these and those.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0.system().map(Flag::from));
        self.0.extend(others.0.others().iter().cloned());
        self
    }

    /// The flags as a list.
    #[must_use]
    pub const fn as_list(&self) -> &FlagList {
        &self.0
    }

    /// The flags as a list.
    #[must_use]
    pub fn into_list(self) -> FlagList {
        self.0
    }

    /// Reads a list, or one or more flags without parentheses.
    ///
    /// # Errors
    ///
    /// There is none, or `\Recent` is among them and that is not put up with.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if cursor.peek() == Some(b'(') {
            return Self::parse_list(cursor, reading);
        }
        let (mut flags, mut room) = (FlagList::default(), cursor.limits().elements);
        loop {
            room = room.checked_sub(1).ok_or(cursor.expected("fewer flags"))?;
            let at = cursor.at();
            match Flag::parse_unless_nil(cursor, reading)? {
                Some(Flag::System(SystemFlag::Recent)) => {
                    reading.tolerate(Defect::RecentSetByClient, at, SETTABLE)?;
                }
                Some(flag) => flags.push(flag),
                None => {}
            }
            if !cursor.another(reading)? {
                return Ok(Self(flags));
            }
        }
    }

    /// Reads a list.
    ///
    /// # Errors
    ///
    /// There is none, or `\Recent` is among them and that is not put up with.
    pub fn parse_list(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.clone();
        let flags = FlagList::parse(cursor, reading)?;
        if !flags.has(SystemFlag::Recent) {
            return Ok(Self(flags));
        }
        let at = recent(&begin.until(cursor)).unwrap_or_default();
        reading.tolerate(Defect::RecentSetByClient, begin.at().saturating_add(at), SETTABLE)?;
        let system = flags.system().filter(|flag| *flag != SystemFlag::Recent);
        Ok(Self(system.map(Flag::from).chain(flags.others().iter().cloned()).collect()))
    }

    /// Writes the list.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.0.encode(encoder);
    }
}

/// Where the flag stands in a list.
fn recent(list: &[u8]) -> Option<usize> {
    let is_it = |window: &[u8]| window.eq_ignore_ascii_case(br"\Recent");
    let ends = |at: usize| list.get(at).is_none_or(|octet| !Class::ATOM.has(*octet));
    let mut windows = list.windows(br"\Recent".len()).enumerate();
    windows
        .find(|(at, window)| is_it(window) && ends(at.saturating_add(window.len())))
        .map(|it| it.0)
}

impl From<Keyword> for SettableFlags {
    fn from(keyword: Keyword) -> Self {
        Self([Flag::from(keyword)].into_iter().collect())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::Atom;
    use crate::codec::testing::{lenient, round_trips, strict};
    use proptest::prelude::*;

    pub(crate) fn any_settable_flags() -> impl Strategy<Value = SettableFlags> {
        let system = proptest::sample::select(SystemFlag::ALL[..5].to_vec()).prop_map(Flag::from);
        let keyword = r"[$A-Za-z&'*+,./0-9:-]{1,8}"
            .prop_filter_map("no atom", |it| Keyword::new(it).ok().map(Flag::from));
        let extension = "X[a-z]{1,6}".prop_map(|it| Flag::Extension(Atom::new(it).unwrap()));
        proptest::collection::vec(prop_oneof![system, keyword, extension], 0..4)
            .prop_map(|flags| SettableFlags::new(flags).unwrap())
    }

    proptest! {
        #[test]
        fn round_trip(flags in any_settable_flags()) {
            round_trips(&flags, SettableFlags::encode, SettableFlags::parse);
        }
    }

    #[test]
    fn nil_is_no_flag_with_parentheses_or_without() {
        for octets in [&b"a NIL \\Seen"[..], b"(a NIL \\Seen)"] {
            let (flags, defects) = lenient(octets, SettableFlags::parse);
            assert_eq!(flags.unwrap(), strict(br"(\Seen a)", SettableFlags::parse).unwrap());
            assert_eq!(defects, [Defect::NilFlag]);
            assert!(strict(octets, SettableFlags::parse).unwrap().as_list().others().len() == 2);
        }
    }

    #[test]
    fn recent_is_never_among_them() {
        assert_eq!(SettableFlags::new(SystemFlag::ALL.map(Flag::from)), None);
        let both = SettableFlags::seen().and(SettableFlags::draft());
        assert_eq!(strict(br"(\Draft \Seen)", SettableFlags::parse_list), Ok(both));
        let bare = strict(br"\Seen", SettableFlags::parse_list);
        assert_eq!(bare.map_err(|error| error.at), Err(0));
        assert_eq!(recent(br"(\RecentX \recent)"), Some(10));
        assert_eq!(recent(br"(\RecentX)"), None);
    }
}
