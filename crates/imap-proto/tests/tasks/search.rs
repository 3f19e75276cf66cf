//! SEARCH, SORT, THREAD.

use imap_proto::tasks::{Search, Sort, Thread, UidSearch, UidSort};
use imap_proto::{ModSeq, NumberSet, SeqNum, SetNumber, Uid};

use super::world::{given, selected, text};

fn shown<N: SetNumber>(set: Option<&NumberSet<N>>) -> String {
    set.map_or("none".to_owned(), |set| text(|encoder| set.encode(encoder)))
}

#[test]
fn one_answer_in_several_lines() {
    selected(|world| {
        let search = Search(*given!(Search "SEARCH FLAGGED"));
        let answer = ["* SEARCH 2 84", "* SEARCH 85 882 (MODSEQ 917162500)", "OK SEARCH completed"];
        let found = world.answers(search, "SEARCH FLAGGED", &answer).unwrap();
        assert_eq!(shown(found.all.as_ref()), "2,84:85,882");
        assert_eq!(found.mod_seq, ModSeq::new(917_162_500));
        assert_eq!((found.min, found.count, found.partial), (None, None, None));
    });
}

#[test]
fn nothing_found() {
    selected(|world| {
        for answer in [&["* SEARCH", "OK done"][..], &["OK done"]] {
            let search = UidSearch(*given!(UidSearch "UID SEARCH TEXT a"));
            let found = world.answers(search, "UID SEARCH TEXT a", answer).unwrap();
            assert_eq!(found.all, None);
        }
    });
}

#[test]
fn a_million_messages_are_ranges() {
    selected(|world| {
        let numbers: Vec<String> = (1..=100_000u32).map(|n| (n * 10).to_string()).collect();
        let search = UidSearch(*given!(UidSearch "UID SEARCH ALL"));
        let line = format!("* SEARCH {}", numbers.join(" "));
        let found = world.answers(search, "UID SEARCH ALL", &[&line, "OK done"]).unwrap();
        assert_eq!(found.all.unwrap().count(), 100_000);

        let search = UidSearch(*given!(UidSearch "UID SEARCH RETURN (ALL) ALL"));
        let answer = ["* ESEARCH (TAG \"<tag>\") UID ALL 1:4294967295", "OK done"];
        let found = world.answers(search, "UID SEARCH RETURN (ALL) ALL", &answer).unwrap();
        assert_eq!(found.all, Some(NumberSet::range(Uid::MIN, Uid::MAX)));
    });
}

#[test]
fn esearch_is_known_by_its_tag() {
    // RFC 4731 section 3.1, two at once.
    selected(|world| {
        let one = world.run(Search(*given!(Search "SEARCH RETURN (MIN COUNT) FLAGGED")));
        let two = world.run(UidSearch(*given!(UidSearch "UID SEARCH RETURN (MIN MAX) ALL")));
        world
            .sends(&["A2 SEARCH RETURN (MIN COUNT) FLAGGED", "A3 UID SEARCH RETURN (MIN MAX) ALL"]);
        world.says("* ESEARCH (TAG \"A3\") UID MIN 7 MAX 3800");
        world.says("* ESEARCH (TAG \"A9\") COUNT 1");
        world.says("* ESEARCH (TAG \"A2\") MIN 2 COUNT 3");
        world.says("A2 OK done\r\nA3 OK done");
        world.tells(&[
            "* ESEARCH (TAG \"A9\") COUNT 1",
            "finished 2 OK done",
            "finished 3 OK done",
        ]);
        let found = world.take(one).unwrap();
        assert_eq!((found.min, found.count), (SeqNum::new(2), Some(3)));
        let found = world.take(two).unwrap();
        assert_eq!((found.min, found.max), (Uid::new(7), Uid::new(3800)));
    });
}

#[test]
fn a_search_without_return_waits_for_one_with_it() {
    selected(|world| {
        let one = world.run(UidSearch(*given!(UidSearch "UID SEARCH RETURN (ALL) ALL")));
        let two = world.run(UidSearch(*given!(UidSearch "UID SEARCH UNSEEN")));
        world.sends(&["A2 UID SEARCH RETURN (ALL) ALL"]);
        world.says("* SEARCH 1 2\r\nA2 OK this server does not know RETURN");
        world.sends(&["A3 UID SEARCH UNSEEN"]);
        world.says("* ESEARCH (TAG \"A3\") UID ALL 3\r\nA3 OK done");
        world.tells(&["finished 2 OK this server does not know RETURN", "finished 3 OK done"]);
        assert_eq!(shown(world.take(one).unwrap().all.as_ref()), "1:2");
        assert_eq!(shown(world.take(two).unwrap().all.as_ref()), "3");
    });
}

#[test]
fn sorted_and_threaded() {
    // RFC 5256 sections 3 and 4, RFC 5267 section 3.1.
    selected(|world| {
        let sort = Sort(*given!(Sort "SORT (REVERSE DATE) UTF-8 ALL"));
        let answer = ["* SORT 5 3 4 1 2", "OK SORT completed"];
        let found = world.answers(sort, "SORT (REVERSE DATE) UTF-8 ALL", &answer).unwrap();
        assert_eq!(shown(found.all.as_ref()), "5,3:4,1:2");

        let sort = UidSort(*given!(UidSort "UID SORT RETURN (COUNT ALL) (DATE) UTF-8 ALL"));
        let answer = ["* ESEARCH (TAG \"<tag>\") UID COUNT 2 ALL 9,7", "OK done"];
        let sent = "UID SORT RETURN (COUNT ALL) (DATE) UTF-8 ALL";
        let found = world.answers(sort, sent, &answer).unwrap();
        assert_eq!((shown(found.all.as_ref()), found.count), ("9,7".to_owned(), Some(2)));

        let thread = Thread(*given!(Thread "THREAD REFERENCES UTF-8 ALL"));
        let answer = ["* THREAD (2)(3 6 (4 23)(44 7 96))", "OK THREAD completed"];
        let threads = world.answers(thread, "THREAD REFERENCES UTF-8 ALL", &answer).unwrap();
        assert_eq!(text(|encoder| threads.encode(encoder)).trim(), "(2)(3 6 (4 23)(44 7 96))");
    });
}
