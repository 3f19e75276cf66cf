//! The store that lives in memory: the reference for what the requests mean.

mod account;
mod mailbox;
mod session;

use alloc::collections::BTreeMap;
use bytes::Bytes;
use core::fmt;

use self::account::{Context, State};
use self::mailbox::Message;
use super::{
    Account, Envelope, MailboxId, MailboxName, Reply, Request, Stager, StoreError, Uid,
    UidValidity, WallTime,
};

/// A store in memory.
///
/// It is the reference: what it answers is what the requests mean. An account comes into being, with
/// an empty INBOX, when it is first spoken of; the application has authenticated it before.
///
/// See the [module's example](super).
#[derive(Default)]
pub struct MemoryStore {
    accounts: BTreeMap<Account, State>,
    limits: MemoryLimits,
    clock: WallTime,
    last_mailbox: u128,
}

/// What a [`MemoryStore`] refuses or forgets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MemoryLimits {
    /// The most octets of one message.
    pub message: u64,
    /// The most octets of all messages of an account.
    pub quota: u64,
    /// How many expunges a mailbox remembers; older ones answer `Expired`.
    pub tombstones: usize,
}

impl Default for MemoryLimits {
    /// No limits on mail, and a million tombstones.
    fn default() -> Self {
        Self { message: u64::MAX, quota: u64::MAX, tombstones: 1_000_000 }
    }
}

impl fmt::Debug for MemoryStore {
    /// Shows no mail.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let accounts = self.accounts.len();
        f.debug_struct("MemoryStore").field("accounts", &accounts).finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store with these limits.
    #[must_use]
    pub fn new(limits: MemoryLimits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Sets the clock for envelopes that bring no time.
    pub const fn set_now(&mut self, now: WallTime) {
        self.clock = now;
    }

    /// Executes one request, as a whole.
    ///
    /// # Errors
    ///
    /// The request is refused, see [`StoreError`].
    pub fn execute(&mut self, envelope: Envelope) -> Reply {
        let context = Context {
            session: envelope.session,
            now: envelope.now.unwrap_or(self.clock),
            limits: self.limits,
        };
        let state = self.state(&envelope.account, context.now)?;
        state.sweep(context.now);
        let session = state.session(context);
        let writes = envelope.body.writes();
        if writes && let Some(first) = session.first_result(envelope.request) {
            return first;
        }
        if !matches!(envelope.body, Request::Cancel(_) | Request::End(_)) {
            session.admit(envelope.request)?;
        }
        let reply = state.execute(context, envelope.body);
        if writes {
            state.session(context).remember(envelope.request, &reply);
        }
        reply
    }

    /// Puts a message into the account's INBOX, without a session.
    ///
    /// # Errors
    ///
    /// The message exceeds the limits.
    pub fn deliver(
        &mut self,
        account: &Account,
        message: &[u8],
        now: WallTime,
    ) -> Result<Uid, StoreError> {
        let limits = self.limits;
        let mut stager = Stager::default();
        stager.push(message);
        let message = Message::new(Bytes::copy_from_slice(message), stager.finish(), now);
        self.state(account, now)?.deliver(message, limits)
    }

    /// Makes an empty mailbox.
    ///
    /// # Errors
    ///
    /// There is one of this name, or the account's UIDVALIDITY is used up.
    pub fn create(
        &mut self,
        account: &Account,
        name: &MailboxName,
        now: WallTime,
    ) -> Result<MailboxId, StoreError> {
        let id = self.mailbox_id();
        self.state(account, now)?.create(name.clone(), id, now)
    }

    fn state(&mut self, account: &Account, now: WallTime) -> Result<&mut State, StoreError> {
        if !self.accounts.contains_key(account) {
            let id = self.mailbox_id();
            let validity = UidValidity::allocate(None, now).ok_or(StoreError::Limit)?;
            self.accounts.insert(account.detach(), State::new(id, validity));
        }
        self.accounts.get_mut(account).ok_or(StoreError::Corrupt)
    }

    const fn mailbox_id(&mut self) -> MailboxId {
        self.last_mailbox = self.last_mailbox.saturating_add(1);
        MailboxId(self.last_mailbox)
    }
}

#[cfg(test)]
mod tests;
