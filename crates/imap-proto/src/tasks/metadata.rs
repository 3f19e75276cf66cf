//! GETMETADATA as a task.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{Answer, Task};
use crate::{Code, CommandBody, Data, EntryValue, GetMetadata, MetadataContent};

/// The annotations of a mailbox or of the server (RFC 5464 section 4.2).
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Annotations {
    /// The entries and their values. One that does not exist has none.
    pub values: Vec<EntryValue>,
    /// Entries were left out because they are longer than was asked for; the longest has so many
    /// octets.
    pub longest: Option<u32>,
}

impl Task for GetMetadata {
    type Output = Annotations;

    fn into_command(self) -> CommandBody {
        CommandBody::GetMetadata(Box::new(self))
    }

    fn output(answer: &mut Answer) -> Option<Annotations> {
        let values = answer.take_all(|data| match data {
            Data::Metadata(data) => match data.content {
                MetadataContent::Values(values) => Ok(values.into_vec()),
                content => Err(Data::Metadata(Box::new(crate::MetadataData { content, ..*data }))),
            },
            other => Err(other),
        });
        let longest = match answer.code() {
            Some(Code::MetadataLongEntries(longest)) => Some(*longest),
            _ => None,
        };
        Some(Annotations { values: values.into_iter().flatten().collect(), longest })
    }
}
