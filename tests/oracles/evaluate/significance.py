"""Expected tests of differences for src/evaluate/significance.rs, by statsmodels, by MLstatkit and by DeLong's definition.

    /tmp/venv/bin/pip install numpy statsmodels MLstatkit
    /tmp/venv/bin/python tests/oracles/evaluate/significance.py > tests/oracles/evaluate/significance.json

Written with statsmodels 0.15.0 and MLstatkit 0.1.91. The scores are whole hundredths, so that there are ties.
"""
import contextlib
import io
import json

import numpy as np
from MLstatkit import Delong_test
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

random = np.random.default_rng(20261126)


def delong(truth, a, b):
    """Structural components by comparing every positive row with every negative one (DeLong et al. 1988, equations 3 to 7)."""
    positive, negative = truth == 1, truth == 0

    def components(score):
        psi = np.sign(score[positive][:, None] - score[negative][None, :]) / 2 + 0.5
        return psi.mean(axis=1), psi.mean(axis=0)

    (v10a, v01a), (v10b, v01b) = components(a), components(b)
    difference = v10a.mean() - v10b.mean()
    variance = np.var(v10a - v10b, ddof=1) / positive.sum() + np.var(v01a - v01b, ddof=1) / negative.sum()
    return difference, np.sqrt(variance), 2 * norm.sf(abs(difference) / np.sqrt(variance))


cases = []
for n in [12, 60, 300]:
    truth = random.integers(0, 2, n)
    truth[:4] = [0, 0, 1, 1]
    logit = 1.4 * truth + random.normal(size=n)
    a, b = ((100 / (1 + np.exp(-logit - random.normal(0, s, n)))).round() / 100 for s in [0.3, 1.4])
    difference, error, p = delong(truth, a, b)
    with contextlib.redirect_stdout(io.StringIO()):
        found = Delong_test(truth, a, b)
    peer = float(found[1])
    assert abs(p - peer) < 1e-9, (p, peer)
    cases.append({"truth": truth.tolist(), "a": a.tolist(), "b": b.tolist(), "difference": difference, "error": error, "p": p})

pairs = [[0, 0], [0, 1], [3, 1], [5, 12], [40, 61], [700, 812]]
p_values = [0.8, 0.011, 0.0004, 0.04, 0.011, 0.3, 1.0, 0.00001]
print(json.dumps({
    "delong": cases,
    "mcnemar": [{"pair": [x, y], "p": float(mcnemar([[0, x], [y, 0]], exact=True).pvalue) if x + y else 1.0} for x, y in pairs],
    "p_values": p_values,
    "holm": multipletests(p_values, method="holm")[1].tolist(),
    "benjamini_hochberg": multipletests(p_values, method="fdr_bh")[1].tolist(),
}))
