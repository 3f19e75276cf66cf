//! Making a FETCH: what is common is short, what is wrong cannot be written.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::{
    BinaryAtt, BodyAtt, Fetch, FetchAtt, FetchAttList, FetchAtts, FetchMacro, FetchModifier,
    FetchNumber, PartialRange, PreviewModifier,
};
use crate::codec::{
    AnnotationRequest, Ext, ModSeq, Partial, Section, SectionPart, SeqNum, SequenceSet, Uid,
};

/// Messages of which nothing has been asked yet: the beginning of a [`Fetch`].
///
/// ```
/// use imap_proto::{Fetch, FetchSet, SeqNum, SequenceSet};
///
/// let last: FetchSet<SeqNum> = Fetch::seq_nums(SequenceSet::last());
/// let fetch: Fetch<SeqNum> = last.all();
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[must_use = "nothing is asked for yet"]
pub struct FetchSet<N> {
    set: SequenceSet<N>,
}

impl Fetch<Uid> {
    /// Begins a UID FETCH.
    pub fn uids(set: impl Into<SequenceSet<Uid>>) -> FetchSet<Uid> {
        FetchSet { set: set.into() }
    }

    /// Only messages that have changed since, and the UIDs of those that are gone: CHANGEDSINCE and
    /// VANISHED. QRESYNC must have been enabled (RFC 7162 section 3.2.6).
    #[must_use]
    pub fn vanished_since(self, mod_seq: ModSeq) -> Self {
        self.changed_since(mod_seq).with(FetchModifier::Vanished)
    }

    /// Only some of the messages (RFC 9394).
    #[must_use]
    pub fn partial(self, range: PartialRange) -> Self {
        self.with(FetchModifier::Partial(range))
    }
}

impl Fetch<SeqNum> {
    /// Begins a FETCH.
    pub fn seq_nums(set: impl Into<SequenceSet<SeqNum>>) -> FetchSet<SeqNum> {
        FetchSet { set: set.into() }
    }
}

impl<N: FetchNumber> FetchSet<N> {
    /// What the macro FAST stands for.
    #[must_use]
    pub fn fast(self) -> Fetch<N> {
        self.atts(FetchAtts::Macro(FetchMacro::Fast))
    }

    /// What the macro ALL stands for: not all.
    #[must_use]
    pub fn all(self) -> Fetch<N> {
        self.atts(FetchAtts::Macro(FetchMacro::All))
    }

    /// What the macro FULL stands for.
    #[must_use]
    pub fn full(self) -> Fetch<N> {
        self.atts(FetchAtts::Macro(FetchMacro::Full))
    }

    /// These data items.
    #[must_use]
    pub fn atts(self, atts: FetchAtts) -> Fetch<N> {
        Fetch { set: self.set, atts, modifiers: None }
    }

    /// Any data item.
    #[must_use]
    pub fn att(self, att: FetchAtt) -> Fetch<N> {
        self.atts(FetchAtts::List(att.into()))
    }
}

impl<N: FetchNumber> Fetch<N> {
    /// Any data item. What a macro stands for is written out.
    #[must_use]
    pub fn att(mut self, att: FetchAtt) -> Self {
        self.atts = FetchAtts::List(match self.atts {
            FetchAtts::List(list) => list.and(att),
            FetchAtts::Macro(name) => {
                let atts = name.atts().iter().cloned().chain([att]).collect();
                FetchAttList { atts, is_bare: false }
            }
        });
        self
    }

    /// Only messages that have changed since (RFC 7162 section 3.1.4.1).
    #[must_use]
    pub fn changed_since(self, mod_seq: ModSeq) -> Self {
        self.with(FetchModifier::ChangedSince(Some(mod_seq)))
    }

    /// A modifier that the library does not know; None if it knows it.
    #[must_use]
    pub fn modifier(mut self, modifier: Ext) -> Option<Self> {
        if FetchModifier::knows(&modifier.label) {
            return None;
        }
        self.modifiers.get_or_insert_default().push(FetchModifier::Other(modifier));
        Some(self)
    }

    /// With this modifier, in the place of one of its kind.
    fn with(mut self, modifier: FetchModifier) -> Self {
        let kind = core::mem::discriminant(&modifier);
        let modifiers = self.modifiers.get_or_insert_default();
        match modifiers.iter_mut().find(|it| core::mem::discriminant(*it) == kind) {
            Some(same) => *same = modifier,
            None => modifiers.push(modifier),
        }
        self
    }
}

/// A method for each common data item, of a set and of a FETCH alike.
macro_rules! data_items {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) => $att:expr;)+) => {
        impl<N: FetchNumber> FetchSet<N> {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(self $(, $argument: $type)*) -> Fetch<N> {
                    self.att($att)
                }
            )+
        }

        impl<N: FetchNumber> Fetch<N> {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(self $(, $argument: $type)*) -> Self {
                    self.att($att)
                }
            )+
        }
    };
}

data_items! {
    /// `ENVELOPE`: the fields of the header, taken apart.
    envelope() => FetchAtt::Envelope;
    /// `FLAGS`
    flags() => FetchAtt::Flags;
    /// `INTERNALDATE`: when it was received.
    internal_date() => FetchAtt::InternalDate;
    /// `RFC822.SIZE`: how many octets it has.
    rfc822_size() => FetchAtt::Rfc822Size;
    /// `BODYSTRUCTURE`: the parts of the body.
    body_structure() => FetchAtt::BodyStructure;
    /// `UID`. UID FETCH returns it unasked.
    uid() => FetchAtt::Uid;
    /// `BODY[...]`, which sets `\Seen`.
    body(section: Section) => body(section, false, None);
    /// `BODY.PEEK[...]`
    body_peek(section: Section) => body(section, true, None);
    /// `BODY.PEEK[...]<...>`: some octets of it.
    body_peek_partial(section: Section, partial: Partial) => body(section, true, Some(partial));
    /// `BINARY[...]`: a decoded part, which sets `\Seen`.
    binary(part: SectionPart) => binary(part, false, None);
    /// `BINARY.PEEK[...]`: a decoded part.
    binary_peek(part: SectionPart) => binary(part, true, None);
    /// `BINARY.PEEK[...]<...>`: some of the octets of a decoded part.
    binary_peek_partial(part: SectionPart, partial: Partial) => binary(part, true, Some(partial));
    /// `BINARY.SIZE[...]`: how many octets a decoded part has.
    binary_size(part: SectionPart) => FetchAtt::BinarySize(part);
    /// `MODSEQ` (RFC 7162).
    mod_seq() => FetchAtt::ModSeq;
    /// `EMAILID` (RFC 8474).
    email_id() => FetchAtt::EmailId;
    /// `THREADID` (RFC 8474).
    thread_id() => FetchAtt::ThreadId;
    /// `SAVEDATE` (RFC 8514).
    save_date() => FetchAtt::SaveDate;
    /// `PREVIEW` (RFC 8970).
    preview() => FetchAtt::Preview(Vec::new());
    /// `PREVIEW (LAZY)`: only where it costs the server little (RFC 8970).
    preview_lazy() => FetchAtt::Preview([PreviewModifier::Lazy].into());
    /// `ANNOTATION` (RFC 5257).
    annotation(request: AnnotationRequest) => FetchAtt::Annotation(Box::new(request));
    /// `X-GM-LABELS` of Gmail.
    gmail_labels() => FetchAtt::GmailLabels;
    /// `X-GM-MSGID` of Gmail.
    gmail_message_id() => FetchAtt::GmailMessageId;
    /// `X-GM-THRID` of Gmail.
    gmail_thread_id() => FetchAtt::GmailThreadId;
}

fn body(section: Section, peek: bool, partial: Option<Partial>) -> FetchAtt {
    FetchAtt::BodySection(Box::new(BodyAtt { section, peek, partial }))
}

fn binary(part: SectionPart, peek: bool, partial: Option<Partial>) -> FetchAtt {
    FetchAtt::Binary(Box::new(BinaryAtt { part, peek, partial }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::testing::{strict, written};
    use alloc::string::String;
    use core::num::NonZeroU64;

    fn text<N: FetchNumber>(fetch: &Fetch<N>) -> String {
        let octets = written(|encoder| fetch.encode(encoder));
        assert_eq!(strict(&octets, Fetch::parse).as_ref(), Ok(fetch));
        String::from_utf8(octets).unwrap()
    }

    fn since(value: u64) -> ModSeq {
        ModSeq::new(value).unwrap()
    }

    #[test]
    fn what_is_common() {
        let all = Fetch::uids(SequenceSet::all());
        let part = SectionPart::new([1, 2]).unwrap();
        let partial = Partial { offset: 0, length: NonZeroU64::new(9).unwrap() };
        let fetch = all.clone().flags().envelope().body_structure().internal_date().rfc822_size();
        let fetch = fetch.body_peek_partial(Section::message(), partial).binary_size(part.clone());
        assert_eq!(
            text(&fetch.vanished_since(since(7))),
            " 1:* (FLAGS ENVELOPE BODYSTRUCTURE INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.9> \
             BINARY.SIZE[1.2]) (CHANGEDSINCE 7 VANISHED)"
        );
        let fetch = all.binary(part).preview_lazy().preview().gmail_labels().mod_seq();
        let fetch = fetch.partial(PartialRange::first(1, 5).unwrap());
        assert_eq!(
            text(&fetch),
            " 1:* (BINARY[1.2] PREVIEW (LAZY) PREVIEW X-GM-LABELS MODSEQ) (PARTIAL 1:5)"
        );
    }

    #[test]
    fn macros_stand_alone() {
        let last = Fetch::seq_nums(SequenceSet::last());
        assert_eq!(text(&last.clone().full()), " * FULL");
        assert_eq!(text(&last.clone().all().changed_since(since(1))), " * ALL (CHANGEDSINCE 1)");
        assert_eq!(text(&last.fast().uid()), " * (FLAGS INTERNALDATE RFC822.SIZE UID)");
    }

    #[test]
    fn a_modifier_once() {
        let fetch = Fetch::uids(Uid::MIN).uid().vanished_since(since(1)).changed_since(since(2));
        assert_eq!(text(&fetch), " 1 (UID) (CHANGEDSINCE 2 VANISHED)");
        let ext = |octets: &[u8]| strict(octets, Ext::parse).unwrap();
        assert_eq!(fetch.clone().modifier(ext(b"partial 1")), None);
        assert_eq!(
            text(&fetch.modifier(ext(b"X-A (b)")).unwrap()),
            " 1 (UID) (CHANGEDSINCE 2 VANISHED X-A (b))"
        );
    }
}
