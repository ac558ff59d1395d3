"""The session's process.

Settings as the first line of standard input, then orders; figures as lines of JSON.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any, Final

from livecam.core.answer_line import AnswerLine
from livecam.core.clock import SystemClock
from livecam.core.errors import LivecamError
from livecam.core.files.errors import system_error
from livecam.core.files.reading import parse_json
from livecam.core.supervisor import exit_process

_EVERY_S: Final = 1.0


def main() -> int:
    """Run one session until its input ends, or an order stops it."""
    line = AnswerLine.take_output()
    request = parse_json(sys.stdin.readline())
    try:
        return _run(request, line)
    except (OSError, UnicodeError) as error:
        return _failed(line, system_error(error))
    except LivecamError as error:
        return _failed(line, error)


def _run(request: Mapping[str, Any], line: AnswerLine) -> int:
    from livecam.app.session import open_session
    from livecam.config.settings import resolve
    from livecam.studio.session.control import Control, tapped
    from livecam.studio.session.figures import figures_of
    from livecam.studio.session.preview import Preview
    from livecam.studio.session.preview_line import open_line

    folder, pictures = Path(request["data_folder"]), open_line(request["preview"])
    sink, remark = sink_here(str(request["settings"].get("sink", "auto")))
    camera = camera_here(str(request["settings"].get("camera", "auto")), folder)
    fixed = {"sink": sink, "camera": camera, "data-folder": str(folder)}
    settings = resolve({**request["settings"], **fixed}, {}).settings
    session, tap = tapped(open_session(settings, records_later=True))
    control = Control(session, tap, folder, Path(request["recordings"]), line.say)
    preview = Preview(tap, pictures, SystemClock())
    Thread(target=_obey, args=(control, line), daemon=True).start()
    seen_on = {"camera": session.parts.source.name, "sink": session.parts.sink.name, "sink_kind": sink}
    remarks = [*([remark] if remark else []), *session.parts.remarks]
    line.say({"state": "running", **seen_on, "remarks": remarks, "controls": control.state})
    with session:
        for report in session.reports(_EVERY_S):
            line.say({"figures": figures_of(report)})
        control.end()
        preview.close()
    line.say({"state": "ended", "figures": figures_of(session.report()), "files": control.files})
    return 0


def camera_here(wanted: str, data_folder: Path) -> str:
    """Return the camera to open.

    With "auto" that is the first one, or the sample, which goes on for ever.
    """
    from livecam.config.paths import camera_socket
    from livecam.devices.camera.listing import list_cameras

    if wanted == "auto":
        found = list_cameras()
        wanted = str(found[0].index) if found else "sample"
    return {"sample": "sample:again", "browser": f"browser:{camera_socket(data_folder)}"}.get(wanted, wanted)


def sink_here(wanted: str) -> tuple[str, str]:
    """Return the sink to open and a remark about it.

    With "auto" the preview alone where there is no virtual camera.
    """
    from livecam.core.errors import OutputError
    from livecam.devices.sink import choose_sink

    if wanted != "auto":
        return wanted, ""
    for kind in ("virtualcam", *(("pipewire",) if sys.platform == "linux" else ())):
        try:
            choose_sink(kind, (640, 360), 30.0).sink.close()
        except OutputError:
            continue
        return kind, ""
    return "null", "there is no virtual camera here, so the picture goes to this page alone: livecam doctor"


def _obey(control: Any, line: AnswerLine) -> None:
    """Follow orders until there are no more; then the session ends."""
    for words in sys.stdin:
        try:
            control.order(parse_json(words))
        except LivecamError as error:
            line.say({"refused": {"says": str(error), "hint": error.help_text, "exit_code": error.exit_code}})
    control.stop()


def _failed(line: AnswerLine, error: LivecamError) -> int:
    failed = {"kind": type(error).__name__, "says": str(error), "hint": error.help_text, "exit_code": error.exit_code}
    line.say({"state": "failed", "failed": failed})
    return error.exit_code


if __name__ == "__main__":
    exit_process(main())
