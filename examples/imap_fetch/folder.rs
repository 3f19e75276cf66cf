//! A mailbox as it is here: its Maildir and its state.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Result;
use crate::flags::{self, Files};
use crate::headers::Header;
use crate::maildir::{Delivery, Maildir};
use crate::state::{Known, State, Stored};

/// A mailbox as it is here.
pub struct Folder {
    path: PathBuf,
    maildir: Maildir,
    state: State,
    /// Read when they are needed.
    files: Option<Files>,
    /// Messages from before UIDVALIDITY changed, by time and length.
    old: Option<HashMap<(i64, u64), Vec<String>>>,
}

impl Folder {
    /// Opens it, makes it if it is not there, and finishes what an interrupted run had begun.
    pub fn open(path: PathBuf, mailbox: &str) -> Result<Self> {
        let maildir = Maildir::open(&path)?;
        let mut state = State::open(&path, mailbox)?;
        let known = &mut state.known;
        if let Some(uid) = known.last.take()
            && let Some(Stored { file, flags }) = known.stored.get(&uid)
            && !maildir.redeliver(file, &flags::place(file, flags))?
        {
            known.forget(uid);
        }
        // Mail readers remove what is old in `tmp`.
        known.partial.retain(|_, file| path.join("tmp").join(file).exists());
        state.rewrite()?;
        Ok(Self { path, maildir, state, files: None, old: None })
    }

    pub const fn known(&self) -> &Known {
        &self.state.known
    }

    /// The server's UIDVALIDITY is another one than before.
    pub fn restart(&mut self, uid_validity: u32) -> Result<()> {
        self.state.known.restart(uid_validity);
        self.state.rewrite()
    }

    /// A new file for a message.
    pub fn begin(&mut self) -> Result<Delivery> {
        self.maildir.begin()
    }

    /// Notes which message a file is for, so that the next run can go on with it.
    pub fn note(&mut self, uid: u32, delivery: &Delivery) -> Result<()> {
        self.state.begin(uid, &delivery.name)
    }

    /// The file of a message that has come in part, its length and its last octets.
    pub fn resume(&self, uid: u32, overlap: u64) -> Result<Option<(Delivery, u64, Vec<u8>)>> {
        let Some(name) = self.state.known.partial.get(&uid) else { return Ok(None) };
        let path = self.path.join("tmp").join(name);
        let octets = fs::metadata(&path)?.len();
        let mut file = File::open(&path)?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::Start(octets.saturating_sub(overlap)))?;
        let mut tail = Vec::new();
        file.read_to_end(&mut tail)?;
        let file = BufWriter::new(OpenOptions::new().append(true).open(&path)?);
        Ok(Some((Delivery { name: name.clone(), file }, octets, tail)))
    }

    /// A message that has come in part is of no use.
    pub fn give_up(&mut self, uid: u32) -> Result<()> {
        if let Some(name) = self.state.known.partial.remove(&uid) {
            fs::remove_file(self.path.join("tmp").join(name))?;
        }
        Ok(())
    }

    /// Removes what nobody wants.
    pub fn drop(&self, delivery: Delivery) -> Result<()> {
        self.maildir.drop(delivery)
    }

    /// Stores a message for good.
    pub fn store(&mut self, header: &Header, mut delivery: Delivery) -> Result<()> {
        delivery.file.flush()?;
        if let Some(at) = header.date.and_then(time) {
            delivery.file.get_ref().set_modified(at)?;
        }
        delivery.sync()?;
        let (file, flags) = (delivery.name, header.flags.clone());
        let place = flags::place(&file, &flags);
        self.state.store(header.uid, Stored { file: file.clone(), flags })?;
        self.maildir.deliver(&file, &place)
    }

    /// The server tells the flags of a message. Whether they are others than before.
    pub fn set_flags(&mut self, uid: u32, flags: &str) -> Result<bool> {
        let Some(stored) = self.state.known.stored.get_mut(&uid) else { return Ok(false) };
        if stored.flags == flags {
            return Ok(false);
        }
        let files = match &mut self.files {
            Some(files) => files,
            None => self.files.insert(Files::read(&self.path)?),
        };
        files.set_flags(&self.path, &stored.file, flags)?;
        flags.clone_into(&mut stored.flags);
        Ok(true)
    }

    /// Messages that are not on the server any more stay here; their UIDs never come again.
    pub fn forget(&mut self, gone: impl Fn(u32) -> bool) -> u64 {
        let before = self.state.known.stored.len();
        self.state.known.stored.retain(|uid, _| !gone(*uid));
        (before - self.state.known.stored.len()) as u64
    }

    /// Whether a message is one that was stored before UIDVALIDITY changed: of the same time, length
    /// and Message-ID.
    pub fn adopt(&mut self, header: &Header) -> Result<bool> {
        if self.state.known.old.is_empty() {
            return Ok(false);
        }
        let files = match &mut self.files {
            Some(files) => files,
            None => self.files.insert(Files::read(&self.path)?),
        };
        let old = match &mut self.old {
            Some(old) => old,
            None => self.old.insert(by_time_and_length(&self.state.known.old, files)),
        };
        let Some(date) = header.date else { return Ok(false) };
        let Some(candidates) = old.get_mut(&(date, header.size)) else { return Ok(false) };
        let same = |name: &String| {
            files.get(name).is_some_and(|path| message_id(path) == header.message_id)
        };
        let Some(place) = candidates.iter().position(same) else { return Ok(false) };
        let file = candidates.swap_remove(place);
        files.set_flags(&self.path, &file, &header.flags)?;
        self.state.known.old.retain(|name| *name != file);
        self.state.store(header.uid, Stored { file, flags: header.flags.clone() })?;
        Ok(true)
    }

    /// All is here that was on the server: below this UID, if all was wanted.
    pub fn complete(&mut self, below: Option<u32>, mod_seq: Option<u64>) -> Result<()> {
        let known = &mut self.state.known;
        if let Some(below) = below {
            known.complete = below;
            // What has not been found again until now is not on the server any more.
            known.old.clear();
        }
        known.mod_seq = mod_seq;
        self.state.rewrite()
    }
}

fn time(unix: i64) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(unix).ok()?))
}

fn by_time_and_length(old: &[String], files: &Files) -> HashMap<(i64, u64), Vec<String>> {
    let mut by = HashMap::<_, Vec<_>>::new();
    for name in old {
        let Some(data) = files.get(name).and_then(|path| fs::metadata(path).ok()) else { continue };
        let since = data.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        if let Some(seconds) = since.and_then(|since| i64::try_from(since.as_secs()).ok()) {
            by.entry((seconds, data.len())).or_default().push(name.clone());
        }
    }
    by
}

/// The Message-ID in a file, as ENVELOPE would have it.
fn message_id(path: &Path) -> Option<Vec<u8>> {
    const HEADER: u64 = 64 * 1024;
    const NAME: &[u8] = b"message-id:";
    let mut octets = Vec::new();
    File::open(path).ok()?.take(HEADER).read_to_end(&mut octets).ok()?;
    let lines =
        octets.split(|octet| *octet == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let is_it =
        |line: &&[u8]| line.get(..NAME.len()).is_some_and(|it| it.eq_ignore_ascii_case(NAME));
    let line = lines.into_iter().find(is_it)?;
    Some(line.get(NAME.len()..)?.trim_ascii().to_vec())
}
