"""What the helper does: a persona comes in with a statement, and no path of the server is said."""

import pytest

from livecam.core.errors import ConsentError, PersonaError
from livecam.personas.archive import encrypt, pack_persona
from livecam.personas.generated import save_generated
from livecam.personas.store import PersonaStore
from livecam.studio.helper import lists
from livecam.studio.helper.actions import ACTIONS, action_named
from livecam.studio.helper.main import answered

WORDS = "four quiet garden chairs"


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_every_action_is_a_function(name):
    assert callable(action_named(name))


def test_an_action_that_fails_says_the_two_lines(tmp_path):
    said = answered("persona", tmp_path, {"name": "no-such"})
    assert said["error"] == "PersonaError" and said["says"] and said["hint"]


@pytest.fixture
def exported(tmp_path):
    """Return a file with a persona of another computer."""
    elsewhere = PersonaStore(tmp_path / "elsewhere")
    name = save_generated(7, "guest", elsewhere).name
    file = tmp_path / "upload.part"
    file.write_bytes(encrypt(pack_persona(name, elsewhere), WORDS))
    return file


def words_for(file, **changed):
    statement = next(
        each["statement"] for each in lists.questions(file.parent)["face"]["answers"] if each["kind"] == "synthetic"
    )
    asked = {"path": str(file), "file_name": "guest.age", "passphrase": WORDS, "name": None}
    return {**asked, "consent": "synthetic", "statement": statement, **changed}


@pytest.mark.slow
def test_an_exported_persona_comes_in_with_a_statement_and_not_without(tmp_path, exported):
    take_in, here = action_named("persona-import"), tmp_path / "here"
    with pytest.raises(ConsentError):
        take_in(here, **words_for(exported, consent=None, statement=None))
    with pytest.raises(ConsentError, match="statement was not made"):
        take_in(here, **words_for(exported, statement="yes"))
    with pytest.raises(PersonaError, match=r"^guest\.age is not opened") as refused:
        take_in(here, **words_for(exported, passphrase="another passphrase"))
    assert str(tmp_path) not in str(refused.value)
    made = take_in(here, **words_for(exported))
    assert made["name"] == "guest" and any("not this install" in remark for remark in made["remarks"])
    with pytest.raises(PersonaError, match="here already"):
        take_in(here, **words_for(exported))
