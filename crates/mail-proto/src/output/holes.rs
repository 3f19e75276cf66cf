//! Holes: octets that their owner supplies later.

use bytes::Bytes;

use super::{CommandId, Gate, Kind, Output, Owed, Run};
use crate::SendError;

impl Output {
    /// What the first hole of this owner still takes.
    #[must_use]
    pub fn owed(&self, owner: CommandId) -> Option<Owed> {
        self.runs.get(self.find_hole(owner)?)?.owed()
    }

    /// The hole that everything waits for, if no gate stands before it; there may be octets before it.
    #[must_use]
    pub fn first_hole(&self) -> Option<(CommandId, Owed)> {
        let run = self.runs.get(self.ready_runs)?;
        run.owed().map(|owed| (run.owner, owed))
    }

    /// Supplies octets for the first hole of this owner, held by reference.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`] if it has none, [`SendError::Length`] if these are more than announced.
    pub fn fill(&mut self, owner: CommandId, octets: Bytes, secret: bool) -> Result<(), SendError> {
        let (index, given) = self.take_from_hole(owner, octets.len())?;
        if octets.is_empty() {
            return Ok(());
        }
        let held_before = self.count_before(index, Kind::Held);
        self.held.insert(held_before, octets);
        self.insert(index, Run { owner, len: given, kind: Kind::Held, secret });
        self.drop_filled_hole(index.saturating_add(1));
        Ok(())
    }

    /// Supplies octets for the first hole of this owner, copied. For small pieces.
    ///
    /// # Errors
    ///
    /// As [`fill`](Self::fill).
    pub fn fill_copied(
        &mut self,
        owner: CommandId,
        octets: &[u8],
        secret: bool,
    ) -> Result<(), SendError> {
        let index = self.find_hole(owner).ok_or(SendError::NotOwed)?;
        let copied_behind = self.runs.range(index..).any(|run| run.kind == Kind::Copied);
        if copied_behind {
            return self.fill(owner, Bytes::copy_from_slice(octets), secret);
        }
        let (index, given) = self.take_from_hole(owner, octets.len())?;
        if octets.is_empty() {
            return Ok(());
        }
        self.copied.extend_from_slice(octets);
        let before = index.checked_sub(1).and_then(|before| self.runs.get_mut(before));
        let grown = match before {
            Some(run) if run.kind == Kind::Copied && run.owner == owner && run.secret == secret => {
                run.len = run.len.saturating_add(given);
                true
            }
            _ => false,
        };
        if grown {
            self.count_added(octets.len(), index <= self.ready_runs);
            self.drop_filled_hole(index);
        } else {
            self.insert(index, Run { owner, len: given, kind: Kind::Copied, secret });
            self.drop_filled_hole(index.saturating_add(1));
        }
        Ok(())
    }

    /// Takes back what was supplied to the first hole of this owner and stands before it.
    ///
    /// Only for what has not been begun: the rest of a line that is half out would be missing.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`] if it has no hole.
    pub fn empty_hole(&mut self, owner: CommandId) -> Result<(), SendError> {
        let hole = self.find_hole(owner).ok_or(SendError::NotOwed)?;
        self.remove_runs(self.runs_of(owner).start, hole);
        Ok(())
    }

    /// Puts a gate in front of the first hole of this owner: what is supplied later waits for it.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`] if it has no hole.
    pub fn gate_hole(&mut self, owner: CommandId, gate: Gate) -> Result<(), SendError> {
        let index = self.find_hole(owner).ok_or(SendError::NotOwed)?;
        self.runs.insert(index, Run { owner, len: 0, kind: Kind::Gate(gate), secret: false });
        Ok(())
    }

    /// Ends an open hole.
    ///
    /// # Errors
    ///
    /// [`SendError::NotOwed`] if the owner has no hole, [`SendError::Length`] if announced octets are
    /// still owed.
    pub fn close_hole(&mut self, owner: CommandId) -> Result<(), SendError> {
        let index = self.find_hole(owner).ok_or(SendError::NotOwed)?;
        match self.owed(owner) {
            Some(Owed::Exactly(left)) => Err(SendError::Length { left, given: 0 }),
            _ => {
                self.runs.remove(index);
                self.extend_ready();
                Ok(())
            }
        }
    }

    fn find_hole(&self, owner: CommandId) -> Option<usize> {
        if self.ready_runs == self.runs.len() {
            return None;
        }
        let own = self.runs_of(owner);
        let first = self.runs.range(own.clone()).position(|run| run.owed().is_some())?;
        Some(own.start.saturating_add(first))
    }

    fn take_from_hole(
        &mut self,
        owner: CommandId,
        octets: usize,
    ) -> Result<(usize, u64), SendError> {
        let index = self.find_hole(owner).ok_or(SendError::NotOwed)?;
        let given = octets as u64;
        if let Some(run) = self.runs.get_mut(index)
            && run.kind == (Kind::Hole { announced: true })
        {
            let left = run.len;
            run.len = left.checked_sub(given).ok_or(SendError::Length { left, given })?;
        }
        Ok((index, given))
    }

    fn drop_filled_hole(&mut self, index: usize) {
        if let Some(Run { len: 0, kind: Kind::Hole { announced: true }, .. }) = self.runs.get(index)
        {
            self.runs.remove(index);
            self.extend_ready();
        }
    }
}
