"""What a report says of the live voice."""

from livecam.core.voice_report import LipSync, VoiceNames, VoiceReport


def test_lips_and_sound_are_said_where_something_brings_them_together():
    report = VoiceReport(names=VoiceNames("willow", "mic", "sink"), lip_sync=LipSync(aim_ms=20.0), output_stays=True)
    said = report.to_dict()
    assert said["voice"] == "willow" and said["output_stays"] is True
    assert said["lip_sync"]["aim_ms"] == 20.0


def test_without_pictures_nothing_is_said_of_lips():
    assert "lip_sync" not in VoiceReport().to_dict()
