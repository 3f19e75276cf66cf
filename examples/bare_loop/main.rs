//! Mail without a runtime: two machines, two pipes of a fixed size, a clock that is a counter.
//!
//! What whoever writes firmware or a kernel does: [`link`] moves the octets through buffers that
//! are as large as those of a UART or a network card, and uses nothing of `std`; the connections of
//! IMAP and POP3 need no more than `alloc`. Both ends run in one loop here, one turn each, so that there
//! is something to see:
//!
//! ```sh
//! cargo run --example bare_loop
//! ```

mod imap;
mod link;
mod pop3;

fn main() {
    for line in imap::session().into_iter().chain(pop3::session()) {
        println!("{line}");
    }
}
