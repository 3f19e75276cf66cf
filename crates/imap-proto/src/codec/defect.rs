//! The deviations from the grammar that the codec knows how to read.

mail_proto::defects! {
    /// What real servers and clients do that the RFCs do not say.
    ///
    /// Those of [`Leniency::lenient`](mail_proto::Leniency::lenient) never change where a line, a
    /// string or a body ends; those that do are read only when they are chosen by name. Q and C are
    /// the cases of servers and clients that they answer.
    ///
    /// ```
    /// use imap_proto::Defect;
    /// use mail_proto::{DefectId, Leniency};
    ///
    /// assert_eq!(Defect::TrailingSpace.name(), "trailing-space");
    /// assert!(Leniency::lenient().allows(Defect::TrailingSpace));
    /// assert!(!Leniency::lenient().allows(Defect::BareLf));
    /// ```
    pub enum Defect {
        /// Several spaces where one belongs: `CAPABILITY IMAP4rev1  IDLE`. (Q116.)
        DoubleSpace = "double-space", lenient;
        /// Spaces at the end of a message: `* STATUS Sent (UIDNEXT 107) `. (Q10.)
        TrailingSpace = "trailing-space", lenient;
        /// Spaces inside the parentheses of a list: `(\Seen )`. (Q11.)
        SpaceInList = "space-in-list", lenient;
        /// A number that must not begin with a zero and does: `07`. (R7.)
        LeadingZeros = "leading-zeros", lenient;
        /// A zero where the numbers begin at 1: `UIDVALIDITY 0`, `MODSEQ (0)`. It is read as no
        /// number. (Q49, Q53.)
        ZeroNumber = "zero-number", lenient;
        /// A number below zero: `-1` octets, `MODSEQ (-1)`. It is read as no number. (Q53, Q56.)
        NegativeNumber = "negative-number", lenient;
        /// A number with a fraction or an exponent: `9.3736e+06`. The value is an approximation.
        /// (Q55.)
        FloatNumber = "float-number", lenient;
        /// `NIL` where a number is due. (Q57.)
        NilNumber = "nil-number", lenient;
        /// A number above what the grammar allows: a mod-sequence of 2^63 or more is kept, others are
        /// read as no number. (Q47, Q53.)
        NumberOutOfRange = "number-out-of-range", lenient;
        /// Octets above 127 in a quoted string that are not UTF-8. They are kept. (Q6.)
        EightBitInQuoted = "eight-bit-in-quoted", lenient;
        /// Octets above 127 outside of strings, in a name or a keyword. They are kept. (Q6.)
        EightBitInAtom = "eight-bit-in-atom", lenient;
        /// A backslash in a quoted string before anything but `"` and `\`: `"C:\temp"`. It is kept.
        OddEscape = "odd-escape", lenient;
        /// NUL in a string. It is left out. (Q8.)
        NulInString = "nul-in-string", lenient;
        /// A keyword with `]` in it: `OIB-Seen-[Gmail]/All`. (Q51.)
        BracketInKeyword = "bracket-in-keyword", lenient;
        /// `\*` in a list that is not that of the permanent flags. It is left out. (Q51.)
        AsteriskInFlags = "asterisk-in-flags", lenient;
        /// `NIL` among flags. It is left out. (Q52.)
        NilFlag = "nil-flag", lenient;
        /// A flag in quotes: `("\\Seen")`. (Q52.)
        QuotedFlag = "quoted-flag", lenient;
        /// A day of one digit without the space before it, in a date with a time: `"1-Jan-2026 ..."`.
        UnpaddedDay = "unpadded-day", lenient;
        /// A day that its month does not have, 0 to 31: `00-Jan-0000`, `31-Feb-2026`. It is kept. (RFC
        /// 2180 section 4.1.3 tells servers to send the first for messages that are gone.)
        NoSuchDay = "no-such-day", lenient;
        /// A zone that no place on earth has: minutes of 60 or more, a day or more.
        OddZone = "odd-zone", lenient;
        /// A date and time that ends without a zone. It is read as UTC.
        MissingZone = "missing-zone", lenient;
        /// A line that ends in LF alone, inside a message: `{3}` LF. (Q2, C15.)
        ///
        /// Unsafe where what others wrote is echoed: they can then begin lines of their own.
        BareLf = "bare-lf", by_name;
    }
}
