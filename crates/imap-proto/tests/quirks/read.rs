//! Reading as a stranger does: octets to a framer, its units to a parser, strictly and leniently.

use std::fmt::Debug;

use bytes::Bytes;
use imap_proto::connection::{Frame, FrameLimits, Framer};
use imap_proto::{
    BodyStructure, Code, Command, Condition, Data, Defect, Encoder, Envelope, FetchData,
    Negotiated, Response, parse_whole,
};
use mail_proto::{DefectId as _, Leniency, ParseError, Reading};

/// What one side sends.
pub trait Message: Sized + Clone + PartialEq + Debug {
    fn framer() -> Framer;
    fn read(octets: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError>;
    fn written(&self) -> Vec<u8>;
}

impl Message for Response {
    fn framer() -> Framer {
        Framer::responses(FrameLimits::client())
    }

    fn read(octets: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        parse_whole(octets, reading, Self::parse)
    }

    fn written(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut Encoder::new(&mut out, Negotiated::server()));
        out
    }
}

impl Message for Command {
    fn framer() -> Framer {
        Framer::commands(FrameLimits::server())
    }

    fn read(octets: &Bytes, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        parse_whole(octets, reading, Self::parse)
    }

    fn written(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut Encoder::new(&mut out, Negotiated::client()));
        out
    }
}

fn cut(framer: &mut Framer, wire: &[u8], units: &mut Vec<Bytes>, upto: usize, done: &mut usize) {
    loop {
        match framer.find(&wire[*done..upto]) {
            Frame::Partial => return,
            Frame::Literal(_) => framer.inline().unwrap(),
            Frame::Complete(length) => {
                let unit = &wire[*done..*done + length];
                let line = unit.strip_suffix(b"\r\n").or(unit.strip_suffix(b"\n")).unwrap();
                units.push(Bytes::copy_from_slice(line));
                *done += length;
            }
            other => panic!("{other:?}"),
        }
        if *done == upto {
            return;
        }
    }
}

/// The units of the octets without their line ends, however they come: at once or one by one.
pub fn units_by(framer: &Framer, wire: &[u8]) -> Vec<Bytes> {
    let (mut at_once, mut one_by_one) = (Vec::new(), Vec::new());
    let mut done = 0;
    cut(&mut framer.clone(), wire, &mut at_once, wire.len(), &mut done);
    assert_eq!(done, wire.len(), "something is left: {}", mail_proto::Escaped(&wire[done..]));
    let (mut framer, mut done) = (framer.clone(), 0);
    for upto in 1..=wire.len() {
        cut(&mut framer, wire, &mut one_by_one, upto, &mut done);
    }
    assert_eq!(at_once, one_by_one);
    at_once
}

pub fn units<M: Message>(wire: &[u8]) -> Vec<Bytes> {
    units_by(&M::framer(), wire)
}

/// The octets are one message.
pub fn unit<M: Message>(wire: &[u8]) -> Bytes {
    let units = units::<M>(wire);
    assert_eq!(units.len(), 1, "{units:?}");
    units[0].clone()
}

pub fn strictly<M: Message>(octets: &Bytes) -> Result<M, ParseError> {
    M::read(octets, &mut Reading::new(Leniency::strict()))
}

/// The value, and the names of the defects.
pub fn with<M: Message>(
    octets: &Bytes,
    leniency: Leniency<Defect>,
) -> Result<(M, Vec<&'static str>), ParseError> {
    let mut reading = Reading::new(leniency);
    let value = M::read(octets, &mut reading)?;
    for defect in &reading.defects {
        assert!(defect.at <= octets.len() as u64, "{defect:?}");
    }
    Ok((value, reading.defects.iter().map(|defect| defect.id.name()).collect()))
}

pub fn leniently<M: Message>(octets: &Bytes) -> Result<(M, Vec<&'static str>), ParseError> {
    with(octets, Leniency::lenient())
}

/// It is as the RFCs say; what is written of it is the same.
pub fn legal<M: Message>(wire: &[u8]) -> M {
    legal_unit(&unit::<M>(wire))
}

fn legal_unit<M: Message>(octets: &Bytes) -> M {
    let value: M = strictly(octets).unwrap_or_else(|error| panic!("{octets:?}: {error}"));
    assert_eq!(leniently(octets), Ok((value.clone(), vec![])));
    assert_eq!(strictly(&unit::<M>(&value.written())), Ok(value.clone()));
    value
}

/// Several messages, all as the RFCs say.
pub fn all_legal(wire: &[u8]) -> Vec<Response> {
    units::<Response>(wire).iter().map(legal_unit).collect()
}

fn by_name(name: &str) -> Defect {
    *Defect::ALL.iter().find(|it| it.name() == name).expect(name)
}

/// Refused strictly at this octet; what a lenient reading makes of it, with these defects and no
/// other, none of which can be missing.
fn read<M: Message>(octets: &Bytes, at: usize, met: &[&str]) -> M {
    assert_eq!(strictly::<M>(octets).expect_err("not refused").at, at);
    let (value, defects) = leniently::<M>(octets).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(defects, met);
    let allowed = met.iter().fold(Leniency::strict(), |set, name| set.allow(by_name(name)));
    assert_eq!(with::<M>(octets, allowed).map(|it| it.0).as_ref(), Ok(&value));
    for name in met {
        // What is behind a complete response can always be left out, by one name or another.
        let less = Leniency::lenient().deny(by_name(name)).deny(Defect::StrayOctets);
        let without = with::<M>(octets, less);
        assert_ne!(without.map(|it| it.0).as_ref(), Ok(&value), "{name} is not needed");
    }
    value
}

fn assert_wrote<M: Message>(value: &M, wrote: &[u8]) {
    let shown = |octets: &[u8]| mail_proto::Escaped(octets).to_string();
    assert_eq!(shown(&value.written()), shown(wrote));
}

/// It breaks the grammar; what is written of it is strict and means the same.
pub fn deviates<M: Message>(wire: &[u8], at: usize, met: &[&str], wrote: &[u8]) -> M {
    let value = read::<M>(&unit::<M>(wire), at, met);
    assert_wrote(&value, wrote);
    assert_eq!(strictly(&unit::<M>(wrote)).as_ref(), Ok(&value));
    value
}

/// It breaks the grammar; what is written of it is strict and says what the documentation promises.
pub fn normalizes<M: Message>(wire: &[u8], at: usize, met: &[&str], wrote: &[u8]) -> M {
    let value = read::<M>(&unit::<M>(wire), at, met);
    assert_wrote(&value, wrote);
    assert_ne!(strictly::<M>(&unit::<M>(wrote)).unwrap(), value);
    value
}

/// It breaks the grammar, and is kept: it goes out as it came (but for texts that are missing).
pub fn keeps<M: Message>(wire: &[u8], at: usize, met: &[&str], wrote: &[u8]) -> M {
    let value = read::<M>(&unit::<M>(wire), at, met);
    assert_wrote(&value, wrote);
    assert!(strictly::<M>(&unit::<M>(wrote)).is_err(), "deviates() says more");
    assert_eq!(leniently::<M>(&unit::<M>(wrote)).unwrap().0, value);
    value
}

/// In no leniency it is a message; where it is none.
pub fn refused<M: Message>(octets: &[u8]) -> usize {
    let octets = Bytes::copy_from_slice(octets);
    let error = leniently::<M>(&octets).expect_err("not refused");
    assert_eq!(strictly::<M>(&octets).expect_err("not refused").at, error.at);
    error.at
}

pub fn condition(response: Response) -> Condition {
    match response {
        Response::Data(Data::Condition(condition)) => condition,
        Response::Tagged(tagged) => tagged.condition,
        other => panic!("{other:?}"),
    }
}

pub fn code(response: Response) -> Code {
    condition(response).text.into_parts().0.unwrap()
}

pub fn fetch(response: Response) -> FetchData {
    match response {
        Response::Data(Data::Fetch(Some(_), fetch)) => fetch,
        other => panic!("{other:?}"),
    }
}

/// A FETCH with this between other items, and how long it is before that.
pub fn around(item: &str) -> (Vec<u8>, usize) {
    let front = "* 7 FETCH (UID 9 ";
    (format!("{front}{item} FLAGS (\\Seen))\r\n").into_bytes(), front.len())
}

/// Nothing else of the message is lost.
pub fn others_are_there(fetch: &FetchData) {
    assert_eq!(fetch.uid().unwrap().get(), 9);
    assert!(fetch.flags().unwrap().is_seen());
}

/// An item that breaks the grammar, in a FETCH; what is written of it means the same.
pub fn item(octets: &str, at: usize, met: &[&str], wrote: &str) -> FetchData {
    let (wire, front) = around(octets);
    let data = fetch(deviates(&wire, front + at, met, &around(wrote).0));
    others_are_there(&data);
    data
}

/// A FETCH with an item as the RFCs say.
pub fn legal_item(octets: &str) -> FetchData {
    let data = fetch(legal(&around(octets).0));
    others_are_there(&data);
    data
}

/// The item is kept as it is, and so are the others; by this name alone it is read.
pub fn malformed(octets: &str, at: usize, met: &[&str]) {
    let (wire, front) = around(octets);
    let data = fetch(keeps(&wire, front + at, met, &wire));
    others_are_there(&data);
    assert!(data.envelope().is_none() && data.body_structure().is_none());
}

/// What it is if this defect, which is no part of a lenient reading, is chosen by name.
pub fn chosen(octets: &str, defect: Defect) -> FetchData {
    assert!(defect.by_name_only());
    let (wire, _) = around(octets);
    let leniency = Leniency::lenient().allow(defect);
    let (value, met) = with::<Response>(&unit::<Response>(&wire), leniency).unwrap();
    assert!(!met.is_empty() && met.iter().all(|name| *name == defect.name()), "{met:?}");
    let data = fetch(value.clone());
    others_are_there(&data);
    // What is written needs no leniency.
    assert_eq!(strictly(&unit::<Response>(&value.written())), Ok(value));
    data
}

pub fn envelope(octets: &str, at: usize, met: &[&str], wrote: &str) -> Envelope {
    let [octets, wrote] = [octets, wrote].map(|it| format!("ENVELOPE {it}"));
    item(&octets, 9 + at, met, &wrote).envelope().unwrap().clone()
}

pub fn legal_envelope(octets: &str) -> Envelope {
    legal_item(&format!("ENVELOPE {octets}")).envelope().unwrap().clone()
}

pub fn structure(octets: &str, at: usize, met: &[&str], wrote: &str) -> BodyStructure {
    let [octets, wrote] = [octets, wrote].map(|it| format!("BODYSTRUCTURE {it}"));
    item(&octets, 14 + at, met, &wrote).body_structure().unwrap().clone()
}

/// As [`structure`], with the accessors that say what the server did not.
pub fn normalized(octets: &str, at: usize, met: &[&str], wrote: &str) -> BodyStructure {
    let [(wire, front), (wrote, _)] =
        [octets, wrote].map(|it| around(&format!("BODYSTRUCTURE {it}")));
    let data = fetch(normalizes(&wire, front + 14 + at, met, &wrote));
    others_are_there(&data);
    data.body_structure().unwrap().clone()
}

pub fn legal_structure(octets: &str) -> BodyStructure {
    legal_item(&format!("BODYSTRUCTURE {octets}")).body_structure().unwrap().clone()
}
