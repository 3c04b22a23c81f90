#!/usr/bin/env python3
"""Compares `overlay2 mounts --json` with the raw lines of mountinfo files, and with findmnt's answers where they lie beside.

    eng/compare-mounts.py 'artifacts/publish/overlay2/overlay2' DIRECTORY...

Reads every *.mountinfo of the directories. NAME.findmnt.json, if there is one, is the output of
findmnt --json --list -o ID,PARENT,MAJ:MIN,FSROOT,TARGET,VFS-OPTIONS,OPT-FIELDS,FSTYPE,SOURCE,FS-OPTIONS --tab-file NAME.mountinfo
Prints each difference and a closing count; exits 1 if there is one. The parsing here is deliberately plain and shares nothing
with the library.
"""
import json
import pathlib
import re
import shlex
import subprocess
import sys


def octal(raw):
    return re.sub(rb"\\([0-3][0-7][0-7])", lambda m: bytes([int(m[1], 8)]), raw)


def text(raw):
    return raw.decode("utf-8", "surrogateescape")


def parse(line):
    head = line.split(b" ")
    dash = head.index(b"-", 6)
    tail = b" ".join(head[dash + 1:]).split(b" ", 2)
    major, minor = head[2].split(b":")
    return {
        "id": int(head[0]), "parent": int(head[1]), "major": int(major), "minor": int(minor),
        "root": text(octal(head[3])), "mountPoint": text(octal(head[4])), "options": text(head[5]),
        "optionalFields": [text(f) for f in head[6:dash]],
        "type": text(octal(tail[0])), "source": text(octal(tail[1])), "superOptions": text(tail[2]),
    }


def split_layers(value):
    """Layers of lowerdir=, after the octal level: colon separates, a backslash takes the next byte literally."""
    lower, data, current, into, i = [], [], bytearray(), None, 0
    into = lower
    while i < len(value):
        c = value[i:i + 1]
        if c == b"\\" and i + 1 < len(value):
            current += value[i + 1:i + 2]
            i += 1
        elif c == b":":
            into.append(bytes(current))
            current = bytearray()
            if value[i + 1:i + 2] == b":":
                into = data
                i += 1
        else:
            current += c
        i += 1
    into.append(bytes(current))
    return lower, data


def overlay(super_options):
    lower, data, upper, work, flags = [], [], None, None, {}
    backslash = lambda v: re.sub(rb"\\(.)", rb"\1", v, flags=re.S)
    options = re.findall(rb'(?:(?:fs|def|root)?context="[^"]*"|[^,])+', super_options)
    for option in options:
        name, equals, value = option.partition(b"=")
        if name == b"lowerdir":
            lower, data = split_layers(octal(value))
        elif name == b"lowerdir+":
            lower.append(octal(value))
        elif name == b"datadir+":
            data.append(octal(value))
        elif name == b"upperdir":
            upper = backslash(octal(value))
        elif name == b"workdir":
            work = backslash(octal(value))
        else:
            flags[text(octal(name))] = text(octal(value)) if equals else True
    return {"lower": [text(x) for x in lower], "data": [text(x) for x in data],
            "upper": None if upper is None else text(upper), "work": None if work is None else text(work)}, flags


def findmnt_loses(name, mine, theirs):
    """What findmnt 2.38 is known to change: no parent for id 0, no CR before the newline, nothing behind a space in the options."""
    if name == "parent":
        return mine == 0 and theirs is None
    return name == "superOptions" and mine.rstrip("\r").split(" ")[0] == theirs


def findmnt_differences(mine, theirs):
    # findmnt copies raw bytes; it was read as Latin-1, so compare in that form.
    raw = lambda s: s.encode("utf-8", "surrogateescape").decode("latin-1")
    pairs = {
        "id": (mine["id"], theirs["id"]), "parent": (mine["parent"], theirs["parent"]),
        "device": (f'{mine["major"]}:{mine["minor"]}', theirs["maj:min"].strip()),
        "root": (raw(mine["root"]), theirs["fsroot"]), "mountPoint": (raw(mine["mountPoint"]), theirs["target"]),
        "options": (raw(mine["options"]), theirs["vfs-options"]), "type": (raw(mine["type"]), theirs["fstype"]),
        "optionalFields": (" ".join(mine["optionalFields"]), theirs["opt-fields"] or ""),
        "superOptions": (octal(mine["superOptions"].encode("utf-8", "surrogateescape")).decode("latin-1"), theirs["fs-options"] or ""),
    }
    source = theirs["source"] or ""
    if mine["root"] != "/" and source.endswith("[" + theirs["fsroot"] + "]"):
        source = source[:-len(theirs["fsroot"]) - 2]
    pairs["source"] = (raw(mine["source"]), source)
    unequal = {k: (a, b) for k, (a, b) in pairs.items() if a != b}
    lost = sum(findmnt_loses(k, a, b) for k, (a, b) in unequal.items())
    return [f"{k}: {a!r} != {b!r}" for k, (a, b) in unequal.items() if not findmnt_loses(k, a, b)], lost


def main():
    tool, directories = shlex.split(sys.argv[1]), sys.argv[2:]
    files = lines = beside = wrong = lost = 0
    for path in sorted(p for d in directories for p in pathlib.Path(d).glob("*.mountinfo")):
        expected = [parse(line) for line in path.read_bytes().split(b"\n") if line]
        raw_lines = [line for line in path.read_bytes().split(b"\n") if line]
        run = subprocess.run(tool + ["mounts", "--mountinfo", str(path), "--json"], capture_output=True)
        if run.returncode:
            print(f"{path.name}: exit {run.returncode}: {run.stderr.decode()}")
            wrong += 1
            continue
        answer = json.loads(run.stdout)
        mounts = answer["mounts"]
        differences = [] if len(mounts) == len(expected) else [f"{len(mounts)} mounts, {len(expected)} lines"]
        if answer["formatVersion"] != 1:
            differences.append("formatVersion")
        for number, (got, want, raw) in enumerate(zip(mounts, expected, raw_lines), 1):
            differences += [f"line {number} {k}: {got[k]!r} != {v!r}" for k, v in want.items() if got[k] != v]
            if want["type"] == "overlay":
                layers, flags = overlay(raw.split(b" - overlay ", 1)[1].split(b" ", 1)[1])
                differences += [f"line {number} overlay.{k}: {got['overlay'][k]!r} != {v!r}"
                                for k, v in layers.items() if got["overlay"][k] != v]
                if got["overlay"]["flags"] != flags:
                    differences.append(f"line {number} overlay.flags: {got['overlay']['flags']!r} != {flags!r}")
        oracle = path.with_name(path.name.replace(".mountinfo", ".findmnt.json"))
        if oracle.exists():
            theirs = json.loads(oracle.read_bytes().decode("latin-1"), strict=False)["filesystems"]
            beside += 1
            if len(theirs) != len(mounts):
                differences.append(f"findmnt has {len(theirs)} entries")
            for number, (got, other) in enumerate(zip(mounts, theirs), 1):
                unequal, known = findmnt_differences(got, other)
                differences += [f"line {number} findmnt {d}" for d in unequal]
                lost += known
        files += 1
        lines += len(expected)
        wrong += len(differences)
        for difference in differences[:10]:
            print(f"{path.name}: {difference}")
    print(f"{files} files, {lines} lines, findmnt beside {beside} of them: {wrong} differences "
          f"({lost} values that findmnt is known to lose)")
    return 1 if wrong or not files else 0


sys.exit(main())
