//! The state file of a mailbox: what of it was stored here.
//!
//! ```text
//! imap_fetch state 1
//! mailbox alice@mail.example.org Entw%C3%BCrfe
//! uidvalidity 1790000000
//! old 1780000000.M1P1Q1.laptop
//! stored 11 1790000000.M17P4711Q1.laptop
//! stored 12 1790000000.M18P4711Q2.laptop FS
//! partial 14 1790000100.M19P4712Q1.laptop
//! complete 13 mod-sequence 4711
//! ```
//!
//! - `complete UIDNEXT`: nothing of what has a lower UID is missing here; and the flags are those of
//!   this mod-sequence, where the server has them.
//! - `stored UID FILE FLAGS`: a message, its file without flags in the name, its flags as the server
//!   told them last.
//! - `partial UID FILE`: what has come of a message is in `tmp`.
//! - `old FILE`: a message from before UIDVALIDITY changed, whose new UID is not known yet.
//!
//! # Why nothing is lost and nothing comes twice
//!
//! A message is written to `tmp` and synced; then its line is appended here and synced; then it is moved
//! to `new` or `cur`, and the folder synced. Whoever is killed before the line is there fetches the
//! message again, or the rest of it. Whoever is killed behind it finds the line, which is the last one:
//! if the message is still in `tmp`, it is moved now. Half a line at the end was never synced, and is no
//! line. Between runs the file is written anew, atomically.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::Result;
use crate::maildir;

const FIRST: &str = "imap_fetch state 1";
const NAME: &str = "imap_fetch.state";

/// An open state file.
pub struct State {
    path: PathBuf,
    mailbox: String,
    /// Open for appending.
    file: File,
    pub known: Known,
}

/// What it says.
#[derive(Default, Debug)]
pub struct Known {
    /// 0: the server does not tell, or nothing was stored yet.
    pub uid_validity: u32,
    /// The first UID that may be missing.
    pub complete: u32,
    pub mod_seq: Option<u64>,
    pub stored: BTreeMap<u32, Stored>,
    pub partial: BTreeMap<u32, String>,
    pub old: Vec<String>,
    /// The message of the last line, which may be in `tmp` still.
    pub last: Option<u32>,
}

/// A message that is here.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    pub file: String,
    pub flags: String,
}

impl State {
    /// Reads the file in a folder, if there is one. [`rewrite`](Self::rewrite) must follow: its last line
    /// may be half a one.
    pub fn open(folder: &Path, mailbox: &str) -> Result<Self> {
        let path = folder.join(NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        };
        let known = parse(&text, mailbox).map_err(|(line, expected)| {
            format!("{}, line {line}: expected {expected}", path.display())
        })?;
        let file = OpenOptions::new().append(true).create(true).open(&path)?;
        Ok(Self { path, mailbox: mailbox.to_owned(), file, known })
    }

    /// Notes a message that is safe in `tmp`; returns when the note is safe.
    pub fn store(&mut self, uid: u32, stored: Stored) -> Result<()> {
        let mut line = String::new();
        stored_line(&mut line, uid, &stored);
        self.append(&line)?;
        self.known.partial.remove(&uid);
        self.known.stored.insert(uid, stored);
        Ok(())
    }

    /// Notes where the octets of a message go.
    pub fn begin(&mut self, uid: u32, file: &str) -> Result<()> {
        self.append(&format!("partial {uid} {file}\n"))?;
        self.known.partial.insert(uid, file.to_owned());
        Ok(())
    }

    fn append(&mut self, line: &str) -> Result<()> {
        self.file.write_all(line.as_bytes())?;
        Ok(self.file.sync_data()?)
    }

    /// Writes the file anew, if it would not be the same.
    pub fn rewrite(&mut self) -> Result<()> {
        let text = text(&self.mailbox, &self.known);
        if fs::read(&self.path)? != text.as_bytes() {
            self.file = write(&self.path, &text)?;
        }
        Ok(())
    }
}

fn stored_line(text: &mut String, uid: u32, Stored { file, flags }: &Stored) {
    let gap = if flags.is_empty() { "" } else { " " };
    let _ = writeln!(text, "stored {uid} {file}{gap}{flags}");
}

/// Writes the whole file beside the old one and puts it in its place.
fn write(path: &Path, text: &str) -> Result<File> {
    let failed = |error| format!("{}: {error}", path.display());
    let new = path.with_file_name(format!("{NAME}.tmp"));
    let mut file = File::create(&new).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&new, path).map_err(failed)?;
    maildir::sync(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    Ok(OpenOptions::new().append(true).open(path).map_err(failed)?)
}

fn text(mailbox: &str, known: &Known) -> String {
    let mut text = format!("{FIRST}\nmailbox {mailbox}\nuidvalidity {}\n", known.uid_validity);
    known.old.iter().for_each(|file| text += &format!("old {file}\n"));
    known.partial.iter().for_each(|(uid, file)| text += &format!("partial {uid} {file}\n"));
    known.stored.iter().for_each(|(uid, stored)| stored_line(&mut text, *uid, stored));
    // Behind what is stored: so no such line is the last one.
    let _ = write!(text, "complete {}", known.complete);
    let _ = known.mod_seq.map(|mod_seq| write!(text, " mod-sequence {mod_seq}"));
    text + "\n"
}

/// Errors are told with the number of their line, and what should be there.
fn parse(text: &str, mailbox: &str) -> std::result::Result<Known, (usize, String)> {
    let mut known = Known::default();
    if text.is_empty() {
        return Ok(known);
    }
    let mut found = 0;
    let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    for (number, line) in (1..).zip(lines) {
        found = number;
        let expected = match number {
            1 => (line != FIRST).then(|| format!("`{FIRST}`: this is no state file")),
            2 => (line.strip_prefix("mailbox ") != Some(mailbox))
                .then(|| format!("`mailbox {mailbox}`: the file belongs to another one")),
            _ => known
                .line(line)
                .is_none()
                .then(|| "uidvalidity, complete, stored, partial or old".into()),
        };
        if let Some(expected) = expected {
            return Err((number, expected));
        }
    }
    if found < 3 { Err((found + 1, "more: the file is cut off".into())) } else { Ok(known) }
}

impl Known {
    fn line(&mut self, line: &str) -> Option<()> {
        let words: Vec<_> = line.split(' ').collect();
        self.last = None;
        match &words[..] {
            ["uidvalidity", value] => self.uid_validity = value.parse().ok()?,
            ["complete", next] => self.complete = next.parse().ok()?,
            ["complete", next, "mod-sequence", mod_seq] => {
                (self.complete, self.mod_seq) = (next.parse().ok()?, Some(mod_seq.parse().ok()?));
            }
            ["stored", uid, file, flags @ ..] if flags.len() < 2 => {
                let uid = uid.parse().ok()?;
                let flags = flags.concat();
                self.partial.remove(&uid);
                self.stored.insert(uid, Stored { file: (*file).to_owned(), flags });
                self.last = Some(uid);
            }
            ["partial", uid, file] => {
                self.partial.insert(uid.parse().ok()?, (*file).to_owned());
            }
            ["old", file] => self.old.push((*file).to_owned()),
            _ => return None,
        }
        Some(())
    }

    /// A message is not here after all.
    pub fn forget(&mut self, uid: u32) {
        self.stored.remove(&uid);
        self.complete = self.complete.min(uid);
    }

    /// UIDVALIDITY has changed: what was stored has other UIDs now.
    pub fn restart(&mut self, uid_validity: u32) {
        let stored = std::mem::take(&mut self.stored);
        let mut old = std::mem::take(&mut self.old);
        old.extend(stored.into_values().map(|stored| stored.file));
        *self = Self { uid_validity, old, ..Self::default() };
    }
}
