//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use lexopt::prelude::*;

use crate::Result;

const HELP: &str = "\
A mail server in memory.

Usage: mailserver [OPTIONS]

  --pop3 ADDR           listen for POP3 (127.0.0.1:1110; port 0 picks one)
  --pop3s ADDR          listen for POP3 over TLS (127.0.0.1:1995)
  --user NAME:PASSWORD  a user; repeatable (alice:secret and bob:secret)
  --load NAME=PATH      an mbox file or a Maildir into that user's inbox; repeatable
                        (without it every user gets a few demo messages)
  --tls-cert PATH       a PEM certificate chain (self-signed, made at start)
  --tls-key PATH        its PEM private key
  --apop                offer APOP, which is broken cryptography
  --sasl                offer SCRAM-SHA-256, SCRAM-SHA-1, CRAM-MD5 and LOGIN, beside PLAIN
  --trace               show all octets on stderr, but no secrets
  --help                this text
";

/// What the command line says.
#[derive(Debug)]
pub struct Args {
    pub pop3: SocketAddr,
    pub pop3s: SocketAddr,
    pub users: Vec<(String, String)>,
    pub load: Vec<(String, PathBuf)>,
    pub tls_cert: Option<PathBuf>,
    pub tls_key: Option<PathBuf>,
    pub apop: bool,
    pub sasl: bool,
    pub trace: bool,
}

impl Args {
    /// Reads the command line; `None` if it only asked for help.
    pub fn parse() -> Result<Option<Self>> {
        let loopback = |port| SocketAddr::from(([127, 0, 0, 1], port));
        let mut args = Self {
            pop3: loopback(1110),
            pop3s: loopback(1995),
            users: Vec::new(),
            load: Vec::new(),
            tls_cert: None,
            tls_key: None,
            apop: false,
            sasl: false,
            trace: false,
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("pop3") => args.pop3 = parser.value()?.parse()?,
                Long("pop3s") => args.pop3s = parser.value()?.parse()?,
                Long("user") => args.users.push(pair(&parser.value()?.string()?, ':')?),
                Long("load") => {
                    let (name, path) = pair(&parser.value()?.string()?, '=')?;
                    args.load.push((name, path.into()));
                }
                Long("tls-cert") => args.tls_cert = Some(parser.value()?.into()),
                Long("tls-key") => args.tls_key = Some(parser.value()?.into()),
                Long("apop") => args.apop = true,
                Long("sasl") => args.sasl = true,
                Long("trace") => args.trace = true,
                Long("help") => {
                    print!("{HELP}");
                    return Ok(None);
                }
                _ => return Err(argument.unexpected().into()),
            }
        }
        if args.users.is_empty() {
            args.users = ["alice", "bob"].map(|name| (name.into(), "secret".into())).to_vec();
        }
        if let Some((name, _)) = args.load.iter().find(|(name, _)| !args.knows(name)) {
            return Err(format!("--load {name}=...: there is no user {name}").into());
        }
        Ok(Some(args))
    }

    fn knows(&self, name: &str) -> bool {
        self.users.iter().any(|(user, _)| user == name)
    }
}

fn pair(text: &str, separator: char) -> Result<(String, String)> {
    match text.split_once(separator) {
        Some((name, value)) if !name.is_empty() => Ok((name.into(), value.into())),
        _ => Err(format!("expected NAME{separator}VALUE, got {text}").into()),
    }
}
