//! What a server is asked, and the right to answer it in one shape only.

use core::marker::PhantomData;

use bytes::Bytes;
use mail_proto::{CommandId, Secret};

use crate::{
    Closed, Defect, Digest, Mechanism, MessageNumber, Name, Password, RawCommand, Timestamp,
};

/// What happened on a server connection, in the order of the client's octets.
///
/// After an [`Event::Request`] the connection takes no further command until the request is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// The application is asked for something and answers by [`reply`](super::Server::reply).
    Request(Request),
    /// There is room for more of the reply that is being written
    /// ([`room`](super::Server::room)). Not repeated before something was written.
    Room,
    /// A line that is no command, or not one for this state. It has been refused already.
    Rejected {
        /// Octets of the client's stream before the first wrong one.
        at: u64,
        /// What would have been right.
        expected: &'static str,
    },
    /// The client gave up its AUTH exchange, or broke it. It has been refused already.
    AuthenticationEnded,
    /// TLS is active.
    Secured,
    /// The client deviates from the RFCs and was understood all the same.
    Defect(mail_proto::Defect<Defect>),
    /// The end. Nothing follows. Whatever the reason, only an answered [`Request::Quit`] deletes.
    Closed(Closed),
}

/// What the application is asked, each with the right to answer it.
///
/// What needs no mailbox (CAPA, NOOP, STLS, UTF8, LANG, USER, QUIT before login) the connection
/// answers itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// USER and PASS, or APOP: lock this user's maildrop.
    Login(Credentials, Pending<Login>),
    /// AUTH begins (RFC 5034). `initial` is the initial response, decoded, if there was one. What to
    /// answer, [`mail_proto::sasl::ServerExchange`] knows.
    Authenticate {
        /// One of the offered mechanisms.
        mechanism: Mechanism,
        /// The client's first message.
        initial: Option<Secret<Bytes>>,
        /// Answer with [`Response::Challenge`](super::Response::Challenge) or as a login.
        pending: Pending<Login>,
    },
    /// The client's answer to a challenge, decoded.
    Authentication(Secret<Bytes>, Pending<Login>),
    /// STAT: how many messages, how many octets.
    Stat(Pending<Stat>),
    /// LIST of all messages.
    List(Pending<ScanLines>),
    /// LIST of one message.
    ListOne(MessageNumber, Pending<ScanLine>),
    /// UIDL of all messages.
    Uidl(Pending<UidLines>),
    /// UIDL of one message.
    UidlOne(MessageNumber, Pending<UidLine>),
    /// The whole message.
    Retr(MessageNumber, Pending<Body>),
    /// The header, the blank line and so many lines of the body.
    Top(MessageNumber, u64, Pending<Body>),
    /// Mark a message as deleted.
    Dele(MessageNumber, Pending<Single>),
    /// Unmark all messages.
    Rset(Pending<Single>),
    /// Enter UPDATE: remove what is marked, release the maildrop. The connection closes after the
    /// answer.
    Quit(Pending<Single>),
    /// A command that this crate has no type for, in TRANSACTION. Refuse it if it is not yours.
    Other(RawCommand, Pending<Single>),
}

/// How a user says who he is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Credentials {
    /// USER and PASS.
    Password {
        /// The name.
        name: Name,
        /// The password.
        password: Secret<Password>,
    },
    /// APOP: compare with [`apop_digest`](crate::apop_digest) of timestamp and shared secret.
    Apop {
        /// The name.
        name: Name,
        /// What the client computed.
        digest: Secret<Digest>,
        /// What it computed it from.
        timestamp: Timestamp,
    },
}

/// The right to answer one request, in the shape `K`.
///
/// A reply of another shape cannot be written: [`Response`](super::Response) pairs each answer with
/// the kind of `Pending` it may answer. Answering twice is a
/// [`SendError::NotOwed`](mail_proto::SendError::NotOwed).
pub struct Pending<K> {
    id: CommandId,
    shape: PhantomData<fn() -> K>,
}

impl<K> Pending<K> {
    pub(super) const fn new(id: CommandId) -> Self {
        Self { id, shape: PhantomData }
    }

    /// The command it answers.
    #[must_use]
    pub const fn id(&self) -> CommandId {
        self.id
    }
}

// Derived impls would ask `K` for the same traits.
impl<K> Clone for Pending<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Pending<K> {}

impl<K> PartialEq for Pending<K> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl<K> Eq for Pending<K> {}

impl<K> core::fmt::Debug for Pending<K> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Pending({:?})", self.id)
    }
}

macro_rules! shapes {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $($(#[$doc])* #[derive(Clone, Copy, PartialEq, Eq, Debug)] pub enum $name {})+
    };
}

shapes! {
    /// Answered by success, a challenge, or a refusal that carries `[AUTH]` where nothing else fits.
    Login;
    /// Answered by one status line.
    Single;
    /// Answered by a drop listing.
    Stat;
    /// Answered by one scan listing.
    ScanLine;
    /// Answered by a list of scan listings.
    ScanLines;
    /// Answered by one unique-id listing.
    UidLine;
    /// Answered by a list of unique-id listings.
    UidLines;
    /// Answered by a message.
    Body;
}
