using System.Text.Json;
using System.Text.RegularExpressions;

namespace Overlay2.Storage.Tests;

/// <summary>Compares a scenario's answers with those of a kernel; identity labels must map one to one.</summary>
internal sealed partial class ScenarioComparison
{
    private readonly Dictionary<string, string> _toAnswer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _toTruth = new(StringComparer.Ordinal);
    private readonly List<string> _divergences = [];

    /// <summary>The differences, as place, kernel's value and answer; empty if there are none.</summary>
    public static IReadOnlyList<string> Compare(JsonElement truth, JsonElement answer)
    {
        var comparison = new ScenarioComparison();
        comparison.CompareScenario(truth, answer);
        return comparison._divergences;
    }

    private void CompareScenario(JsonElement truth, JsonElement answer)
    {
        CompareMember("mount", truth, answer);
        CompareMember("mountFx", truth, answer);
        JsonElement[] expected = [.. truth.GetProperty("ops").EnumerateArray()];
        JsonElement[] given = [.. answer.GetProperty("ops").EnumerateArray()];
        if (expected.Length != given.Length)
            _divergences.Add($"{expected.Length} operations, {given.Length} answers");
        for (int i = 0; i < Math.Min(expected.Length, given.Length); i++)
        {
            string place = $"op {i} {expected[i].GetProperty("op")} {expected[i].GetProperty("a")}: ";
            foreach (string member in (string[])["r", "v", "fx"])
                CompareMember(member, expected[i], given[i], place);
        }

        JsonElement left = truth.GetProperty("final"), right = answer.GetProperty("final");
        foreach (string member in left.EnumerateObject().Concat(right.EnumerateObject()).Select(p => p.Name).Distinct(StringComparer.Ordinal))
            CompareMember(member, left, right, "final.");
    }

    private void CompareMember(string name, JsonElement left, JsonElement right, string place = "")
    {
        bool hasLeft = left.TryGetProperty(name, out JsonElement truth), hasRight = right.TryGetProperty(name, out JsonElement answer);
        if (hasLeft && hasRight)
            CompareValue(place + name, name, truth, answer);
        else if (hasLeft || hasRight)
            _divergences.Add($"{place}{name}: {(hasLeft ? truth.ToString() : "(absent)")} but {(hasRight ? answer.ToString() : "(absent)")}");
    }

    private void CompareValue(string place, string key, JsonElement truth, JsonElement answer)
    {
        if (key is "ino" or "id" or "of" && truth.ValueKind == JsonValueKind.String)
        {
            if (answer.ValueKind != JsonValueKind.String || !IsSameLabel(truth.GetString()!, answer.GetString()!))
                _divergences.Add($"{place}: {truth} but {answer}");
        }
        else if (truth.ValueKind == JsonValueKind.Object && answer.ValueKind == JsonValueKind.Object)
        {
            foreach (string member in truth.EnumerateObject().Concat(answer.EnumerateObject()).Select(p => p.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                CompareMember(member, truth, answer, place + ".");
        }
        else if (truth.ValueKind == JsonValueKind.Array && answer.ValueKind == JsonValueKind.Array && truth.GetArrayLength() > 0 && truth[0].ValueKind == JsonValueKind.Object)
        {
            CompareEntries(place, truth, answer);
        }
        else if (!IsSameText(key, truth, answer))
        {
            _divergences.Add($"{place}: {truth} but {answer}");
        }
    }

    private bool IsSameText(string key, JsonElement truth, JsonElement answer) =>
        truth.ValueKind == answer.ValueKind
        && (key == "p" ? ToTruth(answer.GetString()!) == truth.GetString() : JsonElement.DeepEquals(truth, answer));

    /// <summary>Lists of objects are sets by place and name; names with a label in them come last, when the other labels are known.</summary>
    private void CompareEntries(string place, JsonElement truth, JsonElement answer)
    {
        foreach (bool labelled in (bool[])[false, true])
        {
            var rest = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (JsonElement entry in answer.EnumerateArray().Where(e => HasLabel(e) == labelled))
                rest[KeyOf(entry, fromAnswer: true)] = entry;
            foreach (JsonElement entry in truth.EnumerateArray().Where(e => HasLabel(e) == labelled))
            {
                string key = KeyOf(entry, fromAnswer: false);
                if (labelled && !rest.ContainsKey(key))
                    key = Adopt(key, rest) ?? key;
                if (rest.Remove(key, out JsonElement found))
                    CompareValue($"{place}[{key}]", "", entry, found);
                else
                    _divergences.Add($"{place}[{key}]: {entry} but (absent)");
            }

            foreach ((string key, JsonElement entry) in rest)
                _divergences.Add($"{place}[{key}]: (absent) but {entry}");
        }
    }

    /// <summary>An index entry of an object that was not seen before: the one entry with an unknown label in the same place.</summary>
    private string? Adopt(string key, Dictionary<string, JsonElement> rest)
    {
        string label = Label().Match(key).Groups[1].Value;
        string shape = Label().Replace(key, "<>");
        string[] free = [.. rest.Keys.Where(k => Label().Replace(k, "<>") == shape && !_toTruth.ContainsKey(Label().Match(k).Groups[1].Value))];
        if (_toAnswer.ContainsKey(label) || free.Length != 1)
            return null;
        IsSameLabel(label, Label().Match(free[0]).Groups[1].Value);
        return free[0];
    }

    private bool IsSameLabel(string truth, string answer)
    {
        Match left = XinoPrefix().Match(truth), right = XinoPrefix().Match(answer);
        if (left.Value != right.Value)
            return false;
        truth = truth[left.Length..];
        answer = answer[right.Length..];
        if (_toAnswer.ContainsKey(truth) || _toTruth.ContainsKey(answer))
            return _toAnswer.GetValueOrDefault(truth) == answer && _toTruth.GetValueOrDefault(answer) == truth;
        _toAnswer.Add(truth, answer);
        _toTruth.Add(answer, truth);
        return true;
    }

    private string KeyOf(JsonElement entry, bool fromAnswer)
    {
        string path = NameOf(entry);
        string Member(string name) => entry.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";
        return $"{Member("in")}|{Member("k")}|{(fromAnswer ? ToTruth(path) : path)}";
    }

    private string ToTruth(string path) => Label().Replace(path, m => $"<{_toTruth.GetValueOrDefault(m.Groups[1].Value, m.Groups[1].Value)}>");

    private static bool HasLabel(JsonElement entry) => NameOf(entry).Contains('<', StringComparison.Ordinal);

    private static string NameOf(JsonElement entry)
    {
        if (entry.TryGetProperty("p", out JsonElement path) || entry.TryGetProperty("name", out path))
            return path.GetString()!;
        return entry.TryGetProperty("e", out JsonElement inner) && inner.TryGetProperty("p", out path) ? path.GetString()! : "";
    }

    [GeneratedRegex("<(.*)>")]
    private static partial Regex Label();

    [GeneratedRegex(@"^x\d+:")]
    private static partial Regex XinoPrefix();
}
