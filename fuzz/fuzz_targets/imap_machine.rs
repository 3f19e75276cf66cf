//! libFuzzer's front end of [`imap_machine`](mail_fuzz::targets::imap_machine).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_machine::run(data));
