//! IMAP values made through the public API, by the fuzzer's octets as decisions.

use std::num::{NonZeroU32, NonZeroU64};

use arbitrary::{Error, Result, Unstructured};
use bytes::Bytes;
use imap_proto::{
    AString, AddressFields, Append, AppendData, AppendMessage, Atom, BodyName, BodySection,
    BodyStructure, BodyStructureBuilder, Capabilities, Capability, CatPart, Catenate, Charset,
    Code, Command, CommandBody, CopyUid, Data, Date, DateTime, Delimiter, DispositionFields,
    Envelope, EnvelopeFields, ExtensionFields, Fetch, FetchData, FetchItem, Flag, FlagList,
    HeaderList, IString, Id, Keyword, List, ListAttribute, ListAttributes, ListData, ListMailbox,
    Login, Mailbox, MessageNumber, ModSeq, NString, NString8, NumberSet, ObjectId, PartFields,
    Partial, Position, Ranges, Raw, Replace, RespText, Response, Search, SearchData, SearchKey,
    Section, SectionPart, SectionText, Select, SeqNum, SequenceSet, SetRange, SettableFlags,
    Status, StatusAtt, StatusData, StatusItem, Store, SystemFlag, Tag, Tagged, Uid, UnknownCommand,
};
use mail_proto::{Secret, Text};

pub(crate) type Input<'a, 'b> = &'a mut Unstructured<'b>;

/// Octets, short ones mostly, those preferred that mean something.
fn octets(input: Input<'_, '_>, first: u8) -> Result<Vec<u8>> {
    const SPECIAL: &[u8] = b"\r\n\"\\{}()[]*%& ~+-\x7f\x01\t\x80\xc3\xa9NIL0";
    let longest = if input.ratio(1u8, 40u8)? { 1100 } else { 12 };
    let length = input.int_in_range(0..=longest)?;
    let mut octets = Vec::new();
    while octets.len() < length && !input.is_empty() {
        let octet =
            if input.ratio(1u8, 3u8)? { *input.choose(SPECIAL)? } else { input.arbitrary()? };
        octets.push(octet.max(first));
    }
    if length > 12 {
        octets.resize(length, b'x');
    }
    Ok(octets)
}

fn clean(input: Input<'_, '_>) -> Result<Bytes> {
    const WHOLE: [&[u8]; 8] =
        [b"", b"NIL", b"{3}", b"{1}\r\na", b"\xc3\xa9", b"\\", b"INBOX", b"nil"];
    let octets = match input.ratio(1u8, 5u8)? {
        true => input.choose(&WHOLE)?.to_vec(),
        false => octets(input, 1)?,
    };
    Ok(octets.into())
}

fn valid<T, E>(value: std::result::Result<T, E>) -> Result<T> {
    value.map_err(|_| Error::IncorrectFormat)
}

fn some<T>(value: Option<T>) -> Result<T> {
    value.ok_or(Error::IncorrectFormat)
}

fn option<T>(
    input: Input<'_, '_>,
    make: impl FnOnce(Input<'_, '_>) -> Result<T>,
) -> Result<Option<T>> {
    if input.arbitrary()? { make(input).map(Some) } else { Ok(None) }
}

fn many<T>(
    input: Input<'_, '_>,
    least: usize,
    most: usize,
    make: impl Fn(Input<'_, '_>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = input.int_in_range(least..=most)?;
    (0..count).map(|_| make(input)).collect()
}

pub(crate) fn astring(input: Input<'_, '_>) -> Result<AString> {
    valid(AString::new(clean(input)?))
}

pub(crate) fn istring(input: Input<'_, '_>) -> Result<IString> {
    valid(IString::new(clean(input)?))
}

pub(crate) fn nstring(input: Input<'_, '_>) -> Result<NString> {
    option(input, istring).map(NString)
}

pub(crate) fn nstring8(input: Input<'_, '_>) -> Result<NString8> {
    octets(input, 0).map(NString8::new)
}

pub(crate) fn mailbox(input: Input<'_, '_>) -> Result<Mailbox> {
    valid(Mailbox::new(clean(input)?))
}

pub(crate) fn pattern(input: Input<'_, '_>) -> Result<ListMailbox> {
    valid(ListMailbox::new(clean(input)?))
}

pub(crate) fn atom(input: Input<'_, '_>) -> Result<Atom> {
    const WHOLE: [&str; 6] = ["NIL", "X-FOO", "{3}x", "+", "UID", "a:b"];
    if input.arbitrary()? {
        return valid(Atom::new(*input.choose(&WHOLE)?));
    }
    valid(Atom::new(octets(input, 1)?))
}

fn tag(input: Input<'_, '_>) -> Result<Tag> {
    const TAGS: [&str; 4] = ["a1", "*", "]", "0[{3}"];
    valid(Tag::new(*input.choose(&TAGS)?))
}

fn object_id(input: Input<'_, '_>) -> Result<ObjectId> {
    let length = input.int_in_range(1..=20usize)?;
    let octets: Result<Vec<u8>> =
        (0..length).map(|_| input.choose(b"NILaz09-_").copied()).collect();
    valid(ObjectId::new(octets?))
}

fn number(input: Input<'_, '_>) -> Result<NonZeroU32> {
    let small = input.int_in_range(1..=12u32)?;
    let number = if input.ratio(1u8, 4u8)? { input.int_in_range(1..=u32::MAX)? } else { small };
    some(NonZeroU32::new(number))
}

fn uid(input: Input<'_, '_>) -> Result<Uid> {
    number(input).map(Uid::from)
}

fn seq_num(input: Input<'_, '_>) -> Result<SeqNum> {
    number(input).map(SeqNum::from)
}

fn size(input: Input<'_, '_>) -> Result<u64> {
    input.int_in_range(0..=u64::MAX >> 1)
}

fn mod_seq(input: Input<'_, '_>) -> Result<ModSeq> {
    some(ModSeq::new(input.int_in_range(1..=u64::MAX >> 1)?))
}

fn ranges<E: imap_proto::Endpoint>(
    input: Input<'_, '_>,
    make: impl Fn(Input<'_, '_>) -> Result<E>,
) -> Result<Ranges<E>> {
    let mut ranges = Ranges::one(make(input)?);
    for _ in 0..input.int_in_range(0..=5u8)? {
        let first = make(input)?;
        let last = if input.arbitrary()? { make(input)? } else { first };
        ranges.push(SetRange { first, last });
    }
    Ok(ranges)
}

pub(crate) fn uids(input: Input<'_, '_>) -> Result<NumberSet<Uid>> {
    ranges(input, uid)
}

pub(crate) fn seq_nums(input: Input<'_, '_>) -> Result<SequenceSet<SeqNum>> {
    sequence_set(input, seq_num)
}

fn sequence_set<N: imap_proto::SetNumber>(
    input: Input<'_, '_>,
    make: impl Fn(Input<'_, '_>) -> Result<N>,
) -> Result<SequenceSet<N>> {
    let position = |input: Input<'_, '_>| {
        let is_last = input.ratio(1u8, 6u8)?;
        if is_last { Ok(Position::Last) } else { make(input).map(Position::Number) }
    };
    Ok(match input.ratio(1u8, 8u8)? {
        true => SequenceSet::Saved,
        false => SequenceSet::Ranges(ranges(input, position)?),
    })
}

fn keyword(input: Input<'_, '_>) -> Result<Keyword> {
    valid(Keyword::new(atom(input)?.into_bytes()))
}

fn flag(input: Input<'_, '_>) -> Result<Flag> {
    Ok(match input.int_in_range(0..=3u8)? {
        0 => Flag::System(*input.choose(&SystemFlag::ALL)?),
        // A name of a system flag is no extension.
        1 => Flag::Extension(some(Some(atom(input)?).filter(|name| {
            !SystemFlag::ALL
                .iter()
                .any(|flag| flag.as_str().as_bytes()[1..].eq_ignore_ascii_case(name.as_bytes()))
        }))?),
        _ => Flag::Keyword(keyword(input)?),
    })
}

pub(crate) fn flags(input: Input<'_, '_>) -> Result<FlagList> {
    many(input, 0, 5, flag).map(|flags| flags.into_iter().collect())
}

fn date(input: Input<'_, '_>) -> Result<Date> {
    let year = input.int_in_range(1..=9999u16)?;
    some(Date::new(year, input.int_in_range(1..=12)?, input.int_in_range(1..=31)?))
}

fn date_time(input: Input<'_, '_>) -> Result<DateTime> {
    let (date, hour) = (date(input)?, input.int_in_range(0..=23)?);
    let (minute, second) = (input.int_in_range(0..=59)?, input.int_in_range(0..=60)?);
    some(DateTime::new(date, hour, minute, second, input.int_in_range(-1439..=1439)?))
}

pub(crate) fn search_key(input: Input<'_, '_>, depth: u8) -> Result<SearchKey> {
    use SearchKey as Key;
    let below = depth.checked_sub(1);
    Ok(match input.int_in_range(0..=if below.is_some() { 25 } else { 19u8 })? {
        0 => Key::All,
        1 => Key::Seen,
        2 => Key::Old,
        3 => Key::Subject(astring(input)?),
        4 => Key::Body(astring(input)?),
        5 => Key::GmailRaw(astring(input)?),
        6 => Key::Before(date(input)?),
        7 => Key::SavedSince(date(input)?),
        8 => Key::Keyword(keyword(input)?),
        9 => Key::Unkeyword(keyword(input)?),
        10 => Key::Larger(size(input)?),
        11 => Key::Older(number(input)?),
        12 => valid(Key::header(astring(input)?, astring(input)?))?,
        13 => Key::Messages(seq_nums(input)?),
        14 => Key::Uid(sequence_set(input, uid)?),
        15 => Key::UidAfter(uid(input)?),
        16 => Key::EmailId(object_id(input)?),
        17 => Key::GmailMessageId(input.arbitrary()?),
        18 => Key::To(astring(input)?),
        19 => Key::XRealUid(sequence_set(input, uid)?),
        kind => {
            let depth = below.unwrap_or(0);
            let keys = many(input, 1, 4, |input| search_key(input, depth))?;
            let first = keys.first().cloned();
            valid(match kind {
                20 | 21 => Key::all_of(keys),
                22 | 23 => Key::any_of(keys),
                24 => some(first)?.not(),
                _ => some(first)?.fuzzy(),
            })?
        }
    })
}

fn search(input: Input<'_, '_>) -> Result<Search> {
    let key = search_key(input, 5)?;
    // One that is named whatever is enabled.
    let koi8 = valid(Charset::new("KOI8-R"))?;
    let charset = (key.is_eight_bit() || input.arbitrary()?).then_some(koi8);
    Ok(Search { returning: None, charset, key })
}

fn section_part(input: Input<'_, '_>) -> Result<SectionPart> {
    let numbers = many(input, 0, 3, |input| number(input).map(NonZeroU32::get))?;
    some(SectionPart::new(numbers))
}

fn section(input: Input<'_, '_>) -> Result<Section> {
    let part = section_part(input)?;
    let text = option(input, |input| {
        Ok(match input.int_in_range(0..=4u8)? {
            0 => SectionText::Header,
            1 => SectionText::HeaderFields(some(HeaderList::new(many(input, 1, 3, astring)?))?),
            2 => SectionText::HeaderFieldsNot(some(HeaderList::new(many(input, 1, 3, astring)?))?),
            3 => SectionText::Text,
            _ => SectionText::Mime,
        })
    })?;
    some(Section::new(part, text))
}

fn fetch(input: Input<'_, '_>) -> Result<CommandBody> {
    let mut fetch = Fetch::uids(sequence_set(input, uid)?).flags();
    for _ in 0..input.int_in_range(0..=4u8)? {
        fetch = match input.int_in_range(0..=6u8)? {
            0 => fetch.envelope().body_structure(),
            1 => fetch.body(section(input)?),
            2 => {
                let length = some(NonZeroU64::new(input.int_in_range(1..=u64::MAX >> 1)?))?;
                fetch.body_peek_partial(section(input)?, Partial { offset: size(input)?, length })
            }
            3 => fetch.binary_peek(section_part(input)?),
            4 => fetch.binary_size(section_part(input)?),
            5 => fetch.preview_lazy().gmail_labels(),
            _ => fetch.changed_since(mod_seq(input)?),
        };
    }
    Ok(CommandBody::UidFetch(fetch))
}

fn store(input: Input<'_, '_>) -> Result<CommandBody> {
    let mut store = Store::seq_nums(seq_nums(input)?);
    if input.arbitrary()? {
        store = store.unchanged_since(option(input, mod_seq)?);
    }
    let flags = some(SettableFlags::new(many(input, 0, 4, flag)?))?;
    Ok(CommandBody::Store(Box::new(match input.int_in_range(0..=2u8)? {
        0 => store.add_flags(flags),
        1 => store.remove_flags_silent(flags),
        _ => store.replace_flags(flags),
    })))
}

fn append_message(input: Input<'_, '_>) -> Result<AppendMessage> {
    let part = |input: Input<'_, '_>| {
        Ok(match input.int_in_range(0..=2u8)? {
            0 => CatPart::Url(astring(input)?),
            1 => CatPart::Text(istring(input)?),
            _ => CatPart::Utf8(octets(input, 0)?.into()),
        })
    };
    let data = match input.int_in_range(0..=3u8)? {
        0 => AppendData::Literal(istring(input)?),
        1 => AppendData::Literal8(octets(input, 0)?.into()),
        2 => AppendData::Utf8(octets(input, 0)?.into()),
        _ => AppendData::Catenate(some(Catenate::new(many(input, 1, 3, part)?))?),
    };
    let mut message = AppendMessage::new(data);
    if let Some(flags) = option(input, |input| many(input, 0, 5, flag))? {
        message = message.with_flags(some(SettableFlags::new(flags))?);
    }
    if let Some(date) = option(input, date_time)? {
        message = message.with_date(date);
    }
    Ok(message)
}

fn list(input: Input<'_, '_>) -> Result<List> {
    let mut list = List::new(pattern(input)?).relative_to(mailbox(input)?);
    for _ in 0..input.int_in_range(0..=3u8)? {
        list = match input.int_in_range(0..=4u8)? {
            0 => list.or(pattern(input)?),
            1 => list.subscribed_recursively(),
            2 => list.special_use(),
            3 => list.with_children(),
            _ => {
                list.with_status(some(imap_proto::OneOrMore::new(many(input, 1, 3, status_att)?))?)
            }
        };
    }
    Ok(list)
}

fn status_att(input: Input<'_, '_>) -> Result<StatusAtt> {
    let atts = [StatusAtt::Messages, StatusAtt::UidNext, StatusAtt::Size, StatusAtt::MailboxId];
    input.choose(&atts).cloned()
}

pub(crate) fn command(input: Input<'_, '_>) -> Result<Command> {
    let tag = valid(Tag::new(*input.choose(&["a1", "*]", "0[{3}"])?))
        .or_else(|_| valid(Tag::new("a1")))?;
    let body = match input.int_in_range(0..=13u8)? {
        0 => CommandBody::Login(Login {
            user: astring(input)?,
            password: Secret::new(astring(input)?),
        }),
        1 => CommandBody::Select(Select::new(mailbox(input)?).condstore()),
        2 => CommandBody::Delete(mailbox(input)?),
        3 => CommandBody::Id(Box::new(valid(Id::new(many(input, 0, 3, |input| {
            Ok((istring(input)?, nstring(input)?))
        })?))?)),
        4 => CommandBody::List(Box::new(list(input)?)),
        5 => CommandBody::Status(Status {
            mailbox: mailbox(input)?,
            atts: some(imap_proto::OneOrMore::new(many(input, 1, 3, status_att)?))?,
        }),
        6 => CommandBody::Append(some(Append::new(
            mailbox(input)?,
            many(input, 1, 3, append_message)?,
        ))?),
        7 => CommandBody::Replace(Box::new(Replace {
            replaced: Position::Number(seq_num(input)?),
            mailbox: mailbox(input)?,
            message: append_message(input)?,
        })),
        8 | 9 => CommandBody::Search(Box::new(search(input)?)),
        10 => fetch(input)?,
        11 => store(input)?,
        12 => CommandBody::UidExpunge(sequence_set(input, uid)?),
        _ => {
            let raw = option(input, raw)?;
            CommandBody::Unknown(some(UnknownCommand::new(atom(input)?, raw))?)
        }
    };
    Ok(Command { tag, body })
}

fn raw(input: Input<'_, '_>) -> Result<Raw> {
    const PARTS: [&[u8]; 12] = [
        b" ",
        b"(",
        b")",
        b"\"a\\\"\"",
        b"{3}\r\n)\r\n",
        b"~{2+}\r\n\0\0",
        b"a",
        b"{0}\r\n",
        b"NIL",
        b"\xe9",
        b"1:*",
        b"x{1}",
    ];
    let parts = many(input, 1, 8, |input| input.choose(&PARTS).copied())?;
    valid(Raw::new(parts.concat()))
}

fn addresses<'a>(input: Input<'_, '_>, strings: &'a [Vec<u8>]) -> Result<Vec<AddressFields<'a>>> {
    many(input, 0, 3, |input| {
        Ok(AddressFields {
            name: nstr(input, strings)?,
            adl: nstr(input, strings)?,
            mailbox: nstr(input, strings)?,
            host: nstr(input, strings)?,
        })
    })
}

fn str<'a>(input: Input<'_, '_>, strings: &'a [Vec<u8>]) -> Result<&'a [u8]> {
    input.choose(strings).map(|string| &string[..])
}

fn nstr<'a>(input: Input<'_, '_>, strings: &'a [Vec<u8>]) -> Result<Option<&'a [u8]>> {
    if input.ratio(1u8, 3u8)? { Ok(None) } else { str(input, strings).map(Some) }
}

fn strings(input: Input<'_, '_>) -> Result<Vec<Vec<u8>>> {
    many(input, 1, 5, |input| octets(input, 0))
}

fn envelope_fields<R>(
    input: Input<'_, '_>,
    of: impl FnOnce(Input<'_, '_>, &EnvelopeFields<'_>) -> Result<R>,
) -> Result<R> {
    let strings = strings(input)?;
    let lists = many(input, 6, 6, |input| addresses(input, &strings))?;
    let mut fields = Envelope::builder();
    fields.date = nstr(input, &strings)?;
    fields.subject = nstr(input, &strings)?;
    fields.in_reply_to = nstr(input, &strings)?;
    fields.message_id = nstr(input, &strings)?;
    if let [from, sender, reply_to, to, cc, bcc] = &lists[..] {
        (fields.from, fields.sender, fields.reply_to) = (from, sender, reply_to);
        (fields.to, fields.cc, fields.bcc) = (to, cc, bcc);
    }
    of(input, &fields)
}

pub(crate) fn envelope(input: Input<'_, '_>) -> Result<Envelope> {
    envelope_fields(input, |_, fields| Ok(fields.build().expect("an envelope")))
}

pub(crate) fn body_structure(input: Input<'_, '_>) -> Result<BodyStructure> {
    let mut builder = BodyStructure::builder();
    part(input, &mut builder, 5)?;
    Ok(builder.build().expect("a structure"))
}

fn part(input: Input<'_, '_>, builder: &mut BodyStructureBuilder, depth: u8) -> Result<()> {
    const TYPES: [(&[u8], &[u8]); 5] = [
        (b"TEXT", b"PLAIN"),
        (b"IMAGE", b"PNG"),
        (b"MULTIPART", b"MIXED"),
        (b"MESSAGE", b"GLOBAL"),
        (b"x\"\r", b"\xff\0"),
    ];
    let strings = strings(input)?;
    let params = many(input, 0, 2, |input| Ok((str(input, &strings)?, str(input, &strings)?)))?;
    let languages = many(input, 0, 2, |input| str(input, &strings))?;
    let extension = ExtensionFields {
        disposition: option(input, |input| {
            Ok(DispositionFields { kind: str(input, &strings)?, params: &params })
        })?,
        language: &languages,
        location: nstr(input, &strings)?,
    };
    let kind = if depth == 0 { 2 } else { input.int_in_range(0..=3u8)? };
    let (media_type, subtype) = match kind {
        0 => (&b"message"[..], &b"rfc822"[..]),
        _ => *input.choose(&TYPES[..3])?,
    };
    let fields = PartFields {
        media_type,
        subtype,
        params: &params,
        id: nstr(input, &strings)?,
        description: nstr(input, &strings)?,
        encoding: str(input, &strings)?,
        size: size(input)?,
        lines: size(input)?,
        md5: nstr(input, &strings)?,
        extension,
    };
    match kind {
        0 => {
            envelope_fields(input, |_, envelope| {
                builder.begin_message(&fields, envelope);
                Ok(())
            })?;
            part(input, builder, depth - 1)?;
            builder.end_message(&fields);
        }
        1 => {
            builder.begin_multipart();
            for _ in 0..input.int_in_range(1..=3u8)? {
                part(input, builder, depth - 1)?;
            }
            builder.end_multipart(str(input, &strings)?, &params, &fields.extension);
        }
        _ => builder.part(&fields),
    }
    Ok(())
}

fn fetch_item(input: Input<'_, '_>) -> Result<FetchItem> {
    use FetchItem as Item;
    Ok(match input.int_in_range(0..=14u8)? {
        0 => Item::Flags(flags(input)?),
        1 => Item::Envelope(Box::new(envelope(input)?)),
        2 => Item::InternalDate(date_time(input)?),
        3 => Item::Size(size(input)?),
        4 => Item::BodyStructure(Box::new(body_structure(input)?)),
        5 => Item::from(BodySection::new(BodyName::section(section(input)?), octets(input, 1)?)),
        6 => {
            Item::from(BodySection::new(BodyName::binary(section_part(input)?), octets(input, 0)?))
        }
        7 => Item::BinarySize { part: section_part(input)?, size: size(input)? },
        8 => Item::Uid(uid(input)?),
        9 => Item::ModSeq(mod_seq(input)?),
        10 => Item::ThreadId(option(input, object_id)?),
        11 => Item::Preview(nstring(input)?),
        12 => Item::GmailMessageId(input.arbitrary()?),
        13 => Item::XMailbox(mailbox(input)?),
        _ => Item::SaveDate(option(input, date_time)?),
    })
}

fn text(input: Input<'_, '_>) -> Result<Text> {
    let octets = octets(input, 1)?;
    let beginning: &[u8] = if input.ratio(1u8, 4u8)? { b"[" } else { b"" };
    Ok(Text::sanitized(&[beginning, &octets].concat()))
}

pub(crate) fn code(input: Input<'_, '_>) -> Result<Code> {
    Ok(match input.int_in_range(0..=11u8)? {
        0 => Code::Alert,
        1 => Code::AppendUid(number(input)?, uids(input)?),
        2 => Code::Capability(capabilities(input)?),
        3 => Code::CopyUid(Box::new(CopyUid {
            uid_validity: number(input)?,
            source: uids(input)?,
            destination: uids(input)?,
        })),
        4 => Code::HighestModSeq(mod_seq(input)?),
        5 => Code::MailboxId(object_id(input)?),
        6 => Code::Modified(ranges(input, |input| number(input).map(MessageNumber::from))?),
        7 => Code::UidNext(uid(input)?),
        8 => Code::UndefinedFilter(atom(input)?),
        9 => Code::Unseen(seq_num(input)?),
        10 => Code::MetadataLongEntries(input.arbitrary()?),
        _ => Code::AnnotateTooMany,
    })
}

pub(crate) fn capabilities(input: Input<'_, '_>) -> Result<Capabilities> {
    const NAMES: [&str; 10] = [
        "IMAP4rev1",
        "AUTH=PLAIN",
        "APPENDLIMIT",
        "APPENDLIMIT=7",
        "COMPRESS=DEFLATE",
        "RIGHTS=tekx",
        "QUOTA=RES-STORAGE",
        "MESSAGELIMIT=0",
        "X=",
        "=",
    ];
    let one = |input: Input<'_, '_>| match input.arbitrary()? {
        true => valid(Capability::new(*input.choose(&NAMES)?)),
        false => valid(Capability::new(atom(input)?.into_bytes())),
    };
    many(input, 0, 5, one).map(|all| all.into_iter().collect())
}

fn condition(input: Input<'_, '_>) -> Result<imap_proto::Condition> {
    let kind = *input.choose(&[
        imap_proto::ConditionKind::Ok,
        imap_proto::ConditionKind::No,
        imap_proto::ConditionKind::Bad,
    ])?;
    Ok(imap_proto::Condition { kind, text: RespText::new(option(input, code)?, text(input)?) })
}

fn list_data(input: Input<'_, '_>) -> Result<ListData> {
    let delimiter = option(input, |input| some(Delimiter::new(input.arbitrary()?)))?;
    let mut data = ListData::new(mailbox(input)?, delimiter);
    let known = many(input, 0, 3, |input| input.choose(ListAttribute::ALL).copied())?;
    data.attributes = known.into_iter().collect::<ListAttributes>();
    if input.arbitrary()? {
        data.attributes.insert_name(atom(input)?);
    }
    Ok(data)
}

fn status_data(input: Input<'_, '_>) -> Result<StatusData> {
    let item = |input: Input<'_, '_>| {
        Ok(match input.int_in_range(0..=6u8)? {
            0 => StatusItem::Messages(input.arbitrary()?),
            1 => StatusItem::UidNext(uid(input)?),
            2 => StatusItem::Size(size(input)?),
            3 => StatusItem::HighestModSeq(option(input, mod_seq)?),
            4 => StatusItem::AppendLimit(option(input, |input| input.arbitrary())?),
            5 => StatusItem::MailboxId(object_id(input)?),
            _ => StatusItem::XGuid(astring(input)?),
        })
    };
    Ok(StatusData { mailbox: mailbox(input)?, items: many(input, 0, 4, item)? })
}

pub(crate) fn response(input: Input<'_, '_>) -> Result<Response> {
    Ok(Response::Data(match input.int_in_range(0..=8u8)? {
        0 => {
            return Ok(Response::Tagged(Tagged { tag: tag(input)?, condition: condition(input)? }));
        }
        1 => Data::Condition(condition(input)?),
        2 => Data::Capability(capabilities(input)?),
        3 => Data::Flags(flags(input)?),
        4 => Data::List(Box::new(list_data(input)?)),
        5 => Data::Status(status_data(input)?),
        6 => {
            let found = option(input, |input| {
                // A range is written as its numbers.
                ranges(input, |input| {
                    some(NonZeroU32::new(input.int_in_range(1..=9999)?)).map(MessageNumber::from)
                })
            })?;
            Data::Search(SearchData::new(found, option(input, mod_seq)?))
        }
        _ => {
            Data::Fetch(Some(seq_num(input)?), FetchData { items: many(input, 1, 4, fetch_item)? })
        }
    }))
}
