"""Checks exported models with onnxruntime: python onnx_live.py FOLDER

FOLDER holds pairs NAME.onnx and NAME.json. The JSON has the raw columns as a program outside would have them (null is
missing; days and moments in milliseconds since 1970), and what Lockkeeper answers.
"""
import json
import pathlib
import sys

import numpy as np
import onnxruntime

TOLERANCE = 1e-5  # on probabilities, and relative to numbers above 1


def tensor(kind, values):
    if kind == "tensor(string)":
        filled = ["" if v is None else v for v in values]
        return np.array(filled, dtype=object).reshape(-1, 1)
    if kind == "tensor(int64)":
        filled = [np.iinfo(np.int64).min if v is None else v for v in values]
        return np.array(filled, dtype=np.int64).reshape(-1, 1)
    assert kind == "tensor(float)", kind
    special = {None: np.nan, "inf": np.inf, "-inf": -np.inf}
    filled = [special.get(v, v) if not isinstance(v, bool) else float(v) for v in values]
    return np.array(filled, dtype=np.float32).reshape(-1, 1)


def check(path):
    case = json.loads(path.with_suffix(".json").read_text())
    session = onnxruntime.InferenceSession(path)
    feed = {i.name: tensor(i.type, case["columns"][i.name]) for i in session.get_inputs()}
    names = [o.name for o in session.get_outputs()]
    found = dict(zip(names, session.run(names, feed)))
    expected = np.array(case["answers"])
    if case["labels"] is None:
        assert names == ["prediction"], names
        answers = found["prediction"]
    else:
        assert names == ["label", "probabilities"], names
        differing = [i for i, (a, b) in enumerate(zip(found["label"], case["labels"], strict=True)) if a != b]
        assert not differing, f"{path.name}: labels of rows {differing[:5]} differ"
        answers = found["probabilities"]
    assert answers.shape == expected.shape, (path.name, answers.shape, expected.shape)
    worst = np.max(np.abs(answers - expected) / np.maximum(1, np.abs(expected)))
    assert worst <= TOLERANCE, f"{path.name}: answers differ by {worst}"
    return worst


def main():
    paths = sorted(pathlib.Path(sys.argv[1]).glob("*.onnx"))
    worst = max(check(path) for path in paths)
    print(f"{len(paths)} models agree, at worst by {worst:.1e}")


if __name__ == "__main__":
    main()
