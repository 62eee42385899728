"""Expected values of src/train/tests/, from scikit-learn and XGBoost (1.9.1 and 3.2.0 wrote the committed file).

Run: python tests/oracles/train/make.py
The data are made by the same integer formula here and in the tests (a linear congruential generator), so that no data
file is needed. Features are rounded to f32, as a FeaturePlan does.
"""
import json
import pathlib

import numpy as np
import xgboost
from sklearn.ensemble import (ExtraTreesClassifier, ExtraTreesRegressor, RandomForestClassifier,
                              RandomForestRegressor)
from sklearn.calibration import _SigmoidCalibration
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.metrics import log_loss, roc_auc_score, root_mean_squared_error
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.preprocessing import minmax_scale
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier


def uniforms(n, seed):
    """Numerical Recipes' LCG: state = 1664525 state + 1013904223 mod 2^32, divided by 2^32."""
    state, out = seed, []
    for _ in range(n):
        state = (1664525 * state + 1013904223) % 2**32
        out.append(state / 2**32)
    return np.array(out)


def features(n, p, seed):
    return uniforms(n * p, seed).reshape(n, p).astype(np.float32).astype(np.float64) * 2 - 1


def noise(n, seed):
    return uniforms(12 * n, seed).reshape(n, 12).sum(axis=1) - 6  # about normal


def main():
    expected = {}
    x = features(200, 4, 1)
    signal = 1.5 * x[:, 0] - 2 * x[:, 1] + 0.5 * x[:, 2] - 0.4
    y2 = (signal + noise(200, 2) > 0).astype(int)
    y3 = np.digitize(signal + noise(200, 3), [-1.0, 0.6])
    yr = signal + 0.3 * noise(200, 4) + 10

    lr = LogisticRegression(C=1.0, tol=1e-12, max_iter=10000).fit(x, y2)
    expected["logistic"] = dict(coefficients=lr.coef_[0].tolist(), intercept=lr.intercept_[0],
                                log_loss=log_loss(y2, lr.predict_proba(x)))
    lr = LogisticRegression(C=2.0, tol=1e-12, max_iter=10000).fit(x, y3)
    expected["multinomial"] = dict(log_loss=log_loss(y3, lr.predict_proba(x)),
                                   probabilities=lr.predict_proba(x[:5]).ravel().tolist())
    # A class of a few rows that counts as much as the others.
    rare2 = (signal + noise(200, 2) > 2.2).astype(int)
    rare3 = np.digitize(signal + noise(200, 3), [-2.6, 2.2])
    balanced = dict(class_weight="balanced")
    lr = LogisticRegression(tol=1e-12, max_iter=10000, **balanced).fit(x, rare2)
    lr3 = LogisticRegression(tol=1e-12, max_iter=10000, **balanced).fit(x, rare3)
    tree = DecisionTreeClassifier(max_depth=2, min_samples_leaf=5, **balanced).fit(x, rare3)
    expected["class_weight"] = dict(coefficients=lr.coef_[0].tolist(), intercept=lr.intercept_[0],
                                    several=lr3.predict_proba(x[:5]).ravel().tolist(),
                                    tree=tree.predict_proba(x[:20]).ravel().tolist(),
                                    counts=[int(rare2.sum()), *np.bincount(rare3).tolist()])
    # Rows that count more or less than others; some do not count at all.
    w = np.maximum(0, 1 + noise(200, 31))
    w *= 200 / w.sum()
    own = dict(sample_weight=w)
    lr = LogisticRegression(tol=1e-12, max_iter=10000).fit(x, y2, **own)
    weighted = dict(logistic=[*lr.coef_[0], lr.intercept_[0]])
    for name, model in dict(linear=LinearRegression(), ridge=Ridge(alpha=0.05 * 200, tol=1e-12),
                            lasso=Lasso(alpha=0.05, tol=1e-12, max_iter=100000),
                            elastic_net=ElasticNet(alpha=0.05, l1_ratio=0.5, tol=1e-12, max_iter=100000)).items():
        model.fit(x, yr, **own)
        weighted[name] = [*model.coef_, model.intercept_]
    weighted["bernoulli_nb"] = BernoulliNB().fit(x, y3, **own).predict_proba(x[:20]).ravel().tolist()
    scaled = minmax_scale(x)
    weighted["multinomial_nb"] = MultinomialNB().fit(scaled, y3, **own).predict_proba(scaled[:20]).ravel().tolist()
    tree = DecisionTreeClassifier(max_depth=2).fit(x, y3, **own)
    weighted["tree"] = tree.predict_proba(x[:20]).ravel().tolist()
    expected["row_weights"] = {name: list(map(float, values)) for name, values in weighted.items()}
    # Scores of one row are hundreds apart from another's: the loss must be exact there.
    x_wide = x * [40, 1, 300, 8]
    steep = 1.2 * x_wide[:, 0] + 0.2 * x_wide[:, 2] - x_wide[:, 3]
    y_wide = np.digitize(steep + 4 * noise(200, 8), [-12.0, 9.0])
    lr = LogisticRegression(C=1000.0, solver="newton-cholesky", tol=1e-12, max_iter=1000).fit(x_wide, y_wide)
    scores = lr.decision_function(x_wide)
    expected["multinomial_wide"] = dict(log_loss=log_loss(y_wide, lr.predict_proba(x_wide)),
                                        coefficients=lr.coef_.ravel().tolist(),
                                        intercepts=(lr.intercept_ - lr.intercept_.mean()).tolist(),
                                        score_range=scores.max() - scores.min())
    nb = GaussianNB().fit(x, y3)
    expected["naive_bayes"] = dict(probabilities=nb.predict_proba(x[:20]).ravel().tolist())
    ols = LinearRegression().fit(x, yr)
    expected["linear"] = dict(coefficients=ols.coef_.tolist(), intercept=ols.intercept_)
    en = ElasticNet(alpha=0.05, l1_ratio=0.5, tol=1e-12, max_iter=100000).fit(x, yr)
    expected["elastic_net"] = dict(coefficients=en.coef_.tolist(), intercept=en.intercept_)

    nb = BernoulliNB(alpha=1.0, binarize=0.0).fit(x, y3)
    expected["bernoulli_nb"] = dict(probabilities=nb.predict_proba(x[:20]).ravel().tolist())
    scaled = minmax_scale(x)
    nb = MultinomialNB(alpha=1.0).fit(scaled, y3)
    expected["multinomial_nb"] = dict(probabilities=nb.predict_proba(scaled[:20]).ravel().tolist())
    ridge = Ridge(alpha=0.05 * 200, tol=1e-12).fit(x, yr)
    expected["ridge"] = dict(coefficients=ridge.coef_.tolist(), intercept=ridge.intercept_)
    lasso = Lasso(alpha=0.05, tol=1e-12, max_iter=100000).fit(x, yr)
    expected["lasso"] = dict(coefficients=lasso.coef_.tolist(), intercept=lasso.intercept_)
    svc = SVC(C=2.0, gamma=0.5, tol=1e-8).fit(x, y2)
    z = (yr - yr.mean()) / yr.std()
    svr = SVR(C=2.0, gamma=0.5, epsilon=0.1, tol=1e-8).fit(x, z)
    expected["svm"] = dict(distances=svc.decision_function(x).tolist(),
                           values=(svr.predict(x) * yr.std() + yr.mean()).tolist())
    # Answers that are too sure, with ties.
    p = np.round(1 / (1 + np.exp(-3 * signal)), 2)
    odds = np.log(np.clip(p, 1e-15, 1 - 1e-15)) - np.log1p(-np.clip(p, 1e-15, 1 - 1e-15))
    grid = np.array([0.0, 0.003, 0.1, 0.255, 0.5, 0.77, 0.985, 1.0])
    rising = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(p, y2)
    sigmoid = _SigmoidCalibration().fit(odds, y2)
    expected["calibration"] = dict(isotonic=rising.predict(grid).tolist(), slope=-sigmoid.a_, intercept=-sigmoid.b_)

    # Both with a column of two values and one of ten, for ties.
    ties = x.copy()
    ties[:, 2] = np.round(ties[:, 2])
    ties[:, 3] = ties[:, 3] > 0.3
    share = y2.mean()
    same = dict(tree_method="hist", max_depth=4, reg_lambda=1.0, learning_rate=0.3,
                n_estimators=20, max_bin=256)
    boosted = xgboost.XGBClassifier(base_score=share, min_child_weight=4.999 * share * (1 - share), **same).fit(ties, y2)
    boosted_values = xgboost.XGBRegressor(base_score=yr.mean(), min_child_weight=5, **same).fit(ties, yr)
    expected["boosting"] = dict(probabilities=boosted.predict_proba(ties[:40])[:, 1].tolist(),
                                values=boosted_values.predict(ties[:40]).tolist())

    # A harder set: 10 features, of which 4 matter, with an interaction; 3000 rows to train, 2000 to test.
    x = features(5000, 10, 5)
    signal = 3 * x[:, 0] * x[:, 1] + 2 * np.where(x[:, 2] > 0.3, 1, 0) + 1.5 * x[:, 3] - 0.7
    y = (signal + noise(5000, 6) > 0).astype(int)
    yr = signal + 0.5 * noise(5000, 7)
    forests = dict(forest=(RandomForestClassifier, RandomForestRegressor),
                   extra_trees=(ExtraTreesClassifier, ExtraTreesRegressor))
    for name, (classifier, regressor) in forests.items():
        aucs, losses, errors = [], [], []
        for seed in range(5):
            same = dict(min_samples_leaf=5, max_depth=20, random_state=seed, n_jobs=2)
            p = classifier(100, **same).fit(x[:3000], y[:3000]).predict_proba(x[3000:])[:, 1]
            aucs.append(roc_auc_score(y[3000:], p))
            losses.append(log_loss(y[3000:], p))
            rf = regressor(100, max_features=4, **same).fit(x[:3000], yr[:3000])
            errors.append(root_mean_squared_error(yr[3000:], rf.predict(x[3000:])))
        expected[name] = dict(auc=np.mean(aucs), auc_sd=np.std(aucs), log_loss=np.mean(losses),
                              log_loss_sd=np.std(losses), rmse=np.mean(errors), rmse_sd=np.std(errors))
    path = pathlib.Path(__file__).with_name("expected.json")
    path.write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
