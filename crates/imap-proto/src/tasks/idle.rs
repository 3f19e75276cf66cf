//! IDLE, which is begun again before the server might log out.

use mail_proto::CommandId;

use super::{Ending, Tasks};
use crate::{CommandBody, ConditionKind};

impl Tasks {
    /// IDLE has lasted long.
    pub(super) fn refresh(&mut self, command: CommandId) {
        let entry = self.open.iter_mut().find(|entry| entry.command == command);
        let Some(idle) = entry.and_then(|entry| entry.idle.as_mut()) else { return };
        idle.refreshing = self.client.done(command).is_ok();
    }

    /// Begins an IDLE again that was left only to do so. Whether it did.
    pub(super) fn begin_again(&mut self, place: usize, ending: &Ending) -> bool {
        let agreed = matches!(ending, Ending::Answered(it) if it.kind == ConditionKind::Ok);
        let Some(entry) = self.open.get_mut(place) else { return false };
        let given_up = entry.is_unwanted();
        let Some(idle) = &mut entry.idle else { return false };
        if !agreed || given_up || idle.leaving || !core::mem::take(&mut idle.refreshing) {
            return false;
        }
        let Ok(command) = self.client.send(CommandBody::Idle) else { return false };
        entry.command = command;
        let entry = self.open.remove(place);
        self.open.extend(entry);
        true
    }
}
