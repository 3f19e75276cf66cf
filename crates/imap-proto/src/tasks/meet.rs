//! Which commands could be taken for each other by their answers.

use super::claim::Claim;
use super::names::is_same;

impl Claim {
    /// Whether the answer to one could be taken for an answer to the other, if both are on their way.
    pub(super) fn may_meet(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nothing, _) | (_, Self::Nothing) => false,
            (Self::Status(one), Self::Status(other)) => is_same(one, other),
            (Self::List { .. }, Self::List { .. } | Self::Select { .. })
            | (Self::Select { .. }, Self::List { .. } | Self::Select { .. }) => true,
            (Self::List { with }, other) | (other, Self::List { with }) => {
                with.iter().any(|name| other.may_own(name.as_bytes()))
            }
            (Self::Messages(one), Self::Messages(other)) => one.may_meet(other),
            (Self::Select { resync, .. }, Self::Messages(_))
            | (Self::Messages(_), Self::Select { resync, .. }) => *resync,
            (Self::Search { returns: one, .. }, Self::Search { returns: other, .. }) => {
                !(*one && *other)
            }
            (Self::Named(one), other) | (other, Self::Named(one)) => other.may_own(one.as_bytes()),
            (Self::Quota(_) | Self::QuotaRoot(_), Self::Quota(_) | Self::QuotaRoot(_)) => true,
            (Self::Expunge, Self::Expunge) | (Self::Move, Self::Move) => true,
            (Self::Metadata(one), Self::Metadata(other))
            | (Self::Acl(one), Self::Acl(other))
            | (Self::MyRights(one), Self::MyRights(other))
            | (Self::ListRights(one, _), Self::ListRights(other, _)) => is_same(one, other),
            (Self::Replace, Self::Replace) => true,
            _ => false,
        }
    }
}
