//! Data: what a server sends behind `*`.

use alloc::boxed::Box;

use mail_proto::{ParseError, Reading, Sink};

use super::arguments::{Alone, Arguments, arguments, named};
use super::condition::{Condition, ConditionKind};
use super::{
    AclData, AnnotateMoreData, ApplePushData, Atom, Capabilities, ComparatorData, Conversion,
    Converted, Cursor, EnabledData, Encoder, EsearchData, FetchData, FlagList, GenUrlAuthData, Id,
    JmapAccessData, LanguageData, ListData, ListRightsData, MetadataData, MyRightsData,
    NamespaceData, QuotaData, QuotaRootData, Raw, SearchData, SeqNum, SortData, StatusData,
    ThreadData, Uid, UidBatchesData, UrlFetchData, Vanished,
};
use crate::Defect;

named! {
    /// What stands behind `*`.
    ///
    /// ```abnf
    /// response-payload = resp-cond-state / resp-cond-bye / mailbox-data / message-data /
    ///                    capability-data / enable-data
    /// ```
    ///
    /// (RFC 9051 section 9, RFC 4466 section 7.)
    pub enum Data {
        /// What the server can do. (RFC 9051 section 7.2.2.)
        b"CAPABILITY" => Capability(Capabilities),
        /// Extensions that are switched on. (RFC 9051 section 7.2.1.)
        b"ENABLED" => Enabled(EnabledData),
        /// The flags of the mailbox. (RFC 9051 section 7.3.5.)
        b"FLAGS" => Flags(FlagList),
        /// A mailbox. (RFC 9051 section 7.3.1.)
        b"LIST" => List(Box<ListData>),
        /// A subscription. (RFC 3501 section 7.2.3.)
        b"LSUB" => Lsub(Box<ListData>),
        /// A mailbox with its use. (Gmail, before RFC 6154.)
        b"XLIST" => Xlist(Box<ListData>),
        /// The namespaces. (RFC 9051 section 7.3.2.)
        b"NAMESPACE" => Namespace(Box<NamespaceData>),
        /// A mailbox that is not selected. (RFC 9051 section 7.3.4.)
        b"STATUS" => Status(StatusData),
        /// The messages that were found. (RFC 3501 section 7.2.5.)
        b"SEARCH" => Search(SearchData),
        /// What was found. (RFC 9051 section 7.3.4, RFC 4731, RFC 7377.)
        b"ESEARCH" => Esearch(Box<EsearchData>),
        /// The messages that were found, sorted. (RFC 5256.)
        b"SORT" => Sort(SortData),
        /// The threads that were found. (RFC 5256.)
        b"THREAD" => Thread(ThreadData),
        /// Messages that are gone, by UID. (RFC 7162 section 3.2.10.)
        b"VANISHED" => Vanished(Vanished),
        /// Who the server is. (RFC 2971.)
        b"ID" => Id(Box<Id>),
        /// Who may do what. (RFC 4314 section 3.6.)
        b"ACL" => Acl(Box<AclData>),
        /// The rights that someone can be given. (RFC 4314 section 3.7.)
        b"LISTRIGHTS" => ListRights(Box<ListRightsData>),
        /// One's own rights. (RFC 4314 section 3.8.)
        b"MYRIGHTS" => MyRights(Box<MyRightsData>),
        /// A quota. (RFC 9208 section 4.2.1.)
        b"QUOTA" => Quota(Box<QuotaData>),
        /// The quotas of a mailbox. (RFC 9208 section 4.2.2.)
        b"QUOTAROOT" => QuotaRoot(Box<QuotaRootData>),
        /// Annotations of a mailbox or the server. (RFC 5464 section 4.4.)
        b"METADATA" => Metadata(Box<MetadataData>),
        /// Annotations, as the draft had it. (draft-daboo-imap-annotatemore.)
        b"ANNOTATION" => Annotation(Box<AnnotateMoreData>),
        /// The languages that there are, or the one in use. (RFC 5255 section 3.3.)
        b"LANGUAGE" => Language(LanguageData),
        /// How strings are compared. (RFC 5255 section 4.8.)
        b"COMPARATOR" => Comparator(Box<ComparatorData>),
        /// A conversion that there is. (RFC 5259 section 5.)
        b"CONVERSION" => Conversion(Box<Conversion>),
        /// URLs that give access. (RFC 4467 section 7.)
        b"GENURLAUTH" => GenUrlAuth(Box<GenUrlAuthData>),
        /// What the URLs gave access to. (RFC 4467 section 7, RFC 5524.)
        b"URLFETCH" => UrlFetch(Box<UrlFetchData>),
        /// Where the same mail is served by JMAP. (RFC 9698.)
        b"JMAPACCESS" => JmapAccess(JmapAccessData),
        /// UIDs in ranges of about the same size. (RFC 10022.)
        b"UIDBATCHES" => UidBatches(Box<UidBatchesData>),
        /// The registration for notifications by Apple. (Not in any RFC.)
        b"XAPPLEPUSHSERVICE" => ApplePush(Box<ApplePushData>),
        ..
        /// OK, NO, BAD, PREAUTH or BYE. (RFC 9051 section 7.1.)
        Condition(Condition),
        /// How many messages the mailbox has. (RFC 9051 section 7.4.1.)
        Exists(u32),
        /// How many of them are new to this session. (RFC 3501 section 7.3.2.)
        Recent(u32),
        /// A message is gone; those behind it move down. (RFC 9051 section 7.5.1.)
        Expunge(SeqNum),
        /// What is known of a message. None is message 0, which Courier sends. (RFC 9051 section 7.5.2.)
        Fetch(Option<SeqNum>, FetchData),
        /// What is known of a message, by UID. (RFC 9586 section 3.3.)
        UidFetch(Uid, FetchData),
        /// A message converted. (RFC 5259 section 7.)
        Converted(SeqNum, Box<Converted>),
        /// What the library does not know.
        Unknown(Box<UnknownData>),
    }
}

const NUMBERED: [&[u8]; 6] =
    [b"EXISTS", b"RECENT", b"EXPUNGE", b"FETCH", b"UIDFETCH", b"CONVERTED"];
const CONDITIONS: [&[u8]; 5] = [b"OK", b"NO", b"BAD", b"PREAUTH", b"BYE"];

/// Data of which nothing is known but their name.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Data, Response, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"* 7 XSNIPPET (\"...\")");
/// let mut reading = Reading::new(Leniency::strict());
/// let response = parse_whole(&octets, &mut reading, Response::parse).unwrap();
/// let Response::Data(Data::Unknown(unknown)) = response else { panic!() };
/// assert_eq!((unknown.number(), unknown.name().as_bytes()), (Some(7), &b"XSNIPPET"[..]));
/// assert_eq!(unknown.rest().unwrap().as_bytes(), b"(\"...\")");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownData {
    number: Option<u32>,
    name: Atom,
    rest: Option<Raw>,
}

arguments!(
    AclData,
    AnnotateMoreData,
    ApplePushData,
    Capabilities,
    ComparatorData,
    JmapAccessData,
    Conversion,
    Converted,
    EnabledData,
    EsearchData,
    GenUrlAuthData,
    LanguageData,
    ListData,
    ListRightsData,
    MetadataData,
    MyRightsData,
    NamespaceData,
    QuotaData,
    QuotaRootData,
    SearchData,
    StatusData,
    ThreadData,
    UidBatchesData,
    UrlFetchData,
    Vanished,
);

impl Data {
    /// Reads what stands behind `*` and its space, to the end of the message.
    ///
    /// # Errors
    ///
    /// There is no name, or the data are not what the name says.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let data = match cursor.peek() {
            Some(b'0'..=b'9') => Self::parse_numbered(cursor, reading)?,
            Some(b'[') => {
                reading.tolerate(
                    Defect::MissingCondition,
                    cursor.at(),
                    "the name of a response",
                )?;
                Self::Condition(Condition::parse_bare(cursor, reading)?)
            }
            _ => Self::parse_word(cursor, reading)?,
        };
        end(cursor, reading)?;
        Ok(data)
    }

    fn parse_word(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let begin = cursor.clone();
        let word = cursor.keyword();
        if let Some(kind) = ConditionKind::from_word(word.as_bytes()) {
            return Condition::parse(kind, cursor, reading).map(Self::Condition);
        }
        Self::read_named(word.as_bytes(), cursor, reading, Alone, |cursor, reading| {
            *cursor = begin;
            UnknownData::parse(None, cursor, reading).map(Self::unknown)
        })
    }

    fn unknown(data: UnknownData) -> Self {
        Self::Unknown(Box::new(data))
    }

    fn parse_numbered(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let at_number = cursor.clone();
        let number = cursor.number()?;
        if fetch_follows(cursor) {
            let number = at_number.clone().nz_number_or_zero(reading)?.map(SeqNum::from);
            cursor.space(reading)?;
            cursor.tag("FETCH")?;
            return FetchData::parse(cursor, reading).map(|data| Self::Fetch(number, data));
        }
        cursor.space(reading)?;
        let at_word = cursor.clone();
        match cursor.keyword().as_bytes() {
            b"EXISTS" => Ok(Self::Exists(number)),
            b"RECENT" => Ok(Self::Recent(number)),
            b"EXPUNGE" => SeqNum::parse(&mut at_number.clone(), reading).map(Self::Expunge),
            b"UIDFETCH" => {
                let uid = Uid::parse(&mut at_number.clone(), reading)?;
                FetchData::parse(cursor, reading).map(|data| Self::UidFetch(uid, data))
            }
            b"CONVERTED" => {
                let number = SeqNum::parse(&mut at_number.clone(), reading)?;
                Box::read(cursor, reading).map(|data| Self::Converted(number, data))
            }
            _ => {
                *cursor = at_word;
                UnknownData::parse(Some(number), cursor, reading).map(Self::unknown)
            }
        }
    }

    /// Its name, in capitals where the library knows it.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Condition(condition) => condition.kind.as_str().as_bytes(),
            Self::Exists(_) => b"EXISTS",
            Self::Recent(_) => b"RECENT",
            Self::Expunge(_) => b"EXPUNGE",
            Self::Fetch(..) => b"FETCH",
            Self::UidFetch(..) => b"UIDFETCH",
            Self::Converted(..) => b"CONVERTED",
            Self::Unknown(unknown) => unknown.name.as_bytes(),
            known => known.table_name().unwrap_or_default(),
        }
    }

    /// Writes what stands behind `*` and its space.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Condition(condition) => condition.encode(encoder),
            Self::Exists(number) => numbered(*number, b" EXISTS", encoder),
            Self::Recent(number) => numbered(*number, b" RECENT", encoder),
            Self::Expunge(number) => numbered(number.get(), b" EXPUNGE", encoder),
            Self::Fetch(number, data) => {
                numbered(number.map_or(0, SeqNum::get), b" FETCH", encoder);
                data.encode(encoder);
            }
            Self::UidFetch(uid, data) => {
                numbered(uid.get(), b" UIDFETCH", encoder);
                data.encode(encoder);
            }
            Self::Converted(number, data) => {
                numbered(number.get(), b" CONVERTED", encoder);
                data.write(encoder);
            }
            Self::Unknown(unknown) => unknown.encode(encoder),
            known => {
                encoder.put(known.table_name().unwrap_or_default());
                known.write_named(encoder);
            }
        }
    }
}

/// Whether the number is that of a FETCH, be there how many spaces behind it.
fn fetch_follows(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    ahead.skip_spaces();
    ahead.keyword().as_bytes() == b"FETCH"
}

fn numbered<S: Sink>(number: u32, name: &'static [u8], encoder: &mut Encoder<'_, S>) {
    encoder.number(number.into());
    encoder.put(name);
}

/// The end of the data. What is complete is not lost because of a stray octet behind it.
pub(super) fn end(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<(), ParseError> {
    let Err(error) = cursor.end(reading) else {
        return Ok(());
    };
    reading.tolerate(Defect::StrayOctets, error.at, error.expected)?;
    let _ = cursor.take_rest();
    Ok(())
}

impl UnknownData {
    /// The data of this name, unless the library knows it (then they have a type), or it begins like a
    /// number or a code and there is no number before it, or `rest` is empty or begins with a space.
    #[must_use]
    pub fn new(number: Option<u32>, name: Atom, rest: Option<Raw>) -> Option<Self> {
        let is = |known: &[u8]| known.eq_ignore_ascii_case(name.as_bytes());
        let is_known = match number {
            Some(_) => NUMBERED.into_iter().any(is),
            None => Data::names().chain(CONDITIONS).any(is),
        };
        // A number or a code would be taken for one.
        let is_other = matches!(name.as_bytes(), [b'0'..=b'9' | b'[', ..]) && number.is_none();
        let may_follow = rest.as_ref().is_none_or(Raw::may_follow_space);
        (!is_known && !is_other && may_follow).then_some(Self { number, name, rest })
    }

    /// The number before the name.
    #[must_use]
    pub const fn number(&self) -> Option<u32> {
        self.number
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &Atom {
        &self.name
    }

    /// What stands behind the name and a space.
    #[must_use]
    pub const fn rest(&self) -> Option<&Raw> {
        self.rest.as_ref()
    }

    fn parse(
        number: Option<u32>,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let name = Atom::parse(cursor, reading)?;
        reading.keep_raw();
        let rest =
            cursor.another(reading)?.then(|| Raw::parse_rest(cursor, reading)).transpose()?;
        Ok(Self { number, name, rest })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if let Some(number) = self.number {
            numbered(number, b" ", encoder);
        }
        self.name.encode(encoder);
        if let Some(rest) = &self.rest {
            encoder.space();
            rest.encode(encoder);
        }
    }
}
