//! Response codes: what a program may learn from a status response.

mod arguments;
mod forms;
mod other;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use mail_proto::{ParseError, Reading, Sink};

pub use arguments::{
    AnnotationSize, CodeString, CopyUid, NewName, Progress, ProgressState, ReferralUrl, UrlMechKey,
    UrlMechName,
};
use forms::{
    annotate, append_uid, argument, bad_charset, bad_event, close, in_progress, message_limit,
    metadata, mod_seq, nz_number, put_charsets, put_number, put_progress, put_set, put_text,
    put_url_mech, referral, url_mech,
};
pub(crate) use other::code_length;
pub use other::{CodeText, OtherCode};

use super::capability::keywords;
use super::{
    Atom, Capabilities, Charset, Cursor, Encoder, EventName, MessageNumber, ModSeq, NumberSet,
    ObjectId, ObjectIds, OneOrMore, PermanentFlags, SeqNum, Uid,
};
use crate::Defect;

keywords! {
    /// A response code, which says for programs what the text says for people.
    ///
    /// ```abnf
    /// resp-text-code = "ALERT" / ... / atom [SP 1*<any TEXT-CHAR except "]">]
    /// ```
    ///
    /// (RFC 9051 section 7.1, RFC 5530; each extension adds its own, registered at
    /// <https://www.iana.org/assignments/imap-response-codes>.) It is read and written with its
    /// brackets. A known code with arguments that it should not have is [`Other`](Self::Other) to a
    /// lenient reading, with [`Defect::MalformedCode`] or, for a lone 0, [`Defect::ZeroNumber`].
    ///
    /// ```
    /// use bytes::Bytes;
    /// use imap_proto::{Code, Uid, parse_whole};
    /// use mail_proto::{Leniency, Reading};
    ///
    /// let mut reading = Reading::new(Leniency::strict());
    /// let octets = Bytes::from_static(b"[UIDNEXT 4392]");
    /// let code = parse_whole(&octets, &mut reading, Code::parse).unwrap();
    /// assert_eq!(code, Code::UidNext(Uid::new(4392).unwrap()));
    /// ```
    #[derive(Clone, PartialEq, Eq, Hash, Debug)]
    #[non_exhaustive]
    pub enum Code {
        words {
            /// The text must reach the user (RFC 9051).
            Alert = "ALERT",
            /// The mailbox to create exists (RFC 5530).
            AlreadyExists = "ALREADYEXISTS",
            /// An annotation is too big (RFC 5257).
            AnnotateTooBig = "ANNOTATE TOOBIG",
            /// The message has too many annotations (RFC 5257).
            AnnotateTooMany = "ANNOTATE TOOMANY",
            /// Wrong credentials (RFC 5530).
            AuthenticationFailed = "AUTHENTICATIONFAILED",
            /// Right credentials, but not for that identity (RFC 5530).
            AuthorizationFailed = "AUTHORIZATIONFAILED",
            /// None of the comparators is known (RFC 5255).
            BadComparator = "BADCOMPARATOR",
            /// It can never succeed (RFC 5530).
            Cannot = "CANNOT",
            /// The client has a bug (RFC 5530).
            ClientBug = "CLIENTBUG",
            /// The mailbox that was selected before is closed (RFC 9051).
            Closed = "CLOSED",
            /// The stream is compressed already (RFC 4978).
            CompressionActive = "COMPRESSIONACTIVE",
            /// Only the administrator can help (RFC 5530).
            ContactAdmin = "CONTACTADMIN",
            /// The mailbox is damaged (RFC 5530).
            Corruption = "CORRUPTION",
            /// The password has expired (RFC 5530).
            Expired = "EXPIRED",
            /// Another session expunged messages (RFC 5530).
            ExpungeIssued = "EXPUNGEISSUED",
            /// The mailbox to delete has children (RFC 9051).
            HasChildren = "HASCHILDREN",
            /// Somebody else uses it (RFC 5530).
            InUse = "INUSE",
            /// A limit of the server (RFC 5530).
            Limit = "LIMIT",
            /// No more annotations can be added (RFC 5464).
            MetadataTooMany = "METADATA TOOMANY",
            /// Private annotations are not supported (RFC 5464).
            MetadataNoPrivate = "METADATA NOPRIVATE",
            /// The mailbox has no mod-sequences (RFC 7162).
            NoModSeq = "NOMODSEQ",
            /// There is no such mailbox (RFC 5530).
            NonExistent = "NONEXISTENT",
            /// Not allowed (RFC 5530).
            NoPerm = "NOPERM",
            /// NOTIFY NONE is in force now (RFC 5465).
            NotificationOverflow = "NOTIFICATIONOVERFLOW",
            /// The result of the search was not saved (RFC 5182).
            NotSaved = "NOTSAVED",
            /// RFC 5738, obsolete.
            NotUtf8 = "NOT-UTF-8",
            /// Over quota (RFC 9208).
            OverQuota = "OVERQUOTA",
            /// The headers of a message cannot be read (RFC 9051).
            Parse = "PARSE",
            /// Use TLS (RFC 5530).
            PrivacyRequired = "PRIVACYREQUIRED",
            /// The mailbox can be read only (RFC 9051).
            ReadOnly = "READ-ONLY",
            /// The mailbox can be written (RFC 9051).
            ReadWrite = "READ-WRITE",
            /// The server has a bug (RFC 5530).
            ServerBug = "SERVERBUG",
            /// It fails for now (RFC 5259).
            TempFail = "TEMPFAIL",
            /// Too much, too often; in no RFC (Gmail, Dovecot).
            Throttled = "THROTTLED",
            /// The message or the literal is too big (RFC 4469, RFC 7889).
            TooBig = "TOOBIG",
            /// Batches of so few messages are not made (RFC 10022).
            TooFew = "TOOFEW",
            /// So many messages are not looked at (RFC 10022).
            TooMany = "TOOMANY",
            /// It would succeed if the mailbox were created before (RFC 9051).
            TryCreate = "TRYCREATE",
            /// UIDs do not last (RFC 9051).
            UidNotSticky = "UIDNOTSTICKY",
            /// Message numbers are not allowed (RFC 9586).
            UidRequired = "UIDREQUIRED",
            /// It fails until a part of the server is up again (RFC 5530).
            Unavailable = "UNAVAILABLE",
            /// The content transfer encoding is not known (RFC 9051).
            UnknownCte = "UNKNOWN-CTE",
            /// No mailbox with this special use can be made (RFC 6154).
            UseAttr = "USEATTR",
            /// RFC 5738, obsolete.
            Utf8Only = "UTF-8-ONLY",
        }
        /// How large annotations may be (RFC 5257).
        Annotations(AnnotationSize),
        /// UIDVALIDITY of the mailbox, and the UIDs of what APPEND or REPLACE added (RFC 9051).
        AppendUid(NonZeroU32, NumberSet<Uid>),
        /// The charset is not known; these are, if there are any (RFC 9051).
        BadCharset(Vec<Charset>),
        /// NOTIFY knows these events only (RFC 5465).
        BadEvent(OneOrMore<EventName>),
        /// The URL that CATENATE could not follow (RFC 4469).
        BadUrl(CodeText),
        /// What the server can do (RFC 9051).
        Capability(Capabilities),
        /// Which messages COPY or MOVE made of which (RFC 9051).
        CopyUid(Box<CopyUid>),
        /// These messages were sent as surrogates (RFC 6858).
        Downgraded(NumberSet<Uid>),
        /// The highest mod-sequence of the mailbox (RFC 7162).
        HighestModSeq(ModSeq),
        /// How far a command has come, if known (RFC 9585).
        InProgress(Option<Box<Progress>>),
        /// What names the mailbox for ever (RFC 8474).
        MailboxId(ObjectId),
        /// The most messages of one CONVERT (RFC 5259).
        MaxConvertMessages(NonZeroU32),
        /// The most body parts of one CONVERT (RFC 5259).
        MaxConvertParts(NonZeroU32),
        /// The most messages of one command, and the lowest UID that was done, if any (RFC 9738).
        MessageLimit(NonZeroU32, Option<Uid>),
        /// Entries were left out; the largest of them has so many octets (RFC 5464).
        MetadataLongEntries(u32),
        /// The value to set may have so many octets (RFC 5464).
        MetadataMaxSize(u32),
        /// The messages that a conditional STORE left alone (RFC 7162).
        Modified(NumberSet<MessageNumber>),
        /// The mailbox was renamed (RFC 2060, obsolete).
        NewName(Box<NewName>),
        /// The search with this tag is not kept up to date (RFC 5267).
        NoUpdate(CodeString),
        /// Identifiers and the names of their kinds (draft-ietf-mailmaint-imap-objectid-bis).
        ObjectId(ObjectIds),
        /// The flags that can be changed for good (RFC 9051).
        PermanentFlags(Box<PermanentFlags>),
        /// Where to go instead (RFC 2193, RFC 2221).
        Referral(OneOrMore<ReferralUrl>),
        /// The next UID (RFC 9051).
        UidNext(Uid),
        /// As long as this stays the same, so do UIDs (RFC 9051).
        UidValidity(NonZeroU32),
        /// There is no such filter (RFC 5466).
        UndefinedFilter(Atom),
        /// The first message that is not seen (RFC 3501).
        Unseen(SeqNum),
        /// The mechanisms for URLs, those besides INTERNAL (RFC 4467).
        UrlMech(Vec<UrlMechKey>),
        /// Log in with a browser, there; in no RFC (Gmail).
        WebAlert(CodeText),
        /// Any other.
        Other(Box<OtherCode>),
    }
}

impl Code {
    /// Reads it, from `[` to `]`.
    ///
    /// # Errors
    ///
    /// There is none, or its arguments are not those that it must have.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        match code_length(cursor.rest()) {
            Some(name) => Self::parse_named(name, cursor, reading),
            None => Err(cursor.expected("a response code")),
        }
    }

    /// Reads it where the name has so many octets.
    fn parse_named(
        name: usize,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let (before, unknown) = (reading.defects.len(), reading.unknown);
        let mut ahead = cursor.clone();
        ahead.skip(1);
        let name = ahead.take(name).unwrap_or_default();
        let Some(code) = Self::known(&name, &mut ahead, reading) else {
            reading.keep_raw();
            return other::parse(cursor, reading);
        };
        match code.and_then(|code| close(&mut ahead, reading).map(|()| code)) {
            Ok(code) => {
                *cursor = ahead;
                Ok(code)
            }
            Err(error) => {
                reading.defects.truncate(before);
                reading.unknown = unknown;
                let kept = other::parse_malformed(error, cursor, reading)?;
                Ok(Self::from_word(&name).unwrap_or(kept))
            }
        }
    }

    /// Reads the arguments of a code whose name is known.
    fn known(
        name: &[u8],
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Option<Result<Self, ParseError>> {
        if let Some(code) = Self::from_word(name) {
            return Some(Ok(code));
        }
        Some(match name.to_ascii_uppercase().as_slice() {
            b"ANNOTATE" => annotate(cursor, reading),
            b"ANNOTATIONS" => AnnotationSize::parse(cursor, reading).map(Self::Annotations),
            b"APPENDUID" => append_uid(cursor, reading),
            b"BADCHARSET" => bad_charset(cursor, reading),
            b"BADEVENT" => bad_event(cursor, reading),
            b"BADURL" => CodeText::parse(cursor, reading).map(Self::BadUrl),
            b"CAPABILITY" => Capabilities::parse(cursor, reading).map(Self::Capability),
            b"COPYUID" => CopyUid::parse(cursor, reading).map(|it| Self::CopyUid(Box::new(it))),
            b"DOWNGRADED" => argument(cursor, reading, NumberSet::parse).map(Self::Downgraded),
            b"HIGHESTMODSEQ" => argument(cursor, reading, mod_seq).map(Self::HighestModSeq),
            b"INPROGRESS" => in_progress(cursor, reading),
            b"MAILBOXID" => argument(cursor, reading, ObjectId::parse_in_list).map(Self::MailboxId),
            b"MAXCONVERTMESSAGES" => {
                argument(cursor, reading, nz_number).map(Self::MaxConvertMessages)
            }
            b"MAXCONVERTPARTS" => argument(cursor, reading, nz_number).map(Self::MaxConvertParts),
            b"MESSAGELIMIT" => message_limit(cursor, reading),
            b"METADATA" => metadata(cursor, reading),
            b"MODIFIED" => argument(cursor, reading, NumberSet::parse).map(Self::Modified),
            b"NEWNAME" => NewName::parse(cursor, reading).map(|it| Self::NewName(Box::new(it))),
            b"NOUPDATE" => argument(cursor, reading, CodeString::parse_quoted).map(Self::NoUpdate),
            b"OBJECTID" => argument(cursor, reading, ObjectIds::parse).map(Self::ObjectId),
            b"PERMANENTFLAGS" => argument(cursor, reading, PermanentFlags::parse)
                .map(|flags| Self::PermanentFlags(Box::new(flags))),
            b"REFERRAL" => referral(cursor, reading),
            b"UIDNEXT" => argument(cursor, reading, Uid::parse).map(Self::UidNext),
            b"UIDVALIDITY" => argument(cursor, reading, nz_number).map(Self::UidValidity),
            b"UNDEFINED-FILTER" => {
                argument(cursor, reading, Atom::parse).map(Self::UndefinedFilter)
            }
            b"UNSEEN" => argument(cursor, reading, SeqNum::parse).map(Self::Unseen),
            b"URLMECH" => url_mech(cursor, reading),
            b"WEBALERT" => CodeText::parse(cursor, reading).map(Self::WebAlert),
            _ => return None,
        })
    }

    /// Writes it with its brackets.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"[");
        match self.as_word() {
            Some(word) => encoder.put(word.as_bytes()),
            None => self.encode_arguments(encoder),
        }
        encoder.put(b"]");
    }

    fn encode_arguments<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Annotations(size) => size.encode(encoder),
            Self::AppendUid(uid_validity, uids) => {
                put_number(b"APPENDUID ", uid_validity.get(), encoder);
                put_set(b" ", uids, encoder);
            }
            Self::BadCharset(charsets) => put_charsets(charsets, encoder),
            Self::BadEvent(events) => {
                encoder.put(b"BADEVENT ");
                encoder.list(events.iter(), |event, encoder| event.encode(encoder));
            }
            Self::BadUrl(url) => put_text(b"BADURL ", url, encoder),
            Self::Capability(list) => {
                encoder.put(b"CAPABILITY");
                list.encode(encoder);
            }
            Self::CopyUid(copied) => copied.encode(encoder),
            Self::Downgraded(uids) => put_set(b"DOWNGRADED ", uids, encoder),
            Self::HighestModSeq(mod_seq) => {
                encoder.put(b"HIGHESTMODSEQ ");
                mod_seq.encode(encoder);
            }
            Self::InProgress(progress) => put_progress(progress.as_deref(), encoder),
            Self::MailboxId(id) => {
                encoder.put(b"MAILBOXID ");
                id.encode_in_list(encoder);
            }
            Self::MaxConvertMessages(most) => {
                put_number(b"MAXCONVERTMESSAGES ", most.get(), encoder);
            }
            Self::MaxConvertParts(most) => put_number(b"MAXCONVERTPARTS ", most.get(), encoder),
            Self::MessageLimit(limit, lowest) => {
                put_number(b"MESSAGELIMIT ", limit.get(), encoder);
                if let Some(uid) = lowest {
                    put_number(b" ", uid.get(), encoder);
                }
            }
            Self::MetadataLongEntries(longest) => {
                put_number(b"METADATA LONGENTRIES ", *longest, encoder);
            }
            Self::MetadataMaxSize(most) => put_number(b"METADATA MAXSIZE ", *most, encoder),
            Self::Modified(messages) => put_set(b"MODIFIED ", messages, encoder),
            Self::NewName(names) => names.encode(encoder),
            Self::NoUpdate(tag) => {
                encoder.put(b"NOUPDATE ");
                tag.encode_quoted(encoder);
            }
            Self::ObjectId(ids) => {
                encoder.put(b"OBJECTID ");
                ids.encode(encoder);
            }
            Self::PermanentFlags(flags) => {
                encoder.put(b"PERMANENTFLAGS ");
                flags.encode(encoder);
            }
            Self::Referral(urls) => {
                encoder.put(b"REFERRAL ");
                encoder.spaced(urls.iter(), |url, encoder| encoder.put_checked(url.as_bytes()));
            }
            Self::UidNext(uid) => put_number(b"UIDNEXT ", uid.get(), encoder),
            Self::UidValidity(number) => put_number(b"UIDVALIDITY ", number.get(), encoder),
            Self::UndefinedFilter(name) => {
                encoder.put(b"UNDEFINED-FILTER ");
                encoder.atom(name);
            }
            Self::Unseen(number) => put_number(b"UNSEEN ", number.get(), encoder),
            Self::UrlMech(keys) => put_url_mech(keys, encoder),
            Self::WebAlert(url) => put_text(b"WEBALERT ", url, encoder),
            Self::Other(other) => other.encode(encoder),
            // Words have been written.
            _ => {}
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
