"""Nothing leaves without saying that it is altered."""

from typing import get_args

import numpy as np
import pytest

from livecam.config.settings import Settings
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.seal import seal_for_marking_sound
from livecam.disclosure.picture import Language
from livecam.disclosure.sound.marker import SoundMarker
from livecam.disclosure.sound.notice import SIGN_EVERY_S, Notice, NoticeStyle, manner_of, sentence, sign
from livecam.disclosure.sound.watermark import read_sound

RATE_HZ, SESSION = 48_000, 0xBEEF


def block(samples: np.ndarray, first_sample: int = 0) -> AudioBlock:
    return AudioBlock(samples.astype(np.float32)[:, None], RATE_HZ, first_sample, 5)


def test_the_sentence_opens_the_stream_and_nothing_is_heard_beside_it():
    outgoing = SoundMarker(SESSION)
    opening, late = outgoing.opening_samples, outgoing.latency_samples
    assert 1.0 < opening / RATE_HZ < 3.0
    loud, silent = (
        SoundMarker(SESSION).mark(block(np.full(opening + late, level))).samples[:, 0] for level in (0.25, 0.0)
    )
    spoken = loud[late : opening - 2000]
    np.testing.assert_allclose(spoken, silent[late : opening - 2000], atol=1e-6)
    assert np.corrcoef(spoken, sentence(RATE_HZ)[: len(spoken)])[0, 1] > 0.9


def test_the_session_can_be_read_from_what_leaves():
    sound = 0.1 * np.random.default_rng(0).standard_normal(20 * RATE_HZ)
    reading = read_sound(SoundMarker(SESSION).mark(block(sound)).samples[:, 0])
    assert reading is not None and reading.session == SESSION


@pytest.mark.parametrize("hop", [1, 7, 256])
def test_any_block_size_gives_the_same_samples(hop):
    sound = np.random.default_rng(0).standard_normal(len(sentence(RATE_HZ)) + 500) * 0.1
    notice, whole = Notice(RATE_HZ), Notice(RATE_HZ).add(sound)
    parts = [notice.add(sound[begin : begin + hop]) for begin in range(0, len(sound), hop)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_who_joins_later_hears_the_sentence_and_nothing_beside_it():
    notice, voice = Notice(RATE_HZ), np.full(RATE_HZ, 0.25)
    spoken = len(sentence(RATE_HZ))
    heard = [notice.add(voice) for _ in range(4)]
    assert notice.spoken == 1 and (heard[-1] == voice).all()
    notice.say()
    heard = np.concatenate([notice.add(voice[:240]) for _ in range(spoken // 240 + 10)])
    assert notice.spoken == 2
    fade = RATE_HZ // 100
    np.testing.assert_allclose(heard[fade : fade + spoken], sentence(RATE_HZ), atol=1e-9)
    # The voice goes and comes back without a click.
    assert (np.diff(heard[:fade]) <= 0).all() and (np.diff(heard[fade + spoken : 2 * fade + spoken]) >= 0).all()
    assert (heard[2 * fade + spoken :] == 0.25).all() and heard[0] == 0.25


def test_who_joins_while_it_is_spoken_hears_it_once_more_and_no_oftener():
    notice = Notice(RATE_HZ)
    notice.add(np.zeros(RATE_HZ))
    for _ in range(3):
        notice.say()
    for _ in range(600):
        notice.add(np.zeros(RATE_HZ // 50))
    assert notice.spoken == 2


def test_where_a_stream_goes_on_after_the_sentence_it_is_not_spoken_again():
    notice = Notice(RATE_HZ, 10 * RATE_HZ)
    assert not notice.add(np.zeros(5 * RATE_HZ)).any() and notice.spoken == 0
    assert notice.add(np.zeros(0)).shape == (0,)


def test_the_sign_is_heard_every_ten_minutes():
    notice = Notice(RATE_HZ)
    heard = np.concatenate([notice.add(np.zeros(RATE_HZ)) for _ in range(2 * int(SIGN_EVERY_S) + 3)])
    tones = np.flatnonzero(heard[len(sentence(RATE_HZ)) :]) + len(sentence(RATE_HZ))
    begins = tones[np.flatnonzero(np.diff(tones, prepend=-RATE_HZ) > 10 * RATE_HZ)]
    np.testing.assert_allclose(begins / RATE_HZ, [SIGN_EVERY_S, 2 * SIGN_EVERY_S], atol=0.01)


def test_the_sign_may_be_heard_more_often_and_never_less():
    notice = Notice(RATE_HZ, manner=NoticeStyle(sign_every_s=60.0))
    heard = np.concatenate([notice.add(np.zeros(RATE_HZ)) for _ in range(62)])
    opening = len(sentence(RATE_HZ))
    assert np.flatnonzero(heard[opening:])[0] + opening == pytest.approx(60 * RATE_HZ, abs=9)
    for seconds in (601.0, 0.0):
        with pytest.raises(ValueError, match="sign_every_s"):
            NoticeStyle(sign_every_s=seconds)


def test_the_settings_choose_language_and_sign():
    assert manner_of(Settings().disclosure_group) == NoticeStyle()
    assert manner_of(Settings(language="fr", sign_every_min=2).disclosure_group) == NoticeStyle("fr", 120.0)


@pytest.mark.parametrize("language", get_args(Language))
def test_the_notice_is_spoken_in_every_language_of_the_plate(language):
    spoken = Notice(RATE_HZ, manner=NoticeStyle(language)).opening_samples
    assert 1.0 < spoken / RATE_HZ < 3.5
    assert np.abs(sentence(RATE_HZ, language)).max() > 0.4
    others = set(get_args(Language)) - {language}
    assert all(len(sentence(RATE_HZ, other)) != spoken for other in others)


def test_the_sign_is_short_long_short_short():
    loud = np.abs(sign(RATE_HZ)).reshape(-1, RATE_HZ // 100).max(1) > 1e-3
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    np.testing.assert_array_equal(np.diff(edges)[::2], [8, 24, 8, 8])


def test_the_sentence_is_as_long_at_every_rate():
    assert len(sentence(48_000)) == pytest.approx(3 * len(sentence(16_000)), abs=2)


def test_marked_blocks_keep_their_place_and_cannot_be_written():
    marked = SoundMarker(SESSION).mark(block(np.full(10, 3.0), 70))
    assert (marked.rate_hz, marked.first_sample, marked.captured_ns) == (RATE_HZ, 70, 5)
    assert np.abs(marked.samples).max() <= 1
    with pytest.raises(ValueError, match="read-only"):
        marked.samples[0] = 0


def test_nobody_else_makes_a_marked_block():
    with pytest.raises(TypeError, match=r"disclosure\.sound\.marker"):
        MarkedBlock(block(np.zeros(3)))
    with pytest.raises(TypeError, match="subclassed"):
        type("Forged", (MarkedBlock,), {})
    with pytest.raises(PermissionError, match=r"disclosure\.sound\.marker"):
        seal_for_marking_sound()


def test_two_channels_are_refused():
    with pytest.raises(ValueError, match="block must be"):
        SoundMarker(SESSION).mark(AudioBlock(np.zeros((5, 2), np.float32), RATE_HZ, 0, 0))
