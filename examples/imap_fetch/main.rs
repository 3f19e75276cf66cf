//! Fetches mail over IMAP into Maildirs, one for each mailbox, once per message, whatever happens
//! meanwhile.
//!
//! ```sh
//! IMAP_PASSWORD=secret cargo run --release --example imap_fetch -- \
//!     --starttls --ca ca.pem alice@127.0.0.1:1143 /tmp/alice
//! ```
//!
//! Headers first: what the server knows of the messages ([`headers`]), a batch at a time; then the
//! bodies that are wanted, streamed into files ([`bodies`]). It can be killed at any moment and started
//! again: see [`state`] for why nothing is lost and nothing comes twice. Where the server keeps
//! mod-sequences (CONDSTORE, QRESYNC), it is only asked for what has changed ([`changes`]).
//!
//! It ends with status 0 if all that was wanted is there, 75 if trying again later may help (the
//! connection was lost, for instance), 1 otherwise.

#[path = "../common/account.rs"]
mod account;
mod args;
mod bodies;
mod changes;
#[path = "../common/connect.rs"]
mod connect;
mod display;
mod flags;
mod folder;
mod headers;
#[path = "../common/line.rs"]
mod line;
#[path = "../common/login.rs"]
mod login;
mod mailboxes;
#[path = "../common/maildir.rs"]
mod maildir;
#[path = "../common/password.rs"]
mod password;
#[path = "../common/random.rs"]
mod random;
#[path = "../common/session.rs"]
mod session;
mod state;
mod sync;
#[path = "../common/tls.rs"]
mod tls;

use std::error::Error;
use std::process::ExitCode;

use imap_proto::Capability;

use args::{Args, What};
use display::Display;
use session::Session;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Trying again later may help (sysexits' EX_TEMPFAIL).
const TRY_LATER: u8 = 75;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("imap_fetch: {error}");
            match error.is::<connect::Later>() {
                true => ExitCode::from(TRY_LATER),
                false => ExitCode::FAILURE,
            }
        }
    }
}

async fn run() -> Result<ExitCode> {
    let Some(args) = Args::parse()? else { return Ok(ExitCode::SUCCESS) };
    let mut session = Session::open(&args.way).await?;
    session.enable(&[Capability::QResync, Capability::CondStore, Capability::Utf8Accept]).await?;
    let mut display = Display::new();
    let ended = match &args.what {
        What::List => mailboxes::show(&mut session).await,
        What::Headers | What::Messages(_) => sync::all(&mut session, &args, &mut display).await,
    };
    // What was done is told even if the connection broke off.
    if let What::Messages(_) = args.what {
        display.summary();
    }
    ended?;
    session.log_out().await;
    Ok(if display.is_all() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
