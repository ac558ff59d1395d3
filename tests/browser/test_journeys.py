"""What people do with the page, by mouse and by keyboard alone."""

import re

import pytest

from tests.browser.conftest import until


def go(page, name):
    page.evaluate(f"location.hash = '{name}'")
    until(page, f"document.querySelector('a[aria-current=page]')?.hash === '#{name}'")


def press_on(page, name, key="Enter", most=80):
    """Tab until a control of that name has the focus, then press a key."""
    for _ in range(most):
        page.keyboard.press("Tab")
        label = page.evaluate(
            "(e => e && (e.ariaLabel || e.innerText || e.labels?.[0]?.innerText || e.value))(document.activeElement)"
        )
        if label and re.fullmatch(name, " ".join(label.split())):
            page.keyboard.press(key)
            return
    raise AssertionError(f"no control {name} is reached by the keyboard")


def test_first_run_without_a_camera_shows_the_sample_as_a_persona(page):
    assert page.title() == "Live · livecam studio"
    assert "#token" not in page.url
    page.click("button:has-text('Start')")
    page.wait_for_selector("canvas[data-number]")
    page.wait_for_selector("text=How it runs")
    page.click("button:has-text('Stop')")
    page.wait_for_selector("text=Nothing is on air")


def test_a_persona_is_added_with_consent_and_revoked(page, photo):
    go(page, "personas")
    page.click("button:has-text('Add a persona')")
    page.set_input_files("dialog input[type=file]", photo)
    page.wait_for_selector("legend:has-text('Whose face does me.png show?')")
    assert page.locator("dialog input[type=radio]:checked").count() == 0
    assert page.is_disabled("dialog button:has-text('Add persona')")
    page.check("dialog input[value=synthetic]")
    assert page.is_disabled("dialog button:has-text('Add persona')")
    page.check("dialog .notice input[type=checkbox]")
    page.click("dialog button:has-text('Add persona')")
    page.wait_for_selector("section:has(#mine) h3:has-text('me')")
    page.click("button:has-text('Revoke me')")
    page.click("dialog button:has-text('Revoke')")
    page.wait_for_selector("text=You have no persona yet")


def test_go_live_change_persona_record_and_stop(page):
    go(page, "live")
    page.click("button:has-text('Start')")
    page.wait_for_selector("canvas[data-number]")
    page.wait_for_selector("button:has-text('Record'):not([disabled])")
    page.check("input[name=persona][value=kim]", force=True)
    until(page, "document.querySelector('input[name=persona][value=kim]').checked")
    page.click("button:has-text('Record')")
    page.wait_for_selector("button:has-text('Stop recording')")
    before = int(page.get_attribute("canvas", "data-number") or 0)
    until(page, f"Number(document.querySelector('canvas').dataset.number) > {before + 30}")
    page.click("button:has-text('Stop recording')")
    page.wait_for_selector("text=is in the library")
    page.click("main .top button:has-text('Stop')")
    page.wait_for_selector("text=Nothing is on air")
    go(page, "library")
    page.wait_for_selector("h3:has-text('livecam-1.mp4')")


def test_three_clips_are_converted_one_cancelled_and_tried_again(page, clips):
    go(page, "convert")
    page.click("button:has-text('Pause')")
    page.wait_for_selector("button:has-text('Resume')")
    page.set_input_files("main input[type=file]", clips)
    page.click("button:has-text('Convert 3 files')")
    until(page, "document.querySelectorAll('li[data-state=queued]').length === 3")
    page.click("button:has-text('Cancel clip-1.mp4')")
    page.wait_for_selector("li[data-state=cancelled]")
    page.click("button:has-text('Retry clip-1.mp4')")
    until(page, "document.querySelectorAll('li[data-state=queued]').length === 3")
    page.click("button:has-text('Resume')")
    until(page, "document.querySelectorAll('li[data-state=done]').length === 3")
    with page.expect_download() as download:
        page.click("a:has-text('Download clip-1.mp4')")
    assert download.value.suggested_filename.endswith(".mp4")


def test_a_file_is_verified(page, clips):
    go(page, "verify")
    page.set_input_files("main input[type=file]", clips[0])
    page.wait_for_selector("text=No mark found")
    page.wait_for_selector("th:has-text('C2PA')")


def test_a_second_browser_is_the_camera(page, chromium, running):
    other = chromium.new_context()
    phone = other.new_page()
    phone.goto(f"{running.origin}/camera#token={running.token}")
    phone.click("button:has-text('Start the camera')")
    phone.wait_for_selector("text=Connected.")
    go(page, "live")
    page.click("summary")
    page.select_option("select:has(option[value=browser])", "browser")
    page.click("button:has-text('Start')")
    phone.wait_for_selector("text=The session sees this camera.")
    page.wait_for_selector("canvas[data-number]")
    page.wait_for_selector("text=From a browser's camera")
    page.click("main .top button:has-text('Stop')")
    page.wait_for_selector("text=Nothing is on air")
    page.select_option("select:has(option[value=browser])", "sample")
    other.close()


def test_a_killed_session_is_said_and_starts_again(page, running):
    import os
    import signal
    from pathlib import Path

    go(page, "live")
    page.click("button:has-text('Start')")
    page.wait_for_selector("text=How it runs")
    children = Path(f"/proc/{running.process.pid}/task/{running.process.pid}/children")
    if not children.exists():
        pytest.skip("this system does not list child processes")
    for pid in children.read_text().split():
        if "session.main" in Path(f"/proc/{pid}/cmdline").read_text():
            os.kill(int(pid), signal.SIGKILL)
    page.wait_for_selector("text=the session's process ended (signal 9)")
    page.wait_for_selector("text=How it runs")
    page.click("main .top button:has-text('Stop')")
    page.wait_for_selector("text=Nothing is on air")


def test_by_keyboard_alone_a_session_starts_and_stops(page):
    page.wait_for_selector(".picks input")
    press_on(page, "Start")
    page.wait_for_selector("text=How it runs")
    page.keyboard.press("Control+Home")
    page.evaluate("document.activeElement.blur()")
    press_on(page, "Stop")
    page.wait_for_selector("text=Nothing is on air")


def test_by_keyboard_alone_a_persona_is_added(page, photo):
    go(page, "personas")
    press_on(page, "Add a persona")
    page.wait_for_selector("dialog[open]")
    with page.expect_file_chooser() as chooser:
        press_on(page, "Choose files")
    chooser.value.set_files(photo)
    page.wait_for_selector("dialog fieldset")
    press_on(page, r"my own face .*|.*my own face.*", "Space")
    press_on(page, r".*I state.*", "Space")
    press_on(page, "Add persona")
    page.wait_for_selector("section:has(#mine) h3:has-text('me')")
    press_on(page, "Revoke me")
    page.wait_for_selector("dialog[open]")
    press_on(page, "Revoke")
    page.wait_for_selector("text=You have no persona yet")


def test_by_keyboard_alone_a_conversion_is_queued_and_cancelled(page):
    go(page, "convert")
    page.wait_for_selector("h2:has-text('Queue')")
    press_on(page, "Pause")
    page.wait_for_selector("button:has-text('Resume')")
    page.evaluate(
        "fetch('/api/v1/jobs', {method: 'POST', headers: {'X-Livecam': '1', 'Content-Type': 'application/json'},"
        " body: JSON.stringify({kind: 'replay', settings: {persona: 'robin'}})})"
    )
    page.wait_for_selector("li[data-state=queued]")
    press_on(page, "Cancel sample")
    page.wait_for_selector("li[data-state=cancelled]")
    press_on(page, "Resume")
    page.wait_for_selector("button:has-text('Pause')")


def test_focus_returns_to_the_button_that_opened_a_dialog(page):
    go(page, "personas")
    press_on(page, "Add a persona")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.innerText") == "Add a persona"
