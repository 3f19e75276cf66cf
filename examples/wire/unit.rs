//! A unit of the stream, what is thought of it, and the sum of all.

use std::fmt;

use mail_proto::{DefectId, ParseError, Reading};

/// What a unit is, in the words of the vectors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Command,
    Response,
    Multiline,
    Greeting,
    Sasl,
    Continuation,
    IdleDone,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Command => "command",
            Self::Response => "response",
            Self::Multiline => "multiline",
            Self::Greeting => "greeting",
            Self::Sasl => "sasl",
            Self::Continuation => "continuation",
            Self::IdleDone => "idle-done",
        })
    }
}

/// What the parser thinks of a unit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    Ok,
    Unknown,
    /// Their names.
    Defects(Vec<&'static str>),
    Error(ParseError),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok => f.write_str("ok"),
            Self::Unknown => f.write_str("unknown"),
            Self::Defects(names) => write!(f, "defect:{}", names.join(",")),
            Self::Error(error) => write!(f, "error:{}", error.expected.replace(' ', "_")),
        }
    }
}

impl Verdict {
    /// The verdict on what was parsed.
    pub fn new<D: DefectId>(reading: &Reading<D>) -> Self {
        let mut names = Vec::new();
        for defect in &reading.defects {
            if !names.contains(&defect.id.name()) {
                names.push(defect.id.name());
            }
        }
        match (names.is_empty(), reading.unknown) {
            (false, _) => Self::Defects(names),
            (true, 0) => Self::Ok,
            (true, _) => Self::Unknown,
        }
    }
}

/// What writing the value again gives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Round {
    Same,
    Equal,
    Differs,
    None,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Same => "=",
            Self::Equal => "~",
            Self::Differs => "!",
            Self::None => "-",
        })
    }
}

/// A unit of the stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unit {
    pub offset: u64,
    pub length: usize,
    pub kind: Kind,
    pub verdict: Verdict,
    pub round: Round,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, length, kind, verdict, round } = self;
        write!(f, "{offset} {length} {kind} {verdict} {round}")
    }
}

/// How many units of which verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sum {
    units: u64,
    ok: u64,
    unknown: u64,
    defect: u64,
    error: u64,
    differs: u64,
}

impl Sum {
    pub fn add(&mut self, unit: &Unit) {
        let verdict = match unit.verdict {
            Verdict::Ok => &mut self.ok,
            Verdict::Unknown => &mut self.unknown,
            Verdict::Defects(_) => &mut self.defect,
            Verdict::Error(_) => &mut self.error,
        };
        *verdict = verdict.saturating_add(1);
        self.units = self.units.saturating_add(1);
        self.differs = self.differs.saturating_add(u64::from(unit.round == Round::Differs));
    }

    /// Neither an error nor a difference.
    pub const fn is_clean(&self) -> bool {
        self.error == 0 && self.differs == 0
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { units, ok, unknown, defect, error, differs } = self;
        write!(
            f,
            "units {units} ok {ok} unknown {unknown} defect {defect} error {error} differs {differs}"
        )
    }
}
