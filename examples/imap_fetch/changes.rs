//! Opening a mailbox, and what has changed in it since the last time.
//!
//! | the server has | flags | what is gone | what is new |
//! |---|---|---|---|
//! | QRESYNC | with SELECT | with SELECT | UIDs from the last UIDNEXT on |
//! | CONDSTORE | FETCH with CHANGEDSINCE | SEARCH | the same |
//! | neither | FETCH of all that are here | the same | the same |

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use imap_proto::client::Event;
use imap_proto::{
    Capability, CommandBody, Data, EsearchData, Fetch, Mailbox, MessageNumber, ModSeq, NumberSet,
    Position, QResync, Ranges, Search, SearchKey, SearchReturnOpt, Select, SequenceSet, SetRange,
    Uid,
};

use crate::Result;
use crate::display::Display;
use crate::flags::letters;
use crate::folder::Folder;
use crate::session::{Session, agreed};

/// A mailbox that is open.
pub struct Opened {
    /// What may have to be fetched.
    pub new: Vec<SetRange<Uid>>,
    /// The UID behind all of them, if the server told it.
    pub uid_next: Option<u32>,
    pub mod_seq: Option<u64>,
}

/// Opens a mailbox and brings what is here of it up to date, but for what is new.
pub async fn open(
    session: &mut Session,
    mailbox: &Mailbox,
    read_write: bool,
    folder: Option<&mut Folder>,
    display: &mut Display,
) -> Result<Opened> {
    let enabled = session.client().enabled();
    let resyncs = enabled.contains(&Capability::QResync);
    let counts = resyncs || enabled.contains(&Capability::CondStore);
    let known = folder.as_ref().map(|folder| folder.known()).filter(|it| !it.stored.is_empty());
    let resync = known.and_then(|known| {
        let mod_seq = ModSeq::new(known.mod_seq?)?;
        Some(QResync::new(NonZeroU32::new(known.uid_validity)?, mod_seq))
    });
    let select = Select::new(mailbox.clone());
    let resync = resync.filter(|_| resyncs);
    let told = resync.is_some();
    let select = match resync {
        Some(resync) => select.qresync(resync),
        None if counts => select.condstore(),
        None => select,
    };
    let command =
        if read_write { CommandBody::Select(select) } else { CommandBody::Examine(select) };
    let mut changes = Changes::default();
    let answer = session.run(command, |event| changes.learn(event)).await?;
    agreed("the mailbox", &answer)?;
    let Some(selected) = session.client().selected().cloned() else {
        return Err("the server closed the mailbox".into());
    };
    let uid_next = selected.uid_next.map(Uid::get);
    let mod_seq = selected.highest_mod_seq.map(ModSeq::get);
    let mut first = 1;
    if let Some(folder) = folder {
        let validity = selected.uid_validity.map_or(0, NonZeroU32::get);
        if validity != folder.known().uid_validity || validity == 0 {
            folder.restart(validity)?;
        } else {
            if !told {
                changes = Changes::ask(session, folder, mod_seq).await?;
            }
            changes.apply(folder, display)?;
        }
        first = folder.known().complete.max(1);
    }
    let is_level = uid_next.is_some_and(|next| next <= first);
    let new = match is_level || selected.exists == 0 {
        true => Vec::new(),
        false => search(session, first).await?,
    };
    Ok(Opened { new, uid_next, mod_seq })
}

/// What the server says of messages that may be here.
#[derive(Default)]
struct Changes {
    flags: BTreeMap<u32, String>,
    /// Those that are gone.
    vanished: Vec<NumberSet<Uid>>,
    /// All that are there.
    there: Option<BTreeSet<u32>>,
}

impl Changes {
    fn learn(&mut self, event: Event) {
        match event {
            Event::Data(Data::Fetch(_, data) | Data::UidFetch(_, data)) => {
                if let (Some(uid), Some(flags)) = (data.uid(), data.flags()) {
                    self.flags.insert(uid.get(), letters(flags));
                }
            }
            Event::Data(Data::Vanished(vanished)) => self.vanished.push(vanished.uids),
            _ => {}
        }
    }

    /// Asks for flags, and for what is there.
    async fn ask(session: &mut Session, folder: &Folder, mod_seq: Option<u64>) -> Result<Self> {
        let mut changes = Self::default();
        let known = folder.known();
        let stored = &known.stored;
        let (Some(first), Some(last)) = (stored.keys().next(), stored.keys().next_back()) else {
            return Ok(changes);
        };
        let (Some(first), Some(last)) = (Uid::new(*first), Uid::new(*last)) else {
            return Ok(changes);
        };
        let set = SequenceSet::from(NumberSet::range(first, last));
        let since = mod_seq.and(known.mod_seq).and_then(ModSeq::new);
        let fetch = Fetch::uids(set.clone()).flags();
        let fetch = since.map_or(fetch.clone(), |since| fetch.changed_since(since));
        let command = CommandBody::UidFetch(fetch);
        let answer = session.run(command, |event| changes.learn(event)).await?;
        agreed("FETCH", &answer)?;
        changes.there = Some(match since {
            None => changes.flags.keys().copied().collect(),
            Some(_) => {
                let found = find(session, SearchKey::Uid(set)).await?;
                // No more than were stored, whatever the server says.
                let is_there = |uid: &u32| found.iter().any(|range| range.bounds().contains(uid));
                stored.keys().copied().filter(is_there).collect()
            }
        });
        Ok(changes)
    }

    fn apply(self, folder: &mut Folder, display: &mut Display) -> Result<()> {
        for (uid, flags) in &self.flags {
            if folder.set_flags(*uid, flags)? {
                display.changed();
            }
        }
        let gone = folder.forget(|uid| {
            let vanished =
                Uid::new(uid).is_some_and(|uid| self.vanished.iter().any(|it| it.contains(uid)));
            vanished || self.there.as_ref().is_some_and(|there| !there.contains(&uid))
        });
        display.gone(gone);
        Ok(())
    }
}

/// The messages from this UID on, in ascending ranges.
async fn search(session: &mut Session, first: u32) -> Result<Vec<SetRange<Uid>>> {
    let key = match Uid::new(first) {
        Some(first) if first > Uid::MIN => {
            let from = Ranges::range(Position::Number(first), Position::Last);
            SearchKey::Uid(SequenceSet::Ranges(from))
        }
        _ => SearchKey::All,
    };
    // `*` is the last message, even if its UID is lower.
    let mut found = find(session, key).await?;
    found.retain_mut(|range| {
        range.first = range.first.max(Uid::new(first).unwrap_or(Uid::MIN));
        range.first <= range.last
    });
    Ok(found)
}

/// The messages that fit, in ascending ranges.
pub async fn find(session: &mut Session, key: SearchKey) -> Result<Vec<SetRange<Uid>>> {
    let mut search = Search::new(key);
    // Ranges are shorter than numbers.
    if session.capabilities().await?.supports(&Capability::ESearch) {
        search = search.returning([SearchReturnOpt::All]);
    }
    let mut found: Vec<Ranges<MessageNumber>> = Vec::new();
    let answer = session
        .run(CommandBody::UidSearch(search.into()), |event| match event {
            Event::Data(Data::Search(data)) => found.extend(data.ranges().cloned()),
            Event::Data(Data::Esearch(data)) => found.extend(EsearchData::all(&data).cloned()),
            _ => {}
        })
        .await?;
    agreed("SEARCH", &answer)?;
    let mut ranges = found.iter().flat_map(|it| it.as_slice()).copied();
    let uids = |range: SetRange<MessageNumber>| SetRange {
        first: range.first.as_uid(),
        last: range.last.as_uid(),
    };
    let Some(first) = ranges.next().map(uids) else { return Ok(Vec::new()) };
    let mut all = NumberSet::range(first.first, first.last);
    ranges.for_each(|range| all.push(uids(range)));
    Ok(all.normalized().as_slice().to_vec())
}
