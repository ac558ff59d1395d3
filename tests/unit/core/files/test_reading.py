"""A file that a user names is read only where it is a plain one, of a size, nested to a depth."""

import ast
import hashlib
import os
import socket
from pathlib import Path

import pytest

from livecam.core.files.reading import hash_plain, open_regular, parse_json, parse_toml, read_at_most

READ = (open_regular, hash_plain, lambda path: read_at_most(path, 10))


def make_pipe(path):
    os.mkfifo(path)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def link_to(place):
    return lambda path: path.symlink_to(place)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes with names")
@pytest.mark.parametrize("make", [make_pipe, make_socket, Path.mkdir, *map(link_to, ("/dev/zero", "/dev/null", "."))])
@pytest.mark.parametrize("read", READ)
def test_what_is_no_plain_file_is_refused_at_once(tmp_path, make, read):
    make(tmp_path / "odd")
    with pytest.raises(OSError, match=r"plain file|No such device|is a directory") as refused:
        read(tmp_path / "odd")
    assert refused.value.strerror


def test_a_plain_file_is_read_also_through_a_link(tmp_path):
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "b").symlink_to("a")
    assert read_at_most(tmp_path / "b", 4) == b"text"
    assert hash_plain(tmp_path / "b") == hashlib.sha256(b"text").hexdigest()


def test_what_is_larger_than_it_may_be_is_not_read(tmp_path):
    (tmp_path / "a").write_bytes(bytes(11))
    assert read_at_most(tmp_path / "a", 11) == bytes(11)
    with pytest.raises(ValueError, match="larger than 10"):
        read_at_most(tmp_path / "a", 10)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 5000, "", "{", "\ud800"])
def test_json_of_any_shape_is_a_value_or_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


@pytest.mark.parametrize(("parse", "text"), [(parse_json, "1" * 5000), (parse_toml, "x=" + "1" * 5000)])
def test_a_long_number_is_said_without_the_words_of_python(parse, text):
    with pytest.raises(ValueError, match="too many digits"):
        parse(text)


@pytest.mark.parametrize("text", ["x=" + "[" * 100_000, "x=" + "1" * 5000, "x=[", "a.b=1\na=2"])
def test_toml_of_any_shape_is_a_value_or_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        parse_toml(text)


def test_plain_types_come_out_of_both():
    assert parse_json(b'{"a": [1]}') == {"a": [1]} and parse_toml("a = [1]") == {"a": [1]}


def test_json_and_toml_are_parsed_at_one_place_alone():
    root = Path(__file__).parents[4]
    found = [
        f"{path.relative_to(root)}:{call.lineno}"
        for room in ("livecam", "engines", "calibration", "trainer")
        for path in sorted((root / room).rglob("*.py"))
        if path.name != "reading.py" or path.parent.name != "files"
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Attribute) and ast.unparse(call) in ("json.loads", "json.load", "tomllib.loads")
    ]
    assert not found, "a text that is nested too deeply ends these with an unexpected error"
