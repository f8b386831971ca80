"""Modules that serving never needs are put off until something uses them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.rasa_server import PUT_OFF, put_off

PACKAGE = "a_package_for_tests"
HEAVY = f"{PACKAGE}.heavy"
SOURCE = """
WEIGHT = 500
def add(a, b, *, c=0):
    return a + b + c
class Box:
    def __init__(self, held):
        self.held = held
"""


@pytest.fixture(autouse=True)
def heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package with a heavy module, imported but for that."""
    (tmp_path / PACKAGE).mkdir()
    (tmp_path / PACKAGE / "__init__.py").touch()
    (tmp_path / PACKAGE / "heavy.py").write_text(SOURCE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module(PACKAGE)
    yield
    for name in (HEAVY, PACKAGE):
        sys.modules.pop(name, None)


def is_real() -> bool:
    """Whether the heavy module itself is imported."""
    return hasattr(sys.modules[HEAVY], "__file__")


def test_importing_names_from_a_module_that_is_put_off_imports_nothing() -> None:
    put_off({HEAVY: ["add", "Box"]})
    module = importlib.import_module(HEAVY)
    assert callable(module.add) and callable(module.Box)
    assert not is_real()


def test_a_call_imports_the_module_and_is_the_real_one() -> None:
    put_off({HEAVY: ["add", "Box"]})
    add, box = importlib.import_module(HEAVY).add, importlib.import_module(HEAVY).Box
    assert add(1, 2, c=3) == 6
    assert is_real()
    assert box("bread").held == "bread"


def test_any_other_name_imports_the_module_at_once() -> None:
    put_off({HEAVY: ["add"]})
    assert importlib.import_module(HEAVY).WEIGHT == 500
    assert is_real()


def test_a_name_that_the_module_does_not_have_is_an_error() -> None:
    put_off({HEAVY: ["add", "gone"]})
    module = importlib.import_module(HEAVY)
    with pytest.raises(AttributeError):
        _ = module.nothing
    with pytest.raises(AttributeError, match="gone"):
        module.gone()


def test_what_the_import_system_looks_for_imports_nothing() -> None:
    put_off({HEAVY: ["add"]})
    assert not hasattr(importlib.import_module(HEAVY), "__path__")
    assert not is_real()


def test_a_module_that_is_imported_already_is_left_alone() -> None:
    module = importlib.import_module(HEAVY)
    put_off({HEAVY: ["add"]})
    assert sys.modules[HEAVY] is module and is_real()


def test_it_is_an_attribute_of_its_package_too() -> None:
    put_off({HEAVY: ["add"]})
    assert sys.modules[PACKAGE].heavy is sys.modules[HEAVY]  # type: ignore[attr-defined]
    assert sys.modules[PACKAGE].heavy.add(1, 2) == 3  # type: ignore[attr-defined]
    assert sys.modules[PACKAGE].heavy.add(1, 2) == 3  # type: ignore[attr-defined]


def test_a_module_whose_package_is_not_imported_is_put_off_too() -> None:
    put_off({"a_package_that_is_not_there.module": ["name"]})
    try:
        assert "a_package_that_is_not_there.module" in sys.modules
        with pytest.raises(ModuleNotFoundError):
            sys.modules["a_package_that_is_not_there.module"].name()  # type: ignore[attr-defined]
    finally:
        sys.modules.pop("a_package_that_is_not_there.module", None)


def test_no_module_is_put_off_without_the_names_that_rasa_imports_from_it() -> None:
    assert PUT_OFF and all(PUT_OFF.values())
