//! SCRAM: both sides prove that they know the password, and neither sends it (RFC 5802, RFC 7677).
//!
//! ```text
//! C: n,,n=user,r=rOprNGfwEbeRWgbNEkqO                                       ClientFirst
//! S: r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22Z..,i=4096   ServerFirst
//! C: c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzb..   ClientFinal
//! S: v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=                         ServerFinal
//! C:                                                                        (nothing)
//! ```
//!
//! [`ScramClient`] and [`ScramServer`] are the mechanisms; the messages are here for those who need
//! something else. Random numbers come from the caller as [`Nonce`]s, what the channel is bound to as a
//! [`ChannelBinding`](super::ChannelBinding).

mod client;
mod hash;
mod keys;
mod message;
mod nonce;
mod server;
mod server_error;

pub use client::{ScramClient, ScramLimits};
pub use hash::ScramHash;
pub use keys::{Pretence, ScramKeys};
pub use message::{ClientFinal, ClientFirst, MessageError, ServerFinal, ServerFirst};
pub use nonce::Nonce;
pub use server::ScramServer;
pub use server_error::ServerError;
