//! The plan: which columns are inputs, and what was learned of each. Numbers and names of single columns are left to
//! `column` and `encode`.

use super::column::{Chosen, ColumnTransform, FittedColumn, accepts};
use super::encode::{self, Picked};
use super::error::{FeatureError, Mistyped};
use super::target_mean::KnownTargets;
use crate::data::Table;
use crate::domain::pipeline::TransformParams;
use crate::domain::preparation::Preparation;
use crate::domain::schema::{ColumnSpec, Role, Schema};
use crate::domain::signature::InputColumn;
use ndarray::parallel::prelude::*;
use ndarray::{Array2, ArrayViewMut2, Axis, Slice};
use serde::{Deserialize, Serialize};

/// How a model takes its inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// In the form for linear models.
    OneHot,
    /// In the form for trees.
    Ordinal,
    /// All features in the one form, then all in the other: for a model that is made of models of both kinds.
    Both,
}

/// A form of the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Numbers scaled to mean 0 and standard deviation 1, a 0/1 feature a category: for linear models and naive Bayes.
    OneHot,
    /// Numbers as they are, categories numbered by frequency: for trees.
    Ordinal,
}

impl Encoding {
    /// The forms in the order of the features.
    pub(crate) fn forms(self) -> &'static [Form] {
        match self {
            Self::OneHot => &[Form::OneHot],
            Self::Ordinal => &[Form::Ordinal],
            Self::Both => &[Form::OneHot, Form::Ordinal],
        }
    }
}

/// Rows that one thread encodes at a time.
const ROWS_A_CHUNK: usize = 8192;

/// Fitted transforms of all input columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeaturePlan {
    /// The input columns, in the order of the schema.
    pub columns: Vec<FittedColumn>,
    /// Rows it was fitted on.
    pub n_rows: u64,
}

impl FeaturePlan {
    /// Learns the transforms from the given rows of a table.
    ///
    /// Inputs are the schema's features, and its time column where that is a day or moment (a time column of another
    /// type only orders the rows). A column without a value in any of the rows is left out, and so is a column that
    /// the schema does not require and the table does not have. `known` are the targets of these rows, in their order; columns
    /// that become means of the target need them.
    ///
    /// # Errors
    /// No rows, a preparation that does not suit its column, columns missing or of an unusable type (all of them are listed), or nothing left to see.
    pub fn fit(
        table: &Table,
        schema: &Schema,
        rows: &[usize],
        params: &TransformParams,
        exclude: &[String],
        known: Option<KnownTargets<'_>>,
    ) -> Result<Self, FeatureError> {
        let plan = Self::fit_unless(table, schema, rows, params, exclude, known, &|| false)?;
        Ok(plan.expect("nothing stops it"))
    }

    /// As [`Self::fit`], unless it is stopped on the way: then there is no plan.
    ///
    /// # Errors
    /// As [`Self::fit`].
    pub fn fit_unless(
        table: &Table,
        schema: &Schema,
        rows: &[usize],
        params: &TransformParams,
        exclude: &[String],
        known: Option<KnownTargets<'_>>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Self>, FeatureError> {
        if rows.is_empty() {
            return Err(FeatureError::NoRows);
        }
        check_rows(rows, table.n_rows())?;
        let specs: Vec<&ColumnSpec> = schema
            .inputs()
            .filter(|c| c.role != Role::Time || c.kind.is_temporal())
            .filter(|c| !exclude.contains(&c.name))
            .filter(|c| c.required || table.position(&c.name).is_some())
            .collect();
        let mut usable = Vec::new();
        let mut missing = Vec::new();
        let mut mistyped = Vec::new();
        for spec in specs {
            let Some(data) = table.column(&spec.name) else {
                missing.push(spec.name.clone());
                continue;
            };
            if !accepts(spec.kind, data) {
                mistyped.push(Mistyped {
                    name: spec.name.clone(),
                    expected: spec.kind,
                    found: data.column_type(),
                });
                continue;
            }
            usable.push((spec, data));
        }
        if !missing.is_empty() || !mistyped.is_empty() {
            return Err(FeatureError::Columns { missing, mistyped });
        }
        let chosen = usable
            .iter()
            .map(|(spec, _)| chosen(spec, params, known))
            .collect::<Result<Vec<Chosen<'_>>, _>>()?;
        let fitted: Vec<Option<FittedColumn>> = usable
            .par_iter()
            .zip(chosen)
            .map(|((spec, data), how)| {
                let fit = || FittedColumn::fit(&spec.name, spec.kind, *data, rows, how);
                (!is_stopped()).then(fit).flatten()
            })
            .collect();
        if is_stopped() {
            return Ok(None);
        }
        let without_values = usable.iter().zip(&fitted).filter(|(_, f)| f.is_none());
        let empty = without_values.map(|((spec, _), _)| spec.name.clone());
        let empty: Vec<String> = empty.collect();
        let plan = Self {
            columns: fitted.into_iter().flatten().collect(),
            n_rows: rows.len() as u64,
        };
        if plan.n_features(Encoding::OneHot) == 0 {
            let set_aside = schema.columns.iter();
            let set_aside = set_aside.filter(|c| !c.role.is_input() && c.role != Role::Target);
            return Err(FeatureError::NoInputs {
                empty,
                excluded: exclude.to_vec(),
                set_aside: set_aside.map(|c| (c.name.clone(), c.role)).collect(),
            });
        }
        Ok(Some(plan))
    }

    /// The same plan without some columns: equal to one that was fitted without them.
    ///
    /// # Errors
    /// If no column is left.
    pub fn without(&self, exclude: &[String]) -> Result<Self, FeatureError> {
        let mut plan = self.clone();
        plan.columns.retain(|c| !exclude.contains(&c.name));
        if plan.n_features(Encoding::OneHot) == 0 {
            return Err(FeatureError::NoInputs {
                empty: Vec::new(),
                excluded: exclude.to_vec(),
                set_aside: Vec::new(),
            });
        }
        Ok(plan)
    }

    /// Turns rows of a table (`None`: all of them) into a matrix of `n × n_features` finite numbers of f32 precision.
    /// The table's columns may be in any order, and there may be more.
    ///
    /// # Errors
    /// If input columns are missing or of an unusable type; all of them are listed.
    pub fn encode(
        &self,
        table: &Table,
        rows: Option<&[usize]>,
        encoding: Encoding,
    ) -> Result<Array2<f64>, FeatureError> {
        self.check(table)?;
        if let Some(rows) = rows {
            check_rows(rows, table.n_rows())?;
        }
        Ok(self.encode_checked(table, rows, encoding))
    }

    /// As [`Self::encode`], unless it is stopped on the way: then there is no matrix.
    ///
    /// # Errors
    /// As [`Self::encode`].
    pub fn encode_unless(
        &self,
        table: &Table,
        rows: &[usize],
        encoding: Encoding,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Array2<f64>>, FeatureError> {
        self.check(table)?;
        check_rows(rows, table.n_rows())?;
        let matrix = self.encode_while(table, Some(rows), encoding, &|| !is_stopped());
        Ok((!is_stopped()).then_some(matrix))
    }

    /// As [`Self::encode_unless`], for the rows that the plan was fitted on, with their targets in this order: a column that
    /// becomes means of the target does so without the row's own target.
    ///
    /// # Errors
    /// As [`Self::encode`].
    pub fn encode_training(
        &self,
        table: &Table,
        rows: &[usize],
        encoding: Encoding,
        known: KnownTargets<'_>,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Array2<f64>>, FeatureError> {
        let encoded = self.encode_unless(table, rows, encoding, is_stopped)?;
        let Some(mut matrix) = encoded else {
            return Ok(None);
        };
        let mut first = 0;
        for (form, column) in self.pieces(encoding) {
            let width = encode::names(column, form).len();
            if let ColumnTransform::Target(means) = &column.transform {
                let data = table
                    .column(&column.name)
                    .expect("the table was checked to have every input column");
                let answers = means.of_training(data, rows, known);
                for (i, answer) in answers.chunks(width).enumerate() {
                    for (k, mean) in answer.iter().enumerate() {
                        matrix[[i, first + k]] = encode::target_feature(means, k, *mean, form);
                    }
                }
            }
            first += width;
        }
        Ok(Some(matrix))
    }

    /// Whether a table has all input columns in usable types.
    ///
    /// # Errors
    /// With all columns that are missing or have an unusable type.
    pub fn check(&self, table: &Table) -> Result<(), FeatureError> {
        let mut missing = Vec::new();
        let mut mistyped = Vec::new();
        for column in &self.columns {
            match table.column(&column.name) {
                None => missing.push(column.name.clone()),
                Some(data) if accepts(column.kind, data) => {}
                Some(data) => mistyped.push(Mistyped {
                    name: column.name.clone(),
                    expected: column.kind,
                    found: data.column_type(),
                }),
            }
        }
        if missing.is_empty() && mistyped.is_empty() {
            Ok(())
        } else {
            Err(FeatureError::Columns { missing, mistyped })
        }
    }

    /// `encode` for a table (or a slice of one) that passed `check`: whether a column without any value fits cannot
    /// be told from a slice.
    pub(crate) fn encode_checked(
        &self,
        table: &Table,
        rows: Option<&[usize]>,
        encoding: Encoding,
    ) -> Array2<f64> {
        self.encode_while(table, rows, encoding, &|| true)
    }

    /// Leaves rows out (they are zeros) once it is not to go on.
    fn encode_while(
        &self,
        table: &Table,
        rows: Option<&[usize]>,
        encoding: Encoding,
        goes_on: &(dyn Fn() -> bool + Sync),
    ) -> Array2<f64> {
        let n_rows = rows.map_or(table.n_rows(), <[usize]>::len);
        let mut matrix = Array2::zeros((n_rows, self.n_features(encoding)));
        let picked = |first: usize, n: usize| {
            rows.map_or(Picked::From(first), |rows| {
                Picked::These(&rows[first..first + n])
            })
        };
        if n_rows <= ROWS_A_CHUNK {
            self.fill(table, picked(0, n_rows), encoding, matrix.view_mut());
            return matrix;
        }
        let chunks = matrix.axis_chunks_iter_mut(Axis(0), ROWS_A_CHUNK);
        chunks
            .into_par_iter()
            .enumerate()
            .for_each(|(chunk, part)| {
                if goes_on() {
                    let picked = picked(chunk * ROWS_A_CHUNK, part.nrows());
                    self.fill(table, picked, encoding, part);
                }
            });
        matrix
    }

    /// Encodes some rows on this thread.
    fn fill(
        &self,
        table: &Table,
        rows: Picked<'_>,
        encoding: Encoding,
        mut out: ArrayViewMut2<'_, f64>,
    ) {
        let mut first = 0;
        for (form, column) in self.pieces(encoding) {
            let width = encode::names(column, form).len();
            let data = table
                .column(&column.name)
                .expect("the table was checked to have every input column");
            let target = out.slice_axis_mut(Axis(1), Slice::from(first..first + width));
            encode::fill(column, data, rows, form, target);
            first += width;
        }
    }

    /// Names of the features, in the order of the matrix's columns: `distance`, `carrier=B6`, `date.month=2`,
    /// `age is missing`.
    #[must_use]
    pub fn feature_names(&self, encoding: Encoding) -> Vec<String> {
        self.pieces(encoding)
            .flat_map(|(form, c)| encode::names(c, form))
            .collect()
    }

    /// Number of features.
    #[must_use]
    pub fn n_features(&self, encoding: Encoding) -> usize {
        self.pieces(encoding)
            .map(|(form, c)| encode::names(c, form).len())
            .sum()
    }

    /// Number of features of one of its columns.
    #[must_use]
    pub fn n_features_of(&self, column: &FittedColumn, encoding: Encoding) -> usize {
        let forms = encoding.forms().iter();
        forms.map(|form| encode::names(column, *form).len()).sum()
    }

    /// The columns in each form, in the order of the features.
    fn pieces(&self, encoding: Encoding) -> impl Iterator<Item = (Form, &FittedColumn)> {
        let forms = encoding.forms().iter();
        forms.flat_map(|form| self.columns.iter().map(|c| (*form, c)))
    }

    /// The raw columns it reads, for a model's signature.
    #[must_use]
    pub fn inputs(&self) -> Vec<InputColumn> {
        self.columns
            .iter()
            .map(|c| InputColumn {
                name: c.name.clone(),
                kind: c.kind,
                had_missing: c.had_missing,
                domain: c.domain(),
            })
            .collect()
    }
}

/// What is done with a column.
fn chosen<'a>(
    spec: &ColumnSpec,
    params: &TransformParams,
    known: Option<KnownTargets<'a>>,
) -> Result<Chosen<'a>, FeatureError> {
    let possible = Preparation::of(spec.kind);
    let wanted = params.columns.get(&spec.name).copied();
    if let Some(wanted) = wanted
        && (!possible.contains(&wanted) || (wanted == Preparation::Target && known.is_none()))
    {
        return Err(FeatureError::Unsuited {
            column: spec.name.clone(),
            kind: spec.kind,
            preparation: wanted,
        });
    }
    let usual = possible.first().copied().unwrap_or(Preparation::Plain);
    Ok(Chosen {
        preparation: wanted.unwrap_or(usual),
        max_categories: params.max_categories as usize,
        known,
    })
}

fn check_rows(rows: &[usize], n_rows: usize) -> Result<(), FeatureError> {
    match rows.iter().find(|r| **r >= n_rows) {
        Some(row) => Err(FeatureError::RowOutside { row: *row, n_rows }),
        None => Ok(()),
    }
}
