import numpy as np
import pytest

from livecam.audio.time_stretch import TimeStretch

RATE_HZ = 48_000


def tone(seconds: float, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)


def in_blocks(sound: np.ndarray, speed: float, hop: int) -> np.ndarray:
    stretch = TimeStretch()
    return np.concatenate([stretch.process(sound[at : at + hop], speed) for at in range(0, len(sound), hop)])


def test_at_speed_one_sound_comes_out_as_it_was_and_as_late_as_stated():
    sound = tone(0.1) + tone(0.1, 5000.0)
    out = TimeStretch().process(sound, 1.0)
    assert len(out) == len(sound)
    late = TimeStretch.delay_samples
    np.testing.assert_allclose(out[200:], sound[200 - late : -late], atol=2e-3)


@pytest.mark.parametrize("hop", [1, 7, 240, 4096])
def test_any_block_size_gives_the_same_samples(hop):
    sound = tone(0.05)
    np.testing.assert_allclose(in_blocks(sound, 1.0007, hop), in_blocks(sound, 1.0007, len(sound)), atol=1e-12)


@pytest.mark.parametrize("speed", [0.995, 0.9998, 1.0002, 1.005])
def test_the_speed_is_heard_as_pitch_and_length(speed):
    sound = tone(2.0)
    out = in_blocks(sound, speed, 240)
    assert abs(len(out) - len(sound) / speed) <= 1
    place = np.arange(len(out)) * speed - TimeStretch.delay_samples
    wanted = 0.5 * np.sin(2 * np.pi * 440 * place / RATE_HZ)
    np.testing.assert_allclose(out[100:], wanted[100:], atol=1e-3)


def test_high_sounds_pass_between_samples_too():
    out = in_blocks(tone(1.0, 16_000.0), 1.0002, 240)
    loud = np.sqrt(np.mean(out[1000 : 1000 + 9600].reshape(-1, 240) ** 2, axis=1))
    assert loud.min() > 0.97 * 0.5 / np.sqrt(2)


def test_a_change_of_speed_makes_no_click():
    sound, stretch = tone(2.0), TimeStretch()
    speeds = np.where(np.arange(400) % 2, 1.005, 0.995)
    out = np.concatenate([stretch.process(sound[n * 240 : n * 240 + 240], speeds[n]) for n in range(400)])
    bend = np.abs(np.diff(out[100:], 2)).max()
    assert bend < 1.05 * 0.5 * (2 * np.pi * 440 * 1.005 / RATE_HZ) ** 2


@pytest.mark.parametrize("speed", [0.5, 2.0, -1.0])
def test_a_speed_that_is_none_is_refused(speed):
    with pytest.raises(ValueError, match="speed"):
        TimeStretch().process(tone(0.01), speed)
