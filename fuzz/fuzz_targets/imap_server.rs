//! libFuzzer's front end of [`imap_server`](mail_fuzz::targets::imap_server).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_server::run(data));
