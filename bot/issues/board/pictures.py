"""The pictures of the public board: bars by category and the provinces as tiles, as SVG from the server.

Each has a title, and stands beside the same numbers as text. A province's tile lies about where the province does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

TILE, GAP = 66, 3  # px
MAP: Sequence[Sequence[str]] = (
    ("", "22", "13", "19", "16"),
    ("01", "17", "06", "10", "11"),
    ("24", "02", "04", "03", "25"),
    ("15", "05", "12", "08", "14"),
    ("09", "18", "07", "21", "20"),
    ("", "", "23", "", ""),
)
SHADES = 4  # besides none
BAR, APART = 6, 8  # the height of a bar and the way to the next, px


def bars(values: Sequence[tuple[str, int]], most: int, spoken: str) -> Markup:
    """A bar for each value, by its class, under each other; `most` fills the width."""
    rows = Markup("").join(
        Markup('<rect class="{}" y="{}" width="{}%" height="{}" rx="1"/>').format(
            colour, number * APART, _share(value, most), BAR
        )
        for number, (colour, value) in enumerate(values)
    )
    height = APART * (len(values) - 1) + BAR
    return Markup('<svg class="bars" width="100%" height="{}" role="img"><title>{}</title>{}</svg>').format(
        height, spoken, rows
    )


def _share(value: int, most: int) -> float:
    """Per cent; what is there at all can be seen."""
    return max(round(100 * value / most, 1), 0.8) if value and most else 0


def shade(value: int, most: int) -> int:
    """0 for none, else 1 to SHADES: quarters of the most."""
    return -(-value * SHADES // most) if value and most else 0


def tiles(
    numbers: Mapping[str, int],
    number_of: Callable[[int], str],
    name: Callable[[str], str],
    link: Callable[[str], str],
    spoken: Callable[[str], str],
    title: str,
) -> Markup:
    """The provinces as tiles: name and number on each, the darker the more, each a link."""
    most, step = max(numbers.values(), default=0), TILE + GAP
    drawn = []
    for row, codes in enumerate(MAP):
        for column, code in enumerate(codes):
            if code:
                x, y, number = column * step, row * step, numbers.get(code, 0)
                middle = x + TILE // 2
                drawn.append(
                    Markup(
                        '<a href="{}"><title>{}</title><rect{} x="{}" y="{}" width="{}" height="{}" rx="6"/>'
                        '<text x="{}" y="{}">{}</text><text class="n" x="{}" y="{}">{}</text></a>'
                    ).format(
                        link(code),
                        spoken(code),
                        Markup(' class="s{}"').format(dark) if (dark := shade(number, most)) else "",
                        x,
                        y,
                        TILE,
                        TILE,
                        middle,
                        y + 25,
                        name(code),
                        middle,
                        y + 51,
                        number_of(number),
                    )
                )
    width, height = len(MAP[0]) * step - GAP, len(MAP) * step - GAP
    return Markup('<svg class="tiles" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>').format(
        width, height, title, Markup("").join(drawn)
    )
