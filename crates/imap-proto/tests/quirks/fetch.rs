//! H: literals, sections and sizes of FETCH.

use imap_proto::connection::Frame;
use imap_proto::{
    BodyName, Command, CommandBody, Data, FetchAtt, FetchData, FetchItem, ModSeq, Response,
    Section, SectionPart, SectionText,
};

use crate::read::*;

fn body(fetch: &FetchData) -> Option<&[u8]> {
    let bodies: Vec<_> = fetch.bodies().collect();
    assert_eq!(bodies.len(), 1);
    bodies[0].octets.as_deref()
}

#[test]
pub fn q81_sizes_that_lie() {
    assert_eq!(fetch(legal(b"* 1 FETCH (RFC822.SIZE 1234)\r\n")).size(), Some(1234));
    // Of a body its own announcement counts.
    let data = fetch(legal(b"* 1 FETCH (RFC822.SIZE 1234 BODY[] {3}\r\nabc)\r\n"));
    assert_eq!((data.size(), body(&data)), (Some(1234), Some(&b"abc"[..])));
}

#[test]
pub fn q82_values_of_sections() {
    let text = |value: &str| {
        let part = SectionPart::new([1]).unwrap();
        let data =
            fetch(legal(format!("* 3 FETCH (UID 1 BODY[1.TEXT]<0> {value})\r\n").as_bytes()));
        let section = Section::new(part, Some(SectionText::Text)).unwrap();
        let BodyName::Section { section: read, origin } = &data.bodies().next().unwrap().name
        else {
            panic!()
        };
        assert_eq!((read, origin), (&section, &Some(0)));
        body(&data).map(<[u8]>::to_vec)
    };
    assert_eq!(text("NIL"), None);
    assert_eq!(text("\"short\"").unwrap(), b"short");
    assert_eq!(text("{2}\r\n\")").unwrap(), b"\")");
    let wire = b"* 1 FETCH (UID 3016 BODY[2.MIME] {2}\r\n\r\n BODY[2] )\r\n";
    let wrote = b"* 1 FETCH (UID 3016 BODY[2.MIME] {2}\r\n\r\n BODY[2] NIL)\r\n";
    let data = fetch(deviates(wire, 49, &["missing-fetch-value"], wrote));
    let octets: Vec<_> = data.bodies().map(|it| it.octets.as_deref()).collect();
    assert_eq!(octets, [Some(&b"\r\n"[..]), None]);
}

#[test]
pub fn q83_a_literal_too_short() {
    let units = units::<Response>(b"* 1 FETCH (BODY[] {3}\r\nabc\r\n)\r\nA1 OK\r\n");
    assert_eq!(units, ["* 1 FETCH (BODY[] {3}\r\nabc", ")", "A1 OK"], "lines are never joined");
    assert_eq!(refused::<Response>(&units[0]), 26);
    assert_eq!(refused::<Response>(&units[1]), 0);
    assert!(leniently::<Response>(&units[2]).is_ok());
}

#[test]
pub fn q84_fetch_with_a_tag() {
    let unit = unit::<Response>(b"A1234 987 FETCH ()\r\n");
    assert_eq!(refused::<Response>(&unit), 6);
    // The tag can be read all the same.
    let mut reading = mail_proto::Reading::new(mail_proto::Leniency::strict());
    let tag = imap_proto::Tag::parse(&mut imap_proto::Cursor::new(&unit), &mut reading);
    assert_eq!(tag.unwrap().as_bytes(), b"A1234");
}

#[test]
pub fn q85_bodies_without_a_line_end() {
    let data = fetch(legal(b"* 1 FETCH (BODY[TEXT] {8}\r\nblahblah)\r\n"));
    assert_eq!(body(&data), Some(&b"blahblah"[..]));
    // Without the length: the item is given up, with where.
    assert_eq!(refused::<Response>(b"* 1 FETCH (BODY[TEXT] {}"), 23);
}

#[test]
pub fn q86_items_behind_the_list() {
    let wire = b"* 1 FETCH (UID 5 BODY[] {3}\r\nabc) FLAGS (\\Seen) RFC822.SIZE 3\r\n";
    let wrote = b"* 1 FETCH (UID 5 BODY[] {3}\r\nabc)\r\n";
    let data = fetch(deviates(wire, 33, &["fetch-trailer"], wrote));
    assert_eq!((data.uid().unwrap().get(), body(&data)), (5, Some(&b"abc"[..])));
}

#[test]
pub fn q87_fetch_of_nothing() {
    let wire = b"* 6 FETCH ()\r\n";
    let data = fetch(keeps(wire, 11, &["empty-fetch"], wire));
    assert!(data.items.is_empty());
    assert_eq!(fetch(legal(b"* 1 FETCH (UID 1)\r\n")).items.len(), 1);
}

#[test]
pub fn q87_items_in_parentheses_of_their_own() {
    let wire = b"* 2 FETCH (UID 14935 (ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)) BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL))\r\n";
    let wrote = b"* 2 FETCH (UID 14935 ENVELOPE (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 0 0 NIL))\r\n";
    let data = fetch(deviates(wire, 21, &["nested-fetch-items"], wrote));
    assert_eq!(data.uid().unwrap().get(), 14935);
    assert!(data.envelope().unwrap().subject().is_nil());
    assert_eq!(data.body_structure().unwrap().root().lines(), Some(0));
}

#[test]
pub fn q88_unknown_items() {
    let wire = b"* 1 FETCH (UID 1 XAOL.SPAM.REASON NIL X-FOO (a (b \"c\")) FLAGS ())\r\n";
    let read: Response = legal(wire);
    assert_eq!(read.written(), wire, "octet by octet");
    let data = fetch(read);
    let unknown = |item: &FetchItem| match item {
        FetchItem::Unknown(item) => {
            Some((item.name().as_bytes().to_vec(), item.value().as_bytes().to_vec()))
        }
        _ => None,
    };
    let unknown: Vec<_> = data.items.iter().filter_map(unknown).collect();
    let expected: [(&[u8], &[u8]); 2] =
        [(b"XAOL.SPAM.REASON", b"NIL"), (b"X-FOO", b"(a (b \"c\"))")];
    assert_eq!(unknown, expected.map(|(name, value)| (name.to_vec(), value.to_vec())));
    assert!(data.uid().is_some() && data.flags().is_some());
}

#[test]
pub fn q89_sections_as_the_server_says_them() {
    let wire = b"A1 FETCH 1 BODY.PEEK[HEADER.FIELDS (From Message-ID)]\r\n";
    let CommandBody::Fetch(asked) = legal::<Command>(wire).body else { panic!() };
    let FetchAtt::BodySection(asked) = &asked.atts().as_slice()[0] else { panic!() };
    let wire = b"* 1 FETCH (BODY[HEADER.FIELDS (\"MESSAGE-ID\" FROM)] {2}\r\n\r\n)\r\n";
    let data = fetch(legal(wire));
    assert_eq!(data.body(&asked.section).unwrap(), "\r\n", "in any order and case");
    let wire = b"* 1 FETCH (BODY[HEADER.FIELDS ({10}\r\nmessage-id \"from\")] \"\")\r\n";
    assert_eq!(fetch(legal(wire)).body(&asked.section).unwrap(), "");
}

#[test]
pub fn q91_what_is_in_a_header() {
    let data = fetch(legal(b"* 1 FETCH (BODY[HEADER] {27}\r\n!@&^*$(*&E WOIFDUJS Fu87#$*)\r\n"));
    assert_eq!(data.body(&Section::header()).unwrap(), "!@&^*$(*&E WOIFDUJS Fu87#$*");
}

#[test]
pub fn q92_no_space_between_items() {
    let wire = b"* 5 FETCH (UID 123MODSEQ (5))\r\n";
    let wrote = b"* 5 FETCH (UID 123 MODSEQ (5))\r\n";
    let data = fetch(deviates(wire, 18, &["missing-space"], wrote));
    assert_eq!((data.uid().unwrap().get(), data.mod_seq().map(ModSeq::get)), (123, Some(5)));
}

#[test]
pub fn q93_literal8_or_literal() {
    let part = SectionPart::new([1]).unwrap();
    let data = fetch(legal(b"* 1 FETCH (BINARY[1] ~{3}\r\na\0b)\r\n"));
    assert_eq!(data.binary(&part).unwrap(), "a\0b");
    let data = fetch(legal(b"* 1 FETCH (BINARY[1] {3}\r\naxb)\r\n"));
    assert_eq!(data.binary(&part).unwrap(), "axb");
    let wire = b"* 1 FETCH (BODY[1] ~{3}\r\naxb)\r\n";
    let wrote = b"* 1 FETCH (BODY[1] {3}\r\naxb)\r\n";
    let data = fetch(deviates(wire, 19, &["literal8-for-literal"], wrote));
    assert_eq!(body(&data), Some(&b"axb"[..]));
}

#[test]
pub fn q123_line_ends_in_quotes() {
    let wire =
        b"* 1 FETCH (ENVELOPE (NIL \"a\r\n b\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n* 2 EXISTS\r\n";
    let cut = units::<Response>(wire);
    assert_eq!(cut.len(), 3);
    assert_eq!(refused::<Response>(&cut[0]), 27);
    assert_eq!(refused::<Response>(&cut[1]), 0);
    assert!(strictly::<Response>(&cut[2]).is_ok());

    // Two lines are two lines: what a server lets others write, no reader can tell from its own.
    let wire = b"* 1 FETCH (ENVELOPE (NIL NIL ((\"A\r\n* 9 EXISTS\r\n\" NIL \"a\" \"b.org\")) NIL NIL NIL NIL NIL NIL NIL))\r\n";
    let cut = units::<Response>(wire);
    assert_eq!(cut.len(), 3);
    assert_eq!(refused::<Response>(&cut[0]), 33);
    assert_eq!(strictly::<Response>(&cut[1]), Ok(Response::Data(Data::Exists(9))));
    assert_eq!(refused::<Response>(&cut[2]), 0);
}

#[test]
pub fn q123_the_encoder_never_does_it() {
    let mut fields = imap_proto::Envelope::builder();
    let from = [imap_proto::AddressFields::new(Some(b"A\r\n* 9 EXISTS\r\n"), b"a", b"b.org")];
    fields.from = &from;
    let item = FetchItem::Envelope(Box::new(fields.build().unwrap()));
    let number = imap_proto::SeqNum::new(1);
    let response = Response::Data(Data::Fetch(number, FetchData { items: vec![item] }));
    let wrote = response.written();
    assert_eq!(strictly::<Response>(&unit::<Response>(&wrote)), Ok(response));
    assert!(
        matches!(Response::framer().find(&wrote), Frame::Literal(literal) if literal.size == 15)
    );
}
