//! Where the password comes from.

use std::io::{self, IsTerminal as _};

use mail_proto::Secret;
use pop3_proto::Password;

use crate::Result;
use crate::args::Account;

/// The password: from the environment, from a prompt that shows nothing, or from a line of input.
pub fn read(account: &Account) -> Result<Secret<Password>> {
    let text = match std::env::var("POP3_PASSWORD") {
        Ok(password) => password,
        Err(_) if io::stdin().is_terminal() => {
            rpassword::prompt_password(format!("Password of {account}: "))?
        }
        Err(_) => {
            let mut line = String::new();
            io::stdin().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    if text.is_empty() {
        return Err("no password: set POP3_PASSWORD or give it as a line of input".into());
    }
    Ok(Secret::new(Password::new(text.into_bytes())?))
}
