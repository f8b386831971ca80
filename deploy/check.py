"""Checks the files of deploy/ without a network: `python deploy/check.py`, which `make lint` calls.

compose.yml against the Compose Specification, the Kubernetes manifests against Kubernetes' own definitions
(deploy/schemas), the dashboard for being JSON. Faults are printed as `file: where: what`; exit code 1 where there
are some.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

HERE = Path(__file__).resolve().parent
COMPOSE = HERE / "compose.yml"
MANIFESTS = HERE / "kubernetes"
DASHBOARD = HERE / "grafana" / "faqbot.json"
KUSTOMIZATION = "kustomization.yml"  # for the tool kustomize; no kind of the cluster's


def main() -> int:
    """Check all; 1 where something is wrong."""
    faults = [*compose_faults(read(COMPOSE)[0]), *_manifest_faults(), *_dashboard_faults()]
    for fault in faults:
        print(fault)  # noqa: T201
    return int(bool(faults))


def read(file: Path) -> list[Any]:
    """The documents of a YAML file. Raises yaml.YAMLError for what is none, and for a key that stands twice."""
    return list(yaml.load_all(file.read_text(encoding="utf-8"), _Strict))


def compose_faults(document: Any) -> list[str]:
    """What is wrong with a compose file."""
    return list(_against(_schema("compose-spec.json"), document, COMPOSE.name))


def kubernetes_faults(document: Any, name: str) -> list[str]:
    """What is wrong with one object of a manifest."""
    schema = _schema("kubernetes-1.33.json")
    kind = f"{document.get('apiVersion')} {document.get('kind')}" if isinstance(document, dict) else "no object"
    if kind not in schema["kinds"]:
        return [f"{name}: unknown kind '{kind}'; known: {', '.join(schema['kinds'])} (deploy/schemas)"]
    rule = {"$defs": schema["$defs"], "$ref": f"#/$defs/{schema['kinds'][kind]}"}
    return list(_against(rule, document, f"{name} {kind}"))


def manifests() -> list[Path]:
    """The files with objects of Kubernetes."""
    return sorted(file for file in MANIFESTS.glob("*.yml") if file.name != KUSTOMIZATION)


def _manifest_faults() -> Iterator[str]:
    for file in manifests():
        for document in read(file):
            yield from kubernetes_faults(document, file.name)
    listed = set(read(MANIFESTS / KUSTOMIZATION)[0]["resources"])
    known = {file.name for file in manifests() if ".example." not in file.name}
    for name in sorted(listed ^ known):
        yield f"{KUSTOMIZATION}: {name}: stands in the list or in the folder, but not in both"


def _dashboard_faults() -> Iterator[str]:
    try:
        json.loads(DASHBOARD.read_text(encoding="utf-8"))
    except ValueError as error:
        yield f"{DASHBOARD.name}: {error}"


def _schema(name: str) -> Any:
    return json.loads((HERE / "schemas" / name).read_text(encoding="utf-8"))


def _against(schema: Any, document: Any, name: str) -> Iterator[str]:
    for error in Draft202012Validator(schema).iter_errors(document):
        where = ".".join(str(step) for step in error.absolute_path) or "the whole"
        yield f"{name}: {where}: {error.message[:300]}"


class _Strict(yaml.SafeLoader):
    """Refuses a key that stands twice, which plain YAML takes for the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Called for each mapping."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"twice in one mapping: {', '.join(sorted(twice))}\n{node.start_mark}")
        return super().construct_mapping(node, deep)


if __name__ == "__main__":
    sys.exit(main())
