//! `imap_fetch` and `imap_idle` as programs against a server in this process, over plain connections and
//! STARTTLS: what is stored is compared octet by octet.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod imap_server;

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use imap_proto::Capability;
use imap_server::TestServer;

/// A place for a test's files.
struct Place {
    server: TestServer,
    folder: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

const RESYNC: &[Capability] = &[Capability::CondStore, Capability::QResync];

impl Place {
    fn new(name: &str, capabilities: &[Capability]) -> Self {
        let folder = std::env::temp_dir().join(format!("imap_fetch-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let server = TestServer::start(capabilities);
        fs::write(folder.join("ca.pem"), &server.certificate).unwrap();
        Self { server, folder }
    }

    fn command(&self, program: &str, options: &[&str]) -> Command {
        let mut command = Command::new(example(program));
        command.args(options).arg("--ca").arg(self.folder.join("ca.pem"));
        command.arg(format!("joe@{}", self.server.address)).env("IMAP_PASSWORD", "secret");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, options: &[&str]) -> Output {
        self.command("imap_fetch", options).arg(self.folder.join("mail")).output().unwrap()
    }

    /// Fetches, and returns the status and what the last line says.
    fn fetch(&self, options: &[&str]) -> (i32, String) {
        let output = self.run(options);
        let said = String::from_utf8(output.stdout.clone()).unwrap();
        let last = said.lines().last().unwrap_or_else(|| panic!("{}", errors(&output))).to_owned();
        // Without the octets.
        let octets = last.find(" (").unwrap()..last.find(')').unwrap() + 1;
        let last = [&last[..octets.start], &last[octets.end..]].concat();
        (output.status.code().unwrap(), last)
    }

    fn ok(&self, options: &[&str], expected: &str) {
        assert_eq!(self.fetch(options), (0, expected.to_owned()), "{options:?}");
    }

    /// What is stored of a mailbox, with its flags and time, sorted.
    fn stored(&self, mailbox: &str) -> Vec<(Vec<u8>, String, i64)> {
        let mut found = Vec::new();
        for part in ["new", "cur"] {
            for entry in fs::read_dir(self.folder.join("mail").join(mailbox).join(part)).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap();
                let flags = name.split_once(":2,").map_or("new", |(_, flags)| flags);
                let at = fs::metadata(&path).unwrap().modified().unwrap();
                let at = at.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
                found.push((
                    fs::read(&path).unwrap(),
                    flags.to_owned(),
                    i64::try_from(at).unwrap(),
                ));
            }
        }
        found.sort();
        found
    }

    /// The same of the server, with the letters for flags.
    fn held(&self, mailbox: &str) -> Vec<(Vec<u8>, String, i64)> {
        let world = self.server.world();
        let letters = |flags: &str| match flags {
            "" => "new",
            "\\Seen" => "S",
            "\\Answered \\Flagged $Forwarded" => "FPR",
            other => panic!("{other}"),
        };
        let messages = world.mailboxes[mailbox].messages.iter();
        let mut held: Vec<_> = messages
            .map(|it| (it.octets.to_vec(), letters(it.flags).to_owned(), it.date))
            .collect();
        held.sort();
        held
    }

    fn same(&self, mailbox: &str) {
        self.same_in(mailbox, mailbox);
    }

    fn same_in(&self, folder: &str, mailbox: &str) {
        let (stored, held) = (self.stored(folder), self.held(mailbox));
        assert_eq!(stored.len(), held.len(), "{mailbox}");
        for (stored, held) in stored.iter().zip(&held) {
            assert!(stored.0 == held.0, "{mailbox}: octets differ");
            assert_eq!((&stored.1, stored.2), (&held.1, held.2), "{mailbox}");
        }
    }

    /// Mail that is hard to carry.
    fn fill(&self) {
        let mut world = self.server.world();
        let octets: Vec<u8> = (1..=255).collect();
        world.add("INBOX", message(1, b"one\r\n"), "");
        world.add("INBOX", message(2, &octets), "\\Seen");
        world.add(
            "INBOX",
            message(3, &b"a long line without end ".repeat(50_000)),
            "\\Answered \\Flagged $Forwarded",
        );
        world.add("INBOX", message(4, b") {3}\r\n* BYE\r\n"), "");
        world.add("Entw&APw-rfe/.x", message(5, b""), "\\Seen");
    }

    fn commands(&self, such: &str) -> usize {
        self.server.world().commands.iter().filter(|it| it.contains(such)).count()
    }
}

/// A message whose Message-ID the server puts into its ENVELOPE.
fn message(number: u32, body: &[u8]) -> Vec<u8> {
    let head = |length: usize| format!("Subject: {number}\r\nMessage-ID: <{length}@test>\r\n\r\n");
    let mut length = body.len();
    while head(length).len() + body.len() != length {
        length = head(length).len() + body.len();
    }
    [head(length).as_bytes(), body].concat()
}

/// The built example, which stands beside the folder of the test executables.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().and_then(Path::parent).unwrap().join("examples").join(name)
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn everything_comes_once_and_flags_follow() {
    for (name, capabilities) in
        [("bare", &[][..]), ("condstore", &[Capability::CondStore]), ("qresync", RESYNC)]
    {
        let place = Place::new(name, capabilities);
        place.fill();
        place.ok(&["--plain"], "5 messages fetched, 0 known, 0 changed, 0 gone");
        place.same("INBOX");
        place.same_in("Entwürfe%2F.x", "Entw&APw-rfe/.x");
        place.ok(&["--starttls"], "0 messages fetched, 5 known, 0 changed, 0 gone");
        {
            let mut world = place.server.world();
            world.add("INBOX", message(6, b"late\r\n"), "");
            world.set_flags("INBOX", 1, "\\Seen");
        }
        place.ok(&["--plain"], "1 messages fetched, 5 known, 1 changed, 0 gone");
        place.same("INBOX");
        place.server.world().expunge("INBOX", 2);
        place.ok(&["--plain"], "0 messages fetched, 5 known, 0 changed, 1 gone");
        assert_eq!(place.stored("INBOX").len(), 5, "what is gone there stays here");
        let asked = (place.commands("ChangedSince") > 0, place.commands("QResync(") > 0);
        assert_eq!(asked, (name == "condstore", name == "qresync"));
    }
}

#[test]
fn headers_come_in_batches_and_bodies_a_few_at_once() {
    let place = Place::new("batches", &[]);
    for number in 0..50 {
        place.server.world().add("INBOX", message(number, &vec![b'x'; number as usize]), "");
    }
    let expected = "50 messages fetched, 0 known, 0 changed, 0 gone";
    place.ok(&["--plain", "--batch", "20", "--pipeline", "7"], expected);
    place.same("INBOX");
    assert_eq!((place.commands("Envelope"), place.commands("BodySection")), (3, 50));
    assert_eq!((place.commands("Select("), place.commands("Store")), (0, 0), "nothing is changed");
}

#[test]
fn only_what_is_wanted_comes_and_only_what_is_asked_for_is_marked() {
    let place = Place::new("wanted", RESYNC);
    place.fill();
    let inbox = ["--plain", "--mailbox", "INBOX"];
    let with = |more: &[&'static str]| [&inbox[..], more].concat();
    place.ok(
        &with(&["--uid", "2:3", "--max-size", "1000"]),
        "1 messages fetched, 0 known, 0 changed, 0 gone",
    );
    place.ok(&with(&["--unseen", "--seen"]), "3 messages fetched, 1 known, 0 changed, 0 gone");
    let seen = |place: &Place| {
        let world = place.server.world();
        world.mailboxes["INBOX"].messages.iter().filter(|it| it.flags == "\\Seen").count()
    };
    assert_eq!(seen(&place), 4);
    place.ok(&["--plain"], "1 messages fetched, 4 known, 0 changed, 0 gone");
    let mut command = place.command("imap_fetch", &with(&["--headers"]));
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert_eq!(said.lines().filter(|line| line.ends_with("\ttest")).count(), 4, "{said}");
    let mut command = place.command("imap_fetch", &["--plain", "--list"]);
    let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(said.contains("\tEntwürfe/.x\n") && said.contains("\tINBOX\n"), "{said}");
}

#[test]
fn a_message_that_broke_off_goes_on_where_it_was() {
    let place = Place::new("cut", RESYNC);
    place.fill();
    place.server.world().cuts = vec![150_000, 300_000];
    let inbox = ["--plain", "--mailbox", "INBOX"];
    let cut = (75, "2 messages fetched, 0 known, 0 changed, 0 gone".to_owned());
    assert_eq!(place.fetch(&inbox), cut);
    let cut = (75, "0 messages fetched, 2 known, 0 changed, 0 gone".to_owned());
    assert_eq!(place.fetch(&inbox), cut);
    place.ok(&inbox, "2 messages fetched, 2 known, 0 changed, 0 gone");
    place.same("INBOX");
    // 4096 octets come again each time.
    let offsets = [150_000 - 4096, 150_000 - 4096 + 300_000 - 4096];
    for offset in offsets {
        assert_eq!(place.commands(&format!("offset: {offset},")), 1, "{offset}");
    }
}

#[test]
fn what_came_in_part_is_of_no_use_if_it_is_not_the_same() {
    let place = Place::new("garbled", &[]);
    place.fill();
    place.server.world().cuts = vec![200_000];
    assert_eq!(place.fetch(&["--plain", "--mailbox", "INBOX"]).0, 75);
    let tmp = fs::read_dir(place.folder.join("mail/INBOX/tmp")).unwrap().next().unwrap().unwrap();
    let mut octets = fs::read(tmp.path()).unwrap();
    assert_eq!(octets.len(), 200_000);
    octets[199_000] = b'?';
    fs::write(tmp.path(), octets).unwrap();
    let expected = "2 messages fetched, 2 known, 0 changed, 0 gone";
    place.ok(&["--plain", "--mailbox", "INBOX"], expected);
    place.same("INBOX");
    assert_eq!(fs::read_dir(place.folder.join("mail/INBOX/tmp")).unwrap().count(), 0);
}

#[test]
fn other_uids_do_not_bring_the_same_messages_again() {
    let place = Place::new("validity", RESYNC);
    place.fill();
    place.ok(&["--plain"], "5 messages fetched, 0 known, 0 changed, 0 gone");
    {
        let mut world = place.server.world();
        world.renew("INBOX");
        world.add("INBOX", message(7, b"new\r\n"), "");
    }
    let expected = "1 messages fetched, 1 known, 4 found again, 0 changed, 0 gone";
    place.ok(&["--plain"], expected);
    place.same("INBOX");
    place.ok(&["--plain"], "0 messages fetched, 6 known, 0 changed, 0 gone");
}

#[test]
fn what_is_expunged_meanwhile_is_no_failure() {
    let place = Place::new("gone", RESYNC);
    place.fill();
    place.server.world().gone = vec![4, 2];
    place.ok(&["--plain"], "3 messages fetched, 0 known, 0 changed, 0 gone");
    place.same("INBOX");
    place.ok(&["--plain"], "0 messages fetched, 3 known, 0 changed, 0 gone");
}

#[test]
fn an_interrupted_delivery_is_finished_or_done_again() {
    let place = Place::new("redo", &[]);
    place.server.world().add("INBOX", message(1, b"one\r\n"), "\\Seen");
    place.ok(&["--plain"], "1 messages fetched, 0 known, 0 changed, 0 gone");
    let folder = place.folder.join("mail/INBOX");
    let state = folder.join("imap_fetch.state");
    let text = fs::read_to_string(&state).unwrap();
    let line = text.lines().find(|line| line.starts_with("stored 1 ")).unwrap();
    let name = line.split(' ').nth(2).unwrap();
    // Killed between the note and the move: the message is moved now.
    let unfinished = format!("{}\n{line}\n", text.replace(&format!("{line}\n"), "").trim_end());
    fs::write(&state, &unfinished).unwrap();
    fs::rename(folder.join(format!("cur/{name}:2,S")), folder.join("tmp").join(name)).unwrap();
    place.ok(&["--plain"], "0 messages fetched, 1 known, 0 changed, 0 gone");
    place.same("INBOX");
    // The message is nowhere: it is fetched again. Half a line is no line.
    fs::remove_file(folder.join(format!("cur/{name}:2,S"))).unwrap();
    fs::write(&state, format!("{unfinished}stored 2 17")).unwrap();
    place.ok(&["--plain"], "1 messages fetched, 0 known, 0 changed, 0 gone");
    place.same("INBOX");
    // Removed by a person after all was done, it does not come again.
    fs::remove_dir_all(folder.join("cur")).unwrap();
    place.ok(&["--plain"], "0 messages fetched, 1 known, 0 changed, 0 gone");
}

#[test]
fn a_wrong_state_file_is_told_and_left_alone() {
    let place = Place::new("state", &[]);
    place.server.world().add("INBOX", message(1, b"one\r\n"), "");
    let folder = place.folder.join("mail/INBOX");
    fs::create_dir_all(&folder).unwrap();
    let first = "imap_fetch state 1\nmailbox joe@127.0.0.1 INBOX\n";
    for (content, expected) in [
        ("From joe\n".to_owned(), "line 1: expected `imap_fetch state 1`"),
        (
            "imap_fetch state 1\nmailbox joe@127.0.0.1 Sent\n".into(),
            "line 2: expected `mailbox joe",
        ),
        (format!("{first}stored x y\n"), "line 3: expected uidvalidity"),
        (first.to_owned(), "line 3: expected more: the file is cut off"),
    ] {
        fs::write(folder.join("imap_fetch.state"), &content).unwrap();
        let output = place.run(&["--plain"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(errors(&output).contains(expected), "{}", errors(&output));
        assert_eq!(fs::read_to_string(folder.join("imap_fetch.state")).unwrap(), content);
    }
}

#[test]
fn who_is_not_to_be_trusted_gets_nothing() {
    let place = Place::new("refused", &[]);
    place.fill();
    let mut command = place.command("imap_fetch", &["--starttls", "--list"]);
    let output = command.env("IMAP_PASSWORD", "wrong").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("the server refuses the login"), "{}", errors(&output));
    let stranger = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let file = place.folder.join("stranger.pem");
    fs::write(&file, stranger.cert.pem()).unwrap();
    let mut command = place.command("imap_fetch", &["--starttls", "--list"]);
    let output = command.arg("--ca").arg(file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("TLS: "), "{}", errors(&output));
    assert_eq!(place.commands("List"), 0);
    // A server that does not offer STARTTLS.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("joe@{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hello\r\n").unwrap();
        let mut octets = Vec::new();
        stream.read_to_end(&mut octets).unwrap();
        octets
    });
    let mut command = Command::new(example("imap_fetch"));
    command.args(["--starttls", "--list", &address]).env("IMAP_PASSWORD", "secret");
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("does not offer STARTTLS"), "{}", errors(&output));
    assert_eq!(server.join().unwrap(), b"", "nothing was said to it");
}

#[test]
fn news_are_told_by_idle_and_by_noop() {
    for (how, options) in
        [("IDLE", &["--starttls"][..]), ("NOOP", &["--plain", "--poll", "--every", "1"])]
    {
        let place = Place::new(how, &[]);
        place.server.world().add("INBOX", message(1, b"one\r\n"), "");
        let mut command = place.command("imap_idle", &[options, &["--events", "2"]].concat());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert_eq!(lines.next().unwrap(), "mailbox INBOX 1 messages");
        assert_eq!(lines.next().unwrap(), format!("watching by {how}"));
        // It may not have been taken yet; whoever polls sees it anyway.
        while how == "IDLE" && place.commands("Idle") == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        place.server.world().add("INBOX", message(2, b"two\r\n"), "\\Seen");
        place.server.notify();
        assert_eq!(lines.next().unwrap(), "exists 2");
        assert_eq!(lines.next().unwrap(), "new 2 uid 2 (\\Seen) from  subject test");
        assert!(child.wait().unwrap().success());
    }
}
