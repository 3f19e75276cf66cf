//! G: BODYSTRUCTURE.

use bytes::Bytes;
use imap_proto::{
    BodyStructure, Cursor, Data, Defect, FetchItem, FetchPart, FetchReader, MalformedItem,
    ParseLimits, Part, PartKind, Response,
};
use mail_proto::{Leniency, Reading};

use crate::read::*;

const TEXT: &str = r#"("text" "plain" NIL NIL NIL "7bit" 1 1)"#;

fn media(part: Part<'_>) -> String {
    let lower = |octets: &[u8]| String::from_utf8(octets.to_ascii_lowercase()).unwrap();
    format!("{}/{}", lower(part.media_type().raw()), lower(part.media_subtype().raw()))
}

#[test]
pub fn q69_a_multipart_as_one_part() {
    let whole = |md5: &str| {
        format!(
            r#"(("multipart" "related" ("boundary" "b1") NIL NIL "7BIT" 400 {md5} NIL NIL NIL)("TEXT" "html" NIL NIL NIL "7BIT" 1115 70) "mixed" ("boundary" "b0") NIL NIL NIL)"#
        )
    };
    let wire = whole(r#"("boundary" "b1")"#);
    let read = structure(&wire, 61, &["misplaced-list"], &whole("NIL"));
    let parts: Vec<_> = read.root().children().collect();
    assert_eq!(
        parts.iter().map(|it| it.kind()).collect::<Vec<_>>(),
        [PartKind::Basic, PartKind::Text]
    );
    assert_eq!(media(parts[0]), "multipart/related");
    assert_eq!((parts[0].size(), parts[1].lines()), (Some(400), Some(70)));
    assert_eq!(read.root().param("boundary").unwrap(), "b0");
}

#[test]
pub fn q70_multiparts_without_parts() {
    let empty = r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#;
    for (octets, rest, subtype) in [
        (
            r#"("ALTERNATIVE" ("BOUNDARY" "==alt") NIL NIL)"#,
            r#""ALTERNATIVE" ("BOUNDARY" "==alt") NIL NIL)"#,
            "alternative",
        ),
        (
            r#"("RELATED" NIL ("ATTACHMENT" NIL) NIL)"#,
            r#""RELATED" NIL ("ATTACHMENT" NIL) NIL)"#,
            "related",
        ),
        (r#"("ALTERNATIVE")"#, r#""ALTERNATIVE")"#, "alternative"),
        (
            r#"(NIL "alternative" ("boundary" "x") NIL NIL NIL)"#,
            r#""alternative" ("boundary" "x") NIL NIL NIL)"#,
            "alternative",
        ),
    ] {
        // The grammar has no multipart without parts: an empty one is written.
        let wrote = format!("({empty} {rest}");
        let read = normalized(octets, 1, &["multipart-without-parts"], &wrote);
        assert!(read.root().is_multipart() && read.root().children().len() == 0);
        assert_eq!(media(read.root()), format!("multipart/{subtype}"));
    }
}

#[test]
pub fn q71_half_a_media_type() {
    let wire = r#"( "X-ZIP" ("BOUNDARY" "") NIL NIL "base64" 4096)"#;
    let wrote = r#"("APPLICATION" "X-ZIP" ("BOUNDARY" "") NIL NIL "base64" 4096)"#;
    let read = structure(wire, 1, &["space-in-list", "missing-media-type"], wrote);
    assert_eq!((media(read.root()), read.root().size()), ("application/x-zip".into(), Some(4096)));
    let wire = r#"("TEXT" ("CHARSET" "windows-1251") NIL NIL "base64" 356 5)"#;
    let wrote = r#"("TEXT" "PLAIN" ("CHARSET" "windows-1251") NIL NIL "base64" 356 5)"#;
    let read = structure(wire, 1, &["missing-media-type"], wrote);
    assert_eq!((media(read.root()), read.root().lines()), ("text/plain".into(), Some(5)));
    assert_eq!(read.root().param("charset").unwrap(), "windows-1251");
    let wire = r#"("APPLICATION" NIL NIL NIL "base64" 356)"#;
    let wrote = r#"("APPLICATION" "OCTET-STREAM" NIL NIL NIL "base64" 356)"#;
    let read = structure(wire, 1, &["missing-media-type"], wrote);
    assert_eq!(media(read.root()), "application/octet-stream");
}

#[test]
pub fn q72_a_part_of_nil() {
    let wire = r#"(NIL NIL NIL NIL NIL "7BIT" 563 NIL NIL NIL NIL)"#;
    let wrote = r#"("APPLICATION" "OCTET-STREAM" NIL NIL NIL "7BIT" 563 NIL NIL NIL NIL)"#;
    let read = structure(wire, 1, &["missing-media-type"; 2], wrote);
    assert_eq!(
        (media(read.root()), read.root().size()),
        ("application/octet-stream".into(), Some(563))
    );
    assert_eq!(read.root().lines(), None);
}

#[test]
pub fn q73_odd_encodings() {
    let text = |encoding: &str| {
        format!(
            r#"("text" "plain" ("CHARSET" "UTF-8") NIL NIL {encoding} 1423 44 NIL NIL NIL NIL)"#
        )
    };
    let read = normalized(&text("NIL"), 44, &["odd-encoding"], &text("\"7BIT\""));
    assert!(read.root().encoding().is_nil());
    assert_eq!((read.root().size(), read.root().lines()), (Some(1423), Some(44)));
    let bare = |encoding: &str| format!(r#"("text" "plain" NIL NIL NIL {encoding} 12 1)"#);
    let read = structure(&bare("7bit"), 28, &["odd-encoding"], &bare("\"7bit\""));
    assert_eq!(read.root().encoding(), "7bit");
    let read = legal_structure(r#"("image" "png" NIL NIL NIL "base64 " 12)"#);
    assert_eq!(read.root().encoding(), "base64");
}

#[test]
pub fn q74_parameters_of_nil() {
    let multipart = |value: &str| format!(r#"({TEXT} "alternative" ("boundary" {value}) NIL NIL)"#);
    let read = structure(&multipart("NIL"), 67, &["nil-parameter"], &multipart("\"\""));
    assert_eq!(read.root().param("boundary").unwrap(), "");
    let text = |params: &str| format!(r#"("text" "plain" {params} NIL NIL "7bit" 1 1)"#);
    let read = structure(&text("()"), 17, &["empty-list"], &text("NIL"));
    assert_eq!(read.root().params().len(), 0);
}

#[test]
pub fn q75_quotes_inside_of_a_parameter() {
    let octets =
        r#"BODYSTRUCTURE ("text" "plain" ("charset" "3D"Windows-1252"") NIL NIL "7bit" 1 1)"#;
    malformed(octets, 45, &["malformed-body"]);
    let data = chosen(octets, Defect::UnescapedQuote);
    let part = data.body_structure().unwrap().root();
    assert_eq!(part.param("charset").unwrap(), "3D\"Windows-1252\"");
    assert_eq!(part.lines(), Some(1));
}

#[test]
pub fn q76_languages_and_locations() {
    let multipart = |languages: &str| {
        format!(r#"({TEXT} "related" ("boundary" "b1") NIL {languages} NIL NIL)"#)
    };
    let wire = multipart(r#"("inline" NIL)"#);
    let read = structure(&wire, 83, &["nil-language"], &multipart("\"inline\""));
    assert!(read.root().language().eq(["inline"]), "nothing is guessed from the place");
    let html = |location: &str| {
        format!(
            r#"("text" "html" ("charset" "utf-8") NIL NIL "base64" 38706 497 NIL NIL NIL {location})"#
        )
    };
    let read = structure(&html("()"), 75, &["empty-list"], &html("NIL"));
    assert!(read.root().location().is_nil());
    assert_eq!(read.root().lines(), Some(497));
}

#[test]
pub fn q77_messages_without_envelope_or_body() {
    let wire = r#"("MESSAGE" "RFC822" NIL NIL NIL "BASE64" 2942 NIL ("ATTACHMENT" NIL) NIL)"#;
    let wrote =
        r#"("APPLICATION" "OCTET-STREAM" NIL NIL NIL "BASE64" 2942 NIL ("ATTACHMENT" NIL) NIL)"#;
    let read = normalized(wire, 45, &["message-without-envelope"], wrote);
    let part = read.root();
    assert_eq!((part.kind(), media(part)), (PartKind::Basic, "message/rfc822".into()));
    assert!(part.envelope().is_none() && part.body().is_none());
    assert_eq!(part.size(), Some(2942));
    assert_eq!(part.disposition().unwrap().kind, "ATTACHMENT");

    let message = |body: &str| {
        format!(
            r#"("message" "rfc822" NIL NIL NIL "7BIT" 787 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) {body} 0 NIL NIL NIL)"#
        )
    };
    let empty = r#"("APPLICATION" "OCTET-STREAM" NIL NIL NIL "7BIT" 0)"#;
    let (wire, front) = around(&format!("BODYSTRUCTURE {}", message("()")));
    let wrote = around(&format!("BODYSTRUCTURE {}", message(empty))).0;
    let (read, met) = leniently::<Response>(&unit::<Response>(&wire)).unwrap();
    assert_eq!(met, ["empty-part"]);
    assert_eq!(strictly::<Response>(&unit::<Response>(&wire)).unwrap_err().at, front + 14 + 86);
    assert_eq!(read.written(), wrote);
    let data = fetch(read);
    others_are_there(&data);
    let part = data.body_structure().unwrap().root();
    assert_eq!((part.kind(), part.lines(), part.size()), (PartKind::Message, Some(0), Some(787)));
    assert_eq!(media(part.body().unwrap()), "application/octet-stream");
}

#[test]
pub fn q78_lines_missing_or_too_many() {
    let wire = r#"("text" "plain" NIL NIL NIL "7bit" 12 NIL ("inline" NIL) NIL NIL)"#;
    let wrote = r#"("text" "plain" NIL NIL NIL "7bit" 12 0 NIL ("inline" NIL) NIL NIL)"#;
    let read = normalized(wire, 38, &["missing-lines"], wrote);
    assert_eq!((read.root().size(), read.root().lines()), (Some(12), None));
    assert_eq!(read.root().disposition().unwrap().kind, "inline");
    let wire = r#"("application" "pdf" NIL NIL NIL "base64" 48448 664 NIL NIL NIL)"#;
    let wrote = r#"("application" "pdf" NIL NIL NIL "base64" 48448 NIL NIL NIL)"#;
    let read = structure(wire, 48, &["unexpected-lines"], wrote);
    assert_eq!((read.root().size(), read.root().lines()), (Some(48448), None));
}

/// The parts of a FETCH that comes whole.
fn parts(unit: &Bytes) -> Vec<FetchPart> {
    let mut reader = FetchReader::recognize(unit).unwrap();
    let mut reading = Reading::new(Leniency::lenient());
    reader.segment(Bytes::from([unit, &b"\r\n"[..]].concat()), true);
    let parts = std::iter::from_fn(|| reader.next(&mut reading)).collect();
    assert!(reader.is_done());
    parts
}

#[test]
pub fn q79_a_structure_that_is_none() {
    // Where its parentheses close, the items behind it are there.
    malformed("BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" ...broken))", 14 + 17, &["malformed-body"]);
    // The octets of the case do not close: nobody can tell where the next item begins. What was
    // read before is there, and where it broke off.
    let unit = unit::<Response>(
        b"* 6 FETCH (UID 9 BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" ...broken) UID 9)\r\n",
    );
    assert!(leniently::<Response>(&unit).is_err());
    let read = parts(&unit);
    let [FetchPart::Begin(begin), FetchPart::Item(uid), FetchPart::Item(item), broken] = &read[..]
    else {
        panic!("{read:?}")
    };
    assert_eq!(begin.number().unwrap().get(), 6);
    assert!(matches!(uid, FetchItem::Uid(uid) if uid.get() == 9));
    assert!(matches!(item, FetchItem::Malformed { kind: MalformedItem::BodyStructure, .. }));
    let FetchPart::Malformed(broken) = broken else { panic!("{broken:?}") };
    assert_eq!(broken.error.at, unit.len());
}

#[test]
pub fn q80_structures_too_deep() {
    let deep = |levels: usize| {
        let open = "(".repeat(levels);
        let close = " \"mixed\")".repeat(levels);
        around(&format!("BODYSTRUCTURE {open}{TEXT}{close}")).0
    };
    let read = |wire: &[u8]| leniently::<Response>(&unit::<Response>(wire));
    let limit = usize::from(ParseLimits::client().body);
    let (value, met) = read(&deep(limit - 1)).unwrap();
    assert!(met.is_empty() && fetch(value).body_structure().is_some());
    // Deeper ones are kept, and cost no other item.
    let (value, met) = read(&deep(limit)).unwrap();
    assert_eq!(met, ["malformed-body"]);
    others_are_there(&fetch(value));
    let (value, met) = read(&deep(10_000)).unwrap();
    assert_eq!(met, ["malformed-body"]);
    others_are_there(&fetch(value));
    // Nothing but parentheses.
    let open = Bytes::from(b"(".repeat(10_000));
    let mut reading = Reading::new(Leniency::lenient());
    assert!(BodyStructure::parse(&mut Cursor::new(&open), &mut reading).is_err());
    let line = Bytes::from([b"* 1 FETCH (BODYSTRUCTURE ".to_vec(), b"(".repeat(10_000)].concat());
    assert!(leniently::<Response>(&line).is_err());
}

#[test]
pub fn q100_one_odd_item_is_one_malformed_item() {
    // An item that is not what it says: the others are there.
    malformed("ENVELOPE (\"x\" NIL)", 17, &["malformed-envelope"]);
    malformed("INTERNALDATE \"yesterday\"", 14, &["malformed-fetch-item"]);
    // A response that is none: which message, its UID, its octets and where it broke off are there.
    let unit = unit::<Response>(b"* 5 FETCH (UID 12 FLAGS (\\Seen) X\"\r\n");
    let read = parts(&unit);
    assert!(matches!(read.last(), Some(FetchPart::Malformed(_))), "{read:?}");
    assert!(matches!(&read[0], FetchPart::Begin(begin) if begin.number().unwrap().get() == 5));
    assert!(matches!(&read[1], FetchPart::Item(FetchItem::Uid(uid)) if uid.get() == 12));
    assert!(!matches!(leniently::<Response>(&unit), Ok((Response::Data(Data::Fetch(..)), _))));
}
