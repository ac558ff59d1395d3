"""Follow faces from frame to frame.

It decides when to detect, what to trust, and where a face is at any time.
"""

from collections.abc import Callable, Sequence

from livecam.core.face import FaceBox, FaceMesh, Points
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder
from livecam.video.parallel import InlineParallel, Parallel
from livecam.video.tracking.change_detection import ChangeDetector
from livecam.video.tracking.entering import EdgeWatch
from livecam.video.tracking.finding import NOTHING_KNOWN, FaceFinding
from livecam.video.tracking.plausibility import find_jump, settle_mesh
from livecam.video.tracking.tracker_config import TrackerConfig
from livecam.video.tracking.tracks import Track, TrackedFace, measure_distance, measure_overlap, measure_travel
from livecam.video.tracking.unclear import find_nearest, find_owners, required_score

TWO_FACES, UNFOLLOWED = "two faces", "a face that cannot be followed"
ENTERING = "what may be a face at the picture's edge"
CLEARLY = 0.1


class FaceTracker:
    """Smoothed meshes of the followed faces.

    Attributes:
        seen_ns: `captured_ns` of the frame in which all followed faces were last found; None without a track.
        trouble: Why nothing may be shown although faces are there ("two faces"), or None.
        finding: What the last detection says about the pictures before it.
    """

    def __init__(self, finder: FaceFinder, rules: TrackerConfig, parallel: Parallel | None = None) -> None:
        """Start without a track.

        On `parallel`, the whole frame is searched while the meshes of the followed faces are computed.
        """
        self.seen_ns: int | None = None
        self.trouble: str | None = None
        self.finding = NOTHING_KNOWN
        self._finder, self._rules, self._parallel = finder, rules, parallel or InlineParallel()
        self._tracks: list[Track] = []
        self._doubted: list[Track] = []
        self._changes = ChangeDetector()
        self._whole_ns: int | None = None
        self._last_ns: int | None = None
        self._edges = EdgeWatch(finder, rules)
        self._next_id = self._looks_since_detection = self._calm = 0

    def detect(self, frame: Frame) -> Sequence[TrackedFace]:
        """Run the networks on a frame; return its confirmed faces, smoothed.

        Raises:
            EngineError: A network failed.
        """
        followed = self._expect_boxes(frame)
        return self._detect_faces(frame, self._is_due(frame), lambda: self._has_change(frame, followed))

    def glance(self, frame: Frame) -> Sequence[TrackedFace]:
        """Return the predicted faces if a quick detection confirms them, else detect.

        Raises:
            EngineError: A network failed.
        """
        self.finding = NOTHING_KNOWN
        guesses = self.predict(frame)
        if not guesses or self.trouble:
            return []
        changed = self._has_change(frame, self._expect_boxes(frame))
        due = self._is_due(frame)
        if changed or due:
            return self._detect_faces(frame, due, lambda: changed)
        if not self._agrees(guesses, self._finder.detect(frame, quick=True)):
            return self._detect_faces(frame, due, lambda: True)
        self._looks_since_detection += 1
        return guesses

    def _detect_faces(self, frame: Frame, due: bool, has_change: Callable[[], bool]) -> Sequence[TrackedFace]:
        """Detect the faces of a frame, of all of it when due or when it has changed.

        Without a change, a face found in the whole frame may have been there in earlier quick detections.
        """
        self.finding = NOTHING_KNOWN
        self._looks_since_detection += 1
        due = due or bool(self.trouble) or not self._tracks

        def look() -> tuple[bool, Sequence[FaceBox]]:
            changed = has_change()
            return changed, self._finder.detect(frame, quick=not (due or changed))

        with self._parallel.start(look) as looked:
            self._follow(frame)
            changed, found = looked()
        if due or changed:
            self._look_at_all(frame, found, blind=not changed)
        elif self._doubted or self._has_untracked_face(frame, found):
            self._look_at_all(frame, self._finder.detect(frame), blind=False)
        self._drop_lost()
        if not self._doubted:
            self.seen_ns = frame.captured_ns if self._tracks else None
        return [TrackedFace(t.track_id, t.mesh) for t in self._list_believed()]

    def _is_due(self, frame: Frame) -> bool:
        looks, rules = self._looks_since_detection + 1, self._rules
        late = self._whole_ns is not None and frame.captured_ns - self._whole_ns >= rules.detect_after_ns
        rare = self._last_ns is not None and frame.captured_ns - self._last_ns >= rules.rare_ns
        self._last_ns = frame.captured_ns
        return late or rare or looks >= rules.detect_every

    def _expect_boxes(self, frame: Frame) -> list[Points]:
        """Return where the followed faces are expected in a frame."""
        return [t.predict(frame.captured_ns).box_xyxy for t in self._tracks]

    def _has_change(self, frame: Frame, followed: Sequence[Points]) -> bool:
        """Whether a small face may have come since the last full search.

        What enters at the edge is searched for a while: at first it may be half a face, or less.
        """
        changed = self._changes.has_face_change(frame.pixels, frame.captured_ns, followed, frame.half, frame.quarter)
        return changed or self._edges.unsure(frame.captured_ns)

    def _agrees(self, guesses: Sequence[TrackedFace], boxes: Sequence[FaceBox]) -> bool:
        """Whether a quick detection finds each predicted face and no other."""
        return len(boxes) == len(guesses) and all(
            any(measure_distance(guess.mesh, box) <= self._rules.furthest_guess for box in boxes) for guess in guesses
        )

    def _look_at_all(self, frame: Frame, boxes: Sequence[FaceBox], blind: bool) -> None:
        """Apply a full search to the tracks and to the pictures since the last one."""
        followed = 0 if self._doubted else len(self._tracks)
        known = bool(self._tracks)
        strangers = self._detect(frame, boxes)
        self._changes.settle(frame.captured_ns)
        self._whole_ns = frame.captured_ns
        # What a quick look sees as well was not there before: the looks until now would have found it.
        overlooked = (
            strangers > 0 and blind and followed > 0 and len(self._finder.detect(frame, quick=True)) <= followed
        )
        self._edges.look(frame, self._changes.entered, self._tracks)
        if self._edges.doubted:
            self._worry(self.trouble or ENTERING)
        unsure = self._edges.unsure(frame.captured_ns)
        # The first face in an empty picture is the user's.
        expected = strangers == 0 or (not known and strangers == len(self._tracks))
        self.finding = FaceFinding(expected and not self.trouble, strangers > 0 and known, overlooked, unsure)

    def predict(self, frame: Frame) -> Sequence[TrackedFace]:
        """Return the predicted faces of a frame that is not searched.

        It is empty while one is new, in doubt or too fast.
        """
        if self._doubted or any(t.believed < self._rules.carried_after for t in self._tracks):
            return []
        guesses = [TrackedFace(t.track_id, t.predict(frame.captured_ns)) for t in self._tracks]
        travelled = [measure_travel(t.mesh, guess.mesh) for t, guess in zip(self._tracks, guesses, strict=True)]
        return guesses if max(travelled, default=0.0) <= self._rules.furthest_carried else []

    def _has_untracked_face(self, frame: Frame, boxes: Sequence[FaceBox]) -> bool:
        """Whether a quick detection found an untracked face.

        It must not be shown until the whole frame was searched. A followed face that it found in another place is
        searched there.
        """
        owners = find_owners(boxes, self._tracks, self._rules)
        for box, owner in zip(boxes, owners, strict=True):
            if owner is not None:
                self._reconsider(frame, owner, box)
        return None in owners

    def _reconsider(self, frame: Frame, track: Track, box: FaceBox) -> None:
        """Restart the track from the detector's box if that fits clearly better."""
        if measure_overlap(box.box_xyxy, track.mesh.box_xyxy) >= self._rules.agreement:
            return
        mesh = self._settle(frame, self._finder.mesh(frame, box))
        gain = (
            0.0
            if mesh is None
            else measure_overlap(mesh.box_xyxy, box.box_xyxy) - measure_overlap(track.mesh.box_xyxy, box.box_xyxy)
        )
        if mesh is not None and gain > CLEARLY:
            track.accept(mesh, restart=True)

    def _list_believed(self) -> list[Track]:
        return [t for t in self._tracks if t not in self._doubted]

    def _follow(self, frame: Frame) -> None:
        self._doubted = []
        for track in self._tracks:
            expected = track.predict(frame.captured_ns)
            mesh = self._settle(frame, expected)
            if mesh is not None and find_jump(mesh, expected, self._rules.limits) is None:
                track.accept(mesh)
            else:
                self._doubted.append(track)
        self._drop_duplicates()

    def _drop_duplicates(self) -> None:
        """Drop the younger of two tracks on one face."""
        kept: list[Track] = []
        for track in self._tracks:
            if all(measure_overlap(track.mesh.box_xyxy, k.mesh.box_xyxy) < self._rules.same_face for k in kept):
                kept.append(track)
        self._tracks = kept
        self._doubted = [t for t in self._doubted if t in kept]

    def _detect(self, frame: Frame, boxes: Sequence[FaceBox]) -> int:
        """Apply a full search; return the number of untracked faces."""
        self._looks_since_detection = 0
        strangers = self._confirm(frame, boxes)
        newcomers: list[FaceMesh] = []
        unfollowed = 0
        for box in strangers:
            mesh = self._settle(frame, self._finder.mesh(frame, box))
            if mesh is None or self._has_strayed(mesh, box):
                unfollowed += box.score >= required_score(box, self._tracks, self._rules)
            elif (known := self._nearest(mesh.box_xyxy)) is None:
                newcomers.append(mesh)
            elif known in self._doubted:
                self._trust(known, mesh)
        self._admit(newcomers, unfollowed)
        return len(newcomers) + unfollowed

    def _confirm(self, frame: Frame, boxes: Sequence[FaceBox]) -> list[FaceBox]:
        """Tell every followed face whether the detector finds it.

        Returns:
            The boxes that belong to no track.
        """
        owners = find_owners(boxes, self._tracks, self._rules)
        for track in self._tracks:
            own = [box for box, owner in zip(boxes, owners, strict=True) if owner is track]
            track.unconfirmed = 0 if own else track.unconfirmed + 1
            if own and track not in self._doubted:
                self._reconsider(frame, track, own[0])
            elif own and (mesh := self._settle(frame, self._finder.mesh(frame, own[0]))) is not None:
                self._trust(track, mesh)
        return [box for box, owner in zip(boxes, owners, strict=True) if owner is None]

    def _admit(self, newcomers: list[FaceMesh], unfollowed: int) -> None:
        """Follow new faces, or find trouble in them."""
        gone = [t for t in self._doubted if t.unconfirmed]
        present = len(self._tracks) - len(gone) + len(newcomers) + unfollowed
        most = self._rules.max_faces if self._rules.all_faces else 1
        if present > most:
            self._worry(TWO_FACES if most == 1 else f"more than {most} faces")
        elif unfollowed and self._rules.all_faces:
            self._worry(UNFOLLOWED)
        else:
            self._calm += 1
            if self._calm >= self._rules.calm:
                self.trouble = None
            self._begin(newcomers, gone)

    def _begin(self, newcomers: list[FaceMesh], gone: list[Track]) -> None:
        if newcomers and not self._rules.all_faces:
            self._tracks = [t for t in self._tracks if t not in gone]
            self._doubted = [t for t in self._doubted if t not in gone]
        for mesh in newcomers:
            self._tracks.append(Track(self._next_id, mesh, self._rules.smooth))
            self._next_id += 1

    def _worry(self, trouble: str) -> None:
        self.trouble, self._calm = trouble, 0

    def _trust(self, track: Track, mesh: FaceMesh) -> None:
        track.accept(mesh, restart=True)
        self._doubted.remove(track)

    def _drop_lost(self) -> None:
        for track in self._doubted:
            track.misses += 1
        rules = self._rules
        self._tracks = [t for t in self._tracks if t.misses < rules.patience and t.unconfirmed < rules.unconfirmed]
        self._doubted = [t for t in self._doubted if t in self._tracks]
        if self._doubted and self._rules.all_faces:
            self._worry(UNFOLLOWED)

    def _has_strayed(self, mesh: FaceMesh, box: FaceBox) -> bool:
        """Whether a mesh from an unowned box has moved to a tracked face.

        That face is confirmed already.
        """
        known = self._nearest(mesh.box_xyxy)
        if known is None or known in self._doubted:
            return False
        return known.unconfirmed == 0 or measure_overlap(mesh.box_xyxy, box.box_xyxy) < CLEARLY

    def _nearest(self, box_xyxy: Points) -> Track | None:
        return find_nearest(box_xyxy, self._tracks, self._rules)

    def _settle(self, frame: Frame, hint: FaceMesh) -> FaceMesh | None:
        return settle_mesh(self._finder, frame, hint, self._rules.limits)
