"""The list of models: complete, honest about what is not known, and open to a list of the user's own."""

import pytest

from engines.models.console import describe_licence
from engines.store.catalogue import read_catalogue
from livecam.core.errors import EngineError

OWN = """
[mine]
about = "mine"
purpose = "swap"
url = "https://example.org/mine.onnx"
file = "mine.onnx"
licence = "mine"
terms = "https://example.org"
"""


def test_every_shipped_entry_can_be_fetched_read_about_and_distinguished():
    known = read_catalogue()
    assert {"inswapper-128", "gfpgan-1.4"} <= known.keys()
    assert len({entry.file for entry in known.values()}) == len(known)
    for entry in known.values():
        assert entry.url.startswith("https://") and entry.terms.startswith("https://")
        assert entry.licence and not entry.commercial
        assert set(entry.needs) <= known.keys()
        assert len(entry.sha256) in (0, 64)


def test_the_users_own_list_comes_last_and_wins(tmp_path):
    own = tmp_path / "models.toml"
    own.write_text(OWN + OWN.replace("[mine]", "[gpen-256]"))
    known = read_catalogue(own)
    assert known["mine"].sha256 == "" and known["gpen-256"].about == "mine"
    assert [name for name, entry in known.items() if entry.replaces] == ["gpen-256"]
    assert "in place of livecam's own" in describe_licence(known["gpen-256"])
    assert "in place of" not in describe_licence(known["mine"])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [('about = "mine"', "", "lacks about"), ("about", "abuot", "lacks about"), ('"swap"', '"sing"', "purpose must be"),
     ('"mine.onnx"', '"../mine.onnx"', "plain name"), ("https://example.org/mine", "file:///etc", "url must begin"),
     ("https://example.org/mine", "http://example.org/mine", "url must begin"),
     ('licence = "mine"', 'licence = "x"\nsha256 = "abc"', "64 digits"), ("[mine]", "[mine", "models.toml"),
     ('licence = "mine"', 'licence = "x"\nbytes = -1', "bytes must be"), ("[mine]", "mine = 3\n[other]", "models.toml"),
     ('licence = "mine"', 'licence = "x"\nneeds = ["gone"]', "needs an unknown gone"),
     ('licence = "mine"', 'licence = "x"\nfast = true', "unknown words: fast")],
)  # fmt: skip
def test_a_wrong_entry_is_named_with_its_place(tmp_path, old, new, words):
    own = tmp_path / "models.toml"
    own.write_text(OWN.replace(old, new, 1))
    with pytest.raises(EngineError, match=words) as error:
        read_catalogue(own)
    assert "models.toml" in str(error.value)


def test_a_list_that_is_no_text_is_named(tmp_path):
    own = tmp_path / "models.toml"
    own.write_bytes(b"\xff\xfe")
    with pytest.raises(EngineError, match="cannot be read"):
        read_catalogue(own)


@pytest.mark.parametrize("value", ["1", "true", "[1]", "{}", "nan", "1979-05-27", "[[]]", "{a = 1}", '"\\u001b"'])
@pytest.mark.parametrize("key", ["about", "purpose", "url", "file", "licence", "terms", "bytes", "sha256", "commercial",
                                 "shapes", "family", "needs"])  # fmt: skip
def test_a_value_of_another_type_is_named_or_can_be_listed(tmp_path, key, value):
    own = tmp_path / "models.toml"
    own.write_text("".join(line + "\n" for line in OWN.splitlines() if not line.startswith(key)) + f"{key} = {value}\n")
    try:
        known = read_catalogue(own)
    except EngineError as error:
        assert "models.toml" in str(error)
    else:
        assert describe_licence(known["mine"])


@pytest.mark.parametrize("file", ["pulled.json", "models.toml", ".onnx", "", "a", "a.onnx/", "C:a.txt"])
def test_a_model_cannot_take_the_place_of_another_file(tmp_path, file):
    (tmp_path / "models.toml").write_text(OWN.replace('mine.onnx"\nlic', f'{file}"\nlic'))
    with pytest.raises(EngineError, match="plain name"):
        read_catalogue(tmp_path / "models.toml")


def test_a_list_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "models.toml").write_text(OWN, encoding="utf-8-sig")
    assert "mine" in read_catalogue(tmp_path / "models.toml")
