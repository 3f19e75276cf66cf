//! libFuzzer's front end of [`pop3_stuffing`](mail_fuzz::targets::pop3_stuffing).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::pop3_stuffing::run(data));
