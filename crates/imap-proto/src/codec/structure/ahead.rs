//! Looks ahead in a BODYSTRUCTURE that is not as it should be: what is meant by its first strings?

use mail_proto::Reading;

use crate::codec::class::Class;
use crate::codec::{Cursor, Raw};

/// What stands in the place of a media type and its subtype.
pub(super) enum Media {
    Both,
    /// One string, with what belongs to a part of that type behind it.
    One,
    /// The subtype of a multipart without parts.
    Multipart,
    /// `NIL` and the subtype of a multipart without parts.
    NilMultipart,
    /// A description, and then the parts of a multipart.
    Description,
}

/// What a value looks like from its first octet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    String,
    Nil,
    List,
    /// A list that begins as a part does.
    Part,
    Number,
    Word,
    End,
}

/// What the first strings of a part are, by what follows them.
pub(super) fn media(begin: &Cursor<'_>) -> Media {
    let mut ahead = begin.clone();
    let (first, second) = (token(&mut ahead), token(&mut ahead));
    if first == Token::String && second == Token::String {
        return Media::Both;
    }
    let rest: [Token; 5] = core::array::from_fn(|_| token(&mut ahead));
    match (first, second, rest) {
        (Token::String | Token::Nil, Token::Part, _)
        | (Token::String, Token::Nil, [Token::Part, ..]) => Media::Description,
        // Type, parameters, id, description, encoding, size
        (Token::String, Token::Nil | Token::List, [_, _, _, Token::Number, _]) => Media::One,
        // Type, subtype, parameters, id, description, encoding, size
        (_, Token::String | Token::Nil, [_, _, _, _, Token::Number]) => Media::Both,
        (Token::Nil, Token::String, _) => Media::NilMultipart,
        (Token::String, Token::Nil | Token::List | Token::End, _) => Media::Multipart,
        _ => Media::Both,
    }
}

/// Passes over one value, unless it is a part, and the spaces before it.
pub(super) fn token(ahead: &mut Cursor<'_>) -> Token {
    while ahead.eat(b' ') {}
    let token = match ahead.peek() {
        Some(b'"' | b'{') => Token::String,
        Some(b')') | None => return Token::End,
        // It is not passed over: that would take time again and again in parts inside of each other.
        Some(b'(') if begins_part(ahead) => return Token::Part,
        Some(b'(') => Token::List,
        Some(_) => match ahead.rest() {
            [b'n' | b'N', b'i' | b'I', b'l' | b'L', b' ' | b')' | b'(', ..] => Token::Nil,
            rest => {
                let word = rest.get(..Class::ATOM.run(rest)).unwrap_or_default();
                let is_number =
                    |octet: &u8| matches!(octet, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
                if word.iter().all(is_number) { Token::Number } else { Token::Word }
            }
        },
    };
    let strict = &mut Reading::new(mail_proto::Leniency::strict());
    if Raw::parse(ahead, strict).is_err() { Token::End } else { token }
}

/// Whether a list begins as parts do and parameters do not: with a list, or with two strings and then
/// something that is no string.
fn begins_part(ahead: &Cursor<'_>) -> bool {
    let mut ahead = ahead.clone();
    ahead.skip(1);
    while ahead.eat(b' ') {}
    if ahead.peek() == Some(b'(') {
        return true;
    }
    for _ in 0..2 {
        if !matches!(ahead.peek(), Some(b'"' | b'{')) || ahead.skip_token(true).is_err() {
            return false;
        }
        while ahead.eat(b' ') {}
    }
    matches!(ahead.peek(), Some(b'(' | b'N' | b'n'))
}
