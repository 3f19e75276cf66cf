//! Values of every type, as a program could make them.

use super::*;

pub(super) fn octets(pattern: &str) -> impl Strategy<Value = Bytes> + use<> {
    proptest::string::bytes_regex(pattern).unwrap().prop_map(Bytes::from)
}

pub(super) fn message() -> impl Strategy<Value = MessageNumber> {
    prop_oneof![1..=20u32, 1..=u32::MAX].prop_map(|number| MessageNumber::new(number).unwrap())
}

pub(super) fn text() -> impl Strategy<Value = Text> {
    prop_oneof![
        octets(r"(?-u:[\x20-\x7e\x80-\xff]{0,40})"),
        octets(r"(?-u: {0,3}\[[A-Z/]{0,9}\]? ?x?)")
    ]
    .prop_map(|octets| Text::new(octets).unwrap())
}

pub(super) fn secret() -> impl Strategy<Value = Secret<Bytes>> {
    vec(any::<u8>(), 0..40).prop_map(|octets| Secret::new(octets.into()))
}

pub(super) fn mechanism() -> impl Strategy<Value = Mechanism> {
    octets("[A-Z0-9_-]{1,20}").prop_map(|name| Mechanism::new(name).unwrap())
}

pub(super) fn raw_command() -> impl Strategy<Value = RawCommand> {
    (octets(r"[!-~]{1,40}"), octets(r"(?-u:[^\r\n\x00]{0,40})"))
        .prop_filter_map("has a type", |(keyword, arguments)| {
            RawCommand::new(keyword, Text::new(arguments).unwrap()).ok()
        })
}

pub(super) fn command() -> impl Strategy<Value = Command> {
    let name =
        || octets(r"(?-u:[\x21-\x7e\x80-\xff]{1,40})").prop_map(|name| Name::new(name).unwrap());
    let digest = octets("[0-9a-f]{32}").prop_map(|digest| Digest::new(digest).unwrap());
    let range =
        octets(r"\*|[A-Za-z0-9-]{1,12}").prop_map(|range| LanguageRange::new(range).unwrap());
    let plain = [
        Command::AuthList,
        Command::Quit,
        Command::Stat,
        Command::Noop,
        Command::Rset,
        Command::Capa,
        Command::Stls,
        Command::Utf8,
    ];
    prop_oneof![
        name().prop_map(Command::User),
        octets(r"(?-u:[^\r\n\x00]{0,40})")
            .prop_map(|octets| Command::Pass(Secret::new(Password::new(octets).unwrap()))),
        (name(), digest)
            .prop_map(|(name, digest)| Command::Apop { name, digest: Secret::new(digest) }),
        (mechanism(), option::of(secret()))
            .prop_map(|(mechanism, initial)| Command::Auth { mechanism, initial }),
        proptest::sample::select(plain.to_vec()),
        option::of(message()).prop_map(Command::List),
        option::of(message()).prop_map(Command::Uidl),
        message().prop_map(Command::Retr),
        message().prop_map(Command::Dele),
        (message(), any::<u64>()).prop_map(|(message, lines)| Command::Top { message, lines }),
        option::of(range).prop_map(Command::Lang),
        raw_command().prop_map(Command::Other),
    ]
}

pub(super) fn code() -> impl Strategy<Value = ResponseCode> {
    use ResponseCode::{Auth, InUse, LoginDelay, SysPerm, SysTemp, Utf8};
    let raw = octets(r"((AUTH|SYS/TEMP|[!-.0-\\^-~]{1,8})/)?[!-.0-\\^-~]{1,8}")
        .prop_filter_map("has a name", |code| RawCode::new(code).ok());
    prop_oneof![
        proptest::sample::select(vec![LoginDelay, InUse, SysTemp, SysPerm, Auth, Utf8]),
        raw.prop_map(ResponseCode::Other),
    ]
}

pub(super) fn status() -> impl Strategy<Value = Status> {
    let kind = prop_oneof![Just(StatusKind::Ok), Just(StatusKind::Err)];
    (kind, option::of(code()), text()).prop_map(|(kind, code, text)| Status { kind, code, text })
}

pub(super) fn timestamp() -> impl Strategy<Value = Timestamp> {
    octets(r"<[a-z0-9]{1,8}(\.[a-z0-9+/=]{1,8}){0,3}@([a-z0-9]{1,8}(\.[a-z0-9]{1,8}){0,3}|\[10\.0\.0\.1\])>")
        .prop_map(|stamp| Timestamp::new(stamp).unwrap())
}

pub(super) fn scan_listing() -> impl Strategy<Value = ScanListing> {
    (message(), any::<u64>(), text())
        .prop_map(|(message, octets, rest)| ScanListing::new(message, octets).with_rest(rest))
}

pub(super) fn uid_listing() -> impl Strategy<Value = UidListing> {
    (message(), octets("[!-~]{1,70}"))
        .prop_map(|(message, uid)| UidListing { message, uid: UniqueId::new(uid).unwrap() })
}

pub(super) fn language_listing() -> impl Strategy<Value = LanguageListing> {
    (octets("[A-Za-z0-9-]{1,12}"), text()).prop_map(|(tag, description)| LanguageListing {
        tag: LanguageTag::new(tag).unwrap(),
        description,
    })
}

pub(super) fn capability() -> impl Strategy<Value = Capability> {
    let words =
        || octets("([!-~]{1,9}( [!-~]{1,9}){0,3})?").prop_map(|text| Text::new(text).unwrap());
    let other =
        octets("X[!-,/-~]{0,9}( [!-~]{1,9}){0,3}").prop_map(|text| Text::new(text).unwrap());
    let days = prop_oneof![Just(Expire::Never), any::<u32>().prop_map(Expire::Days)];
    let plain = [
        Capability::Top,
        Capability::User,
        Capability::Uidl,
        Capability::RespCodes,
        Capability::Pipelining,
        Capability::Stls,
        Capability::AuthRespCode,
        Capability::Lang,
    ];
    prop_oneof![
        proptest::sample::select(plain.to_vec()),
        vec(mechanism(), 0..5).prop_map(Capability::Sasl),
        any::<(u32, bool)>()
            .prop_map(|(seconds, per_user)| Capability::LoginDelay { seconds, per_user }),
        (days, any::<bool>()).prop_map(|(days, per_user)| Capability::Expire { days, per_user }),
        words().prop_map(Capability::Implementation),
        any::<bool>().prop_map(|user| Capability::Utf8 { user }),
        other.prop_map(Capability::Other),
    ]
}

/// Lines that look like something: words of the protocol, spaces, odd octets.
pub(super) fn line_like() -> impl Strategy<Value = Bytes> {
    let words: Vec<&'static [u8]> = vec![
        b"+OK",
        b"-ERR",
        b"+ok",
        b"+",
        b"+ ",
        b" ",
        b" ",
        b" ",
        b"  ",
        b"0",
        b"1",
        b"01",
        b"-5",
        b"320",
        b"4294967296",
        b"18446744073709551616",
        b"[AUTH]",
        b"[sys/temp/x]",
        b"[",
        b"]",
        b"<a@b>",
        b"USER",
        b"PASS",
        b"APOP",
        b"AUTH",
        b"LIST",
        b"TOP",
        b"UIDL",
        b"LANG",
        b"XTND",
        b"SASL",
        b"PLAIN",
        b"EXPIRE",
        b"NEVER",
        b"LOGIN-DELAY",
        b"IMPLEMENTATION",
        b"UTF8",
        b"en",
        b"dGVzdA==",
        b"dGVzdA",
        b"=",
        b"*",
        b".",
        b"c4c9334bac560ecc979e58001b3e22fb",
        b"x",
        b"\t",
        b"\0",
        b"\r",
        b"\n",
        b"\x7f",
        b"\xff",
        b"\xc3\xa9",
    ];
    let words = vec(proptest::sample::select(words), 0..8).prop_map(|words| words.concat());
    prop_oneof![4 => words, 1 => vec(any::<u8>(), 0..40)].prop_map(Bytes::from)
}
