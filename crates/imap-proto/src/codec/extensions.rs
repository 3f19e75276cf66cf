//! The index of all extensions: capability, RFC, states, ENABLE, and where they are read and written.

/// An extension, as it is announced by one capability.
///
/// ```
/// use imap_proto::{EXTENSIONS, Extension};
///
/// let quota = Extension::find("quota").unwrap();
/// assert_eq!((quota.rfcs, quota.files), (&[9208][..], &["code/", "quota.rs"][..]));
/// assert_eq!(EXTENSIONS.iter().filter(|extension| extension.is_registered).count(), 78);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Extension {
    /// The capability as it is registered; with `=` at the end, a value follows.
    pub name: &'static str,
    /// The RFCs that say what it is, none if it is in none.
    pub rfcs: &'static [u16],
    /// Whether one still meets it.
    pub life: Life,
    /// The states in which what it adds can be used.
    pub states: ExtensionStates,
    /// Whether it is switched on with ENABLE.
    pub is_enabled: bool,
    /// The files and folders of the codec that read and write what it adds.
    pub files: &'static [&'static str],
    /// Whether IANA has it.
    pub is_registered: bool,
}

/// Whether one still meets an extension.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Life {
    /// It is a part of IMAP4rev1 or IMAP4rev2.
    Base,
    /// Several servers have it.
    Live,
    /// Few have it.
    Rare,
    /// None has it, or none makes use of it.
    Dead,
}

/// The states in which an extension can be used.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExtensionStates {
    /// All.
    Any,
    /// Before login.
    NotAuthenticated,
    /// After login, a mailbox being selected or not.
    Authenticated,
    /// With a mailbox selected.
    Selected,
}

impl Extension {
    /// The extension of this capability, in any case and without its value.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        EXTENSIONS.iter().find(|extension| extension.name.eq_ignore_ascii_case(name))
    }
}

/// A row of the table.
const fn row(
    name: &'static str,
    rfcs: &'static [u16],
    life: Life,
    states: ExtensionStates,
    files: &'static [&'static str],
) -> Extension {
    let (is_enabled, is_registered) = (false, !rfcs.is_empty());
    Extension { name, rfcs, life, states, is_enabled, files, is_registered }
}

/// A row of something to be switched on.
const fn enabled(extension: Extension) -> Extension {
    Extension { is_enabled: true, ..extension }
}

use ExtensionStates::{Any, Authenticated, NotAuthenticated, Selected};
use Life::{Base, Dead, Live, Rare};

/// All extensions: those of <https://www.iana.org/assignments/imap-capabilities>, then those that are
/// met without being registered.
pub static EXTENSIONS: &[Extension] = &[
    row("ACL", &[4314], Live, Authenticated, &["acl/"]),
    row(
        "ANNOTATE-EXPERIMENT-1",
        &[5257],
        Rare,
        Selected,
        &["annotate/", "append/", "code/", "fetch/", "search/", "select.rs", "store/"],
    ),
    row("APPENDLIMIT", &[7889], Live, Authenticated, &["capability/", "status.rs"]),
    row(
        "AUTH=",
        &[3501, 9051],
        Base,
        NotAuthenticated,
        &["authenticate.rs", "capability/", "continuation.rs"],
    ),
    row(
        "BINARY",
        &[3516],
        Live,
        Authenticated,
        &["append/", "code/", "fetch/", "section.rs", "strings/"],
    ),
    row("CATENATE", &[4469], Rare, Authenticated, &["append/", "code/", "url/"]),
    row("CHILDREN", &[3348, 5258], Live, Authenticated, &["list/"]),
    row("COMPRESS=DEFLATE", &[4978], Live, Authenticated, &["code/", "compress.rs"]),
    enabled(row(
        "CONDSTORE",
        &[7162],
        Live,
        Authenticated,
        &["code/", "fetch/", "number.rs", "search/", "select.rs", "status.rs", "store/"],
    )),
    row("CONTEXT=SEARCH", &[5267], Rare, Selected, &["code/", "search/"]),
    row("CONTEXT=SORT", &[5267], Dead, Selected, &["code/", "search/"]),
    row("CONVERT", &[5259], Dead, Authenticated, &["code/", "convert/"]),
    row("CREATE-SPECIAL-USE", &[6154], Live, Authenticated, &["code/", "create.rs"]),
    row("ENABLE", &[5161, 9051], Base, Authenticated, &["enable.rs"]),
    row("ESEARCH", &[4731, 9051], Base, Selected, &["search/"]),
    row("ESORT", &[5267], Live, Selected, &["search/"]),
    row("FILTERS", &[5466], Dead, Selected, &["code/", "search/"]),
    row("I18NLEVEL=1", &[5255], Live, Selected, &["capability/"]),
    row("I18NLEVEL=2", &[5255], Dead, Authenticated, &["code/", "language.rs"]),
    row("ID", &[2971], Live, Any, &["id.rs"]),
    row("IDLE", &[2177, 9051], Base, Authenticated, &["authenticate.rs", "continuation.rs"]),
    row("IMAP4REV1", &[3501], Base, Any, &["capability/"]),
    enabled(row("IMAP4REV2", &[9051], Base, Any, &["capability/"])),
    row("IMAPSIEVE=", &[6785], Rare, Authenticated, &["capability/", "metadata.rs"]),
    row("INPROGRESS", &[9585], Live, Any, &["code/"]),
    row("JMAPACCESS", &[9698], Rare, Authenticated, &["jmap_access.rs"]),
    row("LANGUAGE", &[5255], Dead, Any, &["language.rs", "namespace.rs"]),
    row("LIST-EXTENDED", &[5258, 9051], Base, Authenticated, &["list/"]),
    row("LIST-METADATA", &[9590], Rare, Authenticated, &["list/", "metadata.rs"]),
    row("LIST-MYRIGHTS", &[8440], Live, Authenticated, &["acl/", "list/"]),
    row("LIST-STATUS", &[5819, 9051], Base, Authenticated, &["list/", "status.rs"]),
    row("LITERAL+", &[7888], Live, Any, &["encode.rs", "strings/"]),
    row("LITERAL-", &[7888, 9051], Base, Any, &["encode.rs", "strings/"]),
    row("LOGIN-REFERRALS", &[2221], Dead, NotAuthenticated, &["code/"]),
    row("LOGINDISABLED", &[3501, 9051], Base, NotAuthenticated, &["capability/"]),
    row("MAILBOX-REFERRALS", &[2193], Rare, Authenticated, &["code/", "list/"]),
    row("MESSAGELIMIT=", &[9738], Rare, Authenticated, &["capability/", "code/", "search/"]),
    enabled(row("METADATA", &[5464], Live, Authenticated, &["code/", "metadata.rs"])),
    enabled(row("METADATA-SERVER", &[5464], Rare, Authenticated, &["code/", "metadata.rs"])),
    row("MOVE", &[6851, 9051], Base, Selected, &["code/", "copy.rs"]),
    row("MULTIAPPEND", &[3502], Live, Authenticated, &["append/", "code/"]),
    row(
        "MULTISEARCH",
        &[7377],
        Rare,
        Authenticated,
        &["mailbox_filter.rs", "multi_search.rs", "search/"],
    ),
    row("NAMESPACE", &[2342, 9051], Base, Authenticated, &["namespace.rs"]),
    row(
        "NOTIFY",
        &[5465],
        Live,
        Authenticated,
        &["code/", "list/", "mailbox_filter.rs", "notify.rs"],
    ),
    row(
        "OBJECTID",
        &[8474],
        Live,
        Authenticated,
        &["code/", "fetch/", "object_id.rs", "search/", "status.rs"],
    ),
    row("PARTIAL", &[9394], Live, Selected, &["fetch/", "search/"]),
    row("PREVIEW", &[8970], Live, Selected, &["fetch/"]),
    enabled(row(
        "QRESYNC",
        &[7162],
        Live,
        Authenticated,
        &["code/", "fetch/", "select.rs", "set.rs"],
    )),
    row("QUOTA", &[9208], Live, Authenticated, &["code/", "quota.rs"]),
    row("QUOTA=", &[9208], Live, Authenticated, &["capability/", "quota.rs", "status.rs"]),
    row("QUOTASET", &[9208], Rare, Authenticated, &["quota.rs"]),
    row("REPLACE", &[8508], Live, Selected, &["append/", "code/"]),
    row("RIGHTS=", &[4314], Live, Authenticated, &["acl/", "capability/"]),
    row("SASL-IR", &[4959, 9051], Base, NotAuthenticated, &["authenticate.rs"]),
    row("SAVEDATE", &[8514], Live, Selected, &["fetch/", "search/"]),
    row("SAVELIMIT=", &[9738], Rare, Authenticated, &["capability/", "code/"]),
    row("SEARCH=FUZZY", &[6203], Rare, Selected, &["search/"]),
    row("SEARCHRES", &[5182, 9051], Base, Selected, &["code/", "search/", "sequence_set.rs"]),
    row("SORT", &[5256], Live, Selected, &["search/"]),
    row("SORT=DISPLAY", &[5957], Live, Selected, &["search/"]),
    row("SPECIAL-USE", &[6154], Live, Authenticated, &["list/"]),
    row("STARTTLS", &[3501, 9051], Base, NotAuthenticated, &["capability/"]),
    row("STATUS=SIZE", &[8438, 9051], Base, Authenticated, &["status.rs"]),
    row("THREAD", &[5256], Live, Selected, &["search/"]),
    row("UIDBATCHES", &[10022], Live, Selected, &["code/", "uid_batches.rs"]),
    enabled(row("UIDONLY", &[9586], Rare, Selected, &["code/", "fetch/", "set.rs"])),
    row("UIDPLUS", &[4315, 9051], Base, Selected, &["code/", "sequence_set.rs"]),
    row("UNAUTHENTICATE", &[8437], Rare, Authenticated, &["capability/"]),
    row("UNSELECT", &[3691, 9051], Base, Selected, &["capability/"]),
    row("URL-PARTIAL", &[5550], Rare, Authenticated, &["url/"]),
    row("URLAUTH", &[4467, 5092, 5593], Rare, Authenticated, &["code/", "url/", "url_auth/"]),
    row("URLAUTH=BINARY", &[5524], Rare, Authenticated, &["structure/", "url_auth/"]),
    enabled(row(
        "UTF8=ACCEPT",
        &[9755],
        Live,
        Authenticated,
        &["append/", "encode.rs", "mailbox.rs", "strings/"],
    )),
    row("UTF8=ALL", &[5738, 9755], Dead, Authenticated, &["capability/", "code/"]),
    row("UTF8=APPEND", &[5738, 9755], Dead, Authenticated, &["append/", "capability/"]),
    row("UTF8=ONLY", &[9755], Dead, Authenticated, &["capability/", "encode.rs"]),
    row("UTF8=USER", &[5738, 9755], Dead, NotAuthenticated, &["capability/"]),
    row("WITHIN", &[5032], Live, Selected, &["search/"]),
    row("ANNOTATEMORE", &[], Dead, Authenticated, &["annotate_more.rs"]),
    enabled(row("OBJECTID+", &[], Rare, Authenticated, &["code/", "object_id.rs"])),
    row("THREAD=REFS", &[], Live, Selected, &["search/"]),
    row("X-GM-EXT-1", &[], Live, Selected, &["fetch/", "gmail.rs", "search/", "store/"]),
    row("XAPPLEPUSHSERVICE", &[], Live, Authenticated, &["apple_push.rs"]),
    row("XLIST", &[], Rare, Authenticated, &["list/"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Capability;
    use alloc::format;

    #[test]
    fn each_extension_is_a_known_capability() {
        for extension in EXTENSIONS {
            let name = match extension.name {
                "AUTH=" => "AUTH=PLAIN",
                "IMAPSIEVE=" => "IMAPSIEVE=sieve://a",
                "MESSAGELIMIT=" => "MESSAGELIMIT=1000",
                "QUOTA=" => "QUOTA=RES-STORAGE",
                "RIGHTS=" => "RIGHTS=texk",
                "SAVELIMIT=" => "SAVELIMIT=1000",
                "THREAD" => "THREAD=REFERENCES",
                name => name,
            };
            let capability = Capability::try_from(name).unwrap();
            assert!(!matches!(capability, Capability::Other(_)), "{name}");
        }
    }

    #[test]
    fn each_known_capability_is_an_extension() {
        let opaque =
            ["IMAP4", "FILTER=SIEVE", "PREVIEW=FUZZY", "SNIPPET=FUZZY", "XYMHIGHESTMODSEQ"];
        for (name, _) in Capability::WORDS {
            let base = name.split('=').next().unwrap();
            let found = Extension::find(name)
                .or_else(|| Extension::find(base).filter(|_| base == "THREAD"))
                .or_else(|| Extension::find(&format!("{base}=")));
            assert_eq!(found.is_none(), opaque.contains(name), "{name}");
        }
    }

    #[test]
    fn what_can_be_switched_on() {
        let enabled = EXTENSIONS.iter().filter(|extension| extension.is_enabled);
        assert!(enabled.map(|extension| extension.name).eq([
            "CONDSTORE",
            "IMAP4REV2",
            "METADATA",
            "METADATA-SERVER",
            "QRESYNC",
            "UIDONLY",
            "UTF8=ACCEPT",
            "OBJECTID+",
        ]));
    }
}
