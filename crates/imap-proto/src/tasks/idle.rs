//! IDLE as a task.

use super::{Answer, Task};
use crate::CommandBody;

/// IDLE: waits for what is new until [`done`](super::Tasks::done) (RFC 9051 section 6.3.13).
///
/// News come as [`Event::Data`](super::Event::Data). Before the server might log out, IDLE is left and
/// begun again by itself; each time [`Event::Idling`](super::Event::Idling) tells it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Idle;

impl Task for Idle {
    type Output = ();

    fn into_command(self) -> CommandBody {
        CommandBody::Idle
    }

    fn output(_: Answer) -> Result<(), Answer> {
        Ok(())
    }
}
