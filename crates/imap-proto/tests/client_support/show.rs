//! Events as lines of a dialogue.

use imap_proto::client::Event;
use imap_proto::{Condition, Encoder, FetchItem, FetchPart, Negotiated, Response};
use mail_proto::{CommandId, DefectId, Escaped, Sent};

/// Adds an event, joined with the one before if both are octets of a body.
pub fn joined(events: &mut Vec<String>, event: String) {
    match (events.last_mut(), event.strip_prefix("chunk ")) {
        (Some(last), Some(more)) if last.starts_with("chunk ") => last.push_str(more),
        _ => events.push(event),
    }
}

fn condition(condition: &Condition) -> String {
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, Negotiated::server());
    condition.encode(&mut encoder);
    Escaped(&out).to_string().trim_end().to_owned()
}

fn sent(sent: Sent) -> &'static str {
    match sent {
        Sent::Not => " (not sent)",
        Sent::Partly => " (partly sent)",
        Sent::Fully => "",
    }
}

fn item(item: &FetchItem) -> String {
    let mut out = Vec::new();
    item.encode(&mut Encoder::new(&mut out, Negotiated::server()));
    Escaped(&out).to_string()
}

fn part(part: &FetchPart) -> String {
    match part {
        FetchPart::Begin(begin) => format!("fetch {}", begin.number().map_or(0, |it| it.get())),
        FetchPart::Item(it) => format!("item {}", item(it)),
        FetchPart::BodyBegin(begin) => format!("body of {}", begin.size),
        FetchPart::Chunk(octets) => format!("chunk {}", Escaped(octets)),
        FetchPart::BodyEnd => "body end".to_owned(),
        FetchPart::End => "fetch end".to_owned(),
        FetchPart::Malformed(malformed) => format!("malformed at {}", malformed.error.at),
    }
}

/// The event as a line; `number` gives the place of the command.
pub fn show(event: &Event, number: impl Fn(CommandId) -> usize) -> String {
    match event {
        Event::Greeting(it) => format!("greeting {}", condition(it)),
        Event::Data(data) => {
            let mut out = Vec::new();
            let response = Response::Data(data.clone());
            response.encode(&mut Encoder::new(&mut out, Negotiated::server()));
            let line = out.strip_suffix(b"\r\n").unwrap();
            Escaped(line).to_string().trim_end().to_owned()
        }
        Event::Fetch(it) => part(it),
        Event::Challenge { id, data } => {
            format!("challenge {} {}", number(*id), Escaped(data.expose())).trim_end().to_owned()
        }
        Event::Idling { id } => format!("idling {}", number(*id)),
        Event::RefreshIdle { id } => format!("refresh {}", number(*id)),
        Event::Room { id } => format!("room {}", number(*id)),
        Event::Completed { id, condition: it, sent: how } => {
            format!("{} {}{}", number(*id), condition(it), sent(*how))
        }
        Event::Lost { id, sent: how } => match how {
            Sent::Fully => format!("lost {} (sent)", number(*id)),
            how => format!("lost {}{}", number(*id), sent(*how)),
        },
        Event::Unparsed { at, expected, raw } => {
            format!("unparsed {at}: {} [{expected}]", Escaped(raw))
        }
        Event::Defect(defect) => format!("defect {} {}", defect.id.name(), defect.at),
        Event::Secured => "secured".to_owned(),
        Event::Closed(reason) => format!("closed {reason:?}"),
        other => format!("{other:?}"),
    }
}
