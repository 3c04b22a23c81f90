using System.Reflection;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines;
using Overlay2.Storage.Engines.Containerd;
using Overlay2.Storage.Engines.ContainersStorage;
using Overlay2.Storage.Engines.Docker;

namespace Overlay2.Storage.Tests.Engines;

/// <summary>A copy of a store with some parts changed has every other part: also one that is added later.</summary>
public sealed class StoreChangeTests
{
    private static readonly string[] s_changed = [.. typeof(StoreChange).GetProperties().Select(property => property.Name)];

    [Theory]
    [InlineData(typeof(DockerClassicStore))]
    [InlineData(typeof(ContainersStorageStore))]
    [InlineData(typeof(ContainerdSnapshotStore))]
    public void Every_part_that_is_not_changed_stays(Type type)
    {
        var store = (ILayerStore)Activator.CreateInstance(type)!;
        PropertyInfo[] parts = [.. type.GetProperties().Where(property => property.SetMethod is not null)];
        foreach (PropertyInfo part in parts)
            part.SetValue(store, Value(part.PropertyType));

        ILayerStore copy = new StoreChange { Layers = [] }.ApplyTo(store);

        Assert.Contains(parts, part => !s_changed.Contains(part.Name, StringComparer.Ordinal));
        foreach (PropertyInfo part in parts.Where(part => !s_changed.Contains(part.Name, StringComparer.Ordinal)))
            Assert.True(Equals(part.GetValue(store), part.GetValue(copy)), part.Name);
    }

    /// <summary>A value that is not the default one, and equal to no other.</summary>
    private static object Value(Type type) =>
        type == typeof(BytePath) ? BytePath.FromText("/a")
        : type == typeof(DateTimeOffset?) ? DateTimeOffset.UnixEpoch
        : type == typeof(bool) ? true
        : Nullable.GetUnderlyingType(type) is { } underlying ? Value(underlying)
        : type.IsEnum ? Enum.ToObject(type, 1)
        : type.IsGenericType ? Activator.CreateInstance(typeof(List<>).MakeGenericType(type.GenericTypeArguments))!
        : type == typeof(DriverHomeStatus) ? new DriverHomeStatus { Inode = 7 }
        : new StoreQuarantine { Type = StoreEntryType.Directory };
}
