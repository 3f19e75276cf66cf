//! The leaves of the codec: what is written is read as it was meant, whatever was agreed on; no octets
//! lead a parser astray or break out of the form that the encoder gave them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]

use std::fmt::Debug;

use bytes::Bytes;
use imap_proto::{
    AString, Atom, Cursor, Date, DateTime, Defect, Encoder, Flag, FlagList, IString, Keyword,
    ListMailbox, Literals, Mailbox, ModSeq, NString, NameForm, Negotiated, NumberSet,
    PermanentFlags, Position, Ranges, SeqNum, SequenceSet, SetRange, Side, Strings, SystemFlag,
    Tag, Uid, parse_whole,
};
use mail_proto::{CommandId, Leniency, Output, ParseError, Reading, Secret, Sink};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

type Parsed<T> = Result<T, ParseError>;
type Checked = Result<(), TestCaseError>;
type Writer<'a> = Encoder<'a, Vec<u8>>;

fn strict() -> Reading<Defect> {
    Reading::new(Leniency::strict())
}

fn lenient() -> Reading<Defect> {
    Reading::new(Leniency::lenient())
}

/// Everything that two sides can have agreed on.
fn agreements() -> impl Iterator<Item = Negotiated> {
    let literals = [Literals::Sync, Literals::Minus, Literals::Plus];
    let sides = [Side::Client, Side::Server].into_iter();
    let strings = [Strings::Shortest, Strings::Quoted, Strings::Literal];
    let sides = sides.flat_map(move |side| literals.map(|literals| (side, literals)));
    let all = sides.flat_map(move |(side, literals)| strings.map(|it| (side, literals, it)));
    all.flat_map(|(side, literals, strings)| {
        [false, true].map(|on| Negotiated { side, literals, strings, utf8: on, binary: on })
    })
}

fn written(negotiated: Negotiated, encode: impl FnOnce(&mut Writer<'_>)) -> Bytes {
    let mut out = Vec::new();
    encode(&mut Encoder::new(&mut out, negotiated));
    out.into()
}

/// `parse(encode(x)) == x`, strictly, with all that can be agreed on, and not an octet more is read.
fn round<T: PartialEq + Debug>(
    value: &T,
    encode: impl Fn(&T, &mut Writer<'_>),
    parse: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Parsed<T>,
) -> Checked {
    for negotiated in agreements() {
        let octets = written(negotiated, |encoder| {
            encode(value, encoder);
            encoder.space();
            encoder.number(1);
        });
        let mut cursor = Cursor::new(&octets);
        let read = parse(&mut cursor, &mut strict());
        prop_assert_eq!(read.as_ref(), Ok(value), "{:?}", &octets);
        prop_assert_eq!(cursor.rest(), b" 1");
    }
    Ok(())
}

/// What is read of any octets is written so that it is read as the same and written as the same; an
/// error is within the octets.
fn settles<T: PartialEq + Debug>(
    octets: &Bytes,
    encode: impl Fn(&T, &mut Writer<'_>),
    parse: impl Fn(&mut Cursor<'_>, &mut Reading<Defect>) -> Parsed<T>,
) -> Checked {
    let value = match parse_whole(octets, &mut lenient(), &parse) {
        Ok(value) => value,
        Err(error) => {
            prop_assert!(error.at <= octets.len());
            let strictly = parse_whole(octets, &mut strict(), &parse);
            prop_assert!(strictly.is_err(), "what is lenient reads what is strict");
            return Ok(());
        }
    };
    let wrote = written(Negotiated::server(), |encoder| encode(&value, encoder));
    let again = parse_whole(&wrote, &mut lenient(), &parse);
    prop_assert_eq!(again.as_ref(), Ok(&value), "{:?}", &wrote);
    prop_assert_eq!(written(Negotiated::server(), |encoder| encode(&value, encoder)), wrote);
    Ok(())
}

fn octets(more: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let likely = proptest::sample::select(more.as_bytes());
    vec(prop_oneof![3 => likely, 1 => 1..=u8::MAX], 0..40)
}

/// Octets without NUL, most of them those that mean something.
fn value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        6 => octets("ab \"\\\r\n{}()*%]+~NIL0\u{e9}"),
        1 => "[\\x01-\\x7f\u{e9}\u{65e5}]{0,20}".prop_map(String::into_bytes),
        1 => vec(1..=u8::MAX, 990..1010),
    ]
}

fn atom() -> impl Strategy<Value = Bytes> {
    "[!#$&'+,./0-9:;<=>?@A-Z\\[^_`a-z|}~-]{1,12}".prop_map(Bytes::from)
}

fn seq_num() -> impl Strategy<Value = SeqNum> {
    prop_oneof![1..20u32, 1..=u32::MAX].prop_map(|number| SeqNum::new(number).unwrap())
}

fn numbers() -> impl Strategy<Value = NumberSet<SeqNum>> {
    vec((seq_num(), seq_num()), 1..20).prop_map(|ranges| {
        let mut ranges = ranges.into_iter().map(|(first, last)| SetRange { first, last });
        let first = ranges.next().unwrap();
        let mut set = Ranges::range(first.first, first.last);
        ranges.for_each(|range| set.push(range));
        set
    })
}

fn sequence_set() -> impl Strategy<Value = SequenceSet<SeqNum>> {
    let position = prop_oneof![4 => seq_num().prop_map(Position::from), 1 => Just(Position::Last)];
    let range = (position.clone(), position);
    let ranges = vec(range, 1..20).prop_map(|ranges| {
        let mut set = Ranges::range(ranges[0].0, ranges[0].1);
        let rest = ranges[1..].iter();
        rest.for_each(|(first, last)| set.push(SetRange { first: *first, last: *last }));
        SequenceSet::Ranges(set)
    });
    prop_oneof![9 => ranges, 1 => Just(SequenceSet::Saved)]
}

fn flag() -> impl Strategy<Value = Flag> {
    prop_oneof![
        proptest::sample::select(&SystemFlag::ALL[..]).prop_map(Flag::System),
        "X[a-z]{1,8}".prop_map(|name| Flag::Extension(Atom::new(name).unwrap())),
        atom().prop_map(|keyword| Flag::Keyword(Keyword::new(keyword).unwrap())),
    ]
}

fn date_time() -> impl Strategy<Value = DateTime> {
    let first = Date::new(0, 1, 1).unwrap().days_since_epoch() * 86_400;
    let last = Date::new(9999, 12, 31).unwrap().days_since_epoch() * 86_400;
    (first..last, -1439i16..1440)
        .prop_filter_map("a year of four digits", |(unix, zone)| DateTime::from_unix(unix, zone))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// S9: any octets become exactly one value, in every form, whatever was agreed on.
    #[test]
    fn no_value_breaks_out_of_its_form(value in value()) {
        let value = Bytes::from(value);
        round(&AString::new(value.clone()).unwrap(), AString::encode, AString::parse)?;
        round(&IString::new(value.clone()).unwrap(), IString::encode, IString::parse)?;
        round(&NString::from(IString::new(value.clone()).unwrap()), NString::encode, NString::parse)?;
        round(&Mailbox::new(value.clone()).unwrap(), Mailbox::encode, Mailbox::parse)?;
        round(&ListMailbox::new(value.clone()).unwrap(), ListMailbox::encode, ListMailbox::parse)?;
        let secret = |value: &AString, encoder: &mut Writer<'_>| {
            encoder.secret_astring(&Secret::new(value.clone()));
        };
        round(&AString::new(value).unwrap(), secret, AString::parse)?;
    }

    #[test]
    fn octets_of_literals_are_kept(value: Vec<u8>) {
        let value = Bytes::from(value);
        round(&value, |value, encoder| encoder.literal8(value), |cursor, reading| {
            cursor.literal(reading).map(|literal| literal.octets)
        })?;
    }

    #[test]
    fn types_take_what_they_can_hold_and_nothing_else(octets: Vec<u8>) {
        let octets = Bytes::from(octets);
        prop_assert_eq!(AString::new(octets.clone()).is_ok(), !octets.contains(&0));
        prop_assert_eq!(Mailbox::new(octets.clone()).is_ok(), !octets.contains(&0));
        if let Ok(atom) = Atom::new(octets.clone()) {
            round(&atom, Atom::encode, Atom::parse)?;
        }
        if let Ok(tag) = Tag::new(octets.clone()) {
            round(&tag, Tag::encode, Tag::parse)?;
        }
        if let Ok(keyword) = Keyword::new(octets) {
            round(&Flag::from(keyword), Flag::encode, Flag::parse)?;
        }
    }

    #[test]
    fn names(atom in atom()) {
        round(&Atom::new(atom.clone()).unwrap(), Atom::encode, Atom::parse)?;
        if !atom.contains(&b'+') {
            round(&Tag::new(atom).unwrap(), Tag::encode, Tag::parse)?;
        }
    }

    #[test]
    fn numbers_of_all_kinds(number: u32, number64 in 0..1u64 << 63) {
        round(&number, |n, e| e.number((*n).into()), |c, _| c.number())?;
        round(&number64, |n, e| e.number(*n), |c, _| c.number64())?;
        round(&Some(number64), |n, e| e.number(n.unwrap()), |c, r| c.size(r))?;
        if let Some(uid) = Uid::new(number) {
            round(&uid, |uid, e| uid.encode(e), Uid::parse)?;
        }
        if let Some(mod_seq) = ModSeq::new(number64) {
            round(&Some(mod_seq), |value, e| value.unwrap().encode(e), ModSeq::parse)?;
        }
    }

    #[test]
    fn digits_of_any_length(digits in "0{0,3}[0-9]{1,30}") {
        let octets = Bytes::from(digits.clone());
        let exact = digits.parse::<u128>().unwrap();
        let read = parse_whole(&octets, &mut strict(), |c, _| c.number64()).ok();
        prop_assert_eq!(read.map(u128::from), (exact < 1 << 63).then_some(exact));
        let read = parse_whole(&octets, &mut strict(), |c, _| c.number()).ok();
        prop_assert_eq!(read.map(u128::from), (exact < 1 << 32).then_some(exact));
        let read = parse_whole(&octets, &mut lenient(), Uid::parse).ok();
        let expected = (0 < exact && exact < 1 << 32).then_some(exact);
        prop_assert_eq!(read.map(|uid| uid.get().into()), expected);
    }

    #[test]
    fn sets(numbers in numbers(), set in sequence_set()) {
        round(&numbers, NumberSet::encode, NumberSet::parse)?;
        round(&numbers.normalized(), NumberSet::encode, NumberSet::parse)?;
        round(&set, SequenceSet::encode, SequenceSet::parse)?;
    }

    /// The ranges as they are joined against the numbers one by one.
    #[test]
    fn members_of_sets(ranges in vec((1u32..12, 1u32..12), 1..12)) {
        let text: Vec<_> = ranges.iter().map(|(first, last)| format!("{first}:{last}")).collect();
        let octets = Bytes::from(text.join(","));
        let set: NumberSet<Uid> = parse_whole(&octets, &mut strict(), NumberSet::parse).unwrap();
        let bounds = ranges.iter().map(|(first, last)| *first.min(last)..=*first.max(last));
        let mut members: Vec<u32> = bounds.flatten().collect();
        prop_assert_eq!(set.numbers().map(Uid::get).collect::<Vec<_>>(), &members[..]);
        prop_assert_eq!(set.count(), members.len() as u64);
        members.sort_unstable();
        members.dedup();
        let normalized = set.normalized();
        prop_assert_eq!(normalized.numbers().map(Uid::get).collect::<Vec<_>>(), &members[..]);
        for uid in (1..14).filter_map(Uid::new) {
            prop_assert_eq!(set.contains(uid), members.contains(&uid.get()));
        }
    }

    #[test]
    fn flags(flags in vec(flag(), 0..8), new_keywords: bool) {
        for flag in &flags {
            round(flag, Flag::encode, Flag::parse)?;
        }
        let flags: FlagList = flags.into_iter().collect();
        round(&flags, FlagList::encode, FlagList::parse)?;
        let permanent = PermanentFlags { flags, new_keywords };
        round(&permanent, PermanentFlags::encode, PermanentFlags::parse)?;
    }

    #[test]
    fn dates(time in date_time()) {
        round(&time, |time, e| time.encode(e), DateTime::parse)?;
        round(&time.date(), |date, e| date.encode(e), Date::parse)?;
        prop_assert_eq!(DateTime::from_unix(time.to_unix(), time.zone()), Some(time));
    }

    #[test]
    fn mailbox_names(name in "\\PC{0,12}|[&a/é😀\t-]{0,8}") {
        for form in [NameForm::Utf7, NameForm::Utf8] {
            let mailbox = Mailbox::from_name(&name, form).unwrap();
            round(&mailbox, Mailbox::encode, Mailbox::parse)?;
            if !mailbox.is_inbox() {
                prop_assert_eq!(mailbox.name(form).unwrap(), name.as_str());
            }
        }
    }

    /// Octets from a peer that may be or may not be what they should.
    #[test]
    fn whatever_comes(
        text in octets("ab\"\\{3}\r\n ()NIL]~+"),
        digits in octets("0123456789:,*$-.e"),
        flags in octets("(\\SeenRct \")*[]aNIL"),
        date in "[\" ]{0,2}[0-3]?[0-9]-(Jan|feb|MAR|Foo)-[0-9]{4}( [0-9:]{7,9}( [+-][0-9]{3,5})?)?\"?",
    ) {
        let (text, digits) = (Bytes::from(text), Bytes::from(digits));
        settles(&text, AString::encode, AString::parse)?;
        settles(&text, IString::encode, IString::parse)?;
        settles(&text, NString::encode, NString::parse)?;
        settles(&text, Mailbox::encode, Mailbox::parse)?;
        settles(&text, ListMailbox::encode, ListMailbox::parse)?;
        settles(&digits, NumberSet::<Uid>::encode, NumberSet::parse)?;
        settles(&digits, SequenceSet::<Uid>::encode, SequenceSet::parse)?;
        settles(&Bytes::from(flags.clone()), Flag::encode, Flag::parse)?;
        settles(&Bytes::from(flags), FlagList::encode, FlagList::parse)?;
        let date = Bytes::from(date);
        settles(&date, |time: &DateTime, e| time.encode(e), DateTime::parse)?;
        settles(&date, |date: &Date, e| date.encode(e), Date::parse)?;
    }

    /// Nothing that is cut off is taken for something shorter.
    #[test]
    fn what_is_cut_off_is_no_value(value in value(), string in option::of(octets("ab\"\\ "))) {
        let string = IString::new(string.unwrap_or(value)).unwrap();
        let octets = written(Negotiated::server(), |encoder| string.encode(encoder));
        for end in 0..octets.len() {
            let part = octets.slice(..end);
            prop_assert!(parse_whole(&part, &mut lenient(), IString::parse).is_err(), "{:?}", part);
        }
    }
}

/// Counts the points to wait at.
#[derive(Default)]
struct Waits {
    octets: Vec<u8>,
    waits: usize,
}

impl Sink for Waits {
    fn put(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    fn wait_for_continuation(&mut self) {
        self.waits += 1;
    }
}

/// S10: capability by size by side. A literal that nobody waits for is only sent to who asked for it.
#[test]
fn literals_by_capability_and_size() {
    for negotiated in agreements() {
        for length in [0, 1, 4095, 4096, 4097, 100_000] {
            let mut sink = Waits::default();
            let value = Bytes::from(vec![b'\r'; length]);
            Encoder::new(&mut sink, negotiated).literal8(&value);
            let flows = match (negotiated.side, negotiated.literals) {
                (Side::Server, _) | (Side::Client, Literals::Sync) => false,
                (Side::Client, Literals::Minus) => length <= 4096,
                (Side::Client, Literals::Plus) => true,
            };
            let plus = if flows { "+" } else { "" };
            let header = format!("~{{{length}{plus}}}\r\n");
            assert_eq!(sink.octets, [header.as_bytes(), &value].concat(), "{negotiated:?}");
            let waits = usize::from(negotiated.side == Side::Client && !flows);
            assert_eq!(sink.waits, waits, "{negotiated:?} {length}");
        }
    }
}

/// What the octets behind a synchronizing literal wait for is the queue's business; here is that they do.
#[test]
fn a_synchronizing_literal_stops_the_output() {
    let sent = |negotiated| {
        let (mut output, mut transcript) = (Output::default(), mail_proto::Transcript::default());
        let name = AString::try_from("a\r").unwrap();
        Encoder::new(&mut output.writer(CommandId::default()), negotiated).astring(&name);
        let transmit = output.transmit(&mut transcript, mail_proto::Instant::default());
        transmit.slices().collect::<Vec<_>>().concat()
    };
    assert_eq!(sent(Negotiated::client()), b"{2}\r\n");
    assert_eq!(sent(Negotiated::server()), b"{2}\r\na\r");
    let plus = Negotiated { literals: Literals::Plus, ..Negotiated::client() };
    assert_eq!(sent(plus), b"{2+}\r\na\r");
}

/// What is kept of a message shares its block, unless it had to be changed or has few octets.
#[test]
fn long_values_are_slices_of_their_message() {
    let message = "an-atom-longer-than-what-is-kept-in-place \
        \"a quoted string longer than what is kept in place\" \
        {28}\r\nlonger than what is in place \
        \"an \\\"escaped\\\" string longer than what is in place\" short";
    let message = Bytes::from_static(message.as_bytes());
    let mut cursor = Cursor::new(&message);
    let mut shared = vec![];
    for index in 0..5 {
        if index > 0 {
            cursor.space(&mut strict()).unwrap();
        }
        let value = AString::parse(&mut cursor, &mut strict()).unwrap().into_bytes();
        shared.push(message.as_ptr_range().contains(&value.as_ptr()));
    }
    assert_eq!(shared, [true, true, true, false, false]);
}
