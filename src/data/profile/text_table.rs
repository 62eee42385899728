//! Hash tables of texts with counts: of one chunk, pointing into its array, and of a whole column, with the texts in one
//! piece of memory. Entries stand in the order in which their texts were first seen, so nothing depends on hash order.

use arrow::array::{Array, StringArray};
use hashbrown::HashTable;

/// A text and how often it occurs.
#[derive(Debug, Clone, Copy)]
struct Entry {
    hash: u64,
    offset: u32,
    length: u32,
    count: u64,
}

impl Entry {
    fn bytes(self, all: &[u8]) -> &[u8] {
        &all[self.offset as usize..(self.offset + self.length) as usize]
    }
}

/// The different texts of one chunk.
#[derive(Debug)]
pub(super) struct ChunkTexts {
    entries: Vec<Entry>,
}

impl ChunkTexts {
    pub(super) fn of(array: &StringArray) -> Self {
        let mut index: HashTable<u32> = HashTable::with_capacity(64);
        let mut entries: Vec<Entry> = Vec::with_capacity(64);
        let all = array.values().as_slice();
        let offsets = array.value_offsets();
        let nulls = array.nulls();
        for (row, pair) in offsets.windows(2).enumerate() {
            if nulls.is_some_and(|n| n.is_null(row)) {
                continue;
            }
            // Offsets of arrow arrays ascend and are not negative.
            let (from, to) = (pair[0] as usize, pair[1] as usize);
            let bytes = &all[from..to];
            let hash = hash_of_text(bytes);
            let found = index.find(hash, |at| {
                let entry = entries[*at as usize];
                entry.hash == hash && entry.bytes(all) == bytes
            });
            if let Some(at) = found {
                entries[*at as usize].count += 1;
                continue;
            }
            let at = entries.len() as u32;
            entries.push(Entry {
                hash,
                offset: from as u32,
                length: bytes.len() as u32,
                count: 1,
            });
            index.insert_unique(hash, at, |at| entries[*at as usize].hash);
        }
        Self { entries }
    }

    /// Calls back with each text, its hash and its count; `array` is the one that the table was made of.
    pub(super) fn each<'a>(&self, array: &'a StringArray, mut each: impl FnMut(&'a str, u64, u64)) {
        let all = array.values().as_slice();
        for entry in &self.entries {
            let from = entry.offset as usize;
            let bytes = &all[from..from + entry.length as usize];
            // Arrow's texts are UTF-8.
            if let Ok(text) = std::str::from_utf8(bytes) {
                each(text, entry.hash, entry.count);
            }
        }
    }
}

/// The different texts of a column.
#[derive(Debug, Default)]
pub(super) struct TextTable {
    index: HashTable<u32>,
    entries: Vec<Entry>,
    all: String,
}

/// Memory of an entry with its place in the index, in bytes.
const ENTRY_BYTES: usize = size_of::<Entry>() + 8;

impl TextTable {
    /// Adds the texts of the next chunk.
    pub(super) fn append(&mut self, chunk: &ChunkTexts, array: &StringArray) {
        chunk.each(array, |text, hash, count| self.add(text, hash, count));
    }

    fn add(&mut self, text: &str, hash: u64, count: u64) {
        let (entries, all) = (&mut self.entries, &mut self.all);
        let found = self.index.find(hash, |at| {
            let entry = entries[*at as usize];
            entry.hash == hash && entry.bytes(all.as_bytes()) == text.as_bytes()
        });
        if let Some(at) = found {
            entries[*at as usize].count += count;
            return;
        }
        // Whoever adds has asked whether there is room.
        let (at, offset) = (entries.len() as u32, all.len() as u32);
        all.push_str(text);
        entries.push(Entry {
            hash,
            offset,
            length: text.len() as u32,
            count,
        });
        self.index
            .insert_unique(hash, at, |at| entries[*at as usize].hash);
    }

    /// Calls back with each text, its hash and its count.
    pub(super) fn each<'a>(&'a self, mut each: impl FnMut(&'a str, u64, u64)) {
        for entry in &self.entries {
            let from = entry.offset as usize;
            each(
                &self.all[from..from + entry.length as usize],
                entry.hash,
                entry.count,
            );
        }
    }

    pub(super) fn n_distinct(&self) -> usize {
        self.entries.len()
    }

    /// Memory that it takes, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        self.entries.len() * ENTRY_BYTES + self.all.len()
    }

    /// Whether all texts of a chunk fit: the table holds at most 4 GB of texts.
    pub(super) fn has_room_for(&self, array: &StringArray) -> bool {
        let offsets = array.value_offsets();
        let first = offsets.first().map_or(0, |o| *o as usize);
        let last = offsets.last().map_or(0, |o| *o as usize);
        let largest = u32::MAX as usize;
        self.all.len() + (last - first) <= largest && self.entries.len() + array.len() <= largest
    }
}

/// A hash of 64 bits by multiplying and folding, in the manner of wyhash.
fn hash_of_text(bytes: &[u8]) -> u64 {
    const K0: u64 = 0x2d35_8dcc_aa6c_78a5;
    const K1: u64 = 0x8bb8_4b93_962e_acc9;
    const K2: u64 = 0x4b33_a62e_d433_d4a3;
    let n = bytes.len();
    let mut state = K2 ^ n as u64;
    let (first, last) = match n {
        0 => (0, 0),
        1..4 => (
            (u64::from(bytes[0]) << 16) | (u64::from(bytes[n / 2]) << 8) | u64::from(bytes[n - 1]),
            0,
        ),
        4..8 => (word::<4>(bytes, 0), word::<4>(bytes, n - 4)),
        _ => {
            let mut at = 0;
            while at + 16 < n {
                state = fold(word::<8>(bytes, at) ^ K0, word::<8>(bytes, at + 8) ^ state);
                at += 16;
            }
            (
                word::<8>(bytes, n.saturating_sub(16)),
                word::<8>(bytes, n - 8),
            )
        }
    };
    let mixed = fold(first ^ K1, last ^ state);
    super::sketch::hash_of_key(mixed as i64)
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

/// The `N` bytes from a position on as a number.
fn word<const N: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut word = [0; 8];
    word[..N].copy_from_slice(&bytes[at..at + N]);
    u64::from_le_bytes(word)
}
