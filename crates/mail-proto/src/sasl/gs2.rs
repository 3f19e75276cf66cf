//! What GS2 gave to SCRAM and OAUTHBEARER: a header of a flag and an identity, and how names are
//! escaped (RFC 5801 section 4).

use alloc::vec::Vec;

use bytes::Bytes;

use super::field::{filled, utf8};
use crate::{Octets, ParseError, Secret};

crate::byte_string! {
    /// The kind of a channel binding.
    ///
    /// ```abnf
    /// cb-name         = 1*(ALPHA / DIGIT / "." / "-")
    /// ```
    ///
    /// (RFC 5802 section 7; the names are registered by RFC 5056.)
    pub struct BindingKind: "the name of a channel binding", |octets: &[u8]| {
        let allowed = |octet: &u8| octet.is_ascii_alphanumeric() || b".-".contains(octet);
        if octets.is_empty() { Some(0) } else { octets.iter().position(|octet| !allowed(octet)) }
    };
}

impl BindingKind {
    /// The keying material that TLS exports (RFC 9266); the one to use with TLS 1.3.
    pub const TLS_EXPORTER: Self = Self(Octets::from_static(b"tls-exporter"));
    /// A hash of the server's certificate (RFC 5929 section 4).
    pub const TLS_SERVER_END_POINT: Self = Self(Octets::from_static(b"tls-server-end-point"));
    /// The first Finished message (RFC 5929 section 3); not with TLS 1.3.
    pub const TLS_UNIQUE: Self = Self(Octets::from_static(b"tls-unique"));
}

/// What both ends of one TLS connection know, and nobody between two of them (RFC 5056). It comes from
/// the TLS library; this crate only carries it.
///
/// ```
/// use mail_proto::sasl::{BindingKind, ChannelBinding};
///
/// // What rustls' `export_keying_material(out, b"EXPORTER-Channel-Binding", Some(b""))` gave.
/// let exported = [7; 32];
/// let binding = ChannelBinding::new(BindingKind::TLS_EXPORTER, exported.to_vec()).unwrap();
/// assert_eq!(binding.kind().as_bytes(), b"tls-exporter");
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChannelBinding {
    kind: BindingKind,
    data: Secret<Bytes>,
}

impl ChannelBinding {
    /// These data of this kind.
    ///
    /// # Errors
    ///
    /// There are none: an empty binding binds nothing.
    pub fn new(kind: BindingKind, data: impl Into<Bytes>) -> Result<Self, ParseError> {
        let data = data.into();
        match data.is_empty() {
            true => Err(ParseError::new(0, "data of the channel")),
            false => Ok(Self { kind, data: Secret::new(data) }),
        }
    }

    /// Their kind.
    #[must_use]
    pub const fn kind(&self) -> &BindingKind {
        &self.kind
    }

    /// The data.
    #[must_use]
    pub const fn data(&self) -> &Secret<Bytes> {
        &self.data
    }
}

/// What a client says of channel binding.
///
/// ```abnf
/// gs2-cbind-flag  = ("p=" cb-name) / "n" / "y"
/// ```
///
/// (RFC 5802 section 7.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum BindingFlag {
    /// `n`: it cannot, or there is no channel to bind to.
    Unsupported,
    /// `y`: it could, but has not seen the server offer it. A server that does offer it knows by this
    /// that somebody removed the offer, and refuses.
    NotOffered,
    /// `p=`: it does.
    Bound(BindingKind),
}

/// The header in front of a client's first message.
///
/// ```abnf
/// gs2-header      = gs2-cbind-flag "," [ authzid ] ","
/// authzid         = "a=" saslname
/// ```
///
/// (RFC 5802 section 7.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Gs2Header {
    /// Of channel binding.
    pub flag: BindingFlag,
    /// Whom to act as; empty: the same.
    authorization: Bytes,
}

impl Gs2Header {
    /// A header.
    ///
    /// # Errors
    ///
    /// The identity is no UTF-8, or holds NUL, SOH, CR or LF.
    pub fn new(flag: BindingFlag, authorization: impl Into<Bytes>) -> Result<Self, ParseError> {
        let authorization = authorization.into();
        utf8(&authorization)?;
        Ok(Self { flag, authorization })
    }

    /// Whom to act as; empty: the same.
    #[must_use]
    pub const fn authorization(&self) -> &Bytes {
        &self.authorization
    }

    /// Reads the header in front of a message, and gives what is behind it.
    ///
    /// # Errors
    ///
    /// The message does not begin with one.
    pub fn decode(message: &[u8]) -> Result<(Self, &[u8]), ParseError> {
        let (flag, rest) = until_comma(message, 0)?;
        let flag = match flag {
            b"n" => BindingFlag::Unsupported,
            b"y" => BindingFlag::NotOffered,
            [b'p', b'=', kind @ ..] => {
                BindingFlag::Bound(BindingKind::try_from(kind).map_err(|error| error.shifted(2))?)
            }
            _ => return Err(ParseError::new(0, "n, y or p=")),
        };
        let at = message.len().saturating_sub(rest.len());
        let (authorization, rest) = until_comma(rest, at)?;
        let authorization = match authorization {
            b"" => Bytes::new(),
            [b'a', b'=', name @ ..] => {
                unescape(name).map_err(|error| error.shifted(at.saturating_add(2)))?
            }
            _ => return Err(ParseError::new(at, "a= or nothing")),
        };
        Ok((Self { flag, authorization }, rest))
    }

    /// Writes the header.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match &self.flag {
            BindingFlag::Unsupported => out.push(b'n'),
            BindingFlag::NotOffered => out.push(b'y'),
            BindingFlag::Bound(kind) => {
                out.extend_from_slice(b"p=");
                out.extend_from_slice(kind.as_bytes());
            }
        }
        out.push(b',');
        if !self.authorization.is_empty() {
            out.extend_from_slice(b"a=");
            escape(&self.authorization, out);
        }
        out.push(b',');
    }
}

fn until_comma(octets: &[u8], at: usize) -> Result<(&[u8], &[u8]), ParseError> {
    let comma = memchr::memchr(b',', octets);
    let comma = comma.ok_or(ParseError::new(at.saturating_add(octets.len()), "a comma"))?;
    let (before, rest) = octets.split_at_checked(comma).unwrap_or_default();
    Ok((before, rest.get(1..).unwrap_or_default()))
}

/// Writes a `saslname`.
///
/// ```abnf
/// saslname        = 1*(value-safe-char / "=2C" / "=3D")
/// ```
pub(super) fn escape(name: &[u8], out: &mut Vec<u8>) {
    for octet in name {
        match octet {
            b',' => out.extend_from_slice(b"=2C"),
            b'=' => out.extend_from_slice(b"=3D"),
            octet => out.push(*octet),
        }
    }
}

/// Reads a `saslname` that ends before the comma.
pub(super) fn unescape(name: &[u8]) -> Result<Bytes, ParseError> {
    let mut octets = Vec::new();
    let mut rest = name;
    loop {
        rest = match rest {
            [] => break,
            [b'=', b'2', b'C', rest @ ..] => {
                octets.push(b',');
                rest
            }
            [b'=', b'3', b'D', rest @ ..] => {
                octets.push(b'=');
                rest
            }
            [b'=' | b',', ..] => {
                let at = name.len().saturating_sub(rest.len());
                return Err(ParseError::new(at, "=2C or =3D"));
            }
            [octet, rest @ ..] => {
                octets.push(*octet);
                rest
            }
        };
    }
    filled(&octets, "a name")?;
    utf8(&octets)?;
    Ok(octets.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped() {
        let mut out = Vec::new();
        escape(b"a,b=c", &mut out);
        assert_eq!(out, b"a=2Cb=3Dc");
        assert_eq!(unescape(&out).unwrap(), "a,b=c");
        for (bad, at) in [("", 0), ("a=", 1), ("a=2c", 1), ("ab=2D", 2), ("a,b", 1), ("a\0", 1)] {
            assert_eq!(unescape(bad.as_bytes()).unwrap_err().at, at, "{bad:?}");
        }
        assert_eq!(unescape(b"a\xff").unwrap_err().at, 1);
    }

    #[test]
    fn headers() {
        let of = |text: &str| {
            let (header, rest) = Gs2Header::decode(text.as_bytes())?;
            let mut out = Vec::new();
            header.encode(&mut out);
            assert_eq!([&out, rest].concat(), text.as_bytes());
            Ok::<_, ParseError>((header.flag, header.authorization))
        };
        assert_eq!(of("n,,n=x").unwrap(), (BindingFlag::Unsupported, Bytes::new()));
        assert_eq!(of("y,a=j=2C,").unwrap(), (BindingFlag::NotOffered, "j,".into()));
        let bound = BindingFlag::Bound(BindingKind::TLS_UNIQUE);
        assert_eq!(of("p=tls-unique,,").unwrap(), (bound, Bytes::new()));
        let wrong = [("", 0), ("n", 1), ("n,", 2), ("n,a=,", 4), ("n,b=x,", 2), ("x,,", 0)];
        for (text, at) in wrong.into_iter().chain([("p=,,", 2), ("p=a_,,", 3), ("n,a=a=2D,", 5)]) {
            assert_eq!(of(text).unwrap_err().at, at, "{text:?}");
        }
    }
}
