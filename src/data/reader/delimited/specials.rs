//! Where some few bytes occur in a text, found 64 bytes at a time. What they mean is left to `split` and `blocks`.

use wide::u8x16;

/// Bytes that are looked at together.
const BLOCK: usize = 64;

/// Positions of special bytes, ascending.
pub(super) struct Specials<'a, const N: usize> {
    text: &'a [u8],
    special: [u8; N],
    base: usize,
    /// One bit for each special byte at `base` and behind it that was not yet handed out.
    mask: u64,
}

impl<'a, const N: usize> Specials<'a, N> {
    pub(super) fn new(text: &'a [u8], special: [u8; N]) -> Self {
        let mut specials = Self {
            text,
            special,
            base: 0,
            mask: 0,
        };
        specials.mask = specials.look(0);
        specials
    }

    /// The text.
    pub(super) fn text(&self) -> &'a [u8] {
        self.text
    }

    #[inline(always)]
    fn look(&self, base: usize) -> u64 {
        match self.text.get(base..).and_then(<[u8]>::first_chunk) {
            Some(block) => mask_of(block, self.special),
            None => self.look_at_the_end(base),
        }
    }

    #[cold]
    fn look_at_the_end(&self, base: usize) -> u64 {
        let rest = self.text.get(base..).unwrap_or_default();
        let mut block = [0; BLOCK];
        block[..rest.len()].copy_from_slice(rest);
        mask_of(&block, self.special) & ((1 << rest.len()) - 1)
    }

    /// The next position.
    #[inline(always)]
    pub(super) fn next(&mut self) -> Option<usize> {
        while self.mask == 0 {
            self.base += BLOCK;
            if self.base >= self.text.len() {
                self.base = self.text.len();
                return None;
            }
            self.mask = self.look(self.base);
        }
        let position = self.base + self.mask.trailing_zeros() as usize;
        self.mask &= self.mask - 1;
        Some(position)
    }

    /// Goes on at a position; what lies before is not looked at again.
    #[inline(always)]
    pub(super) fn skip_to(&mut self, position: usize) {
        let ahead = position.saturating_sub(self.base);
        if ahead < BLOCK {
            self.mask &= u64::MAX << ahead;
        } else {
            self.base = position;
            self.mask = self.look(position);
        }
    }
}

#[inline(always)]
fn mask_of<const N: usize>(block: &[u8; BLOCK], special: [u8; N]) -> u64 {
    let patterns = special.map(u8x16::splat);
    let (parts, _) = block.as_chunks::<16>();
    let mut mask = 0;
    for (number, part) in parts.iter().enumerate() {
        let bytes = u8x16::new(*part);
        let any = patterns
            .iter()
            .fold(u8x16::ZERO, |any, pattern| any | bytes.simd_eq(*pattern));
        mask |= u64::from(any.to_bitmask()) << (16 * number);
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_those_of_the_bytes() {
        for n in 0..300_usize {
            let text: Vec<u8> = (0..n).map(|i| (i * i * 7919 % 251) as u8 & 0x8f).collect();
            let special = [0, 3, 0x80];
            for from in [0, 1, 63, 64, 65, 130] {
                let mut specials = Specials::new(&text, special);
                specials.skip_to(from);
                let found: Vec<usize> = std::iter::from_fn(|| specials.next()).collect();
                let expected: Vec<usize> =
                    (from..n).filter(|i| special.contains(&text[*i])).collect();
                assert_eq!(found, expected, "{n} bytes from {from}");
            }
        }
    }
}
