//! libFuzzer's front end of [`pop3_machine`](mail_fuzz::targets::pop3_machine).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::pop3_machine::run(data));
