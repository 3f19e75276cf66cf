//! C: continuation and authentication.

use bytes::Bytes;
use imap_proto::{
    AString, AuthenticateData, Capability, Code, Command, CommandBody, ConditionKind, Continuation,
    Data, Defect, Encoder, Login, Negotiated, Response, Strings, parse_whole,
};
use mail_proto::{DefectId as _, Leniency, Reading, Secret};

use crate::read::*;

fn continuation(response: Response) -> Continuation {
    let Response::Continuation(read) = response else { panic!("{response:?}") };
    read
}

fn challenge(wire: &[u8]) -> Vec<u8> {
    let mut reading = Reading::new(Leniency::strict());
    continuation(legal(wire)).data(&mut reading).unwrap().expose().to_vec()
}

#[test]
pub fn q31_plus_alone() {
    let read = continuation(deviates(b"+\r\n", 1, &["bare-plus"], b"+ \r\n"));
    assert!(read.as_bytes().is_empty());
    let mut reading = Reading::new(Leniency::<Defect>::strict());
    assert!(read.data(&mut reading).unwrap().expose().is_empty(), "an empty challenge");
}

#[test]
pub fn q32_text_or_base64() {
    let mut reading = Reading::new(Leniency::<Defect>::lenient());
    for text in ["go ahead", "IDLE accepted, awaiting DONE command."] {
        let read = continuation(legal(format!("+ {text}\r\n").as_bytes()));
        assert_eq!(read.as_bytes(), text.as_bytes());
        assert_eq!(read.text().text().as_bytes(), text.as_bytes());
        assert!(read.data(&mut reading).is_err());
    }
    // What the octets are is for those who wait for them to say.
    let both = continuation(legal(b"+ Rm9vbw==\r\n"));
    assert_eq!(both.as_bytes(), b"Rm9vbw==");
    assert_eq!(both.data(&mut reading).unwrap().expose(), "Fooo");
}

#[test]
pub fn q33_prompts_of_auth_login() {
    assert_eq!(challenge(b"+ VXNlciBOYW1lAA==\r\n"), b"User Name\0");
    assert_eq!(challenge(b"+ UGFzc3dvcmQA\r\n"), b"Password\0");
    assert_eq!(challenge(b"+ VXNlcm5hbWU6\r\n"), b"Username:");
}

#[test]
pub fn q34_initial_responses() {
    let initial = |wire: &[u8]| {
        let CommandBody::Authenticate(command) = legal::<Command>(wire).body else { panic!() };
        command.initial_response.map(|it| it.into_exposed().to_vec())
    };
    let plain = b"A1 AUTHENTICATE PLAIN AHVzZXIAcGFzcw==\r\n";
    assert_eq!(initial(plain).unwrap(), b"\0user\0pass");
    assert_eq!(initial(b"A1 AUTHENTICATE EXTERNAL =\r\n").unwrap(), b"", "not the same as none");
    assert_eq!(initial(b"A1 AUTHENTICATE EXTERNAL\r\n"), None);
    let read = condition(deviates(b"A1 BAD\r\n", 6, &["no-resp-text"], b"A1 BAD \r\n"));
    assert_eq!(read.kind, ConditionKind::Bad);
    let wire = b"A1 AUTHENTICATE PLAIN AHVzZXIAcGFzcw\r\n";
    let read: Command = deviates(wire, 36, &["unpadded-base64"], plain);
    assert!(matches!(read.body, CommandBody::Authenticate(_)));
}

#[test]
pub fn q35_mechanisms_in_their_order() {
    let read = legal(b"* CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN\r\n");
    let Response::Data(Data::Capability(capabilities)) = read else { panic!() };
    let names: Vec<_> = capabilities.auth().map(ToString::to_string).collect();
    assert_eq!(names, ["CRAM-MD5", "PLAIN"]);
    assert!(capabilities.contains(&Capability::Imap4Rev1));
}

#[test]
pub fn q36_login_in_all_forms() {
    let expected = Login {
        user: AString::new("user").unwrap(),
        password: Secret::new(AString::new("pa\"ss").unwrap()),
    };
    for wire in
        [&b"A1 LOGIN \"user\" \"pa\\\"ss\"\r\n"[..], b"A1 LOGIN {4}\r\nuser {5}\r\npa\"ss\r\n"]
    {
        let CommandBody::Login(login) = legal::<Command>(wire).body else { panic!() };
        assert_eq!(login, expected);
    }
    let written = |strings| {
        let mut out = Vec::new();
        expected
            .encode(&mut Encoder::new(&mut out, Negotiated { strings, ..Negotiated::client() }));
        out
    };
    assert_eq!(written(Strings::Quoted), b" \"user\" \"pa\\\"ss\"");
    assert_eq!(written(Strings::Literal), b" {4}\r\nuser {5}\r\npa\"ss");
    assert_eq!(written(Strings::Shortest), b" user \"pa\\\"ss\"");
}

#[test]
pub fn q37_units_behind_starttls() {
    // They are two units: what came with the first can be seen and refused.
    let wire = b"A1 OK Begin TLS\r\n* OK injected\r\n";
    assert_eq!(units::<Response>(wire), ["A1 OK Begin TLS", "* OK injected"]);
}

#[test]
pub fn q38_bye_as_a_greeting() {
    let wire = b"* BYE [ALERT] Too many simultaneous connections. (Failure)\r\n";
    let read = condition(legal(wire));
    assert_eq!((read.kind, read.text.code()), (ConditionKind::Bye, Some(&Code::Alert)));
    let text = read.text.text().as_bytes();
    assert_eq!(text, b"Too many simultaneous connections. (Failure)");
}

#[test]
pub fn c14_lines_of_authenticate() {
    let wire = b"A1 AUTHENTICATE PLAIN AHUAcA==\r\n";
    let CommandBody::Authenticate(read) = legal::<Command>(wire).body else { panic!() };
    assert_eq!(read.initial_response.unwrap().expose(), "\0u\0p", "NUL is data there");
    let data = |line: &'static [u8]| {
        let mut reading = Reading::new(Leniency::strict());
        parse_whole(&Bytes::from_static(line), &mut reading, AuthenticateData::parse)
    };
    assert_eq!(data(b"*"), Ok(AuthenticateData::Cancel));
    assert!(matches!(data(b"").unwrap(), AuthenticateData::Response(it) if it.expose().is_empty()));
    // Outside of AUTHENTICATE both are errors.
    assert_eq!(refused::<Command>(b"*"), 0);
    assert_eq!(refused::<Command>(b""), 0);
    assert_eq!(Defect::UnpaddedBase64.name(), "unpadded-base64");
}
