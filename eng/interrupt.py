#!/usr/bin/env python3
"""How soon a command ends after SIGINT, at random moments of its run.

    eng/interrupt.py COUNT COMMAND [WORD...]

Prints how long the command runs when nobody interrupts it, how often it was interrupted before its end, the median and the
longest time from the signal to its end, and what it exited with. Fails if one was longer than 100 ms.
"""
import collections
import random
import signal
import subprocess
import sys
import time

LONGEST = 0.1


def start(words):
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    count, words = int(sys.argv[1]), sys.argv[2:]
    begin = time.monotonic()
    start(words).wait()
    whole = time.monotonic() - begin

    generator = random.Random(1)
    waits, ends = [], collections.Counter()
    for _ in range(count):
        process = start(words)
        time.sleep(generator.uniform(0, whole))
        if process.poll() is not None:
            continue
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        process.wait()
        waits.append(time.monotonic() - begin)
        ends[process.returncode] += 1

    waits.sort()
    shown = ", ".join(f"{code}: {times}" for code, times in sorted(ends.items()))
    print(f"whole {whole * 1000:.0f} ms, interrupted {len(waits)} of {count}, median {waits[len(waits) // 2] * 1000:.0f} ms, "
          f"longest {waits[-1] * 1000:.0f} ms, exits {shown}")
    return 1 if waits[-1] > LONGEST else 0


if __name__ == "__main__":
    sys.exit(main())
