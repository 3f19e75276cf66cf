//! The codec: octets to types and back. Knows no connection and no state.

mod body;
mod capability;
mod challenge;
mod command;
mod defect;
mod greeting;
mod language;
mod listing;
mod mechanism;
mod names;
mod raw_command;
mod response_code;
mod scan;
mod shape;
mod status;
#[cfg(test)]
mod testing;
mod url;

pub use body::{
    LineEnds, NormalizedSize, Part, Stuffed, Stuffer, Unstuffer, encode_end, unstuff_line,
};
pub use capability::{Capability, Expire};
pub use challenge::{Challenge, SaslResponse};
pub use command::Command;
pub use defect::Defect;
pub use greeting::{Greeting, Timestamp, apop_digest};
pub use language::LanguageListing;
pub use listing::{DropListing, ScanListing, UidListing};
pub use mail_proto::url::{UrlHost, UrlText};
pub use mechanism::MechanismListing;
pub use names::{Digest, LanguageRange, LanguageTag, MessageNumber, Name, Password, UniqueId};
pub use raw_command::RawCommand;
pub use response_code::{RawCode, ResponseCode};
pub use shape::Shape;
pub use status::{Status, StatusKind};
pub use url::{PopUrl, UrlAuth};

/// The most octets of a command line, its CRLF included, that every server must take
/// (RFC 2449 section 4). A client that has more to say in AUTH waits for the empty challenge.
pub const COMMAND_LENGTH: usize = 255;

/// The most octets of a greeting, of the first line of a reply or of a line of CAPA, its CRLF
/// included (RFC 1939 section 3, RFC 2449 sections 4 and 5).
pub const REPLY_LENGTH: usize = 512;
