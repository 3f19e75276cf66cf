//! What a client learns.

use bytes::Bytes;
use mail_proto::{CommandId, Secret, Sent};

use crate::connection::Closed;
use crate::{Condition, Data, Defect, FetchPart};

/// What happened on a client connection, in the order of the server's octets.
///
/// Untagged data belongs to no command on the wire, and so it has none here: it can come in every
/// state, asked for or not (RFC 9051 section 7).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The server is there: OK, PREAUTH, or BYE, behind which [`Closed::Bye`] follows.
    Greeting(Condition),
    /// What the server says without a tag; of FETCH those whose bodies came whole.
    Data(Data),
    /// A part of a FETCH with a body of more than
    /// [`inline_body`](super::Limits::inline_body) octets. Other events of the server's octets do not
    /// come before its last part.
    Fetch(FetchPart),
    /// The server waits for an answer, by [`respond`](super::Client::respond) or
    /// [`cancel_exchange`](super::Client::cancel_exchange) (RFC 9051 section 6.2.2).
    Challenge {
        /// The AUTHENTICATE command.
        id: CommandId,
        /// The challenge, decoded. Text where the first one should stand is an empty one (Q32).
        data: Secret<Bytes>,
    },
    /// The server has taken IDLE, and says what is new until [`done`](super::Client::done).
    Idling {
        /// The IDLE command.
        id: CommandId,
    },
    /// IDLE lasts so long that the server might log out: leave it and begin another.
    RefreshIdle {
        /// The IDLE command.
        id: CommandId,
    },
    /// The message of this command has room for octets: the server waits for them, or needs not be
    /// waited for.
    Room {
        /// The APPEND or REPLACE command.
        id: CommandId,
    },
    /// A command has been answered: OK, NO or BAD.
    Completed {
        /// Which command.
        id: CommandId,
        /// The answer.
        condition: Condition,
        /// How much of it had been handed out. [`Sent::Partly`]: it was refused on the way. A message
        /// that has been begun is still [owed](super::Client::supply).
        sent: Sent,
    },
    /// A command will not be answered: the connection has ended; or it was not sent, because one
    /// before it did not do what it needs.
    Lost {
        /// Which command.
        id: CommandId,
        /// How much of it was handed out. [`Sent::Fully`]: it may have been executed.
        sent: Sent,
    },
    /// A response that cannot be understood. Nothing but itself is lost by it; if it completes a
    /// command, [`Completed`](Self::Completed) follows.
    Unparsed {
        /// Octets of the server's stream before the one that is wrong.
        at: u64,
        /// What should stand there.
        expected: &'static str,
        /// The response without its line end; nothing of what is secret.
        raw: Bytes,
    },
    /// The server deviates from the RFCs and was understood all the same.
    Defect(mail_proto::Defect<Defect>),
    /// TLS is active. What was known of the server's capabilities is forgotten.
    Secured,
    /// The end. Nothing follows.
    Closed(Closed),
}

impl Event {
    /// The command that it is an event of.
    pub(super) const fn command(&self) -> Option<CommandId> {
        match self {
            Self::Challenge { id, .. }
            | Self::Idling { id }
            | Self::RefreshIdle { id }
            | Self::Room { id }
            | Self::Completed { id, .. }
            | Self::Lost { id, .. } => Some(*id),
            _ => None,
        }
    }
}
