//! Shows what the library sees in one side of a recorded connection.
//!
//! ```sh
//! printf '+OK ready\r\n+OK 2 320\r\n' | cargo run -q --example wire -- pop3-reply --greeting --for STAT
//! ```
//!
//! prints a line for each unit (`OFFSET LENGTH KIND VERDICT ROUND`) and a sum:
//!
//! ```text
//! 0 11 greeting ok =
//! 11 11 response ok =
//! units 2 ok 2 unknown 0 defect 0 error 0 differs 0
//! ```
//!
//! - KIND: `command`, `response`, `multiline`, `greeting`, `sasl`, `continuation`, `idle-done`.
//! - VERDICT: `ok`, `unknown` (kept raw), `defect:ID[,ID]` (read leniently), or `error:EXPECTED`, with
//!   `_` for spaces.
//! - ROUND: `=` if writing the value again gives the same octets, `~` if it gives others that mean
//!   the same, `!` if they do not, `-` where nothing was parsed.
//!
//! It exits with 0 if there is neither an error nor a `!`, with 1 if there is, with 2 if it was called
//! wrongly.

mod imap;
mod pop3;
mod unit;

use std::io::{self, Read, Write};
use std::process::ExitCode;

use bytes::{Bytes, BytesMut};
use lexopt::prelude::*;
use mail_proto::{DefectId, Leniency, Reading};
use pop3_proto::Command;

use unit::{Sum, Unit};

const USAGE: &str = "\
usage: wire pop3-command [--strict] [--chunk N]
       wire pop3-reply [--strict] [--chunk N] [--greeting] [--for COMMAND]...
       wire imap-command [--strict] [--chunk N]
       wire imap-response [--strict] [--chunk N] [--greeting]

Reads one side of a connection on stdin and prints a line for each unit:
OFFSET LENGTH KIND VERDICT ROUND

  --strict       the grammar of the RFCs and nothing else
  --chunk N      take the octets N at a time; the output is the same for any N
  --greeting     the first unit is the greeting
  --for COMMAND  the command that the next reply answers; in order, repeatable.
                 Replies beyond the last one are single lines.

Literals of IMAP stand in the stream as if each `+` had come.
";

struct Args {
    reader: Reader,
    chunk: usize,
}

/// Takes units off a growing input.
enum Reader {
    Pop3(Box<pop3::Reader>),
    Imap(Box<imap::Reader>),
}

impl Reader {
    fn next(&mut self, input: &mut BytesMut) -> Option<Unit> {
        match self {
            Self::Pop3(reader) => reader.next(input),
            Self::Imap(reader) => reader.next(input),
        }
    }

    fn cut_off(&mut self, rest: &[u8]) -> Option<Unit> {
        match self {
            Self::Pop3(reader) => reader.cut_off(rest),
            Self::Imap(reader) => reader.cut_off(rest),
        }
    }
}

fn main() -> ExitCode {
    let args = match parse_args() {
        Ok(Some(args)) => args,
        Ok(None) => return ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wire: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(args) {
        Ok(sum) if sum.is_clean() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        // Whoever reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("wire: {error}");
            ExitCode::from(2)
        }
    }
}

fn parse_args() -> Result<Option<Args>, lexopt::Error> {
    let mut parser = lexopt::Parser::from_env();
    let (mut strict, mut chunk, mut greeting) = (false, 64 * 1024, false);
    let (mut mode, mut commands) = (None, Vec::new());
    while let Some(argument) = parser.next()? {
        match argument {
            Value(value) if mode.is_none() => mode = Some(value.string()?),
            Long("strict") => strict = true,
            Long("chunk") => chunk = parser.value()?.parse()?,
            Long("greeting") => greeting = true,
            Long("for") => commands.push(command(&parser.value()?.string()?)),
            Long("help") => {
                print!("{USAGE}");
                return Ok(None);
            }
            _ => return Err(argument.unexpected()),
        }
    }
    if chunk == 0 {
        return Err("--chunk needs at least 1".into());
    }
    let reader = match mode.as_deref() {
        Some("pop3-reply") => pop3(
            pop3::Side::Server { greeting, commands: std::mem::take(&mut commands).into() },
            strict,
            chunk,
        ),
        _ if !commands.is_empty() => return Err("--for is for pop3-reply".into()),
        Some("imap-response") => imap(imap::Side::Server { greeting }, strict),
        _ if greeting => return Err("--greeting is for replies and responses".into()),
        Some("pop3-command") => pop3(pop3::Side::Client { authenticating: false }, strict, chunk),
        Some("imap-command") => imap(imap::Side::Client(imap::Expected::Command), strict),
        Some(other) => return Err(format!("there is no mode {other}").into()),
        None => return Err("a mode is missing".into()),
    };
    Ok(Some(Args { reader, chunk }))
}

fn pop3(side: pop3::Side, strict: bool, chunk: usize) -> Reader {
    Reader::Pop3(Box::new(pop3::Reader::new(side, leniency(strict), chunk)))
}

fn imap(side: imap::Side, strict: bool) -> Reader {
    Reader::Imap(Box::new(imap::Reader::new(side, leniency(strict))))
}

fn leniency<D: DefectId>(strict: bool) -> Leniency<D> {
    if strict { Leniency::strict() } else { Leniency::lenient() }
}

/// The command of a `--for`; one that is none is answered by a single line, whoever sent it.
fn command(line: &str) -> Option<Command> {
    let mut reading = Reading::new(Leniency::lenient());
    let parsed = Command::parse(&Bytes::copy_from_slice(line.as_bytes()), &mut reading);
    if let Err(error) = &parsed {
        eprintln!("wire: --for {line}: {error}; taken for a command with a single-line reply");
    }
    parsed.ok()
}

/// Reads all units, and prints them as soon as they are complete.
fn run(args: Args) -> io::Result<Sum> {
    let (mut stdin, mut stdout) = (io::stdin().lock(), io::stdout().lock());
    let mut reader = args.reader;
    let (mut input, mut sum) = (BytesMut::new(), Sum::default());
    let mut block = vec![0; args.chunk.min(1 << 20)];
    loop {
        let read = stdin.read(&mut block)?;
        input.extend_from_slice(block.get(..read).unwrap_or_default());
        while let Some(unit) = reader.next(&mut input) {
            sum.add(&unit);
            writeln!(stdout, "{unit}")?;
        }
        if read == 0 {
            if let Some(unit) = reader.cut_off(&input) {
                sum.add(&unit);
                writeln!(stdout, "{unit}")?;
            }
            writeln!(stdout, "{sum}")?;
            return Ok(sum);
        }
    }
}
