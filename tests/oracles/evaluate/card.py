"""Holds the model card of a report (`lockkeeper compare … --report FILE.json`) against Model Card Toolkit's schema 0.0.2.

    /tmp/venv/bin/pip install jsonschema && /tmp/venv/bin/pip download --no-deps model-card-toolkit==2.0.0
    /tmp/venv/bin/python tests/oracles/evaluate/card.py FILE.json model_card_toolkit-2.0.0-py3-none-any.whl
"""
import json
import sys
import zipfile

import jsonschema

with open(sys.argv[1]) as file:
    card = json.load(file)["model_card"]
with zipfile.ZipFile(sys.argv[2]) as wheel:
    text = wheel.read("model_card_toolkit/schema/v0.0.2/model_card.schema.json").decode()
# The schema refers to one of its definitions without the slash, which no validator can follow.
schema = json.loads(text.replace('"#definitions/', '"#/definitions/'))
jsonschema.validate(card, schema)


def unknown(value, part, path=""):
    """Fields that the schema does not name; it forbids them at the top only."""
    while "$ref" in part:
        part = schema["definitions"][part["$ref"].split("/")[-1]]
    if isinstance(value, list):
        return [u for v in value for u in unknown(v, part["items"], path + "[]")]
    if isinstance(value, dict):
        known = part.get("properties", {})
        return [f"{path}.{k}" for k in value if k not in known] + [
            u for k in value if k in known for u in unknown(value[k], known[k], f"{path}.{k}")
        ]
    return []


assert not unknown(card, schema), unknown(card, schema)
print("the card keeps to the schema and has no other fields")
