import pytest

import livecam
from livecam.core.errors import UsageError


def test_an_unknown_setting_is_named_with_those_there_are():
    with pytest.raises(UsageError, match="colour") as caught:
        livecam.open(colour="red")
    assert "persona" in caught.value.help_text


def test_a_wrong_setting_is_refused_before_anything_opens():
    with pytest.raises(UsageError, match="strength"):
        livecam.open(persona="nobody", strength=3)


def test_the_exported_names_are_the_promised_ones():
    assert sorted(livecam.__all__) == ["__version__", "open"]
