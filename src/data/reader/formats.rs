//! Which format a file has, by its content first and its name second, and the source that reads it.

use super::compressed::Compression;
use super::delimited::Opener;
use super::input::Input;
use super::many::{Many, Part};
use super::retyped::retyped;
use super::{ReadError, delimited, excel, ipc, json_lines, parquet, sqlite};
use crate::data::files;
use crate::data::source::Source;
use crate::domain::reading::ReadOptions;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// So many bytes tell the format.
pub(super) const N_FIRST_BYTES: usize = 4096;

/// Extensions of text with fields between delimiters.
const DELIMITED: [&str; 5] = ["csv", "tsv", "txt", "tab", "psv"];
/// Extensions of files that hold JSON.
const JSON: [&str; 3] = ["jsonl", "ndjson", "json"];
/// Extensions of files that a folder is searched for, beside those of text and workbooks. Databases and single JSON
/// documents are left out: beside data files they mostly describe something else. They can be named.
const IN_FOLDERS: [&str; 7] = [
    "jsonl", "ndjson", "parquet", "pq", "arrow", "feather", "ipc",
];
/// Extensions of compressed files.
const PACKED: [&str; 3] = ["gz", "zst", "zstd"];

/// The file formats that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Delimited,
    Json,
    Parquet,
    ArrowFile,
    ArrowStream,
    Sqlite,
    Workbook,
    Compressed(Compression),
}

/// Whether a folder's file of this name is one to read.
pub(super) fn is_readable(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase());
    let Some(name) = name.filter(|n| !n.starts_with("~$")) else {
        return false;
    };
    let extension = extension(&name);
    if PACKED.contains(&extension) {
        let inner = self::extension(unpacked_name(&name));
        return DELIMITED.contains(&inner) || matches!(inner, "jsonl" | "ndjson");
    }
    DELIMITED.contains(&extension)
        || IN_FOLDERS.contains(&extension)
        || excel::EXTENSIONS.contains(&extension)
}

fn extension(name: &str) -> &str {
    Path::new(name)
        .extension()
        .and_then(|e| e.to_str())
        .unwrap_or_default()
}

/// The name without the extension of its compression.
fn unpacked_name(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((inner, packed)) if PACKED.contains(&packed.to_lowercase().as_str()) => inner,
        _ => name,
    }
}

impl Format {
    /// The format of a content by its first bytes; an error names formats that are known but not read.
    pub(super) fn of_content(file: &str, bytes: &[u8]) -> Result<Self, ReadError> {
        let unread: [(&[u8], &str); 12] = [
            (b"PARE", "an encrypted Parquet file"),
            (b"Obj\x01", "an Avro file"),
            (b"ORC", "an ORC file"),
            (b"FEA1", "a Feather file of version 1"),
            (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
            (b"\x93NUMPY", "a NumPy array"),
            (b"\x80\x04\x95", "a Python pickle"),
            (b"\x80\x05\x95", "a Python pickle"),
            (b"BZh", "a bzip2 archive"),
            (b"\xfd7zXZ\0", "an xz archive"),
            (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
            (b"%PDF-", "a PDF document"),
        ];
        if let Some((_, what)) = unread.iter().find(|(magic, _)| bytes.starts_with(magic)) {
            return Err(ReadError::Unsupported {
                file: file.to_owned(),
                what: (*what).to_owned(),
            });
        }
        if bytes.starts_with(b"PAR1") {
            return Ok(Self::Parquet);
        }
        if bytes.starts_with(b"ARROW1") {
            return Ok(Self::ArrowFile);
        }
        if ipc::is_stream(bytes) {
            return Ok(Self::ArrowStream);
        }
        if bytes.starts_with(b"SQLite format 3\0") {
            return Ok(Self::Sqlite);
        }
        if let Some(compression) = Compression::of_content(bytes) {
            return Ok(Self::Compressed(compression));
        }
        if excel::is_workbook(bytes, file) {
            return Ok(Self::Workbook);
        }
        if bytes.starts_with(b"PK\x03\x04") {
            return Err(ReadError::Unsupported {
                file: file.to_owned(),
                what: "a ZIP archive".to_owned(),
            });
        }
        match is_json(file, bytes) {
            true => Ok(Self::Json),
            false => Ok(Self::Delimited),
        }
    }
}

/// Whether a text is JSON: by its name, or because it begins with an object that has a key, or an array of objects.
fn is_json(file: &str, bytes: &[u8]) -> bool {
    let text = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let inside = |text: &[u8]| {
        text.get(1..)
            .and_then(|t| t.trim_ascii_start().first().copied())
    };
    let begins_so = match text.first() {
        Some(b'{') => matches!(inside(text), Some(b'"' | b'}')),
        Some(b'[') => matches!(inside(text), Some(b'{')),
        _ => false,
    };
    let lower = file.to_lowercase();
    begins_so || (JSON.contains(&extension(unpacked_name(&lower))) && !text.is_empty())
}

/// Opens a file, whatever its format, or a folder of files as one dataset.
pub(super) fn open_path(path: &Path, options: &ReadOptions) -> Result<Box<dyn Source>, ReadError> {
    let file = path.display().to_string();
    if path.is_dir() {
        return open_folder(path, options);
    }
    let unreadable = |error| ReadError::of_io(&file, &error);
    let n_bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    open_input(&file, Input::of_path(path, n_bytes), options)
}

fn open_folder(path: &Path, options: &ReadOptions) -> Result<Box<dyn Source>, ReadError> {
    let found = files::expand(&[path.display().to_string()], Path::new(""))?;
    open_many(&found, options)
}

/// Opens several files as one dataset, their rows in the order of the files.
pub(super) fn open_many<P: AsRef<Path>>(
    paths: &[P],
    options: &ReadOptions,
) -> Result<Box<dyn Source>, ReadError> {
    let mut parts = Vec::with_capacity(paths.len());
    for path in paths.iter().map(AsRef::as_ref) {
        let name = path.file_name().unwrap_or(path.as_os_str());
        parts.push(Part {
            name: name.to_string_lossy().into_owned(),
            source: open_path(path, options)?,
        });
    }
    match parts.len() {
        0 => Err(ReadError::NoPatterns),
        1 => Ok(parts.remove(0).source),
        _ => Ok(Box::new(Many::new(parts, options))),
    }
}

/// Opens the bytes of a file.
pub(super) fn open_input(
    file: &str,
    input: Input,
    options: &ReadOptions,
) -> Result<Box<dyn Source>, ReadError> {
    let mut first = Vec::new();
    input
        .open(file)?
        .take(N_FIRST_BYTES as u64)
        .read_to_end(&mut first)
        .map_err(|error| ReadError::of_io(file, &error))?;
    let n_bytes = input.n_bytes();
    let source: Box<dyn Source> = match Format::of_content(file, &first)? {
        Format::Delimited => {
            return delimited::open_bytes(file, plain_opener(file, input), n_bytes, options);
        }
        Format::Json => Box::new(json_lines::open(
            file,
            plain_opener(file, input),
            n_bytes,
            options,
        )?),
        Format::Parquet => Box::new(parquet::open(file, input)?),
        Format::ArrowFile => Box::new(ipc::open(file, input, false)?),
        Format::ArrowStream => Box::new(ipc::open(file, input, true)?),
        Format::Sqlite => Box::new(sqlite::open(file, input, options)?),
        Format::Workbook => Box::new(excel::open(file, &input, options)?),
        Format::Compressed(compression) => {
            return open_compressed(file, &input, compression, options);
        }
    };
    Ok(retyped(source, &options.types))
}

fn plain_opener(file: &str, input: Input) -> Opener {
    let file = file.to_owned();
    Arc::new(move || {
        let opened = input.open(&file).map_err(std::io::Error::other)?;
        Ok(Box::new(opened))
    })
}

fn open_compressed(
    file: &str,
    input: &Input,
    compression: Compression,
    options: &ReadOptions,
) -> Result<Box<dyn Source>, ReadError> {
    let opener = compression.opener(file, input);
    let mut first = Vec::new();
    opener()
        .and_then(|stream| stream.take(N_FIRST_BYTES as u64).read_to_end(&mut first))
        .map_err(|error| ReadError::of_io(file, &error))?;
    let n_bytes = compression.n_bytes(file, input);
    match Format::of_content(file, &first)? {
        Format::Delimited => delimited::open_bytes(file, opener, n_bytes, options),
        Format::Json => {
            let source = json_lines::open(file, opener, n_bytes, options)?;
            Ok(retyped(Box::new(source), &options.types))
        }
        _ => Err(ReadError::Unsupported {
            file: file.to_owned(),
            what: "an archive of a binary file: unpack it first".to_owned(),
        }),
    }
}
