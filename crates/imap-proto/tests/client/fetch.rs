//! FETCH whose bodies are streamed or inlined.

use super::client_support::{dialogue, tls};
use imap_proto::client::Config;

fn streaming(inline_body: u64) -> Config {
    let mut config = tls();
    config.limits.inline_body = inline_body;
    config
}

const SELECTED: &str = super::client_support::SELECTED;

#[track_caller]
fn fetch(inline_body: u64, script: &str) {
    dialogue(streaming(inline_body), &format!("{SELECTED}\n{script}"));
}

#[test]
fn a_body_is_streamed_if_it_is_not_small() {
    let wire = "S- * 1 FETCH (UID 7 BODY[] {7}\\r\\nabc\\r\\nde FLAGS (\\Seen))\\r\\n";
    fetch(
        7,
        &format!(
            "
        {wire}
        = * 1 FETCH (UID 7 BODY[] {{7}}\\r\\nabc\\r\\nde FLAGS (\\Seen))"
        ),
    );
    fetch(
        6,
        &format!(
            "
        {wire}
        = fetch 1
        = item UID 7
        = body of 7
        = chunk abc\\r\\nde
        = body end
        = item FLAGS (\\Seen)
        = fetch end
        S: * 2 EXISTS
        = * 2 EXISTS"
        ),
    );
}

#[test]
fn several_bodies_and_other_literals() {
    fetch(2, "
        S- * 3 FETCH (BODY[HEADER.FIELDS (\"a\")] {2}\\r\\nxy BODY[1] {5}\\r\\n\\r\\n* 4 BODY[2] NIL ENVELOPE (NIL {3}\\r\\nabc NIL NIL NIL NIL NIL NIL NIL NIL) BODY[3] {3}\\r\\n)\\r\\n)\\r\\n
        = fetch 3
        = item BODY[HEADER.FIELDS (a)] {2}\\r\\nxy
        = body of 5
        = chunk \\r\\n* 4
        = body end
        = item BODY[2] NIL
        = item ENVELOPE (NIL {3}\\r\\nabc NIL NIL NIL NIL NIL NIL NIL NIL)
        = body of 3
        = chunk )\\r\\n
        = body end
        = fetch end");
    fetch(
        0,
        "
        S- * 3 FETCH (BODY[] {0}\\r\\n)\\r\\n* 4 EXISTS\\r\\n
        = * 3 FETCH (BODY[] \"\")
        = * 4 EXISTS",
    );
}

#[test]
fn q100_one_bad_item_does_not_lose_what_follows() {
    fetch(0, "
        S- * 3 FETCH (BODY[1] {5}\\r\\nabcde UID x BODY[2] {32}\\r\\nA1 OK done\\r\\n* 1 EXPUNGE\\r\\n{3}\\r\\n\\r\\n UID 5)\\r\\n
        = fetch 3
        = body of 5
        = chunk abcde
        = body end
        = malformed at 34
        S: * 2 EXISTS
        = * 2 EXISTS");
    fetch(
        0,
        "
        S: * 3 FETCH (UID x FLAGS ())
        = unparsed 69: * 3 FETCH (UID x FLAGS ()) [a number from 1 to 4294967295]
        S: * 3 FETCH (ENVELOPE (NIL) UID 4)
        = defect malformed-envelope 106
        = * 3 FETCH (ENVELOPE (NIL) UID 4)",
    );
}

#[test]
fn defects_in_streamed_parts_say_where_in_the_stream() {
    fetch(
        0,
        "
        S- * 3 FETCH (BODY[1] {3}\\r\\n\\0ab FLAGS (\\Seen ))\\r\\n
        = fetch 3
        = body of 3
        = defect nul-in-body 78
        = chunk \\x00ab
        = body end
        = defect space-in-list 94
        = item FLAGS (\\Seen)
        = fetch end",
    );
}

#[test]
fn an_end_in_the_middle_of_a_body() {
    fetch(
        0,
        "
        + UID FETCH 1 BODY[]
        C: A2 UID FETCH 1 BODY[]
        S- * 3 FETCH (BODY[] {5}\\r\\nabc
        = fetch 3
        = body of 5
        = chunk abc
        ! eof
        = lost 2 (sent)
        = closed Eof",
    );
}

#[test]
fn a_command_is_answered_behind_its_body() {
    fetch(
        0,
        "
        + UID FETCH 1 BODY[]
        C: A2 UID FETCH 1 BODY[]
        S- * 3 FETCH (BODY[] {21}\\r\\nA2 OK done\\r\\nA2 OK
        = fetch 3
        = body of 21
        = chunk A2 OK done\\r\\nA2 OK
        S- \\sdo))\\r\\nA2 OK done\\r\\n
        = chunk  do)
        = body end
        = fetch end
        = 2 OK done",
    );
}
