//! The rules that are not derived from their ABNF, because it does not say all: numbers have a
//! largest one, dates exist, literals are as long as they announce.

use std::collections::BTreeSet;

use super::abnf::{Node, STARTS, merged};
use super::generate::Generator;

/// The rules written here.
const WORDS: [&str; 42] = [
    "ann-entry",
    "atom",
    "attrib",
    "auth-type",
    "authenticate",
    "base64",
    "charset",
    "date-text",
    "date-time",
    "filter-mailboxes-selected",
    "from-mime-type-req",
    "id-params-list",
    "known-sequence-set",
    "known-uid-set",
    "known-uids",
    "literal",
    "literal8",
    "mod-rights",
    "mod-sequence-value",
    "mod-sequence-valzer",
    "modifier-partial",
    "name-component",
    "number",
    "number64",
    "nz-number",
    "nz-number64",
    "option-standard-tag",
    "permsg-modsequence",
    "quoted",
    "QUOTED-CHAR",
    "rexpunges-fetch-mod",
    "rights",
    "score",
    "sequence-set",
    "sieveurl-server",
    "string",
    "tag-string",
    "text",
    "to-mime-type-req",
    "uid-set",
    "url-resp-text",
    "uniqueid",
];

/// Whether the rule is written here.
pub fn is_word(rule: &str) -> bool {
    WORDS.contains(&rule)
}

/// Whether the rule stands only inside of what is written here.
pub fn is_inside(rule: &str) -> bool {
    let grammar = merged();
    let mut open: Vec<_> = STARTS.iter().map(|start| grammar.rule(start)).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        match grammar.node(id) {
            Node::Rule(name) if name == rule => return false,
            Node::Rule(name) if is_word(name) || !seen.insert(name) => {}
            _ => open.extend(grammar.children(id)),
        }
    }
    true
}

/// Rules that have a tag in quotes.
const TAG_IN_QUOTES: &[&str] = &["command-select", "inprogress-tag", "resp-text-code"];

const U32: u64 = u32::MAX as u64;
const U63: u64 = u64::MAX >> 1;

/// Writes a word of the rule.
pub fn write(rule: &str, to: &mut Generator<'_>) {
    match rule {
        "atom" | "option-standard-tag" => atom(to, b""),
        // RFC 5257 section 5: no asterisk and no percent.
        "ann-entry" | "attrib" => in_some_form(to, b"/abc.-x"),
        // RFC 4422 section 3.1.
        "auth-type" => letters(to, b"ABCXYZ019-_", 1, 20),
        // Registered names are ASCII.
        "charset" if to.random.one_in(2) => atom(to, b""),
        "charset" => in_quotes(to, b"utfUTF-8: "),
        // RFC 5259 section 10: in words, and without quotes, a range of MIME types.
        "from-mime-type-req" => {
            let range = to.random.pick(&[&b"\"*\""[..], b"\"text/*\"", b"image/png", b"\"a/b+c\""]);
            to.out.extend(range);
        }
        "to-mime-type-req" => {
            let range =
                to.random.pick(&[&b"\"*\""[..], b"\"text/*\"", b"image/png", b"{3}\r\na/b"]);
            to.out.extend(range);
        }
        "id-params-list" => id_params_list(to),
        // RFC 4314 section 7: letters and digits.
        "mod-rights" => {
            let sign = to.random.pick(&[&b""[..], b"+", b"-"]);
            in_some_form_with(to, sign, b"lrswipkxte09");
        }
        "rights" => in_some_form(to, b"lrswipkxte09"),
        // RFC 7162 section 3.2.6: of UID FETCH only, and beside CHANGEDSINCE. RFC 9394 section 3.3: of
        // UID FETCH only.
        "rexpunges-fetch-mod" if to.is_within("uid") => to.out.extend(b"CHANGEDSINCE 7 VANISHED"),
        "modifier-partial" if to.is_within("uid") || !to.is_within("fetch-modifier") => {
            to.out.extend(b"PARTIAL ");
            to.rule("result-range", &[], None);
        }
        "rexpunges-fetch-mod" | "modifier-partial" => to.out.extend(b"CHANGEDSINCE 7"),
        // NEWNAME is part of a line, and of RFC 2060, whose quoted strings are ASCII.
        "string" if to.is_within("resp-text-code") => in_quotes(to, b"aZ09/. "),
        "string" if to.random.one_in(2) => to.rule("literal", &[], None),
        "string" => to.rule("quoted", &[], None),
        // It holds a tag; RFC 5259 section 10 has no atom there.
        "tag-string" if to.is_within("convert-correlator") => in_quotes(to, b"aA0[!"),
        "tag-string" => in_some_form(to, b"aA0[!"),
        // A dash ends it, and it must not look like anything else.
        "name-component" => atom(to, b"-"),
        "sieveurl-server" => {
            to.out.extend(b"sieve://");
            atom(to, b"");
        }
        "authenticate" => authenticate(to),
        "base64" => base64(to),
        "date-text" => date_text(to),
        "date-time" => date_time(to),
        "filter-mailboxes-selected" => {
            // RFC 7377 section 2.2: ESEARCH has no selected-delayed.
            let all = [&b"selected"[..], b"selected-delayed"];
            let end = if to.is_within("esearch-source-opts") { 1 } else { 2 };
            let word = to.random.pick(&all[..end]);
            to.out.extend(word);
        }
        "literal" => literal(to, 1),
        "literal8" => {
            to.out.push(b'~');
            literal(to, 0);
        }
        "mod-sequence-value" | "permsg-modsequence" => number(to, 1, U63),
        "mod-sequence-valzer" | "number64" => number(to, 0, U63),
        "number" => number(to, 0, U32),
        "nz-number" | "uniqueid" => number(to, 1, U32),
        "nz-number64" => number(to, 1, U63),
        // What CANCELUPDATE, NOUPDATE and INPROGRESS have in quotes is a tag.
        "quoted" if to.is_directly_within(TAG_IN_QUOTES) => {
            in_quotes(to, b"aA0[.!");
        }
        "quoted" => quoted(to),
        "QUOTED-CHAR" => quoted_char(to),
        "score" => number(to, 1, 100),
        "sequence-set" => sequence_set(to),
        "uid-set" | "known-uids" | "known-uid-set" | "known-sequence-set" => set(to, false),
        "text" => text(to),
        "url-resp-text" => url_resp_text(to),
        _ => unreachable!("{rule}"),
    }
}

fn number(to: &mut Generator<'_>, first: u64, last: u64) {
    let number = to.random.number(first, last);
    to.out.extend(number.to_string().into_bytes());
}

fn padded(to: &mut Generator<'_>, width: usize, end: u64) {
    let number = to.random.below(end);
    to.out.extend(format!("{number:0width$}").into_bytes());
}

/// One or more letters of words, with signs that may stand there too.
fn atom(to: &mut Generator<'_>, without: &[u8]) {
    const FIRST: &[u8] =
        b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789$!#&'+-./:;<=>?@[^_`|}~";
    let length = to.random.number(1, 9);
    // Words of the grammar begin with letters; two digits make sure that this is none of them.
    for _ in 0..length {
        let octet = to.random.pick(FIRST);
        if !without.contains(&octet) {
            to.out.push(octet);
        }
    }
    to.out.extend(b"q7");
}

/// Some of these letters.
fn letters(to: &mut Generator<'_>, letters: &[u8], first: u64, last: u64) {
    for _ in 0..to.random.number(first, last) {
        let letter = to.random.pick(letters);
        to.out.push(letter);
    }
}

fn in_quotes(to: &mut Generator<'_>, all: &[u8]) {
    to.out.push(b'"');
    letters(to, all, 1, 9);
    to.out.push(b'"');
}

/// Letters as an atom, in quotes or as a literal.
fn in_some_form(to: &mut Generator<'_>, all: &[u8]) {
    in_some_form_with(to, b"", all);
}

fn in_some_form_with(to: &mut Generator<'_>, before: &[u8], all: &[u8]) {
    let begin = to.out.len();
    to.out.extend(before);
    letters(to, all, 1, 9);
    let octets = to.out.split_off(begin);
    let form = match to.random.below(3) {
        0 => format!("{{{}}}\r\n", octets.len()),
        1 => String::new(),
        _ => String::from("\""),
    };
    to.out.extend(form.bytes());
    to.out.extend(octets);
    if form == "\"" {
        to.out.push(b'"');
    }
}

/// RFC 2971 section 3.3: 30 fields at most, none twice.
fn id_params_list(to: &mut Generator<'_>) {
    if to.random.one_in(4) {
        return to.rule("nil", &[], None);
    }
    to.out.push(b'(');
    for number in 0..to.random.number(0, 4) {
        if number > 0 {
            to.out.push(b' ');
        }
        to.out.extend(format!("\"key {number}\" ").into_bytes());
        to.rule("nstring", &[], None);
    }
    to.out.push(b')');
}

/// The line only: what follows in other lines is a unit of its own.
fn authenticate(to: &mut Generator<'_>) {
    to.out.extend(b"AUTHENTICATE ");
    to.rule("auth-type", &[], None);
    if to.has_room() && to.random.one_in(2) {
        to.out.push(b' ');
        to.rule("initial-resp", &[], None);
    }
}

fn base64(to: &mut Generator<'_>) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // An empty one is spelled "=".
    let shortest = u64::from(to.is_within("initial-resp"));
    let length = to.random.number(shortest, 12) as usize;
    let octets: Vec<u8> = (0..length).map(|_| to.random.below(256) as u8).collect();
    for chunk in octets.chunks(3) {
        let mut group = [0; 3];
        group[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for digit in 0..4usize {
            let is_there = digit <= chunk.len();
            let value = (bits >> (18 - 6 * digit)) & 63;
            to.out.push(if is_there { DIGITS[value as usize] } else { b'=' });
        }
    }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month_and_year(to: &mut Generator<'_>) {
    let month = to.random.pick(&MONTHS);
    to.out.extend(format!("-{month}-").into_bytes());
    let year = to.random.number(1, 9999);
    to.out.extend(format!("{year:04}").into_bytes());
}

fn date_text(to: &mut Generator<'_>) {
    let day = to.random.below(28) + 1;
    let day = if to.random.one_in(2) { format!("{day}") } else { format!("{day:02}") };
    to.out.extend(day.into_bytes());
    month_and_year(to);
}

fn date_time(to: &mut Generator<'_>) {
    let day = to.random.below(28) + 1;
    let day = if to.random.one_in(2) { format!("\"{day:2}") } else { format!("\"{day:02}") };
    to.out.extend(day.into_bytes());
    month_and_year(to);
    to.out.push(b' ');
    padded(to, 2, 24);
    to.out.push(b':');
    padded(to, 2, 60);
    to.out.push(b':');
    padded(to, 2, 60);
    to.out.push(b' ');
    let sign = to.random.pick(b"+-");
    to.out.push(sign);
    padded(to, 2, 14);
    padded(to, 2, 60);
    to.out.push(b'"');
}

fn literal(to: &mut Generator<'_>, first: u64) {
    const ODD: &[u8] = b"\r\n {}()\"\\*%]\x00\x7f\x80\xff";
    let length = to.random.number(0, 9);
    // Servers send synchronizing ones only.
    let plus = if to.is_command() && to.random.one_in(2) { "+" } else { "" };
    to.out.extend(format!("{{{length}{plus}}}\r\n").into_bytes());
    for _ in 0..length {
        let odd = to.random.pick(ODD);
        let octet = if to.random.one_in(2) { odd } else { to.random.below(256) as u8 };
        to.out.push(if u64::from(octet) < first { b'x' } else { octet });
    }
}

fn quoted(to: &mut Generator<'_>) {
    to.out.push(b'"');
    for _ in 0..to.random.number(0, 9) {
        quoted_char(to);
    }
    to.out.push(b'"');
}

fn quoted_char(to: &mut Generator<'_>) {
    match to.random.below(10) {
        0 => to.out.extend(b"\\\""),
        1 => to.out.extend(b"\\\\"),
        2 => beyond_ascii(to),
        3 => {
            let odd = to.random.pick(b"\x01\t\x0b\x0c\x0e\x1f (){}%*]\x7f");
            to.out.push(odd);
        }
        _ => {
            let letter = to.random.pick(b"abcdefghijklmnopqrstuvwxyzABCXYZ0189.-/@<>");
            to.out.push(letter);
        }
    }
}

/// A character of two, three or four octets.
fn beyond_ascii(to: &mut Generator<'_>) {
    let character = to.random.pick(&[
        '\u{80}',
        '\u{e9}',
        '\u{7ff}',
        '\u{800}',
        '\u{65e5}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{ffff}',
        '\u{10000}',
        '\u{1f4e7}',
        '\u{10ffff}',
    ]);
    to.out.extend(character.to_string().into_bytes());
}

/// Text of people. It does not begin as a response code does.
fn text(to: &mut Generator<'_>) {
    let letter = to.random.pick(b"ABCxyz.!(");
    to.out.push(letter);
    for _ in 0..to.random.number(0, 9) {
        match to.random.below(8) {
            0 => beyond_ascii(to),
            1 => {
                let odd = to.random.pick(b"\x01\t\x0b\x0c\x0e\x1f\"\\{}[]*%\x7f");
                to.out.push(odd);
            }
            _ => {
                let letter = to.random.pick(b"abcdefg hijklmn opqrstu vwxyzAB CXYZ0189.-/@<>");
                to.out.push(letter);
            }
        }
    }
}

fn url_resp_text(to: &mut Generator<'_>) {
    to.out.extend(b"imap://");
    for _ in 0..to.random.number(1, 9) {
        let octet = to.random.pick(b"abcxyz/;=%? \x01\t\x0b\x0c\x0e\x1f\x7f[\"\\");
        to.out.push(octet);
    }
}

/// In responses and where the grammar says so in words there are numbers only.
fn sequence_set(to: &mut Generator<'_>) {
    let has_signs = to.is_command();
    if has_signs && to.random.one_in(8) {
        // RFC 9051 section 6.4.4.1: `$` stands alone.
        to.rules_used.insert("seq-last-command");
        return to.out.push(b'$');
    }
    set(to, has_signs);
}

fn set(to: &mut Generator<'_>, has_asterisk: bool) {
    let position = |to: &mut Generator<'_>| {
        if has_asterisk && to.random.one_in(6) { to.out.push(b'*') } else { number(to, 1, U32) }
    };
    loop {
        position(to);
        if to.random.one_in(2) {
            to.out.push(b':');
            position(to);
        }
        if !to.random.one_in(3) {
            break;
        }
        to.out.push(b',');
    }
}
