"""Asks a running `lockkeeper serve` through NVIDIA's client and compares with a batch prediction, bit for bit.

    python triton_client.py URL MODEL INPUTS.csv EXPECTED.csv        # pip install 'tritonclient[http]'

URL is host:port without http://. INPUTS.csv has at least the model's input columns (an empty cell is a missing value);
EXPECTED.csv is what `lockkeeper predict` wrote for it: `prediction`, and for classes `probability_<class>`. Every row is
sent in binary tensors and in JSON, whole and in batches. Exit code 0 and one line if all numbers are equal, else 1.
"""

import csv
import sys

import numpy as np
import tritonclient.http as triton

MISSING = float("nan")


def column(tensor, cells):
    """The cells of one column as a numpy array and the datatype it travels in."""
    datatype = tensor["datatype"]
    if datatype == "BYTES":
        return np.array([c.encode() for c in cells], dtype=np.object_), "BYTES"
    if datatype == "BOOL":
        cells = [{"true": "1", "false": "0"}.get(c.lower(), c) for c in cells]
    if datatype == "INT64" and all(cells):
        return np.array([int(c) for c in cells], dtype=np.int64), "INT64"
    # A missing whole number or truth value travels as NaN.
    return np.array([float(c) if c else MISSING for c in cells], dtype=np.float64), "FP64"


def ask(client, model, metadata, rows, binary):
    inputs = []
    for tensor in metadata["inputs"]:
        name = tensor["name"]
        values, datatype = column(tensor, [row[name] for row in rows])
        one = triton.InferInput(name, list(values.shape), datatype)
        # NaN is no JSON: a column with missing numbers stays binary.
        as_binary = binary or (datatype == "FP64" and bool(np.isnan(values).any()))
        one.set_data_from_numpy(values, binary_data=as_binary)
        inputs.append(one)
    names = [output["name"] for output in metadata["outputs"]]
    outputs = None if binary else [triton.InferRequestedOutput(n, binary_data=False) for n in names]
    result = client.infer(model, inputs, outputs=outputs, request_id="check")
    assert result.get_response()["id"] == "check"
    return {name: result.as_numpy(name) for name in names}


def differences(answer, expected, classes, start):
    found = []
    for i, row in enumerate(expected):
        if "value" in answer:
            pairs = [("value", float(row["prediction"]), answer["value"][i])]
        else:
            label = answer["label"][i]
            label = label.decode() if isinstance(label, bytes) else str(label)
            if label != row["prediction"]:
                found.append(f"row {start + i}: label {label!r} and not {row['prediction']!r}")
            pairs = [
                (c, float(row[f"probability_{c}"]), answer["probabilities"][i][k]) for k, c in enumerate(classes)
            ]
        for what, wanted, got in pairs:
            if np.float64(wanted).tobytes() != np.float64(got).tobytes():
                found.append(f"row {start + i}: {what} {got!r} and not {wanted!r}")
    return found


def main(url, model, inputs, expected):
    with open(inputs, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with open(expected, newline="", encoding="utf-8") as file:
        wanted = list(csv.DictReader(file))
    assert rows and len(rows) == len(wanted), f"{len(rows)} inputs and {len(wanted)} predictions"
    client = triton.InferenceServerClient(url)
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(model)
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    metadata = client.get_model_metadata(model)
    classes = next((o["parameters"]["classes"] for o in metadata["outputs"] if "parameters" in o), [])
    found = []
    for binary in (True, False):
        for size in (len(rows), 7):
            # Small batches on the first rows only: enough to see that a row's answer does not depend on the others.
            last = len(rows) if size == len(rows) else min(len(rows), 70)
            for start in range(0, last, size):
                part = slice(start, min(start + size, last))
                answer = ask(client, model, metadata, rows[part], binary)
                found += differences(answer, wanted[part], classes, start)
    try:
        client.infer(model, [])
        found.append("a request without inputs was answered")
    except triton.InferenceServerException as error:
        if "missing inputs" not in error.message() or error.status() != "400":
            found.append(f"a request without inputs: {error}")
    for line in found[:20]:
        print(line, file=sys.stderr)
    if found:
        sys.exit(f"{len(found)} differences")
    print(f"{len(rows)} rows of {model} agree bit for bit, in binary and in JSON")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
