using Overlay2.Storage.Simulation;

namespace Overlay2.Storage.KernelTests.Simulation;

/// <summary>Fills a lower layer at random, in a directory and in memory alike.</summary>
internal static class LiveLayers
{
    public static LayerTree Make(string folder, Random random)
    {
        LayerTree tree = LayerTree.Empty;
        Fill("", 2);
        return tree;

        void Fill(string prefix, int levels)
        {
            foreach (string name in (string[])["a", "b", "c", "d"])
            {
                string path = prefix + name, real = folder + "/" + path;
                switch (random.Next(4))
                {
                    case 0 or 1 when levels > 0:
                        Directory.CreateDirectory(real);
                        tree = tree.WithDirectory(path);
                        Fill(path + "/", levels - 1);
                        break;
                    case 2:
                        byte[] bytes = new byte[random.Next(1, 300)];
                        random.NextBytes(bytes);
                        File.WriteAllBytes(real, bytes);
                        tree = tree.WithFile(path, bytes);
                        break;
                    case 3 when random.Next(2) == 0:
                        File.CreateSymbolicLink(real, "b");
                        tree = tree.WithSymbolicLink(path, "b");
                        break;
                }
            }
        }
    }
}
