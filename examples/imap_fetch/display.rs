//! What is shown: a line that moves on a terminal, a summary at the end everywhere.

use crate::line::{Line, size};

/// What was done, and the display of it.
pub struct Display {
    line: Line,
    mailbox: String,
    /// Messages of this mailbox that are wanted, and that are done.
    wanted: u64,
    done: u64,
    fetched: u64,
    octets: u64,
    known: u64,
    adopted: u64,
    changed: u64,
    gone: u64,
    failed: u64,
}

impl Display {
    pub fn new() -> Self {
        let (mailbox, line) = (String::new(), Line::new());
        let (wanted, done, fetched, octets, known) = (0, 0, 0, 0, 0);
        let (adopted, changed, gone, failed) = (0, 0, 0, 0);
        Self { line, mailbox, wanted, done, fetched, octets, known, adopted, changed, gone, failed }
    }

    /// A mailbox begins, of which so many messages are here already.
    pub fn mailbox(&mut self, name: &str, known: u64) {
        self.line.clear();
        (self.mailbox, self.wanted, self.done) = (name.to_owned(), 0, 0);
        self.known += known;
    }

    /// So many messages may have to be fetched.
    pub const fn wanted(&mut self, messages: u64) {
        self.wanted = messages;
    }

    /// Octets have come.
    pub fn octets(&mut self, octets: u64) {
        self.octets += octets;
        self.draw();
    }

    /// A message needs nothing more.
    pub fn done(&mut self) {
        self.done += 1;
        self.draw();
    }

    fn draw(&mut self) {
        let Self { mailbox, wanted, done, octets, .. } = self;
        self.line.draw(|| format!("{mailbox}: {done} of {wanted} messages, {}", size(*octets)));
    }

    pub const fn fetched(&mut self) {
        self.fetched += 1;
    }

    /// A message that was here before UIDVALIDITY changed.
    pub const fn adopted(&mut self) {
        self.adopted += 1;
    }

    /// Flags of a message have changed.
    pub const fn changed(&mut self) {
        self.changed += 1;
    }

    /// Messages that were here are not on the server any more.
    pub const fn gone(&mut self, messages: u64) {
        self.gone += messages;
    }

    /// Something that was wanted is not here.
    pub fn failed(&mut self, text: &str) {
        self.failed += 1;
        self.note(text);
    }

    pub fn note(&mut self, text: &str) {
        self.line.clear();
        eprintln!("imap_fetch: {text}");
    }

    pub const fn is_all(&self) -> bool {
        self.failed == 0
    }

    /// The last line.
    pub fn summary(&mut self) {
        self.line.clear();
        let Self { fetched, octets, known, adopted, changed, gone, failed, .. } = self;
        let adopted = if *adopted > 0 { format!(", {adopted} found again") } else { String::new() };
        let failed = if *failed > 0 { format!(", {failed} failed") } else { String::new() };
        println!(
            "{fetched} messages fetched ({}), {known} known{adopted}, {changed} changed, {gone} gone{failed}",
            size(*octets)
        );
    }
}
