//! A stream of JSON objects cut into blocks of whole objects: one object a line, or the elements of an array, or objects
//! that run over several lines. What is inside an object is left to `json_object`.

use super::ReadError;
use super::delimited::Opener;
use std::io::Read;
use std::ops::Range;

/// So many bytes are read at a time.
const BLOCK_BYTES: usize = 2 << 20;
/// A longer object is refused: it would have to be held in memory as a whole.
const LONGEST_OBJECT: usize = 256 << 20;

/// Some whole objects.
pub(super) struct Block {
    /// The text.
    pub(super) text: String,
    /// The line on which it begins, counted from 1.
    first_line: u64,
    layout: Layout,
    elements: Vec<Range<usize>>,
}

/// How objects stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// One a line.
    Lines,
    /// As elements of an array, or over several lines.
    Elements,
}

/// The blocks of a stream, one after the other.
pub(super) struct Blocks {
    file: String,
    stream: Box<dyn Read + Send>,
    layout: Option<Layout>,
    /// Read, and not yet handed out.
    rest: Vec<u8>,
    next_line: u64,
    is_in_array: bool,
    is_at_end: bool,
    n_bytes_read: u64,
}

impl Block {
    /// The objects, each with its place in the text.
    pub(super) fn objects(&self) -> Vec<Range<usize>> {
        if self.layout == Layout::Elements {
            return self.elements.clone();
        }
        let mut objects = Vec::new();
        let mut begin = 0;
        for end in memchr::memchr_iter(b'\n', self.text.as_bytes()).chain([self.text.len()]) {
            if !self.text[begin..end].trim().is_empty() {
                objects.push(begin..end);
            }
            begin = end + 1;
        }
        objects
    }

    /// The line, counted from 1 over the whole file, of a place in the text.
    pub(super) fn line(&self, place: usize) -> u64 {
        let before = &self.text.as_bytes()[..place.min(self.text.len())];
        self.first_line + memchr::memchr_iter(b'\n', before).count() as u64
    }
}

impl Blocks {
    /// Opens the stream.
    pub(super) fn open(file: &str, opener: &Opener) -> Result<Self, ReadError> {
        Ok(Self {
            file: file.to_owned(),
            stream: opener().map_err(|error| ReadError::of_io(file, &error))?,
            layout: None,
            rest: Vec::new(),
            next_line: 1,
            is_in_array: false,
            is_at_end: false,
            n_bytes_read: 0,
        })
    }

    /// Bytes that were read so far.
    pub(super) fn n_bytes_read(&self) -> u64 {
        self.n_bytes_read
    }

    /// The next block; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Block>, ReadError> {
        loop {
            if self.is_at_end && self.rest.iter().all(u8::is_ascii_whitespace) {
                return match self.is_in_array {
                    true => Err(self.error(
                        self.next_line,
                        "the array is not closed: the file is cut off",
                    )),
                    false => Ok(None),
                };
            }
            self.fill()?;
            let layout = match self.layout {
                Some(layout) => layout,
                None => *self.layout.insert(layout_of(&self.rest)),
            };
            let mut elements = Vec::new();
            let end = match layout {
                Layout::Lines if self.is_at_end => self.rest.len(),
                Layout::Lines => memchr::memrchr(b'\n', &self.rest).map_or(0, |at| at + 1),
                Layout::Elements => self.elements(&mut elements)?,
            };
            if end == 0 {
                if self.is_at_end {
                    return Err(self.error(
                        self.next_line,
                        "the last object is not closed: the file is cut off",
                    ));
                }
                if self.rest.len() > LONGEST_OBJECT {
                    return Err(ReadError::TooLarge {
                        file: self.file.clone(),
                        what: format!("the object on line {}", self.next_line),
                    });
                }
                continue;
            }
            let behind = self.rest.split_off(end);
            let bytes = std::mem::replace(&mut self.rest, behind);
            let first_line = self.next_line;
            self.next_line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
            let is_blank = match layout {
                Layout::Lines => bytes.iter().all(u8::is_ascii_whitespace),
                Layout::Elements => elements.is_empty(),
            };
            if is_blank {
                continue;
            }
            let text = String::from_utf8(bytes).map_err(|error| {
                let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = first_line + memchr::memchr_iter(b'\n', before).count() as u64;
                self.error(
                    line,
                    "the text is not UTF-8, which JSON must be: save it as UTF-8",
                )
            })?;
            return Ok(Some(Block {
                text,
                first_line,
                layout,
                elements,
            }));
        }
    }

    fn error(&self, line: u64, reason: &str) -> ReadError {
        ReadError::Json {
            file: self.file.clone(),
            line,
            reason: reason.to_owned(),
        }
    }

    /// Reads on: a block, or as much again as there is of an object that is longer.
    fn fill(&mut self) -> Result<(), ReadError> {
        let is_beginning = self.n_bytes_read == 0;
        let n_wanted = BLOCK_BYTES.max(self.rest.len());
        let n_read = (&mut self.stream)
            .take(n_wanted as u64)
            .read_to_end(&mut self.rest)
            .map_err(|error| ReadError::of_io(&self.file, &error))?;
        self.n_bytes_read += n_read as u64;
        self.is_at_end = n_read < n_wanted;
        if is_beginning && self.rest.starts_with(b"\xef\xbb\xbf") {
            self.rest.drain(..3);
        }
        Ok(())
    }

    /// Finds the whole elements in what was read; answers where the last one ends.
    fn elements(&mut self, found: &mut Vec<Range<usize>>) -> Result<usize, ReadError> {
        let bytes = &self.rest;
        let mut end = 0;
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'[' if !self.is_in_array => self.is_in_array = true,
                b']' if self.is_in_array => self.is_in_array = false,
                b',' | b' ' | b'\t' | b'\n' | b'\r' => {}
                _ => match end_of_element(&bytes[at..]) {
                    Some(length) => {
                        found.push(at..at + length);
                        at += length;
                        end = at;
                        continue;
                    }
                    None if !self.is_at_end => return Ok(end),
                    None => {
                        let before = memchr::memchr_iter(b'\n', &bytes[..at]).count() as u64;
                        let line = self.next_line + before;
                        return Err(self.error(
                            line,
                            "the object that begins here is not closed: the file is cut off",
                        ));
                    }
                },
            }
            at += 1;
            end = at;
        }
        Ok(end)
    }
}

/// How many bytes an object, list, text or other value has; `None` if it does not end here.
fn end_of_element(bytes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = end_of_string(bytes, at)?.0 - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b',' | b'\n' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the text that opens at this quote ends, behind its closing quote, and whether it has escapes.
pub(super) fn end_of_string(bytes: &[u8], opened: usize) -> Option<(usize, bool)> {
    let mut at = opened + 1;
    let mut has_escapes = false;
    loop {
        let found = at + memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[found] == b'"' {
            return Some((found + 1, has_escapes));
        }
        has_escapes = true;
        at = found + 2;
    }
}

/// One object a line if the first line is one.
fn layout_of(bytes: &[u8]) -> Layout {
    let first = bytes
        .split(|b| *b == b'\n')
        .find(|line| !line.trim_ascii().is_empty());
    let is_object = first.is_some_and(|line| {
        let line = line.trim_ascii();
        line.starts_with(b"{") && end_of_element(line) == Some(line.len())
    });
    let has_bracket =
        first.is_some_and(|line| matches!(line.trim_ascii_start().first(), Some(b'[' | b'{')));
    match is_object || !has_bracket {
        true => Layout::Lines,
        false => Layout::Elements,
    }
}
