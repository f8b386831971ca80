"""The index on disk: whole or not current, built only where something changed, checked when read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge import index, store
from knowledge.classifier import QuestionClassifier
from knowledge.errors import IndexUnusableError
from knowledge.index import Index, phrasings
from knowledge.lexical import LexicalIndex
from knowledge.load import load as load_content
from knowledge.search import Search
from knowledge.store import KEPT, MANIFEST, CachedEncoder, build_to, current_id, load
from knowledge.words import WordClassifier
from tests.conftest import WordEncoder, answer_block, write_clinic


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where indexes are built."""
    return tmp_path / "build" / "knowledge"


def set_price(faq: Path, dollars: int) -> None:
    """Change what `north` answers about the price."""
    text = f"One infusion costs ${dollars}."
    write_clinic(faq, "north", {"cost": [answer_block("price", "price", text, text)]}, name="North Clinic")


def folders(root: Path) -> list[str]:
    """The indexes, and what else is a folder, under `root`."""
    return sorted(p.name for p in root.iterdir() if p.is_dir())


def refuse(*_: object, **__: object) -> None:
    raise AssertionError("was called")


def test_the_first_build_becomes_current(faq: Path, root: Path, encoder: WordEncoder) -> None:
    identifier, built = build_to(root, load_content(faq), encoder)
    assert built
    assert current_id(root) == identifier
    assert folders(root) == [identifier]
    assert load(root, encoder_fingerprint="words-1").knowledge == load_content(faq)


def test_what_is_loaded_understands_as_what_was_built(faq: Path, root: Path, encoder: WordEncoder) -> None:
    build_to(root, load_content(faq), encoder)
    loaded = Search(load(root, encoder_fingerprint="words-1"), encoder)
    fresh = Search(store.build(load_content(faq), encoder), encoder)
    for text in ("so when do i stop eatin", "short sleeves and what is the price", "giraffe"):
        assert [(u.question, u.answer) for u in loaded.understand(text, "north")] == [
            (u.question, u.answer) for u in fresh.understand(text, "north")
        ]
        assert [u.confidence for u in loaded.understand(text, "north")] == pytest.approx(
            [u.confidence for u in fresh.understand(text, "north")], abs=1e-4
        )


def test_what_is_loaded_counts_no_words_again(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_to(root, load_content(faq), encoder)
    monkeypatch.setattr(index, "word_counts", refuse)
    assert load(root, encoder_fingerprint="words-1").speller.correct("pirce") == "price"


def test_unchanged_content_is_not_built_again(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier, _ = build_to(root, load_content(faq), encoder)
    monkeypatch.setattr(store, "build", refuse)
    encoder.encoded.clear()
    assert build_to(root, load_content(faq), encoder) == (identifier, False)
    assert encoder.encoded == []


def test_unchanged_content_is_built_again_by_force(faq: Path, root: Path, encoder: WordEncoder) -> None:
    identifier, _ = build_to(root, load_content(faq), encoder)
    assert build_to(root, load_content(faq), encoder, force=True) == (identifier, True)
    assert load(root, encoder_fingerprint="words-1").knowledge == load_content(faq)


def test_a_changed_answer_trains_nothing_and_encodes_only_its_new_sentence(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = build_to(root, load_content(faq), encoder)
    before = load(root, encoder_fingerprint="words-1")
    encoder.encoded.clear()
    set_price(faq, 450)
    for part in (QuestionClassifier, WordClassifier):
        monkeypatch.setattr(part, "train", refuse)
    monkeypatch.setattr(LexicalIndex, "build", refuse)
    second, built = build_to(root, load_content(faq), encoder)
    assert built
    assert second != first
    assert encoder.encoded == ["one infusion costs $450"]
    after = load(root, encoder_fingerprint="words-1")
    np.testing.assert_array_equal(after.classifier.weights, before.classifier.weights)
    answer = after.clinics["north"].answer_to("price")
    assert answer is not None
    assert answer.text == "One infusion costs $450."


def test_a_changed_phrasing_trains_again_and_encodes_only_itself(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_to(root, load_content(faq), encoder)
    trained: list[int] = []
    train = QuestionClassifier.train

    def counted(*arguments: int) -> QuestionClassifier:
        trained.append(1)
        return train(*arguments)

    monkeypatch.setattr(QuestionClassifier, "train", counted)
    encoder.encoded.clear()
    path = faq / "questions" / "cost.md"
    path.write_text(path.read_text(encoding="utf-8") + "- what is the damage\n", encoding="utf-8")
    build_to(root, load_content(faq), encoder)
    assert encoder.encoded == ["what is the damage"]
    assert trained == [1]


def test_another_encoder_builds_everything_anew(faq: Path, root: Path, encoder: WordEncoder) -> None:
    first, _ = build_to(root, load_content(faq), encoder)
    other = WordEncoder()
    other.fingerprint = "words-2"
    second, built = build_to(root, load_content(faq), other)
    assert built
    assert second != first
    assert set(other.encoded) == set(encoder.encoded)
    assert load(root, encoder_fingerprint="words-2").encoder_fingerprint == "words-2"


def test_old_indexes_are_kept_up_to_the_limit(faq: Path, root: Path, encoder: WordEncoder) -> None:
    made = []
    for dollars in range(401, 401 + KEPT + 2):
        set_price(faq, dollars)
        made.append(build_to(root, load_content(faq), encoder)[0])
    assert folders(root) == sorted(made[-KEPT:])
    assert current_id(root) == made[-1]


def test_going_back_to_old_content_builds_nothing(faq: Path, root: Path, encoder: WordEncoder) -> None:
    first, _ = build_to(root, load_content(faq), encoder)
    set_price(faq, 450)
    build_to(root, load_content(faq), encoder)
    set_price(faq, 400)
    assert build_to(root, load_content(faq), encoder) == (first, False)
    assert current_id(root) == first


def test_while_an_index_is_built_the_old_one_is_current(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = build_to(root, load_content(faq), encoder)
    seen: list[str] = []
    write = store.write

    def watched(index: Index, folder: Path) -> None:
        write(index, folder)
        seen.append(current_id(root))
        load(root, encoder_fingerprint="words-1")

    monkeypatch.setattr(store, "write", watched)
    set_price(faq, 450)
    second, _ = build_to(root, load_content(faq), encoder)
    assert seen == [first]
    assert current_id(root) == second


@pytest.mark.parametrize("step", ["write", "_point_to"])
def test_a_build_that_fails_leaves_the_old_index_current(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    first, _ = build_to(root, load_content(faq), encoder)
    set_price(faq, 450)

    def fail(_: object, place: object) -> None:
        if isinstance(place, Path):
            (place / "content.json").write_text("half", encoding="utf-8")
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(store, step, fail)
        with pytest.raises(OSError, match="no space left"):
            build_to(root, load_content(faq), encoder)
    assert current_id(root) == first
    load(root, encoder_fingerprint="words-1")
    assert not [name for name in folders(root) if name.startswith(".")]
    second, _ = build_to(root, load_content(faq), encoder)
    assert current_id(root) == second != first
    load(root, encoder_fingerprint="words-1")


def test_a_first_build_that_fails_leaves_nothing_current(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "write", refuse)
    with pytest.raises(AssertionError):
        build_to(root, load_content(faq), encoder)
    with pytest.raises(IndexUnusableError, match="run `faqbot build`"):
        load(root, encoder_fingerprint="words-1")


def test_without_an_index_the_mend_is_named(root: Path) -> None:
    with pytest.raises(IndexUnusableError, match=r"no index in .*; run `faqbot build`"):
        current_id(root)


def test_an_index_of_another_encoder_is_refused(faq: Path, root: Path, encoder: WordEncoder) -> None:
    build_to(root, load_content(faq), encoder)
    with pytest.raises(IndexUnusableError, match="another encoder; run `faqbot build`"):
        load(root, encoder_fingerprint="words-2")


def cut(path: Path) -> None:
    """Take the last byte away."""
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("content.json", cut),
        ("owners.npy", cut),
        ("phrasings.faiss", cut),
        ("phrasings.faiss", Path.unlink),
        ("classifier.npz", cut),
        ("answers/north.faiss", cut),
        ("answers/south.npy", Path.unlink),
        ("lexical/params.index.json", Path.unlink),
    ],
)
def test_a_damaged_index_is_refused_and_the_next_build_mends_it(
    faq: Path, root: Path, encoder: WordEncoder, file: str, damage: Callable[[Path], None]
) -> None:
    identifier, _ = build_to(root, load_content(faq), encoder)
    damage(root / identifier / file)
    with pytest.raises(IndexUnusableError, match=f"{file} is missing or damaged; run `faqbot build"):
        load(root, encoder_fingerprint="words-1")
    assert build_to(root, load_content(faq), encoder) == (identifier, True)
    load(root, encoder_fingerprint="words-1")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="missing: a half-built folder"),
        pytest.param("", id="empty"),
        pytest.param('{"format": ', id="cut"),
        pytest.param("{}", id="without format"),
        pytest.param('{"format": 1, "files": {}}', id="another format"),
        pytest.param("[]", id="a list"),
    ],
)
def test_an_index_without_its_manifest_is_refused_and_the_next_build_mends_it(
    faq: Path, root: Path, encoder: WordEncoder, text: str | None
) -> None:
    identifier, _ = build_to(root, load_content(faq), encoder)
    manifest = root / identifier / MANIFEST
    manifest.unlink() if text is None else manifest.write_text(text, encoding="utf-8")
    with pytest.raises(IndexUnusableError, match="run `faqbot build`"):
        load(root, encoder_fingerprint="words-1")
    assert build_to(root, load_content(faq), encoder) == (identifier, True)
    load(root, encoder_fingerprint="words-1")


def test_a_pointer_to_an_index_that_is_gone_is_refused(faq: Path, root: Path, encoder: WordEncoder) -> None:
    build_to(root, load_content(faq), encoder)
    (root / "current").write_text("0123456789abcdef\n", encoding="utf-8")
    with pytest.raises(IndexUnusableError, match=r"0123456789abcdef.*run `faqbot build`"):
        load(root, encoder_fingerprint="words-1")


def test_a_clinic_without_answers_can_be_built(faq: Path, root: Path, encoder: WordEncoder) -> None:
    write_clinic(faq, "east", {})
    build_to(root, load_content(faq), encoder)
    assert load(root, encoder_fingerprint="words-1").answers["east"].faiss.ntotal == 0


def test_the_manifest_lists_every_file_of_the_index(faq: Path, root: Path, encoder: WordEncoder) -> None:
    identifier, _ = build_to(root, load_content(faq), encoder)
    folder = root / identifier
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert set(manifest["files"]) == files - {MANIFEST}
    assert manifest["clinics"] == ["north", "south"]


def test_cached_vectors_are_those_of_the_encoder_in_their_order(tmp_path: Path, encoder: WordEncoder) -> None:
    cached = CachedEncoder(encoder, tmp_path / "vectors.npz")
    cached.encode(["banana split"])
    texts = ["apple pie", "banana split", "apple pie"]
    np.testing.assert_array_equal(cached.encode(texts), WordEncoder().encode(texts))
    assert encoder.encoded == ["banana split", "apple pie"]


def test_the_cache_keeps_only_what_the_last_build_used(tmp_path: Path, encoder: WordEncoder) -> None:
    path = tmp_path / "vectors.npz"
    first = CachedEncoder(encoder, path)
    first.encode(["apple pie", "banana split"])
    first.save()
    second = CachedEncoder(encoder, path)
    second.encode(["apple pie"])
    second.save()
    encoder.encoded.clear()
    CachedEncoder(encoder, path).encode(["apple pie", "banana split"])
    assert encoder.encoded == ["banana split"]


def test_changed_shorthand_takes_over_nothing(
    faq: Path, root: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = build_to(root, load_content(faq), encoder)
    monkeypatch.setattr(store, "shorthand", lambda: {"prc": "price"})
    trained: list[int] = []
    train = WordClassifier.train
    monkeypatch.setattr(WordClassifier, "train", lambda *given: (trained.append(1), train(*given))[1])
    second, built = build_to(root, load_content(faq), encoder)
    assert (built, second != first, trained) == (True, True, [1])


def test_a_changed_answer_forgets_no_phrasing(faq: Path, root: Path, encoder: WordEncoder) -> None:
    build_to(root, load_content(faq), encoder)
    set_price(faq, 450)
    build_to(root, load_content(faq), encoder)
    encoder.encoded.clear()
    CachedEncoder(encoder, root / "vectors.npz").encode(phrasings(load_content(faq).all_questions())[0])
    assert encoder.encoded == []


@pytest.mark.parametrize("content", [b"", b"no archive"], ids=["empty", "other"])
def test_a_damaged_cache_costs_time_and_no_build(faq: Path, root: Path, encoder: WordEncoder, content: bytes) -> None:
    build_to(root, load_content(faq), encoder)
    (root / "vectors.npz").write_bytes(content)
    set_price(faq, 450)
    build_to(root, load_content(faq), encoder)
    load(root, encoder_fingerprint="words-1")
