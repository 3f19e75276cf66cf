//! Mail from files: an mbox file (RFC 4155) or a Maildir.

use std::fs;
use std::path::Path;

use crate::Result;

/// The messages at a path, in their order, with CRLF at the end of every line.
pub fn messages(path: &Path) -> Result<Vec<Vec<u8>>> {
    let read = |path: &Path| fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    if !path.is_dir() {
        return Ok(split_mbox(&read(path)?).map(|message| with_crlf(&message)).collect());
    }
    let mut files = Vec::new();
    for folder in ["new", "cur"] {
        let folder = path.join(folder);
        if folder.is_dir() {
            for entry in fs::read_dir(folder)? {
                files.push(entry?.path());
            }
        }
    }
    // The name of a Maildir file begins with the time of its delivery.
    files.sort_by_key(|file| file.file_name().map(ToOwned::to_owned));
    files.iter().map(|file| Ok(with_crlf(&read(file)?))).collect()
}

/// The messages of an mbox: each begins at a `From ` line at the front or behind an empty line, and
/// loses one `>` of each quoted `>From ` line.
fn split_mbox(mbox: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut after_empty_line = true;
    for line in mbox.split_inclusive(|octet| *octet == b'\n') {
        if after_empty_line && line.starts_with(b"From ") {
            messages.push(Vec::new());
        } else if let Some(message) = messages.last_mut() {
            let quotes = line.iter().take_while(|octet| **octet == b'>').count();
            let quoted = quotes > 0 && line.get(quotes..).is_some_and(|l| l.starts_with(b"From "));
            message.extend_from_slice(line.get(usize::from(quoted)..).unwrap_or_default());
        }
        after_empty_line = matches!(line, b"\n" | b"\r\n");
    }
    // The empty line before the next `From ` line belongs to the mbox.
    messages.into_iter().map(|mut message| {
        let end = [&b"\r\n\r\n"[..], b"\n\n"].into_iter().find(|end| message.ends_with(end));
        message.truncate(message.len() - end.map_or(0, |end| end.len() / 2));
        message
    })
}

fn with_crlf(message: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(message.len() + message.len() / 32);
    for line in message.split_inclusive(|octet| *octet == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(text) => {
                lines.extend_from_slice(text.strip_suffix(b"\r").unwrap_or(text));
                lines.extend_from_slice(b"\r\n");
            }
            None => lines.extend_from_slice(line),
        }
    }
    lines
}
