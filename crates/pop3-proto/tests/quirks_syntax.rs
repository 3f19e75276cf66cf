//! What real servers and clients do to the syntax: each case is read leniently and reported, and
//! refused strictly where it breaks the grammar.
//!
//! P are cases of servers, C of clients. Not the codec's are those about behaviour: P9, P10 (CAPA),
//! P12 (TOP), P18 (NOOP), P22 (pipelining), duplicates of P8, C28 and C29.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use bytes::{Bytes, BytesMut};
use mail_proto::{Leniency, ParseError, Reading};
use pop3_proto::{
    Capability, Challenge, Command, Defect, DropListing, Expire, Greeting, LanguageListing,
    LineEnds, Mechanism, MechanismListing, MessageNumber, Part, ResponseCode, ScanListing, Shape,
    Status, Stuffer, UidListing, Unstuffer, unstuff_line,
};

type Parse<T> = fn(&Bytes, &mut Reading<Defect>) -> Result<T, ParseError>;

fn strict<T>(line: &'static [u8], parse: Parse<T>) -> Result<T, ParseError> {
    parse(&Bytes::from_static(line), &mut Reading::new(Leniency::strict()))
}

/// The value, and the ids of the defects.
fn lenient<T>(line: &'static [u8], parse: Parse<T>) -> (T, Vec<Defect>) {
    let mut reading = Reading::new(Leniency::lenient());
    let value = parse(&Bytes::from_static(line), &mut reading).unwrap();
    (value, reading.defects.iter().map(|defect| defect.id).collect())
}

/// It breaks the grammar in this way only, and leniently it is this.
fn deviates<T: PartialEq + std::fmt::Debug>(
    line: &'static [u8],
    parse: Parse<T>,
    defect: Defect,
) -> T {
    let (value, defects) = lenient(line, parse);
    assert_eq!(defects, [defect]);
    assert!(strict(line, parse).is_err());
    let mut reading = Reading::new(Leniency::strict().allow(defect));
    assert_eq!(parse(&Bytes::from_static(line), &mut reading).as_ref(), Ok(&value));
    let mut reading = Reading::new(Leniency::lenient().deny(defect));
    assert!(parse(&Bytes::from_static(line), &mut reading).is_err());
    value
}

fn legal<T: PartialEq + std::fmt::Debug>(line: &'static [u8], parse: Parse<T>) -> T {
    let value = strict(line, parse).unwrap();
    assert_eq!(lenient(line, parse), (strict(line, parse).unwrap(), vec![]));
    value
}

/// Refused in every leniency.
fn refused<T: std::fmt::Debug>(line: &'static [u8], parse: Parse<T>) -> ParseError {
    let error = strict(line, parse).unwrap_err();
    let mut reading = Reading::new(Leniency::lenient());
    assert_eq!(parse(&Bytes::from_static(line), &mut reading).unwrap_err(), error);
    error
}

fn stat(line: &Bytes, reading: &mut Reading<Defect>) -> Result<DropListing, ParseError> {
    let status = Status::parse(line, reading)?;
    DropListing::parse_reply(&status, reading)
}

fn uidl_7(line: &Bytes, reading: &mut Reading<Defect>) -> Result<UidListing, ParseError> {
    let status = Status::parse(line, reading)?;
    UidListing::parse_reply(&status, MessageNumber::new(7).unwrap(), reading)
}

/// The body that a reader with this leniency sees, what it met, and what is left.
fn body(wire: &[u8], leniency: Leniency<Defect>) -> (Option<Vec<u8>>, Vec<Defect>, BytesMut) {
    let mut unstuffer = Unstuffer::new(&leniency);
    let (mut input, mut body) = (BytesMut::from(wire), Vec::new());
    while let Some(part) = unstuffer.poll(&mut input) {
        if let Part::Octets(octets) = part {
            body.extend(octets);
        }
    }
    let met = unstuffer.defects().iter().map(|defect| defect.id).collect();
    (unstuffer.is_over().then_some(body), met, input)
}

#[test]
fn p1_lines_not_byte_stuffed() {
    let (read, met, rest) = body(b"first\r\n.\r\nlast\r\n.\r\n", Leniency::lenient());
    assert_eq!(read.unwrap(), b"first\r\n");
    assert_eq!(met, []);
    assert_eq!(
        refused(b"last", Status::parse).at,
        0,
        "the rest is no reply: desync, never a guess"
    );
    assert_eq!(rest, "last\r\n.\r\n");
}

#[test]
fn p1_status_lines_inside_a_message_are_octets() {
    let wire = b"+OK\r\n-ERR no\r\n+ \r\n.\r\n";
    let (read, _, _) = body(wire, Leniency::strict());
    assert_eq!(read.unwrap(), b"+OK\r\n-ERR no\r\n+ \r\n");
}

#[test]
fn p2_one_dot_goes() {
    for leniency in [Leniency::strict(), Leniency::lenient()] {
        assert_eq!(body(b"..67.89\r\n.\r\n", leniency).0.unwrap(), b".67.89\r\n");
        assert_eq!(body(b".x\r\n.\r\n", leniency).0.unwrap(), b"x\r\n");
        assert_eq!(body(b".\n.\r\n", leniency).0, None, "a bare LF ends no line");
        assert_eq!(unstuff_line(&Bytes::from_static(b".x"), &leniency).unwrap(), "x");
    }
    let by_name = Leniency::lenient().allow(Defect::KeepSingleDots);
    let (read, met, _) = body(b".x\r\n..y\r\n.\r\n", by_name);
    assert_eq!(read.unwrap(), b".x\r\n.y\r\n");
    assert_eq!(met, [Defect::KeepSingleDots]);
    assert_eq!(unstuff_line(&Bytes::from_static(b".x"), &by_name).unwrap(), ".x");
}

#[test]
fn p2_a_terminator_with_bare_lf() {
    let wire = b"a\n.\n+OK\r\n";
    assert_eq!(body(wire, Leniency::lenient()).0, None);
    let (read, met, rest) = body(wire, Leniency::strict().allow(Defect::BareLf));
    assert_eq!(read.unwrap(), b"a\n");
    assert_eq!(met, [Defect::BareLf]);
    assert_eq!(rest, "+OK\r\n");
}

#[test]
fn p3_wrong_sizes_are_numbers_like_any() {
    assert_eq!(legal(b"1 1024", ScanListing::parse).octets(), Some(1024));
    assert_eq!(legal(b"+OK 832 octets", Status::parse).text.as_bytes(), b"832 octets");
}

#[test]
fn p4_negative_or_overflowing_octets() {
    let listing = deviates(b"+OK 20437 -1234567890", stat, Defect::NegativeSize);
    assert_eq!((listing.messages(), listing.octets()), (20437, None));
    let listing = deviates(b"+OK 3 18446744073709551616", stat, Defect::GarbledSize);
    assert_eq!((listing.messages(), listing.octets()), (3, None));
    let listing = deviates(b"1 -1", ScanListing::parse, Defect::NegativeSize);
    assert_eq!(listing.octets(), None);
}

#[test]
fn p5_stat_and_list_malformed() {
    assert_eq!(deviates(b"+OK 7", stat, Defect::MissingSize).messages(), 7);
    let listing = deviates(b"+OK 2 messages (320 octets)", stat, Defect::GarbledSize);
    assert_eq!((listing.messages(), listing.octets()), (2, None));
    assert_eq!(refused(b"+OK seven 1800662", stat).at, 4);
    assert_eq!(deviates(b"7", ScanListing::parse, Defect::MissingSize).message().get(), 7);
    assert_eq!(legal(b"1 1024 extra", ScanListing::parse).rest().as_bytes(), b"extra");
    let listing = deviates(b"01 5", ScanListing::parse, Defect::LeadingZeros);
    assert_eq!(listing.message().get(), 1);
}

#[test]
fn p6_several_spaces_and_ok_before_each_line() {
    let line = b"1   2011071307115510400ae3e9e00bmu9";
    let listing = deviates(line, UidListing::parse, Defect::DoubleSpace);
    assert_eq!(listing.uid.as_bytes(), b"2011071307115510400ae3e9e00bmu9");
    let listing = deviates(b"+OK 1 abc", UidListing::parse, Defect::OkBeforeLine);
    assert_eq!((listing.message.get(), listing.uid.as_bytes()), (1, &b"abc"[..]));
    assert_eq!(deviates(b"+OK 2 9", ScanListing::parse, Defect::OkBeforeLine).octets(), Some(9));
    assert_eq!(deviates(b" 2 9", ScanListing::parse, Defect::DoubleSpace).octets(), Some(9));
}

#[test]
fn p7_uidl_without_number_or_id() {
    let listing = deviates(b"+OK 00001a1457b5a851", uidl_7, Defect::MissingNumber);
    assert_eq!((listing.message.get(), listing.uid.as_bytes()), (7, &b"00001a1457b5a851"[..]));
    assert_eq!(refused(b"3", UidListing::parse), ParseError::new(1, "a space and a unique-id"));
    assert_eq!(refused(b"+OK 7", uidl_7).at, 5);
}

#[test]
fn p8_uids_too_long_or_with_spaces() {
    const LONG: &[u8] = &{
        let mut line = [b'x'; 202];
        line[0] = b'1';
        line[1] = b' ';
        line
    };
    let listing = deviates(LONG, UidListing::parse, Defect::LongUniqueId);
    assert_eq!(listing.uid.as_bytes().len(), 200);
    assert!(!listing.uid.is_conformant());
    let listing = deviates(b"1 abc def", UidListing::parse, Defect::OddUniqueId);
    assert_eq!(listing.uid.as_bytes(), b"abc def");
    let listing = deviates(b"1 \xff", UidListing::parse, Defect::OddUniqueId);
    assert_eq!(listing.uid.as_bytes(), b"\xff");
    const ENDLESS: &[u8] = &{
        let mut line = [b'x'; 1027];
        line[0] = b'1';
        line[1] = b' ';
        line
    };
    refused(ENDLESS, UidListing::parse);
}

#[test]
fn p11_capabilities_that_lie() {
    assert_eq!(legal(b"SASL", Capability::parse), Capability::Sasl(vec![]));
    let expire = Capability::Expire { days: Expire::Days(31), per_user: true };
    assert_eq!(legal(b"EXPIRE 31 USER", Capability::parse), expire);
    let delay = Capability::LoginDelay { seconds: 300, per_user: false };
    assert_eq!(legal(b"LOGIN-DELAY 300", Capability::parse), delay);
    let odd = deviates(b"EXPIRE soon", Capability::parse, Defect::OddCapability);
    assert_eq!(odd, Capability::Other("EXPIRE soon".try_into().unwrap()));
    let (sasl, defects) = lenient(b"SASL LOGIN X*Y PLAIN", Capability::parse);
    assert_eq!(defects, [Defect::OddMechanism]);
    assert!(strict(b"SASL LOGIN X*Y PLAIN", Capability::parse).is_err());
    let names = ["LOGIN", "PLAIN"].map(|name| Mechanism::new(name).unwrap());
    assert_eq!(sasl, Capability::Sasl(names.to_vec()));
}

#[test]
fn p13_continuation_oddities() {
    let empty = |challenge: &Challenge| challenge.data().unwrap().expose().is_empty();
    assert!(empty(&deviates(b"+", Challenge::parse, Defect::BarePlus)));
    assert!(empty(&legal(b"+ ", Challenge::parse)));
    let chatter = deviates(b"+ go ahead", Challenge::parse, Defect::UndecodableChallenge);
    assert_eq!(chatter.data(), None);
    let (unpadded, defects) = lenient(b"+ dGVzdA", Challenge::parse);
    assert_eq!(defects, [Defect::UnpaddedBase64]);
    assert!(strict(b"+ dGVzdA", Challenge::parse).is_err());
    assert_eq!(unpadded.data().unwrap().expose().as_ref(), b"test");
    assert_eq!(refused(b"+OK", Challenge::parse).at, 1);
    let mut reading = Reading::new(Leniency::lenient().allow(Defect::OkAsChallenge));
    assert!(empty(&Challenge::parse(&Bytes::from_static(b"+OK"), &mut reading).unwrap()));
    assert_eq!(reading.defects[0].id, Defect::OkAsChallenge);
    assert!(legal(b"+OK", Status::parse).is_ok());
}

#[test]
fn p14_auth_without_argument() {
    assert_eq!(legal(b"AUTH", Command::parse), Command::AuthList);
    assert_eq!(deviates(b"AUTH ", Command::parse, Defect::TrailingSpace), Command::AuthList);
    assert_eq!(Command::AuthList.shape(), Shape::Mechanisms);
    assert_eq!(legal(b"LOGIN", MechanismListing::parse).mechanism.as_bytes(), b"LOGIN");
}

#[test]
fn p15_greeting_variants() {
    let stamp = |line| legal(line, Greeting::parse).timestamp().map(ToString::to_string);
    assert_eq!(
        stamp(b"+OK POP3 ready <1896.697170952@dbc.mtview.ca.us> at your service").unwrap(),
        "<1896.697170952@dbc.mtview.ca.us>"
    );
    assert_eq!(
        stamp(b"+OK <16184.1473445882@mail3.example.com>").unwrap(),
        "<16184.1473445882@mail3.example.com>"
    );
    for none in [&b"+OK"[..], b"+OK <ready>", b"+OK <a\x80@b>", b"+OK <a@b"] {
        assert_eq!(stamp(none), None, "{none:?}");
    }
    let (greeting, _) = lenient(b"+OK <a\x01@b>", Greeting::parse);
    assert_eq!(greeting.timestamp(), None);
}

#[test]
fn p16_status_only_or_in_wrong_case() {
    assert!(legal(b"+OK", Status::parse).is_ok());
    assert!(!legal(b"-ERR", Status::parse).is_ok());
    let status = deviates(b"+ok hello", Status::parse, Defect::LowerCaseStatus);
    assert_eq!((status.is_ok(), status.text.as_bytes()), (true, &b"hello"[..]));
    assert!(!deviates(b"-Err", Status::parse, Defect::LowerCaseStatus).is_ok());
    let status = deviates(b"+OKhello", Status::parse, Defect::NoSpaceAfterStatus);
    assert_eq!(status.text.as_bytes(), b"hello");
}

#[test]
fn p17_extended_response_codes() {
    let code = |line| legal(line, Status::parse).code.unwrap();
    let permanent = code(b"-ERR [SYS/PERM] Your account is not enabled for POP access.");
    assert_eq!(permanent, ResponseCode::SysPerm);
    assert_eq!(
        code(b"-ERR [IN-USE] Do you have another POP session running?"),
        ResponseCode::InUse
    );
    let delay = code(b"-ERR [LOGIN-DELAY] minimum time between mail checks violation");
    assert_eq!(delay, ResponseCode::LoginDelay);
    assert_eq!(code(b"-ERR [auth] x"), ResponseCode::Auth);
    assert_eq!(code(b"-ERR [SYS/TEMP/foo] x").known(), Some(ResponseCode::SysTemp));
    assert_eq!(code(b"+OK [X-foo] x").known(), None);
}

#[test]
fn p19_long_lines_in_a_message() {
    let line = [&[b'x'; 100_000][..], b"\r\n"].concat();
    let wire = [&line[..], b".\r\n"].concat();
    assert_eq!(body(&wire, Leniency::strict()).0.unwrap(), line);
}

#[test]
fn p20_empty_lines_and_odd_octets_in_commands() {
    assert_eq!(refused(b"", Command::parse).at, 0);
    assert_eq!(legal(b"FOO:BAR", Command::parse).keyword(), b"FOO:BAR");
    assert_eq!(refused(b":\0", Command::parse).at, 1);
    refused(b"\x16\x03\x01\x02\x00\x01", Command::parse);
    assert_eq!(legal(b"GET / HTTP/1.1", Command::parse).keyword(), b"GET");
    for first in 0..=255u8 {
        for second in 0..=255u8 {
            let line = Bytes::copy_from_slice(&[first, second, b' ', second]);
            let _ = Command::parse(&line, &mut Reading::new(Leniency::lenient()));
        }
    }
}

#[test]
fn p21_extra_commands() {
    let lines = [
        (&b"LAST"[..], Shape::Single),
        (b"XTND BBOARDS", Shape::Body),
        (b"RPOP mrose", Shape::Single),
        (b"XSENDER 1", Shape::Single),
    ];
    for (line, shape) in lines {
        let command = legal(line, Command::parse);
        assert!(matches!(command, Command::Other(_)));
        assert_eq!(command.shape(), shape);
        let mut out = Vec::new();
        command.encode(&mut out);
        assert_eq!(out, [line, b"\r\n"].concat());
    }
}

#[test]
fn p23_texts_in_utf8() {
    let status = legal("+OK es Contrase\u{f1}a".as_bytes(), Status::parse);
    assert_eq!(status.text.to_str().unwrap(), "es Contrase\u{f1}a");
    let language = legal("es Espa\u{f1}ol".as_bytes(), LanguageListing::parse);
    assert_eq!(language.description.to_str().unwrap(), "Espa\u{f1}ol");
    assert_eq!(legal(b"UTF8", Command::parse), Command::Utf8);
    legal(b"LANG *", Command::parse);
    legal("USER j\u{f6}rg".as_bytes(), Command::parse);
}

#[test]
fn c25_odd_spaces_of_clients() {
    deviates(b"USER  joe", Command::parse, Defect::DoubleSpace);
    deviates(b"USER joe ", Command::parse, Defect::TrailingSpace);
    let apop = b"APOP  joe c4c9334bac560ecc979e58001b3e22fb";
    deviates(apop, Command::parse, Defect::DoubleSpace);
    deviates(b"RETR  1", Command::parse, Defect::DoubleSpace);
    deviates(b"TOP 1  1", Command::parse, Defect::DoubleSpace);
}

#[test]
fn c26_nul_octets() {
    for line in [&b"USER a\0b"[..], b"PASS a\0b", b"XTND a\0b", b"STAT\0", b"LIST 1\0"] {
        refused(line, Command::parse);
    }
    let status = deviates(b"+OK a\0b", Status::parse, Defect::BreakInText);
    assert_eq!(status.text.as_bytes(), b"a b");
    let status = deviates(b"+OK a\tb", Status::parse, Defect::ControlInText);
    assert_eq!(status.text.as_bytes(), b"a\tb");
    let (read, _, _) = body(b"a\0b\r\n.\r\n", Leniency::strict());
    assert_eq!(read.unwrap(), b"a\0b\r\n");
    let mut wire = Vec::new();
    let mut stuffer = Stuffer::new(LineEnds::Normalize);
    stuffer.push(Bytes::from_static(b"a\0b"), &mut wire);
    stuffer.finish(&mut wire);
    assert_eq!(wire, b"a\0b\r\n.\r\n");
}

#[test]
fn c27_lower_case_empty_arguments_and_passwords_with_spaces() {
    let Command::Pass(password) = legal(b"pass my secret  word ", Command::parse) else { panic!() };
    assert_eq!(password.expose().as_bytes(), b"my secret  word ");
    let Command::Pass(password) = legal(b"PASS  x", Command::parse) else { panic!() };
    assert_eq!(password.expose().as_bytes(), b" x");
    assert_eq!(legal(b"stat", Command::parse), Command::Stat);
    assert_eq!(deviates(b"LIST ", Command::parse, Defect::TrailingSpace), Command::List(None));
    assert_eq!(deviates(b"RETR 01", Command::parse, Defect::LeadingZeros).shape(), Shape::Body);
}
