"""Take out of manifests what Kubernetes has schemas for: python -m scripts.manifests FOLDER OUT."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

_FOREIGN = ("ray.io", "serving.kserve.io")


def kubernetes_objects(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the document, or of a foreign kind the pods in it."""
    if not document["apiVersion"].startswith(_FOREIGN):
        yield document
        return
    for number, template in enumerate(_templates(document["spec"])):
        name = f"{document['metadata']['name']}-{number}"
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": template["spec"]}


def _templates(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        if "template" in node:
            yield node["template"]
        for value in node.values():
            yield from _templates(value)
    elif isinstance(node, list):
        for value in node:
            yield from _templates(value)


def main(folder: str, out: str) -> int:
    Path(out).mkdir(parents=True, exist_ok=True)
    for path in sorted(Path(folder).glob("*.yaml")):
        documents = filter(None, yaml.safe_load_all(path.read_text()))
        found = [each for document in documents for each in kubernetes_objects(document)]
        for number, each in enumerate(found):
            (Path(out) / f"{path.stem}-{number}.yaml").write_text(yaml.safe_dump(each))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
