"""Bounds, known versions, the list of parts and the page of licences agree with each other."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
RUN = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = {name: [Requirement(line) for line in lines] for name, lines in PROJECT["optional-dependencies"].items()}
ALL = [*RUN, *(requirement for some in EXTRAS.values() for requirement in some)]
FILES = sorted((ROOT / "constraints").glob("*.txt"))
# The first release without a known hole that concerns livecam.
SAFE = {"av": "17.1", "onnx": "1.21", "cryptography": "46.0.5"}


def pins(name: str) -> dict[str, set[Version]]:
    found: dict[str, set[Version]] = {}
    for line in (ROOT / "constraints" / name).read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([\w.-]+)==([^\s;\\]+)", line):
            found.setdefault(pin[1], set()).add(Version(pin[2]))
    return found


@pytest.mark.parametrize("requirement", ALL, ids=str)
def test_every_requirement_has_both_bounds(requirement):
    assert {bound.operator for bound in requirement.specifier} == {">=", "<"}


@pytest.mark.parametrize(("name", "first"), SAFE.items())
def test_no_release_with_a_known_hole_is_allowed(name, first):
    asked = [requirement for requirement in ALL if requirement.name == name]
    assert asked
    for requirement in asked:
        (lowest,) = (bound.version for bound in requirement.specifier if bound.operator == ">=")
        assert Version(lowest) >= Version(first)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_version_has_hashes_and_no_place_is_named(path):
    text = path.read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\w)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert entries and all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"://|--(extra-)?index|--find-links|file:|@ |^\s*/", text, re.MULTILINE)


@pytest.mark.parametrize(("name", "asked"), [("run.txt", RUN), ("dev.txt", [*RUN, *EXTRAS["dev"]])])
def test_known_versions_are_within_the_bounds(name, asked):
    known = pins(name)
    for requirement in asked:
        assert known[requirement.name], requirement
        assert all(version in requirement.specifier for version in known[requirement.name]), requirement


def test_what_a_run_and_the_tests_install_is_the_same():
    tested = pins("dev.txt")
    assert all(tested[name] == versions for name, versions in pins("run.txt").items())


def test_the_lowest_versions_are_the_lower_bounds():
    lowest = pins("lowest.txt")
    for requirement in (*RUN, *EXTRAS["dev"]):
        if requirement.marker is None or requirement.marker.evaluate({"sys_platform": "linux"}):
            (bound,) = (bound.version for bound in requirement.specifier if bound.operator == ">=")
            (version,) = lowest[requirement.name]
            least = Version(bound).release
            assert version.release[: len(least)] == least, requirement


def test_the_page_of_licences_names_every_part():
    page = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
    words = set(re.findall(r"[\w.-]+", page))
    assert not ({requirement.name for requirement in ALL} | set(pins("run.txt"))) - words


def test_the_list_of_parts_is_cyclonedx_and_complete(tmp_path):
    path = tmp_path / "bill.json"
    subprocess.run([sys.executable, ROOT / "scripts/make-sbom", path], check=True, capture_output=True)
    bill = json.loads(path.read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    found: dict[str, set[Version]] = {}
    for part in bill["components"]:
        found.setdefault(part["name"], set()).add(Version(part["version"]))
        assert part["purl"].startswith("pkg:pypi/") and part["externalReferences"]
    assert found == pins("run.txt")
    refs = [part["bom-ref"] for part in bill["components"]]
    assert len(set(refs)) == len(refs) and bill["dependencies"][0]["dependsOn"] == refs
