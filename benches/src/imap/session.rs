//! What the sessions between two machines do, whoever they are.

/// LOGIN, SELECT, FETCH (UID FLAGS) and STORE +FLAGS (\Deleted) of every message, LOGOUT.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    /// Messages in the mailbox.
    pub messages: u32,
    /// How many FETCH commands ask for them, and how many STORE commands change them: a divisor.
    pub fetches: u32,
}

impl Session {
    /// Messages that a server tells of before its octets are carried to the client: about 16 KiB.
    pub const BATCH: u32 = 400;

    /// Commands given and not answered.
    const WINDOW: u32 = 64;

    /// Whether the client gives its next command when so many have been given and answered: FETCH and
    /// STORE without waiting, all others alone.
    #[must_use]
    pub fn may_give(self, given: u32, done: u32) -> bool {
        let (first, behind) = (2, 2 + 2 * self.fetches);
        let alone = given <= first || given == first + self.fetches || given >= behind;
        let waits = if alone { given > done } else { given - done >= Self::WINDOW };
        given <= behind && !waits
    }

    /// Whether a message is answered, deleted, seen. (Ours writes flags in this order.)
    #[must_use]
    pub const fn flags(message: u32, deleted: bool) -> [bool; 3] {
        [message.is_multiple_of(5), deleted, !message.is_multiple_of(3)]
    }

    /// The UID of a message.
    #[must_use]
    pub const fn uid(message: u32) -> u32 {
        message * 7
    }
}
