"""The rules of the house, checked: who may import whom, how large a file may be, what is written down.

Reads the tree; imports only to see what the web process loads.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.conftest import ENVIRON

ROOT = Path(__file__).resolve().parents[2]

# The rooms from the ground up. A room imports only rooms of lower floors; those of one floor do not know
# each other. What is not on the map has no place yet: give it one.
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"flows"}),
    frozenset({"language", "db", "environment", "vault", "csvfile", "logs", "once"}),
    frozenset({"upsert", "audio", "terminal", "config", "lists"}),
    frozenset({"contacts"}),
    frozenset({"web", "messages"}),
    frozenset({"broadcasts", "teaching", "users"}),
    frozenset({"prices", "meetings", "issues", "radio"}),
    frozenset({"turn"}),
    frozenset({"conversation"}),
    frozenset({"handlers", "migrations", "call"}),
    frozenset({"console", "channels"}),
    frozenset({"clock", "due_tasks"}),
    frozenset({"commands"}),
    frozenset({"app"}),
    frozenset({"wsgi", "worker"}),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# These stand beside the house: nobody imports them, and they import only what is named here.
BESIDE = {"simulator": {"language", "config", "logs", "web"}, "local": {"config"}}
# The ways there: `flask call` rings the line from a telephone of the simulator's, `flask try` knows its people.
WAYS = {("commands", "simulator")}
# Where people and issues meet: what talks to those behind one. No page, digest or interface of offices is among them.
MEETS_PEOPLE = {
    *(
        f"bot/issues/{room}.py"
        for room in ("raising", "limits", "notifications", "facts", "staff/merging", "staff/who")
    ),
    "bot/migrations/env.py",
}
# Where the environment is read; everything else is handed its settings.
ENTRIES = {"wsgi.py", "worker.py", "bot/local/__main__.py", "bot/simulator/__main__.py"}


def python_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


CODE = [*python_files("bot", "flows"), *ROOT.glob("*.py")]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def texts() -> Iterator[Path]:
    """Every text file of the project that a person wrote."""
    for folder in ("bot", "flows", "tests", "bench", "locales", "docs", ".ci"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file())
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.name != ".git")


def room_of(module: str) -> str | None:
    """The room a module belongs to; None for modules that are not ours."""
    first, _, rest = module.partition(".")
    if first == "bot":
        return rest.partition(".")[0] or "bot"
    return first if first in ("flows", "wsgi", "worker") else None


@cache
def imported(path: Path) -> set[str]:
    """The modules a file imports, `from bot import db` read as bot.db."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}: imports are written in full"
            module = node.module or ""
            found.update(f"bot.{alias.name}" for alias in node.names) if module == "bot" else found.add(module)
    return found


def own_room(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return (room_of(".".join(parts)) or "").replace("__init__", "bot")


def may_import(own: str, other: str) -> bool:
    """Whether a room may import another."""
    if own == "bot":
        return False
    if own in BESIDE:
        return other in BESIDE[own]
    return (own, other) in WAYS or FLOOR.get(other, len(FLOORS)) < FLOOR[own]


def test_every_room_has_its_place_on_the_map() -> None:
    assert {own_room(path) for path in CODE} <= {"bot", *BESIDE, *FLOOR}


def test_imports_run_one_way() -> None:
    wrong = []
    for path in CODE:
        own = own_room(path)
        others = {room for module in imported(path) if (room := room_of(module))} - {own}
        wrong += [f"{name(path)} imports {other}" for other in others if not may_import(own, other)]
    assert wrong == []


def test_conversations_are_pure() -> None:
    impure = {"random", "secrets", "time", "os", "socket", "logging", "threading"}
    allowed = (sys.stdlib_module_names | {"flows"}) - impure
    flows = python_files("flows")
    assert flows
    imports = [(name(path), module) for path in flows for module in imported(path)]
    assert [(flow, module) for flow, module in imports if module.partition(".")[0] not in allowed] == []


def test_only_who_talks_to_people_knows_who_is_behind_an_issue() -> None:
    who = {name(path) for path in CODE if "bot.issues.people" in imported(path)}
    assert who <= MEETS_PEOPLE


def test_the_web_process_loads_neither_the_carriers_client_nor_the_simulator(tmp_path: Path) -> None:
    unwanted = ("twilio.rest", "bot.simulator", "bot.local", "aiohttp", "av")
    code = f"import sys, wsgi; print(*[name for name in {unwanted} if name in sys.modules])"
    env = {**ENVIRON, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite", "REDIS_URL": "unix:///nowhere"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_every_module_says_what_it_owns() -> None:
    assert [name(path) for path in CODE if not ast.get_docstring(tree(path))] == []


def test_no_file_hides_behind_a_folder_of_its_name() -> None:
    assert [name(path) for path in CODE if path.with_suffix("").is_dir()] == []


def test_files_are_small_enough_to_know() -> None:
    files = [*CODE, *python_files("tests", "bench")]
    assert [name(path) for path in files if lines(path) > 400] == []


def test_files_are_named_for_what_they_own() -> None:
    files = [*CODE, *python_files("tests", "bench")]
    assert [name(path) for path in files if re.fullmatch(r"(utils?|helpers?|misc|common)", path.stem)] == []


def test_a_file_is_read_in_one_sitting() -> None:
    assert [name(path) for path in CODE if lines(path) > 350] == []


def test_a_folder_holds_at_most_fifteen_files() -> None:
    folders = Counter(name(path.parent) for path in CODE if "versions" not in path.parts)
    assert {folder: files for folder, files in folders.items() if files > 15} == {}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function with the file it stands in, but for those of migrations."""
    for path in CODE:
        if "versions" not in path.parts:
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield name(path), node


def test_a_function_fits_a_screen() -> None:
    long = {(file, node.name) for file, node in functions() if (node.end_lineno or 0) - node.lineno + 1 > 60}
    assert long == set()


def test_a_function_takes_few_things() -> None:
    many = []
    for file, node in functions():
        taken = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        if len([one for one in taken if one not in ("self", "cls")]) > 7:
            many.append((file, node.name))
    assert many == []


def test_no_module_imports_itself_by_way_of_others() -> None:
    modules = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in CODE}
    graph = {module: _imported_modules(path, modules.keys()) - {module} for module, path in modules.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def _imported_modules(path: Path, modules: Collection[str]) -> set[str]:
    """Every module of ours that a file names, also for the type checker alone or within a function."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & set(modules) or {node.module}
    return found & set(modules)


def test_only_entries_read_the_environment() -> None:
    reads = re.compile(r"\bos\.(environ|getenv)\b")
    readers = {name(path) for path in CODE if reads.search(path.read_text(encoding="utf-8"))}
    assert readers <= ENTRIES


def test_nothing_is_left_unfinished_or_tied_to_one_machine() -> None:
    unwanted = re.compile(
        "|".join(
            (
                r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX)\b",
                r"pytest\.(?:mark\.)?(?:sk" r"ip|xf" r"ail|import" r"orskip)",
                r"/(?:wo" r"rk|ro" r"ot)/",
                r"--(?:extra-)?index" r"-url[ =]\S*:/",
                r"pypi" r"\.org|python" r"hosted\.org|npm" r"js\.org|deb\.deb" r"ian\.org",
            )
        )
    )
    found = []
    for path in texts():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a compiled or binary file
        found += [f"{name(path)}: {match.group()}" for match in unwanted.finditer(text)]
    assert not found


def test_every_setting_has_its_line_in_the_docs() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    code = "".join((ROOT / f"bot/{file}.py").read_text() for file in ("config", "environment/reader"))
    settings = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', code))
    settings = {setting for setting in settings if len(setting) > 3 and setting != "SQLITE"}
    assert "DATABASE_URL" in settings
    assert {setting for setting in settings if f"`{setting}`" not in page} == set()


def test_the_readme_names_both_commands_and_every_make_target_has_its_line() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme
    makefile = (ROOT / "Makefile").read_text()
    named = re.findall(r"^([a-z]+):", makefile, re.MULTILINE)
    explained = re.findall(r"^([a-z]+):.*## \w", makefile, re.MULTILINE)
    assert set(named) - set(explained) == {"browser"}  # a step of setup


def test_ci_runs_what_people_run() -> None:
    assert re.search(r"^exec make test$", (ROOT / ".ci/run").read_text(), re.MULTILINE)


def test_the_procfile_has_its_four_plain_commands() -> None:
    lines = [line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines()]
    assert [process for process, _, _ in lines] == ["release", "web", "worker", "clock"]
    for _, _, command in lines:
        assert re.match(r"(flask|granian|python) ", command), "a plain command, no variable before it"
        assert not re.search(r"[;&|<>]", command)


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_locked(file: str) -> None:
    logical = (ROOT / file).read_text().replace("\\\n", " ").splitlines()
    for line in logical:
        if line.strip() and not line.lstrip().startswith("#"):
            assert re.match(r"[a-z0-9-]+==\S+ ", line), line
            assert "--hash=sha256:" in line, line
