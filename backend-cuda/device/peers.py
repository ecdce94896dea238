"""Times of PyTorch and PyTorch Geometric on the graphs that DeviceBenchmarks wrote, and the ratios.

peers.py FOLDER SECONDS: reads FOLDER/relata.json for what was measured, FOLDER/NAME.src and NAME.dst
(little-endian 32-bit integers), writes FOLDER/peers.json and prints a table.
"""

import json
import os
import statistics
import sys
import time

import numpy as np
import torch

CLASSES = 16
REPETITIONS = 7

folder = sys.argv[1]
deadline = time.time() + float(sys.argv[2])
gpu = torch.device("cuda" if torch.cuda.is_available() else "cpu")
torch.backends.cuda.matmul.allow_tf32 = False
results = []


def wait():
    if gpu.type == "cuda":
        torch.cuda.synchronize()


def millis(calls, call):
    times = []
    for r in range(-2, REPETITIONS):
        wait()
        start = time.perf_counter()
        for _ in range(calls):
            call()
        wait()
        if r >= 0:
            times.append((time.perf_counter() - start) * 1e3 / calls)
    return statistics.median(times)


def add(graph, operation, width, way, calls, call, peak=False):
    """Measures one way to do it; what does not run here is recorded as such."""
    if time.time() > deadline:
        return
    entry = {"graph": graph, "operation": operation, "width": width, "way": way}
    try:
        before = 0
        if gpu.type == "cuda":
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
        entry["ms"] = millis(calls, call)
        if peak and gpu.type == "cuda":
            entry["peakBytes"] = torch.cuda.max_memory_allocated() - before
    except Exception as e:  # pylint: disable=broad-except
        entry["error"] = str(e).splitlines()[0][:200] if str(e) else type(e).__name__
    results.append(entry)
    print(entry, flush=True)


def read(name, end):
    return torch.from_numpy(np.fromfile(os.path.join(folder, f"{name}.{end}"), dtype="<i4"))


def products(name, nodes, width, calls):
    src = read(name, "src").long().to(gpu)
    dst = read(name, "dst").long().to(gpu)
    x = torch.randn(nodes, width, device=gpu)
    w = torch.rand(src.numel(), device=gpu)

    def csr(values):
        order = torch.argsort(dst, stable=True)
        counts = torch.bincount(dst, minlength=nodes)
        offsets = torch.zeros(nodes + 1, dtype=torch.long, device=gpu)
        offsets[1:] = torch.cumsum(counts, 0)
        return torch.sparse_csr_tensor(offsets, src[order], values[order], (nodes, nodes))

    ones = csr(torch.ones_like(w))
    weighted = csr(w)
    large = src.numel() * width * 4 > 24 << 30
    add(name, "copy_u sum", width, "torch.sparse", calls, lambda: ones @ x)
    add(name, "u_mul_e sum", width, "torch.sparse", calls, lambda: weighted @ x)
    if not large:
        zeros = lambda: torch.zeros(nodes, width, device=gpu)
        add(name, "copy_u sum", width, "index_add_", calls, lambda: zeros().index_add_(0, dst, x[src]))
        add(
            name,
            "u_mul_e sum",
            width,
            "index_add_",
            calls,
            lambda: zeros().index_add_(0, dst, x[src] * w[:, None]),
        )
        rows = dst[:, None].expand(-1, width)
        add(
            name,
            "copy_u max",
            width,
            "scatter_reduce",
            calls,
            lambda: zeros().scatter_reduce(0, rows, x[src], "amax", include_self=False),
        )
    add(name, "copy_u max", width, "torch.sparse.mm reduce", calls, lambda: torch.sparse.mm(ones, x, "amax"))


def epochs(name, model, width):
    from torch_geometric.nn import FastRGCNConv, GATConv, GCNConv, RGCNConv

    src, dst = read(name, "src").long(), read(name, "dst").long()
    relations = read(name, "rel").long().to(gpu)
    nodes = relations.numel() - src.numel()
    loops = torch.arange(nodes)
    edges = torch.stack([torch.cat([src, loops]), torch.cat([dst, loops])]).to(gpu)
    labels = torch.randint(0, CLASSES, (nodes,), device=gpu)
    x = torch.randn(nodes, width, device=gpu)

    def train(first, second, way, forward):
        layers = torch.nn.ModuleList([first, second]).to(gpu)
        adam = torch.optim.Adam(layers.parameters(), lr=0.01)

        def step():
            adam.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(forward(layers), labels)
            loss.backward()
            adam.step()

        add(name, f"{model} epoch", width, way, 5, step, peak=True)

    if model == "gat":
        train(
            GATConv(width, 16, heads=8, add_self_loops=False),
            GATConv(128, CLASSES, heads=1, add_self_loops=False),
            "GATConv",
            lambda l: l[1](torch.nn.functional.elu(l[0](x, edges)), edges),
        )
    elif model == "rgcn":
        for conv in (FastRGCNConv, RGCNConv):
            # Relata's layer sums within a relation as DGL's does.
            train(
                conv(width, 64, 20, aggr="add"),
                conv(64, CLASSES, 20, aggr="add"),
                conv.__name__,
                lambda l: l[1](torch.relu(l[0](x, edges, relations)), edges, relations),
            )
    else:
        train(
            GCNConv(width, 16, add_self_loops=False, cached=True),
            GCNConv(16, CLASSES, add_self_loops=False, cached=True),
            "GCNConv",
            lambda l: l[1](torch.relu(l[0](x, edges)), edges),
        )


def main():
    with open(os.path.join(folder, "relata.json")) as f:
        ours = json.load(f)["results"]
    if gpu.type == "cuda":
        big = torch.zeros(1 << 28, device=gpu)
        add("none", "copy", 0, "clone", 5, big.clone)
        del big
    seen = set()
    for r in ours:
        name, operation, width = r["graph"], r["operation"], r["width"]
        if operation.endswith(" epoch"):
            epochs(name, operation.split()[0], width)
        elif name != "none" and (name, width) not in seen:
            seen.add((name, width))
            nodes = r["nodes"]
            products(name, nodes, width, 3 if os.path.getsize(os.path.join(folder, name + ".src")) > 2e8 else 10)
    with open(os.path.join(folder, "peers.json"), "w") as f:
        device = torch.cuda.get_device_name() if gpu.type == "cuda" else "cpu"
        json.dump({"torch": torch.__version__, "device": device, "results": results}, f, indent=1)
    bandwidth = next((r["GBps"] for r in ours if r["operation"] == "copy"), None)
    print(f"{'graph':12} {'operation':14} {'width':>5} {'Relata ms':>10} {'of copy':>8} {'best peer ms':>13} {'ratio':>7}  way")
    for r in ours:
        same = [
            p
            for p in results
            if "ms" in p and all(p[k] == r[k] for k in ("graph", "operation", "width"))
        ]
        best = min(same, key=lambda p: p["ms"], default=None)
        share = f"{r['GBps'] / bandwidth:8.2f}" if "GBps" in r and bandwidth else " " * 8
        peer = f"{best['ms']:13.3f} {best['ms'] / r['ms']:7.2f}  {best['way']}" if best else ""
        print(f"{r['graph']:12} {r['operation']:14} {r['width']:5} {r['ms']:10.3f} {share} {peer}")


main()
