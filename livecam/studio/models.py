"""The bodies of requests and answers, as the OpenAPI file describes them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from livecam.studio.access import Grant

Consent = Literal["own", "consented", "synthetic"]
Name = Annotated[str, Field(min_length=1, max_length=64)]
Id = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


class Body(BaseModel):
    """A request: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class Link(BaseModel):
    """Where more is."""

    self: str
    events: str = "/api/v1/events"


class Login(Body):
    """The token of the address that `livecam studio` printed."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


class Granted(BaseModel):
    """What the cookie or token allows."""

    grants: list[Grant]


class TokenWish(Body):
    """Which grants a program needs; at least one."""

    grants: Annotated[list[Grant], Field(min_length=1, max_length=4)]


class Token(Granted):
    """A token for a program; it is shown once, and ends with the studio."""

    token: str


class Health(BaseModel):
    """That it runs; nothing else."""

    ok: bool


class MachineFacts(BaseModel):
    """The machine and this version."""

    version: str
    machine: dict[str, Any]
    load_1min: float | None


class Device(BaseModel):
    """Something that an option can name."""

    name: str
    label: str


class Devices(BaseModel):
    """What there is on this machine."""

    cameras: list[Device]
    virtual_cameras: list[Device]
    microphones: list[Device]
    engines: list[Device]
    languages: list[str]


class FindingBody(BaseModel):
    """One line of `livecam doctor`."""

    topic: str
    health: Literal["ok", "note", "fail"]
    found: str
    fix: str
    figures: dict[str, Any]


class AnswerBody(BaseModel):
    """One answer to the question of consent."""

    kind: Consent
    short: str
    means: str
    statement: str


class Question(BaseModel):
    """What is asked before a face or voice is first used."""

    question: str
    answers: list[AnswerBody]
    kept: str
    valid_months: int


class Questions(BaseModel):
    """For a face that is shown, a voice, and a face that a model is trained of."""

    face: Question
    voice: Question
    training: Question


class Entry(BaseModel):
    """A persona or voice in a list."""

    name: str
    kind: Consent | None
    expires_at: str | None
    built_in: bool
    trouble: str | None


class PersonaBody(Entry):
    """A persona with its consent record."""

    statement: str
    purpose: str
    scope: str
    given_at: str
    checked: str
    checks: list[str]
    photo_sha256: str
    remarks: list[str]


class VoiceBody(Entry):
    """A voice."""

    pitch_hz: int
    statement: str
    speech_s: float | None = None
    remarks: list[str] = []


class Stated(Body):
    """The answer to the question of consent, as a person stated it.

    Without both there is no persona and no voice.
    """

    consent: Consent | None = Field(None, description="The answer that a person chose. There is no default.")
    statement: str | None = Field(
        None, max_length=500, description="The sentence of GET /consent for that answer, as the person read it."
    )
    agreed_again: bool = Field(False, description="The yes was taken back, and has been given again since.")


class NewPersona(Stated):
    """A persona of an uploaded photo."""

    media: Id
    name: Name | None = None


class NewTraining(Stated):
    """An enrolment of uploaded clips of one person."""

    media: Annotated[list[Id], Field(min_length=1, max_length=20)]
    name: Name


class ModelBody(BaseModel):
    """A trained model: `gain` is the part of the photo's error that is gone."""

    stage: str
    people: list[str]
    gain: float | None
    expires_at: str | None


class TrainedBody(BaseModel):
    """An enrolment, a trained model, or both."""

    name: str
    kind: Consent | None
    enrolled_until: str | None
    has_persona: bool
    model: ModelBody | None
    trouble: str | None


class NewVoice(Stated):
    """A voice of uploaded recordings."""

    media: Annotated[list[Id], Field(min_length=1, max_length=20)]
    name: Name


class CarriedPersona(Stated):
    """A persona that was exported elsewhere.

    An upload that has come whole, and what opens it.
    """

    upload: Id
    passphrase: Annotated[str, Field(max_length=200)]
    name: Name | None = None


class SynthPersona(Body):
    """A face that belongs to no one; the same number gives the same face."""

    seed: Annotated[int, Field(ge=0, le=2**31 - 1)]
    name: Name | None = None


class PhotoCheck(Body):
    """An uploaded photo."""

    media: Id


class PhotoVerdict(BaseModel):
    """Whether a photo serves, and what keeps it from being a good one."""

    remarks: list[str]
    known_as: str | None


class Passphrase(Body):
    """What opens an exported persona."""

    passphrase: Annotated[str, Field(max_length=200)]


class Gone(BaseModel):
    """What was deleted, and names of files outside that links led to."""

    gone: list[str]
    left: list[str]


class UploadWish(Body):
    """A file that is going to come."""

    length: Annotated[int, Field(ge=0, le=2**53)]
    name: Annotated[str, Field(max_length=500)] = "unnamed"


class UploadBody(BaseModel):
    """An upload: `media` once it is whole and was looked at."""

    id: str
    name: str
    length: int
    offset: int
    links: Link


class MediaBody(BaseModel):
    """A file: an upload, a result or a recording."""

    id: str
    label: str
    origin: Literal["upload", "job", "recording"]
    job: str | None
    bytes: int
    sha256: str
    kind: Literal["still", "video", "sound", "data"]
    width: int
    height: int
    rate_hz: float
    length_s: float
    has_sound: bool
    created_at: str


class NewJob(Body):
    """Work for the queue."""

    kind: Annotated[str, Field(max_length=64)]
    media: Annotated[list[Id], Field(max_length=100)] = []
    settings: Annotated[dict[str, str | int | float | bool], Field(max_length=40)] = {}


class ProgressBody(BaseModel):
    """How far a job is."""

    share: float | None
    doing: str
    left_s: float | None


class FailureBody(BaseModel):
    """Why it failed, in the words of the command line."""

    says: str
    hint: str
    exit_code: int


class JobBody(BaseModel):
    """A job; `results` are media, and so are its inputs where they were uploaded."""

    id: str
    kind: str
    inputs: list[str]
    media: list[str]
    settings: dict[str, Any]
    state: Literal["queued", "running", "cancelling", "done", "failed", "cancelled"]
    progress: ProgressBody
    attempts: int
    results: list[str]
    verdict: dict[str, Any] | None
    result: dict[str, Any] | None
    failure: FailureBody | None
    created_at: str
    changed_at: str
    links: Link


class JobList(BaseModel):
    """Jobs, newest first, and how the queue is."""

    jobs: list[JobBody]
    queue: Literal["runs", "paused", "elsewhere"]


class QueueBody(BaseModel):
    """How the queue is."""

    queue: Literal["runs", "paused", "elsewhere"]


class LiveWish(Body):
    """What a session is to be.

    The settings of `livecam run`, as far as a page may name them.
    """

    settings: Annotated[dict[str, str | int | float | bool], Field(max_length=40)]


class LiveBody(BaseModel):
    """The session: what it is, what is on, its last figures."""

    state: Literal["off", "starting", "running", "stopping", "failed"]
    settings: dict[str, Any]
    controls: dict[str, Any]
    figures: dict[str, Any]
    facts: dict[str, Any]
    failed: dict[str, Any] | None
    restarted: bool = False


class LanBody(BaseModel):
    """The studio on the local network."""

    on: bool
    address: str | None
    fingerprint: str | None
