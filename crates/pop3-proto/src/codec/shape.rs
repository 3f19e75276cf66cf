//! What a positive reply looks like. Nothing in a reply tells; the command does.

/// What begins with the `+OK` that answers a command. A `-ERR` is always a single line.
///
/// ```
/// use pop3_proto::{Command, MessageNumber, Shape};
///
/// assert_eq!(Command::List(None).shape(), Shape::ScanLines);
/// assert!(Command::List(None).shape().is_multi_line());
/// assert_eq!(Command::List(Some(MessageNumber::FIRST)).shape(), Shape::ScanLine);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    /// The line itself, and its text is for a human.
    Single,
    /// A [`DropListing`](crate::DropListing) in the line.
    Stat,
    /// A [`ScanListing`](crate::ScanListing) in the line.
    ScanLine,
    /// Lines of [`ScanListing`](crate::ScanListing)s.
    ScanLines,
    /// A [`UidListing`](crate::UidListing) in the line.
    UidLine,
    /// Lines of [`UidListing`](crate::UidListing)s.
    UidLines,
    /// Lines of [`Capability`](crate::Capability)s.
    Capabilities,
    /// Lines of [`MechanismListing`](crate::MechanismListing)s.
    Mechanisms,
    /// A [`LanguageListing`](crate::LanguageListing) in the line.
    LanguageLine,
    /// Lines of [`LanguageListing`](crate::LanguageListing)s.
    Languages,
    /// A message, for the [`Unstuffer`](crate::Unstuffer).
    Body,
    /// The line itself, after any number of [`Challenge`](crate::Challenge)s.
    Sasl,
}

impl Shape {
    /// Whether lines follow, up to a line of a single dot.
    #[must_use]
    pub const fn is_multi_line(self) -> bool {
        match self {
            Self::ScanLines
            | Self::UidLines
            | Self::Capabilities
            | Self::Mechanisms
            | Self::Languages
            | Self::Body => true,
            Self::Single
            | Self::Stat
            | Self::ScanLine
            | Self::UidLine
            | Self::LanguageLine
            | Self::Sasl => false,
        }
    }
}
