"""What an unreadable clip advises fits every command that reads clips: `sign` and `verify` have no camera."""

import pytest

from livecam.core.errors import CameraError
from livecam.devices.media.clip import HINT
from livecam.devices.media.door import Clip


@pytest.mark.parametrize("data", [b"", b"no clip at all", b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"])
def test_an_unreadable_clip_names_no_option_of_one_command(tmp_path, data):
    path = tmp_path / "talk.mp4"
    path.write_bytes(data)
    with pytest.raises(CameraError) as said:
        Clip(path)
    assert "--camera" not in said.value.help_text + HINT
