//! Delivery into a Maildir: written to `tmp`, synced, then moved to its place.
//!
//! Messages come as they are on the wire, with CRLF at the end of each line. What a killed run left in
//! `tmp` is removed by mail readers after 36 hours, as the Maildir specification has it.

use std::fs::{self, File, TryLockError};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Result;

/// A Maildir that no other of these programs writes to.
pub struct Maildir {
    path: PathBuf,
    host: String,
    deliveries: u32,
    /// Locked as long as it is open.
    _lock: File,
}

/// A message on its way.
pub struct Delivery {
    pub name: String,
    pub file: BufWriter<File>,
}

impl Maildir {
    /// Opens a Maildir, and makes it if it is not there.
    pub fn open(path: &Path) -> Result<Self> {
        let failed = |error| format!("{}: {error}", path.display());
        for folder in ["tmp", "new", "cur"] {
            fs::create_dir_all(path.join(folder)).map_err(failed)?;
        }
        let lock = File::open(path).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let error = format!("{}: another program is at work there", path.display());
                return Err(error.into());
            }
            Err(TryLockError::Error(error)) => return Err(failed(error).into()),
        }
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = host.trim().replace(['/', ':'], "_");
        let host = if host.is_empty() { "localhost".into() } else { host };
        Ok(Self { path: path.to_owned(), host, deliveries: 0, _lock: lock })
    }

    /// A new file in `tmp`, of a name that no other delivery ever has.
    pub fn begin(&mut self) -> Result<Delivery> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.deliveries += 1;
        let (micros, process) = (now.subsec_micros(), process::id());
        let unique = format!("M{micros}P{process}Q{}", self.deliveries);
        let name = format!("{}.{unique}.{}", now.as_secs(), self.host);
        let file = File::create_new(self.path.join("tmp").join(&name))?;
        Ok(Delivery { name, file: BufWriter::new(file) })
    }

    /// Moves a message that is safe in `tmp` to its place below the Maildir, and returns when that is
    /// safe too.
    pub fn deliver(&self, name: &str, place: &Path) -> Result<()> {
        let place = self.path.join(place);
        fs::rename(self.path.join("tmp").join(name), &place)?;
        Ok(place.parent().map_or(Ok(()), sync)?)
    }

    /// Finishes a delivery that may have been interrupted. `false`: there is no such message.
    pub fn redeliver(&self, name: &str, place: &Path) -> Result<bool> {
        if self.path.join("tmp").join(name).exists() {
            self.deliver(name, place)?;
            return Ok(true);
        }
        for folder in ["new", "cur"] {
            sync(&self.path.join(folder))?;
        }
        if self.path.join("new").join(name).exists() {
            return Ok(true);
        }
        // A mail reader has seen it, and may have added flags to its name.
        for entry in fs::read_dir(self.path.join("cur"))? {
            let file = entry?.file_name();
            let seen = file.as_encoded_bytes().strip_prefix(name.as_bytes());
            if matches!(seen, Some([] | [b':', ..])) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Removes what came of a message that broke off.
    pub fn drop(&self, delivery: Delivery) -> Result<()> {
        drop(delivery.file);
        Ok(fs::remove_file(self.path.join("tmp").join(delivery.name))?)
    }
}

impl Delivery {
    pub fn write(&mut self, octets: &[u8]) -> Result<()> {
        Ok(self.file.write_all(octets)?)
    }

    /// Returns the name of the file when its octets are safe.
    pub fn sync(&mut self) -> Result<String> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(self.name.clone())
    }
}

/// Returns when the names in a folder are safe.
pub fn sync(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
