"""Heavy libraries are hidden while others are imported, and only then."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path

import pytest

from knowledge.lean import HEAVY, hidden, lean_import


@pytest.fixture
def heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that can be imported and is not yet."""
    name = "a_heavy_module_for_tests"
    (tmp_path / f"{name}.py").write_text("WEIGHT = 500\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(sys.modules, name, sys)  # so that what a test imports is taken away again
    del sys.modules[name]
    return name


def test_a_hidden_module_cannot_be_imported_inside_the_block_and_can_be_after(heavy: str) -> None:
    with hidden(heavy), pytest.raises(ImportError):
        importlib.import_module(heavy)
    assert importlib.import_module(heavy).WEIGHT == 500


def test_a_module_comes_back_though_the_block_fails(heavy: str) -> None:
    with pytest.raises(ZeroDivisionError), hidden(heavy):
        _ = 1 / 0
    assert importlib.import_module(heavy).WEIGHT == 500


def test_a_module_that_is_imported_already_stays_usable(heavy: str) -> None:
    module = importlib.import_module(heavy)
    with hidden(heavy):
        assert importlib.import_module(heavy) is module
    assert sys.modules[heavy] is module


def test_blocks_within_blocks_hide_to_the_end_of_the_outer(heavy: str) -> None:
    with hidden(heavy):
        with hidden(heavy):
            pass
        with pytest.raises(ImportError):
            importlib.import_module(heavy)


def test_a_lean_import_takes_a_library_without_the_heavy_one(
    heavy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "a_light_module_for_tests"
    source = f"try:\n    import {heavy}\n    LEAN = False\nexcept ImportError:\n    LEAN = True\n"
    (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    monkeypatch.setitem(sys.modules, name, sys)
    del sys.modules[name]
    monkeypatch.setattr("knowledge.lean.HEAVY", (heavy,))
    assert lean_import(name).LEAN


def test_a_library_that_is_missing_is_still_an_import_error() -> None:
    with pytest.raises(ImportError, match="no_such_library_for_tests"):
        lean_import("no_such_library_for_tests")
    assert not [name for name in HEAVY if name in sys.modules and sys.modules[name] is None]


def test_a_library_does_not_decide_what_of_its_own_is_logged() -> None:
    lean_import("bm25s")
    assert logging.getLogger("bm25s").level == logging.NOTSET
