//! Tables of texts with counts: of one chunk, pointing into its array, and of a whole column, with the longer texts in
//! one piece of memory. Entries stand in the order in which their texts were first seen, so nothing depends on hash order.
//!
//! A text of up to twelve bytes lies inside its entry, a longer one leaves its first four there (as in Neumann and
//! Freitag, "Umbra: A Disk-Based System with In-Memory Performance", CIDR 2020), so that most comparisons need no
//! further memory. Entries are found by open addressing with part of the hash beside their number.

use arrow::array::{Array, StringArray};
use std::hint::black_box;

/// Longest text that lies inside its entry, in bytes.
const INLINE: usize = 12;

/// A text: its length, its first four bytes, and the next eight or where the whole of a longer one lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Key {
    length: u32,
    head: u32,
    tail: u64,
}

impl Key {
    /// Of the bytes `from..to` of a piece of memory. What the bytes beyond the end are does not matter.
    #[inline(always)]
    fn of(all: &[u8], from: usize, to: usize) -> Self {
        let n = to - from;
        let (head, tail) = match all.get(from..from + INLINE) {
            Some(bytes) => (word::<4>(bytes, 0), word::<8>(bytes, 4)),
            None => at_the_end(&all[from..]),
        };
        if n > INLINE {
            return Self {
                length: n as u32,
                head: head as u32,
                tail: from as u64,
            };
        }
        Self {
            length: n as u32,
            head: (head & first_bytes(n)) as u32,
            tail: tail & first_bytes(n.saturating_sub(4)),
        }
    }

    #[inline(always)]
    fn is_inline(self) -> bool {
        self.length as usize <= INLINE
    }

    /// The bytes of a text that lies inside, with zeros behind it.
    #[inline(always)]
    fn inline_bytes(self) -> [u8; INLINE] {
        let mut bytes = [0; INLINE];
        bytes[..4].copy_from_slice(&self.head.to_le_bytes());
        bytes[4..].copy_from_slice(&self.tail.to_le_bytes());
        bytes
    }

    /// The bytes of a longer text.
    #[inline(always)]
    fn long_bytes(self, all: &[u8]) -> &[u8] {
        &all[self.tail as usize..][..self.length as usize]
    }

    #[inline(always)]
    fn hash(self, all: &[u8]) -> u64 {
        if self.is_inline() {
            let head = u64::from(self.length) << 32 | u64::from(self.head);
            fold(fold(head ^ K1, self.tail ^ K2) ^ K0, K1)
        } else {
            hash_of_text(self.long_bytes(all))
        }
    }
}

/// A mask of the first bytes of a word, at most eight.
#[inline(always)]
fn first_bytes(n: usize) -> u64 {
    match n {
        0 => 0,
        1..8 => u64::MAX >> (64 - 8 * n),
        _ => u64::MAX,
    }
}

#[cold]
fn at_the_end(rest: &[u8]) -> (u64, u64) {
    let mut bytes = [0; INLINE];
    let n = rest.len().min(INLINE);
    bytes[..n].copy_from_slice(&rest[..n]);
    (word::<4>(&bytes, 0), word::<8>(&bytes, 4))
}

/// A text and how often it occurs.
#[derive(Debug, Clone, Copy)]
struct Entry {
    key: Key,
    count: u64,
}

/// Where texts are, by their hashes.
#[derive(Debug, Default)]
struct Index {
    /// The upper half is that of the hash, the lower one the number of the entry, counted from 1; 0 where there is none.
    slots: Vec<u64>,
    entries: Vec<Entry>,
}

/// Fewest slots.
const N_SLOTS: usize = 1 << 8;

impl Index {
    /// The entry of a text, or the number that a new one gets, with its slot.
    #[inline(always)]
    fn find(&self, hash: u64, is_it: impl Fn(Key) -> bool) -> Result<usize, usize> {
        let mask = self.slots.len() - 1;
        let mut at = self.first_slot(hash);
        loop {
            let slot = self.slots[at & mask];
            if slot == 0 {
                return Err(at & mask);
            }
            if (slot ^ hash) >> 32 == 0 {
                let position = (slot as u32 - 1) as usize;
                if is_it(self.entries[position].key) {
                    return Ok(position);
                }
            }
            at += 1;
        }
    }

    /// The first entry that has the hash, as far as slots show; any other where there is none.
    #[inline(always)]
    fn likely(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = self.first_slot(hash);
        loop {
            let slot = self.slots[at & mask];
            if slot == 0 || (slot ^ hash) >> 32 == 0 {
                return (slot as u32).saturating_sub(1) as usize;
            }
            at += 1;
        }
    }

    #[inline(always)]
    fn first_slot(&self, hash: u64) -> usize {
        (hash >> (64 - self.slots.len().trailing_zeros())) as usize
    }

    /// Sees to it that there is a free slot for one more.
    #[inline(always)]
    fn make_room(&mut self) {
        self.make_room_beside(0);
    }

    /// The same where so many entries have no slot any more.
    #[inline(always)]
    fn make_room_beside(&mut self, n_without: usize) {
        if (self.entries.len() - n_without) * 8 >= self.slots.len() * 5 {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let n = (self.slots.len() * 2).max(N_SLOTS);
        let before = std::mem::replace(&mut self.slots, vec![0; n]);
        let mask = n - 1;
        for slot in before.into_iter().filter(|slot| *slot != 0) {
            let mut at = self.first_slot(slot);
            while self.slots[at & mask] != 0 {
                at += 1;
            }
            self.slots[at & mask] = slot;
        }
    }

    #[inline(always)]
    fn insert(&mut self, slot: usize, hash: u64, key: Key, count: u64) {
        self.entries.push(Entry { key, count });
        self.slots[slot] = hash >> 32 << 32 | self.entries.len() as u64;
    }
}

/// The texts of one chunk, a few of them perhaps in several entries, so that a chunk of many different ones is counted
/// in cache.
#[derive(Debug)]
pub(super) struct ChunkTexts {
    entries: Vec<Entry>,
    /// Whether no text has several entries.
    are_different: bool,
}

/// A text of a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChunkText<'a> {
    entry: Entry,
    all: &'a [u8],
}

impl ChunkText<'_> {
    /// How often it occurs.
    pub(super) fn count(self) -> u64 {
        self.entry.count
    }

    /// Its first eight bytes as a number that sorts like them.
    #[inline(always)]
    pub(super) fn prefix(self) -> u64 {
        let key = self.entry.key;
        let next = if key.is_inline() {
            key.tail as u32
        } else {
            word::<4>(key.long_bytes(self.all), 4) as u32
        };
        u64::from(key.head.swap_bytes()) << 32 | u64::from(next.swap_bytes())
    }

    /// How many characters it has.
    #[inline(always)]
    pub(super) fn n_characters(self) -> u64 {
        let key = self.entry.key;
        if key.is_inline() {
            // All bytes but those that continue a character.
            let n = |word: u64| (word & (!word << 1) & 0x8080_8080_8080_8080).count_ones();
            u64::from(key.length - n(u64::from(key.head)) - n(key.tail))
        } else {
            let is_start = |byte: &&u8| (**byte as i8) >= -64;
            key.long_bytes(self.all).iter().filter(is_start).count() as u64
        }
    }

    /// The text itself.
    pub(super) fn with<R>(self, take: impl FnOnce(&str) -> R) -> R {
        with_text(self.entry.key, self.all, take)
    }
}

fn with_text<R>(key: Key, all: &[u8], take: impl FnOnce(&str) -> R) -> R {
    let inline;
    let bytes = if key.is_inline() {
        inline = key.inline_bytes();
        &inline[..key.length as usize]
    } else {
        key.long_bytes(all)
    };
    // Arrow's texts are UTF-8.
    take(std::str::from_utf8(bytes).unwrap_or_default())
}

impl ChunkTexts {
    pub(super) fn of(array: &StringArray) -> Self {
        let mut index = Index::default();
        let mut are_different = true;
        let all = array.values().as_slice();
        let mut n_found_before = 0;
        let mut add = |pair: &[i32]| {
            // Offsets of arrow arrays ascend and are not negative.
            let key = Key::of(all, pair[0] as usize, pair[1] as usize);
            let hash = key.hash(all);
            if index.entries.len() - n_found_before == FEW {
                n_found_before = index.entries.len();
                are_different = false;
                index.slots.fill(0);
            }
            index.make_room_beside(n_found_before);
            match index.find(hash, |other| is_same(key, all, other, all)) {
                Ok(position) => index.entries[position].count += 1,
                Err(slot) => index.insert(slot, hash, key, 1),
            }
        };
        let pairs = array.value_offsets().windows(2);
        match array.nulls() {
            None => pairs.for_each(add),
            Some(nulls) => pairs
                .zip(nulls)
                .filter(|(_, is_valid)| *is_valid)
                .for_each(|(pair, _)| add(pair)),
        }
        Self {
            entries: index.entries,
            are_different,
        }
    }

    /// Sees to it that no text has several entries.
    pub(super) fn unite(&mut self, array: &StringArray) {
        if self.are_different {
            return;
        }
        let all = array.values().as_slice();
        let mut index = Index::default();
        for entry in std::mem::take(&mut self.entries) {
            index.make_room();
            let hash = entry.key.hash(all);
            match index.find(hash, |other| is_same(entry.key, all, other, all)) {
                Ok(position) => index.entries[position].count += entry.count,
                Err(slot) => index.insert(slot, hash, entry.key, entry.count),
            }
        }
        self.entries = index.entries;
        self.are_different = true;
    }

    /// The texts; `array` is the one that the table was made of.
    pub(super) fn iter<'a>(
        &'a self,
        array: &'a StringArray,
    ) -> impl Iterator<Item = ChunkText<'a>> + 'a {
        let all = array.values().as_slice();
        let entries = self.entries.iter();
        entries.map(move |entry| ChunkText { entry: *entry, all })
    }

    /// Calls back with each text, its hash and its count.
    pub(super) fn each(&self, array: &StringArray, mut each: impl FnMut(&str, u64, u64)) {
        for text in self.iter(array) {
            let hash = text.entry.key.hash(text.all);
            text.with(|t| each(t, hash, text.count()));
        }
    }
}

#[inline(always)]
fn is_same(key: Key, all: &[u8], other: Key, of_other: &[u8]) -> bool {
    if key.is_inline() {
        return key == other;
    }
    key.length == other.length
        && key.head == other.head
        && key.long_bytes(all) == other.long_bytes(of_other)
}

/// The different texts of a column.
#[derive(Debug, Default)]
pub(super) struct TextTable {
    index: Index,
    /// Those that do not lie inside their entries, one behind the other.
    all: Vec<u8>,
}

/// Texts that are looked up together, so that the processor waits for all their slots at once.
const BATCH: usize = 64;

/// A table of fewer texts lies in the processor's cache.
const FEW: usize = 1 << 12;

impl TextTable {
    /// Adds the texts of the next chunk.
    pub(super) fn append(&mut self, chunk: &ChunkTexts, array: &StringArray) {
        let all = array.values().as_slice();
        let mut hashes = [0; BATCH];
        for batch in chunk.entries.chunks(BATCH) {
            for (hash, entry) in hashes.iter_mut().zip(batch) {
                *hash = entry.key.hash(all);
            }
            self.fetch(&hashes[..batch.len()]);
            for (hash, entry) in hashes.iter().zip(batch) {
                self.add(*hash, entry, all);
            }
        }
    }

    /// Looks at the slots and then at the entries that are about to be needed, each independent of the others.
    fn fetch(&self, hashes: &[u64]) {
        if self.index.entries.len() < FEW {
            return;
        }
        let slot_of = |hash: &u64| self.index.slots[self.index.first_slot(*hash)];
        black_box(hashes.iter().map(slot_of).fold(0, |seen, slot| seen ^ slot));
        let mut numbers = [0; BATCH];
        for (number, hash) in numbers.iter_mut().zip(hashes) {
            *number = self.index.likely(*hash);
        }
        let entry_of = |number: &usize| self.index.entries[*number].count;
        let seen = numbers.iter().map(entry_of).fold(0, |seen, n| seen ^ n);
        black_box(seen);
    }

    #[inline(always)]
    fn add(&mut self, hash: u64, entry: &Entry, from: &[u8]) {
        self.index.make_room();
        let (key, all) = (entry.key, &mut self.all);
        match self
            .index
            .find(hash, |other| is_same(key, from, other, all))
        {
            Ok(position) => self.index.entries[position].count += entry.count,
            Err(slot) => {
                let mut own = key;
                if !key.is_inline() {
                    own.tail = all.len() as u64;
                    all.extend_from_slice(key.long_bytes(from));
                }
                self.index.insert(slot, hash, own, entry.count);
            }
        }
    }

    /// Calls back with each text, its hash and its count.
    pub(super) fn each(&self, mut each: impl FnMut(&str, u64, u64)) {
        for entry in &self.index.entries {
            let hash = entry.key.hash(&self.all);
            with_text(entry.key, &self.all, |text| each(text, hash, entry.count));
        }
    }

    pub(super) fn n_distinct(&self) -> usize {
        self.index.entries.len()
    }

    /// Memory that it takes, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.n_distinct() * size_of::<Entry>() + self.index.slots.len() * 8 + self.all.len()
    }

    /// Whether all texts of a chunk fit: entries are numbered by 32 bits.
    pub(super) fn has_room_for(&self, array: &StringArray) -> bool {
        self.n_distinct() + array.len() < u32::MAX as usize
    }
}

const K0: u64 = 0x2d35_8dcc_aa6c_78a5;
const K1: u64 = 0x8bb8_4b93_962e_acc9;
const K2: u64 = 0x4b33_a62e_d433_d4a3;

/// A hash of 64 bits of a text of more than eight bytes, by multiplying and folding, in the manner of wyhash.
fn hash_of_text(bytes: &[u8]) -> u64 {
    let n = bytes.len();
    let mut state = K2 ^ n as u64;
    let mut at = 0;
    while at + 16 < n {
        state = fold(word::<8>(bytes, at) ^ K0, word::<8>(bytes, at + 8) ^ state);
        at += 16;
    }
    let first = word::<8>(bytes, n.saturating_sub(16));
    let last = word::<8>(bytes, n - 8);
    fold(fold(first ^ K1, last ^ state) ^ K0, K1)
}

#[inline(always)]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The `N` bytes from a position on as a number.
#[inline(always)]
fn word<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word[..N].copy_from_slice(&bytes[at..at + N]);
    u64::from_le_bytes(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// Texts of all lengths around the one that lies inside an entry, alike in front and behind, over several chunks.
    #[test]
    fn tables_count_what_a_map_counts() {
        let mut table = TextTable::default();
        let mut expected: HashMap<String, u64> = HashMap::new();
        for chunk in 0..20_usize {
            let texts: Vec<Option<String>> = (0..3000_usize)
                .map(|row| {
                    let number = (row * 7919 + chunk * 104_729) % 9001;
                    let text = format!("é{number}{}", "x".repeat(number % 23));
                    (number % 11 > 0).then(|| text[..text.len() - 2 * (number % 2)].to_owned())
                })
                .collect();
            for text in texts.iter().flatten() {
                *expected.entry(text.clone()).or_default() += 1;
            }
            let array = StringArray::from(texts).slice(5, 2990);
            for text in [0, 1, 2, 3, 4, 2995, 2996, 2997, 2998, 2999] {
                let number = (text * 7919 + chunk * 104_729) % 9001;
                if number % 11 > 0 {
                    let text = format!("é{number}{}", "x".repeat(number % 23));
                    let text = &text[..text.len() - 2 * (number % 2)];
                    *expected.get_mut(text).expect("counted above") -= 1;
                }
            }
            let texts = ChunkTexts::of(&array);
            for text in texts.iter(&array) {
                text.with(|t| {
                    assert_eq!(text.n_characters(), t.chars().count() as u64, "{t}");
                    let mut first = [0; 8];
                    let n = t.len().min(8);
                    first[..n].copy_from_slice(&t.as_bytes()[..n]);
                    assert_eq!(text.prefix(), u64::from_be_bytes(first), "{t}");
                });
            }
            table.append(&texts, &array);
        }
        expected.retain(|_, count| *count > 0);
        let mut counted = HashMap::new();
        table.each(|text, _, count| assert_eq!(counted.insert(text.to_owned(), count), None));
        assert_eq!(table.n_distinct(), expected.len());
        assert_eq!(counted, expected);
    }
}
