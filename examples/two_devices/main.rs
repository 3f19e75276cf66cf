//! Two devices on one POP3 account: who gets which mail, under each policy, as a table.
//!
//! ```sh
//! cargo run --example two_devices
//! ```
//!
//! Everything is real (client and server connections, the session, the store) and in memory.
//! `story.rs` is the story, `maildrop.rs` the server, `device.rs` a device.

mod device;
mod maildrop;
mod story;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for story in story::stories() {
        println!("{}", story.tell()?);
    }
    Ok(())
}
