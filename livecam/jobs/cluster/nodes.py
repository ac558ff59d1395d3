"""The nodes that an owner named, and the key of a node.

`nodes.json` is on the owner's machine: names and public keys. `node.key` is on the node.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyrage

from livecam.core.errors import ConsentError, OutputError, UsageError
from livecam.core.files.errors import reason_of
from livecam.core.files.private import find_exposure, read_at_most, replace_file
from livecam.core.files.reading import parse_json
from livecam.jobs.cluster.sealing import check_public_key, new_identity, parse_identity

LABEL: Final = "livecam-node"
"""The label of Ray under which a node is found."""
_LARGEST_BYTES: Final = 1_000_000
_FORBIDDEN: Final = 0o037
"""Kubernetes mounts a secret that belongs to root and that the group of the pod reads."""
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class NamedNodes:
    """The nodes to which personas and clips may go.

    Attributes:
        keys: Public keys by name.
    """

    keys: Mapping[str, str]

    @classmethod
    def read(cls, data_folder: Path) -> "NamedNodes":
        """Return the nodes of a data folder; none where none was named.

        Raises:
            ConsentError: The list is damaged: no node counts as named.
        """
        path = _list_of(data_folder)
        if not path.is_file():
            return cls({})
        try:
            keys = parse_json(read_at_most(path, _LARGEST_BYTES))["nodes"]
            return cls({check_name(str(name)): check_public_key(str(key)) for name, key in keys.items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError, UsageError) as error:
            raise ConsentError(
                f"{path}, which names the nodes, cannot be read: {reason_of(error)}",
                advice=f"move {path} away, then name them again",
            ) from error

    def write(self, data_folder: Path) -> None:
        """Keep them.

        Raises:
            OutputError: They cannot be written.
        """
        replace_file(_list_of(data_folder), (json.dumps({"nodes": dict(self.keys)}, indent=2) + "\n").encode())

    def add(self, name: str, key: str) -> "NamedNodes":
        """Return the nodes with one more.

        Raises:
            UsageError: The name or the key is none, or the name has another key.
        """
        if self.keys.get(check_name(name), key) != key:
            raise UsageError(f"{name} has another key", command=f"livecam nodes remove {name}")
        return NamedNodes({**self.keys, name: check_public_key(key)})

    def remove(self, name: str) -> "NamedNodes":
        """Return the nodes without one.

        Raises:
            UsageError: There is none of that name.
        """
        if name not in self.keys:
            raise UsageError(f"no node is named {name}", command="livecam nodes list")
        return NamedNodes({known: key for known, key in self.keys.items() if known != name})


def check_name(name: str) -> str:
    """Return a name of a node.

    Raises:
        UsageError: It is none.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name[:40]} is no name of a node", advice="take a-z, 0-9 and inner dashes")
    return name


def read_node_key(data_folder: Path) -> pyrage.x25519.Identity:
    """Return the key of this node.

    Raises:
        OutputError: There is none, or it is damaged.
    """
    path = _key_of(data_folder)
    try:
        if (exposed := find_exposure(path, _FORBIDDEN)) is not None:
            raise OutputError(f"{path} {exposed[0]}", **exposed[1])
        return parse_identity(read_at_most(path, _LARGEST_BYTES).decode())
    except FileNotFoundError as error:
        raise OutputError("this machine has no key of a node", command="livecam nodes key") from error
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{path} cannot be read: {reason_of(error)}", advice=f"move {path} away, then run: livecam nodes key"
        ) from error


def make_node_key(data_folder: Path) -> pyrage.x25519.Identity:
    """Return the key of this node, made where there is none.

    Raises:
        OutputError: It cannot be written, or is damaged.
    """
    if not os.path.lexists(_key_of(data_folder)):
        replace_file(_key_of(data_folder), f"{new_identity()}\n".encode())
    return read_node_key(data_folder)


def _list_of(data_folder: Path) -> Path:
    return data_folder / "nodes.json"


def _key_of(data_folder: Path) -> Path:
    return data_folder / "node.key"
