//! ESEARCH, the command: a search in many mailboxes (RFC 7377); CANCELUPDATE, which ends the updates of
//! searches (RFC 5267).

use alloc::vec;
use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::search::{encode_program, encode_return_opts, parse_program, parse_return_opts};
use super::{Charset, Cursor, Encoder, Ext, MailboxFilter, SearchKey, SearchReturnOpt, Tag};
use crate::Defect;

/// The arguments of ESEARCH.
///
/// ```abnf
/// esearch        = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program
/// ```
///
/// (RFC 7377 section 4.)
///
/// ```
/// use imap_proto::{Encoder, Esearch, EsearchSource, MailboxFilter, Negotiated, SearchKey};
///
/// let source = EsearchSource::new([MailboxFilter::Personal]).unwrap();
/// let esearch = Esearch::new(SearchKey::Unseen).within(source);
/// let mut out = Vec::new();
/// esearch.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" IN (personal) UNSEEN");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Esearch {
    /// Which mailboxes to search. None is the selected one.
    pub source: Option<EsearchSource>,
    /// What to return. None and an empty list are the same as ALL.
    pub returning: Option<Vec<SearchReturnOpt>>,
    /// The charset of the strings, as in [`Search`](super::Search).
    pub charset: Option<Charset>,
    /// What to find.
    pub key: SearchKey,
}

/// Which mailboxes to search.
///
/// ```abnf
/// esearch-source-opts = "IN" SP "(" source-mbox [SP "(" scope-options ")"] ")"
/// source-mbox         = filter-mailboxes *(SP filter-mailboxes)
/// scope-options       = scope-option *(SP scope-option)
/// scope-option        = scope-option-name [SP scope-option-value]
/// ```
///
/// (RFC 7377 section 4.) The mailboxes of one filter or more, but never `selected-delayed`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EsearchSource {
    filters: Vec<MailboxFilter>,
    /// Of later standards.
    pub options: Vec<Ext>,
}

/// The arguments of CANCELUPDATE: the tags of the searches that end.
///
/// ```abnf
/// command-select =/ "CANCELUPDATE" 1*(SP quoted)
/// ```
///
/// (RFC 5267 section 4.3.5.)
///
/// ```
/// use imap_proto::{CancelUpdate, Encoder, Negotiated, Tag};
///
/// let cancel = CancelUpdate::from(Tag::new("B01").unwrap());
/// let mut out = Vec::new();
/// cancel.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" \"B01\"");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct CancelUpdate(Vec<Tag>);

impl Esearch {
    /// A search in the selected mailbox for the key.
    #[must_use]
    pub const fn new(key: SearchKey) -> Self {
        Self { source: None, returning: None, charset: None, key }
    }

    /// In these mailboxes.
    #[must_use]
    pub fn within(mut self, source: EsearchSource) -> Self {
        self.source = Some(source);
        self
    }

    /// With these return options.
    #[must_use]
    pub fn returning(mut self, options: impl IntoIterator<Item = SearchReturnOpt>) -> Self {
        self.returning = Some(options.into_iter().collect());
        self
    }

    /// Reads it, from the space behind `ESEARCH` on.
    ///
    /// # Errors
    ///
    /// There is no key, or one of its parts is wrong.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mut source = None;
        let mut ahead = cursor.clone();
        if ahead.keyword().as_bytes() == b"IN" {
            *cursor = ahead;
            cursor.space(reading)?;
            source = Some(EsearchSource::parse(cursor, reading)?);
            cursor.space(reading)?;
        }
        let returning = parse_return_opts(cursor, reading)?;
        let (charset, key) = parse_program(cursor, reading)?;
        Ok(Self { source, returning, charset, key })
    }

    /// Writes it, from the space behind `ESEARCH` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.space();
        if let Some(source) = &self.source {
            encoder.put(b"IN ");
            source.encode(encoder);
            encoder.space();
        }
        encode_return_opts(self.returning.as_deref(), encoder);
        encode_program(self.charset.as_ref(), &self.key, encoder);
    }
}

impl EsearchSource {
    /// The mailboxes of these filters, unless there are none, or one is `selected-delayed`.
    #[must_use]
    pub fn new(filters: impl IntoIterator<Item = MailboxFilter>) -> Option<Self> {
        let filters: Vec<_> = filters.into_iter().collect();
        let is_allowed = |filter: &MailboxFilter| *filter != MailboxFilter::SelectedDelayed;
        (!filters.is_empty() && filters.iter().all(is_allowed))
            .then_some(Self { filters, options: Vec::new() })
    }

    /// The filters.
    #[must_use]
    pub fn filters(&self) -> &[MailboxFilter] {
        &self.filters
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let (at, mut filters, mut options) = (cursor.at(), Vec::new(), Vec::new());
        cursor.list(super::Depth::new(2), reading, |cursor, _, reading| {
            if !options.is_empty() {
                return Err(cursor.expected(")"));
            }
            if !filters.is_empty() && cursor.peek() == Some(b'(') {
                options = cursor.items("an option", reading, Ext::parse)?;
                return Ok(());
            }
            let error = cursor.expected("which mailboxes, but not selected-delayed");
            match MailboxFilter::parse(cursor, reading)? {
                MailboxFilter::SelectedDelayed => return Err(error),
                filter => filters.push(filter),
            }
            Ok(())
        })?;
        if filters.is_empty() {
            return Err(ParseError::new(at.saturating_add(1), "which mailboxes"));
        }
        Ok(Self { filters, options })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        encoder.spaced(&self.filters, |filter, encoder| filter.encode(encoder));
        if !self.options.is_empty() {
            encoder.space();
            encoder.list(&self.options, |option, encoder| option.encode(encoder));
        }
        encoder.put(b")");
    }
}

impl CancelUpdate {
    /// The searches of these tags end, unless there are none.
    #[must_use]
    pub fn new(tags: impl IntoIterator<Item = Tag>) -> Option<Self> {
        let tags: Vec<_> = tags.into_iter().collect();
        (!tags.is_empty()).then_some(Self(tags))
    }

    /// The tags.
    #[must_use]
    pub fn tags(&self) -> &[Tag] {
        &self.0
    }

    /// Reads them, from the space behind `CANCELUPDATE` on.
    ///
    /// # Errors
    ///
    /// There is not at least one, or something in quotes is no tag.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let mut tags = Vec::new();
        let mut room = cursor.limits().elements;
        loop {
            room = room.checked_sub(1).ok_or(cursor.expected("fewer tags"))?;
            let inside = cursor.at().saturating_add(1);
            let tag = Tag::new(cursor.quoted(reading)?);
            tags.push(tag.map_err(|error| error.shifted(inside))?);
            if !cursor.another(reading)? {
                return Ok(Self(tags));
            }
        }
    }

    /// Writes them, from the space behind `CANCELUPDATE` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        for tag in &self.0 {
            // A tag has neither quotes nor backslashes.
            encoder.put(b" \"");
            tag.encode(encoder);
            encoder.put(b"\"");
        }
    }
}

impl From<Tag> for CancelUpdate {
    fn from(tag: Tag) -> Self {
        Self(vec![tag])
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::mailbox_filter::tests::any_mailbox_filter;
    use crate::codec::search::tests::{any_ext, any_program, any_returning};
    use crate::codec::testing::{reads_and_writes, round_trips, strict};
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;

    pub(crate) fn any_esearch() -> impl Strategy<Value = Esearch> {
        let source = (vec(any_mailbox_filter(), 1..4), vec(any_ext(), 0..3)).prop_filter_map(
            "never selected-delayed",
            |(filters, options)| {
                let options = options.into_iter().map(|option| *option).collect();
                Some(EsearchSource { options, ..EsearchSource::new(filters)? })
            },
        );
        (option::of(source), any_returning(), any_program()).prop_map(
            |(source, returning, (charset, key))| Esearch { source, returning, charset, key },
        )
    }

    pub(crate) fn any_cancel_update() -> impl Strategy<Value = CancelUpdate> {
        vec("[!#$&'.-Z^-z\\]]{1,5}".prop_map(|tag| Tag::new(tag).unwrap()), 1..4)
            .prop_map(|tags| CancelUpdate::new(tags).unwrap())
    }

    #[test]
    fn searches_read_and_written() {
        for octets in [
            &b" UNSEEN"[..],
            b" IN (mailboxes folder1 subtree folder2) UNSEEN",
            b" IN (mailboxes folder1 subtree-one folder2) SUBJECT chad",
            b" IN (selected inboxes subscribed (X-DEPTH 1 X-A (b))) RETURN (MIN COUNT) SEEN",
            b" RETURN () CHARSET UTF-8 IN",
        ] {
            let octets = octets
                .strip_suffix(b" IN")
                .map_or(octets.to_vec(), |rest| [rest, b" ALL"].concat());
            reads_and_writes(&octets, Esearch::parse, Esearch::encode);
        }
        let examples = [
            (
                &b" IN (mailboxes \"folder1\" subtree \"folder2\") unseen"[..],
                &b" IN (mailboxes folder1 subtree folder2) UNSEEN"[..],
            ),
            (
                b" in (MAILBOXES (\"folder1\")) subject \"chad\"",
                b" IN (mailboxes folder1) SUBJECT chad",
            ),
        ];
        for (one, other) in examples {
            assert_eq!(strict(one, Esearch::parse), strict(other, Esearch::parse));
            assert!(strict(one, Esearch::parse).is_ok());
        }
    }

    #[test]
    fn what_is_no_search() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" IN () ALL", 5),
            (b" IN personal ALL", 4),
            (b" IN (selected-delayed) ALL", 5),
            (b" IN ((a)) ALL", 5),
            (b" IN (personal ()) ALL", 15),
            (b" IN (personal (a) inboxes) ALL", 18),
            (b" IN (personal)", 14),
            (b" RETURN (MIN) IN (personal) ALL", 14),
        ] {
            let error = strict(octets, Esearch::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
        assert_eq!(EsearchSource::new([MailboxFilter::SelectedDelayed]), None);
    }

    #[test]
    fn tags_to_cancel() {
        for octets in [&b" \"B01\""[..], b" \"a\" \"b]\""] {
            reads_and_writes(octets, CancelUpdate::parse, CancelUpdate::encode);
        }
        for (octets, at) in
            [(&b""[..], 0), (b" B01", 1), (b" \"\"", 2), (b" \"a+\"", 3), (b" \"a\"  \"b\"", 5)]
        {
            let error = strict(octets, CancelUpdate::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    proptest! {
        #[test]
        fn searches_come_back(esearch in any_esearch()) {
            round_trips(&esearch, Esearch::encode, Esearch::parse);
        }

        #[test]
        fn tags_come_back(cancel in any_cancel_update()) {
            round_trips(&cancel, CancelUpdate::encode, CancelUpdate::parse);
        }
    }
}
