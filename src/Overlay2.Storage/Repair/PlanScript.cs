using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;

namespace Overlay2.Storage.Repair;

/// <summary>Writes a plan as a script for a POSIX shell.</summary>
internal static class PlanScript
{
    private const string Functions = """
        set -u; export LC_ALL=C
        fail() { printf '%s\n' "$1" >&2; exit 1; }
        # A path as mountinfo(5) shows it comes escaped: it is compared as it is written there.
        # present ID PARENT DEVICE ROOT POINT: the mount is there; * stands for anything.
        present() {
          WANT_ID=$1 WANT_PARENT=$2 WANT_DEVICE=$3 WANT_ROOT=$4 WANT_POINT=$5 awk '
            (ENVIRON["WANT_ID"] == "*" || $1 == ENVIRON["WANT_ID"]) && (ENVIRON["WANT_PARENT"] == "*" || $2 == ENVIRON["WANT_PARENT"]) && $3 == ENVIRON["WANT_DEVICE"] \
              && $4 == ENVIRON["WANT_ROOT"] && $5 == ENVIRON["WANT_POINT"] { found = 1 } END { exit !found }' /proc/self/mountinfo
        }
        # childless ID: nothing is mounted on the mount.
        childless() { ! awk -v id="$1" '$2 == id && $1 != id { found = 1 } END { exit !found }' /proc/self/mountinfo; }
        # holds FILE TEXT: the file has this very content.
        holds() { [ "$(cat "$1" && printf x)" = "$2x" ]; }
        # unused WORD...: no mount that a process sees has one of the words in its line.
        unused() { for word; do if cat /proc/[0-9]*/mountinfo 2>/dev/null | grep -qF -e "$word"; then return 1; fi; done; }
        # mounted POINT: something is mounted there.
        mounted() { WANT_POINT=$1 awk '$5 == ENVIRON["WANT_POINT"] { found = 1 } END { exit !found }' /proc/self/mountinfo; }

        """;

    public static string Write(RepairPlan plan)
    {
        var script = new StringBuilder();
        script.Append("#!/bin/sh\n# A repair plan; look at it before you run it, as root, in the mount namespace of the engine.\n");
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
        if (step.Action is ContainerAction or RestartEngineAction or UnmountAction { NamespaceId: not 0 } || ConfigurationSteps.HasSecrets(step.Action))
        {
            Comment(script, step.ShellLine);
            script.Append(CultureInfo.InvariantCulture, $"fail 'step {number} is not for a script'\n");
            return;
        }

        foreach (RepairPredicate predicate in step.Preconditions)
            Guard(script, predicate, $"step {number} is not possible any more");
        script.Append(step.ShellLine).Append(CultureInfo.InvariantCulture, $" || fail 'step {number} failed'\n");
        foreach (RepairPredicate predicate in step.Postconditions)
            Guard(script, predicate, $"step {number} did not do what it should");
    }

    private static void Guard(StringBuilder script, RepairPredicate predicate, string message)
    {
        string? test = predicate switch
        {
            MountPresentPredicate present => $"present {Words(present.Mount)}",
            MountReachedPredicate reached => $"present {Words(reached.Mount)}",
            MountAbsentPredicate absent => $"! present {Words(absent.Mount)}",
            NoChildrenPredicate { Mount.MountId: > 0 } childless => string.Create(CultureInfo.InvariantCulture, $"childless {childless.Mount.MountId}"),
            PlacePredicate place => $"mounted {Escaped(place.Place)}",
            NoPlacePredicate place => $"! mounted {Escaped(place.Place)}",
            ConfigurationPredicate { Content: { } content } file => $"holds {ShellScript.Quote(file.Path.Bytes)} {ShellScript.Quote(content)}",
            ConfigurationPredicate file => $"! [ -e {ShellScript.Quote(file.Path.Bytes)} ]",
            ModuleParameterPredicate parameter => $"holds {ShellScript.Quote(ModuleParameters.PathOf(parameter.Parameter).Bytes)} {ShellScript.Quote(ByteString.FromText(parameter.Value + "\n"))}",
            EntryPredicate entry => Test(entry),
            AttributePredicate file => $"{(file.IsSet ? "" : "! ")}{{ lsattr -d {ShellScript.Quote(file.Place)} | cut -d ' ' -f 1 | grep -q {(file.Attribute == EntryAttribute.Immutable ? 'i' : 'a')}; }}",
            IdentityPredicate entry => Test(entry),
            LayerUnusedPredicate layer => Test(layer),
            NoMountBelowPredicate below => $"unused {Escaped(below.Directory)}",
            _ => null,
        };
        if (test is not null)
            script.Append(CultureInfo.InvariantCulture, $"{(test.StartsWith('!') ? $"if {test[2..]}; then fail '{message}'; fi" : $"{test} || fail '{message}'")}\n");
    }

    private static string Test(EntryPredicate entry)
    {
        string place = ShellScript.Quote(entry.Place);
        return entry.State.Type switch
        {
            StoreEntryType.Missing => $"{{ [ ! -e {place} ] && [ ! -L {place} ]; }}",
            StoreEntryType.Directory => $"{{ [ -d {place} ] && [ ! -L {place} ]; }}",

            // The full stop keeps a newline at the end of a target.
            StoreEntryType.SymbolicLink => $"{{ [ -L {place} ] && [ \"$(readlink {place} && echo .)\" = {ShellScript.Quote(new ByteString([.. entry.State.Content.Span, .. "\n."u8]))} ]; }}",
            _ => $"{{ [ -f {place} ] && [ ! -L {place} ] && {ShellScript.Print(entry.State.Content)} | cmp -s - {place}; }}",
        };
    }

    private static string Test(IdentityPredicate entry)
    {
        string place = ShellScript.Quote(entry.Place);
        List<string> tests = entry.Identity.Type switch
        {
            StoreEntryType.Directory => [$"[ -d {place} ]", $"[ ! -L {place} ]"],
            StoreEntryType.RegularFile => [$"[ -f {place} ]", $"[ ! -L {place} ]"],
            StoreEntryType.SymbolicLink => [$"[ -L {place} ]"],
            _ => [$"[ -e {place} ]", $"[ ! -L {place} ]"],
        };
        if (entry.Identity.Inode is { } inode)
            tests.Add(string.Create(CultureInfo.InvariantCulture, $"[ \"$(stat -c %i {place})\" = {inode} ]"));
        if (entry.Identity.ModifiedAt is { } time)
            tests.Add(string.Create(CultureInfo.InvariantCulture, $"[ \"$(stat -c %Y {place})\" = {time.ToUnixTimeSeconds()} ]"));
        return $"{{ {string.Join(" && ", tests)}; }}";
    }

    private static string Test(LayerUnusedPredicate layer)
    {
        string test = $"unused {Escaped(layer.Layer)}{string.Concat(layer.ShortNames.Select(name => $" {ShellScript.Quote(new ByteString([.. "l/"u8, .. name.Span]))}"))}";
        return layer.OrEngineStopped ? $"{{ ! pidof dockerd > /dev/null 2>&1 || {test}; }}" : test;
    }

    private static string Words(MountFingerprint mount) => string.Create(
        CultureInfo.InvariantCulture, $"{Number(mount.MountId)} {Number(mount.ParentId)} {mount.Major}:{mount.Minor} {Escaped(mount.Root)} {Escaped(mount.MountPoint)}");

    private static string Number(int id) => id == 0 ? "'*'" : id.ToString(CultureInfo.InvariantCulture);

    /// <summary>A path as mountinfo shows it, as a word.</summary>
    private static string Escaped(BytePath path) => ShellScript.Quote(ByteString.Wrap(OctalEscape.Escape(path.Span, OctalEscapeSet.Path)));

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
