//! S10: a literal that does not wait, only where the server of this channel knows it.

use imap_proto::{
    AString, Command, CommandBody, Encoder, Literals, Login, Negotiated, Raw, Tag, UnknownCommand,
};
use mail_proto::{Secret, Sink};

/// Notes where the encoder waits.
#[derive(Default)]
struct Waits(Vec<u8>, Vec<usize>);

impl Sink for Waits {
    fn put(&mut self, octets: &[u8]) {
        self.0.extend(octets);
    }

    fn wait_for_continuation(&mut self) {
        self.1.push(self.0.len());
    }
}

fn encoded(command: &Command, negotiated: Negotiated) -> Waits {
    let mut waits = Waits::default();
    command.encode(&mut Encoder::new(&mut waits, negotiated));
    waits
}

fn login(size: usize) -> Command {
    let user = AString::new(vec![b'\r'; size]).unwrap();
    let password = Secret::new(AString::new("x").unwrap());
    Command { tag: Tag::new("a1").unwrap(), body: CommandBody::Login(Login { user, password }) }
}

fn unknown(size: usize) -> Command {
    let raw = [format!("{{{size}}}\r\n").into_bytes(), vec![b'x'; size]].concat();
    let name = imap_proto::Atom::new("XFOO").unwrap();
    let body = UnknownCommand::new(name, Some(Raw::new(raw).unwrap())).unwrap();
    Command { tag: Tag::new("a1").unwrap(), body: CommandBody::Unknown(body) }
}

#[test]
fn s10_capability_size_and_form() {
    for (literals, size, waits) in [
        (Literals::Sync, 1, true),
        (Literals::Sync, 4096, true),
        (Literals::Sync, 4097, true),
        (Literals::Minus, 1, false),
        (Literals::Minus, 4096, false),
        (Literals::Minus, 4097, true),
        (Literals::Plus, 1, false),
        (Literals::Plus, 4096, false),
        (Literals::Plus, 1_000_000, false),
    ] {
        let negotiated = Negotiated { literals, ..Negotiated::client() };
        for command in [login(size), unknown(size)] {
            let Waits(out, at) = encoded(&command, negotiated);
            let header = if waits { format!("{{{size}}}\r\n") } else { format!("{{{size}+}}\r\n") };
            let behind = out.windows(header.len()).position(|it| it == header.as_bytes());
            let behind = behind.expect("another form") + header.len();
            assert_eq!(at, if waits { vec![behind] } else { vec![] }, "{literals:?} {size}");
        }
    }
}

#[test]
fn s10_the_form_of_raw_text_is_not_its_own() {
    // `{1+}` in raw text of others does not make a server read what follows as a command.
    let name = imap_proto::Atom::new("XFOO").unwrap();
    let raw = Raw::new("{11+}\r\na2 LOGOUT\r\n x").unwrap();
    let body = CommandBody::Unknown(UnknownCommand::new(name, Some(raw)).unwrap());
    let command = Command { tag: Tag::new("a1").unwrap(), body };
    let Waits(out, at) = encoded(&command, Negotiated::client());
    assert_eq!(out, b"a1 XFOO {11}\r\na2 LOGOUT\r\n x\r\n");
    assert_eq!(at, [14]);
}

#[test]
fn s10_a_new_client_knows_of_no_literal() {
    assert_eq!(Negotiated::client().literals, Literals::Sync, "STARTTLS begins here again");
    assert_eq!(Literals::default(), Literals::Sync);
}

#[test]
fn s10_a_server_never_waits_and_never_adds_a_plus() {
    let response = imap_proto::Response::Data(imap_proto::Data::QuotaRoot(Box::new(
        imap_proto::QuotaRootData {
            mailbox: imap_proto::Mailbox::new("a\rb").unwrap(),
            roots: vec![AString::new("\n").unwrap()],
        },
    )));
    for literals in [Literals::Sync, Literals::Minus, Literals::Plus] {
        let mut waits = Waits::default();
        response
            .encode(&mut Encoder::new(&mut waits, Negotiated { literals, ..Negotiated::server() }));
        assert_eq!(waits.0, b"* QUOTAROOT {3}\r\na\rb {1}\r\n\n\r\n");
        assert!(waits.1.is_empty());
    }
}

#[test]
fn s10_no_end_of_raw_text_announces_a_literal() {
    for raw in ["{5}", "x {5}", "x{5}", "(a){5}", "\"a\"{5+}", "{0}", "x~{0}", "a {3}\r\nabc{9}"] {
        assert!(Raw::new(raw).is_err(), "{raw}");
    }
    for raw in ["{5", "5}", "{}", "{a}", "\"{5}\"", "{3}\r\n{5}", "({5}\r\nabcde)", "{x5}", "{+}"] {
        assert!(Raw::new(raw).is_ok(), "{raw}");
    }
}
