//! Search keys inside of search keys, and how deep they may go.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Deref;

use mail_proto::ParseError;

use super::SearchKey;
use crate::codec::Atom;

/// Two or more keys of a list or of alternatives.
///
/// [`SearchKey::all_of`] and [`SearchKey::any_of`] make them. A list holds no list and alternatives
/// hold no alternatives: what would is joined.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SearchKeys {
    keys: Vec<SearchKey>,
    levels: u16,
}

/// A key of which another key says something.
///
/// [`SearchKey::not`], [`SearchKey::fuzzy`] and [`SearchKey::in_thread`] make them.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SearchSubkey {
    key: Box<SearchKey>,
    /// Those of the key and one.
    levels: u16,
}

/// Messages of threads in which one message is found.
///
/// (draft-ietf-morg-inthread, Dovecot.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InThread {
    /// How threads are made.
    pub algorithm: Atom,
    /// What is to be found in the thread.
    pub key: SearchSubkey,
}

impl Deref for SearchKeys {
    type Target = [SearchKey];

    fn deref(&self) -> &[SearchKey] {
        &self.keys
    }
}

impl Deref for SearchSubkey {
    type Target = SearchKey;

    fn deref(&self) -> &SearchKey {
        &self.key
    }
}

impl SearchSubkey {
    fn new(key: SearchKey) -> Result<Self, ParseError> {
        let levels = allowed(key.levels().saturating_add(1))?;
        Ok(Self { key: Box::new(key), levels })
    }
}

impl SearchKey {
    /// How many parentheses, NOT and FUZZY may stand inside of each other.
    ///
    /// What recurses over a key (comparing, copying, printing, dropping, writing it) goes no deeper,
    /// whoever made it. OR takes no level: alternatives are kept as one list, be they thousands.
    pub const DEEPEST: u16 = 32;

    /// Whether this is such a key, or one of those inside it is. Lists and negations themselves are
    /// not asked about.
    ///
    /// ```
    /// use imap_proto::SearchKey;
    ///
    /// let key = SearchKey::Seen.and(SearchKey::Draft.not().unwrap()).unwrap();
    /// assert!(key.contains(&|key| *key == SearchKey::Draft));
    /// assert!(!key.contains(&|key| *key == SearchKey::Recent));
    /// ```
    pub fn contains(&self, such: &impl Fn(&Self) -> bool) -> bool {
        match self {
            Self::And(keys) | Self::Or(keys) => keys.iter().any(|key| key.contains(such)),
            Self::Not(key) | Self::Fuzzy(key) => key.contains(such),
            Self::InThread(thread) => thread.key.contains(such),
            key => such(key),
        }
    }

    /// The messages that match all of the keys; [`All`](Self::All) of them if there is no key.
    ///
    /// # Errors
    ///
    /// The keys are nested deeper than [`DEEPEST`](Self::DEEPEST).
    pub fn all_of(keys: impl IntoIterator<Item = Self>) -> Result<Self, ParseError> {
        let mut keys: Vec<_> = keys.into_iter().collect();
        if keys.iter().any(|key| matches!(key, Self::And(_))) {
            let flat = |key| match key {
                Self::And(list) => list.keys,
                key => [key].into(),
            };
            keys = keys.into_iter().flat_map(flat).collect();
        }
        Ok(match join(keys)? {
            Joined::None => Self::All,
            Joined::One(key) => key,
            Joined::More(keys) => Self::And(keys),
        })
    }

    /// The messages that match one of the keys or more; none if there is no key (`NOT ALL`).
    ///
    /// # Errors
    ///
    /// The keys are nested deeper than [`DEEPEST`](Self::DEEPEST).
    pub fn any_of(keys: impl IntoIterator<Item = Self>) -> Result<Self, ParseError> {
        let mut keys: Vec<_> = keys.into_iter().collect();
        if keys.iter().any(|key| matches!(key, Self::Or(_))) {
            let flat = |key| match key {
                Self::Or(list) => list.keys,
                key => [key].into(),
            };
            keys = keys.into_iter().flat_map(flat).collect();
        }
        match join(keys)? {
            Joined::None => Self::All.not(),
            Joined::One(key) => Ok(key),
            Joined::More(keys) => Ok(Self::Or(keys)),
        }
    }

    /// The messages that match both keys.
    ///
    /// # Errors
    ///
    /// The keys are nested deeper than [`DEEPEST`](Self::DEEPEST).
    pub fn and(self, other: Self) -> Result<Self, ParseError> {
        Self::all_of([self, other])
    }

    /// The messages that match one of the keys or both.
    ///
    /// # Errors
    ///
    /// The keys are nested deeper than [`DEEPEST`](Self::DEEPEST).
    pub fn or(self, other: Self) -> Result<Self, ParseError> {
        Self::any_of([self, other])
    }

    /// The messages that do not match the key. What is not not is.
    ///
    /// # Errors
    ///
    /// The keys are nested deeper than [`DEEPEST`](Self::DEEPEST).
    #[expect(clippy::should_implement_trait, reason = "it can fail")]
    pub fn not(self) -> Result<Self, ParseError> {
        match self {
            Self::Not(key) => Ok(*key.key),
            key => SearchSubkey::new(key).map(Self::Not),
        }
    }

    /// The messages that about match the key (RFC 6203).
    ///
    /// # Errors
    ///
    /// The keys are nested deeper than [`DEEPEST`](Self::DEEPEST).
    pub fn fuzzy(self) -> Result<Self, ParseError> {
        match self {
            Self::Fuzzy(key) => Ok(Self::Fuzzy(key)),
            key => SearchSubkey::new(key).map(Self::Fuzzy),
        }
    }

    /// The messages whose thread has a message that matches the key (Dovecot).
    ///
    /// # Errors
    ///
    /// The keys are nested deeper than [`DEEPEST`](Self::DEEPEST).
    pub fn in_thread(self, algorithm: Atom) -> Result<Self, ParseError> {
        let key = SearchSubkey::new(self)?;
        Ok(Self::InThread(Box::new(InThread { algorithm, key })))
    }

    /// The keys that all have to match: those of a list, or the key itself.
    #[must_use]
    pub fn as_list(&self) -> &[Self] {
        match self {
            Self::And(keys) => keys,
            key => core::slice::from_ref(key),
        }
    }

    /// The levels of its wire form where it is part of another key.
    fn levels(&self) -> u16 {
        match self {
            Self::And(keys) => keys.levels.saturating_add(1),
            Self::Or(keys) => keys.levels,
            Self::Not(key) | Self::Fuzzy(key) => key.levels,
            Self::InThread(thread) => thread.key.levels,
            Self::Unknown(_) => 1,
            _ => 0,
        }
    }
}

enum Joined {
    None,
    One(SearchKey),
    More(SearchKeys),
}

fn join(mut keys: Vec<SearchKey>) -> Result<Joined, ParseError> {
    if keys.len() > 1 {
        let levels = allowed(keys.iter().map(SearchKey::levels).max().unwrap_or(0))?;
        return Ok(Joined::More(SearchKeys { keys, levels }));
    }
    Ok(keys.pop().map_or(Joined::None, Joined::One))
}

fn allowed(levels: u16) -> Result<u16, ParseError> {
    if levels <= SearchKey::DEEPEST { Ok(levels) } else { Err(ParseError::new(0, TOO_DEEP)) }
}

pub(super) const TOO_DEEP: &str = "search keys nested less deep";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_is_flat() {
        let (seen, draft, all) = (SearchKey::Seen, SearchKey::Draft, SearchKey::All);
        let list = seen.clone().and(draft.clone()).unwrap().and(all.clone()).unwrap();
        assert_eq!(list.as_list(), [seen.clone(), draft.clone(), all.clone()]);
        let any = seen.clone().or(draft.clone().or(all.clone()).unwrap()).unwrap();
        let SearchKey::Or(keys) = any else { panic!("{any:?}") };
        assert_eq!(*keys, [seen.clone(), draft, all.clone()]);
        assert_eq!(seen.clone().not().unwrap().not().unwrap(), seen);
        assert_eq!(seen.clone().fuzzy().unwrap().fuzzy(), seen.clone().fuzzy());
        assert_eq!(SearchKey::all_of([]), Ok(all.clone()));
        assert_eq!(SearchKey::any_of([]), all.not());
        assert_eq!(SearchKey::any_of([seen.clone()]), Ok(seen));
    }

    #[test]
    fn depth_is_bounded_whoever_builds() {
        let mut key = SearchKey::Seen;
        let mut levels = 0;
        let error = loop {
            // Each round: a list in alternatives in a NOT.
            let next = key.clone().and(SearchKey::Draft).and_then(|key| key.or(SearchKey::All));
            match next.and_then(SearchKey::not) {
                Ok(next) => key = next,
                Err(error) => break error,
            }
            levels += 2;
            assert_eq!(key.levels(), levels);
        };
        assert_eq!((levels, error), (SearchKey::DEEPEST, ParseError::new(0, TOO_DEEP)));
        assert_eq!(alloc::format!("{key:?}").matches("Draft").count(), 16);
    }
}
