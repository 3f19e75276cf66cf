//! LOGIN and AUTHENTICATE as tasks.

use super::{Answer, Task};
use crate::{Authenticate, Capabilities, Code, CommandBody, Data, Login};

/// What a server says when it lets someone in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct LoggedIn {
    /// What it can do now; None if it has not said it, then ask (RFC 9051 section 6.2.2).
    pub capabilities: Option<Capabilities>,
}

impl LoggedIn {
    fn of(answer: Answer) -> Self {
        if let Some(Code::Capability(list)) = answer.code() {
            return Self { capabilities: Some(list.clone()) };
        }
        let listed = answer.take(|data| match data {
            Data::Capability(list) => Ok(list),
            other => Err(other),
        });
        Self { capabilities: listed.ok() }
    }
}

impl Task for Login {
    type Output = LoggedIn;

    fn into_command(self) -> CommandBody {
        CommandBody::Login(self)
    }

    fn output(answer: Answer) -> Result<LoggedIn, Answer> {
        Ok(LoggedIn::of(answer))
    }
}

impl Task for Authenticate {
    type Output = LoggedIn;

    fn into_command(self) -> CommandBody {
        CommandBody::Authenticate(self)
    }

    fn output(answer: Answer) -> Result<LoggedIn, Answer> {
        Ok(LoggedIn::of(answer))
    }
}
