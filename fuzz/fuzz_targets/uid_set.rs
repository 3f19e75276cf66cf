//! libFuzzer's front end of [`uid_set`](mail_fuzz::targets::uid_set).

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| mail_fuzz::targets::uid_set::run(data));
