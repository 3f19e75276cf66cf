//! The exchange of AUTHENTICATE (RFC 9051 section 6.2.2).

use bytes::Bytes;
use mail_proto::{CommandId, Secret, SendError, Text};

use super::running::{Kind, Running, Stage};
use super::{Event, Server};
use crate::connection::Unit;
use crate::{AuthenticateData, Condition, ConditionKind, Continuation, Encoder, RespText};

impl Server {
    /// Sends a challenge of the mechanism, which may be empty. The client answers by an
    /// [`Event::Response`], or gives up by an [`Event::Cancelled`]. What to say,
    /// [`mail_proto::sasl::ServerExchange`] knows.
    ///
    /// # Errors
    ///
    /// - [`SendError::NotOwed`]: this command is not running.
    /// - [`SendError::State`]: it is no AUTHENTICATE, or the client has not answered the last one.
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn challenge(&mut self, id: CommandId, data: &Secret<Bytes>) -> Result<(), SendError> {
        let running = self.owned(id)?;
        let asked = (Kind::Login { by_exchange: true }, Stage::Asked);
        if (running.kind, running.stage) != asked {
            return Err(SendError::State { expected: "AUTHENTICATE, and the client's answer" });
        }
        running.stage = Stage::Challenged;
        self.say_continuation(&Continuation::challenge(data.expose()));
        self.wrote();
        Ok(())
    }

    /// The client's line.
    pub(super) fn sasl_line(&mut self, unit: Unit<'_>) {
        self.trace_command(&unit, 0);
        let at = self.unit_at;
        let mut reading = self.reading();
        let mut cursor = unit.without_line_end().cursor();
        let parsed = AuthenticateData::parse(&mut cursor, &mut reading)
            .and_then(|data| cursor.end(&mut reading).map(|()| data));
        self.report_defects(at, reading);
        let Some(running) = &mut self.running else { return };
        running.stage = Stage::Asked;
        let id = running.id;
        match parsed {
            Ok(AuthenticateData::Response(data)) => {
                self.events.push_back(Event::Response { id, data });
            }
            Ok(AuthenticateData::Cancel) => {
                let tag = self.running.take().map(|running: Running| running.tag);
                let text = RespText::from(Text::sanitized(b"AUTHENTICATE cancelled"));
                self.say_condition(tag.as_ref(), &Condition { kind: ConditionKind::Bad, text });
                self.events.push_back(Event::Cancelled { id });
            }
            Err(error) => {
                self.events.push_back(Event::Cancelled { id });
                self.reject_running(at, error);
            }
        }
    }

    pub(super) fn say_go_ahead(&mut self) {
        let text = Text::sanitized(b"go ahead").into();
        self.say_continuation(&Continuation::new(&text));
    }

    pub(super) fn say_continuation(&mut self, continuation: &Continuation) {
        let negotiated = self.negotiated();
        let mut writer = self.output.writer(self.last_id);
        let mut encoder = Encoder::new(&mut writer, negotiated);
        encoder.put(b"+");
        continuation.encode(&mut encoder);
        encoder.end();
    }
}
