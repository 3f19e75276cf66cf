//! What a server's application hears.

use bytes::Bytes;
use mail_proto::{CommandId, Secret};

use crate::connection::Closed;
use crate::{AppendPart, CommandBody, Defect, MalformedAppend, Tag};

/// What happened on a server connection, in the order of the client's octets.
///
/// After an [`Event::Command`] the connection takes no further command until this one is
/// [completed](super::Server::complete). What needs no mailbox (CAPABILITY, STARTTLS, COMPRESS, LOGOUT)
/// and what is wrong (BAD) the connection answers itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The application is asked for something.
    ///
    /// AUTHENTICATE goes on with [`challenge`](super::Server::challenge), IDLE with
    /// [`accept`](super::Server::accept). APPEND and REPLACE come as [`Append`](Self::Append) instead.
    Command {
        /// What to answer to.
        id: CommandId,
        /// What is asked.
        body: CommandBody,
    },
    /// A part of APPEND, REPLACE or UID REPLACE.
    ///
    /// Where octets are announced (a `MessageBegin` with a size, a `TextBegin`) the connection waits:
    /// [`accept`](super::Server::accept) lets them come, [`complete`](super::Server::complete) with NO
    /// refuses them before they are sent or drops them unread. Behind `End` the command is to be
    /// completed; behind `Malformed` it has been.
    Append {
        /// What to answer to.
        id: CommandId,
        /// The part.
        part: AppendPart,
    },
    /// The client's answer to a challenge, decoded.
    Response {
        /// The AUTHENTICATE that it belongs to.
        id: CommandId,
        /// The answer.
        data: Secret<Bytes>,
    },
    /// The client gave up AUTHENTICATE, or broke AUTHENTICATE or IDLE. BAD is queued already.
    Cancelled {
        /// Which command.
        id: CommandId,
    },
    /// The client ends IDLE: complete it.
    IdleDone {
        /// The IDLE.
        id: CommandId,
    },
    /// A command that cannot be read, is not legal now, or is too long. It has been refused already.
    Rejected {
        /// Its tag, if it can be told.
        tag: Option<Tag>,
        /// Octets of the client's stream before the first wrong one.
        at: u64,
        /// What would have been right.
        expected: &'static str,
    },
    /// The client deviates from the RFCs and was understood all the same.
    Defect(mail_proto::Defect<Defect>),
    /// There is room for more of what is being answered ([`room`](super::Server::room)), after it had
    /// been used up, or a body waits for octets.
    Room {
        /// The command that is being answered, or the last one that was.
        id: CommandId,
    },
    /// TLS is active.
    Secured,
    /// The end. Nothing follows.
    Closed(Closed),
}

impl Event {
    pub(super) const fn malformed(id: CommandId, at: usize, expected: &'static str) -> Self {
        let error = mail_proto::ParseError::new(at, expected);
        Self::Append { id, part: AppendPart::Malformed(MalformedAppend { error }) }
    }
}
