#!/usr/bin/env python3
# Rosenbrock, f(x, y) = (1 - x)^2 + 100*(y - x^2)^2; start (-1.5, 2), 250 steps, seed 0. Optimizers: sgd; momentum; rmsprop; adam,lr=0.05; learned. Thalweg 0.1.0.
# Draws the figure again with matplotlib, from the table of all steps.
import csv
import os

import matplotlib.pyplot as plt
import numpy as np

CSV = "comparison.csv"
TITLE = "Rosenbrock"
METRIC = "Loss"
LOG = True
LANDSCAPE = True
PANELS = 2
SIZE = [11.5, 6.4800000000000004]
DOMAIN = [-2, 2, -1, 3]
MINIMA = [[1, 1]]
STYLES = {  # by the number of the optimizer: name, colour, dashes
    0: ("SGD", '#c24500', '-'),
    1: ("Momentum", '#00549e', (0, (5, 2))),
    2: ("RMSProp", '#9e3880', (0, (5, 1.8, 1.2, 1.8))),
    3: ("Adam lr=0.05", '#ab7300', (0, (9, 2.2))),
    4: ("Learned", '#14141a', '-'),
}
HALO = 'w'  # around what lies on the landscape
MAP = 'viridis'


def landscape(x, y):
    return (1 - x)**2 + 100*(y - x**2)**2


def metric(rows):
    return column(rows, 'loss')


here = os.path.dirname(os.path.abspath(__file__))
runs = {}
with open(os.path.join(here, CSV), newline='') as file:
    for row in csv.DictReader(file):
        runs.setdefault((int(row['run']), row['optimizer'], int(row['start'])), []).append(row)


def column(rows, name):
    return np.array([float(row[name] or 'nan') for row in rows])


n_starts = 1 + max(start for _, _, start in runs)
figure, axes = plt.subplots(1, PANELS, figsize=SIZE, layout='constrained', squeeze=False)
axes = list(axes[0])
if LANDSCAPE:
    ax = axes.pop(0)
    x, y = np.meshgrid(np.linspace(DOMAIN[0], DOMAIN[1], 300), np.linspace(DOMAIN[2], DOMAIN[3], 300))
    with np.errstate(all='ignore'):
        z = landscape(x, y) + 0 * x
    z = np.ma.masked_invalid(z)
    spread = np.log1p((z - z.min()) / max(np.quantile(z.compressed() - z.min(), 0.03), 1e-5 * np.ptp(z)))
    ax.contourf(x, y, spread, 32, cmap=MAP, alpha=0.7, antialiased=True)
    ax.contour(x, y, spread, 16, colors='k', linewidths=0.4, alpha=0.4)
    for (run, optimizer, start), rows in sorted(runs.items(), reverse=True):
        number = run // n_starts
        if number in STYLES:
            _, color, dash = STYLES[number]
            x, y = column(rows, 'x'), column(rows, 'y')
            if start == 0:
                ax.plot(x, y, color=HALO, linewidth=3.2)
            ax.plot(x, y, color=color, linestyle=dash, linewidth=1.6 if start == 0 else 0.6, alpha=1 if start == 0 else 0.4)
            if start == 0:
                ax.plot(x[0], y[0], marker='o', color='none', markeredgecolor='k', markersize=8)
                ax.plot(x[-1], y[-1], marker='o', color=color, markeredgecolor=HALO, markersize=6, zorder=3)
    for point in MINIMA:
        ax.plot(*point, marker='*', color='w', markeredgecolor='k', markersize=11)
    ax.set(xlim=DOMAIN[:2], ylim=DOMAIN[2:], xlabel='x', ylabel='y', title=TITLE)
if axes:
    ax = axes.pop(0)
    for (run, optimizer, start), rows in sorted(runs.items()):
        number = run // n_starts
        if number in STYLES:
            name, color, dash = STYLES[number]
            values = metric(rows)
            steps = column(rows, 'step')[len(rows) - len(values):]
            known = np.isfinite(values)
            ax.plot(steps[known], values[known], color=color, linestyle=dash, linewidth=1.6 if start == 0 else 0.6,
                    alpha=1 if start == 0 else 0.4, label=name if start == 0 else None)
    ax.set(xlabel='step', ylabel=METRIC, title='' if LANDSCAPE else TITLE)
    if LOG:
        ax.set_yscale('log')
    ax.set_xlim(0, None)
    ax.grid(True, color='0.5', alpha=0.25)
    ax.legend(frameon=False)
figure.savefig(os.path.splitext(os.path.abspath(__file__))[0] + '.pdf')
