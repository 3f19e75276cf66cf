//! Commands: a tag, a name and its arguments.

use alloc::boxed::Box;

use mail_proto::{ParseError, Reading, Sink};

use super::arguments::{Arguments, Whole, arguments, named};
use super::status::Status;
use super::{
    Append, ApplePush, Atom, Authenticate, CancelUpdate, Comparator, Compress, Conversions,
    Convert, CopyOrMove, Create, Cursor, DeleteAcl, Enable, Encoder, Esearch, Fetch, GenUrlAuth,
    GetAcl, GetAnnotation, GetMetadata, GetQuota, GetQuotaRoot, Id, Language, List, ListBasic,
    ListRights, Login, Mailbox, MyRights, Notify, Raw, Rename, Replace, ResetKey, Search, Select,
    SeqNum, SequenceSet, SetAcl, SetAnnotation, SetMetadata, SetQuota, Sort, Store, Tag, Thread,
    Uid, UidBatches, UrlFetch,
};
use crate::Defect;

/// A command.
///
/// ```abnf
/// command        = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
/// ```
///
/// (RFC 9051 section 9.) What a client sends behind a continuation that is no literal is no part of it:
/// the lines of AUTHENTICATE are [`AuthenticateData`](crate::AuthenticateData), that of IDLE is
/// [`IdleDone`](crate::IdleDone).
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{Command, CommandBody, Encoder, Negotiated, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b"A142 SELECT INBOX (CONDSTORE)");
/// let mut reading = Reading::new(Leniency::strict());
/// let command = parse_whole(&octets, &mut reading, Command::parse).unwrap();
/// assert!(matches!(&command.body, CommandBody::Select(select) if select.mailbox.is_inbox()));
///
/// let mut out = Vec::new();
/// command.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b"A142 SELECT INBOX (CONDSTORE)\r\n");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Command {
    /// What names it in the response that completes it.
    pub tag: Tag,
    /// What it says.
    pub body: CommandBody,
}

impl Command {
    /// Reads a command to the end of its message, which has no line end.
    ///
    /// # Errors
    ///
    /// There is none. Its tag can be read all the same, by [`Tag::parse`].
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let octets = cursor.rest();
        let length = Tag::length(cursor)?;
        cursor.space(reading)?;
        CommandBody::parse_whole(cursor, reading, Tagged { octets, length })
    }

    /// Writes it, its line end included.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.tag.encode(encoder);
        encoder.space();
        self.body.encode(encoder);
        encoder.end();
    }
}

/// A command is made of its body and the tag at the front of these octets.
#[derive(Clone, Copy)]
struct Tagged<'a> {
    octets: &'a [u8],
    length: usize,
}

impl<'a> Whole<'a, CommandBody> for Tagged<'a> {
    type Made = Command;

    #[inline(always)]
    fn make(
        self,
        body: CommandBody,
        cursor: &mut Cursor<'a>,
        reading: &mut Reading<Defect>,
    ) -> Result<Command, ParseError> {
        cursor.end(reading)?;
        Ok(Command { tag: Tag::at_front(self.octets, self.length, cursor), body })
    }
}

/// A command without its tag.
#[derive(Clone, Copy)]
struct Untagged;

impl<'a> Whole<'a, CommandBody> for Untagged {
    type Made = CommandBody;

    fn make(
        self,
        body: CommandBody,
        cursor: &mut Cursor<'a>,
        reading: &mut Reading<Defect>,
    ) -> Result<CommandBody, ParseError> {
        cursor.end(reading)?;
        Ok(body)
    }
}

named! {
    /// What a command says: its name and its arguments.
    pub enum CommandBody {
        /// Asks what the server can do. (RFC 9051 section 6.1.1.)
        b"CAPABILITY" => Capability,
        /// Asks for nothing but news. (RFC 9051 section 6.1.2.)
        b"NOOP" => Noop,
        /// Ends the connection. (RFC 9051 section 6.1.3.)
        b"LOGOUT" => Logout,
        /// Says who the client is, and asks who the server is. (RFC 2971.)
        b"ID" => Id(Box<Id>),
        /// Chooses the language of texts, or asks which there are. (RFC 5255 section 3.2.)
        b"LANGUAGE" => Language(Language),
        /// Begins TLS. (RFC 9051 section 6.2.1.)
        b"STARTTLS" => StartTls,
        /// Logs in by SASL. (RFC 9051 section 6.2.2, RFC 4959.)
        b"AUTHENTICATE" => Authenticate(Authenticate),
        /// Logs in by name and password. (RFC 9051 section 6.2.3.)
        b"LOGIN" => Login(Login),
        /// Switches extensions on. (RFC 9051 section 6.3.1.)
        b"ENABLE" => Enable(Enable),
        /// Selects a mailbox. (RFC 9051 section 6.3.2.)
        b"SELECT" => Select(Select),
        /// Selects a mailbox for reading. (RFC 9051 section 6.3.3.)
        b"EXAMINE" => Examine(Select),
        /// Creates a mailbox. (RFC 9051 section 6.3.4.)
        b"CREATE" => Create(Create),
        /// Deletes a mailbox. (RFC 9051 section 6.3.5.)
        b"DELETE" => Delete(Mailbox),
        /// Renames a mailbox. (RFC 9051 section 6.3.6.)
        b"RENAME" => Rename(Box<Rename>),
        /// Subscribes to a mailbox. (RFC 9051 section 6.3.7.)
        b"SUBSCRIBE" => Subscribe(Mailbox),
        /// Ends a subscription. (RFC 9051 section 6.3.8.)
        b"UNSUBSCRIBE" => Unsubscribe(Mailbox),
        /// Lists mailboxes. (RFC 9051 section 6.3.9, RFC 5258.)
        b"LIST" => List(Box<List>),
        /// Lists subscriptions. (RFC 3501 section 6.3.9.)
        b"LSUB" => Lsub(ListBasic),
        /// Lists mailboxes, those on other servers too. (RFC 2193 section 3.)
        b"RLIST" => Rlist(ListBasic),
        /// Lists subscriptions, those on other servers too. (RFC 2193 section 3.)
        b"RLSUB" => Rlsub(ListBasic),
        /// Lists mailboxes with their uses. (Gmail, before RFC 6154.)
        b"XLIST" => Xlist(ListBasic),
        /// Asks for the namespaces. (RFC 9051 section 6.3.10.)
        b"NAMESPACE" => Namespace,
        /// Asks about a mailbox that is not selected. (RFC 9051 section 6.3.11.)
        b"STATUS" => Status(Status),
        /// Adds messages to a mailbox. (RFC 9051 section 6.3.12, RFC 3502, RFC 4469.)
        b"APPEND" => Append(Append),
        /// Waits for news. (RFC 9051 section 6.3.13.)
        b"IDLE" => Idle,
        /// Changes who may do what. (RFC 4314 section 3.1.)
        b"SETACL" => SetAcl(Box<SetAcl>),
        /// Takes all rights of someone. (RFC 4314 section 3.2.)
        b"DELETEACL" => DeleteAcl(Box<DeleteAcl>),
        /// Asks who may do what. (RFC 4314 section 3.3.)
        b"GETACL" => GetAcl(GetAcl),
        /// Asks which rights someone can be given. (RFC 4314 section 3.4.)
        b"LISTRIGHTS" => ListRights(Box<ListRights>),
        /// Asks for one's own rights. (RFC 4314 section 3.5.)
        b"MYRIGHTS" => MyRights(MyRights),
        /// Asks for a quota. (RFC 9208 section 4.1.1.)
        b"GETQUOTA" => GetQuota(GetQuota),
        /// Asks for the quotas of a mailbox. (RFC 9208 section 4.1.2.)
        b"GETQUOTAROOT" => GetQuotaRoot(GetQuotaRoot),
        /// Sets a quota. (RFC 9208 section 4.1.3.)
        b"SETQUOTA" => SetQuota(Box<SetQuota>),
        /// Asks for annotations of a mailbox or the server. (RFC 5464 section 4.2.)
        b"GETMETADATA" => GetMetadata(Box<GetMetadata>),
        /// Sets annotations of a mailbox or the server. (RFC 5464 section 4.3.)
        b"SETMETADATA" => SetMetadata(Box<SetMetadata>),
        /// Asks for annotations, as the draft had it. (draft-daboo-imap-annotatemore.)
        b"GETANNOTATION" => GetAnnotation(Box<GetAnnotation>),
        /// Sets annotations, as the draft had it. (draft-daboo-imap-annotatemore.)
        b"SETANNOTATION" => SetAnnotation(Box<SetAnnotation>),
        /// Chooses the events to be told of. (RFC 5465 section 3.)
        b"NOTIFY" => Notify(Box<Notify>),
        /// Begins compression. (RFC 4978.)
        b"COMPRESS" => Compress(Compress),
        /// Makes URLs that give access to a message. (RFC 4467 section 7.)
        b"GENURLAUTH" => GenUrlAuth(Box<GenUrlAuth>),
        /// Makes URLs give access no longer. (RFC 4467 section 7.)
        b"RESETKEY" => ResetKey(Box<ResetKey>),
        /// Fetches what URLs give access to. (RFC 4467 section 7, RFC 5524.)
        b"URLFETCH" => UrlFetch(Box<UrlFetch>),
        /// Chooses how strings are compared, or asks how they are. (RFC 5255 section 4.7.)
        b"COMPARATOR" => Comparator(Comparator),
        /// Asks which conversions there are. (RFC 5259 section 5.)
        b"CONVERSIONS" => Conversions(Box<Conversions>),
        /// Asks where the same mail is served by JMAP. (RFC 9698.)
        b"GETJMAPACCESS" => GetJmapAccess,
        /// Goes back to before the login. (RFC 8437.)
        b"UNAUTHENTICATE" => Unauthenticate,
        /// Searches in many mailboxes. (RFC 7377 section 2.)
        b"ESEARCH" => Esearch(Box<Esearch>),
        /// Registers for notifications by Apple. (Not in any RFC.)
        b"XAPPLEPUSHSERVICE" => ApplePush(Box<ApplePush>),
        /// Asks for a checkpoint. (RFC 3501 section 6.4.1.)
        b"CHECK" => Check,
        /// Leaves the mailbox and expunges what is marked. (RFC 9051 section 6.4.1.)
        b"CLOSE" => Close,
        /// Leaves the mailbox. (RFC 9051 section 6.4.2.)
        b"UNSELECT" => Unselect,
        /// Expunges what is marked. (RFC 9051 section 6.4.3.)
        b"EXPUNGE" => Expunge,
        /// Searches in the mailbox. (RFC 9051 section 6.4.4.)
        b"SEARCH" => Search(Box<Search>),
        /// Searches and sorts. (RFC 5256.)
        b"SORT" => Sort(Box<Sort>),
        /// Searches and puts threads together. (RFC 5256.)
        b"THREAD" => Thread(Box<Thread>),
        /// Ends updates of searches. (RFC 5267 section 4.3.5.)
        b"CANCELUPDATE" => CancelUpdate(CancelUpdate),
        /// Fetches messages, or what is known of them. (RFC 9051 section 6.4.5.)
        b"FETCH" => Fetch(Fetch<SeqNum>),
        /// Changes flags. (RFC 9051 section 6.4.6.)
        b"STORE" => Store(Box<Store<SeqNum>>),
        /// Copies messages. (RFC 9051 section 6.4.7.)
        b"COPY" => Copy(CopyOrMove<SeqNum>),
        /// Moves messages. (RFC 9051 section 6.4.8.)
        b"MOVE" => Move(CopyOrMove<SeqNum>),
        /// Converts body parts. (RFC 5259 section 7.)
        b"CONVERT" => Convert(Box<Convert<SeqNum>>),
        /// Puts a message in the place of another. (RFC 8508.)
        b"REPLACE" => Replace(Box<Replace<SeqNum>>),
        /// Asks for UIDs in ranges of about the same size. (RFC 10022.)
        b"UIDBATCHES" => UidBatches(UidBatches),
        /// Searches in the mailbox; the result are UIDs. (RFC 9051 section 6.4.9.)
        b"UID SEARCH" => UidSearch(Box<Search>),
        /// Searches and sorts; the result are UIDs. (RFC 5256.)
        b"UID SORT" => UidSort(Box<Sort>),
        /// Searches and puts threads of UIDs together. (RFC 5256.)
        b"UID THREAD" => UidThread(Box<Thread>),
        /// Fetches messages by UID. (RFC 9051 section 6.4.9.)
        b"UID FETCH" => UidFetch(Fetch<Uid>),
        /// Changes flags by UID. (RFC 9051 section 6.4.9.)
        b"UID STORE" => UidStore(Box<Store<Uid>>),
        /// Copies messages by UID. (RFC 9051 section 6.4.9.)
        b"UID COPY" => UidCopy(CopyOrMove<Uid>),
        /// Moves messages by UID. (RFC 9051 section 6.4.9.)
        b"UID MOVE" => UidMove(CopyOrMove<Uid>),
        /// Expunges those of the UIDs that are marked. (RFC 9051 section 6.4.9.)
        b"UID EXPUNGE" => UidExpunge(SequenceSet<Uid>),
        /// Converts body parts by UID. (RFC 5259 section 7.)
        b"UID CONVERT" => UidConvert(Box<Convert<Uid>>),
        /// Puts a message in the place of another, by UID. (RFC 8508.)
        b"UID REPLACE" => UidReplace(Box<Replace<Uid>>),
        ..
        /// A command that the library does not know.
        Unknown(UnknownCommand),
    }
}

/// A command of which nothing is known but its name.
///
/// ```abnf
/// x-command      = "X" atom <experimental command arguments>
/// ```
///
/// (RFC 3501 section 9.)
///
/// ```
/// use imap_proto::{Atom, Command, CommandBody, Encoder, Negotiated, Raw, Tag, UnknownCommand};
///
/// let name = Atom::new("XPIG-LATIN").unwrap();
/// let body = UnknownCommand::new(name, Some(Raw::new("(1 \"two\")").unwrap())).unwrap();
/// let command = Command { tag: Tag::new("a1").unwrap(), body: CommandBody::Unknown(body) };
/// let mut out = Vec::new();
/// command.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b"a1 XPIG-LATIN (1 \"two\")\r\n");
///
/// // What is known has its own form.
/// assert!(UnknownCommand::new(Atom::new("noop").unwrap(), None).is_none());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct UnknownCommand {
    name: Atom,
    arguments: Option<Raw>,
}

impl UnknownCommand {
    /// The command of this name, unless the library knows it (then it has a type), or the arguments
    /// are none or begin with a space.
    #[must_use]
    pub fn new(name: Atom, arguments: Option<Raw>) -> Option<Self> {
        let is = |known: &[u8]| known.eq_ignore_ascii_case(name.as_bytes());
        let is_known = CommandBody::names().any(is) || is(b"UID");
        let may_follow = arguments.as_ref().is_none_or(Raw::may_follow_space);
        (!is_known && may_follow).then_some(Self { name, arguments })
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &Atom {
        &self.name
    }

    /// What stands behind the name and a space.
    #[must_use]
    pub const fn arguments(&self) -> Option<&Raw> {
        self.arguments.as_ref()
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let name = Atom::parse(cursor, reading)?;
        reading.keep_raw();
        let arguments =
            cursor.another(reading)?.then(|| Raw::parse_rest(cursor, reading)).transpose()?;
        Ok(Self { name, arguments })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.name.encode(encoder);
        if let Some(arguments) = &self.arguments {
            encoder.space();
            arguments.encode(encoder);
        }
    }
}

arguments!(
    Append,
    Replace<SeqNum>,
    Replace<Uid>,
    Id,
    ApplePush,
    Authenticate,
    CancelUpdate,
    Comparator,
    Compress,
    Conversions,
    Convert<SeqNum>,
    Convert<Uid>,
    CopyOrMove<SeqNum>,
    CopyOrMove<Uid>,
    Create,
    DeleteAcl,
    Enable,
    Esearch,
    Fetch<SeqNum>,
    Fetch<Uid>,
    GenUrlAuth,
    GetAcl,
    GetAnnotation,
    GetMetadata,
    GetQuota,
    GetQuotaRoot,
    Language,
    List,
    ListBasic,
    ListRights,
    Login,
    MyRights,
    Notify,
    Rename,
    ResetKey,
    Search,
    Select,
    SetAcl,
    SetAnnotation,
    SetMetadata,
    SetQuota,
    Sort,
    Status,
    Store<SeqNum>,
    Store<Uid>,
    Thread,
    UidBatches,
    UrlFetch,
);

impl CommandBody {
    /// Its name, in capitals where the library knows it.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Unknown(command) => command.name.as_bytes(),
            known => known.table_name().unwrap_or_default(),
        }
    }

    /// Reads name and arguments, to the end of the message.
    ///
    /// # Errors
    ///
    /// There is no name, or the arguments are not those of the command.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        Self::parse_whole(cursor, reading, Untagged)
    }

    fn parse_whole<'a, W: Whole<'a, Self>>(
        cursor: &mut Cursor<'a>,
        reading: &mut Reading<Defect>,
        whole: W,
    ) -> Result<W::Made, ParseError> {
        let begin = cursor.rest();
        let word = cursor.keyword();
        if word.as_bytes() == b"UID" {
            return Self::parse_uid(cursor, reading, whole);
        }
        Self::read_named(word.as_bytes(), cursor, reading, whole, |cursor, reading| {
            cursor.go_back_to(begin);
            let unknown = UnknownCommand::parse(cursor, reading)?;
            whole.make(Self::Unknown(unknown), cursor, reading)
        })
    }

    /// Reads what stands behind `UID`.
    fn parse_uid<'a, W: Whole<'a, Self>>(
        cursor: &mut Cursor<'a>,
        reading: &mut Reading<Defect>,
        whole: W,
    ) -> Result<W::Made, ParseError> {
        const EXPECTED: &str = "a command that takes UIDs";
        cursor.space(reading)?;
        let at = cursor.at();
        match cursor.keyword().as_bytes() {
            b"FETCH" => {
                let fetch = Fetch::read(cursor, reading)?;
                whole.make(Self::UidFetch(fetch), cursor, reading)
            }
            b"SEARCH" => {
                let search = Box::read(cursor, reading)?;
                whole.make(Self::UidSearch(search), cursor, reading)
            }
            b"STORE" => {
                let store = Box::read(cursor, reading)?;
                whole.make(Self::UidStore(store), cursor, reading)
            }
            b"COPY" => {
                let copy = CopyOrMove::read(cursor, reading)?;
                whole.make(Self::UidCopy(copy), cursor, reading)
            }
            b"MOVE" => {
                let copy = CopyOrMove::read(cursor, reading)?;
                whole.make(Self::UidMove(copy), cursor, reading)
            }
            b"EXPUNGE" => {
                let uids = SequenceSet::read(cursor, reading)?;
                whole.make(Self::UidExpunge(uids), cursor, reading)
            }
            word => {
                let word = [b"UID ", word].concat();
                let unknown = Err(ParseError::new(at, EXPECTED));
                Self::read_named(&word, cursor, reading, whole, |_, _| unknown)
            }
        }
    }

    /// Writes name and arguments.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if let Self::Unknown(command) = self {
            return command.encode(encoder);
        }
        encoder.put(self.table_name().unwrap_or_default());
        self.write_named(encoder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_could_not_follow_their_space() {
        let command = |arguments: &'static str| {
            UnknownCommand::new(Atom::new("X").unwrap(), Some(Raw::new(arguments).unwrap()))
        };
        assert_eq!(command("a ").unwrap().arguments().unwrap().as_bytes(), b"a ");
        assert_eq!([command(""), command(" a"), command("   ")], [None, None, None]);
    }

    #[test]
    fn commands_are_small() {
        // What is read is moved a few times until it is where it stays.
        assert_eq!((size_of::<CommandBody>(), size_of::<Command>()), (72, 96));
    }
}
