//! Writing what the application answers.

use mail_proto::{SendError, Text};

use super::response::Response;
use super::{Kind, Server, Stage};
use crate::{Challenge, Closed, ResponseCode, State, Status, Stuffer, encode_end};

impl Server {
    /// Answers the running request, or writes a part of its answer.
    ///
    /// # Errors
    ///
    /// - [`SendError::NotOwed`]: this request is not running, or has been answered.
    /// - [`SendError::State`]: a part out of order (a line before the begin, a refusal after it).
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn reply(&mut self, response: Response) -> Result<(), SendError> {
        if self.closed.is_some() {
            return Err(SendError::Closed);
        }
        let running = self.running.as_mut().ok_or(SendError::NotOwed)?;
        if running.id != response.id() || !running.is_ours() {
            return Err(SendError::NotOwed);
        }
        let kind = running.kind;
        match (&mut running.stage, response) {
            (Stage::Listing, Response::Scan(_, line)) => {
                line.encode(&mut self.output.writer(running.id))
            }
            (Stage::Listing, Response::Uid(_, line)) => {
                line.encode(&mut self.output.writer(running.id))
            }
            (Stage::Listing, Response::ScanEnd(_) | Response::UidEnd(_)) => {
                encode_end(&mut self.output.writer(running.id));
                self.running = None;
            }
            (Stage::Body(stuffer), Response::Body(_, octets)) => {
                stuffer.push(octets, &mut self.output.writer(running.id));
            }
            (Stage::Body(_), Response::BodyEnd(_)) => self.end_body(),
            (Stage::Body(_) | Stage::Listing, Response::Abort(_)) => self.finish(Closed::Local),
            (Stage::Asked, Response::ScanBegin(_, text) | Response::UidBegin(_, text)) => {
                running.stage = Stage::Listing;
                self.say(&Status::ok(text));
            }
            (Stage::Asked, Response::BodyBegin(_, text)) => {
                running.stage = Stage::Body(Stuffer::new(self.config.line_ends));
                self.say(&Status::ok(text));
            }
            (Stage::Asked, Response::Challenge(_, challenge)) => {
                running.stage = Stage::Challenged;
                Challenge::new(challenge).encode(&mut self.output.writer(running.id));
            }
            (Stage::Asked, response) => self.answer_at_once(kind, response)?,
            _ => return Err(SendError::State { expected: "the parts of a reply in their order" }),
        }
        (self.room_told, self.touched) = (false, true);
        Ok(())
    }

    /// Answers of one line.
    fn answer_at_once(&mut self, kind: Kind, response: Response) -> Result<(), SendError> {
        let (output, id) = (&mut self.output, response.id());
        match response {
            Response::Refuse(_, code, text) => self.refuse(kind, code, text),
            Response::Ok(_, text) => Status::ok(text).encode(&mut output.writer(id)),
            Response::LoggedIn(_, text) => {
                Status::ok(text).encode(&mut output.writer(id));
                self.state = State::Transaction;
                self.bad_commands = 0;
            }
            Response::Stat(_, listing) => listing.encode_reply(&mut output.writer(id)),
            Response::ScanLine(_, listing) => listing.encode_reply(&mut output.writer(id)),
            Response::UidLine(_, listing) => listing.encode_reply(&mut output.writer(id)),
            _ => {
                return Err(SendError::State {
                    expected: "the begin of the reply before its parts",
                });
            }
        }
        self.running = None;
        if kind == Kind::Quit {
            self.finish(Closed::Quit);
        }
        Ok(())
    }

    fn end_body(&mut self) {
        if let Some(running) = self.running.take()
            && let Stage::Body(stuffer) = running.stage
        {
            stuffer.finish(&mut self.output.writer(running.id));
        }
    }

    fn refuse(&mut self, kind: Kind, code: Option<ResponseCode>, text: Text) {
        let code = code.or((kind == Kind::Login).then_some(ResponseCode::Auth));
        let status = Status::err(text);
        self.say(&match code {
            Some(code) => status.with_code(code),
            None => status,
        });
        match kind {
            Kind::Login => {
                self.failed_logins = self.failed_logins.saturating_add(1);
                if self.failed_logins >= self.config.limits.login_attempts {
                    self.finish(Closed::Misbehaviour);
                }
            }
            Kind::Unknown => {
                if self.is_one_too_many() {
                    self.finish(Closed::Misbehaviour);
                }
            }
            Kind::Quit | Kind::Other => {}
        }
    }
}
