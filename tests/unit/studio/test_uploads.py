"""Uploads resume after any cut, are hashed on the way.

Never become a path of the client's choice.
"""

import asyncio
import hashlib
import random
from contextlib import suppress

import pytest

from livecam.core.errors import CameraError
from livecam.studio.problem import Problem
from livecam.studio.uploads import Uploads
from tests.unit.studio.test_routes import send


async def pieces(data, cut=None, piece=1000):
    for begin in range(0, len(data), piece):
        if cut is not None and begin >= cut:
            raise ConnectionResetError
        yield data[begin : begin + piece]


def test_a_hundred_cuts_at_random_places_resume_and_the_hash_is_right(tmp_path):
    chance, uploads = random.Random(3), Uploads(tmp_path)
    data = chance.randbytes(500_000)
    upload = uploads.create(len(data), "x")

    async def go():
        for _ in range(100):
            offset = uploads.offset(upload)
            with suppress(ConnectionResetError):
                await uploads.append(upload, offset, pieces(data[offset:], cut=chance.randrange(1, 9000)))
        await uploads.append(upload, uploads.offset(upload), pieces(data[uploads.offset(upload) :]))
        return await uploads.finished(upload)

    path, sha256 = asyncio.run(go())
    assert path.read_bytes() == data and sha256 == hashlib.sha256(data).hexdigest()


def test_an_upload_goes_on_after_the_studio_was_restarted(tmp_path):
    data = random.Random(4).randbytes(50_000)
    before = Uploads(tmp_path)
    upload = before.create(len(data), "x")

    async def go(uploads, begin, end):
        await uploads.append(upload, begin, pieces(data[begin:end]))

    asyncio.run(go(before, 0, 20_000))
    after = Uploads(tmp_path)
    assert after.offset(after.get(upload.id)) == 20_000
    asyncio.run(go(after, 20_000, 50_000))
    assert asyncio.run(after.finished(upload))[1] == hashlib.sha256(data).hexdigest()


def test_another_offset_than_the_next_is_refused(tmp_path):
    uploads = Uploads(tmp_path)
    upload = uploads.create(10, "x")
    with pytest.raises(Problem, match="the next byte is 0"):
        asyncio.run(uploads.append(upload, 5, pieces(b"12345")))


def test_more_than_was_announced_is_refused(tmp_path):
    uploads = Uploads(tmp_path)
    upload = uploads.create(3, "x")
    with pytest.raises(Problem, match="more bytes came"):
        asyncio.run(uploads.append(upload, 0, pieces(b"12345")))
    assert uploads.offset(upload) <= 3


def test_a_file_without_space_for_it_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("livecam.studio.uploads.shutil.disk_usage", lambda path: type("Disk", (), {"free": 2 << 30})())
    with pytest.raises(Problem, match="no space"):
        Uploads(tmp_path).create(1, "x")


def test_tus_clients_are_served(client, studio):
    studio.helper.answers["probe"] = CameraError("x", advice="y")
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "6", "Upload-Metadata": "filename Y2xpcC5tcDQ="}
    made = client.post("/api/v1/uploads", headers=headers)
    place = made.headers["location"]
    assert made.status_code == 201 and made.json()["name"] == "clip.mp4"
    raw = {"Content-Type": "application/offset+octet-stream"}
    assert client.patch(place, content=b"abc", headers={**raw, "Upload-Offset": "0"}).headers["upload-offset"] == "3"
    assert client.head(place).headers["upload-offset"] == "3"
    assert client.patch(place, content=b"abc", headers={**raw, "Upload-Offset": "0"}).status_code == 409
    assert client.delete(place).status_code == 204 and client.head(place).status_code == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\..\\x", "a\0b", "x" * 400, "", "."])
def test_a_clients_name_is_a_label_and_never_a_path(client, studio, name):
    media = send(client, studio, name=name).json()
    assert "/" not in media["label"] and "\\" not in media["label"] and media["label"]
    place = studio.media.folder / media["id"]
    assert sorted(path.name for path in place.iterdir()) == ["content", "facts.json"]
    client.post("/api/v1/verify", json={"media": media["id"]})
    assert all(path.parent == place for path in place.iterdir())


def test_a_file_that_is_not_read_is_refused_and_gone(client, studio):
    made = client.post("/api/v1/uploads", json={"length": 3, "name": "x.m3u8"}).json()
    studio.helper.answers["probe"] = CameraError("x.m3u8 cannot be opened: it is a playlist", advice="use a clip")
    answer = client.put(f"/api/v1/uploads/{made['id']}", content=b"abc")
    assert answer.status_code == 415 and answer.json()["type"] == "unreadable-media"
    assert not list((studio.media.folder).iterdir()) and client.head(f"/api/v1/uploads/{made['id']}").status_code == 404


def test_content_honours_range_and_etag(client, studio):
    media = send(client, studio, b"0123456789").json()
    place = f"/api/v1/media/{media['id']}/content"
    whole, part = client.get(place), client.get(place, headers={"Range": "bytes=2-4"})
    assert whole.headers["etag"] == f'"{hashlib.sha256(b"0123456789").hexdigest()}"'
    assert part.status_code == 206 and part.content == b"234"
    assert client.get(place, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    assert "sandbox" in whole.headers["content-security-policy"]


@pytest.mark.parametrize(
    "value", ["bytes=99-", "bytes=5-2", "bytes=-0", "bytes=" + ",".join("0-1" for _ in range(5000))]
)
def test_a_strange_range_is_refused_or_served_but_never_a_defect(client, studio, value):
    media = send(client, studio, b"0123456789").json()
    answer = client.get(f"/api/v1/media/{media['id']}/content", headers={"Range": value})
    assert answer.status_code in (200, 206, 400, 416)


@pytest.mark.parametrize("media_id", ["../jobs", "%2e%2e%2fjobs", "0" * 15, "0" * 17, "content", "ABCDEF0123456789"])
def test_no_other_name_than_the_servers_own_is_looked_for(client, media_id):
    assert client.get(f"/api/v1/media/{media_id}/content").status_code in (404, 405)


def test_a_body_that_is_too_long_is_refused(client):
    answer = client.put("/api/v1/live", content=b"x" * (2 << 20), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
