//! B: status responses, codes, capabilities.

use imap_proto::{
    Atom, Capability, Code, CodeText, Command, CommandBody, ConditionKind, Data, IString, Id,
    NString, OtherCode, RespText, Response,
};
use mail_proto::Text;

use crate::read::*;

#[test]
pub fn q18_a_code_without_a_text() {
    for (line, expected) in [
        ("* OK [HIGHESTMODSEQ 12786579]", 12_786_579),
        ("* OK [UNSEEN 1]", 1),
        ("* OK [UIDVALIDITY 1561789793]", 1_561_789_793),
    ] {
        let [wire, wrote] = ["\r\n", " \r\n"].map(|end| format!("{line}{end}").into_bytes());
        let read = condition(deviates(&wire, line.len(), &["no-resp-text"], &wrote));
        assert!(read.text.text().is_empty(), "no text is invented");
        let number = match read.text.code() {
            Some(Code::HighestModSeq(mod_seq)) => mod_seq.get(),
            Some(Code::Unseen(number)) => number.get().into(),
            Some(Code::UidValidity(number)) => number.get().into(),
            other => panic!("{other:?}"),
        };
        assert_eq!(number, expected);
    }
    // With a space all is well.
    legal::<Response>(b"* OK [UNSEEN 1] \r\n");
    for (wire, at, wrote) in [
        (&b"* OK\r\n"[..], 4, &b"* OK \r\n"[..]),
        (b"* BYE\r\n", 5, b"* BYE \r\n"),
        (b"A1 OK\r\n", 5, b"A1 OK \r\n"),
    ] {
        deviates::<Response>(wire, at, &["no-resp-text"], wrote);
    }
}

#[test]
pub fn q19_brackets_that_are_no_code() {
    let other = |name: &str, arguments: Option<&str>| {
        let arguments = arguments.map(|it| CodeText::try_from(it).unwrap());
        Code::Other(Box::new(OtherCode::new(Atom::try_from(name).unwrap(), arguments).unwrap()))
    };
    let read = condition(legal(b"* OK [mail.example.com] IMAP ready\r\n"));
    assert_eq!(read.text.code(), Some(&other("mail.example.com", None)));
    assert_eq!(read.text.text().as_bytes(), b"IMAP ready");
    let read = condition(legal(b"* OK [FOO BAR BAZ (x] y\r\n"));
    assert_eq!(read.text.code(), Some(&other("FOO", Some("BAR BAZ (x"))));
    // Without its end it is text.
    let read = condition(legal(b"* NO [FOO is not there\r\n"));
    assert_eq!((read.text.code(), read.text.text().as_bytes()), (None, &b"[FOO is not there"[..]));
    // A text that looks like a code cannot be written as one.
    let text = RespText::new(None, Text::new("[ALERT] x").unwrap());
    assert_eq!((text.code(), text.text().as_bytes()), (None, &b" [ALERT] x"[..]));
}

#[test]
pub fn q20_throttled_in_the_text() {
    for (wire, kind, text) in [
        (
            &b"A9 OK FETCH completed [THROTTLED]\r\n"[..],
            ConditionKind::Ok,
            &b"FETCH completed [THROTTLED]"[..],
        ),
        (
            b"A9 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds\r\n",
            ConditionKind::Bad,
            b"Request is throttled. Suggested Backoff Time: 92415 milliseconds",
        ),
        (
            b"A9 NO [LIMIT] UID FETCH Rate limit hit.\r\n",
            ConditionKind::No,
            b"UID FETCH Rate limit hit.",
        ),
    ] {
        let read = condition(legal(wire));
        assert_eq!((read.kind, read.text.text().as_bytes()), (kind, text));
    }
    assert_eq!(code(legal(b"A9 NO [LIMIT] UID FETCH Rate limit hit.\r\n")), Code::Limit);
    assert_eq!(code(legal(b"A9 OK [THROTTLED] x\r\n")), Code::Throttled);
    assert_eq!(condition(legal(b"* BYE ...\r\n")).kind, ConditionKind::Bye);
}

#[test]
pub fn q21_long_urls_in_codes() {
    let wire = b"* NO [WEBALERT https://accounts.google.com/signin/continue?sarp=1&scc=1] Web login required.\r\nA1 NO [ALERT] Please log in via your web browser (Failure)\r\n";
    let mut read = all_legal(wire).into_iter();
    let Code::WebAlert(url) = code(read.next().unwrap()) else { panic!() };
    assert_eq!(url.as_bytes(), b"https://accounts.google.com/signin/continue?sarp=1&scc=1");
    assert_eq!(code(read.next().unwrap()), Code::Alert);
    let Code::Other(other) = code(legal(b"* NO [XURL http://a/(%\"{3}] x\r\n")) else { panic!() };
    assert_eq!(other.arguments(), Some(&b"http://a/(%\"{3}"[..]));
}

#[test]
pub fn q22_capabilities_without_imap4rev1() {
    let Code::Capability(read) = code(legal(b"* OK [CAPABILITY UIDPLUS IDLE] Logged in\r\n"))
    else {
        panic!()
    };
    assert_eq!(read.as_slice(), [Capability::UidPlus, Capability::Idle]);
    let read = legal(b"* CAPABILITY IMAP4 IMAP4REV1\r\n");
    let Response::Data(Data::Capability(read)) = read else { panic!() };
    assert!(read.contains(&Capability::Imap4Rev1) && read.has("imap4"));
}

#[test]
pub fn q23_capabilities_in_the_midst_of_a_login() {
    let wire = b"* CAPABILITY IMAP4rev1 UNSELECT IDLE ...\r\nA2 OK Thats all she wrote!\r\n";
    let read = all_legal(wire);
    let Response::Data(Data::Capability(capabilities)) = &read[0] else { panic!() };
    assert!(capabilities.contains(&Capability::Unselect) && capabilities.has("..."));
    assert_eq!(read.len(), 2);
}

#[test]
pub fn q24_enabled_is_missing_or_empty() {
    let read: Command = legal(b"A3 ENABLE QRESYNC CONDSTORE\r\n");
    let CommandBody::Enable(enable) = read.body else { panic!() };
    assert_eq!(&enable.capabilities[..], [Capability::QResync, Capability::CondStore]);
    legal::<Response>(b"A3 OK ENABLE completed\r\n");
    let Response::Data(Data::Enabled(enabled)) = legal(b"* ENABLED\r\n") else { panic!() };
    assert!(enabled.capabilities.as_slice().is_empty());
}

#[test]
pub fn q25_enable_of_unknown_words() {
    let read: Command = legal(b"A3 ENABLE CONDSTORE IMAP4rev2\r\n");
    let CommandBody::Enable(enable) = read.body else { panic!() };
    assert!(enable.capabilities.contains(&Capability::Imap4Rev2));
    let read: Command = legal(b"A3 ENABLE X-UNHEARD-OF\r\n");
    assert!(matches!(read.body, CommandBody::Enable(_)), "a server ignores it");
    assert_eq!(condition(legal(b"A3 BAD unknown extension\r\n")).kind, ConditionKind::Bad);
}

fn id(response: Response) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    let Response::Data(Data::Id(id)) = response else { panic!("{response:?}") };
    let field = |(key, value): &(IString, NString)| {
        (key.as_bytes().to_vec(), value.as_bytes().map(<[u8]>::to_vec))
    };
    id.fields().iter().map(field).collect()
}

#[test]
pub fn q26_forms_of_id() {
    let wire = b"* ID (\"name\" \"Archiveopteryx\" )\r\n";
    let wrote = b"* ID (\"name\" \"Archiveopteryx\")\r\n";
    let read = id(deviates(wire, 29, &["space-in-list"], wrote));
    assert_eq!(read, [(b"name".to_vec(), Some(b"Archiveopteryx".to_vec()))]);
    assert!(id(legal(b"* ID NIL\r\n")).is_empty());
    assert!(id(legal(b"* ID ()\r\n")).is_empty());

    let wire = b"* ID (support-url https://protonmail.com/support name ProtonMail vendor \"Proton Technologies AG\")\r\n";
    let wrote = b"* ID (\"support-url\" \"https://protonmail.com/support\" \"name\" \"ProtonMail\" \"vendor\" \"Proton Technologies AG\")\r\n";
    let read = id(deviates(wire, 6, &["odd-id"; 5], wrote));
    assert_eq!(read[0].1.as_deref(), Some(&b"https://protonmail.com/support"[..]));
    assert_eq!(read[2].1.as_deref(), Some(&b"Proton Technologies AG"[..]));
}

#[test]
pub fn q26_id_from_a_client() {
    legal::<Command>(b"A1 ID ()\r\n");
    let wrote = b"A1 ID (\"name\" \"foo\")\r\n";
    let read: Command = deviates(b"A1 ID (name foo)\r\n", 7, &["odd-id"; 2], wrote);
    let CommandBody::Id(id) = read.body else { panic!() };
    assert_eq!(id.get("name"), Some(&b"foo"[..]));
    // What a client writes is in quotes always.
    let field = (IString::new("name").unwrap(), NString::from(IString::new("x").unwrap()));
    let command = Command {
        tag: imap_proto::Tag::new("A1").unwrap(),
        body: CommandBody::Id(Box::new(Id::new([field]).unwrap())),
    };
    assert_eq!(command.written(), b"A1 ID (\"name\" \"x\")\r\n");
}

#[test]
pub fn q27_id_before_select() {
    let text =
        condition(legal(b"A3 NO SELECT Unsafe Login. Please contact kefu@188.com for help\r\n"));
    assert!(text.text.text().as_bytes().starts_with(b"SELECT Unsafe Login."));
    let read: Command = legal(b"A2 ID (\"name\" \"x\" \"version\" \"1\" \"vendor\" \"x\")\r\n");
    let CommandBody::Id(id) = read.body else { panic!() };
    assert_eq!((id.fields().len(), id.get("vendor")), (3, Some(&b"x"[..])));
}

fn other(response: Response) -> OtherCode {
    let Code::Other(other) = code(response) else { panic!() };
    *other
}

#[test]
pub fn q28_known_codes_with_odd_arguments() {
    let met = ["malformed-code"];
    let wire = b"* OK [COPYUID] missing\r\n";
    let read: Response = keeps(wire, 13, &met, wire);
    assert_eq!(condition(read.clone()).text.text().as_bytes(), b"missing");
    let copy = other(read);
    assert_eq!((copy.name().as_bytes(), copy.arguments()), (&b"COPYUID"[..], None));
    assert!(copy.is_malformed());

    let wire = b"* OK [COPYUID 1 1:10 101:110 extra junk] bad\r\n";
    let copy = other(keeps(wire, 28, &met, wire));
    assert_eq!(copy.arguments(), Some(&b"1 1:10 101:110 extra junk"[..]));

    let wire = b"* OK [CLOSED shouldn't be anything here] mailbox closed\r\n";
    let read = deviates(wire, 12, &met, b"* OK [CLOSED] mailbox closed\r\n");
    assert_eq!(code(read), Code::Closed);
}

#[test]
pub fn q29_id_refused() {
    let wire = b"A1 ID (\"version\" \"1.0\" \"os\" \"Windows\" \"vendor\" \"Wino\")\r\n";
    assert!(
        matches!(legal::<Command>(wire).body, CommandBody::Id(id) if id.get("os") == Some(b"Windows"))
    );
    assert_eq!(condition(legal(b"A1 BAD invalid command\r\n")).kind, ConditionKind::Bad);
}

#[test]
pub fn q30_names_of_servers_in_greetings() {
    for text in [
        "Gimap ready for requests ...",
        "The Microsoft Exchange IMAP4 service is ready. [..]",
        "IMAP4rev1 SmarterMail",
        "Domino IMAP4 Server Release ...",
    ] {
        let read = condition(legal(format!("* OK {text}\r\n").as_bytes()));
        assert_eq!(read.text.text().as_bytes(), text.as_bytes());
    }
    let read = legal(b"* CAPABILITY X-GM-EXT-1 XAPPLEPUSHSERVICE XYMHIGHESTMODSEQ XSTOP\r\n");
    let Response::Data(Data::Capability(capabilities)) = read else { panic!() };
    for name in ["X-GM-EXT-1", "XAPPLEPUSHSERVICE", "XYMHIGHESTMODSEQ", "XSTOP"] {
        assert!(capabilities.has(name), "{name}");
    }
}
