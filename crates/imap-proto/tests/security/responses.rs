//! A response for each public constructor that takes octets: what a server of the library may be made
//! to send by those who choose the octets.

use std::num::NonZeroU32;

use imap_proto::*;
use mail_proto::Text;

use crate::commands::{Make, a, astring, atom, bytes, inbox, istring, mailbox, raw, text};

fn fetch(item: FetchItem) -> Option<Response> {
    Some(Response::Data(Data::Fetch(SeqNum::new(1), FetchData { items: vec![item] })))
}

fn condition(text: RespText) -> Option<Response> {
    let kind = ConditionKind::No;
    Some(Response::Data(Data::Condition(Condition { kind, text })))
}

fn code(code: Code) -> Option<Response> {
    condition(RespText::new(Some(code), Text::new("text").ok()?))
}

fn list(list: ListData) -> Option<Response> {
    Some(Response::Data(Data::List(Box::new(list))))
}

fn envelope(fields: &EnvelopeFields<'_>) -> Option<Response> {
    fetch(FetchItem::Envelope(Box::new(fields.build().ok()?)))
}

fn address(fields: [Option<&[u8]>; 4]) -> Option<Response> {
    let [name, adl, mailbox, host] = fields;
    let all = [AddressFields { name, adl, mailbox, host }];
    let mut fields = Envelope::builder();
    fields.to = &all;
    envelope(&fields)
}

fn part(part: &PartFields<'_>) -> Option<Response> {
    let mut builder = BodyStructure::builder();
    builder.part(part);
    fetch(FetchItem::BodyStructure(Box::new(builder.build().ok()?)))
}

fn capabilities(capability: Capability) -> Option<Response> {
    Some(Response::Data(Data::Capability([capability].into_iter().collect())))
}

fn metadata(entry: MetadataEntry, value: NString8) -> Option<Response> {
    let content = MetadataContent::Values(OneOrMore::one(EntryValue { entry, value }));
    Some(Response::Data(Data::Metadata(Box::new(MetadataData { mailbox: inbox(), content }))))
}

fn urlfetch(url: AString, contents: UrlContents) -> Option<Response> {
    let data = UrlFetchData::new([FetchedUrl { url, contents }])?;
    Some(Response::Data(Data::UrlFetch(Box::new(data))))
}

fn status(items: Vec<StatusItem>, mailbox: Mailbox) -> Option<Response> {
    Some(Response::Data(Data::Status(StatusData { mailbox, items })))
}

fn pair<'a>(name: &'a [u8], value: &'a [u8]) -> [(&'a [u8], &'a [u8]); 1] {
    [(name, value)]
}

/// Named as the type, or the field where a type has several.
pub const RESPONSES: &[(&str, Make<Response>)] = &[
    ("text", |it| condition(RespText::new(None, Text::new(bytes(it)).ok()?))),
    ("text, sanitized", |it| condition(RespText::new(None, Text::sanitized(it)))),
    ("text behind a code", |it| condition(RespText::new(Some(Code::Alert), Text::sanitized(it)))),
    ("tag", |it| {
        let text = RespText::new(None, Text::new("x").ok()?);
        let condition = Condition { kind: ConditionKind::Ok, text };
        Some(Response::Tagged(Tagged { tag: Tag::new(bytes(it)).ok()?, condition }))
    }),
    ("continuation text", |it| {
        let text = RespText::new(None, Text::new(bytes(it)).ok()?);
        Some(Response::Continuation(Continuation::new(&text)))
    }),
    ("continuation challenge", |it| Some(Response::Continuation(Continuation::challenge(it)))),
    ("code BADURL", |it| code(Code::BadUrl(CodeText::new(bytes(it)).ok()?))),
    ("code BADCHARSET", |it| code(Code::BadCharset(vec![Charset::new(bytes(it)).ok()?]))),
    ("code NOUPDATE", |it| code(Code::NoUpdate(CodeString::new(bytes(it)).ok()?))),
    ("code NEWNAME", |it| {
        let old = CodeString::new(bytes(it)).ok()?;
        code(Code::NewName(Box::new(NewName { new: old.clone(), old })))
    }),
    ("code REFERRAL", |it| code(Code::Referral(OneOrMore::one(ReferralUrl::new(bytes(it)).ok()?)))),
    ("code UNDEFINED-FILTER", |it| code(Code::UndefinedFilter(atom(it)?))),
    ("code URLMECH", |it| {
        let mechanism = UrlMechName::new(bytes(it)).ok()?;
        code(Code::UrlMech(vec![UrlMechKey { mechanism, data: None }]))
    }),
    ("code MAILBOXID", |it| code(Code::MailboxId(ObjectId::new(bytes(it)).ok()?))),
    ("code BADEVENT", |it| code(Code::BadEvent(OneOrMore::one(EventName::Other(atom(it)?))))),
    ("code CAPABILITY", |it| {
        code(Code::Capability([Capability::new(bytes(it)).ok()?].into_iter().collect()))
    }),
    ("code PERMANENTFLAGS", |it| {
        let flag = Flag::from(Keyword::new(bytes(it)).ok()?);
        let flags = [flag].into_iter().collect();
        code(Code::PermanentFlags(Box::new(PermanentFlags { flags, new_keywords: true })))
    }),
    ("code INPROGRESS", |it| {
        // A tag with a bracket is never written (RFC 9585 section 4).
        let tag =
            Some(CodeString::new(bytes(it)).ok()?).filter(|tag| !tag.as_bytes().contains(&b']'));
        code(Code::InProgress(Some(Box::new(Progress { tag, state: ProgressState::Unknown }))))
    }),
    ("code of another name", |it| {
        code(Code::Other(Box::new(OtherCode::new(atom(it)?, None).ok()?)))
    }),
    ("code of another name, arguments", |it| {
        let arguments = Some(CodeText::new(bytes(it)).ok()?);
        code(Code::Other(Box::new(OtherCode::new(Atom::new("XFOO").ok()?, arguments).ok()?)))
    }),
    ("CAPABILITY", |it| capabilities(Capability::new(bytes(it)).ok()?)),
    ("FLAGS keyword", |it| {
        let flag = Flag::from(Keyword::new(bytes(it)).ok()?);
        Some(Response::Data(Data::Flags([flag].into_iter().collect())))
    }),
    ("LIST mailbox", |it| list(ListData::new(mailbox(it)?, Delimiter::new('/')))),
    ("LIST delimiter", |it| {
        let mut characters = text(it)?.chars();
        let delimiter = Delimiter::new(characters.next()?)?;
        list(ListData::new(inbox(), Some(delimiter)))
    }),
    ("LIST attribute", |it| {
        let mut data = ListData::new(inbox(), None);
        data.attributes.insert_name(atom(it)?);
        list(data)
    }),
    ("LIST old name", |it| {
        let mut data = ListData::new(inbox(), None);
        data.extended.push(ListItem::OldName(mailbox(it)?));
        list(data)
    }),
    ("NAMESPACE prefix", |it| {
        let personal = vec![Namespace::new(istring(it)?, Delimiter::new('/'))];
        let data = NamespaceData { personal, other: vec![], shared: vec![] };
        Some(Response::Data(Data::Namespace(Box::new(data))))
    }),
    ("STATUS mailbox", |it| status(vec![StatusItem::Messages(1)], mailbox(it)?)),
    ("STATUS X-GUID", |it| status(vec![StatusItem::XGuid(astring(it)?)], inbox())),
    ("STATUS unknown item", |it| {
        let item = UnknownStatusItem::new(Atom::new("XFOO").ok()?, raw(it)?)?;
        status(vec![StatusItem::Other(Box::new(item)), StatusItem::Messages(1)], inbox())
    }),
    ("ESEARCH tag", |it| {
        let correlator = Correlator { tag: Some(istring(it)?), ..Correlator::default() };
        let data = EsearchData { correlator, is_uid: false, items: vec![EsearchItem::Count(1)] };
        Some(Response::Data(Data::Esearch(Box::new(data))))
    }),
    ("ID", |it| {
        let field = (istring(b"x")?, NString::from(istring(it)?));
        Some(Response::Data(Data::Id(Box::new(Id::new([field]).ok()?))))
    }),
    ("ACL identifier", |it| {
        let entry =
            AclEntry { identifier: AclIdentifier(astring(it)?), rights: Rights::new("l").ok()? };
        let data = AclData { mailbox: inbox(), entries: vec![entry] };
        Some(Response::Data(Data::Acl(Box::new(data))))
    }),
    ("QUOTA root", |it| {
        let data = QuotaData { root: astring(it)?, resources: vec![] };
        Some(Response::Data(Data::Quota(Box::new(data))))
    }),
    ("QUOTAROOT root", |it| {
        let data = QuotaRootData { mailbox: mailbox(it)?, roots: vec![astring(it)?] };
        Some(Response::Data(Data::QuotaRoot(Box::new(data))))
    }),
    ("METADATA entry", |it| metadata(MetadataEntry::new(text(it)?).ok()?, NString8::Nil)),
    ("METADATA value", |it| {
        metadata(MetadataEntry::new("/shared/x").ok()?, NString8::new(bytes(it)))
    }),
    ("LANGUAGE", |it| {
        let tags = OneOrMore::one(astring(it)?);
        Some(Response::Data(Data::Language(LanguageData { tags })))
    }),
    ("COMPARATOR", |it| {
        let data = ComparatorData { selected: astring(it)?, matching: None };
        Some(Response::Data(Data::Comparator(Box::new(data))))
    }),
    ("CONVERSION", |it| {
        let (from, to) = (MimeType::new("a/b").ok()?, MimeType::new("c/d").ok()?);
        let data = Conversion { from, to, params: vec![astring(it)?] };
        Some(Response::Data(Data::Conversion(Box::new(data))))
    }),
    ("CONVERTED error", |it| {
        let code = ConvertErrorCode::TempFail(NonZeroU32::new(7));
        let error = Box::new(ConvertError { text: istring(it)?, code });
        let (part, offset) = (SectionPart::new([1])?, None);
        let binary = ConvertedBinary { part, offset, data: Err(error) };
        let tag = Tag::new("a").ok()?;
        let data = Converted::new(tag, [ConvertedAtt::Binary(Box::new(binary))])?;
        Some(Response::Data(Data::Converted(SeqNum::new(1)?, Box::new(data))))
    }),
    ("GENURLAUTH", |it| {
        Some(Response::Data(Data::GenUrlAuth(Box::new(GenUrlAuthData::new([astring(it)?])?))))
    }),
    ("URLFETCH url", |it| urlfetch(astring(it)?, UrlContents::Octets(NString(None)))),
    ("URLFETCH octets", |it| urlfetch(a(), UrlContents::Octets(NString(Some(istring(it)?))))),
    ("URLFETCH binary", |it| {
        let item = UrlMetadataItem::Binary(NString8::new(bytes(it)));
        urlfetch(a(), UrlContents::Metadata(UrlMetadata::new([item])?))
    }),
    ("JMAPACCESS", |it| {
        Some(Response::Data(Data::JmapAccess(JmapAccessData::new(bytes(it)).ok()?)))
    }),
    ("XAPPLEPUSHSERVICE", |it| {
        let data = ApplePushData::new([(istring(it)?, istring(it)?)])?;
        Some(Response::Data(Data::ApplePush(Box::new(data))))
    }),
    ("unknown data name", |it| {
        Some(Response::Data(Data::Unknown(UnknownData::new(None, atom(it)?, None)?.into())))
    }),
    ("unknown data", |it| {
        let name = Atom::new("XFOO").ok()?;
        Some(Response::Data(Data::Unknown(UnknownData::new(Some(7), name, Some(raw(it)?))?.into())))
    }),
    ("ENVELOPE subject", |it| {
        let mut fields = Envelope::builder();
        fields.subject = Some(it);
        envelope(&fields)
    }),
    ("ENVELOPE date and ids", |it| {
        let mut fields = Envelope::builder();
        (fields.date, fields.in_reply_to, fields.message_id) = (Some(it), Some(it), Some(it));
        envelope(&fields)
    }),
    ("address name", |it| address([Some(it), None, Some(b"a"), Some(b"b.org")])),
    ("address mailbox", |it| address([None, None, Some(it), Some(b"b.org")])),
    ("address host and route", |it| address([None, Some(it), Some(b"a"), Some(it)])),
    ("BODYSTRUCTURE type", |it| {
        part(&PartFields { media_type: b"application", subtype: it, ..PartFields::default() })
    }),
    ("BODYSTRUCTURE strings", |it| {
        let (id, description, md5) = (Some(it), Some(it), Some(it));
        part(&PartFields { id, description, md5, encoding: it, ..PartFields::default() })
    }),
    ("BODYSTRUCTURE parameters", |it| {
        part(&PartFields { params: &pair(it, it), ..PartFields::default() })
    }),
    ("BODYSTRUCTURE extension", |it| {
        let params = pair(b"filename", it);
        let disposition = Some(DispositionFields { kind: it, params: &params });
        let language = [it];
        let extension = ExtensionFields { disposition, language: &language, location: Some(it) };
        part(&PartFields { extension, ..PartFields::default() })
    }),
    ("BODY[]", |it| fetch(BodySection::new(BodyName::message(), bytes(it)).into())),
    ("BINARY[]", |it| {
        fetch(BodySection::new(BodyName::binary(SectionPart::new([1])?), bytes(it)).into())
    }),
    ("BODY[HEADER.FIELDS]", |it| {
        let section = Section::header_fields(HeaderList::new([astring(it)?])?);
        fetch(BodySection::new(BodyName::section(section), "x").into())
    }),
    ("FLAGS of a message", |it| {
        let flag = Flag::Extension(atom(it)?);
        fetch(FetchItem::Flags([flag].into_iter().collect()))
    }),
    ("PREVIEW", |it| fetch(FetchItem::Preview(NString(Some(istring(it)?))))),
    ("SNIPPET", |it| {
        let text = NString(Some(istring(it)?));
        fetch(FetchItem::Snippet(Box::new(Snippet { algorithm: Atom::new("FUZZY").ok()?, text })))
    }),
    ("EMAILID", |it| fetch(FetchItem::EmailId(ObjectId::new(bytes(it)).ok()?))),
    ("ANNOTATION", |it| {
        let attribute = AnnotationAttribute::new("value.priv").ok()?;
        let value = AttValue { attribute, value: NString8::new(bytes(it)) };
        let entry = EntryAtt::new(AnnotationEntry::new("/comment").ok()?, [value])?;
        fetch(FetchItem::Annotation(AnnotationData::Attributes(entry.into())))
    }),
    ("X-GM-LABELS", |it| fetch(FetchItem::GmailLabels(GmailLabel::new(bytes(it)).ok()?.into()))),
    ("X-GUID", |it| fetch(FetchItem::XGuid(astring(it)?))),
    ("X-MAILBOX", |it| fetch(FetchItem::XMailbox(mailbox(it)?))),
    ("unknown item name", |it| {
        let name = FetchItemName::new(bytes(it)).ok()?;
        fetch(FetchItem::Unknown(Box::new(UnknownItem::new(name, raw(b"NIL")?)?)))
    }),
    ("unknown item", |it| {
        let name = FetchItemName::new("XFOO").ok()?;
        fetch(FetchItem::Unknown(Box::new(UnknownItem::new(name, raw(it)?)?)))
    }),
    ("malformed item", |it| {
        fetch(FetchItem::Malformed { kind: MalformedItem::Envelope, raw: raw(it)? })
    }),
];
