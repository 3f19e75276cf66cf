//! ENVELOPE and BODYSTRUCTURE, kept as they stand on the wire.
//!
//! Both are one run of octets and one flat index of where their fields are. The readers of `read`
//! are the grammar; those of `fast` decide only whether octets are as they nearly always are.

mod ahead;
mod body;
mod body_fields;
mod envelope;
mod envelope_fields;
mod fast;
mod fast_body;
mod index;
mod nstr;
mod part;
mod read;
mod read_body;
mod read_envelope;
mod read_part;
#[cfg(test)]
pub(crate) mod tests;
mod write;
mod write_body;

pub use body::BodyStructure;
pub use body_fields::{BodyStructureBuilder, DispositionFields, ExtensionFields, PartFields};
pub use envelope::{Address, AddressKind, Addresses, Envelope, EnvelopeRef};
pub use envelope_fields::{AddressFields, EnvelopeFields};
pub use nstr::NStr;
pub use part::{Disposition, Languages, Params, Part, PartKind, Parts};
