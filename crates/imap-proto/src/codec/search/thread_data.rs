//! The THREAD response: a forest, flat.

use alloc::vec::Vec;

use mail_proto::{ParseError, Reading, Sink};

use crate::Defect;
use crate::codec::{Cursor, Encoder, MessageNumber};

/// Messages and what answers them, as a forest of any depth.
///
/// ```abnf
/// thread-data    = "THREAD" [SP 1*thread-list]
/// thread-list    = "(" (thread-members / thread-nested) ")"
/// thread-members = nz-number *(SP nz-number) [SP thread-nested]
/// thread-nested  = 2*thread-list
/// ```
///
/// (RFC 5256 section 4.) It is one vector, each message before those that answer it, so that nothing
/// recurses, be a thread a million answers deep: walk over [`nodes`](Self::nodes) or
/// [`depths`](Self::depths) rather than down [`ThreadTree::children`] where a peer says how deep they go.
///
/// ```
/// use bytes::Bytes;
/// use imap_proto::{ThreadData, parse_whole};
/// use mail_proto::{Leniency, Reading};
///
/// let octets = Bytes::from_static(b" (2)(3 6 (4 23)(44 7 96))");
/// let mut reading = Reading::new(Leniency::strict());
/// let threads = parse_whole(&octets, &mut reading, ThreadData::parse).unwrap();
///
/// let depths = threads.depths().map(|(depth, number)| (depth, number.unwrap().get()));
/// assert_eq!(
///     depths.collect::<Vec<_>>(),
///     [(0, 2), (0, 3), (1, 6), (2, 4), (3, 23), (2, 44), (3, 7), (4, 96)],
/// );
/// let six = threads.threads().nth(1).unwrap().children().next().unwrap();
/// assert_eq!(six.children().count(), 2);
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct ThreadData(Vec<ThreadNode>);

/// A message of a thread.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ThreadNode {
    number: Option<MessageNumber>,
    descendants: u32,
}

/// A thread, or a part of one: a message and all that answers it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ThreadTree<'a> {
    /// Not empty; the first is the root.
    nodes: &'a [ThreadNode],
}

impl ThreadNode {
    /// The message. None stands for one that is not there, of which there are two answers or more.
    #[must_use]
    pub const fn number(self) -> Option<MessageNumber> {
        self.number
    }

    /// How many of those that follow are below it.
    #[must_use]
    pub const fn descendants(self) -> u32 {
        self.descendants
    }
}

impl<'a> ThreadTree<'a> {
    /// The message at its root. None stands for one that is not there.
    #[must_use]
    pub fn number(self) -> Option<MessageNumber> {
        self.nodes.first().and_then(|node| node.number)
    }

    /// What answers the message.
    pub fn children(self) -> impl Iterator<Item = Self> {
        trees(self.nodes.get(1..).unwrap_or_default())
    }

    /// All messages, each before those that answer it.
    #[must_use]
    pub const fn nodes(self) -> &'a [ThreadNode] {
        self.nodes
    }
}

/// The trees that stand one after the other.
fn trees(mut nodes: &[ThreadNode]) -> impl Iterator<Item = ThreadTree<'_>> {
    core::iter::from_fn(move || {
        let length = (nodes.first()?.descendants as usize).saturating_add(1);
        let (tree, behind) = nodes.split_at_checked(length)?;
        nodes = behind;
        Some(ThreadTree { nodes: tree })
    })
}

impl ThreadData {
    /// A forest of messages and their depths, 0 being roots: each message before those that answer
    /// it, which are one deeper.
    ///
    /// None stands for a message that is not there. Those that tie nothing together (with less than
    /// two answers, or being the only answer themselves) are left out, as the grammar has no form for
    /// them.
    ///
    /// # Errors
    ///
    /// A depth is more than one deeper than that before it; the error says which.
    pub fn new(
        nodes: impl IntoIterator<Item = (u32, Option<MessageNumber>)>,
    ) -> Result<Self, ParseError> {
        let mut forest = Forest::default();
        for (index, (depth, number)) in nodes.into_iter().enumerate() {
            let depth = depth as usize;
            if depth > forest.open.len() {
                return Err(ParseError::new(index, "a depth of at most one more"));
            }
            forest.close_to(depth);
            forest.open(number);
        }
        Ok(forest.finish().without_idle_nodes())
    }

    /// All messages, each before those that answer it.
    #[must_use]
    pub fn nodes(&self) -> &[ThreadNode] {
        &self.0
    }

    /// The threads.
    pub fn threads(&self) -> impl Iterator<Item = ThreadTree<'_>> {
        trees(&self.0)
    }

    /// All messages and how many are above each, in the order of [`nodes`](Self::nodes).
    pub fn depths(&self) -> impl Iterator<Item = (u32, Option<MessageNumber>)> {
        let mut ends: Vec<usize> = Vec::new();
        self.0.iter().enumerate().map(move |(index, node)| {
            while ends.pop_if(|end| *end <= index).is_some() {}
            let depth = u32::try_from(ends.len()).unwrap_or(u32::MAX);
            ends.push(end(index, *node));
            (depth, node.number)
        })
    }

    /// Reads it, from behind `THREAD` on.
    ///
    /// # Errors
    ///
    /// There is something else than lists of numbers, they are not closed, or nested deeper than the
    /// limit for responses. Without parentheses a thread may be of any depth.
    pub fn parse(
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<Self, ParseError> {
        if !cursor.another(reading)? {
            return Ok(Self::default());
        }
        let mut reader = Reader::default();
        loop {
            reader.list(cursor, reading)?;
            if cursor.peek() != Some(b'(') {
                break;
            }
        }
        let threads = reader.forest.finish();
        Ok(if reader.is_odd { threads.without_idle_nodes() } else { threads })
    }

    /// Writes it, from behind `THREAD` on.
    pub fn encode<S: Sink>(&self, encoder: &mut Encoder<'_, S>) {
        if !self.0.is_empty() {
            encoder.space();
        }
        let mut open: Vec<Written> = Vec::new();
        for (index, node) in self.0.iter().enumerate() {
            close_written(&mut open, index, encoder);
            let is_list = open.last().is_none_or(|parent| parent.has_branches);
            let follows_number = index
                .checked_sub(1)
                .and_then(|before| self.0.get(before))
                .is_some_and(|before| before.descendants > 0 && before.number.is_some());
            if follows_number {
                encoder.space();
            }
            if is_list {
                encoder.put(b"(");
            }
            if let Some(number) = node.number {
                number.encode(encoder);
            }
            let has_branches = self.has_branches(index, *node);
            open.push(Written { end: end(index, *node), is_list, has_branches });
        }
        close_written(&mut open, self.0.len(), encoder);
    }

    fn has_branches(&self, index: usize, node: ThreadNode) -> bool {
        let first = index.checked_add(1).and_then(|child| self.0.get(child));
        first.is_some_and(|child| child.descendants.saturating_add(1) < node.descendants)
    }

    /// The same without those nodes that are no message and tie nothing together.
    fn without_idle_nodes(self) -> Self {
        let parents = self.parents();
        let mut answers = alloc::vec![0u32; self.0.len()];
        let mut idle = alloc::vec![false; self.0.len()];
        // From below: without two answers, its answer, if there is one, takes its place.
        for (index, (node, parent)) in self.0.iter().zip(&parents).enumerate().rev() {
            let own = answers.get(index).copied().unwrap_or(0);
            let is_idle = node.number.is_none() && own < 2;
            set(&mut idle, Some(index), is_idle);
            let others = parent.and_then(|parent| answers.get(parent).copied()).unwrap_or(0);
            set(&mut answers, *parent, others.saturating_add(if is_idle { own } else { 1 }));
        }
        // From above: an only answer that is no message gives way to its own answers.
        let mut forest = Forest::default();
        // For each node what stands in its place, and the depth of its answers.
        let mut places: Vec<(Option<usize>, usize)> = Vec::with_capacity(self.0.len());
        for (index, (node, parent)) in self.0.iter().zip(&parents).enumerate() {
            let (above, depth) =
                parent.and_then(|parent| places.get(parent).copied()).unwrap_or((None, 0));
            let is_only = above.and_then(|above| answers.get(above)).is_some_and(|it| *it < 2);
            if idle.get(index) == Some(&true) {
                places.push((above, depth));
            } else if node.number.is_none() && is_only {
                let own = answers.get(index).copied().unwrap_or(0);
                set(&mut answers, above, own);
                places.push((above, depth));
            } else {
                forest.close_to(depth);
                forest.open(node.number);
                places.push((Some(index), depth.saturating_add(1)));
            }
        }
        forest.finish()
    }

    /// What each node answers.
    fn parents(&self) -> Vec<Option<usize>> {
        let mut open: Vec<usize> = Vec::new();
        let parent = |(index, _): (usize, &ThreadNode)| {
            let is_over =
                |it: &mut usize| self.0.get(*it).is_none_or(|node| end(*it, *node) <= index);
            while open.pop_if(is_over).is_some() {}
            let parent = open.last().copied();
            open.push(index);
            parent
        };
        self.0.iter().enumerate().map(parent).collect()
    }
}

fn set<T>(values: &mut [T], index: Option<usize>, value: T) {
    if let Some(it) = index.and_then(|index| values.get_mut(index)) {
        *it = value;
    }
}

/// Where what is below the node ends.
const fn end(index: usize, node: ThreadNode) -> usize {
    index.saturating_add(1).saturating_add(node.descendants as usize)
}

/// A node that is being written.
struct Written {
    end: usize,
    /// It has a list of its own.
    is_list: bool,
    /// Those that answer it have lists of their own.
    has_branches: bool,
}

/// Ends the lists of all nodes with nothing more below them.
fn close_written<S: Sink>(open: &mut Vec<Written>, index: usize, encoder: &mut Encoder<'_, S>) {
    while let Some(node) = open.pop_if(|node| node.end <= index) {
        if node.is_list {
            encoder.put(b")");
        }
    }
}

/// A forest that is being made.
#[derive(Default)]
struct Forest {
    nodes: Vec<ThreadNode>,
    /// Those that the next node may answer, the roots first.
    open: Vec<usize>,
}

impl Forest {
    fn open(&mut self, number: Option<MessageNumber>) {
        self.open.push(self.nodes.len());
        self.nodes.push(ThreadNode { number, descendants: 0 });
    }

    /// So many stay open.
    fn close_to(&mut self, depth: usize) {
        while self.open.len() > depth {
            let Some(index) = self.open.pop() else { return };
            let below = self.nodes.len().saturating_sub(index).saturating_sub(1);
            if let Some(node) = self.nodes.get_mut(index) {
                node.descendants = u32::try_from(below).unwrap_or(u32::MAX);
            }
        }
    }

    fn finish(mut self) -> ThreadData {
        self.close_to(0);
        ThreadData(self.nodes)
    }
}

/// Reads lists without recursion.
#[derive(Default)]
struct Reader {
    forest: Forest,
    lists: Vec<List>,
    /// There may be nodes that tie nothing together.
    is_odd: bool,
}

/// A list that has begun.
struct List {
    /// How many nodes were open before it.
    before: usize,
    /// How many lists it has had.
    branches: u32,
    /// No number follows in it.
    has_lists_only: bool,
}

impl Reader {
    /// One list of the outermost, with all in it.
    fn list(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        self.begin(cursor, reading)?;
        while let Some(list) = self.lists.last() {
            match cursor.peek() {
                Some(b')') => self.end(cursor, reading)?,
                _ if list.has_lists_only => self.begin(cursor, reading)?,
                _ => {
                    cursor.space(reading)?;
                    if cursor.peek() == Some(b'(') {
                        self.begin(cursor, reading)?;
                    } else {
                        self.number(cursor, reading)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn begin(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        if self.lists.len() >= usize::from(cursor.limits().others) {
            return Err(cursor.expected("lists nested less deep"));
        }
        if !cursor.eat(b'(') {
            return Err(cursor.expected("( or )"));
        }
        if let Some(list) = self.lists.last_mut() {
            list.branches = list.branches.saturating_add(1);
            list.has_lists_only = true;
        }
        let has_lists_only = cursor.peek() == Some(b'(');
        self.lists.push(List { before: self.forest.open.len(), branches: 0, has_lists_only });
        if has_lists_only {
            self.forest.open(None);
            return Ok(());
        }
        self.number(cursor, reading)
    }

    fn number(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        let number = cursor.nz_number_or_zero(reading)?.map(MessageNumber::from);
        self.is_odd |= number.is_none();
        self.forest.open(number);
        Ok(())
    }

    fn end(
        &mut self,
        cursor: &mut Cursor<'_>,
        reading: &mut Reading<Defect>,
    ) -> Result<(), ParseError> {
        if let Some(list) = self.lists.pop() {
            if list.branches == 1 {
                reading.tolerate(Defect::OddThread, cursor.at(), "another list")?;
                self.is_odd = true;
            }
            self.forest.close_to(list.before);
        }
        cursor.skip(1);
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::codec::testing::{lenient, reads_and_writes, round_trips, strict, written};
    use alloc::string::String;
    use alloc::vec;
    use proptest::prelude::*;

    fn text(data: &ThreadData) -> String {
        String::from_utf8(written(|encoder| data.encode(encoder))).unwrap()
    }

    fn number(number: u32) -> Option<MessageNumber> {
        MessageNumber::new(number)
    }

    pub(crate) fn any_thread_data() -> impl Strategy<Value = ThreadData> {
        // 0 is a message that is not there.
        proptest::collection::vec((0u32..5, 0u32..4), 0..20).prop_map(|nodes| {
            let mut deepest = 0;
            let nodes = nodes.into_iter().map(|(depth, it)| {
                let depth = depth.min(deepest);
                deepest = depth + 1;
                (depth, number(it))
            });
            ThreadData::new(nodes).unwrap()
        })
    }

    #[test]
    fn threads_read_and_written() {
        for octets in [
            &b""[..],
            b" (2)(3 6 (4 23)(44 7 96))",
            b" ((3)(5))",
            b" (((1)(2))((3)(4 5)))",
            b" (1 ((2)(3))(4))",
            b" (166)(167)(168)(169)(172)((170)(179))(171)(173)((174)(175)(176)(178)(181)(180))\
              ((177)(183)(182)(188 (184)(189))(185 186)(187))(190)(191)(192)(193)((194)(195 196))\
              (197 198)(199)(200 202)(201)(203)(204)(205 206 207)(208)",
            b" (166)(167)(168)(169)(172)(170)(171)(173)(174 (175)(176)(178)(181)(180))(179)\
              (177 (183)(182)(188)(184)(185)(186)(187)(189))(190)(191)(192)(193)(194 195)\
              (196 (197)(198))(199)(200 202)(201)(203)(204)(205)(206 207)(208)",
        ] {
            reads_and_writes(octets, ThreadData::parse, ThreadData::encode);
        }
        let data = strict(b" ((3)(5 6))(1)", ThreadData::parse).unwrap();
        let depths: Vec<_> = data.depths().collect();
        assert_eq!(
            depths,
            [(0, None), (1, number(3)), (1, number(5)), (2, number(6)), (0, number(1))]
        );
        let roots: Vec<_> = data.threads().map(|thread| thread.children().count()).collect();
        assert_eq!(roots, [2, 0]);
        assert_eq!(data.threads().next().unwrap().nodes().len(), 4);
        assert_eq!(data.nodes()[0].descendants(), 3);
    }

    #[test]
    fn what_is_no_thread() {
        for (octets, at) in [
            (&b" "[..], 0),
            (b" 1", 1),
            (b"(1)", 0),
            (b" ()", 2),
            (b" (1", 3),
            (b" (1 ", 4),
            (b" (1 )", 4),
            (b" (1))", 4),
            (b" (1 (2))", 7),
            (b" ((5))", 5),
            (b" (1 (2)(3) 4)", 10),
            (b" (1(2)(3))", 3),
            (b" (0)", 2),
            (b" (1) (2)", 4),
            (b" (1 x)", 4),
            (b" (01)", 2),
        ] {
            let error = strict(octets, ThreadData::parse).map(|data| text(&data)).unwrap_err();
            assert_eq!(error.at, at, "{:?}", mail_proto::Escaped(octets));
        }
    }

    #[test]
    fn threads_of_real_servers() {
        let (zero, odd) = (Defect::ZeroNumber, Defect::OddThread);
        for (octets, wrote, defects) in [
            // Q99.
            (" (3)(2)((5)(6))(0)", " (3)(2)((5)(6))", vec![zero]),
            (" (0 (5)(6))", " ((5)(6))", vec![zero]),
            (" (0 5 6)", " (5 6)", vec![zero]),
            (" (1 0 (5)(6))", " (1 (5)(6))", vec![zero]),
            (" ((0)(5))", " (5)", vec![zero]),
            (" (0 0 0)", "", vec![zero]),
            (" ((5))", " (5)", vec![odd]),
            (" (((5)))", " (5)", vec![odd]),
            (" (3 (5))", " (3 5)", vec![odd]),
            (" (3 (5 6))", " (3 5 6)", vec![odd]),
            (" (3 ((5)(6)))", " (3 (5)(6))", vec![odd]),
            (" (1 (((2)(3))))", " (1 (2)(3))", vec![odd]),
            (" (((2)(3)))", " ((2)(3))", vec![odd]),
            (" (1 (0)(4))", " (1 4)", vec![zero]),
        ] {
            let (read, met) = lenient(octets.as_bytes(), ThreadData::parse);
            assert_eq!(text(&read.unwrap()), wrote, "{octets}");
            assert!(met.iter().all(|defect| defects.contains(defect)), "{octets}: {met:?}");
            assert!(!met.is_empty());
        }
        let (none, defects) = lenient(b" ", ThreadData::parse);
        assert_eq!((none, defects), (Ok(ThreadData::default()), vec![Defect::TrailingSpace]));
    }

    #[test]
    fn threads_that_are_made() {
        let made = |nodes: &[(u32, u32)]| {
            let nodes = nodes.iter().map(|(depth, it)| (*depth, number(*it)));
            ThreadData::new(nodes).map(|data| text(&data)).map_err(|error| error.at)
        };
        assert_eq!(made(&[(0, 3), (1, 6), (2, 4), (2, 7), (0, 1)]).unwrap(), " (3 6 (4)(7))(1)");
        assert_eq!(made(&[(0, 0), (1, 6)]).unwrap(), " (6)");
        assert_eq!(made(&[(0, 0)]).unwrap(), "");
        assert_eq!(made(&[(0, 1), (2, 2)]), Err(1));
        assert_eq!(made(&[(1, 1)]), Err(0));
    }

    #[test]
    fn nesting_ends_at_its_limit() {
        // In the innermost of them is one more.
        let nested = |levels: usize| {
            let octets = [&b" "[..], &b"(1 (2)".repeat(levels), b"(3)", &b")".repeat(levels)];
            strict(&octets.concat(), ThreadData::parse)
        };
        let deep = nested(999).unwrap();
        assert_eq!(deep.depths().map(|(depth, _)| depth).max(), Some(999));
        assert_eq!(strict(text(&deep).as_bytes(), ThreadData::parse), Ok(deep));
        assert_eq!(nested(1000).map_err(|error| error.at), Err(5998));
        let million = [&b" "[..], &b"(".repeat(1_000_000)].concat();
        assert_eq!(strict(&million, ThreadData::parse).map_err(|error| error.at), Err(1001));
        assert_eq!(lenient(&million, ThreadData::parse).0.map_err(|error| error.at), Err(1001));
    }

    #[test]
    fn a_thread_of_a_million_answers() {
        let mut octets = vec![b' ', b'('];
        octets.extend_from_slice(&b"7 ".repeat(1_000_000));
        octets.pop();
        octets.push(b')');
        let data = strict(&octets, ThreadData::parse).unwrap();
        assert_eq!(data.depths().last(), Some((999_999, number(7))));
        assert_eq!(written(|encoder| data.encode(encoder)), octets);
        // Copying, comparing and dropping it takes no stack.
        assert_eq!(data.clone(), data);
        octets.splice(1..2, *b"(0 0 ");
        assert_eq!(lenient(&octets, ThreadData::parse).0, Ok(data));
    }

    proptest! {
        #[test]
        fn threads_come_back(data in any_thread_data()) {
            round_trips(&data, ThreadData::encode, ThreadData::parse);
        }

        #[test]
        fn depths_make_the_same(data in any_thread_data()) {
            let nodes: Vec<_> = data.depths().collect();
            prop_assert_eq!(ThreadData::new(nodes), Ok(data));
        }
    }
}
