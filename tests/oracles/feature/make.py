"""Expected values of src/feature/, from scikit-learn (1.9.1 wrote the committed file).

Run: python tests/oracles/feature/make.py
"""
import json
import pathlib

import numpy as np
from sklearn.preprocessing import QuantileTransformer, TargetEncoder


def main():
    rng = np.random.default_rng(7)
    fitted = np.exp(rng.normal(size=500)).astype(np.float32).astype(float)
    assert len(set(fitted)) == 500
    transformer = QuantileTransformer(n_quantiles=101).fit(fitted[:, None])
    asked = np.concatenate([fitted[:40], [-1, 0, 1, 3.3, 1e6]])
    expected = dict(quantile=dict(fitted=fitted.tolist(), asked=asked.tolist(),
                                  levels=transformer.transform(asked[:, None]).ravel().tolist()))
    # 60 rows of seven categories; the last rows are asked for one that was never seen.
    texts = [str(t) for t in rng.choice(list("abcdefg"), 60, p=[.3, .25, .2, .1, .08, .05, .02])]
    values = rng.normal(size=60) + np.array([ord(t) - 97 for t in texts])
    two = (values > 1.5).astype(int)
    three = np.digitize(values, [0.5, 2.0])
    asked = [*"abcdefg", "never seen"]
    means = {}
    for name, target, kind in [("values", values, "continuous"), ("two", two, "binary"),
                               ("three", three, "multiclass")]:
        encoder = TargetEncoder(smooth=10.0, target_type=kind).fit(np.array(texts)[:, None], target)
        means[name] = encoder.transform(np.array(asked)[:, None]).ravel().tolist()
    expected["target_mean"] = dict(texts=texts, values=values.tolist(), two=two.tolist(), three=three.tolist(),
                                   asked=asked, means=means)
    path = pathlib.Path(__file__).with_name("expected.json")
    path.write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
