"""The digests of a morning: every office has officials to be told, and there are very many issues."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from datetime import time as clock_time
from multiprocessing import get_context
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, text

from bench.environment import Databases, memory_of, settings_for
from bench.issue_data import populate
from bench.result import Measured
from bench.sizes import Sizes
from bot.app import Phsar, build
from bot.commands.register import PATIENCE
from bot.config import Settings
from bot.db import reading, writing
from bot.due_tasks import due_tasks
from bot.issues.calendar import load_calendar
from bot.issues.digest.service import BEGINS, Digests
from bot.logs import silence

WITHIN, GROWN = 60.0, 20.0  # s, MB
NOWHERE = "smtp://127.0.0.1:9"  # there is a mail server; nothing is sent in this
MADE = ("digest", "outbox", "mail")  # a row of each for an office
PEAK = "VmHWM:"


def measure(databases: Databases, folder: Path, sizes: Sizes) -> Iterator[Measured]:
    """How long the clock is busy with it, and what it keeps in memory for it at most."""
    silence()
    settings = replace(settings_for(databases.fresh(), folder), smtp_url=NOWHERE)
    phsar = build(settings, patience=PATIENCE)
    try:
        populate(phsar.engine, phsar.vault, sizes.issues, sizes.offices)
        appoint(phsar)
        # A process of its own: one that measured before has memory to spare.
        with ProcessPoolExecutor(1, get_context("spawn")) as clock:
            lasted, grown = clock.submit(tell, settings).result()
        with reading(phsar.engine) as connection:
            made = [connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in MADE]
        if made != [sizes.offices] * len(MADE):
            raise SystemExit(f"{dict(zip(MADE, made, strict=True))} for {sizes.offices} offices")
    finally:
        phsar.engine.dispose()
    yield Measured(
        f"digests of {sizes.offices} offices, {sizes.issues:,} issues, {databases.kind}", lasted, WITHIN, " s"
    )
    yield Measured("memory of the clock meanwhile, at most more", grown, GROWN, " MB")


def tell(settings: Settings) -> tuple[float, float]:
    """Be the clock of a morning: how many seconds it took, and by how many MB the process grew at most."""
    silence()
    phsar = build(settings, patience=PATIENCE)
    (task,) = (one for one in due_tasks(phsar.deps) if isinstance(one, Digests))
    now = _morning(phsar.engine, settings.timezone)
    phsar.knowledge.now()  # a clock has read it long before
    gc.collect()
    _forget_peak()
    before, begun = memory_of(os.getpid()), time.monotonic()
    task(now)
    lasted = time.monotonic() - begun
    phsar.engine.dispose()
    return lasted, _peak() - before


def appoint(phsar: Phsar) -> None:
    """An official for every office, who has confirmed a telephone and an e-mail address."""
    sealed = {"phone": phsar.vault.seal("+85512000000"), "name": phsar.vault.seal("Sample official")}
    sealed["address"] = phsar.vault.seal("official@office.example")
    statements = (
        "INSERT INTO contact (address_hash, address, language, script, sex, place, may_report, may_found, created_at) "
        "SELECT 'official' || id, :phone, 'km', 'km', '', '', false, false, now() FROM office",
        "INSERT INTO official (office_id, name, contact_id, phone, phone_at, mail, mail_at, mail_to, mail_hash, "
        "serial, created_at) SELECT office.id, :name, contact.id, 'confirmed', now(), 'confirmed', now(), :address, "
        "'', 0, now() FROM office JOIN contact ON contact.address_hash = 'official' || office.id",
        "ANALYZE",
    )
    with writing(phsar.engine) as connection:
        for statement in statements:
            given = {name: value for name, value in sealed.items() if f":{name}" in statement}
            connection.execute(text(statement), given)


def _morning(engine: Engine, zone: ZoneInfo) -> datetime:
    """When the digests of the next working day are due."""
    with reading(engine) as connection:
        calendar = load_calendar(connection, zone)
    day = datetime.now(zone).date() + timedelta(days=1)
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return datetime.combine(day, clock_time(BEGINS.hour, BEGINS.minute), zone)


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak() -> float:
    """The most this process has kept since, in MB as memory_of counts them."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(PEAK))
