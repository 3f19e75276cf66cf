//! libFuzzer's front end of [`imap_split`](mail_fuzz::targets::imap_split).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_split::run(data));
