//! What the connection answers itself: the greeting, CAPABILITY, STARTTLS, COMPRESS, LOGOUT.

use mail_proto::{Gate, Handover, Security, Text};

use super::reject::Refusal;
use super::{Greeting, Phase, Server};
use crate::connection::{Closed, State};
use crate::{
    Capabilities, Capability, Code, CompressionAlgorithm, Condition, ConditionKind, Data, RespText,
    Tag,
};

impl Server {
    pub(super) fn greet(&mut self, greeting: Greeting) {
        let (kind, text) = match greeting {
            Greeting::Ok(text) => (ConditionKind::Ok, text),
            Greeting::PreAuth(text) => {
                self.enter(State::Authenticated);
                (ConditionKind::PreAuth, text)
            }
            Greeting::Bye(text) => {
                self.say_bye(&text);
                return self.finish(Closed::Bye);
            }
        };
        let text = self.with_capabilities(text);
        self.say_condition(None, &Condition { kind, text });
    }

    /// The text with the capabilities as its code, if it has none: that saves the client a command.
    pub(super) fn with_capabilities(&self, text: RespText) -> RespText {
        match text.into_parts() {
            (None, text) => {
                RespText::new(Some(Code::Capability(self.announced_capabilities())), text)
            }
            (code, text) => RespText::new(code, text),
        }
    }

    pub(super) fn announced_capabilities(&self) -> Capabilities {
        let config = &self.config;
        if self.is_logged_in() {
            let mut list = config.capabilities.clone();
            if config.compress && !self.compressed {
                list.push(Capability::Compress(CompressionAlgorithm::Deflate));
            }
            return list;
        }
        let takes_passwords = self.takes_passwords();
        let is_offered = |it: &&Capability| takes_passwords || !matches!(it, Capability::Auth(_));
        let mut list: Capabilities =
            config.capabilities_before_login.iter().filter(is_offered).cloned().collect();
        if self.offers_tls() {
            list.push(Capability::StartTls);
        }
        if !takes_passwords {
            list.push(Capability::LoginDisabled);
        }
        list
    }

    fn offers_tls(&self) -> bool {
        self.config.starttls && self.security == Security::Plain
    }

    pub(super) fn list_capabilities(&mut self, tag: &Tag) {
        let data = Data::Capability(self.announced_capabilities());
        self.write_data(&data);
        self.say_ok(tag, b"that is all");
    }

    /// STARTTLS (RFC 9051 section 6.2.1).
    pub(super) fn start_tls(&mut self, tag: Tag, at: u64) {
        if !self.offers_tls() {
            return self.reject(Some(tag), at, Refusal::bad("a channel on which it is offered"));
        }
        self.say_ok(&tag, b"begin TLS negotiation");
        self.hand_over(Handover::Tls);
    }

    /// COMPRESS (RFC 4978 section 3).
    pub(super) fn compress(&mut self, tag: Tag, at: u64, algorithm: &CompressionAlgorithm) {
        let refusal = match algorithm {
            _ if !self.config.compress => Refusal::bad("a server that offers it"),
            CompressionAlgorithm::Deflate if self.compressed => {
                Refusal::no(Code::CompressionActive, "a channel that is not compressed")
            }
            CompressionAlgorithm::Deflate => {
                self.say_ok(&tag, b"DEFLATE active");
                return self.hand_over(Handover::Deflate);
            }
            CompressionAlgorithm::Other(_) => Refusal::no(Code::Cannot, "DEFLATE"),
        };
        self.reject(Some(tag), at, refusal);
    }

    /// LOGOUT (RFC 9051 section 6.1.3).
    pub(super) fn log_out(&mut self, tag: &Tag) {
        self.say_bye(&Text::sanitized(b"logging out").into());
        self.say_ok(tag, b"bye");
        self.finish(Closed::Logout);
    }

    /// What is queued is written; nothing is read until the layer below has been swapped.
    pub(super) fn hand_over(&mut self, to: Handover) {
        self.output.push_gate(self.last_id, Gate::Handover(to));
        self.phase = Phase::Handover(to);
    }

    fn say_ok(&mut self, tag: &Tag, text: &[u8]) {
        let text = RespText::from(Text::sanitized(text));
        self.say_condition(Some(tag), &Condition { kind: ConditionKind::Ok, text });
    }
}
