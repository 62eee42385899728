//! The sources as the rules see them: text, and code without comments and the insides of literals.

use std::path::Path;

/// Folders of Rust files, beside the package's root.
const FOLDERS: [&str; 4] = ["src", "tests", "examples", "benches"];

/// One file.
pub struct Source {
    /// Path from the package's root, with `/`.
    pub path: String,
    /// As it stands in the file.
    pub text: String,
    /// The same, with comments and the insides of literals blanked out; lines keep their numbers.
    pub code: String,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: blank_out(text),
        }
    }

    pub fn is_in(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Where a place in the code is, for a person and an editor.
    pub fn at(&self, offset: usize) -> String {
        let line = self.code[..offset].matches('\n').count() + 1;
        format!("{}:{line}", self.path)
    }

    /// The module of the house that the file belongs to; `None` for `lib.rs`, `main.rs` and files outside `src`.
    pub fn module(&self) -> Option<&str> {
        let inside = self.path.strip_prefix("src/")?;
        let first = inside.split('/').next()?;
        let name = first.strip_suffix(".rs").unwrap_or(first);
        (name != "lib" && name != "main").then_some(name)
    }

    /// How many modules the file is below the crate's root.
    pub fn depth(&self) -> usize {
        let path = self.path.trim_start_matches("src/");
        let path = path.strip_suffix("/mod.rs").unwrap_or(path);
        path.split('/').count()
    }
}

pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for folder in FOLDERS {
        collect(root, &root.join(folder), &mut found);
    }
    assert!(found.len() > 50, "the sources were not found");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let inside = path.strip_prefix(root).unwrap().to_string_lossy();
            let text = std::fs::read_to_string(&path).unwrap();
            found.push(Source::new(&inside.replace('\\', "/"), &text));
        }
    }
}

/// Blanks out comments and the insides of string and character literals, byte for byte.
fn blank_out(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut i = 0;
    while i < bytes.len() {
        let end = match bytes[i] {
            b'/' if bytes.get(i + 1) == Some(&b'/') => {
                text[i..].find('\n').map_or(bytes.len(), |n| i + n)
            }
            b'/' if bytes.get(i + 1) == Some(&b'*') => end_of_block_comment(bytes, i),
            b'"' => end_of_string(bytes, i),
            b'r' if !is_word_before(bytes, i) => end_of_raw_string(text, i),
            b'\'' => end_of_char(text, i),
            _ => i,
        };
        if end > i {
            for byte in &mut out[i..end] {
                if *byte != b'\n' {
                    *byte = b' ';
                }
            }
            i = end;
        } else {
            i += 1;
        }
    }
    String::from_utf8(out).expect("whole characters are blanked out")
}

fn end_of_block_comment(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut i) = (0, start);
    while i + 1 < bytes.len() {
        match &bytes[i..i + 2] {
            b"/*" => (depth, i) = (depth + 1, i + 2),
            b"*/" if depth == 1 => return i + 2,
            b"*/" => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    bytes.len()
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut i = start + 1;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 2,
            b'"' => return i + 1,
            _ => i += 1,
        }
    }
    bytes.len()
}

/// `start` where no raw string begins there.
fn end_of_raw_string(text: &str, start: usize) -> usize {
    let rest = &text[start + 1..];
    let n_hashes = rest.bytes().take_while(|b| *b == b'#').count();
    if rest.as_bytes().get(n_hashes) != Some(&b'"') {
        return start;
    }
    let open = start + n_hashes + 2;
    let close = format!("\"{}", "#".repeat(n_hashes));
    text[open..]
        .find(&close)
        .map_or(text.len(), |n| open + n + close.len())
}

/// `start` where a lifetime begins there.
fn end_of_char(text: &str, start: usize) -> usize {
    let rest = &text[start + 1..];
    if rest.starts_with('\\') {
        // The character after the backslash may itself be a quote.
        return rest[2..].find('\'').map_or(start, |n| start + n + 4);
    }
    let mut characters = rest.chars();
    match (characters.next(), characters.next()) {
        (Some(c), Some('\'')) => start + 2 + c.len_utf8(),
        _ => start,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_word_before(bytes: &[u8], at: usize) -> bool {
    // `br"…"` is a raw string too.
    let before = if at > 0 && bytes[at - 1] == b'b' {
        at - 1
    } else {
        at
    };
    before > 0 && is_word(bytes[before - 1])
}

/// Every word of the code, with its place.
pub fn words(code: &str) -> Vec<(usize, &str)> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut i = 0;
    while i < bytes.len() {
        let start = i;
        while i < bytes.len() && is_word(bytes[i]) {
            i += 1;
        }
        if i > start {
            found.push((start, &code[start..i]));
        } else {
            i += 1;
        }
    }
    found
}

#[test]
fn comments_and_literals_do_not_count() {
    let text = "a // crate::gui\n\"crate::\\\"gui\" b /* x /* y */ z */ r#\"c\"d\"# 'x' '\\'' <'t> \"é\" e";
    let code = blank_out(text);
    assert_eq!(code.len(), text.len());
    let left: Vec<&str> = words(&code).into_iter().map(|(_, w)| w).collect();
    assert_eq!(left, ["a", "b", "t", "e"]);
}
