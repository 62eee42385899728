//! Names that somebody may have meant: for error messages about names that do not exist.

/// The names nearest to `wanted`, best first, at most three; empty if none is near.
#[must_use]
pub fn near_matches(wanted: &str, names: &[String]) -> Vec<String> {
    let plain = simplified(wanted);
    let mut scored: Vec<(usize, &String)> = names
        .iter()
        .filter_map(|name| {
            let other = simplified(name);
            let longer = plain.len().max(other.len());
            let distance = edit_distance(&plain, &other);
            let contains = plain.len().min(other.len()) >= 3
                && (is_part(&plain, &other) || is_part(&other, &plain));
            let is_near = distance <= 1.max(longer / 3) && distance < longer;
            (is_near || contains).then_some((distance, name))
        })
        .collect();
    scored.sort();
    scored
        .into_iter()
        .take(3)
        .map(|(_, name)| name.clone())
        .collect()
}

/// Letters and digits only, in lower case.
fn simplified(name: &str) -> Vec<char> {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

fn is_part(part: &[char], whole: &[char]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

/// Levenshtein's distance.
fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let names: Vec<String> = ["late", "dep_delay", "Arr Delay", "x"]
            .map(String::from)
            .into();
        assert_eq!(near_matches("lat", &names), ["late"]);
        assert_eq!(near_matches("arr_delay", &names)[0], "Arr Delay");
        assert_eq!(near_matches("delay", &names), ["Arr Delay", "dep_delay"]);
        assert!(near_matches("temperature", &names).is_empty());
        assert!(near_matches("y", &names).is_empty());
    }

    #[test]
    fn edit_distance_is_levenshteins() {
        let d = |a: &str, b: &str| edit_distance(&simplified(a), &simplified(b));
        assert_eq!(d("kitten", "sitting"), 3);
        assert_eq!(d("", "abc"), 3);
        assert_eq!(d("flaw", "lawn"), 2);
    }
}
