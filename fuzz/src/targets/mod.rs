//! The targets, a file each: what the octets mean, and what must hold of them.

/// The table: each name is a module here, a front end, a corpus.
macro_rules! targets {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $($(#[$doc])* pub mod $name;)+

        /// All of them by name.
        pub const ALL: &[(&str, fn(&[u8]))] = &[$((stringify!($name), $name::run)),+];
    };
}

targets! {
    imap_command;
    imap_response;
    imap_split;
    imap_round_trip;
    imap_fast;
    imap_client;
    imap_server;
    imap_machine;
    pop3_client_split;
    pop3_server_split;
    pop3_parse;
    pop3_round_trip;
    pop3_machine;
    pop3_stuffing;
    store_session;
    uid_set;
}
