//! Framing: each rule by its name, every example of the RFCs at every split, and an oracle.
#![allow(missing_docs, clippy::arithmetic_side_effects, clippy::unwrap_used)]
#![allow(clippy::indexing_slicing, clippy::string_slice, unreachable_pub)]

#[path = "frame/drive.rs"]
mod drive;
#[path = "frame/examples.rs"]
mod examples;
#[path = "frame/limits.rs"]
mod limits;
#[path = "frame/linear.rs"]
mod linear;
#[path = "frame/literals.rs"]
mod literals;
#[path = "frame/oracle.rs"]
mod oracle;
#[path = "frame/refusals.rs"]
mod refusals;
#[path = "frame/units.rs"]
mod units;
