using System.Collections.Immutable;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.MountOptions;

/// <summary>The options of an overlay mount, in order; read from mountinfo or from a mount(2) string, written for either.</summary>
/// <remarks>
/// <para>Options that the library does not know are kept where they are. Equal if all flags and options are, byte for byte and in
/// order. Nothing here judges the options: that is <see cref="EffectiveOptions.Resolve(OverlayMountOptions, Kernel.KernelProfile, LayerLayout)"/>. Immutable, thread-safe.</para>
/// </remarks>
public sealed partial class OverlayMountOptions : IEquatable<OverlayMountOptions>
{
    /// <summary>No options.</summary>
    public static OverlayMountOptions Empty { get; } = new([], []);

    /// <summary>Every directory that an option names, those that a later option replaces included, in order.</summary>
    public ImmutableArray<LayerPath> AllLayers { get; }

    private OverlayMountOptions(ImmutableArray<ByteString> flags, ImmutableArray<OverlayOption> options)
    {
        Flags = flags;
        Options = options;

        var all = ImmutableArray.CreateBuilder<LayerPath>();
        int firstLower = 0;
        foreach (OverlayOption option in options)
        {
            if (option.Kind == OverlayOptionKind.LowerDirectories)
            {
                firstLower = all.Count;
                foreach (LayerPath layer in new LowerDirList(option.Value!.Value.Span))
                    all.Add(layer);
            }
            else if (option.Layer is { } layer)
            {
                all.Add(layer);
                Upper = layer.Role == LayerRole.Upper ? layer : Upper;
                Work = layer.Role == LayerRole.Work ? layer : Work;
            }
        }

        AllLayers = all.DrainToImmutable();
        Layers = [.. AllLayers.Skip(firstLower).Where(l => l.Role is LayerRole.Lower or LayerRole.Data)];
    }

    /// <summary>The flags of the file system that mountinfo shows before the options, such as <c>rw</c>; not part of mount data.</summary>
    public ImmutableArray<ByteString> Flags { get; }

    /// <summary>The options, in order.</summary>
    public ImmutableArray<OverlayOption> Options { get; }

    /// <summary>The lower and data-only layers, top first: those of the last <c>lowerdir</c> and of what was appended after it.</summary>
    public ImmutableArray<LayerPath> Layers { get; }

    /// <summary>The upper layer; <see langword="null"/> if none is named.</summary>
    public LayerPath? Upper { get; }

    /// <summary>The work directory; <see langword="null"/> if none is named.</summary>
    public LayerPath? Work { get; }

    /// <summary>Options for these layers, as one <c>lowerdir</c> value.</summary>
    /// <param name="lower">The lower layers, top first.</param>
    /// <param name="upper">The upper layer; <see langword="null"/> for a read-only mount.</param>
    /// <param name="work">The work directory, which an upper needs.</param>
    /// <param name="data">Layers that give only data.</param>
    public static OverlayMountOptions Create(IEnumerable<BytePath> lower, BytePath? upper = null, BytePath? work = null, IEnumerable<BytePath>? data = null)
    {
        ArgumentNullException.ThrowIfNull(lower);
        var value = new List<byte>();
        foreach (BytePath layer in lower)
        {
            if (value.Count > 0)
                value.Add((byte)':');
            LayerEscape.Append(value, layer, escapeColons: true);
        }

        foreach (BytePath layer in data ?? [])
        {
            value.AddRange("::"u8);
            LayerEscape.Append(value, layer, escapeColons: true);
        }

        var options = ImmutableArray.CreateBuilder<OverlayOption>(3);
        options.Add(new(ByteString.FromText("lowerdir"), new ByteString(value.ToArray())));
        if (upper is { } upperPath)
            options.Add(LayerOption("upperdir", upperPath));
        if (work is { } workPath)
            options.Add(LayerOption("workdir", workPath));
        return new([], options.ToImmutable());
    }

    /// <summary>The value of the last option of a name.</summary>
    /// <param name="name">The name in UTF-8.</param>
    /// <param name="option">The option, if there is one.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGet(ReadOnlySpan<byte> name, out OverlayOption option)
    {
        for (int i = Options.Length - 1; i >= 0; i--)
        {
            option = Options[i];
            if (option.Is(name))
                return true;
        }

        option = default;
        return false;
    }

    /// <summary>These options with one set: in the place of the first of its name, the others of its name removed; else appended.</summary>
    /// <param name="option">The option.</param>
    public OverlayMountOptions With(OverlayOption option)
    {
        int place = IndexOf(option.Name);
        return place < 0
            ? new(Flags, Options.Add(option))
            : new(Flags, Without(option.Name).Options.Insert(place, option));
    }

    /// <summary>These options with one more at the end, whatever is there before it.</summary>
    /// <param name="option">The option.</param>
    public OverlayMountOptions WithAppended(OverlayOption option) => new(Flags, Options.Add(option));

    /// <summary>These options without those of a name.</summary>
    /// <param name="name">The name.</param>
    public OverlayMountOptions Without(ByteString name) => new(Flags, Options.RemoveAll(o => o.Name == name));

    /// <summary>These options without the flags of the file system.</summary>
    public OverlayMountOptions WithoutFlags() => new([], Options);

    /// <summary>These options with every layer path made independent of a working directory.</summary>
    /// <param name="home">The working directory of the mount: for Docker, the directory of its driver.</param>
    public OverlayMountOptions Resolve(BytePath home) => WithPaths(home.Combine);

    /// <summary>These options with every layer path below a directory made relative to it, as for a mount from that directory.</summary>
    /// <param name="directory">The directory; paths that are not below it stay as they are.</param>
    public OverlayMountOptions RelativeTo(BytePath directory) => WithPaths(path => Relative(path, directory));

    /// <inheritdoc/>
    public bool Equals(OverlayMountOptions? other) =>
        other is not null && Flags.AsSpan().SequenceEqual(other.Flags.AsSpan()) && Options.AsSpan().SequenceEqual(other.Options.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OverlayMountOptions);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (OverlayOption option in Options)
            hash.Add(option);
        return hash.ToHashCode();
    }

    /// <summary>The options as mountinfo shows them, for showing.</summary>
    public override string ToString() => new ByteString(ToSuperOptions()).ToString();

    private static OverlayOption LayerOption(string name, BytePath path)
    {
        var value = new List<byte>();
        LayerEscape.Append(value, path, escapeColons: false);
        return new(ByteString.FromText(name), new ByteString(value.ToArray()));
    }

    private static BytePath Relative(BytePath path, BytePath directory)
    {
        if (!path.StartsWith(directory))
            return path;

        PathComponents components = path.GetComponents();
        foreach (ReadOnlySpan<byte> _ in directory.GetComponents())
            components.MoveNext();
        ReadOnlySpan<byte> rest = path.Span[components.Through.Length..].TrimStart((byte)'/');
        return rest.IsEmpty ? new BytePath("."u8) : new BytePath(rest);
    }

    private int IndexOf(ByteString name)
    {
        for (int i = 0; i < Options.Length; i++)
        {
            if (Options[i].Name == name)
                return i;
        }

        return -1;
    }

    /// <summary>The same with other layer, upper and work directories.</summary>
    /// <param name="change">Gives the directories.</param>
    /// <param name="changeOther">Gives flags, and names and values of other options; left out, they stay.</param>
    internal OverlayMountOptions WithPaths(Func<BytePath, BytePath> change, Func<ByteString, ByteString>? changeOther = null)
    {
        changeOther ??= static text => text;
        var options = ImmutableArray.CreateBuilder<OverlayOption>(Options.Length);
        foreach (OverlayOption option in Options)
        {
            options.Add(option.Kind != OverlayOptionKind.Other
                ? option with { Value = ChangePaths(option, option.Value!.Value, change) }
                : new OverlayOption(changeOther(option.Name), option.Value is { } value ? changeOther(value) : null));
        }

        return new([.. Flags.Select(changeOther)], options.MoveToImmutable());
    }

    private static ByteString ChangePaths(OverlayOption option, ByteString value, Func<BytePath, BytePath> change)
    {
        if (option.Kind is OverlayOptionKind.AddedLowerDirectory or OverlayOptionKind.AddedDataDirectory)
            return change(new BytePath(value)).Bytes;

        var changed = new List<byte>(value.Length);
        if (option.Kind is OverlayOptionKind.UpperDirectory or OverlayOptionKind.WorkDirectory)
        {
            LayerEscape.Append(changed, change(LayerEscape.Unescape(value.Span)), escapeColons: false);
            return new ByteString(changed.ToArray());
        }

        ReadOnlySpan<byte> rest = value.Span;
        while (true)
        {
            int length = LayerEscape.IndexOfPlain(rest, (byte)':');
            ReadOnlySpan<byte> element = length < 0 ? rest : rest[..length];
            if (!element.IsEmpty)
                LayerEscape.Append(changed, change(LayerEscape.Unescape(element)), escapeColons: true);
            if (length < 0)
                return new ByteString(changed.ToArray());
            changed.Add((byte)':');
            rest = rest[(length + 1)..];
        }
    }
}
