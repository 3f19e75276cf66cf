//! The parts of a FETCH response, put together again.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};

use super::{BodyBegin, BodySection, FetchBegin, FetchData, FetchItem, FetchPart, MalformedFetch};

/// Puts the parts of a FETCH response together, for who has the memory.
///
/// ```
/// use imap_proto::{Collected, FetchBegin, FetchCollector, FetchItem, FetchPart, SeqNum, Uid};
///
/// let mut collector = FetchCollector::default();
/// assert_eq!(collector.push(FetchPart::Begin(FetchBegin::seq_num(SeqNum::MIN))), Collected::More);
/// assert_eq!(collector.push(FetchPart::Item(FetchItem::Uid(Uid::MIN))), Collected::More);
/// let Collected::Fetch(begin, data) = collector.push(FetchPart::End) else { panic!() };
/// assert_eq!((begin.number().unwrap().get(), data.uid()), (1, Some(Uid::MIN)));
/// ```
#[derive(Clone, Default, Debug)]
pub struct FetchCollector {
    begin: Option<FetchBegin>,
    items: Vec<FetchItem>,
    body: Option<(Box<BodyBegin>, Chunks)>,
}

/// What the parts are together.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub enum Collected {
    /// Others are to come.
    More,
    /// All of the response.
    Fetch(FetchBegin, FetchData),
    /// It is broken. The items before were those.
    Malformed(Option<FetchBegin>, FetchData, MalformedFetch),
}

impl FetchCollector {
    /// Takes the next part. Parts in an order in which no reader gives them are left out.
    pub fn push(&mut self, part: FetchPart) -> Collected {
        match part {
            FetchPart::Begin(begin) => {
                *self = Self { begin: Some(begin), ..Self::default() };
            }
            FetchPart::Item(item) => self.items.push(item),
            FetchPart::BodyBegin(begin) => self.body = Some((begin, Chunks::default())),
            FetchPart::Chunk(octets) => {
                if let Some((_, chunks)) = &mut self.body {
                    chunks.push(octets);
                }
            }
            FetchPart::BodyEnd => {
                if let Some((begin, chunks)) = self.body.take() {
                    self.items.push(BodySection::new(begin.name, chunks.join()).into());
                }
            }
            FetchPart::End => {
                if let Self { begin: Some(begin), items, .. } = core::mem::take(self) {
                    return Collected::Fetch(begin, FetchData { items });
                }
            }
            FetchPart::Malformed(malformed) => {
                let Self { begin, items, .. } = core::mem::take(self);
                return Collected::Malformed(begin, FetchData { items }, malformed);
            }
        }
        Collected::More
    }
}

/// Octets in pieces. One piece stays where it is.
#[derive(Clone, Default, Debug)]
pub(in crate::codec) struct Chunks {
    first: Bytes,
    all: BytesMut,
}

impl Chunks {
    pub(in crate::codec) fn push(&mut self, octets: Bytes) {
        if self.first.is_empty() {
            self.first = octets;
            return;
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&octets);
    }

    pub(in crate::codec) fn join(self) -> Bytes {
        if self.all.is_empty() { self.first } else { self.all.freeze() }
    }
}
