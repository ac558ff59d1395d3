"""Whatever stands in a profile, in an option or as a name, the answer is ours: two lines, and nothing unexpected.

`LIVECAM_FUZZ_EXAMPLES=2000 pytest tests/unit/cli/test_fuzz_settings.py` looks longer than `make test` does.
"""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecam.config.setting_values import SETTINGS
from livecam.config.settings import Settings

EXAMPLES = int(os.environ.get("LIVECAM_FUZZ_EXAMPLES", "60"))
FUZZED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize="LIVECAM_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KNOWN_CODES = (0, 1, 2, 3, 4, 5)
# Nothing that would open a device or begin to work: only what the settings and names are is asked.
ODD = st.sampled_from(
    (
        *(
            "",
            ".",
            "..",
            "/",
            "~",
            "~unknown-user/x",
            "a" * 255,
            "a" * 300,
            "a/" * 3000,
            "rec-10:30.mp4",
            "a\nb",
            "a\0b",
        ),
        *("\udcff\udcfe.mp4", "\x1b[31mred", "мария", "李明.wav", "-", "--", "-1", "NaN", "1e999", "9" * 5000, "nul"),
        *("/proc/x.json", "/dev/full", "/dev/null", "file:", "file:x", "file:/proc/x.mp4", "onnx:", "grpc://"),
        *("file:" + "a" * 300 + ".mp4", "C:\\x.mp4", "onnx:" + "a" * 300),
    )
)
WORDS = ODD | st.text(max_size=40) | st.builds(os.fsdecode, st.binary(max_size=40))
VALUES = st.recursive(
    st.integers() | st.floats() | st.booleans() | st.text(max_size=30).map(repr) | WORDS.map(repr),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(map(str, items))}]"),
    max_leaves=5,
)
LINES = st.builds("{} = {}".format, st.sampled_from([*SETTINGS, "colour", "camera.x"]), VALUES)
MONSTERS = st.sampled_from(
    (
        *(b"x = " + b"[" * 100_000, b"x = " + b"{a=" * 5000, b"camera = " + b"9" * 5000, b"#" * 2_000_000),
        *(b"camera = 0x" + b"f" * 5000, b"fps = 1" + b"_0" * 3000, b"fps = " + b"0x" + b"f" * 4000),
        *(b"\xef\xbb\xbfcamera = 1", b"\xff\xfec\x00", b"[[a]]\n" * 5000, b"[" + b"a." * 20_000 + b"a]"),
        b'record = "a\\u0000b"',
    )
)
TEXTS = st.lists(LINES, max_size=6).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))
PROFILES = TEXTS | st.binary(max_size=300) | MONSTERS


def assert_ours(said) -> None:
    assert said.code in KNOWN_CODES, said
    assert "unexpected" not in said.err, said.err
    assert "Traceback" not in said.err
    lines = said.err.splitlines()
    assert not lines or (len(lines) == 2 and lines[0].startswith("livecam: ") and lines[1].startswith("  ")), lines


@given(profile=PROFILES, bom=st.booleans())
@FUZZED
def test_any_profile_is_settings_or_two_lines(livecam, tmp_path, profile, bom):
    (tmp_path / "livecam.toml").write_bytes(b"\xef\xbb\xbf" * bom + profile)
    said = livecam("config", "show", "--profile", "livecam.toml")
    assert said.code in (0, 2)
    assert_ours(said)


@given(key=st.sampled_from(list(SETTINGS)), value=WORDS)
@FUZZED
def test_any_option_is_a_setting_or_two_lines(livecam, key, value):
    said = livecam("config", "show", f"--{key}={value}")
    assert said.code in (0, 2)
    assert_ours(said)


COMMANDS = [
    line.split()
    for line in """
    persona show {}
    persona remove {}
    persona revoke {}
    persona renew {}
    persona add {} --consent own
    persona export {} {} --passphrase-file {}
    persona import {} --passphrase-file {}
    persona list --data-folder {}
    voice show {}
    voice remove {}
    voice enrol {} {} --consent own
    voice add {} {} --consent own
    voice convert {} {} --voice {}
    voice convert in.wav {} --voice cedar
    voice list --data-folder {}
    replay {} --persona {} --out {}
    run --persona robin --camera {}.mp4 --record {}
    run --persona {} --camera {}.mp4 --json {}
    run --face {} --camera {}.mp4
    run --persona robin --camera {}.mp4 --sink file:{}
    bench compare {} {}
    verify {}.mp4 --plot {}
    sign {}
    models check {}
    calibrate quantise {} --out {}
    config show --profile {}
    {}
    persona {}
    """.strip().splitlines()
]


@given(words=st.sampled_from(COMMANDS), names=st.lists(WORDS, min_size=3, max_size=3))
@FUZZED
def test_any_name_is_taken_or_two_lines(livecam, words, names):
    given_names = iter(names)
    said = livecam(*(word.replace("{}", next(given_names)) if "{}" in word else word for word in words))
    assert_ours(said)


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        (b"\xef\xbb\xbfcamera = 3", None),
        (b"x = " + b"[" * 100_000, "nested too deeply"),
        (b"camera = " + b"9" * 5000, "is not TOML"),
        (b"camera = 0x" + b"f" * 5000, "camera must be an index"),
        (b"#" * 2_000_000, "larger than"),
    ],
    ids=["mark", "nesting", "digits", "hexadecimal", "size"],
)
def test_a_profile_that_is_odd_is_read_or_named(livecam, tmp_path, profile, said):
    (tmp_path / "livecam.toml").write_bytes(profile)
    answer = livecam("config", "show", "--profile", "livecam.toml")
    assert_ours(answer)
    assert answer.code == (0 if said is None else 2)
    assert (said or "camera") in (answer.err if said else answer.out)


def test_settings_hold_no_null():
    from livecam.core.errors import UsageError

    with pytest.raises(UsageError):
        Settings(camera="a\0b")
    assert Settings(record=Path("a")).record == Path("a")
