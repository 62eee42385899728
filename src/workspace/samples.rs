//! The shipped samples, inside the binary: data, pipeline, and what they teach.

/// A shipped sample.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its id: `nyc-flights`.
    pub id: &'static str,
    /// For people.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// pipeline.toml.
    pub(super) pipeline: &'static str,
    /// Data files, by name.
    pub(super) files: &'static [(&'static str, &'static [u8])],
}

macro_rules! flights {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../sample_data/nyc_flights/", $name)).as_slice(),
        )
    };
}

const FLIGHTS: &[(&str, &[u8])] = &[
    flights!("flights_2013_01_03.csv"),
    flights!("flights_2013_04_05.csv"),
    flights!("flights_2013_06_07.csv"),
    flights!("flights_2013_08_09.csv"),
    flights!("flights_2013_10_12.csv"),
];

/// All samples; the first is the one that opens by itself.
pub const SAMPLES: [Sample; 3] = [
    Sample {
        id: "nyc-flights",
        title: "New York flights",
        summary: "Will a flight arrive more than 15 minutes late? Five batches of 2013, with weather and planes.",
        pipeline: include_str!("../../sample_data/nyc_flights/late.toml"),
        files: FLIGHTS,
    },
    Sample {
        id: "nyc-flights-delay",
        title: "New York flights, delay in minutes",
        summary: "The same flights as a regression: by how many minutes will a flight be late?",
        pipeline: include_str!("../../sample_data/nyc_flights/delay.toml"),
        files: FLIGHTS,
    },
    Sample {
        id: "penguins",
        title: "Palmer penguins",
        summary: "Which of three species is it? 344 rows, nearly separable: a quick first look.",
        pipeline: include_str!("../../sample_data/penguins.toml"),
        files: &[(
            "penguins.csv",
            include_bytes!("../../sample_data/penguins.csv"),
        )],
    },
];

/// The sample of this id.
#[must_use]
pub fn sample(id: &str) -> Option<&'static Sample> {
    SAMPLES.iter().find(|s| s.id == id)
}
