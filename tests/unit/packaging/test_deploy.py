"""The files of deploy/ are what Docker, Compose, Kubernetes and systemd read, and none of them runs as root."""

from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from scripts.dockerfile import context, read_stages

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"


def documents(path):
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def pod_specs(node):
    """Yield every pod's specification in a manifest."""
    if isinstance(node, dict):
        if "containers" in node:
            yield node
        for value in node.values():
            yield from pod_specs(value)
    elif isinstance(node, list):
        for value in node:
            yield from pod_specs(value)


def test_every_image_ends_as_a_user_that_is_not_root():
    stages = read_stages((DEPLOY / "Dockerfile").read_text())
    assert [stage.name for stage in stages][-1] == "cpu"
    for stage in stages:
        if stage.name in ("cpu", "gpu"):
            assert stage.steps[-1] == ("USER", "10001:10001")


def test_the_dockerfile_names_no_latest_and_keeps_no_package_lists():
    for stage in read_stages((DEPLOY / "Dockerfile").read_text()):
        assert not stage.base.endswith(":latest")
        for word, rest in stage.steps:
            if word == "RUN" and "apt-get install" in rest:
                assert "--no-install-recommends" in rest and "rm -rf /var/lib/apt/lists/*" in rest


def test_the_build_is_given_the_program_and_nothing_else(monkeypatch):
    monkeypatch.chdir(ROOT)
    given = {str(path) for path in context(DEPLOY / "Dockerfile.dockerignore")}
    assert {"pyproject.toml", "constraints/run.txt", "livecam/__init__.py", "docs/pypi.md", "LICENSE"} <= given
    assert not any(path.startswith(("tests/", ".git/", "training/")) for path in given)


@pytest.mark.parametrize("path", sorted((DEPLOY / "kubernetes").glob("*.yaml")), ids=lambda path: path.name)
def test_kubernetes_manifests_say_what_they_are_and_bound_what_they_take(path):
    found = documents(path)
    assert found
    for document in found:
        assert {"apiVersion", "kind", "metadata", "spec"} <= document.keys()
        for pod in pod_specs(document):
            assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
            for container in pod["containers"]:
                assert {"cpu", "memory"} <= container["resources"]["limits"].keys()
                assert container["securityContext"]["allowPrivilegeEscalation"] is False


def test_the_ray_job_keeps_personas_off_the_nodes_disks():
    [job] = documents(DEPLOY / "kubernetes" / "ray-job.yaml")
    cluster = job["spec"]["rayClusterSpec"]
    assert cluster["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"
    for group in cluster["workerGroupSpecs"]:
        assert group["labels"]["livecam-node"]
        volumes = {each["name"]: each for each in group["template"]["spec"]["volumes"]}
        assert volumes["data"]["emptyDir"]["medium"] == volumes["memory"]["emptyDir"]["medium"] == "Memory"


def test_compose_gives_no_service_of_livecam_a_root_or_a_writable_image():
    [found] = documents(DEPLOY / "compose.yaml")
    assert found["networks"]["cluster"]["internal"]
    for name in ("head", "node", "node-key"):
        service = found["services"][name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and "ports" not in service


@pytest.mark.parametrize("path", sorted((DEPLOY / "systemd").glob("*.service")), ids=lambda path: path.name)
def test_systemd_units_restart_and_are_wanted_by_the_users_session(path):
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(path)
    assert unit["Service"]["Restart"] == "on-failure" and unit["Service"]["NoNewPrivileges"] == "yes"
    assert unit["Install"]["WantedBy"] == "default.target" and unit["Service"]["ExecStart"].startswith("%h/")


@pytest.mark.parametrize("text", ["FROM a\nONBUILD RUN x", "FROM a\nADD http://x /y"])
def test_a_step_that_cannot_be_reproduced_is_not_passed_over(text):
    with pytest.raises(ValueError, match="is not known here"):
        read_stages(text)
