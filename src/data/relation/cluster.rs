//! An order in which things that are near each other are neighbours: agglomerative clustering with average linkage
//! (Sokal and Michener 1958), the leaves as they come.

/// The order of `n` things by their distances; ties are joined in the order of positions.
pub(super) fn order(n: usize, distance: impl Fn(usize, usize) -> f64) -> Vec<usize> {
    let mut clusters: Vec<Vec<usize>> = (0..n).map(|i| vec![i]).collect();
    let mut far: Vec<Vec<f64>> = (0..n)
        .map(|a| (0..n).map(|b| distance(a, b)).collect())
        .collect();
    while clusters.len() > 1 {
        let mut best = (0, 1);
        for a in 0..clusters.len() {
            for b in a + 1..clusters.len() {
                if far[a][b] < far[best.0][best.1] {
                    best = (a, b);
                }
            }
        }
        let (a, b) = best;
        let (size_a, size_b) = (clusters[a].len() as f64, clusters[b].len() as f64);
        let joined: Vec<f64> = far[a]
            .iter()
            .zip(&far[b])
            .map(|(to_a, to_b)| (to_a * size_a + to_b * size_b) / (size_a + size_b))
            .collect();
        for (row, distance) in far.iter_mut().zip(&joined) {
            row[a] = *distance;
        }
        far[a] = joined;
        let moved = clusters.remove(b);
        clusters[a].extend(moved);
        far.remove(b);
        for row in &mut far {
            row.remove(b);
        }
    }
    clusters.pop().unwrap_or_default()
}
