"""The files of deploy/: valid by their schemas, hardened, and speaking of settings and metrics that there are."""

from __future__ import annotations

import configparser
import copy
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.container import SHARED
from bot.settings import ROOT, Settings
from deploy import check

DEPLOY = ROOT / "deploy"
COMPOSE = check.read(check.COMPOSE)[0]
OBJECTS = [(file.name, document) for file in check.manifests() for document in check.read(file)]
OURS = ("rasa", "actions", "worker")


def of_kind(kind: str) -> dict[str, Any]:
    return {document["metadata"]["name"]: document for _, document in OBJECTS if document["kind"] == kind}


DEPLOYMENTS = of_kind("Deployment")


def test_all_files_are_valid() -> None:
    assert check.main() == 0


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("services", "rasa", "portz"), ["1"], r"compose\.yml: services\.rasa: .*'portz' was unexpected"),
        (("services", "rasa", "read_only"), [], r"compose\.yml: services\.rasa\.read_only: "),
        (("networks", "inside", "internal"), {}, r"compose\.yml: networks\.inside\.internal: "),
    ],
)
def test_a_fault_in_the_compose_file_is_told_with_its_place(path: tuple[str, ...], value: Any, said: str) -> None:
    document = copy.deepcopy(COMPOSE)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert any(re.search(said, fault) for fault in check.compose_faults(document))


def test_a_fault_in_a_manifest_is_told_with_its_place() -> None:
    document = copy.deepcopy(DEPLOYMENTS["faqbot-rasa"])
    document["spec"]["template"]["spec"]["containers"][0]["readOnlyFilesystem"] = True
    document["spec"]["replicas"] = "two"
    faults = check.kubernetes_faults(document, "rasa.yml")
    assert any("spec.replicas" in fault for fault in faults)
    assert any("'readOnlyFilesystem' was unexpected" in fault for fault in faults)
    assert "unknown kind" in check.kubernetes_faults({"kind": "Deploymint", "apiVersion": "apps/v1"}, "x")[0]


def test_a_key_that_stands_twice_is_refused(tmp_path: Any) -> None:
    file = tmp_path / "x.yml"
    file.write_text("a: {b: 1, b: 2}\n")
    with pytest.raises(yaml.YAMLError, match="twice in one mapping: b"):
        check.read(file)


@pytest.mark.parametrize("name", OURS)
def test_each_container_of_ours_is_locked_down(name: str) -> None:
    composed = COMPOSE["services"][name]
    assert composed["read_only"] is True and composed["user"] == "10001:10001" and composed["cap_drop"] == ["ALL"]
    assert composed["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory"} <= set(composed["deploy"]["resources"]["limits"])
    pod = DEPLOYMENTS[f"faqbot-{name}"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    (container,) = pod["containers"]
    assert container["args"] == composed["command"] == [name]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    assert {"cpu", "memory"} <= set(container["resources"]["limits"]) & set(container["resources"]["requests"])
    written = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}
    assert written == {"/tmp", "/run/faqbot"} == {entry.split(":")[0] for entry in composed["tmpfs"]}


@pytest.mark.parametrize(("name", "path"), [("rasa", "/live"), ("actions", "/health")])
def test_what_patients_reach_is_probed_without_its_stores(name: str, path: str) -> None:
    """Were a pod taken away while a store is gone, nobody in a crisis would get the help text any more."""
    (container,) = DEPLOYMENTS[f"faqbot-{name}"]["spec"]["template"]["spec"]["containers"]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert container[probe]["httpGet"] == {"path": path, "port": "http"}
    assert path in " ".join(COMPOSE["services"][name]["healthcheck"]["test"])


def test_there_are_two_of_each_server() -> None:
    assert COMPOSE["services"]["rasa"]["environment"]["SANIC_WORKERS"] == "2"
    assert COMPOSE["services"]["actions"]["deploy"]["replicas"] == 2
    for name in ("rasa", "actions"):
        assert DEPLOYMENTS[f"faqbot-{name}"]["spec"]["replicas"] == 2
        assert of_kind("PodDisruptionBudget")[f"faqbot-{name}"]["spec"]["minAvailable"] == 1


def test_selectors_meet_pods_and_nothing_is_open_that_no_policy_lists() -> None:
    pods = {name: d["spec"]["template"]["metadata"]["labels"] for name, d in DEPLOYMENTS.items()}
    for name, deployment in DEPLOYMENTS.items():
        assert deployment["spec"]["selector"]["matchLabels"] == pods[name]
    for name, service in of_kind("Service").items():
        assert service["spec"]["selector"] == pods[name]
    policies = of_kind("NetworkPolicy")
    assert policies["default-deny"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name in pods:
        assert policies[name]["spec"]["podSelector"]["matchLabels"] == pods[name]


def test_only_the_rasa_server_is_reached_from_outside() -> None:
    assert [name for name, service in COMPOSE["services"].items() if "ports" in service] == ["rasa"]
    assert all(port.startswith("127.0.0.1:") for port in COMPOSE["services"]["rasa"]["ports"])
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert COMPOSE["services"]["actions"]["networks"] == ["inside"]


def given_by(source: str) -> set[str]:
    if source == "compose":
        return {name for service in OURS for name in COMPOSE["services"][service]["environment"]}
    return {*of_kind("ConfigMap")["faqbot"]["data"], *of_kind("Secret")["faqbot"]["stringData"]}


@pytest.mark.parametrize("source", ["compose", "kubernetes"])
def test_every_setting_exists_and_all_that_must_be_shared_is_given(source: str) -> None:
    given = given_by(source)
    known = {f"FAQBOT_{name.upper()}" for name in Settings.__fields__}
    assert {name for name in given if name.startswith("FAQBOT_")} <= known
    assert {f"FAQBOT_{name.upper()}" for name in SHARED} <= given
    wanted = set(re.findall(r"\$\{(\w+)\}", (DEPLOY / "endpoints.yml").read_text(encoding="utf-8")))
    assert wanted <= given


def test_the_example_of_an_environment_names_all_that_compose_asks_for() -> None:
    text = check.COMPOSE.read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    example = set(re.findall(r"^(\w+)=", (DEPLOY / "env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked == example


def test_the_image_copies_what_there_is_and_its_settings_exist() -> None:
    lines = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    sources = {part for line in re.findall(r"^COPY (?!--from)(.+)$", lines, re.MULTILINE) for part in line.split()[:-1]}
    assert all((ROOT / source).exists() for source in sources - {"build", "models"})
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    allowed = {line[1:] for line in ignored.splitlines() if line.startswith("!")}
    assert sources - {"build"} | {"build/encoder", "build/knowledge", "build/safety"} == allowed
    known = {f"FAQBOT_{name.upper()}" for name in Settings.__fields__}
    assert set(re.findall(r"(FAQBOT_\w+)=", lines)) <= known
    assert re.search(r"^USER 10001:10001$", lines, re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+?)(?: ;.*)? \\$", text, re.MULTILINE))


def test_the_serving_image_has_the_tested_versions_and_no_torch() -> None:
    serving, tested = pins("deploy/serving.lock"), pins("requirements.lock")
    assert len(serving) > 100
    assert {name: version for name, version in serving.items() if tested.get(name) != version} == {}
    assert not {n for n in serving if re.match(r"torch|tensorflow|keras|nvidia|transformers|sentence|pytest|ruff", n)}


def test_the_dashboard_asks_for_metrics_and_labels_that_there_are() -> None:
    from prometheus_client import CollectorRegistry

    from bot.watch.metrics import Metrics
    from bot.watch.queues import Queues

    registry = CollectorRegistry()
    metrics = Metrics((), registry)
    labels = {
        name: set(metric._labelnames) for metric in vars(metrics).values()
        if hasattr(metric, "_labelnames") for name in registry._collector_to_names[metric]
    }  # fmt: skip
    labels |= {family.name: {"outbox", "state"} for family in Queues({}).collect()}
    dashboard = json.loads(check.DASHBOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(asked) > 15
    used = set()
    for expression in asked:
        for name, chosen in re.findall(r"(faqbot_\w+)(?:\{([^}]*)\})?", expression):
            assert name in labels, expression
            used.add(re.sub(r"_(bucket|total)$", "", name))
            assert set(re.findall(r"(\w+)=", chosen)) <= labels[name], expression
        assert expression.count("(") == expression.count(")")
    assert {
        "faqbot_turns", "faqbot_declined", "faqbot_dangers", "faqbot_failures", "faqbot_turn_seconds",
        "faqbot_part_seconds", "faqbot_version", "faqbot_memory_bytes", "faqbot_outbox_messages",
        "faqbot_outbox_readable",
    } == used  # fmt: skip


def test_the_panels_do_not_lie_over_each_other() -> None:
    taken = set()
    for panel in json.loads(check.DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells


def test_the_unit_of_one_machine_serves_and_writes_where_its_data_is() -> None:
    unit = configparser.ConfigParser()
    unit.read(DEPLOY / "faqbot.service", encoding="utf-8")
    service = unit["Service"]
    home = service["WorkingDirectory"]
    assert service["ExecStart"] == f"{home}/.venv/bin/faqbot serve"
    default = Settings.__fields__["run_dir"].default
    assert service["ReadWritePaths"] == f"{home}/{default.relative_to(ROOT)}"
    assert (service["ProtectSystem"], service["NoNewPrivileges"]) == ("strict", "true")
    told = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert home in told and service["EnvironmentFile"] in told


def test_a_command_of_staff_runs_with_the_services_settings_and_as_its_user(tmp_path: Path) -> None:
    stand_in = tmp_path / "systemd-run"
    stand_in.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 3\n")
    stand_in.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    command = [str(DEPLOY / "faqbot-admin"), "user", "add", "ana b"]
    done = subprocess.run(command, env=path, capture_output=True, text=True, check=False)
    unit = configparser.ConfigParser()
    unit.read(DEPLOY / "faqbot.service", encoding="utf-8")
    service = unit["Service"]
    program = service["ExecStart"].split()[0]
    given = done.stdout.splitlines()
    assert done.returncode == 3  # the command's own
    assert given[given.index(program) :] == [program, "user", "add", "ana b"]
    assert {
        f"--uid={service['User']}",
        f"--working-directory={service['WorkingDirectory']}",
        f"--property=EnvironmentFile={service['EnvironmentFile']}",
    } <= set(given)
