//! `pop3_fetch` against `mailserver`, both as programs, over plain connections, TLS and STLS: what is
//! delivered is compared octet by octet; the program is killed in the middle and started again.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Messages that are hard to carry: dots, long lines, every octet, no body, many pieces.
fn messages() -> Vec<Vec<u8>> {
    let every_octet: Vec<u8> = (0..=255).filter(|octet| !b"\r\n".contains(octet)).collect();
    vec![
        b"Subject: one\r\n\r\nfirst\r\n".to_vec(),
        b"Subject: dots\r\n\r\n.\r\n..\r\n...\r\n.x\r\n\r\n.\r\n".to_vec(),
        [b"Subject: octets\r\n\r\n", &every_octet[..], b"\r\n"].concat(),
        [b"Subject: long\r\n\r\n", &b"x".repeat(100_000)[..], b"\r\n"].concat(),
        [b"Subject: big\r\n\r\n", &b".line of text\r\n".repeat(30_000)[..]].concat(),
        b"Subject: header only\r\n".to_vec(),
    ]
}

struct Server {
    child: Child,
    folder: PathBuf,
    plain: String,
    tls: String,
}

impl Server {
    /// Starts a server with this mail in alice's mailbox and a certificate of its own.
    fn start(name: &str, messages: &[Vec<u8>]) -> Self {
        let folder = std::env::temp_dir().join(format!("pop3_fetch-{name}-{}", std::process::id()));
        let new = folder.join("mail/new");
        fs::create_dir_all(&new).unwrap();
        for (number, message) in messages.iter().enumerate() {
            fs::write(new.join(format!("{number:05}.test")), message).unwrap();
        }
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        fs::write(folder.join("ca.pem"), made.cert.pem()).unwrap();
        fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let mut child = Command::new(example("mailserver"))
            .args(["--pop3", "127.0.0.1:0", "--pop3s", "127.0.0.1:0", "--apop"])
            .args(["--user", "alice:secret"])
            .arg(format!("--load=alice={}", folder.join("mail").display()))
            .args([Path::new("--tls-cert"), &folder.join("ca.pem")])
            .args([Path::new("--tls-key"), &folder.join("key.pem")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example is built with the tests");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |name: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(&format!("listening {name} ")).expect(&line).to_owned()
        };
        let (plain, tls) = (address("pop3"), address("pop3s"));
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, folder, plain, tls }
    }

    fn command(&self, how: &str, arguments: &[&str], maildir: &str) -> Command {
        let address = if how == "--tls" { &self.tls } else { &self.plain };
        let mut command = Command::new(example("pop3_fetch"));
        command.arg(how).args(arguments).env("POP3_PASSWORD", "secret");
        if how != "--plain" && !arguments.contains(&"--insecure") {
            command.arg("--ca").arg(self.folder.join("ca.pem"));
        }
        command.arg(format!("alice@{address}")).arg(self.folder.join(maildir));
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Fetches, and returns what the last line says.
    fn fetch(&self, how: &str, arguments: &[&str], maildir: &str) -> String {
        let mut output = self.command(how, arguments, maildir).output().unwrap();
        // The server may not have noticed yet that a client was killed.
        for _ in 0..100 {
            if output.status.code() == Some(75) {
                std::thread::sleep(Duration::from_millis(50));
                output = self.command(how, arguments, maildir).output().unwrap();
            }
        }
        assert!(output.status.success(), "{how} {arguments:?}: {}", text(&output));
        let said = String::from_utf8(output.stdout).unwrap();
        said.lines().last().unwrap().to_owned()
    }

    fn files(&self, maildir: &str, folder: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.join(maildir).join(folder));
        entries.into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
    }

    /// What was delivered, sorted.
    fn delivered(&self, maildir: &str) -> Vec<Vec<u8>> {
        let files = self.files(maildir, "new");
        sorted(files.iter().map(|file| fs::read(file).unwrap()).collect())
    }

    fn state(&self, maildir: &str) -> PathBuf {
        self.folder.join(maildir).join("pop3_fetch.state")
    }

    fn seen(&self, maildir: &str) -> usize {
        let state = fs::read_to_string(self.state(maildir)).unwrap();
        state.lines().filter(|line| line.starts_with("seen ")).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The built example, which stands beside the folder of the test executables.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.parent().and_then(Path::parent).unwrap().join("examples").join(name)
}

fn sorted(mut messages: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    messages.sort();
    messages
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Equality that does not print megabytes.
fn same(left: &[Vec<u8>], right: &[Vec<u8>]) {
    assert_eq!(left.len(), right.len(), "messages");
    for (number, (left, right)) in left.iter().zip(right).enumerate() {
        assert!(left == right, "message {number} differs");
    }
}

#[test]
fn three_policies_over_three_kinds_of_connection() {
    let all = sorted(messages());
    for how in ["--plain", "--stls", "--tls"] {
        let server = Server::start(how, &messages());
        // Left on the server it comes once to each.
        for maildir in ["one", "two"] {
            let said = server.fetch(how, &["--keep"], maildir);
            assert!(said.starts_with("6 messages fetched (5"), "{said}");
            same(&server.delivered(maildir), &all);
            let said = server.fetch(how, &["--keep", "--pipeline", "1"], maildir);
            assert_eq!(said, "0 messages fetched (0 octets), 6 known, 0 deleted");
        }
        // Three days later, as far as the state tells.
        server.fetch(how, &["--delete-after", "3"], "one");
        let state = fs::read_to_string(server.state("one")).unwrap();
        let word = state.split(' ').find(|word| word.starts_with("17") && !word.contains('.'));
        let then = word.unwrap().parse::<u64>().unwrap() - 3 * 86_400;
        let state =
            state.replacen(&format!("seen {} ", word.unwrap()), &format!("seen {then} "), 2);
        fs::write(server.state("one"), state).unwrap();
        let said = server.fetch(how, &["--delete-after", "3"], "one");
        assert_eq!(said, "0 messages fetched (0 octets), 6 known, 2 deleted");
        assert_eq!(server.seen("one"), 4);
        // What is left moves to the third one; the first one has nothing to remember any more.
        let said = server.fetch(how, &[], "three");
        assert!(said.ends_with("0 known, 4 deleted"), "{said}");
        assert_eq!((server.delivered("three").len(), server.seen("three")), (4, 0));
        let said = server.fetch(how, &[], "one");
        assert_eq!(said, "0 messages fetched (0 octets), 0 known, 0 deleted");
        same(&server.delivered("one"), &all);
        assert_eq!(server.seen("one"), 0);
    }
}

#[test]
fn all_ways_to_log_in_and_certificates_that_nobody_knows() {
    let server = Server::start("login", &messages());
    for auth in ["user", "apop", "plain"] {
        for how in ["--plain", "--stls", "--tls"] {
            let said = server.fetch(how, &["--keep", "--auth", auth], &format!("{auth}{how}"));
            assert!(said.starts_with("6 messages fetched"), "{auth} {how}: {said}");
        }
    }
    server.fetch("--stls", &["--insecure", "--keep"], "insecure");
    for how in ["--stls", "--tls"] {
        let mut command = server.command(how, &["--insecure"], "nobody");
        // The last one of the two counts.
        command.arg("--ca").arg("/etc/hostname");
        assert!(!command.output().unwrap().status.success());
        let stranger = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        let file = server.folder.join("stranger.pem");
        fs::write(&file, stranger.cert.pem()).unwrap();
        let mut command = server.command(how, &["--insecure"], "nobody");
        let output = command.arg("--ca").arg(file).output().unwrap();
        assert!(!output.status.success() && text(&output).contains("TLS: "), "{}", text(&output));
    }
    let mut command = server.command("--stls", &[], "nobody");
    let output = command.env("POP3_PASSWORD", "wrong").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("the server refuses the login"), "{}", text(&output));
}

/// Kills the program when so many messages are delivered; `false` if it was done before.
fn kill_at(start: impl Fn() -> Child, server: &Server, messages: usize) -> bool {
    let begun = Instant::now();
    let mut child = start();
    while server.files("killed", "new").len() < messages {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not get on");
        std::thread::sleep(Duration::from_millis(1));
        // The server may not have noticed yet that the one before was killed.
        if child.try_wait().unwrap().is_some_and(|status| status.code() == Some(75)) {
            child = start();
        }
    }
    child.kill().unwrap();
    !child.wait().unwrap().success()
}

#[test]
fn killed_in_the_middle_it_goes_on_without_loss_and_without_duplicates() {
    let line = |number| format!(".{number} lines that are long enough to matter\r\n");
    let message = |number: usize| format!("Subject: {number}\r\n\r\n{}", line(number).repeat(500));
    let mail: Vec<_> = (0..300).map(|number| message(number).into_bytes()).collect();
    for (how, policy) in [("--plain", &[][..]), ("--stls", &["--keep"]), ("--tls", &[])] {
        let server = Server::start(&format!("kill{how}"), &mail);
        let start = || server.command(how, policy, "killed").spawn().unwrap();
        let killed = [1, 2, 50, 120].map(|at| kill_at(start, &server, at));
        assert!(killed.contains(&true), "it was done before it could be killed");
        server.fetch(how, policy, "killed");
        same(&server.delivered("killed"), &sorted(mail.clone()));
        assert_eq!(server.seen("killed"), if policy.is_empty() { 0 } else { 300 });
        let said = server.fetch(how, &["--keep"], "other");
        assert!(said.starts_with(if policy.is_empty() { "0 " } else { "300 " }), "{said}");
    }
}

/// The last line of the state as it stands while a run is under way: with the name of its file.
fn unfinish(server: &Server, file: &Path) {
    let state = fs::read_to_string(server.state("redo")).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    fs::write(server.state("redo"), format!("{} {name}\n", state.trim_end())).unwrap();
}

#[test]
fn an_interrupted_delivery_is_finished_or_done_again() {
    let mail = vec![b"Subject: one\r\n\r\nfirst\r\n".to_vec()];
    let server = Server::start("redo", &mail);
    server.fetch("--plain", &["--keep"], "redo");
    let file = server.files("redo", "new").remove(0);
    // Killed between the note and the move: the message is moved now.
    fs::rename(&file, server.folder.join("redo/tmp").join(file.file_name().unwrap())).unwrap();
    unfinish(&server, &file);
    let said = server.fetch("--plain", &["--keep"], "redo");
    assert_eq!(said, "0 messages fetched (0 octets), 1 known, 0 deleted");
    same(&server.delivered("redo"), &mail);
    // Killed behind the move, and a mail reader was quicker: all is well.
    let seen = format!("redo/cur/{}:2,S", file.file_name().unwrap().to_str().unwrap());
    unfinish(&server, &file);
    fs::rename(&file, server.folder.join(&seen)).unwrap();
    let said = server.fetch("--plain", &["--keep"], "redo");
    assert_eq!(said, "0 messages fetched (0 octets), 1 known, 0 deleted");
    // The message is nowhere: it is fetched again. Half a line is no line.
    unfinish(&server, &file);
    fs::remove_file(server.folder.join(&seen)).unwrap();
    let half = fs::read_to_string(server.state("redo")).unwrap() + "seen 17900";
    fs::write(server.state("redo"), half).unwrap();
    server.fetch("--plain", &["--keep"], "redo");
    same(&server.delivered("redo"), &mail);
}

#[test]
fn a_wrong_state_file_is_told_and_left_alone() {
    let server = Server::start("state", &messages());
    fs::create_dir_all(server.folder.join("wrong")).unwrap();
    for (content, expected) in [
        ("From alice\n", "line 1: expected `pop3_fetch state 1`"),
        (
            "pop3_fetch state 1\naccount bob@127.0.0.1\n",
            "line 2: the file belongs to bob@127.0.0.1",
        ),
        ("pop3_fetch state 1\naccount alice@127.0.0.1\nseen x y\n", "line 3: expected seconds"),
        ("pop3_fetch state 1\naccount alice@127.0.0.1\nseen 1 %\n", "line 3: the unique-id"),
        ("pop3_fetch state 1\naccount alice@127.0.0.1\nhello\n", "line 3: expected `seen"),
        ("pop3_fetch state 1\n", "line 2: the file is cut off"),
    ] {
        fs::write(server.state("wrong"), content).unwrap();
        let output = server.command("--plain", &[], "wrong").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output).contains(expected), "{}", text(&output));
        assert_eq!(fs::read_to_string(server.state("wrong")).unwrap(), content);
    }
    let wait = "pop3_fetch state 1\naccount alice@127.0.0.1\nlogin-not-before 99999999999\n";
    fs::write(server.state("wrong"), wait).unwrap();
    let output = server.command("--plain", &[], "wrong").output().unwrap();
    assert_eq!(output.status.code(), Some(75), "{}", text(&output));
    assert!(server.delivered("wrong").is_empty());
}
