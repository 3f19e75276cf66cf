//! COPY, MOVE, APPEND, REPLACE and EXPUNGE as tasks.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::{Answer, Task};
use crate::{
    Append, Code, CommandBody, CopyOrMove, CopyUid, Data, ModSeq, NumberSet, Replace, RespText,
    SeqNum, SequenceSet, Uid,
};

/// COPY and UID COPY (RFC 9051 section 6.4.7).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CopyMessages<N>(pub CopyOrMove<N>);

/// MOVE and UID MOVE (RFC 9051 section 6.4.8). What goes by it is told by events.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct MoveMessages<N>(pub CopyOrMove<N>);

/// What COPY and MOVE say of the new messages (RFC 4315 section 3). Nothing is said if none were
/// copied, or the server does not know UIDPLUS.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Copied {
    /// Which became which.
    pub uids: Vec<CopyUid>,
}

impl Copied {
    fn of(answer: &mut Answer) -> Self {
        let mut uids = answer.take_all(|data| match data {
            Data::Condition(condition) => match condition.text.code() {
                Some(Code::CopyUid(uids)) => Ok((**uids).clone()),
                _ => Err(Data::Condition(condition)),
            },
            other => Err(other),
        });
        if let Some(Code::CopyUid(last)) = answer.code() {
            uids.push((**last).clone());
        }
        Self { uids }
    }
}

macro_rules! copy_tasks {
    ($($name:ident<$number:ty> => $command:ident),*) => { $(
        impl Task for $name<$number> {
            type Output = Copied;

            fn into_command(self) -> CommandBody {
                CommandBody::$command(self.0)
            }

            fn output(answer: &mut Answer) -> Option<Copied> {
                Some(Copied::of(answer))
            }
        }
    )* };
}

copy_tasks! {
    CopyMessages<SeqNum> => Copy,
    CopyMessages<Uid> => UidCopy,
    MoveMessages<SeqNum> => Move,
    MoveMessages<Uid> => UidMove
}

/// What APPEND and REPLACE say of the new messages (RFC 4315 section 3, RFC 3502).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Appended {
    /// UIDVALIDITY of the mailbox, and the UIDs in the order of the messages. None if the server does
    /// not know UIDPLUS or may not say it.
    pub uids: Option<(NonZeroU32, NumberSet<Uid>)>,
}

impl Appended {
    pub(super) fn of(answer: &mut Answer) -> Self {
        let uids = |text: &RespText| match text.code() {
            Some(Code::AppendUid(uid_validity, uids)) => Some((*uid_validity, uids.clone())),
            _ => None,
        };
        let told = answer.take_last(|data| match data {
            Data::Condition(condition) => uids(&condition.text).ok_or(Data::Condition(condition)),
            other => Err(other),
        });
        Self { uids: answer.text.as_ref().and_then(uids).or(told) }
    }
}

macro_rules! append_tasks {
    ($($name:ty => $command:expr),*) => { $(
        impl Task for $name {
            type Output = Appended;

            fn into_command(self) -> CommandBody {
                ($command)(self)
            }

            fn output(answer: &mut Answer) -> Option<Appended> {
                Some(Appended::of(answer))
            }
        }
    )* };
}

append_tasks! {
    Append => CommandBody::Append,
    Replace<SeqNum> => |it| CommandBody::Replace(Box::new(it)),
    Replace<Uid> => |it| CommandBody::UidReplace(Box::new(it))
}

/// EXPUNGE: removes the messages that are marked (RFC 9051 section 6.4.3).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Expunge;

/// UID EXPUNGE: removes those of the UIDs that are marked (RFC 9051 section 6.4.9).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UidExpunge(pub SequenceSet<Uid>);

/// What went while EXPUNGE ran, be it by this session or by another. All of it has been told as events
/// too, in the midst of what else moves the numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Expunged {
    /// The sequence numbers, each as it was when its turn came: `3, 3` are two messages.
    pub numbers: Vec<SeqNum>,
    /// The UIDs, where QRESYNC or UIDONLY is enabled (RFC 7162 section 3.2.7).
    pub uids: Option<NumberSet<Uid>>,
    /// The highest mod-sequence behind it (RFC 7162 section 3.2.4).
    pub highest_mod_seq: Option<ModSeq>,
}

impl Expunged {
    fn of(answer: &mut Answer) -> Self {
        let numbers = answer.take_all(|data| match data {
            Data::Expunge(number) => Ok(number),
            other => Err(other),
        });
        let highest_mod_seq = match answer.code() {
            Some(Code::HighestModSeq(highest)) => Some(*highest),
            _ => None,
        };
        Self { numbers, uids: super::fetch::vanished(answer), highest_mod_seq }
    }
}

impl Task for Expunge {
    type Output = Expunged;

    fn into_command(self) -> CommandBody {
        CommandBody::Expunge
    }

    fn output(answer: &mut Answer) -> Option<Expunged> {
        Some(Expunged::of(answer))
    }
}

impl Task for UidExpunge {
    type Output = Expunged;

    fn into_command(self) -> CommandBody {
        CommandBody::UidExpunge(self.0)
    }

    fn output(answer: &mut Answer) -> Option<Expunged> {
        Some(Expunged::of(answer))
    }
}
