//! What was seen of a column, block by block and added up in order: words that were taken as missing, values that do not
//! fit, and what tells readings apart. What follows from it is left to `column`.

/// Values that a finding shows.
const N_SHOWN: usize = 5;
/// Different values that may be a way to write that there is none.
const N_FEW: usize = 3;

/// A word that was taken as missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Word {
    /// Its place among the words.
    pub(super) token: usize,
    /// The first row that has it, counted from 0.
    pub(super) row: u64,
    /// How many rows have it.
    pub(super) n: u64,
}

impl Word {
    #[cold]
    fn add(words: &mut Vec<Self>, token: usize, row: u64, n: u64) {
        match words.iter_mut().find(|w| w.token == token) {
            Some(word) => word.n += n,
            None => words.push(Self { token, row, n }),
        }
    }

    /// One more.
    pub(super) fn count(words: &mut Vec<Self>, token: usize, row: usize) {
        Self::add(words, token, row as u64, 1);
    }
}

/// Some of many values, with their rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Examples {
    /// How many there are.
    pub(super) n: u64,
    /// The first of them: row, counted from 0, and text.
    pub(super) shown: Vec<(u64, String)>,
}

impl Examples {
    /// One more.
    pub(super) fn add(&mut self, row: usize, text: &str) {
        self.n += 1;
        if self.shown.len() < N_SHOWN {
            self.shown.push((row as u64, text.to_owned()));
        }
    }

    /// Adds those of rows further down.
    pub(super) fn merge(&mut self, other: Self, n_before: u64) {
        self.n += other.n;
        let room = N_SHOWN - self.shown.len();
        let shown = other.shown.into_iter().take(room);
        self.shown
            .extend(shown.map(|(row, text)| (row + n_before, text)));
    }

    /// `"x" in row 3, "y" in row 7 and 2 more`.
    pub(super) fn list(&self) -> String {
        let shown: Vec<String> = self
            .shown
            .iter()
            .map(|(row, text)| format!("{:?} in row {}", shorten(text), row + 1))
            .collect();
        let rest = match self.n as usize - self.shown.len() {
            0 => String::new(),
            n => format!(" and {n} more"),
        };
        format!("{}{rest}", shown.join(", "))
    }

    /// The different texts among those that are shown, if they are few.
    pub(super) fn few(&self) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for (_, text) in &self.shown {
            let text = text.trim();
            if !texts.iter().any(|t| t == text) {
                texts.push(text.to_owned());
            }
        }
        texts.truncate(if texts.len() > N_FEW { 0 } else { N_FEW });
        texts
    }

    /// The first row.
    pub(super) fn row(&self) -> Option<u64> {
        self.shown.first().map(|(row, _)| *row)
    }
}

/// What was seen of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    /// Values that are not missing.
    pub(super) n_values: u64,
    /// Words taken as missing.
    pub(super) words: Vec<Word>,
    /// Values that do not fit the reading.
    pub(super) misfits: Examples,
    /// The first reading in the order of trial that fits; more than one block has it only together with the others.
    pub(super) next: usize,
    /// Whether a number is not whole.
    pub(super) has_fraction: bool,
    /// The first value that only its style makes a number.
    pub(super) styled: Examples,
    /// Whether the reading's twin fits all values too.
    pub(super) twin_fits: bool,
    /// Whether it makes another value of one.
    pub(super) twin_differs: bool,
    /// Moments with a time zone.
    pub(super) zoned: Option<u64>,
    /// Moments without one.
    pub(super) unzoned: Option<u64>,
    /// Moments with another zone than UTC.
    pub(super) shifted: Option<u64>,
    /// Moments with digits finer than milliseconds.
    pub(super) cut: Option<u64>,
    /// In a column of texts: values that are not what most are.
    pub(super) strays: Examples,
    /// Among whole numbers: those with a zero in front.
    pub(super) zero_led: Examples,
    /// Among whole numbers: those of more than 64 bits.
    pub(super) too_long: Examples,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            n_values: 0,
            words: Vec::new(),
            misfits: Examples::default(),
            next: 0,
            has_fraction: false,
            styled: Examples::default(),
            twin_fits: true,
            twin_differs: false,
            zoned: None,
            unzoned: None,
            shifted: None,
            cut: None,
            strays: Examples::default(),
            zero_led: Examples::default(),
            too_long: Examples::default(),
        }
    }
}

impl Seen {
    /// Adds what was seen further down.
    pub(super) fn merge(&mut self, other: Self, n_before: u64) {
        self.n_values += other.n_values;
        for word in other.words {
            Word::add(&mut self.words, word.token, word.row + n_before, word.n);
        }
        self.next = self.next.max(other.next);
        self.has_fraction |= other.has_fraction;
        self.twin_fits &= other.twin_fits;
        self.twin_differs |= other.twin_differs;
        for (mine, others) in [
            (&mut self.zoned, other.zoned),
            (&mut self.unzoned, other.unzoned),
            (&mut self.shifted, other.shifted),
            (&mut self.cut, other.cut),
        ] {
            *mine = mine.or(others.map(|row| row + n_before));
        }
        for (mine, others) in [
            (&mut self.misfits, other.misfits),
            (&mut self.styled, other.styled),
            (&mut self.strays, other.strays),
            (&mut self.zero_led, other.zero_led),
            (&mut self.too_long, other.too_long),
        ] {
            mine.merge(others, n_before);
        }
    }
}

/// The beginning of a long text.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
