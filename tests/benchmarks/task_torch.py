"""task_torch.py: the steps of bench-task in PyTorch: the same shapes, float32, one thread.

A step: 64 random rows of a (60000, 784) tensor, forward, cross entropy, backward, Adam.  Prints one JSON
object, {"task": {"mlp": s, "conv": s}}, in processor time, as bench-task.
"""
import json
import time

import torch
from torch import nn

BATCH, SECONDS, STEPS = 64, 2.0, 10


def networks():
    yield 'mlp', nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    yield 'conv', nn.Sequential(nn.Unflatten(1, (1, 28, 28)),
                                nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                                nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                                nn.Flatten(), nn.Linear(32 * 7 * 7, 10))


def time_step(network, x, y):
    adam = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()

    def step():
        rows = torch.randint(len(x), (BATCH,))
        loss = loss_of(network(x[rows]), y[rows])
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()

    best, end, n = float('inf'), time.perf_counter() + SECONDS, 0
    while n < 3 or time.perf_counter() < end:
        begin = time.process_time()
        for _ in range(STEPS):
            step()
        best = min(best, (time.process_time() - begin) / STEPS)
        n += 1
    return best


if __name__ == '__main__':
    torch.set_num_threads(1)
    torch.manual_seed(0)
    images, labels = torch.rand(60000, 784), torch.randint(10, (60000,))
    print(json.dumps({'task': {name: time_step(network, images, labels) for name, network in networks()}}))
