"""What is asked is drawn by chance, and never twice alike."""

import random
from datetime import date

from livecam.core.clock import NS_PER_S
from livecam.enrollment.challenge import MOVES, Move, draw_challenge

TODAY = date(2026, 3, 1)


def test_a_seed_gives_one_challenge():
    assert draw_challenge(random.Random(1), "me", TODAY) == draw_challenge(random.Random(1), "me", TODAY)


def test_two_different_turns_are_asked_and_every_pair_comes():
    drawn = [draw_challenge(random.Random(seed), "me", TODAY).moves for seed in range(300)]
    assert all(len(set(moves)) == MOVES for moves in drawn)
    assert len(set(drawn)) == len(Move) * (len(Move) - 1)


def test_how_long_to_look_straight_is_chance_too():
    holds = [hold for seed in range(50) for hold in draw_challenge(random.Random(seed), "me", TODAY).holds_ns]
    assert min(holds) >= NS_PER_S / 2
    assert max(holds) - min(holds) > NS_PER_S / 2


def test_the_phrase_has_name_and_day_and_other_words_every_time():
    phrases = {draw_challenge(random.Random(seed), "sam", TODAY).phrase for seed in range(200)}
    assert all(phrase.startswith("I agree to the persona sam, on 01 March 2026: ") for phrase in phrases)
    assert len(phrases) == 200
