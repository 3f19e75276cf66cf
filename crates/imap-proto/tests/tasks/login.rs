//! CAPABILITY, LOGIN, AUTHENTICATE, LOGOUT.

use imap_proto::tasks::{Capability, Logout, Reason};
use imap_proto::{AString, Authenticate, Capability as Cap, Login};
use mail_proto::{Secret, Sent, sasl::Mechanism};

use super::world::each_way;

fn login() -> Login {
    let password = Secret::new(AString::new("secret").unwrap());
    Login { user: AString::new("joe").unwrap(), password }
}

#[test]
fn capability_login_and_logout() {
    each_way(|world| {
        let capability = world.run(Capability);
        world.says("* OK hello");
        world.tells(&["greeting OK hello"]);
        world.sends(&["A1 CAPABILITY"]);
        world.says("* CAPABILITY IMAP4rev1 SASL-IR auth=plain\r\nA1 OK done");
        world.tells(&["finished 1 OK done"]);
        let list = world.take(capability).unwrap();
        assert!(list.contains(&Cap::SaslIr) && list.has("AUTH=PLAIN"));

        let login = world.run(login());
        world.sends(&["A2 LOGIN joe secret"]);
        world.says("A2 OK [CAPABILITY IMAP4rev1 IDLE] in");
        world.tells(&["finished 2 OK [CAPABILITY IMAP4rev1 IDLE] in"]);
        let capabilities = world.take(login).unwrap().capabilities.unwrap();
        assert!(capabilities.contains(&Cap::Idle));

        let logout = world.run(Logout);
        world.sends(&["A3 LOGOUT"]);
        world.says("* BYE see you\r\nA3 OK done");
        world.tells(&["* BYE see you", "finished 3 OK done", "closed Logout"]);
        world.take(logout).unwrap();
    });
}

#[test]
fn a_refused_login_says_why() {
    each_way(|world| {
        world.says("* OK hello");
        let task = world.run(login());
        world.says("A1 NO [AUTHENTICATIONFAILED] wrong");
        world.sends(&["A1 LOGIN joe secret"]);
        world.tells(&["greeting OK hello", "finished 1 NO [AUTHENTICATIONFAILED] wrong"]);
        let failure = world.take(task).unwrap_err();
        assert_eq!(failure.reason, Reason::No);
        assert_eq!(failure.code(), Some(&imap_proto::Code::AuthenticationFailed));
        assert_eq!(failure.to_string(), "the server refused: wrong");
    });
}

#[test]
fn challenges_name_their_task() {
    each_way(|world| {
        world.says("* OK hello");
        let mechanism = Mechanism::parse(b"CRAM-MD5").unwrap();
        let task = world.run(Authenticate { mechanism, initial_response: None });
        world.says("+ PDE+");
        world.sends(&["A1 AUTHENTICATE CRAM-MD5"]);
        world.tells(&["greeting OK hello", "challenge 1 <1>"]);
        world.tasks.respond(&task, Secret::new("abc".into())).unwrap();
        world.turn();
        world.sends(&["YWJj"]);
        world.eof();
        world.tells(&["lost 1 Fully", "closed Eof"]);
        assert_eq!(world.take(task).unwrap_err().reason, Reason::Lost(Sent::Fully));
    });
}
