//! The codec: octets to types and back. Knows no connection and no state.

mod class;
mod date;
mod defect;
mod encode;
mod flag;
mod mailbox;
mod number;
mod scan;
mod sequence_set;
mod set;
mod strings;
#[cfg(test)]
mod testing;
mod utf7;

pub use date::{Date, DateTime};
pub use defect::Defect;
pub use encode::{Encoder, Literals, Negotiated, Side, Strings};
pub use flag::{Flag, FlagList, Keyword, PermanentFlags, SystemFlag};
pub use mailbox::{ListMailbox, Mailbox, NameForm};
pub use number::{ModSeq, SeqNum, Uid};
pub use scan::{Cursor, Depth, Word, parse_whole};
pub use sequence_set::{Position, SequenceSet};
pub use set::{Endpoint, NumberSet, Ranges, SetNumber, SetRange};
pub use strings::{AString, Atom, IString, Literal, LiteralHeader, NString, Tag};
