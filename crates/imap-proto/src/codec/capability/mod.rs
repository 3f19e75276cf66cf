//! Capabilities: what the other side can do.

mod keywords;
mod list;
mod values;

use core::num::NonZeroU32;

use bytes::Bytes;
use mail_proto::sasl::Mechanism;
use mail_proto::{ParseError, Reading, Sink};

pub(crate) use keywords::keywords;
pub use list::Capabilities;
pub use values::{CaselessAtom, NewRights, SieveUrl};

use super::class::Class;
use super::{Atom, CompressionAlgorithm, Cursor, Encoder};
use crate::Defect;

const EXPECTED: &str = "a capability";

keywords! {
    /// Something that a server can do.
    ///
    /// ```abnf
    /// capability     = ("AUTH=" auth-type) / atom
    /// ```
    ///
    /// (RFC 9051 section 9; each extension adds its names, registered at
    /// <https://www.iana.org/assignments/imap-capabilities>.) The case of a name has no meaning: known
    /// names are written as their RFC does, others as they came.
    ///
    /// ```
    /// use imap_proto::Capability;
    ///
    /// assert_eq!(Capability::new("imap4REV1").unwrap(), Capability::Imap4Rev1);
    /// assert_eq!(Capability::new("APPENDLIMIT=35651584").unwrap(), Capability::AppendLimit(Some(35_651_584)));
    /// assert_eq!(Capability::new("X-Good-Idea").unwrap(), Capability::new("x-good-idea").unwrap());
    /// assert_eq!(Capability::new("a b").unwrap_err().at, 1);
    /// ```
    #[derive(Clone, PartialEq, Eq, Hash, Debug)]
    #[non_exhaustive]
    pub enum Capability {
        words {
            /// RFC 3501.
            Imap4Rev1 = "IMAP4rev1",
            /// RFC 9051.
            Imap4Rev2 = "IMAP4rev2",
            /// RFC 1730. Nobody needs it; some list it still.
            Imap4 = "IMAP4",
            /// RFC 4314.
            Acl = "ACL",
            /// RFC 5257.
            AnnotateExperiment1 = "ANNOTATE-EXPERIMENT-1",
            /// The forerunner of METADATA, in no RFC (Cyrus).
            AnnotateMore = "ANNOTATEMORE",
            /// RFC 3516.
            Binary = "BINARY",
            /// RFC 4469.
            Catenate = "CATENATE",
            /// RFC 3348.
            Children = "CHILDREN",
            /// RFC 7162.
            CondStore = "CONDSTORE",
            /// RFC 5267.
            ContextSearch = "CONTEXT=SEARCH",
            /// RFC 5267.
            ContextSort = "CONTEXT=SORT",
            /// RFC 5259.
            Convert = "CONVERT",
            /// RFC 6154.
            CreateSpecialUse = "CREATE-SPECIAL-USE",
            /// RFC 5161.
            Enable = "ENABLE",
            /// RFC 4731.
            ESearch = "ESEARCH",
            /// RFC 5267.
            ESort = "ESORT",
            /// In no RFC (Dovecot): the FILTER command.
            FilterSieve = "FILTER=SIEVE",
            /// RFC 5466.
            Filters = "FILTERS",
            /// RFC 5255.
            I18nLevel1 = "I18NLEVEL=1",
            /// RFC 5255.
            I18nLevel2 = "I18NLEVEL=2",
            /// RFC 2971.
            Id = "ID",
            /// RFC 2177.
            Idle = "IDLE",
            /// RFC 9585.
            InProgress = "INPROGRESS",
            /// RFC 9698.
            JmapAccess = "JMAPACCESS",
            /// RFC 5255.
            Language = "LANGUAGE",
            /// RFC 5258.
            ListExtended = "LIST-EXTENDED",
            /// RFC 9590.
            ListMetadata = "LIST-METADATA",
            /// RFC 8440.
            ListMyRights = "LIST-MYRIGHTS",
            /// RFC 5819.
            ListStatus = "LIST-STATUS",
            /// RFC 7888.
            LiteralMinus = "LITERAL-",
            /// RFC 7888.
            LiteralPlus = "LITERAL+",
            /// RFC 9051: LOGIN must not be sent.
            LoginDisabled = "LOGINDISABLED",
            /// RFC 2221.
            LoginReferrals = "LOGIN-REFERRALS",
            /// RFC 2193.
            MailboxReferrals = "MAILBOX-REFERRALS",
            /// RFC 5464.
            Metadata = "METADATA",
            /// RFC 5464.
            MetadataServer = "METADATA-SERVER",
            /// RFC 6851.
            Move = "MOVE",
            /// RFC 3502.
            MultiAppend = "MULTIAPPEND",
            /// RFC 7377.
            MultiSearch = "MULTISEARCH",
            /// RFC 2342.
            Namespace = "NAMESPACE",
            /// RFC 5465.
            Notify = "NOTIFY",
            /// RFC 8474.
            ObjectId = "OBJECTID",
            /// draft-ietf-mailmaint-imap-objectid-bis.
            ObjectIdPlus = "OBJECTID+",
            /// RFC 9394.
            Partial = "PARTIAL",
            /// RFC 8970.
            Preview = "PREVIEW",
            /// Early drafts of RFC 8970 (Dovecot).
            PreviewFuzzy = "PREVIEW=FUZZY",
            /// RFC 7162.
            QResync = "QRESYNC",
            /// RFC 9208.
            Quota = "QUOTA",
            /// RFC 9208.
            QuotaSet = "QUOTASET",
            /// RFC 8508.
            Replace = "REPLACE",
            /// RFC 4959.
            SaslIr = "SASL-IR",
            /// RFC 8514.
            SaveDate = "SAVEDATE",
            /// RFC 6203.
            SearchFuzzy = "SEARCH=FUZZY",
            /// RFC 5182.
            SearchRes = "SEARCHRES",
            /// Early drafts of RFC 8970 (Dovecot).
            SnippetFuzzy = "SNIPPET=FUZZY",
            /// RFC 5256.
            Sort = "SORT",
            /// RFC 5957.
            SortDisplay = "SORT=DISPLAY",
            /// RFC 6154.
            SpecialUse = "SPECIAL-USE",
            /// RFC 9051.
            StartTls = "STARTTLS",
            /// RFC 8438.
            StatusSize = "STATUS=SIZE",
            /// RFC 5256.
            ThreadOrderedSubject = "THREAD=ORDEREDSUBJECT",
            /// RFC 5256.
            ThreadReferences = "THREAD=REFERENCES",
            /// draft-ietf-morg-inthread.
            ThreadRefs = "THREAD=REFS",
            /// RFC 10022.
            UidBatches = "UIDBATCHES",
            /// RFC 9586.
            UidOnly = "UIDONLY",
            /// RFC 4315.
            UidPlus = "UIDPLUS",
            /// RFC 8437.
            Unauthenticate = "UNAUTHENTICATE",
            /// RFC 3691.
            Unselect = "UNSELECT",
            /// RFC 4467.
            UrlAuth = "URLAUTH",
            /// RFC 5524.
            UrlAuthBinary = "URLAUTH=BINARY",
            /// RFC 5550.
            UrlPartial = "URL-PARTIAL",
            /// RFC 9755.
            Utf8Accept = "UTF8=ACCEPT",
            /// RFC 5738, obsolete.
            Utf8All = "UTF8=ALL",
            /// RFC 5738, obsolete.
            Utf8Append = "UTF8=APPEND",
            /// RFC 9755: UTF8=ACCEPT, and nothing works without it.
            Utf8Only = "UTF8=ONLY",
            /// RFC 5738, obsolete.
            Utf8User = "UTF8=USER",
            /// RFC 5032.
            Within = "WITHIN",
            /// Notifications to Apple's devices, in no RFC (iCloud).
            XApplePushService = "XAPPLEPUSHSERVICE",
            /// Labels, threads and message numbers of Gmail.
            XGmExt1 = "X-GM-EXT-1",
            /// The forerunner of SPECIAL-USE, in no RFC (Gmail).
            XList = "XLIST",
            /// Marks Yahoo.
            XymHighestModSeq = "XYMHIGHESTMODSEQ",
        }
        /// `APPENDLIMIT`: the largest message in octets; None if it differs between mailboxes, STATUS
        /// tells (RFC 7889).
        AppendLimit(Option<u64>),
        /// `AUTH=`: a SASL mechanism (RFC 9051).
        Auth(Mechanism),
        /// `COMPRESS=` (RFC 4978).
        Compress(CompressionAlgorithm),
        /// `IMAPSIEVE=`: where scripts are managed (RFC 6785).
        ImapSieve(SieveUrl),
        /// `MESSAGELIMIT=`: the most messages of one command (RFC 9738).
        MessageLimit(NonZeroU32),
        /// `QUOTA=RES-`: a resource that can be limited, its name without the prefix (RFC 9208).
        QuotaResource(CaselessAtom),
        /// `RIGHTS=`: the rights that RFC 2086 did not have (RFC 4314).
        Rights(NewRights),
        /// `SAVELIMIT=`: the most messages of one COPY or APPEND (RFC 9738).
        SaveLimit(NonZeroU32),
        /// Any other: none of the above, whatever the case.
        Other(CaselessAtom),
    }
}

impl Capability {
    /// The capability of this name, and of this value if it has one.
    ///
    /// # Errors
    ///
    /// It is no atom, or a value that has no meaning for this name holds more than an atom can.
    pub fn new(token: impl Into<Bytes>) -> Result<Self, ParseError> {
        let token = token.into();
        if let Some(capability) = Self::from_word(&token).or_else(|| Self::with_value(&token)) {
            return Ok(capability);
        }
        let other = Atom::new(token).map_err(|error| ParseError::new(error.at, EXPECTED))?;
        Ok(Self::Other(CaselessAtom::new(other)))
    }

    /// Those that have a value, if it is one that has a meaning.
    fn with_value(token: &Bytes) -> Option<Self> {
        if token.eq_ignore_ascii_case(b"APPENDLIMIT") {
            return Some(Self::AppendLimit(None));
        }
        let equals = memchr::memchr(b'=', token)?;
        let (name, value) = (token.get(..equals)?, token.get(equals..)?.get(1..)?);
        let value = token.slice_ref(value);
        let whole = |value: &Bytes| {
            let mut cursor = Cursor::new(value);
            let number = cursor.digits(EXPECTED).ok().flatten()?;
            cursor.rest().is_empty().then_some(number)
        };
        let limit = |value| u32::try_from(whole(value)?).ok().and_then(NonZeroU32::new);
        match name.to_ascii_uppercase().as_slice() {
            b"APPENDLIMIT" => whole(&value).map(|limit| Self::AppendLimit(Some(limit))),
            b"AUTH" => Mechanism::parse(&value).ok().map(Self::Auth),
            b"COMPRESS" => CompressionAlgorithm::new(value).ok().map(Self::Compress),
            b"IMAPSIEVE" => SieveUrl::new(value).ok().map(Self::ImapSieve),
            b"MESSAGELIMIT" => limit(&value).map(Self::MessageLimit),
            b"QUOTA" => Self::quota_resource(&value),
            b"RIGHTS" => NewRights::new(value).ok().map(Self::Rights),
            b"SAVELIMIT" => limit(&value).map(Self::SaveLimit),
            _ => None,
        }
    }

    fn quota_resource(value: &Bytes) -> Option<Self> {
        let (prefix, name) = value.split_at_checked(QUOTA_RESOURCE.len())?;
        let name = Atom::new(value.slice_ref(name)).ok()?;
        let is_resource = prefix.eq_ignore_ascii_case(QUOTA_RESOURCE);
        is_resource.then(|| Self::QuotaResource(CaselessAtom::new(name)))
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let capability = Self::read(cursor)?;
        if matches!(capability, Self::Other(_)) {
            reading.keep_raw();
        }
        Ok(capability)
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, ParseError> {
        let at = cursor.at();
        let token = cursor.clone().take(token_length(cursor.rest())).unwrap_or_default();
        let length = token.len();
        match Self::new(token) {
            Ok(capability) => {
                cursor.skip(length);
                Ok(capability)
            }
            Err(error) => {
                // What follows an atom is for the caller to judge.
                let atom = cursor.run_kept(Class::ATOM, EXPECTED)?;
                Self::new(atom).map_err(|_| error.shifted(at))
            }
        }
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::AppendLimit(None) => encoder.put(b"APPENDLIMIT"),
            Self::AppendLimit(Some(limit)) => {
                encoder.put(b"APPENDLIMIT=");
                encoder.number(*limit);
            }
            Self::Auth(mechanism) => {
                encoder.put(b"AUTH=");
                encoder.put_checked(mechanism.as_bytes());
            }
            Self::Compress(algorithm) => {
                encoder.put(b"COMPRESS=");
                algorithm.encode(encoder);
            }
            Self::ImapSieve(url) => {
                encoder.put(b"IMAPSIEVE=");
                encoder.put_checked(url.as_bytes());
            }
            Self::MessageLimit(limit) => {
                encoder.put(b"MESSAGELIMIT=");
                encoder.number(limit.get().into());
            }
            Self::QuotaResource(name) => {
                encoder.put(b"QUOTA=");
                encoder.put(QUOTA_RESOURCE);
                encoder.atom(name.atom());
            }
            Self::Rights(rights) => {
                encoder.put(b"RIGHTS=");
                encoder.put_checked(rights.as_bytes());
            }
            Self::SaveLimit(limit) => {
                encoder.put(b"SAVELIMIT=");
                encoder.number(limit.get().into());
            }
            Self::Other(name) => encoder.atom(name.atom()),
            word => encoder.put(word.as_word().unwrap_or_default().as_bytes()),
        }
    }
}

const QUOTA_RESOURCE: &[u8] = b"RES-";

/// Octets up to the next space or `]`.
pub(crate) fn token_length(octets: &[u8]) -> usize {
    let ends = |octet: &u8| matches!(octet, b' ' | b']' | b'\r' | b'\n' | 0);
    octets.iter().position(ends).unwrap_or(octets.len())
}

impl TryFrom<&str> for Capability {
    type Error = ParseError;

    fn try_from(token: &str) -> Result<Self, ParseError> {
        Self::new(Bytes::copy_from_slice(token.as_bytes()))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    pub(crate) use super::list::tests::any_capabilities;
    use super::*;
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use alloc::string::String;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    pub(crate) fn any_caseless_atom() -> impl Strategy<Value = CaselessAtom> {
        "[!#$&'+-\\[^-z|-~]{1,20}".prop_map(|atom| CaselessAtom::new(Atom::new(atom).unwrap()))
    }

    pub(crate) fn any_capability() -> impl Strategy<Value = Capability> {
        let words: Vec<_> = Capability::WORDS.iter().map(|(_, word)| word.clone()).collect();
        prop_oneof![
            4 => proptest::sample::select(words),
            1 => any::<Option<u64>>().prop_map(Capability::AppendLimit),
            1 => "[A-Z0-9_-]{1,20}".prop_map(|name| Capability::Auth(Mechanism::new(name).unwrap())),
            1 => Just(Capability::Compress(CompressionAlgorithm::Deflate)),
            1 => "[!-\\\\^-~]{1,30}".prop_map(|url| Capability::ImapSieve(SieveUrl::new(url).unwrap())),
            1 => (1..=u32::MAX).prop_map(|limit| Capability::MessageLimit(limit.try_into().unwrap())),
            1 => (1..=u32::MAX).prop_map(|limit| Capability::SaveLimit(limit.try_into().unwrap())),
            1 => any_caseless_atom().prop_map(Capability::QuotaResource),
            1 => "[a-z]{1,5}".prop_map(|rights| Capability::Rights(NewRights::new(rights).unwrap())),
            2 => "[!#$&'+-\\[^-z|-~]{1,20}".prop_map(|token| Capability::new(token).unwrap()),
        ]
    }

    #[test]
    fn each_word_in_any_case() {
        for (word, capability) in Capability::WORDS {
            let wrote = reads_and_writes(word.as_bytes(), Capability::parse, Capability::encode);
            assert_eq!(&wrote, capability);
            for word in [word.to_ascii_lowercase(), word.to_ascii_uppercase()] {
                assert_eq!(&Capability::new(word).unwrap(), capability);
            }
        }
        assert!(size_of::<Capability>() <= 40);
    }

    #[test]
    fn values() {
        let read = |octets: &str| {
            reads_and_writes(octets.as_bytes(), Capability::parse, Capability::encode)
        };
        let limit = NonZeroU32::new(1000).unwrap();
        assert_eq!(read("AUTH=SCRAM-SHA-256"), auth("SCRAM-SHA-256"));
        assert_eq!(Capability::new("auth=plain").unwrap(), auth("PLAIN"));
        assert_eq!(read("APPENDLIMIT=257890"), Capability::AppendLimit(Some(257_890)));
        assert_eq!(read("APPENDLIMIT"), Capability::AppendLimit(None));
        assert_eq!(read("MESSAGELIMIT=1000"), Capability::MessageLimit(limit));
        assert_eq!(read("SAVELIMIT=1000"), Capability::SaveLimit(limit));
        let deflate = Capability::Compress(CompressionAlgorithm::Deflate);
        assert_eq!(read("COMPRESS=DEFLATE"), deflate);
        let resource = CaselessAtom::new(Atom::new("STORAGE").unwrap());
        assert_eq!(read("QUOTA=RES-STORAGE"), Capability::QuotaResource(resource));
        assert_eq!(read("RIGHTS=texk"), Capability::Rights(NewRights::new("texk").unwrap()));
        let url = SieveUrl::new("sieve://sieve.example.com").unwrap();
        assert_eq!(read("IMAPSIEVE=sieve://sieve.example.com"), Capability::ImapSieve(url));
    }

    fn auth(name: &'static str) -> Capability {
        Capability::Auth(Mechanism::new(name).unwrap())
    }

    #[test]
    fn values_without_a_meaning_are_kept() {
        for octets in [
            "AUTH=",
            "AUTH=a.b",
            "APPENDLIMIT=",
            "APPENDLIMIT=1k",
            "MESSAGELIMIT=0",
            "QUOTA=SET",
            "QUOTA=RES-",
            "THREAD=X",
            "IMAP4rev3",
            "XPIG-LATIN",
            "SAVELIMIT=9999999999",
            "APPENDLIMIT=99999999999999999999",
            "COMPRESS=",
            "=",
            "LITERAL",
            "+",
        ] {
            let read = reads_and_writes(octets.as_bytes(), Capability::parse, Capability::encode);
            assert!(
                matches!(&read, Capability::Other(name) if name.as_bytes() == octets.as_bytes())
            );
            assert_eq!(Capability::new(String::from(octets).to_ascii_lowercase()).unwrap(), read);
        }
        assert!(matches!(Capability::new("RIGHTS=TEXK").unwrap(), Capability::Other(_)));
    }

    #[test]
    fn what_is_no_capability() {
        for (octets, at) in [("", 0), (" ", 0), ("(", 0), ("a(", 1), ("a\u{e9}", 1), ("a]", 1)] {
            let parsed = strict(octets.as_bytes(), Capability::parse);
            assert_eq!(parsed.map_err(|error| error.at), Err(at), "{octets}");
        }
    }

    proptest! {
        #[test]
        fn written_and_read_back(capability in any_capability()) {
            round_trips(&capability, Capability::encode, Capability::parse);
        }
    }
}
