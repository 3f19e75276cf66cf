//! E: what SELECT says, flags, numbers.

use imap_proto::{
    Code, Data, FetchItem, Flag, FlagList, GmailLabel, GmailLabels, ModSeq, OtherCode, Response,
    SystemFlag,
};

use crate::read::*;

fn other(response: Response) -> OtherCode {
    let Code::Other(other) = code(response) else { panic!() };
    *other
}

fn flags(response: Response) -> FlagList {
    let Response::Data(Data::Flags(flags)) = response else { panic!("{response:?}") };
    flags
}

fn keywords(flags: &FlagList) -> Vec<&[u8]> {
    flags.others().iter().map(keyword).collect()
}

fn keyword(flag: &Flag) -> &[u8] {
    match flag {
        Flag::Keyword(keyword) => keyword.as_bytes(),
        other => panic!("{other:?}"),
    }
}

#[test]
pub fn q49_zero_for_what_begins_at_one() {
    for (name, at, met) in [
        ("UIDVALIDITY", 18, &["zero-number"][..]),
        ("UIDNEXT", 14, &["zero-number"]),
        ("UNSEEN", 13, &["zero-number", "no-resp-text"]),
    ] {
        let text = if name == "UNSEEN" { "" } else { " text" };
        let wire = format!("* OK [{name} 0]{text}\r\n");
        let wrote = if text.is_empty() { format!("* OK [{name} 0] \r\n") } else { wire.clone() };
        let code = other(keeps(wire.as_bytes(), at, met, wrote.as_bytes()));
        assert_eq!((code.name().as_bytes(), code.arguments()), (name.as_bytes(), Some(&b"0"[..])));
        assert!(code.is_malformed(), "no number that something could be cached by");
    }
    let wire = b"* STATUS INBOX (UIDNEXT 0 UIDVALIDITY 0 MESSAGES 5)\r\n";
    let wrote = b"* STATUS INBOX (MESSAGES 5)\r\n";
    let Response::Data(Data::Status(status)) = deviates(wire, 24, &["zero-number"; 2], wrote)
    else {
        panic!()
    };
    assert_eq!(
        (status.messages(), status.uid_next(), status.uid_validity()),
        (Some(5), None, None)
    );
}

#[test]
pub fn q50_exists_again_and_again() {
    let wire = b"* 500 EXISTS\r\n* 1000 EXISTS\r\n* 1500 EXISTS\r\n* 1623 EXISTS\r\n";
    let read = all_legal(wire);
    assert_eq!(read.len(), 4);
    assert_eq!(read[3], Response::Data(Data::Exists(1623)));
}

#[test]
pub fn q51_asterisks_and_brackets_in_flags() {
    let wire = b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)\r\n";
    let wrote = b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n";
    let read = flags(deviates(wire, 50, &["asterisk-in-flags"], wrote));
    assert_eq!((read.system().count(), read.others().len()), (5, 0));

    let met = ["bracket-in-keyword"];
    let wire = b"* FLAGS (OIB-Seen-[Gmail]/All)\r\n";
    let read = flags(keeps(wire, 24, &met, wire));
    assert_eq!(keywords(&read), [b"OIB-Seen-[Gmail]/All"]);
    let wire = b"* FLAGS (\\Answered OIB-Seen-INBOX OIB-Seen-[Google Mail]/Alle Nachrichten)\r\n";
    let read = flags(keeps(wire, 55, &met, wire));
    assert!(read.has(SystemFlag::Answered));
    let expected: [&[u8]; 4] =
        [b"OIB-Seen-INBOX", b"OIB-Seen-[Google", b"Mail]/Alle", b"Nachrichten"];
    assert_eq!(keywords(&read), expected);
}

#[test]
pub fn q51_brackets_in_the_flags_of_a_code() {
    let wire = b"* OK [PERMANENTFLAGS (\\Answered OIB-Seen-[Gmail]/All \\*)] Limited\r\n";
    let read = condition(keeps(wire, 47, &["bracket-in-keyword"], wire));
    let Some(Code::PermanentFlags(permanent)) = read.text.code() else { panic!() };
    assert!(permanent.new_keywords && permanent.flags.has(SystemFlag::Answered));
    assert_eq!(keywords(&permanent.flags), [b"OIB-Seen-[Gmail]/All"]);
    assert_eq!(read.text.text().as_bytes(), b"Limited");
}

#[test]
pub fn q52_nil_and_quotes_among_flags() {
    // NIL is an atom, and so a keyword, to a strict reading.
    let octets = unit::<Response>(b"* 1 FETCH (FLAGS (NIL \\Seen))\r\n");
    assert_eq!(keywords(fetch(strictly(&octets).unwrap()).flags().unwrap()), [b"NIL"]);
    let (read, met) = leniently::<Response>(&octets).unwrap();
    let data = fetch(read);
    assert!(data.flags().unwrap().is_seen() && keywords(data.flags().unwrap()).is_empty());
    assert_eq!(met, ["nil-flag"]);

    let wire = b"* 1 FETCH (FLAGS (\"\\\\Seen\" \"foo\"))\r\n";
    let wrote = b"* 1 FETCH (FLAGS (\\Seen foo))\r\n";
    let data = fetch(deviates(wire, 18, &["quoted-flag"; 2], wrote));
    assert!(data.flags().unwrap().is_seen());
    assert_eq!(keywords(data.flags().unwrap()), [b"foo"]);

    let octets = unit::<Response>(b"* 316 FETCH (X-GM-LABELS (\"\\\\Starred\" NIL))\r\n");
    let (read, met) = leniently::<Response>(&octets).unwrap();
    let starred = GmailLabels::from(GmailLabel::new("\\Starred").unwrap());
    assert_eq!(fetch(read).items, [FetchItem::GmailLabels(starred)]);
    assert_eq!(met, ["nil-flag"]);
}

#[test]
pub fn q53_mod_sequences_out_of_range() {
    let wire = b"* 1 FETCH (MODSEQ (0) FLAGS (\\Seen) UID 1)\r\n";
    let wrote = b"* 1 FETCH (FLAGS (\\Seen) UID 1)\r\n";
    let data = fetch(deviates(wire, 19, &["zero-number"], wrote));
    assert_eq!((data.mod_seq(), data.uid().unwrap().get()), (None, 1));
    let wire = b"* 1 FETCH (MODSEQ (-1) UID 1)\r\n";
    let data = fetch(deviates(wire, 19, &["negative-number"], b"* 1 FETCH (UID 1)\r\n"));
    assert_eq!((data.mod_seq(), data.uid().unwrap().get()), (None, 1));
    let wire = b"* 1 FETCH (MODSEQ (13853076851840262211))\r\n";
    let data = fetch(keeps(wire, 19, &["number-out-of-range"], wire));
    assert_eq!(data.mod_seq().map(ModSeq::get), Some(13_853_076_851_840_262_211));
    let (most, more) = (u64::MAX, "18446744073709551616");
    let wire = format!("* 1 FETCH (MODSEQ ({most}))\r\n");
    assert_eq!(
        fetch(keeps(wire.as_bytes(), 19, &["number-out-of-range"], wire.as_bytes()))
            .mod_seq()
            .map(ModSeq::get),
        Some(most)
    );
    // What no type can hold costs no other item.
    let octets = unit::<Response>(format!("* 1 FETCH (MODSEQ ({more}) UID 1)\r\n").as_bytes());
    let data = fetch(leniently(&octets).unwrap().0);
    assert_eq!((data.mod_seq(), data.uid().unwrap().get()), (None, 1));
}

#[test]
pub fn q54_mod_sequences_that_nobody_asked_for() {
    let data = fetch(legal(b"* 3 FETCH (FLAGS (\\Seen) MODSEQ (42))\r\n"));
    assert_eq!(data.mod_seq().map(ModSeq::get), Some(42));
}

#[test]
pub fn q55_numbers_in_floating_point() {
    let zip = |size: &str| format!(r#"("application" "zip" NIL NIL NIL "base64" {size})"#);
    let read = structure(&zip("9.3736e+06"), 42, &["float-number"], &zip("9373600"));
    assert_eq!(read.root().size(), Some(9_373_600));
}

#[test]
pub fn q56_negative_numbers() {
    let digest = |size: &str| {
        format!(r#"("multipart" "digest" ("boundary" "x") NIL NIL "7BIT" {size} NIL NIL NIL NIL)"#)
    };
    let read = normalized(&digest("-1"), 54, &["negative-number"], &digest("0"));
    assert_eq!(read.root().size(), None);
    assert_eq!(read.root().encoding(), "7BIT");
    let text = |size: &str| format!(r#"("text" "plain" NIL NIL NIL "7bit" {size} 0)"#);
    let read = normalized(&text("-2"), 35, &["negative-number"], &text("0"));
    assert_eq!((read.root().size(), read.root().lines()), (None, Some(0)));
}

#[test]
pub fn q57_nil_for_numbers() {
    let text = |size: &str| format!(r#"("text" "plain" NIL NIL NIL "7bit" {size} {size})"#);
    let read = normalized(&text("NIL"), 35, &["nil-number"; 2], &text("0"));
    assert_eq!((read.root().size(), read.root().lines()), (None, None));
}

#[test]
pub fn q58_messages_that_are_not_there() {
    let wire = b"* 0 FETCH (FLAGS (\\Seen))\r\n";
    let read: Response = keeps(wire, 2, &["zero-number"], wire);
    let Response::Data(Data::Fetch(None, data)) = read else { panic!("{read:?}") };
    assert!(data.flags().unwrap().is_seen());
    let read = all_legal(b"* 6 EXISTS\r\n* 9 FETCH (UID 77 FLAGS ())\r\n");
    assert_eq!(read[0], Response::Data(Data::Exists(6)));
    assert_eq!(fetch(read[1].clone()).uid().unwrap().get(), 77);
    legal::<Response>(b"* 0 EXISTS\r\n");
    assert_eq!(refused::<Response>(b"* 0 EXPUNGE"), 2);
}

#[test]
pub fn q59_uids_in_no_order() {
    let wire = b"* 3 FETCH (UID 0 FLAGS ())\r\n";
    let data = fetch(deviates(wire, 15, &["zero-number"], b"* 3 FETCH (FLAGS ())\r\n"));
    assert_eq!((data.uid(), data.flags().map(FlagList::is_empty)), (None, Some(true)));
    assert_eq!(all_legal(b"* 14 FETCH (UID 20)\r\n* 13 FETCH (UID 19)\r\n").len(), 2);
    let uid = |octets: &[u8]| fetch(legal(octets)).uid().unwrap().get();
    assert_eq!(uid(b"* 150 FETCH (UID 1733220355)\r\n"), 1_733_220_355);
    assert_eq!(uid(b"* 150 FETCH (UID 4294967295)\r\n"), u32::MAX);
}
