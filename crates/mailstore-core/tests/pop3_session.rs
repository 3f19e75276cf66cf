//! The POP3 session against the memory store, called at once and through a store that takes its time;
//! with disconnects, failing stores, lost leases and other sessions beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::arithmetic_side_effects)]

#[path = "pop3_session/harness.rs"]
mod harness;
#[path = "pop3_session/room.rs"]
mod room;

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use harness::{Carried, Harness, START, Shared, alice, at_once};
use mail_proto::Connection as _;
use mailstore_core::pop3::{SessionError, Step};
use mailstore_core::store::{
    Answer, Envelope, LEASE_SECONDS, Remove, Reply, Request, RequestId, StoreError, Uid,
};
use pop3_proto::server::{self, Event};

const ONE: &[u8] = b"Subject: one\r\n\r\nfirst\r\nsecond\r\n";
const TWO: &[u8] = b"Subject: two\n\n.dot\n";
const THREE: &[u8] = b"Subject: three\r\nno blank line";

const SCRIPT: [&str; 14] = [
    "STAT\r\n",
    "LIST\r\n",
    "LIST 2\r\n",
    "UIDL\r\n",
    "UIDL 3\r\n",
    "RETR 2\r\n",
    "TOP 1 1\r\n",
    "TOP 3 0\r\n",
    "DELE 1\r\n",
    "DELE 1\r\n",
    "STAT\r\n",
    "LIST\r\n",
    "RETR 1\r\nRETR 9\r\nUIDL 1\r\nLIST 4\r\nXTND X\r\n",
    "RSET\r\nDELE 2\r\nSTAT\r\nQUIT\r\n",
];

#[test]
fn a_whole_session_reads_as_rfc_1939_wants_it() {
    let shared = Shared::with(&[ONE, TWO, THREE]);
    let mut harness = at_once(&shared, 1);
    assert_eq!(harness.log_in().unwrap(), "+OK\r\n+OK maildrop locked and ready\r\n");
    let said = SCRIPT.map(|lines| harness.say(lines).unwrap());
    assert_eq!(said[0], "+OK 3 84\r\n");
    assert_eq!(said[1], "+OK 3 messages\r\n1 31\r\n2 22\r\n3 31\r\n.\r\n");
    assert_eq!(said[2], "+OK 2 22\r\n");
    assert_eq!(said[3], format!("+OK\r\n1 {START}.1\r\n2 {START}.2\r\n3 {START}.3\r\n.\r\n"));
    assert_eq!(said[4], format!("+OK 3 {START}.3\r\n"));
    assert_eq!(said[5], "+OK 22 octets\r\nSubject: two\r\n\r\n..dot\r\n.\r\n");
    assert_eq!(said[6], "+OK\r\nSubject: one\r\n\r\nfirst\r\n.\r\n");
    assert_eq!(said[7], "+OK\r\nSubject: three\r\nno blank line\r\n.\r\n");
    assert_eq!(said[8], "+OK message marked\r\n");
    assert_eq!(said[9], "-ERR no such message\r\n");
    assert_eq!(said[10], "+OK 2 53\r\n");
    assert_eq!(said[11], "+OK 2 messages\r\n2 22\r\n3 31\r\n.\r\n");
    let refused = "-ERR no such message\r\n".repeat(4) + "-ERR no such command\r\n";
    assert_eq!(said[12], refused);
    assert_eq!(said[13], "+OK\r\n+OK message marked\r\n+OK 2 62\r\n+OK bye\r\n");
    assert_eq!(shared.messages(9), [1, 3]);
}

/// Runs a future to its end; whoever is pending is polled again.
fn block_on<T>(future: impl Future<Output = T>) -> (T, usize) {
    let mut future = pin!(future);
    let mut waits = 0;
    loop {
        match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => return (value, waits),
            Poll::Pending => waits += 1,
        }
    }
}

/// The same store, which lets others run before and after each request.
async fn execute_slowly(shared: &Shared, envelope: Envelope) -> Reply {
    yield_now().await;
    let reply = shared.execute(envelope);
    yield_now().await;
    reply
}

async fn yield_now() {
    let mut yielded = false;
    std::future::poll_fn(|_| match std::mem::replace(&mut yielded, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// A driver as an async program writes it: awaits the store between the session's steps.
async fn serve_slowly(shared: &Shared, lines: &[&str]) -> Vec<u8> {
    let mut harness = Harness::new(1, |_| unreachable!());
    let mut said = Vec::new();
    for lines in lines {
        harness.input.extend_from_slice(lines.as_bytes());
        while let Some(event) = harness.server.poll(&mut harness.input, harness.now).unwrap() {
            match event {
                Event::Request(server::Request::Login(_, pending)) => {
                    harness.session.login(alice(), pending).unwrap();
                }
                Event::Request(request) => harness.session.request(request).unwrap(),
                Event::Closed(_) => harness.session.close(),
                _ => {}
            }
            loop {
                match harness.session.next(harness.server.room()) {
                    Step::Store(envelope) => {
                        let id = envelope.request;
                        let reply = execute_slowly(shared, envelope).await;
                        harness.session.reply(id, reply, harness.now).unwrap();
                    }
                    Step::Respond(response) => harness.server.reply(response).unwrap(),
                    Step::Wait => break,
                }
            }
            said.extend_from_slice(&harness.output());
        }
        said.extend_from_slice(&harness.output());
    }
    said
}

#[test]
fn the_same_session_runs_on_a_store_that_takes_its_time() {
    let (quick, slow) = (Shared::with(&[ONE, TWO, THREE]), Shared::with(&[ONE, TWO, THREE]));
    let mut harness = at_once(&quick, 1);
    let mut expected = harness.log_in().unwrap();
    expected.extend(SCRIPT.map(|lines| harness.say(lines).unwrap()));

    let lines: Vec<_> = ["USER alice\r\nPASS x\r\n"].into_iter().chain(SCRIPT).collect();
    let (said, waits) = block_on(serve_slowly(&slow, &lines));
    assert_eq!(String::from_utf8(said).unwrap(), expected);
    assert_eq!(*slow.log.borrow(), *quick.log.borrow());
    assert_eq!(waits, 2 * slow.log.borrow().len());
    assert_eq!(slow.messages(9), quick.messages(9));
}

#[test]
fn a_disconnect_at_every_await_leaves_no_lock_and_removes_nothing_unless_committed() {
    let requests = {
        let shared = Shared::with(&[ONE, TWO, THREE]);
        let mut harness = at_once(&shared, 1);
        harness.log_in();
        SCRIPT.iter().for_each(|lines| drop(harness.say(lines)));
        shared.log.borrow().len()
    };
    assert!(requests > 10);
    for executed in [false, true] {
        for cut_at in 0..requests {
            let shared = Shared::with(&[ONE, TWO, THREE]);
            let mut left = cut_at;
            let (store, mut committed) = (shared.clone(), false);
            let mut harness = Harness::new(1, |envelope: Envelope| {
                let commits = matches!(envelope.body, Request::CommitDeletions(_));
                if left > 0 {
                    left -= 1;
                    committed |= commits;
                    return Carried::Reply(store.execute(envelope));
                }
                if executed {
                    // The reply is on its way when the connection breaks.
                    drop(store.execute(envelope));
                    committed |= commits;
                }
                Carried::Cut
            });
            let mut alive = harness.log_in().is_some();
            for lines in SCRIPT {
                alive = alive && harness.say(lines).is_some();
            }
            assert!(!alive, "the script has {cut_at} requests only");
            harness.drop_connection(&shared);
            drop(harness);
            let expected: &[u32] = if committed { &[1, 3] } else { &[1, 2, 3] };
            assert_eq!(shared.messages(9), expected, "cut at {cut_at}, executed: {executed}");
        }
    }
}

#[test]
fn a_second_login_finds_the_maildrop_in_use_until_the_first_session_ends() {
    let shared = Shared::with(&[ONE]);
    let (mut first, mut second) = (at_once(&shared, 1), at_once(&shared, 2));
    first.log_in();
    assert_eq!(second.log_in().unwrap(), "+OK\r\n-ERR [IN-USE] the maildrop is in use\r\n");
    first.drop_connection(&shared);
    assert!(second.log_in().unwrap().ends_with("+OK maildrop locked and ready\r\n"));
    second.say("QUIT\r\n");
    assert!(at_once(&shared, 3).log_in().unwrap().ends_with("ready\r\n"), "QUIT released it");
}

#[test]
fn a_lease_that_is_renewed_lives_on_and_one_that_is_not_deletes_nothing() {
    let shared = Shared::with(&[ONE, TWO]);
    let mut harness = at_once(&shared, 1);
    harness.log_in();
    harness.say("DELE 1\r\n");
    for _ in 0..10 {
        let at = harness.session.poll_timeout().expect("a lease is to be renewed");
        shared.pass(LEASE_SECONDS / 3);
        harness.now = at;
        harness.session.handle_timeout(at);
        harness.work_off().unwrap();
    }
    assert_eq!(shared.log.borrow().iter().filter(|name| **name == "Renew").count(), 10);

    // Nobody renews: another session may take the maildrop, and this one must not remove any more.
    shared.pass(LEASE_SECONDS + 1);
    let said = harness.say("QUIT\r\n").unwrap();
    assert_eq!(said, "-ERR [SYS/TEMP] the lock was lost, nothing has been removed\r\n");
    assert_eq!(shared.messages(9), [1, 2]);
}

#[test]
fn a_session_that_learns_of_its_lost_lease_asks_for_no_deletion() {
    let shared = Shared::with(&[ONE, TWO]);
    let mut harness = at_once(&shared, 1);
    harness.log_in();
    harness.say("DELE 1\r\n");
    shared.pass(LEASE_SECONDS + 1);
    harness.now = harness.now + Duration::from_secs(3600);
    harness.session.handle_timeout(harness.now);
    harness.work_off().unwrap();
    assert_eq!(harness.session.poll_timeout(), None);
    shared.log.borrow_mut().clear();
    let said = harness.say("QUIT\r\n").unwrap();
    assert_eq!(said, "-ERR [SYS/TEMP] the lock was lost, nothing has been removed\r\n");
    assert_eq!(*shared.log.borrow(), ["End"]);
}

#[test]
fn an_unknown_outcome_at_quit_is_told_as_such_and_the_next_login_shows_the_truth() {
    for executed in [false, true] {
        let shared = Shared::with(&[ONE, TWO]);
        let store = shared.clone();
        let mut harness = Harness::new(1, move |envelope: Envelope| {
            if !matches!(envelope.body, Request::CommitDeletions(_)) {
                return Carried::Reply(store.execute(envelope));
            }
            if executed {
                drop(store.execute(envelope));
            }
            Carried::Reply(Err(StoreError::Unknown))
        });
        harness.log_in();
        let said = harness.say("DELE 2\r\nQUIT\r\n").unwrap();
        assert!(said.ends_with("-ERR [SYS/TEMP] the outcome is not known\r\n"), "{said}");
        let expected: &[u32] = if executed { &[1] } else { &[1, 2] };
        assert_eq!(shared.messages(9), expected);
    }
}

#[test]
fn a_message_removed_beside_the_session_is_still_retrieved_and_its_mark_counts_as_done() {
    let shared = Shared::with(&[ONE, TWO, THREE]);
    let mut harness = at_once(&shared, 1);
    harness.log_in();
    let mailbox = shared
        .ask(
            7,
            1,
            mailstore_core::store::Open { name: mailstore_core::store::MailboxName::inbox() },
        )
        .unwrap()
        .mailbox;
    let uids = [Uid::new(1).unwrap()].into_iter().collect();
    shared.ask(7, 2, Remove { mailbox, uids }).unwrap();
    shared.deliver(b"Subject: late\r\n\r\n");

    assert_eq!(harness.say("STAT\r\n").unwrap(), "+OK 3 84\r\n", "the snapshot stays");
    assert_eq!(
        harness.say("RETR 1\r\n").unwrap(),
        "+OK 31 octets\r\nSubject: one\r\n\r\nfirst\r\nsecond\r\n.\r\n"
    );
    assert_eq!(harness.say("DELE 1\r\nQUIT\r\n").unwrap(), "+OK message marked\r\n+OK bye\r\n");
    assert_eq!(shared.messages(9), [2, 3, 4]);
}

/// Each error of a store, and how a refusal begins.
const ERRORS: [(StoreError, &str); 10] = [
    (StoreError::Unavailable, "-ERR [SYS/TEMP] "),
    (StoreError::Denied, "-ERR [SYS/PERM] "),
    (StoreError::Limit, "-ERR [SYS/PERM] "),
    (StoreError::Corrupt, "-ERR [SYS/PERM] "),
    (StoreError::Gone, "-ERR [SYS/TEMP] "),
    (StoreError::OverQuota, "-ERR [SYS/PERM] "),
    (StoreError::NoSuchMailbox, "-ERR [SYS/PERM] "),
    (StoreError::Exists, "-ERR [SYS/PERM] "),
    (StoreError::InUse, "-ERR [IN-USE] "),
    (StoreError::Unknown, "-ERR [SYS/TEMP] "),
];

#[test]
fn each_store_error_at_each_step_has_its_reply_and_the_session_goes_on() {
    let steps = [
        ("Lock", "USER alice\r\nPASS x\r\n"),
        ("Facts", "LIST\r\n"),
        ("Facts", "LIST 1\r\n"),
        ("Facts", "RETR 1\r\n"),
        ("ReadBody", "RETR 1\r\n"),
        ("ReadBody", "TOP 1 0\r\n"),
        ("Facts", "DELE 1\r\nSTAT\r\n"),
        ("CommitDeletions", "DELE 1\r\nQUIT\r\n"),
    ];
    for (request, lines) in steps {
        for (error, refusal) in ERRORS {
            let shared = Shared::with(&[ONE, TWO]);
            let failing = Rc::new(RefCell::new(request == "Lock"));
            let (store, fails) = (shared.clone(), failing.clone());
            let mut harness = Harness::new(1, move |envelope: Envelope| {
                match *fails.borrow() && envelope.body.name() == request {
                    true => Carried::Reply(Err(error)),
                    false => Carried::Reply(store.execute(envelope)),
                }
            });
            if request != "Lock" {
                harness.log_in();
                *failing.borrow_mut() = true;
            }
            let said = harness.say(lines).unwrap();
            let last = said.lines().last().unwrap();
            assert!(last.starts_with(refusal), "{request} {lines:?} {error:?}: {said}");
            *failing.borrow_mut() = false;
            if request != "CommitDeletions" {
                let next =
                    if request == "Lock" { "USER alice\r\nPASS x\r\n" } else { "RETR 2\r\n" };
                assert!(harness.say(next).unwrap().contains("+OK"), "{request} {error:?}");
            }
            harness.drop_connection(&shared);
            assert_eq!(shared.messages(9), [1, 2]);
        }
    }
}

#[test]
fn a_store_that_fails_in_the_middle_of_a_reply_closes_the_connection_without_its_end() {
    let long = vec![b'x'; 200_000];
    for (request, lines, after) in [("ReadBody", "RETR 1\r\n", 1), ("Facts", "LIST\r\n", 1)] {
        let shared = Shared::with(&[&long]);
        for _ in 0..300 {
            shared.deliver(b"x");
        }
        let (store, mut seen) = (shared.clone(), 0);
        let mut harness = Harness::new(1, move |envelope: Envelope| {
            if envelope.body.name() == request {
                seen += 1;
                if seen > after {
                    return Carried::Reply(Err(StoreError::Unavailable));
                }
            }
            Carried::Reply(store.execute(envelope))
        });
        harness.log_in();
        let said = harness.say(lines).unwrap();
        assert!(said.starts_with("+OK") && said.len() > 1_000);
        assert!(!said.ends_with("\r\n.\r\n"));
        assert_eq!(harness.server.next(), mail_proto::Next::Close);
        harness.drop_connection(&shared);
        assert_eq!(shared.messages(9).len(), 301);
    }
}

#[test]
fn a_driver_that_mixes_things_up_is_told() {
    let shared = Shared::with(&[ONE]);
    let mut harness = at_once(&shared, 1);
    let now = harness.now;
    let reply = Ok(Answer::from(mailstore_core::store::Ended));
    assert_eq!(
        harness.session.reply(RequestId(5), reply.clone(), now),
        Err(SessionError::NotAsked)
    );
    harness.input.extend_from_slice(b"USER alice\r\nPASS x\r\nLIST\r\n");
    let Some(Event::Request(server::Request::Login(_, pending))) =
        harness.server.poll(&mut harness.input, now).unwrap()
    else {
        panic!()
    };
    harness.session.login(alice(), pending).unwrap();
    assert_eq!(harness.session.login(alice(), pending), Err(SessionError::Busy));
    let Step::Store(envelope) = harness.session.next(0) else { panic!() };
    let id = envelope.request;
    assert!(matches!(harness.session.reply(id, reply, now), Err(SessionError::WrongReply(_))));
    let locked = shared.execute(envelope);
    harness.session.reply(id, locked, now).unwrap();
    harness.work_off().unwrap();
    assert!(harness.say("").unwrap().contains("1 31\r\n"), "the session still waited");
}

#[test]
fn logins_of_two_accounts_on_one_connection_end_both() {
    let shared = Shared::default();
    let log = Rc::new(RefCell::new(Vec::new()));
    let (store, seen) = (shared.clone(), log.clone());
    let mut harness = Harness::new(1, move |envelope: Envelope| {
        seen.borrow_mut().push((envelope.account.to_string(), envelope.body.name()));
        match envelope.body {
            Request::Lock(_) if envelope.account.as_bytes() == b"alice" => {
                Carried::Reply(Err(StoreError::Unknown))
            }
            _ => Carried::Reply(store.execute(envelope)),
        }
    });
    harness.log_in();
    harness.say("USER bob\r\nPASS x\r\n");
    harness.session.close();
    harness.work_off().unwrap();
    let ended: Vec<_> = log.borrow().iter().filter(|(_, name)| *name == "End").cloned().collect();
    assert_eq!(ended, [("bob".into(), "End"), ("alice".into(), "End")]);
}

#[test]
fn unique_ids_are_legal() {
    let shared = Shared::with(&[ONE]);
    let mut harness = at_once(&shared, 1);
    harness.log_in();
    let line = harness.say("UIDL 1\r\n").unwrap();
    let id = line.trim_end().rsplit(' ').next().unwrap();
    assert!((1..=70).contains(&id.len()) && id.bytes().all(|octet| octet.is_ascii_graphic()));
}
