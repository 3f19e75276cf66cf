//! Flags as a Maildir keeps them: letters at the end of a file's name.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use imap_proto::{Flag, FlagList, Keyword, SystemFlag};

use crate::Result;
use crate::maildir;

/// The letters for flags, in the order of the alphabet, as the Maildir specification has it.
pub fn letters(flags: &FlagList) -> String {
    let forwarded = Keyword::try_from("$Forwarded").map(Flag::Keyword);
    let mut letters = String::new();
    let mut put = |has, letter| {
        if has {
            letters.push(letter)
        }
    };
    put(flags.has(SystemFlag::Draft), 'D');
    put(flags.has(SystemFlag::Flagged), 'F');
    put(forwarded.is_ok_and(|flag| flags.contains(&flag)), 'P');
    put(flags.has(SystemFlag::Answered), 'R');
    put(flags.has(SystemFlag::Seen), 'S');
    put(flags.has(SystemFlag::Deleted), 'T');
    letters
}

/// Where a message with these flags belongs, below its Maildir: nobody has looked at what is in `new`.
pub fn place(name: &str, letters: &str) -> PathBuf {
    match letters {
        "" => Path::new("new").join(name),
        _ => Path::new("cur").join(format!("{name}:2,{letters}")),
    }
}

/// The files of a Maildir by their names without flags. Mail readers move and rename them.
pub struct Files(HashMap<String, PathBuf>);

impl Files {
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = HashMap::new();
        for part in ["new", "cur"] {
            for entry in fs::read_dir(folder.join(part))? {
                let path = entry?.path();
                let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
                let name = name.split_once(":2,").map_or(name, |(name, _)| name).to_owned();
                files.insert(name, path);
            }
        }
        Ok(Self(files))
    }

    /// The file of a message, unless somebody has removed it.
    pub fn get(&self, name: &str) -> Option<&Path> {
        self.0.get(name).map(PathBuf::as_path)
    }

    /// Gives a message its flags.
    pub fn set_flags(&mut self, folder: &Path, name: &str, letters: &str) -> Result<()> {
        let Some(from) = self.0.get_mut(name) else { return Ok(()) };
        // What a mail reader has moved to `cur` stays there.
        let is_new = from.parent().and_then(Path::file_name) == Some(OsStr::new("new"));
        let to = match is_new && letters.is_empty() {
            true => return Ok(()),
            false => folder.join("cur").join(format!("{name}:2,{letters}")),
        };
        fs::rename(&*from, &to)?;
        maildir::sync(&folder.join("cur"))?;
        *from = to;
        Ok(())
    }
}
