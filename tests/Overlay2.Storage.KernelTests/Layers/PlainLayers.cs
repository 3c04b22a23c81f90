namespace Overlay2.Storage.KernelTests.Layers;

/// <summary>Fills a directory at random with directories, files and symbolic links of the names a to d.</summary>
internal static class PlainLayers
{
    public static void Make(string folder, Random random)
    {
        Fill("", 2);

        void Fill(string prefix, int levels)
        {
            foreach (string name in (string[])["a", "b", "c", "d"])
            {
                string path = prefix + name, real = folder + "/" + path;
                switch (random.Next(4))
                {
                    case 0 or 1 when levels > 0:
                        Directory.CreateDirectory(real);
                        Fill(path + "/", levels - 1);
                        break;
                    case 2:
                        byte[] bytes = new byte[random.Next(1, 300)];
                        random.NextBytes(bytes);
                        File.WriteAllBytes(real, bytes);
                        break;
                    case 3 when random.Next(2) == 0:
                        File.CreateSymbolicLink(real, "b");
                        break;
                }
            }
        }
    }
}
