//! The command line.

use std::time::Duration;

use lexopt::prelude::*;

use crate::Result;
use crate::account::{Account, Security, Trust};
use crate::login::Auth;
use crate::password;
use crate::session::{Talk, Way};

const HELP: &str = "\
Watches a mailbox over IMAP and prints a line for whatever is new in it.

Usage: imap_idle [OPTIONS] USER@HOST[:PORT] [MAILBOX]

  --tls             TLS from the beginning, port 993 (the default)
  --starttls        TLS after STARTTLS, port 143; no login without it
  --plain           no TLS, port 143: anyone on the way can read along
  --auth HOW        best (of what the server offers, the default), login (the command LOGIN), or the
                    name of a SASL mechanism
  --ca PEM          trust these certificates (instead of Mozilla's)
  --insecure        trust any certificate: anyone on the way can read along

  --poll            ask by NOOP even if the server has IDLE
  --every SECONDS   between two NOOPs (60)
  --refresh SECONDS leave IDLE and begin it again after so long (1680)
  --events N        end after N lines of news
  --seconds N       end after so long
  --no-reconnect    end when the connection is lost, with status 75

  --verbose         tell where the server deviates from the RFCs
  --trace           show all octets but secrets
  --help            this text

The password comes from the variable IMAP_PASSWORD, a prompt, or a line of input.

  mailbox NAME N messages      it is open
  watching by IDLE             from here on (or: by NOOP)
  exists N                     so many messages now
  new NUMBER uid UID FLAGS from ADDRESS subject TEXT
  flags NUMBER uid UID FLAGS   a message has these flags now
  expunge NUMBER               a message is gone; those behind it move down
  vanished UIDS                the same, by UID
  uidvalidity N                all UIDs are others now
  refresh                      IDLE begins again
  lost REASON                  the connection is lost; it is tried again

All but `mailbox`, `watching`, `refresh` and `lost` are news. Status 0: it was told to end (a signal, --events,
--seconds). 75: no connection now, perhaps later. 1: everything else.
";

/// What the command line says.
#[derive(Debug)]
pub struct Args {
    pub way: Way,
    pub mailbox: String,
    pub poll: bool,
    pub every: Duration,
    pub events: Option<u64>,
    pub seconds: Option<Duration>,
    pub reconnect: bool,
}

impl Args {
    /// Reads the command line; `None` if it only asked for help.
    pub fn parse() -> Result<Option<Self>> {
        let (mut security, mut trust, mut auth) = (Security::Tls, Trust::Mozilla, Auth::Best);
        let mut talk = Talk { name: "imap_idle", verbose: false, trace: false };
        let (mut poll, mut reconnect) = (false, true);
        let (mut every, mut refresh_idle) = (Duration::from_secs(60), Duration::from_secs(28 * 60));
        let (mut events, mut seconds) = (None, None);
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
                Long("poll") => poll = true,
                Long("every") => every = Duration::from_secs(parser.value()?.parse()?),
                Long("refresh") => refresh_idle = Duration::from_secs(parser.value()?.parse()?),
                Long("events") => events = Some(parser.value()?.parse()?),
                Long("seconds") => seconds = Some(Duration::from_secs(parser.value()?.parse()?)),
                Long("no-reconnect") => reconnect = false,
                Long("verbose") => talk.verbose = true,
                Long("trace") => talk.trace = true,
                Long("help") => {
                    print!("{HELP}");
                    return Ok(None);
                }
                Value(value) => positional.push(value.string()?),
                _ => return Err(argument.unexpected().into()),
            }
        }
        let (account, mailbox) = match <[_; 2]>::try_from(positional) {
            Ok([account, mailbox]) => (account, mailbox),
            Err(mut one) if one.len() == 1 => (one.remove(0), "INBOX".to_owned()),
            Err(_) => return Err("expected USER@HOST[:PORT] [MAILBOX]; --help tells more".into()),
        };
        let standard = if security == Security::Tls { 993 } else { 143 };
        let account = Account::parse(&account, standard)?;
        let password = password::read(&account, "IMAP_PASSWORD")?;
        let way = Way { account, security, trust, auth, password, refresh_idle, talk };
        Ok(Some(Self { way, mailbox, poll, every, events, seconds, reconnect }))
    }
}
