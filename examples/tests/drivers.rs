//! The same IMAP and POP3 sessions over each driver: on sockets of the loopback with STARTTLS and STLS by
//! rustls (tokio, threads), with a handover that swaps nothing (smol), and in memory (the bare loop).
//!
//! The applications are those of the example `bare_loop`; what the client sees is the same each time.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::arithmetic_side_effects, missing_docs)]

#[path = "../bare_loop/imap.rs"]
mod imap;
#[allow(dead_code)]
#[path = "../bare_loop/link.rs"]
mod link;
mod over;
#[path = "../bare_loop/pop3.rs"]
mod pop3;

use over::{IMAP, POP3};

#[test]
fn a_loop_without_a_runtime() {
    assert_eq!(imap::session(), IMAP);
    assert_eq!(pop3::session(), POP3);
}

#[test]
fn threads_that_block() {
    let (imap, pop3) = (over::blocking::imap(), over::blocking::pop3());
    assert_eq!((imap, pop3), (over::lines(IMAP), over::lines(POP3)));
}

#[test]
fn tokio() {
    let (imap, pop3) = (over::tokio::imap(), over::tokio::pop3());
    assert_eq!((imap, pop3), (over::lines(IMAP), over::lines(POP3)));
}

#[test]
fn smol() {
    let (imap, pop3) = (over::smol::imap(), over::smol::pop3());
    assert_eq!((imap, pop3), (over::lines(IMAP), over::lines(POP3)));
}
