using System.Runtime.InteropServices;

namespace Overlay2.Storage.Engines.Bolt;

/// <summary>The element that leads to a page; the default value is the meta page.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BoltPageOwner(ulong PageId, int Index);
