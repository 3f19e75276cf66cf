//! libFuzzer's front end of [`imap_response`](mail_fuzz::targets::imap_response).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_response::run(data));
