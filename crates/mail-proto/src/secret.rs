//! Values that must not show up in logs.

use core::fmt;
use subtle::ConstantTimeEq;

/// A value whose `Debug` shows nothing: passwords, tokens, authentication exchanges.
///
/// # Example
///
/// ```
/// use mail_proto::Secret;
///
/// let password = Secret::new(b"hunter2".to_vec());
/// assert_eq!(format!("{password:?}"), "<hidden>");
/// assert!(password.matches(b"hunter2"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps the value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, in sight. The name is long so that reviews see the call.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Unwraps the value.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T: AsRef<[u8]>> Secret<T> {
    /// Compares in a time that depends on the lengths alone.
    #[must_use]
    pub fn matches(&self, other: &[u8]) -> bool {
        self.0.as_ref().ct_eq(other).into()
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}
