//! BODYSTRUCTUREs that the RFCs show, and those that servers send.

use alloc::vec;
use alloc::vec::Vec;

use super::{odd_body, with_quotes};
use crate::codec::structure::{BodyStructure, Part, PartKind};
use crate::codec::testing::{lenient, reads_and_writes, strict, written};
use crate::{Defect, Encoder, Negotiated, Strings};

fn kinds(structure: &BodyStructure) -> Vec<PartKind> {
    structure.parts().map(Part::kind).collect()
}

#[test]
fn the_examples_of_the_rfcs() {
    // RFC 3501 and RFC 9051 section 8; RFC 2180 section 4.1.3.
    let text = br#"("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 3028 92)"#;
    let structure = reads_and_writes(text, BodyStructure::parse, BodyStructure::encode);
    let part = structure.root();
    assert_eq!(kinds(&structure), [PartKind::Text]);
    assert_eq!(part.param("charset").unwrap(), "US-ASCII");
    assert_eq!((part.size(), part.lines()), (Some(3028), Some(92)));
    assert!(part.id().is_nil() && part.disposition().is_none());
    reads_and_writes(
        br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#,
        BodyStructure::parse,
        BodyStructure::encode,
    );

    // RFC 9051 section 7.5.2, RFC 4550 section 2.4.1.
    let mixed = br#"(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1152 23)("TEXT" "PLAIN" ("CHARSET" "US-ASCII" "NAME" "trip.txt") "<960723163407.20117h@washington.example.com>" "Your trip details" "BASE64" 4554 73) "MIXED")"#;
    let structure = reads_and_writes(mixed, BodyStructure::parse, BodyStructure::encode);
    assert_eq!(kinds(&structure), [PartKind::Multipart, PartKind::Text, PartKind::Text]);
    let trip = structure.root().children().nth(1).unwrap();
    assert_eq!(trip.id(), "<960723163407.20117h@washington.example.com>");
    assert_eq!(trip.description(), "Your trip details");
    assert_eq!(trip.param("NAME").unwrap(), "trip.txt");
    assert_eq!(trip.depth(), 1);
    assert_eq!(structure.depth(), 2);
    let size = br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9223372036854775807 9223372036854775807)"#;
    let structure = reads_and_writes(size, BodyStructure::parse, BodyStructure::encode);
    assert_eq!(structure.root().lines(), Some(u64::MAX >> 1));
}

/// RFC 5616 section 3.3, a part without a field and a multipart without its subtype.
#[test]
fn an_example_that_is_wrong() {
    let typo = br#"(("TEXT" "PLAIN" ("CHARSET" "US-ASCII") NIL NIL "7BIT" 1152 23)("VIDEO" "MPEG" NIL NIL "BASE64" 655350))"#;
    assert_eq!(lenient(typo, BodyStructure::parse).0.unwrap_err().at, 96);
}

const EXTENDED: &[u8] = br#"("IMAGE" "PNG" NIL NIL NIL "BASE64" 7 "md5" ("attachment" ("filename" "a" "size" "7")) ("en" "de") "loc" 1 ("x" (2 NIL) {3}
abc) 9)"#;

#[test]
fn extension_data() {
    let octets =
        EXTENDED.iter().flat_map(|it| if *it == b'\n' { vec![b'\r', b'\n'] } else { vec![*it] });
    let octets: Vec<u8> = octets.collect();
    let structure = reads_and_writes(&octets, BodyStructure::parse, BodyStructure::encode);
    let part = structure.root();
    assert_eq!(part.md5(), "md5");
    let disposition = part.disposition().unwrap();
    assert_eq!(disposition.kind, "attachment");
    assert_eq!(disposition.params.clone().value_of("SIZE").unwrap(), "7");
    assert_eq!(disposition.params.len(), 2);
    assert!(part.language().eq(["en", "de"]));
    assert_eq!(part.location(), "loc");
    assert_eq!(part.extension(), b"1 (\"x\" (2 NIL) {3}\r\nabc) 9");
    let body = written(|encoder| structure.encode_body(encoder));
    assert_eq!(body, br#"("IMAGE" "PNG" NIL NIL NIL "BASE64" 7)"#);
    // What is rewritten is the same: for a client, and where there is something to rewrite.
    let mut out = Vec::new();
    let client = Negotiated::client();
    structure.encode(&mut Encoder::new(&mut out, client));
    let rewritten = octets.clone();
    let expected =
        alloc::string::String::from_utf8(rewritten).unwrap().replace("{3}\r\nabc", "\"abc\"");
    assert_eq!(
        mail_proto::Escaped(&out).to_string(),
        mail_proto::Escaped(expected.as_bytes()).to_string()
    );
}

use alloc::string::ToString;

#[test]
fn a_message_in_a_message() {
    for subtype in ["RFC822", "GLOBAL", "global"] {
        let octets = alloc::format!(
            r#"("MESSAGE" "{subtype}" NIL NIL NIL "7BIT" 787 (NIL "s" NIL NIL NIL NIL NIL NIL NIL NIL) (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 2)("TEXT" "HTML" NIL NIL NIL "7BIT" 3 4) "MIXED") 40 NIL NIL NIL "l")"#
        );
        let structure =
            reads_and_writes(octets.as_bytes(), BodyStructure::parse, BodyStructure::encode);
        let message = structure.root();
        assert_eq!(message.envelope().unwrap().subject(), "s");
        assert_eq!((message.size(), message.lines()), (Some(787), Some(40)));
        assert_eq!(message.body().unwrap().children().len(), 2);
        assert_eq!(message.location(), "l");
        assert_eq!(structure.depth(), 3);
    }
}

/// Q5, Q75: what ends a string is guessed only for those who ask for it.
#[test]
fn quotes_in_quotes() {
    for (octets, expected) in [
        (
            &br#"("application" "octet-stream" ("name" "a.pdf") NIL """" "base64" 65322)"#[..],
            "\"\"",
        ),
        (
            br#"("application" "octet-stream" NIL NIL "3D"Windows-1252"" "base64" 1)"#,
            "3D\"Windows-1252\"",
        ),
    ] {
        let (structure, defects) = with_quotes(octets, BodyStructure::from_wire);
        assert_eq!(structure.root().description(), expected);
        assert_eq!(defects, [Defect::UnescapedQuote; 2]);
    }
    let boundary =
        br#"("MOUNDARY="_006_5D_"" "OCTET-STREAM" ("name" "t.dat") NIL NIL "quoted-printable" 9)"#;
    let (structure, _) = with_quotes(boundary, BodyStructure::from_wire);
    assert_eq!(structure.root().media_type(), "MOUNDARY=\"_006_5D_\"");
}

/// Q6.
#[test]
fn eight_bit_names() {
    let octets = b"(\"image\" \"png\" (\"name\" \"G\xf6r\xfcnt\xfc1\") NIL NIL \"base64\" 15440)";
    let (structure, defects, at) = odd_body(octets);
    assert_eq!((defects, at), (vec![Defect::EightBitInQuoted], 25));
    assert_eq!(structure.root().param("name").unwrap(), &b"G\xf6r\xfcnt\xfc1"[..]);
    let out = written(|encoder| structure.encode(encoder));
    let expected =
        b"(\"image\" \"png\" (\"name\" {8}\r\nG\xf6r\xfcnt\xfc1) NIL NIL \"base64\" 15440)";
    assert_eq!(out, expected);
}

/// Q55, Q56, Q57.
#[test]
fn numbers_that_are_none() {
    for (octets, expected, size, lines) in [
        (
            &br#"("application" "zip" NIL NIL NIL "base64" 9.3736e+06)"#[..],
            vec![Defect::FloatNumber],
            Some(9_373_600),
            None,
        ),
        (
            br#"("multipart" "digest" ("boundary" "x") NIL NIL "7BIT" -1 NIL NIL NIL NIL)"#,
            vec![Defect::NegativeNumber],
            None,
            None,
        ),
        (
            br#"("text" "plain" NIL NIL NIL "7bit" -2 0)"#,
            vec![Defect::NegativeNumber],
            None,
            Some(0),
        ),
        (
            br#"("text" "plain" NIL NIL NIL "7bit" 3 -1)"#,
            vec![Defect::NegativeNumber],
            Some(3),
            None,
        ),
        (br#"("text" "plain" NIL NIL NIL "7bit" NIL NIL)"#, vec![Defect::NilNumber; 2], None, None),
        (
            br#"("text" "plain" NIL NIL NIL "7bit" 1 NIL NIL ("a" NIL))"#,
            vec![Defect::NilNumber],
            Some(1),
            None,
        ),
        (
            br#"("text" "plain" NIL NIL NIL "7bit" 9223372036854775808 1)"#,
            vec![Defect::NumberOutOfRange],
            None,
            Some(1),
        ),
    ] {
        let (structure, defects, _) = odd_body(octets);
        assert_eq!(defects, expected);
        assert_eq!((structure.root().size(), structure.root().lines()), (size, lines));
    }
}

/// Q69.
#[test]
fn a_multipart_as_one_part() {
    let octets = br#"(("multipart" "related" ("boundary" "b1") NIL NIL "7BIT" 400 ("boundary" "b1") NIL NIL NIL)("TEXT" "html" NIL NIL NIL "7BIT" 1115 70) "mixed" ("boundary" "b0") NIL NIL NIL)"#;
    let (structure, defects, at) = odd_body(octets);
    assert_eq!((defects, at), (vec![Defect::MisplacedList], 61));
    assert_eq!(kinds(&structure), [PartKind::Multipart, PartKind::Basic, PartKind::Text]);
}

/// Q70.
#[test]
fn multiparts_without_parts() {
    for (octets, at, subtype, boundary) in [
        (&br#"("ALTERNATIVE" ("BOUNDARY" "==alt") NIL NIL)"#[..], 1, "ALTERNATIVE", Some("==alt")),
        (br#"("RELATED" NIL ("ATTACHMENT" NIL) NIL)"#, 1, "RELATED", None),
        (br#"("RELATED" NIL ("ATTACHMENT" ("FILENAME" "x")) NIL)"#, 1, "RELATED", None),
        (br#"("ALTERNATIVE")"#, 1, "ALTERNATIVE", None),
        (br#"(NIL "alternative" ("boundary" "x") NIL NIL NIL)"#, 1, "alternative", Some("x")),
    ] {
        let (structure, defects, strict_at) = odd_body(octets);
        assert_eq!((&defects[0], strict_at), (&Defect::MultipartWithoutParts, at));
        assert_eq!(defects.len(), 1, "{defects:?}");
        let part = structure.root();
        assert_eq!((part.kind(), part.children().len()), (PartKind::Multipart, 0));
        assert!(part.media_subtype() == subtype);
        assert_eq!(part.param("boundary").is_some(), boundary.is_some());
        assert!(boundary.is_none_or(|value| part.param("boundary").unwrap() == value));
    }
    // MailKit #205: inside of another one.
    let nested = br#"(("ALTERNATIVE" ("BOUNDARY" "==a") NIL NIL)("TEXT" "HTML" ("CHARSET" "iso-8859-1") NIL NIL "7BIT" 6769 171 NIL NIL NIL) "ALTERNATIVE" ("BOUNDARY" "==a") NIL NIL)"#;
    let (structure, _, _) = odd_body(nested);
    assert_eq!(kinds(&structure), [PartKind::Multipart, PartKind::Multipart, PartKind::Text]);
    // MailKit #1841: as a message's body.
    let body = br#"("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 2942 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("ALTERNATIVE") 51)"#;
    let (structure, _, _) = odd_body(body);
    assert_eq!(kinds(&structure), [PartKind::Message, PartKind::Multipart]);
    assert_eq!(structure.root().lines(), Some(51));
}

#[test]
fn what_stands_in_for_parts_takes_the_form_of_strings() {
    let (empty, _, _) = odd_body(b"(\"MIXED\")");
    let literals = Negotiated { strings: Strings::Literal, ..Negotiated::server() };
    let mut out = Vec::new();
    empty.encode(&mut Encoder::new(&mut out, literals));
    let part = b"({4}\r\nTEXT {5}\r\nPLAIN NIL NIL NIL {4}\r\n7BIT 0 0)";
    assert!(out.windows(part.len()).any(|it| it == part), "{}", mail_proto::Escaped(&out));
}

/// Q71, Q72.
#[test]
fn missing_media_types() {
    for (octets, expected, media_type, subtype, size) in [
        (
            &br#"( "X-ZIP" ("BOUNDARY" "") NIL NIL "base64" 4096)"#[..],
            vec![Defect::SpaceInList, Defect::MissingMediaType],
            "APPLICATION",
            "X-ZIP",
            4096,
        ),
        (
            br#"("TEXT" ("CHARSET" "windows-1251") NIL NIL "base64" 356 5)"#,
            vec![Defect::MissingMediaType],
            "TEXT",
            "PLAIN",
            356,
        ),
        (
            br#"("APPLICATION" NIL NIL NIL "base64" 356)"#,
            vec![Defect::MissingMediaType],
            "APPLICATION",
            "OCTET-STREAM",
            356,
        ),
        (
            br#"(NIL NIL NIL NIL NIL "7BIT" 563 NIL NIL NIL NIL)"#,
            vec![Defect::MissingMediaType; 2],
            "APPLICATION",
            "OCTET-STREAM",
            563,
        ),
    ] {
        let (structure, defects, _) = odd_body(octets);
        assert_eq!(defects, expected);
        let part = structure.root();
        assert!(part.media_type() == media_type && part.media_subtype() == subtype);
        assert_eq!(part.size(), Some(size));
    }
    let (structure, defects, at) =
        odd_body(br#"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0) NIL ("BOUNDARY" "x"))"#);
    assert_eq!((defects, at), (vec![Defect::MissingMediaType], 41));
    assert_eq!(structure.root().media_subtype(), "MIXED");
    let (_, defects, at) = odd_body(br#"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0))"#);
    assert_eq!((defects, at), (vec![Defect::MissingMediaType], 40));
}

/// Q73.
#[test]
fn odd_encodings() {
    let (structure, defects, at) =
        odd_body(br#"("text" "plain" ("CHARSET" "UTF-8") NIL NIL NIL 1423 44 NIL NIL NIL NIL)"#);
    assert_eq!((defects, at), (vec![Defect::OddEncoding], 44));
    assert!(structure.root().encoding().is_nil());
    let (structure, defects, at) = odd_body(br#"("text" "plain" NIL NIL NIL 7bit 12 1)"#);
    assert_eq!((defects, at), (vec![Defect::OddEncoding], 28));
    assert_eq!(structure.root().encoding(), "7bit");
    // A string is a string; the space is for whoever reads it.
    let octets = br#"("image" "png" NIL NIL NIL "base64 " 12)"#;
    let structure = reads_and_writes(octets, BodyStructure::parse, BodyStructure::encode);
    assert_eq!(structure.root().encoding(), "base64");
}

/// Q74.
#[test]
fn odd_parameters() {
    let (structure, defects, at) = odd_body(br#"("text" "plain" () NIL NIL "7bit" 1 1)"#);
    assert_eq!((defects, at, structure.root().params().len()), (vec![Defect::EmptyList], 17, 0));
    let octets = br#"(("text" "plain" NIL NIL NIL "7bit" 1 1) "alternative" ("boundary" NIL))"#;
    let (structure, defects, at) = odd_body(octets);
    assert_eq!((defects, at), (vec![Defect::NilParameter], 67));
    assert_eq!(structure.root().param("boundary").unwrap(), "");
}

/// Q76, Exchange's dispositions, `()` for a location.
#[test]
fn odd_extension_data() {
    let text = |tail: &str| {
        alloc::format!(r#"("text" "html" NIL NIL NIL "base64" 38706 497{tail})"#).into_bytes()
    };
    for (tail, expected, disposition, languages) in [
        (" NIL \"inline\" NIL NIL", vec![Defect::OddDisposition], Some("inline"), vec![]),
        (" NIL (NIL NIL) NIL NIL", vec![Defect::OddDisposition], None, vec![]),
        (" NIL (\"inline\")", vec![Defect::OddDisposition], Some("inline"), vec![]),
        (" NIL () NIL", vec![Defect::EmptyList], None, vec![]),
        (" NIL NIL (\"en\" NIL \"de\")", vec![Defect::NilLanguage], None, vec!["en", "de"]),
        (" NIL NIL (\"inline\" NIL) NIL", vec![Defect::NilLanguage], None, vec!["inline"]),
        (" NIL NIL () NIL", vec![Defect::EmptyList], None, vec![]),
        (" NIL NIL NIL ()", vec![Defect::EmptyList], None, vec![]),
        (" NIL NIL NIL NIL (() 1)", vec![Defect::EmptyList], None, vec![]),
        (" NIL  NIL NIL NIL ", vec![Defect::DoubleSpace, Defect::SpaceInList], None, vec![]),
    ] {
        let (structure, defects, _) = odd_body(&text(tail));
        assert_eq!(defects, expected, "{tail}");
        let part = structure.root();
        assert!(part.language().eq(languages), "{tail}");
        assert_eq!(part.disposition().is_some(), disposition.is_some(), "{tail}");
        assert!(part.disposition().is_none_or(|it| it.kind == disposition.unwrap()));
    }
    let related = br#"(("text" "plain" NIL NIL NIL "7bit" 1 1) "related" ("boundary" "b1") NIL ("inline" NIL) NIL NIL)"#;
    let (structure, defects, at) = odd_body(related);
    assert_eq!((defects, at), (vec![Defect::NilLanguage], 83));
    assert!(structure.root().language().eq(["inline"]));
}

/// Q77.
#[test]
fn messages_that_are_none() {
    let gmail = br#"("MESSAGE" "RFC822" NIL NIL NIL "BASE64" 2942 NIL ("ATTACHMENT" NIL) NIL)"#;
    let (structure, defects, at) = odd_body(gmail);
    assert_eq!((defects, at), (vec![Defect::MessageWithoutEnvelope], 45));
    let part = structure.root();
    assert_eq!((part.kind(), part.size()), (PartKind::Basic, Some(2942)));
    assert!(part.media_type() == "MESSAGE" && part.envelope().is_none() && part.body().is_none());
    assert_eq!(part.disposition().unwrap().kind, "ATTACHMENT");
    let (_, defects, _) = odd_body(br#"("MESSAGE" "RFC822" NIL NIL NIL "BASE64" 2942)"#);
    assert_eq!(defects, [Defect::MessageWithoutEnvelope]);

    for empty in ["()", "NIL"] {
        let octets = alloc::format!(
            r#"("message" "rfc822" NIL NIL NIL "7BIT" 787 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) {empty} 0 NIL NIL NIL)"#
        );
        let (structure, defects, _) = odd_body(octets.as_bytes());
        assert_eq!(defects, [Defect::EmptyPart]);
        assert_eq!(kinds(&structure), [PartKind::Message, PartKind::Basic]);
        let body = structure.root().body().unwrap();
        assert!(body.media_type() == "APPLICATION" && body.size().is_none());
    }
    let (_, defects, at) = odd_body(b"()");
    assert_eq!((defects, at), (vec![Defect::EmptyPart], 1));
}

/// Q78.
#[test]
fn lines_where_none_belong() {
    let octets = br#"("text" "plain" NIL NIL NIL "7bit" 12 NIL ("inline" NIL) NIL NIL)"#;
    let (structure, defects, at) = odd_body(octets);
    assert_eq!((defects, at), (vec![Defect::MissingLines], 38));
    assert_eq!(structure.root().lines(), None);
    assert_eq!(structure.root().disposition().unwrap().kind, "inline");
    let (_, defects, _) = odd_body(br#"("text" "plain" NIL NIL NIL "7bit" 12)"#);
    assert_eq!(defects, [Defect::MissingLines]);
    let octets = br#"("application" "pdf" NIL NIL NIL "base64" 48448 664 NIL NIL NIL)"#;
    let (structure, defects, at) = odd_body(octets);
    assert_eq!((defects, at), (vec![Defect::UnexpectedLines], 48));
    assert_eq!((structure.root().size(), structure.root().lines()), (Some(48448), None));
    let octets = br#"("message" "rfc822" NIL NIL NIL "7BIT" 7 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0))"#;
    assert_eq!(odd_body(octets).1, [Defect::MissingLines]);
}

/// javamail #278: Exchange puts a description, and NIL, before the parts.
#[test]
fn a_description_before_the_parts() {
    for nil in ["", "NIL "] {
        let octets = alloc::format!(
            r#"("S/MIME Encrypted Message" {nil}("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)("TEXT" "HTML" NIL NIL NIL "7BIT" 1 1) "MIXED")"#
        );
        let (structure, defects, at) = odd_body(octets.as_bytes());
        assert_eq!((defects, at), (vec![Defect::StrayDescription], 1));
        assert_eq!(kinds(&structure), [PartKind::Multipart, PartKind::Text, PartKind::Text]);
        assert_eq!(structure.root().media_subtype(), "MIXED");
    }
}

#[test]
fn odd_spaces() {
    let octets = br#"( ("TEXT"  "PLAIN" NIL NIL NIL"7BIT" 1 1) ("TEXT" "HTML" ("a" "b" )NIL NIL "7BIT" 1 1 )"MIXED" )"#;
    let (structure, defects, at) = odd_body(octets);
    assert_eq!(at, 1);
    let expected = [
        Defect::SpaceInList,
        Defect::DoubleSpace,
        Defect::MissingSpace,
        Defect::SpaceInList,
        Defect::SpaceInList,
        Defect::MissingSpace,
        Defect::SpaceInList,
        Defect::MissingSpace,
        Defect::SpaceInList,
    ];
    assert_eq!(defects, expected);
    assert_eq!(kinds(&structure), [PartKind::Multipart, PartKind::Text, PartKind::Text]);
}

#[test]
fn what_is_no_body() {
    for (octets, at) in [
        (&b""[..], 0),
        (b"NIL", 0),
        (b"(", 1),
        (b"((", 2),
        (b"(\"TEXT\"", 7),
        (b"(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1", 38),
        (b"(\"TEXT\" \"PLAIN\" (\"a\") NIL NIL \"7BIT\" 1 1)", 20),
        (b"(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1 NIL NIL NIL NIL x)", 55),
        (b"((\"TEXT\" \"PLAIN\" ...broken)", 17),
    ] {
        let (read, _) = lenient(octets, BodyStructure::parse);
        assert_eq!(read.map_err(|error| error.at), Err(at), "{}", mail_proto::Escaped(octets));
    }
    assert!(strict(br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1)"#, BodyStructure::parse).is_err());
}
