//! Where the password comes from.

use std::io::{self, IsTerminal as _};

use mail_proto::Secret;

use crate::Result;
use crate::account::Account;

/// The password: from this variable, from a prompt that shows nothing, or from a line of input.
pub fn read(account: &Account, variable: &str) -> Result<Secret<String>> {
    let text = match std::env::var(variable) {
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
        return Err(format!("no password: set {variable} or give it as a line of input").into());
    }
    Ok(Secret::new(text))
}
