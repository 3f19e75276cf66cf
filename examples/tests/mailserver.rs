//! The mailserver example, driven by curl and by Python's poplib over plain, STLS and TLS connections;
//! bodies are compared octet by octet.
//!
//! `.ci/run` installs both clients; where one is missing its test says so and passes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// Messages that are hard to carry: dots, long lines, every octet, no body, no end of line.
fn messages() -> Vec<Vec<u8>> {
    let every_octet: Vec<u8> = (0..=255).filter(|octet| !b"\r\n".contains(octet)).collect();
    vec![
        b"Subject: one\r\n\r\nfirst\r\n".to_vec(),
        b"Subject: dots\r\n\r\n.\r\n..\r\n...\r\n.x\r\n\r\n.\r\n".to_vec(),
        [b"Subject: octets\r\n\r\n", &every_octet[..], b"\r\n"].concat(),
        [b"Subject: long\r\n\r\n", &b"x".repeat(1_900)[..], b"\r\n"].concat(),
        [b"Subject: big\r\n\r\n", &b".line of text\r\n".repeat(30_000)[..]].concat(),
        b"Subject: header only\r\n".to_vec(),
    ]
}

struct Server {
    child: Child,
    pop3: String,
    pop3s: String,
    folder: PathBuf,
}

impl Server {
    /// Starts the server with these messages in alice's and bob's mailboxes.
    fn start(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("mailserver-{name}-{}", std::process::id()));
        let new = folder.join("new");
        fs::create_dir_all(&new).unwrap();
        for (number, message) in messages().iter().enumerate() {
            fs::write(new.join(format!("{number:04}.test")), message).unwrap();
        }
        let load = |user: &str| format!("--load={user}={}", folder.display());
        let mut child = Command::new(example("mailserver"))
            .args(["--pop3", "127.0.0.1:0", "--pop3s", "127.0.0.1:0", "--apop"])
            .args([load("alice"), load("bob")])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example is built with the tests");
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |name: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(&format!("listening {name} ")).expect(&line).to_owned()
        };
        let (pop3, pop3s) = (address("pop3"), address("pop3s"));
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, pop3, pop3s, folder }
    }

    fn signal(&self, signal: &str) {
        let killed = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(killed.unwrap().success());
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

fn installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("{program} is not installed: not tested");
    }
    found
}

fn curl(arguments: &[&str]) -> Output {
    let common = ["-sS", "-k", "--max-time", "20", "--noproxy", "*", "-u", "alice:secret"];
    Command::new("curl").args(common).args(arguments).output().unwrap()
}

#[test]
fn curl_lists_and_retrieves_over_plain_stls_and_tls() {
    if !installed("curl") {
        return;
    }
    let server = Server::start("curl");
    let (plain, tls) = (format!("pop3://{}", server.pop3), format!("pop3s://{}", server.pop3s));
    let ways: [(&str, &[&str]); 4] = [
        (&plain, &[]),
        (&plain, &["--ssl-reqd"]),
        (&tls, &[]),
        (&plain, &["--login-options", "AUTH=+APOP"]),
    ];
    for (base, options) in ways {
        let sizes: String = messages()
            .iter()
            .enumerate()
            .map(|(place, message)| format!("{} {}\r\n", place + 1, message.len()))
            .collect();
        let list = curl(&[options, &[&format!("{base}/")]].concat());
        assert_eq!(String::from_utf8_lossy(&list.stdout), sizes, "{options:?}");
        for (place, message) in messages().iter().enumerate() {
            let url = format!("{base}/{}", place + 1);
            let retrieved = curl(&[options, &[&url]].concat());
            assert!(retrieved.status.success(), "{url} {options:?}: {retrieved:?}");
            assert!(retrieved.stdout == *message, "{url} {options:?}");
        }
    }
    let top = curl(&[&format!("{plain}/"), "-X", "TOP 2 1"]);
    assert_eq!(top.stdout, b"Subject: dots\r\n\r\n.\r\n");
    assert!(curl(&["-l", &format!("{plain}/1"), "-X", "DELE"]).status.success());
    let list = curl(&[&format!("{plain}/")]);
    assert_eq!(list.stdout.split(|octet| *octet == b'\n').count(), messages().len());
    let wrong = curl(&["-u", "alice:wrong", &format!("{plain}/")]);
    assert_eq!(wrong.status.code(), Some(67), "login denied");
}

const POPLIB: &str = r#"
import poplib, ssl, sys
plain, tls, folder = sys.argv[1:]
host, port = plain.split(":"); tls_port = int(tls.split(":")[1]); port = int(port)
files = [open(f"{folder}/new/{n:04}.test", "rb").read() for n in range(6)]
context = ssl.create_default_context(); context.check_hostname = False
context.verify_mode = ssl.CERT_NONE

def start_tls():
    pop = poplib.POP3(host, port, timeout=20)
    assert "STLS" in pop.capa()
    pop.stls(context)
    assert "STLS" not in pop.capa()
    return pop

def by_password(pop): pop.user("alice"); pop.pass_("secret")
def by_apop(pop): pop.apop("alice", "secret")

ways = [lambda: poplib.POP3(host, port, timeout=20), start_tls,
        lambda: poplib.POP3_SSL(host, tls_port, timeout=20, context=context)]
for connect in ways:
    for login in [by_password, by_apop]:
        pop = connect(); login(pop)
        assert pop.stat() == (6, sum(map(len, files))), pop.stat()
        assert [int(l.split()[1]) for l in pop.list()[1]] == [len(f) for f in files]
        uids = pop.uidl()[1]
        assert len(set(uids)) == 6
        for n, file in enumerate(files, 1):
            assert b"".join(line + b"\r\n" for line in pop.retr(n)[1]) == file, n
        assert pop.top(2, 1)[1] == [b"Subject: dots", b"", b"."]
        assert pop.noop().startswith(b"+OK")
        pop.dele(1); pop.rset(); pop.quit()

pop = ways[0]()
try: pop.user("alice"); pop.pass_("wrong"); sys.exit("a wrong password was taken")
except poplib.error_proto as error: assert b"[AUTH]" in error.args[0]
by_password(pop)
second = ways[0]()
try: by_password(second); sys.exit("two sessions have the maildrop")
except poplib.error_proto as error: assert b"[IN-USE]" in error.args[0]
second.close()
pop.dele(2); pop.dele(3); pop.close()
pop = ways[0](); by_password(pop); assert pop.stat()[0] == 6, "a lost connection deletes nothing"
pop.dele(2); pop.dele(3); pop.quit()
pop = ways[0](); by_password(pop); assert pop.stat()[0] == 4; assert pop.uidl(2).split()[-1] == uids[3].split()[-1]; pop.quit()
pop = ways[0](); pop.user("bob"); pop.pass_("secret"); assert pop.stat()[0] == 6; pop.quit()
print("all is well")
"#;

#[test]
fn poplib_does_everything_it_can_over_plain_stls_and_tls() {
    if !installed("python3") {
        return;
    }
    let server = Server::start("poplib");
    let folder = server.folder.to_str().unwrap();
    let output = Command::new("python3")
        .args(["-c", POPLIB, &server.pop3, &server.pop3s, folder])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, b"all is well\n");
}

#[test]
fn sigterm_ends_open_connections_and_the_server() {
    let mut server = Server::start("sigterm");
    let mut stream = TcpStream::connect(&server.pop3).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().starts_with("+OK"));
    stream.write_all(b"USER alice\r\nPASS secret\r\n").unwrap();
    assert!(lines.nth(1).unwrap().unwrap().starts_with("+OK"));
    server.signal("-TERM");
    assert!(lines.next().is_none(), "closed without a word");
    assert!(server.child.wait().unwrap().success());
}

#[test]
fn a_client_that_goes_on_after_quit_still_hears_the_answer() {
    let server = Server::start("linger");
    let mut stream = TcpStream::connect(&server.pop3).unwrap();
    let beyond = b"NOOP\r\n".repeat(20_000);
    stream.write_all(&[b"USER alice\r\nPASS secret\r\nQUIT\r\n", &beyond[..]].concat()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).expect("closed in order, not reset");
    assert!(said.ends_with("+OK bye\r\n"), "{said}");
}

#[test]
fn the_wrong_arguments_are_explained() {
    let run = |arguments: &[&str]| {
        Command::new(example("mailserver")).args(arguments).output().expect("built with the tests")
    };
    for (arguments, explained) in [
        (&["--load", "carol=/tmp"][..], "there is no user carol"),
        (&["--load", "alice"], "expected NAME=VALUE"),
        (&["--tls-cert", "/tmp/x"], "--tls-cert and --tls-key go together"),
        (&["--load", "alice=/no/such/file"], "/no/such/file: No such file"),
        (&["--pop4"], "invalid option '--pop4'"),
    ] {
        let output = run(arguments);
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(explained), "{arguments:?}: {said}");
    }
}
