//! F: ENVELOPE.

use imap_proto::{Address, AddressKind, Defect, Envelope};

use crate::read::*;

const NILS: &str = "NIL NIL NIL NIL NIL NIL NIL";

fn from(address: &str) -> String {
    format!("(NIL NIL {address} {NILS})")
}

fn senders(envelope: &Envelope) -> Vec<Address<'_>> {
    envelope.from().collect()
}

#[test]
pub fn q60_fields_at_the_end_are_missing() {
    let met = ["missing-envelope-fields"];
    let nine = r#"("Tue, 24 Sep 2019 09:48:05 +0800" "s" ((NIL NIL "a" "b")) NIL NIL NIL NIL NIL "<in-reply-to@x>""#;
    let read = envelope(&format!("{nine})"), 96, &met, &format!("{nine} NIL)"));
    assert_eq!(read.in_reply_to(), "<in-reply-to@x>");
    assert!(read.message_id().is_nil());
    assert_eq!(
        (read.from().len(), read.date().raw()),
        (1, &b"Tue, 24 Sep 2019 09:48:05 +0800"[..])
    );
    let eight = r#"("Tue, 24 Sep 2019 09:48:05 +0800" "s" NIL NIL NIL NIL NIL NIL"#;
    let read = envelope(&format!("{eight})"), 62, &met, &format!("{eight} NIL NIL)"));
    assert!(read.in_reply_to().is_nil() && read.message_id().is_nil());
    assert_eq!(read.subject(), "s");
}

#[test]
pub fn q61_empty_lists_of_addresses() {
    let wire = r#"(NIL "s" () () () ((NIL NIL "a" "b")) NIL NIL NIL NIL)"#;
    let wrote = r#"(NIL "s" NIL NIL NIL ((NIL NIL "a" "b")) NIL NIL NIL NIL)"#;
    let read = envelope(wire, 10, &["empty-list"; 3], wrote);
    assert_eq!((read.from().len(), read.sender().len(), read.reply_to().len()), (0, 0, 0));
    assert_eq!(read.to().next().unwrap().mailbox, "a");
}

#[test]
pub fn q62_nil_among_addresses() {
    let (wire, wrote) = (from(r#"(NIL ("x" NIL "a" "b"))"#), from(r#"(("x" NIL "a" "b"))"#));
    let read = envelope(&wire, 10, &["nil-address", "space-in-list"], &wrote);
    assert_eq!(senders(&read).len(), 1);
    assert_eq!(senders(&read)[0].name, "x");
}

#[test]
pub fn q63_groups_out_of_balance() {
    let read = legal_envelope(&from(r#"((NIL NIL NIL NIL)(NIL NIL "a" "b"))"#));
    let kinds = |envelope: &Envelope| envelope.from().map(|it| it.kind()).collect::<Vec<_>>();
    assert_eq!(kinds(&read), [AddressKind::EndGroup, AddressKind::Mailbox]);
    let read = legal_envelope(&from(r#"((NIL NIL "boys" NIL)(NIL NIL "aaron" "x.org"))"#));
    assert_eq!(kinds(&read), [AddressKind::BeginGroup, AddressKind::Mailbox]);
    assert_eq!(senders(&read)[0].mailbox, "boys");
}

#[test]
pub fn q64_placeholders() {
    for address in [
        r#"((NIL NIL "aaron" "MISSING_DOMAIN"))"#,
        r#"(("Microsoft Exchange Server" NIL NIL ".MISSING-HOST-NAME."))"#,
    ] {
        let read = legal_envelope(&from(address));
        assert!(senders(&read)[0].is_placeholder(), "{address}");
    }
    let read = legal_envelope(&from(r#"((NIL NIL "aaron" "x.org"))"#));
    assert!(!senders(&read)[0].is_placeholder());
}

#[test]
pub fn q65_fields_swapped() {
    let read =
        legal_envelope(&from(r#"(("<sender@domain.com>" NIL "=?UTF-8?Q?\"Dummy\"?=" NIL))"#));
    let address = senders(&read)[0];
    assert!(address.is_swapped());
    assert_eq!(address.kind(), AddressKind::Mailbox, "no group begins");
    assert_eq!(address.mailbox, "=?UTF-8?Q?\"Dummy\"?=", "encoded words are not decoded");
    let read =
        legal_envelope(&from(r#"((NIL NIL "<members=headspace.com" "members.headspace.com>"))"#));
    assert_eq!(senders(&read)[0].host, "members.headspace.com>");
}

#[test]
pub fn q66_characters_counted_for_octets() {
    // The octets of the case; what follows the literal is no address.
    let name = "Рецепция Офис сграда \"Данаил Дечев\" №6";
    assert_eq!((name.chars().count(), name.len()), (38, 69));
    let octets = from(&format!("(({{38}}\r\n{name} NIL \"facility\" \"x.com\"))"));
    // One malformed item; nothing is looked for behind the octets that were announced.
    let (wire, _) = around(&format!("ENVELOPE {octets}"));
    let data = fetch(leniently(&unit::<imap_proto::Response>(&wire)).unwrap().0);
    others_are_there(&data);
    assert!(data.envelope().is_none());
    assert!(strictly::<imap_proto::Response>(&unit::<imap_proto::Response>(&wire)).is_err());
}

#[test]
pub fn q67_message_ids_of_any_sort() {
    let read = legal_envelope(&format!("(NIL NIL {NILS} \"foo bar @baz\")"));
    assert_eq!(read.message_id(), "foo bar @baz");
}

#[test]
pub fn q68_quotes_in_a_message_id() {
    let octets = r#"(NIL "s" NIL NIL NIL NIL NIL NIL NIL "<"foo"@bar>")"#;
    malformed(&format!("ENVELOPE {octets}"), 9 + 40, &["malformed-envelope"]);
    let data = chosen(&format!("ENVELOPE {octets}"), Defect::UnescapedQuote);
    let read = data.envelope().unwrap();
    assert_eq!(read.message_id(), "<\"foo\"@bar>");
    assert_eq!(read.subject(), "s");
}
