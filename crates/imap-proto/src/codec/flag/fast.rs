//! The short cut of lists of flags: system flags as the RFC spells them, and keywords, with one space
//! between them. All else is for [`FlagList::parse`].

use super::{Flag, FlagList, Keyword, SystemFlag};
use crate::codec::Cursor;
use crate::codec::class::Class;

impl FlagList {
    /// Adds the flags of the list at the front of `octets`, which belong to the cursor's message, and
    /// tells what follows it.
    pub(in crate::codec) fn read_plain<'a>(
        &mut self,
        cursor: &Cursor<'a>,
        octets: &'a [u8],
    ) -> Option<&'a [u8]> {
        let mut rest = octets.strip_prefix(b"(")?;
        if let Some(behind) = rest.strip_prefix(b")") {
            return Some(behind);
        }
        let mut room = cursor.limits().elements;
        loop {
            room = room.checked_sub(1)?;
            let length = match rest {
                [b'\\', name @ ..] => {
                    let (flag, length) = system_flag(name)?;
                    self.system |= flag.bit();
                    length
                }
                _ => {
                    let length = Class::ATOM.run(rest);
                    let name = rest.get(..length).filter(|name| !is_odd(name))?;
                    self.others.push(Flag::Keyword(Keyword(cursor.keep(name))));
                    length
                }
            };
            rest = match rest.get(length..)? {
                [b' ', behind @ ..] => behind,
                [b')', behind @ ..] => return Some(behind),
                _ => return None,
            };
        }
    }
}

/// None at all, or the word that some send for none.
fn is_odd(name: &[u8]) -> bool {
    name.is_empty() || name.eq_ignore_ascii_case(b"NIL")
}

/// The flag of this spelling, and its length with the backslash.
///
/// What follows must be a space or the end of the list: a longer name is another flag.
fn system_flag(name: &[u8]) -> Option<(SystemFlag, usize)> {
    match name {
        [b'S', b'e', b'e', b'n', ..] => Some((SystemFlag::Seen, 5)),
        [b'A', b'n', b's', b'w', b'e', b'r', b'e', b'd', ..] => Some((SystemFlag::Answered, 9)),
        [b'F', b'l', b'a', b'g', b'g', b'e', b'd', ..] => Some((SystemFlag::Flagged, 8)),
        [b'D', b'e', b'l', b'e', b't', b'e', b'd', ..] => Some((SystemFlag::Deleted, 8)),
        [b'D', b'r', b'a', b'f', b't', ..] => Some((SystemFlag::Draft, 6)),
        [b'R', b'e', b'c', b'e', b'n', b't', ..] => Some((SystemFlag::Recent, 7)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Defect;
    use bytes::Bytes;
    use mail_proto::{Leniency, Reading};

    #[test]
    fn lists_are_those_of_the_grammar() {
        for list in [
            "()",
            "(\\Seen)",
            "(\\Deleted \\Draft $Work a)",
            "(\\Seen \\Answered \\Flagged \\Recent)",
            "(\\Seenx)",
            "(\\seen)",
            "(NIL)",
            "(a )",
            "( a)",
            "(a  b)",
            "(\\*)",
            "(\\)",
            "(a]b)",
            "(a",
            "(a b",
            "(\u{e9})",
            "(\\Seen\\Draft)",
            "(Nil x)",
            "(nilx)",
            "",
        ] {
            let octets = Bytes::copy_from_slice(list.as_bytes());
            let mut cursor = Cursor::new(&octets).without_fast_paths();
            let mut flags = FlagList::default();
            let Some(behind) = flags.read_plain(&cursor, &octets) else { continue };
            let by_grammar =
                FlagList::parse(&mut cursor, &mut Reading::new(Leniency::<Defect>::strict()));
            assert_eq!((Ok(flags), behind), (by_grammar, cursor.rest()), "{list}");
        }
    }

    #[test]
    fn what_is_common_is_taken() {
        let octets = Bytes::from_static(b"(\\Seen $Forwarded \\Deleted) UID 5");
        let mut flags = FlagList::default();
        let behind = flags.read_plain(&Cursor::new(&octets), &octets).unwrap();
        assert!(flags.is_seen() && flags.has(SystemFlag::Deleted) && flags.others().len() == 1);
        assert_eq!(behind, b" UID 5");
    }
}
