//! K: what servers refuse, and so is not to be written.

use bytes::Bytes;
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{
    AString, Atom, Capability, Command, CommandBody, ConditionKind, Data, Encoder, Fetch, FetchAtt,
    HeaderList, Keyword, Literals, Login, Mailbox, Negotiated, NumberSet, Position, Ranges,
    Response, Search, SearchKey, Section, Select, SelectParam, SeqNum, SequenceSet, SetRange,
    SettableFlags, Store, Tag, Uid,
};
use mail_proto::Secret;

use crate::read::*;

fn written(body: CommandBody) -> String {
    let command = Command { tag: Tag::new("A1").unwrap(), body };
    let wrote = command.written();
    assert_eq!(strictly(&unit::<Command>(&wrote)), Ok(command));
    String::from_utf8(wrote).unwrap()
}

fn number(number: u32) -> Position<SeqNum> {
    Position::Number(SeqNum::new(number).unwrap())
}

#[test]
pub fn q109_descending_ranges() {
    let read: Command = legal(b"A1 FETCH 5:3 (FLAGS)\r\n");
    let CommandBody::Fetch(fetch) = read.body else { panic!() };
    let ranges = fetch.set.ranges().unwrap();
    assert_eq!(ranges.as_slice(), [SetRange { first: number(5), last: number(3) }]);
    let normal = SequenceSet::Ranges(ranges.normalized());
    let body = CommandBody::Fetch(Fetch::seq_nums(normal).att(FetchAtt::Flags));
    assert_eq!(written(body), "A1 FETCH 3:5 (FLAGS)\r\n");
    let set: Ranges<Position<SeqNum>> = Ranges::range(Position::Last, number(5));
    assert_eq!(set.normalized().as_slice().len(), 1, "*:5 stays");
    assert_eq!(
        condition(leniently::<Response>(&Bytes::from_static(b"A1 BAD")).unwrap().0).kind,
        ConditionKind::Bad
    );
}

#[test]
pub fn q109_sets_of_numbers_ascend() {
    let uids = [9, 5, 3, 4, 10].map(|it| Uid::new(it).unwrap());
    let set = NumberSet::from_numbers(uids).unwrap().normalized();
    let body = CommandBody::UidExpunge(SequenceSet::from(set));
    assert_eq!(written(body), "A1 UID EXPUNGE 3:5,9:10\r\n");
}

#[test]
pub fn q111_literals_that_the_server_knows() {
    let login = |literals| {
        let password = AString::new(vec![b'\r'; 5000]).unwrap();
        let user = AString::new(vec![b'\n'; 4096]).unwrap();
        let mut out = Vec::new();
        Login { user, password: Secret::new(password) }
            .encode(&mut Encoder::new(&mut out, Negotiated { literals, ..Negotiated::client() }));
        String::from_utf8(out).unwrap()
    };
    let headers = |octets: &str| {
        octets.split(['\r', '\n', ' ']).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(headers(&login(Literals::Sync)), "{4096} {5000}");
    assert_eq!(headers(&login(Literals::Minus)), "{4096+} {5000}");
    assert_eq!(headers(&login(Literals::Plus)), "{4096+} {5000+}");
    legal::<Response>(b"A1 BAD literal too big\r\n");
}

#[test]
pub fn q111_literals_that_a_server_refuses() {
    // The octets of the case, and what could be a command among those announced.
    let wire = [
        &b"A1 APPEND x {5000+}\r\n"[..],
        &b"A2 LOGOUT\r\n".repeat(500)[..5000],
        b"\r\nA3 NOOP\r\n",
    ]
    .concat();
    let mut framer = Framer::commands(FrameLimits::server());
    let Frame::Literal(literal) = framer.find(&wire) else { panic!() };
    assert_eq!((literal.size, literal.sync), (5000, false));
    framer.discard().unwrap();
    let (mut rest, mut dropped) = (&wire[..], 0);
    let complete = loop {
        match framer.find(rest) {
            Frame::Discard(octets) => dropped += octets,
            Frame::Complete(octets) => break octets,
            other => panic!("{other:?}"),
        }
        rest = &wire[dropped..];
    };
    assert_eq!(dropped, 21 + 5000);
    assert_eq!(&rest[complete..], b"A3 NOOP\r\n");
}

#[test]
pub fn q112_create_with_a_delimiter() {
    let CommandBody::Create(create) = legal::<Command>(b"A1 CREATE foo/\r\n").body else {
        panic!()
    };
    assert_eq!(create.mailbox, Mailbox::new("foo/").unwrap());
    assert_eq!(condition(legal(b"A1 NO ...\r\n")).kind, ConditionKind::No);
}

#[test]
pub fn q113_store_of_no_flags() {
    let CommandBody::Store(store) = legal::<Command>(b"A1 STORE 1 FLAGS ()\r\n").body else {
        panic!()
    };
    let set = SequenceSet::from(SeqNum::new(1).unwrap());
    assert_eq!(*store, Store::seq_nums(set.clone()).replace_flags(SettableFlags::new([]).unwrap()));
    let body =
        CommandBody::Store(Box::new(Store::seq_nums(set).remove_flags(SettableFlags::seen())));
    assert_eq!(written(body), "A1 STORE 1 -FLAGS (\\Seen)\r\n", "in parentheses always");
}

#[test]
pub fn q115_annotate_by_name_only() {
    let read: Command = legal(b"A1 SELECT INBOX (CONDSTORE ANNOTATE)\r\n");
    let CommandBody::Select(select) = read.body else { panic!() };
    assert_eq!(select.params, [SelectParam::CondStore, SelectParam::Annotate]);
    let body = CommandBody::Select(Select::new(Mailbox::new("INBOX").unwrap()).condstore());
    assert_eq!(written(body), "A1 SELECT INBOX (CONDSTORE)\r\n");
    legal::<Response>(b"A1 BAD Unexpected extra arguments\r\n");
}

#[test]
pub fn q125_return_options_one_by_one() {
    let read: Command = legal(b"A3 LIST \"\" \"*\" RETURN (SPECIAL-USE SUBSCRIBED)\r\n");
    let CommandBody::List(list) = read.body else { panic!() };
    let expected = imap_proto::List::all().with_special_use().with_subscribed();
    assert_eq!(*list, expected);
    let wire = b"A3 BAD parse error: unknown LIST return option \"SPECIAL-USE\"\r\n";
    assert_eq!(condition(legal(wire)).kind, ConditionKind::Bad);
}

#[test]
pub fn q126_keywords_are_atoms() {
    let wire = b"A22 UID SEARCH CHARSET UTF-8 KEYWORD \"Gmail\"\r\n";
    let wrote = b"A22 UID SEARCH CHARSET UTF-8 KEYWORD Gmail\r\n";
    let read: Command = deviates(wire, 37, &["quoted-flag"], wrote);
    let CommandBody::UidSearch(search) = read.body else { panic!() };
    assert_eq!(search.key, SearchKey::Keyword(Keyword::new("Gmail").unwrap()));
    assert_eq!(
        written(CommandBody::Search(Box::new(Search::new(search.key)))),
        "A1 SEARCH KEYWORD Gmail\r\n"
    );
    // Names of header fields, too.
    let fields = HeaderList::new([AString::new("Message-ID").unwrap()]).unwrap();
    let set = SequenceSet::from(SeqNum::new(1).unwrap());
    let fetch = Fetch::seq_nums(set).body_peek(Section::header_fields(fields));
    let body = CommandBody::Fetch(fetch);
    assert_eq!(written(body), "A1 FETCH 1 (BODY.PEEK[HEADER.FIELDS (Message-ID)])\r\n");
    legal::<Response>(b"A22 BAD parse error: zero-length content\r\n");
}

#[test]
pub fn q116_two_spaces() {
    let wire = b"* CAPABILITY IMAP4rev1  SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT\r\n";
    let wrote = b"* CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT\r\n";
    let Response::Data(Data::Capability(read)) = deviates(wire, 23, &["double-space"], wrote)
    else {
        panic!()
    };
    assert_eq!(read.as_slice().len(), 7);
    assert!(read.contains(&Capability::Sort) && read.contains(&Capability::SaslIr));
    for (line, at) in [
        ("*  3 EXISTS", 2),
        ("* 3  EXISTS", 4),
        ("* FLAGS  (\\Seen)", 8),
        ("* FLAGS (\\Seen  a)", 15),
        ("* LIST  () \"/\" a", 7),
        ("* SEARCH 1  2", 11),
        ("* 1 FETCH (UID 1  FLAGS ())", 17),
        ("A1  OK x", 3),
    ] {
        let wire = format!("{line}\r\n");
        let wrote = wire.replace("  ", " ");
        deviates::<Response>(wire.as_bytes(), at, &["double-space"], wrote.as_bytes());
    }
}

#[test]
pub fn q117_the_wrong_name() {
    legal::<Command>(b"A3 NAMESPACE\r\n");
    assert_eq!(refused::<Response>(b"* CAPABILITY ((\"\" \"/\")) NIL NIL"), 13);
}

#[test]
pub fn q120_greetings_that_are_none() {
    assert_eq!(refused::<Response>(b"421 Server is busy, try again later."), 4);
    assert_eq!(refused::<Response>(b" NO LOGOUT Intrusion prevention active for 192.0.2.1"), 0);
    let units = units::<Response>(b"421 Server is busy, try again later.\r\n");
    assert_eq!(units[0], "421 Server is busy, try again later.", "the only hint that users get");
}

#[test]
pub fn q121_no_mod_sequence() {
    let wire = b"* OK [HIGHESTMODSEQ 0] Highest\r\n";
    let imap_proto::Code::Other(code) = code(keeps(wire, 20, &["zero-number"], wire)) else {
        panic!()
    };
    assert_eq!(code.name(), &Atom::new("HIGHESTMODSEQ").unwrap());
    assert!(code.is_malformed(), "neither a number nor NOMODSEQ");
    let Response::Data(Data::Status(status)) = legal(b"* STATUS a (HIGHESTMODSEQ 0)\r\n") else {
        panic!()
    };
    assert_eq!(status.items, [imap_proto::StatusItem::HighestModSeq(None)]);
}

#[test]
pub fn q127_bye_in_the_midst() {
    assert_eq!(condition(legal(b"* BYE ...\r\n")).kind, ConditionKind::Bye);
}
