//! Responses of a server: FETCH in its kinds, search results, and what an enemy sends.

use std::io::Write;

use super::Workload;
use super::words::Words;

/// `B-C1`: `FETCH (UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)` of 548 octets: 19 quoted strings,
/// 7 NIL and 13 lists.
#[must_use]
pub fn fetch_envelope(items: usize) -> Workload {
    let (mut wire, mut words) = (Vec::with_capacity(items * 548), Words::new());
    for n in 1..=items {
        padded(&mut wire, 548, &mut words, |wire, words, subject| {
            write!(wire, "* {n} FETCH (UID {} FLAGS (\\Seen) ", n * 3 + 100_000)?;
            write!(wire, "INTERNALDATE \"{}\" ", date_time(words))?;
            write!(wire, "RFC822.SIZE {} ", 1_000 + words.below(90_000))?;
            write!(wire, "ENVELOPE (\"Wed, 17 Jul 2026 02:23:25 -0700\" \"{subject}\"")?;
            for _ in 0..4 {
                let (first, last, host) = (words.name(), words.name(), words.host());
                write!(wire, " ((\"{first} {last}\" NIL \"{first}\" \"{host}\"))")?;
            }
            write!(wire, " ((NIL NIL \"{}\" \"{}\")) NIL", words.name(), words.host())?;
            write!(wire, " \"<{n}.reply@example.org>\"")?;
            write!(wire, " \"<B27397-{n:07}@{}>\"))\r\n", words.host())
        });
    }
    Workload { name: "B-C1 FETCH ENVELOPE", items, item: "FETCH", wire }
}

/// `B-C2`: BODYSTRUCTURE of 5 leaves in 3 multiparts with all extension data, 884 octets.
#[must_use]
pub fn fetch_body_structure(items: usize) -> Workload {
    let (mut wire, mut words) = (Vec::with_capacity(items * 884), Words::new());
    for n in 1..=items {
        padded(&mut wire, 884, &mut words, |wire, words, name| {
            let size = 1_000 + words.below(90_000);
            write!(wire, "* {n} FETCH (UID {} BODYSTRUCTURE ((", n * 3 + 100_000)?;
            text(wire, "PLAIN", "7BIT", size / 3)?;
            wire.write_all(b"(")?;
            text(wire, "HTML", "QUOTED-PRINTABLE", size)?;
            write!(
                wire,
                "(\"IMAGE\" \"PNG\" (\"NAME\" \"logo.png\") \"<logo{n:05}@example.org>\" "
            )?;
            write!(wire, "\"the logo\" \"BASE64\" {size} NIL (\"INLINE\" (\"FILENAME\" ")?;
            write!(wire, "\"logo.png\")) NIL NIL) \"RELATED\" ")?;
            multipart(wire, "rel", n)?;
            write!(wire, ") \"ALTERNATIVE\" ")?;
            multipart(wire, "alt", n)?;
            write!(wire, ")(\"APPLICATION\" \"PDF\" (\"NAME\" \"{name}\") NIL NIL \"BASE64\" ")?;
            write!(wire, "{size}2 NIL (\"ATTACHMENT\" (\"FILENAME\" \"report.pdf\" \"SIZE\" ")?;
            write!(wire, "\"{size}\")) (\"en\" \"de\") NIL)(\"TEXT\" \"X-PATCH\" (\"CHARSET\" ")?;
            write!(wire, "\"us-ascii\") NIL NIL \"8BIT\" {size} {} NIL ", size / 70)?;
            write!(wire, "(\"ATTACHMENT\" (\"FILENAME\" \"a.patch\")) NIL NIL) \"MIXED\" ")?;
            multipart(wire, "mix", n)?;
            write!(wire, "))\r\n")
        });
    }
    Workload { name: "B-C2 BODYSTRUCTURE", items, item: "FETCH", wire }
}

fn text(wire: &mut Vec<u8>, subtype: &str, encoding: &str, size: u32) -> std::io::Result<()> {
    write!(wire, "(\"TEXT\" \"{subtype}\" (\"CHARSET\" \"utf-8\") NIL NIL \"{encoding}\" {size} ")?;
    write!(wire, "{} NIL NIL NIL NIL)", size / 60)
}

fn multipart(wire: &mut Vec<u8>, kind: &str, n: usize) -> std::io::Result<()> {
    write!(wire, "(\"BOUNDARY\" \"{kind}-{n:06}\") NIL NIL NIL")
}

/// `B-C3`: `BODY[]` of 65,536 octets.
#[must_use]
pub fn fetch_literal(items: usize, octets: usize) -> Workload {
    let (message, mut wire) = (crate::message(octets, crate::Dots::Some), Vec::new());
    for n in 1..=items {
        let _ = write!(wire, "* {n} FETCH (UID {} BODY[] {{{octets}}}\r\n", n + 7_000);
        wire.extend_from_slice(message.get(..octets).unwrap_or(&message));
        wire.extend_from_slice(b")\r\n");
    }
    Workload { name: "B-C3 BODY[] of 64 KiB", items, item: "FETCH", wire }
}

/// `B-C4`: one SEARCH of so many numbers of one to seven digits.
#[must_use]
pub fn search(items: usize) -> Workload {
    let (mut wire, mut words, mut number) = (b"* SEARCH".to_vec(), Words::new(), 0);
    for _ in 0..items {
        number += 1 + words.below(20);
        let _ = write!(wire, " {number}");
    }
    wire.extend_from_slice(b"\r\n");
    Workload { name: "B-C4 SEARCH", items, item: "number", wire }
}

/// `B-C4`: one ESEARCH with ALL of so many elements.
#[must_use]
pub fn esearch(items: usize) -> Workload {
    let mut wire = b"* ESEARCH (TAG \"a00042\") UID ALL ".to_vec();
    set(&mut wire, items);
    Workload { name: "B-C4 ESEARCH ALL", items, item: "element", wire }
}

/// `B-C4`: one VANISHED (EARLIER) of so many elements.
#[must_use]
pub fn vanished(items: usize) -> Workload {
    let mut wire = b"* VANISHED (EARLIER) ".to_vec();
    set(&mut wire, items);
    Workload { name: "B-C4 VANISHED (EARLIER)", items, item: "element", wire }
}

/// Ascending elements, numbers and ranges in turn by chance, with a gap between any two.
fn set(wire: &mut Vec<u8>, items: usize) {
    let (mut words, mut number) = (Words::new(), 0);
    for n in 0..items {
        number += 2 + words.below(20);
        let _ = write!(wire, "{}{number}", if n == 0 { "" } else { "," });
        if words.below(2) == 0 {
            number += 1 + words.below(20);
            let _ = write!(wire, ":{number}");
        }
    }
    wire.extend_from_slice(b"\r\n");
}

/// `B-C5`: `FETCH (UID FLAGS)` of 48 octets in the mean.
#[must_use]
pub fn fetch_flags(items: usize) -> Workload {
    const FLAGS: [&str; 8] = [
        "",
        "\\Seen",
        "\\Seen",
        "\\Seen \\Answered",
        "\\Seen $Forwarded",
        "\\Flagged \\Seen",
        "\\Seen \\Deleted",
        "\\Seen \\Draft $Work",
    ];
    let (mut wire, mut words) = (Vec::with_capacity(items * 50), Words::new());
    for n in 1..=items {
        let flags = words.pick(&FLAGS);
        let _ = write!(wire, "* {n} FETCH (UID {} FLAGS ({flags}))\r\n", n * 3 + 100_000);
    }
    Workload { name: "B-C5 FETCH (UID FLAGS)", items, item: "FETCH", wire }
}

/// `B-P1`: a BODYSTRUCTURE that nests so deep. Nobody need read it, all must survive it.
#[must_use]
pub fn deep_body(depth: usize) -> Workload {
    let mut wire = b"* 1 FETCH (BODYSTRUCTURE ".to_vec();
    wire.resize(wire.len() + depth, b'(');
    wire.extend_from_slice(b"\r\n");
    Workload { name: "B-P1 nested parentheses", items: 1, item: "line", wire }
}

/// `B-P1`: an ENVELOPE whose subject has so many octets.
#[must_use]
pub fn long_subject(octets: usize) -> Workload {
    let mut wire = b"* 1 FETCH (ENVELOPE (NIL \"".to_vec();
    wire.resize(wire.len() + octets, b'x');
    wire.extend_from_slice(b"\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n");
    Workload { name: "B-P1 one long quoted string", items: octets, item: "octet", wire }
}

/// `B-P1`: so many flags on one message.
#[must_use]
pub fn many_flags(items: usize) -> Workload {
    let mut wire = b"* 1 FETCH (FLAGS (\\Seen".to_vec();
    for n in 1..items {
        let _ = write!(wire, " flag{n}");
    }
    wire.extend_from_slice(b"))\r\n");
    Workload { name: "B-P1 many flags", items, item: "flag", wire }
}

fn date_time(words: &mut Words) -> String {
    format!("{:2}-Jul-2026 02:{:02}:25 -0700", 1 + words.below(28), words.below(60))
}

/// Writes a message with a filler of that length which makes it have exactly so many octets.
fn padded(
    wire: &mut Vec<u8>,
    octets: usize,
    words: &mut Words,
    write: impl Fn(&mut Vec<u8>, &mut Words, &str) -> std::io::Result<()>,
) {
    let (begin, again) = (wire.len(), words.clone());
    let _ = write(wire, words, "");
    let missing = octets.saturating_sub(wire.len() - begin);
    wire.truncate(begin);
    let filler = words.text(missing);
    *words = again;
    let _ = write(wire, words, &filler);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_design() {
        assert_eq!(fetch_envelope(100).wire.len(), 54_800);
        assert_eq!(fetch_body_structure(100).wire.len(), 88_400);
        let flags = fetch_flags(100_000).wire.len();
        assert!((47 * 100_000..50 * 100_000).contains(&flags), "{flags}");
    }

    #[test]
    fn each_message_is_a_line() {
        let lines = |wire: &[u8]| crate::memchr_pass(wire);
        assert_eq!(lines(&fetch_envelope(10).wire), 10);
        assert_eq!(lines(&fetch_body_structure(10).wire), 10);
        assert_eq!(lines(&vanished(10).wire), 1);
    }

    #[test]
    fn fillers_differ() {
        let wire = fetch_envelope(2).wire;
        let (first, second) = wire.split_at(548);
        assert_ne!(first.get(4..), second.get(4..));
    }
}
