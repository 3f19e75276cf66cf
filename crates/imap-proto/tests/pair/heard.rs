//! What was heard on either side, in forms that can be compared.

use std::collections::BTreeSet;

use imap_proto::client::Event;
use imap_proto::server;
use imap_proto::{AppendPart, ConditionKind, Data, FetchPart};

use super::script::ImapPair;

/// Untagged data that the server's application said, without the bodies of FETCH.
pub fn data(event: &Event) -> Option<Data> {
    match event {
        Event::Data(Data::Fetch(_, data)) if data.uid().is_some() && data.flags().is_none() => None,
        Event::Data(data) if !is_by_connection(data) => Some(data.clone()),
        _ => None,
    }
}

fn is_by_connection(data: &Data) -> bool {
    matches!(data, Data::Capability(_))
        || matches!(data, Data::Condition(it) if it.kind == ConditionKind::Bye)
}

/// The octets of all bodies.
pub fn bodies(events: &[Event]) -> Vec<u8> {
    let mut all = Vec::new();
    for event in events {
        match event {
            Event::Fetch(FetchPart::Chunk(octets)) => all.extend_from_slice(octets),
            Event::Data(Data::Fetch(_, data)) => {
                for body in data.bodies() {
                    all.extend_from_slice(body.octets.as_ref().unwrap());
                }
            }
            _ => {}
        }
    }
    all
}

/// Chunks joined; and none behind an announcement that ended in a refusal.
pub fn whole_chunks(parts: impl Iterator<Item = AppendPart>) -> Vec<AppendPart> {
    let mut all: Vec<AppendPart> = Vec::new();
    for part in parts {
        match (all.last_mut(), part) {
            (Some(AppendPart::Chunk(octets)), AppendPart::Chunk(more)) => {
                *octets = [&octets[..], &more].concat().into();
            }
            (_, part) => all.push(part),
        }
    }
    // A body that is not ended was dropped.
    let mut kept = Vec::new();
    for (place, part) in all.iter().enumerate() {
        let ends = |it: Option<&AppendPart>| {
            matches!(it, Some(AppendPart::MessageEnd | AppendPart::TextEnd))
        };
        if !matches!(part, AppendPart::Chunk(_)) || ends(all.get(place + 1)) {
            kept.push(part.clone());
        }
    }
    kept
}

/// Each command has ended once, the end is last.
pub fn check_ends(pair: &ImapPair, context: &str) {
    let mut ended = BTreeSet::new();
    for (place, event) in pair.client.events.iter().enumerate() {
        match event {
            Event::Completed { id, .. } | Event::Lost { id, .. } => {
                assert!(ended.insert(*id), "{context}: {id:?} ended twice");
            }
            Event::Closed(_) => {
                assert_eq!(place + 1, pair.client.events.len(), "{context}: behind the end");
            }
            _ => {}
        }
    }
    assert_eq!(pair.client.connection.open_commands(), 0, "{context}");
    let last = pair.client.events.last();
    assert!(matches!(last, Some(Event::Closed(_))), "{context}: {last:?}");
    let is_end = |event: &&server::Event| matches!(event, server::Event::Closed(_));
    let ends = pair.server.events.iter().filter(is_end).count();
    let last = pair.server.events.last();
    assert!(ends == 1 && last.as_ref().is_some_and(is_end), "{context}: {last:?}");
}
