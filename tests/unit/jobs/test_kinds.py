"""A request that cannot be done is refused before it is kept."""

import pytest

from livecam.core.errors import UsageError
from livecam.jobs.kinds import check_request, kind_named, kind_names


def test_the_kinds_that_come_with_livecam():
    assert {"replay", "voice-convert", "verify", "sign", "bench", "enrol", "train"} <= set(kind_names())
    assert all(
        kind_named(name).about for name in ("replay", "voice-convert", "verify", "sign", "bench", "enrol", "train")
    )


@pytest.mark.parametrize(
    ("kind", "inputs", "settings", "says"),
    [
        ("no-such", ["/a"], {}, "unknown kind of job"),
        ("verify", [], {}, "takes 1 files, got 0"),
        ("verify", ["/a"], {"persona": "robin"}, "does not take persona"),
        ("replay", ["/a"], {}, "needs persona"),
        ("replay", ["/a"], {"persona": "robin", "strength": 7}, "strength"),
        ("replay", ["/a"], {"persona": "robin", "sink": "file:/etc/x"}, "does not take sink"),
        ("replay", ["/a"], {"persona": "robin", "face": "/etc/x.png"}, "does not take face"),
        ("voice-convert", ["/a"], {}, "needs voice"),
        ("train", [], {}, "needs persona"),
        ("train", ["/a"], {"persona": "robin"}, "takes 0 files, got 1"),
        ("enrol", ["/a"], {"name": "me", "consent": "own"}, "needs statement"),
        ("enrol", ["/a"], {"name": "me", "consent": "any", "statement": "yes"}, "consent"),
    ],
)
def test_a_wrong_request_names_what_is_wrong(kind, inputs, settings, says):
    with pytest.raises(UsageError, match=says):
        check_request(kind, inputs, settings)
