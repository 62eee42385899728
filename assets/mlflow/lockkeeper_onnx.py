"""Answers of a Lockkeeper model inside MLflow: data frames in, data frames out. The ONNX graph takes one tensor a column (n x 1):
numbers and truth values as float (missing is NaN), texts as string (missing is empty), days and moments as milliseconds since 1970
(missing is the smallest int64). It gives `label` and `probabilities`, or `prediction`.
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd


class Model:
    def __init__(self, path):
        path = Path(path)
        path = path if path.is_file() else path / "model.onnx"
        self.session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self.classes = json.loads(path.with_name("classes.json").read_text())

    def predict(self, data, params=None):
        frame = data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)
        tensors = {one.name: self.tensor(frame[one.name], one.type) for one in self.session.get_inputs()}
        names = [one.name for one in self.session.get_outputs()]
        answers = dict(zip(names, self.session.run(names, tensors)))
        if "prediction" in answers:
            return pd.DataFrame({"prediction": answers["prediction"].ravel()}, index=frame.index)
        columns = {"prediction": answers["label"].ravel()}
        for place, name in enumerate(self.classes):
            columns[f"probability_{name}"] = answers["probabilities"][:, place]
        return pd.DataFrame(columns, index=frame.index)

    @staticmethod
    def tensor(values, kind):
        if kind == "tensor(string)":
            return values.astype(object).where(values.notna(), "").astype(str).to_numpy(object).reshape(-1, 1)
        if kind == "tensor(int64)":
            moments = pd.to_datetime(values)
            millis = moments.to_numpy("datetime64[ms]").astype("int64")
            return np.where(moments.isna(), np.iinfo("int64").min, millis).reshape(-1, 1)
        return pd.to_numeric(values, errors="coerce").to_numpy("float32").reshape(-1, 1)


def _load_pyfunc(path):
    return Model(path)
