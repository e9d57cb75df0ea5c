"""compare.py BUILD: our benchmarks beside PyTorch doing the same work, in turn, in this one call.

Each side runs three times, alternating, and the best of each counts: what else the machine does then
disturbs both alike.  Without PyTorch our own numbers are printed alone.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = 3
# What the project set out to reach, by benchmark and size: times faster than PyTorch.
AIMS = {'step': {'2': 100, '100000': 8, '1000000': 8}, 'train': {'1': 100, '64': 12, '512': 4},
        'task': {'mlp': 1, 'conv': 0.67}}
WHAT = {'step': ('one update of the learned optimizer', 'coordinates'),
        'train': ('one step of one run: forward, backward, second derivatives', 'runs'),
        'task': ('one step of a network on Fashion-MNIST: minibatch of 64, forward, backward, Adam', 'network')}
ENV = dict(os.environ, OMP_NUM_THREADS='1', OPENBLAS_NUM_THREADS='1', MKL_NUM_THREADS='1')


def call(command):
    done = subprocess.run(command, env=ENV, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


def peer_script(name):
    return 'task_torch.py' if name == 'task' else 'peer_torch.py'


def have_torch():
    probe = subprocess.run(['/usr/bin/python3', '-c', 'import torch'], stderr=subprocess.DEVNULL)
    return probe.returncode == 0


def best(into, found):
    for size, seconds in found.items():
        into[size] = min(seconds, into.get(size, seconds))


def show(name, ours, peer):
    what, unit = WHAT[name]
    print(f'\n{what}, one thread')
    print(f'{unit:>12} {"thalweg":>12} {"PyTorch":>12} {"ratio":>8} {"aim":>6}')
    for size in ours:
        aim = AIMS[name].get(size)
        line = f'{size:>12} {ours[size] * 1e6:>9.2f} us'
        if size in peer:
            line += f' {peer[size] * 1e6:>9.1f} us {peer[size] / ours[size]:>7.1f}x {f"{aim}x" if aim else "":>6}'
        print(line)


def main(build):
    torch = have_torch()
    if not torch:
        print('PyTorch (python3-torch) is not installed: our numbers stand alone.')
    for name in AIMS:
        program = f'{build}/tests/benchmarks/bench-{name}'
        if not os.path.exists(program):
            continue
        ours, peer = {}, {}
        for _ in range(ROUNDS):
            best(ours, call([program, '--json'])[name])
            if torch:
                best(peer, call(['/usr/bin/python3', f'{HERE}/{peer_script(name)}', name])[name])
        show(name, ours, peer)
        if name == 'step':
            print('\nIn operations, beside the peak of the BLAS measured in the same run:')
            sys.stdout.flush()
            subprocess.run([program], env=ENV, check=True)


if __name__ == '__main__':
    main(sys.argv[1])
