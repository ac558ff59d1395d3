"""What the studio bears: kills, starts of a session, and an upload over a line that breaks again and again.

Run: python benchmarks/studio_endurance.py jobs|starts|upload [--json PATH]
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import struct
import sys
import tempfile
import time
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from studio_process import Studio, children, memory_mb

from livecam.jobs.job import State
from livecam.jobs.store import SqliteJobStore

KIND = """
from livecam.jobs.kinds import Kind
def run(call):
    (call.folder / "out.txt").write_text(call.job_id)
    return {"files": ["out.txt"]}
QUICK = Kind("writes its own name", run, (0, 0))
"""
PIECE = 1 << 20


def quick_kind(place: Path) -> dict[str, str]:
    """Return the environment of a package with a quick kind of job."""
    (place / "quick-1.dist-info").mkdir(parents=True)
    (place / "quick_kind.py").write_text(KIND)
    (place / "quick-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: quick\nVersion: 1\n")
    (place / "quick-1.dist-info" / "entry_points.txt").write_text("[livecam.jobs]\nquick = quick_kind:QUICK\n")
    return {**os.environ, "PYTHONPATH": str(place)}


def survive_kills(count: int, kills: int) -> dict[str, Any]:
    """Queue jobs, kill server and workers at random moments, and count what became of every job."""
    chance, place = random.Random(17), Path(tempfile.mkdtemp())
    environment, folder = quick_kind(place / "package"), place / "data"
    store, killed, begun = SqliteJobStore(folder / "jobs"), Counter(), time.perf_counter()
    ids = {store.add("quick", [], {})[0].id for _ in range(count)}
    studio = Studio(folder, environment)
    while sum(killed.values()) < kills:
        time.sleep(chance.uniform(0.2, 3.0))
        workers = children(studio.process.pid, "livecam.jobs.work")
        if workers and chance.random() < 0.5:
            os.kill(workers[0], signal.SIGKILL)
            killed["workers"] += 1
        else:
            studio.kill()
            killed["servers"] += 1
            studio = Studio(folder, environment)
        print(f"kill {sum(killed.values())}: {dict(killed)}", file=sys.stderr)
        if all(job.state.is_final for job in store.list(at_most=count)):
            break
    while any(not job.state.is_final for job in store.list(at_most=count)):
        time.sleep(1.0)
    ended = store.list(at_most=count)
    done = Counter(event.subject for event in store.events(0, 1_000_000) if event.data.get("state") == "done")
    written = Counter(path.parent.parent.name for path in (folder / "jobs").glob("*/*/out.txt"))
    result = {
        "jobs": count,
        "killed": dict(killed),
        "lost": len(ids - {job.id for job in ended}),
        "done": sum(job.state is State.DONE for job in ended),
        "done_twice": sum(times > 1 for times in done.values()),
        "results_twice": sum(times > 1 for times in written.values()),
        "parked": sum(job.state is State.FAILED for job in ended),
        "minutes": round((time.perf_counter() - begun) / 60, 1),
    }
    store.close()
    studio.close()
    shutil.rmtree(place, ignore_errors=True)
    return result


def start_sessions(count: int) -> dict[str, Any]:
    """Start and stop a session from the page again and again; then kill one and wait until one runs again."""
    studio, first_s, stop_s = Studio(), [], []
    flags = ["--no-sandbox"] if os.getuid() == 0 else []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            page = browser.new_page()
            page.set_default_timeout(300_000)
            page.goto(studio.address)
            for _ in range(count):
                first_s.append(start(page))
                stop_s.append(stop(page))
                print(f"start {len(first_s)}: {first_s[-1]:.1f} s, stop {stop_s[-1]:.1f} s", file=sys.stderr)
            start(page)
            killed = survive_kill(studio, page)
            browser.close()
    finally:
        studio.close()
    return {
        "starts": len(first_s),
        "first_picture_s": {"median": round(sorted(first_s)[len(first_s) // 2], 2), "most": round(max(first_s), 2)},
        "stop_s": {"median": round(sorted(stop_s)[len(stop_s) // 2], 2), "most": round(max(stop_s), 2)},
        "killed": killed,
    }


def start(page: Page) -> float:
    page.click("main .top button:has-text('Start'):not([disabled])")
    begun = time.perf_counter()
    page.wait_for_selector("canvas[data-number]")
    return time.perf_counter() - begun


def stop(page: Page) -> float:
    page.click("main .top button:has-text('Stop')")
    begun = time.perf_counter()
    page.wait_for_selector("text=Nothing is on air")
    return time.perf_counter() - begun


def survive_kill(studio: Studio, page: Page) -> dict[str, float]:
    """Kill the session; return when the page says so and when one runs again."""
    os.kill(children(studio.process.pid, "session.main")[0], signal.SIGKILL)
    begun = time.perf_counter()
    page.wait_for_selector("[role=alert]:has-text('signal 9')")
    said_s = time.perf_counter() - begun
    while studio.call("GET", "/live")["state"] != "running":
        time.sleep(0.02)
    again_s = time.perf_counter() - begun
    left = len(children(studio.process.pid, "session.main"))
    return {"said_s": round(said_s, 2), "runs_again_s": round(again_s, 2), "processes": left}


def make_clip(path: Path, size_bytes: int) -> str:
    """Write a clip of that size, the sample with a box that players skip; return its hash."""
    sample = (files("livecam.devices.media") / "sample" / "sample.mp4").read_bytes()
    rest, piece = size_bytes - len(sample), random.Random(17).randbytes(PIECE)
    with path.open("wb") as file:
        file.write(sample + struct.pack(">I4sQ", 1, b"free", rest))
        for number in range((rest - 16) // PIECE + 1):
            file.write((number.to_bytes(8) + piece[8:])[: rest - 16 - number * PIECE])
    assert path.stat().st_size == size_bytes
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def send_some(studio: Studio, upload: str, clip: Path, offset: int, count: int, cut: bool) -> None:
    """Send bytes of the clip in one request; with `cut` the line breaks after them, in the midst of it."""
    host, _, port = studio.origin.removeprefix("http://").partition(":")
    length = clip.stat().st_size - offset if cut else count
    head = (
        f"PATCH /api/v1/uploads/{upload} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        f"Authorization: Bearer {studio.token}\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Upload-Offset: {offset}\r\nContent-Length: {length}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), 300) as line, clip.open("rb") as file:
        line.sendall(head.encode())
        file.seek(offset)
        while count > 0:
            data = file.read(min(PIECE, count))
            line.sendall(data)
            count -= len(data)
        if cut:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            assert b" 204 " in line.recv(200)


def upload(size_bytes: int, cuts: int) -> dict[str, Any]:
    """Upload one clip over a line that breaks at random places."""
    chance, studio, place = random.Random(17), Studio(), Path(tempfile.mkdtemp())
    digest = make_clip(place / "long.mp4", size_bytes)
    studio.call("GET", "/live")
    before, begun = memory_mb(studio.process.pid), time.perf_counter()
    made = studio.call("POST", "/uploads", {"length": size_bytes, "name": "long.mp4"})["id"]
    resumed = 0
    for number in range(cuts, -1, -1):
        offset = studio.call("GET", f"/uploads/{made}")["offset"]
        left = size_bytes - offset
        count = left if number == 0 else chance.randrange(1, 2 * left // (number + 1) + 1)
        for _ in range(50):
            try:
                send_some(studio, made, place / "long.mp4", offset, count, cut=number > 0)
                break
            except AssertionError:  # the broken request still writes what has come
                time.sleep(0.1)
                offset = studio.call("GET", f"/uploads/{made}")["offset"]
                count = size_bytes - offset
        resumed += number > 0
    sent_s = time.perf_counter() - begun
    media = studio.call("POST", f"/uploads/{made}/finish")
    result = {
        "mb": round(size_bytes / 1e6),
        "cuts": resumed,
        "sent_s": round(sent_s, 1),
        "finish_s": round(time.perf_counter() - begun - sent_s, 1),
        "hash_right": media["sha256"] == digest,
        "memory_more_mb": round(memory_mb(studio.process.pid, "VmHWM") - before, 1),
    }
    studio.close()
    shutil.rmtree(place, ignore_errors=True)
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("jobs", "starts", "upload"))
    parser.add_argument("--count", type=int, help="Jobs, starts or cuts.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--bytes", type=int, default=2_000_000_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures = {
        "jobs": lambda: survive_kills(given.count or 1000, given.kills),
        "starts": lambda: start_sessions(given.count or 20),
        "upload": lambda: upload(given.bytes, given.count or 100),
    }[given.what]()
    print(json.dumps(figures, indent=1))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
