//! AUTHENTICATE by a mechanism.

use bytes::{Buf, BytesMut};
use imap_proto::Authenticate;
use imap_proto::client::Client;
use imap_proto::connection::Closed;
use imap_proto::tasks::{Event, Handle, Noop, Reason, SaslLogin, Task, Tasks};
use mail_proto::sasl::scram::{ScramClient, ScramHash};
use mail_proto::sasl::{ClientExchange, Mechanism, Nonce, Plain, Prepared, SaslError, ServerProof};
use mail_proto::{Connection, SendError, Sent};

use super::client_support::{self, at};
use super::world::{World, each_way};

/// RFC 7677 section 3.
fn scram() -> SaslLogin {
    let nonce = Nonce::try_from("rOprNGfwEbeRWgbNEkqO").unwrap();
    let (user, password) = (Prepared::ascii("user").unwrap(), Prepared::ascii("pencil").unwrap());
    let scram = ScramClient::new(ScramHash::Sha256, user, password, nonce);
    SaslLogin(ClientExchange::new(scram))
}

const FIRST: &str = "biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=";
const CHALLENGE: &str = "+ cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=";
const FINAL: &str = "Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==";
const PROOF: &str = "+ dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==";

#[track_caller]
fn challenged(world: &mut World) -> Handle<SaslLogin> {
    world.says("* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hello");
    world.drain_events();
    let task = world.run(scram());
    world.sends(&[&format!("A1 AUTHENTICATE SCRAM-SHA-256 {FIRST}")]);
    world.says(CHALLENGE);
    world.sends(&[FINAL]);
    task
}

#[test]
fn a_server_that_proves_itself() {
    each_way(|world| {
        let task = challenged(world);
        world.says(PROOF);
        world.sends(&[""]);
        world.says("* CAPABILITY IMAP4rev1 IDLE\r\nA1 OK in");
        world.tells(&["finished 1 OK in"]);
        let login = world.take(task).unwrap();
        assert_eq!(login.authenticated.server, ServerProof::Credentials);
        assert!(login.capabilities.unwrap().has("IDLE"));
    });
}

#[test]
fn an_ok_without_proof_ends_the_connection() {
    each_way(|world| {
        let task = challenged(world);
        let noop = world.run(Noop);
        world.says("A1 OK in, trust me");
        world.tells(&["finished 1 OK in, trust me", "lost 2 Not", "closed Local"]);
        let failure = world.take(task).unwrap_err();
        let Reason::Unproved(error) = failure.reason else { panic!("{failure:?}") };
        assert!(matches!(*error, SaslError::Unfinished | SaslError::Unverified), "{error:?}");
        assert_eq!(world.take(noop).unwrap_err().reason, Reason::Lost(Sent::Not));
    });
}

#[test]
fn a_challenge_that_cannot_be_ends_the_exchange() {
    each_way(|world| {
        let task = challenged(world);
        // v=x
        world.says("+ dj14");
        world.sends(&["*"]);
        world.says("A1 BAD cancelled");
        world.tells(&["finished 1 BAD cancelled"]);
        let failure = world.take(task).unwrap_err();
        assert_eq!(failure.reason, Reason::Bad);
        assert!(failure.refused().unwrap().error.is_some());
    });
}

#[test]
fn wrong_credentials() {
    each_way(|world| {
        world.says("* OK hello");
        world.drain_events();
        let plain = Plain::new("", "joe", "secret").unwrap();
        let task = world.run(SaslLogin(ClientExchange::new(plain)));
        world.sends(&["A1 AUTHENTICATE PLAIN"]);
        world.says("+");
        world.sends(&["AGpvZQBzZWNyZXQ="]);
        world.says("A1 NO [AUTHENTICATIONFAILED] no");
        world.tells(&["defect BarePlus", "finished 1 NO [AUTHENTICATIONFAILED] no"]);
        let failure = world.take(task).unwrap_err();
        assert_eq!(failure.refused().unwrap().error, None);
        assert_eq!(failure.reason, Reason::No);
    });
}

#[test]
fn one_that_is_given_up_is_watched_to_its_end() {
    each_way(|world| {
        let task = challenged(world);
        let noop = world.run(Noop);
        world.cancel(task);
        world.sends(&[]);
        world.says("A1 OK in");
        world.tells(&["lost 2 Not", "closed Local"]);
        world.take(noop).unwrap_err();
    });
    each_way(|world| {
        let task = challenged(world);
        world.cancel(task);
        world.says(PROOF);
        world.sends(&["*"]);
        world.says("A1 NO cancelled");
        let noop = world.run(Noop);
        world.sends(&["A2 NOOP"]);
        world.says("A2 OK done");
        world.tells(&["finished 2 OK done"]);
        world.take(noop).unwrap();
    });
}

#[test]
fn one_that_is_given_up_sends_no_more_of_what_is_secret() {
    // The answer to the challenge is not on its way.
    let (mut tasks, mut input, login) = begun(scram(), usize::MAX);
    input.extend_from_slice(CHALLENGE.as_bytes());
    input.extend_from_slice(b"\r\n");
    assert_eq!(tasks.poll(&mut input, at(0)), Ok(None));
    assert_eq!(tasks.cancel(login), Ok(Sent::Fully));
    assert_eq!(taken(&mut tasks, usize::MAX), "*\r\n");
    input.extend_from_slice(b"A1 BAD cancelled\r\n");
    assert_eq!(tasks.poll(&mut input, at(0)), Ok(None));
    // It is half out.
    let (mut tasks, mut input, login) = begun(scram(), usize::MAX);
    input.extend_from_slice(CHALLENGE.as_bytes());
    input.extend_from_slice(b"\r\n");
    assert_eq!(tasks.poll(&mut input, at(0)), Ok(None));
    taken(&mut tasks, 5);
    assert_eq!(tasks.cancel(login), Ok(Sent::Fully));
    assert_eq!(tasks.poll(&mut input, at(0)), Ok(Some(Event::Closed(Closed::Local))));
    // The command is half out.
    let (mut tasks, mut input, login) = begun(scram(), 30);
    assert_eq!(tasks.cancel(login), Ok(Sent::Partly));
    assert_eq!(tasks.poll(&mut input, at(0)), Ok(Some(Event::Closed(Closed::Local))));
    assert_eq!(taken(&mut tasks, usize::MAX), "");
}

/// A task of which so many octets have been handed out.
fn begun<T: Task>(task: T, octets: usize) -> (Tasks, BytesMut, Handle<T>) {
    let mut tasks = Tasks::new(Client::new(client_support::tls()));
    let greeting = "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hello\r\n";
    let mut input = BytesMut::from(greeting);
    while tasks.poll(&mut input, at(0)).unwrap().is_some() {}
    let handle = tasks.run(task).unwrap();
    assert_eq!(tasks.poll(&mut input, at(0)), Ok(None));
    taken(&mut tasks, octets);
    (tasks, input, handle)
}

fn taken(tasks: &mut Tasks, octets: usize) -> String {
    let mut transmit = tasks.transmit(at(0));
    let octets = transmit.remaining().min(octets);
    String::from_utf8(transmit.copy_to_bytes(octets).into()).unwrap()
}

#[test]
fn the_mechanism_of_another() {
    let authenticate =
        || Authenticate { mechanism: Mechanism::new("X-ASK").unwrap(), initial_response: None };
    logged_out(|world| {
        let task = world.run(authenticate());
        world.sends(&["A1 AUTHENTICATE X-ASK"]);
        assert_eq!(world.tasks.cancel_exchange(&task), Err(SendError::NotOwed));
        world.says("+ YQ==");
        world.drain_events();
        world.tasks.cancel_exchange(&task).unwrap();
        world.turn();
        world.sends(&["*"]);
        world.says("A1 BAD cancelled");
        world.tells(&["finished 1 BAD cancelled"]);
        assert_eq!(world.take(task).unwrap_err().reason, Reason::Bad);
    });
    logged_out(|world| {
        let task = world.run(authenticate());
        world.sends(&["A1 AUTHENTICATE X-ASK"]);
        world.says("+ YQ==");
        world.drain_events();
        world.cancel(task);
        world.sends(&["*"]);
        world.says("A1 BAD cancelled");
        world.tells(&[]);
    });
}

#[track_caller]
fn logged_out(story: impl Fn(&mut World)) {
    each_way(|world| {
        world.says("* OK hello");
        world.drain_events();
        story(world);
    });
}
