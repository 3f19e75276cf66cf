//! Modified UTF-7: how IMAP4rev1 writes mailbox names that are not ASCII.
//!
//! ```abnf
//! utf7           = *(utf7-printable / "&-" / "&" 1*utf7-base64 "-")
//! utf7-printable = %x20-25 / %x27-7E
//! utf7-base64    = ALPHA / DIGIT / "+" / ","
//! ```
//!
//! (RFC 3501 section 5.1.3.) Every name has exactly one form, and only that one is read: two forms
//! would be two names for one mailbox, and a way around every filter.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use mail_proto::ParseError;

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

const CANONICAL: &str = "the canonical form of modified UTF-7";

/// Writes a name.
pub(crate) fn encode(name: &str) -> Cow<'_, str> {
    if name.bytes().all(is_plain) {
        return Cow::Borrowed(name);
    }
    let mut encoded = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let of_a_kind = kind(first);
        let end = rest.find(|character| kind(character) != of_a_kind).unwrap_or(rest.len());
        let (run, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = behind;
        match of_a_kind {
            Kind::Plain => encoded.push_str(run),
            Kind::Ampersand => run.chars().for_each(|_| encoded.push_str("&-")),
            Kind::Shifted => {
                let units: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
                encoded.push('&');
                BASE64.encode_string(units, &mut encoded);
                encoded.push('-');
            }
        }
    }
    Cow::Owned(encoded)
}

/// Reads a name.
///
/// # Errors
///
/// Where it is not the canonical form of any name: octets that are not printable ASCII, a shift without
/// an end, half a character, what needed no shift, two shifts in a row.
pub(crate) fn decode(octets: &[u8]) -> Result<Cow<'_, str>, ParseError> {
    let text = printable(octets)?;
    if !octets.contains(&b'&') {
        return Ok(Cow::Borrowed(text));
    }
    let mut decoded = String::with_capacity(octets.len());
    let mut parts = text.split('&');
    decoded.push_str(parts.next().unwrap_or_default());
    let mut at = decoded.len();
    for part in parts {
        let (shifted, plain) =
            part.split_once('-').ok_or(ParseError::new(at, "a - that ends &"))?;
        if shifted.is_empty() {
            decoded.push('&');
        } else {
            unshift(shifted, &mut decoded).ok_or(ParseError::new(at, "UTF-16 in base64"))?;
        }
        decoded.push_str(plain);
        at = at.saturating_add(part.len()).saturating_add(1);
    }
    // What is read is what would be written: that makes it canonical.
    let canonical = encode(&decoded);
    if canonical.as_bytes() != octets {
        let same = canonical.bytes().zip(octets).take_while(|(one, other)| one == *other).count();
        return Err(ParseError::new(same, CANONICAL));
    }
    Ok(Cow::Owned(decoded))
}

/// Adds the characters of a shift, unless there is half a character.
fn unshift(shifted: &str, decoded: &mut String) -> Option<()> {
    let octets = BASE64.decode(shifted).ok()?;
    let (units, rest) = octets.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    for character in char::decode_utf16(units.iter().map(|unit| u16::from_be_bytes(*unit))) {
        decoded.push(character.ok()?);
    }
    Some(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Printable ASCII: stands for itself.
    Plain,
    /// `&`: is written as `&-`.
    Ampersand,
    /// Everything else.
    Shifted,
}

const fn kind(character: char) -> Kind {
    match character {
        '&' => Kind::Ampersand,
        ' '..='~' => Kind::Plain,
        _ => Kind::Shifted,
    }
}

fn is_plain(octet: u8) -> bool {
    matches!(octet, b' '..=b'~') && octet != b'&'
}

fn printable(octets: &[u8]) -> Result<&str, ParseError> {
    const EXPECTED: &str = "printable ASCII";
    if let Some(at) = octets.iter().position(|octet| !matches!(octet, b' '..=b'~')) {
        return Err(ParseError::new(at, EXPECTED));
    }
    core::str::from_utf8(octets).map_err(|error| ParseError::new(error.valid_up_to(), EXPECTED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use alloc::vec;

    /// All sequences of one to `most` elements.
    fn sequences<T: Copy>(alphabet: &[T], most: usize) -> Vec<Vec<T>> {
        let mut all = vec![vec![]];
        let mut begin = 0;
        for _ in 0..most {
            let end = all.len();
            for index in begin..end {
                for element in alphabet {
                    let mut longer = all[index].clone();
                    longer.push(*element);
                    all.push(longer);
                }
            }
            begin = end;
        }
        all
    }

    #[test]
    fn names_of_the_rfc_and_others() {
        for (name, encoded) in [
            ("", ""),
            ("INBOX", "INBOX"),
            ("R&D", "R&-D"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("😀", "&2D3eAA-"),
            ("a\tb", "a&AAk-b"),
            ("&é&", "&-&AOk-&-"),
            ("☺!", "&Jjo-!"),
            ("台北日本語", "&U,BTF2XlZyyKng-"),
        ] {
            assert_eq!(encode(name), encoded);
            assert_eq!(decode(encoded.as_bytes()).as_deref(), Ok(name));
        }
    }

    #[test]
    fn other_forms_are_no_names() {
        for (octets, at) in [
            (&b"&AC8-"[..], 0),
            (b"&AGE-", 0),
            (b"x&ACY-", 2),
            (b"&", 0),
            (b"a&b", 1),
            (b"&AOk", 0),
            (b"&2D0-", 0),
            (b"&3gA-", 0),
            (b"&3gDYPQ-", 0),
            (b"&AOkA-", 0),
            (b"&AOl-", 0),
            (b"&AO-", 0),
            (b"&A-", 0),
            (b"&AOk=-", 0),
            (b"&AO/-", 0),
            (b"&AOk-&AOk-", 4),
            (b"&Jjo!", 0),
            (b"&U,BTFw-&ZeVnLIqe-", 6),
            (b"caf\xc3\xa9", 3),
            (b"a\0", 1),
            (b"a\tb", 1),
            (b"\x7f", 0),
        ] {
            let read = decode(octets).map_err(|error| error.at);
            assert_eq!(read, Err(at), "{}", mail_proto::Escaped(octets));
        }
    }

    /// S27: over UTF-16, what is text has one form, and what is none has no form.
    #[test]
    fn text_and_forms_are_one_to_one() {
        let alphabet = [
            0x00, 0x09, 0x20, 0x26, 0x2d, 0x2f, 0x41, 0x61, 0x7e, 0x7f, 0x80, 0xe9, 0x3042, 0xd7ff,
            0xd800, 0xd83d, 0xdbff, 0xdc00, 0xde00, 0xdfff, 0xe000, 0xfeff, 0xffff,
        ];
        let mut forms = std::collections::BTreeSet::new();
        for units in sequences(&alphabet, 3).split_off(1) {
            let octets: Vec<u8> = units.iter().flat_map(|unit: &u16| unit.to_be_bytes()).collect();
            let shifted = format!("&{}-", BASE64.encode(octets));
            let Ok(name) = String::from_utf16(&units) else {
                assert!(decode(shifted.as_bytes()).is_err(), "{units:x?}");
                continue;
            };
            let form = encode(&name).to_string();
            assert_eq!(decode(form.as_bytes()).as_deref(), Ok(&*name), "{units:x?}");
            assert_eq!(decode(shifted.as_bytes()).is_ok(), form == shifted, "{units:x?}");
            assert!(forms.insert(form), "{units:x?}");
        }
    }

    #[test]
    fn what_is_read_is_written_the_same() {
        for octets in sequences(b"&-aAQ,gk/\x1f\xe9", 6) {
            if let Ok(name) = decode(&octets) {
                assert_eq!(encode(&name).as_bytes(), octets, "{name:?}");
            }
        }
    }
}
