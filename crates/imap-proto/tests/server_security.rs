//! The server's part of SECURITY.md: each item by its name.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]

mod connection_support;

mod server_security {
    mod desync;
    mod exhaustion;
    mod injection;
    mod leaks;
    mod tls;
}
