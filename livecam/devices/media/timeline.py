"""Correct the time stamps of a stream so that it can be played."""

from typing import Final

from livecam.core.clock import NS_PER_S

LONGEST_GAP_NS: Final = 60 * NS_PER_S
"""Jump above which a stamp counts as wrong, not as a pause."""


class Timeline:
    """Follows the stamps of one stream.

    It replaces a wrong one, and closes a jump that stays. A stamp that is there twice is no jump: the stamps after it
    keep their time.

    Attributes:
        wild: How many stamps were replaced or jumps closed.
    """

    def __init__(self, *, slack_ns: int, longest_ns: int = LONGEST_GAP_NS) -> None:
        """Set how far an item may be before its due time (`slack_ns`), and how far after."""
        self._slack_ns, self._longest_ns = slack_ns, longest_ns
        self._offset_ns: int | None = None
        self.wild = 0

    def place(self, stamp_ns: int | None, following_ns: int | None, due_ns: int) -> int:
        """Return the time of an item; 0 for the first.

        Args:
            stamp_ns: What the file says; None where it says nothing.
            following_ns: What it says of the item after this; None at the end, or where it says nothing.
            due_ns: When it is due if it follows the one before it without a gap.
        """
        if stamp_ns is None:
            return due_ns
        if self._offset_ns is None:
            self._offset_ns = due_ns - stamp_ns
        if self._fits(stamp_ns, due_ns):
            return stamp_ns + self._offset_ns
        self.wild += 1
        stays = following_ns is None or (following_ns != stamp_ns and not self._fits(following_ns, due_ns))
        if stays:
            self._offset_ns = due_ns - stamp_ns
        return due_ns

    def _fits(self, stamp_ns: int, due_ns: int) -> bool:
        assert self._offset_ns is not None
        return due_ns - self._slack_ns <= stamp_ns + self._offset_ns <= due_ns + self._longest_ns
