//! What goes wrong: in the store, which the client is told, and in the driver, which is told here.

use mail_proto::{CommandId, Text};
use pop3_proto::ResponseCode;
use pop3_proto::server::Response;
use thiserror::Error;

use crate::store::{StoreError, WrongReply};

/// The driver of a session made a mistake. Nothing changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum SessionError {
    /// A request came before the last one was answered.
    #[error("the session is busy with another request")]
    Busy,
    /// The request is none for this session in its state: logins are the application's to decide.
    #[error("the request is not for the session to answer")]
    NotOurs,
    /// No request of this id is on its way.
    #[error("the session did not ask this")]
    NotAsked,
    /// The reply belongs to a request of another kind.
    #[error(transparent)]
    WrongReply(#[from] WrongReply),
}

/// What the client is told of a store's error: the one table.
///
/// `[SYS/TEMP]` means that trying again may help, `[SYS/PERM]` that it does not (RFC 3206 section 4).
pub(super) fn refuse(id: CommandId, error: StoreError) -> Response {
    let (code, text): (_, &[u8]) = match error {
        StoreError::InUse => (Some(ResponseCode::InUse), b"the maildrop is in use"),
        StoreError::Unavailable => (Some(ResponseCode::SysTemp), b"the mail store is unavailable"),
        StoreError::Unknown => (Some(ResponseCode::SysTemp), b"the outcome is not known"),
        StoreError::Gone => (Some(ResponseCode::SysTemp), b"it is not there any more"),
        StoreError::Denied => (Some(ResponseCode::SysPerm), b"not permitted"),
        StoreError::Limit => (Some(ResponseCode::SysPerm), b"a limit is reached"),
        StoreError::Corrupt => (Some(ResponseCode::SysPerm), b"the message is damaged"),
        StoreError::OverQuota => (Some(ResponseCode::SysPerm), b"over quota"),
        StoreError::NoSuchMailbox => (Some(ResponseCode::SysPerm), b"no such mailbox"),
        StoreError::Exists => (Some(ResponseCode::SysPerm), b"it exists already"),
    };
    Response::Refuse(id, code, Text::sanitized(text))
}
