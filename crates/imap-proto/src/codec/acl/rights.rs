//! Rights: what one may do with a mailbox.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{AString, Cursor, Encoder};

const RIGHTS: &str = "rights (letters and digits)";

/// The table of rights.
macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident = $letter:literal,)+) => {
        /// A right that a document names.
        ///
        /// (RFC 4314 section 2.1, RFC 5257.)
        ///
        /// ```
        /// use imap_proto::Right;
        ///
        /// assert_eq!(Right::Lookup.letter(), b'l');
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum Right {
            $($(#[$doc])* $name,)+
        }

        impl Right {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its letter.
            #[must_use]
            pub const fn letter(self) -> u8 {
                match self { $(Self::$name => $letter,)+ }
            }
        }
    };
}

rights! {
    /// `l`: the mailbox is seen by LIST and LSUB, and can be subscribed to.
    Lookup = b'l',
    /// `r`: SELECT, STATUS, reading.
    Read = b'r',
    /// `s`: setting and clearing `\Seen`, which lasts.
    Seen = b's',
    /// `w`: setting and clearing other flags than `\Seen` and `\Deleted`.
    Write = b'w',
    /// `i`: APPEND and COPY into the mailbox.
    Insert = b'i',
    /// `p`: sending mail to its submission address. IMAP does not enforce it.
    Post = b'p',
    /// `k`: creating mailboxes below it, or renaming some to there.
    CreateMailbox = b'k',
    /// `x`: deleting it, or renaming it.
    DeleteMailbox = b'x',
    /// `t`: setting and clearing `\Deleted`.
    DeleteMessage = b't',
    /// `e`: EXPUNGE.
    Expunge = b'e',
    /// `a`: the commands of this file.
    Administer = b'a',
    /// `n`: writing shared annotations (RFC 5257).
    SharedAnnotation = b'n',
}

/// A set of rights: small letters and digits, in the order in which they came.
///
/// ```abnf
/// rights         = astring
/// ```
///
/// (RFC 4314 section 7: only lowercase ASCII letters and digits.) [`new`](Self::new) makes what may be
/// sent. What was read may have capitals, which a server has to refuse with BAD:
/// [`is_conformant`](Self::is_conformant) tells. [`is`](Self::is) compares them as sets.
///
/// ```
/// use imap_proto::{Right, Rights};
///
/// let rights = Rights::new("lrs").unwrap();
/// assert!(rights.has(Right::Read) && !rights.has(Right::Write));
/// assert!(rights.is(&Rights::new("rsl").unwrap()));
/// assert_eq!(Rights::new("lrS").unwrap_err().at, 2);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Rights(AString);

impl Rights {
    /// These rights.
    ///
    /// # Errors
    ///
    /// Where there is neither a small letter nor a digit.
    pub fn new(rights: &str) -> Result<Self, ParseError> {
        match rights.bytes().position(|octet| !is_right(octet)) {
            Some(at) => Err(ParseError::new(at, "rights (small letters and digits)")),
            None => AString::try_from(rights).map(Self),
        }
    }

    /// The letters and digits as they came.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// Whether all of them are small letters and digits.
    #[must_use]
    pub fn is_conformant(&self) -> bool {
        self.as_bytes().iter().all(|octet| is_right(*octet))
    }

    /// Whether this right is among them.
    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        self.has_letter(right.letter())
    }

    /// Whether this letter or digit is among them.
    #[must_use]
    pub fn has_letter(&self, letter: u8) -> bool {
        self.as_bytes().contains(&letter)
    }

    /// Whether all of the others are among them.
    #[must_use]
    pub fn includes(&self, others: &Self) -> bool {
        let all = members(self.as_bytes());
        others.as_bytes().iter().all(|octet| all.get(usize::from(*octet)) == Some(&true))
    }

    /// Whether they are the same set.
    #[must_use]
    pub fn is(&self, others: &Self) -> bool {
        self.includes(others) && others.includes(self)
    }

    /// These rights and, where they have the obsolete `c` or `d`, those that the server has put in place
    /// of them (RFC 4314 section 2.1.1): `k` and perhaps `x` for `c`; `e`, `t` and perhaps `x` for `d`.
    ///
    /// ```
    /// use imap_proto::Rights;
    ///
    /// let rights = |rights| Rights::new(rights).unwrap();
    /// let modern = rights("lrcd").without_obsolete(&rights("k"), &rights("etx"));
    /// assert!(modern.is(&rights("lrketx")));
    /// ```
    #[must_use]
    pub fn without_obsolete(&self, create: &Self, delete: &Self) -> Self {
        let mut letters = Vec::new();
        for octet in self.as_bytes() {
            match octet {
                b'c' => letters.extend_from_slice(create.as_bytes()),
                b'd' => letters.extend_from_slice(delete.as_bytes()),
                other => letters.push(*other),
            }
        }
        let mut seen = [false; 256];
        letters.retain(|octet| {
            let is_new = seen.get_mut(usize::from(*octet));
            is_new.is_some_and(|seen| !core::mem::replace(seen, true))
        });
        // They were in strings before, so that this cannot fail.
        AString::new(letters).map_or_else(|_| self.clone(), Self)
    }

    /// Reads them.
    ///
    /// # Errors
    ///
    /// There are none, not even an empty string.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        Self::checked(AString::parse(cursor, reading)?, at, reading)
    }

    /// The rights of a string that stands at `at`.
    fn checked(
        rights: AString,
        at: usize,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        // Capitals are for the server to refuse: RFC 4314 section 3.1 says with which words.
        if !rights.as_bytes().iter().all(u8::is_ascii_alphanumeric) {
            reading.tolerate(Defect::OddRights, at, RIGHTS)?;
        }
        Ok(Self(rights))
    }

    /// Writes them.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.0.encode(encoder);
    }
}

const fn is_right(octet: u8) -> bool {
    octet.is_ascii_lowercase() || octet.is_ascii_digit()
}

fn members(octets: &[u8]) -> [bool; 256] {
    let mut members = [false; 256];
    for octet in octets {
        if let Some(member) = members.get_mut(usize::from(*octet)) {
            *member = true;
        }
    }
    members
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        let letters: Vec<u8> = rights.into_iter().map(Right::letter).collect();
        // Letters are neither `c` nor NUL.
        Self(AString::new(letters).unwrap_or_else(|_| no_rights()))
    }
}

#[expect(clippy::expect_used, reason = "no octets hold no NUL")]
fn no_rights() -> AString {
    AString::new("").expect("a string without NUL")
}

/// How SETACL changes rights.
///
/// ```abnf
/// mod-rights     = astring
/// ```
///
/// (RFC 4314 section 7: `+` adds, `-` removes.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum RightsChange {
    /// These and no others.
    Set(Rights),
    /// These, too.
    Add(Rights),
    /// These no more.
    Remove(Rights),
}

impl RightsChange {
    pub(super) fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at = cursor.at();
        let octets = AString::parse(cursor, reading)?.into_bytes();
        let rights = |from: usize, reading: &mut Reading<Defect>| {
            let rights = AString::new(octets.slice(from..))?;
            Rights::checked(rights, at, reading)
        };
        match octets.first() {
            Some(b'+') => rights(1, reading).map(Self::Add),
            Some(b'-') => rights(1, reading).map(Self::Remove),
            _ => rights(0, reading).map(Self::Set),
        }
    }

    pub(super) fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        let (sign, rights) = match self {
            Self::Set(rights) => return rights.encode(encoder),
            Self::Add(rights) => (b'+', rights),
            Self::Remove(rights) => (b'-', rights),
        };
        let mut octets = Vec::with_capacity(rights.as_bytes().len().saturating_add(1));
        octets.push(sign);
        octets.extend_from_slice(rights.as_bytes());
        encoder.astring_octets(&octets.into());
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, strict};
    use alloc::vec;
    use proptest::prelude::*;

    pub(crate) fn any_rights() -> impl Strategy<Value = Rights> {
        "[a-z0-9]{0,9}".prop_map(|rights| Rights::new(&rights).unwrap())
    }

    fn rights(rights: &str) -> Rights {
        Rights::new(rights).unwrap()
    }

    #[test]
    fn rights_are_kept_as_they_came() {
        for octets in ["rwipslda", "\"\"", "0", "lrqswicda", "lrQ"] {
            reads_and_writes(octets.as_bytes(), Rights::parse, Rights::encode);
        }
        assert!(!strict(b"lrQ", Rights::parse).unwrap().is_conformant());
        assert!(strict(b"lrq9", Rights::parse).unwrap().is_conformant());
        assert_eq!(Rights::new("+l").map_err(|error| error.at), Err(0));
        assert_eq!(strict(b"\"l r\"", Rights::parse).map_err(|error| error.at), Err(0));
        let (read, defects) = lenient(b"\"l r\"", Rights::parse);
        assert_eq!((read.unwrap().as_bytes(), defects), (&b"l r"[..], vec![Defect::OddRights]));
        let all: Rights = Right::ALL.iter().copied().collect();
        assert_eq!(all.as_bytes(), b"lrswipkxtean");
        assert!(all.includes(&rights("lrs")) && !rights("lrs").includes(&all));
        assert!(rights("llr").is(&rights("rl")) && !rights("l").is(&rights("lr")));
        assert!(rights("lr0").has_letter(b'0') && rights("").is_empty());
    }

    #[test]
    fn obsolete_rights() {
        let modern = rights("lrcd").without_obsolete(&rights("kx"), &rights("et"));
        assert_eq!(modern, rights("lrkxet"));
        let modern = rights("lkcxd").without_obsolete(&rights("k"), &rights("xet"));
        assert_eq!(modern, rights("lkxet"));
    }
}
