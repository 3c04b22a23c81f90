using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Configuration;

/// <summary>A change of one configuration file, not made yet.</summary>
/// <remarks>Immutable and thread-safe. <see cref="ConfigurationFile.Replace"/> makes it.</remarks>
public sealed class ConfigurationEdit
{
    internal ConfigurationEdit(BytePath path, ByteString? original, ByteString content)
    {
        Path = path;
        Original = original;
        Content = content;
    }

    /// <summary>The file, below the host's root.</summary>
    public BytePath Path { get; }

    /// <summary>The bytes that the file must have for the change to be made; <see langword="null"/> if there must be no file.</summary>
    public ByteString? Original { get; }

    /// <summary>The bytes that the file will have.</summary>
    public ByteString Content { get; }

    /// <summary>The difference as unified diff text, in the bytes of the file; empty if there is none.</summary>
    public ByteString Difference => UnifiedDifference.Make(Path, Original ?? default, Content);

    /// <summary>The file in words.</summary>
    public override string ToString() => $"{(Original is null ? "new" : "changed")} {Path}";
}
