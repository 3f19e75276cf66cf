//! Which octets of a command no trace must show.

use mail_proto::Direction;

use super::Server;
use crate::{Command, CommandBody};

impl Server {
    /// Shows a command to the trace, of which the first octets are not secret.
    pub(super) fn trace_command(&mut self, whole: &[u8], open: usize) {
        let (shown, hidden) = whole.split_at_checked(open).unwrap_or((whole, &[]));
        self.transcript.record(Direction::Received, shown, false);
        self.transcript.record(Direction::Received, hidden, true);
    }

    /// How many octets of it may be seen.
    ///
    /// Before login, what is no command may be the next line of an exchange that was refused.
    pub(super) fn open_octets(&self, command: Option<&Command>, whole: &[u8]) -> usize {
        let Some(Command { tag, body }) = command else {
            return if self.is_logged_in() { before_credentials(whole) } else { 0 };
        };
        let behind = |name: &str| tag.as_bytes().len().saturating_add(name.len());
        match body {
            CommandBody::Login(_) => behind(" LOGIN"),
            CommandBody::Authenticate(authenticate) => {
                behind(" AUTHENTICATE ").saturating_add(authenticate.mechanism.as_bytes().len())
            }
            CommandBody::Unknown(_) if !self.is_logged_in() => 0,
            _ => whole.len(),
        }
    }
}

/// Whether it begins like what is to say who somebody is.
pub(super) fn shows_credentials(command: &[u8]) -> bool {
    before_credentials(command) < command.len()
}

/// A command of the wrong state, or a broken one, may have been meant to say who somebody is.
fn before_credentials(whole: &[u8]) -> usize {
    let mut words = whole.split(|octet| *octet == b' ').filter(|word| !word.is_empty());
    let (tag, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let is_login = [&b"LOGIN"[..], b"AUTHENTICATE"].iter().any(|it| it.eq_ignore_ascii_case(name));
    if is_login { tag.len() } else { whole.len() }
}
