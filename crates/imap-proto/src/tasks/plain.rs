//! Commands whose answer is OK, and nothing else.

use alloc::boxed::Box;

use super::{Answer, Task};
use crate::{
    CommandBody, Compress, DeleteAcl, Mailbox, Rename, SetAcl, SetAnnotation, SetMetadata,
};

/// Defines commands without arguments.
macro_rules! bare {
    ($($(#[doc = $doc:expr])* $name:ident => $command:ident;)*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name;

        plain!($name => |_| CommandBody::$command);
    )* };
}

/// Defines commands whose only argument is a mailbox.
macro_rules! named {
    ($($(#[doc = $doc:expr])* $name:ident => $command:ident;)*) => { $(
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub struct $name(pub Mailbox);

        plain!($name => |it: $name| CommandBody::$command(it.0));
    )* };
}

/// Makes tasks of commands.
macro_rules! plain {
    ($($name:ty => $command:expr),+ $(,)?) => { $(
        impl Task for $name {
            type Output = ();

            fn into_command(self) -> CommandBody {
                ($command)(self)
            }

            fn output(_: &mut Answer) -> Option<()> {
                Some(())
            }
        }
    )+ };
}

bare! {
    /// NOOP: asks for news, which come as events (RFC 9051 section 6.1.2).
    Noop => Noop;
    /// LOGOUT: ends the connection (RFC 9051 section 6.1.3). BYE comes as an event.
    Logout => Logout;
    /// STARTTLS: begins TLS (RFC 9051 section 6.2.1). [`Secured`](super::Event::Secured) says when it
    /// is active.
    StartTls => StartTls;
    /// UNAUTHENTICATE: goes back to before the login (RFC 8437).
    Unauthenticate => Unauthenticate;
    /// CHECK: asks for a checkpoint (RFC 3501 section 6.4.1).
    Check => Check;
    /// CLOSE: leaves the mailbox and expunges what is marked (RFC 9051 section 6.4.1).
    Close => Close;
    /// UNSELECT: leaves the mailbox (RFC 9051 section 6.4.2).
    Unselect => Unselect;
    /// IDLE: waits for what is new until [`done`](super::Tasks::done) (RFC 9051 section 6.3.13).
    ///
    /// News come as [`Event::Data`](super::Event::Data). Before the server might log out, IDLE is left
    /// and begun again by itself; each time [`Event::Idling`](super::Event::Idling) tells it. Who
    /// drops its handle lets it end there.
    Idle => Idle;
}

named! {
    /// DELETE: deletes a mailbox (RFC 9051 section 6.3.5).
    Delete => Delete;
    /// SUBSCRIBE: adds a mailbox to the subscriptions (RFC 9051 section 6.3.7).
    Subscribe => Subscribe;
    /// UNSUBSCRIBE: takes a mailbox from the subscriptions (RFC 9051 section 6.3.8).
    Unsubscribe => Unsubscribe;
}

plain! {
    Rename => |it| CommandBody::Rename(Box::new(it)),
    Compress => CommandBody::Compress,
    SetAcl => |it| CommandBody::SetAcl(Box::new(it)),
    DeleteAcl => |it| CommandBody::DeleteAcl(Box::new(it)),
    SetMetadata => |it| CommandBody::SetMetadata(Box::new(it)),
    SetAnnotation => |it| CommandBody::SetAnnotation(Box::new(it)),
}
