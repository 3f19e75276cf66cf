//! Events without the marks of how the octets were divided.

use pop3_proto::{client, server};

/// Adjacent body events joined.
pub fn joined_client(events: Vec<client::Event>) -> Vec<client::Event> {
    use client::Event::Body;
    let mut joined: Vec<client::Event> = Vec::new();
    for event in events {
        match (joined.last_mut(), event) {
            (Some(Body { id, octets }), Body { id: same, octets: more }) if *id == same => {
                *octets = [&octets[..], &more].concat().into();
            }
            (_, event) => joined.push(event),
        }
    }
    joined
}

/// Without `Room`.
pub fn joined_server(events: Vec<server::Event>) -> Vec<server::Event> {
    events.into_iter().filter(|event| *event != server::Event::Room).collect()
}
