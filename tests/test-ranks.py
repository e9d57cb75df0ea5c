"""test-ranks.py THALWEG: meta-training on 1, 2 and 4 ranks ends with the same weights but for rounding, and goes on
from a checkpoint with another number of ranks.  TAP on standard output."""
import json
import os
import struct
import subprocess
import sys
import tempfile

THALWEG = sys.argv[1]
ENV = dict(os.environ, OMPI_ALLOW_RUN_AS_ROOT='1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM='1', OMPI_MCA_btl='self,vader,tcp')
CONFIG = 'hidden=4x5x3,groups=4,problems=3,unroll_mean=25,warmup=5'


def train(ranks, *options, status=0):
    done = subprocess.run(['mpirun', '--oversubscribe', '--bind-to', 'none', '-np', str(ranks), THALWEG, 'train',
                           '--threads', '1', *options], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    assert done.returncode == status, done.stderr
    return done


def weights(folder):
    data = open(folder + '/weights.safetensors', 'rb').read()
    size, = struct.unpack('<Q', data[:8])
    n = (len(data) - 8 - size) // 4
    return json.loads(data[8:8 + size]), struct.unpack(f'<{n}f', data[8 + size:])


def distance(a, b):
    return max(abs(x - y) for x, y in zip(a, b))


with tempfile.TemporaryDirectory() as top:
    failed = 0

    def check(name, good, said):
        global failed
        failed += not good
        print(f'{"ok" if good else "not ok"} {name}\n# {said}')

    for n in (1, 2, 4):
        train(n, '--out', f'{top}/{n}', '--config', CONFIG, '--iterations', '40', '--seed', '4')
    _, one = weights(f'{top}/1')
    for n in (2, 4):
        far = distance(one, weights(f'{top}/{n}')[1])
        check(f'ranks-{n}', far < 2e-5, f'largest difference of a weight from one rank: {far:.3g}')
    rows = [len(open(f'{top}/{n}/progress.csv').readlines()) for n in (1, 2, 4)]
    check('progress', rows == [41, 41, 41], f'lines: {rows}')
    train(2, '--out', f'{top}/half', '--config', CONFIG, '--iterations', '20', '--seed', '4')
    train(4, '--resume', f'{top}/half', '--iterations', '40')
    far = distance(one, weights(f'{top}/half')[1])
    check('resume', far < 2e-5, f'largest difference after going on with four ranks: {far:.3g}')
    said = train(2, '--out', f'{top}/1', status=2).stderr
    check('one-line', said.count('thalweg: ') == 1, said.strip().split('\n')[0])
    print('1..5')
sys.exit(failed > 0)
