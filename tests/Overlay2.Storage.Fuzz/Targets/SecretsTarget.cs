using Overlay2.Storage.Bytes;
using Overlay2.Storage.Configuration;
using Overlay2.Storage.Configuration.Secrets;

namespace Overlay2.Storage.Fuzz.Targets;

/// <summary>What a snapshot leaves out, of any bytes in every place: no error, no more text than a few times the input, the same lines, and nothing more the second time.</summary>
internal static class SecretsTarget
{
    private const int MostPerByte = 16;

    private static readonly BytePath[] s_files =
    [
        .. new[] { "/etc/docker/daemon.json", "/etc/default/docker", "/etc/systemd/system/docker.service", "/etc/containerd/config.toml" }.Select(BytePath.FromText),
    ];

    public static void Run(byte[] input)
    {
        var text = new ByteString(input);
        Twice(text, SecretFilter.Text);
        Twice(text, SecretFilter.Name);
        Twice(text, SecretFilter.MountSource);
        Twice(text, json => new ByteString(SecretFilter.Json(json.Span)));
        foreach (string type in new[] { "overlay", "cifs", "fuse.sshfs" })
            Twice(text, options => SecretFilter.MountOptions(ByteString.FromText(type), options));
        foreach (BytePath path in s_files)
        {
            ByteString filtered = Twice(text, content => SecretFilter.Apply(EngineConfigurationFiles.Empty.With(path, content))[path].Content);
            if (filtered.Span.Count((byte)'\n') != input.AsSpan().Count((byte)'\n'))
                throw new InvalidOperationException($"Lines of {path} are lost or made.");
        }

        ByteString[] words = [.. ByteString.SplitAtZeros(input)];
        var process = new EngineProcess(1, [.. words], [.. words]);
        EngineProcess once = SecretFilter.Apply(EngineConfigurationFiles.Empty.WithProcess(process)).Process!;
        EngineProcess twice = SecretFilter.Apply(EngineConfigurationFiles.Empty.WithProcess(once)).Process!;
        if (once.Arguments.Length != words.Length || !once.Arguments.SequenceEqual(twice.Arguments) || !once.Environment.SequenceEqual(twice.Environment))
            throw new InvalidOperationException("A command line changes when it is filtered again.");
    }

    private static ByteString Twice(ByteString text, Func<ByteString, ByteString> filter)
    {
        ByteString once = filter(text);
        ByteString twice = filter(once);
        if (once != twice)
            throw new InvalidOperationException($"Filtered again it is another text: {once} and {twice}");
        return once.Length <= (text.Length + 1) * MostPerByte ? once : throw new InvalidOperationException("A text grows beyond measure.");
    }
}
