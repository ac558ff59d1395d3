import pytest

from livecam.core.clock import NS_PER_MS as MS
from livecam.timing.budget import Budget, BudgetConfig, Level

COSTS = {
    Level.CARRY: 5 * MS, Level.RENDER: 10 * MS, Level.REFINE: 14 * MS, Level.REFRESH: 20 * MS, Level.ENHANCE: 30 * MS
}  # fmt: skip


def budget(top: Level = Level.ENHANCE) -> Budget:
    return Budget(BudgetConfig(period_ns=33 * MS, top=top), COSTS)


def test_a_fresh_frame_affords_everything():
    plan = budget().plan(now_ns=1 * MS, captured_ns=0, track_seen_ns=0)
    assert plan.level is Level.ENHANCE
    assert plan.reason == "in time"


@pytest.mark.parametrize(
    ("age_ms", "level"),
    [
        (3, Level.ENHANCE),
        (8, Level.REFRESH),
        (17, Level.REFINE),
        (20, Level.RENDER),
        (27, Level.CARRY),
        (40, Level.CARRY),
    ],
)
def test_a_late_frame_loses_one_kind_of_work_after_the_other(age_ms, level):
    plan = budget().plan(now_ns=age_ms * MS, captured_ns=0, track_seen_ns=0)
    assert plan.level is level


def test_a_late_frame_says_so():
    assert budget().plan(now_ns=20 * MS, captured_ns=0, track_seen_ns=0).reason == "frame is late"


def test_a_frame_too_old_is_held():
    plan = budget().plan(now_ns=401 * MS, captured_ns=0, track_seen_ns=0)
    assert (plan.level, plan.reason) == (Level.HOLD, "frame too old")


def test_without_a_track_a_face_is_looked_for_however_late_it_is():
    plan = budget().plan(now_ns=100 * MS, captured_ns=0, track_seen_ns=None)
    assert (plan.level, plan.reason) == (Level.RENDER, "looking for a face")


def test_a_track_carried_too_long_is_looked_at_however_late_it_is():
    plan = budget().plan(now_ns=140 * MS, captured_ns=100 * MS, track_seen_ns=10 * MS)
    assert (plan.level, plan.reason) == (Level.RENDER, "track needs a look")


def test_a_lost_or_stale_track_may_not_be_shown():
    assert not budget().can_show(captured_ns=0, track_seen_ns=None)
    assert not budget().can_show(captured_ns=251 * MS, track_seen_ns=0)
    assert budget().can_show(captured_ns=250 * MS, track_seen_ns=0)


def miss(late: Budget, times: int, level: Level = Level.ENHANCE) -> None:
    for _ in range(times):
        late.observe(level, 50 * MS, in_time=False)


def test_one_missed_deadline_is_an_accident():
    late = budget()
    miss(late, 1)
    assert late.cap is Level.ENHANCE


def test_a_second_missed_deadline_lowers_the_cap():
    late = budget()
    miss(late, 2)
    assert late.cap is Level.REFRESH
    assert late.plan(now_ns=0, captured_ns=0, track_seen_ns=0).level is Level.REFRESH
    assert late.plan(now_ns=0, captured_ns=0, track_seen_ns=0).reason == "deadlines were missed"


def test_missed_deadlines_far_apart_are_accidents():
    late = budget()
    for _ in range(5):
        miss(late, 1)
        for _ in range(30):
            late.observe(Level.ENHANCE, 20 * MS, in_time=True)
    assert late.cap is Level.ENHANCE


def test_the_cap_never_falls_below_carrying():
    late = budget()
    miss(late, 20, Level.CARRY)
    assert late.cap is Level.CARRY


def test_punctual_frames_raise_the_cap_again_one_level_at_a_time():
    recovering = budget()
    miss(recovering, 4)
    for _ in range(29):
        recovering.observe(Level.RENDER, 10 * MS, in_time=True)
    assert recovering.cap is Level.RENDER
    recovering.observe(Level.RENDER, 10 * MS, in_time=True)
    assert recovering.cap is Level.REFINE


def test_the_cap_stops_at_what_the_engine_has():
    plain = budget(top=Level.RENDER)
    for _ in range(100):
        plain.observe(Level.RENDER, 10 * MS, in_time=True)
    assert plain.cap is Level.RENDER


def test_costs_are_learned():
    learning = Budget(BudgetConfig(period_ns=33 * MS))
    for _ in range(50):
        learning.observe(Level.RENDER, 25 * MS, in_time=True)
    assert learning.plan(now_ns=10 * MS, captured_ns=0, track_seen_ns=0).level is Level.CARRY


def test_a_slow_first_frame_does_not_make_the_next_ones_unaffordable():
    warming = Budget(BudgetConfig(period_ns=33 * MS))
    warming.observe(Level.RENDER, 253 * MS, in_time=False)
    for _ in range(5):
        warming.observe(Level.RENDER, 12 * MS, in_time=True)
    assert warming.plan(now_ns=5 * MS, captured_ns=0, track_seen_ns=0).level is Level.RENDER


def test_a_hiccup_is_soon_forgotten():
    learning = budget(top=Level.RENDER)
    learning.observe(Level.RENDER, 500 * MS, in_time=False)
    assert learning.plan(now_ns=20 * MS, captured_ns=0, track_seen_ns=0).level is Level.RENDER


def test_a_refresh_that_was_slow_once_is_tried_again():
    slow_once = budget(Level.REFRESH)
    for _ in range(8):
        slow_once.observe(Level.REFRESH, 60 * MS, in_time=True)

    def plan():
        return slow_once.plan(now_ns=3 * MS, captured_ns=0, track_seen_ns=0)

    assert (plan().level, plan().reason) == (Level.REFINE, "frame is late")
    for _ in range(30):
        slow_once.observe(Level.RENDER, 10 * MS, in_time=True)
    assert plan().level is Level.REFRESH


def test_what_a_guess_costs_says_nothing_of_what_a_look_would():
    guessed = budget()
    for _ in range(100):
        guessed.observe(Level.CARRY, 1 * MS, in_time=True)
    assert guessed.plan(now_ns=25 * MS, captured_ns=0, track_seen_ns=0).level is Level.CARRY


def test_a_miss_with_room_left_would_miss_at_a_lower_level_too():
    roomy = budget(Level.REFRESH)
    for _ in range(3):
        roomy.observe(Level.REFRESH, 34 * MS, in_time=False)
        for _ in range(6):
            roomy.observe(Level.REFRESH, 20 * MS, in_time=True)
    assert roomy.cap is Level.REFRESH


def test_many_misses_lower_the_cap_even_with_room_left():
    trembling = budget(Level.REFRESH)
    for _ in range(4):
        trembling.observe(Level.REFRESH, 34 * MS, in_time=False)
        for _ in range(6):
            trembling.observe(Level.REFRESH, 15 * MS, in_time=True)
    assert trembling.cap is Level.REFINE


def test_a_first_frame_warms_caches_up_and_is_no_miss():
    starting = Budget(BudgetConfig(period_ns=33 * MS))
    starting.observe(Level.RENDER, 300 * MS, in_time=False)
    starting.observe(Level.RENDER, 45 * MS, in_time=False)
    assert starting.cap is Level.RENDER


def test_a_frame_waits_for_its_texture_until_there_is_just_time_to_draw_it():
    waiting = budget()
    for _ in range(100):
        waiting.observe_draw(12 * MS)
    assert waiting.wait_until_ns(captured_ns=1000 * MS) == pytest.approx(1020 * MS, abs=MS / 100)
    for _ in range(3):
        waiting.observe_draw(20 * MS)
    assert waiting.wait_until_ns(captured_ns=1000 * MS) < 1017 * MS


def test_nothing_is_waited_for_before_it_is_known_how_long_drawing_takes():
    assert budget().wait_until_ns(captured_ns=0) <= 0
