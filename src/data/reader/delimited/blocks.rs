//! Cutting a stream of text at record ends into blocks that can be read each by itself. Line ends inside quotes are no
//! record ends; quotes are understood as `split` does.

use super::dialect::Dialect;
use super::specials::Specials;
use super::text::TextStream;
use crate::data::reader::ReadError;

/// Bytes of a block, about.
pub(super) const BLOCK_BYTES: usize = 1 << 20;

/// Most bytes of one record: a quote that is open for longer was never closed.
const MAX_RECORD_BYTES: usize = 64 << 20;

/// Some successive records.
#[derive(Debug)]
pub(super) struct Block {
    /// Its place among the blocks, counted from 0.
    pub(super) index: usize,
    /// Its text.
    pub(super) text: Vec<u8>,
    /// Bytes of the file that were read so far.
    pub(super) n_read: u64,
    /// Whether its last record is too long to be held.
    pub(super) is_cut: bool,
}

/// The blocks of a stream.
pub(super) struct Blocks {
    text: TextStream,
    dialect: Dialect,
    /// What was read and not handed out.
    rest: Vec<u8>,
    n_blocks: usize,
}

impl Blocks {
    /// The blocks behind so many bytes of text.
    pub(super) fn behind(
        mut text: TextStream,
        dialect: Dialect,
        n_skipped: usize,
    ) -> Result<Self, ReadError> {
        let mut rest = Vec::new();
        while rest.len() < n_skipped && !text.is_at_end {
            text.fill(&mut rest, BLOCK_BYTES)?;
        }
        rest.drain(..n_skipped.min(rest.len()));
        Ok(Self {
            text,
            dialect,
            rest,
            n_blocks: 0,
        })
    }

    /// Whether damaged characters were replaced.
    pub(super) fn is_damaged(&self) -> bool {
        self.text.is_damaged
    }

    /// The next blocks, at most so many; none at the end.
    pub(super) fn next(&mut self, n_blocks: usize) -> Result<Vec<Block>, ReadError> {
        let mut blocks = Vec::with_capacity(n_blocks);
        while blocks.len() < n_blocks {
            match self.next_block()? {
                Some(block) => blocks.push(block),
                None => break,
            }
        }
        Ok(blocks)
    }

    fn next_block(&mut self) -> Result<Option<Block>, ReadError> {
        let mut text = std::mem::take(&mut self.rest);
        let mut is_cut = false;
        text.reserve(BLOCK_BYTES + (64 << 10));
        loop {
            while !self.text.is_at_end && text.len() < BLOCK_BYTES {
                let wanted = BLOCK_BYTES - text.len();
                self.text.fill(&mut text, wanted)?;
            }
            if text.is_empty() && self.text.is_at_end {
                return Ok(None);
            }
            if self.text.is_at_end && text.len() <= BLOCK_BYTES {
                break;
            }
            let end = last_record_end(&text, self.dialect);
            if end > 0 {
                self.rest = text.split_off(end);
                break;
            }
            // A record longer than a block. Where it does not end, whoever reads the block says so.
            if self.text.is_at_end || text.len() >= MAX_RECORD_BYTES {
                is_cut = !self.text.is_at_end;
                break;
            }
            let more = text.len();
            self.text.fill(&mut text, more)?;
        }
        let index = self.n_blocks;
        self.n_blocks += 1;
        Ok(Some(Block {
            index,
            text,
            n_read: self.text.n_read,
            is_cut,
        }))
    }
}

/// Where the text behind the last complete record begins; 0 if there is none.
fn last_record_end(text: &[u8], dialect: Dialect) -> usize {
    // One carriage return at the very end may be half of a pair.
    let whole = text.strip_suffix(b"\r").unwrap_or(text);
    let quote = dialect
        .quote
        .filter(|quote| memchr::memchr(*quote, text).is_some());
    let Some(quote) = quote else {
        return line_end(whole, dialect).unwrap_or(0);
    };
    // Nearly always there is a record end among the last bytes; to look at all of the text for one is the exception.
    let near = text.len().saturating_sub(NEAR_BYTES);
    let found = match dialect.escape {
        None => last_end(Specials::new(text, [quote]), whole, dialect, near),
        Some(escape) => last_end(Specials::new(text, [quote, escape]), whole, dialect, near),
    };
    match (found, dialect.escape) {
        (0, None) => last_end(Specials::new(text, [quote]), whole, dialect, 0),
        (0, Some(escape)) => last_end(Specials::new(text, [quote, escape]), whole, dialect, 0),
        (found, _) => found,
    }
}

/// Bytes at the end of a block in which a record end is looked for first.
const NEAR_BYTES: usize = 1 << 14;

/// The same, where line ends count only from a position on; 0 if there is none.
fn last_end<const N: usize>(
    mut specials: Specials<'_, N>,
    whole: &[u8],
    dialect: Dialect,
    from: usize,
) -> usize {
    let text = specials.text();
    let line_end_in = |start: usize, end: usize| {
        let start = start.max(from);
        let part = whole.get(start..end.min(whole.len()))?;
        line_end(part, dialect).map(|end| start + end)
    };
    let mut record_end = 0;
    // Behind the last quote that was understood.
    let mut position = 0;
    while let Some(at) = specials.next() {
        if Some(text[at]) != dialect.quote {
            continue;
        }
        if at > from {
            record_end = line_end_in(position, at).unwrap_or(record_end);
        }
        if !is_field_start(text, at, position, dialect) {
            position = at + 1;
            continue;
        }
        match closing(&mut specials, dialect) {
            Some(closed) => position = closed + 1,
            None => return record_end,
        }
    }
    line_end_in(position, text.len()).unwrap_or(record_end)
}

/// Behind the last line end; carriage returns count where there are no line feeds. A line end that is escaped is none.
fn line_end(text: &[u8], dialect: Dialect) -> Option<usize> {
    let mut rest = text;
    loop {
        let position = memchr::memrchr(b'\n', rest).or_else(|| memchr::memrchr(b'\r', rest))?;
        let is_escaped = dialect.quote.is_none()
            && dialect.escape.is_some()
            && position > 0
            && dialect.escape == Some(rest[position - 1]);
        if !is_escaped {
            return Some(position + 1);
        }
        rest = &rest[..position];
    }
}

/// Whether a quote opens a field: only blanks stand between it and the delimiter or line end in front of it. `from` is
/// a position behind which no quoted field has ended.
fn is_field_start(text: &[u8], quote: usize, from: usize, dialect: Dialect) -> bool {
    let mut position = quote;
    while position > from {
        let before = text[position - 1];
        if before == dialect.delimiter || before == b'\n' || before == b'\r' {
            return true;
        }
        if before != b' ' {
            return false;
        }
        position -= 1;
    }
    // At the beginning of the text; behind a closing quote nothing opens.
    from == 0
}

/// The quote that closes a field, behind the one that opens it.
fn closing<const N: usize>(specials: &mut Specials<'_, N>, dialect: Dialect) -> Option<usize> {
    let text = specials.text();
    while let Some(at) = specials.next() {
        let is_quote = Some(text[at]) == dialect.quote;
        // At the very end it may be the first of two.
        if is_quote && text.get(at + 1) != Some(&text[at]) {
            return Some(at);
        }
        specials.skip_to(at + 2);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;
    use rand::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    /// Cut anywhere, the parts have the same records as the whole.
    #[test]
    fn no_record_is_cut_in_two() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        for round in 0..40_000 {
            let n = random.gen_range(1..40);
            let text: Vec<u8> = (0..n)
                .map(|_| b"a,\"\n\r \\"[random.gen_range(0..7)])
                .collect();
            let dialect = Dialect {
                escape: (round % 3 == 0).then_some(b'\\'),
                quote: (round % 4 != 0).then_some(b'"'),
                ..Dialect::of(b',')
            };
            let whole = split(&text, dialect, usize::MAX);
            if whole.unclosed.is_some() {
                continue;
            }
            let head = &text[..random.gen_range(0..=text.len())];
            let (first, second) = text.split_at(last_record_end(head, dialect));
            let mut counts: Vec<usize> = split(first, dialect, usize::MAX).counts().collect();
            counts.extend(split(second, dialect, usize::MAX).counts());
            let expected: Vec<usize> = whole.counts().collect();
            assert_eq!(counts, expected, "{:?}", String::from_utf8_lossy(&text));
        }
    }
}
