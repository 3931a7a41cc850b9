"""Draws the conversations as Mermaid diagrams, from the same tables that run them: `python -m flows.diagram`."""

from __future__ import annotations

import sys

from flows.engine import Ask, Flow
from flows.registry import REGISTRY


def draw(flow: Flow) -> str:
    """One flow as a Mermaid state diagram. Questions are boxes, steps without waiting are choices of the bot."""
    lines = [f"## {flow.name}", "", "```mermaid", "stateDiagram-v2"]
    opened: dict[str, list[str]] = {}
    for intent, state in flow.opens.items():
        opened.setdefault(state, []).append(str(intent))
    for state, intents in opened.items():
        lines.append(f"  [*] --> {flow.name}_{state}: {', '.join(intents)}")
    for entry in flow.states:
        here = f"{flow.name}_{entry.name}"
        asks = f" (asks: {entry.kind})" if isinstance(entry, Ask) and not entry.silent else ""
        lines.append(f'  state "{entry.name}{asks}" as {here}')
        lines += [f"  {here} --> {target.replace('.', '_')}" for target in entry.to]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    sys.stdout.write("\n".join(draw(flow) for flow in REGISTRY.flows))
