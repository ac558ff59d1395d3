"""What people do with the page, by keyboard alone."""

import re

from tests.browser.conftest import go, until

NAME = """(e => {
  if (e.tagName === 'SELECT') return e.labels[0].firstChild.textContent;
  return e.ariaLabel || e.innerText || e.labels?.[0]?.innerText || e.value || '';
})(document.activeElement)"""


def focus_on(page, name, most=120):
    """Tab until a control of that name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        label = page.evaluate(NAME)
        if label and re.fullmatch(name, " ".join(label.split())):
            return
    raise AssertionError(f"no control {name} is reached by the keyboard")


def press_on(page, name, key="Enter"):
    focus_on(page, name)
    page.keyboard.press(key)


def choose_on(page, name, files):
    """Press a button that opens the choice of files, and choose some."""
    focus_on(page, name)
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    chooser.value.set_files(files)


def add_persona(page, photo):
    go(page, "personas")
    press_on(page, "Add a persona")
    page.wait_for_selector("dialog[open]")
    choose_on(page, "Choose files", photo)
    page.wait_for_selector("dialog fieldset")
    press_on(page, r"(?i)my own face.*", "Space")
    press_on(page, r".*I state.*", "Space")
    press_on(page, "Add persona")


def test_first_run_starts_and_stops(page):
    page.wait_for_selector(".picks input")
    press_on(page, "Start")
    page.wait_for_selector("canvas[data-number]")
    press_on(page, "Stop")
    page.wait_for_selector("text=Nothing is on air")


def test_a_persona_is_added_and_revoked(page, photo):
    add_persona(page, photo)
    page.wait_for_selector("section:has(#mine) h3:has-text('me')")
    press_on(page, "Revoke me")
    page.wait_for_selector("dialog[open]")
    press_on(page, "Revoke")
    page.wait_for_selector("text=You have no persona yet")


def test_go_live_change_persona_record_and_stop(page):
    page.wait_for_selector(".picks input")
    press_on(page, "Start")
    page.wait_for_selector("button:has-text('Record'):not([disabled])")
    press_on(page, "robin", "ArrowRight")
    until(page, "document.querySelector('input[name=persona]:checked').value !== 'robin'")
    press_on(page, "Record")
    page.wait_for_selector("button:has-text('Stop recording')")
    before = int(page.get_attribute("canvas", "data-number") or 0)
    until(page, f"Number(document.querySelector('canvas').dataset.number) > {before + 15}")
    press_on(page, "Stop recording")
    page.wait_for_selector("text=is in the library")
    press_on(page, "Stop")
    page.wait_for_selector("text=Nothing is on air")


def test_three_clips_are_converted_one_cancelled_and_tried_again(page, clips):
    go(page, "convert")
    page.wait_for_selector(".picks input")
    press_on(page, "Pause")
    page.wait_for_selector("button:has-text('Resume')")
    choose_on(page, "Choose files", clips)
    page.wait_for_selector("button:has-text('Convert 3 files')")
    press_on(page, "Convert 3 files")
    until(page, "document.querySelectorAll('li[data-state=queued]').length === 3")
    press_on(page, "Cancel clip-1.mp4")
    page.wait_for_selector("li[data-state=cancelled]")
    press_on(page, "Retry clip-1.mp4")
    until(page, "document.querySelectorAll('li[data-state=queued]').length === 3")
    press_on(page, "Resume")
    until(page, "document.querySelectorAll('li[data-state=done]').length === 3")


def test_a_file_is_verified(page, clips):
    go(page, "verify")
    choose_on(page, "Choose files", clips[0])
    page.wait_for_selector("text=No mark found")


def test_a_second_browser_is_the_camera(page, chromium, running):
    other = chromium.new_context()
    phone = other.new_page()
    phone.goto(f"{running.origin}/camera#token={running.token}")
    phone.wait_for_selector("h1")
    press_on(phone, "Start the camera")
    phone.wait_for_selector("text=Connected.")
    page.wait_for_selector(".picks input")
    press_on(page, "Camera, voice and output")
    page.wait_for_selector("select:has(option[value=browser])")
    focus_on(page, "Camera")
    page.keyboard.type("A phone")
    until(page, "document.querySelector('select:has(option[value=browser])').value === 'browser'")
    press_on(page, "Start")
    phone.wait_for_selector("text=The session sees this camera.")
    page.wait_for_selector("canvas[data-number]")
    press_on(page, "Stop")
    page.wait_for_selector("text=Nothing is on air")
    other.close()


def test_a_choice_of_files_that_is_given_up_closes_no_dialog(page):
    go(page, "personas")
    press_on(page, "Add a persona")
    page.wait_for_selector("dialog[open]")
    page.evaluate("document.querySelector('dialog input').dispatchEvent(new Event('cancel', {bubbles: true}))")
    page.wait_for_selector("dialog[open] button:has-text('Choose files')")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")


def test_focus_returns_to_the_button_that_opened_a_dialog(page):
    go(page, "personas")
    press_on(page, "Add a persona")
    page.wait_for_selector("dialog[open]")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.innerText") == "Add a persona"
