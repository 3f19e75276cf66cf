//! What both sides must agree on when nobody has anything to do.

use imap_proto::connection::Enabled;
use imap_proto::{Capability, Data};

use super::heard::data;
use super::world::World;

/// Nothing is open any more, and both sides think the same of the session.
pub fn check_agreement(world: &World) {
    let (client, server) = (&world.pair.client.connection, &world.pair.server.connection);
    assert_eq!((client.open_commands(), client.queued()), (0, 0), "somebody waits for nobody");
    assert_eq!(client.state(), server.state());
    let selected = client.selected().map(|selected| &selected.mailbox);
    assert_eq!(selected, world.book.selected.as_ref());
    let mut enabled = Enabled::default();
    client.enabled().iter().for_each(|capability| enabled.add(capability));
    assert_eq!(enabled, server.enabled());
    assert_eq!(client.security(), server.security());
    if let Some(known) = client.capabilities() {
        // That COMPRESS is not offered twice is not told.
        let lasting = |it: &&Capability| !matches!(it, Capability::Compress(_));
        let (known, offered) = (known.list(), server.capabilities());
        assert!(known.iter().filter(lasting).eq(offered.iter().filter(lasting)), "capabilities");
    }
    assert_eq!(last_exists(&world.book.said), last_exists(&told(world)));
}

fn last_exists(data: &[Data]) -> Option<&Data> {
    data.iter().rev().find(|data| matches!(data, Data::Exists(_)))
}

/// The untagged data that the client was told.
pub fn told(world: &World) -> Vec<Data> {
    world.pair.client.events.iter().filter_map(data).collect()
}
