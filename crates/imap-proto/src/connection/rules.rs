//! What each command needs and what it disturbs, as one table: the server's rule of legality and of
//! EXPUNGE, the client's rule of pipelining.

use super::state::{State, States};
use crate::codec::arguments::is_same;
use crate::{CommandBody, SearchKey, Select, SelectParam, SequenceSet};

/// What is to be known of a command beside its grammar.
///
/// ```
/// use imap_proto::CommandBody;
/// use imap_proto::connection::{State, rules};
///
/// let rules = rules(&CommandBody::StartTls);
/// assert!(rules.states.contains(State::NotAuthenticated) && rules.barrier);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Rules {
    /// The states in which it is legal.
    pub states: States,
    /// Sequence numbers stand in it, or in its answer: while it runs, no EXPUNGE may be sent
    /// (RFC 9051 sections 5.5 and 7.5.1), and it must not be sent while an EXPUNGE may be on its way.
    pub uses_seqs: bool,
    /// Messages may be expunged while it runs.
    pub breaks_seqs: bool,
    /// Another mailbox is selected after it, or none.
    pub breaks_mailbox: bool,
    /// It changes the saved result `$` (RFC 5182 section 2.1), or may.
    pub breaks_saved_result: bool,
    /// It runs alone: the grammar or the framing of what follows depends on how it ends.
    pub barrier: bool,
}

impl Rules {
    /// Whether the command is legal in this state.
    #[must_use]
    pub const fn is_legal(&self, state: State) -> bool {
        self.states.contains(state)
    }

    /// Those of a command that may do anything.
    pub const UNKNOWN: Self = Self::new(States::ANY, "ubms!");

    const fn new(states: States, flags: &str) -> Self {
        let flags = flags.as_bytes();
        Self {
            states,
            uses_seqs: has(flags, b'u'),
            breaks_seqs: has(flags, b'b'),
            breaks_mailbox: has(flags, b'm'),
            breaks_saved_result: has(flags, b's'),
            barrier: has(flags, b'!'),
        }
    }
}

const fn has(mut flags: &[u8], flag: u8) -> bool {
    while let [first, rest @ ..] = flags {
        if *first == flag {
            return true;
        }
        flags = rest;
    }
    false
}

/// The rules of a command. One that the library does not know may do anything.
///
/// A UID SEARCH, UID SORT or UID THREAD among whose keys are sequence numbers counts as SEARCH, SORT or
/// THREAD (RFC 7162 section 3.2.10.2, RFC 9586 section 3.5). SELECT and EXAMINE use them in the fourth
/// parameter of QRESYNC (RFC 9586 section 3.7).
///
/// ```
/// use imap_proto::connection::rules;
/// use imap_proto::{CommandBody, Search, SearchKey, SequenceSet};
///
/// let search = |key| rules(&CommandBody::UidSearch(Search::new(key).into()));
/// assert!(search(SearchKey::Unseen).breaks_seqs);
/// assert!(search(SearchKey::Messages(SequenceSet::Saved)).breaks_seqs);
/// assert!(search(SearchKey::Messages(SequenceSet::all())).uses_seqs);
/// ```
#[must_use]
pub fn rules(command: &CommandBody) -> Rules {
    let rules = command.place().and_then(|place| BY_PLACE.get(place)).copied();
    let rules = rules.unwrap_or(Rules::UNKNOWN);
    match command {
        CommandBody::Select(select) | CommandBody::Examine(select) => {
            Rules { uses_seqs: matches_numbers(select), ..rules }
        }
        command if searches_by_number(command) => {
            Rules { uses_seqs: true, breaks_seqs: false, ..rules }
        }
        _ => rules,
    }
}

/// The fourth parameter of QRESYNC pairs sequence numbers with UIDs (RFC 7162 section 3.2.5.2).
fn matches_numbers(select: &Select) -> bool {
    select
        .params
        .iter()
        .any(|param| matches!(param, SelectParam::QResync(qresync) if qresync.seq_match.is_some()))
}

fn searches_by_number(command: &CommandBody) -> bool {
    let is_number = |key: &SearchKey| matches!(key, SearchKey::Messages(SequenceSet::Ranges(_)));
    match command {
        CommandBody::UidSearch(search) => search.key.contains(&is_number),
        CommandBody::UidSort(sort) => sort.key.contains(&is_number),
        CommandBody::UidThread(thread) => thread.key.contains(&is_number),
        _ => false,
    }
}

/// The rules of the command of this name, in capitals.
///
/// ```
/// use imap_proto::connection::{State, rules_of};
///
/// assert!(!rules_of(b"UID FETCH").unwrap().is_legal(State::Authenticated));
/// assert!(rules_of(b"XYZZY").is_none());
/// ```
#[must_use]
pub fn rules_of(name: &[u8]) -> Option<Rules> {
    let index = TABLE.binary_search_by(|(it, _)| it.as_bytes().cmp(name)).ok()?;
    TABLE.get(index).map(|(_, rules)| *rules)
}

/// All commands by name.
///
/// The columns: the states in which a command is legal (N not authenticated, A authenticated, S selected);
/// then whether it uses sequence numbers, lets them change, changes the mailbox, changes the saved
/// result, and runs alone.
///
#[doc = include_str!("rules.md")]
#[must_use]
pub fn table() -> &'static [(&'static str, Rules)] {
    TABLE
}

/// In the order of the names. `u` uses sequence numbers, `b` breaks them, `m` breaks the mailbox, `s`
/// breaks the saved result, `!` is a barrier.
const TABLE: &[(&str, Rules)] = {
    const ANY: States = States::ANY;
    const NOT_AUTH: States = States::NOT_AUTHENTICATED;
    const AUTH: States = States::AUTHENTICATED;
    const SELECTED: States = States::SELECTED;
    const fn row(name: &'static str, states: States, flags: &str) -> (&'static str, Rules) {
        (name, Rules::new(states, flags))
    }
    &[
        row("APPEND", AUTH, "b"),
        row("AUTHENTICATE", NOT_AUTH, "!"),
        row("CANCELUPDATE", AUTH, "b"),
        row("CAPABILITY", ANY, "b"),
        row("CHECK", SELECTED, "b"),
        row("CLOSE", SELECTED, "bms"),
        row("COMPARATOR", AUTH, "b"),
        row("COMPRESS", AUTH, "!"),
        row("CONVERSIONS", AUTH, "b"),
        row("CONVERT", SELECTED, "u"),
        row("COPY", SELECTED, "ub"),
        row("CREATE", AUTH, "b"),
        row("DELETE", AUTH, "b"),
        row("DELETEACL", AUTH, "b"),
        row("ENABLE", AUTH, "!"),
        row("ESEARCH", AUTH, "b"),
        row("EXAMINE", AUTH, "bms"),
        row("EXPUNGE", SELECTED, "b"),
        row("FETCH", SELECTED, "u"),
        row("GENURLAUTH", AUTH, "b"),
        row("GETACL", AUTH, "b"),
        row("GETANNOTATION", AUTH, "b"),
        row("GETJMAPACCESS", AUTH, "b"),
        row("GETMETADATA", AUTH, "b"),
        row("GETQUOTA", AUTH, "b"),
        row("GETQUOTAROOT", AUTH, "b"),
        row("ID", ANY, "b"),
        row("IDLE", AUTH, "b!"),
        row("LANGUAGE", ANY, "b!"),
        row("LIST", AUTH, "b"),
        row("LISTRIGHTS", AUTH, "b"),
        row("LOGIN", NOT_AUTH, "!"),
        row("LOGOUT", ANY, "!"),
        row("LSUB", AUTH, "b"),
        row("MOVE", SELECTED, "ub"),
        row("MYRIGHTS", AUTH, "b"),
        row("NAMESPACE", AUTH, "b"),
        row("NOOP", ANY, "b"),
        row("NOTIFY", AUTH, "b"),
        row("RENAME", AUTH, "b"),
        row("REPLACE", SELECTED, "ub"),
        row("RESETKEY", AUTH, "b"),
        row("RLIST", AUTH, "b"),
        row("RLSUB", AUTH, "b"),
        row("SEARCH", SELECTED, "us"),
        row("SELECT", AUTH, "bms"),
        row("SETACL", AUTH, "b"),
        row("SETANNOTATION", AUTH, "b"),
        row("SETMETADATA", AUTH, "b"),
        row("SETQUOTA", AUTH, "b"),
        row("SORT", SELECTED, "us"),
        row("STARTTLS", NOT_AUTH, "!"),
        row("STATUS", AUTH, "b"),
        row("STORE", SELECTED, "u"),
        row("SUBSCRIBE", AUTH, "b"),
        row("THREAD", SELECTED, "u"),
        row("UID CONVERT", SELECTED, "b"),
        row("UID COPY", SELECTED, "b"),
        row("UID EXPUNGE", SELECTED, "b"),
        row("UID FETCH", SELECTED, "b"),
        row("UID MOVE", SELECTED, "b"),
        row("UID REPLACE", SELECTED, "b"),
        row("UID SEARCH", SELECTED, "bs"),
        row("UID SORT", SELECTED, "bs"),
        row("UID STORE", SELECTED, "b"),
        row("UID THREAD", SELECTED, "b"),
        row("UIDBATCHES", SELECTED, "b"),
        row("UNAUTHENTICATE", AUTH, "ms!"),
        row("UNSELECT", SELECTED, "ms"),
        row("UNSUBSCRIBE", AUTH, "b"),
        row("URLFETCH", AUTH, "b"),
        row("XAPPLEPUSHSERVICE", AUTH, "b"),
        row("XLIST", AUTH, "b"),
    ]
};

/// The rules in the order of [`CommandBody::names`], so that nobody looks for a name.
static BY_PLACE: [Rules; CommandBody::NAMES.len()] = {
    let mut ordered = [Rules::UNKNOWN; CommandBody::NAMES.len()];
    let (mut names, mut to) = (CommandBody::NAMES, ordered.as_mut_slice());
    while let ([name, names_rest @ ..], [first, to_rest @ ..]) = (names, to) {
        *first = find(name);
        (names, to) = (names_rest, to_rest);
    }
    ordered
};

const fn find(name: &[u8]) -> Rules {
    let mut rows = TABLE;
    while let [(it, rules), rest @ ..] = rows {
        if is_same(it.as_bytes(), name) {
            return *rules;
        }
        rows = rest;
    }
    Rules::UNKNOWN
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;
    use core::fmt::Write as _;

    /// The table as the documentation shows it.
    fn rendered() -> String {
        let mut out = String::from(
            "| command | states | uses seqs | breaks seqs | breaks mailbox | breaks `$` | barrier |\n\
             |---|---|---|---|---|---|---|\n",
        );
        for (name, rules) in TABLE {
            let states = [
                (State::NotAuthenticated, 'N'),
                (State::Authenticated, 'A'),
                (State::Selected, 'S'),
            ];
            let legal = states.iter().filter(|(state, _)| rules.is_legal(*state));
            let legal: String = legal.map(|(_, letter)| *letter).collect();
            let yes = |flag: bool| if flag { "x" } else { "" };
            let _ = writeln!(
                out,
                "| {name} | {legal} | {} | {} | {} | {} | {} |",
                yes(rules.uses_seqs),
                yes(rules.breaks_seqs),
                yes(rules.breaks_mailbox),
                yes(rules.breaks_saved_result),
                yes(rules.barrier),
            );
        }
        out
    }

    #[test]
    fn the_documentation_shows_the_table() {
        assert_eq!(include_str!("rules.md"), rendered(), "rules.md is to be this:\n{}", rendered());
    }

    #[test]
    fn a_command_has_the_rules_of_its_name() {
        for (name, rules) in CommandBody::names().zip(BY_PLACE) {
            assert_eq!(rules_of(name), Some(rules), "{:?}", mail_proto::Escaped(name));
        }
        assert_eq!(CommandBody::Close.place().map(|place| BY_PLACE[place]), rules_of(b"CLOSE"));
    }

    #[test]
    fn the_table_is_in_order() {
        assert!(TABLE.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn every_command_that_is_known_has_a_row() {
        for name in CommandBody::names() {
            let row = TABLE.iter().any(|(it, _)| it.as_bytes() == name);
            assert!(row, "{:?}", mail_proto::Escaped(name));
        }
        assert_eq!(TABLE.len(), CommandBody::names().count());
    }

    #[test]
    fn expunge_never_while_sequence_numbers_are_in_use() {
        for (name, rules) in TABLE {
            let forbidden = ["FETCH", "STORE", "SEARCH", "SORT", "THREAD", "CONVERT"];
            assert_eq!(!rules.breaks_seqs && rules.uses_seqs, forbidden.contains(name), "{name}");
        }
    }
}
