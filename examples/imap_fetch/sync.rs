//! A mailbox after the other: what has changed, then headers in batches, then bodies.

use imap_proto::connection::State;
use imap_proto::{Mailbox, NumberSet, SequenceSet, SetRange, SettableFlags, Store, Uid};

use crate::Result;
use crate::args::{Args, Wanted, What};
use crate::bodies;
use crate::changes::{self, Opened};
use crate::connect::Later;
use crate::display::Display;
use crate::folder::Folder;
use crate::headers::{self, Header};
use crate::mailboxes::{self, folder_name, shown};
use crate::session::Session;

/// All mailboxes that are wanted.
pub async fn all(session: &mut Session, args: &Args, display: &mut Display) -> Result<()> {
    for mailbox in mailboxes::chosen(session, &args.mailboxes).await? {
        if let Err(error) = one(session, args, &mailbox, display).await {
            // Without a connection there is no next one.
            if error.is::<Later>() || session.client().state() == State::Logout {
                return Err(error);
            }
            let name = shown(&mailbox, session.name_form());
            display.failed(&format!("{name}: {error}"));
        }
    }
    Ok(())
}

async fn one(
    session: &mut Session,
    args: &Args,
    mailbox: &Mailbox,
    display: &mut Display,
) -> Result<()> {
    let form = session.name_form();
    let mut folder = match &args.what {
        What::Messages(path) => {
            let name = folder_name(mailbox, form);
            let label = format!("{} {name}", args.way.account);
            Some(Folder::open(path.join(&name), &label)?)
        }
        _ => None,
    };
    let opened = changes::open(session, mailbox, args.seen, folder.as_mut(), display).await?;
    let known = folder.as_ref().map_or(0, |folder| folder.known().stored.len());
    let name = shown(mailbox, form);
    display.mailbox(&name, known as u64);
    if folder.is_none() {
        println!("{name}:");
    }
    let mut first_missing = None;
    // However many a server claims to have, they are looked at one by one.
    let ranges = opened.new.clone().into_iter();
    let mut uids = ranges.flat_map(|range| range.bounds()).filter_map(Uid::new);
    let last = opened.new.last().map_or(Uid::MIN, |range| range.last);
    display.wanted(opened.new.iter().map(count).sum());
    loop {
        let is_missing = |uid: &Uid| {
            let is_here =
                folder.as_ref().is_some_and(|it| it.known().stored.contains_key(&uid.get()));
            !is_here && args.wanted.uids.as_ref().is_none_or(|set| set.contains(*uid, last))
        };
        let batch: Vec<_> = uids.by_ref().filter(is_missing).take(args.batch).collect();
        if batch.is_empty() {
            break;
        }
        let (headers, is_broken) = headers::fetch(session, &batch).await?;
        if is_broken {
            display.failed(&format!("{name}: headers that cannot be read"));
            first_missing = first_missing.into_iter().chain(unread(&batch, &headers)).min();
        }
        let wanted: Vec<_> =
            headers.into_iter().filter(|header| is_wanted(header, &args.wanted)).collect();
        match &mut folder {
            Some(folder) => {
                let done = bodies::fetch(session, folder, wanted, args.pipeline, display).await?;
                first_missing = first_missing.into_iter().chain(done.first_missing).min();
                if args.seen {
                    mark(session, &done.stored).await?;
                }
            }
            None => wanted.iter().for_each(|header| println!("{}", header.line)),
        }
    }
    match &mut folder {
        Some(folder) => finish(folder, &opened, args.wanted.is_all(), first_missing),
        None => Ok(()),
    }
}

fn count(range: &SetRange<Uid>) -> u64 {
    u64::from(range.last.get() - range.first.get()) + 1
}

/// The first message that was asked for and has no header.
fn unread(batch: &[Uid], headers: &[Header]) -> Option<u32> {
    let is_read = |uid: &u32| headers.iter().any(|header| header.uid == *uid);
    batch.iter().map(|uid| uid.get()).find(|uid| !is_read(uid))
}

fn is_wanted(header: &Header, wanted: &Wanted) -> bool {
    let fits = wanted.max_size.is_none_or(|max| header.size <= max);
    fits && !(wanted.unseen && header.flags.contains('S'))
}

async fn mark(session: &mut Session, stored: &[Uid]) -> Result<()> {
    let Some(set) = NumberSet::from_numbers(stored.iter().copied()) else { return Ok(()) };
    let store = Store::uids(SequenceSet::from(set)).add_flags_silent(SettableFlags::seen());
    session.run("STORE", store).await.map(drop)
}

/// Writes down that nothing is missing, as far as that is so.
fn finish(
    folder: &mut Folder,
    opened: &Opened,
    is_all: bool,
    first_missing: Option<u32>,
) -> Result<()> {
    let behind =
        opened.new.last().map_or(folder.known().complete, |it| it.last.get().saturating_add(1));
    let below = first_missing.unwrap_or_else(|| opened.uid_next.unwrap_or(behind));
    folder.complete(is_all.then_some(below), opened.mod_seq)
}
