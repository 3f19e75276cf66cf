//! RFC 1939's multi-line replies as one would write them down, an octet at a time.

/// A body as its reader sees it: CR, LF and CRLF end lines, and all lines end in CRLF.
pub(crate) fn normalized(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut last = 0;
    for octet in body {
        match (last, octet) {
            (b'\r', b'\n') => {}
            (_, b'\r' | b'\n') => out.extend(b"\r\n"),
            (_, octet) => out.push(*octet),
        }
        last = *octet;
    }
    ended(out)
}

/// A body with a line end at its end.
pub(crate) fn ended(mut body: Vec<u8>) -> Vec<u8> {
    if !body.is_empty() && !body.ends_with(b"\r\n") {
        body.extend(b"\r\n");
    }
    body
}

/// A body on the wire: dots at the beginning of lines doubled, a line of a dot at the end.
pub(crate) fn stuffed(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, octet) in body.iter().enumerate() {
        let line_start = at == 0 || body[..at].ends_with(b"\r\n");
        if line_start && *octet == b'.' {
            out.push(b'.');
        }
        out.push(*octet);
    }
    out.extend(b".\r\n");
    out
}

/// What a reader makes of octets: the body if it ends, and how many octets that took.
pub(crate) fn unstuffed(
    wire: &[u8],
    bare_lf: bool,
    keep_single_dots: bool,
) -> (Vec<u8>, Option<usize>) {
    let mut body = Vec::new();
    let mut at = 0;
    while at < wire.len() {
        let ends_line =
            |end: usize| wire[end] == b'\n' && (bare_lf || (end > at && wire[end - 1] == b'\r'));
        let end = (at..wire.len()).find(|end| ends_line(*end));
        let line = &wire[at..end.map_or(wire.len(), |end| end + 1)];
        at += line.len();
        let is_end = line == b".\r\n" || (bare_lf && line == b".\n");
        match line {
            _ if is_end => return (body, Some(at)),
            [b'.', b'.', ..] => body.extend(&line[1..]),
            [b'.', ..] if !keep_single_dots => body.extend(&line[1..]),
            _ => body.extend(line),
        }
    }
    (body, None)
}
