//! How a server behaves.

use alloc::vec::Vec;
use core::time::Duration;
use mail_proto::{Leniency, Text, TlsPolicy, Watermarks};

use crate::{Capability, Defect, LanguageListing, LineEnds, Mechanism};

/// Everything that is the same for all connections of a server. Shared by `Arc`.
///
/// ```
/// use std::sync::Arc;
/// use mail_proto::Security;
/// use pop3_proto::server::{Config, Server};
///
/// let config = Arc::new(Config { stls: true, ..Config::default() });
/// let server = Server::new(config, Security::Plain, None);
/// # let _ = server;
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// The text of the greeting. A timestamp for APOP is added where the connection has one.
    pub greeting: Text,
    /// Whether STLS is offered on connections that are not protected.
    pub stls: bool,
    /// What clients may send over an unprotected channel: [`TlsPolicy::Required`] refuses USER, PASS,
    /// APOP and all SASL mechanisms before TLS and does not announce them.
    pub tls: TlsPolicy,
    /// The SASL mechanisms offered by AUTH. The application runs them.
    pub mechanisms: Vec<Mechanism>,
    /// Whether UTF8 is offered (RFC 6856), with the argument USER.
    pub utf8: bool,
    /// The languages that LANG offers (RFC 6856 section 3); the first one is in use at the beginning.
    /// Empty: no LANG.
    pub languages: Vec<LanguageListing>,
    /// Capabilities announced beside those that follow from the rest: EXPIRE, LOGIN-DELAY,
    /// IMPLEMENTATION and others of the application's.
    pub capabilities: Vec<Capability>,
    /// What becomes of line ends in messages.
    pub line_ends: LineEnds,
    /// Which deviations of the client are read.
    pub leniency: Leniency<Defect>,
    /// How much of everything.
    pub limits: Limits,
    /// How long for everything.
    pub timeouts: Timeouts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            greeting: Text::sanitized(b"POP3 server ready"),
            stls: false,
            tls: TlsPolicy::Required,
            mechanisms: Vec::new(),
            utf8: true,
            languages: Vec::new(),
            capabilities: Vec::new(),
            line_ends: LineEnds::Normalize,
            leniency: Leniency::lenient(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How much a server takes and holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Octets of a command line with CRLF. RFC 2449 section 4 has clients send 255 at most; a longer
    /// line than this is refused and skipped.
    pub command_line: usize,
    /// Octets of a client's line in an AUTH exchange, with CRLF.
    pub sasl_line: usize,
    /// Octets that may wait in the input while a command runs, before login.
    pub waiting_before_login: usize,
    /// The same after login.
    pub waiting: usize,
    /// Queued output at which the server stops reading and producing, before login.
    pub output_before_login: Watermarks,
    /// The same after login.
    pub output: Watermarks,
    /// Wrong commands before login until the server closes.
    pub bad_commands_before_login: u8,
    /// Wrong commands after login until the server closes.
    pub bad_commands: u8,
    /// Refused logins until the server closes.
    pub login_attempts: u8,
}

impl Default for Limits {
    fn default() -> Self {
        let kib = |n: usize| n.saturating_mul(1024);
        Self {
            command_line: 512,
            sasl_line: kib(12),
            waiting_before_login: 512,
            waiting: kib(64),
            output_before_login: Watermarks { high: kib(16), low: kib(4) },
            output: Watermarks { high: kib(1024), low: kib(256) },
            bad_commands_before_login: 3,
            bad_commands: 20,
            login_attempts: 3,
        }
    }
}

/// How long a server waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// From the first poll to the end of the login, all attempts together.
    pub login: Duration,
    /// Without a command in TRANSACTION: the auto-logout timer, ten minutes at least (RFC 1939
    /// section 3). Nothing is deleted.
    pub auto_logout: Duration,
    /// Without any octet being taken by the client while there is something to write.
    pub stall: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n.saturating_mul(60));
        Self { login: minutes(3), auto_logout: minutes(10), stall: minutes(5) }
    }
}
