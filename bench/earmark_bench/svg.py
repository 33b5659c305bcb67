"""Plots as SVG, written by hand: axes, lines, bars, legends. Sizes in px; text is escaped; the output is text.

An axis is {"label", "low", "high", "ticks": [(value, text)], "log": bool}; low and high are values, not logarithms.
"""

import html
import math

COLOURS = ["#1f6f9f", "#d1742a", "#3c8d40", "#a23a6b", "#7a6fb0", "#8a6d3b", "#4d4d4d"]
WIDTH, HEIGHT = 640, 360
LEFT, RIGHT, TOP, BOTTOM = 64, 180, 34, 48
GRID, INK = "#dddddd", "#222222"


def text(x, y, words, anchor="start", size=11, colour=INK, turn=None):
    around = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{around}>'
            f"{html.escape(str(words))}</text>")


def line(x1, y1, x2, y2, colour=GRID, width=1.0, dash=None):
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
            f' stroke-width="{width}"{dashes}/>')


def rectangle(x, y, width, height, colour):
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" height="{max(0.0, height):.1f}" fill="{colour}"/>'


def document(parts, width=WIDTH, height=HEIGHT):
    """The whole file."""
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
            ' font-family="sans-serif" font-size="11">')
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>"]) + "\n"


def linear(label, low, high, step, form="{:g}"):
    """A linear axis with a tick every `step`."""
    count = round((high - low) / step)
    ticks = [low + i * step for i in range(count + 1)]
    return {"label": label, "low": low, "high": high, "log": False, "ticks": [(v, form.format(v)) for v in ticks]}


def logarithmic(label, low, high, base=10):
    """A logarithmic axis with a tick at every power of the base; low and high are moved out to the next powers."""
    first, last = math.floor(math.log(low, base) + 1e-9), math.ceil(math.log(high, base) - 1e-9)
    last = max(last, first + 1)
    ticks = [float(base) ** k for k in range(first, last + 1)]
    return {"label": label, "low": ticks[0], "high": ticks[-1], "log": True, "ticks": [(v, short(v)) for v in ticks]}


def short(value):
    """A number as one would say it: 0.01, 4, 16k, 2M."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g}{unit}"
    return f"{value:.3g}"


class Frame:
    """A plot's area with its two axes: turns values into places."""

    def __init__(self, title, across, up, width=WIDTH, height=HEIGHT, right=RIGHT):
        self.across, self.up, self.width, self.height = across, up, width, height
        self.left, self.right, self.top, self.bottom = LEFT, width - right, TOP, height - BOTTOM
        self.parts = [text(self.left, 18, title, size=13)]
        self._draw_axes()
        self._entries = 0

    @staticmethod
    def _share(axis, value):
        low, high = axis["low"], axis["high"]
        if axis["log"]:
            return (math.log(max(value, low)) - math.log(low)) / (math.log(high) - math.log(low))
        return (value - low) / (high - low)

    def x(self, value):
        return self.left + (self.right - self.left) * min(1.0, max(0.0, self._share(self.across, value)))

    def y(self, value):
        return self.bottom - (self.bottom - self.top) * min(1.0, max(0.0, self._share(self.up, value)))

    def _draw_axes(self):
        for value, words in self.across["ticks"]:
            self.parts.append(line(self.x(value), self.top, self.x(value), self.bottom))
            self.parts.append(text(self.x(value), self.bottom + 15, words, "middle"))
        for value, words in self.up["ticks"]:
            self.parts.append(line(self.left, self.y(value), self.right, self.y(value)))
            self.parts.append(text(self.left - 6, self.y(value) + 4, words, "end"))
        self.parts.append(line(self.left, self.bottom, self.right, self.bottom, INK))
        self.parts.append(line(self.left, self.top, self.left, self.bottom, INK))
        middle = (self.left + self.right) / 2
        self.parts.append(text(middle, self.bottom + 34, self.across["label"], "middle"))
        self.parts.append(text(16, (self.top + self.bottom) / 2, self.up["label"], "middle", turn=-90))

    def curve(self, points, name, colour, dash=None, dots=True):
        """A line through (x, y) points, with an entry in the legend unless name is None."""
        places = [(self.x(a), self.y(b)) for a, b in points]
        path = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        if dots:
            self.parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in places]
        if name is not None:
            self.legend(name, colour, dash)

    def marks(self, points, name, colour):
        """Short ticks across at (x, y) points: what is asked."""
        for a, b in points:
            self.parts.append(line(self.x(a) - 7, self.y(b), self.x(a) + 7, self.y(b), colour, 2))
        if name is not None and points:
            self.legend(name, colour)

    def legend(self, name, colour, dash=None):
        y = self.top + 10 + 17 * self._entries
        self._entries += 1
        self.parts.append(line(self.right + 10, y, self.right + 32, y, colour, 3, dash))
        self.parts.append(text(self.right + 38, y + 4, name))

    def document(self):
        return document(self.parts, self.width, self.height)


def grouped_bars(title, groups, names, values, label="%", high=100.0):
    """Horizontal bars: a group of len(names) bars for each group name; values[group][name], None where there is none."""
    left, width, bar, gap = 210, 420, 9, 8
    each = bar * len(names) + gap
    height = TOP + each * len(groups) + 40
    parts = [text(left, 18, title, size=13)]
    for step in range(0, 101, 20):
        x = left + width * step / 100
        parts += [line(x, TOP, x, height - 34), text(x, height - 20, f"{high * step / 100:g}", "middle")]
    parts.append(text(left + width / 2, height - 6, label, "middle"))
    for g, group in enumerate(groups):
        y = TOP + g * each
        parts.append(text(left - 6, y + each / 2, group, "end"))
        for n, name in enumerate(names):
            value = values[group].get(name)
            if value is not None:
                parts.append(rectangle(left, y + n * bar, width * min(1.0, value / high), bar - 1, COLOURS[n]))
                if value == 0:
                    parts.append(rectangle(left, y + n * bar, 2, bar - 1, COLOURS[n]))
    for n, name in enumerate(names):
        parts += [rectangle(left + width + 16, TOP + 17 * n, 12, 10, COLOURS[n]),
                  text(left + width + 34, TOP + 17 * n + 9, name)]
    return document(parts, left + width + 160, height)
