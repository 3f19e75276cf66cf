//! The values of responses.

use imap_proto::{
    BodyStructure, Data, Envelope, EsearchItem, FetchData, FetchItem, FlagList, NStr, NumberSet,
    Params, Part, Response, SetNumber,
};

use crate::imap::Reading;

pub(super) fn read<R: Reading>(response: &Response, reading: &mut R) {
    let Response::Data(data) = response else { panic!("the bench does not send this") };
    read_data(data, reading);
}

pub(super) fn read_data<R: Reading>(data: &Data, reading: &mut R) {
    reading.message();
    if !R::LOOKS {
        std::hint::black_box(data);
        return;
    }
    match data {
        Data::Fetch(number, data) => {
            reading.maybe(number.map(|number| number.get().into()));
            fetch(data, reading);
        }
        Data::Search(found) => {
            found.numbers().for_each(|number| reading.number(number.get().into()));
        }
        Data::Esearch(found) => {
            for item in &found.items {
                let EsearchItem::All(numbers) = item else {
                    panic!("the bench does not send this")
                };
                set(numbers, reading);
            }
        }
        Data::Vanished(vanished) => {
            reading.number(vanished.earlier.into());
            set(&vanished.uids, reading);
        }
        _ => panic!("the bench does not send this"),
    }
}

fn fetch<R: Reading>(data: &FetchData, reading: &mut R) {
    for item in &data.items {
        match item {
            FetchItem::Uid(uid) => reading.number(uid.get().into()),
            FetchItem::Flags(list) => flags(list, reading),
            FetchItem::InternalDate(date) => reading.seconds(date.to_unix()),
            FetchItem::Size(size) => reading.number(*size),
            FetchItem::Envelope(value) => envelope(value, reading),
            FetchItem::BodyStructure(value) => body_structure(value, reading),
            FetchItem::BodySection(body) => {
                if let Some(octets) = &body.octets {
                    reading.string(octets);
                }
            }
            _ => panic!("the bench does not send this"),
        }
    }
}

pub(super) fn flags<R: Reading>(flags: &FlagList, reading: &mut R) {
    flags.system().for_each(|flag| reading.flag(flag.as_str().as_bytes()));
    for flag in flags.others() {
        match flag {
            imap_proto::Flag::Keyword(keyword) => reading.flag(keyword.as_bytes()),
            _ => panic!("the bench does not send this"),
        }
    }
}

fn envelope<R: Reading>(envelope: &Envelope, reading: &mut R) {
    let fields = envelope.fields();
    string(fields.date(), reading);
    string(fields.subject(), reading);
    let lists =
        [fields.from(), fields.sender(), fields.reply_to(), fields.to(), fields.cc(), fields.bcc()];
    for address in lists.into_iter().flatten() {
        string(address.name, reading);
        string(address.adl, reading);
        string(address.mailbox, reading);
        string(address.host, reading);
    }
    string(fields.in_reply_to(), reading);
    string(fields.message_id(), reading);
}

fn body_structure<R: Reading>(structure: &BodyStructure, reading: &mut R) {
    part(structure.root(), reading);
}

fn part<R: Reading>(of: Part<'_>, reading: &mut R) {
    if of.is_multipart() {
        of.children().for_each(|child| part(child, reading));
        string(of.media_subtype(), reading);
        params(of.params(), reading);
    } else {
        string(of.media_type(), reading);
        string(of.media_subtype(), reading);
        params(of.params(), reading);
        string(of.id(), reading);
        string(of.description(), reading);
        string(of.encoding(), reading);
        reading.maybe(of.size());
        reading.maybe(of.lines());
        string(of.md5(), reading);
    }
    if let Some(disposition) = of.disposition() {
        string(disposition.kind, reading);
        params(disposition.params, reading);
    }
    of.language().for_each(|tag| string(tag, reading));
    string(of.location(), reading);
}

fn params<R: Reading>(list: Params<'_>, reading: &mut R) {
    for (name, value) in list {
        string(name, reading);
        string(value, reading);
    }
}

fn string<R: Reading>(string: NStr<'_>, reading: &mut R) {
    if let Some(octets) = string.bytes() {
        reading.string(&octets);
    }
}

fn set<N: SetNumber, R: Reading>(set: &NumberSet<N>, reading: &mut R) {
    for range in set.as_slice() {
        reading.number(range.first.get().into());
        reading.number(range.last.get().into());
    }
}
