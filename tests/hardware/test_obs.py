"""OBS as the program that watches: `livecam obs` adds the virtual camera, and its pictures show."""

from contextlib import closing
from pathlib import Path

import pytest

from livecam.cli.obs_command import add_to_obs
from livecam.core.frame import Pixels
from livecam.devices import open_sink
from livecam.devices.camera.v4l2 import VideoDevice
from livecam.doctor.timecode import read_number
from tests.hardware.client import sending, until
from tests.hardware.conftest import absent
from tests.hardware.drivers import EMULATED
from tests.hardware.obs_program import missing_programs, running
from tests.hardware.plate import plate_of, plated

SIZE_WH = (640, 360)
WITHIN_S = 240
PICTURES = 4


@pytest.mark.slow
@pytest.mark.skipif(EMULATED, reason="OBS takes an emulated processor so long for a picture that its own limits end it")
def test_obs_shows_rising_numbers_from_the_source_that_livecam_adds(loopback: VideoDevice, tmp_path: Path) -> None:
    if missing := missing_programs():
        absent(f"no {' '.join(missing)}")
    seen: dict[int, Pixels] = {}
    with closing(open_sink("auto", SIZE_WH, 15.0)) as sink, sending(sink, 15.0), running(tmp_path, SIZE_WH) as obs:
        assert until(obs.answers, WITHIN_S), obs.said
        add_to_obs(host="127.0.0.1", port=obs.port, scene=None, name="livecam", device=str(loopback.path))

        def another() -> bool:
            pixels = obs.picture("livecam")
            number = None if pixels is None else read_number(pixels)
            if pixels is not None and number is not None:
                assert number >= max(seen, default=0)
                seen[number] = pixels
            return len(seen) >= PICTURES

        assert until(another, WITHIN_S), f"{len(seen)} pictures: {obs.said}"
    place, plate = plate_of(SIZE_WH)
    for pixels in seen.values():
        assert (pixels.shape[1], pixels.shape[0]) == SIZE_WH
        assert plated(pixels, place, plate)
