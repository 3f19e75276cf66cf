//! The values of capabilities.

use core::hash::{Hash, Hasher};

use crate::codec::Atom;

mail_proto::byte_string! {
    /// The rights that a server knows beyond those of RFC 2086.
    ///
    /// ```abnf
    /// rights-capa    = "RIGHTS=" new-rights
    /// new-rights     = 1*LOWER-ALPHA
    /// ```
    ///
    /// (RFC 4314 section 4.)
    pub struct NewRights: "small letters", |octets: &[u8]| {
        let wrong = octets.iter().position(|octet| !octet.is_ascii_lowercase());
        wrong.or(octets.is_empty().then_some(0))
    };
}

mail_proto::byte_string! {
    /// The URL of a ManageSieve server.
    ///
    /// ```abnf
    /// capability     =/ "IMAPSIEVE=" sieveurl-server
    /// ```
    ///
    /// (RFC 6785 section 4.2, RFC 5804 section 3.) Visible characters but `]`, which would end a
    /// response code: an IPv6 address must not stand in it.
    pub struct SieveUrl: "a URL without ]", |octets: &[u8]| {
        octets.iter().position(|octet| !is_url(*octet)).or(octets.is_empty().then_some(0))
    };
}

const fn is_url(octet: u8) -> bool {
    octet.is_ascii_graphic() && octet != b']'
}

/// An atom whose case is kept and has no meaning: two are equal that differ in nothing else.
///
/// Those that have a variant of their own cannot be made; [`Capability::new`](super::Capability::new) and
/// [`CompressionAlgorithm::new`](super::CompressionAlgorithm::new) decide.
#[derive(Clone, Debug)]
pub struct CaselessAtom(Atom);

impl CaselessAtom {
    pub(crate) const fn new(atom: Atom) -> Self {
        Self(atom)
    }

    /// The octets as they came.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The atom.
    #[must_use]
    pub const fn atom(&self) -> &Atom {
        &self.0
    }
}

impl PartialEq for CaselessAtom {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes().eq_ignore_ascii_case(other.as_bytes())
    }
}

impl Eq for CaselessAtom {}

impl Hash for CaselessAtom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().iter().for_each(|octet| octet.to_ascii_uppercase().hash(state));
    }
}
