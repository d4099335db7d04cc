"""Messages arrive whole and in order, however they are cut on the way."""

import socket

import pytest

from app.workers.channel import Channel, Decoder, encode

MESSAGES = ["a", {"rows": bytes(10_000)}, [], 7, None]


@pytest.mark.parametrize("size", [1, 7, 8, 9, 4_096, 1 << 20])
def test_messages_are_found_in_any_parts(size):
    data = b"".join(map(encode, MESSAGES))
    decoder, found = Decoder(), []
    for start in range(0, len(data), size):
        decoder.feed(data[start : start + size])
        found += decoder.messages()
    assert found == MESSAGES


def test_both_ends_of_a_channel():
    one, other = socket.socketpair()
    with other:
        ours, theirs = Channel(one), Channel(other)
        assert not theirs.poll(0)
        ours.send("first")
        ours.send("second")
        assert theirs.poll(None)
        assert theirs.recv() == "first"
        assert theirs.poll(0)
        assert theirs.recv() == "second"
        assert not theirs.poll(0)
        one.close()
        assert theirs.poll(None)
        with pytest.raises(EOFError):
            theirs.recv()
