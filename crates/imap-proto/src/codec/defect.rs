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
        /// `\Recent` among the flags that a client sets, by STORE or APPEND. It is left out. (RFC 3501
        /// section 2.3.2: no client can set it.)
        RecentSetByClient = "recent-set-by-client", lenient;
        /// No space where one belongs: `"a""b"`, `)"mixed"`, `(UID 123MODSEQ (5))`, two lists of namespaces
        /// in an example of RFC 5255. (Q92.)
        MissingSpace = "missing-space", lenient;
        /// `()` where `NIL` or values belong: addresses, parameters, languages, a location. (Q61, Q74,
        /// Q76.)
        EmptyList = "empty-list", lenient;
        /// An ENVELOPE in one more pair of parentheses. (Q87.)
        ExtraParentheses = "extra-parentheses", lenient;
        /// An ENVELOPE that ends before its In-Reply-To or Message-ID. They are read as `NIL`. (Q60.)
        MissingEnvelopeFields = "missing-envelope-fields", lenient;
        /// `NIL` among addresses. It is left out. (Q62.)
        NilAddress = "nil-address", lenient;
        /// An address of more than four strings. Those between its name and its last three are left
        /// out. (Q66.)
        ExtraAddressFields = "extra-address-fields", lenient;
        /// A multipart without parts: `("ALTERNATIVE" ("BOUNDARY" "x") NIL NIL)`, `(NIL "alternative"
        /// NIL NIL NIL NIL)`. (Q70.)
        MultipartWithoutParts = "multipart-without-parts", lenient;
        /// A string before the parts of a multipart. It is left out.
        StrayDescription = "stray-description", lenient;
        /// A media type of one word, or of `NIL`. (Q71, Q72.)
        MissingMediaType = "missing-media-type", lenient;
        /// `()` or `NIL` for a part. It is read as an empty application/octet-stream. (Q77.)
        EmptyPart = "empty-part", lenient;
        /// A message/rfc822 without its envelope and body. (Q77.)
        MessageWithoutEnvelope = "message-without-envelope", lenient;
        /// A transfer encoding of `NIL`, or without its quotes. (Q73.)
        OddEncoding = "odd-encoding", lenient;
        /// A parameter of `NIL`. It is kept as the empty string. (Q74.)
        NilParameter = "nil-parameter", lenient;
        /// A disposition that is no list, has no parameters, or is `(NIL NIL)`.
        OddDisposition = "odd-disposition", lenient;
        /// `NIL` among languages. It is left out. (Q76.)
        NilLanguage = "nil-language", lenient;
        /// A text or a message without its number of lines. (Q78.)
        MissingLines = "missing-lines", lenient;
        /// A number of lines for what is neither a text nor a message. It is left out. (Q78.)
        UnexpectedLines = "unexpected-lines", lenient;
        /// A list in the place of an MD5. It is left out. (Q69.)
        MisplacedList = "misplaced-list", lenient;
        /// Quotes inside a quoted string of an ENVELOPE or BODYSTRUCTURE: `"<"foo"@bar>"`. One ends the
        /// string only before a space, `)`, `]` or the end of the line. (Q5, Q68, Q75.)
        ///
        /// Unsafe in that a sender of mail can then move what is in quotes to other fields.
        UnescapedQuote = "unescaped-quote", by_name;
        /// `FETCH ()`: a FETCH without items. (Q87.)
        EmptyFetch = "empty-fetch", lenient;
        /// Items of a FETCH in parentheses of their own, as Domino sends them: `((ENVELOPE (...)) UID 1)`.
        /// (Q87.)
        NestedFetchItems = "nested-fetch-items", lenient;
        /// An item of a FETCH without its value at the end of the list: `(UID 1 BODY[2] )`. A body is
        /// read as NIL, another item is left out. (Q82.)
        MissingFetchValue = "missing-fetch-value", lenient;
        /// Items behind the list of a FETCH: `(UID 5 BODY[] {3} abc) FLAGS (\Seen)`. They are left out.
        /// (Q86.)
        FetchTrailer = "fetch-trailer", lenient;
        /// An ENVELOPE that is none. Its octets are kept. (Q79, Q100.)
        MalformedEnvelope = "malformed-envelope", lenient;
        /// A BODY or BODYSTRUCTURE that is none. Its octets are kept. (Q79, Q100.)
        MalformedBody = "malformed-body", lenient;
        /// Another item of a FETCH whose value is not what the item says. Its octets are kept. (Q100.)
        MalformedFetchItem = "malformed-fetch-item", lenient;
        /// NUL in a literal that is a message or a part of one. It is kept. (Q8.)
        NulInBody = "nul-in-body", lenient;
        /// A literal8 where a literal is due: `BODY[1] ~{3}`. (Q93.)
        Literal8ForLiteral = "literal8-for-literal", lenient;
        /// NIL for a date that every message has: `INTERNALDATE NIL`. The item is left out.
        NilDate = "nil-date", lenient;
        /// NIL for a list of flags: `FLAGS NIL`. It is read as no flags. (Q52.)
        NilFlags = "nil-flags", lenient;
        /// A preview with the algorithm that made it, as drafts had it: `PREVIEW (FUZZY "text")`.
        PreviewAlgorithm = "preview-algorithm", lenient;
        /// The name of a mailbox with spaces or control characters and no quotes:
        /// `* STATUS My Folder (MESSAGES 3)`. It ends where the line or the list of items says. (Q40.)
        UnquotedName = "unquoted-name", lenient;
        /// A delimiter that is not one character in quotes: `""`, `/`, `"//"`, `"\"`. An empty one is
        /// read as NIL, of several characters the first. (Q41.)
        OddDelimiter = "odd-delimiter", lenient;
        /// An attribute of a mailbox without its backslash: `(HasChildren)`. (Q48.)
        BareAttribute = "bare-attribute", lenient;
        /// A value in the extended data of LIST that is neither a number nor a list: `Sample "text"`,
        /// as in an example of RFC 9051. It is kept.
        BareExtValue = "bare-ext-value", lenient;
        /// Spaces between the namespaces of one list: `(("" "/") ("#mh/" "/"))`.
        SpacedNamespaces = "spaced-namespaces", lenient;
        /// `()` where there is no namespace. It is read as `NIL`.
        EmptyNamespaces = "empty-namespaces", lenient;
        /// Options of GETMETADATA behind the mailbox, as in examples of RFC 5464 (errata 2785, 2786).
        LateOptions = "late-options", lenient;
        /// Several entries of GETMETADATA without parentheses, as in examples of RFC 5464 (erratum
        /// 3868).
        BareEntryList = "bare-entry-list", lenient;
        /// Changed entries of METADATA in parentheses: `METADATA INBOX (/shared/comment)`.
        ListOfEntries = "list-of-entries", lenient;
        /// Rights that are neither letters nor digits. They are kept.
        OddRights = "odd-rights", lenient;
        /// A search key that nobody has written down. It is kept, with all that follows in its list.
        UnknownSearchKey = "unknown-search-key", lenient;
        /// A sort key that nobody has written down. It is kept.
        UnknownSortKey = "unknown-sort-key", lenient;
        /// `(MODSEQ 7)` in a SEARCH without numbers. It is left out. (RFC 7162 section 7.)
        LoneModSeq = "lone-mod-seq", lenient;
        /// Parentheses around the results of an ESEARCH: `(COUNT 17)`. (Q94.)
        ListedResults = "listed-results", lenient;
        /// An unknown result of an ESEARCH that has no value.
        LoneResult = "lone-result", lenient;
        /// A thread with a root that is missing and less than two branches, or a branch that is the
        /// only one: `((5))`, `(3 (5))`. It is read as what it means. (Q99.)
        OddThread = "odd-thread", lenient;
        /// The events of NOTIFY without their parentheses, as the examples of the RFC have them.
        /// (RFC 5465 erratum 1804.)
        BareEvents = "bare-events", lenient;
        /// A UID alone where a range is due, in UIDBATCHES: `7` for `7:7`.
        LoneUid = "lone-uid", lenient;
        /// A capability with something in it that no atom has: `XVENDOR(1)`. It is left out.
        OddCapability = "odd-capability", lenient;
        /// OK, NO, BAD, PREAUTH or BYE, or a response code, with nothing behind it, not even a space:
        /// `* OK [UIDVALIDITY 1]`. (Q18.)
        NoRespText = "no-resp-text", lenient;
        /// Text right behind the `]` of a response code: `NO [REFERRAL imap://b/]Moved`.
        NoSpaceAfterCode = "no-space-after-code", lenient;
        /// A response code with other arguments than it should have: `COPYUID`, `BADCHARSET ()`. It is
        /// kept as it came; a code that is a word alone is read as that word. (Q28, Q96, Q97.)
        MalformedCode = "malformed-code", lenient;
        /// `]` in quotes in a response code that is not known: `[FOO "a]b"]`. It is kept.
        BracketInCode = "bracket-in-code", lenient;
        /// Octets above 127 that are not UTF-8 in the text of a status response, or any in a response
        /// code. They are kept. (Q7.)
        EightBitInText = "eight-bit-in-text", lenient;
        /// NUL, or CR or LF alone, in the text of a status response. It is read as a space. (Q8.)
        ControlInText = "control-in-text", lenient;
        /// A response code without OK, with or without `*`: `* [COPYUID 55 31 6]`. It is read as an OK.
        /// (Q14.)
        MissingCondition = "missing-condition", lenient;
        /// `+` with nothing behind it, not even a space. (Q31.)
        BarePlus = "bare-plus", lenient;
        /// Base64 of SASL without its padding.
        UnpaddedBase64 = "unpadded-base64", lenient;
        /// Keys or values of ID that are no strings, or that are longer or more than may be sent.
        /// (Q26.)
        OddId = "odd-id", lenient;
        /// A BODY with the extension data of BODYSTRUCTURE. They are kept, and not written again.
        ExtendedBody = "extended-body", lenient;
        /// NULs before a response. They are passed over. (Q1.)
        LeadingNul = "leading-nul", lenient;
        /// BYE or PREAUTH with a tag. (Q103.)
        TaggedBye = "tagged-bye", lenient;
        /// Octets behind a response that is complete: `* ID (...)+`. They are left out. (Q12.)
        StrayOctets = "stray-octets", lenient;
        /// `+` where nothing waits for it. It is passed over. (Q15.)
        StrayContinuation = "stray-continuation", lenient;
        /// The tag of no command, or of one that has been answered. The response is passed over.
        UnknownTag = "unknown-tag", lenient;
        /// Text where the first challenge of SASL belongs: `+ go ahead`. It is read as an empty one.
        /// (Q32.)
        TextForChallenge = "text-for-challenge", lenient;
    }
}
