"""Reference numbers for data::relation, by numpy, scipy, pandas and scikit-learn.

    python make.py > expected.json

The data is a formula, so that both sides make it themselves: row i of n has
    a = sin(i * 0.7) * 10 + (i * 37 % 101) / 10          missing where i % 13 == 5
    b = a * 0.5 + cos(i * 1.3) * 3 (with a unmissed)     missing where i % 17 == 3
    k = i * i % 7                                        whole number with ties
    c = "red", "green", "blue" by (i * i + i // 10) % 3, missing where i % 19 == 2
    d = "yes" where (i * i % 7 > 2) xor (i % 5 == 0) else "no"
"""
import json
import numpy as np
import pandas as pd
from scipy import stats
from scipy.stats.contingency import association, crosstab
from sklearn.metrics import mutual_info_score

n = 2000
i = np.arange(n)
a0 = np.sin(i * 0.7) * 10 + (i * 37 % 101) / 10
a = np.where(i % 13 == 5, np.nan, a0)
b = np.where(i % 17 == 3, np.nan, a0 * 0.5 + np.cos(i * 1.3) * 3)
k = (i * i % 7).astype(float)
c = np.array(["red", "green", "blue"], dtype=object)[(i * i + i // 10) % 3]
c[i % 19 == 2] = None
d = np.where((i * i % 7 > 2) ^ (i % 5 == 0), "yes", "no").astype(object)
frame = pd.DataFrame({"a": a, "b": b, "k": k, "c": c, "d": d})
numeric = ["a", "b", "k"]


def bins(name):
    """Equal-frequency bins: the bin of a value is that of the middle of its run in sorted order; few values one each."""
    s = frame[name]
    if name not in numeric:
        return s
    n_bins = int(np.clip(round(n ** (1 / 3)), 2, 20))
    if s.nunique() <= n_bins:
        return s
    first = s.rank(method="min") - 1
    past = s.rank(method="max")
    return np.floor((first + past - 1) * n_bins / (2 * s.count()))


def entropy(counts):
    p = counts / counts.sum()
    return -(p * np.log(p)).sum() + (len(counts) - 1) / (2 * counts.sum())


def bergsma(x, y):
    table = crosstab(x, y).count
    size, (r, q) = table.sum(), table.shape
    phi2 = stats.chi2_contingency(table, correction=False).statistic / size
    phi2 = max(0, phi2 - (r - 1) * (q - 1) / (size - 1))
    r, q = r - (r - 1) ** 2 / (size - 1), q - (q - 1) ** 2 / (size - 1)
    return np.sqrt(phi2 / min(r - 1, q - 1))


pairs = []
names = list(frame)
for p, x in enumerate(names):
    for y in names[p + 1:]:
        both = frame[[x, y]].dropna()
        e = {"x": x, "y": y, "n": len(both)}
        if x in numeric and y in numeric:
            e["pearson"] = stats.pearsonr(both[x], both[y]).statistic
            e["spearman"] = stats.spearmanr(both[x], both[y]).statistic
        elif x not in numeric and y not in numeric:
            e["cramers_v"] = bergsma(both[x].to_numpy(str), both[y].to_numpy(str))
        else:
            number, group = (x, y) if x in numeric else (y, x)
            v, g = both[number], both.groupby(group)[number]
            e["correlation_ratio"] = np.sqrt((g.count() * (g.mean() - v.mean()) ** 2).sum() / ((v - v.mean()) ** 2).sum())
        coded = pd.DataFrame({"x": bins(x), "y": bins(y)}).dropna()
        hx, hy = (entropy(coded[s].value_counts().to_numpy()) for s in "xy")
        hxy = entropy(coded.groupby(["x", "y"]).size().to_numpy())
        plug_in = mutual_info_score(coded.x.astype(str), coded.y.astype(str))
        kx, ky, kxy = coded.x.nunique(), coded.y.nunique(), len(coded.groupby(["x", "y"]).size())
        mi = hx + hy - hxy
        assert abs(mi - (plug_in + (kx + ky - kxy - 1) / (2 * len(coded)))) < 1e-12
        e["mutual_information"] = max(0, mi)
        e["normalised_information"] = max(0, 2 * mi / (hx + hy))
        pairs.append(e)

boxes = []
for value, part in frame.groupby("c"):
    v = np.sort(part["a"].dropna())
    q1, m, q3 = np.quantile(v, [0.25, 0.5, 0.75])
    inside = v[(v >= q1 - 1.5 * (q3 - q1)) & (v <= q3 + 1.5 * (q3 - q1))]
    boxes.append({"value": value, "n": len(v), "low": inside.min(), "q1": q1, "median": m, "q3": q3,
                  "high": inside.max(), "mean": v.mean(), "n_outside": len(v) - len(inside)})

lack = frame[["a", "b", "c"]].isna()
missing = [{"x": x, "y": y, "phi": np.corrcoef(lack[x], lack[y])[0, 1], "n_both": int((lack[x] & lack[y]).sum())}
           for p, x in enumerate("abc") for y in "abc"[p + 1:]]
edges = np.histogram_bin_edges(a[~np.isnan(a)], 20)
split = {g: np.histogram(part["a"].dropna(), edges)[0].tolist() for g, part in frame.groupby("d")}
print(json.dumps({"pairs": pairs, "boxes": boxes, "missing": missing, "split": split}, indent=1, default=float))
