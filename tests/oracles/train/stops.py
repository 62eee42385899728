"""Stops runs of the real program at many moments, and resumes them.

    cargo build --release
    python3 tests/oracles/train/stops.py [BINARY] [--moments N] [--rows N] [--seed N]

A table of N rows is made, with a workspace of some forty candidates. The run is first timed whole. Then a copy of the fresh
workspace is run and stopped (SIGINT, which is what Ctrl+C and the window's Stop come to) at N moments between its start and
its end; wanted is exit code 130 within two seconds. The same workspace is then run to its end: the
fits that were finished must be kept, and the artifacts must be those of the run that nobody stopped.
"""

import argparse
import csv
import json
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]


def table(path, n_rows, seed):
    draw = random.Random(seed)
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["a", "b", "c", "d", "e", "f", "kind", "y"])
        for _ in range(n_rows):
            x = [draw.gauss(0, 1) for _ in range(6)]
            kind = draw.choice("pqrs")
            score = x[0] + x[1] * x[2] + (kind == "p") - 0.5 * x[3] ** 2 + draw.gauss(0, 1)
            out.writerow([f"{v:.5f}" for v in x] + [kind, "yes" if score > 0 else "no"])


def run(binary, workspace):
    """Runs to the end; seconds and what was said."""
    begun = time.time()
    done = subprocess.run([binary, "run", "--workspace", workspace], capture_output=True, text=True)
    assert done.returncode in (0, 5), (done.returncode, done.stdout, done.stderr)
    return time.time() - begun, done.stdout + done.stderr


def stopped(binary, workspace, after):
    """Runs and stops after some seconds; the seconds that the answer took, and the exit code."""
    command = [binary, "run", "--workspace", workspace]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    time.sleep(after)
    asked = time.time()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return time.time() - asked, process.returncode


def artifacts(binary, workspace):
    """The content hashes that the newest run came to, by step and port."""
    said = subprocess.run([binary, "runs", "--workspace", workspace, "--json"], capture_output=True, text=True, check=True)
    newest = max(json.loads(said.stdout), key=lambda run: run["id"])
    outputs = [(step["kind"], output) for step in newest["steps"] for output in step["outputs"]]
    return sorted((kind, output["port"], output["hash"]) for kind, output in outputs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary", nargs="?", default=ROOT / "target/release/lockkeeper")
    parser.add_argument("--moments", type=int, default=25)
    parser.add_argument("--rows", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    binary = str(options.binary)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        table(folder / "table.csv", options.rows, options.seed)
        fresh, whole = folder / "fresh", folder / "whole"
        subprocess.run([binary, "init", fresh, "--data", folder / "table.csv", "--target", "y"], check=True, capture_output=True)
        pipeline = fresh / "pipeline.toml"
        text = pipeline.read_text()
        for i in range(8):
            for algorithm, name, value in (
                ("tree", "max_depth", 2 + i),
                ("forest", "n_trees", 20 + 10 * i),
                ("boosting", "n_trees", 30 + 20 * i),
                ("logistic", "alpha", 0.01 * 3**i),
            ):
                text += f'\n[[steps.train.candidates]]\nname = "{algorithm}-{i}"\nalgorithm = "{algorithm}"\n'
                text += f"params = {{ {name} = {value} }}\n"
        pipeline.write_text(text)
        shutil.copytree(fresh, whole)
        seconds, said = run(binary, whole)
        wanted = artifacts(binary, whole)
        n_candidates = re.search(r"(\d+) candidates", said)
        print(f"{n_candidates[0] if n_candidates else ''}, {seconds:.1f} s when nobody stops it")
        draw = random.Random(options.seed)
        slowest, n_kept, n_wrong = 0.0, 0, 0
        moment = 0
        while moment < options.moments:
            workspace = folder / f"stopped {moment}"
            shutil.copytree(fresh, workspace)
            after = seconds * (moment + draw.random()) / options.moments
            answer, code = stopped(binary, workspace, after)
            if code != 130:
                # It was over before: a run is shorter than thought when less else goes on.
                seconds = min(seconds, after)
                shutil.rmtree(workspace)
                continue
            moment += 1
            slowest = max(slowest, answer)
            _, said = run(binary, workspace)
            kept = re.search(r"(\d+) fits were kept", said)
            n_kept += bool(kept)
            same = artifacts(binary, workspace) == wanted
            is_right = answer <= 2.0 and same
            n_wrong += not is_right
            print(
                f"stopped after {after:5.2f} s: answered in {answer:.2f} s; then "
                f"{kept[0] if kept else 'no fit was kept'}; artifacts {'equal' if same else 'DIFFER'}{'' if is_right else '  WRONG'}",
                flush=True,
            )
            shutil.rmtree(workspace)
        print(f"{options.moments} moments, {n_wrong} wrong; slowest answer {slowest:.2f} s; fits kept in {n_kept}")
    sys.exit(n_wrong > 0)


if __name__ == "__main__":
    main()
