"""A trained model runs only while every consent behind it holds, and only as the file that was signed."""

import pytest

from livecam.core.errors import ConsentError, PersonaError
from livecam.core.persona import PersonaKind
from livecam.personas.model_store import MODEL, ModelStore
from livecam.personas.training_store import MATERIAL, TrainingStore

FACES, OTHER_FACES, NETWORK = b"pictures of a face", b"pictures of another", b"an ONNX file"


@pytest.fixture
def training(tmp_path, calendar):
    return TrainingStore(tmp_path / "data", calendar)


@pytest.fixture
def models(tmp_path, calendar):
    return ModelStore(tmp_path / "data", calendar)


@pytest.fixture
def people(training):
    training.save("sam", FACES, PersonaKind.CONSENTED, ("clip of sam",))
    training.save("me", OTHER_FACES, PersonaKind.OWN, ("clip of me",))
    return {name: training.check(name) for name in ("sam", "me")}


@pytest.fixture
def trained(models, people):
    models.save("sam", NETWORK, people, "network", {"photo": 0.2, "model": 0.1})
    return models


def test_what_was_enrolled_is_loaded_again(training, people):
    record, data = training.load("sam")
    assert data == FACES and record.kind is PersonaKind.CONSENTED
    assert "train a model" in record.statement


def test_a_model_is_loaded_with_its_figures(trained):
    stored = trained.load("sam")
    assert stored.data == NETWORK
    assert stored.record.figures == {"photo": 0.2, "model": 0.1}
    assert stored.record.people == ("sam", "me")


def test_an_exchanged_file_does_not_run(trained):
    (trained.folder_of("sam") / MODEL).write_bytes(b"another network")
    with pytest.raises(ConsentError, match="is not the one"):
        trained.load("sam")


def test_exchanged_pictures_are_not_trained_with(training, people):
    (training.folder_of("sam") / MATERIAL).write_bytes(OTHER_FACES)
    with pytest.raises(ConsentError, match="is not the one"):
        training.load("sam")


def test_an_edited_record_does_not_count(trained):
    path = trained.folder_of("sam") / "record.json"
    path.write_text(path.read_text().replace('"network"', '"nettwork"'))
    with pytest.raises(ConsentError, match="changed after it was signed"):
        trained.load("sam")


@pytest.mark.parametrize("person", ["sam", "me"])
def test_no_model_runs_after_one_of_its_people_took_it_back(trained, training, people, person):
    training.revoke(person)
    with pytest.raises(PersonaError):
        trained.load("sam")


def test_a_revoked_model_that_is_put_back_does_not_run(trained, training, people):
    folder = trained.folder_of("sam")
    kept = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert trained.revoke_of("me", people["me"]) == ("sam",)
    training.revoke("me")
    folder.mkdir()
    for name, data in kept.items():
        (folder / name).write_bytes(data)
    with pytest.raises(ConsentError):
        trained.load("sam")


def test_revoked_clips_are_not_enrolled_again(training, people):
    training.revoke("sam")
    with pytest.raises(ConsentError, match="was taken back"):
        training.save("sam-again", FACES, PersonaKind.CONSENTED, ("clip of sam",))


def test_a_clip_revoked_for_training_may_still_be_shown(training, people, store):
    training.revoke("sam")
    assert store.revocations.find(("clip of sam",)) is None


def test_a_model_ends_with_its_first_consent(trained, training, calendar):
    calendar.pass_days(300)
    training.save("me", OTHER_FACES, PersonaKind.OWN, ("clip of me",))
    calendar.pass_days(70)
    with pytest.raises(ConsentError, match="the consent to train sam"):
        trained.load("sam")


def test_a_model_of_another_name_does_not_run(trained, tmp_path):
    trained.folder_of("sam").rename(trained.folder_of("sam").with_name("kim"))
    with pytest.raises(ConsentError, match="was given for sam"):
        trained.load("kim")


def test_enrolments_have_names(training):
    with pytest.raises(PersonaError, match="cannot name"):
        training.save("../me", FACES, PersonaKind.OWN, ())
