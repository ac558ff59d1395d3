"""The page is there before the API's libraries are, and what it shows first is asked for once."""

import asyncio
from threading import Event

import pytest
from starlette.responses import PlainTextResponse

from livecam.core.errors import PersonaError
from livecam.studio.access import Access
from livecam.studio.guard import Guard
from livecam.studio.late_api import LateApi
from livecam.studio.page import Page
from tests.unit.studio.conftest import HOST


class SlowApi(LateApi):
    """An API that loads when the test lets it."""

    def __init__(self):
        super().__init__(None)
        self.may_load = Event()

    def _load(self):
        assert self.may_load.wait(60)
        return PlainTextResponse("the API")


async def ask(app, path):
    said = []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "headers": [(b"host", HOST.encode())],
        "query_string": b"",
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        said.append(message)

    await app(scope, receive, send)
    return said[0]["status"], b"".join(message.get("body", b"") for message in said)


def test_the_page_answers_while_the_api_still_loads():
    api = SlowApi()
    app = Guard(Page(api), Access(8000), [HOST])

    async def both():
        health = asyncio.ensure_future(ask(app, "/api/v1/health"))
        status, shell = await ask(app, "/")
        assert status == 200 and b"modulepreload" in shell and not health.done()
        api.may_load.set()
        return await health

    assert asyncio.run(both()) == (200, b"the API")


def test_the_server_starts_without_the_libraries_of_the_api():
    import subprocess
    import sys

    heavy = ("fastapi", "pydantic", "numpy", "cv2", "cryptography")
    modules = "livecam.config.settings, livecam.studio.server"
    code = f"import sys, {modules}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


class CountingHelper:
    """Answers once it is let, and counts what it was asked."""

    def __init__(self, error=None):
        self.asked, self.error, self.may_answer = 0, error, asyncio.Event()

    async def ask(self, do, **words):
        self.asked += 1
        await self.may_answer.wait()
        if self.error is not None:
            raise self.error
        return [do]


def test_two_who_ask_at_the_same_time_share_one_answer(studio):
    async def ask_twice():
        studio.helper = CountingHelper()
        studio.warm_up()
        asked = [asyncio.ensure_future(studio.cached_answer("personas")) for _ in range(2)]
        await asyncio.sleep(0)
        studio.helper.may_answer.set()
        assert [await each for each in asked] == [["personas"], ["personas"]]
        return studio.helper.asked

    assert asyncio.run(ask_twice()) == 2, "one for personas, one for voices"


def test_a_failure_is_not_kept_as_an_answer(studio):
    async def ask_again():
        studio.helper = CountingHelper(PersonaError("no", advice="yes"))
        studio.helper.may_answer.set()
        for _ in range(2):
            with pytest.raises(PersonaError):
                await studio.cached_answer("personas")
        return studio.helper.asked

    assert asyncio.run(ask_again()) == 2


def test_an_answer_that_was_on_its_way_when_something_changed_is_not_kept(studio):
    async def change_on_the_way():
        studio.helper = CountingHelper()
        first = asyncio.ensure_future(studio.cached_answer("personas"))
        await asyncio.sleep(0)
        studio.forget("persona", "me", "added")
        studio.helper.may_answer.set()
        await first
        await studio.cached_answer("personas")
        return studio.helper.asked

    assert asyncio.run(change_on_the_way()) == 2
