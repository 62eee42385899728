//! Reading TensorFlow Data Validation's schema. What concerns lists, structs, images and the like is named and left out.

use super::text_format::{self, Field, Value};
use super::tfdv::{FIELDS, ROLE_TAG, SUPPORT_TAG};
use super::{Carried, FormatError, note};
use crate::domain::schema::{
    BooleanWords, ColumnSpec, ColumnType, Constraints, Domain, DriftMeasure, DriftThreshold, Role,
    RowsComparator, Schema,
};

/// A schema from `schema.pbtxt`.
pub(super) fn read(text: &str) -> Result<Carried<Schema>, FormatError> {
    let fields = text_format::read(text)?;
    let mut reader = Reader {
        text,
        notes: Vec::new(),
        domains: Vec::new(),
    };
    for field in fields.iter().filter(|f| f.name == "string_domain") {
        let domain = reader.message(field)?;
        let name = reader.text_in(domain, "name")?.unwrap_or_default();
        let values = reader.texts_in(domain, "value")?;
        reader.domains.push((name, values));
    }
    let mut schema = Schema {
        columns: Vec::new(),
        min_rows: None,
        max_rows: None,
        rows_comparator: None,
        expectations: Vec::new(),
        ignored: Vec::new(),
    };
    for field in &fields {
        match field.name.as_str() {
            "feature" => {
                let feature = reader.message(field)?;
                if let Some(column) = reader.feature(field, feature)? {
                    if schema.column(&column.name).is_some() {
                        return reader.error(
                            field,
                            format!("there are two features named {:?}", column.name),
                        );
                    }
                    schema.columns.push(column);
                }
            }
            "string_domain" | "default_environment" => {}
            "dataset_constraints" => {
                let constraints = reader.message(field)?;
                reader.dataset(constraints, &mut schema)?;
            }
            name if FIELDS.contains(&name) => {
                let place = reader.place(field);
                reader.notes.push(format!("{name} {place} is not carried"));
            }
            name => return reader.error(field, format!("a schema has no field {name:?}")),
        }
    }
    if schema.columns.is_empty() {
        return Err(FormatError::at(text, 0, "the schema has no features"));
    }
    reader.target(&mut schema);
    Ok(Carried {
        value: schema,
        notes: reader.notes,
    })
}

struct Reader<'t> {
    text: &'t str,
    notes: Vec<String>,
    /// Lists of texts that features refer to by name.
    domains: Vec<(String, Vec<String>)>,
}

type Read<T> = Result<T, FormatError>;

impl Reader<'_> {
    fn error<T>(&self, field: &Field, message: impl Into<String>) -> Read<T> {
        Err(FormatError::at(self.text, field.position, message))
    }

    fn place(&self, field: &Field) -> String {
        let place = FormatError::at(self.text, field.position, "");
        format!("in line {}", place.line)
    }

    fn message<'f>(&self, field: &'f Field) -> Read<&'f [Field]> {
        match &field.value {
            Value::Message(fields) => Ok(fields),
            _ => self.error(field, format!("{} is a message", field.name)),
        }
    }

    fn text_of(&self, field: &Field) -> Read<String> {
        match &field.value {
            Value::Text(text) => Ok(text.clone()),
            _ => self.error(field, format!("{} is a text in quotes", field.name)),
        }
    }

    fn word_of<'f>(&self, field: &'f Field) -> Read<&'f str> {
        match &field.value {
            Value::Word(word) => Ok(word),
            _ => self.error(field, format!("{} is no text and no message", field.name)),
        }
    }

    fn text_in(&self, fields: &[Field], name: &str) -> Read<Option<String>> {
        last(fields, name).map(|f| self.text_of(f)).transpose()
    }

    fn texts_in(&self, fields: &[Field], name: &str) -> Read<Vec<String>> {
        let named = fields.iter().filter(|f| f.name == name);
        named.map(|f| self.text_of(f)).collect()
    }

    fn number_of(&self, field: &Field) -> Read<f64> {
        let word = self.word_of(field)?;
        let plain = word.trim_end_matches(['f', 'F']);
        let plain = if plain.eq_ignore_ascii_case("in") || plain.eq_ignore_ascii_case("-in") {
            word
        } else {
            plain
        };
        match plain.parse() {
            Ok(number) => Ok(number),
            Err(_) => self.error(field, format!("{} is a number", field.name)),
        }
    }

    fn number_in(&self, fields: &[Field], name: &str) -> Read<Option<f64>> {
        last(fields, name).map(|f| self.number_of(f)).transpose()
    }

    fn count_in(&self, fields: &[Field], name: &str) -> Read<Option<u64>> {
        let Some(field) = last(fields, name) else {
            return Ok(None);
        };
        match self.word_of(field)?.parse() {
            Ok(count) => Ok(Some(count)),
            Err(_) => self.error(field, format!("{name} is a whole number from 0 on")),
        }
    }

    fn is_set(&self, fields: &[Field], name: &str) -> Read<bool> {
        let Some(field) = last(fields, name) else {
            return Ok(false);
        };
        match self.word_of(field)? {
            "true" | "True" | "t" | "1" => Ok(true),
            "false" | "False" | "f" | "0" => Ok(false),
            _ => self.error(field, format!("{name} is true or false")),
        }
    }

    fn dataset(&mut self, fields: &[Field], schema: &mut Schema) -> Read<()> {
        schema.min_rows = self.count_in(fields, "min_examples_count")?;
        schema.max_rows = self.count_in(fields, "max_examples_count")?;
        if let Some(field) = last(fields, "num_examples_drift_comparator") {
            let fields = self.message(field)?;
            schema.rows_comparator = Some(RowsComparator {
                min_fraction: self.number_in(fields, "min_fraction_threshold")?,
                max_fraction: self.number_in(fields, "max_fraction_threshold")?,
            });
        }
        if let Some(field) = last(fields, "num_examples_version_comparator") {
            let place = self.place(field);
            self.notes.push(format!(
                "num_examples_version_comparator {place} is not carried: batches are compared with the batch before"
            ));
        }
        Ok(())
    }

    fn feature(&mut self, whole: &Field, fields: &[Field]) -> Read<Option<ColumnSpec>> {
        let Some(name) = self.text_in(fields, "name")? else {
            return self.error(whole, "this feature has no name");
        };
        let Some(kind) = self.kind(whole, fields, &name)? else {
            return Ok(None);
        };
        let presence = match last(fields, "presence") {
            Some(field) => self.message(field)?,
            None => &[],
        };
        let min_fraction = self.number_in(presence, "min_fraction")?.unwrap_or(0.0);
        let min_count = self.count_in(presence, "min_count")?.unwrap_or(0);
        let is_switched_off = self.is_switched_off(fields, &name)?;
        let mut constraints = Constraints {
            min_count: (min_count > 1).then_some(min_count),
            in_environment: lower(self.texts_in(fields, "in_environment")?),
            not_in_environment: lower(self.texts_in(fields, "not_in_environment")?),
            ..Constraints::default()
        };
        if let Some(field) = last(fields, "unique_constraints") {
            let unique = self.message(field)?;
            constraints.min_unique = self.count_in(unique, "min")?;
            constraints.max_unique = self.count_in(unique, "max")?;
        }
        let mut drift = self.comparator(fields, "drift_comparator")?;
        constraints.skew = self.comparator(fields, "skew_comparator")?;
        let first = (!drift.is_empty()).then(|| drift.remove(0));
        constraints.comparators = drift;
        let domain = self.domain(fields, &name, kind, &mut constraints)?;
        let role = self.role(fields, &name, &mut constraints)?;
        self.others(fields, &name);
        Ok(Some(ColumnSpec {
            name,
            kind,
            role: if is_switched_off { Role::Ignored } else { role },
            required: (min_count > 0 || min_fraction > 0.0) && !is_switched_off,
            min_fraction: if is_switched_off { 0.0 } else { min_fraction },
            domain,
            drift: first,
            constraints,
        }))
    }

    /// The type; nothing for a feature that is no column of a flat table.
    fn kind(&mut self, whole: &Field, fields: &[Field], name: &str) -> Read<Option<ColumnType>> {
        let kind = match last(fields, "type") {
            Some(field) => self.word_of(field)?,
            None => "TYPE_UNKNOWN",
        };
        let has = |wanted: &str| last(fields, wanted).is_some();
        Ok(Some(match kind {
            "INT" | "2" if has("bool_domain") => ColumnType::Boolean,
            "INT" | "2" => ColumnType::Integer,
            "FLOAT" | "3" => ColumnType::Number,
            "BYTES" | "1" => match last(fields, "time_domain") {
                None => ColumnType::Text,
                Some(field) => {
                    let format = self.text_in(self.message(field)?, "string_format")?;
                    let has_clock = format
                        .is_some_and(|f| f.contains("%H") || f.contains("%I") || f.contains("%T"));
                    if has_clock {
                        ColumnType::Timestamp
                    } else {
                        ColumnType::Date
                    }
                }
            },
            "STRUCT" | "4" => {
                note(
                    &mut self.notes,
                    name,
                    "left out, because a struct is no column of a flat table",
                );
                return Ok(None);
            }
            "TYPE_UNKNOWN" | "0" => {
                note(&mut self.notes, name, "has no type; taken for a text");
                ColumnType::Text
            }
            other => return self.error(whole, format!("{other:?} is no type of a feature")),
        }))
    }

    /// TFDV checks nothing about a feature that is deprecated or not yet in use.
    fn is_switched_off(&mut self, fields: &[Field], name: &str) -> Read<bool> {
        let stage = match last(fields, "lifecycle_stage") {
            Some(field) => self.word_of(field)?,
            None => "",
        };
        let is_off = matches!(
            stage,
            "PLANNED" | "ALPHA" | "DEPRECATED" | "DEBUG_ONLY" | "DISABLED"
        ) || self.is_set(fields, "deprecated")?;
        if is_off {
            note(
                &mut self.notes,
                name,
                format!(
                    "its stage ({}) means that it is not checked; its role is ignored",
                    if stage.is_empty() {
                        "deprecated"
                    } else {
                        stage
                    }
                ),
            );
        }
        Ok(is_off)
    }

    fn comparator(&self, fields: &[Field], name: &str) -> Read<Vec<DriftThreshold>> {
        let Some(field) = last(fields, name) else {
            return Ok(Vec::new());
        };
        let fields = self.message(field)?;
        let mut thresholds = Vec::new();
        for (name, measure) in [
            ("infinity_norm", DriftMeasure::LInfinity),
            ("jensen_shannon_divergence", DriftMeasure::JensenShannon),
            (
                "normalized_abs_difference",
                DriftMeasure::NormalizedAbsoluteDifference,
            ),
        ] {
            if let Some(field) = last(fields, name)
                && let Some(threshold) = self.number_in(self.message(field)?, "threshold")?
            {
                thresholds.push(DriftThreshold { measure, threshold });
            }
        }
        Ok(thresholds)
    }

    fn domain(
        &mut self,
        fields: &[Field],
        name: &str,
        kind: ColumnType,
        constraints: &mut Constraints,
    ) -> Read<Option<Domain>> {
        let mass = match last(fields, "distribution_constraints") {
            Some(field) => self.number_in(self.message(field)?, "min_domain_mass")?,
            None => None,
        };
        let listed = |values: Vec<String>| {
            let mut values = values;
            values.sort();
            values.dedup();
            Some(Domain::Values {
                values,
                min_domain_mass: mass.unwrap_or(1.0),
            })
        };
        if let Some(field) = last(fields, "domain") {
            let wanted = self.text_of(field)?;
            let found = self.domains.iter().find(|(name, _)| *name == wanted);
            return match found {
                Some((_, values)) => Ok(listed(values.clone())),
                None => self.error(field, format!("there is no string_domain named {wanted:?}")),
            };
        }
        if let Some(field) = last(fields, "string_domain") {
            let values = self.texts_in(self.message(field)?, "value")?;
            if kind == ColumnType::Text {
                return Ok(listed(values));
            }
            note(
                &mut self.notes,
                name,
                "its list of texts is not carried, because it is no text",
            );
        }
        if let Some(field) = last(fields, "bool_domain") {
            let words = self.message(field)?;
            let yes = self.text_in(words, "true_value")?;
            let no = self.text_in(words, "false_value")?;
            if kind == ColumnType::Text {
                constraints.boolean_words = Some(BooleanWords {
                    yes: yes.unwrap_or_else(|| "true".to_owned()),
                    no: no.unwrap_or_else(|| "false".to_owned()),
                });
            }
            return Ok(None);
        }
        let bounds = match last(fields, "int_domain").or_else(|| last(fields, "float_domain")) {
            Some(field) => self.message(field)?,
            None => &[],
        };
        let (min, max) = (
            self.number_in(bounds, "min")?,
            self.number_in(bounds, "max")?,
        );
        let has_bounds = min.is_some() || max.is_some();
        if kind == ColumnType::Number {
            // TFDV allows both where it is not told otherwise; ours allows NaN without bounds only.
            let (nan, infinite) = (
                !self.is_set(bounds, "disallow_nan")?,
                !self.is_set(bounds, "disallow_inf")?,
            );
            constraints.allow_nan = (nan == has_bounds).then_some(nan);
            constraints.allow_infinite = infinite.then_some(true);
        }
        Ok(has_bounds.then_some(Domain::Range { min, max }))
    }

    fn role(&mut self, fields: &[Field], name: &str, constraints: &mut Constraints) -> Read<Role> {
        let tags = match last(fields, "annotation") {
            Some(field) => self.texts_in(self.message(field)?, "tag")?,
            None => Vec::new(),
        };
        let mut role = Role::Feature;
        for tag in tags {
            if let Some(title) = tag.strip_prefix(ROLE_TAG) {
                match Role::ALL.into_iter().find(|r| r.title() == title) {
                    Some(found) => role = found,
                    None => note(
                        &mut self.notes,
                        name,
                        format!("the role {title:?} is not known"),
                    ),
                }
            } else if let Some(n) = tag.strip_prefix(SUPPORT_TAG) {
                constraints.support = n.parse().ok();
            } else {
                note(
                    &mut self.notes,
                    name,
                    format!("the tag {tag:?} is not carried"),
                );
            }
        }
        if !role.exists_when_serving() {
            constraints.not_in_environment.retain(|e| e != "serving");
        }
        Ok(role)
    }

    /// Names what has no place here.
    fn others(&mut self, fields: &[Field], name: &str) {
        const CARRIED: [&str; 20] = [
            "name",
            "type",
            "presence",
            "domain",
            "int_domain",
            "float_domain",
            "string_domain",
            "bool_domain",
            "time_domain",
            "distribution_constraints",
            "unique_constraints",
            "drift_comparator",
            "skew_comparator",
            "in_environment",
            "not_in_environment",
            "lifecycle_stage",
            "deprecated",
            "annotation",
            "shape",
            "value_count",
        ];
        for field in fields {
            if !CARRIED.contains(&field.name.as_str()) {
                let what = format!("{} {} is not carried", field.name, self.place(field));
                note(&mut self.notes, name, what);
            }
            let Value::Message(inner) = &field.value else {
                continue;
            };
            let is_list = match field.name.as_str() {
                "value_count" => self
                    .count_in(inner, "max")
                    .ok()
                    .flatten()
                    .is_none_or(|n| n > 1),
                "shape" => inner.iter().any(|dim| match &dim.value {
                    Value::Message(dim) => self
                        .count_in(dim, "size")
                        .ok()
                        .flatten()
                        .is_some_and(|n| n > 1),
                    _ => false,
                }),
                _ => false,
            };
            if is_list {
                note(
                    &mut self.notes,
                    name,
                    "may have several values a row there; here a column has one",
                );
            }
        }
    }

    /// TFDV does not know a target: what is alone absent when serving is taken for it.
    fn target(&mut self, schema: &mut Schema) {
        if schema.target().is_some() {
            return;
        }
        let is_absent = |c: &&mut ColumnSpec| c.role == Role::Feature && !c.is_in("serving");
        let mut absent: Vec<&mut ColumnSpec> =
            schema.columns.iter_mut().filter(is_absent).collect();
        if let [only] = absent.as_mut_slice() {
            only.role = Role::Target;
            only.constraints
                .not_in_environment
                .retain(|e| e != "serving");
            note(
                &mut self.notes,
                &only.name,
                "taken for the target, because it alone is absent when serving",
            );
        }
    }
}

/// The last field of a name: the one that counts, as protobuf has it.
fn last<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    fields.iter().rev().find(|f| f.name == name)
}

fn lower(names: Vec<String>) -> Vec<String> {
    names.into_iter().map(|name| name.to_lowercase()).collect()
}
