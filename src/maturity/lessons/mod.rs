//! The lessons, one file each. A new one is a new file, its `mod` line, and its place in `ALL`.

mod blocked_by_a_segment;

use super::lesson::Lesson;

/// All lessons, in the order in which they make sense.
pub(super) const ALL: &[&Lesson] = &[&blocked_by_a_segment::LESSON];
