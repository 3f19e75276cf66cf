//! Writes a BODYSTRUCTURE from its index, where its octets cannot be copied.

use mail_proto::Sink;

use super::index::Kind;
use super::read_body::kind_by_type;
use super::{Params, Part, PartKind, write};
use crate::codec::Encoder;

/// Writes it with its extension data, or without for BODY.
pub(super) fn body<S: Sink>(encoder: &mut Encoder<'_, S>, root: Part<'_>, extended: bool) {
    let mut part = root;
    loop {
        begin(encoder, part);
        if let Some(inner) = part.inner() {
            part = inner;
            continue;
        }
        end(encoder, part, extended);
        loop {
            if let Some(sibling) = part.sibling() {
                part = sibling;
                break;
            }
            let Some(parent) = part.parent() else { return };
            end(encoder, parent, extended);
            part = parent;
        }
    }
}

/// What comes before the parts inside.
fn begin<S: Sink>(encoder: &mut Encoder<'_, S>, part: Part<'_>) {
    encoder.put(b"(");
    if part.is_multipart() {
        if part.children().len() == 0 {
            empty_text(encoder);
        }
        return;
    }
    media_type(encoder, part);
    encoder.space();
    params(encoder, part.params());
    encoder.space();
    write::nstr(encoder, part.id());
    encoder.space();
    write::nstr(encoder, part.description());
    encoder.space();
    if part.encoding().is_nil() {
        write::string(encoder, b"7BIT");
    } else {
        write::nstr(encoder, part.encoding());
    }
    encoder.space();
    encoder.number(part.size().unwrap_or(0));
    if let Some(envelope) = part.envelope() {
        encoder.space();
        envelope.encode(encoder);
        encoder.space();
    }
}

/// A multipart needs one part; this stands in a multipart that a server reported without any.
fn empty_text<S: Sink>(encoder: &mut Encoder<'_, S>) {
    encoder.put(b"(");
    write::string(encoder, b"TEXT");
    encoder.space();
    write::string(encoder, b"PLAIN");
    encoder.put(b" NIL NIL NIL ");
    write::string(encoder, b"7BIT");
    encoder.put(b" 0 0)");
}

fn media_type<S: Sink>(encoder: &mut Encoder<'_, S>, part: Part<'_>) {
    // A message without envelope and body is no message to the grammar.
    let is_half = part.kind() == PartKind::Basic
        && kind_by_type(part.media_type(), part.media_subtype()) == PartKind::Message;
    if is_half {
        write::string(encoder, b"APPLICATION");
        encoder.space();
        return write::string(encoder, b"OCTET-STREAM");
    }
    write::nstr(encoder, part.media_type());
    encoder.space();
    write::nstr(encoder, part.media_subtype());
}

/// What comes behind the parts inside.
fn end<S: Sink>(encoder: &mut Encoder<'_, S>, part: Part<'_>, extended: bool) {
    match part.kind() {
        PartKind::Multipart => {
            encoder.space();
            write::nstr(encoder, part.media_subtype());
        }
        PartKind::Text | PartKind::Message => {
            encoder.space();
            encoder.number(part.lines().unwrap_or(0));
        }
        PartKind::Basic => {}
    }
    if extended {
        extension_data(encoder, part);
    }
    encoder.put(b")");
}

fn extension_data<S: Sink>(encoder: &mut Encoder<'_, S>, part: Part<'_>) {
    for field in 0..part.shape().extension {
        encoder.space();
        match field {
            0 if part.is_multipart() => params(encoder, part.params()),
            0 => write::nstr(encoder, part.md5()),
            1 => disposition(encoder, part),
            2 => language(encoder, part),
            _ => write::nstr(encoder, part.location()),
        }
    }
    extension(encoder, part);
}

fn params<S: Sink>(encoder: &mut Encoder<'_, S>, params: Params<'_>) {
    if params.len() == 0 {
        return encoder.nil();
    }
    encoder.list(params, |(name, value), encoder| {
        write::nstr(encoder, name);
        encoder.space();
        write::nstr(encoder, value);
    });
}

fn disposition<S: Sink>(encoder: &mut Encoder<'_, S>, part: Part<'_>) {
    let Some(disposition) = part.disposition() else {
        return encoder.nil();
    };
    encoder.put(b"(");
    write::nstr(encoder, disposition.kind);
    encoder.space();
    params(encoder, disposition.params);
    encoder.put(b")");
}

fn language<S: Sink>(encoder: &mut Encoder<'_, S>, part: Part<'_>) {
    let mut languages = part.language();
    match (languages.len(), languages.next()) {
        (1, Some(language)) => write::nstr(encoder, language),
        (0, _) => encoder.nil(),
        _ => encoder.list(part.language(), |language, encoder| write::nstr(encoder, language)),
    }
}

/// Future extensions, from their strings, numbers and parentheses.
fn extension<S: Sink>(encoder: &mut Encoder<'_, S>, part: Part<'_>) {
    let mut begins = false;
    for token in part.extension_tokens() {
        let is_word = token.kind().form() == Kind::WORD;
        let ends = is_word && token.raw() == b")";
        if !begins && !ends {
            encoder.space();
        }
        begins = is_word && token.raw() == b"(";
        if is_word {
            encoder.put_checked(token.raw());
        } else {
            write::nstr(encoder, token);
        }
    }
}
