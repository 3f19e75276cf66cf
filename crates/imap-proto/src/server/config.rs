//! How a server behaves.

use core::time::Duration;

use mail_proto::{Leniency, TlsPolicy, Watermarks};

use crate::connection::FrameLimits;
use crate::{Capabilities, Capability, Defect, ParseLimits};

/// Everything that is the same for all connections of a server. Shared by `Arc`.
///
/// ```
/// use std::sync::Arc;
/// use imap_proto::server::{Config, Greeting, Server};
/// use mail_proto::Security;
///
/// let config = Arc::new(Config { starttls: true, ..Config::default() });
/// let server = Server::new(config, Security::Plain, Greeting::default());
/// # let _ = server;
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether STARTTLS is offered on connections that are not protected.
    pub starttls: bool,
    /// Whether COMPRESS=DEFLATE is offered after login.
    pub compress: bool,
    /// What clients may send over an unprotected channel: [`TlsPolicy::Required`] refuses LOGIN and
    /// AUTHENTICATE before TLS, announces LOGINDISABLED and no mechanism.
    pub tls: TlsPolicy,
    /// What is announced before login: the SASL mechanisms, which the application runs, as `AUTH=`.
    /// STARTTLS, LOGINDISABLED and COMPRESS=DEFLATE are the connection's to add.
    ///
    /// Non-synchronizing literals are taken in any case; they may have more than 4096 octets only if
    /// LITERAL+ is announced here or in `capabilities` (RFC 7888 sections 4 and 5).
    pub capabilities_before_login: Capabilities,
    /// What is announced after login.
    pub capabilities: Capabilities,
    /// Which deviations of the client are read.
    pub leniency: Leniency<Defect>,
    /// How much of everything.
    pub limits: Limits,
    /// How long for everything.
    pub timeouts: Timeouts,
}

impl Default for Config {
    fn default() -> Self {
        let basic = [
            Capability::Imap4Rev1,
            Capability::Imap4Rev2,
            Capability::SaslIr,
            Capability::LiteralMinus,
            Capability::Id,
            Capability::Enable,
            Capability::Idle,
        ];
        Self {
            starttls: false,
            compress: false,
            tls: TlsPolicy::Required,
            capabilities_before_login: basic.iter().cloned().collect(),
            capabilities: basic.into_iter().collect(),
            leniency: Leniency::lenient(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How much a server takes and holds.
///
/// ```
/// use imap_proto::server::Limits;
///
/// let limits = Limits::default();
/// assert!(limits.frame_before_login.message < limits.frame.message);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// How long commands may be, before login.
    pub frame_before_login: FrameLimits,
    /// How long commands may be. More is refused with BAD and discarded, a literal with `[TOOBIG]`.
    pub frame: FrameLimits,
    /// How deep commands may nest, before login.
    pub parse_before_login: ParseLimits,
    /// How deep commands may nest.
    pub parse: ParseLimits,
    /// Octets of a client's line in an exchange of AUTHENTICATE, with CRLF.
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
            frame_before_login: FrameLimits::server_before_login(),
            frame: FrameLimits::server(),
            parse_before_login: ParseLimits::server_before_login(),
            parse: ParseLimits::server(),
            sasl_line: kib(12),
            waiting_before_login: kib(8),
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
///
/// ```
/// use imap_proto::server::Timeouts;
///
/// // RFC 9051 section 5.4.
/// assert!(Timeouts::default().auto_logout.as_secs() >= 30 * 60);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// From the first poll to the end of the login, all attempts together.
    pub login: Duration,
    /// Without a command after login, and without anything sent: thirty minutes at least (RFC 9051
    /// section 5.4). Whoever idles is logged out too, unless something is sent to him at times.
    pub auto_logout: Duration,
    /// Without any octet moving while there is something to write, or a literal to come.
    pub stall: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n.saturating_mul(60));
        Self { login: minutes(3), auto_logout: minutes(30), stall: minutes(5) }
    }
}
