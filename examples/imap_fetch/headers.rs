//! Headers first: what the server knows of messages, without their bodies.

use std::collections::BTreeMap;

use imap_proto::client::Event;
use imap_proto::{
    CommandBody, Data, DateTime, Fetch, FetchData, NStr, NumberSet, SequenceSet, Uid,
};

use crate::Result;
use crate::flags::letters;
use crate::session::{Session, agreed};

/// What is known of a message.
#[derive(Clone, Debug)]
pub struct Header {
    pub uid: u32,
    /// What the server says, which is not always so.
    pub size: u64,
    /// INTERNALDATE in seconds since 1970.
    pub date: Option<i64>,
    /// In letters.
    pub flags: String,
    pub message_id: Option<Vec<u8>>,
    /// For people.
    pub line: String,
}

/// Asks for the headers of these messages, in the order of their UIDs. Those that are gone are missing.
pub async fn fetch(session: &mut Session, uids: &[Uid]) -> Result<Vec<Header>> {
    let Some(set) = NumberSet::from_numbers(uids.iter().copied()) else { return Ok(Vec::new()) };
    let fetch = Fetch::uids(SequenceSet::from(set)).flags().internal_date().rfc822_size();
    let fetch = fetch.envelope().body_structure();
    let mut found = BTreeMap::new();
    let command = CommandBody::UidFetch(fetch);
    let answer = session
        .run(command, |event| {
            let data = match event {
                Event::Data(Data::Fetch(_, data) | Data::UidFetch(_, data)) => data,
                _ => return,
            };
            // Flags that somebody changes meanwhile come in responses of their own.
            let Some(uid) = data.uid().filter(|uid| uids.contains(uid)) else { return };
            if data.size().is_some() {
                found.insert(uid.get(), header(uid.get(), &data));
            } else if let (Some(header), Some(flags)) = (found.get_mut(&uid.get()), data.flags()) {
                header.flags = letters(flags);
            }
        })
        .await?;
    agreed("FETCH", &answer)?;
    Ok(found.into_values().collect())
}

fn header(uid: u32, data: &FetchData) -> Header {
    let envelope = data.envelope();
    let message_id =
        envelope.and_then(|it| it.message_id().bytes().map(|id| id.trim_ascii().to_vec()));
    let flags = data.flags().map(letters).unwrap_or_default();
    let size = data.size().unwrap_or_default();
    let date = data.internal_date();
    let parts = data
        .body_structure()
        .map_or(0, |body| body.parts().filter(|it| !it.is_multipart()).count());
    let from = envelope.and_then(|it| it.from().next());
    let from =
        from.map_or_else(String::new, |it| format!("{}@{}", text(it.mailbox), text(it.host)));
    let subject = envelope.map_or_else(String::new, |it| text(it.subject()));
    let shown = if flags.is_empty() { "-" } else { &flags };
    let at = date.map_or_else(|| "-".into(), when);
    let line = format!("{uid}\t{at}\t{size}\t{shown}\t{parts}\t{from}\t{subject}");
    Header { uid, size, date: date.map(DateTime::to_unix), flags, message_id, line }
}

/// As it stands there, fit for a terminal.
fn text(text: NStr<'_>) -> String {
    let octets = text.bytes().unwrap_or_default();
    let escape = |char: char| match char.is_control() {
        true => char.escape_default().to_string(),
        false => char.into(),
    };
    String::from_utf8_lossy(&octets).chars().map(escape).collect()
}

fn when(at: DateTime) -> String {
    let (date, (hour, minute, _)) = (at.date(), at.time());
    let (year, month, day) = (date.year(), date.month(), date.day());
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}
