//! What is this store's own; what every store must do is in the conformance suite.

use super::*;
use crate::store::{
    Ask, Cancel, Changes, Chunk, CommitStages, End, Facts, LEASE_SECONDS, Lock, ModSeq, News, Open,
    Pin, ReadBody, Remove, RequestId, SessionId, Stage, UidSet,
};

const NOW: WallTime = WallTime(1_000);

fn alice() -> Account {
    Account::try_from("alice").unwrap()
}

/// A session of alice's that numbers its requests.
struct Session {
    id: u64,
    requests: u64,
    now: WallTime,
}

impl Session {
    fn new(id: u64) -> Self {
        Self { id, requests: 0, now: NOW }
    }

    fn ask<A: Ask>(&mut self, store: &mut MemoryStore, ask: A) -> Result<A::Answer, StoreError> {
        self.requests += 1;
        let envelope = Envelope {
            account: alice(),
            session: SessionId(self.id),
            request: RequestId(self.requests),
            now: Some(self.now),
            body: ask.into(),
        };
        A::answer(store.execute(envelope)).unwrap()
    }

    fn open(&mut self, store: &mut MemoryStore, name: &str) -> crate::store::Opened {
        self.ask(store, Open { name: MailboxName::try_from(name).unwrap() }).unwrap()
    }
}

#[test]
fn mailboxes_share_one_counter_of_uid_validity() {
    let mut store = MemoryStore::default();
    let mut create = |name: &str, now| {
        store.create(&alice(), &MailboxName::try_from(name).unwrap(), WallTime(now))
    };
    let (sent, drafts) = (create("Sent", 1_000).unwrap(), create("Drafts", 900).unwrap());
    assert_ne!(sent, drafts);
    assert_eq!(create("Sent", 2_000), Err(StoreError::Exists));
    let mut session = Session::new(1);
    let mut validity = |name| session.open(&mut store, name).uid_validity.get();
    assert_eq!((validity("INBOX"), validity("Sent"), validity("Drafts")), (1_000, 1_001, 1_002));
}

#[test]
fn accounts_do_not_see_each_other() {
    let mut store = MemoryStore::default();
    store.deliver(&Account::try_from("bob").unwrap(), b"for bob", NOW).unwrap();
    let mut session = Session::new(1);
    assert!(session.open(&mut store, "INBOX").uids.is_empty());
}

#[test]
fn the_stores_clock_judges_envelopes_without_time() {
    let mut store = MemoryStore::default();
    let envelope = |session| Envelope {
        account: alice(),
        session: SessionId(session),
        request: RequestId(1),
        now: None,
        body: Lock.into(),
    };
    store.set_now(NOW);
    assert!(store.execute(envelope(1)).is_ok());
    assert_eq!(store.execute(envelope(2)), Err(StoreError::InUse));
    store.set_now(NOW.after(LEASE_SECONDS));
    assert!(store.execute(envelope(3)).is_ok());
}

#[test]
fn a_read_shares_the_octets_of_the_message() {
    let mut store = MemoryStore::default();
    let uid = store.deliver(&alice(), b"octets", NOW).unwrap();
    let mut session = Session::new(1);
    let mailbox = session.open(&mut store, "INBOX").mailbox;
    let mut read = || session.ask(&mut store, ReadBody { mailbox, uid, offset: 2, length: 3 });
    let (first, second) = (read().unwrap(), read().unwrap());
    assert_eq!((&first.octets[..], first.end), (&b"tet"[..], false));
    assert_eq!(first.octets.as_ptr(), second.octets.as_ptr());
}

#[test]
fn an_open_shares_the_set_of_the_store() {
    let mut store = MemoryStore::default();
    store.deliver(&alice(), b"octets", NOW).unwrap();
    let mut session = Session::new(1);
    let (own, shared) = session.open(&mut store, "INBOX").uids.heap_size();
    assert!(own == 16 && shared > 0);
}

#[test]
fn limits_are_checked_before_and_after_the_octets_come() {
    let limits = MemoryLimits { message: 10, quota: 15, ..MemoryLimits::default() };
    let mut store = MemoryStore::new(limits);
    let mut session = Session::new(1);
    let stage = |size| Stage { name: MailboxName::inbox(), date: None, size };
    assert_eq!(session.ask(&mut store, stage(Some(11))), Err(StoreError::Limit));
    let staged = session.ask(&mut store, stage(Some(10))).unwrap().stage;
    let chunk = |octets: &'static [u8]| Chunk { stage: staged, octets: Bytes::from_static(octets) };
    session.ask(&mut store, chunk(b"01234")).unwrap();
    assert_eq!(session.ask(&mut store, chunk(b"567890")), Err(StoreError::Limit));
    session.ask(&mut store, chunk(b"56789")).unwrap();
    assert_eq!(store.deliver(&alice(), b"0123456789a", NOW), Err(StoreError::Limit));
    let uid = store.deliver(&alice(), b"012345", NOW).unwrap();
    let commit = CommitStages { stages: [staged].into() };
    assert_eq!(session.ask(&mut store, commit.clone()), Err(StoreError::OverQuota));
    assert_eq!(session.ask(&mut store, stage(Some(10))), Err(StoreError::OverQuota));
    let mailbox = session.open(&mut store, "INBOX").mailbox;
    session.ask(&mut store, Remove { mailbox, uids: uid.into() }).unwrap();
    session.ask(&mut store, commit).unwrap();
    assert_eq!(store.deliver(&alice(), b"012345", NOW), Err(StoreError::OverQuota));
    assert!(store.deliver(&alice(), b"01234", NOW).is_ok());
}

#[test]
fn changes_expire_with_their_tombstones() {
    let mut store = MemoryStore::new(MemoryLimits { tombstones: 2, ..MemoryLimits::default() });
    let mut session = Session::new(1);
    let mailbox = session.open(&mut store, "INBOX").mailbox;
    let uids: UidSet = (0..5).map(|_| store.deliver(&alice(), b"x", NOW).unwrap()).collect();
    let before = session.open(&mut store, "INBOX").modseq;
    let changes = |since, after| Changes { mailbox, since, after, at_least: None, limit: 1 };
    let mut remove = |from, to| {
        let of = (from..to).filter_map(|n| uids.nth(n)).collect();
        session.ask(&mut store, Remove { mailbox, uids: of }).unwrap().modseq
    };
    let two = remove(0, 2);
    let three = remove(2, 5);
    assert!(before < two && two < three);
    let mut ask = |since, after| session.ask(&mut store, changes(since, after)).unwrap();
    assert_eq!(ask(before, None), News::Expired { floor: three });
    assert_eq!(ask(two, None), News::Expired { floor: three });
    assert_eq!(ask(two, uids.nth(3).map(|uid| (three, uid))), News::Expired { floor: three });
    assert!(matches!(ask(three, None), News::Page(_)));
}

#[test]
fn facts_of_every_uid_cost_what_is_there() {
    let mut store = MemoryStore::default();
    store.deliver(&alice(), b"x", NOW).unwrap();
    let mut session = Session::new(1);
    let mailbox = session.open(&mut store, "INBOX").mailbox;
    let uids = UidSet::from(Uid::MIN..=Uid::MAX);
    let page = session.ask(&mut store, Facts { mailbox, uids, limit: u32::MAX }).unwrap();
    assert_eq!((page.rows.len(), page.next), (1, None));
    assert_eq!(page.rows[0].date, NOW);
}

#[test]
fn a_staged_message_keeps_its_date() {
    let mut store = MemoryStore::default();
    let mut session = Session::new(1);
    for date in [None, Some(WallTime(5))] {
        let stage = Stage { name: MailboxName::inbox(), date, size: None };
        let stage = session.ask(&mut store, stage).unwrap().stage;
        session.ask(&mut store, CommitStages { stages: [stage].into() }).unwrap();
    }
    let opened = session.open(&mut store, "INBOX");
    let facts = Facts { mailbox: opened.mailbox, uids: opened.uids, limit: 9 };
    let rows = session.ask(&mut store, facts).unwrap().rows;
    assert_eq!((rows[0].date, rows[1].date), (NOW, WallTime(5)));
}

#[test]
fn sessions_are_forgotten_and_results_too() {
    let mut store = MemoryStore::default();
    let mut session = Session::new(1);
    let modseq = ModSeq::FIRST;
    let mailbox = session.open(&mut store, "INBOX").mailbox;
    let first = RequestId(session.requests + 1);
    for _ in 0..=1_024 {
        session.ask(&mut store, Pin { mailbox, modseq }).unwrap();
    }
    assert!(!session.ask(&mut store, Cancel(first)).unwrap().executed);
    session.requests = first.0 - 1;
    assert_eq!(session.ask(&mut store, Pin { mailbox, modseq }), Err(StoreError::Unknown));

    for id in 2..100 {
        Session::new(id).ask(&mut store, End).unwrap();
    }
    assert_eq!(store.accounts[&alice()].sessions(), 99);
    let mut later = Session { now: NOW.after(3_600), ..Session::new(100) };
    later.open(&mut store, "INBOX");
    assert_eq!(store.accounts[&alice()].sessions(), 1);
}

#[test]
fn the_uids_of_a_mailbox_can_be_used_up() {
    let mut store = MemoryStore::default();
    store.deliver(&alice(), b"x", NOW).unwrap();
    store.accounts.get_mut(&alice()).unwrap().skip_uids(Uid::new(u32::MAX - 1).unwrap());
    assert_eq!(store.deliver(&alice(), b"x", NOW).unwrap().get(), u32::MAX - 1);
    assert_eq!(store.deliver(&alice(), b"x", NOW), Err(StoreError::Limit));
    assert_eq!(Session::new(1).open(&mut store, "INBOX").uid_next, Uid::MAX);
}
