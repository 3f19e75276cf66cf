//! libFuzzer's front end of [`pop3_client_split`](mail_fuzz::targets::pop3_client_split).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::pop3_client_split::run(data));
