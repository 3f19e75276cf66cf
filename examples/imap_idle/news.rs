//! What is new, as lines.

use imap_proto::client::Selected;
use imap_proto::tasks::FetchRow;
use imap_proto::{
    Data, Encoder, FetchData, FlagList, Mailbox, NStr, NameForm, Negotiated, NumberSet, SeqNum, Uid,
};

/// What has been told of a mailbox.
pub struct News {
    lines: u64,
    exists: Option<u32>,
    uid_validity: Option<u32>,
    /// The UID that the next new message has at least.
    next: Option<u32>,
    /// There are messages that have not been told.
    pub more: bool,
}

impl News {
    pub const fn new() -> Self {
        Self { lines: 0, exists: None, uid_validity: None, next: None, more: false }
    }

    /// Lines of news until now.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    /// The UIDs of what is new begin here.
    pub fn next(&self) -> Option<Uid> {
        self.next.and_then(Uid::new)
    }

    /// No message that is there has this UID or a greater one.
    pub const fn set_next(&mut self, next: Uid) {
        self.next = Some(next.get());
    }

    /// A mailbox is open, for the first time or again.
    pub fn opened(&mut self, selected: &Selected, form: NameForm) {
        let exists = selected.exists;
        println!("mailbox {} {exists} messages", name(&selected.mailbox, form));
        let uid_validity = selected.uid_validity.map(|it| it.get());
        let uid_next = selected.uid_next.map(Uid::get);
        match self.exists {
            None => {}
            Some(_) if self.uid_validity != uid_validity => {
                self.line(format_args!("uidvalidity {}", uid_validity.unwrap_or_default()));
                self.next = None;
            }
            Some(before) => {
                if before != exists {
                    self.line(format_args!("exists {exists}"));
                }
                self.more = uid_next.map_or(exists > 0, |next| self.next < Some(next));
            }
        }
        (self.exists, self.uid_validity) = (Some(exists), uid_validity);
        self.next = self.next.or(uid_next);
    }

    /// What the server says by itself.
    pub fn data(&mut self, data: &Data) {
        match data {
            Data::Exists(exists) if self.exists != Some(*exists) => {
                self.more |= self.exists < Some(*exists);
                self.exists = Some(*exists);
                self.line(format_args!("exists {exists}"));
            }
            Data::Expunge(number) => {
                self.exists = self.exists.map(|exists| exists.saturating_sub(1));
                self.line(format_args!("expunge {}", number.get()));
            }
            Data::Vanished(vanished) => {
                if !vanished.earlier {
                    let gone = u32::try_from(vanished.uids.count()).unwrap_or(u32::MAX);
                    self.exists = self.exists.map(|exists| exists.saturating_sub(gone));
                }
                self.line(format_args!("vanished {}", set(&vanished.uids)));
            }
            Data::Fetch(number, data) => self.flags(*number, data),
            _ => {}
        }
    }

    fn flags(&mut self, number: Option<SeqNum>, data: &FetchData) {
        let (Some(number), Some(flags)) = (number, data.flags()) else { return };
        let uid = data.uid().map_or_else(|| "-".into(), |uid| uid.get().to_string());
        self.line(format_args!("flags {} uid {uid} {}", number.get(), shown(flags)));
    }

    /// A message that may be new.
    pub fn message(&mut self, row: &FetchRow) {
        let uid = row.uid.map(Uid::get).filter(|uid| Some(*uid) >= self.next);
        let (Some(uid), Some(number), data) = (uid, row.number, &row.data) else { return };
        self.next = uid.checked_add(1);
        let flags = data.flags().map_or_else(|| "()".into(), shown);
        let (from, subject) = data.envelope().map_or_else(Default::default, |it| {
            let from = it.from().next();
            let from = from.map(|it| format!("{}@{}", text(it.mailbox), text(it.host)));
            (from.unwrap_or_default(), text(it.subject()))
        });
        let number = number.get();
        self.line(format_args!("new {number} uid {uid} {flags} from {from} subject {subject}"));
    }

    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        self.lines += 1;
        println!("{text}");
    }
}

/// The name of a mailbox, fit for a terminal.
fn name(mailbox: &Mailbox, form: NameForm) -> String {
    printable(&mailbox.name(form).unwrap_or_else(|_| mailbox.display()))
}

fn shown(flags: &FlagList) -> String {
    let mut out = Vec::new();
    flags.encode(&mut Encoder::new(&mut out, Negotiated::server()));
    String::from_utf8_lossy(&out).into_owned()
}

fn set(uids: &NumberSet<Uid>) -> String {
    let mut out = Vec::new();
    uids.encode(&mut Encoder::new(&mut out, Negotiated::server()));
    String::from_utf8_lossy(&out).into_owned()
}

/// As it stands there, fit for a terminal.
fn text(text: NStr<'_>) -> String {
    printable(&String::from_utf8_lossy(&text.bytes().unwrap_or_default()))
}

fn printable(text: &str) -> String {
    let escape = |char: char| match char.is_control() {
        true => char.escape_default().to_string(),
        false => char.into(),
    };
    text.chars().map(escape).collect()
}
