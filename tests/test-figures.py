#!/usr/bin/env python3
"""test-figures.py THALWEG GOLDEN: figures, animations and reports as other programs see them.  TAP.

With --update the golden images are made anew.
"""
import csv
import html
import json
import os
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

THALWEG, GOLDEN = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
UPDATE = '--update' in sys.argv
FONT = ['--figure-font', 'DejaVu Sans']
# Weights that never change: those that ship do, and with them what the golden images show.
VALLEY = ['--problem', 'rosenbrock', '--start=-1.5,2', '--optimizer', 'momentum', '--optimizer', 'adam,lr=0.05',
          '--optimizer', 'learned,weights=kept.bin', '--steps', '120']
MOONS = ['--problem', 'mlp,data=moons,hidden=8,rows=200', '--optimizer', 'adam,lr=0.02', '--optimizer', 'momentum,lr=0.05',
         '--optimizer', 'sgd,lr=0.3', '--steps', '60']
DIGITS = ['--problem', 'conv,data=digits,layers=6c3-p2', '--optimizer', 'adam,lr=0.005', '--optimizer', 'momentum,lr=0.05',
          '--steps', '60']
TOLERANCE = 0.03  # of the root mean square over all pixels, 1 the whole range
LATEX = shutil.which('pdflatex') is not None and all(
    subprocess.run(['kpsewhich', name], capture_output=True).returncode == 0 for name in ('pgfplots.sty', 'standalone.cls'))
number = 0
failures = 0


def tell(good, name, why=''):
    global number, failures
    number += 1
    failures += not good
    if not good and why:
        print('# ' + str(why).strip().replace('\n', '\n# '))
    print(f'{"ok" if good else "not ok"} {number} - {name}', flush=True)


def tool(*command, status=0):
    result = subprocess.run(command, capture_output=True, text=True, errors='replace')
    if result.returncode != status:
        raise AssertionError(f'{" ".join(command)}: status {result.returncode}: {result.stderr}')
    return result.stdout + (result.stderr if status else '')


def run(*arguments, status=0, experiment=VALLEY):
    return tool(THALWEG, 'run', *experiment, *FONT, *arguments, status=status)


def check(name):
    def wrap(function):
        try:
            function()
            tell(True, name)
        except (AssertionError, OSError, ValueError, KeyError, subprocess.SubprocessError) as error:
            tell(False, name, f'{type(error).__name__}: {error}')
    return wrap


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def near(a, b, slack):
    assert abs(a - b) <= slack, f'{a} is not {b}'


def golden(picture, name):
    kept = os.path.join(GOLDEN, name)
    if UPDATE:
        shutil.copy(picture, kept)
    result = subprocess.run(['compare', '-metric', 'RMSE', picture, kept, 'null:'], capture_output=True, text=True)
    found = re.search(r'\(([-\d.e+]+)\)', result.stderr)
    assert found, result.stderr
    assert float(found.group(1)) < TOLERANCE, f'{name}: {result.stderr}'


folder = tempfile.mkdtemp(prefix='thalweg-')
os.chdir(folder)
shutil.copy(os.path.join(GOLDEN, '..', 'hrnn-interim.safetensors'), 'kept.bin')


@check('PNG has the size and resolution that were asked for, and the caption')
def png():
    run('--plot', 'a.png', '--figure-size', '100mmx60mm', '--dpi', '254')
    assert tool('identify', '-format', '%wx%h', 'a.png') == '1000x600'
    near(float(tool('identify', '-units', 'PixelsPerInch', '-format', '%x', 'a.png')), 254, 0.1)
    assert b'Description' in read('a.png') and b'learned' in read('a.png')
    run('--plot', 'b.png', '--figure-size', '321x200px', '--figure-transparent', 'yes')
    assert tool('identify', '-format', '%wx%h %A', 'b.png') in ('321x200 True', '321x200 Blend')
    assert tool('convert', 'b.png', '-format', '%[fx:p{0,0}.a]', 'info:') == '0'


@check('PDF has the size, embedded fonts, text and the caption, and no date')
def pdf():
    run('--plot', 'a.pdf', '--figure-size', '4inx3in')
    info = tool('pdfinfo', 'a.pdf')
    assert re.search(r'Page size: +288 x 216 pts', info), info
    assert 'Subject:' in info and 'seed 0' in info and 'CreationDate' not in info, info
    fonts = tool('pdffonts', 'a.pdf').splitlines()[2:]
    assert fonts and all(line[-24:].split()[0] == 'yes' or ' yes yes yes ' in line for line in fonts), fonts
    text = tool('pdftotext', 'a.pdf', '-')
    for word in ('Rosenbrock', 'Loss', 'step', 'x', 'y', 'Adam lr=0.05', 'Learned weights=kept.bin'):
        assert re.search(rf'^{re.escape(word)}$', text, re.M), (word, text)


@check('SVG is well formed, has its text as text, and others draw it')
def svg():
    run('--plot', 'a.svg', '--figure-size', '640x400px')
    tool('xmllint', '--noout', 'a.svg')
    text = read('a.svg').decode()
    for word in ('Rosenbrock', 'step', 'Adam lr=0.05'):
        assert f'>{word}</text>' in text, word
    assert '<desc>' in text and 'seed 0' in text
    tool('rsvg-convert', 'a.svg', '-d', '96', '-p', '96', '-o', 'svg.png')
    assert tool('identify', '-format', '%wx%h', 'svg.png') == '640x400'


@check('the same bytes twice, by any number of threads, and from export')
def same():
    run('--save', 'same.thalweg')
    for ending in ('png', 'svg', 'pdf'):
        run('--plot', f'one.{ending}', '--threads', '1', '--report', 'one-report.pdf')
        tool(THALWEG, 'export', 'same.thalweg', *FONT, '--plot', f'two.{ending}', '--report', 'two-report.pdf')
        assert read(f'one.{ending}') == read(f'two.{ending}'), ending
    assert read('one-report.pdf') == read('two-report.pdf')


KINDS = {
    'comparison': ['--figure-size', '320x200px'],
    'comparison-dark': ['--figure-size', '320x200px', '--figure-theme', 'dark'],
    'column-print': ['--figure-size', 'column', '--figure-theme', 'print', '--dpi', '72'],
    'landscape': ['--figure-view', 'landscape', '--figure-size', '240x240px'],
    'curves-gradient': ['--figure-view', 'curves', '--figure-metric', 'gradient', '--figure-size', '320x200px'],
    'curves-distance': ['--figure-view', 'curves', '--figure-metric', 'distance', '--figure-size', '320x200px',
                        '--figure-legend', 'inside'],
    'curves-step': ['--figure-view', 'curves', '--figure-metric', 'step', '--figure-size', '320x200px',
                    '--figure-series', '2,learned', '--figure-legend', 'right'],
    'activations': ['--figure-view', 'activations', '--figure-size', '320x240px'],
    'table': ['--figure-view', 'table', '--dpi', '60'],
    'table-column': ['--figure-view', 'table', '--figure-size', 'column', '--dpi', '120'],
    'surface': ['--figure-view', 'surface', '--figure-size', '320x260px'],
    'surface-print': ['--figure-view', 'surface', '--figure-size', 'column', '--figure-theme', 'print', '--dpi', '72',
                      '--figure-camera', '-40,35', '--figure-step', '60'],
    'response': ['--figure-view', 'response', '--figure-size', '320x260px'],
    'response-print': ['--figure-view', 'response', '--figure-size', 'column', '--figure-theme', 'print', '--dpi', '72',
                       '--figure-coordinate', 'y', '--figure-step', '40'],
    'inside': ['--figure-view', 'inside', '--figure-size', '420x280px'],
    'inside-column': ['--figure-view', 'inside', '--figure-size', 'column', '--figure-theme', 'dark', '--dpi', '72'],
    'basins': ['--figure-view', 'basins', '--figure-series', 'adam', '--figure-size', '420x260px', '--figure-cells', '32'],
    'basins-print': ['--figure-view', 'basins', '--figure-size', 'column', '--figure-theme', 'print', '--dpi', '72',
                     '--figure-cells', '32'],
    'sweep': ['--figure-view', 'sweep', '--figure-optimizer', 'adam', '--figure-size', '360x280px'],
    'sweep-print': ['--figure-view', 'sweep', '--figure-size', 'column', '--figure-theme', 'print', '--dpi', '72',
                    '--figure-across', 'momentum=0.5..0.99', '--figure-up', 'lr'],
    'tuning': ['--figure-view', 'tuning', '--figure-series', '1,2', '--figure-size', '360x260px'],
    'tuning-print': ['--figure-view', 'tuning', '--figure-series', '1,2', '--figure-size', 'column', '--figure-theme', 'print',
                     '--dpi', '72', '--figure-trials', '12'],
}
for kind, options in KINDS.items():
    @check(f'looks as it did: {kind}')
    def looks():
        run('--plot', 'kind.png', *options)
        golden('kind.png', f'{kind}.png')


@check('views of what is computed or inside: labels are text, fonts embedded, captions say how to read them')
def views():
    for view, labels, words in (
            ('surface', ('Rosenbrock', 'x', 'y', 'loss', 'Adam lr=0.05'), 'Its height is the loss'),
            ('response', ('update', 'gradient it might have had', 'Adam × [0-9.e+-]+', 'step 12'), 'momentum'),
            ('inside', ('m0', 'log v3', 'relative log lr', 'gradient memory', 'learning rate'), 'at step 12'),
            ('basins', ('Rosenbrock: basins of Momentum', 'x of the start', r'bright: \d+ steps'), '32 × 32 starts and 120 steps'),
            ('sweep', ('lr', 'momentum', 'lowest', 'as it is set', 'diverged'), 'Ring: the present setting'),
            ('tuning', ('learning rate', 'Last loss', r'Adam, best [0-9.e-]+'), '24 trials from 1 start')):
        run('--plot', 'v.pdf', '--caption', 'v.txt', '--figure-view', view, '--figure-cells', '32')
        fonts = tool('pdffonts', 'v.pdf').splitlines()[2:]
        assert fonts and all(' yes yes yes ' in line for line in fonts), (view, fonts)
        text, caption = tool('pdftotext', 'v.pdf', '-'), read('v.txt').decode()
        for label in labels:
            assert re.search(rf'^{label}$', text, re.M), (view, label, text)
        assert words in caption and caption.endswith('Thalweg ' + tool(THALWEG, '--version').split()[-1] + '.\n'), caption
        subject = tool('pdfinfo', 'v.pdf')
        assert caption[:60] in subject, subject


@check('what is computed is the same for any number of threads, and from export')
def computed():
    run('--save', 'computed.thalweg')
    for view in ('basins', 'sweep', 'tuning', 'surface'):
        run('--plot', 'one.png', '--threads', '1', '--figure-view', view, '--figure-cells', '16')
        run('--plot', 'two.png', '--threads', '3', '--figure-view', view, '--figure-cells', '16')
        tool(THALWEG, 'export', 'computed.thalweg', *FONT, '--plot', 'three.png', '--figure-view', view, '--figure-cells', '16')
        assert read('one.png') == read('two.png') == read('three.png'), view


@check('the map of basins tells what it counted')
def counted():
    run('--plot', 'm.svg', '--caption', 'm.txt', '--figure-view', 'basins', '--figure-cells', '16',
        experiment=['--formula', 'x^2 + y^2', '--minimum', '0', '--domain=-2,2,-2,2', '--start', '1,1', '--optimizer',
                    'sgd,lr=0.2', '--steps', '40'])
    assert 'from 100 % of 256 starts' in read('m.txt').decode(), read('m.txt')
    assert '>100 %</text>' in read('m.svg').decode()


@check('no room: one sentence, and every old file stays as it was')
def no_room():
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))
    for option, name in (('plot', 'r.png'), ('plot', 'r.svg'), ('plot', 'r.pdf'), ('caption', 'r.txt'), ('csv', 'r.csv'),
                         ('json', 'r.json'), ('activations', 'ra.csv'), ('save', 'r.thalweg'), ('animate', 'r.gif'),
                         ('animate', 'r.webp'), ('animate', 'r-0001.png'), ('report', 'rr.pdf'), ('report', 'rr.html'),
                         ('pgfplots', 'r.tex'), ('matplotlib', 'r.py')):
        with open(name, 'w') as file:
            file.write('old')
        before = set(os.listdir('.'))
        more = ['--csv', 'r.csv'] if option == 'matplotlib' else []
        result = subprocess.run([THALWEG, 'run', *VALLEY, *FONT, f'--{option}', name.replace('-0001', ''), *more, '--animate-fps', '2',
                                 '--figure-size', '240x180px'], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=limit)
        assert result.returncode == 1 and result.stderr.count('\n') == 1 and "can't be written" in result.stderr, (name, result)
        assert read(name) == b'old' and set(os.listdir('.')) == before, name


@check('a legend that can\'t stand inside stands below')
def inside():
    for view, experiment in (('landscape', VALLEY), ('surface', VALLEY), ('plane', MOONS), ('regions', MOONS)):
        for place in ('inside', 'below', 'right', 'none'):
            run('--plot', f'legend-{place}.png', '--figure-view', view, '--figure-size', '420px', '--figure-legend', place,
                experiment=experiment)
        kinds = [tool('convert', f'legend-{place}.png', '-format', '%#', 'info:') for place in ('inside', 'below', 'right', 'none')]
        assert kinds[0] == kinds[1] and len(set(kinds)) == 3, (view, kinds)


@check('a part of a landscape is drawn as if it were all of it')
def part():
    bowl = ['--formula', '(x^2 + y - 11)^2 + (x + y^2 - 7)^2', '--minimum', '0', '--start', '1,1', '--optimizer', 'sgd,lr=0.01',
            '--steps', '40', '--figure-size', '400x300px', '--figure-cells', '16', '--figure-title', 'part']
    for view in ('comparison', 'landscape', 'surface', 'basins'):
        run('--plot', 'all.png', '--figure-view', view, '--domain=-5,5,-5,5', experiment=bowl)
        run('--plot', 'part.png', '--figure-view', view, '--domain=-5,5,-5,5', '--figure-area=0,4,0.5,4', experiment=bowl)
        run('--plot', 'own.png', '--figure-view', view, '--domain=0,4,0.5,4', experiment=bowl)
        pixels = [tool('convert', f, '-format', '%#', 'info:') for f in ('all.png', 'part.png', 'own.png')]
        assert pixels[0] != pixels[1] == pixels[2], view
    run('--csv', 'part.csv', '--matplotlib', 'part.py', '--pgfplots', 'part.tex', '--figure-area=0,4,0.5,4',
        '--domain=-5,5,-5,5', experiment=bowl)
    assert re.search(r'\[0, 4, 0\.5, 4\]', read('part.py').decode()) and 'xmin=0, xmax=4' in read('part.tex').decode()


@check('a surface and a response play')
def plays():
    for view in ('surface', 'response', 'inside'):
        run('--animate', 'v.gif', '--figure-view', view, '--figure-size', '300x260px', '--animate-fps', '4', '--animate-seconds', '1')
        frames = tool('identify', '-format', '%W %H\n', 'v.gif').split('\n')[:-1]
        assert frames == ['300 260'] * 4, frames


@check('PNG, SVG and PDF are the same picture')
def alike():
    for ending in ('png', 'svg', 'pdf'):
        run('--plot', f'alike.{ending}', '--figure-size', '400x250px')
    tool('rsvg-convert', 'alike.svg', '-o', 'from-svg.png')
    tool('pdftoppm', '-r', '96', '-png', '-singlefile', 'alike.pdf', 'from-pdf')
    for other in ('from-svg.png', 'from-pdf.png'):
        tool('convert', other, '-resize', '400x250!', other)
        result = subprocess.run(['compare', '-metric', 'RMSE', 'alike.png', other, 'null:'], capture_output=True, text=True)
        assert float(re.search(r'\(([-\d.e+]+)\)', result.stderr).group(1)) < 0.08, (other, result.stderr)


@check('a figure in the middle of a run is that frame of the animation')
def middle():
    run('--plot', 'middle.png', '--figure-size', '240x180px', '--figure-step', '12')
    run('--animate', 'middle-frame.png', '--figure-size', '240x180px', '--animate-steps', '12-12')
    assert tool('compare', '-metric', 'AE', 'middle.png', 'middle-frame-0001.png', 'null:') == ''


@check('GIF: frames, size, time, loop')
def gif():
    run('--animate', 'a.gif', '--figure-size', '240x180px', '--animate-fps', '5', '--animate-seconds', '2')
    run('--animate', 'b.gif', '--figure-size', '240x180px', '--animate-fps', '5', '--animate-seconds', '2')
    frames = tool('identify', '-format', '%T %W %H\n', 'a.gif').split('\n')[:-1]
    assert len(frames) == 10 and all(f.split()[1:] == ['240', '180'] for f in frames), frames
    near(sum(int(f.split()[0]) for f in frames), 300, 1)  # two seconds, and a rest of one
    assert b'NETSCAPE2.0' in read('a.gif') and read('a.gif') == read('b.gif')
    tool('convert', 'a.gif', '-coalesce', '-delete', '0--2', 'last.png')
    golden('last.png', 'gif-last.png')


@check('WebP: frames, size, time, loop')
def webp():
    run('--animate', 'a.webp', '--figure-size', '240x180px', '--animate-fps', '5', '--animate-seconds', '2',
        '--animate-steps', '0-3', '--animate-loop', '2')
    info = tool('webpinfo', 'a.webp')
    assert 'Loop count     : 2' in info or re.search(r'Loop count *: 2', info), info
    assert re.search(r'Canvas size:? *240 x 180', info), info
    assert sum(int(d) for d in re.findall(r'Duration: (\d+)', info)) == 3000, info


@check('a PNG per frame')
def frames():
    os.mkdir('frames')
    run('--animate', 'frames/f.png', '--figure-size', '240x180px', '--animate-steps', '10-14')
    assert sorted(os.listdir('frames')) == [f'f-000{i}.png' for i in range(1, 6)]
    assert tool('identify', '-format', '%wx%h', 'frames/f-0005.png') == '240x180'


@check('a report as PDF: setting, figures, intervals, the inside, how to repeat it')
def report_pdf():
    run('--report', 'r.pdf', '--report-seeds', '3', '--noise', '0.1')
    fonts = tool('pdffonts', 'r.pdf').splitlines()[2:]
    assert fonts and all(' yes yes yes ' in line for line in fonts), fonts
    text = tool('pdftotext', '-layout', 'r.pdf', '-')
    for words in ('Setting', 'Seeds', '0 to 2', 'How far they got', 'Medians over 3 runs', 'Global', 'How to repeat it',
                  'thalweg run', 'thalweg-experiment'):
        assert words in text, (words, text)
    command = re.search(r'thalweg run .*?(?=\n\s*or with)', text, re.S).group(0).replace('\n', ' ')
    assert '--problem=rosenbrock' in command and '--steps=120' in command, command


@check('a report as one HTML page that fetches nothing')
def report_html():
    run('--report', 'r.html', '--starts', '4', experiment=[a for a in VALLEY if not a.startswith('--start=')])
    page = read('r.html').decode()
    assert not re.findall(r'(?:src|href)="(?!data:)', page) and '<script' not in page
    assert page.count('<img ') == 5 and 'Medians over 4 runs' in page and 'thalweg run' in page
    tool('xmllint', '--html', '--noout', '--nowarning', 'r.html', status=0)


@check('activations as CSV')
def activations():
    run('--activations', 'act.csv', '--json', 'sum.json')
    with open('act.csv', newline='') as file:
        rows = list(csv.DictReader(file))
    assert 'learned,weights=kept.bin' in {row['optimizer'] for row in rows}
    h0 = [row for row in rows if row['probe'] == 'h0' and row['optimizer'].startswith('learned')]
    assert len(h0) == 121 * 2 * 10 and all(abs(float(row['value'])) < 3 for row in h0), len(h0)
    with open('sum.json') as file:
        assert len(json.load(file)['runs']) == 3


@check('scripts for matplotlib and LaTeX')
def scripts():
    run('--csv', 't.csv', '--matplotlib', 'p.py', '--pgfplots', 'p.tex', '--caption', 'c.txt')
    script = read('p.py').decode()
    compile(script, 'p.py', 'exec')
    names = {}
    exec(script[script.index('CSV ='):script.index('\n\ndef landscape')], names)
    assert [style[0] for style in names['STYLES'].values()] == ['Momentum', 'Adam lr=0.05', 'Learned weights=kept.bin']
    assert names['CSV'] == 't.csv' and names['MINIMA'] == [[1, 1]] and list(names['STYLES']) == [0, 1, 2], names
    formula = re.search(r'return (.*)', script[script.index('def landscape'):]).group(1)
    near(eval(formula, {'x': -1.5, 'y': 2.0}), (1 + 1.5) ** 2 + 100 * (2 - 2.25) ** 2, 1e-9)
    tex = read('p.tex').decode()
    assert tex.count('{') == tex.count('}') and tex.count('\\addlegendentry') == 3
    for name, rest in re.findall(r'\\tikzset\{(\w+)/\.style=\{([^}]*)', tex):
        assert name not in rest, f'{name} calls itself without end'
    assert 'lr=0.05' in read('c.txt').decode()


def drawing_python():
    for python in (sys.executable, '/usr/bin/python3'):
        if subprocess.run([python, '-c', 'import matplotlib'], capture_output=True).returncode == 0:
            return python
    return None


PYTHON = drawing_python()


@check('matplotlib draws what the script says' + ('' if PYTHON else ' # SKIP there is no matplotlib here'))
def matplotlib():
    if PYTHON is None:
        return
    os.environ['MPLBACKEND'] = 'Agg'
    os.environ['MPLCONFIGDIR'] = folder
    run('--csv', 'm.csv', '--matplotlib', 'm.py', '--label', '2=Adam, ours')
    tool(PYTHON, 'm.py')
    text = tool('pdftotext', 'm.pdf', '-')
    for word in ('Rosenbrock', 'Loss', 'step', 'Momentum', 'Adam, ours', 'Learned weights=kept.bin'):
        assert word in text, (word, text)


@check('LaTeX sets the figure' + ('' if LATEX else ' # SKIP there is no pgfplots here'))
def latex():
    if LATEX:
        run('--pgfplots', 'l.tex', '--label', '2=Adam & co, 5 %')
        tool('pdflatex', '-interaction=nonstopmode', 'l.tex')
        text = tool('pdftotext', 'l.pdf', '-')
        for word in ('Rosenbrock', 'Loss', 'step', 'momentum', 'Adam & co, 5 %'):
            assert word in text, (word, text)


@check('names and colours of one\'s own, from the command line and from a file')
def looks_of_ones_own():
    run('--plot', 'own.svg', '--label', '1=Heavy ball', '--colour', '1=teal', '--save', 'own.thalweg', '--report', 'own.html')
    text = read('own.svg').decode()
    assert '>Heavy ball</text>' in text and 'Heavy ball (momentum)' in text and '>momentum</text>' not in text
    tool(THALWEG, 'export', 'own.thalweg', *FONT, '--plot', 'own2.svg')
    assert read('own.svg') == read('own2.svg')
    command = html.unescape(re.search(r'<pre>(thalweg run .*?)</pre>', read('own.html').decode()).group(1))
    tool(THALWEG, *shlex.split(command)[1:], *FONT, '--plot', 'own3.svg')
    assert read('own.svg') == read('own3.svg'), command
    for arguments, words in ((['--label', '4=x'], 'from 1 to 3'), (['--colour', '1=pink'], 'sky blue'), (['--label', 'x'], 'N=TEXT')):
        said = run(*arguments, '--plot', 'x.png', status=2)
        assert said.count('\n') == 1 and words in said, said


@check('curves of what networks are measured by')
def metrics():
    network = ['--problem', 'mlp,data=moons,hidden=8,report_every=20', '--optimizer', 'adam,lr=0.01', '--steps', '50']
    for metric, title in (('train-loss', 'Training loss'), ('test-loss', 'Test loss'), ('test-accuracy', 'Test accuracy')):
        run('--plot', 'n.svg', '--figure-metric', metric, experiment=network)
        assert f'>{title}</text>' in read('n.svg').decode(), metric
    run('--plot', 'rate.svg', '--figure-metric', 'rate')
    assert '>Learning rate</text>' in read('rate.svg').decode()
    assert 'only networks' in run('--plot', 'x.svg', '--figure-metric', 'test-loss', status=2)
    assert 'report_every' in run('--plot', 'x.svg', '--figure-metric', 'test-loss', status=2,
                                 experiment=['--problem', 'mlp,data=moons,hidden=8', '--optimizer', 'adam'])
    assert 'no such column' in run('--csv', 'x.csv', '--matplotlib', 'x.py', '--figure-metric', 'rate', status=2)


@check('a narrow table says in place of a loss that a run diverged')
def narrow_tables():
    experiment = ['--problem', 'rosenbrock', '--start=-1.5,2', '--optimizer', 'sgd,lr=0.5', '--optimizer', 'adam', '--steps', '60']
    for size, ended in (('column', False), ('two-columns', True)):
        run('--plot', 'table.svg', '--figure-view', 'table', '--figure-size', size, experiment=experiment)
        svg = open('table.svg').read()
        assert ('Ended' in svg, 'diverged at' in svg) == (ended, ended) and 'diverged' in svg, size


@check('what can\'t be done is told in one line')
def errors():
    for arguments, words, status in (
            (['--plot', 'x.bmp'], '.png, .svg', 2),
            (['--plot', 'x.png', '--figure-size', '10mmx10mm'], 'half an inch', 2),
            (['--plot', 'x.png', '--figure-size', '2'], 'is no size', 2),
            (['--plot', 'x.png', '--figure-theme', 'blue'], 'light, dark, print', 2),
            (['--plot', 'x.png', '--figure-series', '9'], 'no optimizer', 2),
            (['--plot', 'x.png', '--figure-size', '40mmx20mm', '--figure-font-size', '20'], 'too small', 2),
            (['--animate', 'x.avi'], '.gif, .webp', 2),
            (['--animate', 'x.gif', '--figure-view', 'table'], 'nothing to play', 2),
            (['--pgfplots', 'x.tex', '--figure-view', 'table'], "can't draw", 2),
            (['--plot', 'x.png', '--figure-view', 'tables'], 'is none of comparison', 2),
            (['--plot', 'x.png', '--figure-step', '-3'], '--figure-step', 2),
            (['--plot', 'x.png', '--figure-camera', '10'], 'YAW,PITCH', 2),
            (['--plot', 'x.png', '--figure-camera', '10,0'], 'YAW,PITCH', 2),
            (['--plot', 'x.png', '--figure-area', '0,1,2'], 'X0,X1,Y0,Y1', 2),
            (['--plot', 'x.png', '--figure-area', '1,0,0,1'], 'X0 < X1', 2),
            (['--plot', 'x.png', '--figure-area', '0,inf,0,1'], 'X0,X1,Y0,Y1', 2),
            (['--plot', 'x.png', '--figure-cells', '20'], 'multiple of 8', 2),
            (['--plot', 'x.png', '--figure-cells', '8'], 'from 16', 2),
            (['--plot', 'x.png', '--figure-trials', '2'], 'from 6', 2),
            (['--plot', 'x.png', '--figure-view', 'sweep', '--figure-across', 'beta7'], 'expected lr, momentum', 2),
            (['--plot', 'x.png', '--figure-view', 'sweep', '--figure-across', 'lr=1'], 'FROM..TO', 2),
            (['--plot', 'x.png', '--figure-view', 'sweep', '--figure-across', 'lr=1..0.1'], 'in order', 2),
            (['--plot', 'x.png', '--figure-view', 'sweep', '--figure-up', 'lr', '--figure-across', 'lr'], 'twice', 2),
            (['--plot', 'x.png', '--figure-view', 'response', '--figure-coordinate', 'z'], 'x to y', 2),
            (['--plot', 'x.png', '--figure-view', 'inside', '--figure-series', '1'], 'no learned optimizer', 2),
            (['--plot', 'x.png', '--figure-view', 'inside', '--figure-optimizer', '1'], 'Momentum is not a learned optimizer', 2),
            (['--plot', 'x.png', '--figure-view', 'basins', '--figure-optimizer', '9'], 'no optimizer of this experiment', 2),
            (['--animate', 'x.gif', '--figure-view', 'basins', '--figure-cells', '16'], 'nothing to play', 2),
            (['--matplotlib', 'x.py'], '--csv', 2),
            (['--plot', 'x.png', '--dpi', '1'], '--dpi', 2),
            (['--plot', '/nowhere/x.png'], '/nowhere/x.png', 1),
            (['--csv', 'x.csv', '--report', '/nowhere/x.pdf'], '/nowhere', 1)):
        said = run(*arguments, status=status)
        assert said.count('\n') == 1 and words in said, (arguments, said)
    assert not [name for name in os.listdir('.') if name.startswith('x.') or name.startswith('.thalweg')]
    said = run('--plot', 'y.png', '--figure-view', 'landscape', status=2,
               experiment=['--problem', 'quadratic,dim=5', '--optimizer', 'adam'])
    assert 'no landscape' in said, said
    assert 'nothing to write' in tool(THALWEG, 'export', 'same.thalweg', status=2)


NETWORKS = {
    'plane': (MOONS, ['--figure-size', '360x300px']),
    'plane-print': (MOONS, ['--figure-size', 'column', '--figure-theme', 'print', '--dpi', '72', '--figure-step', '20']),
    'plane-random': (DIGITS, ['--figure-size', '300x300px', '--figure-plane', 'random', '--figure-plane-seed', '3',
                              '--figure-theme', 'dark']),
    'plane-ends': (MOONS, ['--figure-size', '420x240px', '--figure-plane', 'ends', '--figure-legend', 'right']),
    'regions': (MOONS, ['--figure-size', '480x200px']),
    'regions-dark': (MOONS, ['--figure-size', 'column', '--figure-theme', 'dark', '--dpi', '72', '--figure-step', '5',
                             '--figure-legend', 'right']),
    'filters': (DIGITS, ['--figure-size', '360px']),
    'mistakes': (DIGITS, ['--figure-size', '360x240px', '--figure-step', '20']),
}
for kind, (experiment, options) in NETWORKS.items():
    @check(f'looks as it did: {kind}')
    def looks_as_before():
        run('--plot', 'kind.png', '--figure-view', kind.split('-')[0], *options, experiment=experiment)
        golden('kind.png', f'{kind}.png')


@check('views of networks: labels are text, fonts embedded, captions say how to read them, the same on any number of threads')
def networks():
    for view, experiment, labels, words in (
            ('plane', MOONS, (r'component 1 · [\d.]+ % of variance', 'loss', 'Momentum lr=0.05'), 'principal components'),
            ('regions', MOONS, (r'[\d.]+ % right, held out [\d.]+ %', 'feature 1', 'feature 2', 'held out', 'class 1'), 'each place'),
            ('filters', DIGITS, (r'all 6, ±[\d.]+', 'negative', 'positive', 'Adam lr=0.005'), 'first layer'),
            ('mistakes', DIGITS, (r'wrong: \d+ of 359 held out', r'\d ?→ ?\d', 'true class → what the network said'), 'an arrow')):
        for ending in ('pdf', 'svg', 'png'):
            run('--plot', f'net.{ending}', '--figure-view', view, '--caption', 'net.txt', '--threads', '1', experiment=experiment)
            run('--plot', f'net2.{ending}', '--figure-view', view, '--threads', '3', experiment=experiment)
            assert read(f'net.{ending}') == read(f'net2.{ending}'), (view, ending)
        text, svg = tool('pdftotext', 'net.pdf', '-'), html.unescape(read('net.svg').decode())
        fonts = tool('pdffonts', 'net.pdf').splitlines()[2:]
        assert fonts and all(' yes yes yes ' in line for line in fonts), fonts
        for label in labels:
            assert re.search(f'^{label}$', text, re.M), (view, label, text)
            assert re.search(f'>{label}</text>', svg), (view, label, 'in the SVG')
        caption = read('net.txt').decode()
        assert words in caption and 'seed 0' in caption and caption.strip() in html.unescape(svg), caption


@check('a plane with the learned optimizer shows where it attends, in the words too')
def attended():
    for optimizer, marks in (('learned,weights=kept.bin', True), ('sgd', False)):
        run('--plot', 'att.svg', '--figure-view', 'plane', '--caption', 'att.txt',
            experiment=['--problem', 'quadratic,dim=20', '--optimizer', optimizer, '--steps', '40'])
        assert ('A diamond marks' in read('att.txt').decode()) == marks, optimizer


@check('a network playing: every frame is the figure at its step')
def network_frames():
    for view in ('plane', 'regions'):
        run('--animate', 'net-frame.png', '--figure-view', view, '--figure-size', '300x240px', '--figure-title', '', '--animate-steps', '3-5',
            experiment=MOONS)
        run('--plot', 'net-still.png', '--figure-view', view, '--figure-size', '300x240px', '--figure-title', '', '--figure-step', '4',
            experiment=MOONS)
        frames = [tool('convert', f, '-format', '%#', 'info:') for f in
                  ('net-frame-0001.png', 'net-frame-0002.png', 'net-frame-0003.png', 'net-still.png')]
        assert frames[1] == frames[3] and len(set(frames)) == 3, (view, frames)


@check('the report of a network has its plane and its regions')
def network_report():
    run('--report', 'net.html', experiment=MOONS)
    run('--report', 'net-digits.html', experiment=DIGITS)
    page, other = read('net.html').decode(), read('net-digits.html').decode()
    assert 'plane through parameter space' in page and 'for every input' in page
    assert 'plane through parameter space' in other and 'for every input' not in other


@check('views that a problem has not got are told in one line')
def no_network():
    for view, experiment, words in (
            ('plane', VALLEY, 'take the view landscape'),
            ('regions', VALLEY, 'no network that learns from data'),
            ('regions', DIGITS, 'does not have two features'),
            ('filters', MOONS, 'its data is no images'),
            ('mistakes', MOONS, 'its data is no images'),
            ('mistakes', ['--problem', 'autoencoder', '--optimizer', 'adam', '--steps', '3'], 'tells no classes apart')):
        said = run('--plot', 'net-x.png', '--figure-view', view, status=2, experiment=experiment)
        assert said.count('\n') == 1 and words in said, (view, said)
    for arguments, words in ((['--figure-plane', 'flat'], 'components, random, ends'), (['--figure-plane-seed', '-1'], 'whole number')):
        said = run('--plot', 'net-x.png', '--figure-view', 'plane', *arguments, status=2, experiment=MOONS)
        assert said.count('\n') == 1 and words in said, said
    assert not os.path.exists('net-x.png')


print(f'1..{number}')
os.chdir('/')
shutil.rmtree(folder)
sys.exit(1 if failures else 0)
