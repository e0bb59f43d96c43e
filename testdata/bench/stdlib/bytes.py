#!/usr/bin/python3
"""The time of each byte tool beside Python's: bytes.py SOCKSH [ARGUMENT...]"""
import array, base64, binascii, hashlib, json, math, os, struct, subprocess, sys, time, zlib

rows = {}


def measure(name, size, f):
    best = math.inf
    for _ in range(3):
        n, took = 1, 0
        while True:
            start = time.perf_counter()
            for _ in range(n):
                f()
            took = time.perf_counter() - start
            if took >= 0.05:
                break
            n = math.ceil(n * min(10, 0.06 / max(took, 1e-6)))
        best = min(best, took / n)
    rows[name, size] = best


def inet(data):
    a = array.array("H", data)
    a.byteswap()
    s = sum(a)
    while s > 65535:
        s = (s >> 16) + (s & 65535)
    return 65535 - s


def dump(data):
    show = bytes(c if 32 <= c <= 126 else 46 for c in range(256))
    rows = []
    for i in range(0, len(data), 16):
        part = data[i : i + 16]
        rows.append("%08x  %-23s  %-23s  |%s|" % (i, part[:8].hex(" "), part[8:].hex(" "), part.translate(show).decode()))
    return "\n".join(rows)


def records(size):
    each = 88
    return [i if size < each else {"id": i, "name": "user %d" % i, "tags": ["a", "b", "c"], "score": i / 7, "ok": True} for i in range(1, max(1, size // each) + 1)]


for size in 10, 10000, 10000000:
    data = b"0123456789" * (size // 10)
    text, digits, b, mark = base64.b64encode(data), binascii.hexlify(data), bytearray(data), bytearray(data + b"END")
    values = records(size)
    values_text = json.dumps(values, separators=(",", ":"))
    measure("crc32", size, lambda: zlib.crc32(data))
    measure("adler32", size, lambda: zlib.adler32(data))
    measure("sha256", size, lambda: hashlib.sha256(data).digest())
    measure("inet_checksum", size, lambda: inet(data))
    measure("base64.encode", size, lambda: base64.b64encode(data))
    measure("base64.decode", size, lambda: base64.b64decode(text, validate=True))
    measure("tohex", size, lambda: binascii.hexlify(data))
    measure("hex", size, lambda: binascii.unhexlify(digits))
    measure("hexdump", size, lambda: dump(data))
    measure("json.encode", size, lambda: json.dumps(values, separators=(",", ":"), sort_keys=True))
    measure("json.decode", size, lambda: json.loads(values_text))
    measure("buffer find", size, lambda: mark.find(b"END"))
    measure("buffer copy", size, lambda: bytearray(b))

numbers = [i * 4000000 for i in range(1, 1001)]
packed = struct.pack(">1000I", *numbers)


def one_by_one():
    for i in range(0, 4000, 4):
        struct.unpack_from(">I", packed, i)


def bits():
    for i in range(1, 1001):
        x = (i >> 3) & 255


measure("pack 1000 integers", 4000, lambda: struct.pack(">1000I", *numbers))
measure("unpack 1000 integers", 4000, lambda: struct.unpack(">1000I", packed))
measure("1000 integers one by one", 4000, one_by_one)
measure("1000 x bit.band and shift", 1000, bits)

ours = subprocess.run([*sys.argv[1:], "run", os.path.join(os.path.dirname(os.path.abspath(__file__)), "bytes.lua")], stdout=subprocess.PIPE, text=True, check=True).stdout
print("| | size | socksh | Python | x Python |\n|---|---|---|---|---|")
for line in ours.splitlines():
    name, size, seconds = line.split("\t")
    here, there = float(seconds), rows[name, int(size)]
    print(f"| {name} | {int(size):,} | {1e6 * here:,.2f} µs | {1e6 * there:,.2f} µs | {here / there:.2f} |")
