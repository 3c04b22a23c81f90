using static Overlay2.Storage.PropertyTests.Secrets.FieldSyntax;

namespace Overlay2.Storage.PropertyTests.Secrets;

internal static partial class FieldPlaces
{
    private const string Path = "etc/docker/daemon.json";

    private static IEnumerable<SecretPlace> DaemonJson() =>
    [
        Named("log-opts", File(Path, (n, v) => $"{{\"log-driver\":\"splunk\",\"log-opts\":{{\"splunk-url\":\"https://s.example\",{Json(n)}:{Json(v)}}}}}")),
        Named("log-opts, escaped", File(Path, (n, v) => $"{{\n  \"log-opts\": {{\n    {PlantedHost.Json(n)}: {PlantedHost.Json(v)}\n  }}\n}}\n")),
        Named("labels", File(Path, (n, v) => $"{{\"labels\":[\"env=prod\",{Json($"{n}={v}")}]}}")),
        Named("unknown key", File(Path, (n, v) => $"{{\"storage-driver\":\"overlay2\",{Json(n)}:{Json(v)}}}")),
        Named("unknown key of three levels", File(Path, (n, v) => $"{{\"x-site\":{{\"a\":{{\"b\":{{{Json(n)}:{Json(v)}}}}}}}}}")),
        Named("list below a name", File(Path, (n, v) => $"{{\"x-site\":{{{Json(n)}:[{Json(v)},\"x\"]}}}}")),
        Named("object below a name", File(Path, (n, v) => $"{{\"x-site\":{{{Json(n)}:{{\"value\":{Json(v)}}}}}}}")),
        Named("name and value", File(Path, (n, v) => $"{{\"env\":[{{\"name\":{Json(n)},\"value\":{Json(v)}}}]}}")),
        Named("value and name", File(Path, (n, v) => $"{{\"env\":[{{\"value\":{Json(v)},\"key\":{Json(n)}}}]}}")),
        Named("list of n=v", File(Path, (n, v) => $"{{\"env\":[\"A=b\",{Json($"{n}={v}")}]}}")),
        Named("two members of a list", File(Path, (n, v) => $"{{\"runtimes\":{{\"x\":{{\"path\":\"/usr/bin/x\",\"runtimeArgs\":[{Json("--" + n)},{Json(v)},\"--debug\"]}}}}}}")),
        Named("member of a list --n=v", File(Path, (n, v) => $"{{\"runtimes\":{{\"x\":{{\"path\":\"/usr/bin/x\",\"runtimeArgs\":[{Json($"--{n}={v}")}]}}}}}}")),
        Named("exec-opts", File(Path, (n, v) => $"{{\"exec-opts\":[\"native.cgroupdriver=systemd\",{Json($"{n}={v}")}]}}")),
        Named("storage-opts", File(Path, (n, v) => $"{{\"storage-opts\":[\"overlay2.size=10G\",{Json($"{n}={v}")}]}}")),
        Named("cluster-store-opts", File(Path, (n, v) => $"{{\"cluster-store-opts\":{{{Json(n)}:{Json(v)}}}}}")),
        Named("with comments", File(Path, (n, v) => $"{{\n  // {n}={v}\n  \"storage-driver\": \"overlay2\"\n}}\n")),
        Named("cut off", File(Path, (n, v) => $"{{\"log-opts\": {{{Json(n)}: {Json(v)[..^1]}")),
        Named("comma missing", File(Path, (n, v) => $"{{\"debug\":true {Json(n)}:{Json(v)}}}")),
        Named("without quotes", File(Path, (n, v) => $"{{\"debug\":true, {n}: {v}}}")),
        Named("twice", File(Path, (n, v) => $"{{{Json(n)}:\"\",{Json(n)}:{Json(v)}}}")),
        Named("--config-file", (h, n, v) =>
        {
            h.Unit($"{Start} --config-file=/etc/docker/site.json");
            h.Files["etc/docker/site.json"] = $"{{\"log-opts\":{{{Json(n)}:{Json(v)}}}}}";
        }),
        Named("variables in one text", File(Path, (n, v) => $"{{\"x-env\":{Json($"LANG=C {n}={v} TZ=UTC")}}}")),
        Named("known key of another type", File(Path, (n, v) => $"{{\"data-root\":{{{Json(n)}:{Json(v)}}}}}")),
        Named("storage-driver holds it", File(Path, (n, v) => $"{{\"storage-driver\":{Json($"{n}={v}")}}}")),
        Text("proxies", File(Path, t => $"{{\"proxies\":{{\"http-proxy\":{Json(t)},\"no-proxy\":\"localhost\"}}}}")),
        Text("registry-mirrors", File(Path, t => $"{{\"registry-mirrors\":[\"https://mirror.example\",{Json(t)}]}}")),
        Text("insecure-registries", File(Path, t => $"{{\"insecure-registries\":[{Json(t)}]}}")),
        Text("hosts", File(Path, t => $"{{\"hosts\":[\"unix:///var/run/docker.sock\",{Json(t)}]}}")),
        Text("gelf-address", File(Path, t => $"{{\"log-driver\":\"gelf\",\"log-opts\":{{\"gelf-address\":{Json(t)}}}}}")),
        Text("value of a label", File(Path, t => $"{{\"labels\":[{Json($"note={t}")}]}}")),
        Lines("value of an unknown key", File(Path, t => $"{{\"note\":{Json(t)}}}")),
        Lines("value of an unknown key, escaped", File(Path, t => $"{{\"note\":{PlantedHost.Json(t)}}}")),
        Text("words of a list", File(Path, t => $"{{\"runtimes\":{{\"x\":{{\"runtimeArgs\":[{string.Join(',', t.Split(' ').Select(Json))}]}}}}}}")),
        Text("data-root", File(Path, t => $"{{\"data-root\":{Json(t)}}}")),
        Text("storage-driver", File(Path, t => $"{{\"storage-driver\":{Json(t)}}}")),
        Text("key", File(Path, t => $"{{\"log-opts\":{{{Json(t)}:\"x\"}}}}")),
        Lines("no JSON", File(Path, t => $"{t}\n")),
    ];
}
