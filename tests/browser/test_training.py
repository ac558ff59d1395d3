"""Training on the page: a face is enrolled with consent, a model trained, watched, used and taken back."""

from contextlib import closing

import av
import pytest

from livecam.devices.media.sample import open_sample
from livecam.personas.generated import save_generated
from livecam.personas.store import PersonaStore
from tests.browser.conftest import RunningStudio, go, until, violations
from tests.trained_faces import keep_model


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Return a studio with a persona that is enrolled, and an enrolment of another person."""
    folder = tmp_path_factory.mktemp("data")
    save_generated(7, "sam", PersonaStore(folder))
    for name in ("sam", "me"):
        keep_model(folder, name)
    with closing(RunningStudio(folder)) as studio:
        yield studio


def test_a_model_is_trained_watched_used_and_revoked(page):
    go(page, "training")
    page.click("button:has-text('Train again sam')")
    page.fill("dialog input[type=number]", "0")
    page.select_option("dialog select", "me")
    page.click("dialog button:has-text('Start the training')")
    until(page, "document.querySelector('li[data-kind=train][data-state=done]')")
    page.wait_for_selector("li[data-kind=train] >> text=nearer to the face than the photo")
    until(page, "document.querySelector('figure.sheet img')?.naturalWidth > 500")
    page.click("li[data-kind=train] button:has-text('Use sam')")
    until(page, "location.hash === '#live'")
    page.wait_for_selector("input[name=persona][value=sam]:checked")
    go(page, "training")
    page.click("li.card:has(h3:has-text('sam')) button:has-text('Revoke sam')")
    page.click("dialog button:has-text('Revoke')")
    until(page, "![...document.querySelectorAll('h3')].some((each) => each.textContent === 'sam')")


def test_a_clip_is_enrolled_with_a_consent_of_its_own_kind(page, clips):
    go(page, "personas")
    page.click("a:has-text('Train sam')")
    page.set_input_files("dialog input[type=file]", clips[0])
    page.wait_for_selector("legend:has-text('A model of the face in clip-0.mp4 is to be trained.')")
    assert page.input_value("dialog input[type=text]") == "sam"
    assert page.locator("dialog input[type=radio]:checked").count() == 0
    assert page.is_disabled("dialog form button:has-text('Enrol')")
    page.check("dialog input[value=synthetic]")
    assert page.is_disabled("dialog form button:has-text('Enrol')")
    page.check("dialog .notice input[type=checkbox]")
    page.click("dialog form button:has-text('Enrol')")
    # The face in this clip is too small to learn from: an honest answer, and the way on.
    until(page, "document.querySelector('li[data-kind=enrol][data-state=failed]')")
    page.wait_for_selector("li[data-kind=enrol] >> text=shows no face to learn from")


@pytest.fixture(scope="module")
def talk(tmp_path_factory):
    """Return a clip of the sample's face, large enough to learn from."""
    path, reel = tmp_path_factory.mktemp("talk") / "talk.mp4", open_sample((960, 540))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, width=960, height=540, pix_fmt="yuv420p")
        for _ in range(30):
            reel.grab()
            container.mux(stream.encode(av.VideoFrame.from_ndarray(reel.retrieve(), format="bgr24")))
        container.mux(stream.encode(None))
    reel.close()
    return path


def test_what_a_clip_did_not_show_is_asked_for_again(page, talk):
    go(page, "training")
    page.click("button:has-text('Enrol a face')")
    page.set_input_files("dialog input[type=file]", talk)
    page.fill("dialog input[type=text]", "robin-too")
    page.check("dialog input[value=synthetic]")
    page.check("dialog .notice input[type=checkbox]")
    page.click("dialog form button:has-text('Enrol')")
    until(page, "document.querySelector('li[data-kind=enrol][data-state=done]')")
    page.wait_for_selector("li.card h3:has-text('robin-too')")
    page.click("button:has-text('Add what is missing robin-too')")
    page.wait_for_selector("dialog li:has-text('talk.mp4')")
    assert page.input_value("dialog input[type=text]") == "robin-too"
    page.click("button:has-text('Record a guided minute')")
    page.wait_for_selector("dialog li:has-text('Turn the head')")
    assert page.locator("dialog ol li").count() < 8


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_guided_minute_is_recorded_and_axe_finds_nothing(page, axe, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    go(page, "training")
    page.click("button:has-text('Enrol a face')")
    page.click("button:has-text('Record a guided minute')")
    page.wait_for_selector("dialog video")
    assert not violations(page, axe)
    until(page, "document.querySelector('dialog video').videoWidth > 0")
    page.click("dialog button:has-text('Record')")
    page.wait_for_selector("text=1 of 8")
    page.click("dialog button:has-text('Next')")
    page.wait_for_selector("text=2 of 8")
    page.click("dialog button:has-text('Stop recording')")
    page.wait_for_selector("dialog li:has-text('guided-minute.webm')")
    page.fill("dialog input[type=text]", "me")
    page.wait_for_selector("legend:has-text('A model of the face in guided-minute.webm')")
    assert not violations(page, axe)
