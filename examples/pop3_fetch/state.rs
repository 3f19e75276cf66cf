//! The state file: what was fetched from an account and is still there.
//!
//! ```text
//! pop3_fetch state 1
//! account alice@mail.example.org
//! seen 1790000000 QhdPYR:00WBw1Ph7x7
//! seen 1790000100 an%20odd%20id 1790000100.M17P4711Q1.laptop
//! ```
//!
//! A line per message: when it was fetched first, its unique-id (all but printable characters as
//! `%XX`), and, while a run is under way, its file. Between runs the file is written anew, atomically.
//!
//! # Why nothing is lost and nothing comes twice
//!
//! A message is written to `tmp` and synced; then its line is appended here and synced; then it is moved
//! to `new`, and the folder synced; then it is confirmed. Whoever is killed before the line is there
//! fetches the message again. Whoever is killed behind it finds the line, which is the last one: if the
//! message is still in `tmp`, it is moved now. Half a line at the end was never synced, and is no line.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use mailstore_core::pop3::Record;
use mailstore_core::store::WallTime;

use crate::Result;
use crate::maildir::{self, Maildir};

const FIRST: &str = "pop3_fetch state 1";

/// An open state file.
pub struct State {
    path: PathBuf,
    account: String,
    /// Open for appending.
    file: File,
    /// The last line may be a half one, or its message may be in `tmp` still.
    unfinished: bool,
}

impl State {
    /// Reads the file, if there is one, and finishes what an interrupted run had begun.
    pub fn open(path: &Path, account: &str, maildir: &Maildir) -> Result<(Self, Record)> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(format!("{}: {error}", path.display()).into()),
        };
        let in_line = |(number, error): (usize, String)| {
            format!("{}, line {number}: {error}", path.display())
        };
        let Content { mut record, last } = parse(&text, account).map_err(in_line)?;
        if let Some((unique_id, file)) = last
            && !maildir.redeliver(&file, &Path::new("new").join(&file))?
        {
            record.remove(&unique_id);
        }
        let (file, account) = (write(path, account, &record)?, account.to_owned());
        Ok((Self { path: path.to_owned(), account, file, unfinished: false }, record))
    }

    /// Notes a message that is safe in `tmp` under this name; returns when the note is safe. Then
    /// [`delivered`](Self::delivered) must follow: only the last line may speak of what is not done.
    pub fn note(&mut self, unique_id: &[u8], fetched: WallTime, file: &str) -> Result<()> {
        if std::mem::replace(&mut self.unfinished, true) {
            return Err("the message before was not delivered".into());
        }
        let line = format!("seen {} {} {file}\n", fetched.0, escaped(unique_id));
        self.file.write_all(line.as_bytes())?;
        Ok(self.file.sync_data()?)
    }

    /// The noted message is in `new`.
    pub fn delivered(&mut self) {
        self.unfinished = false;
    }

    /// Writes the file anew.
    pub fn rewrite(&mut self, record: &Record) -> Result<()> {
        self.file = write(&self.path, &self.account, record)?;
        self.unfinished = false;
        Ok(())
    }
}

/// Writes the whole file beside the old one and puts it in its place.
fn write(path: &Path, account: &str, record: &Record) -> Result<File> {
    let mut text = format!("{FIRST}\naccount {account}\n");
    if let Some(at) = record.login_not_before() {
        text += &format!("login-not-before {}\n", at.0);
    }
    for (unique_id, seen) in record.iter() {
        let line = format!("seen {} {}\n", seen.first_fetch.0, escaped(unique_id));
        (0..seen.copies).for_each(|_| text += &line);
    }
    let failed = |error| format!("{}: {error}", path.display());
    let mut name = path.file_name().ok_or("the state file has no name")?.to_owned();
    name.push(".tmp");
    let new = path.with_file_name(name);
    let mut file = File::create(&new).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&new, path).map_err(failed)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    maildir::sync(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    Ok(OpenOptions::new().append(true).open(path).map_err(failed)?)
}

#[derive(Default)]
struct Content {
    record: Record,
    /// The last line, if it names a file: unique-id and file.
    last: Option<(Vec<u8>, String)>,
}

/// Errors are told with the number of their line.
fn parse(text: &str, account: &str) -> std::result::Result<Content, (usize, String)> {
    let mut content = Content::default();
    if text.is_empty() {
        return Ok(content);
    }
    let lines = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let mut found = 0;
    for (number, line) in (1..).zip(lines) {
        found = number;
        content.line(number, line, account).map_err(|error| (number, error))?;
    }
    if found < 2 { Err((found + 1, "the file is cut off".into())) } else { Ok(content) }
}

impl Content {
    fn line(
        &mut self,
        number: usize,
        line: &str,
        account: &str,
    ) -> std::result::Result<(), String> {
        let words: Vec<_> = line.split(' ').collect();
        self.last = None;
        match (number, &words[..]) {
            (1, _) if line == FIRST => {}
            (1, _) => return Err(format!("expected `{FIRST}`: this is no state file")),
            (2, _) => match line.strip_prefix("account ") {
                Some(of) if of == account => {}
                Some(of) => return Err(format!("the file belongs to {of}, not to {account}")),
                None => return Err("expected the account".into()),
            },
            (_, ["login-not-before", at]) => {
                self.record.set_login_not_before(Some(wall_time(at)?));
            }
            (_, ["seen", at, unique_id, file @ ..]) if file.len() < 2 => {
                let unique_id = unescaped(unique_id).ok_or("the unique-id is garbled")?;
                self.record.insert(unique_id.clone(), wall_time(at)?);
                self.last = file.first().map(|file| (unique_id, (*file).to_owned()));
            }
            _ => return Err("expected `seen SECONDS UNIQUE-ID`".into()),
        }
        Ok(())
    }
}

fn wall_time(seconds: &str) -> std::result::Result<WallTime, String> {
    seconds.parse().map(WallTime).map_err(|_| format!("expected seconds since 1970, got {seconds}"))
}

fn escaped(unique_id: &[u8]) -> String {
    let plain = |octet: &u8| octet.is_ascii_graphic() && *octet != b'%';
    let escape = |octet: &u8| match plain(octet) {
        true => char::from(*octet).to_string(),
        false => format!("%{octet:02X}"),
    };
    unique_id.iter().map(escape).collect()
}

fn unescaped(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('%');
    let mut octets = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        octets.push(u8::from_str_radix(code, 16).ok()?);
        octets.extend_from_slice(rest.as_bytes());
    }
    (!octets.is_empty()).then_some(octets)
}
