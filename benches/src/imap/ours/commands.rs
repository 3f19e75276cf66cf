//! The values of commands.

use imap_proto::{
    AppendData, Command, CommandBody, Date, DateTime, Fetch, FetchAtt, FetchAtts, FetchModifier,
    ListPatterns, Position, Search, SearchKey, Section, SectionText, SequenceSet, SetNumber,
    StatusAtt, Store, StoreAction, StoreAtt,
};

use super::responses::flags;
use crate::imap::Reading;

pub(super) fn read<R: Reading>(command: &Command, reading: &mut R) {
    reading.message();
    if !R::LOOKS {
        std::hint::black_box(command);
        return;
    }
    reading.string(command.tag.as_bytes());
    match &command.body {
        CommandBody::Capability => reading.string(b"CAPABILITY"),
        CommandBody::Noop => reading.string(b"NOOP"),
        CommandBody::Login(login) => {
            reading.string(b"LOGIN");
            reading.string(login.user.as_bytes());
            reading.string(login.password.expose().as_bytes());
        }
        CommandBody::Select(select) => {
            reading.string(b"SELECT");
            reading.string(select.mailbox.as_bytes());
        }
        CommandBody::Create(create) => {
            reading.string(b"CREATE");
            reading.string(create.mailbox.as_bytes());
        }
        CommandBody::List(list) => {
            reading.string(b"LIST");
            reading.string(list.reference.as_bytes());
            match &list.patterns {
                ListPatterns::One(pattern) => reading.string(pattern.as_bytes()),
                ListPatterns::Many(_) => panic!("the bench does not send this"),
            }
        }
        CommandBody::Status(status) => {
            reading.string(b"STATUS");
            reading.string(status.mailbox.as_bytes());
            status.atts.iter().for_each(|att| status_att(att, reading));
        }
        CommandBody::Append(append) => {
            reading.string(b"APPEND");
            reading.string(append.mailbox().as_bytes());
            for message in append.messages() {
                message.flags.iter().for_each(|list| flags(list.as_list(), reading));
                message.date.iter().for_each(|date| reading.seconds(date.to_unix()));
                match &message.data {
                    AppendData::Literal(octets) => reading.string(octets.as_bytes()),
                    _ => panic!("the bench does not send this"),
                }
            }
        }
        _ => numbered(&command.body, reading),
    }
}

/// The commands on messages, with whether they name them by UID.
fn numbered<R: Reading>(body: &CommandBody, reading: &mut R) {
    let mut begin = |name: &[u8], uid: bool| {
        reading.string(name);
        reading.number(uid.into());
    };
    match body {
        CommandBody::UidExpunge(uids) => {
            begin(b"EXPUNGE", true);
            set(uids, reading);
        }
        CommandBody::Search(search) => {
            begin(b"SEARCH", false);
            search_read(search, reading);
        }
        CommandBody::UidSearch(search) => {
            begin(b"SEARCH", true);
            search_read(search, reading);
        }
        CommandBody::Fetch(fetch) => {
            begin(b"FETCH", false);
            fetch_read(fetch, reading);
        }
        CommandBody::UidFetch(fetch) => {
            begin(b"FETCH", true);
            fetch_read(fetch, reading);
        }
        CommandBody::Store(store) => {
            begin(b"STORE", false);
            store_read(store, reading);
        }
        CommandBody::UidStore(store) => {
            begin(b"STORE", true);
            store_read(store, reading);
        }
        CommandBody::UidCopy(copy) => {
            begin(b"COPY", true);
            set(&copy.set, reading);
            reading.string(copy.mailbox.as_bytes());
        }
        CommandBody::UidMove(copy) => {
            begin(b"MOVE", true);
            set(&copy.set, reading);
            reading.string(copy.mailbox.as_bytes());
        }
        _ => panic!("the bench does not send this"),
    }
}

fn status_att<R: Reading>(att: &StatusAtt, reading: &mut R) {
    match att {
        StatusAtt::Messages | StatusAtt::UidNext | StatusAtt::UidValidity | StatusAtt::Unseen => {
            reading.string(att.as_bytes());
        }
        _ => panic!("the bench does not send this"),
    }
}

fn fetch_read<N: SetNumber, R: Reading>(fetch: &Fetch<N>, reading: &mut R) {
    set(&fetch.set, reading);
    match fetch.atts() {
        FetchAtts::List(list) => list.as_slice().iter().for_each(|att| item_name(att, reading)),
        FetchAtts::Macro(_) => panic!("the bench does not send this"),
    }
    for modifier in fetch.modifiers() {
        match modifier {
            FetchModifier::ChangedSince(Some(mod_seq)) => reading.number(mod_seq.get()),
            _ => panic!("the bench does not send this"),
        }
    }
}

/// Names of items are told apart by a number: their place among those of the workload.
fn item_name<R: Reading>(att: &FetchAtt, reading: &mut R) {
    match att {
        FetchAtt::Uid => reading.number(1),
        FetchAtt::Flags => reading.number(2),
        FetchAtt::InternalDate => reading.number(3),
        FetchAtt::Rfc822Size => reading.number(4),
        FetchAtt::Envelope => reading.number(5),
        FetchAtt::BodySection(body) => {
            reading.number(6);
            reading.number(body.peek.into());
            section(&body.section, reading);
            if let Some(partial) = body.partial {
                reading.number(partial.offset);
                reading.number(partial.length.get());
            }
        }
        _ => panic!("the bench does not send this"),
    }
}

fn section<R: Reading>(section: &Section, reading: &mut R) {
    section.part().numbers().iter().for_each(|number| reading.number(number.get().into()));
    match section.text() {
        None => {}
        Some(SectionText::HeaderFields(names)) => {
            names.names().iter().for_each(|name| reading.string(name.as_bytes()));
        }
        Some(_) => panic!("the bench does not send this"),
    }
}

fn store_read<N: SetNumber, R: Reading>(store: &Store<N>, reading: &mut R) {
    set(&store.set, reading);
    let StoreAtt::Flags { change, flags: list } = &store.att else {
        panic!("the bench does not send this")
    };
    reading.number(match change.action {
        StoreAction::Replace => 0,
        StoreAction::Add => 1,
        StoreAction::Remove => 2,
    });
    reading.number(change.silent.into());
    flags(list.as_list(), reading);
}

fn search_read<R: Reading>(search: &Search, reading: &mut R) {
    match &search.key {
        SearchKey::And(keys) => keys.iter().for_each(|key| search_key(key, reading)),
        key => search_key(key, reading),
    }
}

/// Keys without an argument are told apart by a number.
fn search_key<R: Reading>(key: &SearchKey, reading: &mut R) {
    match key {
        SearchKey::Unseen => reading.number(1),
        SearchKey::Deleted => reading.number(2),
        SearchKey::Since(date) => reading.seconds(midnight(*date)),
        SearchKey::From(text) | SearchKey::Subject(text) | SearchKey::Text(text) => {
            reading.string(text.as_bytes());
        }
        SearchKey::Larger(size) => reading.number(*size),
        SearchKey::Or(keys) => keys.iter().for_each(|key| search_key(key, reading)),
        SearchKey::Not(key) => search_key(key, reading),
        _ => panic!("the bench does not send this"),
    }
}

fn midnight(date: Date) -> i64 {
    DateTime::new(date, 0, 0, 0, 0).expect("midnight").to_unix()
}

fn set<N: SetNumber, R: Reading>(set: &SequenceSet<N>, reading: &mut R) {
    let number = |position: Position<N>| match position {
        Position::Number(number) => number.get().into(),
        Position::Last => u32::MAX.into(),
    };
    let ranges = set.ranges().expect("the bench does not send $");
    for range in ranges.as_slice() {
        reading.number(number(range.first));
        reading.number(number(range.last));
    }
}
