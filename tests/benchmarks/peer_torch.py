"""peer_torch.py step|train: the work of bench-step and bench-train in PyTorch, one thread.

Prints the same JSON: {"step": {"2": s, ...}} seconds per update of one tensor, {"train": {"1": s, ...}} seconds
per step of one run (forward, backward, second derivatives) of a 50-step unroll of B Rosenbrock runs.

Written to be quick in PyTorch.  All runs here have one tensor each, and all tensors have one size, so that rows
are a (B, N) array and every mean over a tensor or a run is a plain mean; what multiplies the same input is one
matrix; the state of rows that is fed to a GRU stands together with its inputs only where that saves a product.
"""
import ctypes
import json
import math
import sys
import time

import torch

H0, H1, H2, S = 10, 30, 20, 4
F = S + (S - 1) + S + 1
F32 = torch.float32
MIN_SECONDS = 2.0


def weights():
    """Random weights of the default network: the values do not matter for the time, the shapes do."""
    random = torch.Generator().manual_seed(0)

    def matrix(rows, cols):
        return torch.randn(rows, cols, generator=random) * (0.5 / math.sqrt(rows))

    def cell(inputs, units):
        bias = torch.cat([torch.full((2 * units,), 2.2), torch.zeros(units)])
        return {'x': matrix(inputs, 3 * units), 'h': matrix(units, 2 * units), 'c': matrix(units, units),
                'bias': bias, 'init': torch.rand(units, generator=random) * 2 - 1}

    w = {f'{name}.{key}': value for name, inputs, units in (('param', F, H0), ('tensor', H0 + F, H1), ('global', H1, H2))
         for key, value in cell(inputs, units).items()}
    # h1 and h2 into the Parameter RNN, h2 into the Tensor RNN; biases that are only added are in the cells' own.
    w['tensor_to_param'], w['global_to_param'] = matrix(H1, 3 * H0), matrix(H2, 3 * H0)
    w['global_to_tensor'] = matrix(H2, 3 * H1)
    w['out'] = matrix(H0, 5)  # update, attention, input decay, scale decay, log learning rate
    w['out'][:, 4] = 0
    w['out_bias'] = torch.tensor([0, 0, 2.2, 3.2, 0])
    w['shortcut'] = torch.full((S, 2), 1 / S)
    w['momentum'], w['offset'] = torch.tensor(3.2), torch.tensor(-1.0)
    return w


def gru(w, name, x, h, injected):
    """x (n, in), h (n, H), injected (n or 1, 3 H) -> h' (n, H)"""
    units = h.shape[1]
    gates = injected + x @ w[f'{name}.x']
    r, u = torch.sigmoid(torch.addmm(gates[:, :2 * units], h, w[f'{name}.h'])).split(units, 1)
    return torch.lerp(torch.tanh(torch.addmm(gates[:, 2 * units:], r * h, w[f'{name}.c'])), h, u)


def start(w, runs, rows):
    zero = torch.zeros(runs * rows, 1)
    return {'h0': w['param.init'].expand(runs * rows, H0), 'h1': w['tensor.init'].expand(runs, H1),
            'h2': w['global.init'].expand(runs, H2), 'd': zero, 'c': zero,
            'n': torch.full((runs * rows, 1), math.log(1e-2)),
            'a': torch.zeros(runs * rows, S), 'v': torch.zeros(runs * rows, S)}


POWERS = torch.tensor([[2.0 ** -s for s in range(S)]])


def unit(direction, runs, rows):
    """(B, N, 2) update and attention, each divided by its root mean square over the tensor"""
    return direction * torch.rsqrt(direction.square().mean(1, keepdim=True) + 1e-16)


def step(w, runs, rows, s, g, first):
    """g (B N, 1) -> what is subtracted for theta and for phi (B, N, 2), and the new state"""
    # 0^p has no finite slope; at the first step d and c are 0
    decay = torch.zeros(1) if first else s['d'] ** POWERS
    a = torch.lerp(g, s['a'], decay)
    v = torch.lerp(a * a + 1e-12, s['v'], torch.zeros(1) if first else s['c'])
    floored = v + 1e-16
    m = torch.asinh(a * torch.rsqrt(floored))
    logs = torch.log(floored)
    n = s['n']
    relative = n.view(runs, rows) - n.view(runs, rows).mean(1, keepdim=True)
    x = torch.cat([m, m[:, :-1] * m[:, 1:], logs - logs.mean(1, keepdim=True), relative.view(-1, 1)], 1)
    h1, h2 = s['h1'], s['h2']
    to_param = torch.addmm(torch.addmm(w['param.bias'], h1, w['tensor_to_param']), h2, w['global_to_param'])
    if runs > 1:
        to_param = to_param[:, None].expand(runs, rows, 3 * H0).reshape(-1, 3 * H0)
    h0 = gru(w, 'param', x, s['h0'], to_param)
    mean = torch.cat([h0.view(runs, rows, H0).mean(1), x.view(runs, rows, F).mean(1)], 1)
    h1 = gru(w, 'tensor', mean, h1, torch.addmm(w['tensor.bias'], h2, w['global_to_tensor']))
    h2 = gru(w, 'global', h1, h2, w['global.bias'])
    out = torch.addmm(w['out_bias'], h0, w['out'])
    direction = unit(torch.addmm(out[:, :2], m, w['shortcut']).view(runs, rows, 2), runs, rows)
    decays = torch.sigmoid(out[:, 2:4])
    wanted = n + out[:, 4:]
    wanted = wanted + (wanted.clamp(-33, 33) - wanted).detach()
    size = torch.exp(wanted)
    both = torch.cat([size * torch.exp(w['offset']), size], 1).view(runs, rows, 2) * direction
    return both, {'h0': h0, 'h1': h1, 'h2': h2, 'd': decays[:, :1], 'c': decays[:, 1:],
                  'n': torch.lerp(wanted, n, torch.sigmoid(w['momentum'])), 'a': a, 'v': v}


def best(work):
    end, least, count = time.perf_counter() + MIN_SECONDS, math.inf, 0
    while count < 3 or time.perf_counter() < end:
        before = time.perf_counter()
        work()
        least = min(least, time.perf_counter() - before)
        count += 1
    return least


def time_step(n):
    w, g = weights(), torch.randn(n, 1)
    theta = torch.zeros(n)
    with torch.inference_mode():
        _, state = step(w, 1, n, start(w, 1, n), g, True)

        def work():
            nonlocal state, theta
            both, state = step(w, 1, n, state, g, False)
            theta = theta - both[0, :, 0]
        return best(work)


def rosenbrock(p):
    x, y = p.unbind(1)
    return (1 - x).square() + 100 * (y - x.square()).square()


def time_train(runs, steps=50):
    w = {key: value.requires_grad_() for key, value in weights().items()}
    begin = torch.rand(runs, 2) * 4 - 2
    first_loss = rosenbrock(begin)

    def work():
        state, theta, phi, total = start(w, runs, 2), begin, begin.clone().requires_grad_(), 0
        for k in range(steps):
            g, = torch.autograd.grad(rosenbrock(phi).sum(), phi, create_graph=True)
            both, state = step(w, runs, 2, state, g.reshape(-1, 1), k == 0)
            theta, phi = theta - both[..., 0], theta - both[..., 1]
            total = total + torch.log(rosenbrock(theta) / (first_loss + 1e-6) + 1e-6).mean()
        (total / steps).backward()
        for value in w.values():
            value.grad = None
    return best(work) / steps / runs


def keep_memory():
    """Freed memory stays with the process: else large tensors are mapped and cleared anew at each operation."""
    trim_threshold, mmap_max = -1, -4
    libc = ctypes.CDLL(None)
    libc.mallopt(mmap_max, 0)
    libc.mallopt(trim_threshold, 2**31 - 1)


def main(what):
    keep_memory()
    torch.set_num_threads(1)
    if what == 'step':
        print(json.dumps({'step': {n: time_step(n) for n in (2, 1000, 100000, 1000000)}}))
    elif what == 'train':
        print(json.dumps({'train': {n: time_train(n) for n in (1, 64, 512)}}))
    else:
        sys.exit('usage: peer_torch.py step|train')


if __name__ == '__main__':
    main(sys.argv[1] if len(sys.argv) == 2 else '')
