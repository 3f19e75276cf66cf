//! LOGIN and AUTHENTICATE as tasks.

use super::task::only;
use super::{Answer, Task};
use crate::{Authenticate, Capabilities, Code, CommandBody, Login};

/// What a server says when it lets someone in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct LoggedIn {
    /// What it can do now; None if it has not said it, then ask (RFC 9051 section 6.2.2).
    pub capabilities: Option<Capabilities>,
}

impl LoggedIn {
    pub(super) fn of(answer: &mut Answer) -> Self {
        let capabilities = match answer.code() {
            Some(Code::Capability(list)) => Some(list.clone()),
            _ => answer.take_last(only!(Capability)),
        };
        Self { capabilities }
    }
}

impl Task for Login {
    type Output = LoggedIn;

    fn into_command(self) -> CommandBody {
        CommandBody::Login(self)
    }

    fn output(answer: &mut Answer) -> Option<LoggedIn> {
        Some(LoggedIn::of(answer))
    }
}

/// The application answers each [`Event::Challenge`](super::Event::Challenge) by
/// [`respond`](super::Tasks::respond), or gives up.
impl Task for Authenticate {
    type Output = LoggedIn;

    fn into_command(self) -> CommandBody {
        CommandBody::Authenticate(self)
    }

    fn output(answer: &mut Answer) -> Option<LoggedIn> {
        Some(LoggedIn::of(answer))
    }
}
