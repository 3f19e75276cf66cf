//! CAPABILITY, ENABLE and ID as tasks.

use alloc::boxed::Box;

use super::task::only;
use super::{Answer, Task};
use crate::{Capabilities, CommandBody, Enable, Id};

/// CAPABILITY: asks what the server can do (RFC 9051 section 6.1.1).
///
/// [`Client::capabilities`](crate::client::Client::capabilities) remembers it too.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Capability;

impl Task for Capability {
    type Output = Capabilities;

    fn into_command(self) -> CommandBody {
        CommandBody::Capability
    }

    fn output(answer: &mut Answer) -> Option<Capabilities> {
        answer.take_last(only!(Capability))
    }
}

/// What has been switched on, which may be nothing (RFC 9051 section 6.3.1).
impl Task for Enable {
    type Output = Capabilities;

    fn into_command(self) -> CommandBody {
        CommandBody::Enable(self)
    }

    fn output(answer: &mut Answer) -> Option<Capabilities> {
        let enabled = answer.take_all(only!(Enabled));
        Some(enabled.into_iter().flat_map(|it| it.capabilities).collect())
    }
}

/// Who the server is (RFC 2971).
impl Task for Id {
    type Output = Self;

    fn into_command(self) -> CommandBody {
        CommandBody::Id(Box::new(self))
    }

    fn output(answer: &mut Answer) -> Option<Self> {
        answer.take_last(only!(Id)).map(|id| *id)
    }
}
