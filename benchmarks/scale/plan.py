"""How many machines a number of streams takes, what they carry and cost. Pure arithmetic on measured divisors."""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil
from pathlib import Path

FIGURES = Path(__file__).with_name("figures.toml")
MODES = ("edge", "textures, student on cores", "textures, inswapper on GPUs", "whole path on servers")


def read_figures(path: Path = FIGURES) -> dict[str, float]:
    """Return measured and assumed figures by name.

    Raises:
        ValueError: One is missing, or is no positive number.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    found = {**tables["assumed"], **tables["measured"]}
    for name, value in found.items():
        if not isinstance(value, int | float) or value <= 0:
            raise ValueError(f"{name} must be a positive number, got {value!r}")
    return {name: float(value) for name, value in found.items()}


@dataclass(frozen=True)
class Plan:
    """What a mode takes for a number of streams.

    Attributes:
        mode: Where pictures or textures are made.
        streams: Live at the peak.
        control_nodes: For presence, revocations and models; two at least.
        nodes: Machines that make textures or pictures.
        cells: Groups of machines that share nothing.
        gbit_s: Into the machines at the peak; as much comes out.
        dollars_per_h: Machines and network at the peak.
        dollars_per_stream_h: The same for one stream.
    """

    mode: str
    streams: int
    control_nodes: int
    nodes: int
    cells: int
    gbit_s: float
    dollars_per_h: float
    dollars_per_stream_h: float


def plan(mode: str, streams: int, f: Mapping[str, float]) -> Plan:
    """Return what a mode takes.

    Raises:
        ValueError: An unknown mode.
    """
    control = max(2, ceil(streams / f["sockets_per_control_node"]))
    spare, cells = 1 + f["spare_share"], max(1, ceil(streams / f["cell_streams"]))
    heartbeat_gbit_s = streams * f["heartbeat_bytes"] * 8 / f["heartbeat_s"] / 1e9
    crops_gbit_s = streams * f["textures_hz"] * f["crop_bytes"] * 8 / 1e9
    if mode == MODES[0]:
        nodes, cells, gbit_s, price = 0, 0, heartbeat_gbit_s, 0.0
    elif mode == MODES[1]:
        cores = streams * f["textures_hz"] / f["textures_per_s_student_core"] / f["utilisation"] * spare
        nodes, gbit_s = ceil(cores / f["cores_per_node"]), crops_gbit_s
        price = nodes * f["cores_per_node"] * f["core_hour"]
    elif mode == MODES[2]:
        gpus = streams * f["textures_hz"] / f["textures_per_s_inswapper_gpu"] / f["utilisation"] * spare
        nodes, gbit_s, price = ceil(gpus), crops_gbit_s, ceil(gpus) * f["gpu_hour"]
    elif mode == MODES[3]:
        cores = streams * (f["edge_cores_per_stream"] + f["remote_codec_cores"]) / f["utilisation"] * spare
        nodes, gbit_s = ceil(cores / f["cores_per_node"]), streams * f["remote_bits_per_s"] / 1e9
        price = nodes * f["cores_per_node"] * f["core_hour"]
    else:
        raise ValueError(f"unknown mode {mode}")
    price += control * 4 * f["core_hour"] + gbit_s / 8 * 3600 * f["gigabyte_out"]
    return Plan(mode, streams, control, nodes, cells, round(gbit_s, 4), round(price, 2), round(price / streams, 6))


@dataclass(frozen=True)
class BatchPlan:
    """What clips of a day take.

    Attributes:
        clip_hours_per_day: Of 1280x720 at 25 fps.
        nodes: Machines that convert, busy all day.
        accept_cores: Cores where the keys are, that verify and sign.
        gbit_s: Of clips, each way, on average.
        dollars_per_day: Machines and network.
        dollars_per_clip_h: The same for an hour of a clip.
    """

    clip_hours_per_day: float
    nodes: int
    accept_cores: int
    gbit_s: float
    dollars_per_day: float
    dollars_per_clip_h: float


def plan_batch(clip_hours_per_day: float, f: Mapping[str, float]) -> BatchPlan:
    """Return what so many hours of clips a day take."""
    at_once = clip_hours_per_day / 24
    cores = at_once * f["batch_core_s_per_clip_s"] / f["utilisation"]
    accept = at_once * f["accept_core_s_per_clip_s"] / f["utilisation"]
    nodes, gbit_s = ceil(cores / f["cores_per_node"]), at_once * f["clip_bits_per_s"] / 1e9
    machines = (nodes * f["cores_per_node"] + ceil(accept)) * f["core_hour"] * 24
    price = machines + gbit_s / 8 * 86400 * f["gigabyte_out"]
    return BatchPlan(clip_hours_per_day, nodes, ceil(accept), round(gbit_s, 3), round(price, 2),
                     round(price / clip_hours_per_day, 5))  # fmt: skip


def tables(f: Mapping[str, float]) -> dict[str, object]:
    """Return every plan of docs/scale.md as plain types."""
    live = [asdict(plan(mode, streams, f)) for streams in (100, 10_000, 1_000_000) for mode in MODES]
    return {"live": live, "batch": asdict(plan_batch(1e6, f))}
