use super::*;
use crate::{AString, HeaderList, NameForm, Section, SectionPart, SectionText, Uid};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::num::{NonZeroU32, NonZeroU64};

use proptest::prelude::*;
use proptest::{collection, option};

fn url(text: &str) -> ImapUrl {
    ImapUrl::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> usize {
    ImapUrl::parse(text.as_bytes()).unwrap_err().at
}

fn octets(text: &str) -> UrlText {
    UrlText::try_from(text).unwrap()
}

fn message(text: &str) -> UrlMessage {
    match url(text).target {
        UrlTarget::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

fn section(numbers: &[u32]) -> Option<UrlSection> {
    let part = SectionPart::new(numbers.iter().copied()).unwrap();
    UrlSection::new(Section::new(part, None).unwrap())
}

/// RFC 2192 section 10, RFC 5092 sections 6.1.2 and 9, RFC 4469, RFC 4550, RFC 5524, RFC 5616, RFC 2193,
/// RFC 2221: as they are written, but for the case of the parameters.
#[test]
fn examples_of_the_rfcs_read_and_written() {
    for text in [
        "imap://minbari.org/gray-council;UIDVALIDITY=385759045/;UID=20",
        "imap://michael@minbari.org/users.*;TYPE=LIST",
        "imap://psicorp.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97",
        "imap://;AUTH=KERBEROS_V4@minbari.org/gray-council/;UID=20/;SECTION=1.2",
        "imap://;AUTH=*@minbari.org/gray%20council?SUBJECT%20shadows",
        "imap://minbari.example.org/gray-council;UIDVALIDITY=385759045/;UID=20/;PARTIAL=0.1024",
        "imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;UID=20/;SECTION=1.2",
        "imap://john;AUTH=*@minbari.example.org/babylon5/personel?charset%20UTF-8%20SUBJECT%20%7B14+%7D\
         %0D%0A%D0%98%D0%B2%D0%B0%D0%BD%D0%BE%D0%B2%D0%B0",
        "imap://joe@example.com/INBOX/;UID=20/;SECTION=1.2;URLAUTH=submit+fred:internal:\
         91354a473744909de610943775f92038",
        "imap://fred@example.com/INBOX/;UID=20",
        "imap://example.com/Shared/;UID=20/;SECTION=1.2;URLAUTH=submit+fred",
        "imap://bob.ar@example.org/Sent;UIDVALIDITY=387899045/;UID=45;EXPIRE=2005-10-28T23:59:59Z;\
         URLAUTH=submit+bob.ar:internal:91354a473744909de610943775f92038",
        "imap://bob.ar@example.org/INBOX;UIDVALIDITY=385759045/;UID=25627/;SECTION=2.MIME;\
         EXPIRE=2006-10-28T23:59:59Z;URLAUTH=submit+bob.ar:internal:A0DEAD473744909de610943775f9BEEF",
        "imap://joe@example.com/INBOX/;UID=20/;SECTION=200;URLAUTH=anonymous:internal:\
         88066d37e2e5410e1a6486350a8836ee",
        "imap://joe@example.com/INBOX/;UID=24359/;SECTION=1.3;EXPIRE=2006-12-19T16:39:57-08:00;\
         URLAUTH=stream",
        "imap://user;AUTH=*@SERVER2/SHARED/FOO",
        "imap://MIKE@SERVER2/",
        "imap://user;AUTH=GSSAPI@SERVER2/",
    ] {
        assert_eq!(url(text).to_string(), text);
        assert_eq!(
            url(&text.replace(";URLAUTH=", ";urlauth=").replace("/;UID=", "/;uid=")),
            url(text)
        );
        assert_eq!(UrlReference::parse(text.as_bytes()), Ok(UrlReference::Absolute(url(text))));
    }
    for (text, at) in [
        // RFC 4550 section 2.4.1: a slash before the parameter.
        ("imap://bob.ar@example.org/Sent;UIDVALIDITY=387899045/;uid=45/;urlauth=submit+bob.ar", 60),
        // RFC 5616 section 3.3: no hexadecimal digits.
        (
            "imap://h/a/;uid=1;urlauth=anonymous:internal:238234982398239898a9898998798b987s87920",
            78,
        ),
        // RFC 4469 appendix A: no slash before the parameter.
        ("imap://h/INBOX;UIDVALIDITY=785799047/;UID=113330;section=1.5.9", 48),
    ] {
        assert_eq!(refused(text), at, "{text}");
    }
}

#[test]
fn the_parts_of_a_url() {
    let it = url("imap://john;AUTH=*@[2001:db8::1]:1143/babylon5/personel;UIDVALIDITY=9?a%20b");
    assert_eq!(it.server.user, Some(octets("john")));
    assert_eq!(it.server.auth, Some(UrlAuth::Any));
    assert_eq!((it.server.host.as_bytes(), it.server.port), (&b"[2001:db8::1]"[..], Some(1143)));
    let name = octets("babylon5/personel");
    let mailbox = UrlMailbox { name, uid_validity: NonZeroU32::new(9) };
    assert_eq!(it.target, UrlTarget::Messages { mailbox, search: Some(octets("a b")) });

    let it = message(
        "IMAP://h/a%2Fb//;uid=4294967295/;section=HEADER.FIELDS%20(a/b%20c)/;Partial=9223372036854775807\
         ;expire=2000-01-01T00:00:00z;urlauth=user+j%40h:X-a.b:0123456789abcdef0123456789ABCDEF",
    );
    assert_eq!(it.mailbox, UrlMailbox::new(octets("a/b/")));
    assert_eq!(it.uid, Uid::new(u32::MAX).unwrap());
    let names = ["a/b", "c"].map(|name| AString::new(name).unwrap());
    let fields = Section::header_fields(HeaderList::new(names).unwrap());
    assert_eq!(it.section, UrlSection::new(fields));
    assert_eq!(it.partial, Some(UrlPartial { offset: u64::MAX >> 1, length: None }));
    let authorization = it.authorization.unwrap();
    assert_eq!(authorization.expire.unwrap().unix_seconds(), 946_684_800);
    assert!(authorization.access.is("USER"));
    assert_eq!(authorization.access.user, Some(octets("j@h")));
    assert_eq!(authorization.token.unwrap().mechanism.as_bytes(), b"X-a.b");
}

#[test]
fn names_of_mailboxes_are_utf8() {
    let it = url("imap://psicorp.org/~peter/%E6%97%A5%E6%9C%AC%E8%AA%9E/%E5%8F%B0%E5%8C%97");
    let UrlTarget::Messages { mailbox, search: None } = it.target else { panic!() };
    let utf7 = mailbox.mailbox(NameForm::Utf7).unwrap();
    assert_eq!(utf7.as_bytes(), b"~peter/&ZeVnLIqe-/&U,BTFw-");
    let utf8 = mailbox.mailbox(NameForm::Utf8).unwrap();
    assert_eq!(utf8.as_bytes(), "~peter/日本語/台北".as_bytes());
    let latin1 = UrlMailbox::new(UrlText::new(&b"a\xe9"[..]).unwrap());
    assert_eq!(latin1.mailbox(NameForm::Utf7).unwrap_err().at, 1);
}

#[test]
fn what_is_no_url() {
    for (text, at) in [
        ("", 0),
        ("pop://h", 0),
        ("imap:/h", 0),
        ("imap://", 7),
        ("imap:///a", 7),
        ("imap://@h", 7),
        ("imap://a;AUTH=@h", 14),
        ("imap://a;AUTH=%2A@h", 14),
        ("imap://a;AUTH=a%28@h", 14),
        ("imap://a;AUTH=**@h", 14),
        ("imap://a:pass@h", 8),
        ("imap://a;x@h", 8),
        ("imap://a@b@h", 10),
        ("imap://[::1", 7),
        ("imap://[x]", 7),
        ("imap://h:65536", 9),
        ("imap://h:x", 9),
        ("imap://h%4", 8),
        ("imap://h?a", 8),
        ("imap://h#a", 8),
        ("imap://h/a%", 10),
        ("imap://h/a%0", 10),
        ("imap://h/a%0g", 10),
        ("imap://h/a%00", 10),
        ("imap://h/a\0", 10),
        ("imap://h/\u{e9}", 9),
        ("imap://h/a#b", 10),
        ("imap://h/a;UIDVALIDITY=0", 23),
        ("imap://h/a;UIDVALIDITY=07", 23),
        ("imap://h/a;UIDVALIDITY=4294967296", 23),
        ("imap://h/a;uid=1", 10),
        ("imap://h/;uid=1", 9),
        ("imap://h//;uid=1", 9),
        ("imap://h/?a", 9),
        ("imap://h/a?", 11),
        ("imap://h/a/;uid=1?x", 17),
        ("imap://h/a/;uid=1/;section=", 27),
        ("imap://h/a/;uid=1/;section=0", 27),
        ("imap://h/a/;uid=1/;section=1]x", 28),
        ("imap://h/a/;uid=1/;section=1%5Dx", 27),
        ("imap://h/a/;uid=1/;partial=1.0", 29),
        ("imap://h/a/;uid=1/;partial=9223372036854775808", 27),
        ("imap://h/a/;uid=1/;partial=1/;section=1", 28),
        ("imap://h/a/;uid=1;expire=2005-10-28T23:59:59Z", 45),
        ("imap://h/a/;uid=1;expire=2005-13-28T23:59:59Z;urlauth=a", 30),
        ("imap://h/a/;uid=1;urlauth=", 26),
        ("imap://h/a/;uid=1;urlauth=a+", 28),
        ("imap://h/a/;uid=1;urlauth=a:", 28),
        ("imap://h/a/;uid=1;urlauth=a:b", 29),
        ("imap://h/a/;uid=1;urlauth=a:b:0123456789abcdef0123456789abcde", 61),
        ("imap://h/a;type=list?x", 20),
        ("imap://h/a;type=x", 16),
    ] {
        assert_eq!(refused(text), at, "{text}");
    }
    let longest = format!("imap://h/{}", "a".repeat(LONGEST - 9));
    assert_eq!(url(&longest).to_string(), longest);
    assert_eq!(refused(&(longest + "a")), LONGEST);
}

#[test]
fn one_text_for_each_value() {
    for (text, canonical) in [
        ("imap://h", "imap://h/"),
        ("iMaP://h:/", "imap://h/"),
        ("imap://h:0143/", "imap://h:143/"),
        ("imap://%61@h/%7e%2d;uidvalidity=7", "imap://a@h/~-;UIDVALIDITY=7"),
        ("imap://h/a%3bb", "imap://h/a%3Bb"),
        ("imap://h/%2Fa", "imap://h/%2Fa"),
        ("imap://h//a", "imap://h/%2Fa"),
        ("imap://h///a", "imap://h/%2F/a"),
        ("imap://h/a/../.b/.", "imap://h/a/%2E%2E/.b/%2E"),
        ("imap://h/a?b?", ""),
    ] {
        match ImapUrl::parse(text.as_bytes()) {
            Ok(url) => {
                assert_eq!(url.to_string(), canonical, "{text}");
                assert_eq!(ImapUrl::parse(canonical.as_bytes()), Ok(url));
            }
            Err(error) => assert_eq!((canonical, error.at), ("", 12)),
        }
    }
}

#[test]
fn references_read_and_written() {
    let reference = |text: &str| UrlReference::parse(text.as_bytes()).map_err(|error| error.at);
    for text in [
        "",
        "/",
        "//h/a",
        "/Drafts;UIDVALIDITY=385759045/;UID=20/;SECTION=HEADER",
        "/INBOX;UIDVALIDITY=785799047/;UID=11467",
        ";UID=20",
        ";UID=20/;SECTION=1/;PARTIAL=5.7",
        ";SECTION=1.4",
        ";SECTION=1.4/;PARTIAL=0.1",
        ";PARTIAL=7",
        "a/b;UIDVALIDITY=4?c%3Ad:e".replace("%3A", ":").as_str(),
        "a/b/;UID=3/;PARTIAL=1",
        "a%3Ab/c%3Ad",
    ] {
        assert_eq!(reference(text).unwrap().to_string(), text);
    }
    assert_eq!(
        reference(";UID=20/;SECTION=1.2"),
        Ok(UrlReference::Relative(RelativeUrl::Message {
            mailbox: None,
            uid: Uid::new(20).unwrap(),
            section: section(&[1, 2]),
            partial: None,
        })),
    );
    for (text, at) in [
        ("a:b", 1),
        ("mailto:x", 6),
        (";SECTION=", 9),
        (";PARTIAL=", 9),
        (";UID=1;URLAUTH=anonymous", 6),
        (";X=1", 0),
        ("/foo/;UID=20/..", 12),
        ("/;UID=3", 1),
    ] {
        assert_eq!(reference(text), Err(at), "{text}");
    }
}

/// RFC 5092 sections 9 and 9.1, and RFC 3986 section 5.4 as far as these URLs have it.
#[test]
fn references_resolved() {
    let part = url("imap://;AUTH=GSSAPI@minbari.example.org/gray-council/;uid=20/;section=1.2");
    let resolved = |base: &ImapUrl, text: &str| match base.resolve(text.as_bytes()) {
        Ok(url) => url.to_string(),
        Err(error) => String::from(error.expected),
    };
    let server = "imap://;AUTH=GSSAPI@minbari.example.org";
    for (reference, expected) in [
        (";section=1.4", "/gray-council/;UID=20/;SECTION=1.4"),
        ("../;uid=21", "/gray-council/;UID=21"),
        ("/foo/;UID=20/..", "/foo"),
        ("/foo", "/foo"),
        ("/../../foo", "/foo"),
        ("../../bar?a", "/bar?a"),
        ("", "/gray-council/;UID=20/;SECTION=1.2"),
        ("/", "/"),
        ("..", "/gray-council"),
        ("../..", "/"),
        ("/a/%2E%2E/b", "/a/%2E%2E/b"),
    ] {
        assert_eq!(resolved(&part, reference), format!("{server}{expected}"), "{reference}");
    }
    assert_eq!(resolved(&part, "//other/x"), "imap://other/x");
    assert_eq!(resolved(&part, "imap://o@other"), "imap://o@other/");
    assert_eq!(resolved(&part, "imap:x"), "imap://");
    assert_eq!(part.resolve(b"//").unwrap_err().at, 2);
    assert!(part.resolve(b";x").is_err());
    let mailbox = url("imap://h/a/b;UIDVALIDITY=3?FROM%20x");
    assert_eq!(resolved(&mailbox, ";UID=20"), "imap://h/a/;UID=20");
    assert_eq!(resolved(&mailbox, "c"), "imap://h/a/c");
    assert_eq!(resolved(&mailbox, "?TO%20y"), "imap://h/a/b;UIDVALIDITY=3?TO%20y");
    assert_eq!(resolved(&url("imap://h"), "c"), "imap://h/c");
}

#[test]
fn dates_of_expiry() {
    let seconds = |text: &str| UrlExpire::try_from(text).map(|expire| expire.unix_seconds());
    for (text, expected) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2005-10-28T23:59:59Z", 1_130_543_999),
        ("2006-12-19T16:39:57-08:00", 1_166_575_197),
        ("2000-02-29t00:00:00.123456z", 951_782_400),
        ("0000-01-01T00:00:00+23:59", -62_167_305_540),
        ("9999-12-31T23:59:60Z", 253_402_300_800),
    ] {
        assert_eq!(seconds(text), Ok(expected), "{text}");
    }
    for (text, at) in [
        ("", 0),
        ("2005-10-28", 10),
        ("2005-02-29T00:00:00Z", 8),
        ("1900-02-29T00:00:00Z", 8),
        ("2005-10-28 23:59:59Z", 10),
        ("2005-10-28T24:59:59Z", 11),
        ("2005-10-28T23:59:61Z", 17),
        ("2005-10-28T23:59:59", 19),
        ("2005-10-28T23:59:59.Z", 20),
        ("2005-10-28T23:59:59+24:00", 20),
        ("2005-10-28T23:59:59+00:60", 23),
        ("2005-10-28T23:59:59Zx", 19),
        ("+005-10-28T23:59:59Z", 0),
    ] {
        assert_eq!(seconds(text).map_err(|error| error.at), Err(at), "{text}");
    }
}

#[test]
fn tokens_parted_from_their_urls() {
    let rump = "imap://h/a/;uid=1;urlauth=user+a%3A";
    let whole = format!("{rump}:x:0123456789abcdef0123456789abcdef");
    let (found, token) = UrlToken::split(whole.as_bytes()).unwrap();
    assert_eq!((found, token.mechanism.as_bytes()), (rump.as_bytes(), &b"x"[..]));
    assert_eq!(UrlToken::split(rump.as_bytes()), None);
    for text in ["", ":", "::", "a:b:", "a:b:0123"] {
        assert_eq!(UrlToken::split(text.as_bytes()), None);
    }
    assert!(UrlMechanism::internal().is_internal());
}

fn any_text() -> impl Strategy<Value = UrlText> {
    let octet = prop_oneof![4 => any::<u8>(), 1 => Just(b'/'), 1 => Just(b'.'), 1 => Just(b';')];
    collection::vec(octet, 1..8).prop_filter_map("NUL", |octets| UrlText::new(octets).ok())
}

fn any_section() -> impl Strategy<Value = UrlSection> {
    let numbers = collection::vec(1u32.., 1..4);
    (numbers, option::of("[a-z/\" \\r;]{1,3}")).prop_map(|(numbers, name)| {
        let part = SectionPart::new(numbers).unwrap();
        let names = name.map(|name| HeaderList::new([AString::new(name).unwrap()]).unwrap());
        UrlSection::new(Section::new(part, names.map(SectionText::HeaderFields)).unwrap()).unwrap()
    })
}

fn any_partial() -> impl Strategy<Value = UrlPartial> {
    let length = option::of(1..=u64::MAX >> 1);
    (0..=u64::MAX >> 1, length).prop_map(|(offset, length)| UrlPartial {
        offset,
        length: length.and_then(NonZeroU64::new),
    })
}

fn any_mailbox() -> impl Strategy<Value = UrlMailbox> {
    let uid_validity = any::<u32>().prop_map(NonZeroU32::new);
    (any_text(), uid_validity).prop_map(|(name, uid_validity)| UrlMailbox { name, uid_validity })
}

fn any_authorization() -> impl Strategy<Value = UrlAuthorization> {
    let access = ("[a-zA-Z0-9]{1,9}", option::of(any_text())).prop_map(|(application, user)| {
        UrlAccess { application: UrlApplication::new(application).unwrap(), user }
    });
    let token = option::of(("[a-zA-Z0-9.-]{1,9}", "[a-fA-F0-9]{32,40}"));
    (option::of(Just("2005-10-28T23:59:59Z")), access, token).prop_map(|(expire, access, token)| {
        let token = token.map(|(mechanism, digits)| UrlToken {
            mechanism: UrlMechanism::new(mechanism).unwrap(),
            digits: UrlTokenDigits::new(digits).unwrap(),
        });
        let expire = expire.map(|text| UrlExpire::new(text).unwrap());
        UrlAuthorization { expire, access, token }
    })
}

fn any_target() -> impl Strategy<Value = UrlTarget> {
    let message = (
        any_mailbox(),
        1u32..,
        option::of(any_section()),
        option::of(any_partial()),
        option::of(any_authorization()),
    );
    let message = message.prop_map(|(mailbox, uid, section, partial, authorization)| {
        let uid = Uid::new(uid).unwrap();
        UrlTarget::Message(Box::new(UrlMessage { mailbox, uid, section, partial, authorization }))
    });
    prop_oneof![
        Just(UrlTarget::Server),
        (option::of(any_text()), any::<bool>())
            .prop_map(|(pattern, subscribed)| UrlTarget::Mailboxes { pattern, subscribed }),
        (any_mailbox(), option::of(any_text()))
            .prop_map(|(mailbox, search)| UrlTarget::Messages { mailbox, search }),
        message,
    ]
}

fn any_server() -> impl Strategy<Value = UrlServer> {
    let auth = prop_oneof![
        Just(UrlAuth::Any),
        "[A-Z0-9!;/@:_-]{1,9}".prop_map(|name| UrlAuth::Mechanism(crate::Atom::new(name).unwrap())),
    ];
    let host = prop_oneof![
        Just("[::1]".into()),
        Just("[v1.a:b]".into()),
        "[a-z0-9.;=_~-]{1,9}",
        Just("%41%7f".into()),
    ];
    let host = host.prop_map(|host: String| UrlHost::new(host).unwrap());
    (option::of(any_text()), option::of(auth), host, any::<Option<u16>>())
        .prop_map(|(user, auth, host, port)| UrlServer { user, auth, host, port })
}

pub(crate) fn any_url() -> impl Strategy<Value = ImapUrl> {
    (any_server(), any_target()).prop_map(|(server, target)| ImapUrl { server, target })
}

fn any_relative() -> impl Strategy<Value = RelativeUrl> {
    prop_oneof![
        (any_mailbox(), option::of(any_text()))
            .prop_map(|(mailbox, search)| RelativeUrl::Messages { mailbox, search }),
        (option::of(any_mailbox()), 1u32.., option::of(any_section()), option::of(any_partial()))
            .prop_map(|(mailbox, uid, section, partial)| {
                let uid = Uid::new(uid).unwrap();
                RelativeUrl::Message { mailbox, uid, section, partial }
            }),
        (any_section(), option::of(any_partial()))
            .prop_map(|(section, partial)| RelativeUrl::Section { section, partial }),
        any_partial().prop_map(RelativeUrl::Partial),
    ]
}

proptest! {
    #[test]
    fn urls_round_trip(url in any_url()) {
        let text = url.to_string();
        prop_assert_eq!(ImapUrl::parse(text.as_bytes()), Ok(url.clone()), "{}", text);
        let path = UrlReference::Path(url.target.clone());
        prop_assert_eq!(UrlReference::parse(path.to_string().as_bytes()), Ok(path.clone()));
        prop_assert_eq!(url.resolve(path.to_string().as_bytes()), Ok(url.clone()));
        let network = UrlReference::Network(url);
        prop_assert_eq!(UrlReference::parse(network.to_string().as_bytes()), Ok(network));
    }

    #[test]
    fn relative_urls_round_trip(relative in any_relative()) {
        let reference = UrlReference::Relative(relative);
        let text = reference.to_string();
        prop_assert_eq!(UrlReference::parse(text.as_bytes()), Ok(reference), "{}", text);
    }

    #[test]
    fn whatever_is_read_is_written_so_that_it_is_read_again(
        parts in collection::vec(prop_oneof![
            Just("imap://"), Just("/"), Just("a"), Just("%41"), Just("%2f"), Just(";UID=1"),
            Just("/;SECTION=1"), Just("/;PARTIAL=1"), Just(";URLAUTH=a"), Just("?"), Just("@"),
            Just(":"), Just(";AUTH=*"), Just(";UIDVALIDITY=1"), Just(".."), Just("."), Just("[::1]"),
            Just(";TYPE=LIST"), Just(" "), Just("%"), Just("+b"), Just(":c:"),
        ], 0..12),
    ) {
        let text: Vec<u8> = parts.concat().into_bytes();
        if let Ok(reference) = UrlReference::parse(&text) {
            prop_assert_eq!(UrlReference::parse(reference.to_string().as_bytes()), Ok(reference));
        }
        let base = url("imap://h/a/b/;UID=3");
        if let Ok(resolved) = base.resolve(&text) {
            prop_assert_eq!(ImapUrl::parse(resolved.to_string().as_bytes()), Ok(resolved));
        }
    }
}
