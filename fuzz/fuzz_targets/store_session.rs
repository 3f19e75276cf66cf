//! libFuzzer's front end of [`store_session`](mail_fuzz::targets::store_session).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::store_session::run(data));
