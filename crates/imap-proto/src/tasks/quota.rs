//! GETQUOTA, GETQUOTAROOT and SETQUOTA as tasks (RFC 9208 section 4.1).

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::task::only;
use super::{Answer, Task};
use crate::{AString, CommandBody, GetQuota, GetQuotaRoot, QuotaData, SetQuota};

/// The quota of the root.
impl Task for GetQuota {
    type Output = QuotaData;

    fn into_command(self) -> CommandBody {
        CommandBody::GetQuota(self)
    }

    fn output(answer: &mut Answer) -> Option<QuotaData> {
        answer.take_last(only!(Quota)).map(|data| *data)
    }
}

/// The quota as it is now, if the server says it.
impl Task for SetQuota {
    type Output = Option<QuotaData>;

    fn into_command(self) -> CommandBody {
        CommandBody::SetQuota(Box::new(self))
    }

    fn output(answer: &mut Answer) -> Option<Option<QuotaData>> {
        Some(answer.take_last(only!(Quota)).map(|data| *data))
    }
}

/// The quotas that count for a mailbox.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct MailboxQuotas {
    /// The quota roots of the mailbox.
    pub roots: Vec<AString>,
    /// What each of them allows.
    pub quotas: Vec<QuotaData>,
}

impl Task for GetQuotaRoot {
    type Output = MailboxQuotas;

    fn into_command(self) -> CommandBody {
        CommandBody::GetQuotaRoot(self)
    }

    fn output(answer: &mut Answer) -> Option<MailboxQuotas> {
        let roots = answer.take_last(only!(QuotaRoot))?.roots;
        let quotas = answer.take_all(only!(Quota)).into_iter().map(|data| *data).collect();
        Some(MailboxQuotas { roots, quotas })
    }
}
