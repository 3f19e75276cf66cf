//! What a session can ask, one struct each, and what it is answered.

mod append;
mod mailbox;
mod maildrop;
mod session;

pub use append::{
    AbortStage, Appended, Chunk, ChunkTaken, CommitStages, Stage, StageAborted, StageOpened,
};
pub use mailbox::{
    Body, ChangePage, Changes, Expunged, Fact, FactPage, Facts, MAX_READ, News, Open, Opened, Pin,
    Pinned, Progress, ReadBody, Remove, Removed, Row,
};
pub use maildrop::{CommitDeletions, DeletionsCommitted, Lock, Locked, Renew, Renewed};
pub use session::{Cancel, Cancelled, End, Ended};

use super::{Account, RequestId, SessionId, StoreError, WallTime, WrongReply};

/// How long a lease lives that is not renewed, in seconds.
pub const LEASE_SECONDS: u32 = 60;

/// A request on its way to the store: who asks, under which number, when, and what.
///
/// See the [module's example](super).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// Whose mail. The application has authenticated them; the store checks rights and quota.
    pub account: Account,
    /// The session that asks, and that [`End`] will be said of.
    pub session: SessionId,
    /// The idempotency key.
    pub request: RequestId,
    /// The wall time; without it the store takes its own clock. Sessions need no clock.
    pub now: Option<WallTime>,
    /// What is asked.
    pub body: Request,
}

/// What comes back: the answer that belongs to the request, or why there is none.
pub type Reply = Result<Answer, StoreError>;

/// A request of one kind, which knows its answer.
///
/// ```
/// use mailstore_core::store::{Ask, End, Ended, Lock, Reply, StoreError};
///
/// let reply: Reply = Ok(Ended.into());
/// assert_eq!(End::answer(reply.clone()), Ok(Ok(Ended)));
/// assert!(Lock::answer(reply).is_err());
/// assert_eq!(Lock::answer(Err(StoreError::InUse)), Ok(Err(StoreError::InUse)));
/// ```
pub trait Ask: Into<Request> {
    /// What belongs to it.
    type Answer: TryFrom<Answer, Error = WrongReply> + Into<Answer>;

    /// Reads the reply to a request of this kind.
    ///
    /// # Errors
    ///
    /// The reply belongs to a request of another kind.
    fn answer(reply: Reply) -> Result<Result<Self::Answer, StoreError>, WrongReply> {
        match reply {
            Ok(answer) => Self::Answer::try_from(answer).map(Ok),
            Err(error) => Ok(Err(error)),
        }
    }
}

/// The table: request, answer, whether it writes.
macro_rules! requests {
    ($($request:ident => $answer:ident, $writes:literal;)+) => {
        /// A request of any kind.
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub enum Request {
            $(#[doc = concat!("See [`", stringify!($request), "`].")] $request($request),)+
        }

        /// The answer to a request of any kind.
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[non_exhaustive]
        pub enum Answer {
            $(#[doc = concat!("To [`", stringify!($request), "`].")] $answer($answer),)+
        }

        impl Request {
            /// Whether it is a write: the store remembers its result, and a repeat returns that.
            #[must_use]
            pub const fn writes(&self) -> bool {
                match self { $(Self::$request(_) => $writes,)+ }
            }

            /// The name of its kind.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$request(_) => stringify!($request),)+ }
            }
        }

        impl Answer {
            /// The name of its kind.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$answer(_) => stringify!($answer),)+ }
            }
        }

        $(
            impl Ask for $request {
                type Answer = $answer;
            }

            impl From<$request> for Request {
                fn from(request: $request) -> Self {
                    Self::$request(request)
                }
            }

            impl From<$answer> for Answer {
                fn from(answer: $answer) -> Self {
                    Self::$answer(answer)
                }
            }

            impl TryFrom<Answer> for $answer {
                type Error = WrongReply;

                fn try_from(answer: Answer) -> Result<Self, WrongReply> {
                    match answer {
                        Answer::$answer(answer) => Ok(answer),
                        other => Err(WrongReply { expected: stringify!($answer), got: other.name() }),
                    }
                }
            }
        )+
    };
}

requests! {
    Lock => Locked, true;
    Renew => Renewed, false;
    CommitDeletions => DeletionsCommitted, true;
    Open => Opened, false;
    Facts => FactPage, false;
    ReadBody => Body, false;
    Changes => News, false;
    Pin => Pinned, true;
    Remove => Removed, true;
    Stage => StageOpened, true;
    Chunk => ChunkTaken, true;
    CommitStages => Appended, true;
    AbortStage => StageAborted, true;
    Cancel => Cancelled, false;
    End => Ended, false;
}
