//! A command for each public constructor that takes octets: what a client of the library may be made to
//! send by those who choose the octets.

use std::num::NonZeroU32;

use bytes::Bytes;
use imap_proto::*;
use mail_proto::Secret;
use mail_proto::sasl::Mechanism;

pub type Make<M> = fn(&[u8]) -> Option<M>;

pub fn bytes(octets: &[u8]) -> Bytes {
    Bytes::copy_from_slice(octets)
}

pub fn atom(octets: &[u8]) -> Option<Atom> {
    Atom::new(bytes(octets)).ok()
}

pub fn astring(octets: &[u8]) -> Option<AString> {
    AString::new(bytes(octets)).ok()
}

pub fn istring(octets: &[u8]) -> Option<IString> {
    IString::new(bytes(octets)).ok()
}

pub fn mailbox(octets: &[u8]) -> Option<Mailbox> {
    Mailbox::new(bytes(octets)).ok()
}

pub fn raw(octets: &[u8]) -> Option<Raw> {
    Raw::new(bytes(octets)).ok()
}

pub fn text(octets: &[u8]) -> Option<&str> {
    std::str::from_utf8(octets).ok()
}

pub fn a() -> AString {
    AString::new("a").unwrap()
}

pub fn inbox() -> Mailbox {
    Mailbox::new("INBOX").unwrap()
}

fn one() -> SequenceSet<SeqNum> {
    SeqNum::new(1).unwrap().into()
}

fn uid() -> SequenceSet<Uid> {
    Uid::new(1).unwrap().into()
}

fn search(key: SearchKey) -> Option<CommandBody> {
    Some(CommandBody::Search(Box::new(Search::new(key))))
}

fn fetch(att: FetchAtt) -> Option<CommandBody> {
    Some(CommandBody::Fetch(Fetch::seq_nums(one()).att(att)))
}

fn store(flag: Flag) -> Option<CommandBody> {
    Some(CommandBody::Store(Box::new(
        Store::seq_nums(one()).add_flags(SettableFlags::new([flag])?),
    )))
}

fn ext(label: &[u8]) -> Option<Ext> {
    Some(Ext { label: ExtLabel::new(bytes(label)).ok()?, value: None })
}

fn append(message: AppendMessage) -> Option<CommandBody> {
    Some(CommandBody::Append(Append::one(inbox(), message)))
}

fn message() -> AppendMessage {
    AppendMessage::new(IString::new("x").unwrap())
}

fn metadata(entry: MetadataEntry, value: NString8) -> Option<CommandBody> {
    let values = OneOrMore::one(EntryValue { entry, value });
    Some(CommandBody::SetMetadata(Box::new(SetMetadata { mailbox: inbox(), values })))
}

fn annotate(entry: AnnotationEntry, value: AttValue) -> Option<CommandBody> {
    let annotations = Annotations::from(EntryAtt::new(entry, [value])?);
    Some(CommandBody::Store(Box::new(Store::seq_nums(one()).annotate(annotations))))
}

fn convert(params: ConvertParams) -> Option<CommandBody> {
    let binary =
        ConvertAtt::from(BinaryAtt { part: SectionPart::new([1])?, peek: false, partial: None });
    Some(CommandBody::Convert(Box::new(Convert::new(one(), params, [binary])?)))
}

fn param(name: Option<AString>, value: Option<AString>) -> Option<CommandBody> {
    let params = vec![TranscodingParam { name: name?, value: value? }];
    convert(ConvertParams { to: Some(MimeType::new("text/plain").ok()?), params })
}

fn sort(charset: Charset) -> Option<CommandBody> {
    let mut sort = Sort::new(SortCriteria::by(SortKey::Date), SearchKey::All);
    sort.charset = charset;
    Some(CommandBody::Sort(Box::new(sort)))
}

fn genurlauth(rump: AString, mechanism: UrlMechanism) -> Option<CommandBody> {
    let request = UrlAuthRequest { rump, mechanism };
    Some(CommandBody::GenUrlAuth(Box::new(GenUrlAuth::new([request])?)))
}

fn urlfetch(url: AString, params: Option<Vec<UrlFetchParam>>) -> Option<CommandBody> {
    Some(CommandBody::UrlFetch(Box::new(UrlFetch::new([UrlFetchArg { url, params }])?)))
}

fn annotatemore(entry: IString, attribute: IString, value: NString8) -> Option<CommandBody> {
    let values = OneOrMore::one(AnnotateMoreValue { attribute, value });
    let entries = OneOrMore::one(AnnotateMoreEntry { entry, values });
    let mailbox = ListMailbox::new("*").ok()?;
    Some(CommandBody::SetAnnotation(Box::new(SetAnnotation { mailbox, entries })))
}

fn apple(key: AString, value: ApplePushValue) -> Option<CommandBody> {
    Some(CommandBody::ApplePush(Box::new(ApplePush::new([ApplePushArgument { key, value }])?)))
}

fn rights(identifier: AString, change: RightsChange) -> Option<CommandBody> {
    let identifier = AclIdentifier(identifier);
    Some(CommandBody::SetAcl(Box::new(SetAcl { mailbox: inbox(), identifier, change })))
}

fn id(key: IString, value: IString) -> Option<CommandBody> {
    Some(CommandBody::Id(Box::new(Id::new([(key, NString::from(value))]).ok()?)))
}

fn login(user: AString, password: AString) -> Option<CommandBody> {
    Some(CommandBody::Login(Login { user, password: Secret::new(password) }))
}

fn x() -> IString {
    IString::new("x").unwrap()
}

/// Named as the type, or the field where a type has several.
pub const COMMANDS: &[(&str, Make<CommandBody>)] = &[
    ("UnknownCommand name", |it| Some(CommandBody::Unknown(UnknownCommand::new(atom(it)?, None)?))),
    ("UnknownCommand arguments", |it| {
        let name = Atom::new("XFOO").ok()?;
        Some(CommandBody::Unknown(UnknownCommand::new(name, Some(raw(it)?))?))
    }),
    ("Login user", |it| login(astring(it)?, a())),
    ("Login password", |it| login(a(), astring(it)?)),
    ("Authenticate mechanism", |it| {
        let mechanism = Mechanism::new(bytes(it)).ok()?;
        Some(CommandBody::Authenticate(Authenticate { mechanism, initial_response: None }))
    }),
    ("Authenticate initial response", |it| {
        let mechanism = Mechanism::new("PLAIN").ok()?;
        let initial_response = Some(Secret::new(bytes(it)));
        Some(CommandBody::Authenticate(Authenticate { mechanism, initial_response }))
    }),
    ("Id key", |it| id(istring(it)?, x())),
    ("Id value", |it| id(x(), istring(it)?)),
    ("Language", |it| Some(CommandBody::Language(Language { ranges: vec![astring(it)?] }))),
    ("Comparator", |it| Some(CommandBody::Comparator(Comparator { order: vec![astring(it)?] }))),
    ("Enable", |it| {
        let capabilities = OneOrMore::one(Capability::new(bytes(it)).ok()?);
        Some(CommandBody::Enable(Enable { capabilities }))
    }),
    ("Compress", |it| {
        let algorithm = CompressionAlgorithm::new(bytes(it)).ok()?;
        Some(CommandBody::Compress(Compress { algorithm }))
    }),
    ("Select mailbox", |it| Some(CommandBody::Select(Select::new(mailbox(it)?)))),
    ("Select parameter", |it| {
        Some(CommandBody::Select(Select::new(inbox()).with(SelectParam::Ext(Box::new(ext(it)?)))))
    }),
    ("Create mailbox", |it| Some(CommandBody::Create(Create::new(mailbox(it)?)))),
    ("Mailbox from a name", |it| {
        let mailbox = Mailbox::from_name(text(it)?, NameForm::Utf7).ok()?;
        Some(CommandBody::Create(Create::new(mailbox)))
    }),
    ("Mailbox from a name in UTF-8", |it| {
        let mailbox = Mailbox::from_name(text(it)?, NameForm::Utf8).ok()?;
        Some(CommandBody::Create(Create::new(mailbox)))
    }),
    ("Delete", |it| Some(CommandBody::Delete(mailbox(it)?))),
    ("Rename from", |it| Some(CommandBody::Rename(Box::new(Rename::new(mailbox(it)?, inbox()))))),
    ("Rename to", |it| Some(CommandBody::Rename(Box::new(Rename::new(inbox(), mailbox(it)?))))),
    ("Subscribe", |it| Some(CommandBody::Subscribe(mailbox(it)?))),
    ("List reference", |it| {
        Some(CommandBody::List(Box::new(List::all().relative_to(mailbox(it)?))))
    }),
    ("List pattern", |it| {
        Some(CommandBody::List(Box::new(List::new(ListMailbox::new(bytes(it)).ok()?))))
    }),
    ("List patterns", |it| {
        Some(CommandBody::List(Box::new(List::all().or(ListMailbox::new(bytes(it)).ok()?))))
    }),
    ("List selection option", |it| {
        let other = OptionExtension::new(atom(it)?, None)?;
        let mut list = List::all();
        list.selection = ListSelection::new([SelectionOption::Other(Box::new(other))]);
        Some(CommandBody::List(Box::new(list)))
    }),
    ("List return option", |it| {
        let other = OptionExtension::new(atom(it)?, None)?;
        Some(CommandBody::List(Box::new(
            List::all().returning(ReturnOption::Other(Box::new(other))),
        )))
    }),
    ("List return metadata", |it| {
        let entries = OneOrMore::one(MetadataEntry::new(text(it)?).ok()?);
        Some(CommandBody::List(Box::new(List::all().with_metadata(entries))))
    }),
    ("Lsub", |it| {
        let pattern = ListMailbox::new(bytes(it)).ok()?;
        Some(CommandBody::Lsub(ListBasic { reference: inbox(), pattern }))
    }),
    ("Status mailbox", |it| {
        let atts = OneOrMore::one(StatusAtt::Messages);
        Some(CommandBody::Status(Status { mailbox: mailbox(it)?, atts }))
    }),
    ("Status attribute", |it| {
        let atts = OneOrMore::one(StatusAtt::Other(atom(it)?));
        Some(CommandBody::Status(Status { mailbox: inbox(), atts }))
    }),
    ("Append mailbox", |it| Some(CommandBody::Append(Append::one(mailbox(it)?, message())))),
    ("Append message", |it| append(AppendMessage::new(istring(it)?))),
    ("Append literal8", |it| append(AppendMessage::new(AppendData::Literal8(bytes(it))))),
    ("Append UTF8", |it| append(AppendMessage::new(AppendData::Utf8(bytes(it))))),
    ("Append keyword", |it| {
        let flag = Flag::from(Keyword::new(bytes(it)).ok()?);
        append(message().with_flags(SettableFlags::new([flag])?))
    }),
    ("Catenate URL", |it| append(AppendMessage::new(Catenate::new([CatPart::Url(astring(it)?)])?))),
    ("Catenate text", |it| {
        append(AppendMessage::new(Catenate::new([CatPart::Text(istring(it)?)])?))
    }),
    ("Rights", |it| rights(a(), RightsChange::Set(Rights::new(text(it)?).ok()?))),
    ("Rights added", |it| rights(a(), RightsChange::Add(Rights::new(text(it)?).ok()?))),
    ("AclIdentifier", |it| rights(astring(it)?, RightsChange::Set(Rights::new("l").ok()?))),
    ("GetQuota", |it| Some(CommandBody::GetQuota(GetQuota { root: astring(it)? }))),
    ("SetQuota resource", |it| {
        let limits = vec![QuotaLimit { name: ResourceName::from(atom(it)?), limit: 1 }];
        Some(CommandBody::SetQuota(Box::new(SetQuota { root: a(), limits })))
    }),
    ("GetMetadata entry", |it| {
        let entry = MetadataEntry::new(text(it)?).ok()?;
        Some(CommandBody::GetMetadata(Box::new(GetMetadata::new(inbox(), entry))))
    }),
    ("SetMetadata entry", |it| metadata(MetadataEntry::new(text(it)?).ok()?, NString8::Nil)),
    ("SetMetadata value", |it| {
        metadata(MetadataEntry::new("/private/x").ok()?, NString8::new(bytes(it)))
    }),
    ("SetAnnotation entry", |it| annotatemore(istring(it)?, x(), NString8::Nil)),
    ("SetAnnotation attribute", |it| annotatemore(x(), istring(it)?, NString8::Nil)),
    ("SetAnnotation value", |it| annotatemore(x(), x(), NString8::new(bytes(it)))),
    ("Notify event", |it| {
        let event = NotifyEvent::new(EventName::Other(atom(it)?));
        let group = EventGroup { filter: MailboxFilter::Selected, events: vec![event] };
        Some(CommandBody::Notify(Box::new(Notify::Set(NotifySet::new(false, [group])?))))
    }),
    ("Notify mailbox", |it| {
        let filter = MailboxFilter::Subtree(OneOrMore::from(mailbox(it)?));
        let events = vec![NotifyEvent::new(EventName::MailboxName)];
        let group = EventGroup { filter, events };
        Some(CommandBody::Notify(Box::new(Notify::Set(NotifySet::new(false, [group])?))))
    }),
    ("GenUrlAuth rump", |it| genurlauth(astring(it)?, UrlMechanism::internal())),
    ("GenUrlAuth mechanism", |it| genurlauth(a(), UrlMechanism::new(bytes(it)).ok()?)),
    ("ResetKey mechanism", |it| {
        let mechanisms = vec![UrlMechanism::new(bytes(it)).ok()?];
        let key = ResetKey::Mailbox { mailbox: inbox(), mechanisms };
        Some(CommandBody::ResetKey(Box::new(key)))
    }),
    ("UrlFetch", |it| urlfetch(astring(it)?, None)),
    ("UrlFetch parameter", |it| urlfetch(a(), Some(vec![UrlFetchParam::from(atom(it)?)]))),
    ("Conversions", |it| {
        let from = MimeTypeRange::new(bytes(it)).ok()?;
        let to = MimeTypeRange::new("*").ok()?;
        Some(CommandBody::Conversions(Box::new(Conversions { from, to })))
    }),
    ("Convert type", |it| {
        convert(ConvertParams { to: Some(MimeType::new(bytes(it)).ok()?), params: vec![] })
    }),
    ("Convert parameter", |it| param(astring(it), Some(a()))),
    ("Convert value", |it| param(Some(a()), astring(it))),
    ("ApplePush key", |it| apple(astring(it)?, ApplePushValue::One(a()))),
    ("ApplePush value", |it| apple(a(), ApplePushValue::One(astring(it)?))),
    ("ApplePush mailbox", |it| apple(a(), ApplePushValue::List(vec![astring(it)?]))),
    ("Search subject", |it| search(SearchKey::Subject(astring(it)?))),
    ("Search header name", |it| search(SearchKey::header(it, "x").ok()?)),
    ("Search header value", |it| search(SearchKey::header("Message-ID", it).ok()?)),
    ("Search keyword", |it| search(SearchKey::Keyword(Keyword::new(bytes(it)).ok()?))),
    ("Search email id", |it| search(SearchKey::EmailId(ObjectId::new(bytes(it)).ok()?))),
    ("Search filter", |it| search(SearchKey::Filter(FilterName::new(bytes(it)).ok()?))),
    ("Search annotation", |it| {
        let entry = EntryMatch::new(bytes(it)).ok()?;
        let value = NString8::Nil;
        search(SearchKey::Annotation(Box::new(AnnotationSearch { entry, scope: None, value })))
    }),
    ("Search annotation value", |it| {
        let entry = EntryMatch::new("/comment").ok()?;
        let value = NString8::new(bytes(it));
        search(SearchKey::Annotation(Box::new(AnnotationSearch { entry, scope: None, value })))
    }),
    ("Search in thread", |it| search(SearchKey::Seen.in_thread(atom(it)?).ok()?)),
    ("Search unknown key", |it| search(SearchKey::Unknown(UnknownSearchKey::new(raw(it)?).ok()?))),
    ("Search unknown key, not the last", |it| {
        let key = SearchKey::Unknown(UnknownSearchKey::new(raw(it)?).ok()?);
        search(SearchKey::all_of([key, SearchKey::Seen]).ok()?)
    }),
    ("Search charset", |it| {
        let mut search = Search::new(SearchKey::All);
        search.charset = Some(Charset::new(bytes(it)).ok()?);
        Some(CommandBody::Search(Box::new(search)))
    }),
    ("Search modseq flag", |it| {
        let flag = Flag::from(Keyword::new(bytes(it)).ok()?);
        let key = ModSeqKey { entry: Some((flag, EntryType::All)), mod_seq: ModSeq::new(7) };
        search(SearchKey::ModSeq(Box::new(key)))
    }),
    ("Sort charset", |it| sort(Charset::new(bytes(it)).ok()?)),
    ("Thread algorithm", |it| {
        let algorithm = ThreadAlgorithm::Other(atom(it)?);
        Some(CommandBody::Thread(Box::new(Thread::new(algorithm, SearchKey::All))))
    }),
    ("CancelUpdate", |it| {
        Some(CommandBody::CancelUpdate(CancelUpdate::from(Tag::new(bytes(it)).ok()?)))
    }),
    ("Esearch mailbox", |it| {
        let filter = MailboxFilter::Mailboxes(OneOrMore::from(mailbox(it)?));
        let search = Esearch::new(SearchKey::All).within(EsearchSource::new([filter])?);
        Some(CommandBody::Esearch(Box::new(search)))
    }),
    ("Fetch header field", |it| {
        let names = HeaderList::new([astring(it)?])?;
        fetch(FetchAtt::BodySection(Box::new(BodyAtt {
            section: Section::header_fields(names),
            peek: true,
            partial: None,
        })))
    }),
    ("Fetch annotation", |it| {
        let entry = EntryMatch::new(bytes(it)).ok()?;
        let attribute = AnnotationAttribute::new("value").ok()?;
        let request = AnnotationRequest::new([entry], [attribute])?;
        Some(CommandBody::Fetch(Fetch::seq_nums(one()).annotation(request)))
    }),
    ("Fetch unknown item", |it| {
        fetch(FetchAtt::Unknown(Box::new(UnknownAtt::new(bytes(it)).ok()?)))
    }),
    ("Fetch modifier", |it| {
        let fetch = Fetch::seq_nums(one()).att(FetchAtt::Flags);
        Some(CommandBody::Fetch(fetch.modifier(ext(it)?)?))
    }),
    ("Store keyword", |it| store(Keyword::new(bytes(it)).ok()?.into())),
    ("Store flag extension", |it| store(Flag::Extension(atom(it)?))),
    ("Store label", |it| {
        let labels = GmailLabels::from(GmailLabel::new(bytes(it)).ok()?);
        let change = StoreChange { action: StoreAction::Add, silent: false };
        Some(CommandBody::Store(Box::new(Store::seq_nums(one()).gmail_labels(change, labels))))
    }),
    ("Store label of a name", |it| {
        let label = GmailLabel::from_name(text(it)?, NameForm::Utf7).ok()?;
        let change = StoreChange { action: StoreAction::Replace, silent: true };
        Some(CommandBody::Store(Box::new(
            Store::seq_nums(one()).gmail_labels(change, label.into()),
        )))
    }),
    ("Store annotation", |it| {
        let attribute = AnnotationAttribute::new("value.priv").ok()?;
        let value = AttValue { attribute, value: NString8::Nil };
        annotate(AnnotationEntry::new(bytes(it)).ok()?, value)
    }),
    ("Store annotation attribute", |it| {
        let attribute = AnnotationAttribute::new(bytes(it)).ok()?;
        let value = AttValue { attribute, value: NString8::Nil };
        annotate(AnnotationEntry::new("/comment").ok()?, value)
    }),
    ("Store annotation value", |it| {
        let attribute = AnnotationAttribute::new("value.priv").ok()?;
        let value = AttValue { attribute, value: NString8::new(bytes(it)) };
        annotate(AnnotationEntry::new("/comment").ok()?, value)
    }),
    ("Store unknown item", |it| {
        let att = UnknownStoreAtt { name: Atom::new("XFOO").ok()?, raw: raw(it)? };
        Some(CommandBody::Store(Box::new(
            Store::seq_nums(one()).att(StoreAtt::Unknown(Box::new(att))),
        )))
    }),
    ("Store modifier", |it| {
        let store = Store::seq_nums(one()).modifier(ext(it)?)?;
        Some(CommandBody::Store(Box::new(store.add_flags(SettableFlags::seen()))))
    }),
    ("Copy", |it| Some(CommandBody::UidCopy(CopyOrMove::new(uid(), mailbox(it)?)))),
    ("QResync", |_| {
        let qresync = QResync::new(NonZeroU32::MIN, ModSeq::new(1)?);
        Some(CommandBody::Select(Select::new(inbox()).qresync(qresync)))
    }),
];
