//! Chance without chance: the same words in each run.

/// A small generator with a fixed seed.
#[derive(Clone)]
pub(super) struct Words(u64);

impl Words {
    pub(super) fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    /// A number below this.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as u32) % end.max(1)
    }

    /// One of these.
    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let place = self.below(u32::try_from(from.len()).unwrap_or(1));
        from.get(place as usize).copied().unwrap_or_default()
    }

    /// A first name.
    pub(super) fn name(&mut self) -> &'static str {
        self.pick(&["Terry", "Gray", "Minutes", "Ingrid", "Alice", "Bo", "Chidi", "Dorothea"])
    }

    /// A domain.
    pub(super) fn host(&mut self) -> &'static str {
        self.pick(&["cac.washington.edu", "example.org", "mail.example.com", "lists.example.net"])
    }

    /// Words of a text, of exactly so many octets.
    pub(super) fn text(&mut self, octets: usize) -> String {
        let mut text = String::with_capacity(octets + 16);
        while text.len() < octets {
            text.push_str(self.pick(&["meeting", "about", "the", "quarterly", "numbers", "again"]));
            text.push(' ');
        }
        text.truncate(octets);
        text
    }
}
