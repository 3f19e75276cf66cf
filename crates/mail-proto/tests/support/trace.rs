//! What an observer of a connection is shown.

use std::sync::{Arc, Mutex};

use mail_proto::{Connection, Record};

/// What a trace shows, and the octets it was given.
#[derive(Clone, Default)]
pub struct Canary {
    pub shown: Arc<Mutex<String>>,
    pub open: Arc<Mutex<Vec<u8>>>,
    pub all: Arc<Mutex<Vec<u8>>>,
}

/// Observes a connection.
pub fn transcript<C: Connection>(connection: &mut C) -> Canary {
    let canary = Canary::default();
    let copy = canary.clone();
    connection.set_trace(Some(Box::new(move |record: Record<'_>| {
        copy.shown.lock().unwrap().push_str(&format!("{record} {record:?}\n"));
        copy.all.lock().unwrap().extend_from_slice(record.octets);
        if !record.secret {
            copy.open.lock().unwrap().extend_from_slice(record.octets);
        }
    })));
    canary
}
