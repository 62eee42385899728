//! Building a graph: operations are added one after the other, and each answers with the name of its result.

use super::proto::{Attribute, Dimension, Graph, Node, Shape, Tensor, TensorType, Type, ValueInfo};
use super::proto::{attribute, element};

/// The domain of the operators for classical machine learning.
pub(super) const ML: &str = "ai.onnx.ml";

/// A graph that is being built.
#[derive(Default)]
pub(super) struct Builder {
    graph: Graph,
    n_names: usize,
}

impl Builder {
    /// Adds an operation of ONNX itself.
    pub(super) fn op(&mut self, op: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        self.node("", op, inputs, attributes)
    }

    /// Adds an operation of `ai.onnx.ml`.
    pub(super) fn ml(&mut self, op: &str, input: &str, attributes: Vec<Attribute>) -> String {
        self.node(ML, op, &[input], attributes)
    }

    fn node(
        &mut self,
        domain: &str,
        op: &str,
        inputs: &[&str],
        attributes: Vec<Attribute>,
    ) -> String {
        let output = self.fresh(op);
        self.graph.node.push(Node {
            input: inputs.iter().map(|i| (*i).to_owned()).collect(),
            output: vec![output.clone()],
            name: Some(output.clone()),
            op_type: Some(op.to_owned()),
            attribute: attributes,
            domain: Some(domain.to_owned()),
        });
        output
    }

    /// A name that no column has: those come from files, in which no control character survives reading.
    fn fresh(&mut self, stem: &str) -> String {
        self.n_names += 1;
        format!("{stem}\u{1}{}", self.n_names)
    }

    /// Converts to another type of element.
    pub(super) fn cast(&mut self, input: &str, to: i32) -> String {
        self.op("Cast", &[input], vec![int("to", to.into())])
    }

    /// Constants of 64 bits.
    pub(super) fn doubles(&mut self, values: Vec<f64>, dims: &[usize]) -> String {
        let tensor = double_tensor(values, dims);
        self.constant(tensor)
    }

    /// Constants of 32 bits.
    pub(super) fn floats(&mut self, values: Vec<f32>, dims: &[usize]) -> String {
        self.constant(Tensor {
            data_type: Some(element::FLOAT),
            dims: shape(dims),
            float_data: values,
            ..Tensor::default()
        })
    }

    /// Whole constants.
    pub(super) fn integers(&mut self, values: Vec<i64>, dims: &[usize]) -> String {
        self.constant(Tensor {
            data_type: Some(element::INT64),
            dims: shape(dims),
            int64_data: values,
            ..Tensor::default()
        })
    }

    fn constant(&mut self, mut tensor: Tensor) -> String {
        let name = self.fresh("constant");
        tensor.name = Some(name.clone());
        self.graph.initializer.push(tensor);
        name
    }

    /// Adds an input of shape `n × 1`.
    pub(super) fn input(&mut self, name: &str, kind: i32, help: &str) {
        self.graph.input.push(value(name, kind, Some(1), help));
    }

    /// Gives a result a name under which it is read: `n × width`, or `n` values where there is no width.
    pub(super) fn output(&mut self, result: &str, name: &str, kind: i32, width: Option<usize>) {
        self.graph.node.push(Node {
            input: vec![result.to_owned()],
            output: vec![name.to_owned()],
            name: Some(format!("{name} output")),
            op_type: Some("Identity".to_owned()),
            attribute: Vec::new(),
            domain: Some(String::new()),
        });
        self.graph.output.push(value(name, kind, width, ""));
    }

    pub(super) fn finish(mut self, name: &str) -> Graph {
        self.graph.name = Some(name.to_owned());
        self.graph
    }
}

fn shape(dims: &[usize]) -> Vec<i64> {
    dims.iter().map(|d| *d as i64).collect()
}

/// A tensor of 64-bit numbers.
pub(super) fn double_tensor(values: Vec<f64>, dims: &[usize]) -> Tensor {
    Tensor {
        data_type: Some(element::DOUBLE),
        dims: shape(dims),
        double_data: values,
        ..Tensor::default()
    }
}

fn value(name: &str, kind: i32, width: Option<usize>, help: &str) -> ValueInfo {
    let any = Dimension {
        value: None,
        name: Some("n".to_owned()),
    };
    let width = width.map(|width| Dimension {
        value: Some(width as i64),
        name: None,
    });
    ValueInfo {
        name: Some(name.to_owned()),
        kind: Some(Type {
            tensor: Some(TensorType {
                element: Some(kind),
                shape: Some(Shape {
                    dim: [any].into_iter().chain(width).collect(),
                }),
            }),
            ..Type::default()
        }),
        doc_string: (!help.is_empty()).then(|| help.to_owned()),
    }
}

fn attribute_of(name: &str, kind: i32) -> Attribute {
    Attribute {
        name: Some(name.to_owned()),
        kind: Some(kind),
        ..Attribute::default()
    }
}

/// A whole number.
pub(super) fn int(name: &str, value: i64) -> Attribute {
    Attribute {
        i: Some(value),
        ..attribute_of(name, attribute::INT)
    }
}

/// A number.
pub(super) fn float(name: &str, value: f32) -> Attribute {
    Attribute {
        f: Some(value),
        ..attribute_of(name, attribute::FLOAT)
    }
}

/// A text.
pub(super) fn text(name: &str, value: &str) -> Attribute {
    Attribute {
        s: Some(value.as_bytes().to_vec()),
        ..attribute_of(name, attribute::STRING)
    }
}

/// Numbers with a shape.
pub(super) fn tensor(name: &str, value: Tensor) -> Attribute {
    Attribute {
        t: Some(value),
        ..attribute_of(name, attribute::TENSOR)
    }
}

/// Whole numbers.
pub(super) fn ints(name: &str, values: Vec<i64>) -> Attribute {
    Attribute {
        ints: values,
        ..attribute_of(name, attribute::INTS)
    }
}

/// Numbers.
pub(super) fn floats(name: &str, values: Vec<f32>) -> Attribute {
    Attribute {
        floats: values,
        ..attribute_of(name, attribute::FLOATS)
    }
}

/// Texts.
pub(super) fn texts<'a>(name: &str, values: impl IntoIterator<Item = &'a str>) -> Attribute {
    Attribute {
        strings: values.into_iter().map(|v| v.as_bytes().to_vec()).collect(),
        ..attribute_of(name, attribute::STRINGS)
    }
}
