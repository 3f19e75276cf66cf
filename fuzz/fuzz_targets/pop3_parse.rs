//! libFuzzer's front end of [`pop3_parse`](mail_fuzz::targets::pop3_parse).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::pop3_parse::run(data));
