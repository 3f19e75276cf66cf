//! Tests of the codes.

use super::*;
use crate::codec::capability::tests::{any_capabilities, any_caseless_atom};
use crate::codec::object_id::tests::any_object_ids;
use crate::codec::search::tests::any_charset;
use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
use crate::{Capability, Flag, SystemFlag};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use bytes::Bytes;
use proptest::collection::vec as vec_of;
use proptest::prelude::*;

fn any_nz() -> impl Strategy<Value = NonZeroU32> {
    (1..=u32::MAX).prop_map(|number| NonZeroU32::new(number).unwrap())
}

fn any_uids() -> impl Strategy<Value = NumberSet<Uid>> {
    vec_of(1..=u32::MAX, 1..5).prop_map(|numbers| {
        NumberSet::from_numbers(numbers.into_iter().map(|it| Uid::new(it).unwrap())).unwrap()
    })
}

fn any_code_string() -> impl Strategy<Value = CodeString> {
    "[\\x01-\\x09\\x0b\\x0c\\x0e-\\x7f]{0,12}".prop_map(|text| CodeString::new(text).unwrap())
}

fn any_code_text() -> impl Strategy<Value = CodeText> {
    "[ -\\\\^-~]{1,12}".prop_map(|text| CodeText::new(text).unwrap())
}

fn any_atom() -> impl Strategy<Value = Atom> {
    any_caseless_atom().prop_map(|atom| atom.atom().clone())
}

fn any_object_id() -> impl Strategy<Value = ObjectId> {
    "[A-Za-z0-9_-]{1,20}".prop_map(|id| ObjectId::new(id).unwrap())
}

fn any_annotation_size() -> impl Strategy<Value = AnnotationSize> {
    prop_oneof![
        Just(AnnotationSize::None),
        any::<bool>().prop_map(|no_private| AnnotationSize::ReadOnly { no_private }),
        (any_nz(), any::<bool>())
            .prop_map(|(octets, no_private)| AnnotationSize::Most { octets, no_private }),
    ]
}

fn any_progress() -> impl Strategy<Value = Progress> {
    let state = prop_oneof![
        Just(ProgressState::Unknown),
        any::<u32>().prop_map(ProgressState::Counting),
        (0..u32::MAX).prop_flat_map(|done| (Just(done), done + 1..=u32::MAX)).prop_map(
            |(done, goal)| ProgressState::KnownGoal(done, NonZeroU32::new(goal).unwrap())
        ),
    ];
    let tag = any_code_string().prop_filter("no tag", |tag| !tag.as_bytes().contains(&b']'));
    (proptest::option::of(tag), state).prop_map(|(tag, state)| Progress { tag, state })
}

fn any_url_mech_key() -> impl Strategy<Value = UrlMechKey> {
    let data = proptest::option::of(vec_of(any::<u8>(), 0..8).prop_map(Bytes::from));
    ("[A-Za-z0-9.-]{1,8}", data)
        .prop_map(|(name, data)| UrlMechKey { mechanism: UrlMechName::new(name).unwrap(), data })
}

fn any_other_code() -> impl Strategy<Value = Code> {
    let arguments = proptest::option::of(any_code_text());
    (any_atom(), arguments).prop_filter_map("known", |(name, arguments)| {
        OtherCode::new(name, arguments).ok().map(|other| Code::Other(Box::new(other)))
    })
}

fn any_referral() -> impl Strategy<Value = Code> {
    let url = "[!-\\\\^-~]{1,20}".prop_map(|url| ReferralUrl::new(url).unwrap());
    vec_of(url, 1..3).prop_map(|urls| Code::Referral(OneOrMore::new(urls).unwrap()))
}

fn any_code_of_numbers() -> impl Strategy<Value = Code> {
    prop_oneof![
        any_annotation_size().prop_map(Code::Annotations),
        (any_nz(), any_uids()).prop_map(|(validity, uids)| Code::AppendUid(validity, uids)),
        (any_nz(), any_uids(), any_uids()).prop_map(|(uid_validity, source, destination)| {
            Code::CopyUid(Box::new(CopyUid { uid_validity, source, destination }))
        }),
        any_uids().prop_map(Code::Downgraded),
        (1..u64::MAX / 2).prop_map(|number| Code::HighestModSeq(ModSeq::new(number).unwrap())),
        any_nz().prop_map(Code::MaxConvertMessages),
        any_nz().prop_map(Code::MaxConvertParts),
        (any_nz(), proptest::option::of(any_nz()))
            .prop_map(|(limit, uid)| Code::MessageLimit(limit, uid.map(Uid::from))),
        any::<u32>().prop_map(Code::MetadataLongEntries),
        any::<u32>().prop_map(Code::MetadataMaxSize),
        vec_of(any_nz(), 1..4).prop_map(|numbers| {
            let numbers = numbers.into_iter().map(MessageNumber::from);
            Code::Modified(NumberSet::from_numbers(numbers).unwrap())
        }),
        any_nz().prop_map(|number| Code::UidNext(number.into())),
        any_nz().prop_map(Code::UidValidity),
        any_nz().prop_map(|number| Code::Unseen(number.into())),
    ]
}

fn any_code_of_strings() -> impl Strategy<Value = Code> {
    prop_oneof![
        vec_of(any_charset(), 0..3).prop_map(Code::BadCharset),
        any_code_text().prop_map(Code::BadUrl),
        any_capabilities().prop_map(Code::Capability),
        proptest::option::of(any_progress())
            .prop_map(|progress| Code::InProgress(progress.map(Box::new))),
        any_object_id().prop_map(Code::MailboxId),
        (any_code_string(), any_code_string())
            .prop_map(|(old, new)| Code::NewName(Box::new(NewName { old, new }))),
        any_code_string().prop_map(Code::NoUpdate),
        any_object_ids().prop_map(Code::ObjectId),
        any::<bool>().prop_map(|new_keywords| {
            let flags = [Flag::System(SystemFlag::Seen)].into_iter().collect();
            Code::PermanentFlags(Box::new(PermanentFlags { flags, new_keywords }))
        }),
        any_referral(),
        any_atom().prop_map(Code::UndefinedFilter),
        vec_of(any_url_mech_key(), 0..3).prop_map(Code::UrlMech),
        any_code_text().prop_map(Code::WebAlert),
        any_other_code(),
    ]
}

pub(crate) fn any_code() -> impl Strategy<Value = Code> {
    let words: Vec<_> = Code::WORDS.iter().map(|(_, word)| word.clone()).collect();
    prop_oneof![proptest::sample::select(words), any_code_of_numbers(), any_code_of_strings()]
}

proptest! {
    #[test]
    fn written_and_read_back(code in any_code()) {
        round_trips(&code, Code::encode, Code::parse);
    }

    #[test]
    fn any_octets_make_a_code_or_an_error(octets in "\\[[ -~]{0,30}\\]?[ -~]{0,9}") {
        if let (Ok(code), defects) = lenient(octets.as_bytes(), Code::parse)
            && defects.is_empty()
        {
            let wrote = written(|encoder| code.encode(encoder));
            prop_assert_eq!(strict(&wrote, Code::parse), Ok(code));
        }
    }
}

#[test]
fn each_word_in_any_case() {
    for (word, code) in Code::WORDS {
        let octets = format!("[{word}]");
        assert_eq!(&reads_and_writes(octets.as_bytes(), Code::parse, Code::encode), code);
        let lower = octets.to_ascii_lowercase();
        assert_eq!(strict(lower.as_bytes(), Code::parse).as_ref(), Ok(code));
    }
    assert!(size_of::<Code>() <= 40, "{}", size_of::<Code>());
}

/// Every row of the registry and of SPEC section 5, with arguments where it has some.
#[test]
fn every_registered_code_has_a_variant() {
    for octets in [
        "NEWNAME FOO BAR",
        "REFERRAL imap://b/",
        "ALERT",
        "BADCHARSET",
        "PARSE",
        "PERMANENTFLAGS (\\Deleted \\Seen \\*)",
        "READ-ONLY",
        "READ-WRITE",
        "TRYCREATE",
        "UIDNEXT 4392",
        "UIDVALIDITY 3857529045",
        "UNSEEN 17",
        "UNKNOWN-CTE",
        "UIDNOTSTICKY",
        "APPENDUID 38505 3955",
        "COPYUID 38505 304,319:320 3956:3958",
        "URLMECH INTERNAL",
        "TOOBIG",
        "BADURL /INBOX",
        "HIGHESTMODSEQ 20010715194045007",
        "NOMODSEQ",
        "MODIFIED 7,9",
        "COMPRESSIONACTIVE",
        "CLOSED",
        "NOTSAVED",
        "BADCOMPARATOR",
        "ANNOTATE TOOBIG",
        "ANNOTATIONS 20000 NOPRIVATE",
        "TEMPFAIL",
        "MAXCONVERTMESSAGES 1",
        "MAXCONVERTPARTS 10",
        "NOUPDATE \"B02\"",
        "NOTIFICATIONOVERFLOW",
        "UNDEFINED-FILTER on-the-road",
        "METADATA LONGENTRIES 2199",
        "UNAVAILABLE",
        "AUTHENTICATIONFAILED",
        "AUTHORIZATIONFAILED",
        "EXPIRED",
        "PRIVACYREQUIRED",
        "CONTACTADMIN",
        "NOPERM",
        "INUSE",
        "EXPUNGEISSUED",
        "CORRUPTION",
        "SERVERBUG",
        "CLIENTBUG",
        "CANNOT",
        "LIMIT",
        "OVERQUOTA",
        "ALREADYEXISTS",
        "NONEXISTENT",
        "USEATTR",
        "DOWNGRADED 70,105,108:109",
        "MAILBOXID (F2212ea87-6097-4256-9d51-71338625)",
        "CAPABILITY IMAP4rev2",
        "HASCHILDREN",
        "UIDREQUIRED",
        "INPROGRESS",
        "TOOMANY",
        "TOOFEW",
        "MESSAGELIMIT 1000 23221",
        "MESSAGELIMIT 1000",
        "NOT-UTF-8",
        "UTF-8-ONLY",
        "OBJECTID (ACCOUNTID a MAILBOXID b)",
        "WEBALERT https://accounts.google.com/signin?x=(%22)",
        "THROTTLED",
        "ANNOTATE TOOMANY",
        "ANNOTATIONS NONE",
        "ANNOTATIONS READ-ONLY",
        "ANNOTATIONS READ-ONLY NOPRIVATE",
        "METADATA MAXSIZE 1024",
        "METADATA TOOMANY",
        "METADATA NOPRIVATE",
        "INPROGRESS (NIL NIL NIL)",
        "INPROGRESS (\"tag\" 175 1000)",
        "REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE IMAP://user;AUTH=*@SERVER3/REMOTE",
        "URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg== X.Y",
        "BADCHARSET (KOI8-R \"a ]\\\"b\")",
        "BADURL \"/INBOX;UID=113330;section=1.5.9\"",
        "APPENDUID 38505 3955,3957",
        "PERMANENTFLAGS ()",
        "CAPABILITY",
    ] {
        let octets = format!("[{octets}]");
        let code = reads_and_writes(octets.as_bytes(), Code::parse, Code::encode);
        assert!(!matches!(code, Code::Other(_)), "{octets}");
    }
}

#[test]
fn values_of_the_rfcs() {
    let read = |octets: &str| strict(octets.as_bytes(), Code::parse).unwrap();
    let uid = |number| Uid::new(number).unwrap();
    let validity = NonZeroU32::new(38505).unwrap();
    let mut uids = NumberSet::one(uid(3955));
    uids.push(crate::SetRange { first: uid(3957), last: uid(3957) });
    assert_eq!(read("[APPENDUID 38505 3955,3957]"), Code::AppendUid(validity, uids));
    let Code::CopyUid(copied) = read("[COPYUID 38505 5,2 9:8]") else { panic!() };
    assert_eq!(copied.source.as_slice()[1].first, uid(2));
    assert_eq!(copied.destination.as_slice()[0].last, uid(8));
    let list = [Capability::Imap4Rev1, Capability::Idle].into_iter().collect();
    assert_eq!(read("[CAPABILITY IMAP4rev1 IDLE]"), Code::Capability(list));
    let tag = Some(CodeString::new("A001").unwrap());
    let state = ProgressState::KnownGoal(454, NonZeroU32::new(1000).unwrap());
    let progress = Some(Box::new(Progress { tag, state }));
    assert_eq!(read("[INPROGRESS (\"A001\" 454 1000)]"), Code::InProgress(progress));
    let Code::UrlMech(keys) = read("[URLMECH INTERNAL X=YWI= Y]") else { panic!() };
    assert_eq!(keys[0].data, Some(Bytes::from_static(b"ab")));
    assert_eq!(keys[1].data, None);
}

#[test]
fn unknown_codes_are_kept() {
    for (octets, name, arguments) in [
        ("[mail.example.com]", "mail.example.com", None),
        ("[FOO BAR BAZ (x]", "FOO", Some("BAR BAZ (x")),
        ("[XPROXYREUSE {5}]", "XPROXYREUSE", Some("{5}")),
        ("[X   ]", "X", Some("  ")),
        ("[X  a ]", "X", Some(" a ")),
        ("[FOO \"a]", "FOO", Some("\"a")),
    ] {
        let code = reads_and_writes(octets.as_bytes(), Code::parse, Code::encode);
        let Code::Other(other) = code else { panic!("{octets}") };
        assert_eq!(other.name().as_bytes(), name.as_bytes());
        assert_eq!(other.arguments(), arguments.map(str::as_bytes));
        assert!(!other.is_malformed());
    }
    for octets in ["", "[", "[]", "[ ]", "[a", "[a b", "[(a)]", "[a(]", "a]"] {
        assert!(lenient(octets.as_bytes(), Code::parse).0.is_err(), "{octets}");
    }
}

/// Q28, Q49, Q96, Q97: known codes with the wrong arguments keep their octets.
#[test]
fn malformed_codes_are_kept() {
    for (octets, at, defect) in [
        ("[COPYUID]", 8, Defect::MalformedCode),
        ("[COPYUID 701  ]", 14, Defect::MalformedCode),
        ("[COPYUID 1 1:10 101:110 extra junk]", 23, Defect::MalformedCode),
        ("[UIDVALIDITY 0]", 13, Defect::ZeroNumber),
        ("[UIDNEXT 0]", 9, Defect::ZeroNumber),
        ("[UNSEEN 0]", 8, Defect::ZeroNumber),
        ("[HIGHESTMODSEQ 0]", 15, Defect::ZeroNumber),
        ("[UIDVALIDITY 9877410381]", 13, Defect::MalformedCode),
        ("[MODIFIED 7:*]", 12, Defect::MalformedCode),
        ("[PERMANENTFLAGS (Answered Deleted Seen ]", 39, Defect::MalformedCode),
        ("[METADATA]", 9, Defect::MalformedCode),
        ("[APPENDUID 1 \"2]\" 3]", 13, Defect::MalformedCode),
        ("[BADURL]", 7, Defect::MalformedCode),
        ("[REFERRAL ]", 10, Defect::MalformedCode),
    ] {
        let (code, defects) = lenient(octets.as_bytes(), Code::parse);
        let code = code.unwrap_or_else(|error| panic!("{octets} {error}"));
        assert!(matches!(&code, Code::Other(other) if other.is_malformed()), "{octets}");
        if octets != "[REFERRAL ]" {
            assert_eq!(written(|encoder| code.encode(encoder)), octets.as_bytes());
        }
        assert_eq!(defects, [defect], "{octets}");
        let refused = strict(octets.as_bytes(), Code::parse).map_err(|error| error.at);
        // A space too many is refused before what it hides.
        assert!(refused.as_ref().is_err_and(|it| *it <= at), "{octets} {refused:?}");
    }
}

#[test]
fn codes_that_are_understood_all_the_same() {
    let charset = |name: &'static str| Charset::new(name).unwrap();
    for (octets, at, code, defect) in [
        ("[CLOSED not anything]", 7, Code::Closed, Defect::MalformedCode),
        ("[ALERT ]", 6, Code::Alert, Defect::TrailingSpace),
        ("[BADCHARSET ()]", 12, Code::BadCharset(vec![]), Defect::MalformedCode),
        (
            "[BADCHARSET A B]",
            12,
            Code::BadCharset(vec![charset("A"), charset("B")]),
            Defect::MalformedCode,
        ),
        ("[UIDNEXT  7]", 9, Code::UidNext(Uid::new(7).unwrap()), Defect::DoubleSpace),
        ("[UIDNEXT 7 ]", 10, Code::UidNext(Uid::new(7).unwrap()), Defect::TrailingSpace),
    ] {
        assert_eq!(lenient(octets.as_bytes(), Code::parse), (Ok(code), vec![defect]), "{octets}");
        let refused = strict(octets.as_bytes(), Code::parse).map_err(|error| error.at);
        assert_eq!(refused, Err(at), "{octets}");
    }
    // Q51: the keywords of Gmail have brackets.
    let octets = b"[PERMANENTFLAGS (\\Seen OIB-Seen-[Gmail]/All \\*)]";
    let (code, defects) = lenient(octets, Code::parse);
    let Code::PermanentFlags(flags) = code.unwrap() else { panic!() };
    assert!(flags.new_keywords && flags.flags.is_seen());
    assert_eq!(defects, [Defect::BracketInKeyword]);
}

#[test]
fn brackets_and_eight_bit_octets_in_unknown_codes() {
    let octets = b"[FOO \"a]b\" c]";
    assert_eq!(strict(octets, Code::parse).map_err(|error| error.at), Err(8));
    let (code, defects) = lenient(octets, Code::parse);
    assert_eq!(written(|encoder| code.unwrap().encode(encoder)), octets);
    assert_eq!(defects, [Defect::BracketInCode]);
    let octets = b"[FOO caf\xe9]";
    assert_eq!(strict(octets, Code::parse).map_err(|error| error.at), Err(8));
    let (code, defects) = lenient(octets, Code::parse);
    assert_eq!(written(|encoder| code.unwrap().encode(encoder)), octets);
    assert_eq!(defects, [Defect::EightBitInText]);
}

/// RFC 9585 section 4.
#[test]
fn progress_is_written_as_it_may_be() {
    let (tag, goal) = (Some(CodeString::new("a]").unwrap()), NonZeroU32::new(7).unwrap());
    for (done, wrote) in [(6, "(NIL 6 7)"), (7, "(NIL 7 NIL)"), (8, "(NIL 8 NIL)")] {
        let progress = Progress { tag: tag.clone(), state: ProgressState::KnownGoal(done, goal) };
        let code = Code::InProgress(Some(Box::new(progress)));
        let octets = written(|encoder| code.encode(encoder));
        assert_eq!(octets, [b"[INPROGRESS ", wrote.as_bytes(), b"]"].concat());
    }
}

#[test]
fn what_cannot_be_made() {
    let name = |name: &'static str| Atom::new(name).unwrap();
    assert!(OtherCode::new(name("copyuid"), None).is_err());
    let text = CodeText::new("caf\u{e9}").unwrap();
    assert_eq!(OtherCode::new(name("X"), Some(text)).unwrap_err().at, 3);
    assert_eq!(CodeText::new("a\n]").unwrap_err().at, 1);
    assert_eq!(CodeText::new("").unwrap_err().at, 0);
    assert_eq!(CodeString::new("a\u{e9}").unwrap_err().at, 1);
}

#[test]
fn hostile_codes_take_linear_time() {
    let octets = String::from("[FOO ") + &"\"]x".repeat(200_000);
    let _ = lenient(octets.as_bytes(), Code::parse);
    let octets = String::from("[") + &"a".repeat(500_000);
    assert!(strict(octets.as_bytes(), Code::parse).is_err());
}
