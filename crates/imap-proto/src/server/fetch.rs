//! FETCH responses in parts: bodies are holes in the output that the application fills.

use bytes::Bytes;
use mail_proto::{CommandId, Owed, SendError};

use super::Server;
use super::running::Kind;
use crate::connection::Closed;
use crate::{Encoder, FetchBegin, FetchItem, FetchPart, FetchWriter};

impl Server {
    /// Writes a part of a FETCH response, in the order that [`FetchPart`] tells.
    ///
    /// A [`BodyBegin`](FetchPart::BodyBegin) announces octets, and leaves a hole of that size, which
    /// [`supply`](Self::supply) or [`Chunk`](FetchPart::Chunk) fills, now or later: other items, the
    /// end, and other responses can be written meanwhile, and wait behind it. The next [`Event::Room`]
    /// tells when to go on.
    ///
    /// [`Event::Room`]: super::Event::Room
    ///
    /// # Errors
    ///
    /// - [`SendError::State`]: a part out of order, an end without an item, or no FETCH or STORE is running, or a number of
    ///   the wrong kind under UIDONLY, or MODSEQ before CONDSTORE; a malformed part.
    /// - [`SendError::Length`]: a `BodyEnd` before all octets were supplied, or too many of them.
    /// - [`SendError::NotOwed`]: a chunk without a body.
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn fetch_part(&mut self, part: &FetchPart) -> Result<(), SendError> {
        self.check_open()?;
        let id = self.last_id;
        match part {
            FetchPart::Begin(begin) => self.begin_fetch(begin)?,
            FetchPart::Item(item) => self
                .check_item(item)
                .and_then(|()| self.write_fetch(|fetch, encoder| fetch.item(item, encoder)))?,
            FetchPart::BodyBegin(body) => {
                self.write_fetch(|fetch, encoder| fetch.body(body, encoder))?;
                self.output.push_hole(id, Owed::Exactly(body.size));
                self.wants_room |= body.size > 0;
            }
            FetchPart::Chunk(octets) => self.supply(id, octets.clone())?,
            FetchPart::BodyEnd => {
                self.open_fetch()?;
                if let Some(Owed::Exactly(left)) = self.output.owed(id) {
                    return Err(SendError::Length { left, given: 0 });
                }
            }
            FetchPart::End => {
                let is_whole = |fetch: &mut FetchWriter| !fetch.is_empty();
                let fetch = self.fetch.take_if(is_whole).ok_or(OUT_OF_ORDER)?;
                let negotiated = self.negotiated();
                fetch.end(&mut Encoder::new(&mut self.output.writer(id), negotiated));
            }
            FetchPart::Malformed(_) => return Err(OUT_OF_ORDER),
        }
        self.wrote();
        Ok(())
    }

    /// Supplies octets of the first body of this command that lacks some, held by reference.
    ///
    /// # Errors
    ///
    /// - [`SendError::NotOwed`]: no body of this command lacks octets.
    /// - [`SendError::Length`]: these are more than were announced.
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn supply(&mut self, id: CommandId, octets: Bytes) -> Result<(), SendError> {
        self.check_open()?;
        self.output.fill(id, octets, false)?;
        self.wants_room |= self.output.owed(id).is_some();
        self.wrote();
        Ok(())
    }

    /// The octets of a body cannot be had: the connection closes, and nothing is put in their place.
    ///
    /// # Errors
    ///
    /// - [`SendError::NotOwed`]: no body of this command lacks octets.
    /// - [`SendError::Closed`]: the connection has ended.
    pub fn abort_body(&mut self, id: CommandId) -> Result<(), SendError> {
        self.check_open()?;
        self.output.owed(id).ok_or(SendError::NotOwed)?;
        self.finish(Closed::Local);
        Ok(())
    }

    fn begin_fetch(&mut self, begin: &FetchBegin) -> Result<(), SendError> {
        self.check_between_responses()?;
        let is_asked = |kind| matches!(kind, Kind::Fetch { .. });
        if !self.running.as_ref().is_some_and(|running| is_asked(running.kind)) {
            return Err(SendError::State { expected: "a command that is answered by FETCH" });
        }
        self.check_numbers(begin.is_uid())?;
        let negotiated = self.negotiated();
        let mut writer = self.output.writer(self.last_id);
        self.fetch = Some(FetchWriter::begin(begin, &mut Encoder::new(&mut writer, negotiated)));
        Ok(())
    }

    fn check_item(&self, item: &FetchItem) -> Result<(), SendError> {
        self.check_mod_seq(matches!(item, FetchItem::ModSeq(_)))
    }

    fn open_fetch(&mut self) -> Result<&mut FetchWriter, SendError> {
        self.fetch.as_mut().ok_or(OUT_OF_ORDER)
    }

    fn write_fetch(
        &mut self,
        write: impl FnOnce(&mut FetchWriter, &mut Encoder<'_, mail_proto::Writer<'_>>),
    ) -> Result<(), SendError> {
        let negotiated = self.negotiated();
        let fetch = self.fetch.as_mut().ok_or(OUT_OF_ORDER)?;
        let mut writer = self.output.writer(self.last_id);
        write(fetch, &mut Encoder::new(&mut writer, negotiated));
        Ok(())
    }
}

const OUT_OF_ORDER: SendError =
    SendError::State { expected: "the parts of a FETCH response in their order" };
