//! Watches a mailbox: prints a line for whatever is new in it.
//!
//! ```sh
//! IMAP_PASSWORD=secret cargo run --release --example imap_idle -- --starttls --ca ca.pem alice@127.0.0.1:1143
//! ```
//!
//! By IDLE (RFC 9051 section 6.3.13), which is left and begun again before the server could log out; by
//! NOOP where the server has no IDLE. When the connection is lost it comes back to where it was
//! ([`imap_proto::client::restore`]), and prints what has happened meanwhile.
//!
//! It ends with status 0 when it was told to, 75 if the first connection does not come about but may
//! later, 1 otherwise.

#[path = "../common/account.rs"]
mod account;
mod args;
#[path = "../common/connect.rs"]
mod connect;
#[path = "../common/login.rs"]
mod login;
mod news;
#[path = "../common/password.rs"]
mod password;
#[path = "../common/random.rs"]
mod random;
#[path = "../common/session.rs"]
mod session;
#[path = "../common/tls.rs"]
mod tls;
mod watch;

use std::error::Error;
use std::process::ExitCode;

use args::Args;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Trying again later may help (sysexits' EX_TEMPFAIL).
const TRY_LATER: u8 = 75;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imap_idle: {error}");
            match error.is::<connect::Later>() {
                true => ExitCode::from(TRY_LATER),
                false => ExitCode::FAILURE,
            }
        }
    }
}

async fn run() -> Result<()> {
    let Some(args) = Args::parse()? else { return Ok(()) };
    watch::watch(&args).await
}
