//! The octets are a command, without its last CRLF.

use bytes::Bytes;
use imap_proto::Command;

use crate::imap::check;

/// Reading and writing agree: [`check`].
pub fn run(data: &[u8]) {
    check(&Bytes::copy_from_slice(data), Command::parse, Command::encode);
}
