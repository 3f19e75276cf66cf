//! Refusing what is wrong, without asking the application, and giving up on who goes on with it.

use mail_proto::{ParseError, Text};

use super::running::Running;
use super::secret::shows_credentials;
use super::{Event, Phase, Server};
use crate::connection::{Closed, Error, Limit, LimitError};
use crate::{Code, Condition, ConditionKind, Cursor, Encoder, RespText, Tag};

/// Why a command is refused.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) kind: ConditionKind,
    pub(super) code: Option<Code>,
    /// What would have been right.
    pub(super) expected: &'static str,
}

impl Refusal {
    /// It is wrong.
    pub(super) const fn bad(expected: &'static str) -> Self {
        Self { kind: ConditionKind::Bad, code: None, expected }
    }

    /// It is right, and cannot be done.
    pub(super) const fn no(code: Code, expected: &'static str) -> Self {
        Self { kind: ConditionKind::No, code: Some(code), expected }
    }

    pub(super) fn with_code(self, code: Code) -> Self {
        Self { code: Some(code), ..self }
    }
}

impl Server {
    /// Refuses a command that begins or goes wrong there in the stream.
    ///
    /// What is wrong counts; a client may ask for what it likes.
    pub(super) fn reject(&mut self, tag: Option<Tag>, at: u64, refusal: Refusal) {
        let Refusal { kind, code, expected } = refusal;
        let lead: &[u8] = if kind == ConditionKind::Bad { b"expected " } else { b"this needs " };
        let text = Text::sanitized(&[lead, expected.as_bytes()].concat());
        let counts = kind == ConditionKind::Bad;
        let condition = Condition { kind, text: RespText::new(code, text) };
        self.say_condition(tag.as_ref(), &condition);
        self.events.push_back(Event::Rejected { tag, at, expected });
        if counts {
            self.count_bad_command();
        }
    }

    /// Refuses octets that cannot be read.
    pub(super) fn reject_octets(&mut self, tag: Option<Tag>, at: u64, error: ParseError) {
        self.reject(tag, at.saturating_add(error.at as u64), Refusal::bad(error.expected));
    }

    /// Refuses the command that is being answered, which the client has broken.
    pub(super) fn reject_running(&mut self, at: u64, error: ParseError) {
        let tag = self.running.take().map(|running: Running| running.tag);
        self.reject_octets(tag, at, error);
    }

    /// What is left of the present command is dropped when it comes.
    pub(super) fn discard(&mut self, secret: bool) -> Result<(), Error> {
        self.upload = None;
        if self.closed.is_some() {
            // The refusal was one too many: nothing more is read.
            return Ok(());
        }
        self.phase = Phase::Discarding { secret: secret || !self.is_logged_in() };
        self.framer.discard().map_err(|limit| self.lose(limit))
    }

    /// The line is longer than it may be, or a literal that is discarded cannot be counted.
    pub(super) fn too_long(&mut self, input: &[u8], limit: LimitError) -> Result<(), Error> {
        if limit.limit == Limit::Number {
            return Err(self.lose(limit));
        }
        let at = self.unit_at.saturating_add(limit.at);
        let refusal = Refusal::bad("a shorter line");
        let owed = self.owes_line();
        match self.running.take() {
            Some(Running { id, tag, .. }) => {
                let broken = match self.upload {
                    Some(_) => Event::malformed(id, 0, refusal.expected),
                    None => Event::Cancelled { id },
                };
                self.events.push_back(broken);
                self.reject(Some(tag), at, refusal);
            }
            // How much of the rest is there already is left to chance.
            None => {
                let within = usize::try_from(limit.at).unwrap_or(usize::MAX).min(input.len());
                self.reject(tag_of(input.get(..within).unwrap_or(input)), at, refusal);
            }
        }
        self.discard(owed || shows_credentials(input))
    }

    /// The client owes a line and sends one with a literal: both are dropped.
    pub(super) fn broken_line(&mut self, at: u64) -> Result<(), Error> {
        if let Some(Running { id, tag, .. }) = self.running.take() {
            self.events.push_back(Event::Cancelled { id });
            let at = self.unit_at.saturating_add(at);
            self.reject(Some(tag), at, Refusal::bad("a line without a literal"));
        }
        self.discard(true)
    }

    /// Nobody can tell where the octets of the command end.
    pub(super) fn lose(&mut self, limit: LimitError) -> Error {
        self.say_bye(&RespText::new(Some(Code::TooBig), Text::sanitized(b"nobody can count this")));
        self.finish(Closed::Error);
        Error::TooLong { at: self.unit_at, limit }
    }

    /// Whoever speaks HTTP, SMTP or TLS here must not have his data taken for commands.
    pub(super) fn hang_up(&mut self, at: u64) {
        self.events.push_back(Event::Rejected { tag: None, at, expected: "an IMAP command" });
        self.dismiss(b"this is an IMAP server");
    }

    /// Ends the connection for something that the client did.
    pub(super) fn dismiss(&mut self, why: &[u8]) {
        self.say_bye(&Text::sanitized(why).into());
        self.finish(Closed::Misbehaviour);
    }

    pub(super) fn count_failed_login(&mut self) {
        self.failed_logins = self.failed_logins.saturating_add(1);
        if self.failed_logins >= self.config.limits.login_attempts {
            self.dismiss(b"too many failed logins");
        }
    }

    pub(super) fn count_bad_command(&mut self) {
        self.bad_commands = self.bad_commands.saturating_add(1);
        let limits = &self.config.limits;
        let limit = match self.is_logged_in() {
            true => limits.bad_commands,
            false => limits.bad_commands_before_login,
        };
        if self.bad_commands >= limit {
            self.dismiss(b"too many wrong commands");
        }
    }

    /// A status response, untagged without a tag.
    pub(super) fn say_condition(&mut self, tag: Option<&Tag>, condition: &Condition) {
        let negotiated = self.negotiated();
        let mut writer = self.output.writer(self.last_id);
        let mut encoder = Encoder::new(&mut writer, negotiated);
        match tag {
            Some(tag) => tag.encode(&mut encoder),
            None => encoder.put(b"*"),
        }
        encoder.space();
        condition.encode(&mut encoder);
        encoder.end();
    }

    /// `* BYE`, unless a response is open: within it nothing else can be said.
    pub(super) fn say_bye(&mut self, text: &RespText) {
        if self.fetch.is_none() {
            let bye = Condition { kind: ConditionKind::Bye, text: text.clone() };
            self.say_condition(None, &bye);
        }
    }
}

/// The longest tag that somebody gets an answer to in vain.
const TAG: usize = 1024;

/// The tag at the front of a command that cannot be read otherwise.
pub(super) fn tag_of(command: &[u8]) -> Option<Tag> {
    let front = bytes::Bytes::copy_from_slice(command.get(..TAG).unwrap_or(command));
    let mut cursor = Cursor::new(&front);
    let mut reading = mail_proto::Reading::new(mail_proto::Leniency::lenient());
    let tag = Tag::parse(&mut cursor, &mut reading).ok()?;
    // A word alone may be the next line of an exchange that was refused: it is not to be repeated.
    (cursor.peek() == Some(b' ')).then_some(tag)
}
