"""Hold each folder to the number of findings it had; a folder without a file is held to none.

`scripts/style/allowed/FOLDER` has a line `rule count` for each rule that the folder still breaks.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from scripts.style.finding import Finding

ALLOWED = Path(__file__).parent / "allowed"
Counts = dict[str, Counter[str]]


def folder_of(file: Path) -> str:
    """Return the room of a file: its first two folders, joined by a dot; "root" for a loose file."""
    return ".".join(file.parts[:-1][:2]) or "root"


def count(findings: Iterable[Finding]) -> Counts:
    """Count findings by folder and rule."""
    counts: Counts = {}
    for finding in findings:
        counts.setdefault(folder_of(finding.file), Counter())[finding.rule] += 1
    return counts


def read(folder: Path = ALLOWED) -> Counts:
    """Read what each folder is allowed."""
    counts: Counts = {}
    for file in sorted(folder.glob("*")) if folder.is_dir() else ():
        rows = (line.split() for line in file.read_text(encoding="utf-8").splitlines() if line.strip())
        counts[file.name] = Counter({rule: int(number) for rule, number in rows})
    return counts


def write(counts: Counts, folder: Path = ALLOWED) -> None:
    """Write what each folder is allowed; a folder that is allowed nothing has no file."""
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*"):
        if not +counts.get(file.name, Counter()):
            file.unlink()
    for name, rules in counts.items():
        if rows := [f"{rule} {number}\n" for rule, number in sorted(rules.items()) if number]:
            (folder / name).write_text("".join(rows), encoding="utf-8")


def grown(counts: Counts, allowed: Counts) -> list[tuple[str, str, int, int]]:
    """Return folder, rule, count and allowance of all that is above its allowance."""
    return [
        (folder, rule, number, allowed.get(folder, Counter())[rule])
        for folder, rules in sorted(counts.items())
        for rule, number in sorted(rules.items())
        if number > allowed.get(folder, Counter())[rule]
    ]


def lowered(counts: Counts, allowed: Counts) -> Counts:
    """Return the smaller of count and allowance for each folder and rule."""
    return {
        folder: Counter({rule: min(number, counts.get(folder, Counter())[rule]) for rule, number in rules.items()})
        for folder, rules in allowed.items()
    }
