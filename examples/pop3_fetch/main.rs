//! Fetches mail over POP3 into a Maildir, once per message, whatever happens meanwhile.
//!
//! ```sh
//! cargo run --release --example mailserver &
//! POP3_PASSWORD=secret cargo run --release --example pop3_fetch -- \
//!     --stls --insecure --keep alice@127.0.0.1:1110 /tmp/alice
//! ```
//!
//! What to fetch and what to delete is decided by [`Pull`]; here are the
//! connection, the files and the display. It can be killed at any moment and started again: see
//! `state.rs` for why nothing is lost and nothing comes twice.

#[path = "../common/account.rs"]
mod account;
mod args;
#[path = "../common/connect.rs"]
mod connect;
mod display;
mod fetch;
#[path = "../common/line.rs"]
mod line;
mod link;
mod login;
#[path = "../common/maildir.rs"]
mod maildir;
#[path = "../common/password.rs"]
mod password;
#[path = "../common/random.rs"]
mod random;
mod state;
#[path = "../common/tls.rs"]
mod tls;

use std::error::Error;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use mailstore_core::pop3::Pull;
use mailstore_core::store::WallTime;

use args::Args;
use maildir::Maildir;
use state::State;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Trying again later may help (sysexits' EX_TEMPFAIL).
const TRY_LATER: u8 = 75;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("pop3_fetch: {error}");
            match error.is::<connect::Later>() {
                true => ExitCode::from(TRY_LATER),
                false => ExitCode::FAILURE,
            }
        }
    }
}

async fn run() -> Result<ExitCode> {
    let Some(args) = Args::parse()? else { return Ok(ExitCode::SUCCESS) };
    let maildir = Maildir::open(&args.maildir)?;
    let state = args.state.clone().unwrap_or_else(|| args.maildir.join("pop3_fetch.state"));
    let (state, record) = State::open(&state, &args.account.to_string(), &maildir)?;
    let now = wall_time();
    if let Some(wait) = record.login_not_before().and_then(|at| at.0.checked_sub(now.0))
        && wait > 0
    {
        let reason = format!("the server wants {wait} seconds more between two logins");
        return Err(connect::Later(reason).into());
    }
    let password = password::read(&args.account, "POP3_PASSWORD")?;
    let driver = link::open(&args, password).await?;
    let pull = Pull::new(args.options, record, now);
    fetch::Fetch::new(driver, pull, maildir, state)?.run().await
}

fn wall_time() -> WallTime {
    WallTime(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}
