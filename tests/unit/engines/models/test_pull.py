"""A model is fetched from a real server in full or not at all, goes on where it was cut off, and is verified."""

import hashlib
from dataclasses import replace

import pytest

from engines.models.download import Limits, download
from engines.models.pull import is_here, pull
from engines.store.catalogue import Entry
from engines.store.pins import Pins
from livecam.core.errors import EngineError, OutputError
from tests import swap_models as tiny
from tests.unit.engines.models.server import Shelf, serving


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> bytes:
    """A model of half a megabyte and more."""
    return tiny.inswapper(tmp_path_factory.mktemp("model") / "a.onnx").read_bytes()


@pytest.fixture
def shelf(model):
    with serving(Shelf(model)) as shelf:
        yield shelf


@pytest.fixture
def entry(shelf, model) -> Entry:
    return Entry("tiny", "a test", "swap", shelf.url, "tiny.onnx", "free", "https://example.org", True, len(model),
                 hashlib.sha256(model).hexdigest(), {"target": (1, 3, 128, 128), "source": (1, 512)})  # fmt: skip


@pytest.fixture
def reported() -> list[tuple[int, int]]:
    return []


def teller(reported):
    return lambda done, whole: reported.append((done, whole))


def test_a_model_is_fetched_verified_and_put_in_its_place(entry, model, tmp_path, reported):
    pulled = pull(entry, tmp_path / "models", teller(reported))
    assert (pulled.path, pulled.fetched, pulled.pinned) == (tmp_path / "models" / "tiny.onnx", True, "")
    assert pulled.path.read_bytes() == model
    assert reported[-1] == (len(model), len(model)) and reported == sorted(reported) and len(reported) > 2
    assert sorted(path.name for path in pulled.path.parent.iterdir()) == ["pulled.json", "tiny.onnx"]


def test_what_is_here_is_not_fetched_again_unless_asked(entry, shelf, tmp_path, reported):
    for again, fetched in ((False, True), (False, False), (True, True)):
        assert pull(entry, tmp_path, teller(reported), again).fetched is fetched
    assert shelf.asked == [None, None]
    assert is_here(entry, tmp_path)


@pytest.mark.parametrize("states_size", [True, False])
def test_a_download_that_was_cut_off_goes_on(entry, shelf, model, tmp_path, reported, states_size):
    shelf.cut_at, cut = 300_000, 300_000
    wanted = entry if states_size else replace(entry, bytes=0)
    with pytest.raises(EngineError, match=f"stopped at {cut} of {len(model)} bytes") as error:
        pull(wanted, tmp_path, teller(reported))
    assert "it continues" in error.value.help_text
    assert not is_here(wanted, tmp_path) and not (tmp_path / "tiny.onnx").exists()
    assert pull(wanted, tmp_path, teller(reported)).path.read_bytes() == model
    assert shelf.asked == [None, f"bytes={cut}-"]


def test_a_server_that_knows_no_parts_sends_all_of_it(entry, shelf, model, tmp_path, reported):
    shelf.ranges, shelf.cut_at = False, 300_000
    with pytest.raises(EngineError, match="stopped"):
        pull(entry, tmp_path, teller(reported))
    assert pull(entry, tmp_path, teller(reported)).path.read_bytes() == model


def test_a_part_from_another_place_is_not_glued_on(entry, shelf, tmp_path, reported):
    (tmp_path / "tiny.onnx.part").write_bytes(shelf.content[:1000])
    shelf.moves = 7
    with pytest.raises(EngineError, match="another part than was asked for"):
        pull(entry, tmp_path, teller(reported))


def test_a_part_that_is_longer_than_the_file_is_begun_again(entry, shelf, model, tmp_path, reported):
    (tmp_path / "tiny.onnx.part").write_bytes(model + b"more")
    assert pull(replace(entry, bytes=0), tmp_path, teller(reported)).path.read_bytes() == model


def test_a_part_that_is_all_there_only_needs_to_be_verified(entry, shelf, model, tmp_path, reported):
    (tmp_path / "tiny.onnx.part").write_bytes(model)
    assert pull(entry, tmp_path, teller(reported)).fetched
    assert shelf.asked == []


def test_another_file_than_was_stated_is_deleted(entry, shelf, tmp_path, reported):
    shelf.content = bytes(reversed(shelf.content))
    with pytest.raises(EngineError, match="is not the file it should be: sha256"):
        pull(entry, tmp_path, teller(reported))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("silent", [True, False])
def test_a_file_that_is_too_large_is_not_taken(entry, shelf, tmp_path, reported, silent):
    shelf.silent_size = silent
    with pytest.raises(EngineError, match="where 1000 are the most"):
        pull(replace(entry, bytes=1000), tmp_path, teller(reported))
    assert not (tmp_path / "tiny.onnx").exists()


def test_a_file_of_unknown_size_has_a_limit_too(shelf, tmp_path, reported):
    shelf.silent_size = True
    with pytest.raises(EngineError, match="300000 are the most"):
        download(shelf.url, tmp_path / "a.part", Limits(most_bytes=300_000), teller(reported))


def test_an_unstated_hash_is_pinned_by_the_first_pull(entry, shelf, tmp_path, reported):
    unknown = replace(entry, sha256="", bytes=0)
    with pytest.raises(EngineError, match="no hash of tiny is known") as error:
        pull(unknown, tmp_path, teller(reported))
    assert "--accept-unpinned" in error.value.help_text and shelf.asked == []
    assert pull(unknown, tmp_path, teller(reported), unpinned=True).pinned == entry.sha256
    assert Pins.of(tmp_path).sha256_of_entry("tiny") == entry.sha256
    (tmp_path / "tiny.onnx").unlink()
    shelf.content = shelf.content[:-1] + b"!"
    with pytest.raises(EngineError, match="not the file it should be"):
        pull(unknown, tmp_path, teller(reported))
    assert not is_here(unknown, tmp_path)


def test_what_cannot_be_verified_is_never_put_together_from_parts(entry, shelf, model, tmp_path, reported):
    (tmp_path / "tiny.onnx.part").write_bytes(b"what came from elsewhere")
    assert (
        pull(replace(entry, sha256="", bytes=0), tmp_path, teller(reported), unpinned=True).path.read_bytes() == model
    )
    assert shelf.asked == [None]


@pytest.mark.parametrize(
    ("content", "words"), [(b"<html>not today</html>", "no complete ONNX file"), (None, "another model")]
)
def test_what_is_no_such_model_is_not_kept(entry, shelf, tmp_path, reported, content, words):
    shelf.content = content or tiny.livecam(tmp_path / "other.onnx").read_bytes()
    with pytest.raises(EngineError, match=words):
        pull(replace(entry, sha256="", bytes=0), tmp_path / "models", teller(reported), unpinned=True)
    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize(("url", "words"), [("elsewhere", "answers 404"), ("http://127.0.0.1:1/a", "was not reached")])
def test_a_server_that_says_no_or_nothing_is_named(entry, shelf, tmp_path, reported, url, words):
    wanted = replace(entry, url=url if "//" in url else shelf.url.replace("model.onnx", url))
    with pytest.raises(EngineError, match=words):
        pull(wanted, tmp_path, teller(reported))


def test_a_changed_file_is_noticed_and_a_touched_one_is_not(entry, tmp_path, reported):
    path = pull(entry, tmp_path, teller(reported)).path
    path.touch()
    Pins.of(tmp_path).check(path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(EngineError, match="not the file that was pulled") as error:
        Pins.of(tmp_path).check(path)
    assert error.value.help_text == "livecam models pull tiny --again"
    Pins.of(tmp_path).check(tmp_path / "mine.onnx")


def test_broken_pins_are_named(tmp_path):
    (tmp_path / "pulled.json").write_text("[1]")
    with pytest.raises(EngineError, match=r"pulled\.json cannot be read"):
        Pins.of(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(shelf, tmp_path, reported):
    with pytest.raises(OutputError, match="cannot be written"):
        download(shelf.url, tmp_path / "nowhere" / "a.part", Limits(10**9), teller(reported))


def test_a_redirect_to_an_unencrypted_address_is_not_followed(entry, shelf, tmp_path, reported):
    shelf.sends_on_to = "http://example.org/model.onnx"
    with pytest.raises(EngineError, match=r"sends on to http://example\.org/model\.onnx, which is not https"):
        pull(entry, tmp_path, teller(reported))
