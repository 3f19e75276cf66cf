//! Commands: what is legal now, what pauses for a literal, and who answers.

use alloc::vec::Vec;

use bytes::BytesMut;
use mail_proto::ParseError;

use super::append::Upload;
use super::reject::{Refusal, tag_of};
use super::running::{Kind, Running, Stage, enables_cond_store, resyncs, uses_mod_seq};
use super::secret::shows_credentials;
use super::{Event, Server};
use crate::connection::{Error, Limit, LimitError, Literal, Rules, State, Unit, rules, rules_of};
use crate::{AppendReader, Capability, Code, Command, CommandBody, ConditionKind, Defect, Tag};

/// The largest non-synchronizing literal where LITERAL+ is not offered (RFC 7888 section 5).
const LITERAL_MINUS: u64 = 4096;

impl Server {
    /// A whole command, with its line end.
    pub(super) fn command(&mut self, whole: Unit<'_>) {
        let at = self.unit_at;
        let line = whole.without_line_end();
        if core::mem::take(&mut self.done_on_its_way) && line.eq_ignore_ascii_case(b"DONE") {
            return self.trace_command(&whole, whole.len());
        }
        let mut reading = self.reading();
        if whole.len().saturating_sub(line.len()) == 1 {
            // Found only because the configuration allows it.
            let _ = reading.tolerate(Defect::BareLf, line.len(), "CRLF");
        }
        let mut cursor = line.cursor().with_limits(self.parse_limits());
        let parsed = Command::parse(&mut cursor, &mut reading);
        let open = self.open_octets(parsed.as_ref().ok(), &whole);
        self.trace_command(&whole, open);
        let is_foreign = match &parsed {
            Err(_) | Ok(Command { body: CommandBody::Unknown(_), .. }) => is_http(&line),
            Ok(_) => false,
        };
        if is_foreign || (at == 0 && begins_smtp(&line)) {
            return self.hang_up(at);
        }
        // What comes in parts is read again, and tells its own.
        if !matches!(&parsed, Ok(command) if is_upload(&command.body)) {
            self.report_defects(at, reading);
        }
        match parsed {
            Ok(Command { tag, body }) => self.run(at, tag, body, whole),
            Err(error) => self.reject_octets(tag_of(&line), at, error),
        }
    }

    fn run(&mut self, at: u64, tag: Tag, body: CommandBody, whole: Unit<'_>) {
        let rules = rules(&body);
        let permission = self.permit(body.name(), rules).and_then(|()| self.suits(&body));
        if let Err(refusal) = permission {
            self.done_on_its_way = matches!(body, CommandBody::Idle);
            return self.reject(Some(tag), at, refusal);
        }
        match body {
            CommandBody::Capability => self.list_capabilities(&tag),
            CommandBody::StartTls => self.start_tls(tag, at),
            CommandBody::Compress(compress) => self.compress(tag, at, &compress.algorithm),
            CommandBody::Logout => self.log_out(&tag),
            body if is_upload(&body) => {
                // Nothing was announced in it: it comes in parts all the same.
                self.upload = self.recognize(&whole);
                match self.upload {
                    Some(_) => self.last_segment(whole.to_bytes()),
                    None => self.reject(Some(tag), at, Refusal::bad("a shorter tag")),
                }
            }
            body => self.ask(tag, body, rules.breaks_seqs),
        }
    }

    /// Asks the application.
    fn ask(&mut self, tag: Tag, body: CommandBody, lets_expunge: bool) {
        if enables_cond_store(&body) {
            self.enabled.add(&Capability::CondStore);
        }
        let kind = Kind::of(&body);
        self.no_mod_seq &= kind != Kind::Select;
        let id = self.begin(tag, kind, lets_expunge);
        self.events.push_back(Event::Command { id, body });
    }

    /// A command runs from here on.
    pub(super) fn begin(
        &mut self,
        tag: Tag,
        kind: Kind,
        lets_expunge: bool,
    ) -> mail_proto::CommandId {
        let id = self.last_id.following();
        self.last_id = id;
        // Who idles for hours does not keep the octets that came with it.
        let tag = if kind == Kind::Idle { tag.detach() } else { tag };
        self.running = Some(Running { id, tag, kind, stage: Stage::Asked, lets_expunge });
        id
    }

    /// Whether a command of this name is legal now.
    fn permit(&self, name: &[u8], rules: Rules) -> Result<(), Refusal> {
        if !rules.is_legal(self.state) {
            return Err(Refusal::bad(match self.state {
                State::NotAuthenticated => "a login before this command",
                State::Authenticated if rules.is_legal(State::Selected) => {
                    "a mailbox selected before this command"
                }
                _ => "a command that is legal after login",
            }));
        }
        if !self.takes_passwords() && matches!(name, b"LOGIN" | b"AUTHENTICATE") {
            return Err(Refusal::no(Code::PrivacyRequired, "TLS before a login"));
        }
        if self.enabled.uid_only() && rules.uses_seqs {
            return Err(needs_uids());
        }
        Ok(())
    }

    /// Whether its arguments suit what has been offered and enabled.
    fn suits(&self, body: &CommandBody) -> Result<(), Refusal> {
        match body {
            CommandBody::Unknown(_) if !self.is_logged_in() => Err(Refusal::bad("a known command")),
            CommandBody::Authenticate(authenticate) => {
                let offered = &self.config.capabilities_before_login;
                let is_offered = offered.auth().any(|it| *it == authenticate.mechanism);
                is_offered.then_some(()).ok_or(Refusal::no(Code::Cannot, "an offered mechanism"))
            }
            body if resyncs(body) && !self.enabled.q_resync() => {
                Err(Refusal::bad("ENABLE QRESYNC before"))
            }
            // RFC 7162 section 3.1.2.2.
            body if self.no_mod_seq && uses_mod_seq(body) => {
                Err(Refusal::bad("a mailbox that has mod-sequences"))
            }
            CommandBody::Search(search) | CommandBody::UidSearch(search)
                if self.enabled.utf8_accept() && search.charset.is_some() =>
            {
                Err(Refusal::bad("no charset, because UTF8=ACCEPT is enabled"))
            }
            _ => Ok(()),
        }
    }

    /// The present command pauses for a literal.
    pub(super) fn announced(
        &mut self,
        input: &mut BytesMut,
        literal: Literal,
    ) -> Result<(), Error> {
        if self.literals == 0
            && let Err(refusal) = self.meet(input, &literal)
        {
            return self.refuse_literal(input, &literal, refusal);
        }
        let small = literal.sync || literal.size <= LITERAL_MINUS || self.takes_any_literal();
        if !small {
            let refusal = Refusal::bad("a synchronizing literal, or a smaller one");
            return self.refuse_literal(input, &literal, refusal.with_code(Code::TooBig));
        }
        if self.is_message(input, &literal) {
            return self.announced_message(input, literal);
        }
        match self.framer.inline() {
            Ok(()) => {
                self.literals = self.literals.saturating_add(1);
                if literal.sync {
                    self.say_go_ahead();
                }
                Ok(())
            }
            Err(limit) => self.refuse_size(input, &literal, limit),
        }
    }

    /// A look at a command before its first literal: what is not legal is refused before a password
    /// or a message is sent.
    fn meet(&mut self, input: &BytesMut, literal: &Literal) -> Result<(), Refusal> {
        let line = input.get(..literal.header.start).unwrap_or_default();
        let name = name_of(line).unwrap_or_default();
        match rules_of(&name) {
            Some(rules) => self.permit(&name, rules)?,
            None if self.is_logged_in() => {}
            None => return Err(Refusal::bad("a known command")),
        }
        self.upload = self.recognize(line);
        Ok(())
    }

    fn recognize(&self, line: &[u8]) -> Option<alloc::boxed::Box<Upload>> {
        let reader = AppendReader::recognize(line)?.with_limits(self.parse_limits());
        Some(Upload::new(reader, tag_of(line), self.unit_at).into())
    }

    fn takes_any_literal(&self) -> bool {
        let config = &self.config;
        let lists = [&config.capabilities_before_login, &config.capabilities];
        lists.iter().any(|list| list.contains(&Capability::LiteralPlus))
    }

    /// A literal is larger than it may be, or there are too many.
    pub(super) fn refuse_size(
        &mut self,
        input: &[u8],
        literal: &Literal,
        limit: LimitError,
    ) -> Result<(), Error> {
        if limit.limit == Limit::Number && !literal.sync {
            return Err(self.lose(limit));
        }
        let expected = match limit.limit {
            Limit::Literals => "fewer literals",
            Limit::Message | Limit::Line => "a shorter command",
            _ => "a smaller literal",
        };
        self.refuse_literal(input, literal, Refusal::bad(expected).with_code(Code::TooBig))
    }

    /// Refuses the present command at a literal. Who waits for `+` does not get it; who does not has
    /// sent the octets, and they are dropped when they come.
    pub(super) fn refuse_literal(
        &mut self,
        input: &[u8],
        literal: &Literal,
        refusal: Refusal,
    ) -> Result<(), Error> {
        let at = self.unit_at.saturating_add(literal.at);
        match self.running.take() {
            Some(Running { id, tag, .. }) => {
                let offset = usize::try_from(literal.at).unwrap_or(usize::MAX);
                self.events.push_back(Event::malformed(id, offset, refusal.expected));
                self.reject(Some(tag), at, refusal);
            }
            None => self.reject(tag_of(input), at, refusal),
        }
        self.discard(shows_credentials(input))
    }

    /// The line that ends IDLE (RFC 9051 section 6.3.13).
    pub(super) fn idle_line(&mut self, whole: Unit<'_>) {
        let at = self.unit_at;
        let is_done = whole.without_line_end().eq_ignore_ascii_case(b"DONE");
        self.trace_command(&whole, if is_done { whole.len() } else { 0 });
        let Some(running) = &mut self.running else { return };
        running.stage = Stage::Asked;
        let id = running.id;
        if is_done {
            running.kind = Kind::Other;
            self.events.push_back(Event::IdleDone { id });
        } else {
            self.events.push_back(Event::Cancelled { id });
            self.reject_running(at, ParseError::new(0, "DONE"));
        }
    }
}

const fn is_upload(body: &CommandBody) -> bool {
    matches!(body, CommandBody::Append(_) | CommandBody::Replace(_) | CommandBody::UidReplace(_))
}

fn needs_uids() -> Refusal {
    let kind = ConditionKind::Bad;
    Refusal { kind, code: Some(Code::UidRequired), expected: "UIDs, because UIDONLY is enabled" }
}

/// The name of a command, in capitals, of which the beginning is there.
fn name_of(line: &[u8]) -> Option<Vec<u8>> {
    let mut words = line.split(|octet| *octet == b' ').filter(|word| !word.is_empty()).skip(1);
    let name = words.next()?.to_ascii_uppercase();
    match (name.as_slice(), words.next()) {
        (b"UID", Some(word)) => Some([b"UID ", word.to_ascii_uppercase().as_slice()].concat()),
        _ => Some(name),
    }
}

/// The request line of HTTP (RFC 9112 section 3), sent by scanners and by browsers made to.
fn is_http(line: &[u8]) -> bool {
    line.windows(8).any(|part| part.starts_with(b" HTTP/") && part.ends_with(b"."))
}

/// The first command of SMTP (RFC 5321 section 3.2): no IMAP client has such a tag.
fn begins_smtp(line: &[u8]) -> bool {
    let word = line.split(|octet| *octet == b' ').next().unwrap_or_default();
    [&b"EHLO"[..], b"HELO", b"LHLO"].iter().any(|it| it.eq_ignore_ascii_case(word))
}
