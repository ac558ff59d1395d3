"""What a live session draws, and what its marks say of it.

Both change in the same picture.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Final, get_args

from livecam.app.components import Components
from livecam.app.no_camera import check_mode
from livecam.app.pipeline import payload_of, vouched_for
from livecam.core.errors import UsageError
from livecam.core.label import Mode
from livecam.core.payload import MarkPayload
from livecam.core.persona import Persona, VerifiedPersona
from livecam.video.head.cutout import HeadCutout, cut_out_head
from livecam.video.pipeline.frame_pipeline import Appearance, FramePipeline

_MODES: Final[Mapping[str, Mode]] = {name: name for name in get_args(Mode)}


class LiveAppearance:
    """The controls of the picture.

    Every one takes effect between two pictures; none is dropped for it.
    """

    def __init__(
        self, step: FramePipeline, parts: Components, persona: VerifiedPersona, camera: str, session: int
    ) -> None:
        """Take what is drawn at the start.

        Args:
            step: Draws it.
            parts: As opened.
            persona: Who is drawn.
            camera: As the settings name it: without one there is no face to draw on.
            session: The session's number in the marks.
        """
        self._step, self._parts, self._camera, self._session = step, parts, camera, session
        self._persona = persona
        self._changing = Lock()

    def check_consent(self) -> None:
        """Check the record of the persona that is shown.

        Raises:
            ConsentError: It is not valid any more.
        """
        self._persona.check()

    def mirror(self, on: bool) -> None:
        """Mirror the picture."""
        self.change(lambda look: replace(look, mirror=on))

    def strength(self, share: float) -> None:
        """Draw more or less of the persona's identity, 0..1."""
        self.change(lambda look: replace(look, strength=min(max(share, 0.0), 1.0)))

    def mode(self, name: str) -> None:
        """Draw the persona in another mode.

        Raises:
            UsageError: There is no such mode, no camera to draw on, or heads are asked for in a session without them.
        """
        mode = _MODES.get(name)
        if mode is None:
            raise UsageError(f"there is no mode {name!r}", advice=f"choose one of: {', '.join(_MODES)}")
        check_mode(self._camera, name)
        if mode == "head" and self._parts.segmenter is None:
            raise UsageError("this session was opened without heads", command="livecam run --mode head")
        payload = self._payload_of(self._persona, mode)
        self.change(lambda look: replace(look, mode=mode, payload=payload))

    def use(self, persona: Persona) -> None:
        """Show another persona.

        Raises:
            ConsentError: The persona is not one that the store vouches for; the old persona stays.
            PhotoError: Its photo cannot be used; the old persona stays.
        """
        verified = vouched_for(persona)
        texture, head = self._parts.engine.prepare(persona), self._head_of(persona)
        self._persona = verified

        def shown(look: Appearance) -> Appearance:
            payload = self._payload_of(persona, look.mode)
            return replace(look, name=persona.name, texture=texture, photo=persona.photo, head=head, payload=payload)

        self.change(shown)

    def change(self, how: Callable[[Appearance], Appearance]) -> None:
        """Replace what is drawn; parallel changes do not undo each other."""
        with self._changing:
            self._step.look = how(self._step.look)

    def _payload_of(self, persona: Persona, mode: Mode) -> MarkPayload:
        return payload_of(persona, self._session, mode, voice=self._parts.voice is not None)

    def _head_of(self, persona: Persona) -> HeadCutout | None:
        """Return the persona's head; None where the session was not opened for heads."""
        segmenter = self._parts.segmenter
        return None if segmenter is None else cut_out_head(persona.photo, segmenter)
