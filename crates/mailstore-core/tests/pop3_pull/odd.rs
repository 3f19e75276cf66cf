//! A server that errs as real ones do, written line by line.

use std::collections::BTreeSet;

use super::world::Peer;

/// A message in the maildrop.
#[derive(Clone, Debug)]
pub struct Mail {
    pub id: String,
    pub octets: String,
}

/// What is wrong with the server. Messages are counted from 0 in the maildrop of the session.
#[derive(Clone, Debug, Default)]
pub struct Quirks {
    pub no_capa: bool,
    /// Lines of CAPA.
    pub capa: Vec<&'static str>,
    pub stat: Answer,
    pub uidl: Answer,
    pub list: Answer,
    /// The line of UIDL is left out.
    pub gaps: BTreeSet<usize>,
    /// The line of UIDL cannot be read.
    pub garbled: BTreeSet<usize>,
    /// RETR is refused.
    pub refused: BTreeSet<usize>,
    /// DELE is refused.
    pub undeletable: BTreeSet<usize>,
    /// QUIT removes every other message and says `-ERR`.
    pub half_quit: bool,
    /// QUIT removes whatever was retrieved.
    pub expires: bool,
}

/// How a listing is answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Answer {
    #[default]
    Right,
    Refused,
    /// It agrees, and what follows makes no sense.
    Garbled,
    /// Wrong numbers and sizes: STAT says one message more, LIST wild sizes.
    Lies,
}

#[derive(Default)]
pub struct Odd {
    pub mail: Vec<Mail>,
    pub quirks: Quirks,
    /// The most commands that arrived behind each other without waiting.
    pub at_once: usize,
    input: Vec<u8>,
    marked: BTreeSet<usize>,
    retrieved: BTreeSet<usize>,
}

impl Odd {
    pub fn with(mail: &[(&str, &str)]) -> Self {
        let mut odd = Self::default();
        mail.iter().for_each(|(id, octets)| odd.deliver(id, octets));
        odd
    }

    pub fn deliver(&mut self, id: &str, octets: &str) {
        self.mail.push(Mail { id: id.into(), octets: octets.into() });
    }

    pub fn octets(&self) -> Vec<&[u8]> {
        self.mail.iter().map(|mail| mail.octets.as_bytes()).collect()
    }

    fn command(&mut self, line: &str) -> String {
        let (keyword, argument) = line.split_once(' ').unwrap_or((line, ""));
        let message = argument.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match keyword {
            "USER" | "PASS" | "NOOP" => "+OK\r\n".into(),
            "CAPA" if !self.quirks.no_capa => listing(self.quirks.capa.iter()),
            "STAT" => self.stat(),
            "UIDL" => self.uidl(),
            "LIST" => self.list(),
            "RETR" => self.retr(message.unwrap()),
            "DELE" => self.dele(message.unwrap()),
            "QUIT" => self.quit(),
            _ => "-ERR unknown\r\n".into(),
        }
    }

    fn stat(&self) -> String {
        let count = self.mail.len();
        match self.quirks.stat {
            Answer::Right => format!("+OK {count} 320\r\n"),
            Answer::Refused => "-ERR\r\n".into(),
            Answer::Garbled => format!("+OK there are {count} messages\r\n"),
            Answer::Lies => format!("+OK {} -17\r\n", count + 1),
        }
    }

    fn uidl(&self) -> String {
        if self.quirks.uidl == Answer::Refused {
            return "-ERR no such command\r\n".into();
        }
        let line = |place: usize| match self.quirks.uidl {
            _ if self.quirks.gaps.contains(&place) => None,
            _ if self.quirks.garbled.contains(&place) => Some(format!("{}", place + 1)),
            Answer::Garbled => Some("?".into()),
            _ => Some(format!("{} {}", place + 1, self.mail[place].id)),
        };
        listing((0..self.mail.len()).filter_map(line))
    }

    fn list(&self) -> String {
        let line = |place: usize| match self.quirks.list {
            Answer::Garbled => "x y z".into(),
            Answer::Lies => format!("{} {}", place + 1, [0_u64, 1 << 62, 3][place % 3]),
            _ => format!("{} {}", place + 1, self.mail[place].octets.len()),
        };
        match self.quirks.list {
            Answer::Refused => "-ERR\r\n".into(),
            _ => listing((0..self.mail.len()).map(line)),
        }
    }

    fn retr(&mut self, place: usize) -> String {
        if self.quirks.refused.contains(&place) || place >= self.mail.len() {
            return "-ERR not this one\r\n".into();
        }
        self.retrieved.insert(place);
        format!("+OK\r\n{}.\r\n", self.mail[place].octets)
    }

    fn dele(&mut self, place: usize) -> String {
        if self.quirks.undeletable.contains(&place) || place >= self.mail.len() {
            return "-ERR it stays\r\n".into();
        }
        assert!(self.marked.insert(place), "deleted twice");
        "+OK\r\n".into()
    }

    fn quit(&mut self) -> String {
        let mut gone = std::mem::take(&mut self.marked);
        if self.quirks.expires {
            gone.append(&mut self.retrieved);
        }
        if self.quirks.half_quit {
            gone = gone.into_iter().step_by(2).collect();
        }
        let mut place = 0;
        self.mail.retain(|_| {
            place += 1;
            !gone.contains(&(place - 1))
        });
        if self.quirks.half_quit { "-ERR some left\r\n".into() } else { "+OK\r\n".into() }
    }
}

fn listing(lines: impl Iterator<Item = impl std::fmt::Display>) -> String {
    let lines: String = lines.map(|line| format!("{line}\r\n")).collect();
    format!("+OK\r\n{lines}.\r\n")
}

impl Peer for Odd {
    fn connect(&mut self) -> Vec<u8> {
        (self.input, self.marked, self.retrieved) = Default::default();
        b"+OK odd\r\n".to_vec()
    }

    fn answer(&mut self, octets: &[u8]) -> Vec<u8> {
        self.input.extend_from_slice(octets);
        let mut said = String::new();
        for at_once in 1.. {
            let Some(end) = self.input.iter().position(|octet| *octet == b'\n') else { break };
            let line = self.input.drain(..=end).collect();
            said += &self.command(String::from_utf8(line).unwrap().trim_end());
            self.at_once = self.at_once.max(at_once);
        }
        said.into_bytes()
    }

    fn hang_up(&mut self) {}
}
