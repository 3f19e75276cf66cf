//! What the connection answers itself: capabilities, mechanisms, languages, STLS and UTF8.

use alloc::sync::Arc;
use alloc::vec::Vec;
use mail_proto::{Gate, Handover, Security, Text};

use super::{Phase, Server};
use crate::{
    Capability, LanguageListing, LanguageRange, LanguageTag, MechanismListing, State, Status,
    encode_end,
};

impl Server {
    pub(super) fn start_tls(&mut self, at: u64) {
        if !self.offers_stls() || self.utf8 {
            return self.decline(at, "a server or a state that offers STLS");
        }
        self.say_ok(b"begin TLS negotiation");
        self.output.push_gate(self.last_id, Gate::Handover(Handover::Tls));
        self.phase = Phase::Handover;
    }

    pub(super) fn enable_utf8(&mut self, at: u64) {
        if !self.config.utf8 {
            return self.decline(at, "a server that offers UTF8");
        }
        self.utf8 = true;
        self.say_ok(b"UTF8 enabled");
    }

    fn offers_stls(&self) -> bool {
        self.config.stls && self.security == Security::Plain && self.state == State::Authorization
    }

    pub(super) fn list_mechanisms(&mut self) {
        let config = Arc::clone(&self.config);
        self.say_ok(b"");
        let offered = self.takes_passwords();
        let mut writer = self.output.writer(self.last_id);
        if offered {
            for mechanism in &config.mechanisms {
                MechanismListing { mechanism: mechanism.clone() }.encode(&mut writer);
            }
        }
        encode_end(&mut writer);
    }

    pub(super) fn list_capabilities(&mut self) {
        let capabilities = self.capabilities();
        self.say_ok(b"");
        let mut writer = self.output.writer(self.last_id);
        for capability in &capabilities {
            capability.encode(&mut writer);
        }
        encode_end(&mut writer);
    }

    /// What CAPA announces now (RFC 2449 section 5).
    fn capabilities(&self) -> Vec<Capability> {
        let config = &self.config;
        let mut list = alloc::vec![
            Capability::Top,
            Capability::Uidl,
            Capability::RespCodes,
            Capability::AuthRespCode,
            Capability::Pipelining,
        ];
        if self.takes_passwords() {
            if self.state == State::Authorization {
                list.push(Capability::User);
            }
            if !config.mechanisms.is_empty() {
                list.push(Capability::Sasl(config.mechanisms.clone()));
            }
        }
        if self.offers_stls() && !self.utf8 {
            list.push(Capability::Stls);
        }
        if config.utf8 {
            list.push(Capability::Utf8 { user: true });
        }
        if !config.languages.is_empty() {
            list.push(Capability::Lang);
        }
        list.extend(config.capabilities.iter().cloned());
        list
    }

    /// LANG (RFC 6856 section 3): a list, or a choice by basic filtering (RFC 4647 section 3.3.1).
    pub(super) fn choose_language(&mut self, at: u64, range: Option<LanguageRange>) {
        let config = Arc::clone(&self.config);
        if config.languages.is_empty() {
            return self.decline(at, "a server that offers LANG");
        }
        let Some(range) = range else {
            self.say_ok(b"");
            let mut writer = self.output.writer(self.last_id);
            for language in &config.languages {
                language.encode(&mut writer);
            }
            return encode_end(&mut writer);
        };
        let fits = |language: &LanguageListing| matches_range(&range, &language.tag);
        let chosen = match range.as_bytes() {
            // The server chooses: the one it began with.
            b"*" => config.languages.first().map(|language| (0, language)),
            _ => config.languages.iter().enumerate().find(|(_, language)| fits(language)),
        };
        match chosen {
            Some((place, language)) => {
                self.language = u8::try_from(place).unwrap_or(u8::MAX);
                language.encode_reply(&mut self.output.writer(self.last_id));
            }
            None => self.say(&Status::err(Text::sanitized(b"no such language"))),
        }
    }
}

/// Basic filtering (RFC 4647 section 3.3.1): the range is the tag or a prefix of it that ends at a
/// hyphen.
fn matches_range(range: &LanguageRange, tag: &LanguageTag) -> bool {
    let (range, tag) = (range.as_bytes(), tag.as_bytes());
    let head = tag.get(..range.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(range))
        && matches!(tag.get(range.len()), None | Some(b'-'))
}
