using System.Runtime.InteropServices;

namespace Overlay2.Storage.MountOptions;

/// <summary>A value, and whether an option gave it or it is a default: most conflicts are decided by that.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct Setting<T>(T Value, bool IsExplicit)
{
    public static Setting<T> Default(T value) => new(value, false);

    public static Setting<T> Given(T value) => new(value, true);
}
