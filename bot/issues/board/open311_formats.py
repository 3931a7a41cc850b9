"""The two formats of Open311: JSON, and XML that says the same (the specification's Spark convention).

Owns how an answer and a refusal are written out; knows nothing of issues.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from flask import Response, request

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}
ALLOWED = "GET, HEAD, OPTIONS"
_NO_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def respond(kind: str, root: str, data: Any, status: int = 200) -> Response:
    """An answer in JSON or in XML under `root`; one that is no refusal may be kept for a minute."""
    if kind == "json":
        body = json.dumps(data, ensure_ascii=False).encode()
    else:
        body = b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(_element(root, data), "utf-8")
    response = Response(body, status, content_type=TYPES[kind])
    response.headers["Access-Control-Allow-Origin"] = "*"  # all of it is public
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "public, max-age=60" if status == 200 else "no-store"
    return response


def refuse(kind: str, status: int, description: str) -> Response:
    """What cannot be given, as the specification words it: a list of errors."""
    return respond(kind, "errors", [{"code": status, "description": description}], status)


def _element(name: str, value: Any) -> ElementTree.Element:
    """The XML of a value: a list's items are named by ITEMS, nothing is an empty element."""
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(key, one) for key, one in value.items())
    elif isinstance(value, list):
        element.extend(_element(ITEMS[name], one) for one in value)
    elif value is not None:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
    return element


def without_control(text: str | None) -> str | None:
    """Words without what XML cannot hold."""
    return _NO_XML.sub("", text) or None if text else None


def preflight() -> Response | None:
    """What may be asked for here, for whoever asks that first, as scripts of other sites do; None for all else."""
    if request.method != "OPTIONS":
        return None
    response = Response(status=204)
    response.headers["Allow"] = ALLOWED
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = ALLOWED
    response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
    response.headers["Access-Control-Max-Age"] = "86400"
    return response
