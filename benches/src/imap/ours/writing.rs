//! Values written again and again, as a driver writes them: into one buffer that goes out when it is
//! full.

use std::borrow::Cow;

use bytes::Bytes;
use imap_proto::connection::{FrameLimits, Framer};
use imap_proto::{
    Address, AddressFields, Command, Cursor, Data, Encoder, Envelope, EnvelopeFields, FetchBegin,
    FetchItem, FetchWriter, Literals, NStr, Negotiated, Response,
};
use mail_proto::Leniency;

use super::Feed;

/// A buffer with more octets is handed out.
const FULL: usize = 16 * 1024;

/// The commands of these octets, to a server with LITERAL+.
pub struct Commands {
    commands: Vec<Command>,
    out: Vec<u8>,
}

impl Commands {
    /// Reads them.
    #[must_use]
    pub fn new(wire: &[u8]) -> Self {
        let mut commands = Vec::new();
        let framer = Framer::commands(FrameLimits::server());
        Feed::new(framer).feed(wire, usize::MAX, |message| {
            commands.push(super::command(message, &Leniency::strict()).expect("a command"));
        });
        Self { commands, out: Vec::new() }
    }

    /// Writes them.
    pub fn write(&mut self, sink: &mut dyn FnMut(&[u8])) {
        let negotiated = Negotiated { literals: Literals::Plus, ..Negotiated::client() };
        for command in &self.commands {
            command.encode(&mut Encoder::new(&mut self.out, negotiated));
            hand_out(&mut self.out, FULL, sink);
        }
        hand_out(&mut self.out, 0, sink);
    }
}

/// The responses of these octets: what is kept as it stood on the wire goes out as it is.
pub struct Responses {
    responses: Vec<Response>,
    out: Vec<u8>,
}

impl Responses {
    /// Reads them.
    #[must_use]
    pub fn new(wire: &[u8]) -> Self {
        Self { responses: responses(wire), out: Vec::new() }
    }

    /// Writes them.
    pub fn write(&mut self, sink: &mut dyn FnMut(&[u8])) {
        for response in &self.responses {
            response.encode(&mut Encoder::new(&mut self.out, Negotiated::server()));
            hand_out(&mut self.out, FULL, sink);
        }
        hand_out(&mut self.out, 0, sink);
    }
}

fn responses(wire: &[u8]) -> Vec<Response> {
    let mut responses = Vec::new();
    let framer = Framer::responses(FrameLimits::client());
    Feed::new(framer).feed(wire, usize::MAX, |message| {
        // Each in an allocation of its own, as a store has them.
        let message = Bytes::copy_from_slice(message.rest());
        responses
            .push(super::response(Cursor::new(&message), &Leniency::strict()).expect("a response"));
    });
    responses
}

/// The same from the fields of the messages: the ENVELOPE is written string by string. They are borrowed
/// from a block a message, as from its header.
pub struct TypedResponses {
    messages: Vec<Message>,
    out: Vec<u8>,
}

struct Message {
    begin: FetchBegin,
    items: Vec<FetchItem>,
    envelope: EnvelopeFields<'static>,
}

impl TypedResponses {
    /// Reads them. The octets are kept until the process ends.
    #[must_use]
    pub fn new(wire: &[u8]) -> Self {
        let messages = responses(wire).into_iter().map(message).collect();
        Self { messages, out: Vec::new() }
    }

    /// Writes them.
    pub fn write(&mut self, sink: &mut dyn FnMut(&[u8])) {
        for message in &self.messages {
            let encoder = &mut Encoder::new(&mut self.out, Negotiated::server());
            let mut fetch = FetchWriter::begin(&message.begin, encoder);
            message.items.iter().for_each(|item| fetch.item(item, encoder));
            fetch.envelope(&message.envelope, encoder);
            fetch.end(encoder);
            hand_out(&mut self.out, FULL, sink);
        }
        hand_out(&mut self.out, 0, sink);
    }
}

fn message(response: Response) -> Message {
    let Response::Data(Data::Fetch(Some(number), data)) = response else {
        panic!("the bench does not send this")
    };
    let (mut items, mut envelopes) = (Vec::new(), Vec::new());
    for item in data.items {
        match item {
            FetchItem::Envelope(envelope) => envelopes.push(fields(Box::leak(envelope))),
            other => items.push(other),
        }
    }
    let envelope = envelopes.pop().expect("an ENVELOPE");
    Message { begin: FetchBegin::seq_num(number), items, envelope }
}

fn fields(envelope: &'static Envelope) -> EnvelopeFields<'static> {
    let it = envelope.fields();
    EnvelopeFields {
        date: octets(it.date()),
        subject: octets(it.subject()),
        from: addresses(it.from()),
        sender: addresses(it.sender()),
        reply_to: addresses(it.reply_to()),
        to: addresses(it.to()),
        cc: addresses(it.cc()),
        bcc: addresses(it.bcc()),
        in_reply_to: octets(it.in_reply_to()),
        message_id: octets(it.message_id()),
    }
}

fn addresses(list: impl Iterator<Item = Address<'static>>) -> &'static [AddressFields<'static>] {
    let address = |it: Address<'static>| AddressFields {
        name: octets(it.name),
        adl: octets(it.adl),
        mailbox: octets(it.mailbox),
        host: octets(it.host),
    };
    Vec::leak(list.map(address).collect())
}

fn octets(string: NStr<'static>) -> Option<&'static [u8]> {
    string.bytes().map(|octets| match octets {
        Cow::Borrowed(octets) => octets,
        Cow::Owned(octets) => Vec::leak(octets),
    })
}

fn hand_out(out: &mut Vec<u8>, least: usize, sink: &mut dyn FnMut(&[u8])) {
    if out.len() > least {
        sink(out);
        out.clear();
    }
}
