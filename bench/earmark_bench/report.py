"""Figures of a benchmark run: the JSON line, the Markdown report, and plots as SVG written by hand."""

import html
import json
import math
import pathlib

BAR_COLOUR, GOAL_COLOUR, OK_COLOUR, LOW_COLOUR = "#b03030", "#888888", "#3a7ca5", "#d98c3f"
ROW, LABEL, WIDTH = 18, 210, 420  # px


class Report:
    """Collects figures; prints each as it comes."""

    def __init__(self, bench, as_json, stream):
        self.bench, self.as_json, self.stream = bench, as_json, stream
        self.figures, self.plots = [], []

    def plot(self, name, caption, picture):
        """Keeps a picture (SVG text) for the report."""
        self.plots.append((name, caption, picture))

    def figure(self, metric, value, unit, bar=None, goal=None, n=None, note="measured", at_most=False):
        """One figure. ok is None without a bar; at_most: the bar is an upper limit."""
        ok = None
        if bar is not None and value is not None and not math.isnan(value):
            ok = value <= bar if at_most else value >= bar
        line = {"bench": self.bench, "metric": metric, "value": _rounded(value), "unit": unit, "bar": bar, "ok": ok,
                "n": n, "note": note, "goal": goal}
        self.figures.append(line)
        self._show(line)
        return line

    def skipped(self, metric, reason):
        line = {"bench": self.bench, "metric": metric, "value": None, "unit": "", "bar": None, "ok": None, "n": 0,
                "note": f"skipped: {reason}", "goal": None}
        self.figures.append(line)
        self._show(line)

    def _show(self, line):
        if self.as_json:
            print(json.dumps(line), file=self.stream, flush=True)
            return
        verdict = {True: "ok", False: "BELOW", None: ""}[line["ok"]]
        bar = "" if line["bar"] is None else f"bar {line['bar']}"
        count = "" if line["n"] is None else f"n {line['n']}"
        value = "-" if line["value"] is None else line["value"]
        print(f"{self.bench:8} {line['metric']:44} {value!s:>10} {line['unit']:8} {bar:10} {verdict:6}"
              f" {count:7} {line['note']}", file=self.stream, flush=True)

    def failed(self):
        """Figures that missed their bar."""
        return [f for f in self.figures if f["ok"] is False]

    def write(self, folder, preface):
        """NAME.json, NAME.md, NAME.svg and the other plots, NAME-PLOT.svg, into `folder`."""
        folder = pathlib.Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(json.dumps(figure) + "\n" for figure in self.figures)
        (folder / f"{self.bench}.json").write_text(lines, encoding="utf-8")
        pictures = [(f"{self.bench}-{name}.svg", caption, picture) for name, caption, picture in self.plots]
        if any(_is_found(figure) for figure in self.figures):
            pictures.insert(0, (f"{self.bench}.svg", "found per cell", found_plot(self.figures)))
        for name, _, picture in pictures:
            (folder / name).write_text(picture, encoding="utf-8")
        text = markdown(self.bench, self.figures, preface, [(name, caption) for name, caption, _ in pictures])
        (folder / f"{self.bench}.md").write_text(text, encoding="utf-8")


def _rounded(value):
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return round(float(value), 4)


def _is_found(figure):
    return figure["unit"] == "%" and figure["metric"].startswith("found") and figure["value"] is not None


def markdown(bench, figures, preface, pictures=()):
    """Preface (list of lines), pictures (file name, caption), and a table of all figures."""
    shown = [line for name, caption in pictures for line in (f"![{caption}]({name})", "")]
    out = [f"# Benchmark: {bench}", "", *preface, "", *shown,
           "| metric | value | unit | bar | goal | met | n | note |", "|---|---|---|---|---|---|---|---|"]
    for f in figures:
        met = {True: "yes", False: "**no**", None: ""}[f["ok"]]
        shown = ["" if f[key] is None else str(f[key]) for key in ("value", "unit", "bar", "goal")]
        count = "" if f["n"] is None else f["n"]
        out.append(f"| {f['metric']} | {' | '.join(shown)} | {met} | {count} | {f['note']} |")
    return "\n".join(out) + "\n"


def found_plot(figures):
    """Horizontal bars of the figures in per cent, with bar (red) and goal (grey) as ticks."""
    shown = [f for f in figures if _is_found(f)]
    height = ROW * (len(shown) + 2)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LABEL + WIDTH + 60}" height="{height}"'
             ' font-family="sans-serif" font-size="11">', '<rect width="100%" height="100%" fill="white"/>']
    for step in range(0, 101, 20):
        x = LABEL + WIDTH * step / 100
        parts.append(f'<line x1="{x}" y1="{ROW}" x2="{x}" y2="{height - ROW}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x}" y="{ROW - 5}" text-anchor="middle">{step}</text>')
    for i, f in enumerate(shown):
        parts += _plot_row(f, ROW * (i + 1))
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _plot_row(figure, y):
    name = html.escape(figure["metric"].removeprefix("found "))
    colour = LOW_COLOUR if figure["ok"] is False else OK_COLOUR
    length = WIDTH * figure["value"] / 100
    out = [f'<text x="{LABEL - 6}" y="{y + 13}" text-anchor="end">{name}</text>',
           f'<rect x="{LABEL}" y="{y + 3}" width="{length:.1f}" height="{ROW - 6}" fill="{colour}"/>',
           f'<text x="{LABEL + WIDTH + 6}" y="{y + 13}">{figure["value"]:.1f} %</text>']
    for key, tick in (("goal", GOAL_COLOUR), ("bar", BAR_COLOUR)):
        if figure[key] is not None:
            x = LABEL + WIDTH * figure[key] / 100
            out.append(f'<line x1="{x}" y1="{y + 1}" x2="{x}" y2="{y + ROW - 1}" stroke="{tick}" stroke-width="2"/>')
    return out
