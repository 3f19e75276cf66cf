//! Why a SCRAM server refuses.

use core::fmt;

use bytes::Bytes;

use crate::Escaped;

macro_rules! server_errors {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)+) => {
        /// Why a SCRAM server refuses (RFC 5802 section 7, `server-error-value`).
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        #[non_exhaustive]
        pub enum ServerError {
            $($(#[$doc])* $name,)+
            /// An extension's. Means the same as [`OtherError`](Self::OtherError).
            Unknown(Bytes),
        }

        impl ServerError {
            /// The value, known or not.
            #[must_use]
            pub fn parse(value: &[u8]) -> Self {
                match value {
                    $($word => Self::$name,)+
                    other => Self::Unknown(Bytes::copy_from_slice(other)),
                }
            }

            /// The value as it stands in the message.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$name => $word,)+
                    Self::Unknown(other) => other,
                }
            }
        }
    };
}

server_errors! {
    /// `invalid-encoding`
    InvalidEncoding = b"invalid-encoding",
    /// `extensions-not-supported`: an `m=` that is not known.
    ExtensionsNotSupported = b"extensions-not-supported",
    /// `invalid-proof`: the wrong password.
    InvalidProof = b"invalid-proof",
    /// `channel-bindings-dont-match`: there may be somebody between the two.
    ChannelBindingsDontMatch = b"channel-bindings-dont-match",
    /// `server-does-support-channel-binding`: the client thinks that the server does not (erratum
    /// 5580). There may be somebody between the two who removed the offer.
    ServerDoesSupportChannelBinding = b"server-does-support-channel-binding",
    /// `channel-binding-not-supported`
    ChannelBindingNotSupported = b"channel-binding-not-supported",
    /// `unsupported-channel-binding-type`
    UnsupportedChannelBindingType = b"unsupported-channel-binding-type",
    /// `unknown-user`
    UnknownUser = b"unknown-user",
    /// `invalid-username-encoding`
    InvalidUsernameEncoding = b"invalid-username-encoding",
    /// `no-resources`
    NoResources = b"no-resources",
    /// `other-error`
    OtherError = b"other-error",
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.80}", Escaped(self.as_bytes()))
    }
}
