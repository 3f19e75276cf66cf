//! Every mechanism of `mail_proto::sasl` in AUTHENTICATE: our client against our server, and against
//! what a server or a wire may do to it.
#![allow(missing_docs, unreachable_pub, clippy::arithmetic_side_effects, clippy::print_stdout)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::string_slice)]
#![allow(clippy::panic, dead_code)]

mod connection_support;

#[path = "../../mail-proto/tests/sasl/cast.rs"]
mod cast;
#[path = "../../mail-proto/tests/sasl/wire/cuts.rs"]
mod cuts;
#[path = "../../mail-proto/tests/sasl/wire/dialogues.rs"]
mod dialogues;
#[path = "../../mail-proto/tests/sasl/wire/line.rs"]
mod line;
#[path = "sasl/parts.rs"]
mod parts;
#[path = "../../mail-proto/tests/sasl/wire/plot.rs"]
mod plot;
