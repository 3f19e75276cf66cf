//! How a client behaves.

use core::time::Duration;
use mail_proto::{Leniency, Security, TlsPolicy};

use crate::Defect;

/// Everything that a client connection is told at the beginning.
///
/// ```
/// use mail_proto::Security;
/// use pop3_proto::client::{Client, Config};
///
/// let client = Client::new(Config { security: Security::Tls, ..Config::default() });
/// # let _ = client;
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether the channel is protected now (implicit TLS, port 995). STLS changes it later.
    pub security: Security,
    /// What may be sent over an unprotected channel.
    pub tls: TlsPolicy,
    /// Whether APOP may be used. Off: it is broken cryptography (CVE-2007-1558), and under
    /// [`TlsPolicy::Required`] it is refused before TLS in any case.
    pub apop: bool,
    /// Which deviations of the server are read.
    pub leniency: Leniency<Defect>,
    /// How much of everything.
    pub limits: Limits,
    /// How long for everything.
    pub timeouts: Timeouts,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            security: Security::Plain,
            tls: TlsPolicy::Required,
            apop: false,
            leniency: Leniency::lenient(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How much a client takes and sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Octets of a command line with CRLF. RFC 2449 section 4 allows 255; more is an error of the call.
    pub command_line: usize,
    /// Octets of a reply line or a line of a listing, with CRLF. A longer status line is an
    /// [`Error`](crate::Error), a longer line of a listing is skipped and reported. Body lines have no
    /// limit.
    pub reply_line: usize,
    /// Octets of a challenge line with CRLF.
    pub sasl_line: usize,
    /// Commands handed out and unanswered, where the server offers PIPELINING.
    pub pipelined: usize,
    /// Octets of CAPA lines that are remembered; what is beyond is reported and forgotten.
    pub capabilities: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            command_line: 255,
            reply_line: 8 * 1024,
            sasl_line: 12 * 1024,
            pipelined: 64,
            capabilities: 8 * 1024,
        }
    }
}

/// How long a client waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// From the first poll to the greeting.
    pub greeting: Duration,
    /// Without any octet in either direction while a reply or the TLS handshake is outstanding. While
    /// an [`Event::Challenge`](super::Event::Challenge) waits for its response there is no deadline.
    pub reply: Duration,
    /// Without any octet in either direction while there is something to write.
    pub stall: Duration,
    /// After this time without a command an [`Event::KeepAlive`](super::Event::KeepAlive) suggests a
    /// NOOP. Many servers log out after a minute, though RFC 1939 section 3 wants ten.
    pub keep_alive: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n.saturating_mul(60));
        Self { greeting: minutes(1), reply: minutes(5), stall: minutes(5), keep_alive: None }
    }
}
