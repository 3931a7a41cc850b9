"""Many issues and offices for measurements, and how long it takes to find those that are like a new one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Engine, text

from bench.environment import Databases, settings_for
from bench.result import Measured
from bench.sizes import Sizes
from bot.db import make_engine, reading, writing
from bot.issues.board.similar import similar
from bot.language.text.likeness import folded
from bot.vault import Vault

WITHIN = 50.0  # ms
CATEGORIES = ("water", "road", "licence", "animal_disease", "market_access", "inputs", "plant_disease", "other")
CROWDED = "0313"  # a district with a tenth of all
WORDS = (
    "អណ្ដូងក្នុងភូមិមានក្លិនស្អុយ ផឹកមិនបាន កូនក្មេងឈឺពោះ",
    "ផ្លូវចូលភូមិខូច ឡានដឹកស្រូវចូលមិនបាន",
    "សុំអាជ្ញាប័ណ្ណឡឥដ្ឋ បីខែហើយមិនទាន់បាន",
    "ជ្រូកងាប់ជាច្រើនក្នុងភូមិ គ្មានពេទ្យសត្វមកមើល",
    "the pump broke in May and nobody repairs it, we carry water far",
    "chrouk ngoab chron knong phum, kmean pet satt mok merl",
)


def populate(engine: Engine, vault: Vault, issues: int, offices: int) -> None:
    """Offices of provinces, and issues of the last 80 days at them; a tenth lies in one district."""
    now = datetime.now(UTC)
    words = [vault.seal(folded(f"{one} {number}")) for number in range(40) for one in WORDS]
    sealed = [vault.seal(f"{one} {number}") for number in range(40) for one in WORDS]
    place = f"CASE WHEN n % 10 = 0 THEN '{CROWDED}05' ELSE lpad((1 + n % 25)::text, 2, '0') || '0101' END"
    state = "CASE n / 7 % 5 WHEN 0 THEN 'confirmed' WHEN 1 THEN 'answered' WHEN 2 THEN 'resolved' ELSE 'sent' END"
    statements = (
        "INSERT INTO issue_category (id, name_km, name_latn, name_en, sensitive, above, goods, days, rank) "
        "SELECT c, '', '', '', false, false, false, 15, 1 FROM unnest(CAST(:categories AS text[])) AS c "
        "ON CONFLICT DO NOTHING",
        "INSERT INTO office (code, name_km, name_en, level, place, parent_id, created_at) "
        "VALUES ('ministry', 'ក្រសួង', 'Ministry', 'ministry', '', NULL, :now)",
        "INSERT INTO office (code, name_km, name_en, level, place, parent_id, created_at) "
        "SELECT 'office' || n, 'សាលាខេត្តទី' || n, 'Hall ' || n, 'province', lpad((1 + n % 25)::text, 2, '0'), "
        "(SELECT id FROM office WHERE code = 'ministry'), :now FROM generate_series(1, :offices - 1) AS n",
        "INSERT INTO issue (code, category, place, district, province, commodity, about_office, office_id, state, "
        "voices, voices_told, by_group, hidden, folded, office_at, ack_minutes, solve_minutes, overdue, created_at, "
        "changed_at, acknowledged_at, closed_at, ack_due_at, solve_due_at) "
        f"SELECT lpad(n::text, 7, '0'), (CAST(:categories AS text[]))[1 + n % 8], {place}, substr({place}, 1, 4), "
        f"substr({place}, 1, 2), '', false, (SELECT min(id) FROM office) + n % :offices, {state}, 1 + n % 30, "
        "1 + n % 30, false, false, (CAST(:words AS bytea[]))[1 + n % 240], "
        "CAST(:now AS timestamptz) - n % 115000 * interval '1 minute', "
        "n % 5000, n % 50000, n % 50 / 48, CAST(:now AS timestamptz) - n % 115000 * interval '1 minute', :now, "
        "CASE WHEN n / 7 % 5 IN (0, 1, 2) THEN CAST(:now AS timestamptz) END, "
        "CASE WHEN n / 7 % 5 = 0 THEN CAST(:now AS timestamptz) - n % 3000 * interval '1 minute' END, "
        "CAST(:now AS timestamptz) + interval '1 day', CAST(:now AS timestamptz) + interval '20 days' "
        "FROM generate_series(1, :issues) AS n",
        "INSERT INTO issue_entry (issue_id, at, kind, by, text, office_may, public, detail) "
        "SELECT id, created_at, 'report', 'voice', (CAST(:sealed AS bytea[]))[1 + id % 240], true, 'shown', '' "
        "FROM issue",
        "ANALYZE",
    )
    given = {"categories": list(CATEGORIES), "now": now, "offices": offices, "issues": issues, "words": words}
    given["sealed"] = sealed
    with writing(engine) as connection:
        for statement in statements:
            named = {name: value for name, value in given.items() if f":{name}" in statement}
            connection.execute(text(statement), named)


def measure(databases: Databases, folder: Path, sizes: Sizes) -> Iterator[Measured]:
    """What somebody waits who tells of a problem, while the most of them are looked at."""
    settings = settings_for(databases.fresh(), folder)
    engine, vault = make_engine(settings.database_url), Vault(settings.data_key)
    try:
        populate(engine, vault, sizes.issues, sizes.offices)
        now, taken = datetime.now(UTC), []
        with reading(engine) as connection:
            for turn in range(sizes.issue_questions):
                begun = time.perf_counter()
                found = similar(connection, vault, "water", f"{CROWDED}05", WORDS[turn % len(WORDS)], now)
                taken.append((time.perf_counter() - begun) * 1000)
                if turn % len(WORDS) == 0 and not found:
                    raise SystemExit("nothing like it was found")
    finally:
        engine.dispose()
    name = f"the same issue among {sizes.issues:,}, {databases.kind}: slowest twentieth"
    yield Measured(name, quantiles(taken, n=20)[-1], WITHIN, " ms")
