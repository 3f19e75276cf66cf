//! The classes of octets that the grammar names, as one table.

/// A set of classes, a bit each.
#[derive(Clone, Copy)]
pub(crate) struct Class(u8);

impl Class {
    /// `ATOM-CHAR`
    pub(crate) const ATOM: Self = Self(1);
    /// `ASTRING-CHAR`: `ATOM-CHAR / resp-specials`
    pub(crate) const ASTRING: Self = Self(1 << 1);
    /// `ASTRING-CHAR` less `+`
    pub(crate) const TAG: Self = Self(1 << 2);
    /// `list-char`: `ATOM-CHAR / list-wildcards / resp-specials`
    pub(crate) const LIST: Self = Self(1 << 3);
    /// `QUOTED-CHAR` that stands for itself and is 7-bit.
    pub(crate) const QUOTED: Self = Self(1 << 4);
    /// Letters, digits, `-`, `_` and `.`: what the words of the grammar are made of.
    pub(crate) const LABEL: Self = Self(1 << 5);
    /// `DIGIT`
    pub(crate) const DIGIT: Self = Self(1 << 6);
    /// Octets above 127.
    pub(crate) const EIGHT_BIT: Self = Self(1 << 7);

    /// The octets of either class.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn has(self, octet: u8) -> bool {
        TABLE.get(usize::from(octet)).is_some_and(|classes| classes & self.0 != 0)
    }

    /// How many octets at the front are of the class.
    pub(crate) fn run(self, octets: &[u8]) -> usize {
        self.first_outside(octets).unwrap_or(octets.len())
    }

    /// Where the first octet outside of the class is.
    pub(crate) fn first_outside(self, octets: &[u8]) -> Option<usize> {
        octets.iter().position(|octet| !self.has(*octet))
    }

    /// Where the first octet of the class is.
    pub(crate) fn first_in(self, octets: &[u8]) -> Option<usize> {
        octets.iter().position(|octet| self.has(*octet))
    }

    /// The rule of a string of one or more octets of the class: where it is broken first.
    pub(crate) fn broken_at(self, octets: &[u8]) -> Option<usize> {
        if octets.is_empty() { Some(0) } else { self.first_outside(octets) }
    }
}

static TABLE: [u8; 256] = table();

#[expect(clippy::indexing_slicing, clippy::arithmetic_side_effects, reason = "const evaluation")]
const fn table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0u8;
    loop {
        table[octet as usize] = classes(octet);
        if octet == u8::MAX {
            return table;
        }
        octet += 1;
    }
}

const fn classes(octet: u8) -> u8 {
    let is_atom = octet.is_ascii_graphic()
        && !matches!(octet, b'(' | b')' | b'{' | b'%' | b'*' | b'"' | b'\\' | b']');
    let is_astring = is_atom || octet == b']';
    bit(is_atom, Class::ATOM)
        | bit(is_astring, Class::ASTRING)
        | bit(is_astring && octet != b'+', Class::TAG)
        | bit(is_astring || matches!(octet, b'%' | b'*'), Class::LIST)
        | bit(octet.is_ascii() && !matches!(octet, 0 | b'\r' | b'\n' | b'"' | b'\\'), Class::QUOTED)
        | bit(octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.'), Class::LABEL)
        | bit(octet.is_ascii_digit(), Class::DIGIT)
        | bit(!octet.is_ascii(), Class::EIGHT_BIT)
}

const fn bit(is_member: bool, class: Class) -> u8 {
    if is_member { class.0 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ranges of `imap-merged.abnf`.
    #[test]
    fn classes_are_those_of_the_grammar() {
        for octet in 0..=u8::MAX {
            let atom = matches!(octet, 0x21 | 0x23..=0x24 | 0x26..=0x27 | 0x2b..=0x5b
                | 0x5e..=0x7a | 0x7c..=0x7e);
            let tag = matches!(octet, 0x21 | 0x23..=0x24 | 0x26..=0x27 | 0x2c..=0x5b
                | 0x5d..=0x7a | 0x7c..=0x7e);
            let quoted = matches!(octet, 0x01..=0x09 | 0x0b..=0x0c | 0x0e..=0x21 | 0x23..=0x5b
                | 0x5d..=0x7f);
            assert_eq!(Class::ATOM.has(octet), atom, "{octet:x}");
            assert_eq!(Class::ASTRING.has(octet), atom || octet == b']', "{octet:x}");
            assert_eq!(Class::TAG.has(octet), tag, "{octet:x}");
            assert_eq!(Class::LIST.has(octet), atom || b"]%*".contains(&octet), "{octet:x}");
            assert_eq!(Class::QUOTED.has(octet), quoted, "{octet:x}");
            assert_eq!(Class::DIGIT.has(octet), octet.is_ascii_digit());
            assert_eq!(Class::EIGHT_BIT.has(octet), octet > 0x7f);
        }
    }
}
