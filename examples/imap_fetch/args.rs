//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use imap_proto::{Position, Ranges, Uid, parse_whole};
use lexopt::prelude::*;
use mail_proto::{Leniency, Reading};

use crate::Result;
use crate::account::{Account, Security, Trust};
use crate::login::Auth;
use crate::password;
use crate::session::{Talk, Way};

const HELP: &str = "\
Fetches mail over IMAP into Maildirs, one for each mailbox.

Usage: imap_fetch [OPTIONS] USER@HOST[:PORT] FOLDER
       imap_fetch [OPTIONS] --list USER@HOST[:PORT]
       imap_fetch [OPTIONS] --headers USER@HOST[:PORT]

  --tls            TLS from the beginning, port 993 (the default)
  --starttls       TLS after STARTTLS, port 143; no login without it
  --plain          no TLS, port 143: anyone on the way can read along
  --auth HOW       best (of what the server offers, the default), login (the command LOGIN), or the
                   name of a SASL mechanism
  --ca PEM         trust these certificates (instead of Mozilla's)
  --insecure       trust any certificate: anyone on the way can read along

  --list           only list the mailboxes: messages, unseen, attributes, name
  --headers        only list the messages: UID, date, octets, flags, parts, sender, subject
  --mailbox NAME   only this mailbox; may be given again (all that can be selected)
  --uid SET        only these messages (1:20,33,40:*)
  --max-size N     only messages of at most N octets
  --unseen         only messages without \\Seen
  --seen           mark as \\Seen what is stored; without this nothing is changed on the server
  --batch N        headers asked for at once (200, at most 500)
  --pipeline N     messages asked for at once (4)

  --verbose        tell where the server deviates from the RFCs
  --trace          show all octets but secrets
  --help           this text

The password comes from the variable IMAP_PASSWORD, a prompt, or a line of input.
Messages go to FOLDER/MAILBOX/new, or cur if the server has flags for them; FOLDER/MAILBOX/imap_fetch.state
says what was stored, and run again this program fetches only what is new. Flags follow the server;
what is expunged there stays here.

Status 0: all that was wanted is there. 75: trying again later may help. 1: everything else.
";

/// What the command line says.
#[derive(Debug)]
pub struct Args {
    pub way: Way,
    pub what: What,
    /// By name; empty: all.
    pub mailboxes: Vec<String>,
    pub wanted: Wanted,
    pub seen: bool,
    pub batch: usize,
    pub pipeline: usize,
}

/// What is asked for.
#[derive(Debug)]
pub enum What {
    List,
    Headers,
    /// Into this folder.
    Messages(PathBuf),
}

/// Which messages.
#[derive(Debug, Default)]
pub struct Wanted {
    pub uids: Option<Ranges<Position<Uid>>>,
    pub max_size: Option<u64>,
    pub unseen: bool,
}

impl Wanted {
    /// Whether it is all of them.
    pub const fn is_all(&self) -> bool {
        self.uids.is_none() && self.max_size.is_none() && !self.unseen
    }
}

impl Args {
    /// Reads the command line; `None` if it only asked for help.
    pub fn parse() -> Result<Option<Self>> {
        let (mut security, mut trust, mut auth) = (Security::Tls, Trust::Mozilla, Auth::Best);
        let mut talk = Talk { name: "imap_fetch", verbose: false, trace: false };
        let (mut list, mut headers, mut seen) = (false, false, false);
        let (mut mailboxes, mut wanted) = (Vec::new(), Wanted::default());
        let (mut batch, mut pipeline) = (200, 4);
        let mut positional = Vec::new();
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("tls") => security = Security::Tls,
                Long("starttls") => security = Security::StartTls,
                Long("plain") => security = Security::Plain,
                Long("auth") => auth = Auth::parse(&parser.value()?.string()?)?,
                Long("ca") => trust = Trust::These(parser.value()?.into()),
                Long("insecure") => trust = Trust::Anyone,
                Long("list") => list = true,
                Long("headers") => headers = true,
                Long("mailbox") => mailboxes.push(parser.value()?.string()?),
                Long("uid") => wanted.uids = Some(set(parser.value()?.string()?)?),
                Long("max-size") => wanted.max_size = Some(parser.value()?.parse()?),
                Long("unseen") => wanted.unseen = true,
                Long("seen") => seen = true,
                Long("batch") => batch = parser.value()?.parse::<usize>()?.clamp(1, 500),
                Long("pipeline") => pipeline = parser.value()?.parse::<usize>()?.max(1),
                Long("verbose") => talk.verbose = true,
                Long("trace") => talk.trace = true,
                Long("help") => {
                    print!("{HELP}");
                    return Ok(None);
                }
                Value(value) => positional.push(value),
                _ => return Err(argument.unexpected().into()),
            }
        }
        let mut positional = positional.into_iter();
        let (account, what) = match (positional.next(), positional.next(), positional.next()) {
            (Some(account), None, None) if list => (account, What::List),
            (Some(account), None, None) if headers => (account, What::Headers),
            (Some(account), Some(folder), None) if !list && !headers => {
                (account, What::Messages(folder.into()))
            }
            _ => return Err("expected USER@HOST[:PORT] and FOLDER; --help tells more".into()),
        };
        let standard = if security == Security::Tls { 993 } else { 143 };
        let account = Account::parse(&account.string()?, standard)?;
        let password = password::read(&account, "IMAP_PASSWORD")?;
        let refresh_idle = Duration::from_secs(28 * 60);
        let way = Way { account, security, trust, auth, password, refresh_idle, talk };
        Ok(Some(Self { way, what, mailboxes, wanted, seen, batch, pipeline }))
    }
}

fn set(text: String) -> Result<Ranges<Position<Uid>>> {
    let octets = Bytes::from(text);
    parse_whole(&octets, &mut Reading::new(Leniency::strict()), Ranges::parse)
        .map_err(|error| format!("--uid: {error}").into())
}
