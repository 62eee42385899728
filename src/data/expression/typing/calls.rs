//! Function calls: which arguments a function takes and what type it gives. What a function does is left to
//! `scalar_functions` and `aggregate`.

use super::{Typed, Typer, brought_together, condition, into_type, of_type, type_name};
use crate::data::expression::aggregate::Aggregate;
use crate::data::expression::function::{
    self, AggregateFunction, Callee, Field, Function, Signature,
};
use crate::data::expression::node::{Body, Literal, Node};
use crate::domain::expression::ExpressionError;
use crate::domain::near::near_matches;
use crate::domain::schema::ColumnType;
use sqlparser::ast::{
    self, CeilFloorKind, DateTimeField, DuplicateTreatment, Expr, FunctionArg, FunctionArgExpr,
    FunctionArguments, TrimWhereField,
};
use std::ops::Range;

impl Typer<'_> {
    /// A function call in one of the forms that the parser knows; everything else is not of the language.
    pub(super) fn call(&mut self, part: &Expr, range: Range<usize>) -> Typed {
        match part {
            Expr::Function(call) => self.plain_call(call, part, range),
            Expr::Floor {
                expr,
                field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
            } => self.known("floor", &[expr], range),
            Expr::Ceil {
                expr,
                field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime),
            } => self.known("ceil", &[expr], range),
            Expr::Substring {
                expr,
                substring_from: Some(from),
                substring_for,
                ..
            } => {
                let mut arguments: Vec<&Expr> = vec![expr, from];
                arguments.extend(substring_for.as_deref());
                self.known("substr", &arguments, range)
            }
            Expr::Trim {
                expr,
                trim_where,
                trim_what: None,
                trim_characters: None,
            } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "trim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                self.known(name, &[expr], range)
            }
            Expr::Extract { field, expr, .. } => {
                let word = field.to_string();
                let field = Field::of(&word).ok_or_else(|| no_such_field(&word, &range))?;
                let value = self.node(expr)?;
                called(Function::Extract(field), vec![value], range)
            }
            _ => Err(self.unsupported(part)),
        }
    }

    fn known(&mut self, name: &str, arguments: &[&Expr], range: Range<usize>) -> Typed {
        let mut nodes = Vec::new();
        for argument in arguments {
            nodes.push(self.node(argument)?);
        }
        match function::find(name).map(|s| s.callee) {
            Some(Callee::Scalar(function)) => called(function, nodes, range),
            _ => Err(ExpressionError::at(
                range,
                format!("there is no function {name}"),
            )),
        }
    }

    fn plain_call(&mut self, call: &ast::Function, part: &Expr, range: Range<usize>) -> Typed {
        let name = call.name.to_string();
        let signature = function::find(&name).ok_or_else(|| no_such_function(&name, &range))?;
        let FunctionArguments::List(list) = &call.args else {
            return Err(wrong_arguments(signature, range));
        };
        let is_plain = call.over.is_none()
            && call.null_treatment.is_none()
            && call.within_group.is_empty()
            && matches!(call.parameters, FunctionArguments::None)
            && list.clauses.is_empty();
        if !is_plain {
            return Err(self
                .error(
                    part,
                    "only plain calls of functions are supported, without OVER and the like",
                )
                .hint(format!("Write {}.", signature.usage)));
        }
        let mut arguments = Vec::new();
        let mut stars = 0;
        for argument in &list.args {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(value)) => arguments.push(value),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => stars += 1,
                _ => return Err(wrong_arguments(signature, range)),
            }
        }
        let is_distinct = list.duplicate_treatment == Some(DuplicateTreatment::Distinct);
        if let Callee::Aggregate(function) = signature.callee {
            let function = match (function, stars, is_distinct) {
                (AggregateFunction::Count, 1, false) if arguments.is_empty() => {
                    AggregateFunction::CountRows
                }
                (AggregateFunction::Count, 0, true) => AggregateFunction::CountDistinct,
                (_, 0, false) => function,
                (AggregateFunction::Min | AggregateFunction::Max, 0, true) => function,
                _ => return Err(wrong_arguments(signature, range)),
            };
            if function != AggregateFunction::CountRows && arguments.len() != 1 {
                return Err(wrong_arguments(signature, range));
            }
            return self.aggregate(
                function,
                arguments.first().copied(),
                call.filter.as_deref(),
                range,
            );
        }
        let (fewest, most) = signature.arity;
        if stars > 0
            || is_distinct
            || call.filter.is_some()
            || !(fewest..=most).contains(&arguments.len())
        {
            return Err(wrong_arguments(signature, range));
        }
        let mut nodes = Vec::new();
        for argument in arguments {
            nodes.push(self.node(argument)?);
        }
        match signature.callee {
            Callee::Scalar(function) => called(function, nodes, range),
            _ => date_trunc(nodes, signature, range),
        }
    }

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        argument: Option<&Expr>,
        filter: Option<&Expr>,
        range: Range<usize>,
    ) -> Typed {
        if self.is_inside_aggregate {
            return Err(
                ExpressionError::at(range, "an aggregate cannot stand inside another one")
                    .hint("Use one aggregate over an expression of columns."),
            );
        }
        self.is_inside_aggregate = true;
        let argument = argument.map(|a| self.node(a)).transpose();
        let filter = filter.map(|f| self.node(f).and_then(condition)).transpose();
        self.is_inside_aggregate = false;
        let (mut argument, filter) = (argument?, filter?);
        let mut function = function;
        if let Some(filter) = filter {
            // As SQL defines it: what the filter leaves out is NULL, and NULLs do not count.
            let value = argument.unwrap_or_else(|| {
                Node::new(
                    Body::Literal(Literal::Integer(1)),
                    ColumnType::Integer,
                    range.clone(),
                )
            });
            if function == AggregateFunction::CountRows {
                function = AggregateFunction::Count;
            }
            let kind = value.kind.unwrap_or(ColumnType::Boolean);
            let value = into_type(value, kind);
            argument = Some(Node::new(
                Body::Case(vec![(filter, value)], None),
                kind,
                range.clone(),
            ));
        }
        let (argument, kind) = aggregated(function, argument)?;
        self.aggregates
            .push(Aggregate::new(function, argument, kind, range.clone()));
        Ok(Node::new(
            Body::Aggregate(self.aggregates.len() - 1),
            kind,
            range,
        ))
    }
}

/// The argument of an aggregate in the type that it works on, and the type that it gives.
fn aggregated(
    function: AggregateFunction,
    argument: Option<Node>,
) -> Result<(Option<Node>, ColumnType), ExpressionError> {
    let numeric = |node: Node, what: &str| match node.kind {
        Some(ColumnType::Integer | ColumnType::Number) => Ok(node),
        None => Ok(into_type(node, ColumnType::Number)),
        Some(ColumnType::Boolean) => Err(super::coerce::needs(&node, "a number", what)
            .hint("A share is avg(case when … then 1.0 else 0.0 end).")),
        Some(_) => Err(super::coerce::needs(&node, "a number", what)),
    };
    Ok(match (function, argument) {
        (AggregateFunction::Count | AggregateFunction::CountDistinct, Some(node)) => {
            let kind = node.kind.unwrap_or(ColumnType::Boolean);
            (Some(into_type(node, kind)), ColumnType::Integer)
        }
        (AggregateFunction::Sum, Some(node)) => {
            let node = numeric(node, "sum")?;
            let kind = node.kind.unwrap_or(ColumnType::Number);
            (Some(node), kind)
        }
        (AggregateFunction::Min | AggregateFunction::Max, Some(node)) => {
            let kind = node.kind.unwrap_or(ColumnType::Number);
            (Some(into_type(node, kind)), kind)
        }
        (AggregateFunction::Avg, Some(node)) => (Some(numeric(node, "avg")?), ColumnType::Number),
        (AggregateFunction::StdDev, Some(node)) => (
            Some(into_type(numeric(node, "stddev")?, ColumnType::Number)),
            ColumnType::Number,
        ),
        (AggregateFunction::Median, Some(node)) => (
            Some(into_type(numeric(node, "median")?, ColumnType::Number)),
            ColumnType::Number,
        ),
        (AggregateFunction::CountRows, _) | (_, None) => (None, ColumnType::Integer),
    })
}

fn no_such_function(name: &str, range: &Range<usize>) -> ExpressionError {
    let names: Vec<String> = function::FUNCTIONS
        .iter()
        .map(|f| f.name.to_owned())
        .collect();
    let near = near_matches(name, &names);
    let error = ExpressionError::at(range.clone(), format!("there is no function {name}"));
    if near.is_empty() {
        error.hint(format!("The functions are {}.", names.join(", ")))
    } else {
        error.hint(format!(
            "Did you mean {}? The functions are {}.",
            near.join(", "),
            names.join(", ")
        ))
    }
}

fn no_such_field(word: &str, range: &Range<usize>) -> ExpressionError {
    let words: Vec<&str> = Field::WORDS.iter().map(|(word, _)| *word).collect();
    ExpressionError::at(range.clone(), format!("there is no part {word} of a date"))
        .hint(format!("The parts are {}.", words.join(", ")))
}

fn wrong_arguments(signature: &Signature, range: Range<usize>) -> ExpressionError {
    ExpressionError::at(range, format!("{} is not called so", signature.name))
        .hint(format!("Write {}.", signature.usage))
}

fn date_trunc(nodes: Vec<Node>, signature: &Signature, range: Range<usize>) -> Typed {
    let mut nodes = nodes.into_iter();
    let (Some(unit), Some(value)) = (nodes.next(), nodes.next()) else {
        return Err(wrong_arguments(signature, range));
    };
    let Body::Literal(Literal::Text(word)) = &unit.body else {
        return Err(wrong_arguments(signature, unit.range));
    };
    let field = Field::of(word)
        .filter(|f| f.begins_something())
        .ok_or_else(|| no_such_field(word, &unit.range))?;
    called(Function::DateTrunc(field), vec![value], range)
}

/// A call with its arguments checked and brought to the types that the function works on.
fn called(function: Function, arguments: Vec<Node>, range: Range<usize>) -> Typed {
    use ColumnType::{Boolean, Integer, Number, Text, Timestamp};
    let as_types =
        |arguments: Vec<Node>, types: &[ColumnType]| -> Result<Vec<Node>, ExpressionError> {
            arguments
                .into_iter()
                .zip(types)
                .map(|(node, kind)| of_type(node, *kind, "this function"))
                .collect()
        };
    let (arguments, kind) = match function {
        Function::Abs | Function::Floor | Function::Ceil | Function::Round => {
            let first = arguments.first().and_then(|a| a.kind);
            let kind = if first == Some(Integer) {
                Integer
            } else {
                Number
            };
            (as_types(arguments, &[kind, Integer])?, kind)
        }
        Function::Sqrt | Function::Ln | Function::Exp | Function::Power => {
            (as_types(arguments, &[Number, Number])?, Number)
        }
        Function::Lower | Function::Upper | Function::Trim | Function::Ltrim | Function::Rtrim => {
            (as_types(arguments, &[Text])?, Text)
        }
        Function::Length => (as_types(arguments, &[Text])?, Integer),
        Function::Substr => (as_types(arguments, &[Text, Integer, Integer])?, Text),
        Function::Replace => (as_types(arguments, &[Text, Text, Text])?, Text),
        Function::StartsWith => (as_types(arguments, &[Text, Text])?, Boolean),
        Function::Coalesce | Function::Nullif | Function::Least | Function::Greatest => {
            let arguments = brought_together(arguments)?;
            let kind = arguments.first().and_then(|a| a.kind).unwrap_or(Boolean);
            (arguments, kind)
        }
        Function::Extract(_) | Function::DateTrunc(_) => {
            let kind = if matches!(function, Function::Extract(_)) {
                Integer
            } else {
                Timestamp
            };
            let mut moments = Vec::new();
            for node in arguments {
                match node.kind {
                    None => moments.push(into_type(node, Timestamp)),
                    Some(has) if has.is_temporal() => moments.push(into_type(node, Timestamp)),
                    has => {
                        return Err(ExpressionError::at(
                            node.range,
                            format!(
                                "a date or timestamp is needed here, and this is {}",
                                type_name(has)
                            ),
                        )
                        .hint("Convert it with cast(x as timestamp)."));
                    }
                }
            }
            (moments, kind)
        }
    };
    Ok(Node::new(Body::Call(function, arguments), kind, range))
}
