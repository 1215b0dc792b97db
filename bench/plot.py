"""Plots for the documentation: small SVG files, without any library."""
import math

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 170, 64, 16, 28, 34
NAMES = {"cpu_per_m": "CPU s per million events", "peak_mb": "peak MB", "p99_ms": "p99 of an acknowledgement, ms",
         "eps": "events per second"}
STYLE = ("text{font:12px sans-serif;fill:#333}.a{stroke:#999;stroke-width:1;fill:none}"
         ".g{stroke:#eee;stroke-width:1}.l{stroke:#06c;stroke-width:2;fill:none}.d{fill:#06c}")


def steps(highest):
    """Round numbers from 0 to at least the highest value."""
    if highest <= 0:
        return [0, 1]
    unit = 10 ** math.floor(math.log10(highest))
    step = next(unit * f for f in (0.2, 0.25, 0.5, 1, 2, 5) if highest <= unit * f * 5)
    return [step * i for i in range(math.ceil(highest / step) + 1)]


def panel(top, key, rows, title):
    values = [row[key] for row in rows]
    marks = steps(max(values))
    low, high = math.log10(rows[0]["n"]), math.log10(rows[-1]["n"])
    width, height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(n):
        return LEFT + (width / 2 if high == low else (math.log10(n) - low) / (high - low) * width)

    def y(value):
        return top + TOP + height - value / marks[-1] * height

    out = ['<text x="%d" y="%d" font-weight="bold">%s</text>' % (LEFT, top + 18, NAMES.get(key, key))]
    for mark in marks:
        out.append('<path class="g" d="M%d %.1fH%d"/>' % (LEFT, y(mark), WIDTH - RIGHT))
        out.append('<text x="%d" y="%.1f" text-anchor="end">%g</text>' % (LEFT - 6, y(mark) + 4, mark))
    for row in rows:
        out.append('<text x="%.1f" y="%d" text-anchor="middle">%s</text>' % (
            x(row["n"]), top + HEIGHT - BOTTOM + 16, "{:,}".format(row["n"])))
    out.append('<path class="a" d="M%d %dV%dH%d"/>' % (LEFT, top + TOP, top + HEIGHT - BOTTOM, WIDTH - RIGHT))
    out.append('<path class="l" d="M%s"/>' % "L".join("%.1f %.1f" % (x(r["n"]), y(r[key])) for r in rows))
    out += ['<circle class="d" cx="%.1f" cy="%.1f" r="3"/>' % (x(r["n"]), y(r[key])) for r in rows]
    return "\n".join(out)


def curves(title, rows):
    """An SVG with a panel for each figure of the rows, over their `n` on a logarithmic axis."""
    keys = [key for key in NAMES if key in rows[0]]
    panels = [panel(20 + i * HEIGHT, key, rows, title) for i, key in enumerate(keys)]
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d">\n<style>%s</style>\n'
            '<rect width="100%%" height="100%%" fill="#fff"/>\n<text x="%d" y="16">%s</text>\n%s\n</svg>\n' % (
                WIDTH, 20 + HEIGHT * len(keys), WIDTH, STYLE, LEFT, "by number of " + title, "\n".join(panels)))
