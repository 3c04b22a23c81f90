namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>What no rule can know: docs/secrets.md says why.</summary>
internal static class FieldLimits
{
    /// <summary>Where a value of several words, or with what separates settings, has no quotes in free text, nothing tells where it ends.</summary>
    private static readonly string[] s_open = ["syslog", "message of logfmt", "command line of the kernel"];

    /// <summary>A flag of one letter means a password to this program only.</summary>
    private static readonly string[] s_flags = ["ldapsearch -w", "redis-cli -a"];

    /// <summary>A secret on a line of its own, behind a line that names it.</summary>
    private static readonly string[] s_lines = ["engine's log", "engine's log with prefixes", "kernel's log", "message with escaped line ends", "JSON line of a log", "comments of a unit", "/etc/default/docker, commented"];

    /// <summary>Whether the form cannot be told from harmless text in this place.</summary>
    public static bool CannotBeKnown(SecretPlace place, FieldForm form) =>
        (s_open.Contains(place.Label, StringComparer.Ordinal) && (form.Label.EndsWith(", blanks", StringComparison.Ordinal) || form.Label.EndsWith(", colon", StringComparison.Ordinal) || form.Label.EndsWith(", ampersand", StringComparison.Ordinal)))
        || (place.Label == "audit" && form.Label.EndsWith(", double quote", StringComparison.Ordinal)) // The kernel writes such a word in hexadecimal.
        || s_flags.Contains(form.Label, StringComparer.Ordinal)
        || (form.Label == "YAML, literal" && s_lines.Contains(place.Label, StringComparer.Ordinal));
}
