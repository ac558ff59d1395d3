"""Nothing leaves without saying that it is altered."""

from typing import get_args

import numpy as np
import pytest

from livecam.config.settings import Settings
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.seal import seal_for_marking_sound
from livecam.disclosure.picture import Language
from livecam.disclosure.sound.marker import SoundMarker
from livecam.disclosure.sound.notice import (
    SENTENCE_EVERY_S,
    SIGN_EVERY_S,
    Notice,
    NoticeStyle,
    load_sentence,
    make_tones,
    notice_style,
)
from livecam.disclosure.sound.watermark import read_sound

RATE_HZ, SESSION = 48_000, 0xBEEF


def block(samples: np.ndarray, first_sample: int = 0) -> AudioBlock:
    return AudioBlock(samples.astype(np.float32)[:, None], RATE_HZ, first_sample, 5)


def test_the_sentence_opens_the_stream_and_nothing_else_is_heard():
    outgoing = SoundMarker(SESSION)
    opening, late = outgoing.opening_samples, outgoing.latency_samples
    assert 1.0 < opening / RATE_HZ < 3.0
    loud, silent = (
        SoundMarker(SESSION).mark(block(np.full(opening + late, level))).samples[:, 0] for level in (0.25, 0.0)
    )
    spoken = loud[late : opening - 2000]
    np.testing.assert_allclose(spoken, silent[late : opening - 2000], atol=1e-6)
    assert np.corrcoef(spoken, load_sentence(RATE_HZ)[: len(spoken)])[0, 1] > 0.9


def test_the_session_can_be_read_from_what_leaves():
    sound = 0.1 * np.random.default_rng(0).standard_normal(20 * RATE_HZ)
    reading = read_sound(SoundMarker(SESSION).mark(block(sound)).samples[:, 0])
    assert reading is not None and reading.session == SESSION


@pytest.mark.parametrize("hop", [1, 7, 256])
def test_any_block_size_gives_the_same_samples(hop):
    sound = np.random.default_rng(0).standard_normal(len(load_sentence(RATE_HZ)) + 500) * 0.1
    notice, whole = Notice(RATE_HZ), Notice(RATE_HZ).add(sound)
    parts = [notice.add(sound[begin : begin + hop]) for begin in range(0, len(sound), hop)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_who_joins_later_hears_the_sentence_and_nothing_else():
    notice, voice = Notice(RATE_HZ), np.full(RATE_HZ, 0.25)
    spoken = len(load_sentence(RATE_HZ))
    heard = [notice.add(voice) for _ in range(4)]
    assert notice.spoken == 1 and (heard[-1] == voice).all()
    notice.request()
    heard = np.concatenate([notice.add(voice[:240]) for _ in range(spoken // 240 + 10)])
    assert notice.spoken == 2
    fade = RATE_HZ // 100
    np.testing.assert_allclose(heard[fade : fade + spoken], load_sentence(RATE_HZ), atol=1e-9)
    # The voice goes and comes back without a click.
    assert (np.diff(heard[:fade]) <= 0).all() and (np.diff(heard[fade + spoken : 2 * fade + spoken]) >= 0).all()
    assert (heard[2 * fade + spoken :] == 0.25).all() and heard[0] == 0.25


def test_who_joins_while_it_is_spoken_hears_it_once_more_and_no_oftener():
    notice = Notice(RATE_HZ)
    notice.add(np.zeros(RATE_HZ))
    for _ in range(3):
        notice.request()
    for _ in range(600):
        notice.add(np.zeros(RATE_HZ // 50))
    assert notice.spoken == 2


def test_where_a_stream_goes_on_after_the_sentence_it_is_not_spoken_again():
    notice = Notice(RATE_HZ, 10 * RATE_HZ)
    assert not notice.add(np.zeros(5 * RATE_HZ)).any() and notice.spoken == 0
    assert notice.add(np.zeros(0)).shape == (0,)


def begins_s(heard_at, seconds, hop=RATE_HZ // 10, **style):
    """When the sentence begins in a voice; heard_at(second) is how loud it is then. Samples are the clock."""
    notice, found = Notice(RATE_HZ, manner=NoticeStyle(**style)), [0.0]
    for first in range(0, seconds * RATE_HZ, hop):
        before = notice.next_ends
        notice.add(np.full(hop, heard_at(first / RATE_HZ)))
        if notice.next_ends != before:
            found.append((notice.next_ends - notice.opening_samples) / RATE_HZ)
    return found


def test_the_sentence_comes_again_every_ten_minutes_at_the_latest():
    found = begins_s(lambda second: 0.1, 1850)
    assert np.diff(found).max() <= 600.0 and np.diff(found).min() > 599.9 and len(found) == 4


def test_it_waits_for_a_pause_of_the_speaker_in_the_last_half_minute():
    found = begins_s(lambda second: 0.0 if second % 25 < 1 else 0.1, 620)
    assert len(found) == 2 and 570 <= found[1] <= 600 and found[1] % 25 < 1


def test_it_may_be_heard_more_often_and_never_less():
    found = begins_s(lambda second: 0.1, 200, sentence_every_s=60.0)
    assert np.diff(found).max() <= 60.0
    for seconds in (601.0, 59.0):
        with pytest.raises(ValueError, match="sentence_every_s"):
            NoticeStyle(sentence_every_s=seconds)


@pytest.mark.parametrize(("silent_s", "times"), [(61, 2), (55, 1), (200, 2)])
def test_after_a_break_of_a_minute_it_comes_with_the_first_sound(silent_s, times):
    found = begins_s(lambda second: 0.0 if 20 <= second < 20 + silent_s else 0.1, 300)
    assert len(found) == times
    assert times == 1 or found[1] == pytest.approx(20 + silent_s, abs=0.02)


@pytest.mark.parametrize("hop", [480, 4_799, 48_000])
def test_any_block_size_gives_the_same_sentence_again(hop):
    voice = np.full(70 * RATE_HZ, 0.1)
    voice[4 * RATE_HZ : 65 * RATE_HZ + 77] = 0
    notice = Notice(RATE_HZ)
    parts = [notice.add(voice[begin : begin + hop]) for begin in range(0, len(voice), hop)]
    heard = np.concatenate(parts)[64 * RATE_HZ :]
    said = load_sentence(RATE_HZ)
    begin = RATE_HZ + 77 + RATE_HZ // 100
    np.testing.assert_allclose(heard[begin : begin + len(said)], said, atol=1e-9)
    assert notice.spoken == 2


def test_the_short_sign_is_heard_between_two_sentences():
    notice = Notice(RATE_HZ)
    heard = np.concatenate([notice.add(np.full(RATE_HZ, 0.01)) - 0.01 for _ in range(int(SIGN_EVERY_S) + 3)])
    tones = np.flatnonzero(np.abs(heard[3 * RATE_HZ :]) > 1e-6) + 3 * RATE_HZ
    assert tones[0] / RATE_HZ == pytest.approx(SIGN_EVERY_S, abs=0.01)
    assert SIGN_EVERY_S == SENTENCE_EVERY_S / 2


def test_the_sign_may_be_heard_more_often_and_never_less():
    notice = Notice(RATE_HZ, manner=NoticeStyle(sign_every_s=60.0))
    heard = np.concatenate([notice.add(np.zeros(RATE_HZ)) for _ in range(62)])
    opening = len(load_sentence(RATE_HZ))
    assert np.flatnonzero(heard[opening:])[0] + opening == pytest.approx(60 * RATE_HZ, abs=9)
    for seconds in (301.0, 0.0):
        with pytest.raises(ValueError, match="sign_every_s"):
            NoticeStyle(sign_every_s=seconds)


def test_the_settings_choose_language_and_sign():
    assert notice_style(Settings().disclosure_group) == NoticeStyle()
    assert notice_style(Settings(language="fr", sign_every_min=2).disclosure_group) == NoticeStyle("fr", 120.0)
    assert notice_style(Settings(sentence_every_min=3).disclosure_group) == NoticeStyle(sentence_every_s=180.0)


@pytest.mark.parametrize("language", get_args(Language))
def test_the_notice_is_spoken_in_every_language_of_the_plate(language):
    spoken = Notice(RATE_HZ, manner=NoticeStyle(language)).opening_samples
    assert 1.0 < spoken / RATE_HZ < 3.5
    assert np.abs(load_sentence(RATE_HZ, language)).max() > 0.4
    others = set(get_args(Language)) - {language}
    assert all(len(load_sentence(RATE_HZ, other)) != spoken for other in others)


def test_the_sign_is_short_long_short_short():
    loud = np.abs(make_tones(RATE_HZ)).reshape(-1, RATE_HZ // 100).max(1) > 1e-3
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(int)))
    np.testing.assert_array_equal(np.diff(edges)[::2], [8, 24, 8, 8])


def test_the_sentence_is_as_long_at_every_rate():
    assert len(load_sentence(48_000)) == pytest.approx(3 * len(load_sentence(16_000)), abs=2)


def test_marked_blocks_keep_their_place_and_cannot_be_written():
    marked = SoundMarker(SESSION).mark(block(np.full(10, 3.0), 70))
    assert (marked.rate_hz, marked.first_sample, marked.captured_ns) == (RATE_HZ, 70, 5)
    assert np.abs(marked.samples).max() <= 1
    with pytest.raises(ValueError, match="read-only"):
        marked.samples[0] = 0


def test_only_the_marker_makes_a_marked_block():
    with pytest.raises(TypeError, match=r"disclosure\.sound\.marker"):
        MarkedBlock(block(np.zeros(3)))
    with pytest.raises(TypeError, match="subclassed"):
        type("Forged", (MarkedBlock,), {})
    with pytest.raises(PermissionError, match=r"disclosure\.sound\.marker"):
        seal_for_marking_sound()


def test_two_channels_are_refused():
    with pytest.raises(ValueError, match="block must be"):
        SoundMarker(SESSION).mark(AudioBlock(np.zeros((5, 2), np.float32), RATE_HZ, 0, 0))
