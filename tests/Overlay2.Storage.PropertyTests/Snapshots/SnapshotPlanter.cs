using System.Collections.Immutable;
using System.Reflection;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Known;
using Overlay2.Storage.Mounts;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Snapshots;

/// <summary>Makes a snapshot in which every member that can hold a text holds a word of its own; also members that are added later, since it goes by reflection.</summary>
internal sealed class SnapshotPlanter(Func<int, string> word)
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private readonly Dictionary<string, string> _members = [];

    /// <summary>The words, and the members that hold them: <c>Stores.DockerClassicStore.Containers.Name</c>.</summary>
    public IReadOnlyDictionary<string, string> Members => _members;

    public StorageSnapshot Plant()
    {
        var snapshot = new StorageSnapshot();
        foreach (PropertyInfo property in typeof(StorageSnapshot).GetProperties().Where(property => property.SetMethod is not null))
            property.SetValue(snapshot, Make(property.PropertyType, property.Name));
        return snapshot;
    }

    private string Word(string member)
    {
        string made = word(_members.Count);
        _members.Add(made, member);
        return made;
    }

    private object Make(Type type, string member)
    {
        if (type == typeof(string))
            return Word(member);
        if (type == typeof(ByteString))
            return ByteString.FromText(Word(member));
        if (type == typeof(BytePath))
            return BytePath.FromText($"/{Word(member)}");
        if (type == typeof(DateTimeOffset))
            return DateTimeOffset.UnixEpoch.AddDays(1);
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(1)!;
        if (type == typeof(bool))
            return true;
        if (type.IsPrimitive)
            return Convert.ChangeType(7, type, System.Globalization.CultureInfo.InvariantCulture);
        if (type == typeof(MountTable))
            return Table(member);
        if (type == typeof(EngineConfigurationFiles))
            return Files(member);
        return type.IsGenericType ? MakeGeneric(type, type.GetGenericArguments(), member) : MakeObject(type, member);
    }

    private object MakeGeneric(Type type, Type[] arguments, string member)
    {
        Type definition = type.GetGenericTypeDefinition();
        if (definition == typeof(Nullable<>))
            return Make(arguments[0], member);
        if (definition == typeof(SnapshotPart<>))
            return Activator.CreateInstance(type, Any, binder: null, [SnapshotPartStatus.Known, Make(arguments[0], member), ""], culture: null)!;
        if (definition == typeof(ImmutableSortedDictionary<,>))
            return Call(nameof(Dictionary), arguments[1], Word(member), Make(arguments[1], member));
        object[] items = arguments[0] == typeof(ILayerStore)
            ? [.. KnownEngines.All.Select(engine => Make(engine.StoreType, $"{member}.{engine.StoreType.Name}"))]
            : [Make(arguments[0], member)];
        return definition == typeof(ImmutableArray<>) ? Call(nameof(Many), arguments[0], [items])
            : definition == typeof(IReadOnlyList<>) ? Call(nameof(List), arguments[0], [items])
            : throw new NotSupportedException($"{member} is of type {type}: the planter has to learn it.");
    }

    /// <summary>By the constructor that takes most, and then by every member that can be set.</summary>
    private object MakeObject(Type type, string member)
    {
        ConstructorInfo constructor = type.GetConstructors(Any)
            .Where(constructor => constructor.GetParameters() is not [{ } only] || only.ParameterType != type)
            .MaxBy(constructor => constructor.GetParameters().Length)!;
        ParameterInfo[] parameters = constructor.GetParameters();
        object made = constructor.Invoke([.. parameters.Select(parameter => Make(parameter.ParameterType, $"{member}.{parameter.Name}"))]);
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.SetMethod is not null && !Array.Exists(parameters, parameter => parameter.Name == property.Name)))
            property.SetValue(made, Make(property.PropertyType, $"{member}.{property.Name}"));
        return made;
    }

    /// <summary>A mount of any type, and an overlay with directories and other options.</summary>
    private MountTable Table(string member)
    {
        MountEntry made = Entry("");
        MountEntry overlay = Entry($"{Word($"{member}.SuperOptions")},{Word($"{member}.SuperOptions")}={Word($"{member}.SuperOptions")},lowerdir=/{Word($"{member}.SuperOptions")}:/{Word($"{member}.SuperOptions")},upperdir=/{Word($"{member}.SuperOptions")}");
        return MountTable.FromEntries([made, overlay]).WithBadLines([new MountInfoError(1, 2, MountInfoField.Root, MountInfoErrorReason.MissingField)], 1);

        MountEntry Entry(string overlayOptions)
        {
            var entry = (MountEntry)MakeObject(typeof(MountEntry), member);
            void Set(string name, object value) => typeof(MountEntry).GetProperty(name)!.SetValue(entry, value);
            Set(nameof(MountEntry.MountId), overlayOptions.Length == 0 ? 1 : 2);
            Set(nameof(MountEntry.ParentId), overlayOptions.Length == 0 ? 0 : 1);
            if (overlayOptions.Length > 0)
            {
                Set(nameof(MountEntry.FileSystemType), ByteString.FromText("overlay"));
                Set(nameof(MountEntry.SuperOptions), ByteString.FromText(overlayOptions));
            }

            return entry;
        }
    }

    private EngineConfigurationFiles Files(string member) => EngineConfigurationFiles.Empty
        .With((BytePath)Make(typeof(BytePath), member), (ConfigurationFileContent)Make(typeof(ConfigurationFileContent), member))
        .With(BytePath.FromText("/etc/docker/daemon.json"), ByteString.FromText($$"""{"{{Word(member)}}":"{{Word(member)}}","data-root":"/{{Word(member)}}"}"""))
        .WithProcess((EngineProcess)Make(typeof(EngineProcess), member));

    private static object Call(string method, Type type, params object?[] arguments) =>
        typeof(SnapshotPlanter).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, arguments)!;

    private static ImmutableArray<T> Many<T>(object[] items) => [.. items.Cast<T>()];

    private static List<T> List<T>(object[] items) => [.. items.Cast<T>()];

    private static ImmutableSortedDictionary<string, T> Dictionary<T>(string key, T value) => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal).Add(key, value);
}
