//! J: what comes when nobody expects it. When it may come is for the connections to say; here it is
//! read as what it is.

use bytes::Bytes;
use imap_proto::{
    Code, Command, CommandBody, ConditionKind, Continuation, Data, IdleDone, Response, parse_whole,
};
use mail_proto::{Leniency, Reading};

use crate::read::*;

#[test]
pub fn q101_expunge_during_fetch() {
    let wire = b"* 5 FETCH (UID 5)\r\n* 2 EXPUNGE\r\n* 5 EXPUNGE\r\n* 4 EXISTS\r\nA1 OK FETCH completed.\r\n";
    let read = all_legal(wire);
    let expunged = |response: &Response| match response {
        Response::Data(Data::Expunge(number)) => Some(number.get()),
        _ => None,
    };
    assert_eq!(read.iter().filter_map(expunged).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(read[3], Response::Data(Data::Exists(4)));
}

#[test]
pub fn q102_vanished_without_uids() {
    assert_eq!(refused::<Response>(b"* VANISHED (EARLIER)"), 20);
    assert_eq!(refused::<Response>(b"* VANISHED"), 10);
    let Response::Data(Data::Vanished(vanished)) = legal(b"* VANISHED (EARLIER) 1:4294967295\r\n")
    else {
        panic!()
    };
    assert!(vanished.earlier);
    assert_eq!((vanished.uids.as_slice().len(), vanished.uids.count()), (1, 4_294_967_295));
}

#[test]
pub fn q103_bye_again_and_again() {
    let read = all_legal(b"* BYE Autologout\r\n* BYE Autologout\r\n");
    assert!(read.into_iter().all(|it| condition(it).kind == ConditionKind::Bye));
    let met = ["tagged-bye", "no-resp-text"];
    let read: Response = normalizes(b"A9 BYE\r\n", 3, &met, b"A9 NO \r\n");
    let Response::Tagged(tagged) = read else { panic!() };
    assert_eq!((tagged.tag.as_bytes(), tagged.condition.kind), (&b"A9"[..], ConditionKind::Bye));
}

fn done(line: &'static [u8]) -> Result<IdleDone, mail_proto::ParseError> {
    parse_whole(&Bytes::from_static(line), &mut Reading::new(Leniency::strict()), IdleDone::parse)
}

#[test]
pub fn q104_idle() {
    let units = units::<Command>(b"A7 IDLE\r\nDONE\r\n");
    assert_eq!(strictly::<Command>(&units[0]).unwrap().body, CommandBody::Idle);
    assert_eq!(units[1], "DONE");
    assert_eq!((done(b"DONE"), done(b"done")), (Ok(IdleDone), Ok(IdleDone)));
    let read = all_legal(b"+ idling\r\n* OK Still here\r\n* 5 EXISTS\r\nA7 OK Idle completed.\r\n");
    assert!(matches!(&read[0], Response::Continuation(it) if it.as_bytes() == b"idling"));
    assert_eq!(read[2], Response::Data(Data::Exists(5)));
    legal::<Response>(b"A7 OK IDLE terminated\r\n");
}

#[test]
pub fn q106_data_before_a_continuation() {
    let read = all_legal(b"* OK [ALERT] hi\r\n+ \r\n");
    assert_eq!(code(read[0].clone()), Code::Alert);
    assert_eq!(read[1], Response::Continuation(Continuation::empty()));
    let read = all_legal(b"* 5 EXISTS\r\n+ go\r\n");
    assert!(matches!(&read[1], Response::Continuation(it) if it.as_bytes() == b"go"));
}

#[test]
pub fn q107_status_of_the_selected_mailbox() {
    let wire = b"* NO CLIENT BUG DETECTED: STATUS on selected mailbox: INBOX\r\n";
    let read = condition(legal(wire));
    assert_eq!((read.kind, read.text.code()), (ConditionKind::No, None));
}

#[test]
pub fn q108_alerts_without_a_tag() {
    let read = legal(b"* NO [ALERT] Account exceeded bandwidth limits. (Failure)\r\n");
    assert!(matches!(read, Response::Data(_)), "no command is completed by it");
    assert_eq!(code(read), Code::Alert);
}

#[test]
pub fn q124_data_and_then_no() {
    let wire =
        b"* 1 FETCH (UID 7 FLAGS ())\r\nA7 NO Some of the requested messages no longer exist.\r\n";
    let read = all_legal(wire);
    assert_eq!(fetch(read[0].clone()).uid().unwrap().get(), 7);
    assert_eq!(condition(read[1].clone()).kind, ConditionKind::No);
}

#[test]
pub fn c1_a_command_right_behind_done() {
    let units = units::<Command>(b"DONE\r\n12 SELECT INBOX\r\n");
    assert_eq!(
        parse_whole(&units[0], &mut Reading::new(Leniency::strict()), IdleDone::parse),
        Ok(IdleDone)
    );
    let select: Command = strictly(&units[1]).unwrap();
    assert!(matches!(select.body, CommandBody::Select(select) if select.mailbox.is_inbox()));
}
