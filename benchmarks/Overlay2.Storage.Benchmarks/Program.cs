using Overlay2.Storage.Benchmarks.Workloads;
foreach (Workload w in Workload.All()) Console.WriteLine($"{w.Name} {w.BytesPerLine:F1} {System.Text.Encoding.Latin1.GetString(w.Text).Split('\n').Count(l=>l.Contains(" - overlay "))}");
File.WriteAllBytes("/tmp/esc.txt", Workload.Escapes1000.Text);
return 0;
