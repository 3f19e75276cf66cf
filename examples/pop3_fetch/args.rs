//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;
use mailstore_core::pop3::{Policy, PullOptions};
use pop3_proto::Name;

use crate::Result;
use crate::account::{Account, Security, Trust};

const HELP: &str = "\
Fetches mail over POP3 into a Maildir.

Usage: pop3_fetch [OPTIONS] USER@HOST[:PORT] MAILDIR

  --tls                TLS from the beginning, port 995 (the default)
  --stls               TLS after STLS, port 110; no login without it
  --plain              no TLS, port 110: anyone on the way can read along
  --auth HOW           user (USER and PASS, the default), apop, plain (SASL PLAIN),
                       sasl (the best mechanism that the server offers)
  --keep               leave the mail on the server
  --delete-after DAYS  leave it there for so many days after it was fetched
                       (without these two it is deleted once it is stored)
  --ca PEM             trust these certificates (instead of Mozilla's)
  --insecure           trust any certificate: anyone on the way can read along
  --state FILE         what was fetched before (MAILDIR/pop3_fetch.state)
  --no-capa            do not ask what the server can do: some old ones hang up then
  --pipeline N         messages asked for at once where the server allows it (4)
  --help               this text

The password comes from the variable POP3_PASSWORD, a prompt, or a line of input.
Status 75 means that trying again later may help.
";

/// What the command line says.
#[derive(Debug)]
pub struct Args {
    pub account: Account,
    pub user: Name,
    pub maildir: PathBuf,
    pub security: Security,
    pub auth: Auth,
    pub trust: Trust,
    pub state: Option<PathBuf>,
    pub options: PullOptions,
}

/// How to log in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Auth {
    User,
    Apop,
    Plain,
    /// The best mechanism that the server offers.
    Sasl,
}

impl Args {
    /// Reads the command line; `None` if it only asked for help.
    pub fn parse() -> Result<Option<Self>> {
        let (mut security, mut auth) = (Security::Tls, Auth::User);
        let (mut trust, mut state) = (Trust::Mozilla, None);
        let (mut options, mut positional) = (PullOptions::default(), Vec::new());
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("tls") => security = Security::Tls,
                Long("stls") => security = Security::StartTls,
                Long("plain") => security = Security::Plain,
                Long("auth") => auth = Auth::parse(&parser.value()?.string()?)?,
                Long("keep") => options.policy = Policy::LeaveOnServer,
                Long("delete-after") => {
                    options.policy = Policy::DeleteAfter { days: parser.value()?.parse()? };
                }
                Long("ca") => trust = Trust::These(parser.value()?.into()),
                Long("insecure") => trust = Trust::Anyone,
                Long("state") => state = Some(parser.value()?.into()),
                Long("no-capa") => options.capabilities = false,
                Long("pipeline") => options.pipelined = parser.value()?.parse()?,
                Long("help") => {
                    print!("{HELP}");
                    return Ok(None);
                }
                Value(value) => positional.push(value),
                _ => return Err(argument.unexpected().into()),
            }
        }
        let Ok([account, maildir]) = <[_; 2]>::try_from(positional) else {
            return Err("expected USER@HOST[:PORT] and MAILDIR; --help tells more".into());
        };
        let standard = if security == Security::Tls { 995 } else { 110 };
        let account = Account::parse(&account.string()?, standard)?;
        let user = Name::try_from(account.user.as_str());
        let user = user.map_err(|error| format!("the user's name: {error}"))?;
        let maildir = maildir.into();
        Ok(Some(Self { account, user, maildir, security, auth, trust, state, options }))
    }
}

impl Auth {
    fn parse(name: &str) -> Result<Self> {
        match name {
            "user" => Ok(Self::User),
            "apop" => Ok(Self::Apop),
            "plain" => Ok(Self::Plain),
            "sasl" => Ok(Self::Sasl),
            _ => Err(format!("--auth {name}: expected user, apop, plain or sasl").into()),
        }
    }
}
