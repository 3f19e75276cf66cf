//! I: SEARCH, SORT, THREAD, COPY, APPEND.

use bytes::Bytes;
use imap_proto::connection::Frame;
use imap_proto::{
    Code, Command, CommandBody, Data, MessageNumber, Response, SearchData, SearchKey,
    SearchReturnOpt, ThreadData,
};

use crate::read::*;

fn found(response: Response) -> Vec<u32> {
    let Response::Data(Data::Search(data) | Data::Sort(data)) = response else {
        panic!("{response:?}")
    };
    SearchData::numbers(&data).map(MessageNumber::get).collect()
}

#[test]
pub fn q94_search_for_esearch() {
    let read: Command = legal(b"A1 UID SEARCH RETURN (ALL) SEEN\r\n");
    let CommandBody::UidSearch(search) = read.body else { panic!() };
    assert_eq!(search.returning.as_deref(), Some(&[SearchReturnOpt::All][..]));
    assert_eq!(search.key, SearchKey::Seen);
    assert_eq!(found(legal(b"* SEARCH 1 2 3\r\n")), [1, 2, 3]);
    let wire = b"* ESEARCH (TAG \"A1\") UID (ALL 1:3)\r\n";
    let wrote = b"* ESEARCH (TAG \"A1\") UID ALL 1:3\r\n";
    let Response::Data(Data::Esearch(data)) = deviates(wire, 25, &["listed-results"], wrote) else {
        panic!()
    };
    assert!(data.is_uid && data.correlator.is_of(&imap_proto::Tag::new("A1").unwrap()));
    assert_eq!(data.all().unwrap().count(), 3);
}

#[test]
pub fn q95_search_lines() {
    let wire = b"* SEARCH 1\r\n* SEARCH 2\r\nA1 OK\r\n";
    let units = units::<Response>(wire);
    assert_eq!(found(strictly(&units[0]).unwrap()), [1]);
    assert_eq!(found(strictly(&units[1]).unwrap()), [2]);
    assert_eq!(leniently::<Response>(&units[2]).unwrap().1, ["no-resp-text"]);
    legal::<Response>(b"A1 OK SEARCH completed\r\n");
    assert_eq!(found(deviates(b"* SEARCH 0\r\n", 9, &["zero-number"], b"* SEARCH\r\n")), [0; 0]);
    let wrote = b"* SEARCH 3 7\r\n";
    assert_eq!(found(deviates(b"* SEARCH 3 0 7\r\n", 11, &["zero-number"], wrote)), [3, 7]);
}

#[test]
pub fn q96_charsets() {
    let read: Command = legal(b"A1 SEARCH CHARSET UTF-8 SUBJECT {3}\r\nabc\r\n");
    let CommandBody::Search(search) = read.body else { panic!() };
    let search = *search;
    assert!(search.charset.unwrap().is("utf-8"));
    assert!(matches!(search.key, SearchKey::Subject(text) if text.as_bytes() == b"abc"));
    let wire = b"A1 NO [BADCHARSET (US-ASCII)] The specified charset is not supported.\r\n";
    let Code::BadCharset(charsets) = code(legal(wire)) else { panic!() };
    assert_eq!(charsets[0].as_bytes(), b"US-ASCII");
    let wrote = b"A1 NO [BADCHARSET] x\r\n";
    let read = deviates(b"A1 NO [BADCHARSET ()] x\r\n", 18, &["malformed-code"], wrote);
    assert_eq!(code(read), Code::BadCharset(vec![]));
}

#[test]
pub fn q97_copyuid_of_nothing() {
    let copy = |response: &Response| match code(response.clone()) {
        Code::Other(other) => {
            assert!(other.is_malformed());
            (other.name().to_string(), other.arguments().unwrap().to_vec())
        }
        other => panic!("{other:?}"),
    };
    let wire = b"* OK [COPYUID 701  ]\r\n";
    let read = keeps(wire, 18, &["malformed-code", "no-resp-text"], b"* OK [COPYUID 701  ] \r\n");
    assert_eq!(copy(&read), ("COPYUID".into(), b"701  ".to_vec()));
    let wire = b"A5 OK [COPYUID 1482244219  ] COPY completed.\r\n";
    let read: Response = keeps(wire, 26, &["malformed-code"], wire);
    assert_eq!(copy(&read).1, b"1482244219  ");
    let Response::Tagged(tagged) = read else { panic!() };
    assert_eq!((tagged.tag.as_bytes(), tagged.condition.kind.as_str()), (&b"A5"[..], "OK"));
    let Code::CopyUid(copy) = code(legal(b"* OK [COPYUID 55 31:35 6:10] \r\n")) else { panic!() };
    assert_eq!((copy.source.count(), copy.destination.count()), (5, 5));
    // In any order, of any count: nothing is made of it here.
    let Code::CopyUid(copy) = code(legal(b"* OK [COPYUID 55 35,31 10:6] x\r\n")) else { panic!() };
    let numbers: Vec<_> = copy.source.numbers().map(|it| it.get()).collect();
    assert_eq!((&numbers[..], copy.destination.count()), (&[35, 31][..], 5));
}

#[test]
pub fn q98_appenduid_of_several() {
    let wire = b"A1 OK [APPENDUID 38505 3955,3957] done\r\n";
    let Code::AppendUid(validity, uids) = code(legal(wire)) else { panic!() };
    let uids: Vec<_> = uids.numbers().map(|it| it.get()).collect();
    assert_eq!((validity.get(), uids), (38505, vec![3955, 3957]));
}

fn threads(response: Response) -> ThreadData {
    let Response::Data(Data::Thread(data)) = response else { panic!("{response:?}") };
    data
}

#[test]
pub fn q99_threads_without_roots() {
    let wire = b"* THREAD (3)(2)((5)(6))(0)\r\n";
    let read = threads(deviates(wire, 24, &["zero-number"], b"* THREAD (3)(2)((5)(6))\r\n"));
    let depths: Vec<_> =
        read.depths().map(|(depth, number)| (depth, number.map(MessageNumber::get))).collect();
    assert_eq!(depths, [(0, Some(3)), (0, Some(2)), (0, None), (1, Some(5)), (1, Some(6))]);
    assert!(threads(legal(b"* THREAD\r\n")).nodes().is_empty());
    assert_eq!(found(deviates(b"* SORT \r\n", 6, &["trailing-space"], b"* SORT\r\n")), [0; 0]);
    let read = threads(deviates(b"* THREAD ((5))\r\n", 13, &["odd-thread"], b"* THREAD (5)\r\n"));
    assert_eq!(read.nodes().len(), 1);
}

#[test]
pub fn q122_one_search_line_of_a_megabyte() {
    let numbers: Vec<u32> = (1..=160_000).map(|it| it * 7).collect();
    let mut wire = b"* SEARCH".to_vec();
    numbers.iter().for_each(|number| wire.extend(format!(" {number}").into_bytes()));
    assert!(wire.len() > 1 << 20);
    wire.extend(b"\r\n");
    assert_eq!(Response::framer().find(&wire), Frame::Complete(wire.len()));
    let line = Bytes::from(wire[..wire.len() - 2].to_vec());
    assert_eq!(found(strictly(&line).unwrap()), numbers);
}
