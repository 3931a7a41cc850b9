"""Draws the rooms of bot/ and flows/ and who imports whom, from the code's own imports.

Reads the tree and imports nothing of it. An arrow that a longer way of arrows tells already is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Files that stand alone at the top of bot/ and belong together.
_GROUPS = {
    "ground": ("config", "csvfile", "db", "environment", "lists", "logs", "terminal", "upsert", "vault"),
    "start": ("app", "wsgi", "worker", "local"),
    "clock": ("clock", "due_tasks"),
    "commands": ("cheat_sheet", "commands", "exports"),
    "turn": ("conversation", "handlers", "turn"),
}
_GROUP = {room: group for group, rooms in _GROUPS.items() for room in rooms}
_SAYS = {
    "ground": "settings, database, vault, logs",
    "start": "app, wsgi, worker, local",
    "clock": "clock, due_tasks",
    "commands": "the command line",
    "turn": "conversation, handlers",
}


def _room(module: str) -> str | None:
    """The room of a module; None where it is not ours, or only the package."""
    first, _, rest = module.partition(".")
    room = rest.partition(".")[0] if first == "bot" else first if first in ("flows", "wsgi", "worker") else ""
    return _GROUP.get(room, room) or None


def _imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "bot":
            found.update(f"bot.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def rooms() -> dict[str, set[str]]:
    """Each room with the rooms it imports."""
    found: dict[str, set[str]] = {}
    files = [*(ROOT / "bot").rglob("*.py"), *(ROOT / "flows").rglob("*.py"), ROOT / "wsgi.py", ROOT / "worker.py"]
    for path in files:
        own = _room(".".join(path.relative_to(ROOT).with_suffix("").parts))
        if own and own != "__init__":
            others = {room for module in _imported(path) if (room := _room(module))}
            found.setdefault(own, set()).update(others - {own})
    return found


def shortest(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The arrows without those that a longer way tells already. Raises ValueError where they go round."""
    below: dict[str, set[str]] = {}

    def reach(room: str, way: tuple[str, ...] = ()) -> set[str]:
        if room in way:
            raise ValueError(f"imports go round: {' > '.join((*way, room))}")
        if room not in below:
            nearer = arrows.get(room, set())
            below[room] = nearer.union(*(reach(one, (*way, room)) for one in nearer))
        return below[room]

    return {
        room: {one for one in others if not any(one in reach(other) for other in others - {one})}
        for room, others in arrows.items()
        if reach(room) is not None
    }


def draw() -> str:
    """The map as a Mermaid flowchart."""
    arrows = shortest(rooms())
    lines = ["```mermaid", "flowchart TD"]
    lines += [f'  {room}["{room}: {_SAYS[room]}"]' if room in _SAYS else f"  {room}" for room in sorted(arrows)]
    lines += [f"  {room} --> {other}" for room in sorted(arrows) for other in sorted(arrows[room])]
    return "\n".join([*lines, "```", ""])
