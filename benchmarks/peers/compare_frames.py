#!/usr/bin/env python3
"""Compares javigate's sampled pictures with a full decoding by the ffmpeg command line.

    benchmarks/peers/compare_frames.py FOLDER [--max-frames 12] > table.md

Needs ffmpeg, ffprobe, numpy, a JDK 25 in JAVA_HOME and a built core module (`mvn test-compile`). For every file it asks
javigate for one picture per second, decodes the whole file with ffmpeg, and tells whether

* number   the indices equal the reference's arithmetic (second * int(fps), then linspace) over the
           frames ffprobe counts; files of variable rate go by time instead,
* time     the times equal ffprobe's, relative to the first frame, to a millisecond,
* nearest  among all frames ffmpeg decoded the one at that time is the closest in pixels,
* identical, mean, max   pictures equal to that frame byte for byte, mean and largest difference.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def sampled(files, max_frames, folder):
    """What javigate takes: a list of (header fields, frames) or (message, None) in order."""
    target = os.path.join(ROOT, "core", "target")
    with open(os.path.join(target, "runtime.classpath")) as f:
        path = os.pathsep.join(
            [os.path.join(target, "test-classes"), os.path.join(target, "classes"), f.read().strip()])
    java = os.path.join(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
    out = subprocess.run(
        [java, "--enable-native-access=ALL-UNNAMED", "-cp", path, "javigate.media.SampleDump",
         "1", str(max_frames), folder] + files,
        check=True, capture_output=True, text=True).stdout
    results = []
    for line in out.splitlines():
        fields = line.split("\t")
        if fields[0] == "error":
            results.append((fields[1], None))
        elif fields[0] == "file":
            results.append((fields, []))
        elif fields[0] == "frame":
            width, height = map(int, fields[4].split("x"))
            results[-1][1].append((int(fields[2]), int(fields[3]), width, height))
    return results


def probed_frames(file, stream):
    """Times of the frames ffprobe decodes, in seconds, and the rates the header announces."""
    out = json.loads(subprocess.run(
        ["ffprobe", "-v", "quiet", "-select_streams", str(stream), "-show_frames", "-show_entries",
         "frame=best_effort_timestamp_time:stream=avg_frame_rate", "-of", "json", file],
        capture_output=True, text=True).stdout)
    times = [float(f["best_effort_timestamp_time"]) for f in out.get("frames", [])
             if "best_effort_timestamp_time" in f]
    num, den = map(int, out["streams"][0]["avg_frame_rate"].split("/"))
    return times, num / den if den else 0.0


def packet_times(file, stream):
    """Presentation times of the shown packets in seconds, in order; empty where some have none."""
    out = json.loads(subprocess.run(
        ["ffprobe", "-v", "quiet", "-select_streams", str(stream), "-show_entries",
         "packet=pts_time,flags", "-of", "json", file], capture_output=True, text=True).stdout)
    shown = [p for p in out["packets"] if "D" not in p["flags"] and "C" not in p["flags"]]
    return sorted(float(p["pts_time"]) for p in shown) if all("pts_time" in p for p in shown) else []


def decoded(file, stream, width, height, turns):
    """Every frame as RGB, one at a time, by the ffmpeg command line.

    The colour matrix is set to BT.601 because OpenCV, which the reference reads through, and so
    javigate, use it whatever the stream says. Frames are turned here, after the conversion: ffmpeg
    turns before it, which moves the chroma by a fraction of a pixel. One thread, because how a
    damaged frame is patched up depends on their number.
    """
    if turns % 2:
        width, height = height, width
    process = subprocess.Popen(
        ["ffmpeg", "-v", "quiet", "-threads", "1", "-noautorotate", "-i", file, "-map", f"0:{stream}",
         "-fps_mode", "passthrough", "-vf", "scale=flags=bicubic:in_color_matrix=bt601",
         "-pix_fmt", "rgb24", "-f", "rawvideo", "-"],
        stdout=subprocess.PIPE)
    size = width * height * 3
    while True:
        data = process.stdout.read(size)
        if len(data) < size:
            break
        image = np.frombuffer(data, np.uint8).reshape(height, width, 3)
        yield np.ascontiguousarray(np.rot90(image, -turns)).ravel()
    process.wait()


def expected_numbers(times, fps, max_frames):
    """The reference's indices where the rate is constant, else the last frame at each second."""
    relative = np.array(times) - times[0]
    count = len(times)
    interval = relative[-1] / max(1, count - 1)
    constant = np.all(np.abs(relative - np.arange(count) * interval) <= interval / 4)
    if constant:
        picks = list(range(0, count, max(1, int(fps))))
    else:
        picks = sorted({int(np.searchsorted(relative, s + 1e-9, "right")) - 1
                        for s in range(int(relative[-1] + interval) + 1)})
    if len(picks) > max_frames:
        picks = [picks[int(i)] for i in np.linspace(0, len(picks) - 1, max_frames).astype(int)]
    return picks, constant


def compare(file, header, frames, max_frames, folder):
    stream = int(header[3].split("=")[1])
    times, fps = probed_frames(file, stream)
    # Frames lost in decoding still count in the reference's arithmetic; VP8's hidden ones do not.
    packets = [] if "videoCodec=vp8" in header[2] else packet_times(file, stream)
    expected, constant = expected_numbers(packets or times, fps, max_frames)
    numbers = [f[0] for f in frames]
    relative = (np.array(times) - times[0]) * 1000
    places = [int(np.abs(relative - t).argmin()) for _, t, _, _ in frames]
    wrong_times = sum(abs(relative[p] - t) > 1 for p, (_, t, _, _) in zip(places, frames))
    turns = int(header[2].split("rotationDegrees=")[1].split(",")[0]) // 90
    ours = []
    for i, (_, _, width, height) in enumerate(frames):
        with open(os.path.join(folder, f"{os.path.basename(file)}.{i}.rgb"), "rb") as f:
            ours.append(np.frombuffer(f.read(), np.uint8))
    width, height = frames[0][2:4]
    step = max(1, width * height * 3 // 20000) | 1
    small = [o[::step].astype(np.int16) for o in ours]
    best = [(1e9, -1)] * len(ours)
    at_number = [(0.0, 0)] * len(ours)
    distance_at = [1e9] * len(ours)
    count = 0
    for number, frame in enumerate(decoded(file, stream, width, height, turns)):
        count += 1
        thin = frame[::step].astype(np.int16)
        for i, s in enumerate(small):
            distance = float(np.abs(s - thin).mean())
            best[i] = min(best[i], (distance, number))
            if number == places[i]:
                distance_at[i] = distance
                full = np.abs(ours[i].astype(np.int16) - frame)
                at_number[i] = (float(full.mean()), int(full.max()))
    nearest = sum(distance_at[i] <= best[i][0] for i in range(len(ours)))
    identical = sum(m == 0 for _, m in at_number)
    return {
        "frames": count,
        "rate": f"{fps:.3f}" if constant else "variable",
        "picked": len(frames),
        "number": "equal" if numbers == expected else f"{numbers} against {expected}",
        "time": "equal" if wrong_times == 0 else f"{wrong_times} differ",
        "nearest": f"{nearest}/{len(ours)}",
        "identical": f"{identical}/{len(ours)}",
        "mean": f"{np.mean([m for m, _ in at_number]):.3f}",
        "max": max(m for _, m in at_number),
        "notes": header[6].strip("[]"),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--max-frames", type=int, default=12)
    args = parser.parse_args()
    files = sorted(os.path.join(args.folder, f) for f in os.listdir(args.folder))
    columns = ["frames", "rate", "picked", "number", "time", "nearest", "identical", "mean", "max",
               "notes"]
    print("| file | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for file, (header, frames) in zip(files, sampled(files, args.max_frames, folder)):
            name = os.path.basename(file)
            if frames is None:
                print(f"| {name} | refused: {header.split(': ', 1)[1]} |" + " |" * (len(columns) - 1))
            else:
                row = compare(file, header, frames, args.max_frames, folder)
                print(f"| {name} | " + " | ".join(str(row[c]) for c in columns) + " |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
