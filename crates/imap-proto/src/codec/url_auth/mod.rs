//! URLAUTH: URLs that give access to a message (RFC 4467, RFC 5524).

mod command;
mod data;

pub use command::*;
pub use data::*;

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading};

use super::Cursor;
use crate::Defect;

fn one_or_more<T>(items: impl IntoIterator<Item = T>) -> Option<Vec<T>> {
    let items: Vec<_> = items.into_iter().collect();
    (!items.is_empty()).then_some(items)
}

/// One or more arguments to the end of the message, a space before each.
fn arguments<T>(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
    parse: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Result<T, ParseError>,
) -> Result<Vec<T>, ParseError> {
    cursor.space(reading)?;
    let mut arguments = Vec::new();
    let mut room = cursor.limits().elements;
    loop {
        room = room.checked_sub(1).ok_or(cursor.expected("fewer arguments"))?;
        arguments.push(parse(cursor, reading)?);
        if !cursor.another(reading)? {
            return Ok(arguments);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict};
    use crate::codec::{AString, Atom, Mailbox, NString, NString8, UrlMechanism};
    use crate::{ImapUrl, ParseLimits, Raw};
    use alloc::string::String;
    use alloc::{format, vec};
    use bytes::Bytes;
    use proptest::collection;
    use proptest::prelude::*;

    const URL: &str = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred:internal:\
                       91354a473744909de610943775f92038";

    /// RFC 4467 sections 6 and 7.
    #[test]
    fn tokens_are_asked_for_and_given() {
        let rump = "imap://joe@example.com/INBOX/;uid=20/;section=1.2;urlauth=submit+fred";
        let octets = format!(" {rump} INTERNAL");
        let command = reads_and_writes(octets.as_bytes(), GenUrlAuth::parse, GenUrlAuth::encode);
        let [request] = command.requests() else { panic!() };
        assert_eq!(request.rump.as_bytes(), rump.as_bytes());
        assert!(request.mechanism.is_internal());
        let quoted = format!(" \"{rump}\" internal \"{rump}\" X-a.b");
        let read = strict(quoted.as_bytes(), GenUrlAuth::parse).unwrap();
        assert_eq!(read.requests()[0].rump, request.rump);
        assert_eq!(read.requests()[1].mechanism.as_bytes(), b"X-a.b");

        let octets = format!(" {URL}");
        let data =
            reads_and_writes(octets.as_bytes(), GenUrlAuthData::parse, GenUrlAuthData::encode);
        assert!(ImapUrl::parse(data.urls()[0].as_bytes()).is_ok());
        for (octets, at) in [
            ("", 0),
            (" ", 1),
            (" a", 2),
            (" a ", 3),
            (" a b_c", 4),
            (" a b c", 6),
            (" a \"b\"", 3),
        ] {
            let error = strict(octets.as_bytes(), GenUrlAuth::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets}");
        }
        assert_eq!(strict(b"", GenUrlAuthData::parse).unwrap_err().at, 0);
        assert_eq!(GenUrlAuth::new([]), None);
    }

    /// RFC 4467 section 6.
    #[test]
    fn keys_are_reset() {
        let read = |octets: &[u8]| reads_and_writes(octets, ResetKey::parse, ResetKey::encode);
        assert_eq!(read(b""), ResetKey::All);
        let mailbox = Mailbox::new("INBOX").unwrap();
        let named = |names: &[&str]| ResetKey::Mailbox {
            mailbox: mailbox.clone(),
            mechanisms: names.iter().map(|name| UrlMechanism::try_from(*name).unwrap()).collect(),
        };
        assert_eq!(read(b" INBOX"), named(&[]));
        assert_eq!(read(b" INBOX XSAMPLE"), named(&["XSAMPLE"]));
        assert_eq!(strict(b" INBOX a  b", ResetKey::parse).unwrap_err().at, 9);
        let (read, defects) = lenient(b" INBOX a  b ", ResetKey::parse);
        assert_eq!(read, Ok(named(&["a", "b"])));
        assert_eq!(defects, [Defect::DoubleSpace, Defect::TrailingSpace]);
    }

    /// RFC 5524 section 4.
    #[test]
    fn contents_are_asked_for() {
        let octets = format!(" {URL} ({URL} BODYPARTSTRUCTURE BODY BINARY x) ({URL})");
        let command = reads_and_writes(octets.as_bytes(), UrlFetch::parse, UrlFetch::encode);
        let [simple, extended, empty] = command.arguments() else { panic!() };
        assert_eq!(simple.params, None);
        let other = UrlFetchParam::Other(Atom::new("x").unwrap());
        let params = [UrlFetchParam::BodyPartStructure, UrlFetchParam::Body, UrlFetchParam::Binary];
        assert_eq!(extended.params, Some([&params[..], &[other]].concat()));
        assert_eq!(empty.params, Some(vec![]));

        let two_spaces = format!("  ({URL} BINARY)");
        assert_eq!(strict(two_spaces.as_bytes(), UrlFetch::parse).unwrap_err().at, 1);
        let (read, defects) = lenient(two_spaces.as_bytes(), UrlFetch::parse);
        let params = Some(vec![UrlFetchParam::Binary]);
        let url = AString::try_from(URL).unwrap();
        assert_eq!(read, Ok(UrlFetch::new([UrlFetchArg { url, params }]).unwrap()));
        assert_eq!(defects, [Defect::DoubleSpace]);
        for (octets, at) in [("", 0), (" ()", 2), (" (a b", 5), (" (a \"b\")", 4), (" (a)b", 4)] {
            let error = strict(octets.as_bytes(), UrlFetch::parse).unwrap_err();
            assert_eq!(error.at, at, "{octets}");
        }
    }

    /// RFC 4467 section 7.4, RFC 5524 section 4.
    #[test]
    fn contents_are_given() {
        let read = |octets: String| {
            reads_and_writes(octets.as_bytes(), UrlFetchData::parse, UrlFetchData::encode)
        };
        let data = read(format!(" {URL} {{28}}\r\nSi vis pacem, para bellum.\r\n a NIL b \"c\""));
        let [one, none, other] = data.urls() else { panic!() };
        let UrlContents::Octets(octets) = &one.contents else { panic!() };
        assert_eq!(octets.as_bytes(), Some(&b"Si vis pacem, para bellum.\r\n"[..]));
        assert_eq!((none.url.as_bytes(), &none.contents), (&b"a"[..], &UrlContents::NONE));
        assert_eq!(other.url.as_bytes(), b"b");

        let data = read(format!(
            " {URL} (BINARY {{30}}\r\nSi vis pacem, para bellum.\r\n\r\n) (BODY NIL) a (BINARY ~{{2}}\r\n\0\r) \
             (X (y {{1}}\r\n)))"
        ));
        let [first, second] = data.urls() else { panic!() };
        let UrlContents::Metadata(metadata) = &first.contents else { panic!() };
        assert_eq!(metadata.items()[1], UrlMetadataItem::Body(NString::NIL));
        let UrlContents::Metadata(metadata) = &second.contents else { panic!() };
        let [UrlMetadataItem::Binary(binary), UrlMetadataItem::Other { name, value }] =
            metadata.items()
        else {
            panic!()
        };
        assert_eq!(binary.as_bytes(), Some(&b"\0\r"[..]));
        assert_eq!((name.as_bytes(), value.as_bytes()), (&b"X"[..], &b"(y {1}\r\n))"[..]));
    }

    #[test]
    fn contents_end_where_they_end() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" a", 2),
            (b" a ", 3),
            (b" a b", 3),
            (b" a ()", 4),
            (b" a (BODY)", 8),
            (b" a (BODY b)", 9),
            (b" a (BINARY ~{1}\r\n)", 18),
            (b" a (BODY NIL", 12),
            (b" a (BODY NIL)(BODY NIL)", 13),
            (b" a (BODY NIL) b", 15),
            (b" a NIL (BODY NIL)", 7),
        ] {
            assert_eq!(strict(octets, UrlFetchData::parse).unwrap_err().at, at, "{octets:?}");
        }
        let (read, defects) = lenient(b" a (BODY NIL)  (BODY NIL)  b NIL ", UrlFetchData::parse);
        assert_eq!(read.unwrap().urls().len(), 2);
        let spaces = Defect::DoubleSpace;
        assert_eq!(defects, [spaces, spaces, Defect::TrailingSpace]);
    }

    #[test]
    fn arguments_are_counted() {
        let octets = Bytes::from(" a".repeat(65));
        let mut cursor = Cursor::new(&octets).with_limits(ParseLimits::server_before_login());
        let mut reading = Reading::new(mail_proto::Leniency::strict());
        assert_eq!(UrlFetch::parse(&mut cursor, &mut reading).unwrap_err().at, 129);
    }

    fn any_astring() -> impl Strategy<Value = AString> {
        collection::vec(1u8.., 0..6).prop_map(|octets| AString::new(octets).unwrap())
    }

    fn any_mechanism() -> impl Strategy<Value = UrlMechanism> {
        "[a-zA-Z0-9.-]{1,6}".prop_map(|name| UrlMechanism::new(name).unwrap())
    }

    fn any_contents() -> impl Strategy<Value = UrlContents> {
        let octets = || proptest::option::of(collection::vec(any::<u8>(), 0..6));
        let nstring = || {
            octets().prop_map(|octets| {
                NString(octets.and_then(|octets| crate::IString::new(octets).ok()))
            })
        };
        let nstring8 = octets().prop_map(|octets| octets.map_or(NString8::Nil, NString8::new));
        let other = ("[XYZ]{1,3}", "[a-z]{1,3}").prop_map(|(name, value)| UrlMetadataItem::Other {
            name: Atom::new(name).unwrap(),
            value: Raw::new(value).unwrap(),
        });
        let item = prop_oneof![
            nstring().prop_map(UrlMetadataItem::Body),
            nstring8.prop_map(UrlMetadataItem::Binary),
            other,
        ];
        prop_oneof![
            nstring().prop_map(UrlContents::Octets),
            collection::vec(item, 1..3)
                .prop_map(|items| UrlContents::Metadata(UrlMetadata::new(items).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn commands_round_trip(
            urls in collection::vec((any_astring(), any_mechanism()), 1..4),
            mailbox in any_astring(),
            params in proptest::option::of(collection::vec("[A-Z]{1,9}", 0..3)),
        ) {
            let mechanisms = urls.iter().map(|(_, mechanism)| mechanism.clone()).collect();
            let mailbox = Mailbox::new(mailbox.into_bytes()).unwrap();
            let reset = ResetKey::Mailbox { mailbox, mechanisms };
            round_trips(&reset, ResetKey::encode, ResetKey::parse);
            let params: Option<Vec<UrlFetchParam>> = params
                .map(|names| names.into_iter().map(|it| Atom::new(it).unwrap().into()).collect());
            let fetch = urls.iter().map(|(url, _)| UrlFetchArg { url: url.clone(), params: params.clone() });
            round_trips(&UrlFetch::new(fetch).unwrap(), UrlFetch::encode, UrlFetch::parse);
            let data = GenUrlAuthData::new(urls.iter().map(|(url, _)| url.clone())).unwrap();
            round_trips(&data, GenUrlAuthData::encode, GenUrlAuthData::parse);
            let requests = urls.into_iter().map(|(rump, mechanism)| UrlAuthRequest { rump, mechanism });
            round_trips(&GenUrlAuth::new(requests).unwrap(), GenUrlAuth::encode, GenUrlAuth::parse);
        }

        #[test]
        fn data_round_trip(urls in collection::vec((any_astring(), any_contents()), 1..4)) {
            let urls = urls.into_iter().map(|(url, contents)| FetchedUrl { url, contents });
            round_trips(&UrlFetchData::new(urls).unwrap(), UrlFetchData::encode, UrlFetchData::parse);
        }
    }
}
