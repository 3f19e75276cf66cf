//! GETACL, MYRIGHTS and LISTRIGHTS as tasks (RFC 4314 section 3).

use alloc::boxed::Box;

use super::task::only;
use super::{Answer, Task};
use crate::{AclData, CommandBody, GetAcl, ListRights, ListRightsData, MyRights, Rights};

/// Who may do what in the mailbox.
impl Task for GetAcl {
    type Output = AclData;

    fn into_command(self) -> CommandBody {
        CommandBody::GetAcl(self)
    }

    fn output(answer: &mut Answer) -> Option<AclData> {
        answer.take_last(only!(Acl)).map(|data| *data)
    }
}

/// What the user may do in the mailbox.
impl Task for MyRights {
    type Output = Rights;

    fn into_command(self) -> CommandBody {
        CommandBody::MyRights(self)
    }

    fn output(answer: &mut Answer) -> Option<Rights> {
        answer.take_last(only!(MyRights)).map(|data| data.rights)
    }
}

/// Which rights someone can be given.
impl Task for ListRights {
    type Output = ListRightsData;

    fn into_command(self) -> CommandBody {
        CommandBody::ListRights(Box::new(self))
    }

    fn output(answer: &mut Answer) -> Option<ListRightsData> {
        answer.take_last(only!(ListRights)).map(|data| *data)
    }
}
