//! The story of two devices on one account, told by `two_devices`, as numbers.

#![allow(missing_docs, dead_code, clippy::unwrap_used)]

#[path = "../two_devices/device.rs"]
mod device;
#[path = "../two_devices/maildrop.rs"]
mod maildrop;
#[path = "../two_devices/story.rs"]
mod story;

/// Device, and then: on the server before, fetched, known, deleted, on the device, left on the server.
type Line = (&'static str, [u64; 6]);

fn lines(story: &story::Story) -> Vec<Line> {
    let rows = story.rows().unwrap();
    let line = |row: &story::Row| {
        (row.device, [row.found, row.fetched, row.known, row.deleted, row.has, row.left])
    };
    rows.iter().map(line).collect()
}

#[test]
fn who_downloads_and_deletes_leaves_nothing_to_the_other() {
    let [delete, ..] = story::stories();
    let expected = [
        ("laptop", [3, 3, 0, 3, 3, 0]),
        ("phone", [0, 0, 0, 0, 0, 0]),
        ("phone", [1, 1, 0, 1, 1, 0]),
        ("laptop", [0, 0, 0, 0, 3, 0]),
    ];
    assert_eq!(lines(&delete), expected);
}

#[test]
fn left_on_the_server_both_get_everything_once() {
    let [_, leave, _] = story::stories();
    let expected = [
        ("laptop", [3, 3, 0, 0, 3, 3]),
        ("phone", [3, 3, 0, 0, 3, 3]),
        ("laptop", [3, 0, 3, 0, 3, 3]),
        ("phone", [4, 1, 3, 0, 4, 4]),
        ("laptop", [4, 1, 3, 0, 4, 4]),
        ("phone", [4, 0, 4, 0, 4, 4]),
    ];
    assert_eq!(lines(&leave), expected);
}

#[test]
fn a_week_is_enough_for_both() {
    let [.., week] = story::stories();
    let expected = [
        ("laptop", [3, 3, 0, 0, 3, 3]),
        ("laptop", [4, 1, 3, 0, 4, 4]),
        ("phone", [4, 4, 0, 0, 4, 4]),
        ("laptop", [4, 0, 4, 3, 4, 1]),
        ("phone", [1, 0, 1, 0, 4, 1]),
    ];
    assert_eq!(lines(&week), expected);
}

#[test]
fn the_table_has_a_line_for_each_fetch() {
    for story in story::stories() {
        let table = story.tell().unwrap();
        assert_eq!(table.lines().count(), 4 + story.rows().unwrap().len());
        assert!(table.starts_with(story.title));
    }
}
