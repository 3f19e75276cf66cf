//! libFuzzer's front end of [`pop3_server_split`](mail_fuzz::targets::pop3_server_split).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::pop3_server_split::run(data));
