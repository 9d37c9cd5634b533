"""The protocol of benchmarks/harness/peer-process.mjs: one JSON request a line in, one answer a line out."""
import importlib
import json
import sys
import traceback


def say(answer):
    print(json.dumps(answer), flush=True)


def require(module):
    """The module, or the end of this process with a word about what brings it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        say({"missing": f"{module} is not installed (benchmarks/install-peers.sh)"})
        sys.exit(0)


def serve(operations, versions):
    """Answers requests until the input ends. `operations`: name -> function of keyword arguments."""
    say({"versions": versions})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            say({"result": operations[request["operation"]](**request["arguments"])})
        except Exception:
            say({"error": traceback.format_exc(limit=4)})
