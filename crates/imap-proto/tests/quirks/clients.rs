//! M: what clients do.

use bytes::Bytes;
use imap_proto::connection::{Frame, FrameLimits, Framer, Limit};
use imap_proto::{
    AppendData, Command, CommandBody, Data, Defect, FetchAtt, FetchAtts, FetchModifier, Flag, List,
    Mailbox, Response, SearchReturnOpt, SequenceSet, StatusAtt, StoreAtt,
};
use mail_proto::{DefectId as _, Leniency};

use crate::read::*;

fn atts(wire: &[u8]) -> Vec<FetchAtt> {
    let CommandBody::Fetch(fetch) = legal::<Command>(wire).body else { panic!() };
    fetch.atts().as_slice().to_vec()
}

#[test]
pub fn c2_changedsince_0() {
    let wire = b"A1 UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)\r\n";
    let read: Command = keeps(wire, 39, &["zero-number"], wire);
    let CommandBody::UidFetch(fetch) = read.body else { panic!() };
    assert_eq!(fetch.modifiers(), [FetchModifier::ChangedSince(None)], "all messages");
    assert_eq!(
        (fetch.set.clone(), fetch.atts().as_slice()),
        (SequenceSet::all(), &[FetchAtt::Flags][..])
    );
}

#[test]
pub fn c3_plain_list_and_lsub() {
    assert_eq!(
        legal::<Command>(b"A1 LIST \"\" \"*\"\r\n").body,
        CommandBody::List(Box::new(List::all()))
    );
    let CommandBody::Lsub(lsub) = legal::<Command>(b"A1 LSUB \"\" \"*\"\r\n").body else {
        panic!()
    };
    assert_eq!(lsub.pattern.as_bytes(), b"*");
}

#[test]
pub fn c4_commands_in_one_segment() {
    let tags: Vec<_> = units::<Command>(b"1 NOOP\r\n2 NOOP\r\n")
        .iter()
        .map(|unit| strictly::<Command>(unit).unwrap().tag.to_string())
        .collect();
    assert_eq!(tags, ["1", "2"]);
}

#[test]
pub fn c5_items_in_their_order() {
    assert_eq!(atts(b"A1 FETCH 1 (UID FLAGS)\r\n"), [FetchAtt::Uid, FetchAtt::Flags]);
    assert_eq!(atts(b"A1 FETCH 1 (FLAGS UID)\r\n"), [FetchAtt::Flags, FetchAtt::Uid]);
}

#[test]
pub fn c6_capability_again() {
    assert_eq!(legal::<Command>(b"1 CAPABILITY\r\n").body, CommandBody::Capability);
}

#[test]
pub fn c12_a_literal_beyond_all_limits() {
    let wire = b"A1 APPEND x {50000000+}\r\n";
    let mut framer = Framer::commands(FrameLimits::server());
    let Frame::Literal(literal) = framer.find(wire) else { panic!() };
    assert_eq!((literal.size, literal.sync), (50_000_000, false));
    assert_eq!(framer.inline().unwrap_err().limit, Limit::Inlined, "nothing is allocated");
    framer.discard().unwrap();
    assert_eq!(framer.find(wire), Frame::Discard(wire.len()));
    // All of it goes by uncut, a command in it too.
    let (mut left, chunk) = (50_000_000, b"A2 LOGOUT\r\n".repeat(90_000));
    while left > 0 {
        let octets = chunk.len().min(left);
        assert_eq!(framer.find(&chunk[..octets]), Frame::Discard(octets));
        left -= octets;
    }
    assert_eq!(framer.find(b"\r\nA3 NOOP\r\n"), Frame::Complete(2));
    assert_eq!(framer.find(b"A3 NOOP\r\n"), Frame::Complete(9));
}

#[test]
pub fn c13_literal8_in_append() {
    let CommandBody::Append(append) = legal::<Command>(b"A1 APPEND x ~{3}\r\na\0b\r\n").body else {
        panic!()
    };
    assert_eq!(append.mailbox(), &Mailbox::new("x").unwrap());
    assert_eq!(append.messages()[0].data, AppendData::Literal8(Bytes::from_static(b"a\0b")));
}

#[test]
pub fn c15_bare_lf_by_name_only() {
    let wire = b"A1 NOOP\nA2 NOOP\n";
    assert_eq!(Command::framer().find(wire), Frame::Partial);
    assert_eq!(units_by(&Command::framer().with_bare_lf(true), wire), ["A1 NOOP", "A2 NOOP"]);
    let unit = Bytes::from_static(b"A1 LOGIN {1}\na b");
    assert!(leniently::<Command>(&unit).is_err());
    let (read, met) = with::<Command>(&unit, Leniency::strict().allow(Defect::BareLf)).unwrap();
    assert_eq!(met, [Defect::BareLf.name()]);
    assert!(matches!(read.body, CommandBody::Login(login) if login.user.as_bytes() == b"a"));
}

#[test]
pub fn c16_one_item_or_a_list() {
    assert_eq!(atts(b"A1 FETCH 1 FLAGS\r\n"), [FetchAtt::Flags]);
    assert_eq!(atts(b"A1 FETCH 1 (FLAGS)\r\n"), [FetchAtt::Flags]);
    let CommandBody::Fetch(fetch) = legal::<Command>(b"A1 FETCH 1 ALL\r\n").body else { panic!() };
    assert!(matches!(fetch.atts(), FetchAtts::Macro(_)));
    assert_eq!(refused::<Command>(b"A1 FETCH 1 (ALL)"), 12);
}

fn stored(wire: &[u8]) -> Vec<Flag> {
    let CommandBody::Store(store) = legal::<Command>(wire).body else { panic!() };
    let StoreAtt::Flags { flags, .. } = store.att else { panic!() };
    let list = flags.into_list();
    list.system().map(Flag::from).chain(list.others().iter().cloned()).collect()
}

#[test]
pub fn c17_flags_without_parentheses() {
    let seen = Flag::from(imap_proto::SystemFlag::Seen);
    assert_eq!(stored(b"A1 STORE 1 +FLAGS \\Seen\r\n"), [seen]);
    assert_eq!(stored(b"A1 STORE 1 FLAGS ()\r\n"), []);
}

#[test]
pub fn c18_status_of_the_selected_mailbox() {
    let CommandBody::Status(status) = legal::<Command>(b"A1 STATUS INBOX (UNSEEN)\r\n").body else {
        panic!()
    };
    assert_eq!(&status.atts[..], [StatusAtt::Unseen]);
}

#[test]
pub fn c21_keywords_of_all_sorts() {
    let wire = b"A1 STORE 1 +FLAGS (NotJunk $NotJunk JunkRecorded)\r\n";
    let names: Vec<_> = stored(wire)
        .iter()
        .map(|flag| match flag {
            Flag::Keyword(keyword) => keyword.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["NotJunk", "$NotJunk", "JunkRecorded"]);
}

#[test]
pub fn c22_the_tag_of_an_esearch() {
    let CommandBody::Search(search) = legal::<Command>(b"A1 SEARCH RETURN (ALL) ALL\r\n").body
    else {
        panic!()
    };
    assert_eq!(search.returning.as_deref(), Some(&[SearchReturnOpt::All][..]));
    let read = legal(b"* ESEARCH (TAG \"A1\") ALL 1:3\r\n");
    let Response::Data(Data::Esearch(data)) = &read else { panic!() };
    assert_eq!(data.correlator.tag.as_ref().unwrap().as_bytes(), b"A1");
    assert_eq!(read.written(), b"* ESEARCH (TAG \"A1\") ALL 1:3\r\n", "a string");
}

#[test]
pub fn c23_what_is_no_imap() {
    let units = units::<Command>(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    // It has the form of commands; they are none that anybody knows.
    for unit in &units[..2] {
        let read: Command = strictly(unit).unwrap();
        assert!(matches!(read.body, CommandBody::Unknown(_)));
    }
    assert_eq!(refused::<Command>(&units[2]), 0);
    assert_eq!(refused::<Command>(b"\x16\x03\x01..."), 0);
    let mut framer = Framer::commands(FrameLimits::server_before_login());
    let hello = [b"\x16\x03\x01".to_vec(), vec![0; 8192]].concat();
    assert!(matches!(framer.find(&hello), Frame::TooLong(error) if error.limit == Limit::Line));
}

#[test]
pub fn c29_a_line_in_two_segments() {
    let wire =
        b"* STATUS \"Test email box\" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY 748930662 UNSEEN 0)\r\n";
    let mut framer = Response::framer();
    assert_eq!(framer.find(&wire[..35]), Frame::Partial);
    assert_eq!(framer.find(wire), Frame::Complete(wire.len()));
    let Response::Data(Data::Status(status)) = legal(wire) else { panic!() };
    assert_eq!((status.messages(), status.unseen()), (Some(0), Some(0)));
}
