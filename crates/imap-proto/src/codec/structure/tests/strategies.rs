//! Values in every spelling that the strict grammar has.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use mail_proto::{Leniency, Reading};
use proptest::prelude::*;

use crate::codec::structure::{BodyStructure, Envelope};

type Octets = BoxedStrategy<Vec<u8>>;

pub(crate) fn any_envelope() -> impl Strategy<Value = Envelope> {
    wire_envelope().prop_map(|octets| {
        Envelope::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap()
    })
}

pub(crate) fn any_body_structure() -> impl Strategy<Value = BodyStructure> {
    wire_body().prop_map(|octets| {
        BodyStructure::from_wire(octets, &mut Reading::new(Leniency::strict())).unwrap()
    })
}

pub(super) fn wire_envelope() -> Octets {
    let strings = (nstring(), nstring(), nstring(), nstring());
    (strings, prop::collection::vec(addresses(), 6))
        .prop_map(|((date, subject, in_reply_to, message_id), lists)| {
            let mut fields = alloc::vec![date, subject];
            fields.extend(lists);
            fields.extend([in_reply_to, message_id]);
            list(&fields)
        })
        .boxed()
}

pub(super) fn wire_body() -> Octets {
    let leaf = prop_oneof![text(), basic()];
    leaf.prop_recursive(4, 16, 4, |inner| {
        let multipart =
            (prop::collection::vec(inner.clone(), 1..4), string(), multipart_extension()).prop_map(
                |(children, subtype, extension)| {
                    let mut fields = alloc::vec![children.concat(), subtype];
                    fields.extend(extension);
                    list(&fields)
                },
            );
        let message = (
            sample(&["RFC822", "global"]),
            fields(),
            wire_envelope(),
            inner,
            number(),
            extension(),
        )
            .prop_map(|(subtype, fields, envelope, body, lines, extension)| {
                let media = alloc::vec![b"\"MESSAGE\"".to_vec(), subtype];
                list(&[media, fields, alloc::vec![envelope, body, lines], extension].concat())
            });
        prop_oneof![multipart, message]
    })
    .boxed()
}

fn text() -> Octets {
    (sample(&["TEXT", "text"]), string(), fields(), number(), extension())
        .prop_map(|(media, subtype, fields, lines, extension)| {
            list(&[alloc::vec![media, subtype], fields, alloc::vec![lines], extension].concat())
        })
        .boxed()
}

fn basic() -> Octets {
    (sample(&["APPLICATION", "image", "x-y", "message", ""]), fields(), extension())
        .prop_map(|(media, fields, extension)| {
            list(&[alloc::vec![media, b"\"x\"".to_vec()], fields, extension].concat())
        })
        .boxed()
}

fn fields() -> BoxedStrategy<Vec<Vec<u8>>> {
    (params(), nstring(), nstring(), string(), number())
        .prop_map(|(params, id, description, encoding, size)| {
            alloc::vec![params, id, description, encoding, size]
        })
        .boxed()
}

fn extension() -> BoxedStrategy<Vec<Vec<u8>>> {
    first_fields(nstring())
}

fn multipart_extension() -> BoxedStrategy<Vec<Vec<u8>>> {
    first_fields(params())
}

/// None or some of the fields of extension data.
fn first_fields(first: Octets) -> BoxedStrategy<Vec<Vec<u8>>> {
    let disposition = prop_oneof![
        Just(b"NIL".to_vec()),
        (string(), params()).prop_map(|(kind, params)| list(&[kind, params])),
    ];
    let language =
        prop_oneof![nstring(), prop::collection::vec(string(), 1..3).prop_map(|all| list(&all))];
    let more = prop::collection::vec(value(), 0..3);
    (first, disposition, language, nstring(), more, 0..6usize)
        .prop_map(|(first, disposition, language, location, more, count)| {
            let mut fields = alloc::vec![first, disposition, language, location];
            fields.extend(more);
            if count < 5 {
                fields.truncate(count);
            }
            fields
        })
        .boxed()
}

/// `body-extension`
fn value() -> Octets {
    prop_oneof![nstring(), number()]
        .prop_recursive(3, 8, 3, |inner| {
            prop::collection::vec(inner, 1..3).prop_map(|all| list(&all))
        })
        .boxed()
}

fn params() -> Octets {
    prop_oneof![
        Just(b"NIL".to_vec()),
        prop::collection::vec((string(), string()), 1..3).prop_map(|all| {
            list(&all.into_iter().flat_map(|(name, value)| [name, value]).collect::<Vec<_>>())
        }),
    ]
    .boxed()
}

fn addresses() -> Octets {
    let address = prop::collection::vec(nstring(), 4).prop_map(|fields| list(&fields));
    prop_oneof![
        Just(b"NIL".to_vec()),
        prop::collection::vec(address, 1..3).prop_map(|all| [
            b"(".to_vec(),
            all.concat(),
            b")".to_vec()
        ]
        .concat()),
    ]
    .boxed()
}

fn list(fields: &[Vec<u8>]) -> Vec<u8> {
    [b"(".to_vec(), fields.join(&b' '), b")".to_vec()].concat()
}

fn number() -> Octets {
    prop_oneof![Just(0), Just(u64::MAX >> 1), 0..100_000u64]
        .prop_map(|number| format!("{number}").into_bytes())
        .boxed()
}

fn sample(words: &'static [&'static str]) -> Octets {
    prop::sample::select(words).prop_map(|word| format!("\"{word}\"").into_bytes()).boxed()
}

fn nstring() -> Octets {
    prop_oneof![
        2 => sample_of_nil(),
        3 => string(),
    ]
    .boxed()
}

fn sample_of_nil() -> Octets {
    prop::sample::select(&["NIL", "nil", "Nil"][..]).prop_map(|nil| nil.as_bytes().to_vec()).boxed()
}

/// A string in quotes, if it can be, or one of the two literals.
fn string() -> Octets {
    let octets = prop_oneof![
        16 => "[ -~]{0,12}".prop_map(String::into_bytes),
        3 => r#"["\\a]{0,8}"#.prop_map(String::into_bytes),
        3 => "[aé€\u{10348}\t]{0,6}".prop_map(String::into_bytes),
        1 => prop::collection::vec(1..=u8::MAX, 0..8),
        1 => prop::collection::vec(Just(b'x'), 999..1003),
    ];
    (octets, 0..6u8)
        .prop_map(|(octets, form)| {
            let may_be_quoted =
                core::str::from_utf8(&octets).is_ok() && mail_proto::line_break(&octets).is_none();
            match form {
                0 => [format!("{{{}}}\r\n", octets.len()).into_bytes(), octets].concat(),
                1 => [format!("{{{}+}}\r\n", octets.len()).into_bytes(), octets].concat(),
                _ if may_be_quoted => quoted(&octets),
                _ => [format!("{{0{}}}\r\n", octets.len()).into_bytes(), octets].concat(),
            }
        })
        .boxed()
}

fn quoted(octets: &[u8]) -> Vec<u8> {
    let mut quoted = alloc::vec![b'"'];
    for octet in octets {
        if matches!(octet, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(*octet);
    }
    quoted.push(b'"');
    quoted
}
