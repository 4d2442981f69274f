"""Bar charts, as SVG files."""

from pathlib import Path


def draw(name: str, title: str, bars: dict[str, float], folder: Path) -> None:
    """Draw a bar for each name, the shortest on top."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = name
    from matplotlib import pyplot as plt

    names = sorted(bars, key=lambda bar: -bars[bar])
    figure, axes = plt.subplots(figsize=(8, 0.4 * len(names) + 1))
    colours = ["#e8833a" if bar.startswith("this service") else "#4a76b8" for bar in names]
    axes.bar_label(axes.barh(names, [bars[bar] for bar in names], color=colours), fmt="%.0f", padding=3)
    axes.set_title(title)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(folder / f"{name}.svg", bbox_inches="tight", metadata={"Date": None})
