//! libFuzzer's front end of [`imap_round_trip`](mail_fuzz::targets::imap_round_trip).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::imap_round_trip::run(data));
