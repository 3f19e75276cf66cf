//! Calls that are not legal, whatever the state: they return an error and change nothing.

use std::collections::VecDeque;

use bytes::Bytes;
use imap_proto::server;
use imap_proto::{
    AppendPart, BodyBegin, BodyName, ConditionKind, Data, EnabledData, FetchBegin, FetchPart,
    SeqNum,
};
use mail_proto::CommandId;

use super::connection_support::{condition, ok, secret};
use super::steps::Step;
use super::world::{Fate, World};

impl World {
    pub fn client_mistake(&mut self, what: usize, which: usize) {
        let ids: Vec<CommandId> = self.given.keys().copied().collect();
        let Some(id) = ids.get(which % ids.len().max(1)).copied() else { return };
        let has_ended = matches!(self.given[&id].fate, Fate::Completed(_) | Fate::Lost(_));
        let before = self.client_print();
        let left = match self.uploads.get(&id).and_then(VecDeque::front) {
            Some(AppendPart::Chunk(chunk)) => Some(chunk.len()),
            _ => None,
        };
        let is_idle = self.idles.contains(&id);
        let is_challenged = self.challenged == Some(id);
        let is_exchange = matches!(&self.given[&id].step, Step::Give(it) if it.starts_with("AUTH"));
        let is_no_exchange = !is_exchange || self.given[&id].fate != Fate::Open;
        let client = self.client();
        let octets = |n: usize| Bytes::from(vec![b'x'; n]);
        let result = match (what, left) {
            (0 | 1, _) if !is_idle => client.done(id),
            (2 | 3, _) if !is_challenged => client.respond(id, secret(b"x")),
            (4, None) => client.supply(id, octets(1)),
            (4 | 5, Some(left)) => client.supply(id, octets(left + 1)),
            (6 | 7, Some(_)) => client.append_part(id, AppendPart::End),
            (6, None) => client.append_part(id, AppendPart::MessageEnd),
            (8, Some(_)) => client.append_part(id, AppendPart::MessageEnd),
            (8 | 9, None) => client.abort_body(id),
            (10 | 11, _) if has_ended => client.cancel(id).map(drop),
            (12, _) if is_no_exchange => client.cancel_exchange(id),
            _ => return,
        };
        assert!(result.is_err(), "{what} of {:?}", self.given[&id]);
        assert_eq!(self.client_print(), before, "{what} of {:?}", self.given[&id]);
    }

    pub fn server_mistake(&mut self, what: usize) {
        let before = self.server_print();
        let left = self.book.left();
        let asked = self.pair.server.events.iter().filter_map(|event| match event {
            server::Event::Command { id, .. } => Some(*id),
            _ => None,
        });
        let ids: Vec<CommandId> = asked.collect();
        let server = self.server();
        let running = server.running();
        let old = ids.iter().copied().find(|id| Some(*id) != running);
        let octets = |n: usize| Bytes::from(vec![b'x'; n]);
        let body = BodyBegin { name: BodyName::message(), size: 3, is_binary: false };
        let greeting = condition(ConditionKind::PreAuth, None, "x");
        let result = match (what, running) {
            (0, _) => old.map(|id| server.complete(id, ok("x"))),
            (1, Some(id)) => Some(server.complete(id, greeting)),
            (2, _) if left.is_none() => Some(server.fetch_part(&FetchPart::Chunk(octets(1)))),
            (3, None) => {
                Some(server.fetch_part(&FetchPart::Begin(FetchBegin::seq_num(SeqNum::MIN))))
            }
            (4, _) => Some(server.fetch_part(&FetchPart::BodyBegin(body.into()))),
            (5, Some(id)) => left.map(|left| server.supply(id, octets(left + 1))),
            (6, Some(id)) => left.map(|_| server.complete(id, ok("x"))),
            (7, _) => Some(server.respond(&Data::Condition(greeting))),
            (8, None) => Some(server.respond(&Data::Enabled(EnabledData::default()))),
            (9, _) if left.is_none() => Some(server.abort_body(running.unwrap_or_default())),
            (10, _) => old.map(|id| server.accept(id)),
            (11, _) => old.map(|id| server.challenge(id, &secret(b"x"))),
            _ => None,
        };
        let Some(result) = result else { return };
        assert!(result.is_err(), "{what} {running:?} {left:?}");
        assert_eq!(self.server_print(), before, "{what} changed something");
    }
}
