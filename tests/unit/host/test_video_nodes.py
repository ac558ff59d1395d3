"""Video devices as Linux lists them."""

import sys

import pytest

from livecam.host.video_nodes import VideoNode, video_nodes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists them")


def test_the_first_file_of_a_device_counts_and_virtual_ones_are_known(tmp_path):
    listed = tmp_path / "class"
    listed.mkdir()
    for number, place, index, name in ((10, "virtual", 0, "livecam"), (0, "usb", 0, "Webcam"), (1, "usb", 1, "Webcam")):
        node = tmp_path / place / f"video{number}"
        node.mkdir(parents=True)
        (node / "index").write_text(f"{index}\n")
        (node / "name").write_text(f"{name}\n")
        (listed / node.name).symlink_to(node)
    assert video_nodes(listed) == (VideoNode(0, "Webcam", False), VideoNode(10, "livecam", True))


def test_without_video_devices_there_are_none(tmp_path):
    assert video_nodes(tmp_path / "none") == ()
