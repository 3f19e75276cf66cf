//! libFuzzer's front end of [`pop3_round_trip`](mail_fuzz::targets::pop3_round_trip).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::pop3_round_trip::run(data));
