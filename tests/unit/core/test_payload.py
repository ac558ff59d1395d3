from itertools import islice

import pytest

from livecam.core.payload import FACE, SYNTHETIC, VOICE, MarkPayload, key_stream, shuffle

SHUFFLED = [4, 3, 2, 7, 5, 6, 0, 1]
VECTORS = [
    (MarkPayload(FACE, 0), "00010001000000000000000001101010"),
    (MarkPayload(FACE | SYNTHETIC, 0xBEEF), "00010101101111101110111111011011"),
    (MarkPayload(FACE | VOICE | SYNTHETIC, 0xFFFF), "00010111111111111111111100110011"),
]


def text(bits):
    return "".join(map(str, bits))


def test_the_key_stream_is_splitmix64():
    assert list(islice(key_stream(0), 3)) == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_shuffled_numbers_are_all_there_in_the_documented_order():
    assert shuffle(8, key_stream(1)) == SHUFFLED


@pytest.mark.parametrize(("payload", "bits"), VECTORS)
def test_a_payload_is_its_documented_bits_and_comes_back(payload, bits):
    assert text(payload.bits()) == bits
    assert MarkPayload.from_bits(payload.bits()) == payload


def test_a_payload_with_a_wrong_bit_is_none():
    bits = list(MarkPayload(FACE, 0xBEEF).bits())
    for place in range(32):
        wrong = bits.copy()
        wrong[place] ^= 1
        assert MarkPayload.from_bits(tuple(wrong)) is None


def test_a_message_of_nothing_is_none():
    assert MarkPayload.from_bits((0,) * 32) is None
    assert MarkPayload.from_bits((1,) * 32) is None


def test_another_version_is_not_read():
    assert MarkPayload.from_bits(MarkPayload(FACE, 5, version=9).bits()) is None


@pytest.mark.parametrize("fields", [(16, 0), (-1, 0), (0, 1 << 16), (0, 0, 16)])
def test_what_does_not_fit_is_refused(fields):
    with pytest.raises(ValueError, match="must be"):
        MarkPayload(*fields)


def test_other_than_32_bits_are_refused():
    with pytest.raises(ValueError, match="32 bits"):
        MarkPayload.from_bits((0, 1))
