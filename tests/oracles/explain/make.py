"""Expected values of src/explain/tests/oracles.rs, from scikit-learn, XGBoost and shap.

Run: python tests/oracles/explain/make.py
scikit-learn 1.9.1, XGBoost 3.2.0 and shap 0.51.0 wrote the committed file. Data and fitted models stand in the file, so
that nothing is fitted in the test. Features are rounded to f32, as a FeaturePlan does; thresholds are rounded down to f32,
which leaves every row on its side.
"""
import json
import pathlib

import numpy as np
import shap
import xgboost
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import root_mean_squared_error
from sklearn.naive_bayes import GaussianNB


def down(threshold):
    """The largest f32 that is not above the threshold: x <= threshold stays the same for every f32 x."""
    near = np.float32(threshold)
    return float(near if near <= threshold else np.nextafter(near, np.float32(-np.inf)))


def sklearn_tree(tree):
    """Nodes as (feature, threshold, left, right) with numbered leaves, answers of the leaves, rows of each node."""
    nodes, answers, n_leaves = [], [], 0
    for i in range(tree.node_count):
        if tree.children_left[i] < 0:
            nodes.append([0, 0.0, 0, n_leaves])
            answers += tree.value[i].ravel().tolist()
            n_leaves += 1
        else:
            nodes.append([int(tree.feature[i]), down(tree.threshold[i]), int(tree.children_left[i]),
                          int(tree.children_right[i])])
    return dict(nodes=nodes, answers=answers, covers=tree.weighted_n_node_samples.tolist())


def xgboost_tree(dump):
    """The same of XGBoost's JSON. There x < split goes to `yes`: x <= the next smaller f32."""
    flat = {}

    def visit(node):
        flat[node["nodeid"]] = node
        for child in node.get("children", []):
            visit(child)

    visit(json.loads(dump))
    order = sorted(flat)  # numbered level by level: children come after their parent
    place = {nodeid: i for i, nodeid in enumerate(order)}
    nodes, answers, covers = [], [], []
    for nodeid in order:
        node = flat[nodeid]
        covers.append(node["cover"])
        if "leaf" in node:
            nodes.append([0, 0.0, 0, len(answers)])
            answers.append(node["leaf"])
        else:
            below = float(np.nextafter(np.float32(node["split_condition"]), np.float32(-np.inf)))
            nodes.append([int(node["split"][1:]), below, place[node["yes"]], place[node["no"]]])
    return dict(nodes=nodes, answers=answers, covers=covers)


def trees(rng):
    x = rng.normal(size=(300, 6)).astype(np.float32).astype(np.float64)
    x[:, 3] = np.round(x[:, 3])  # ties
    x[:, 4] = x[:, 4] > 0.2
    signal = x[:, 0] * x[:, 1] + np.where(x[:, 4] > 0, x[:, 2], -x[:, 2]) + 0.5 * x[:, 3]
    y3 = np.digitize(signal + 0.3 * rng.normal(size=300), [-0.7, 0.7])
    yr = signal + 0.3 * rng.normal(size=300)
    y2 = (signal + 0.3 * rng.normal(size=300) > 0).astype(int)
    some = x[:10]
    out = dict(rows=some.tolist())

    forest = RandomForestClassifier(7, max_depth=9, min_samples_leaf=2, random_state=1).fit(x, y3)
    values = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent").shap_values(some)
    out["forest"] = dict(trees=[sklearn_tree(t.tree_) for t in forest.estimators_],
                         predictions=forest.predict_proba(some).tolist(), shap=np.asarray(values).tolist())
    forest = RandomForestRegressor(5, max_depth=12, random_state=2).fit(x, yr)
    explainer = shap.TreeExplainer(forest, feature_perturbation="tree_path_dependent")
    out["regression"] = dict(trees=[sklearn_tree(t.tree_) for t in forest.estimators_],
                             predictions=forest.predict(some).tolist(), shap=explainer.shap_values(some).tolist(),
                             base=float(np.ravel(explainer.expected_value)[0]))
    boosted = xgboost.XGBClassifier(n_estimators=12, max_depth=4, learning_rate=0.3, base_score=0.5).fit(x, y2)
    dumps = boosted.get_booster().get_dump(dump_format="json", with_stats=True)
    explainer = shap.TreeExplainer(boosted, feature_perturbation="tree_path_dependent")
    out["boosting"] = dict(trees=[xgboost_tree(d) for d in dumps],
                           margins=boosted.predict(some, output_margin=True).astype(float).tolist(),
                           shap=explainer.shap_values(some).astype(float).tolist())
    return out


def importance(rng):
    """The drops of given shuffles, and scikit-learn's own mean and deviation over them."""
    x = rng.normal(size=(60, 3)).astype(np.float32).astype(np.float64)
    y = 2 * x[:, 0] - x[:, 1] + 0.2 * rng.normal(size=60)
    model = LinearRegression().fit(x, y)
    orders = [[rng.permutation(60).tolist() for _ in range(4)] for _ in range(3)]

    def drops(column, keep):
        before = root_mean_squared_error(y[keep], model.predict(x)[keep])
        out = []
        for order in orders[column]:
            shuffled = x.copy()
            shuffled[:, column] = x[order, column]
            out.append(root_mean_squared_error(y[keep], model.predict(shuffled)[keep]) - before)
        return out

    columns = []
    for column in range(3):
        every = drops(column, np.ones(60, bool))
        without = [np.mean(drops(column, np.arange(60) % 20 != group)) for group in range(20)]
        half = 2.0930 * np.sqrt(19 / 20 * np.sum((without - np.mean(without)) ** 2))
        columns.append(dict(repeats=every, mean=np.mean(every), sd=np.std(every),
                            interval=[np.mean(every) - half, np.mean(every) + half]))
    many = permutation_importance(model, x, y, scoring="neg_root_mean_squared_error", n_repeats=400, random_state=3)
    return dict(rows=x.tolist(), target=y.tolist(), weights=model.coef_.tolist(), intercept=model.intercept_,
                orders=orders, columns=columns, many_mean=many.importances_mean.tolist(),
                many_sd=many.importances_std.tolist())


def dependence(rng):
    x = rng.normal(size=(80, 3)).astype(np.float32).astype(np.float64)
    x[:, 1] = np.round(2 * x[:, 1])
    y = (x[:, 0] + 0.7 * x[:, 1] + rng.normal(size=80) > 0).astype(int)
    model = LogisticRegression(C=1.0).fit(x, y)
    found = partial_dependence(model, x, [1], method="brute", kind="both", response_method="predict_proba",
                               percentiles=(0, 1), grid_resolution=100)
    background = x.mean(axis=0)
    linear = shap.LinearExplainer(model, shap.maskers.Independent(x, max_samples=80))
    return dict(rows=x.tolist(), weights=model.coef_[0].tolist(), intercept=model.intercept_[0],
                grid=found["grid_values"][0].tolist(), mean=found["average"][0].tolist(),
                curves=found["individual"][0].tolist(), shap=linear.shap_values(x[:6]).tolist(),
                base=float(model.intercept_[0] + model.coef_[0] @ background))


def sampled(rng):
    """Exact Shapley values of naive Bayes over all sets of columns, with 40 rows in the place of what is not known."""
    x = rng.normal(size=(200, 4)).astype(np.float32).astype(np.float64)
    y = (x[:, 0] ** 2 + x[:, 1] + 0.5 * x[:, 2] > 0.8).astype(int)
    model = GaussianNB().fit(x, y)
    background, some = x[:40], x[100:105]

    def answer(rows):
        return model.predict_proba(rows)[:, 1]

    explainer = shap.explainers.Exact(answer, shap.maskers.Independent(background, max_samples=40))
    found = explainer(some)
    return dict(background=background.tolist(), rows=some.tolist(), priors=model.class_prior_.tolist(),
                means=model.theta_.tolist(), variances=model.var_.tolist(), predictions=answer(some).tolist(),
                base=float(answer(background).mean()), shap=found.values.tolist())


def main():
    rng = np.random.default_rng(7)
    expected = dict(trees=trees(rng), importance=importance(rng), dependence=dependence(rng), sampled=sampled(rng))
    path = pathlib.Path(__file__).with_name("expected.json")
    path.write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
