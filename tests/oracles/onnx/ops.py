"""Single operators, evaluated by onnxruntime: python ops.py

Writes ops.json: for each case the model (hexadecimal), its inputs and what onnxruntime answers. Lockkeeper's interpreter is
held against it (src/model/onnx/interpreter/tests.rs).
"""
import json
import pathlib

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

rng = np.random.default_rng(11)
ML = "ai.onnx.ml"
CODES = {np.dtype("float32"): 1, np.dtype("float64"): 11, np.dtype("int64"): 7, np.dtype("int32"): 6, np.dtype("bool"): 9}
cases = []


def code(array):
    return 8 if array.dtype == object else CODES[array.dtype]


def text(array):
    """A tensor as JSON keeps it."""
    names = {1: "float", 11: "double", 7: "int64", 6: "int32", 9: "bool", 8: "string"}
    array = np.asarray(array)
    kind = names[code(array)]
    def one(v):
        if kind in ("float", "double"):
            v = float(v)
            return v if np.isfinite(v) else repr(v)
        return {"bool": bool, "string": str}.get(kind, int)(v)
    return {"type": kind, "shape": list(array.shape), "values": [one(v) for v in array.ravel()]}


def case(name, op, inputs, n_outputs=1, domain="", opset=18, ml=3, constants=(), keep=None, **attributes):
    """Inputs that are named in `constants` (by place) stand in the file; of the outputs only those in `keep` are asked for."""
    names, infos, initializers = [], [], []
    for i, array in enumerate(inputs):
        if array is None:
            names.append("")
            continue
        names.append(f"i{i}")
        if i in constants:
            initializers.append(numpy_helper.from_array(array, f"i{i}"))
        else:
            infos.append(helper.make_tensor_value_info(f"i{i}", code(array), None))
    outputs = [f"o{i}" for i in range(n_outputs)]
    attributes = {k: v for k, v in attributes.items() if v is not None}
    node = helper.make_node(op, names, outputs, domain=domain, **attributes)
    values = [onnx.ValueInfoProto(name=o) for i, o in enumerate(outputs) if keep is None or i in keep]
    graph = helper.make_graph([node], "g", infos, values, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid(ML, ml)])
    model.ir_version = 8
    session_options = onnxruntime.SessionOptions()
    session_options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), session_options)
    feed = {n: a for n, a, i in zip(names, inputs, range(9)) if n and i not in constants}
    found = session.run(None, feed)
    cases.append({
        "name": name,
        "model": model.SerializeToString().hex(),
        "inputs": [text(a) for i, a in enumerate(inputs) if a is not None and i not in constants],
        "outputs": [text(a) for a in found],
    })


def f(*shape):
    return rng.normal(size=shape).astype(np.float32)


def d(*shape):
    return rng.normal(size=shape)


def n(*values):
    return np.array(values, dtype=np.int64)


def s(*values):
    return np.array(values, dtype=object)


def elementwise():
    x = f(3, 4)
    for op in ["Exp", "Tanh", "Sigmoid", "Neg", "Abs", "Relu", "Floor", "Ceil", "Sign", "Softplus", "Softsign", "Sin", "Cos"]:
        case(op, op, [x * 3])
        if op not in ("Softplus", "Softsign"):
            case(f"{op} double", op, [d(5)])
    for op in ["Log", "Sqrt", "Reciprocal"]:
        case(op, op, [np.abs(x)])
    case("Round", "Round", [np.array([0.5, 1.5, 2.5, -0.5, -1.5, 2.4], np.float32)])
    case("Neg int", "Neg", [n(3, -4)])
    case("Abs int", "Abs", [n(3, -4)])
    for op in ["Add", "Sub", "Mul", "Div"]:
        case(f"{op} row", op, [f(3, 4), f(4)])
        case(f"{op} column", op, [d(3, 4), d(3, 1)])
        case(f"{op} both", op, [f(1, 4), f(3, 1)])
        case(f"{op} int", op, [n(7, -7, 9), n(2, 2, -4)])
        case(f"{op} scalar", op, [f(2, 2), np.array(1.5, np.float32)])
    case("Mod", "Mod", [n(7, -7, 9, -9), n(3, 3, -4, -4)])
    case("Mod fmod", "Mod", [f(5) * 5, np.array([2, -2, 1, 3, -3], np.float32)], fmod=1)
    case("Pow", "Pow", [np.abs(f(3, 4)), f(4)])
    case("Pow int exponent", "Pow", [f(3, 4), n(2)])
    for op in ["Sum", "Mean", "Min", "Max"]:
        case(op, op, [f(3, 4), f(4), f(3, 1)])
    case("Min nan", "Min", [np.array([1, np.nan, 3], np.float32), np.array([2, 2, np.nan], np.float32)])
    case("Max int", "Max", [n(1, 5), n(4, 2)])
    case("Clip", "Clip", [f(3, 4), np.array(-0.5, np.float32), np.array(0.5, np.float32)])
    case("Clip low", "Clip", [f(3, 4), np.array(-0.5, np.float32)])
    case("Clip high", "Clip", [f(3, 4), None, np.array(0.3, np.float32)])
    case("Clip 6", "Clip", [f(3, 4)], opset=9, min=-0.2, max=0.2)
    for op in ["Less", "Greater", "LessOrEqual", "GreaterOrEqual", "Equal"]:
        case(op, op, [np.array([1, 2, np.nan, 4], np.float32), np.array([2, 2, 2, 2], np.float32)])
        case(f"{op} int", op, [n(1, 2, 3).reshape(3, 1), n(2, 3)])
    case("Equal text", "Equal", [s("a", "b", "c"), s("b")], opset=19)
    b, c = np.array([True, True, False, False]), np.array([True, False, True, False])
    for op in ["And", "Or", "Xor"]:
        case(op, op, [b, c])
    case("Not", "Not", [b])
    odd = np.array([1, np.nan, np.inf, -np.inf], np.float32)
    case("IsNaN", "IsNaN", [odd])
    case("IsInf", "IsInf", [odd])
    case("IsInf positive", "IsInf", [odd], detect_negative=0)
    case("Where", "Where", [b.reshape(4, 1), f(4, 3), f(3)])
    case("Where text", "Where", [b, s("a", "b", "c", "d"), s("x")])
    for to, start in [(7, f(4) * 5), (6, d(4) * 5), (11, f(3)), (1, d(3)), (9, n(0, 2, -1)), (1, np.array([True, False])),
                      (8, n(3, -12)), (1, s("1.5", "-2e3")), (7, s("12", "-3")), (11, n(5, 6)), (7, np.array([True, False]))]:
        case(f"Cast {start.dtype} to {to}", "Cast", [start], to=to)


def moving():
    x = f(2, 3, 4)
    case("Identity", "Identity", [s("a", "ä")])
    case("Reshape", "Reshape", [x, n(0, -1)], constants=[1])
    case("Reshape flat", "Reshape", [x, n(-1)], constants=[1])
    case("Squeeze", "Squeeze", [f(1, 3, 1)])
    case("Squeeze axes", "Squeeze", [f(1, 3, 1), n(-1)])
    case("Squeeze 11", "Squeeze", [f(1, 3, 1)], opset=11, axes=[0])
    case("Unsqueeze", "Unsqueeze", [x, n(0, -1)])
    case("Unsqueeze 11", "Unsqueeze", [x], opset=11, axes=[1])
    for axis in (0, 1, 2, 3, -1):
        case(f"Flatten {axis}", "Flatten", [x], axis=axis)
    case("Transpose", "Transpose", [x])
    case("Transpose perm", "Transpose", [x], perm=[1, 0, 2])
    case("Concat 1", "Concat", [f(2, 1), f(2, 3)], axis=1)
    case("Concat 0", "Concat", [f(2, 3), f(1, 3)], axis=0)
    case("Concat -2 text", "Concat", [s("a", "b").reshape(1, 2), s("c", "d").reshape(1, 2)], axis=-2)
    case("Expand", "Expand", [f(3, 1), n(2, 1, 4)])
    case("Tile", "Tile", [f(2, 3), n(2, 3)])
    case("Shape", "Shape", [x])
    case("Shape part", "Shape", [x], start=1, end=-1)
    case("Size", "Size", [x])
    case("ConstantOfShape", "ConstantOfShape", [n(2, 3)], value=helper.make_tensor("v", 7, [1], [5]))
    case("ConstantOfShape zero", "ConstantOfShape", [n(2)])
    case("Range", "Range", [np.array(1, np.int64), np.array(8, np.int64), np.array(3, np.int64)])
    case("Range down", "Range", [np.array(1.5, np.float32), np.array(-1, np.float32), np.array(-0.5, np.float32)])
    case("Gather", "Gather", [x, n(2, -1, 0)], axis=1)
    case("Gather single", "Gather", [x, np.array(1, np.int64)], axis=2)
    case("Gather many", "Gather", [x, n(0, 1, 1, 0).reshape(2, 2)], axis=0)
    case("GatherElements", "GatherElements", [f(3, 3), n(0, 2, 1, 1, -1, 0).reshape(2, 3)], axis=0)
    case("GatherElements 1", "GatherElements", [f(2, 4), n(3, 0, 1, 1).reshape(2, 2)], axis=1)
    case("Slice", "Slice", [x, n(1, 0), n(3, 3), n(1, 2), n(1, 2)])
    case("Slice back", "Slice", [x, n(-1), n(-100), n(2), n(-1)])
    case("Slice 9", "Slice", [x], opset=9, starts=[1], ends=[100], axes=[2])
    case("Split", "Split", [f(5, 2), n(2, 3)], n_outputs=2, constants=[1])
    case("Split equal", "Split", [f(2, 6)], n_outputs=3, axis=1, num_outputs=3)
    case("Split uneven", "Split", [f(5, 2)], n_outputs=2, num_outputs=2)
    case("Split 11", "Split", [f(2, 4)], n_outputs=2, opset=11, axis=1, split=[1, 3])
    case("OneHot", "OneHot", [n(0, 2, -1, 7), np.array(3, np.int64), np.array([0, 1], np.float32)])
    case("OneHot 0", "OneHot", [n(0, 2, 1, 1).reshape(2, 2), np.array(3, np.int64), n(5, 9)], axis=0)


def along():
    x = f(2, 3, 4)
    for op in ["Sum", "Mean", "Max", "Min", "Prod", "L1", "L2", "SumSquare", "LogSumExp"]:
        if op == "Sum":
            case(f"Reduce{op}", f"Reduce{op}", [x, n(1)], keepdims=1)
            case(f"Reduce{op} all", f"Reduce{op}", [x], keepdims=0)
        else:
            case(f"Reduce{op}", f"Reduce{op}", [x, n(1)], keepdims=0)
        case(f"Reduce{op} 12", f"Reduce{op}", [x], opset=12, axes=[-1, 0], keepdims=1)
        case(f"Reduce{op} double", f"Reduce{op}", [d(3, 2), n(0)])
    case("ReduceLogSum", "ReduceLogSum", [np.abs(x), n(1)])
    case("ReduceSum int", "ReduceSum", [n(1, 2, 3, 4).reshape(2, 2), n(1)])
    case("ReduceSum nothing", "ReduceSum", [x], noop_with_empty_axes=1)
    tied = np.array([[1, 3, 3], [2, 2, 1]], np.float32)
    for op in ["ArgMax", "ArgMin"]:
        case(op, op, [x], axis=1, keepdims=0)
        case(f"{op} tied", op, [tied], axis=-1)
        case(f"{op} tied last", op, [tied], axis=-1, select_last_index=1)
    case("TopK", "TopK", [x, n(2)], n_outputs=2)
    case("TopK smallest", "TopK", [x, n(2)], n_outputs=2, axis=1, largest=0)
    case("TopK tied", "TopK", [tied, n(2)], n_outputs=2)
    case("CumSum", "CumSum", [x, np.array(1, np.int64)])
    case("CumSum reverse", "CumSum", [d(2, 4), np.array(-1, np.int64)], reverse=1, exclusive=1)
    case("Softmax", "Softmax", [x * 5])
    case("Softmax 0", "Softmax", [x], axis=0)
    case("Softmax 11", "Softmax", [x], opset=11)
    case("LogSoftmax", "LogSoftmax", [d(2, 3) * 50])
    case("MatMul", "MatMul", [f(3, 4), f(4, 2)])
    case("MatMul batch", "MatMul", [f(2, 1, 3, 4), f(5, 4, 2)])
    case("MatMul vector", "MatMul", [d(3, 4), d(4)])
    case("MatMul row", "MatMul", [d(3), d(3, 2)])
    case("MatMul int", "MatMul", [n(1, 2, 3, 4).reshape(2, 2), n(5, 6, 7, 8).reshape(2, 2)])
    case("Gemm", "Gemm", [f(3, 4), f(4, 2), f(2)], alpha=0.5, beta=2.0)
    case("Gemm turned", "Gemm", [f(4, 3), f(2, 4), f(3, 1)], transA=1, transB=1)
    case("Gemm plain", "Gemm", [d(2, 2), d(2, 2)])


def learning():
    def ml(name, op, inputs, **more):
        case(name, op, inputs, domain=ML, **more)
    x = f(4, 3)
    hollow = np.array([[1, np.nan], [np.nan, 2]], np.float32)
    ml("Imputer", "Imputer", [hollow], imputed_value_floats=[5.0, 6.0], replaced_value_float=float("nan"))
    ml("Imputer one", "Imputer", [hollow], imputed_value_floats=[5.0], replaced_value_float=float("nan"))
    ml("Imputer int", "Imputer", [n(1, -1, 3).reshape(3, 1)], imputed_value_int64s=[7], replaced_value_int64=-1)
    ml("Scaler", "Scaler", [x], offset=[1.0, 2.0, 3.0], scale=[0.5, 2.0, 1.0])
    ml("Scaler one int", "Scaler", [n(1, 2, 3).reshape(3, 1)], offset=[1.0], scale=[0.5])
    for norm in ["MAX", "L1", "L2"]:
        ml(f"Normalizer {norm}", "Normalizer", [np.abs(x)], norm=norm)
        ml(f"Normalizer {norm} signs", "Normalizer", [np.array([[1, -3, 2], [0, 0, 0]], np.float32)], norm=norm)
    ml("Binarizer", "Binarizer", [x], threshold=0.2)
    ml("OneHotEncoder", "OneHotEncoder", [s("a", "c", "z").reshape(3, 1)], cats_strings=["a", "b", "c"], zeros=1)
    ml("OneHotEncoder int", "OneHotEncoder", [n(1, 2, 3, 1).reshape(2, 2)], cats_int64s=[1, 2], zeros=1)
    ml("OneHotEncoder flat", "OneHotEncoder", [n(1, 2)], cats_int64s=[1, 2, 3], zeros=1)
    ml("LabelEncoder text to int", "LabelEncoder", [s("a", "b", "z")], keys_strings=["a", "b"], values_int64s=[4, 5])
    ml("LabelEncoder int to text", "LabelEncoder", [n(1, 9)], keys_int64s=[1, 2], values_strings=["x", "y"], default_string="?")
    ml("LabelEncoder text to float", "LabelEncoder", [s("a", "q").reshape(2, 1)], keys_strings=["a"], values_floats=[0.5], default_float=float("nan"))
    ml("LabelEncoder float to int", "LabelEncoder", [np.array([1, np.nan, 3], np.float32)], keys_floats=[1.0, float("nan")], values_int64s=[10, 20])
    ml("LabelEncoder float to int 4", "LabelEncoder", [np.array([1, np.nan, 3], np.float32)], ml=4, opset=20,
       keys_floats=[1.0, float("nan")], values_int64s=[10, 20])
    ml("LabelEncoder tensors", "LabelEncoder", [np.array([1.5, 2.5, 7], np.float64)], ml=4, opset=20,
       keys_tensor=helper.make_tensor("k", 11, [2], [1.5, 2.5]), values_tensor=helper.make_tensor("v", 11, [2], [10.0, 20.0]),
       default_tensor=helper.make_tensor("d", 11, [1], [-3.0]))
    ml("LabelEncoder 1", "LabelEncoder", [s("b", "q")], ml=1, opset=9, classes_strings=["a", "b"])
    ml("CategoryMapper", "CategoryMapper", [s("a", "q")], cats_strings=["a", "b"], cats_int64s=[3, 4])
    ml("CategoryMapper back", "CategoryMapper", [n(4, 9)], cats_strings=["a", "b"], cats_int64s=[3, 4], default_string="?")
    ml("FeatureVectorizer", "FeatureVectorizer", [f(2, 2), f(2, 1)], inputdimensions=[2, 1])
    ml("ArrayFeatureExtractor", "ArrayFeatureExtractor", [x, n(2, 0)])
    ml("ArrayFeatureExtractor flat", "ArrayFeatureExtractor", [n(7, 8, 9), n(2, 0, 1).reshape(3, 1)])
    ml("ArrayFeatureExtractor text", "ArrayFeatureExtractor", [s("u", "v"), n(1, 0, 1)])
    for post in ["NONE", "LOGISTIC", "SOFTMAX", "SOFTMAX_ZERO"]:
        ml(f"LinearClassifier {post}", "LinearClassifier", [x], n_outputs=2, coefficients=list(map(float, f(9))),
           intercepts=[0.1, 0.2, -0.3], classlabels_ints=[5, 6, 7], post_transform=post, multi_class=1)
    ml("LinearClassifier probit", "LinearClassifier", [np.abs(x) / 9], n_outputs=2, coefficients=[0.5] * 9,
       intercepts=[0.1, 0.2, 0.3], classlabels_ints=[5, 6, 7], post_transform="PROBIT")
    ml("LinearClassifier two", "LinearClassifier", [x], n_outputs=2, coefficients=[-1.0, 0.5, 2.0, 1.0, -0.5, -2.0],
       intercepts=[-0.1, 0.1], classlabels_strings=["no", "yes"], post_transform="LOGISTIC")
    ml("LinearClassifier single", "LinearClassifier", [x], n_outputs=2, coefficients=[-1.0, 0.5, 2.0], intercepts=[-0.1],
       classlabels_strings=["no", "yes"])
    ml("LinearRegressor", "LinearRegressor", [x], coefficients=[1.0, 2.0, 3.0, -1.0, 0.5, 0.0], intercepts=[0.5, -0.5], targets=2)
    ml("LinearRegressor plain", "LinearRegressor", [d(2, 3).astype(np.float32)], coefficients=[1.0, 2.0, 3.0])
    machines(ml, x)
    trees(ml)


def machines(ml, x):
    kernels = [("LINEAR", [0.0, 0.0, 0.0]), ("POLY", [0.5, 1.0, 2.0]), ("RBF", [0.3, 0.0, 0.0]), ("SIGMOID", [0.2, 0.1, 0.0])]
    for kernel, params in kernels:
        support = list(map(float, f(15)))
        ml(f"SVMRegressor {kernel}", "SVMRegressor", [x], kernel_type=kernel, kernel_params=params, n_supports=5,
           support_vectors=support, coefficients=list(map(float, f(5))), rho=[0.4])
        ml(f"SVMClassifier {kernel}", "SVMClassifier", [x], n_outputs=2, kernel_type=kernel, kernel_params=params,
           vectors_per_class=[2, 1, 2], support_vectors=support, coefficients=list(map(float, f(10))), rho=[0.1, -0.2, 0.3],
           classlabels_strings=["a", "b", "c"], prob_a=[-1.0, -2.0, -0.5], prob_b=[0.1, 0.0, -0.1])
    ml("SVMClassifier votes", "SVMClassifier", [x], n_outputs=2, kernel_type="RBF", kernel_params=[0.3, 0.0, 0.0],
       vectors_per_class=[2, 1, 2], support_vectors=list(map(float, f(15))), coefficients=list(map(float, f(10))),
       rho=[0.1, -0.2, 0.3], classlabels_ints=[3, 4, 5])
    ml("SVMClassifier two", "SVMClassifier", [x], n_outputs=2, kernel_type="RBF", kernel_params=[0.3, 0.0, 0.0],
       vectors_per_class=[2, 3], support_vectors=list(map(float, f(15))), coefficients=list(map(float, f(5))),
       rho=[0.1], classlabels_ints=[3, 4], prob_a=[-1.5], prob_b=[0.2])


def trees(ml):
    # A tree of three leaves and one of two; the first asks about features 0 and 1, the second about 2.
    shared = dict(
        nodes_treeids=[0, 0, 0, 0, 0, 1, 1, 1], nodes_nodeids=[0, 1, 2, 3, 4, 0, 1, 2],
        nodes_featureids=[0, 0, 1, 0, 0, 2, 0, 0], nodes_values=[0.1, 0.0, -0.3, 0.0, 0.0, 0.25, 0.0, 0.0],
        nodes_truenodeids=[1, 0, 3, 0, 0, 1, 0, 0], nodes_falsenodeids=[2, 0, 4, 0, 0, 2, 0, 0],
        nodes_missing_value_tracks_true=[1, 0, 0, 0, 0, 1, 0, 0],
    )
    x = np.concatenate([f(12, 3), [[np.nan, 0, np.nan], [0, np.nan, 0], [0.1, -0.3, 0.25]]]).astype(np.float32)
    def modes(branch):
        return [branch, "LEAF", branch, "LEAF", "LEAF", branch, "LEAF", "LEAF"]
    places = dict(treeids=[0, 0, 0, 1, 1], nodeids=[1, 3, 4, 1, 2])
    def named(stem, more):
        return {f"{stem}_{k}": v for k, v in {**places, **more}.items()}
    for branch in ["LEQ", "LT", "GTE", "GT", "EQ", "NEQ"]:
        ml(f"TreeEnsembleRegressor {branch}", "TreeEnsembleRegressor", [x], nodes_modes=modes(f"BRANCH_{branch}"), n_targets=1,
           **shared, **named("target", dict(ids=[0] * 5, weights=[1.0, 2.0, -3.0, 0.5, -0.25])))
    for aggregate in ["SUM", "AVERAGE", "MIN", "MAX"]:
        # onnxruntime adds no base value to a target that no leaf speaks of; the specification knows no such exception. So
        # here every leaf speaks of every target.
        for n_targets in (1, 2):
            ml(f"TreeEnsembleRegressor {aggregate} {n_targets}", "TreeEnsembleRegressor", [x], nodes_modes=modes("BRANCH_LEQ"),
               n_targets=n_targets, aggregate_function=aggregate, base_values=[0.5, -1.0][:n_targets], **shared,
               target_treeids=places["treeids"] * n_targets, target_nodeids=places["nodeids"] * n_targets,
               target_ids=[t for t in range(n_targets) for _ in range(5)],
               target_weights=[1.0, 2.0, -3.0, 0.5, -0.25, 4.0, -1.0, 0.75, 2.5, 0.125][:5 * n_targets])
    for post in ["LOGISTIC", "SOFTMAX"]:
        ml(f"TreeEnsembleRegressor {post}", "TreeEnsembleRegressor", [x], nodes_modes=modes("BRANCH_LEQ"), n_targets=2,
           post_transform=post, **shared, **named("target", dict(ids=[0, 1, 0, 1, 0], weights=[1.0, 2.0, -3.0, 0.5, -0.25])))
        ml(f"TreeEnsembleRegressor {post} single", "TreeEnsembleRegressor", [x], nodes_modes=modes("BRANCH_LEQ"), n_targets=1,
           post_transform=post, **shared, **named("target", dict(ids=[0] * 5, weights=[1.0, 2.0, -3.0, 0.5, -0.25])))
    doubles = {k: v for k, v in shared.items() if k != "nodes_values"}
    ml("TreeEnsembleRegressor double", "TreeEnsembleRegressor", [x.astype(np.float64)], nodes_modes=modes("BRANCH_LEQ"), n_targets=1,
       **doubles, nodes_values_as_tensor=helper.make_tensor("v", 11, [8], shared["nodes_values"]),
       **{f"target_{k}": v for k, v in places.items()}, target_ids=[0] * 5,
       target_weights_as_tensor=helper.make_tensor("w", 11, [5], [1.0, 2.0, -3.0, 0.5, -0.25]))
    mixed = [0.6, -0.2, 0.9, 0.3, -0.7]
    positive = [0.3, 0.1, 0.45, 0.05, 0.5]
    for name, weights in [("mixed", mixed), ("positive", positive)]:
        for post in ["NONE", "LOGISTIC"]:
            ml(f"TreeEnsembleClassifier one score {name} {post}", "TreeEnsembleClassifier", [x], n_outputs=2,
               nodes_modes=modes("BRANCH_LEQ"), classlabels_int64s=[0, 1], post_transform=post, **shared,
               **named("class", dict(ids=[0] * 5, weights=weights)))
        ml(f"TreeEnsembleClassifier one score {name} base", "TreeEnsembleClassifier", [x], n_outputs=2, base_values=[0.1],
           nodes_modes=modes("BRANCH_LEQ"), classlabels_int64s=[0, 1], post_transform="LOGISTIC", **shared,
           **named("class", dict(ids=[0] * 5, weights=weights)))
    # With two classes that both have scores, onnxruntime takes the second label wherever its score is positive, and not that of
    # the larger score: only the scores are compared.
    for k in (2, 3):
        weights = list(map(float, rng.uniform(0, 1, 5 * k)))
        ml(f"TreeEnsembleClassifier {k} scores", "TreeEnsembleClassifier", [x], n_outputs=2, keep=[1] if k == 2 else None, nodes_modes=modes("BRANCH_LEQ"),
           classlabels_strings=["a", "b", "c"][:k], post_transform="NONE" if k == 2 else "SOFTMAX", **shared,
           class_treeids=[0, 0, 0, 1, 1] * k, class_nodeids=[1, 3, 4, 1, 2] * k,
           class_ids=[c for c in range(k) for _ in range(5)], class_weights=weights)
    for aggregate in range(4):
        ml(f"TreeEnsemble {aggregate}", "TreeEnsemble", [x], ml=5, opset=21, n_targets=2, aggregate_function=aggregate, post_transform=0,
           tree_roots=[0, 2], nodes_featureids=[0, 1, 2], nodes_splits=helper.make_tensor("s", 1, [3], [0.1, -0.3, 0.25]),
           nodes_modes=helper.make_tensor("m", TensorProto.UINT8, [3], bytes([0, 3, 1]), raw=True),
           nodes_truenodeids=[0, 1, 3], nodes_trueleafs=[1, 1, 1], nodes_falsenodeids=[1, 2, 4], nodes_falseleafs=[0, 1, 1],
           nodes_missing_value_tracks_true=[1, 0, 0],
           leaf_targetids=[0, 1, 0, 1, 0], leaf_weights=helper.make_tensor("w", 1, [5], [1.0, 2.0, -3.0, 0.5, -0.25]))
    members = np.array([[1, 0, 0], [2, 0, 0], [3, 0, 0], [np.nan, 0, 0]], np.float32)
    ml("TreeEnsemble member", "TreeEnsemble", [members], ml=5, opset=21, n_targets=1, aggregate_function=1, post_transform=0,
       tree_roots=[0], nodes_featureids=[0], nodes_splits=helper.make_tensor("s", 1, [1], [0.0]),
       nodes_modes=helper.make_tensor("m", TensorProto.UINT8, [1], bytes([6]), raw=True),
       membership_values=helper.make_tensor("set", 1, [3], [1.0, 3.0, float("nan")]),
       nodes_truenodeids=[0], nodes_trueleafs=[1], nodes_falsenodeids=[1], nodes_falseleafs=[1],
       leaf_targetids=[0, 0], leaf_weights=helper.make_tensor("w", 1, [2], [10.0, 20.0]))


elementwise()
moving()
along()
learning()
path = pathlib.Path(__file__).with_name("ops.json")
lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
path.write_text("[\n" + lines + "\n]\n")
print(len(cases), "cases,", path.stat().st_size, "bytes, onnxruntime", onnxruntime.__version__)
