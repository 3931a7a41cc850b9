"""How strong a secret is, and whether a host is this machine. Owns no setting."""

from __future__ import annotations

import ipaddress
import math
import re
from urllib.parse import SplitResult, urlsplit

LEAST_BITS = 60  # of a secret, generously counted


def is_guessable(key: str) -> bool:
    """Whether a key is too short, repeats itself, or is words that everybody tries first."""
    plain = re.sub(r"[^a-z]", "", key.lower())
    common = re.sub(r"password|changeme|change|secret|key|admin|phsar|example|qwerty|letmein|default", "", plain)
    told = len(key) * math.log2(len(set(key)))  # bits, if its characters were thrown
    return told < LEAST_BITS or (len(key) < 24 and plain != "" and len(common) < len(plain) / 2)


def is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def parts_of(url: str) -> SplitResult | None:
    """The parts of an address; None when it is none, or its port is no port."""
    try:
        parts = urlsplit(url)
        return None if parts.port == 0 else parts
    except ValueError:
        return None
