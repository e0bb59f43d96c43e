#!/usr/bin/env python3
"""Times the string and table libraries beside lua5.1 and Python, as a table.

    testdata/bench/stdlib/run.py ./socksh
"""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).parent
SIZES = {"10": "10 B", "10000": "10 kB", "10000000": "10 MB"}


def run(*command):
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = [line.split("\t") for line in output.splitlines()]
    return {(name, size): float(took) for name, size, took in lines}


def show(nanoseconds):
    if nanoseconds is None:
        return "-"
    for unit, scale in ("s", 1e9), ("ms", 1e6), ("us", 1e3):
        if nanoseconds >= scale:
            return f"{nanoseconds / scale:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    products = {
        "socksh": run(sys.argv[1], "run", HERE / "functions.lua"),
        "lua5.1": run("lua5.1", HERE / "functions.lua"),
        "Python": run("python3", HERE / "functions.py"),
    }
    columns = [(size, product) for size in SIZES for product in products]
    print("| function |", " | ".join(f"{SIZES[size]} {product}" for size, product in columns), "|")
    print("|---" * (len(columns) + 1) + "|")
    for name in dict.fromkeys(name for name, _ in products["socksh"]):
        cells = [show(products[product].get((name, size))) for size, product in columns]
        print(f"| {name} |", " | ".join(cells), "|")


main()
