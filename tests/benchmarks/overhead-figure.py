"""overhead-figure.py BENCH-OVERHEAD FIGURE.svg: runs the benchmark and draws the share of a step that goes to the
optimizer, against the size of the minibatch."""
import json
import math
import subprocess
import sys

WIDTH, HEIGHT = 560, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 120, 40, 52
COLORS = {'learned': '#c2410c', 'adam': '#1d6fb8', 'sgd': '#4d7c0f'}
NAMES = {'learned': 'learned', 'adam': 'Adam', 'sgd': 'SGD'}


def draw(shares):
    batches = [int(b) for b in next(iter(shares.values()))]
    low, high = math.log2(batches[0]), math.log2(batches[-1])

    def x(batch):
        return LEFT + (math.log2(batch) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def y(share):
        return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="Cantarell, Helvetica, Arial, sans-serif" font-size="13" fill="#333">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
           f'<text x="{LEFT}" y="22" font-size="14" font-weight="bold">Share of a step spent in the optimizer</text>']
    for percent in range(0, 101, 25):
        at = y(percent / 100)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>'
                   f'<text x="{LEFT - 8}" y="{at + 4.5:.1f}" text-anchor="end">{percent} %</text>')
    for batch in batches:
        out.append(f'<line x1="{x(batch):.1f}" x2="{x(batch):.1f}" y1="{y(0):.1f}" y2="{y(0) + 5:.1f}" stroke="#888"/>'
                   f'<text x="{x(batch):.1f}" y="{y(0) + 20:.1f}" text-anchor="middle">{batch}</text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 10}" text-anchor="middle">'
               'examples in a minibatch</text>')
    lowest = HEIGHT  # label so far; the next one stands above it
    for name, points in sorted(shares.items(), key=lambda item: list(item[1].values())[-1]):
        places = [(x(int(batch)), y(share)) for batch, share in points.items()]
        line = ' '.join(f'{px:.1f},{py:.1f}' for px, py in places)
        out.append(f'<polyline points="{line}" fill="none" stroke="{COLORS[name]}" stroke-width="2"/>')
        out.extend(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{COLORS[name]}"/>' for px, py in places)
        last, lowest = list(points.values())[-1], min(places[-1][1] + 4.5, lowest - 15)
        out.append(f'<text x="{places[-1][0] + 10:.1f}" y="{lowest:.1f}" fill="{COLORS[name]}">'
                   f'{NAMES[name]} {100 * last:.1f} %</text>')
    return '\n'.join(out + ['</svg>', ''])


def main(bench, figure):
    done = subprocess.run([bench, '--json'], stdout=subprocess.PIPE, check=True, text=True)
    with open(figure, 'w', encoding='utf-8') as file:
        file.write(draw(json.loads(done.stdout)['overhead']))


if __name__ == '__main__':
    if len(sys.argv) != 3:
        sys.exit('usage: overhead-figure.py BENCH-OVERHEAD FIGURE.svg')
    main(*sys.argv[1:])
