//! What both protocols share of SASL (RFC 4422): names of mechanisms, base64 lines, and the mechanisms
//! themselves, both sides, without a socket, a clock or a random number.
//!
//! The connections of both protocols carry challenges and responses and do not look into them; here is
//! what stands in them.
//!
//! | mechanism | source | client | server |
//! |---|---|---|---|
//! | PLAIN | RFC 4616 | [`Plain`] | [`SingleServer<Plain>`] |
//! | LOGIN | draft-murchison-sasl-login | [`LoginClient`] | [`LoginServer`] |
//! | CRAM-MD5 | RFC 2195 | [`CramMd5Client`] | [`CramMd5Server`] |
//! | EXTERNAL | RFC 4422 | [`External`] | [`SingleServer<External>`] |
//! | ANONYMOUS | RFC 4505 | [`Anonymous`] | [`SingleServer<Anonymous>`] |
//! | OAUTHBEARER, XOAUTH2 | RFC 7628, Google | [`OauthClient`] | [`OauthServer`] |
//! | SCRAM-SHA-1, -SHA-256, and their -PLUS | RFC 5802, RFC 7677 | [`scram::ScramClient`] | [`scram::ScramServer`] |
//!
//! A client [chooses](choose) one and runs it in a [`ClientExchange`]; a server runs its in a
//! [`ServerExchange`]. What can be mistaken for the end of a field or a line is refused when a message
//! is made and when it is read; secrets are [`Secret`](crate::Secret)s.

mod anonymous;
mod base64;
mod bearer;
mod choose;
mod client;
mod cram_md5;
mod external;
mod field;
mod gs2;
mod hmac;
mod login;
mod mechanism;
mod oauth;
mod plain;
pub mod scram;
mod server;
mod single;

pub use anonymous::Anonymous;
pub use base64::{decode_base64, decode_base64_unpadded, encode_base64};
pub use bearer::Bearer;
pub use choose::{Choice, Credentials, NoMechanism, PasswordCredentials, choose};
pub use client::{Authenticated, ClientExchange, ClientMechanism, Refused, SaslError, ServerProof};
pub use cram_md5::{CramMd5, CramMd5Client, CramMd5Server};
pub use external::External;
pub use field::Prepared;
pub use gs2::{BindingFlag, BindingKind, ChannelBinding, Gs2Header};
pub use login::{LoginClient, LoginServer};
pub use mechanism::Mechanism;
pub use oauth::{OauthClient, OauthKind, OauthServer};
pub use plain::Plain;
pub use scram::Nonce;
pub use server::{Answer, Identity, Question, Refusal, ServerExchange, ServerMechanism, Step};
pub use single::{SingleMessage, SingleServer};
