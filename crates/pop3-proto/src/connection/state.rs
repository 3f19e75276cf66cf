//! The states of a session and the commands legal in them.

use crate::Command;

/// The states of RFC 1939 section 3.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum State {
    /// The server does not know yet who is there.
    Authorization,
    /// The maildrop is locked and open.
    Transaction,
    /// QUIT was given in TRANSACTION: the server removes what was marked.
    Update,
}

/// Whether a command may be given in a state (RFC 1939, 2449, 2595, 5034, 6856).
///
/// | command | AUTHORIZATION | TRANSACTION |
/// |---|---|---|
/// | USER PASS APOP AUTH STLS UTF8 | yes | no |
/// | STAT LIST RETR DELE NOOP RSET TOP UIDL, all others | no | yes |
/// | QUIT CAPA LANG | yes | yes |
///
/// Nothing may be given in UPDATE.
pub(crate) const fn is_legal(command: &Command, state: State) -> bool {
    match (state, command) {
        (State::Update, _) => false,
        (_, Command::Quit | Command::Capa | Command::Lang(_)) => true,
        (
            state,
            Command::User(_)
            | Command::Pass(_)
            | Command::Apop { .. }
            | Command::Auth { .. }
            | Command::AuthList
            | Command::Stls
            | Command::Utf8,
        ) => matches!(state, State::Authorization),
        (state, _) => matches!(state, State::Transaction),
    }
}
