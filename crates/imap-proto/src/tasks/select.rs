//! SELECT and EXAMINE as tasks.

use alloc::vec::Vec;

use super::fetch::{joined, row, vanished};
use super::task::{Own, only};
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
}

impl Opened {
    fn of(answer: &mut Answer) -> Option<Self> {
        let Some(Own::Selected(selected)) = answer.own.take().map(|own| *own) else { return None };
        let unseen = answer.take_last(|data| match data {
            Data::Condition(condition) => match condition.text.code() {
                Some(Code::Unseen(number)) => Ok(*number),
                _ => Err(Data::Condition(condition)),
            },
            other => Err(other),
        });
        let list = answer.take_last(only!(List)).map(|list| *list);
        let vanished = vanished(answer);
        let changed = joined(answer.take_all(row), true);
        answer.take_all(known);
        Some(Self { selected, unseen, list, vanished, changed })
    }
}

/// What stands in [`Selected`].
fn known(data: Data) -> Result<(), Data> {
    let is_known = match &data {
        Data::Exists(_) | Data::Recent(_) | Data::Flags(_) => true,
        Data::Condition(condition) => matches!(
            condition.text.code(),
            Some(
                Code::UidValidity(_)
                    | Code::UidNext(_)
                    | Code::HighestModSeq(_)
                    | Code::NoModSeq
                    | Code::PermanentFlags(_)
                    | Code::ReadOnly
                    | Code::ReadWrite
                    | Code::UidNotSticky
                    | Code::MailboxId(_)
            )
        ),
        _ => false,
    };
    if is_known { Ok(()) } else { Err(data) }
}

macro_rules! select_tasks {
    ($($name:ident),*) => { $(
        impl Task for $name {
            type Output = Opened;

            fn into_command(self) -> CommandBody {
                CommandBody::$name(self.0)
            }

            fn output(answer: &mut Answer) -> Option<Opened> {
                Opened::of(answer)
            }
        }
    )* };
}

select_tasks!(Select, Examine);
