//! Lists that are never empty.

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Deref;

use mail_proto::{ParseError, Reading};

use crate::Defect;
use crate::codec::Cursor;

/// A list that the grammar does not allow to be empty.
///
/// ```
/// use imap_proto::{OneOrMore, StatusAtt};
///
/// let atts = OneOrMore::new([StatusAtt::Messages, StatusAtt::UidNext]).unwrap();
/// assert_eq!(atts.len(), 2);
/// assert_eq!(OneOrMore::<StatusAtt>::new([]), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct OneOrMore<T>(Vec<T>);

impl<T> OneOrMore<T> {
    /// These, unless there are none.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = T>) -> Option<Self> {
        let items: Vec<_> = items.into_iter().collect();
        (!items.is_empty()).then_some(Self(items))
    }

    /// One.
    #[must_use]
    pub fn one(item: T) -> Self {
        Self(vec![item])
    }

    /// Adds one behind the others.
    pub fn push(&mut self, item: T) {
        self.0.push(item);
    }

    /// One and others behind it.
    pub(crate) fn with_others(first: T, others: Vec<T>) -> Self {
        let mut items = vec![first];
        items.extend(others);
        Self(items)
    }

    /// All of them.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T> Deref for OneOrMore<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> IntoIterator for OneOrMore<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a, T> IntoIterator for &'a OneOrMore<T> {
    type Item = &'a T;
    type IntoIter = core::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<T> From<T> for OneOrMore<T> {
    fn from(item: T) -> Self {
        Self::one(item)
    }
}

impl Cursor<'_> {
    /// One or more items in parentheses.
    pub(crate) fn one_or_more<T>(
        &mut self,
        expected: &'static str,
        reading: &mut Reading<Defect>,
        item: impl Fn(&mut Self, &mut Reading<Defect>) -> Result<T, ParseError>,
    ) -> Result<OneOrMore<T>, ParseError> {
        self.items(expected, reading, item).map(OneOrMore)
    }

    /// Zero or more items, each behind a space, up to the end of the message or of the list.
    pub(crate) fn each_behind_space<T>(
        &mut self,
        reading: &mut Reading<Defect>,
        item: impl Fn(&mut Self, &mut Reading<Defect>) -> Result<T, ParseError>,
    ) -> Result<Vec<T>, ParseError> {
        let mut items = Vec::new();
        let mut room = self.limits().elements;
        while self.another(reading)? {
            room = room.checked_sub(1).ok_or(self.expected("fewer elements"))?;
            items.push(item(self, reading)?);
        }
        Ok(items)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::strict;
    use proptest::prelude::*;

    pub(crate) fn any_one_or_more<T: core::fmt::Debug>(
        item: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = OneOrMore<T>> {
        proptest::collection::vec(item, 1..4).prop_map(OneOrMore)
    }

    #[test]
    fn never_empty() {
        let read = |octets: &[u8]| {
            strict(octets, |c, r| c.one_or_more("a number", r, |c, _| c.number()))
                .map_err(|error| error.at)
        };
        assert_eq!(read(b"(1 2)").map(OneOrMore::into_vec), Ok(vec![1, 2]));
        assert_eq!(read(b"()"), Err(1));
        assert_eq!(OneOrMore::with_others(1, vec![2]), OneOrMore(vec![1, 2]));
    }

    #[test]
    fn items_behind_spaces_are_limited() {
        let octets = bytes::Bytes::from_static(b" 1 2 3");
        let read = |elements| {
            let limits = crate::ParseLimits { elements, ..crate::ParseLimits::client() };
            let mut cursor = Cursor::new(&octets).with_limits(limits);
            let strict = &mut Reading::new(mail_proto::Leniency::strict());
            cursor.each_behind_space(strict, |cursor, _| cursor.number()).map_err(|error| error.at)
        };
        assert_eq!(read(3), Ok(vec![1, 2, 3]));
        assert_eq!(read(2), Err(5));
    }
}
