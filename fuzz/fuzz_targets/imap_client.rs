//! libFuzzer's front end of [`imap_client`](mail_fuzz::targets::imap_client).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_client::run(data));
