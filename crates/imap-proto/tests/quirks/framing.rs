//! A: greeting, framing, tokens.

use bytes::Bytes;
use imap_proto::connection::Framer;
use imap_proto::{
    Code, ConditionKind, Continuation, Data, Defect, ListAttribute, Response, SystemFlag,
};
use mail_proto::{DefectId as _, Leniency};

use crate::read::*;

#[test]
pub fn q1_nul_before_a_response() {
    let wire = b"\0\0\0A5 OK FETCH completed\r\n";
    let read = deviates(wire, 0, &["leading-nul"], b"A5 OK FETCH completed\r\n");
    let Response::Tagged(tagged) = read else { panic!() };
    assert_eq!(tagged.tag.as_bytes(), b"A5", "or the command hangs");
    assert_eq!(tagged.condition.kind, ConditionKind::Ok);
    // Nothing but NUL is no response, and no panic.
    let nothing = Bytes::from_static(b"\0\0");
    assert_eq!(leniently::<Response>(&nothing).unwrap_err().at, 2);
}

#[test]
pub fn q2_bare_lf_by_name_only() {
    for wire in [&b"* OK ready\n"[..], b"* 1 FETCH (BODY[] {3}\nabc)\n"] {
        let mut framer = Response::framer();
        assert_eq!(framer.find(wire), imap_proto::connection::Frame::Partial);
        let chosen: Framer = Response::framer().with_bare_lf(true);
        let units = units_by(&chosen, wire);
        assert_eq!(units.len(), 1);
    }
    assert!(Defect::BareLf.by_name_only());
    let fetch_unit = Bytes::from_static(b"* 1 FETCH (BODY[] {3}\nabc)");
    assert!(leniently::<Response>(&fetch_unit).is_err());
    let leniency = Leniency::strict().allow(Defect::BareLf);
    let (read, met) = with::<Response>(&fetch_unit, leniency).unwrap();
    assert_eq!(met, ["bare-lf"]);
    let data = fetch(read);
    assert_eq!(data.bodies().next().unwrap().octets.as_deref(), Some(&b"abc"[..]));
}

#[test]
pub fn q2_cr_and_lf_alone_are_not_two_lines() {
    for framer in [Response::framer(), Response::framer().with_bare_lf(true)] {
        assert_eq!(units_by(&framer, b"* OK a\r\n* OK b\r\n").len(), 2);
    }
    assert_eq!(units::<Response>(b"* OK a\rb\r\n"), ["* OK a\rb"]);
    let read = deviates(b"* OK a\rb\r\n", 6, &["control-in-text"], b"* OK a b\r\n");
    assert_eq!(condition(read).text.text().as_bytes(), b"a b");
}

#[test]
pub fn q3_unbalanced_quote_in_text() {
    let read = condition(legal(b"* OK Hello \" foo\r\n"));
    assert_eq!(read.text.text().as_bytes(), b"Hello \" foo");
    let two = all_legal(b"* OK Hello \" foo\r\n* OK \"next\r\n");
    assert_eq!(two.len(), 2);
}

#[test]
pub fn q4_no_literal_at_the_end_of_a_text() {
    let read = all_legal(b"A1 NO unknown thing {5}\r\n* OK next\r\n");
    let texts: Vec<_> =
        read.into_iter().map(|it| condition(it).text.text().as_bytes().to_vec()).collect();
    assert_eq!(texts, [&b"unknown thing {5}"[..], b"next"]);
    for text in ["* BYE x {5}", "* BAD {5+}", "+ {5}", "* PREAUTH a ~{5}", "* NO [ALERT] ({5}"] {
        assert_eq!(all_legal(format!("{text}\r\n* 1 EXISTS\r\n").as_bytes()).len(), 2, "{text}");
    }
}

#[test]
pub fn q5_quotes_inside_of_quotes() {
    let nested = r#"("application" "octet-stream" ("name" "a.pdf") NIL """" "base64" 65322)"#;
    malformed(&format!("BODYSTRUCTURE {nested}"), 14 + 53, &["malformed-body"]);
    let data = chosen(&format!("BODYSTRUCTURE {nested}"), Defect::UnescapedQuote);
    let part = data.body_structure().unwrap().root();
    assert_eq!(part.description(), "\"\"");
    assert_eq!((part.size(), part.param("name").unwrap().raw()), (Some(65322), &b"a.pdf"[..]));

    let boundary = "(\"MOUNDARY=\"_006_5D_\"\" \"OCTET-STREAM\" (\"name\" \"t.dat\") NIL NIL \"quoted-printable\" 9)";
    let data = chosen(&format!("BODYSTRUCTURE {boundary}"), Defect::UnescapedQuote);
    let part = data.body_structure().unwrap().root();
    assert_eq!(part.media_type(), "MOUNDARY=\"_006_5D_\"");
    assert_eq!(part.encoding(), "quoted-printable");
}

#[test]
pub fn q6_octets_above_127_in_quotes() {
    let wire = b"* 15 FETCH (BODYSTRUCTURE (\"image\" \"png\" (\"name\" \"G\xf6r\xfcnt\xfc1\") NIL NIL \"base64\" 15440))\r\n";
    let wrote = b"* 15 FETCH (BODYSTRUCTURE (\"image\" \"png\" (\"name\" {8}\r\nG\xf6r\xfcnt\xfc1) NIL NIL \"base64\" 15440))\r\n";
    let data = fetch(deviates(wire, 51, &["eight-bit-in-quoted"], wrote));
    let part = data.body_structure().unwrap().root();
    assert_eq!(part.param("NAME").unwrap().bytes().unwrap(), &b"G\xf6r\xfcnt\xfc1"[..]);
    let wire = b"* LIST () \"/\" G\xf6r\r\n";
    let wrote = b"* LIST () \"/\" {3}\r\nG\xf6r\r\n";
    let Response::Data(Data::List(list)) = deviates(wire, 15, &["eight-bit-in-atom"], wrote) else {
        panic!()
    };
    assert_eq!(list.mailbox.as_bytes(), b"G\xf6r", "bytes, as they have to go back");
}

#[test]
pub fn q7_octets_above_127_in_text() {
    let wire = b"* OK Willk\xf6mmen\r\n";
    let read = condition(keeps(wire, 10, &["eight-bit-in-text"], wire));
    assert_eq!(read.text.text().as_bytes(), b"Willk\xf6mmen");
    assert_eq!(read.text.text().to_string(), r"Willk\xf6mmen", "to a terminal, escaped");
}

#[test]
pub fn q8_nul_in_a_literal() {
    let wire = b"* 1 FETCH (BODY[1] {3}\r\na\0b)\r\n";
    let wrote = b"* 1 FETCH (BODY[1] {3}\r\na\x80b)\r\n";
    let data = fetch(normalizes(wire, 25, &["nul-in-body"], wrote));
    assert_eq!(data.bodies().next().unwrap().octets.as_deref(), Some(&b"a\0b"[..]));
    let octets = Bytes::from_static(b"* LIST () \"/\" {3}\r\na\0b");
    let (read, met) = leniently::<Response>(&octets).unwrap();
    let Response::Data(Data::List(list)) = read else { panic!() };
    assert_eq!((list.mailbox.as_bytes(), &met[..]), (&b"ab"[..], &["nul-in-string"][..]));
}

#[test]
pub fn q9_words_in_any_case() {
    let read = legal(b"* capability imap4rev1 starttls login special-use\r\n");
    let Response::Data(Data::Capability(capabilities)) = read else { panic!() };
    for name in ["IMAP4rev1", "STARTTLS", "special-USE", "LOGIN"] {
        assert!(capabilities.has(name), "{name}");
    }
    let read = legal(b"* List (\\HasNoChildren) \"/\" \"INBOX\"\r\n");
    let Response::Data(Data::List(list)) = read else { panic!() };
    assert!(list.attributes.has(ListAttribute::HasNoChildren) && list.mailbox.is_inbox());
    let data =
        fetch(legal(b"* 1 fetch (uid 3 flags (\\seen) body[header.fields (from)] \"\")\r\n"));
    assert!(data.flags().unwrap().has(SystemFlag::Seen));
    assert_eq!((data.uid().unwrap().get(), data.bodies().count()), (3, 1));
    assert_eq!(condition(legal(b"a1 ok [alert] x\r\n")).text.code(), Some(&Code::Alert));
}

#[test]
pub fn q10_space_at_the_end() {
    for (wire, wrote) in [
        (&b"* STATUS Sent (UIDNEXT 107) \r\n"[..], &b"* STATUS Sent (UIDNEXT 107)\r\n"[..]),
        (b"* CAPABILITY IMAP4rev1 \r\n", b"* CAPABILITY IMAP4rev1\r\n"),
        (b"* SEARCH 7456 \r\n", b"* SEARCH 7456\r\n"),
        (b"* SEARCH \r\n", b"* SEARCH\r\n"),
    ] {
        deviates::<Response>(wire, wrote.len() - 2, &["trailing-space"], wrote);
    }
}

#[test]
pub fn q10_space_at_the_end_of_every_response() {
    for line in [
        "* 3 EXISTS",
        "* 3 RECENT",
        "* 3 EXPUNGE",
        "* FLAGS (\\Seen)",
        "* ENABLED QRESYNC",
        "* LIST () \"/\" \"a b\"",
        "* LIST () \"/\" INBOX",
        "* LSUB () \"/\" INBOX",
        "* NAMESPACE ((\"\" \"/\")) NIL NIL",
        "* ESEARCH (TAG \"a\") ALL 1:3",
        "* SORT 3 1",
        "* THREAD (1 2)(3)",
        "* VANISHED 1:3",
        "* ID NIL",
        "* QUOTA \"\" (STORAGE 1 2)",
        "* QUOTAROOT INBOX \"\"",
        "* MYRIGHTS INBOX lr",
        "* ACL INBOX a lr",
        "* METADATA \"\" (/shared/x NIL)",
        "* LANGUAGE (EN)",
        "* 1 FETCH (UID 1)",
        "* 1 FETCH (BODY[] {3}\r\nabc)",
    ] {
        let [wire, wrote] = [" \r\n", "\r\n"].map(|end| format!("{line}{end}").into_bytes());
        let read: Response = deviates(&wire, line.len(), &["trailing-space"], &wrote);
        assert_eq!(read, legal(&wrote), "{line}");
    }
}

#[test]
pub fn q11_space_inside_a_list() {
    let wire = b"* FLAGS (\\Answered \\Flagged \\Deleted \\Draft \\Seen $Forwarded )\r\n";
    let wrote = b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)\r\n";
    let read = deviates(wire, 60, &["space-in-list"], wrote);
    let Response::Data(Data::Flags(flags)) = read else { panic!() };
    assert_eq!((flags.system().count(), flags.others().len()), (5, 1));
    let wire = b"* 11784 FETCH (UID 87567 RFC822.SIZE 5799845 )\r\n";
    let wrote = b"* 11784 FETCH (UID 87567 RFC822.SIZE 5799845)\r\n";
    let data = fetch(deviates(wire, 44, &["space-in-list"], wrote));
    assert_eq!((data.uid().unwrap().get(), data.size()), (87567, Some(5_799_845)));
}

#[test]
pub fn q12_stray_octet_at_the_end() {
    let wire = b"* ID (\"name\" \"Imap\" \"version\" \"1.5\")+\r\n";
    let wrote = b"* ID (\"name\" \"Imap\" \"version\" \"1.5\")\r\n";
    let Response::Data(Data::Id(id)) = deviates(wire, 36, &["stray-octets"], wrote) else {
        panic!()
    };
    assert_eq!((id.get("name"), id.get("VERSION")), (Some(&b"Imap"[..]), Some(&b"1.5"[..])));
}

#[test]
pub fn q13_a_line_that_is_no_imap() {
    let octets = unit::<Response>(b"Server Unavailable. 15\r\n");
    assert_eq!(refused::<Response>(&octets), 7);
    // What follows is not touched by it.
    assert_eq!(units::<Response>(b"Server Unavailable. 15\r\n* 1 EXISTS\r\n")[1], "* 1 EXISTS");
}

fn copied(response: Response) -> (u32, u32, u32) {
    let condition = condition(response);
    assert_eq!(condition.kind, ConditionKind::Ok);
    let Some(Code::CopyUid(copy)) = condition.text.code() else { panic!("{condition:?}") };
    let one = |set: &imap_proto::NumberSet<imap_proto::Uid>| {
        assert_eq!(set.count(), 1);
        set.numbers().next().unwrap().get()
    };
    (copy.uid_validity.get(), one(&copy.source), one(&copy.destination))
}

#[test]
pub fn q14_a_code_without_a_condition() {
    let wrote = b"* OK [COPYUID 55 31 6] \r\n";
    let met = ["missing-condition", "no-resp-text"];
    assert_eq!(copied(deviates(b"[COPYUID 55 31 6]\r\n", 9, &met, wrote)), (55, 31, 6));
    assert_eq!(copied(deviates(b"* [COPYUID 55 31 6]\r\n", 2, &met, wrote)), (55, 31, 6));
    let wire = b"[COPYUID 55 31 6]\r\n* 1 EXPUNGE\r\n* 0 EXISTS\r\nA12 OK MOVE completed.\r\n";
    let units = units::<Response>(wire);
    assert_eq!(units.len(), 4);
    assert!(units[1..].iter().all(|it| strictly::<Response>(it).is_ok()));
}

#[test]
pub fn q15_continuations_that_nobody_asked_for() {
    let read = all_legal(b"+ \r\nA7 OK ...\r\n");
    assert_eq!(read[0], Response::Continuation(Continuation::empty()));
}

#[test]
pub fn q16_bad_without_a_tag() {
    let wire = b"* BAD [ALERT] Please enable IMAP access in your account settings first.\r\n";
    let read = condition(legal(wire));
    assert_eq!((read.kind, read.text.code()), (ConditionKind::Bad, Some(&Code::Alert)));
    assert!(read.text.text().as_bytes().starts_with(b"Please enable"));
}

#[test]
pub fn q17_logged_in_and_of_no_use() {
    let wire = b"A1 OK [ALERT] Please enable IMAP access in your account settings first.\r\n";
    assert_eq!(code(legal(wire)), Code::Alert);
    let read = condition(legal(b"A2 BAD User is authenticated but not connected.\r\n"));
    assert_eq!(read.text.text().as_bytes(), b"User is authenticated but not connected.");
}
