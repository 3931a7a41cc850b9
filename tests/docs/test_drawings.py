"""The drawings in the docs are those of the code as it is; `--update` or `make diagrams` draws them again."""

from __future__ import annotations

import pytest

from tests.docs import drawings, import_map


def test_the_drawings_are_fresh(request: pytest.FixtureRequest) -> None:
    pages = drawings.pages()
    if request.config.getoption("--update"):
        for page, text in pages.items():
            page.write_text(text, encoding="utf-8")
    stale = [page.name for page, text in pages.items() if page.read_text(encoding="utf-8") != text]
    assert not stale, "run: make diagrams"


def test_what_a_longer_way_tells_is_left_out_and_a_circle_is_refused() -> None:
    assert import_map.shortest({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {"a": {"b"}, "b": {"c"}, "c": set()}
    with pytest.raises(ValueError, match="a > b > a"):
        import_map.shortest({"a": {"b"}, "b": {"a"}})
