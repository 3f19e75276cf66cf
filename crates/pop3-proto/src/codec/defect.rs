//! The deviations from the grammar that the codec knows how to read.

mail_proto::defects! {
    /// What real servers and clients do that the RFCs do not say.
    ///
    /// Those of [`Leniency::lenient`](mail_proto::Leniency::lenient) never change where a line or a
    /// body ends; those that do are read only when they are chosen by name. P and C are the cases of
    /// servers and clients that they answer, by the names of the tests in `tests/quirks_syntax.rs`.
    ///
    /// ```
    /// use mail_proto::{DefectId, Leniency};
    /// use pop3_proto::Defect;
    ///
    /// assert_eq!(Defect::TrailingSpace.name(), "trailing-space");
    /// assert!(Leniency::lenient().allows(Defect::TrailingSpace));
    /// assert!(!Leniency::lenient().allows(Defect::BareLf));
    /// ```
    pub enum Defect {
        /// Several spaces where one belongs: `USER  joe`, `1   2011071307115510400ae3e9e00bmu9`.
        /// (P6, C25.)
        DoubleSpace = "double-space", lenient;
        /// Spaces at the end of a line: `AUTH ` and `LIST ` of Outlook. (P14, C25, C27.)
        TrailingSpace = "trailing-space", lenient;
        /// A message number that begins with zeros: `RETR 01`. (P5.)
        LeadingZeros = "leading-zeros", lenient;
        /// A status that is not in capitals: `+ok hello`. (P16.)
        LowerCaseStatus = "lower-case-status", lenient;
        /// A status that runs into its text: `+OKhello`. (P16.)
        NoSpaceAfterStatus = "no-space-after-status", lenient;
        /// Control characters in a text. They are kept; `Display` escapes them. (C26.)
        ControlInText = "control-in-text", lenient;
        /// NUL, CR or LF inside a line. They are read as spaces. (C26.)
        BreakInText = "break-in-text", lenient;
        /// A listing without the size: `+OK 7`. (P5.)
        MissingSize = "missing-size", lenient;
        /// A negative size, overflown on the server: `+OK 20437 -1234567890`. (P4.)
        NegativeSize = "negative-size", lenient;
        /// A size that is no number, or none below 2^64: `+OK 2 messages (320 octets)`. (P4, P5.)
        GarbledSize = "garbled-size", lenient;
        /// A `+OK` before each line of a listing: `+OK 1 abc`. (P6.)
        OkBeforeLine = "ok-before-line", lenient;
        /// An answer to `UIDL n` that leaves the number out: `+OK 00001a1457b5a851`. (P7.)
        MissingNumber = "missing-number", lenient;
        /// A unique-id of more than 70 octets. (P8.)
        LongUniqueId = "long-unique-id", lenient;
        /// A unique-id with spaces or with octets that are not printable ASCII: `1 abc def`. (P8.)
        OddUniqueId = "odd-unique-id", lenient;
        /// A capability that is not as its RFC says: `EXPIRE soon`. The line is kept as it is.
        /// (P11.)
        OddCapability = "odd-capability", lenient;
        /// A word among the SASL mechanisms that is no mechanism name. It is left out. (P11.)
        OddMechanism = "odd-mechanism", lenient;
        /// A challenge without its space: `+`. (P13.)
        BarePlus = "bare-plus", lenient;
        /// A challenge that is no base64: `+ go ahead`. (P13.)
        UndecodableChallenge = "undecodable-challenge", lenient;
        /// Base64 without its padding. (P13.)
        UnpaddedBase64 = "unpadded-base64", lenient;
        /// A `-ERR` that answers nothing: some servers say why before they close an idle connection.
        UnsolicitedError = "unsolicited-error", lenient;
        /// A line that ends in LF alone, the last one of a body included.
        ///
        /// Unsafe with a server that does not stuff lines after a bare LF: whoever sends a mail can
        /// then end it early and write replies of his own. (P2.)
        BareLf = "bare-lf", by_name;
        /// Lines that begin with a dot and were not stuffed: a leading dot is taken away only before
        /// another dot, so that `.x` survives. (P1, P2.)
        KeepSingleDots = "keep-single-dots", by_name;
        /// A `+OK` that stands for an empty challenge (Exchange 2003 after `AUTH NTLM`). (P13.)
        OkAsChallenge = "ok-as-challenge", by_name;
    }
}
