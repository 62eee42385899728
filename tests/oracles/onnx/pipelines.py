"""Pipelines that people would convert, fitted by scikit-learn, converted by skl2onnx, answered by onnxruntime.

    python pipelines.py            writes pipelines.json and pipelines/NAME.onnx, small ones, for the unit tests
    python pipelines.py FOLDER     writes a larger set for the live test: FOLDER/data.csv, and for each pipeline NAME.onnx and
                                   NAME.json (what onnxruntime answers for the rows of FOLDER/new.csv)
"""
import json
import pathlib
import sys
import warnings

import numpy as np
import onnx.helper
import onnxruntime
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.ensemble import (
    AdaBoostClassifier, AdaBoostRegressor, BaggingClassifier, ExtraTreesClassifier, ExtraTreesRegressor,
    GradientBoostingClassifier, GradientBoostingRegressor, HistGradientBoostingClassifier, HistGradientBoostingRegressor,
    RandomForestClassifier, RandomForestRegressor, StackingClassifier, VotingClassifier, VotingRegressor)
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import (
    BayesianRidge, ElasticNet, LinearRegression, LogisticRegression, Ridge, SGDClassifier)
from sklearn.naive_bayes import BernoulliNB, ComplementNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Binarizer, FunctionTransformer, KBinsDiscretizer, MaxAbsScaler, MinMaxScaler, Normalizer, OneHotEncoder, OrdinalEncoder,
    PolynomialFeatures, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler, TargetEncoder)
from sklearn.svm import SVC, SVR, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
NUMBERS = ["size", "age", "price"]
TEXTS = ["city", "kind"]
OPSET = {"": 18, "ai.onnx.ml": 3}


make_attribute = onnx.helper.make_attribute


def with_plain_integers(key, value, *more, **named):
    """skl2onnx 1.20 gives the nodes of HistGradientBoosting as numpy.uint32, which onnx 1.23 refuses."""
    if isinstance(value, list) and any(isinstance(v, np.integer) for v in value):
        value = [int(v) for v in value]
    return make_attribute(key, value, *more, **named)


onnx.helper.make_attribute = with_plain_integers


def data(n, seed):
    """Numbers with missing values, categories, and targets that follow from them."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "size": rng.normal(50, 20, n).round(1),
        "age": rng.integers(18, 90, n).astype(float),
        "price": np.exp(rng.normal(2, 1, n)).round(2),
        "city": rng.choice(["Aachen", "Köln", "Ulm", "Bonn, am Rhein"], n, p=[.4, .3, .2, .1]),
        "kind": rng.choice(["old", "new"], n),
    })
    score = frame["size"] / 20 - frame["age"] / 30 + np.log(frame["price"]) + frame["city"].str.len() / 5 + rng.normal(0, .7, n)
    frame["number"] = (score * 10).round(2)
    frame["two"] = np.where(score > score.median(), "yes", "no")
    frame["three"] = np.digitize(score, score.quantile([.35, .7])) * 5 + 1
    frame.loc[rng.choice(n, n // 10, replace=False), "size"] = np.nan
    frame.loc[rng.choice(n, n // 12, replace=False), "age"] = np.nan
    return frame


def mixed(final, *middle):
    prepared = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), NUMBERS),
        ("one", OneHotEncoder(handle_unknown="ignore"), ["city"]),
        ("ordinal", OrdinalEncoder(), ["kind"]),
    ])
    return make_pipeline(prepared, *middle, final)


def numeric(*steps):
    return make_pipeline(SimpleImputer(), *steps)


def classifiers(big):
    n = 100 if big else 3
    few = dict(random_state=0)
    return {
        "logistic": mixed(LogisticRegression()),
        "tree": mixed(DecisionTreeClassifier(max_depth=4, **few)),
        "forest": mixed(RandomForestClassifier(n, max_depth=10 if big else 3, **few)),
        "extra_trees": mixed(ExtraTreesClassifier(n, max_depth=10 if big else 3, **few)),
        "gradient_boosting": mixed(GradientBoostingClassifier(n_estimators=n, max_depth=2, **few)),
        "hist_boosting": mixed(HistGradientBoostingClassifier(max_iter=n, max_leaf_nodes=6, **few)),
        "gaussian_nb": mixed(GaussianNB()),
        "multinomial_nb": numeric(MinMaxScaler(), MultinomialNB()),
        "complement_nb": numeric(MinMaxScaler(), ComplementNB()),
        "bernoulli_nb": numeric(Binarizer(threshold=20.0), BernoulliNB()),
        "svc": mixed(SVC(probability=True, **few)) if big else numeric(StandardScaler(), SVC(probability=True, C=.1, **few)),
        "svc_calibrated_linear": mixed(CalibratedClassifierCV(LinearSVC(**few), cv=3)),
        "sgd": mixed(SGDClassifier(loss="log_loss", **few)),
        "knn": mixed(KNeighborsClassifier(5)),
        "mlp": mixed(MLPClassifier((6,), max_iter=60, **few)),
        "mlp_tanh": mixed(MLPClassifier((5, 4), activation="tanh", max_iter=60, **few)),
        "ada_boost": mixed(AdaBoostClassifier(DecisionTreeClassifier(max_depth=1, **few), n_estimators=n, **few)),
        "bagging": mixed(BaggingClassifier(DecisionTreeClassifier(max_depth=3, **few), n_estimators=n, **few)),
        "voting_soft": mixed(VotingClassifier([("a", LogisticRegression()), ("b", GaussianNB())], voting="soft", flatten_transform=False)),
        "stacking": mixed(StackingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier(max_depth=2))], cv=3)),
        "lda": mixed(LinearDiscriminantAnalysis()),
        "qda": numeric(QuadraticDiscriminantAnalysis()),
    }


def preparations():
    target = ColumnTransformer([("n", SimpleImputer(), NUMBERS), ("t", TargetEncoder(random_state=0), TEXTS)])
    return {
        "k_bins": numeric(KBinsDiscretizer(4, encode="onehot-dense", quantile_method="averaged_inverted_cdf"), LogisticRegression()),
        "k_bins_ordinal": numeric(KBinsDiscretizer(4, encode="ordinal", quantile_method="averaged_inverted_cdf"), LogisticRegression()),
        "quantile": numeric(QuantileTransformer(n_quantiles=10), LogisticRegression()),
        "polynomial": numeric(StandardScaler(), PolynomialFeatures(2), LogisticRegression()),
        "power": numeric(PowerTransformer(), LogisticRegression()),
        "target_encoder": make_pipeline(target, StandardScaler(), LogisticRegression()),
        "robust": numeric(RobustScaler(), LogisticRegression()),
        "max_abs": numeric(MaxAbsScaler(), LogisticRegression()),
        "row_normaliser": numeric(Normalizer(), LogisticRegression()),
        "pca": numeric(StandardScaler(), PCA(2), LogisticRegression()),
        "select": numeric(SelectKBest(k=2), LogisticRegression()),
        "indicator": make_pipeline(SimpleImputer(add_indicator=True), StandardScaler(), LogisticRegression()),
        "passed_through": make_pipeline(SimpleImputer(), FunctionTransformer(), LogisticRegression(max_iter=500)),
    }


def regressors(big):
    n = 100 if big else 3
    few = dict(random_state=0)
    return {
        "linear_regression": mixed(LinearRegression()),
        "ridge": mixed(Ridge()),
        "elastic_net": mixed(ElasticNet(alpha=.1)),
        "bayesian_ridge": mixed(BayesianRidge()),
        "tree_regressor": mixed(DecisionTreeRegressor(max_depth=4, **few)),
        "forest_regressor": mixed(RandomForestRegressor(n, max_depth=10 if big else 3, **few)),
        "extra_trees_regressor": mixed(ExtraTreesRegressor(n, max_depth=10 if big else 3, **few)),
        "gradient_boosting_regressor": mixed(GradientBoostingRegressor(n_estimators=n, max_depth=2, **few)),
        "hist_boosting_regressor": mixed(HistGradientBoostingRegressor(max_iter=n, max_leaf_nodes=6, **few)),
        "svr": mixed(SVR(C=10)) if big else numeric(StandardScaler(), SVR(C=.1, epsilon=8)),
        "knn_regressor": mixed(KNeighborsRegressor(5)),
        "mlp_regressor": mixed(MLPRegressor(hidden_layer_sizes=(6,), max_iter=60, **few)),
        "ada_boost_regressor": mixed(AdaBoostRegressor(DecisionTreeRegressor(max_depth=2), n_estimators=n, **few)),
        "voting_regressor": mixed(VotingRegressor([("a", LinearRegression()), ("b", Ridge())])),
    }


def boosters(big):
    """What onnxmltools converts; each with whether it classifies."""
    import lightgbm
    import onnxmltools
    import xgboost
    from onnxmltools.convert.common.data_types import FloatTensorType as Floats

    n = 100 if big else 4
    lgb = dict(n_estimators=n, num_leaves=5, min_child_samples=5, verbose=-1)
    xgb = dict(n_estimators=n, max_depth=2)

    def convert(model):
        kind = "lightgbm" if "lightgbm" in type(model).__module__ else "xgboost"
        to = getattr(onnxmltools, f"convert_{kind}")
        return to(model, initial_types=[("numbers", Floats([None, 3]))], target_opset=15)

    return convert, {
        "lightgbm_two": (lightgbm.LGBMClassifier(**lgb), "two"),
        "lightgbm_three": (lightgbm.LGBMClassifier(**lgb), "three"),
        "lightgbm_regressor": (lightgbm.LGBMRegressor(**lgb), "number"),
        "xgboost_two": (xgboost.XGBClassifier(**xgb), "two"),
        "xgboost_three": (xgboost.XGBClassifier(**xgb), "three"),
        "xgboost_regressor": (xgboost.XGBRegressor(**xgb), "number"),
    }


def types(columns):
    return [(c, StringTensorType([None, 1]) if c in TEXTS else FloatTensorType([None, 1])) for c in columns]


def columns_of(pipeline):
    return NUMBERS + TEXTS if isinstance(pipeline.steps[0][1], ColumnTransformer) else NUMBERS


def convert(pipeline, one_tensor, zip_map):
    columns = columns_of(pipeline)
    initial = [("numbers", FloatTensorType([None, len(columns)]))] if one_tensor else types(columns)
    final = pipeline.steps[-1][1]
    options = {"zipmap": zip_map} if hasattr(final, "classes_") else {}
    if isinstance(final, (SVC,)):
        options = {"zipmap": zip_map}
    return to_onnx(pipeline, initial_types=initial, target_opset=OPSET, options={id(final): options} if options else None)


def feed(session, frame):
    fed = {}
    for i in session.get_inputs():
        if i.name == "numbers":
            fed[i.name] = frame[NUMBERS].to_numpy(np.float32)
        else:
            kind = object if i.type == "tensor(string)" else np.float32
            fed[i.name] = frame[[i.name]].to_numpy(kind)
    return fed


def plain(found):
    """Maps as matrices, in the order of the maps."""
    if isinstance(found, list):
        return np.array([list(row.values()) for row in found], dtype=np.float32)
    return found


def all_of(big):
    """Name, fitted pipeline, target, ONNX model."""
    frame = data(1000 if big else 90, 5)
    todo = []
    for name, pipeline in classifiers(big).items():
        for target in (["two", "three"] if big or name in ("logistic", "tree", "hist_boosting", "svc", "gaussian_nb", "mlp", "forest") else
                       ["three"] if len(name) % 2 else ["two"]):
            todo.append((f"{name}_{target}", pipeline, target))
    todo += [(name, pipeline, "two") for name, pipeline in preparations().items()]
    todo += [(name, pipeline, "number") for name, pipeline in regressors(big).items()]
    for i, (name, pipeline, target) in enumerate(todo):
        columns = columns_of(pipeline)
        pipeline.fit(frame[columns], frame[target])
        one_tensor = columns == NUMBERS and i % 2 == 0
        try:
            model = convert(pipeline, one_tensor, zip_map=i % 3 == 0)
        except Exception as e:
            print("not converted:", name, type(e).__name__, str(e).splitlines()[0][:150])
            continue
        yield name, target, model, pipeline
    to, models = boosters(big)
    for name, (model, target) in models.items():
        truth = frame[target]
        if target != "number" and name.startswith("xgboost"):
            truth = truth.astype("category").cat.codes
        model.fit(frame[NUMBERS].to_numpy(np.float32), truth)
        yield name, target, to(model), model


def text(array):
    array = np.asarray(array)
    kind = {"f": "float" if array.dtype == np.float32 else "double", "i": "int64", "O": "string", "U": "string", "b": "bool"}[array.dtype.kind]
    def one(v):
        if kind in ("float", "double"):
            return float(v) if np.isfinite(v) else repr(float(v))
        return str(v) if kind == "string" else int(v)
    return {"type": kind, "shape": list(array.shape), "values": [one(v) for v in array.ravel()]}


def small():
    frame = data(9, 8)
    folder = HERE / "pipelines"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.onnx"):
        old.unlink()
    cases, size = [], 0
    for name, target, model, fitted in all_of(big=False):
        model.doc_string = ""
        session = onnxruntime.InferenceSession(model.SerializeToString())
        fed = feed(session, frame)
        outputs = [plain(o) for o in session.run(None, fed)]
        case = {"name": name, "inputs": [text(fed[i.name]) for i in session.get_inputs()], "outputs": [text(o) for o in outputs]}
        if target != "number":
            case["classes"] = [str(c) for c in fitted.classes_]
        # k nearest neighbours measure distances in a loop.
        if any(node.op_type == "Scan" for node in model.graph.node):
            case["unread"] = "it uses what Lockkeeper does not read: operator Scan of ai.onnx version 18"
        cases.append(case)
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
        size += (folder / f"{name}.onnx").stat().st_size
    lines = ",\n".join(json.dumps(c, ensure_ascii=False, separators=(",", ":")) for c in cases)
    (HERE / "pipelines.json").write_text("[\n" + lines + "\n]\n")
    print(len(cases), "pipelines,", size, "bytes")


def live(folder):
    data(1000, 5).to_csv(folder / "data.csv", index=False)
    new = data(400, 6)
    new.loc[3, "city"] = "Nowhere"
    new.to_csv(folder / "new.csv", index=False)
    for name, target, model, fitted in all_of(big=True):
        session = onnxruntime.InferenceSession(model.SerializeToString())
        outputs = [plain(o) for o in session.run(None, feed(session, new))]
        one_tensor = [i.name for i in session.get_inputs()] == ["numbers"]
        case = {"target": target, "one_tensor": one_tensor, "outputs": [o.tolist() for o in outputs]}
        if target != "number":
            case["classes"] = [str(c) for c in fitted.classes_]
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
        (folder / f"{name}.json").write_text(json.dumps(case))
        print(name, len(model.SerializeToString()))


if __name__ == "__main__":
    live(pathlib.Path(sys.argv[1])) if len(sys.argv) > 1 else small()
