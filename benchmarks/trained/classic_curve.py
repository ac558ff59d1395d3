"""How near the classic method comes after its minutes: `python -m benchmarks.trained.classic_curve FOLDER`.

FOLDER has the two drawn people of `exact_swap`. It trains from where it was stopped, judges at each mark of processor
time on the same held-out pictures as the other models, and writes FOLDER/classic.json. `--stop` ends it after so many
seconds; the same command goes on. `--judge` only judges the state it is in.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.trained.drawn import ProcessorClock, read_once
from benchmarks.trained.exact_swap import compare, draw_classic, pair_up
from livecam.core.clock import NS_PER_S
from livecam.video.atlas.detail import GAIN
from trainer.material import Material, is_held_out
from trainer.network.classic import ClassicLearner
from trainer.session import Session, SessionConfig

MARKS_MIN = (1, 2, 5, 10, 30, 60)
_NEVER = 10**6


def measure(session: Session, learner: ClassicLearner, driver: Material, true: Material) -> dict[str, Any]:
    """Return what the state that the learner is in gives for the operator's held-out pictures."""
    apart = compare(draw_classic(learner, driver, true), true, driver, own_eyes=False)
    scores = learner.judge()
    progress = session.progress
    return {
        "cpu_min": round(progress.trained_ns / NS_PER_S / 60, 2),
        "batches": progress.steps,
        "follows": round(scores.follows, 3),
        "sharpness": round(scores.sharpness, 3),
        **apart,
    }


def write_picture(path: Path, learner: ClassicLearner, driver: Material, true: Material) -> None:
    """Write held-out moments in columns: the operator, the true persona, what was made; all in the atlas."""
    columns = np.linspace(0, len(driver) - 1, 9).astype(int)
    made = draw_classic(learner, driver.select(columns), true.select(columns))
    rows = [driver.detail[columns], true.detail[columns], np.clip(np.rint(np.array(made) * GAIN), 0, 255)]
    sheet = np.vstack([np.hstack(list(row)) for row in rows]).astype(np.float32)
    cv2.imwrite(str(path), np.clip(1.6 * sheet, 0, 255).astype(np.uint8))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--stop", type=float, default=1e9, help="after so many seconds of processor; go on later")
    parser.add_argument("--judge", action="store_true", help="judge the newest backup; train no further")
    parser.add_argument("--pictures", type=Path, help="write a sheet of held-out pictures")
    given = parser.parse_args()
    clock, kept = ProcessorClock(), given.folder / "classic.json"
    operator, persona = pair_up(*(read_once(given.folder / f"{who}.mp4") for who in ("operator", "persona")))
    held = is_held_out(persona.at_ns)
    driver, true = operator.select(held), persona.select(held)
    learner = ClassicLearner(persona, operator.select(~held))
    # It is to show what the minutes give: nothing ends it early.
    config = SessionConfig(patience=_NEVER, save_every_ns=60 * NS_PER_S)
    session = Session(given.folder / "run-classic", "classic", learner, clock, lambda _: None, config)
    session.resume()
    rows: list[dict[str, Any]] = json.loads(kept.read_bytes()) if kept.exists() else []
    marks = [] if given.judge else [one for one in MARKS_MIN if one * 60 * NS_PER_S > session.progress.trained_ns]
    for mark in marks:
        session.run(mark * 60 * NS_PER_S, lambda: clock.now_ns() > given.stop * NS_PER_S)
        if session.progress.trained_ns < mark * 60 * NS_PER_S:
            break
        rows.append(measure(session, learner, driver, true))
        kept.write_text(json.dumps(rows, indent=2) + "\n")
    if given.judge:
        rows.append(measure(session, learner, driver, true))
    if given.pictures:
        write_picture(given.pictures, learner, driver, true)
    print(json.dumps(rows, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
