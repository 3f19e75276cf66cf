//! The story: mail arrives, two devices fetch it in turn.

use std::error::Error;
use std::fmt::Write as _;

use mailstore_core::pop3::{Policy, PullOptions};
use mailstore_core::store::WallTime;

use crate::device::Device;
use crate::maildrop::Maildrop;

const START: u64 = 1_790_000_000;

/// What happens under one policy.
pub struct Story {
    pub title: &'static str,
    policy: Policy,
    acts: &'static [Act],
}

/// One thing that happens.
enum Act {
    /// So many messages arrive.
    Arrive(u32),
    /// So many days pass.
    Pass(u32),
    /// A device fetches.
    Fetch(Who),
}

#[derive(Clone, Copy)]
enum Who {
    Laptop,
    Phone,
}

/// A line of the table: one fetch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    pub day: u32,
    pub device: &'static str,
    /// Messages on the server before.
    pub found: u64,
    pub fetched: u64,
    /// Messages that this device had fetched before.
    pub known: u64,
    pub deleted: u64,
    /// Messages on the device afterwards.
    pub has: u64,
    /// Messages on the server afterwards.
    pub left: u64,
}

/// The three policies.
pub fn stories() -> [Story; 3] {
    use Act::{Arrive, Fetch, Pass};
    use Who::{Laptop, Phone};
    [
        Story {
            title: "Delete after download: mail moves to whoever comes first",
            policy: Policy::DeleteAfterDownload,
            acts: &[Arrive(3), Fetch(Laptop), Fetch(Phone), Arrive(1), Fetch(Phone), Fetch(Laptop)],
        },
        Story {
            title: "Leave on server: both devices get everything, once",
            policy: Policy::LeaveOnServer,
            acts: &[
                Arrive(3),
                Fetch(Laptop),
                Fetch(Phone),
                Fetch(Laptop),
                Arrive(1),
                Fetch(Phone),
                Fetch(Laptop),
                Fetch(Phone),
            ],
        },
        Story {
            title: "Delete after 7 days: the phone had a week",
            policy: Policy::DeleteAfter { days: 7 },
            acts: &[
                Arrive(3),
                Fetch(Laptop),
                Pass(6),
                Arrive(1),
                Fetch(Laptop),
                Fetch(Phone),
                Pass(1),
                Fetch(Laptop),
                Fetch(Phone),
            ],
        },
    ]
}

impl Story {
    /// Plays it.
    pub fn rows(&self) -> Result<Vec<Row>, Box<dyn Error>> {
        let options = PullOptions { policy: self.policy, ..PullOptions::default() };
        let (mut day, mut arrived, mut rows) = (0, 0, Vec::new());
        let mut maildrop = Maildrop::new(WallTime(START))?;
        let (mut laptop, mut phone) = (Device::default(), Device::default());
        for act in self.acts {
            let now = WallTime(START).after(day * 86_400);
            match *act {
                Act::Pass(days) => day += days,
                Act::Arrive(messages) => {
                    for _ in 0..messages {
                        arrived += 1;
                        maildrop.deliver(&format!("Subject: {arrived}\r\n\r\nhello\r\n"))?;
                    }
                }
                Act::Fetch(who) => {
                    maildrop.set_now(now);
                    let (name, device) = match who {
                        Who::Laptop => ("laptop", &mut laptop),
                        Who::Phone => ("phone", &mut phone),
                    };
                    let found = maildrop.count()?;
                    let done = device.fetch(&mut maildrop, options, now)?;
                    rows.push(Row {
                        day,
                        device: name,
                        found,
                        fetched: done.fetched,
                        known: done.known,
                        deleted: done.deleted,
                        has: device.mail.len() as u64,
                        left: maildrop.count()?,
                    });
                }
            }
        }
        Ok(rows)
    }

    /// The table.
    pub fn tell(&self) -> Result<String, Box<dyn Error>> {
        let mut table = format!("{}\n\n", self.title);
        let head = ["day", "device", "on server", "fetched", "known", "deleted", "has now", "left"];
        let widths = head.map(|title| title.len().max(6));
        let mut line = |cells: [String; 8]| {
            for (cell, width) in cells.iter().zip(widths) {
                let _ = write!(table, "  {cell:>width$}");
            }
            table.push('\n');
        };
        line(head.map(String::from));
        line(widths.map(|width| "-".repeat(width)));
        for row in self.rows()? {
            let numbers = [row.found, row.fetched, row.known, row.deleted, row.has, row.left];
            let [found, fetched, known, deleted, has, left] = numbers.map(|n| n.to_string());
            let (day, device) = (row.day.to_string(), row.device.to_owned());
            line([day, device, found, fetched, known, deleted, has, left]);
        }
        Ok(table)
    }
}
