//! Headers first: what the server knows of messages, without their bodies.

use imap_proto::tasks::{Reason, Task as _};
use imap_proto::{DateTime, Fetch, FetchData, NStr, NumberSet, SequenceSet, Uid};

use crate::Result;
use crate::flags::letters;
use crate::session::{Session, refused};

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

/// Asks for the headers of these messages. Those that are gone are missing, and so are those that cannot
/// be read; whether there may be such.
pub async fn fetch(session: &mut Session, uids: &[Uid]) -> Result<(Vec<Header>, bool)> {
    let Some(set) = NumberSet::from_numbers(uids.iter().copied()) else {
        return Ok((Vec::new(), false));
    };
    let fetch = Fetch::uids(SequenceSet::from(set)).flags().internal_date().rfc822_size();
    let fetch = fetch.envelope().body_structure();
    let (fetched, is_broken) = match session.attempt(fetch, |_| {}).await? {
        Ok(fetched) => (fetched, false),
        Err(mut failure) => match failure.reason {
            // One message that cannot be told does not cost the others.
            Reason::Incomplete(_) => {
                (Fetch::<Uid>::output(&mut failure.answer).unwrap_or_default(), true)
            }
            _ => return Err(refused("FETCH", &failure)),
        },
    };
    let headers = fetched.rows.iter().filter(|row| row.data.size().is_some());
    let headers = headers.filter_map(|row| Some(header(row.uid?.get(), &row.data))).collect();
    Ok((headers, is_broken))
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
