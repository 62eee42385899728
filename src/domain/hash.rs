//! Content hashes and fingerprints. A hash depends on content alone: no path, clock, host or thread count.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// BLAKE3 of some content, as 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash(String);

impl ContentHash {
    /// The hash of these bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(blake3::hash(bytes).to_hex().to_string())
    }

    /// The hash of a JSON value in canonical form (object keys sorted, no white space), so that the order in which
    /// somebody wrote the fields does not matter.
    #[must_use]
    pub fn of_json(value: &Value) -> Self {
        let mut text = String::new();
        write_canonical(value, &mut text);
        Self::of_bytes(text.as_bytes())
    }

    /// Takes a finished streaming hasher.
    #[must_use]
    pub fn from_hasher(hasher: &blake3::Hasher) -> Self {
        Self(hasher.finalize().to_hex().to_string())
    }

    /// All 64 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 12 digits: enough for a person to tell two apart.
    #[must_use]
    pub fn short(&self) -> &str {
        &self.0[..12]
    }

    /// The first 64 bits, for seeding a random generator by content.
    #[must_use]
    pub fn seed(&self) -> u64 {
        u64::from_str_radix(&self.0[..16], 16).unwrap_or_default()
    }
}

impl TryFrom<String> for ContentHash {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let well_formed = text.len() == 64
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if well_formed {
            Ok(Self(text))
        } else {
            Err(format!(
                "{text:?} is not a BLAKE3 hash of 64 hexadecimal digits"
            ))
        }
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.0
    }
}

impl std::fmt::Display for ContentHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Writes JSON with sorted keys and no white space.
fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (i, key) in keys.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(&map[key], out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        other => out.push_str(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn canonical_json_ignores_the_order_of_keys_and_nothing_else() {
        let a = ContentHash::of_json(&json!({"b": 1, "a": [1, {"y": 2, "x": null}]}));
        let b = ContentHash::of_json(&json!({"a": [1, {"x": null, "y": 2}], "b": 1}));
        assert_eq!(a, b);
        assert_ne!(
            a,
            ContentHash::of_json(&json!({"a": [{"x": null, "y": 2}, 1], "b": 1}))
        );
        assert_ne!(
            ContentHash::of_json(&json!({"a": 1})),
            ContentHash::of_json(&json!({"a": "1"}))
        );
    }

    #[test]
    fn blake3_of_nothing_is_the_published_test_vector() {
        let expected = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(ContentHash::of_bytes(b"").as_str(), expected);
    }
}
