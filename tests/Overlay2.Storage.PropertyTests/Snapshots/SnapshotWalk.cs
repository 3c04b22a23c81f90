using System.Collections;
using System.Reflection;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Snapshots;

/// <summary>Goes to everything that can be reached from a snapshot through public members, whether a file would hold it or not.</summary>
internal sealed class SnapshotWalk
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly List<string> _texts = [];
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    public SnapshotWalk(StorageSnapshot snapshot) => Visit(snapshot);

    /// <summary>Every text.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The members that somebody set to something: <c>DockerContainer.Name</c>.</summary>
    public IReadOnlySet<string> Members => _members;

    private void Visit(object? value)
    {
        switch (value)
        {
            case null:
                return;
            case string text:
                _texts.Add(text);
                return;
            case ByteString or BytePath:
                _texts.Add(value.ToString()!);
                return;
            case IEnumerable items when _seen.Add(value):
                foreach (object? item in items)
                    Visit(item);
                return;
        }

        Type type = value.GetType();
        bool isOurs = type.Assembly == typeof(StorageSnapshot).Assembly && !type.IsEnum;
        bool isPair = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);
        if ((!isOurs && !isPair) || (!type.IsValueType && !_seen.Add(value)))
            return;
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike))
        {
            // The value of a part that is not known cannot be asked for.
            if (property.Name == "Value" && type.GetProperty("IsKnown")?.GetValue(value) is false)
                continue;
            object? member = property.GetValue(value);
            if (property.SetMethod is not null && !IsNothing(member))
                _members.Add($"{type.Name}.{property.Name}");
            Visit(member);
        }
    }

    private static bool IsNothing(object? value) => value switch
    {
        null or "" => true,
        IEnumerable items => !items.Cast<object?>().Any(),
        _ => value.GetType().IsValueType && value.Equals(Activator.CreateInstance(value.GetType())),
    };
}
