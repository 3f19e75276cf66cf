//! The octets are a response, without its last CRLF.

use bytes::Bytes;
use imap_proto::Response;

use crate::imap::check;

/// Reading and writing agree: [`check`].
pub fn run(data: &[u8]) {
    check(&Bytes::copy_from_slice(data), Response::parse, Response::encode);
}
