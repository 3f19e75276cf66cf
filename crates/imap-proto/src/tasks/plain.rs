//! Commands whose answer is OK, and nothing else.

use super::{Answer, Task};
use crate::CommandBody;

macro_rules! plain {
    ($($(#[doc = $doc:expr])* $name:ident => $body:expr;)*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name;

        impl Task for $name {
            type Output = ();

            fn into_command(self) -> CommandBody {
                $body
            }

            fn output(_: Answer) -> Result<(), Answer> {
                Ok(())
            }
        }
    )* };
}

plain! {
    /// NOOP: asks for news, which come as events (RFC 9051 section 6.1.2).
    Noop => CommandBody::Noop;
    /// LOGOUT: ends the connection (RFC 9051 section 6.1.3). BYE comes as an event.
    Logout => CommandBody::Logout;
    /// STARTTLS: begins TLS (RFC 9051 section 6.2.1).
    StartTls => CommandBody::StartTls;
    /// CHECK: asks for a checkpoint (RFC 3501 section 6.4.1).
    Check => CommandBody::Check;
    /// CLOSE: leaves the mailbox and expunges what is marked (RFC 9051 section 6.4.1).
    Close => CommandBody::Close;
    /// UNSELECT: leaves the mailbox (RFC 9051 section 6.4.2).
    Unselect => CommandBody::Unselect;
}
