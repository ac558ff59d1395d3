"""Examples at the end of every help page, and the status line's legend."""

from collections.abc import Mapping
from typing import Final

from livecam.app.plain_words import LEGEND
from livecam.console.help_page import examples

_KEYS: Final = (
    ("f", "freeze the picture, or go on"),
    ("m", "mirror the output"),
    ("n", "load the next persona"),
    ("+ -", "raise or lower --strength"),
    ("q", "quit"),
)


def _legend() -> str:
    sections = (("Status line", LEGEND), ("Keys", _KEYS))
    return "\n".join("\n".join([f"{title}:", *(f"{word} | {says}" for word, says in rows)]) for title, rows in sections)


EPILOGS: Final[Mapping[str, str]] = {
    "": examples(
        ("livecam demo", "Record ten seconds of a built-in clip with a synthetic face."),
        ("livecam run --persona robin", "Show your camera with the built-in persona robin."),
        ("livecam doctor", "Check this machine and name what is missing."),
    ),
    "run": examples(
        ("livecam run --persona robin", "Use the built-in persona robin and the first camera."),
        ("livecam run --face me.jpg --camera 1 --size 1280x720", "Use your own photo and another camera."),
        ("livecam run --persona kim --voice cedar --record take.mp4", "Change the voice too, and record the output."),
        ("livecam run --persona robin --camera sample --sink null --duration 5", "Try it without any device."),
    )
    + "\n"
    + _legend(),
    "say": examples(
        ("livecam say --voice cedar", "Type lines that are spoken on the virtual microphone."),
        ('livecam say "Good morning." --voice cedar --out morning.wav', "Write a file."),
    ),
    "demo": examples(
        ("livecam demo", "Write video, before/after picture and report to this folder."),
        ("livecam demo --persona kim --folder demo", "Use another persona and folder."),
    ),
    "replay": examples(
        (
            "livecam replay talk.mp4 --persona robin --out new.mp4",
            "Change the face in a clip, and leave its sound out.",
        ),
        ("livecam replay talk.mp4 --persona robin --voice cedar --out new.mp4", "Change face and voice."),
        ("livecam replay sample --persona robin --out null --json report.json", "Measure only."),
    ),
    "batch": examples(
        ("livecam batch talks/*.mp4 --persona robin --out new", "Convert a folder of clips on all cores."),
        ("livecam batch talks/*.mp4 --persona robin --out new --ray auto", "Do the same on a Ray cluster."),
    ),
    "nodes": examples(
        ("livecam nodes key", "Print the key of this machine, to name it on the owner's machine."),
        ("livecam nodes list --ray auto", "List the machines of a cluster."),
    ),
    "nodes key": examples(("livecam nodes key", "Print the key of this machine.")),
    "nodes add": examples(("livecam nodes add rack-1 age1KEY", "Let clips and personas go to this machine.")),
    "nodes remove": examples(("livecam nodes remove rack-1", "Send nothing to this machine any more.")),
    "nodes list": examples(
        ("livecam nodes list", "List the machines that you named."),
        ("livecam nodes list --ray auto", "Ask the machines of a cluster what they are."),
    ),
    "verify": examples(
        ("livecam verify take.mp4", "Look for the marks of livecam in a file."),
        ("livecam verify camera:0 --seconds 20", "Watch a camera for 20 seconds."),
        ("livecam verify --screen --plot seen.png", "Watch the screen, and plot what was found."),
    ),
    "sign": examples(("livecam sign take.mp4", "Sign a recording after its run was killed.")),
    "devices": examples(
        ("livecam devices", "List cameras, outputs and microphones."),
        ("livecam devices --json", "List them for a script, with all pixel formats."),
    ),
    "doctor": examples(
        ("livecam doctor", "Check this machine."),
        ("livecam doctor --fix", "Run the commands that fix what fails."),
        ("livecam doctor --self-test", "Watch the virtual camera as a meeting program does."),
    ),
    "obs": examples(
        ("livecam obs", "Add the virtual camera to the scene on air."),
        ("livecam obs --scene Interview --name me", "Choose scene and name."),
    ),
    "bench": examples(
        ("livecam bench run --quick", "Measure this machine in a quarter of a minute."),
        ("livecam bench soak --seconds 600", "Watch a live session for ten minutes."),
    ),
    "bench run": examples(
        ("livecam bench run --quick --json bench.json", "Measure 720p only, and keep the figures."),
        ("livecam bench run --html bench.html", "Measure everything, and write a page with plots."),
    ),
    "bench live": examples(("livecam bench live --seconds 30", "Measure a live session of 30 seconds.")),
    "bench soak": examples(("livecam bench soak --seconds 3600 --json soak.json", "Run for an hour.")),
    "bench quality": examples(
        ("livecam bench quality --quick", "Measure two personas."),
        ("livecam bench quality --identity-model arcface.onnx", "Compare identities as well."),
    ),
    "bench voice": examples(("livecam bench voice --quick --json voice.json", "Measure fewer blocks.")),
    "bench marks": examples(("livecam bench marks --quick", "Try six cases.")),
    "bench scaling": examples(("livecam bench scaling --json scaling.json", "Keep the figures.")),
    "bench compare": examples(("livecam bench compare before.json after.json", "Compare two runs.")),
    "config": examples(("livecam config show", "Show every setting and where its value comes from.")),
    "config show": examples(
        ("livecam config show", "Show every setting."),
        ("livecam config show --size 1280x720 --json", "Show what an option changes, for a script."),
    ),
    "persona": examples(
        ("livecam persona list", "List your personas and the built-in ones."),
        ("livecam persona add me.jpg", "Make a persona from a photo."),
    ),
    "persona list": examples(("livecam persona list", "List your personas and the built-in ones.")),
    "persona show": examples(("livecam persona show robin", "Show the consent record of a persona.")),
    "persona remove": examples(("livecam persona remove me", "Delete photo and record.")),
    "persona revoke": examples(("livecam persona revoke sam", "Delete a persona after consent was withdrawn.")),
    "persona add": examples(
        ("livecam persona add me.jpg", "Answer in the terminal who the photo shows."),
        ("livecam persona add me.jpg --consent own", "State it in a script."),
        ("livecam persona add talk.mp4", "Take the best picture of a clip."),
    ),
    "persona improve": examples(("livecam persona improve me talk.mp4", "Take a better photo from a clip.")),
    "persona export": examples(("livecam persona export me me.age", "Write an encrypted file.")),
    "persona import": examples(("livecam persona import me.age --name me", "Read it on another computer.")),
    "persona enrol": examples(
        ("livecam persona enrol me", "Turn your head and say a phrase."),
        ("livecam persona enrol me --microphone off", "Turn your head only."),
    ),
    "persona renew": examples(("livecam persona renew me --consent own", "Renew consent for twelve months.")),
    "persona synth": examples(("livecam persona synth --seed 7 --name seven", "Make a synthetic face.")),
    "voice": examples(
        ("livecam voice list", "List your voices and the built-in ones."),
        ("livecam voice test --voice cedar", "Hear yourself in another voice."),
    ),
    "voice list": examples(("livecam voice list", "List your voices and the built-in ones.")),
    "voice show": examples(("livecam voice show cedar", "Show the consent record of a voice.")),
    "voice enrol": examples(
        ("livecam voice enrol me", "Read sentences aloud."),
        ("livecam voice enrol sam sam.wav --consent consented", "Learn a voice from a recording."),
    ),
    "voice add": examples(("livecam voice add sam sam.onnx --pitch 180", "Add a voice network that speaks at 180 Hz.")),
    "voice convert": examples(
        ("livecam voice convert talk.wav new.wav --voice cedar", "Convert a recording."),
        ("livecam voice convert talks new --voice cedar", "Convert a folder of recordings."),
    ),
    "voice test": examples(("livecam voice test --voice cedar --duration 30", "Listen for 30 seconds.")),
    "voice remove": examples(("livecam voice remove sam", "Delete a voice and its record.")),
    "voice revoke": examples(("livecam voice revoke sam", "Delete a voice after consent was withdrawn.")),
    "voice unplug": examples(("livecam voice unplug", "Remove the virtual microphone.")),
    "jobs": examples(
        ("livecam jobs add replay talk.mp4 persona=robin", "Queue a job."),
        ("livecam jobs run", "Run the queue."),
    ),
    "jobs list": examples(("livecam jobs list --json", "List jobs for a script.")),
    "jobs show": examples(("livecam jobs show ID", "Show settings, state and result of a job.")),
    "jobs add": examples(("livecam jobs add replay talk.mp4 persona=robin", "Queue a job.")),
    "jobs cancel": examples(("livecam jobs cancel ID", "Cancel a job.")),
    "jobs retry": examples(("livecam jobs retry ID", "Queue a failed job again.")),
    "jobs remove": examples(("livecam jobs remove ID", "Delete a job and its files.")),
    "jobs run": examples(("livecam jobs run --wait", "Run jobs until Ctrl-C.")),
    "studio": examples(
        ("livecam studio", "Open the control room in the browser."),
        ("livecam studio --port 8080 --no-open", "Listen on port 8080."),
    ),
    "engines": examples(("livecam engines list", "List the engines and the models built here.")),
    "engines list": examples(("livecam engines list", "List what --engine can name.")),
    "engines build": examples(("livecam engines build swap.onnx", "Build a model for TensorRT on this GPU.")),
}
"""Epilog by command, without "livecam"; commands of other packages bring their own."""
