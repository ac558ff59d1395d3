"""What people do with the page."""

import os
import signal
from pathlib import Path

import pytest

from tests.browser.conftest import go, until


def children_of(pid: int, name: str) -> list[int]:
    started = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")).split()
    return [int(each) for each in started if name in Path(f"/proc/{each}/cmdline").read_text()]


def test_a_persona_is_added_with_consent_and_revoked(page, photo):
    go(page, "personas")
    page.click("button:has-text('Add a persona')")
    page.set_input_files("dialog input[type=file]", photo)
    page.wait_for_selector("legend:has-text('Who is shown in me.png?')")
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
    page.click("main .top button:has-text('Start')")
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
    page.wait_for_selector("h3:has-text('livecam-2')")


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
    page.click("main .top button:has-text('Start')")
    phone.wait_for_selector("text=The session sees this camera.")
    page.wait_for_selector("canvas[data-number]")
    page.wait_for_selector("text=From a browser's camera")
    page.click("main .top button:has-text('Stop')")
    page.wait_for_selector("text=Nothing is on air")
    page.select_option("select:has(option[value=browser])", "sample")
    other.close()


def test_a_killed_session_is_said_and_starts_again(page, running):
    go(page, "live")
    page.click("main .top button:has-text('Start')")
    page.wait_for_selector("text=How it runs")
    started = children_of(running.process.pid, "session.main")
    if not started:
        pytest.skip("this system does not list child processes")
    os.kill(started[0], signal.SIGKILL)
    page.wait_for_selector("text=the session's process ended (signal 9)")
    page.wait_for_selector("text=How it runs")
    page.click("main .top button:has-text('Stop')")
    page.wait_for_selector("text=Nothing is on air")


def test_a_persona_is_exported_and_imported_again_with_a_statement(page, second_photo, tmp_path):
    words = "four quiet garden chairs"
    go(page, "personas")
    page.click("button:has-text('Add a persona')")
    page.set_input_files("dialog input[type=file]", second_photo)
    page.check("dialog input[value=synthetic]")
    page.check("dialog .notice input[type=checkbox]")
    page.click("dialog button:has-text('Add persona')")
    page.click("button:has-text('Export guest')")
    page.fill("dialog input[type=password]", words)
    with page.expect_download() as download:
        page.click("dialog button:has-text('Export')")
    download.value.save_as(tmp_path / "guest.age")
    page.click("button:has-text('Delete guest')")
    page.wait_for_selector("text=You have no persona yet")
    page.click("button:has-text('Import')")
    page.set_input_files("dialog input[type=file]", tmp_path / "guest.age")
    page.fill("dialog input[type=password]", words)
    assert page.is_disabled("dialog button:has-text('Import')")
    page.check("dialog input[value=synthetic]")
    page.check("dialog .notice input[type=checkbox]")
    page.click("dialog button:has-text('Import')")
    page.wait_for_selector("section:has(#mine) h3:has-text('guest')")
