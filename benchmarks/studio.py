"""What the studio costs: start, idle, preview, API.

On the sample clip, in Debian's Chromium.

Run: python benchmarks/studio.py [--idle] [--seconds S] [--json PATH]
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

import websockets
from playwright.sync_api import Page, sync_playwright
from studio_process import Studio, children, cpu_s, low_cpu_s, memory_mb


def offset_ns(page: Page) -> int:
    """Return how much this machine's clock is ahead of the page's.

    By the fastest of twenty questions.
    """
    best, found = float("inf"), 0
    for _ in range(20):
        begin = time.perf_counter_ns()
        theirs = page.evaluate("performance.now()")
        end = time.perf_counter_ns()
        if end - begin < best:
            best, found = end - begin, (begin + end) // 2 - round(theirs * 1e6)
    return found


def percentiles(values: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(values, n=100)
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1), "n": len(values)}


async def watch(studio: Studio, seconds: float, viewers: int) -> None:
    async def one() -> None:
        address = f"ws{studio.origin.removeprefix('http')}/api/v1/live/preview"
        async with websockets.connect(address, additional_headers={"Authorization": f"Bearer {studio.token}"}) as line:
            end = time.perf_counter() + seconds
            while time.perf_counter() < end:
                await line.send("1")
                await asyncio.wait_for(line.recv(), 30)

    await asyncio.gather(*(one() for _ in range(viewers)))


def cost(studio: Studio, session: int, seconds: float, viewers: int) -> dict[str, float]:
    """Percent of a core that the server and the session take.

    Without viewers the session takes what it always does.
    """
    begin, server, whole = time.perf_counter(), cpu_s(studio.process.pid), cpu_s(session)
    encoder = low_cpu_s(session)
    before = studio.call("GET", "/live")["figures"]
    if viewers:
        asyncio.run(watch(studio, seconds, viewers))
    else:
        time.sleep(seconds)
    took = time.perf_counter() - begin
    after = studio.call("GET", "/live")["figures"]
    server, whole = cpu_s(studio.process.pid) - server, cpu_s(session) - whole
    encoder = low_cpu_s(session) - encoder
    return {
        "low_threads_percent": round(100 * encoder / took, 2),
        "server_percent": round(100 * server / took, 2),
        "session_percent": round(100 * whole / took, 2),
        "late": after["late"] - before["late"],
        "latency_p95_ms": after["latency_ms"].get("p95", 0.0),
    }


def requests_ms(studio: Studio, count: int = 100) -> dict[str, dict[str, float]]:
    found = {}
    for name, call in {
        "get": lambda n: studio.call("GET", "/live"),
        "accept": lambda n: studio.call("POST", "/jobs", {"kind": "replay", "settings": {"persona": "robin"}}),
    }.items():
        times = []
        for number in range(count):
            begin = time.perf_counter()
            call(number)
            times.append(1000 * (time.perf_counter() - begin))
        found[name] = percentiles(times)
    return found


def measure(seconds: float) -> dict[str, Any]:
    studio, result = Studio(), {}
    flags = ["--no-sandbox"] if os.getuid() == 0 else []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            page = browser.new_page()
            begin = time.perf_counter()
            page.goto(studio.address)
            page.wait_for_selector("main .top button.main:not([disabled])")
            shown_s = studio.answered_s + time.perf_counter() - begin
            result["start_s"] = {
                "answers": round(studio.answered_s, 2),
                "usable_page": round(shown_s, 2),
                "cpu_to_answer": round(studio.answered_cpu_s, 2),
            }
            studio.call("POST", "/queue/pause")
            studio.call("PUT", "/live", {"settings": {"persona": "robin", "camera": "sample", "sink": "null"}})
            while studio.call("GET", "/live")["state"] != "running":
                time.sleep(0.2)
            time.sleep(5)
            page.evaluate(
                "window.drawn = [];"
                "addEventListener('livecam-drawn', e => drawn.push([String(e.detail), performance.now()]))"
            )
            ahead = offset_ns(page)
            page.wait_for_timeout(seconds * 1000)
            drawn = page.evaluate("window.drawn")
            ages = [(round(at * 1e6) + ahead - int(captured)) / 1e6 for captured, at in drawn if int(captured)]
            result["capture_to_drawn_ms"] = percentiles(ages)
            browser.close()
        session = children(studio.process.pid, "session.main")[0]
        for viewers in (0, 1, 4):
            result[f"viewers_{viewers}"] = found = cost(studio, session, seconds, viewers)
            # What the session's threads of low priority do without a viewer is not the preview's.
            encoder = found["low_threads_percent"] - result["viewers_0"]["low_threads_percent"]
            found["preview_percent"] = round(found["server_percent"] + encoder, 2)
        result["requests_ms"] = requests_ms(studio)
    finally:
        studio.close()
    return result


def measure_idle(seconds: float) -> dict[str, Any]:
    """Return what a studio takes that answered once and shows no page."""
    studio = Studio()
    try:
        studio.call("GET", "/personas")
        time.sleep(70)  # the helper ends after a minute without a question
        before, at = cpu_s(studio.process.pid), time.perf_counter()
        time.sleep(seconds)
        share = 100 * (cpu_s(studio.process.pid) - before) / (time.perf_counter() - at)
        return {"rss_mb": round(memory_mb(studio.process.pid), 1), "percent": round(share, 2)}
    finally:
        studio.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--idle", action="store_true", help="Measure a studio without a page or session instead.")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    figures = json.dumps((measure_idle if given.idle else measure)(given.seconds), indent=1)
    print(figures)
    if given.json:
        given.json.write_text(figures + "\n", encoding="utf-8")
