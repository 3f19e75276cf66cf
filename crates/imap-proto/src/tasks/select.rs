//! SELECT and EXAMINE as tasks.

use alloc::vec::Vec;

use super::{Answer, FetchRow, Task};
use crate::client::Selected;
use crate::{Code, CommandBody, Data, ListData, NumberSet, SeqNum, Uid};

/// SELECT: opens a mailbox (RFC 9051 section 6.3.2).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Select(pub crate::Select);

/// EXAMINE: opens a mailbox for reading (RFC 9051 section 6.3.3).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Examine(pub crate::Select);

/// A mailbox that has been opened.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Opened {
    /// What is known of it.
    pub selected: Selected,
    /// The first message that is not seen, if the server told (RFC 3501 section 7.1).
    pub unseen: Option<SeqNum>,
    /// Its name as the server has it, and its old one (RFC 9051 section 6.3.2).
    pub list: Option<ListData>,
    /// What has been expunged since the mod-sequence that was given (RFC 7162 section 3.2.5.1).
    pub vanished: Option<NumberSet<Uid>>,
    /// What has changed since.
    pub changed: Vec<FetchRow>,
    /// Other things that were said of it.
    pub others: Vec<Data>,
}

impl Opened {
    fn of(mut answer: Answer) -> Result<Self, Answer> {
        let Some(selected) = answer.selected.take() else { return Err(answer) };
        let (unseen, list, vanished) = (None, None, None);
        let (changed, others) = (Vec::new(), Vec::new());
        let mut opened = Self { selected: *selected, unseen, list, vanished, changed, others };
        for data in answer.data {
            opened.add(data);
        }
        opened.changed = FetchRow::joined(core::mem::take(&mut opened.changed));
        Ok(opened)
    }

    fn add(&mut self, data: Data) {
        match data {
            Data::List(list) => self.list = Some(*list),
            Data::Vanished(vanished) => match &mut self.vanished {
                Some(all) => vanished.uids.as_slice().iter().for_each(|range| all.push(*range)),
                none => *none = Some(vanished.uids),
            },
            Data::Condition(condition) => match condition.text.code() {
                Some(Code::Unseen(number)) => self.unseen = Some(*number),
                Some(Code::Annotations(_) | Code::ObjectId(_)) => {
                    self.others.push(Data::Condition(condition));
                }
                // The rest is in `selected`.
                _ => {}
            },
            Data::Exists(_) | Data::Recent(_) | Data::Flags(_) => {}
            data => match FetchRow::of(data) {
                Ok(row) => self.changed.push(row),
                Err(other) => self.others.push(other),
            },
        }
    }
}

impl Task for Select {
    type Output = Opened;

    fn into_command(self) -> CommandBody {
        CommandBody::Select(self.0)
    }

    fn output(answer: Answer) -> Result<Opened, Answer> {
        Opened::of(answer)
    }
}

impl Task for Examine {
    type Output = Opened;

    fn into_command(self) -> CommandBody {
        CommandBody::Examine(self.0)
    }

    fn output(answer: Answer) -> Result<Opened, Answer> {
        Opened::of(answer)
    }
}
