"""A report may be handed on: no folder of this machine in it, no user and no secret of an address."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from livecam.config.settings import Settings
from livecam.core.report import EngineReport, Report, WrittenFile
from livecam.core.voice_report import VoiceReport


def report_of(tmp_path, **more) -> Report:
    settings = Settings(
        face=tmp_path / "private folder" / "me.jpg",
        camera=str(tmp_path / "clips" / "in.mp4"),
        sink=f"file:{tmp_path}/out/o.mp4",
        record=tmp_path / "r.mp4",
        engine="grpcs://user:secret@host.example:50051/model?token=secret#secret",
        enhance=f"onnx:{tmp_path}/models/x.onnx@cpu",
        microphone=str(tmp_path / "speech.wav"),
        voice_sink=f"file:{tmp_path}/v.wav",
        identity_model=tmp_path / "arc.onnx",
        json_path=tmp_path / "r.json",
        data_folder=tmp_path / "data",
    )
    return Report(settings={k: v for k, v in asdict(settings).items() if v is not None}, **more)


def test_a_report_names_files_without_their_folders(tmp_path):
    why = f"{tmp_path}/r.mp4 cannot be signed: No space left; try: livecam sign {tmp_path}/r.mp4"
    report = report_of(
        tmp_path,
        files=(WrittenFile(f"{tmp_path}/r.mp4", signed=False, why_unsigned=why),),
        engine=EngineReport(
            name="grpc://u:secret@h:1/m?k=secret",
            textures=0,
            last_failure=f"{tmp_path}/private folder/model.onnx broke",
        ),
        audio=VoiceReport(trouble=f"the recording stopped after 1.0 s: {tmp_path}/v.wav cannot be written"),
        reasons={"the face is lost / hidden": 3},
    )
    text = report.to_json()
    assert str(tmp_path) not in text and "secret" not in text and "private folder" not in text
    shown = json.loads(text)
    assert shown["settings"]["face"] == "me.jpg" and shown["settings"]["sink"] == "file:o.mp4"
    assert shown["settings"]["camera"] == "in.mp4" and shown["settings"]["enhance"] == "onnx:x.onnx@cpu"
    assert shown["settings"]["engine"] == "grpcs://host.example:50051/model"
    assert shown["files"][0]["why_unsigned"] == "r.mp4 cannot be signed: No space left; try: livecam sign r.mp4"
    assert shown["files"][0]["path"] == "r.mp4" and shown["engine"]["last_failure"] == "model.onnx broke"
    assert shown["reasons"] == {"the face is lost / hidden": 3}
    assert (shown["schema"], shown["made_by"]) == (2, "livecam")


@pytest.mark.parametrize("text", ["30 frames/second", "p50/p95 in ms", "AMD EPYC 7/8", "latency 12/34 ms", "and/or"])
def test_words_with_a_slash_stay(text):
    assert json.loads(Report(engine=EngineReport(facts={"said": text})).to_json())["engine"]["said"] == text


def test_the_folders_of_user_and_program_are_left_out():
    said = f"{Path.home()}/x.onnx and {os.getcwd()}/y.mp4 and /run/user/1000/z.sock"
    assert (
        json.loads(Report(engine=EngineReport(facts={"said": said})).to_json())["engine"]["said"]
        == "x.onnx and y.mp4 and z.sock"
    )
