"""Typed text becomes sentences: bounded, without markup, control characters or phoneme notation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livecam.core.errors import UsageError
from livecam.core.typed_text import LONGEST_SENTENCE, LONGEST_TEXT, clean_text, split_sentences


def test_sentences_are_spoken_one_by_one():
    assert split_sentences("Good morning. How are you? Fine!") == ["Good morning.", "How are you?", "Fine!"]


@pytest.mark.parametrize("text", ["Dr. Smith pays 3.50 at 10:30.", "e.g. this", "one, two"])
def test_abbreviations_numbers_and_commas_do_not_end_a_sentence(text):
    assert split_sentences(text) == [text]


def test_lines_end_sentences():
    assert split_sentences("one\r\ntwo\n\n\nthree") == ["one", "two", "three"]


@pytest.mark.parametrize("text", ["", " \n\t ", "... !? ;", "\x00\x1b"])
def test_text_without_a_word_is_no_sentence(text):
    assert split_sentences(text) == []


@pytest.mark.parametrize("code", ["\x01", "\x00", "\x1b[31m", "\x7f", "\x85"])
def test_control_characters_never_reach_the_synthesizer(code):
    assert not {each for each in clean_text(f"a{code}b") if ord(each) < 32 or 126 < ord(each) < 160}


def test_phoneme_notation_is_broken_up():
    assert "[[" not in clean_text("say [[h@l'oU]] and [[[x]]]") and "]]" not in clean_text("[[x]] ]]]")


def test_half_a_surrogate_pair_can_be_encoded():
    assert clean_text("a\ud800b").encode() == b"a b"


def test_soft_hyphens_do_not_cut_words():
    assert clean_text("Silben\u00adtrennung") == "Silbentrennung"


def test_a_text_that_is_too_long_is_refused_with_both_numbers():
    with pytest.raises(UsageError, match=f"{LONGEST_TEXT + 1} characters, {LONGEST_TEXT} at most"):
        split_sentences("a" * (LONGEST_TEXT + 1))


def test_a_long_sentence_is_cut_at_a_comma_and_nothing_is_lost():
    text = ", ".join(f"word {number}" for number in range(80))
    pieces = split_sentences(text)
    assert all(len(piece) <= LONGEST_SENTENCE for piece in pieces) and all(piece.endswith(",") for piece in pieces[:-1])
    assert " ".join(pieces) == text


@given(st.text(max_size=1500))
def test_no_text_gives_a_piece_that_is_too_long_or_holds_a_command(text):
    for piece in split_sentences(text):
        assert piece and len(piece) <= LONGEST_SENTENCE and piece.isprintable()
        assert "[[" not in piece and piece.encode()
