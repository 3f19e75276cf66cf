//! When two names of mailboxes are of one mailbox.

use alloc::borrow::ToOwned;
use alloc::string::String;

use crate::{Mailbox, NameForm};

/// Whether a server may mean the mailbox that was asked for, though it encodes the name otherwise:
/// modified UTF-7 on one side, UTF-8 on the other.
pub(super) fn is_same(asked: &Mailbox, told: &Mailbox) -> bool {
    let is_called = |one: &Mailbox, other: &Mailbox| {
        let name = one.name(NameForm::Utf7);
        name.is_ok() && name == other.name(NameForm::Utf8)
    };
    asked == told || is_called(asked, told) || is_called(told, asked)
}

/// What the mailbox is called, in whichever form: equal for names that [are the same](is_same).
pub(super) fn called(mailbox: &Mailbox) -> String {
    if mailbox.is_inbox() {
        return "INBOX".to_owned();
    }
    mailbox.display().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_name() {
        let mailbox = |name: &'static str| Mailbox::new(name).unwrap();
        for (one, other, expected) in [
            ("inbox", "INBOX", true),
            ("&ZeVnLIqe-", "\u{65e5}\u{672c}\u{8a9e}", true),
            ("a", "A", false),
            ("inbox/a", "INBOX/a", false),
            ("&ZeVnLIqe-", "&ZeVnLIqf-", false),
        ] {
            assert_eq!(is_same(&mailbox(one), &mailbox(other)), expected, "{one} {other}");
            assert_eq!(is_same(&mailbox(other), &mailbox(one)), expected, "{other} {one}");
            assert_eq!(called(&mailbox(one)) == called(&mailbox(other)), expected);
        }
    }
}
