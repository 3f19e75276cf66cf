//! IMAP4rev1 and IMAP4rev2, client and server, without input and output: octets become values, values
//! become octets.
//!
//! Every command, response, response code and capability that is registered has a type of its own
//! ([`EXTENSIONS`] is the index), whatever has been negotiated. The types hold only what can be sent:
//! a [`Mailbox`] has no NUL, an [`Atom`] no space, a list that must not be empty is a [`OneOrMore`]. So
//! no string of a user becomes a command.
//!
//! # Four directions
//!
//! A server reads a [`Command`]: a tag and a [`CommandBody`].
//!
//! ```
//! use bytes::Bytes;
//! use imap_proto::{Command, CommandBody, parse_whole};
//! use mail_proto::{Leniency, Reading};
//!
//! let line = Bytes::from_static(b"a1 MOVE 2:4 \"Old mail\"");
//! let command = parse_whole(&line, &mut Reading::new(Leniency::lenient()), Command::parse).unwrap();
//! let CommandBody::Move(messages) = command.body else { panic!() };
//! assert_eq!(messages.mailbox.as_bytes(), b"Old mail");
//! ```
//!
//! It writes a [`Response`]: [`Data`], [`Tagged`] or a [`Continuation`].
//!
//! ```
//! use imap_proto::{
//!     Code, Condition, ConditionKind, Encoder, Negotiated, RespText, Response, Tag, Tagged,
//! };
//! use mail_proto::Text;
//!
//! let text = RespText::new(Some(Code::TryCreate), Text::new("No such mailbox").unwrap());
//! let condition = Condition { kind: ConditionKind::No, text };
//! let response = Response::Tagged(Tagged { tag: Tag::new("a1").unwrap(), condition });
//! let mut out = Vec::new();
//! response.encode(&mut Encoder::new(&mut out, Negotiated::server()));
//! assert_eq!(out, b"a1 NO [TRYCREATE] No such mailbox\r\n");
//! ```
//!
//! A client writes a command. Builders make the large ones: [`Fetch`], [`Store`], [`List`], [`Search`],
//! [`append`].
//!
//! ```
//! use imap_proto::{Command, CommandBody, Encoder, Fetch, Negotiated, Section, SequenceSet, Tag};
//!
//! let fetch = Fetch::uids(SequenceSet::all()).flags().body_peek(Section::header());
//! let command = Command { tag: Tag::new("a2").unwrap(), body: CommandBody::UidFetch(fetch) };
//! let mut out = Vec::new();
//! command.encode(&mut Encoder::new(&mut out, Negotiated::client()));
//! assert_eq!(out, b"a2 UID FETCH 1:* (FLAGS BODY.PEEK[HEADER])\r\n");
//! ```
//!
//! It reads a response.
//!
//! ```
//! use bytes::Bytes;
//! use imap_proto::{Data, Response, parse_whole};
//! use mail_proto::{Leniency, Reading};
//!
//! let line = Bytes::from_static(b"* 12 FETCH (FLAGS (\\Seen) UID 40)");
//! let response = parse_whole(&line, &mut Reading::new(Leniency::lenient()), Response::parse).unwrap();
//! let Response::Data(Data::Fetch(Some(number), data)) = response else { panic!() };
//! assert_eq!((number.get(), data.uid().unwrap().get()), (12, 40));
//! assert!(data.flags().unwrap().is_seen());
//! ```
//!
//! A message is a line without its line end, its literals included; the
//! [`Framer`](connection::Framer) cuts it. An [`Encoder`] writes to any [`Sink`](mail_proto::Sink), in the
//! forms that were [`Negotiated`], and notes where a client has to wait before a literal.
//!
//! # What is put up with
//!
//! Reading is strict or as lenient as a [`Leniency`](mail_proto::Leniency) says, which is a value, not a
//! feature of the crate. Each liberty that was taken is reported as a [`Defect`]; writing takes none.
//!
//! ```
//! use bytes::Bytes;
//! use imap_proto::{Defect, Encoder, FlagList, Negotiated, parse_whole};
//! use mail_proto::{Leniency, Reading};
//!
//! let octets = Bytes::from_static(br"(\Seen $Forwarded )");
//! let mut reading = Reading::new(Leniency::lenient());
//! let flags = parse_whole(&octets, &mut reading, FlagList::parse).unwrap();
//! assert_eq!((reading.defects[0].id, reading.defects[0].at), (Defect::SpaceInList, 17));
//! let mut out = Vec::new();
//! flags.encode(&mut Encoder::new(&mut out, Negotiated::server()));
//! assert_eq!(out, br"(\Seen $Forwarded)");
//!
//! let error = parse_whole(&octets, &mut Reading::new(Leniency::strict()), FlagList::parse).unwrap_err();
//! assert_eq!(error.at, 17);
//! ```
//!
//! What the library does not know is kept as it came, in arms called `Other`, `Unknown` or `Ext`, is
//! written as it came, and is counted in [`Reading::unknown`](mail_proto::Reading::unknown). It never
//! costs the message around it.
//!
//! # Limits
//!
//! A peer cannot make a parser recurse or allocate without bound: [`ParseLimits`] says how deep lists may
//! nest and how many elements they may have. Hand it to a [`Cursor`]; [`parse_whole`] uses that of a
//! client.
//!
//! # Bodies in parts
//!
//! A message need not fit in memory. [`FetchReader`] and [`FetchWriter`] take a FETCH response apart and
//! put it together, [`AppendReader`] and [`AppendWriter`] do so with APPEND and REPLACE. A
//! [`FetchPart`] or [`AppendPart`] is the beginning, an item, a chunk of octets, the end;
//! [`FetchCollector`] and [`AppendCollector`] make the whole of them where it is small.
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | names, strings, numbers | [`Mailbox`], [`Atom`], [`AString`], [`NString`], [`SeqNum`], [`Uid`], [`ModSeq`] |
//! | sets of messages | [`SequenceSet`] in commands, [`NumberSet`] in responses |
//! | flags | [`FlagList`], [`SettableFlags`], [`PermanentFlags`] |
//! | headers and structure of a message | [`Envelope`], [`BodyStructure`], and [`EnvelopeFields`], [`BodyStructureBuilder`] to make them |
//! | results of a search | [`SearchData`], [`EsearchData`], [`ThreadData`] |
//! | mailboxes | [`ListData`], [`StatusData`], [`NamespaceData`] |
//! | what a server can do | [`Capabilities`], [`EXTENSIONS`] |
//! | why it said NO | [`Code`] |
//! | framing, states, rules of commands | [`connection`] |
//! | connections | [`client`], [`server`] |
//! | a command and its data as one result | [`tasks`] |

#![no_std]
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, clippy::string_slice))]

extern crate alloc;
#[cfg(any(test, feature = "std"))]
extern crate std;

pub mod client;
mod codec;
pub mod connection;
pub mod server;
pub mod tasks;

pub use codec::*;
