//! What an application answers.

use bytes::Bytes;
use mail_proto::{CommandId, Secret, Text};

use super::event::{Body, Login, Pending, ScanLine, ScanLines, Single, Stat, UidLine, UidLines};
use crate::{DropListing, ResponseCode, ScanListing, UidListing};

/// An answer, or a part of one, paired with the request it may answer.
///
/// Lists and messages are written in parts: begin, lines or octets, end. They may come at any pace;
/// see [`Server::room`](super::Server::room).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Response {
    /// `-ERR`, to any request ([`Pending::id`]).
    ///
    /// A login that is refused without a code gets `[AUTH]`, which RFC 3206 section 5 wants of every
    /// refusal that is about the credentials.
    Refuse(CommandId, Option<ResponseCode>, Text),
    /// `+OK` to a request that is answered by one line.
    Ok(Pending<Single>, Text),
    /// The user is known and the maildrop is locked: TRANSACTION begins.
    LoggedIn(Pending<Login>, Text),
    /// An AUTH exchange goes on.
    Challenge(Pending<Login>, Secret<Bytes>),
    /// STAT.
    Stat(Pending<Stat>, DropListing),
    /// LIST of one message.
    ScanLine(Pending<ScanLine>, ScanListing),
    /// A LIST begins.
    ScanBegin(Pending<ScanLines>, Text),
    /// A line of a LIST.
    Scan(Pending<ScanLines>, ScanListing),
    /// A LIST ends.
    ScanEnd(Pending<ScanLines>),
    /// UIDL of one message.
    UidLine(Pending<UidLine>, UidListing),
    /// A UIDL begins.
    UidBegin(Pending<UidLines>, Text),
    /// A line of a UIDL.
    Uid(Pending<UidLines>, UidListing),
    /// A UIDL ends.
    UidEnd(Pending<UidLines>),
    /// A message begins. From here on there is no way to refuse it.
    BodyBegin(Pending<Body>, Text),
    /// Octets of a message, as they are stored; the connection stuffs the dots and mends line ends.
    Body(Pending<Body>, Bytes),
    /// A message ends.
    BodyEnd(Pending<Body>),
    /// The list or message that was begun cannot be continued ([`Pending::id`]): the connection closes
    /// without its end, so that the client does not take a part for the whole.
    Abort(CommandId),
}

impl Response {
    /// The request it answers.
    #[must_use]
    pub const fn id(&self) -> CommandId {
        match self {
            Self::Refuse(id, ..) | Self::Abort(id) => *id,
            Self::Ok(pending, _) => pending.id(),
            Self::LoggedIn(pending, _) | Self::Challenge(pending, _) => pending.id(),
            Self::Stat(pending, _) => pending.id(),
            Self::ScanLine(pending, _) => pending.id(),
            Self::ScanBegin(pending, _) | Self::Scan(pending, _) | Self::ScanEnd(pending) => {
                pending.id()
            }
            Self::UidLine(pending, _) => pending.id(),
            Self::UidBegin(pending, _) | Self::Uid(pending, _) | Self::UidEnd(pending) => {
                pending.id()
            }
            Self::BodyBegin(pending, _) | Self::Body(pending, _) | Self::BodyEnd(pending) => {
                pending.id()
            }
        }
    }
}
