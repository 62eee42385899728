"""Expected rates and gaps between groups for src/evaluate/fairness.rs, by Fairlearn, and chi-squared tests by scipy.

    /tmp/venv/bin/pip install fairlearn scikit-learn scipy
    /tmp/venv/bin/python tests/oracles/evaluate/fairness.py > tests/oracles/evaluate/fairness.json

Written with fairlearn 0.15.0, scikit-learn 1.9.1 and scipy 1.17.1. Every group has rows of both classes, because Fairlearn counts a
rate without rows as zero.
"""
import json

import fairlearn.metrics as fm
import numpy as np
from scipy.stats import chi2_contingency
from sklearn.metrics import accuracy_score

random = np.random.default_rng(20261127)
RATES = {
    "selection_rate": fm.selection_rate,
    "true_positive_rate": fm.true_positive_rate,
    "false_positive_rate": fm.false_positive_rate,
    "false_negative_rate": fm.false_negative_rate,
    "accuracy": accuracy_score,
}


def measures(truth, decided, group):
    """Difference, ratio and p-value of each measure."""
    def frame(metric):
        return fm.MetricFrame(metrics=metric, y_true=truth, y_pred=decided, sensitive_features=group)

    def p_value(hit, among):
        table = [[np.sum(hit & among & (group == g)), np.sum(~hit & among & (group == g))] for g in np.unique(group)]
        return chi2_contingency(np.array(table), correction=False).pvalue

    every = np.ones(len(truth), bool)
    p_tpr, p_fpr = p_value(decided == 1, truth == 1), p_value(decided == 1, truth == 0)
    kwargs = {"sensitive_features": group}

    def of_frame(metric, p):
        found = frame(metric)
        return [found.difference(), found.ratio(), p]

    return {
        "demographic_parity": [fm.demographic_parity_difference(truth, decided, **kwargs),
                               fm.demographic_parity_ratio(truth, decided, **kwargs), p_value(decided == 1, every)],
        "equal_opportunity": [fm.equal_opportunity_difference(truth, decided, **kwargs),
                              fm.equal_opportunity_ratio(truth, decided, **kwargs), p_tpr],
        "equalized_odds": [fm.equalized_odds_difference(truth, decided, **kwargs),
                           fm.equalized_odds_ratio(truth, decided, **kwargs), min(1.0, 2 * min(p_tpr, p_fpr))],
        "false_positive_rate": of_frame(fm.false_positive_rate, p_fpr),
        "false_negative_rate": of_frame(fm.false_negative_rate, p_tpr),
        "accuracy": of_frame(accuracy_score, p_value(decided == truth, every)),
    }


cases = []
for n, names in [(60, "ab"), (400, "abc"), (1500, "abcdef")]:
    group = random.choice(list(names), n)
    truth = (random.random(n) < 0.3 + 0.1 * (group == "b")).astype(int)
    logit = 1.5 * truth - 0.8 + 0.6 * (group == "a") + random.normal(size=n)
    score = (100 / (1 + np.exp(-logit))).round() / 100
    decided = (score >= 0.5).astype(int)
    frame = fm.MetricFrame(metrics=RATES, y_true=truth, y_pred=decided, sensitive_features=group)
    cases.append({
        "group": "".join(group),
        "truth": truth.tolist(),
        "score": score.tolist(),
        "groups": {f"group = {g}": {k: float(v) for k, v in row.items()} for g, row in frame.by_group.iterrows()},
        "measures": {k: [float(v) for v in found] for k, found in measures(truth, decided, group).items()},
    })
print(json.dumps(cases))
