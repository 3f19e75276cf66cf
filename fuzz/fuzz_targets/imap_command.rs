//! libFuzzer's front end of [`imap_command`](mail_fuzz::targets::imap_command).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_command::run(data));
