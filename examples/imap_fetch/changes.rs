//! Opening a mailbox, and what has changed in it since the last time.
//!
//! | the server has | flags | what is gone | what is new |
//! |---|---|---|---|
//! | QRESYNC | with SELECT | with SELECT | UIDs from the last UIDNEXT on |
//! | CONDSTORE | FETCH with CHANGEDSINCE | SEARCH | the same |
//! | neither | FETCH of all that are here | the same | the same |

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use imap_proto::tasks::{self, FetchRow, UidSearch};
use imap_proto::{
    Capability, Fetch, Mailbox, ModSeq, NumberSet, Position, QResync, Ranges, Search, SearchKey,
    SearchReturnOpt, Select, SequenceSet, SetRange, Uid,
};

use crate::Result;
use crate::display::Display;
use crate::flags::letters;
use crate::folder::Folder;
use crate::session::Session;

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
    let opened = match read_write {
        true => session.run("the mailbox", tasks::Select(select)).await?,
        false => session.run("the mailbox", tasks::Examine(select)).await?,
    };
    let selected = opened.selected;
    let mut changes = Changes::new(&opened.changed, opened.vanished);
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
    vanished: Option<NumberSet<Uid>>,
    /// All that are there.
    there: Option<BTreeSet<u32>>,
}

impl Changes {
    fn new(rows: &[FetchRow], vanished: Option<NumberSet<Uid>>) -> Self {
        let flags = |row: &FetchRow| Some((row.uid?.get(), letters(row.data.flags()?)));
        Self { flags: rows.iter().filter_map(flags).collect(), vanished, there: None }
    }

    /// Asks for flags, and for what is there.
    async fn ask(session: &mut Session, folder: &Folder, mod_seq: Option<u64>) -> Result<Self> {
        let known = folder.known();
        let stored = &known.stored;
        let (Some(first), Some(last)) = (stored.keys().next(), stored.keys().next_back()) else {
            return Ok(Self::default());
        };
        let (Some(first), Some(last)) = (Uid::new(*first), Uid::new(*last)) else {
            return Ok(Self::default());
        };
        let set = SequenceSet::from(NumberSet::range(first, last));
        let since = mod_seq.and(known.mod_seq).and_then(ModSeq::new);
        let fetch = Fetch::uids(set.clone()).flags();
        let fetch = since.map_or(fetch.clone(), |since| fetch.changed_since(since));
        let fetched = session.run("FETCH", fetch).await?;
        let mut changes = Self::new(&fetched.rows, fetched.vanished);
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
            let vanished = self.vanished.as_ref().zip(Uid::new(uid));
            let vanished = vanished.is_some_and(|(vanished, uid)| vanished.contains(uid));
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
    let found = session.run("SEARCH", UidSearch(search)).await?.all;
    Ok(found.map_or_else(Vec::new, |all| all.normalized().as_slice().to_vec()))
}
