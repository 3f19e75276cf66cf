//! What a client learns.

use bytes::Bytes;
use mail_proto::{CommandId, ParseError, Sent};

use crate::{
    Capability, Challenge, Closed, Defect, DropListing, Greeting, LanguageListing, Mechanism,
    ScanListing, Status, UidListing,
};

/// What happened on a client connection, in the order of the server's octets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The server is there. If it refuses the connection, [`Closed::Refused`] follows.
    Greeting(Greeting),
    /// A multi-line reply begins; its lines or its body follow, then [`Event::Completed`].
    Begin {
        /// The command it answers.
        id: CommandId,
        /// The `+OK` line.
        status: Status,
    },
    /// A line of a listing.
    Line {
        /// The command it answers.
        id: CommandId,
        /// The line.
        line: ListingLine,
    },
    /// A piece of a message (RETR, TOP), unstuffed. Its pieces put together are the message; where
    /// they are cut has no meaning.
    Body {
        /// The command it answers.
        id: CommandId,
        /// The octets. They share the block they were read into.
        octets: Bytes,
    },
    /// A command has been answered to the end: with `-ERR` if this is `Err`.
    Completed {
        /// Which command.
        id: CommandId,
        /// The answer.
        result: Result<Reply, Status>,
    },
    /// The server wants a response, by [`respond`](super::Client::respond) or
    /// [`cancel_exchange`](super::Client::cancel_exchange) (RFC 5034 section 4).
    Challenge {
        /// The AUTH command.
        id: CommandId,
        /// The challenge.
        challenge: Challenge,
    },
    /// TLS is active. What was known of the server's capabilities is forgotten.
    Secured,
    /// A command will not be answered: the connection ended, or the server refused a command that
    /// this one depended on (then nothing of it was sent).
    Lost {
        /// Which command.
        id: CommandId,
        /// How much of it was handed out. [`Sent::Fully`] means that it may have been executed.
        sent: Sent,
    },
    /// An `-ERR` line answering nothing: some servers say so before they close an idle connection.
    Unsolicited(Status),
    /// The server deviates from the RFCs and was understood all the same.
    Defect(mail_proto::Defect<Defect>),
    /// Nothing has been sent for [`Timeouts::keep_alive`](super::Timeouts::keep_alive).
    KeepAlive,
    /// The end. Nothing follows.
    Closed(Closed),
}

impl Event {
    /// The command that it is an event of.
    pub(super) const fn command(&self) -> Option<CommandId> {
        match self {
            Self::Begin { id, .. }
            | Self::Line { id, .. }
            | Self::Body { id, .. }
            | Self::Completed { id, .. }
            | Self::Challenge { id, .. }
            | Self::Lost { id, .. } => Some(*id),
            _ => None,
        }
    }
}

/// What a `+OK` brought.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reply {
    /// The status line says it all.
    Done(Status),
    /// The end of a multi-line reply.
    End,
    /// STAT.
    Drop(DropListing),
    /// LIST with a message number.
    Scan(ScanListing),
    /// UIDL with a message number.
    UniqueId(UidListing),
    /// LANG with a range: the language in use from now on, and its description.
    Language(LanguageListing),
    /// The server agreed, but the rest of its line is not what the command asks for.
    Malformed {
        /// The line as it came.
        status: Status,
        /// What is wrong with its text.
        error: ParseError,
    },
}

/// A line of a multi-line reply that is not a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ListingLine {
    /// LIST.
    Scan(ScanListing),
    /// UIDL.
    UniqueId(UidListing),
    /// CAPA.
    Capability(Capability),
    /// AUTH without a mechanism.
    Mechanism(Mechanism),
    /// LANG without a range.
    Language(LanguageListing),
    /// A line that is not of this kind. The lines around it are not harmed.
    Malformed {
        /// The line without its line end; cut off if it was longer than the limit.
        line: Bytes,
        /// What is wrong with it.
        error: ParseError,
    },
}
