"""What travels is readable for named nodes alone, and a list that is damaged names no node."""

import pytest

from livecam.core.errors import ConsentError, OutputError, UsageError
from livecam.jobs.cluster.messages import Order, TravellingFile
from livecam.jobs.cluster.nodes import NamedNodes, check_name, make_node_key, read_node_key
from livecam.jobs.cluster.sealing import new_identity, seal, unseal


def public(identity):
    return str(identity.to_public())


def test_each_named_node_opens_what_was_sealed_and_no_other_does():
    first, second, stranger = new_identity(), new_identity(), new_identity()
    sealed = seal(b"a face", (public(first), public(second)))
    assert unseal(sealed, first) == unseal(sealed, second) == b"a face"
    with pytest.raises(ValueError, match="another key"):
        unseal(sealed, stranger)


def test_what_was_changed_on_the_way_is_not_opened():
    identity = new_identity()
    sealed = bytearray(seal(b"a face", (public(identity),)))
    sealed[-1] ^= 1
    with pytest.raises(ValueError, match="changed"):
        unseal(bytes(sealed), identity)


def test_a_node_keeps_its_key_and_shows_the_public_half(tmp_path):
    made = make_node_key(tmp_path)
    assert public(read_node_key(tmp_path)) == public(make_node_key(tmp_path)) == public(made)
    assert (tmp_path / "node.key").stat().st_mode & 0o777 == 0o600


def test_a_machine_without_a_key_names_the_command_that_makes_one(tmp_path):
    with pytest.raises(OutputError) as caught:
        read_node_key(tmp_path)
    assert caught.value.command == "livecam nodes key"


def test_a_damaged_key_is_not_used(tmp_path):
    (tmp_path / "node.key").touch(0o600)
    (tmp_path / "node.key").write_text("AGE-SECRET-KEY-NONE")
    with pytest.raises(OutputError, match="no secret key"):
        read_node_key(tmp_path)


def test_nodes_are_named_and_taken_out(tmp_path):
    key = public(new_identity())
    NamedNodes.read(tmp_path).add("rack-1", key).write(tmp_path)
    assert NamedNodes.read(tmp_path).keys == {"rack-1": key}
    NamedNodes.read(tmp_path).remove("rack-1").write(tmp_path)
    assert not NamedNodes.read(tmp_path).keys


def test_a_name_does_not_change_its_key_in_silence(tmp_path):
    named = NamedNodes({}).add("rack-1", public(new_identity()))
    with pytest.raises(UsageError, match="another key"):
        named.add("rack-1", public(new_identity()))
    with pytest.raises(UsageError, match="no public key"):
        NamedNodes({}).add("rack-2", "age1none")
    with pytest.raises(UsageError, match="no node is named"):
        named.remove("rack-9")


@pytest.mark.parametrize("name", ["", "Rack", "-a", "a-", "a b", "a" * 41, "a),in(b"])
def test_what_is_no_name_of_a_node(name):
    with pytest.raises(UsageError, match="is no name"):
        check_name(name)


@pytest.mark.parametrize("content", ["", "[]", '{"nodes": 3}', '{"nodes": {"a": "age1none"}}', '{"nodes": {"A": 1}}'])
def test_a_damaged_list_names_no_node(tmp_path, content):
    (tmp_path / "nodes.json").write_text(content)
    with pytest.raises(ConsentError, match="cannot be read"):
        NamedNodes.read(tmp_path)


def test_an_order_survives_the_way():
    order = Order("ab", 2, "replay", {"persona": "sam"}, (TravellingFile("a.mp4", 3, "00"),), b"\x00\xff", "age1x")
    assert Order.from_bytes(order.to_bytes()) == order


@pytest.mark.parametrize("data", [b"", b"3", b"{}", b'{"inputs": [{"nam": 1}]}', b"\xff"])
def test_what_is_no_order_is_refused(data):
    with pytest.raises(ValueError):
        Order.from_bytes(data)


@pytest.mark.parametrize("text", ["[]", "{", '{"nodes": null}', '{"nodes": {"a": 1}}', "[" * 100_000, "\udcff"])
def test_a_damaged_list_of_nodes_names_no_node_and_says_so(tmp_path, text):
    (tmp_path / "nodes.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ConsentError, match="cannot be read"):
        NamedNodes.read(tmp_path)
