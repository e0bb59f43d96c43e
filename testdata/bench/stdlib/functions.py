"""Times in Python what functions.lua times in Lua, and prints the same lines."""
import re
import time

WORDS = b"the quick brown fox, jumps over 13 lazy dogs; "


def text(size):
    return (WORDS * (size // len(WORDS) + 1))[:size]


def numbers(size):
    items, x = [], 1
    for _ in range(max(size // 10, 1)):
        x = x * 16807 % 2147483647
        items.append(float(x))
    return items


def texts(size):
    return [b"%09d" % (int(n) % 1000000000) for n in numbers(size)]


class Less:
    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        return self.value < other.value


def last(*items):
    return items[-1]


DIGITS, SPLIT, BACK = re.compile(rb"\d+-\d+"), re.compile(rb"([a-z]+)(.*)$", re.S), re.compile(rb"(.*)#", re.S)
LETTERS, SPACE = re.compile(rb"[a-z]+"), re.compile(rb"\s")

FUNCTIONS = [
    ("find plain", text, lambda s: s.find(b"zq")),
    ("find pattern", text, DIGITS.search),
    ("match", text, SPLIT.match),
    ("match back", text, BACK.match),
    ("gmatch", text, lambda s: [None for _ in LETTERS.finditer(s)]),
    ("gsub string", text, lambda s: SPACE.sub(b"_", s)),
    ("gsub function", text, lambda s: LETTERS.sub(lambda m: m.group(), s)),
    ("format", text, lambda s: b"%b %d" % (s, 42)),
    ("rep", lambda size: size, lambda n: b"x" * n),
    ("reverse", text, lambda s: s[::-1]),
    ("upper", text, lambda s: s.upper()),
    ("byte", text, lambda s: s[-1]),
    ("sub", text, lambda s: s[1:-1]),
    ("concat", texts, b",".join),
    ("sort numbers", numbers, sorted),
    ("sort texts", texts, sorted),
    ("sort function", numbers, lambda t: sorted(t, key=Less)),
    ("unpack", numbers, lambda t: last(*t)),
]


def measure(f, value):
    """The nanoseconds of f(value): the best of three, each long enough."""
    best = float("inf")
    for _ in range(3):
        calls = 1
        while True:
            begin = time.perf_counter()
            for _ in range(calls):
                f(value)
            took = time.perf_counter() - begin
            if took > 0.02:
                break
            calls *= 4
        best = min(best, took / calls)
        if took > 1:
            break
    return best * 1e9


for size in 10, 10_000, 10_000_000:
    for name, make, f in FUNCTIONS:
        print(name, size, round(measure(f, make(size))), sep="\t")
