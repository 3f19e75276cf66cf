//! A run fed by hand: what the device of `world.rs` never does.

use bytes::Bytes;
use mail_proto::{CommandId, Sent, Text};
use mailstore_core::pop3::{
    Progress, Pull, PullEnd, PullError, PullOptions, PullStep, Record, Token,
};
use mailstore_core::store::WallTime;
use pop3_proto::client::{Event, ListingLine, Reply};
use pop3_proto::{Closed, Command, MessageNumber, ScanListing, Status, UidListing};

/// A pull, and the ids of its commands.
struct Hand {
    pull: Pull,
    last: CommandId,
}

impl Hand {
    /// A run whose maildrop has one message, as far as its RETR.
    fn retrieving() -> Self {
        let options = PullOptions { capabilities: false, ..PullOptions::default() };
        let pull = Pull::new(options, Record::default(), WallTime(7));
        let mut hand = Self { pull, last: CommandId::default() };
        let message = MessageNumber::FIRST;
        let ids = [Command::Stat, Command::Uidl(None), Command::List(None)].map(|c| hand.gives(c));
        let refused = Err(Status::err(Text::empty()));
        hand.pull.event(&Event::Completed { id: ids[0], result: refused });
        let uid = UidListing { message, uid: "abc".try_into().unwrap() };
        hand.pull.event(&Event::Line { id: ids[1], line: ListingLine::UniqueId(uid) });
        hand.completed(ids[1]);
        let size = ScanListing::new(message, 5);
        hand.pull.event(&Event::Line { id: ids[2], line: ListingLine::Scan(size) });
        hand.completed(ids[2]);
        let (of_messages, of_octets) = (1, Some(5));
        let planned = Progress { of_messages, of_octets, ..Progress::default() };
        assert_eq!(hand.pull.next(), PullStep::Planned(planned));
        hand
    }

    /// The next step is this command; returns its id.
    fn gives(&mut self, command: Command) -> CommandId {
        assert_eq!(self.pull.next(), PullStep::Send(command));
        assert_eq!(self.pull.next(), PullStep::Wait, "one command at a time");
        self.last = self.last.following();
        self.pull.sent(self.last).unwrap();
        assert_eq!(self.pull.sent(self.last), Err(PullError::NotAsked));
        self.last
    }

    fn completed(&mut self, id: CommandId) {
        self.pull.event(&Event::Completed { id, result: Ok(Reply::End) });
    }

    /// The message begins and its first octets come.
    fn begins(&mut self, id: CommandId) -> Token {
        let status = Status::ok(Text::empty());
        self.pull.event(&Event::Begin { id, status });
        let octets = Bytes::from_static(b"hello");
        self.pull.event(&Event::Body { id, octets: octets.clone() });
        let PullStep::Begin { token, unique_id, size } = self.pull.next() else { panic!() };
        assert_eq!((unique_id.unwrap().as_bytes(), size), (&b"abc"[..], Some(5)));
        assert_eq!(self.pull.next(), PullStep::Octets { token, octets });
        token
    }

    /// The message came whole.
    fn whole(&mut self) -> Token {
        let id = self.gives(Command::Retr(MessageNumber::FIRST));
        let token = self.begins(id);
        assert_eq!(self.pull.stored(token), Err(PullError::NotWaiting(token)), "too early");
        self.completed(id);
        assert_eq!(self.pull.next(), PullStep::End { token });
        token
    }
}

#[test]
fn nothing_is_deleted_while_the_confirmation_is_missing() {
    let mut hand = Hand::retrieving();
    let token = hand.whole();
    assert_eq!(hand.pull.next(), PullStep::Wait);
    assert!(hand.pull.record().is_empty());
    hand.pull.stored(token).unwrap();
    assert_eq!(hand.pull.record().get(b"abc").unwrap().first_fetch, WallTime(7));
    hand.gives(Command::Dele(MessageNumber::FIRST));
}

#[test]
fn a_slow_disk_keeps_the_connection_alive() {
    let mut hand = Hand::retrieving();
    let token = hand.whole();
    hand.pull.event(&Event::KeepAlive);
    let noop = hand.gives(Command::Noop);
    hand.completed(noop);
    assert_eq!(hand.pull.next(), PullStep::Wait, "one for each suggestion");
    hand.pull.stored(token).unwrap();
    hand.gives(Command::Dele(MessageNumber::FIRST));
}

#[test]
fn a_confirmation_counts_after_the_connection_is_lost() {
    let mut hand = Hand::retrieving();
    let token = hand.whole();
    hand.pull.event(&Event::Closed(Closed::Eof));
    assert_eq!(hand.pull.next(), PullStep::Wait);
    hand.pull.stored(token).unwrap();
    let PullStep::Done(summary) = hand.pull.next() else { panic!() };
    assert_eq!((summary.end, summary.fetched), (PullEnd::Lost(Closed::Eof), 1));
    assert_eq!(hand.pull.into_record().len(), 1);
}

#[test]
fn what_broke_off_is_told_once_and_commands_of_others_are_passed_over() {
    let mut hand = Hand::retrieving();
    let id = hand.gives(Command::Retr(MessageNumber::FIRST));
    let token = hand.begins(id);
    hand.completed(id.following());
    assert_eq!(hand.pull.next(), PullStep::Wait);
    hand.pull.event(&Event::Lost { id, sent: Sent::Fully });
    hand.pull.event(&Event::Closed(Closed::Timeout));
    assert_eq!(hand.pull.next(), PullStep::Broken { token });
    let PullStep::Done(summary) = hand.pull.next() else { panic!() };
    assert_eq!((summary.end, summary.octets), (PullEnd::Lost(Closed::Timeout), 5));
    assert_eq!(hand.pull.not_stored(token), Err(PullError::NotWaiting(token)));
    assert!(hand.pull.record().is_empty());
}

#[test]
fn a_command_that_the_connection_did_not_take_is_no_trouble() {
    let mut hand = Hand::retrieving();
    assert!(matches!(hand.pull.next(), PullStep::Send(Command::Retr(_))));
    hand.pull.event(&Event::Closed(Closed::Eof));
    assert!(matches!(hand.pull.next(), PullStep::Done(_)));
    assert!(matches!(hand.pull.next(), PullStep::Done(_)), "and stays so");
}
