using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Repair.Predicates;
using Overlay2.Storage.Repair.Scripts;

namespace Overlay2.Storage.Repair;

/// <summary>Writes a plan as a script for a POSIX shell.</summary>
internal static class PlanScript
{
    /// <summary>The functions that guards call.</summary>
    internal const string Functions = """
        set -eu; export LC_ALL=C
        # What is made is made in a new directory beside its place, which goes whatever happens.
        NEW=; trap '[ -z "$NEW" ] || rm -rf -- "$NEW"' EXIT
        fail() { printf '%s\n' "$1" >&2; exit 1; }
        # What looks must be here, or nothing is seen.
        for program in awk cat cmp readlink stat; do command -v "$program" > /dev/null || fail "there is no program $program"; done
        # A path as mountinfo(5) shows it comes escaped: it is compared as it is written there.
        # ask PROGRAM ID PARENT DEVICE ROOT POINT TYPE: what awk says of the mounts; meant() is the one named, and * stands for anything.
        ask() {
          WANT_ID=$2 WANT_PARENT=$3 WANT_DEVICE=$4 WANT_ROOT=$5 WANT_POINT=$6 WANT_TYPE=$7 awk '
            function type(i) { for (i = 7; i < NF && $i != "-"; i++); return $(i + 1) }
            function meant() {
              return (ENVIRON["WANT_ID"] == "*" || $1 == ENVIRON["WANT_ID"]) && (ENVIRON["WANT_PARENT"] == "*" || $2 == ENVIRON["WANT_PARENT"]) \
                && $3 == ENVIRON["WANT_DEVICE"] && $4 == ENVIRON["WANT_ROOT"] && $5 == ENVIRON["WANT_POINT"] && type() == ENVIRON["WANT_TYPE"]
            }
            function tied(i) { for (i = 7; i <= NF && $i != "-"; i++) if ($i ~ /^(shared|master):/) return 1; return 0 }
            '"$1" /proc/self/mountinfo
        }
        # Of mounts that cannot be looked at nothing holds: a table without lines is none.
        # present, absent ID PARENT DEVICE ROOT POINT TYPE: the mount is there, or is not.
        present() { ask 'meant() { found = 1 } END { exit !found }' "$@"; }
        absent() { ask 'meant() { found = 1 } END { exit found || !NR }' "$@"; }
        # reached ID PARENT DEVICE ROOT POINT TYPE PATH: the path leads to the mount, and nothing hides it.
        reached() {
          SEEN=$({ awk '$1 == "mnt_id:" { print $2 }' /proc/self/fdinfo/3 3< "$7"; } 2>/dev/null) && [ -n "$SEEN" ] && { [ "$1" = '*' ] || [ "$1" = "$SEEN" ]; } \
            && present "$SEEN" "$2" "$3" "$4" "$5" "$6"
        }
        # Of equal mounts on one another the topmost is meant.
        # private ID PARENT DEVICE ROOT POINT TYPE: the mount is there, shares with no other and receives from none.
        private() {
          ask 'meant() { here[$1] = 1; under[$2] = 1; if (tied()) bound[$1] = 1 }
            END { for (id in here) if (!(id in under)) { found = 1; if (id in bound) wrong = 1 } exit !found || wrong }' "$@"
        }
        # childless ID PARENT DEVICE ROOT POINT TYPE: nothing is mounted on the mount, if it is there.
        childless() {
          ask '$1 != $2 { on[$1] = $2 } meant() { here[$1] = 1; under[$2] = 1 }
            END { for (id in on) if ((on[id] in here) && !(on[id] in under)) found = 1; exit found || !NR }' "$@"
        }
        # place POINT: a private mount is there.
        place() { ask '$5 == ENVIRON["WANT_POINT"] && !tied() { found = 1 } END { exit !found }' '*' '*' '*' '*' "$1" '*'; }
        # bare POINT: nothing is mounted there or below.
        bare() { ask '$5 == ENVIRON["WANT_POINT"] || index($5, ENVIRON["WANT_POINT"] "/") == 1 { found = 1 } END { exit found || !NR }' '*' '*' '*' '*' "$1" '*'; }
        # direct PATH...: none of the directories is a link that leads elsewhere.
        direct() { for way; do [ ! -L "$way" ] || return 1; done; }
        # unused PATH...: no mount that a process sees names one of the paths, or what is below it. Options show more escapes than paths do, so these are left out on both sides.
        unused() {
          [ -r /proc/self/mountinfo ] || return 1
          for table in /proc/[0-9]*/mountinfo; do
            if WANT="$*" awk '
              function plain(text) { gsub(/\\134/, "", text); gsub(/\\054/, ",", text); return text }
              BEGIN { count = split(plain(ENVIRON["WANT"]), want, " ") }
              { line = plain($0); for (i = 1; i <= count; i++) for (rest = line; at = index(rest, want[i]); ) {
                  rest = substr(rest, at + length(want[i])); if (rest == "" || index("/ ,:\\", substr(rest, 1, 1))) { found = 1; exit } } }
              END { exit !found }' "$table" 2> /dev/null; then return 1; fi
          done
        }
        # stopped: no engine runs.
        stopped() { command -v pidof > /dev/null && ! pidof dockerd dockerd-current > /dev/null 2>&1; }

        """;

    public static string Write(RepairPlan plan)
    {
        var script = new StringBuilder();
        script.Append("#!/bin/sh\n# A repair plan; look at it before you run it, as root, in the mount namespace of the engine.\n"
            + "# Quoted words are meant as they stand, and a step that is not for a script ends it:\n# shellcheck disable=SC1003,SC2016,SC2317,SC2329\n");
        foreach (RepairGoal goal in plan.Goals)
            Comment(script, $"Repairs {goal.FindingId}: {goal.Subject}");
        script.Append(Functions.Replace("\r\n", "\n", StringComparison.Ordinal));
        if (plan.BootId.Length > 0)
            script.Append(CultureInfo.InvariantCulture, $"[ \"$(cat /proc/sys/kernel/random/boot_id)\" = {ShellScript.Quote(ByteString.FromText(plan.BootId))} ] || fail 'the host has booted since the plan was made'\n");
        for (int i = 0; i < plan.Steps.Length; i++)
            Write(script, plan.Steps[i], i + 1);
        script.Append("\nprintf 'done\\n'\n");
        return script.ToString();
    }

    private static void Write(StringBuilder script, RepairStep step, int number)
    {
        script.Append('\n');
        Comment(script, string.Create(CultureInfo.InvariantCulture, $"Step {number} ({step.Risk}): {step.Title}"));
        ScriptPart command = step.Action.ToScript();
        string[] reasons = [.. step.Preconditions.Concat(step.Postconditions).Select(predicate => predicate.ToScript()).Prepend(command)
            .Select(part => part.WhyNot).Where(reason => reason.Length > 0).Distinct(StringComparer.Ordinal)];
        if (reasons.Length > 0)
        {
            Comment(script, command.Text);
            foreach (string reason in reasons)
                Comment(script, reason);
            script.Append(CultureInfo.InvariantCulture, $"fail 'step {number} is not for a script'\n");
            return;
        }

        foreach (RepairPredicate predicate in step.Preconditions)
            Guard(script, predicate, $"step {number} is not possible any more");
        script.Append(CultureInfo.InvariantCulture, $"{{ {command.Text}; }} || fail 'step {number} failed'\n");
        foreach (RepairPredicate predicate in step.Postconditions)
            Guard(script, predicate, $"step {number} did not do what it should");
    }

    private static void Guard(StringBuilder script, RepairPredicate predicate, string message) =>
        script.Append(CultureInfo.InvariantCulture, $"{predicate.ToScript().Text} || fail '{message}'\n");

    private static void Comment(StringBuilder script, string text)
    {
        foreach (string line in text.Split('\n'))
        {
            script.Append("# ");
            foreach (char symbol in line)
            {
                // A comment is read at a terminal, and a plan may come from anywhere.
                if (symbol is >= ' ' and <= '~')
                    script.Append(symbol);
                else
                    script.Append(CultureInfo.InvariantCulture, $"\\u{(int)symbol:x4}");
            }

            script.Append('\n');
        }
    }
}
