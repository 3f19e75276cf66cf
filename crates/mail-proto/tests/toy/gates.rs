//! Literals, refusals, IDLE: what waits for `+`, and what becomes of it.

use bytes::Bytes;
use mail_proto::{SendError, Sent};

use super::apps::{
    ends, everywhere, everywhere_as, leaving_after, pattern, refusing, scenario, text, willing,
};
use super::client::{self, Client};
use super::server::{self, Command, Server};
use super::wire::Status;

fn commands(log: &super::pair::Log) -> Vec<Command> {
    let command = |event: &server::Event| match event {
        server::Event::Command { command, .. } => Some(command.clone()),
        _ => None,
    };
    log.server.iter().filter_map(command).collect()
}

#[test]
fn login_by_synchronizing_literals() {
    let (user, password) = ("joe", "two\r\nlines {3}\r\nt9 NOOP\r\n");
    let log = everywhere(|| {
        let start = move |client: &mut Client| {
            client.login(user, password).unwrap();
            client.noop().unwrap();
        };
        scenario(start, leaving_after(2), willing)
    });
    assert_eq!(ends(&log), ["1 OK Fully", "2 OK Fully", "3 OK Fully"]);
    let login = Command::Login { user: user.into(), password: password.into() };
    assert_eq!(commands(&log), [login, Command::Noop, Command::Logout]);
    assert_eq!(text(&log.from_server).matches("+ more").count(), 2);
}

#[test]
fn append_refused_before_its_continuation_costs_one_command() {
    let log = everywhere(|| {
        let start = |client: &mut Client| {
            let append = client.append("missing", 9, true).unwrap();
            client.noop().unwrap();
            // Half of the body stands ready, behind the gate.
            client.supply(append, pattern(0, 4)).unwrap();
        };
        let mut leave = leaving_after(2);
        let client = move |client: &mut Client, event: &client::Event| {
            if let client::Event::Completed { id, status: Status::No, .. } = event {
                assert_eq!(client.supply(*id, pattern(4, 5)), Err(SendError::NotOwed));
            }
            leave(client, event);
        };
        scenario(start, client, refusing(|command| matches!(command, Command::Append { .. })))
    });
    assert_eq!(ends(&log), ["1 NO Partly", "2 OK Fully", "3 OK Fully"]);
    assert_eq!(text(&log.from_client), "t1 APPEND missing {9}\r\nt2 NOOP\r\nt3 LOGOUT\r\n");
}

/// A client that sends the first 1000 octets of a body, and goes on when it has been refused.
fn refused_inside(then: fn(&mut Client, mail_proto::CommandId)) -> super::pair::Scenario {
    let start = |client: &mut Client| {
        let append = client.append("full", 5000, false).unwrap();
        client.noop().unwrap();
        client.supply(append, pattern(0, 1000)).unwrap();
    };
    let mut leave = leaving_after(2);
    let client = move |client: &mut Client, event: &client::Event| {
        if let client::Event::Completed { id, status: Status::No, .. } = event {
            then(client, *id);
        }
        leave(client, event);
    };
    let mut refused = false;
    let server = move |server: &mut Server, event: &server::Event| match event {
        server::Event::Chunk(_) if !refused => {
            refused = true;
            server.no(mail_proto::CommandId::default().following()).unwrap();
            true
        }
        _ => false,
    };
    scenario(start, client, server)
}

fn drop_chunks(log: &mut super::pair::Log) {
    log.server.retain(|event| !matches!(event, server::Event::Chunk(_)));
}

#[test]
fn refused_inside_a_non_synchronizing_literal_the_owed_octets_are_supplied() {
    let supply = |client: &mut Client, id| {
        let injection = Bytes::from_static(b"t9 NOOP\r\n");
        client.supply(id, injection.clone()).unwrap();
        client.supply(id, pattern(0, 4000 - injection.len() as u64)).unwrap();
        assert_eq!(client.supply(id, pattern(0, 1)), Err(SendError::NotOwed));
    };
    let log = everywhere_as(|| refused_inside(supply), drop_chunks);
    assert_eq!(ends(&log), ["1 NO Partly", "2 OK Fully", "3 OK Fully"]);
    assert_eq!(commands(&log).len(), 3, "the refused literal is no command");
    assert!(text(&log.from_client).ends_with("\r\nt2 NOOP\r\nt3 LOGOUT\r\n"));
}

#[test]
fn refused_inside_a_non_synchronizing_literal_and_aborted_it_closes() {
    let abort = |client: &mut Client, id| client.abort_body(id).unwrap();
    let level = |log: &mut super::pair::Log| {
        drop_chunks(log);
        // How many of the thousand are out is a matter of timing.
        let line = b"t1 APPEND full {5000+}\r\n";
        let most = [&line[..], &pattern(0, 1000)].concat();
        assert!(most.starts_with(&log.from_client), "nothing is padded");
        assert!(log.from_client.len() > line.len());
        log.from_client.clear();
    };
    let log = everywhere_as(|| refused_inside(abort), level);
    assert_eq!(ends(&log), ["1 NO Partly", "2 lost Not"]);
}

#[test]
fn login_refused_at_its_second_gate() {
    // The toy's server cannot refuse there, so the client alone.
    let mut client = super::contract::Alone::<Client>::new();
    client.connection.login("joe", "secret").unwrap();
    client.connection.noop().unwrap();
    assert_eq!(client.write(), "t1 LOGIN {3}\r\n");
    client.read("+ \r\n");
    assert_eq!(client.write(), "joe {6}\r\n");
    client.read("t1 NO who\r\n");
    assert_eq!(client.write(), "t2 NOOP\r\n");
    assert_eq!(client.sents(), [Sent::Partly]);
}

#[test]
fn refused_in_the_middle_of_a_line_the_line_still_ends() {
    let mut client = super::contract::Alone::<Client>::new();
    client.connection.login("joe", "secret").unwrap();
    client.connection.noop().unwrap();
    assert_eq!(client.write_atmost(6), "t1 LOG");
    client.read("t1 BAD what\r\n");
    assert_eq!(client.write(), "IN {3}\r\nt2 NOOP\r\n");
    assert_eq!(client.sents(), [Sent::Partly]);
}

fn idler(events: usize) -> impl FnMut(&mut Client, &client::Event) + Send {
    let mut leave = leaving_after(events);
    move |client, event| {
        if let client::Event::Idling { id } = event {
            client.done(*id).unwrap();
        }
        leave(client, event);
    }
}

fn idle_and_noop(client: &mut Client) {
    client.idle().unwrap();
    client.noop().unwrap();
}

/// Ends IDLE at once, without waiting for DONE.
fn ending_idle(server: &mut Server, event: &server::Event) -> bool {
    let server::Event::Command { id, command: Command::Idle } = event else { return false };
    server.idling(*id).unwrap();
    server.exists(3);
    server.ok(*id).unwrap();
    true
}

/// How much of the command was out is a matter of timing where two ends cross.
fn level_sent(log: &mut super::pair::Log) {
    for event in &mut log.client {
        if let client::Event::Completed { sent, .. } = event {
            *sent = Sent::Fully;
        }
    }
}

#[test]
fn idle_ends_with_done() {
    let log = everywhere(|| scenario(idle_and_noop, idler(2), willing));
    assert_eq!(ends(&log), ["1 OK Fully", "2 OK Fully", "3 OK Fully"]);
    assert_eq!(text(&log.from_client), "t1 IDLE\r\nDONE\r\nt2 NOOP\r\nt3 LOGOUT\r\n");
}

#[test]
fn done_crosses_the_servers_end_of_idle() {
    let log = everywhere_as(|| scenario(idle_and_noop, idler(2), ending_idle), level_sent);
    assert_eq!(commands(&log), [Command::Idle, Command::Noop, Command::Logout]);
    assert_eq!(text(&log.from_client), "t1 IDLE\r\nDONE\r\nt2 NOOP\r\nt3 LOGOUT\r\n");
    assert!(log.server.iter().all(|event| !matches!(event, server::Event::Rejected { .. })));
}

#[test]
fn the_server_ends_idle_and_the_client_never_says_done() {
    let log = everywhere(|| scenario(idle_and_noop, leaving_after(2), ending_idle));
    assert_eq!(ends(&log), ["1 OK Partly", "2 OK Fully", "3 OK Fully"]);
    assert_eq!(text(&log.from_client), "t1 IDLE\r\nt2 NOOP\r\nt3 LOGOUT\r\n");
}

fn idle_done_noop(client: &mut Client) {
    let idle = client.idle().unwrap();
    client.done(idle).unwrap();
    assert_eq!(client.done(idle), Err(SendError::NotOwed));
    client.noop().unwrap();
}

#[test]
fn done_before_the_continuation_waits_for_it() {
    let log = everywhere(|| scenario(idle_done_noop, leaving_after(2), willing));
    assert_eq!(ends(&log), ["1 OK Fully", "2 OK Fully", "3 OK Fully"]);
    assert_eq!(text(&log.from_client), "t1 IDLE\r\nDONE\r\nt2 NOOP\r\nt3 LOGOUT\r\n");
}

#[test]
fn done_before_the_refusal_is_never_sent() {
    let refuse = || refusing(|command| *command == Command::Idle);
    let log = everywhere(|| scenario(idle_done_noop, leaving_after(2), refuse()));
    assert_eq!(ends(&log), ["1 NO Partly", "2 OK Fully", "3 OK Fully"]);
    assert_eq!(text(&log.from_client), "t1 IDLE\r\nt2 NOOP\r\nt3 LOGOUT\r\n");
}
