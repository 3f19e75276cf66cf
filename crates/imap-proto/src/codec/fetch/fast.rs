//! The short cut of FETCH: the items that nearly all responses are made of, written as nearly all
//! servers write them.
//!
//! Taken are UID, FLAGS, INTERNALDATE, RFC822.SIZE, MODSEQ, ENVELOPE and BODYSTRUCTURE in capitals, one
//! space before the value, a space or the end of the list behind it, and values that have short cuts
//! of their own. It knows no leniency and explains nothing: what it does not take is read by
//! [`FetchItem::parse`], which is the oracle of the tests.
//!
//! Of what a FETCH asks for, lists of some names are taken, by which the items above are asked for.
//!
//! Items are made where they stay: moving one that has just been written costs more than reading it.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{FetchAtt, FetchItem};
use crate::codec::set::plain_number;
use crate::codec::{BodyStructure, Cursor, DateTime, Envelope, FlagList, ModSeq};

/// Adds the item that comes next behind `front`. If it is not to be taken, nothing has changed.
#[inline]
pub(super) fn item(front: u8, cursor: &mut Cursor<'_>, items: &mut Vec<FetchItem>) -> bool {
    let behind = match cursor.rest() {
        [octet, rest @ ..] if *octet == front => value(rest, cursor, items),
        _ => None,
    };
    if let Some(behind) = behind {
        cursor.go_to(behind);
    }
    behind.is_some()
}

/// Adds the item at the front, and tells what follows it.
///
/// Each item is a function of its own, or they would be made in one place and moved from there.
#[inline]
fn value<'a>(rest: &'a [u8], cursor: &Cursor<'a>, items: &mut Vec<FetchItem>) -> Option<&'a [u8]> {
    match rest.first()? {
        b'U' => uid(rest.strip_prefix(b"UID ")?, items),
        b'F' => flags(rest.strip_prefix(b"FLAGS ")?, cursor, items),
        b'R' => size(rest.strip_prefix(b"RFC822.SIZE ")?, items),
        b'I' => internal_date(rest.strip_prefix(b"INTERNALDATE ")?, items),
        b'M' => mod_seq(rest.strip_prefix(b"MODSEQ (")?, items),
        b'E' => envelope(rest.strip_prefix(b"ENVELOPE ")?, cursor, items),
        b'B' => body_structure(rest.strip_prefix(b"BODYSTRUCTURE ")?, cursor, items),
        _ => None,
    }
}

#[inline(never)]
fn uid<'a>(rest: &'a [u8], items: &mut Vec<FetchItem>) -> Option<&'a [u8]> {
    let (uid, behind) = plain_number(rest)?;
    ends(behind).inspect(|_| items.push(FetchItem::Uid(uid.into())))
}

#[inline(never)]
fn size<'a>(rest: &'a [u8], items: &mut Vec<FetchItem>) -> Option<&'a [u8]> {
    let (size, behind) = plain_number(rest)?;
    ends(behind).inspect(|_| items.push(FetchItem::Size(size.get().into())))
}

#[inline(never)]
fn internal_date<'a>(rest: &'a [u8], items: &mut Vec<FetchItem>) -> Option<&'a [u8]> {
    let (date, behind) = DateTime::parse_plain(rest)?;
    ends(behind).inspect(|_| items.push(FetchItem::InternalDate(date)))
}

#[inline(never)]
fn mod_seq<'a>(rest: &'a [u8], items: &mut Vec<FetchItem>) -> Option<&'a [u8]> {
    let (value, behind) = ModSeq::parse_plain(rest)?;
    let behind = ends(behind.strip_prefix(b")")?);
    behind.inspect(|_| items.push(FetchItem::ModSeq(value)))
}

#[inline(never)]
fn envelope<'a>(
    rest: &'a [u8],
    cursor: &Cursor<'a>,
    items: &mut Vec<FetchItem>,
) -> Option<&'a [u8]> {
    let mut ahead = cursor.clone();
    ahead.go_to(rest);
    let envelope = Box::new(Envelope::parse_plain(&mut ahead)?);
    ends(ahead.rest()).inspect(|_| items.push(FetchItem::Envelope(envelope)))
}

#[inline(never)]
fn body_structure<'a>(
    rest: &'a [u8],
    cursor: &Cursor<'a>,
    items: &mut Vec<FetchItem>,
) -> Option<&'a [u8]> {
    let mut ahead = cursor.clone();
    ahead.go_to(rest);
    let body = Box::new(BodyStructure::parse_plain(&mut ahead)?);
    ends(ahead.rest()).inspect(|_| items.push(FetchItem::BodyStructure(body)))
}

#[inline(never)]
fn flags<'a>(rest: &'a [u8], cursor: &Cursor<'a>, items: &mut Vec<FetchItem>) -> Option<&'a [u8]> {
    items.push(FetchItem::Flags(FlagList::default()));
    let Some(FetchItem::Flags(flags)) = items.last_mut() else { return None };
    let behind = flags.read_plain(cursor, rest).and_then(ends);
    if behind.is_none() {
        items.pop();
    }
    behind
}

/// The list of what a FETCH asks for, if it has none but the items of one word that are common.
pub(super) fn atts(cursor: &mut Cursor<'_>) -> Option<Vec<FetchAtt>> {
    let mut rest = cursor.rest().strip_prefix(b"(")?;
    // A section is no item of one word.
    let first = memchr::memchr2(b'[', b')', rest)?;
    rest.get(first).filter(|octet| **octet == b')')?;
    let mut room = cursor.limits().elements;
    let mut atts = Vec::with_capacity(6);
    loop {
        room = room.checked_sub(1)?;
        match plain_att(rest, &mut atts)? {
            [b' ', behind @ ..] => rest = behind,
            [b')', behind @ ..] => {
                cursor.go_to(behind);
                return Some(atts);
            }
            _ => return None,
        }
    }
}

/// Adds the name at the front, and tells what follows it.
#[inline]
fn plain_att<'a>(rest: &'a [u8], atts: &mut Vec<FetchAtt>) -> Option<&'a [u8]> {
    let mut name = |att, name: &[u8]| rest.strip_prefix(name).inspect(|_| atts.push(att));
    match rest.first()? {
        b'U' => name(FetchAtt::Uid, b"UID"),
        b'F' => name(FetchAtt::Flags, b"FLAGS"),
        b'I' => name(FetchAtt::InternalDate, b"INTERNALDATE"),
        b'R' => name(FetchAtt::Rfc822Size, b"RFC822.SIZE"),
        b'E' => name(FetchAtt::Envelope, b"ENVELOPE"),
        b'B' => name(FetchAtt::BodyStructure, b"BODYSTRUCTURE"),
        b'M' => name(FetchAtt::ModSeq, b"MODSEQ"),
        _ => None,
    }
}

/// What follows an item, if it is a space or the end of the list.
#[inline]
fn ends(behind: &[u8]) -> Option<&[u8]> {
    matches!(behind, [b' ' | b')', ..]).then_some(behind)
}

#[cfg(test)]
mod tests;
