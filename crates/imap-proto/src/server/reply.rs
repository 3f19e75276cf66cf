//! Writing what the application answers.

use mail_proto::{CommandId, Handover, SendError, Text};

use super::running::{Kind, Running, Stage};
use super::{Phase, Server};
use crate::connection::{Closed, Enabled, State};
use crate::{Code, Condition, ConditionKind, Data, Encoder, RespText};

impl Server {
    /// Writes untagged data: a part of the answer to the running command, or news.
    ///
    /// An untagged ENABLED switches on what it says, here as for the client.
    ///
    /// # Errors
    ///
    /// [`SendError::State`]: the data are not legal now, and nothing was written.
    ///
    /// - EXPUNGE and VANISHED: no command is in progress, or one whose answer has sequence numbers
    ///   (RFC 9051 section 7.5.1), unless NOTIFY asked for them at any time; or the one stands where
    ///   the client has enabled the other (RFC 7162 section 3.2.10, RFC 9586 section 3.4).
    /// - FETCH and UIDFETCH: the one stands where the client has enabled the other; one without
    ///   items; or a FETCH that nobody asked for lacks what the client has enabled: UID, MODSEQ.
    /// - Data of a mailbox while none is selected, other data before login, ENABLED without ENABLE,
    ///   SEARCH where IMAP4rev2 is enabled, whose clients ignore it (RFC 9051 section 6.4.4).
    /// - METADATA without values, unless it is enabled (RFC 5464 section 4.4.2).
    /// - PREAUTH, and BYE, which is [`bye`](Self::bye).
    /// - A FETCH response has been begun by [`fetch_part`](Self::fetch_part) and not ended.
    ///
    /// [`SendError::Closed`]: the connection has ended.
    pub fn respond(&mut self, data: &Data) -> Result<(), SendError> {
        self.check_open()?;
        self.check_between_responses()?;
        self.check_legal(data)?;
        match data {
            Data::Enabled(enabled) => {
                enabled.capabilities.iter().for_each(|capability| self.enabled.add(capability));
            }
            Data::Condition(condition) if condition.text.code() == Some(&Code::NoModSeq) => {
                self.no_mod_seq = true;
            }
            _ => {}
        }
        self.write_data(data);
        self.wrote();
        Ok(())
    }

    /// Lets the client go on: behind IDLE, or with the octets of APPEND that were announced. `+` goes
    /// out if the client waits for it.
    ///
    /// # Errors
    ///
    /// - [`SendError::NotOwed`]: this command is not running.
    /// - [`SendError::State`]: nothing of it waits to be accepted.
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn accept(&mut self, id: CommandId) -> Result<(), SendError> {
        let running = self.owned(id)?;
        match (running.kind, running.stage) {
            (Kind::Idle, Stage::Asked) => {
                running.stage = Stage::Idling;
                let text = Text::sanitized(b"idling").into();
                self.say_continuation(&crate::Continuation::new(&text));
            }
            (_, Stage::Deciding { header_end, sync }) => {
                running.stage = Stage::Accepted { header_end };
                if sync {
                    self.say_go_ahead();
                }
            }
            _ => return Err(SendError::State { expected: "IDLE, or an announced message" }),
        }
        self.wrote();
        Ok(())
    }

    /// Ends the running command by OK, NO or BAD, and moves the session to the state that follows:
    ///
    /// - OK to LOGIN or AUTHENTICATE logs in. Without a code of its own it carries the capabilities; a
    ///   NO without one carries `[AUTHENTICATIONFAILED]`.
    /// - OK to SELECT or EXAMINE selects, NO leaves no mailbox selected (RFC 9051 section 6.3.2); OK
    ///   to CLOSE or UNSELECT leaves none selected.
    /// - OK to UNAUTHENTICATE undoes the login, what was enabled, and compression (RFC 8437).
    ///
    /// NO and BAD to APPEND refuse a message that was announced, or drop what is still to come of it.
    ///
    /// # Errors
    ///
    /// - [`SendError::NotOwed`]: this command is not running.
    /// - [`SendError::State`]: the condition is PREAUTH or BYE; the client has to answer a challenge
    ///   first; OK comes before the end of an APPEND; a FETCH response has not been ended.
    /// - [`SendError::Length`]: a body has been announced and not been supplied.
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn complete(&mut self, id: CommandId, condition: Condition) -> Result<(), SendError> {
        let running = self.owned(id)?;
        let (kind, stage) = (running.kind, running.stage);
        let condition_kind = condition.kind;
        let is_ok = condition_kind == ConditionKind::Ok;
        if matches!(condition_kind, ConditionKind::PreAuth | ConditionKind::Bye) {
            return Err(SendError::State { expected: "OK, NO or BAD" });
        }
        if stage == Stage::Challenged {
            return Err(SendError::State { expected: "the client's answer to the challenge" });
        }
        if is_ok && !matches!(stage, Stage::Asked | Stage::Idling) {
            return Err(SendError::State { expected: "the end of the message" });
        }
        self.check_between_responses()?;
        if let Some(mail_proto::Owed::Exactly(left)) = self.output.owed(id) {
            return Err(SendError::Length { left, given: 0 });
        }
        let tag = self.running.take().map(|running: Running| running.tag);
        self.refuse_upload(stage);
        // A client may have sent DONE already, or sends it before it reads this.
        self.done_on_its_way =
            stage == Stage::Idling || (kind == Kind::Idle && stage == Stage::Asked && !is_ok);
        if is_ok {
            self.succeed(kind);
        }
        let condition = self.completed(kind, condition);
        self.say_condition(tag.as_ref(), &condition);
        self.follow(kind, condition_kind);
        self.wrote();
        Ok(())
    }

    /// Says BYE and closes: what is queued is still written.
    ///
    /// # Errors
    ///
    /// [`SendError::Closed`]: the connection has ended.
    pub fn bye(&mut self, text: RespText) -> Result<(), SendError> {
        self.check_open()?;
        self.say_bye(&text);
        self.finish(Closed::Bye);
        self.wrote();
        Ok(())
    }

    /// The state that OK leads to. Before it is said: the capabilities in it are those of that state.
    fn succeed(&mut self, kind: Kind) {
        match kind {
            Kind::Login { .. } => {
                (self.bad_commands, self.failed_logins) = (0, 0);
                self.enter(State::Authenticated);
            }
            Kind::Select => self.enter(State::Selected),
            Kind::Close => self.enter(State::Authenticated),
            Kind::Notify { expunges } => self.expunges_any_time = expunges,
            Kind::Unauthenticate => {
                (self.enabled, self.expunges_any_time) = (Enabled::default(), false);
                self.enter(State::NotAuthenticated);
                self.opened = None;
            }
            _ => {}
        }
    }

    /// What is said of it besides.
    fn completed(&self, kind: Kind, condition: Condition) -> Condition {
        let Condition { kind: condition_kind, text } = condition;
        let text = match (kind, condition_kind) {
            (Kind::Login { .. }, ConditionKind::Ok) => self.with_capabilities(text),
            (Kind::Login { .. }, ConditionKind::No) => match text.into_parts() {
                (None, text) => RespText::new(Some(Code::AuthenticationFailed), text),
                (code, text) => RespText::new(code, text),
            },
            _ => text,
        };
        Condition { kind: condition_kind, text }
    }

    /// What comes after the completion.
    fn follow(&mut self, kind: Kind, condition: ConditionKind) {
        match (kind, condition) {
            (Kind::Unauthenticate, ConditionKind::Ok) if self.compressed => {
                self.hand_over(Handover::EndDeflate);
            }
            (Kind::Select, ConditionKind::No) => self.enter(State::Authenticated),
            (Kind::Login { .. }, ConditionKind::No | ConditionKind::Bad) => {
                self.count_failed_login()
            }
            (Kind::Unknown, ConditionKind::Bad) => self.count_bad_command(),
            _ => {}
        }
    }

    /// The running command, if it is this one.
    pub(super) fn owned(&mut self, id: CommandId) -> Result<&mut Running, SendError> {
        self.check_open()?;
        self.running.as_mut().filter(|running| running.id == id).ok_or(SendError::NotOwed)
    }

    pub(super) fn check_open(&self) -> Result<(), SendError> {
        match (self.closed, self.phase) {
            // Nothing can be said between the agreement on a layer and its begin.
            (None, Phase::Handover(_)) => Err(SendError::State { expected: "the swapped layer" }),
            (None, _) => Ok(()),
            (Some(_), _) => Err(SendError::Closed),
        }
    }

    pub(super) const fn check_between_responses(&self) -> Result<(), SendError> {
        match self.fetch {
            Some(_) => Err(SendError::State { expected: "the end of the FETCH response" }),
            None => Ok(()),
        }
    }

    /// The application has written something.
    pub(super) fn wrote(&mut self) {
        self.touched = true;
        self.wants_room |= self.room() == 0;
    }

    pub(super) fn write_data(&mut self, data: &Data) {
        let negotiated = self.negotiated();
        let mut writer = self.output.writer(self.last_id);
        let mut encoder = Encoder::new(&mut writer, negotiated);
        encoder.put(b"* ");
        data.encode(&mut encoder);
        encoder.end();
    }
}
