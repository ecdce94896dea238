"""Times of PyTorch and PyTorch Geometric on the graphs that DeviceBenchmarks wrote, and the ratios.

peers.py FOLDER SECONDS [DEVICE]: reads FOLDER/relata.json for what was measured, FOLDER/NAME.src and
NAME.dst (little-endian 32-bit integers), measures the same on DEVICE (cuda where there is one), writes
FOLDER/results.json with Relata's figures, the peers', their ratios and the goals, and prints a table.
Without PyTorch Geometric, or where it is broken, the epochs have no peer and the table says so.
"""

import gc
import json
import os
import statistics
import sys
import time

import numpy as np
import torch

CLASSES = 16

folder = sys.argv[1]
deadline = time.time() + float(sys.argv[2])
gpu = torch.device(sys.argv[3] if len(sys.argv) > 3 else "cuda" if torch.cuda.is_available() else "cpu")
torch.backends.cuda.matmul.allow_tf32 = False
results = []
late = []
# On a CPU it is only tried.
repetitions = 7 if gpu.type == "cuda" else 1


def wait():
    if gpu.type == "cuda":
        torch.cuda.synchronize()


def millis(calls, call):
    times = []
    for r in range(-2, repetitions):
        wait()
        start = time.perf_counter()
        for _ in range(calls):
            call()
        wait()
        if r >= 0:
            times.append((time.perf_counter() - start) * 1e3 / calls)
    return statistics.median(times)


def allocated():
    """Bytes in use now, from which on the peak is counted anew."""
    if gpu.type != "cuda":
        return 0
    gc.collect()
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    return torch.cuda.memory_allocated()


def add(graph, operation, width, way, calls, call, before=None):
    """Measures one way to do it; what does not run here is recorded as such."""
    if time.time() > deadline:
        late.append(f"{graph} {operation} {width} {way}")
        return
    entry = {"graph": graph, "operation": operation, "width": width, "way": way}
    try:
        entry["ms"] = millis(calls, call)
        if before is not None and gpu.type == "cuda":
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

    # Some versions of PyTorch refuse rows with more entries than columns, as parallel edges give.
    try:
        ones, weighted = csr(torch.ones_like(w)), csr(w)
    except RuntimeError as e:
        ones = weighted = None
        print(f"{name}: no torch.sparse matrix ({str(e).splitlines()[0]})", flush=True)
    large = src.numel() * width * 4 > 24 << 30
    if ones is not None:
        add(name, "copy_u sum", width, "torch.sparse", calls, lambda: ones @ x)
        add(name, "u_mul_e sum", width, "torch.sparse", calls, lambda: weighted @ x)
        add(name, "copy_u max", width, "torch.sparse.mm reduce", calls, lambda: torch.sparse.mm(ones, x, "amax"))
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


def epochs(geometric, name, model, width):
    """Training steps with PyTorch Geometric's layers, sums within a relation as Relata's layer makes them."""

    def train(way, make):
        # As for Relata, the peak has the graph and the features too.
        before = allocated()
        src, dst = read(name, "src").long(), read(name, "dst").long()
        relations = read(name, "rel").long().to(gpu)
        nodes = relations.numel() - src.numel()
        loops = torch.arange(nodes)
        edges = torch.stack([torch.cat([src, loops]), torch.cat([dst, loops])]).to(gpu)
        labels = torch.randint(0, CLASSES, (nodes,), device=gpu)
        x = torch.randn(nodes, width, device=gpu)
        first, second, forward = make()
        layers = torch.nn.ModuleList([first, second]).to(gpu)
        adam = torch.optim.Adam(layers.parameters(), lr=0.01)

        def step():
            adam.zero_grad(set_to_none=True)
            loss = torch.nn.functional.cross_entropy(forward(layers, x, edges, relations), labels)
            loss.backward()
            adam.step()

        add(name, f"{model} epoch", width, way, 5, step, before)

    if model == "gat":
        train(
            "GATConv",
            lambda: (
                geometric.GATConv(width, 16, heads=8, add_self_loops=False),
                geometric.GATConv(128, CLASSES, heads=1, add_self_loops=False),
                lambda l, x, edges, _: l[1](torch.nn.functional.elu(l[0](x, edges)), edges),
            ),
        )
    elif model == "rgcn":
        for conv in (geometric.FastRGCNConv, geometric.RGCNConv):
            train(
                conv.__name__,
                lambda: (
                    conv(width, 64, 20, aggr="add"),
                    conv(64, CLASSES, 20, aggr="add"),
                    lambda l, x, edges, of: l[1](torch.relu(l[0](x, edges, of)), edges, of),
                ),
            )
    else:
        train(
            "GCNConv",
            lambda: (
                geometric.GCNConv(width, 16, add_self_loops=False, cached=True),
                geometric.GCNConv(16, CLASSES, add_self_loops=False, cached=True),
                lambda l, x, edges, _: l[1](torch.relu(l[0](x, edges)), edges),
            ),
        )


def installed():
    """PyTorch Geometric's layers, or None and why."""
    try:
        import torch_geometric
        import torch_geometric.nn

        return torch_geometric.nn, torch_geometric.__version__
    except Exception as e:  # pylint: disable=broad-except
        reason = f"{type(e).__name__}: {e}".splitlines()[0]
        print(f"PyTorch Geometric cannot be imported ({reason}): epochs are measured without a peer", flush=True)
        return None, f"none ({reason})"


def merge(ours):
    """Relata's figures with the share of the copy bandwidth, and the fastest peer of each."""
    # The faster copy is the floor, whoever made it.
    copies = [r["GBps"] for r in ours if r["operation"] == "copy"]
    copies += [2 * 4 * (1 << 28) / p["ms"] / 1e6 for p in results if p["operation"] == "copy" and "ms" in p]
    bandwidth = max(copies, default=None)
    rows = []
    for r in ours:
        row = dict(r)
        if "GBps" in r and bandwidth:
            row["ofCopy"] = r["GBps"] / bandwidth
        # The sparse features are a way of ours; peers have the dense ones.
        like = {**r, "operation": r["operation"].replace("gcn-sparse", "gcn")}
        same = [p for p in results if "ms" in p and all(p[k] == like[k] for k in ("graph", "operation", "width"))]
        best = min(same, key=lambda p: p["ms"], default=None)
        if best:
            row["peer"] = best["way"]
            row["peerMs"] = best["ms"]
            row["ratio"] = best["ms"] / r["ms"]
        peaks = [p["peakBytes"] for p in same if p.get("peakBytes")]
        if peaks and "peakBytes" in r:
            # Against the leanest peer, which need not be the fastest.
            row["peakOfPeers"] = r["peakBytes"] / min(peaks)
        rows.append(row)
    return bandwidth, rows


# Issue's goals: which rows, what of them, the bound, and whether it is a least or a most.
GOALS = [
    ("copy_u sum, share of the copy bandwidth", lambda r: r["operation"] == "copy_u sum", "ofCopy", 0.7, True),
    ("copy_u sum, times PyTorch", lambda r: r["operation"] == "copy_u sum", "ratio", 1.2, True),
    ("copy_u max, times PyTorch", lambda r: r["operation"] == "copy_u max", "ratio", 2, True),
    ("u_mul_e sum, times PyTorch", lambda r: r["operation"] == "u_mul_e sum", "ratio", 2, True),
    ("GAT epoch, times PyTorch Geometric", lambda r: r["operation"] == "gat epoch", "ratio", 3, True),
    ("RGCN epoch, times PyTorch Geometric", lambda r: r["operation"] == "rgcn epoch", "ratio", 3, True),
    ("GAT epoch, peak memory of its", lambda r: r["operation"] == "gat epoch", "peakOfPeers", 0.5, False),
    ("RGCN epoch, peak memory of its", lambda r: r["operation"] == "rgcn epoch", "peakOfPeers", 0.5, False),
    ("Cora-sized epoch, times PyTorch Geometric", lambda r: r["operation"] == "gcn epoch", "ratio", 1, True),
]


def judge(rows):
    """Every goal with the figure that is furthest from it."""
    goals = []
    for what, chosen, key, bound, least in GOALS:
        figures = [(r[key], f"{r['graph']} {r['width']}") for r in rows if chosen(r) and key in r]
        goal = {"goal": what, "bound": bound, "atLeast": least, "measured": len(figures)}
        if figures:
            worst, where = min(figures) if least else max(figures)
            goal.update(worst=worst, where=where, met=worst >= bound if least else worst <= bound)
        goals.append(goal)
    return goals


def show(rows, goals):
    head = f"{'graph':12} {'operation':16} {'width':>5} {'Relata ms':>10} {'of copy':>8} {'best peer ms':>13} {'ratio':>7} {'peak':>6}  way"
    print(head)
    for r in rows:
        share = f"{r['ofCopy']:8.2f}" if "ofCopy" in r else " " * 8
        peer = f"{r['peerMs']:13.3f} {r['ratio']:7.2f}" if "peer" in r else f"{'none':>13} {'':7}"
        peak = f"{r['peakOfPeers']:6.2f}" if "peakOfPeers" in r else " " * 6
        print(f"{r['graph']:12} {r['operation']:16} {r['width']:5} {r['ms']:10.3f} {share} {peer} {peak}  {r.get('peer', '')}")
    if late:
        print(f"no time for: {', '.join(late)}")
    if gpu.type != "cuda":
        print("no CUDA device: the peers ran on the CPU, and neither figures nor goals mean anything")
    for g in goals:
        sign = ">=" if g["atLeast"] else "<="
        if g["measured"]:
            verdict = ("met" if g["met"] else "NOT MET") + ("" if gpu.type == "cuda" else ", without a GPU")
            print(f"{g['goal']:45} {sign} {g['bound']:4}: {g['worst']:8.2f} ({g['where']}, the worst of {g['measured']})  {verdict}")
        else:
            print(f"{g['goal']:45} {sign} {g['bound']:4}: not measured")


def main():
    with open(os.path.join(folder, "relata.json")) as f:
        relata = json.load(f)
    ours = relata["results"]
    geometric, version = installed()
    if gpu.type == "cuda":
        big = torch.zeros(1 << 28, device=gpu)
        add("none", "copy", 0, "clone", 5, big.clone)
        del big
    seen = set()
    for r in ours:
        name, operation, width = r["graph"], r["operation"], r["width"]
        if operation.endswith(" epoch"):
            model = operation.split()[0]
            if geometric and model != "gcn-sparse":
                epochs(geometric, name, model, width)
        elif name != "none" and (name, width) not in seen:
            seen.add((name, width))
            nodes = r["nodes"]
            products(name, nodes, width, 3 if os.path.getsize(os.path.join(folder, name + ".src")) > 2e8 else 10)
    bandwidth, rows = merge(ours)
    goals = judge(rows)
    with open(os.path.join(folder, "results.json"), "w") as f:
        everything = {
            "relata": relata["backend"],
            "torch": torch.__version__,
            "torchGeometric": version,
            "device": torch.cuda.get_device_name() if gpu.type == "cuda" else "cpu",
            "copyGBps": bandwidth,
            "rows": rows,
            "goals": goals,
            "peers": results,
            "late": late,
        }
        json.dump(everything, f, indent=1)
    show(rows, goals)


main()
