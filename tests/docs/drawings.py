"""Puts the drawings into the docs: `make diagrams`. The import map and how conversations lead to each other stand in
docs/architecture.md, the states of each conversation in docs/conversations.md.

All are drawn from the code itself; a test holds the pages to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from flows.diagram import draw
from flows.registry import REGISTRY
from tests.docs import import_map

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURE, CONVERSATIONS = ROOT / "docs/architecture.md", ROOT / "docs/conversations.md"
_DRAWING = re.compile(r"```mermaid\n.*?^```\n", re.MULTILINE | re.DOTALL)
_OPENING = """# Conversations

Each conversation of `flows/` with its states, drawn from the tables that run them: `make diagrams`. An arrow from the
start carries what a person says to get there.

"""


def ways() -> str:
    """Which conversation leads to which others, as a Mermaid flowchart. Ways home are left out: all have one."""
    lines = ["```mermaid", "flowchart LR"]
    for flow in REGISTRY.flows:
        others = {target.partition(".")[0] for state in flow.states for target in state.to} - {flow.name, "home"}
        lines += [f"  {flow.name} --> {other}" for other in sorted(others)]
    return "\n".join([*lines, "```", ""])


def pages() -> Mapping[Path, str]:
    """Both pages as they should be."""
    drawn = iter((import_map.draw(), ways()))
    architecture = ARCHITECTURE.read_text(encoding="utf-8")
    return {
        ARCHITECTURE: _DRAWING.sub(lambda _: next(drawn), architecture, count=2),
        CONVERSATIONS: _OPENING + "\n".join(draw(flow) for flow in REGISTRY.flows),
    }


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
        print(page.relative_to(ROOT))
