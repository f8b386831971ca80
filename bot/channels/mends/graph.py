"""Runs Rasa's graph of components in plain order."""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

_ORDERS = "_faqbot_orders"


def run(
    self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
) -> dict[str, Any]:
    """As `DaskGraphRunner.run`, without dask: it plans the same graph anew in each run, three runs a turn (2 ms).

    A node runs after those that it needs, once. Raises GraphRunError as the original does.
    """
    wanted = tuple(targets or self._graph_schema.target_names)
    results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()}
    orders: dict[tuple[str, ...], list[tuple[str, tuple[str, ...]]]] = self.__dict__.setdefault(_ORDERS, {})
    if wanted not in orders:
        orders[wanted] = _order(self, wanted)
    try:
        for name, needs in orders[wanted]:
            results[name] = self._instantiated_nodes[name](*(results.get(need, need) for need in needs))
    except RuntimeError as error:
        raise GraphRunError("Error running runner.") from error
    return {name: results[name][1] for name in wanted}


def _order(runner: DaskGraphRunner, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
    """The nodes that the targets need, each behind those that it needs itself; inputs are no nodes."""
    nodes = runner._graph_schema.nodes
    order: dict[str, tuple[str, ...]] = {}

    def visit(name: str) -> None:
        if name in order or name not in nodes:
            return
        needs = tuple(nodes[name].needs.values())
        for need in needs:
            visit(need)
        order[name] = needs

    for target in targets:
        visit(target)
    return list(order.items())
