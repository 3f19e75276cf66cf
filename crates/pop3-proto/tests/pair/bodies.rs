//! Bodies arrive octet by octet as they were, but for their line ends.

use bytes::Bytes;
use pop3_proto::Command;

use super::support::{Maildrop, Seeded, number, pass, user};
use super::{Script, bodies};

/// What a reader sees of octets whose line ends were mended.
fn normalized(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = octets;
    while let [first, tail @ ..] = rest {
        rest = match (first, tail) {
            (b'\r', [b'\n', tail @ ..]) | (b'\r' | b'\n', tail) => {
                out.extend_from_slice(b"\r\n");
                tail
            }
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    if !out.is_empty() && !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn check(mails: &[Vec<u8>], piece: usize) {
    let numbers = 1..=mails.len() as u32;
    let mut commands = vec![user("alice"), pass("secret")];
    commands.extend(numbers.map(|n| Command::Retr(number(n))));
    commands.push(Command::Quit);
    let maildrop = || {
        let drop = Maildrop::of(mails.iter().map(|mail| Bytes::copy_from_slice(mail)).collect());
        drop.lock().unwrap().piece = piece;
        drop
    };
    let log = Script::of(commands).run_all(maildrop);
    let expected: Vec<_> = mails.iter().map(|mail| normalized(mail)).collect();
    let expected: Vec<_> = expected.into_iter().filter(|mail| !mail.is_empty()).collect();
    assert_eq!(bodies(&log), expected);
}

#[test]
fn all_256_octets_arrive() {
    let all: Vec<u8> = (0..=255).collect();
    let lines: Vec<u8> = (0..=255).flat_map(|octet| [octet, b'\r', b'\n']).collect();
    let dotted: Vec<u8> = (0..=255).flat_map(|octet| [b'\r', b'\n', b'.', octet]).collect();
    for piece in [1, 7, 1000] {
        check(&[all.clone(), lines.clone(), dotted.clone()], piece);
    }
}

#[test]
fn an_empty_body_arrives_empty() {
    check(&[vec![], b"\r\n".to_vec(), b".".to_vec(), b".\r\n".to_vec(), b"..\n".to_vec()], 1);
}

#[test]
fn every_mixture_of_line_ends_and_dots_arrives_normalized() {
    const ALPHABET: &[u8] = b"\r\n.a";
    let strings = |length: u32| {
        (0..4usize.pow(length)).map(move |mut n| {
            let digit = |_| {
                let octet = ALPHABET[n % 4];
                n /= 4;
                octet
            };
            (0..length).map(digit).collect::<Vec<u8>>()
        })
    };
    for piece in [1, 2, 1000] {
        check(&(0..=4).flat_map(strings).collect::<Vec<_>>(), piece);
    }
}

#[test]
fn a_big_body_arrives_over_watermarks() {
    let mut seeded = Seeded(5);
    let octets = b"\r\n.+OK -ERR abc\xff\0";
    let big: Vec<u8> = (0..300_000).map(|_| octets[seeded.below(octets.len())]).collect();
    let drop = || {
        let drop = Maildrop::of(vec![Bytes::copy_from_slice(&big)]);
        drop.lock().unwrap().piece = 20_000;
        drop
    };
    let commands = [user("alice"), pass("secret"), Command::Retr(number(1)), Command::Quit];
    for chunks in [super::Chunks::Whole, super::Chunks::Random(1), super::Chunks::Random(2)] {
        let log = Script::of(commands.clone()).run(&drop(), chunks);
        assert_eq!(bodies(&log), [normalized(&big)]);
    }
}
