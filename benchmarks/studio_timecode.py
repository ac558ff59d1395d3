"""The age of the preview, read from a time code in its pictures.

This program is the camera, as a phone is: it draws the time into the sample clip and sends it to the studio. Chromium
reads the time back from the preview that it has drawn. So the age holds the way from the phone to the session too.

Run: python benchmarks/studio_timecode.py [--seconds S] [--json PATH]
"""

import argparse
import asyncio
import json
import os
import shutil
import struct
import time
from pathlib import Path
from threading import Thread
from typing import Any

import cv2
import numpy as np
import websockets
from playwright.sync_api import sync_playwright
from studio import offset_ns, percentiles
from studio_process import Studio

from livecam.devices.media.sample import open_sample

SIZE_WH = (1280, 720)
BITS, BLOCK = 24, 32
READ = """
window.codes = [];
addEventListener('livecam-drawn', () => {
  const at = performance.now(), board = document.querySelector('canvas'), side = BLOCK * board.width / WIDTH;
  const row = board.getContext('2d').getImageData(0, Math.round(side / 2), board.width, 1).data;
  let code = 0;
  for (let n = 0; n < BITS; n += 1) code = code * 2 + (row[4 * Math.round((n + 0.5) * side)] > 127 ? 1 : 0);
  codes.push([code, at]);
});
"""


def with_code(pixels: np.ndarray, now_ms: int) -> bytes:
    """Return a picture as JPEG with the time as black and white blocks along its upper edge."""
    drawn = pixels.copy()
    for n in range(BITS):
        bit = now_ms >> (BITS - 1 - n) & 1
        drawn[:BLOCK, n * BLOCK : (n + 1) * BLOCK] = 255 * bit
    return cv2.imencode(".jpg", drawn, (cv2.IMWRITE_JPEG_QUALITY, 85))[1].tobytes()


async def be_camera(studio: Studio) -> None:
    """Answer every question with a new picture, 30 a second at most."""
    reel, due = open_sample(SIZE_WH), 0.0
    address = f"ws{studio.origin.removeprefix('http')}/api/v1/live/camera"
    async with websockets.connect(address, additional_headers=studio.headers, max_size=None) as line:
        await line.send("clock 1")
        async for words in line:
            if not words.startswith("next"):
                continue
            await asyncio.sleep(max(due - time.perf_counter(), 0.0))
            due = max(due, time.perf_counter() - 1 / 30) + 1 / 30
            if reel.grab() is None:
                reel.close()
                reel = open_sample(SIZE_WH)
                reel.grab()
            pixels, now_ns = reel.retrieve(), time.perf_counter_ns()
            jpeg = with_code(pixels, now_ns // 1_000_000 % (1 << BITS))
            await line.send(struct.pack("!Q", time.perf_counter_ns()) + jpeg)


def measure(seconds: float) -> dict[str, Any]:
    studio = Studio()
    Thread(target=lambda: asyncio.run(be_camera(studio)), daemon=True).start()
    flags = ["--no-sandbox"] if os.getuid() == 0 else []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
            page = browser.new_page()
            page.goto(studio.address)
            studio.call("PUT", "/live", {"settings": {"persona": "robin", "camera": "browser", "sink": "null"}})
            while studio.call("GET", "/live")["state"] != "running":
                time.sleep(0.2)
            page.wait_for_selector("canvas[data-number]")
            time.sleep(8)
            for name, value in (("BLOCK", BLOCK), ("BITS", BITS), ("WIDTH", SIZE_WH[0])):
                page.evaluate(f"window.{name} = {value}")
            page.evaluate(READ)
            ahead = offset_ns(page)
            page.wait_for_timeout(seconds * 1000)
            ages = []
            for code, at in page.evaluate("window.codes"):
                now_ms = (round(at * 1e6) + ahead) / 1e6
                ages.append((now_ms - code) % (1 << BITS))
            browser.close()
            figures = studio.call("GET", "/live")["figures"]
    finally:
        studio.close()
    read = [age for age in ages if age < 2000]
    return {
        "camera_to_drawn_ms": percentiles(read),
        "misread": len(ages) - len(read),
        "session_latency_ms": figures["latency_ms"],
        "late": figures["late"],
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    text = json.dumps(measure(given.seconds), indent=1)
    print(text)
    if given.json:
        given.json.write_text(text + "\n", encoding="utf-8")
