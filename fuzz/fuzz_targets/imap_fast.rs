//! libFuzzer's front end of [`imap_fast`](mail_fuzz::targets::imap_fast).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_fast::run(data));
