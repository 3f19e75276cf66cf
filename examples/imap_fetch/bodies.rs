//! Bodies, streamed into files: several asked for at once, and those that broke off before from where
//! they did.

use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU64;

use bytes::Bytes;
use imap_proto::tasks::{Event, Handle, Noop, Streamed, TaskId};
use imap_proto::{
    BodyName, BodySection, Data, Fetch, FetchItem, FetchPart, NumberSet, Partial, SearchKey,
    Section, Uid,
};

use crate::Result;
use crate::changes::find;
use crate::display::Display;
use crate::flags::letters;
use crate::folder::Folder;
use crate::headers::Header;
use crate::maildir::Delivery;
use crate::session::{Session, refused};

/// So many octets are asked for again of what came in part, to see that they are the same.
const OVERLAP: u64 = 4096;

/// What has become of messages.
#[derive(Default)]
pub struct Done {
    pub stored: Vec<Uid>,
    /// The first one that is on the server and did not come.
    pub first_missing: Option<u32>,
}

/// Fetches these messages.
pub async fn fetch(
    session: &mut Session,
    folder: &mut Folder,
    headers: Vec<Header>,
    pipeline: usize,
    display: &mut Display,
) -> Result<Done> {
    let mut fetch = Bodies::new(folder, display);
    let mut waiting = VecDeque::new();
    for header in headers {
        if fetch.folder.adopt(&header)? {
            fetch.display.adopted();
            fetch.stored(header.uid);
        } else {
            let is_begun = fetch.folder.known().partial.contains_key(&header.uid);
            if !(is_begun && fetch.resume(session, &header).await?) {
                waiting.push_back(header);
            }
        }
    }
    let result = fetch.all(session, waiting, pipeline).await;
    fetch.break_off()?;
    result?;
    fetch.doubtful(session).await?;
    Ok(fetch.done)
}

struct Bodies<'a> {
    folder: &'a mut Folder,
    display: &'a mut Display,
    /// Asked for, by UID.
    wanted: BTreeMap<u32, Header>,
    asked: BTreeMap<TaskId, (Handle<Streamed<Uid>>, u32)>,
    incoming: Incoming,
    /// Messages of another length than their headers said, or that did not come.
    doubtful: Vec<(Header, Option<Delivery>)>,
    done: Done,
}

/// A FETCH that is coming in.
#[derive(Default)]
struct Incoming {
    uid: Option<u32>,
    flags: Option<String>,
    delivery: Option<Delivery>,
    octets: u64,
    /// All octets of the body were there.
    whole: bool,
    /// The file is noted in the state.
    noted: bool,
}

impl<'a> Bodies<'a> {
    fn new(folder: &'a mut Folder, display: &'a mut Display) -> Self {
        let (wanted, asked, incoming) = (BTreeMap::new(), BTreeMap::new(), Incoming::default());
        let (doubtful, done) = (Vec::new(), Done::default());
        Self { folder, display, wanted, asked, incoming, doubtful, done }
    }

    async fn all(
        &mut self,
        session: &mut Session,
        mut waiting: VecDeque<Header>,
        pipeline: usize,
    ) -> Result<()> {
        loop {
            while self.asked.len() < pipeline
                && let Some(header) = waiting.pop_front()
            {
                let Some(uid) = Uid::new(header.uid) else { continue };
                let fetch = Fetch::uids(uid).uid().body_peek(Section::message());
                let handle = session.tasks().run(Streamed(fetch))?;
                self.asked.insert(handle.id(), (handle, header.uid));
                self.wanted.insert(header.uid, header);
            }
            if self.asked.is_empty() {
                return Ok(());
            }
            match session.event().await? {
                // Whose message it is, its UID tells.
                Event::Part { part, .. } | Event::Fetch(part) => self.part(part)?,
                Event::Row { data, .. } | Event::Data(data) => match data {
                    Data::Fetch(_, data) => self.whole(None, data.items)?,
                    Data::UidFetch(uid, data) => self.whole(Some(uid), data.items)?,
                    _ => {}
                },
                Event::Finished { task, .. } => {
                    let Some((handle, uid)) = self.asked.remove(&task) else { continue };
                    let result = session.tasks().take(handle);
                    let Some(header) = self.wanted.remove(&uid) else { continue };
                    match result {
                        Ok(()) => self.doubtful.push((header, None)),
                        Err(failure) => {
                            let name = format!("message {}", header.uid);
                            self.missing(header.uid, &refused(&name, &failure).to_string());
                        }
                    }
                    self.display.done();
                }
                _ => {}
            }
        }
    }

    fn part(&mut self, part: FetchPart) -> Result<()> {
        match part {
            FetchPart::Begin(begin) => {
                let uid = begin.number().filter(|_| begin.is_uid()).map(|it| it.get());
                self.incoming = Incoming { uid, ..Incoming::default() };
            }
            FetchPart::Item(item) => self.item(item)?,
            FetchPart::BodyBegin(body) if body.name == BodyName::message() => self.body()?,
            FetchPart::Chunk(octets) => self.octets(&octets)?,
            FetchPart::BodyEnd => self.incoming.whole = true,
            FetchPart::End => self.end()?,
            FetchPart::Malformed(_) => {
                self.display.note("a FETCH response cannot be read to its end");
                self.break_off()?;
            }
            FetchPart::BodyBegin(_) => {}
        }
        Ok(())
    }

    fn whole(&mut self, uid: Option<Uid>, items: Vec<FetchItem>) -> Result<()> {
        self.incoming = Incoming { uid: uid.map(Uid::get), ..Incoming::default() };
        for item in items {
            self.item(item)?;
        }
        self.end()
    }

    fn item(&mut self, item: FetchItem) -> Result<()> {
        match item {
            FetchItem::Uid(uid) => self.incoming.uid = Some(uid.get()),
            FetchItem::Flags(flags) => self.incoming.flags = Some(letters(&flags)),
            FetchItem::BodySection(body) if body.name == BodyName::message() => {
                if let Some(octets) = body.octets {
                    self.incoming.delivery = Some(self.folder.begin()?);
                    self.octets(&octets)?;
                    self.incoming.whole = true;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// The octets of a message follow, and they are many.
    fn body(&mut self) -> Result<()> {
        let delivery = self.folder.begin()?;
        if let Some(uid) = self.incoming.uid.filter(|uid| self.wanted.contains_key(uid)) {
            self.folder.give_up(uid)?;
            self.folder.note(uid, &delivery)?;
            self.incoming.noted = true;
        }
        self.incoming.delivery = Some(delivery);
        Ok(())
    }

    fn octets(&mut self, octets: &[u8]) -> Result<()> {
        if let Some(delivery) = &mut self.incoming.delivery {
            delivery.write(octets)?;
            self.incoming.octets += octets.len() as u64;
            self.display.octets(octets.len() as u64);
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        let incoming = std::mem::take(&mut self.incoming);
        let Some(uid) = incoming.uid else { return incoming.drop(self.folder) };
        if !incoming.whole {
            // Flags that somebody has changed meanwhile.
            if let Some(flags) = incoming.flags {
                match self.wanted.get_mut(&uid) {
                    Some(header) => header.flags = flags,
                    None if self.folder.set_flags(uid, &flags)? => self.display.changed(),
                    None => {}
                }
            }
            return Ok(());
        }
        // A message that was not asked for, or comes twice, is not wanted.
        let Some(mut header) = self.wanted.remove(&uid) else { return incoming.drop(self.folder) };
        header.flags = incoming.flags.unwrap_or(header.flags);
        match incoming.delivery {
            Some(delivery) if incoming.octets != header.size => {
                self.doubtful.push((header, Some(delivery)));
            }
            Some(delivery) => self.store(&header, delivery)?,
            None => {}
        }
        Ok(())
    }

    fn store(&mut self, header: &Header, delivery: Delivery) -> Result<()> {
        self.folder.store(header, delivery)?;
        self.display.fetched();
        self.stored(header.uid);
        Ok(())
    }

    /// Many servers say a wrong size (QUIRKS Q81). But some send a notice of their own in the place of a
    /// message that somebody has expunged meanwhile, instead of what RFC 2180 section 4.1 has for that: so
    /// these are stored only if they are still there. And a message that does not come though it was
    /// asked for is gone, or missing.
    async fn doubtful(&mut self, session: &mut Session) -> Result<()> {
        let doubtful = std::mem::take(&mut self.doubtful);
        let uids = doubtful.iter().filter_map(|(header, _)| Uid::new(header.uid));
        let Some(set) = NumberSet::from_numbers(uids) else { return Ok(()) };
        // Then a server tells what is gone, and numbers may move.
        session.run("NOOP", Noop).await?;
        let there = find(session, SearchKey::Uid(set.into())).await?;
        for (header, delivery) in doubtful {
            let is_there = there.iter().any(|range| range.bounds().contains(&header.uid));
            match (delivery, is_there) {
                (Some(delivery), true) => self.store(&header, delivery)?,
                (None, true) => {
                    self.missing(header.uid, &format!("message {} did not come", header.uid));
                }
                (_, false) if self.folder.known().partial.contains_key(&header.uid) => {
                    self.folder.give_up(header.uid)?;
                }
                (Some(delivery), false) => self.folder.drop(delivery)?,
                (None, false) => {}
            }
        }
        Ok(())
    }

    fn stored(&mut self, uid: u32) {
        self.done.stored.extend(Uid::new(uid));
        self.display.done();
    }

    fn missing(&mut self, uid: u32, reason: &str) {
        self.display.failed(reason);
        let first = self.done.first_missing.get_or_insert(uid);
        *first = uid.min(*first);
    }

    /// Keeps what has come of a message, if the next run will find it.
    fn break_off(&mut self) -> Result<()> {
        let mut incoming = std::mem::take(&mut self.incoming);
        match &mut incoming.delivery {
            Some(delivery) if incoming.noted => delivery.sync().map(drop),
            _ => incoming.drop(self.folder),
        }
    }

    /// Goes on with a message that has come in part. `false`: it has to come as a whole.
    async fn resume(&mut self, session: &mut Session, header: &Header) -> Result<bool> {
        let Some((mut delivery, octets, tail)) = self.folder.resume(header.uid, OVERLAP)? else {
            return Ok(false);
        };
        let offset = octets.saturating_sub(tail.len() as u64);
        let rest = header.size.max(octets).saturating_sub(offset).saturating_add(OVERLAP);
        let (Some(uid), Some(length)) = (Uid::new(header.uid), NonZeroU64::new(rest)) else {
            return Ok(false);
        };
        let fetch = Fetch::uids(uid).uid();
        let fetch = fetch.body_peek_partial(Section::message(), Partial { offset, length });
        let handle = session.tasks().run(Streamed(fetch))?;
        let mut rest = Rest::new(offset, tail);
        loop {
            let event = match session.event().await {
                Ok(Event::Finished { task, .. }) if task == handle => break,
                Ok(event) => event,
                Err(error) => {
                    delivery.sync()?;
                    return Err(error);
                }
            };
            if let Some(octets) = rest.learn(event) {
                self.display.octets(octets.len() as u64);
                delivery.write(&octets)?;
            }
        }
        // Fewer than were asked for: there are no more.
        if rest.is_good() && rest.octets < length.get() {
            self.store(header, delivery)?;
            return Ok(true);
        }
        self.folder.give_up(header.uid)?;
        Ok(false)
    }
}

impl Incoming {
    fn drop(self, folder: &Folder) -> Result<()> {
        self.delivery.map_or(Ok(()), |delivery| folder.drop(delivery))
    }
}

/// The rest of a message whose first octets are here.
struct Rest {
    name: BodyName,
    /// What is here and must come again.
    tail: Bytes,
    octets: u64,
    inside: bool,
    whole: bool,
    differs: bool,
}

impl Rest {
    fn new(offset: u64, tail: Vec<u8>) -> Self {
        let name = BodyName::Section { section: Section::message(), origin: Some(offset) };
        let (inside, whole, differs) = (false, false, false);
        Self { name, tail: tail.into(), octets: 0, inside, whole, differs }
    }

    /// Octets that are to be written.
    fn learn(&mut self, event: Event) -> Option<Bytes> {
        match event {
            Event::Part { part, .. } | Event::Fetch(part) => match part {
                FetchPart::BodyBegin(body) => self.inside = body.name == self.name,
                FetchPart::Chunk(octets) if self.inside => return self.take(octets),
                FetchPart::BodyEnd => self.whole |= std::mem::take(&mut self.inside),
                FetchPart::Item(FetchItem::BodySection(body)) => return self.item(*body),
                _ => {}
            },
            Event::Row { data: Data::Fetch(_, data) | Data::UidFetch(_, data), .. } => {
                let mut bodies = data.items.into_iter().filter_map(|item| match item {
                    FetchItem::BodySection(body) => Some(*body),
                    _ => None,
                });
                return bodies.next().and_then(|body| self.item(body));
            }
            _ => {}
        }
        None
    }

    fn item(&mut self, body: BodySection) -> Option<Bytes> {
        let octets = body.octets.filter(|_| body.name == self.name && !self.whole)?;
        self.whole = true;
        self.take(octets)
    }

    fn take(&mut self, mut octets: Bytes) -> Option<Bytes> {
        self.octets += octets.len() as u64;
        let again = octets.len().min(self.tail.len());
        self.differs |= octets.split_to(again) != self.tail.split_to(again);
        (!self.differs && !octets.is_empty()).then_some(octets)
    }

    fn is_good(&self) -> bool {
        self.whole && !self.differs && self.tail.is_empty()
    }
}
