//! The dialogues of the RFCs, as `data/imap-examples.jsonl` has them.
#![allow(unreachable_pub)]

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value as Json;

/// A unit of a dialogue, with its line end.
pub struct Line {
    pub from_client: bool,
    pub kind: String,
    pub octets: Bytes,
    pub id: String,
}

/// The units of each dialogue. If `by_connection`, those of two connections are two dialogues.
pub fn dialogues(by_connection: bool) -> BTreeMap<String, Vec<Line>> {
    let mut dialogues: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in include_str!("../data/imap-examples.jsonl").lines() {
        let value: Json = serde_json::from_str(line).unwrap();
        let text = |key: &str| value[key].as_str().unwrap().to_owned();
        let fixed = value["fixed"].as_str().map(str::to_owned);
        if value["valid"] == true || fixed.is_some() {
            let connection = value["conn"].as_str().filter(|_| by_connection).unwrap_or_default();
            dialogues.entry(text("dlg") + connection).or_default().push(Line {
                from_client: value["dir"] == "C",
                kind: text("kind"),
                octets: fixed.unwrap_or_else(|| text("bytes")).into(),
                id: text("id"),
            });
        }
    }
    dialogues
}
