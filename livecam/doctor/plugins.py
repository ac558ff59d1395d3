"""What the doctor says about engines, voices and commands.

Which package each of them comes from.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points

from livecam.core.finding import Finding, Health
from livecam.core.plugin_origins import OWN_PACKAGE, RESERVED, is_replacement, package_of


def _installed(group: str) -> Iterable[EntryPoint]:
    return entry_points(group=group)


def check_plugins(points_of: Callable[[str], Iterable[EntryPoint]] = _installed) -> Iterator[Finding]:
    """Yield one line for each package, with all it registers.

    A package that takes a name of livecam's own fails.
    """
    names: dict[str, list[str]] = {}
    taken: dict[str, list[str]] = {}
    for group in RESERVED:
        for point in points_of(group):
            place = f"{group.partition('.')[2]}/{point.name}"
            names.setdefault(str(package_of(point) or "unknown package"), []).append(place)
            if is_replacement(point):
                taken.setdefault(str(package_of(point)), []).append(place)
    for package, registered in sorted(names.items()):
        listed = ", ".join(sorted(registered))
        if package in taken:
            name = package.partition(" ")[0]
            yield Finding(
                "plug-ins",
                Health.FAIL,
                f"{package} registers {', '.join(sorted(taken[package]))}, {OWN_PACKAGE}'s own: refused",
                f"uninstall {name}, or name it after --trust-plugin",
            )
        else:
            yield Finding("plug-ins", Health.OK, f"{package}: {listed}")
