using System.Diagnostics;
using System.Globalization;
using System.Text;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Interop;
using Overlay2.Storage.Kernel;
using Overlay2.Storage.KernelTests.MountOptions;
using Overlay2.Storage.KernelTests.Simulation;
using Overlay2.Storage.Layers;
using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Layers that nobody should trust: everything in them is read or is a problem, nothing is an exception, and predictions hold.</summary>
/// <remarks>By hand: <c>eng/damaged-trees.sh</c>, which sets <c>OVERLAY2_DAMAGED_SECONDS</c> and looks at every open file through strace.</remarks>
public sealed class DamagedTreeTests(ITestOutputHelper output)
{
    [Fact]
    public void Damaged_layers_are_read_and_predicted_without_surprise()
    {
        // Odd names, links and devices are predicted to the letter; of damaged marks, which kernels answer in many ways, most are.
        const double MarksPredicted = 0.95;
        double seconds = double.Parse(Environment.GetEnvironmentVariable("OVERLAY2_DAMAGED_SECONDS") ?? "3", CultureInfo.InvariantCulture);
        int seed = int.Parse(Environment.GetEnvironmentVariable("OVERLAY2_LIVE_SEED") ?? "1", CultureInfo.InvariantCulture);
        long start = Stopwatch.GetTimestamp(), objects = 0, problems = 0, predictions = 0;
        int trees = 0;
        List<string> wrong = [], wrongWithMarks = [];
        long predictionsWithMarks = 0;
        using Process parameters = ModuleParameters.Share();
        PrivateNamespace.Run(scratch =>
        {
            string outside = Directory.CreateDirectory(scratch + "/outside").FullName;
            File.WriteAllText(outside + "/secret", "secret");
            for (; Stopwatch.GetElapsedTime(start).TotalSeconds < seconds; trees++)
            {
                int tree = unchecked((seed * 1_000_003) + trees);
                if (trees % 2 == 0)
                    Round(scratch, outside, tree, hasMarks: false, ref objects, ref problems, ref predictions, wrong);
                else
                    Round(scratch, outside, tree, hasMarks: true, ref objects, ref problems, ref predictionsWithMarks, wrongWithMarks);
            }
        });
        parameters.StandardInput.Close();
        output.WriteLine($"{trees} damaged trees, {objects} objects read, {problems} problems, {predictions} predictions, {wrong.Count} of them wrong; with damaged marks {predictionsWithMarks}, {wrongWithMarks.Count} wrong");
        foreach (string line in wrongWithMarks)
            output.WriteLine(line);
        Assert.True(trees > 0 && objects > trees);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(20)));
        Assert.True(wrongWithMarks.Count <= 2 + ((1 - MarksPredicted) * predictionsWithMarks), string.Join('\n', wrongWithMarks.Take(20)));
    }

    private static void Round(string scratch, string outside, int seed, bool hasMarks, ref long objects, ref long problems, ref long predictions, List<string> wrong)
    {
        var random = new Random(seed);
        string top = Directory.CreateDirectory(scratch + "/layers").FullName, merged = Directory.CreateDirectory(scratch + "/merged").FullName;
        Mount("tmpfs", top, "mode=755");
        string[] layers = [top + "/lower0", top + "/lower1", top + "/upper", top + "/work"];
        foreach (string folder in layers)
            Directory.CreateDirectory(folder);
        foreach (string folder in layers.Take(3))
        {
            DamagedTree.Make(folder, outside, hasMarks, random);
            ReadAll(folder, ref objects, ref problems);
        }

        string options = ((string[])["", ",redirect_dir=on", ",metacopy=on", ",userxattr"])[random.Next(4)];
        string data = $"lowerdir={layers[0]}:{layers[1]},upperdir={layers[2]},workdir={layers[3]}{options}";
        if (LibC.Mount("test"u8, Encoding.UTF8.GetBytes(merged), "overlay"u8, MountFlags.None, Encoding.UTF8.GetBytes(data)) == default)
        {
            for (int i = 0; i < 12; i++)
            {
                OverlayOperation operation = RandomAction.Next(random);
                string path = LiveOperation.RandomPath(random);
                using (LiveOverlay overlay = LiveOverlay.Open(BytePath.FromText(merged)))
                {
                    predictions++;
                    Prediction prediction = overlay.Predict(BytePath.FromText(path), operation);
                    _ = overlay.PredictTree(default, TreeOperation.ChangeOwner);
                    LinuxError error = LiveAction.DoAsRoot(merged, path, operation);
                    if (error != prediction.Error)
                        wrong.Add($"seed {seed} [{options}] {operation.Kind} {path} {operation.Target}: the kernel says {error}, the prediction {prediction.Error}{Describe(overlay, path)}");
                    if (error != prediction.Error)
                        break;
                }
            }

            PrivateNamespace.Unmount(merged);
        }

        PrivateNamespace.Unmount(top);
    }

    /// <summary>What the layers have along a path.</summary>
    private static string Describe(LiveOverlay overlay, string path)
    {
        var text = new StringBuilder();
        foreach (DirectoryLayer layer in (DirectoryLayer[])[overlay.Upper!, .. overlay.Lowers])
        {
            LayerResult<LayerObject> at = new(layer.Root);
            foreach (string name in path.Split('/'))
            {
                at = layer.Find(at.Value!, ByteString.FromText(name));
                text.Append(CultureInfo.InvariantCulture, $"; {layer.Path.FileName}: {name} {at.Value?.Type} {at.Problem?.Error}");
                if (!at.IsRead)
                    break;
                foreach ((ByteString mark, ByteString value) in layer.ReadAttributes(at.Value).Value!)
                    text.Append(CultureInfo.InvariantCulture, $" {mark}={new ByteString(value.Span[..Math.Min(10, value.Length)])}");
            }
        }

        return text.ToString();
    }

    private static void ReadAll(string folder, ref long objects, ref long problems)
    {
        using DirectoryLayer layer = DirectoryLayer.Open(BytePath.FromText(folder)).Value!;
        byte[] buffer = new byte[64];
        foreach (LayerResult<LayerObject> entry in layer.Walk(layer.Root))
        {
            objects++;
            if (!entry.IsRead)
            {
                problems++;
                continue;
            }

            LayerObject at = entry.Value;
            bool isFile = at.Type == FileType.Regular;
            LayerProblem?[] found = [layer.ReadAttributes(at).Problem, layer.Find(at.Path).Problem, layer.ReadLink(at).Problem, layer.ReadDataRanges(at).Problem, layer.Read(at, 10, buffer).Problem];
            problems += found.Count(static problem => problem is not null);
            Assert.Null(found[0]);
            Assert.Null(found[1]);
            Assert.Equal(at.Type == FileType.SymbolicLink, found[2] is null);
            Assert.Equal(isFile, found[3] is null);
            Assert.Equal(isFile, found[4] is null);
        }
    }

    private static void Mount(string type, string path, string data) => Assert.Equal(
        default, LibC.Mount("test"u8, Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(type), MountFlags.None, Encoding.UTF8.GetBytes(data)));
}
