//! S16: nesting a million deep, on a stack of 64 KiB: reading, copying, comparing, showing, writing and
//! dropping, in every place of the grammar that recurses.

use bytes::Bytes;
use imap_proto::{
    Command, Encoder, Negotiated, ParseLimits, Raw, Response, SearchKey, parse_whole,
};
use mail_proto::{Leniency, ParseError, Reading};

const DEEP: usize = 1_000_000;

fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(64 * 1024).spawn(run).unwrap().join().unwrap();
}

/// All that can be done with a value.
fn use_up<T: Clone + PartialEq + std::fmt::Debug>(value: T, encode: impl Fn(&T) -> Vec<u8>) {
    let copy = value.clone();
    assert!(copy == value);
    let shown = format!("{value:?} {value:#?}");
    assert!(!shown.is_empty() && !encode(&value).is_empty());
    drop(value);
    drop(copy);
}

fn response(octets: Vec<u8>) -> [Result<usize, ParseError>; 2] {
    [Leniency::strict(), Leniency::lenient()].map(|leniency| {
        let octets = Bytes::from(octets.clone());
        let read = parse_whole(&octets, &mut Reading::new(leniency), Response::parse)?;
        use_up(read, |it| {
            let mut out = Vec::new();
            it.encode(&mut Encoder::new(&mut out, Negotiated::server()));
            out
        });
        Ok(octets.len())
    })
}

fn command(octets: Vec<u8>) -> [Result<usize, ParseError>; 2] {
    [Leniency::strict(), Leniency::lenient()].map(|leniency| {
        let octets = Bytes::from(octets.clone());
        let read = parse_whole(&octets, &mut Reading::new(leniency), Command::parse)?;
        use_up(read, |it| {
            let mut out = Vec::new();
            it.encode(&mut Encoder::new(&mut out, Negotiated::client()));
            out
        });
        Ok(octets.len())
    })
}

/// `front`, so many times `open`, `inner`, so many times `close`, `back`.
fn nested(parts: [&str; 5], levels: usize) -> Vec<u8> {
    let [front, open, inner, close, back] = parts;
    [front, &open.repeat(levels), inner, &close.repeat(levels), back].concat().into_bytes()
}

const TEXT: &str = r#"("text" "plain" NIL NIL NIL "7bit" 1 1)"#;

const RESPONSES: &[[&str; 5]] = &[
    ["* 1 FETCH (BODYSTRUCTURE ", "(", TEXT, " \"mixed\")", ")"],
    ["* 1 FETCH (BODYSTRUCTURE ", "(", "", "", ""],
    ["* 1 FETCH (BODY ", "(", TEXT, " \"mixed\")", ")"],
    [
        "* 1 FETCH (BODYSTRUCTURE ",
        "(\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 1 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ",
        TEXT,
        " 1)",
        ")",
    ],
    [
        "* 1 FETCH (BODYSTRUCTURE (\"a\" \"b\" NIL NIL NIL \"7bit\" 1 NIL NIL NIL NIL ",
        "(",
        "x",
        ")",
        "))",
    ],
    ["* 1 FETCH (ENVELOPE ", "(", "NIL", ")", ")"],
    ["* 1 FETCH ", "(", "UID 1", ")", ""],
    ["* 1 FETCH (UID 1 ", "(", "FLAGS ()", ")", ")"],
    ["* 1 FETCH (X-FOO ", "(", "x", ")", ")"],
    ["* 1 FETCH (ANNOTATION ", "(", "x", ")", ")"],
    ["* THREAD ", "(", "1", ")", ""],
    ["* THREAD ", "(1 ", "2", ")", ""],
    ["* THREAD ", "((1)", "(2)", ")", ""],
    ["* LIST () \"/\" a (X ", "(", "x", ")", ")"],
    ["* NAMESPACE ", "(", "", ")", " NIL NIL"],
    ["* STATUS a (X ", "(", "x", ")", ")"],
    ["* ESEARCH X ", "(", "x", ")", ""],
    ["* FLAGS ", "(", "a", ")", ""],
    ["* ID ", "(", "a", ")", ""],
    ["* METADATA \"\" ", "(", "a", ")", ""],
    ["* XFOO ", "(", "a", ")", ""],
    ["* OK [XFOO ", "(", "a", ")", "] x"],
    ["* OK [BADCHARSET ", "(", "a", ")", "] x"],
    ["* 1 CONVERTED (TAG \"a\") ", "(", "a", ")", ""],
    ["* URLFETCH a ", "(", "a", ")", ""],
];

const COMMANDS: &[[&str; 5]] = &[
    ["a SEARCH ", "(", "SEEN", ")", ""],
    ["a SEARCH ", "(ALL ", "SEEN", ")", ""],
    ["a SEARCH ", "NOT ", "SEEN", "", ""],
    ["a SEARCH ", "NOT (ALL ", "SEEN", ")", ""],
    ["a SEARCH ", "OR SEEN ", "ALL", "", ""],
    ["a SEARCH ", "OR ", "ALL", " SEEN", ""],
    ["a SEARCH ", "FUZZY ", "SEEN", "", ""],
    ["a SEARCH ", "INTHREAD REFS ", "SEEN", "", ""],
    ["a SORT (DATE) UTF-8 ", "NOT (ALL ", "SEEN", ")", ""],
    ["a SORT ", "(", "DATE", ")", " UTF-8 ALL"],
    ["a SORT (", "REVERSE ", "DATE", "", ") UTF-8 ALL"],
    ["a ESEARCH IN ", "(", "inboxes", ")", " ALL"],
    ["a FETCH 1 ", "(", "FLAGS", ")", ""],
    ["a FETCH 1 (ANNOTATION ", "(", "x", ")", ")"],
    ["a FETCH 1 FLAGS (X ", "(", "x", ")", ")"],
    ["a FETCH 1 X", "(", "x", ")", ""],
    ["a STORE 1 FLAGS ", "(", "x", ")", ""],
    ["a STORE 1 X ", "(", "x", ")", ""],
    ["a SELECT x (X ", "(", "x", ")", ")"],
    ["a CREATE x (X ", "(", "x", ")", ")"],
    ["a LIST ", "(", "SUBSCRIBED", ")", " \"\" *"],
    ["a LIST (X ", "(", "x", ")", ") \"\" *"],
    ["a LIST \"\" ", "(", "*", ")", ""],
    ["a LIST \"\" * RETURN ", "(", "STATUS", ")", ""],
    ["a NOTIFY SET ", "(", "selected", ")", ""],
    ["a ID ", "(", "x", ")", ""],
    ["a APPEND x X ", "(", "x", ")", " {1+}\r\nx"],
    ["a APPEND x CATENATE ", "(", "URL x", ")", ""],
    ["a GETMETADATA ", "(", "x", ")", " x y"],
    ["a XFOO ", "(", "x", ")", ""],
];

fn all_levels(read: impl Fn(Vec<u8>) -> [Result<usize, ParseError>; 2], table: &[[&str; 5]]) {
    let limits = ParseLimits::client();
    let [commands, body, others] = [limits.commands, limits.body, limits.others].map(usize::from);
    for parts in table {
        for levels in
            [1, 2, commands - 1, commands, commands + 1, body, body + 1, others, others + 1, DEEP]
        {
            // Huge fronts are not needed to go deep.
            let levels = if parts[1].len() > 20 { levels.min(20_000) } else { levels };
            let octets = nested(*parts, levels);
            let length = octets.len();
            for read in read(octets) {
                assert!(read.unwrap_or_else(|error| error.at) <= length, "{parts:?}");
            }
        }
    }
}

#[test]
fn s16_responses_a_million_deep() {
    on_a_small_stack(|| all_levels(response, RESPONSES));
}

#[test]
fn s16_commands_a_million_deep() {
    on_a_small_stack(|| all_levels(command, COMMANDS));
}

#[test]
fn s16_search_keys_that_are_built() {
    on_a_small_stack(|| {
        let mut key = SearchKey::Seen;
        let mut levels = 0;
        for _ in 0..DEEP {
            let deeper = key.clone().and(SearchKey::Draft).and_then(SearchKey::not);
            match deeper {
                Ok(deeper) => (key, levels) = (deeper, levels + 1),
                Err(_) => break,
            }
        }
        assert!((1..100).contains(&levels), "{levels}");
        use_up(key, |it| {
            let mut out = Vec::new();
            it.encode(&mut Encoder::new(&mut out, Negotiated::client()));
            out
        });
        let many = SearchKey::any_of((0..10_000).map(|_| SearchKey::Seen)).unwrap();
        use_up(many, |it| {
            let mut out = Vec::new();
            it.encode(&mut Encoder::new(&mut out, Negotiated::client()));
            out
        });
    });
}

#[test]
fn s16_raw_text_of_any_depth() {
    on_a_small_stack(|| {
        let octets = [b"(".repeat(DEEP), b")".repeat(DEEP)].concat();
        let raw = Raw::new(octets).unwrap();
        use_up(raw, |it| {
            let mut out = Vec::new();
            it.encode(&mut Encoder::new(&mut out, Negotiated::client()));
            out
        });
    });
}
