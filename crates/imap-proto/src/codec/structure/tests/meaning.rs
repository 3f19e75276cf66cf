//! What is equal, what is written for whom, what numbers name.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use mail_proto::{Leniency, Reading};
use proptest::prelude::*;

use super::{any_body_structure, any_envelope};
use crate::codec::structure::{
    AddressFields, BodyStructure, DispositionFields, Envelope, ExtensionFields, PartFields,
};
use crate::codec::testing::{round_trips, strict, written};
use crate::codec::{Encoder, Negotiated, SectionPart};

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// In the canonical form.
fn rewritten(encode: impl FnOnce(&mut Encoder<'_, Vec<u8>>)) -> Vec<u8> {
    let mut out = Vec::new();
    encode(&mut Encoder::new(&mut out, Negotiated::client()));
    out
}

proptest! {
    #[test]
    fn envelopes_round_trip(value in any_envelope()) {
        round_trips(&value, Envelope::encode, Envelope::parse);
        let again = Envelope::from_wire(
            rewritten(|encoder| value.encode(encoder)),
            &mut Reading::new(Leniency::strict()),
        ).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(hash(&again), hash(&value));
        prop_assert_eq!(&value.detach(), &value);
        prop_assert_eq!(alloc::format!("{:?}", again.fields()), alloc::format!("{:?}", value.fields()));
    }

    #[test]
    fn bodies_round_trip(value in any_body_structure()) {
        round_trips(&value, BodyStructure::encode, BodyStructure::parse);
        let again = BodyStructure::from_wire(
            rewritten(|encoder| value.encode(encoder)),
            &mut Reading::new(Leniency::strict()),
        ).unwrap();
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(hash(&again), hash(&value));
        prop_assert_eq!(&value.detach(), &value);
        let body = written(|encoder| value.encode_body(encoder));
        let body = strict(&body, BodyStructure::parse).unwrap();
        prop_assert_eq!(body.parts().count(), value.parts().count());
        prop_assert_eq!(body.depth(), value.depth());
        prop_assert!(body.parts().all(|part| part.extension().is_empty() && part.md5().is_nil()));
        prop_assert_eq!(written(|encoder| body.encode_body(encoder)), written(|encoder| body.encode(encoder)));
    }
}

#[test]
fn spelling_is_no_meaning() {
    let read = |octets: &[u8]| strict(octets, Envelope::parse).unwrap();
    let quoted = read(b"(\"d\" \"a\\\"\" NIL NIL NIL NIL NIL NIL NIL NIL)");
    let literal = read(b"({1}\r\nd {2+}\r\na\" NIL NIL NIL NIL NIL NIL NIL NIL)");
    assert_eq!(quoted, literal);
    assert_eq!(hash(&quoted), hash(&literal));
    assert_ne!(quoted, read(b"(\"d\" \"b\\\"\" NIL NIL NIL NIL NIL NIL NIL NIL)"));
    assert_ne!(
        read(b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
        read(b"(\"\" NIL NIL NIL NIL NIL NIL NIL NIL NIL)")
    );
    // A non-synchronizing literal is not for servers to send.
    assert_eq!(written(|encoder| literal.encode(encoder)), quoted.as_wire());
    assert!(!literal.is_canonical());

    let read = |octets: &[u8]| strict(octets, BodyStructure::parse).unwrap();
    let body = read(br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#);
    assert_eq!(body, read(br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0 NIL NIL NIL NIL)"#));
    for other in [
        &br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 1)"#[..],
        br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0 NIL ("a" NIL))"#,
        br#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0 NIL NIL NIL NIL 1)"#,
        br#"("TEXT" "PLAIN" ("a" "b") NIL NIL "7BIT" 0 0)"#,
        br#"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0) "MIXED")"#,
    ] {
        assert_ne!(body, read(other));
    }
    // The same parts in the same order, at other levels.
    let leaf = r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#;
    let deep = alloc::format!(r#"(({leaf}{leaf} "M"){leaf} "M")"#);
    let flat = alloc::format!(r#"(({leaf} "M"){leaf}{leaf} "M")"#);
    assert_ne!(read(deep.as_bytes()), read(flat.as_bytes()));
}

#[test]
fn utf8_in_quotes_only_for_those_who_have_enabled_it() {
    let octets = "(NIL \"é\" NIL NIL NIL NIL NIL NIL NIL NIL)".as_bytes();
    let envelope = strict(octets, Envelope::parse).unwrap();
    let literal = "(NIL {2}\r\né NIL NIL NIL NIL NIL NIL NIL NIL)".as_bytes();
    assert_eq!(written(|encoder| envelope.encode(encoder)), literal);
    let mut out = Vec::new();
    let utf8 = Negotiated { utf8: true, ..Negotiated::server() };
    envelope.encode(&mut Encoder::new(&mut out, utf8));
    assert_eq!(out, octets);
}

#[test]
fn copies_are_shared() {
    let octets = bytes::Bytes::from_static(b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)");
    let envelope =
        Envelope::from_wire(octets.clone(), &mut Reading::new(Leniency::strict())).unwrap();
    assert_eq!(envelope.as_wire().as_ptr(), octets.as_ptr());
    assert_ne!(envelope.detach().as_wire().as_ptr(), octets.as_ptr());
    assert!(
        Envelope::from_wire(
            &b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) x"[..],
            &mut Reading::new(Leniency::strict())
        )
        .is_err()
    );
}

/// The example of RFC 9051 section 6.4.5.1.
#[test]
fn numbers_of_parts() {
    let leaf = |subtype: &str| alloc::format!(r#"("X" "{subtype}" NIL NIL NIL "7BIT" 0)"#);
    let nil = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    let message =
        |body: &str| alloc::format!(r#"("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 0 {nil} {body} 0)"#);
    let mixed = |parts: &[alloc::string::String]| alloc::format!(r#"({} "MIXED")"#, parts.concat());
    let octets = mixed(&[
        leaf("1"),
        leaf("2"),
        message(&mixed(&[leaf("3.1"), leaf("3.2")])),
        mixed(&[
            leaf("4.1"),
            message(&mixed(&[leaf("4.2.1"), mixed(&[leaf("4.2.2.1"), leaf("4.2.2.2")])])),
        ]),
    ]);
    let structure = strict(octets.as_bytes(), BodyStructure::parse).unwrap();
    let part =
        |numbers: &[u32]| structure.part(&SectionPart::new(numbers.iter().copied()).unwrap());
    for numbers in [
        vec![1],
        vec![2],
        vec![3, 1],
        vec![3, 2],
        vec![4, 1],
        vec![4, 2, 1],
        vec![4, 2, 2, 1],
        vec![4, 2, 2, 2],
    ] {
        let expected = SectionPart::new(numbers.iter().copied()).unwrap().to_string();
        assert_eq!(part(&numbers).unwrap().media_subtype(), expected.as_str());
    }
    assert_eq!(part(&[3]).unwrap().media_subtype(), "RFC822");
    assert_eq!(part(&[4, 2, 2]).unwrap().children().len(), 2);
    assert_eq!(part(&[]).unwrap().children().len(), 4);
    for none in [&[5][..], &[1, 1], &[3, 3], &[4, 3], &[4, 1, 1], &[u32::MAX]] {
        assert!(part(none).is_none(), "{none:?}");
    }
    // A message that is no multipart has one part, and so has one in it.
    let structure = strict(message(&leaf("1.1")).as_bytes(), BodyStructure::parse).unwrap();
    let part =
        |numbers: &[u32]| structure.part(&SectionPart::new(numbers.iter().copied()).unwrap());
    assert_eq!(part(&[1]).unwrap().media_subtype(), "RFC822");
    assert_eq!(part(&[1, 1]).unwrap().media_subtype(), "1.1");
    assert!(part(&[2]).is_none() && part(&[1, 2]).is_none() && part(&[1, 1, 1]).is_none());
}

use alloc::string::ToString;

#[test]
fn builders_write_the_canonical_form() {
    let from = [AddressFields::new(Some(b"a \"b\""), b"c\0", b"d\r\n")];
    let mut fields = Envelope::builder();
    fields.subject = Some(b"\xff");
    fields.from = &from;
    let envelope = fields.build().unwrap();
    let expected =
        b"(NIL {1}\r\n\xff ((\"a \\\"b\\\"\" NIL \"c\" {3}\r\nd\r\n)) NIL NIL NIL NIL NIL NIL NIL)";
    assert_eq!(envelope.as_wire(), expected);
    assert!(envelope.is_canonical());

    let extension = ExtensionFields {
        disposition: Some(DispositionFields {
            kind: b"attachment",
            params: &[(b"filename", b"a")],
        }),
        language: &[b"en", b"de"],
        location: Some(b"l"),
    };
    let image = PartFields {
        media_type: b"IMAGE",
        subtype: b"PNG",
        id: Some(b"<i>"),
        md5: Some(b"m"),
        size: 7,
        extension,
        ..PartFields::default()
    };
    let mut builder = BodyStructure::builder();
    builder.begin_multipart();
    builder.part(&image);
    builder.part(&PartFields { lines: 3, ..PartFields::default() });
    builder.end_multipart(b"MIXED", &[(b"BOUNDARY", b"x")], &ExtensionFields::default());
    let structure = builder.build().unwrap();
    let expected = br#"(("IMAGE" "PNG" NIL "<i>" NIL "7BIT" 7 "m" ("attachment" ("filename" "a")) ("en" "de") "l")("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 3 NIL NIL NIL NIL) "MIXED" ("BOUNDARY" "x") NIL NIL NIL)"#;
    assert_eq!(
        mail_proto::Escaped(structure.as_wire()).to_string(),
        mail_proto::Escaped(expected).to_string()
    );
}

#[test]
fn builders_refuse_what_does_not_fit() {
    let message =
        PartFields { media_type: b"MESSAGE", subtype: b"RFC822", ..PartFields::default() };
    let build = |write: fn(&mut crate::codec::structure::BodyStructureBuilder, &PartFields<'_>)| {
        let mut builder = BodyStructure::builder();
        write(&mut builder, &message);
        builder.build().is_err()
    };
    assert!(build(|_, _| {}));
    assert!(build(|builder, message| builder.part(message)));
    assert!(build(|builder, _| builder.begin_multipart()));
    assert!(build(|builder, _| {
        builder.begin_multipart();
        builder.end_multipart(b"MIXED", &[], &ExtensionFields::default());
    }));
    assert!(build(|builder, message| {
        builder.begin_message(message, &Envelope::builder());
        builder.end_message(message);
    }));
    assert!(build(|builder, _| {
        builder.part(&PartFields::default());
        builder.part(&PartFields::default());
    }));
    assert!(build(
        |builder, _| builder.part(&PartFields { size: 1 << 63, ..PartFields::default() })
    ));
}
