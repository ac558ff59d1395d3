"""Check the style guide: python -m scripts.style [--list] [--lower | --reset] [--table] [PATH ...].

Fails where a folder breaks a rule more often than `scripts/style/allowed/` says. --list prints every finding,
--lower writes smaller allowances, --reset writes the present counts, --table prints them. With paths, only files
under them are read, and every finding is printed.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from scripts.style import ratchet
from scripts.style.finding import Finding
from scripts.style.rules import check_file

ROOT = Path(__file__).parents[2]
_TEXT = frozenset((".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".sh", ".js", ".css", ".html", ".svg", ".in", ""))


def list_files() -> list[str]:
    """List the text files of the repository, new ones too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in done.stdout.splitlines() if Path(name).suffix in _TEXT and (ROOT / name).is_file()]


def check_tree(under: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Yield what is wrong with every file, or with those under some paths."""
    for name in list_files():
        if not under or name.startswith(under):
            yield from check_file(name, (ROOT / name).read_text(encoding="utf-8"))


def main() -> int:
    """Check what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(prog="scripts.style", description="Check the style guide of CONTRIBUTING.md.")
    parser.add_argument("paths", nargs="*", help="Read only files under these paths.")
    parser.add_argument("--list", action="store_true", help="Print every finding.")
    parser.add_argument("--lower", action="store_true", help="Write smaller allowances where findings are gone.")
    parser.add_argument(
        "--reset", action="store_true", help="Write the present counts, after files moved between folders."
    )
    parser.add_argument("--table", action="store_true", help="Print the counts of each folder.")
    given = parser.parse_args()
    findings = sorted(check_tree(tuple(given.paths)))
    counts, allowed = ratchet.count(findings), ratchet.read()
    if given.list or given.paths:
        print(*findings, sep="\n")
        return bool(findings) and not given.list
    if given.table:
        rules = sorted({finding.rule for finding in findings})
        print("folder", *rules, sep="\t")
        for folder, found in sorted(counts.items()):
            print(folder, *(found[rule] for rule in rules), sep="\t")
    if given.reset:
        ratchet.write(counts)
        allowed = ratchet.read()
    if given.lower:
        ratchet.write(ratchet.lowered(counts, allowed))
        allowed = ratchet.read()
    above = ratchet.grown(counts, allowed)
    for folder, rule, number, most in above:
        print(f"{folder}: {number} x {rule}, allowed {most}:")
        print(*(f"  {f}" for f in findings if (ratchet.folder_of(f.file), f.rule) == (folder, rule)), sep="\n")
    total = {rule: sum(found[rule] for found in counts.values()) for rule in sorted({f.rule for f in findings})}
    print("style:", ", ".join(f"{rule} {number}" for rule, number in total.items()) or "nothing found")
    return 1 if above else 0


if __name__ == "__main__":
    sys.exit(main())
