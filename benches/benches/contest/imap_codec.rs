//! imap-codec: one call a message on the whole of the octets, borrowed or owned; its `Fragmentizer`.

use imap_codec::decode::Decoder;
use imap_codec::encode::{Encoder, Fragment};
use imap_codec::fragmentizer::Fragmentizer;
use imap_codec::imap_types::body::{BodyStructure, Disposition, Location, SpecificFields};
use imap_codec::imap_types::command::{Command, CommandBody, FetchModifier};
use imap_codec::imap_types::core::{IString, NString};
use imap_codec::imap_types::datetime::NaiveDate;
use imap_codec::imap_types::envelope::{Address, Envelope};
use imap_codec::imap_types::extensions::binary::LiteralOrLiteral8;
use imap_codec::imap_types::fetch::{
    MacroOrMessageDataItemNames, MessageDataItem, MessageDataItemName, Section,
};
use imap_codec::imap_types::flag::{Flag, FlagFetch, StoreResponse, StoreType};
use imap_codec::imap_types::mailbox::{ListMailbox, Mailbox};
use imap_codec::imap_types::response::{Data, Response};
use imap_codec::imap_types::search::SearchKey;
use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};
use imap_codec::imap_types::status::StatusDataItemName;
use imap_codec::{CommandCodec, ResponseCodec};
use mail_benches::imap::{Reading, Unread};

pub(super) fn commands<R: Reading>(mut wire: &[u8], _: usize) -> R {
    let (codec, mut reading) = (CommandCodec::new(), R::default());
    while !wire.is_empty() {
        let (rest, command) = codec.decode(wire).expect("a command");
        command_read(&command, &mut reading);
        wire = rest;
    }
    reading
}

pub(super) fn commands_owned<R: Reading>(mut wire: &[u8], _: usize) -> R {
    let (codec, mut reading) = (CommandCodec::new(), R::default());
    while !wire.is_empty() {
        let (rest, command) = codec.decode_static(wire).expect("a command");
        command_read(&command, &mut reading);
        wire = rest;
    }
    reading
}

pub(super) fn responses<R: Reading>(mut wire: &[u8], _: usize) -> R {
    let (codec, mut reading) = (ResponseCodec::new(), R::default());
    while !wire.is_empty() {
        let (rest, response) = codec.decode(wire).expect("a response");
        response_read(&response, &mut reading);
        wire = rest;
    }
    reading
}

pub(super) fn responses_owned<R: Reading>(mut wire: &[u8], _: usize) -> R {
    let (codec, mut reading) = (ResponseCodec::new(), R::default());
    while !wire.is_empty() {
        let (rest, response) = codec.decode_static(wire).expect("a response");
        response_read(&response, &mut reading);
        wire = rest;
    }
    reading
}

/// Whether it reads the one response that these octets are.
pub(super) fn accepts(wire: &[u8]) -> bool {
    ResponseCodec::new().decode(wire).is_ok()
}

pub(super) fn fragments<R: Reading>(wire: &[u8], block: usize) -> R {
    let (mut fragmentizer, mut reading) = (Fragmentizer::without_max_message_size(), R::default());
    feed(&mut fragmentizer, wire, block, &mut reading);
    reading
}

/// Has read these octets and keeps what it keeps.
pub(super) fn idle(wire: &[u8]) -> Fragmentizer {
    let mut fragmentizer = Fragmentizer::without_max_message_size();
    feed(&mut fragmentizer, wire, super::BLOCK, &mut Unread::default());
    fragmentizer
}

fn feed<R: Reading>(fragmentizer: &mut Fragmentizer, wire: &[u8], block: usize, reading: &mut R) {
    let codec = ResponseCodec::new();
    for piece in wire.chunks(block) {
        fragmentizer.enqueue_bytes(piece);
        while fragmentizer.progress().is_some() {
            if fragmentizer.is_message_complete() {
                let response = fragmentizer.decode_message(&codec).expect("a response");
                response_read(&response, reading);
            }
        }
    }
}

/// The values of these octets, to be written again.
pub(super) fn owned_commands(mut wire: &[u8]) -> Vec<Command<'static>> {
    let mut commands = Vec::new();
    while !wire.is_empty() {
        let (rest, command) = CommandCodec::new().decode_static(wire).expect("a command");
        commands.push(command);
        wire = rest;
    }
    commands
}

/// The values of these octets, to be written again.
pub(super) fn owned_data(mut wire: &[u8]) -> Vec<Data<'static>> {
    let mut responses = Vec::new();
    while !wire.is_empty() {
        let (rest, response) = ResponseCodec::new().decode_static(wire).expect("a response");
        let Response::Data(data) = response else { panic!("not data") };
        responses.push(data);
        wire = rest;
    }
    responses
}

pub(super) fn write_command(command: &Command<'static>, sink: &mut dyn FnMut(&[u8])) {
    hand_out(CommandCodec::new().encode(command), sink);
}

pub(super) fn write_response(response: &Response<'static>, sink: &mut dyn FnMut(&[u8])) {
    hand_out(ResponseCodec::new().encode(response), sink);
}

fn hand_out(fragments: impl Iterator<Item = Fragment>, sink: &mut dyn FnMut(&[u8])) {
    for fragment in fragments {
        let (Fragment::Line { data } | Fragment::Literal { data, .. }) = fragment;
        sink(&data);
    }
}

pub(super) fn response_read<R: Reading>(response: &Response<'_>, reading: &mut R) {
    reading.message();
    if !R::LOOKS {
        std::hint::black_box(response);
        return;
    }
    match response {
        Response::Data(data) => data_values(data, reading),
        _ => panic!("the bench does not send this"),
    }
}

pub(super) fn data_read<R: Reading>(data: &Data<'_>, reading: &mut R) {
    reading.message();
    if R::LOOKS {
        data_values(data, reading);
    } else {
        std::hint::black_box(data);
    }
}

fn data_values<R: Reading>(data: &Data<'_>, reading: &mut R) {
    match data {
        Data::Fetch { seq, items } => {
            reading.number(seq.get().into());
            items.as_ref().iter().for_each(|item| fetch_item(item, reading));
        }
        Data::Search(numbers, _) => {
            numbers.iter().for_each(|number| reading.number(number.get().into()));
        }
        Data::Vanished { earlier, known_uids } => {
            reading.number((*earlier).into());
            set(known_uids, reading);
        }
        _ => panic!("the bench does not send this"),
    }
}

fn fetch_item<R: Reading>(item: &MessageDataItem<'_>, reading: &mut R) {
    match item {
        MessageDataItem::Uid(uid) => reading.number(uid.get().into()),
        MessageDataItem::Flags(flags) => flags.iter().for_each(|one| match one {
            FlagFetch::Flag(one) => flag(one, reading),
            FlagFetch::Recent => reading.flag(b"\\Recent"),
        }),
        MessageDataItem::InternalDate(date) => reading.seconds(date.as_ref().timestamp()),
        MessageDataItem::Rfc822Size(size) => reading.number((*size).into()),
        MessageDataItem::Envelope(value) => envelope(value, reading),
        MessageDataItem::BodyStructure(value) => body_structure(value, reading),
        MessageDataItem::BodyExt { data, .. } => nstring(data, reading),
        _ => panic!("the bench does not send this"),
    }
}

fn flag<R: Reading>(flag: &Flag<'_>, reading: &mut R) {
    match flag {
        Flag::Answered => reading.flag(b"\\Answered"),
        Flag::Deleted => reading.flag(b"\\Deleted"),
        Flag::Draft => reading.flag(b"\\Draft"),
        Flag::Flagged => reading.flag(b"\\Flagged"),
        Flag::Seen => reading.flag(b"\\Seen"),
        Flag::Keyword(keyword) => reading.flag(keyword.as_ref().as_bytes()),
        Flag::Extension(_) => panic!("the bench does not send this"),
    }
}

fn envelope<R: Reading>(envelope: &Envelope<'_>, reading: &mut R) {
    let Envelope { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id } =
        envelope;
    nstring(date, reading);
    nstring(subject, reading);
    for Address { name, adl, mailbox, host } in
        [from, sender, reply_to, to, cc, bcc].into_iter().flatten()
    {
        [name, adl, mailbox, host].into_iter().for_each(|string| nstring(string, reading));
    }
    nstring(in_reply_to, reading);
    nstring(message_id, reading);
}

fn body_structure<R: Reading>(structure: &BodyStructure<'_>, reading: &mut R) {
    match structure {
        BodyStructure::Single { body, extension_data } => {
            let text = match &body.specific {
                SpecificFields::Basic { r#type, subtype } => {
                    istring(r#type, reading);
                    istring(subtype, reading);
                    None
                }
                SpecificFields::Text { subtype, number_of_lines } => {
                    reading.string(b"TEXT");
                    istring(subtype, reading);
                    Some((*number_of_lines).into())
                }
                SpecificFields::Message { .. } => panic!("the bench does not send this"),
            };
            let basic = &body.basic;
            parameters(&basic.parameter_list, reading);
            nstring(&basic.id, reading);
            nstring(&basic.description, reading);
            istring(&basic.content_transfer_encoding, reading);
            reading.number(basic.size.into());
            reading.maybe(text);
            if let Some(extension) = extension_data {
                nstring(&extension.md5, reading);
                disposition(extension.tail.as_ref(), reading);
            }
        }
        BodyStructure::Multi { bodies, subtype, extension_data } => {
            bodies.as_ref().iter().for_each(|body| body_structure(body, reading));
            istring(subtype, reading);
            if let Some(extension) = extension_data {
                parameters(&extension.parameter_list, reading);
                disposition(extension.tail.as_ref(), reading);
            }
        }
    }
}

fn disposition<R: Reading>(disposition: Option<&Disposition<'_>>, reading: &mut R) {
    let Some(Disposition { disposition, tail }) = disposition else { return };
    if let Some((kind, list)) = disposition {
        istring(kind, reading);
        parameters(list, reading);
    }
    let Some(language) = tail else { return };
    language.language.iter().for_each(|tag| istring(tag, reading));
    if let Some(Location { location, .. }) = &language.tail {
        nstring(location, reading);
    }
}

fn parameters<R: Reading>(list: &[(IString<'_>, IString<'_>)], reading: &mut R) {
    for (name, value) in list {
        istring(name, reading);
        istring(value, reading);
    }
}

fn istring<R: Reading>(string: &IString<'_>, reading: &mut R) {
    reading.string(string.as_ref());
}

fn nstring<R: Reading>(string: &NString<'_>, reading: &mut R) {
    if let Some(string) = &string.0 {
        reading.string(string.as_ref());
    }
}

fn set<R: Reading>(set: &SequenceSet, reading: &mut R) {
    let number = |number: &SeqOrUid| match number {
        SeqOrUid::Value(number) => number.get().into(),
        SeqOrUid::Asterisk => u32::MAX.into(),
    };
    for element in set.0.as_ref() {
        let (first, last) = match element {
            Sequence::Single(one) => (one, one),
            Sequence::Range(first, last) => (first, last),
        };
        reading.number(number(first));
        reading.number(number(last));
    }
}

fn mailbox<R: Reading>(mailbox: &Mailbox<'_>, reading: &mut R) {
    match mailbox {
        Mailbox::Inbox => reading.string(b"INBOX"),
        Mailbox::Other(other) => reading.string(other.inner().as_ref()),
    }
}

pub(super) fn command_read<R: Reading>(command: &Command<'_>, reading: &mut R) {
    reading.message();
    if !R::LOOKS {
        std::hint::black_box(command);
        return;
    }
    reading.string(command.tag.as_ref().as_bytes());
    match &command.body {
        CommandBody::Capability => reading.string(b"CAPABILITY"),
        CommandBody::Noop => reading.string(b"NOOP"),
        CommandBody::Login { username, password } => {
            reading.string(b"LOGIN");
            reading.string(username.as_ref());
            reading.string(password.declassify().as_ref());
        }
        CommandBody::Select { mailbox: name, .. } => {
            reading.string(b"SELECT");
            mailbox(name, reading);
        }
        CommandBody::Create { mailbox: name } => {
            reading.string(b"CREATE");
            mailbox(name, reading);
        }
        CommandBody::List { reference, mailbox_wildcard } => {
            reading.string(b"LIST");
            mailbox(reference, reading);
            match mailbox_wildcard {
                ListMailbox::Token(pattern) => reading.string(pattern.as_ref()),
                ListMailbox::String(pattern) => istring(pattern, reading),
            }
        }
        CommandBody::Status { mailbox: name, item_names } => {
            reading.string(b"STATUS");
            mailbox(name, reading);
            for item in item_names.iter() {
                reading.string(match item {
                    StatusDataItemName::Messages => b"MESSAGES",
                    StatusDataItemName::UidNext => b"UIDNEXT",
                    StatusDataItemName::UidValidity => b"UIDVALIDITY",
                    StatusDataItemName::Unseen => b"UNSEEN",
                    _ => panic!("the bench does not send this"),
                });
            }
        }
        CommandBody::Append { mailbox: name, flags, date, message } => {
            reading.string(b"APPEND");
            mailbox(name, reading);
            flags.iter().for_each(|one| flag(one, reading));
            if let Some(date) = date {
                reading.seconds(date.as_ref().timestamp());
            }
            match message {
                LiteralOrLiteral8::Literal(literal) => reading.string(literal.as_ref()),
                LiteralOrLiteral8::Literal8(_) => panic!("the bench does not send this"),
            }
        }
        _ => numbered_command(&command.body, reading),
    }
}

/// The commands on messages, with whether they name them by UID.
fn numbered_command<R: Reading>(body: &CommandBody<'_>, reading: &mut R) {
    let mut begin = |name: &[u8], uid: bool| {
        reading.string(name);
        reading.number(uid.into());
    };
    match body {
        CommandBody::ExpungeUid { sequence_set } => {
            begin(b"EXPUNGE", true);
            set(sequence_set, reading);
        }
        CommandBody::Search { criteria, uid, .. } => {
            begin(b"SEARCH", *uid);
            criteria.as_ref().iter().for_each(|key| search_key(key, reading));
        }
        CommandBody::Fetch { sequence_set, macro_or_item_names, uid, modifiers } => {
            begin(b"FETCH", *uid);
            set(sequence_set, reading);
            match macro_or_item_names {
                MacroOrMessageDataItemNames::MessageDataItemNames(names) => {
                    names.iter().for_each(|name| item_name(name, reading));
                }
                MacroOrMessageDataItemNames::Macro(_) => panic!("the bench does not send this"),
            }
            for modifier in modifiers {
                match modifier {
                    FetchModifier::ChangedSince(modseq) => reading.number(modseq.get()),
                    FetchModifier::Vanished => panic!("the bench does not send this"),
                }
            }
        }
        CommandBody::Store { sequence_set, kind, response, flags, uid, .. } => {
            begin(b"STORE", *uid);
            set(sequence_set, reading);
            reading.number(match kind {
                StoreType::Replace => 0,
                StoreType::Add => 1,
                StoreType::Remove => 2,
            });
            reading.number((*response == StoreResponse::Silent).into());
            flags.iter().for_each(|one| flag(one, reading));
        }
        CommandBody::Copy { sequence_set, mailbox: name, uid } => {
            begin(b"COPY", *uid);
            set(sequence_set, reading);
            mailbox(name, reading);
        }
        CommandBody::Move { sequence_set, mailbox: name, uid } => {
            begin(b"MOVE", *uid);
            set(sequence_set, reading);
            mailbox(name, reading);
        }
        _ => panic!("the bench does not send this"),
    }
}

/// Names of items are told apart by a number: their place among those of the workload.
fn item_name<R: Reading>(name: &MessageDataItemName<'_>, reading: &mut R) {
    match name {
        MessageDataItemName::Uid => reading.number(1),
        MessageDataItemName::Flags => reading.number(2),
        MessageDataItemName::InternalDate => reading.number(3),
        MessageDataItemName::Rfc822Size => reading.number(4),
        MessageDataItemName::Envelope => reading.number(5),
        MessageDataItemName::BodyExt { section, partial, peek } => {
            reading.number(6);
            reading.number((*peek).into());
            match section {
                Some(Section::Part(part)) => {
                    part.0.as_ref().iter().for_each(|number| reading.number(number.get().into()));
                }
                Some(Section::HeaderFields(None, fields)) => {
                    fields.as_ref().iter().for_each(|field| reading.string(field.as_ref()));
                }
                _ => panic!("the bench does not send this"),
            }
            if let Some((offset, length)) = partial {
                reading.number((*offset).into());
                reading.number(length.get().into());
            }
        }
        _ => panic!("the bench does not send this"),
    }
}

/// Keys without an argument are told apart by a number.
fn search_key<R: Reading>(key: &SearchKey<'_>, reading: &mut R) {
    match key {
        SearchKey::Unseen => reading.number(1),
        SearchKey::Deleted => reading.number(2),
        SearchKey::Since(date) => reading.seconds(midnight(date)),
        SearchKey::From(text) | SearchKey::Subject(text) | SearchKey::Text(text) => {
            reading.string(text.as_ref());
        }
        SearchKey::Larger(size) => reading.number((*size).into()),
        SearchKey::Or(one, other) => {
            search_key(one, reading);
            search_key(other, reading);
        }
        SearchKey::Not(key) => search_key(key, reading),
        _ => panic!("the bench does not send this"),
    }
}

fn midnight(date: &NaiveDate) -> i64 {
    date.as_ref().and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp()
}
