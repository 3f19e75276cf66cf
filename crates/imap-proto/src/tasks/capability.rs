//! CAPABILITY as a task.

use super::{Answer, Task};
use crate::{Capabilities, CommandBody, Data};

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

    fn output(answer: Answer) -> Result<Capabilities, Answer> {
        answer.take(|data| match data {
            Data::Capability(list) => Ok(list),
            other => Err(other),
        })
    }
}
