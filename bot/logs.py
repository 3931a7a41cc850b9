"""The logs: a JSON line an event, with ids, states and codes; never a number, a name or somebody's words."""

from __future__ import annotations

import logging

import structlog


def silence() -> None:
    """No lines at all, for a command whose output is for a person."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=True
    )


def set_up_logs() -> None:
    """Send structured lines to standard output. Repeating it changes nothing."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=True,
    )
