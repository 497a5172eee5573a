"""The exact search of `javigate bench search` in NumPy and faiss, its peers, over the same vectors.

Reads frames.npy [clips * 12, 512] and queries.jsonl from the folder given, prints a JSON object with versions and every
query's best score, then, for every line read from standard input with a number of queries, their times in ms by name.
NumPy computes Eq. 7 to 9 (matrix product, log-sum-exp, top 10) with its best settings: floats, OpenBLAS with all threads,
pooled vectors kept as one number a clip. faiss (IndexFlatIP) only finds the 10 nearest frames, without the score.

    python3 benchmarks/peers/search.py FOLDER < rounds
"""

import json
import os
import sys
import time

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
if "avx512bw" in open("/proc/cpuinfo").read():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")

import numpy as np

try:
    import faiss
except ImportError:
    faiss = None

FRAMES, ALPHA, HITS = 12, 100.0, 10


def scores(cosines, inverse):
    """cosines [clips, F, ...] to Eq. 9 with the weight 0.5"""
    pooled = cosines.sum(1) * inverse
    top = cosines.max(1)
    local = top + np.log(np.exp(ALPHA * (cosines - top[:, None])).sum(1)) / ALPHA
    return (pooled + local) / 2


def best(values):
    places = np.argpartition(values, -HITS)[-HITS:]
    return places[np.argsort(-values[places])]


def main():
    folder = sys.argv[1]
    frames = np.load(os.path.join(folder, "frames.npy"))
    queries = np.array([json.loads(q) for q in open(os.path.join(folder, "queries.jsonl"))], np.float32)
    clips = len(frames) // FRAMES
    sums = frames.reshape(clips, FRAMES, -1).sum(1)
    inverse = 1 / np.linalg.norm(sums, axis=1)
    index = None
    if faiss:
        index = faiss.IndexFlatIP(frames.shape[1])
        for begin in range(0, len(frames), 120000):
            index.add(frames[begin:begin + 120000])

    def one(query):
        values = scores((frames @ query).reshape(clips, FRAMES), inverse)
        return values[best(values)[0]]

    def batch():
        values = scores((frames @ queries.T).reshape(clips, FRAMES, len(queries)), inverse[:, None])
        return [best(values[:, q]) for q in range(len(queries))]

    versions = "NumPy " + np.__version__ + (", faiss " + faiss.__version__ if faiss else ", no faiss")
    print(json.dumps({"versions": versions, "best": [float(one(q)) for q in queries]}), flush=True)
    at = 0
    for line in sys.stdin:
        times = {}

        def timed(name, count, work):
            begin = time.perf_counter()
            work()
            times.setdefault(name, []).append(1000 * (time.perf_counter() - begin) / count)

        for _ in range(int(line)):
            query = queries[at % len(queries)]
            at += 1
            timed("NumPy, one query", 1, lambda: one(query))
            if index:
                timed("faiss (no log-sum-exp), one query", 1, lambda: index.search(query[None], HITS))
        timed("NumPy, a query in a batch", len(queries), batch)
        if index:
            timed("faiss, a query in a batch", len(queries), lambda: index.search(queries, HITS))
        print(json.dumps(times), flush=True)


main()
