//! Records and datasets as other programs read them: OpenLineage events of a run, a run's batches as a Croissant dataset and as a
//! Frictionless data package, and what TensorFlow Data Validation keeps of them. Pure: records and tables in, documents out;
//! reading the store and writing files are left to the floor above, and only `server` sends anything. Schemas alone are
//! `validate::interchange`'s.

pub mod anomalies;
pub mod croissant;
pub mod data_file;
pub mod data_package;
pub mod mlflow;
pub mod openlineage;
pub mod server;
pub mod statistics;
