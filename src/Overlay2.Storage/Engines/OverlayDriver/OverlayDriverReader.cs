using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Engines.Files;
using Overlay2.Storage.Engines.Reading;

namespace Overlay2.Storage.Engines.OverlayDriver;

/// <summary>Reads the driver home of an <see cref="OverlayDriverStore"/>; a part that cannot be read does not stop the others.</summary>
internal abstract partial class OverlayDriverReader(IFileTree tree, BytePath dataRoot, BytePath driverHome, StoreReadOptions options, CancellationToken cancellationToken)
    : StoreReader(dataRoot, options, cancellationToken)
{
    /// <summary>The most bytes of a file that holds one name or one list of names. A <c>lower</c> file of 500 layers has 15 KB.</summary>
    private const int MaxNameFileLength = 1 << 16;

    private long _keptBytes;

    protected IFileTree Tree => tree;

    /// <summary>Reads a JSON file.</summary>
    /// <returns>What is wrong with it, which is not reported yet; the members that are sound have been read all the same.</returns>
    protected StoreProblem? ReadJson(BytePath path, int maxLength, JsonValueKind kind, Action<JsonFields> read)
    {
        if (!tree.TryRead(path, maxLength, out ByteString content, out StoreProblem? problem))
            return problem;
        string? error = JsonFields.Read(content, kind, read);
        return error is null ? null : new StoreProblem(DataRoot.Combine(path), StoreOperation.Parse, StoreProblemReason.Malformed, error);
    }

    protected StoreFile ReadFile(BytePath path, int maxLength = MaxNameFileLength)
    {
        if (tree.TryRead(path, maxLength, out ByteString content, out StoreProblem? problem))
        {
            _keptBytes += content.Length;
            if (_keptBytes <= Options.MaxTotalLength)
                return StoreFile.Of(content);
            problem = new StoreProblem(
                DataRoot.Combine(path), StoreOperation.Read, StoreProblemReason.TooLarge, $"the store's files together have more than {Options.MaxTotalLength} bytes");
        }

        if (problem.Reason == StoreProblemReason.NotFound)
            return StoreFile.Missing;
        Report(problem);
        return StoreFile.Unreadable(problem);
    }
}
