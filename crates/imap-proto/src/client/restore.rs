//! What brings a new connection to where an old one was.

use alloc::vec::Vec;

use super::Selected;
use crate::{Capabilities, Capability, CommandBody, Enable, OneOrMore, QResync, Select};

/// The commands that restore a session after the login: ENABLE of what was enabled, as far as the
/// server still offers it, and SELECT or EXAMINE of the mailbox.
///
/// Where the old connection knew UIDVALIDITY and mod-sequence and QRESYNC is offered, the server is
/// asked for what has changed (RFC 7162 section 3.2.5); otherwise compare
/// [`Selected::uid_validity`] and look for yourself.
///
/// ```
/// use imap_proto::client::restore;
/// use imap_proto::{Capabilities, Capability};
///
/// let offered: Capabilities = [Capability::Imap4Rev1, Capability::Enable].into_iter().collect();
/// assert!(restore(&offered, &[Capability::CondStore], None).is_empty());
/// ```
#[must_use]
pub fn restore(
    offered: &Capabilities,
    enabled: &[Capability],
    selected: Option<&Selected>,
) -> Vec<CommandBody> {
    let mut commands = Vec::new();
    let resync = selected.and_then(|it| Some((it.uid_validity?, it.highest_mod_seq?)));
    let can_enable = offered.supports(&Capability::Enable);
    let can_resync = can_enable && offered.supports(&Capability::QResync);
    let mut wanted: Vec<_> =
        enabled.iter().filter(|it| can_enable && offered.supports(it)).cloned().collect();
    if resync.is_some() && can_resync && !wanted.contains(&Capability::QResync) {
        wanted.push(Capability::QResync);
    }
    if let Some(capabilities) = OneOrMore::new(wanted) {
        commands.push(CommandBody::Enable(Enable { capabilities }));
    }
    let Some(selected) = selected else { return commands };
    let select = Select::new(selected.mailbox.clone());
    let select = match resync {
        Some((validity, mod_seq)) if can_resync => select.qresync(QResync::new(validity, mod_seq)),
        Some(_) if offered.supports(&Capability::CondStore) => select.condstore(),
        _ => select,
    };
    commands.push(match selected.read_only {
        true => CommandBody::Examine(select),
        false => CommandBody::Select(select),
    });
    commands
}
