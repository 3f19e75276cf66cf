//! NOTIFY: which changes the server tells of (RFC 5465).

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use super::{Atom, Cursor, Encoder, FetchAtt, MailboxFilter};
use crate::Defect;

/// The arguments of NOTIFY.
///
/// ```abnf
/// notify           = "NOTIFY" SP (notify-set / notify-none)
/// notify-set       = "SET" [status-indicator] SP event-groups
/// notify-none      = "NONE"
/// status-indicator = SP "STATUS"
/// event-groups     = event-group *(SP event-group)
/// ```
///
/// (RFC 5465 section 8.)
///
/// ```
/// use imap_proto::{
///     Encoder, EventGroup, EventName, MailboxFilter, Negotiated, Notify, NotifyEvent, NotifySet,
/// };
///
/// let events = [EventName::MessageNew, EventName::MessageExpunge].map(NotifyEvent::new);
/// let group = EventGroup { filter: MailboxFilter::Personal, events: events.to_vec() };
/// let notify = Notify::Set(NotifySet::new(true, [group]).unwrap());
///
/// let mut out = Vec::new();
/// notify.encode(&mut Encoder::new(&mut out, Negotiated::client()));
/// assert_eq!(out, b" SET STATUS (personal (MessageNew MessageExpunge))");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Notify {
    /// Tells of these events, and of no others.
    Set(NotifySet),
    /// Tells of no events.
    None,
}

/// Which events the server is to tell of.
///
/// [`new`](Self::new) makes what may be sent. What was read can break rules that are not in the grammar,
/// which a server has to refuse with BAD: [`is_conformant`](Self::is_conformant) tells.
///
/// ```
/// use imap_proto::{EventGroup, EventName, MailboxFilter, NotifyEvent, NotifySet};
///
/// // A client that is told of new messages has to be told of those that go.
/// let events = vec![NotifyEvent::new(EventName::MessageNew)];
/// assert_eq!(NotifySet::new(false, [EventGroup { filter: MailboxFilter::Personal, events }]), None);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NotifySet {
    with_status: bool,
    /// One or more.
    groups: Vec<EventGroup>,
}

/// Events of some mailboxes.
///
/// ```abnf
/// event-group    = "(" filter-mailboxes SP events ")"
/// events         = ("(" event *(SP event) ")") / "NONE"
/// ```
///
/// (RFC 5465 section 8.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct EventGroup {
    /// Which mailboxes. Those of an earlier group are left out.
    pub filter: MailboxFilter,
    /// Which events; `NONE` if there are none.
    pub events: Vec<NotifyEvent>,
}

/// An event, and for new messages what is to be told of them.
///
/// ```abnf
/// event          = message-event / mailbox-event / user-event / event-ext
/// message-event  = ("MessageNew" [SP "(" fetch-att *(SP fetch-att) ")"]) / "MessageExpunge" /
///                  "FlagChange" / "AnnotationChange"
/// ```
///
/// (RFC 5465 section 8.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NotifyEvent {
    name: EventName,
    /// None unless it is a new message.
    items: Vec<FetchAtt>,
}

/// What an event is called.
///
/// ```abnf
/// event-name         = message-event-name / mailbox-event / user-event
/// message-event-name = "MessageNew" / "MessageExpunge" / "FlagChange" / "AnnotationChange"
/// mailbox-event      = "MailboxName" / "SubscriptionChange" / "MailboxMetadataChange"
/// user-event         = "ServerMetadataChange"
/// event-ext          = atom
/// ```
///
/// (RFC 5465 section 8.)
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum EventName {
    /// A message was added.
    MessageNew,
    /// A message was taken away.
    MessageExpunge,
    /// Flags of a message were changed.
    FlagChange,
    /// Annotations of a message were changed.
    AnnotationChange,
    /// A mailbox was made, deleted or renamed.
    MailboxName,
    /// A mailbox was subscribed to, or no longer.
    SubscriptionChange,
    /// Metadata of a mailbox were changed.
    MailboxMetadataChange,
    /// Metadata of the server were changed.
    ServerMetadataChange,
    /// An event of a later standard.
    Other(Atom),
}

impl Notify {
    /// Reads it, from the space behind `NOTIFY` on.
    ///
    /// # Errors
    ///
    /// One of its parts is missing or wrong.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let error = cursor.expected("SET or NONE");
        match cursor.keyword().as_bytes() {
            b"NONE" => Ok(Self::None),
            b"SET" => NotifySet::parse(cursor, reading).map(Self::Set),
            _ => Err(error),
        }
    }

    /// Writes it, from the space behind `NOTIFY` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::None => encoder.put(b" NONE"),
            Self::Set(set) => {
                encoder.put(b" SET");
                set.encode(encoder);
            }
        }
    }
}

impl NotifySet {
    /// Events of these groups, unless there are none or they break the rules; and the STATUS of each
    /// mailbox first.
    #[must_use]
    pub fn new(with_status: bool, groups: impl IntoIterator<Item = EventGroup>) -> Option<Self> {
        let groups: Vec<_> = groups.into_iter().collect();
        Some(Self { with_status, groups }).filter(|it| !it.groups.is_empty() && it.is_conformant())
    }

    /// Whether it is as the RFC says.
    ///
    /// MessageNew and MessageExpunge come together, and FlagChange and AnnotationChange with them; the
    /// selected mailbox is named once at most, with events of messages only; and only its new messages
    /// can be fetched (RFC 5465 sections 5, 6.1 and 8).
    #[must_use]
    pub fn is_conformant(&self) -> bool {
        let selected = self.groups.iter().filter(|group| group.is_of_selected()).count();
        selected <= 1 && self.groups.iter().all(EventGroup::is_conformant)
    }

    /// Whether the STATUS of each mailbox is to be told first.
    #[must_use]
    pub const fn with_status(&self) -> bool {
        self.with_status
    }

    /// The groups.
    #[must_use]
    pub fn groups(&self) -> &[EventGroup] {
        &self.groups
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        cursor.space(reading)?;
        let with_status = cursor.peek() != Some(b'(');
        if with_status {
            cursor.tag("STATUS")?;
            cursor.space(reading)?;
        }
        let mut groups = Vec::new();
        let mut room = cursor.limits().elements;
        loop {
            room = room.checked_sub(1).ok_or(cursor.expected("fewer groups of events"))?;
            groups.push(EventGroup::parse(cursor, reading)?);
            if !cursor.another(reading)? {
                return Ok(Self { with_status, groups });
            }
        }
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if self.with_status {
            encoder.put(b" STATUS");
        }
        for group in &self.groups {
            encoder.space();
            group.encode(encoder);
        }
    }
}

impl EventGroup {
    const fn is_of_selected(&self) -> bool {
        matches!(self.filter, MailboxFilter::Selected | MailboxFilter::SelectedDelayed)
    }

    fn is_conformant(&self) -> bool {
        let has = |name| self.events.iter().any(|event| event.name == name);
        let has_new = has(EventName::MessageNew);
        let is_complete = has_new == has(EventName::MessageExpunge)
            && (has_new || !(has(EventName::FlagChange) || has(EventName::AnnotationChange)));
        let fits = |event: &NotifyEvent| match self.is_of_selected() {
            true => !event.name.is_of_mailboxes(),
            false => event.items.is_empty(),
        };
        is_complete && self.events.iter().all(fits)
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        cursor.tag("(")?;
        let filter = MailboxFilter::parse(cursor, reading)?;
        cursor.space(reading)?;
        let mut ahead = cursor.clone();
        let events = if cursor.peek() == Some(b'(') {
            cursor.items("an event", reading, NotifyEvent::parse)?
        } else if ahead.keyword().as_bytes() == b"NONE" {
            *cursor = ahead;
            Vec::new()
        } else {
            reading.tolerate(Defect::BareEvents, cursor.at(), "( or NONE")?;
            bare_events(cursor, reading)?
        };
        cursor.tag(")")?;
        Ok(Self { filter, events })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        encoder.put(b"(");
        self.filter.encode(encoder);
        encoder.space();
        if self.events.is_empty() {
            encoder.put(b"NONE");
        } else {
            encoder.list(&self.events, |event, encoder| event.encode(encoder));
        }
        encoder.put(b")");
    }
}

/// Events without the parentheses around them.
fn bare_events(
    cursor: &mut Cursor<'_>,
    reading: &mut Reading<Defect>,
) -> Result<Vec<NotifyEvent>, ParseError> {
    let mut events = Vec::new();
    let mut room = cursor.limits().elements;
    loop {
        room = room.checked_sub(1).ok_or(cursor.expected("fewer events"))?;
        events.push(NotifyEvent::parse(cursor, reading)?);
        if !cursor.another(reading)? {
            return Ok(events);
        }
    }
}

impl NotifyEvent {
    /// The event of this name.
    #[must_use]
    pub const fn new(name: EventName) -> Self {
        Self { name, items: Vec::new() }
    }

    /// A new message, and a FETCH response of these items with it.
    #[must_use]
    pub fn message_new(items: impl IntoIterator<Item = FetchAtt>) -> Self {
        Self { name: EventName::MessageNew, items: items.into_iter().collect() }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &EventName {
        &self.name
    }

    /// What is to be told of each new message.
    #[must_use]
    pub fn items(&self) -> &[FetchAtt] {
        &self.items
    }

    fn parse(cursor: &mut Cursor<'_>, reading: &mut Reading<Defect>) -> Result<Self, ParseError> {
        let name = EventName::parse(cursor, reading)?;
        let mut items = Vec::new();
        if name == EventName::MessageNew
            && let [b' ', b'(', ..] = cursor.rest()
        {
            cursor.space(reading)?;
            items = cursor.items("an item to fetch", reading, FetchAtt::parse)?;
        }
        Ok(Self { name, items })
    }

    fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        self.name.encode(encoder);
        if !self.items.is_empty() {
            encoder.space();
            encoder.list(&self.items, |item, encoder| item.encode(encoder));
        }
    }
}

static NAMES: [(EventName, &str); 8] = [
    (EventName::MessageNew, "MessageNew"),
    (EventName::MessageExpunge, "MessageExpunge"),
    (EventName::FlagChange, "FlagChange"),
    (EventName::AnnotationChange, "AnnotationChange"),
    (EventName::MailboxName, "MailboxName"),
    (EventName::SubscriptionChange, "SubscriptionChange"),
    (EventName::MailboxMetadataChange, "MailboxMetadataChange"),
    (EventName::ServerMetadataChange, "ServerMetadataChange"),
];

impl EventName {
    /// Whether the event is known to be none of messages.
    const fn is_of_mailboxes(&self) -> bool {
        matches!(
            self,
            Self::MailboxName
                | Self::SubscriptionChange
                | Self::MailboxMetadataChange
                | Self::ServerMetadataChange
        )
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        let atom = Atom::parse(cursor, reading)?;
        let is_name = |name: &str| atom.as_bytes().eq_ignore_ascii_case(name.as_bytes());
        let known = NAMES.iter().find(|(_, name)| is_name(name)).map(|(event, _)| event.clone());
        Ok(known.unwrap_or_else(|| {
            reading.keep_raw();
            Self::Other(atom)
        }))
    }

    /// Writes it.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        match self {
            Self::Other(name) => name.encode(encoder),
            known => {
                if let Some((_, name)) = NAMES.iter().find(|(event, _)| event == known) {
                    encoder.put(name.as_bytes());
                }
            }
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::mailbox_filter::tests::any_mailbox_filter;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use proptest::collection::vec;
    use proptest::prelude::*;

    pub(crate) fn any_event_name() -> impl Strategy<Value = EventName> {
        prop_oneof![
            (0..NAMES.len()).prop_map(|index| NAMES[index].0.clone()),
            "x[a-z]{0,5}".prop_map(|name| EventName::Other(Atom::new(name).unwrap())),
        ]
    }

    pub(crate) fn any_notify() -> impl Strategy<Value = Notify> {
        let group = (any_mailbox_filter(), vec(any_event_name().prop_map(NotifyEvent::new), 0..4))
            .prop_map(|(filter, events)| EventGroup { filter, events });
        prop_oneof![
            1 => Just(Notify::None),
            9 => (any::<bool>(), vec(group, 1..4)).prop_map(|(with_status, groups)| {
                Notify::Set(NotifySet { with_status, groups })
            }),
        ]
    }

    #[test]
    fn commands_read_and_written() {
        for octets in [
            &b" NONE"[..],
            b" SET (mailboxes INBOX (MessageNew MessageExpunge)) (personal (SubscriptionChange))",
            b" SET STATUS (selected (MessageNew MessageExpunge FlagChange AnnotationChange))",
            b" SET (subtree (Lists \"a b\") NONE)",
            b" SET (inboxes (MailboxName MailboxMetadataChange ServerMetadataChange X-new))",
        ] {
            reads_and_writes(octets, Notify::parse, Notify::encode);
        }
        let lower = b" set status (SELECTED (messagenew messageexpunge)) (subtree Lists none)";
        let Notify::Set(set) = strict(lower, Notify::parse).unwrap() else { panic!() };
        assert!(set.with_status());
        assert_eq!(set.groups()[0].events[1].name(), &EventName::MessageExpunge);
        assert!(set.groups()[1].events.is_empty());
    }

    #[test]
    fn what_is_no_notify() {
        for (octets, at) in [
            (&b""[..], 0),
            (b" ALL", 1),
            (b" SET", 4),
            (b" SET STATUS", 11),
            (b" SET ()", 6),
            (b" SET (selected)", 14),
            (b" SET (selected ())", 16),
            (b" SET (selected (a) b)", 18),
            (b" SET (selected MessageNew)", 15),
            (b" SET (selected (FlagChange (UID)))", 27),
            (b" SET (selected (MessageNew ()))", 28),
            (b" NONE (a)", 5),
        ] {
            let error = strict(octets, Notify::parse).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    #[test]
    fn rules_beside_the_grammar() {
        for (octets, is_conformant) in [
            ("(selected (MessageNew (UID) MessageExpunge))", true),
            ("(selected-delayed (MessageNew MessageExpunge FlagChange AnnotationChange X))", true),
            ("(selected NONE) (personal (MailboxName))", true),
            ("(subtree a (MessageExpunge MessageNew MailboxName)) (inboxes NONE)", true),
            ("(selected (MessageNew))", false),
            ("(personal (MessageExpunge))", false),
            ("(personal (FlagChange))", false),
            ("(personal (AnnotationChange MailboxName))", false),
            ("(personal (MessageNew (UID) MessageExpunge))", false),
            ("(selected (MailboxName))", false),
            ("(selected NONE) (selected-delayed NONE)", false),
        ] {
            let line = alloc::format!(" SET {octets}");
            let Ok(Notify::Set(set)) = strict(line.as_bytes(), Notify::parse) else { panic!() };
            assert_eq!(set.is_conformant(), is_conformant, "{octets}");
            assert_eq!(NotifySet::new(false, set.groups().to_vec()).is_some(), is_conformant);
        }
        assert_eq!(NotifySet::new(true, []), None);
    }

    #[test]
    fn events_without_parentheses() {
        // As RFC 5465 section 3.1 has them before erratum 1804.
        let octets = b" SET (selected MessageNew MessageExpunge) (subtree Lists MessageNew)";
        let (notify, defects) = lenient(octets, Notify::parse);
        let wrote = written(|encoder| notify.unwrap().encode(encoder));
        assert_eq!(
            wrote,
            b" SET (selected (MessageNew MessageExpunge)) (subtree Lists (MessageNew))"
        );
        assert_eq!(defects, [Defect::BareEvents, Defect::BareEvents]);
    }

    proptest! {
        #[test]
        fn commands_come_back(notify in any_notify()) {
            round_trips(&notify, Notify::encode, Notify::parse);
        }

        #[test]
        fn names_come_back(name in any_event_name()) {
            round_trips(&name, EventName::encode, EventName::parse);
        }
    }
}
