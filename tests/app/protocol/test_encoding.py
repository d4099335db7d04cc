"""Arrays survive their way to bytes and back, and JSON numbers keep 4 significant digits."""

import json

import numpy as np

from app.protocol.encoding import finite, json_text, pack, unpack


def test_pack_and_unpack_are_inverse():
    arrays = {
        "a": np.arange(6, dtype=np.float32).reshape(2, 3),
        "b": np.array([[1, 255]], np.uint8),
        "c": np.array(3.5),
        "d": np.zeros((0, 4), np.float32),
        "e": np.array([True, False]),
        "f": np.arange(4, dtype=np.int64)[::2],
    }
    message, back = unpack(pack({"epoch": 3, "big": 2**127}, arrays))
    assert message == {"epoch": 3, "big": 2**127}
    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)


def test_the_layout_is_that_of_safetensors():
    buffer = pack({}, {"u": np.array([7], np.uint8), "w": np.array([1.5, 2.5], np.float32)})
    size = int.from_bytes(buffer[:8], "little")
    assert size % 8 == 0
    header = json.loads(buffer[8 : 8 + size])
    assert isinstance(header["__metadata__"]["message"], str)
    assert header["w"] == {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    assert header["u"] == {"dtype": "U8", "shape": [1], "data_offsets": [8, 9]}
    assert np.frombuffer(buffer[8 + size :][:8], "<f4").tolist() == [1.5, 2.5]


def test_json_has_four_significant_digits():
    text = json_text(
        {"type": "frame"},
        {"w": np.array([[0.123456, -12345.6], [np.nan, 1e-12]], np.float32), "u": np.array([[0, 255]], np.uint8)},
    )
    assert json.loads(text) == {"type": "frame", "w": [[0.1235, -12350.0], [None, 1e-12]], "u": [[0, 255]]}


def test_what_is_not_finite_is_null():
    assert finite(np.array([[1.0, np.inf], [np.nan, 2.0]])) == [[1.0, None], [None, 2.0]]
