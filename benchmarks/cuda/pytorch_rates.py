"""What PyTorch takes for the work of cuda_rates.cc on the same device; one JSON on standard output.

Rows lie on the device. Median of five runs after one that is not counted.
"""
import json
import statistics
import sys
import time

import torch


def seconds_of(run):
    run()
    torch.cuda.synchronize()
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        run()
        torch.cuda.synchronize()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def network(inputs, hidden):
    layers = []
    for outputs in hidden:
        layers += [torch.nn.Linear(inputs, outputs), torch.nn.LeakyReLU(0.01)]
        inputs = outputs
    return torch.nn.Sequential(*layers, torch.nn.Linear(inputs, 1)).cuda()


def forward(name, rows, inputs, hidden, all_rows):
    repeats = -(-all_rows // rows)
    for dtype in (torch.float32, torch.bfloat16):
        model = network(inputs, hidden).to(dtype)
        x = torch.randn(rows, inputs, device="cuda", dtype=dtype)
        for kind, call in (("eager", model), ("compiled", torch.compile(model))):

            def run():
                with torch.inference_mode():
                    for _ in range(repeats):
                        call(x)

            yield f"{name}, {str(dtype).removeprefix('torch.')}, {kind}", seconds_of(run)


def training(rows, batch):
    """One epoch; a step is one CUDA graph."""
    x = torch.randn(rows, 508, device="cuda")
    y = (torch.arange(rows, device="cuda") % 2).float()[:, None]
    model = network(508, (512, 512))
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, capturable=True, fused=True)
    loss_of = torch.nn.functional.binary_cross_entropy_with_logits
    batch_x, batch_y = x[:batch].clone(), y[:batch].clone()

    def step():
        optimizer.zero_grad(set_to_none=False)
        loss_of(model(batch_x), batch_y).backward()
        optimizer.step()

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()

    def epoch():
        order = torch.randperm(rows, device="cuda")
        for first in range(0, rows - batch + 1, batch):
            part = order[first : first + batch]
            torch.index_select(x, 0, part, out=batch_x)
            torch.index_select(y, 0, part, out=batch_y)
            graph.replay()

    yield "training epoch, batch 512, 508-512-512-1, float32, CUDA graph", seconds_of(epoch)


def main():
    torch.backends.cuda.matmul.allow_tf32 = False
    lines = []
    work = [
        forward("508-512-512-512-1", 131_072, 508, (512, 512, 512), 10_000_000),
        forward("40500-2048-2048-2048-1, dense", 8192, 40_500, (2048, 2048, 2048), 100_000),
        training(100_000, 512),
    ]
    for lines_of_work in work:
        try:
            for name, seconds in lines_of_work:
                print(f"PyTorch: {name}: {seconds:.4f} s", file=sys.stderr)
                lines.append({"name": name, "seconds": seconds})
        except Exception as error:  # of torch.compile, say, where there is no C compiler: the other lines stand
            print(f"PyTorch: left out: {error}", file=sys.stderr)
    square = torch.randn(8192, 8192, device="cuda", dtype=torch.bfloat16)
    product = 2 * 8192**3 / seconds_of(lambda: square @ square)
    print(json.dumps({"version": torch.__version__, "matrixProductOperations": product, "rows": lines}))


if __name__ == "__main__":
    main()
