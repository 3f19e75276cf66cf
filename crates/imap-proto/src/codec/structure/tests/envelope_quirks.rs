//! ENVELOPEs that the RFCs show, and those that servers send.

use alloc::vec;
use alloc::vec::Vec;

use super::{odd_envelope, with_quotes};
use crate::Defect;
use crate::codec::structure::{Address, AddressKind, Envelope};
use crate::codec::testing::{lenient, reads_and_writes, strict};

/// RFC 3501 and RFC 9051, section 8.
const EXAMPLE: &[u8] = br#"("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)" "IMAP4rev2 WG mtg summary and minutes" (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) (("Terry Gray" NIL "gray" "cac.washington.edu")) ((NIL NIL "imap" "cac.washington.edu")) ((NIL NIL "minutes" "CNRI.Reston.VA.US")("John Klensin" NIL "KLENSIN" "MIT.EDU")) NIL NIL "<B27397-0100000@cac.washington.ed>")"#;

fn mailboxes<'a>(addresses: impl Iterator<Item = Address<'a>>) -> Vec<Vec<u8>> {
    addresses.map(|it| it.mailbox.bytes().unwrap_or_default().into_owned()).collect()
}

#[test]
fn the_example_of_the_rfcs() {
    let envelope = reads_and_writes(EXAMPLE, Envelope::parse, Envelope::encode);
    assert_eq!(envelope.date(), "Wed, 17 Jul 1996 02:23:25 -0700 (PDT)");
    assert_eq!(envelope.subject(), "IMAP4rev2 WG mtg summary and minutes");
    for from in [envelope.from(), envelope.sender(), envelope.reply_to()] {
        let from: Vec<_> = from.collect();
        assert_eq!(from.len(), 1);
        assert_eq!(from[0].name, "Terry Gray");
        assert!(from[0].adl.is_nil());
        assert_eq!(from[0].mailbox, "gray");
        assert_eq!(from[0].host, "cac.washington.edu");
    }
    assert_eq!(mailboxes(envelope.to()), [b"imap"]);
    assert_eq!(mailboxes(envelope.cc()), [&b"minutes"[..], b"KLENSIN"]);
    assert_eq!(envelope.bcc().len(), 0);
    assert!(envelope.in_reply_to().is_nil());
    assert_eq!(envelope.message_id(), "<B27397-0100000@cac.washington.ed>");
    assert!(envelope.is_canonical());
}

/// RFC 2180 section 4.1.3: what is left of a message that is gone.
#[test]
fn nothing_but_nil() {
    let nil = b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    let envelope = reads_and_writes(nil, Envelope::parse, Envelope::encode);
    assert_eq!(envelope, Envelope::builder().build().unwrap());
    assert_eq!(strict(b"(nil nIl NIL NIL NIL NIL NIL NIL NIL NIL)", Envelope::parse), Ok(envelope));
}

#[test]
fn groups() {
    let octets = br#"(NIL NIL NIL NIL NIL ((NIL NIL "friends" NIL)("Joe" NIL "joe" "x.org")(NIL NIL NIL NIL)) NIL NIL NIL NIL)"#;
    let envelope = reads_and_writes(octets, Envelope::parse, Envelope::encode);
    let kinds: Vec<_> = envelope.to().map(|address| address.kind()).collect();
    assert_eq!(kinds, [AddressKind::BeginGroup, AddressKind::Mailbox, AddressKind::EndGroup]);
}

/// Q63: the flat list is what there is, balanced or not.
#[test]
fn groups_out_of_balance() {
    let to = |list: &str| {
        let octets = alloc::format!("(NIL NIL NIL NIL NIL {list} NIL NIL NIL NIL)");
        let envelope = strict(octets.as_bytes(), Envelope::parse).unwrap();
        envelope.to().map(|address| address.kind()).collect::<Vec<_>>()
    };
    let ended = to("((NIL NIL NIL NIL)(NIL NIL \"a\" \"b\"))");
    assert_eq!(ended, [AddressKind::EndGroup, AddressKind::Mailbox]);
    let begun = to("((NIL NIL \"boys\" NIL)(NIL NIL \"aaron\" \"x.org\"))");
    assert_eq!(begun, [AddressKind::BeginGroup, AddressKind::Mailbox]);
}

/// Q64, Q65: what stands in an address is for whoever shows it.
#[test]
fn placeholders_and_swapped_fields() {
    let octets = br#"(NIL NIL (("Microsoft Exchange Server" NIL NIL ".MISSING-HOST-NAME.")(NIL NIL "aaron" "MISSING_DOMAIN")(NIL NIL "MISSING_MAILBOX" "x.org")("<sender@domain.com>" NIL "=?UTF-8?Q?\"Dummy\"?=" NIL)(NIL NIL "<members=headspace.com" "members.headspace.com>")) NIL NIL NIL NIL NIL NIL "foo bar @baz")"#;
    let envelope = reads_and_writes(octets, Envelope::parse, Envelope::encode);
    let from: Vec<_> = envelope.from().collect();
    assert_eq!(
        from.iter().map(Address::is_placeholder).collect::<Vec<_>>(),
        [true, true, true, false, false]
    );
    assert!(from[3].is_swapped());
    assert!(from.iter().all(|address| address.kind() == AddressKind::Mailbox));
    assert_eq!(envelope.message_id(), "foo bar @baz");
}

/// Q60.
#[test]
fn fields_that_are_missing_at_the_end() {
    let nine = br#"("Tue, 24 Sep 2019 09:48:05 +0800" "s" ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL "<in-reply-to@x>")"#;
    let (envelope, defects, at) = odd_envelope(nine);
    assert_eq!((defects, at), (vec![Defect::MissingEnvelopeFields], nine.len() - 1));
    assert_eq!(envelope.in_reply_to(), "<in-reply-to@x>");
    assert!(envelope.message_id().is_nil());
    let eight = br#"("Tue, 24 Sep 2019 09:48:05 +0800" "s" NIL NIL NIL NIL NIL NIL)"#;
    let (envelope, defects, _) = odd_envelope(eight);
    assert_eq!(defects, [Defect::MissingEnvelopeFields]);
    assert!(envelope.in_reply_to().is_nil() && envelope.message_id().is_nil());
    assert!(lenient(b"(NIL NIL NIL NIL NIL NIL NIL)", Envelope::parse).0.is_err());
}

/// Q61, Q62, and too many strings (Q66).
#[test]
fn odd_lists_of_addresses() {
    let (envelope, defects, at) =
        odd_envelope(br#"(NIL "s" () () () ((NIL NIL "a" "b")) NIL NIL NIL NIL)"#);
    assert_eq!((defects, at), (vec![Defect::EmptyList; 3], 10));
    assert_eq!((envelope.from().len(), mailboxes(envelope.to())), (0, vec![b"a".to_vec()]));

    let (envelope, defects, at) =
        odd_envelope(br#"(NIL NIL (NIL ("x" NIL "a" "b")NIL) NIL NIL NIL NIL NIL NIL NIL)"#);
    assert_eq!(
        (defects, at),
        (vec![Defect::NilAddress, Defect::SpaceInList, Defect::NilAddress], 10)
    );
    assert_eq!(mailboxes(envelope.from()), [b"a"]);

    let (envelope, defects, at) =
        odd_envelope(br#"(NIL NIL (("x" "y" "z" NIL "a" "b")) NIL NIL NIL NIL NIL NIL NIL)"#);
    assert_eq!((defects, at), (vec![Defect::ExtraAddressFields; 2], 26));
    let from = envelope.from().next().unwrap();
    assert!(from.name == "x" && from.adl.is_nil() && from.mailbox == "a" && from.host == "b");
}

/// Q87.
#[test]
fn extra_parentheses() {
    let (envelope, defects, at) = odd_envelope(b"((NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL))");
    assert_eq!((defects, at), (vec![Defect::ExtraParentheses], 1));
    assert_eq!(envelope, Envelope::builder().build().unwrap());
}

#[test]
fn odd_spaces() {
    let octets =
        br#"( NIL  "s"((NIL NIL "a" "b") (NIL NIL "c""d") ) NIL NIL NIL NIL NIL NIL NIL )"#;
    let (envelope, defects, at) = odd_envelope(octets);
    assert_eq!(at, 1);
    let expected = [
        Defect::SpaceInList,
        Defect::DoubleSpace,
        Defect::MissingSpace,
        Defect::SpaceInList,
        Defect::MissingSpace,
        Defect::SpaceInList,
        Defect::SpaceInList,
    ];
    assert_eq!(defects, expected);
    assert_eq!(mailboxes(envelope.from()), [b"a", b"c"]);
}

/// Q68: what ends a string is guessed only for those who ask for it.
#[test]
fn quotes_in_quotes() {
    let octets = br#"(NIL "s" NIL NIL NIL NIL NIL NIL NIL "<"foo"@bar>")"#;
    let (envelope, defects) = with_quotes(octets, Envelope::from_wire);
    assert_eq!(envelope.message_id(), r#"<"foo"@bar>"#);
    assert_eq!(defects, [Defect::UnescapedQuote; 2]);
    let out = crate::codec::testing::written(|encoder| envelope.encode(encoder));
    assert_eq!(out, br#"(NIL "s" NIL NIL NIL NIL NIL NIL NIL "<\"foo\"@bar>")"#);
}

/// Q6, Q8.
#[test]
fn octets_that_strings_must_not_hold() {
    let latin1 = b"(NIL \"G\xf6r\" NIL NIL NIL NIL NIL NIL NIL NIL)";
    let (envelope, defects, at) = odd_envelope(latin1);
    assert_eq!((defects, at), (vec![Defect::EightBitInQuoted], 7));
    assert_eq!(envelope.subject(), &b"G\xf6r"[..]);
    assert!(envelope.subject().is_eight_bit());
    for nul in [
        &b"(NIL \"a\0b\" NIL NIL NIL NIL NIL NIL NIL NIL)"[..],
        b"(NIL {3}\r\na\0b NIL NIL NIL NIL NIL NIL NIL NIL)",
    ] {
        let (envelope, defects, at) = odd_envelope(nul);
        assert_eq!((defects, nul[at]), (vec![Defect::NulInString], 0));
        assert_eq!(envelope.subject(), "ab");
    }
}

/// Q66, Q123, RFC 8970's elided examples: errors, and where.
#[test]
fn what_is_no_envelope() {
    for (octets, at) in [
        (&b"(NIL \"a\r\n b\" NIL NIL NIL NIL NIL NIL NIL NIL)"[..], 7),
        (b"(NIL NIL ((\"A\r\n* 9 EXISTS\r\n\" NIL \"a\" \"b.org\")) NIL NIL NIL NIL NIL NIL NIL)", 13),
        (b"(NIL NIL (({3}\r\nabcdef NIL \"a\" \"b\")) NIL NIL NIL NIL NIL NIL NIL)", 19),
        (b"(\"Wed, 23 Sep 2020 15:03:11 +0000\" [...])", 35),
        (b"NIL", 0),
        (b"", 0),
        (b"(", 1),
        (b"(NIL NIL ((NIL NIL NIL)) NIL", 22),
        (b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL", 40),
        (b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)", 40),
        (b"(a NIL NIL NIL NIL NIL NIL NIL NIL NIL)", 1),
        (b"(NIL NIL \"a\" NIL NIL NIL NIL NIL NIL NIL)", 9),
    ] {
        let (read, _) = lenient(octets, Envelope::parse);
        assert_eq!(read.map_err(|error| error.at), Err(at), "{}", mail_proto::Escaped(octets));
    }
}
