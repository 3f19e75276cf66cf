//! How a client behaves.

use core::time::Duration;

use mail_proto::{Leniency, Security, TlsPolicy};

use crate::connection::FrameLimits;
use crate::{Defect, ParseLimits, Strings, Tag};

/// Everything that a client connection is told at the beginning.
///
/// ```
/// use imap_proto::client::{Client, Config};
/// use mail_proto::Security;
///
/// let client = Client::new(Config { security: Security::Tls, ..Config::default() });
/// # let _ = client;
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether the channel is protected now (implicit TLS, port 993). STARTTLS changes it later.
    pub security: Security,
    /// What may be sent over an unprotected channel.
    pub tls: TlsPolicy,
    /// What each tag begins with; a number follows. `A` if there is none.
    ///
    /// Choose it at random for each connection: then somebody who can put octets on the wire before
    /// TLS cannot answer a command that has not been read (SECURITY S3).
    pub tag_prefix: Option<Tag>,
    /// Whether AUTHENTICATE takes the initial response with it where the server offers SASL-IR. Some
    /// servers offer what they do not understand (Q34).
    pub initial_response: bool,
    /// The form of strings, for servers that understand one only (Q36).
    pub strings: Strings,
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
            tag_prefix: None,
            initial_response: true,
            strings: Strings::Shortest,
            leniency: Leniency::lenient(),
            limits: Limits::default(),
            timeouts: Timeouts::default(),
        }
    }
}

/// How much a client takes and sends.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// Lines and literals before the login.
    pub before_login: FrameLimits,
    /// Lines and literals after the login.
    pub after_login: FrameLimits,
    /// Depths and lengths of lists.
    pub parse: ParseLimits,
    /// A body of a FETCH of more octets is streamed; one of at most so many comes inside its FETCH. 0:
    /// all are streamed.
    pub inline_body: u64,
    /// Commands handed out and unanswered.
    pub pipelined: usize,
    /// Below this amount of queued octets, [`Event::Room`](super::Event::Room) asks for more of a
    /// message.
    pub output_low: usize,
    /// Octets of the list of capabilities that is remembered; those beyond are forgotten.
    pub capabilities: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            before_login: FrameLimits::client_before_login(),
            after_login: FrameLimits::client(),
            parse: ParseLimits::client(),
            inline_body: 64 * 1024,
            pipelined: 64,
            output_low: 256 * 1024,
            capabilities: 8 * 1024,
        }
    }
}

/// How long a client waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// From the first poll to the greeting.
    pub greeting: Duration,
    /// Without any octet in either direction while LOGIN or AUTHENTICATE runs.
    pub login: Duration,
    /// Without any octet in either direction while another command runs, or TLS or compression begin.
    pub command: Duration,
    /// Without any octet in either direction while there is something to write, or a body has not come
    /// to its end.
    pub stall: Duration,
    /// From the octets of IDLE to [`Event::RefreshIdle`](super::Event::RefreshIdle). A server may log
    /// out who is silent for 30 minutes (RFC 9051 section 5.4).
    pub refresh_idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n.saturating_mul(60));
        Self {
            greeting: minutes(1),
            login: minutes(2),
            command: minutes(5),
            stall: minutes(5),
            refresh_idle: minutes(28),
        }
    }
}
