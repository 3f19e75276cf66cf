//! Giving commands: what forbids one, and how it is written as things will stand when it is sent.

use alloc::boxed::Box;
use alloc::vec::Vec;

use mail_proto::{CommandId, Gate, Handover, Secret, Security, SendError, Sink, TlsPolicy};

use super::idle::Idling;
use super::pipeline::{Answer, Effect, Open};
use super::{Client, Life, Selected, ServerCapabilities};
use crate::connection::{Rules, State, rules};
use crate::{
    AString, Capability, CommandBody, CompressionAlgorithm, Encoder, Literals, Login, Negotiated,
    Tag,
};

impl Client {
    /// Gives a command.
    ///
    /// It is written in the forms that the server is known to take. AUTHENTICATE's initial response
    /// goes into the line where the server offers SASL-IR (RFC 4959), otherwise it answers the server's
    /// first challenge by itself. An APPEND given here is whole;
    /// [`append`](Self::append) takes one whose octets come later.
    ///
    /// # Errors
    ///
    /// - [`SendError::TlsRequired`]: LOGIN or AUTHENTICATE, [`TlsPolicy::Required`] and no TLS.
    /// - [`SendError::State`]: the command cannot be legal when its turn comes.
    /// - [`SendError::NotOffered`]: LOGIN where the server announced LOGINDISABLED.
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn send(&mut self, command: CommandBody) -> Result<CommandId, SendError> {
        let mut command = command;
        let mut effect = effect_of(&command);
        let rules = rules(&command);
        self.check(rules, &effect)?;
        if let (CommandBody::Authenticate(authenticate), Effect::Authenticate(exchange)) =
            (&mut command, &mut effect)
        {
            let whole = authenticate.clone();
            (*authenticate, **exchange) = self.prepare_exchange(whole);
        }
        let after = After::of(&effect);
        let negotiated = self.negotiated();
        let id = self.open(rules, Answer::of(&command), effect);
        self.write(id, &command, negotiated);
        match after {
            After::Nothing => {}
            After::Handover(to) => self.output.push_gate(id, Gate::Handover(to)),
            After::Idle => self.push_idle(id),
            After::Exchange => self.push_exchange(),
        }
        Ok(id)
    }

    fn write(&mut self, id: CommandId, command: &CommandBody, negotiated: Negotiated) {
        let mut writer = self.output.writer(id);
        writer.put(prefix(self.config.tag_prefix.as_ref()));
        writer.put_number(self.last_tag);
        let mut encoder = Encoder::new(&mut writer, negotiated);
        encoder.space();
        command.encode(&mut encoder);
        encoder.end();
    }

    /// Lets the command that was given last wait until this one and all before it have been answered.
    pub(crate) fn wait_behind(&mut self, id: CommandId) {
        if let Some(last) = self.pipeline.back_mut() {
            last.behind = id;
        }
    }

    /// Logs in by LOGIN.
    ///
    /// ```
    /// use imap_proto::AString;
    /// use imap_proto::client::{Client, Config};
    /// use mail_proto::{Secret, Security};
    ///
    /// let mut client = Client::new(Config { security: Security::Tls, ..Config::default() });
    /// client.login(AString::new("joe")?, Secret::new(AString::new("sesame")?))?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub fn login(
        &mut self,
        user: AString,
        password: Secret<AString>,
    ) -> Result<CommandId, SendError> {
        self.send(CommandBody::Login(Login { user, password }))
    }

    /// What forbids a command.
    pub(super) fn check(&self, rules: Rules, effect: &Effect) -> Result<(), SendError> {
        if matches!(self.life, Life::Closed) {
            return Err(SendError::Closed);
        }
        let secure = self.will_be_secure();
        if effect.is_credential() && self.config.tls == TlsPolicy::Required && !secure {
            return Err(SendError::TlsRequired);
        }
        if matches!(effect, Effect::StartTls) && secure {
            return Err(SendError::State { expected: "a channel without TLS" });
        }
        if matches!(effect, Effect::Compress) && self.will_be_compressed() {
            return Err(SendError::State { expected: "a channel without compression" });
        }
        let known = self.known_then();
        if matches!(effect, Effect::Login { .. })
            && known.is_some_and(ServerCapabilities::login_disabled)
        {
            return Err(SendError::NotOffered { what: "LOGIN" });
        }
        if self.lacks_numbers(rules) {
            return Err(SendError::State { expected: "UIDs, as UIDONLY is enabled" });
        }
        self.check_state(rules)
    }

    /// Whether a command can be legal, if all that is open succeeds.
    fn check_state(&self, rules: Rules) -> Result<(), SendError> {
        let after = |state, effect: &Effect| effect.state_after(state);
        let state = self.effects().fold(self.state, after);
        if rules.is_legal(state) {
            return Ok(());
        }
        Err(SendError::State {
            expected: match state {
                State::NotAuthenticated => "a login before",
                State::Authenticated if rules.is_legal(State::Selected) => "a mailbox selected",
                State::Authenticated | State::Selected => "the state before the login",
                State::Logout => "no LOGOUT before",
            },
        })
    }

    pub(super) fn open(&mut self, rules: Rules, answer: Answer, effect: Effect) -> CommandId {
        self.last_id = self.last_id.following();
        self.last_tag = self.last_tag.saturating_add(1);
        self.output.push_gate(self.last_id, Gate::Turn);
        // While others wait for their answers, one more does not make the server any livelier.
        self.touched |= self.pipeline.is_empty();
        let (id, tag) = (self.last_id, self.last_tag);
        if self.pipeline.is_empty() {
            // Most connections have one, IDLE for instance.
            self.pipeline.reserve_exact(1);
        }
        self.changing = self.changing.saturating_add(effect.changes().into());
        self.pipeline.push_back(Open {
            id,
            tag,
            rules,
            answer,
            effect,
            behind: CommandId::default(),
            swallowed: false,
        });
        id
    }

    /// The tag of the command that is opened next.
    pub(crate) fn next_tag(&self) -> Result<Tag, SendError> {
        let mut tag = Vec::from(prefix(self.config.tag_prefix.as_ref()));
        tag.put_number(self.last_tag.saturating_add(1));
        // A prefix and digits are a tag.
        Tag::new(tag).map_err(|_| SendError::State { expected: "a tag" })
    }

    /// Whether TLS will be active when a command given now is sent.
    fn will_be_secure(&self) -> bool {
        self.security == Security::Tls
            || matches!(self.life, Life::HandingOver(Handover::Tls))
            || self.effects().any(|effect| matches!(effect, Effect::StartTls))
    }

    /// Whether there will be compression when a command given now is sent. (If one fails, what is
    /// behind it is not sent.)
    fn will_be_compressed(&self) -> bool {
        let now = match self.life {
            Life::HandingOver(to) => to == Handover::Deflate,
            _ => self.compressed,
        };
        self.effects().fold(now, |compressed, effect| match effect {
            Effect::Compress => true,
            Effect::Unauthenticate => false,
            _ => compressed,
        })
    }

    /// The capabilities that are known now and still will be when a command given now is sent.
    pub(super) fn known_then(&self) -> Option<&ServerCapabilities> {
        let forgets = self.effects().any(Effect::forgets_capabilities);
        self.capabilities
            .as_deref()
            .filter(|_| !forgets && !matches!(self.life, Life::HandingOver(Handover::Tls)))
    }

    /// Whether quoted strings are UTF-8 now, and still will be.
    pub(super) fn is_utf8(&self) -> bool {
        let ends = |effect: &Effect| matches!(effect, Effect::Unauthenticate);
        let on = |it: &Capability| matches!(it, Capability::Utf8Accept | Capability::Imap4Rev2);
        self.enabled().iter().any(on) && !self.effects().any(ends)
    }

    /// What may be written in a command given now.
    pub(super) fn negotiated(&self) -> Negotiated {
        let known = self.known_then();
        let rev2 = self.enabled().contains(&Capability::Imap4Rev2);
        Negotiated {
            literals: known.map_or(Literals::Sync, |it| it.literals(rev2)),
            strings: self.config.strings,
            utf8: self.is_utf8(),
            binary: known.is_some_and(ServerCapabilities::binary),
            ..Negotiated::client()
        }
    }

    pub(super) fn login_disabled(&self) -> bool {
        self.capabilities.as_deref().is_some_and(ServerCapabilities::login_disabled)
    }
}

/// What every tag begins with.
pub(super) fn prefix(tag: Option<&Tag>) -> &[u8] {
    tag.map_or(b"A", Tag::as_bytes)
}

/// What stands behind the line of a command.
enum After {
    Nothing,
    Handover(Handover),
    Idle,
    Exchange,
}

impl After {
    const fn of(effect: &Effect) -> Self {
        match effect {
            Effect::StartTls => Self::Handover(Handover::Tls),
            Effect::Compress => Self::Handover(Handover::Deflate),
            // Taken away if there is no compression when its turn has come.
            Effect::Unauthenticate => Self::Handover(Handover::EndDeflate),
            Effect::Idle(_) => Self::Idle,
            Effect::Authenticate(_) => Self::Exchange,
            _ => Self::Nothing,
        }
    }
}

fn effect_of(command: &CommandBody) -> Effect {
    match command {
        CommandBody::Login(_) => Effect::Login { listed: false },
        CommandBody::Authenticate(_) => Effect::Authenticate(Box::default()),
        CommandBody::StartTls => Effect::StartTls,
        CommandBody::Compress(it) if it.algorithm == CompressionAlgorithm::Deflate => {
            Effect::Compress
        }
        CommandBody::Enable(_) => Effect::Enable,
        CommandBody::Select(select) => {
            Effect::Select(Box::new(Selected::new(select.mailbox.clone(), false)))
        }
        CommandBody::Examine(select) => {
            Effect::Select(Box::new(Selected::new(select.mailbox.clone(), true)))
        }
        CommandBody::Close | CommandBody::Unselect => Effect::Deselect,
        CommandBody::Unauthenticate => Effect::Unauthenticate,
        CommandBody::Logout => Effect::Logout,
        CommandBody::Idle => Effect::Idle(Idling::default()),
        _ => Effect::None,
    }
}
