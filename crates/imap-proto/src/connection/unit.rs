//! A command or a response that the framer has found, taken off the input.

use core::ops::Deref;

use bytes::{Buf, Bytes, BytesMut};
use mail_proto::without_line_end;

use crate::Cursor;

/// Units of so many octets are read where they stand, and what is kept of them is copied: that costs
/// less than to split them off, and keeps no block alive for the sake of a few octets.
const IN_PLACE: usize = 256;

/// The octets of a unit, in the input or split off.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unit<'a> {
    octets: &'a [u8],
    /// The block that they were split off with, of which a value can have a share.
    block: Option<&'a Bytes>,
}

impl<'a> Unit<'a> {
    /// Has so many octets at the front of the input read, and consumes them.
    pub(crate) fn take<T>(
        input: &mut BytesMut,
        octets: usize,
        read: impl FnOnce(Unit<'_>) -> T,
    ) -> T {
        let octets = octets.min(input.len());
        if octets > IN_PLACE {
            let block = input.split_to(octets).freeze();
            return read(Unit { octets: &block, block: Some(&block) });
        }
        let value = read(Unit { octets: input.get(..octets).unwrap_or_default(), block: None });
        input.advance(octets);
        value
    }

    /// Without its CRLF or LF.
    pub(crate) fn without_line_end(self) -> Self {
        Self { octets: without_line_end(self.octets), ..self }
    }

    /// A cursor at its front.
    pub(crate) fn cursor(self) -> Cursor<'a> {
        match self.block {
            Some(block) => Cursor::part(self.octets, block),
            None => Cursor::over(self.octets, 0),
        }
    }

    /// The octets, to be kept.
    pub(crate) fn to_bytes(self) -> Bytes {
        match self.block {
            Some(block) => block.slice_ref(self.octets),
            None => Bytes::copy_from_slice(self.octets),
        }
    }
}

impl Deref for Unit<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.octets
    }
}
