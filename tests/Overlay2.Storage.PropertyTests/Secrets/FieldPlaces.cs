namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>Places of hosts where people write secrets, collected from practice by somebody who had not seen the classifier.</summary>
internal static partial class FieldPlaces
{
    /// <summary>Every place.</summary>
    public static SecretPlace[] All { get; } = [.. Units(), .. VariableFiles(), .. DaemonJson(), .. Processes(), .. Mounts(), .. Logs(), .. Records()];

    private static SecretPlace Named(string label, Action<PlantedHost, string, string> plant) => new(label, SecretKinds.Named, (host, secret) => plant(host, secret.Name, secret.Token));

    private static SecretPlace Text(string label, Action<PlantedHost, string> plant) => new(label, SecretKinds.Text, (host, secret) => plant(host, secret.Text));

    /// <summary>Where also several lines can stand.</summary>
    private static SecretPlace Lines(string label, Action<PlantedHost, string> plant) => new(label, SecretKinds.Text | SecretKinds.Lines, (host, secret) => plant(host, secret.Text));

    private static Action<PlantedHost, string, string> File(string path, Func<string, string, string> content) => (host, name, value) => host.Files[path] = content(name, value);

    private static Action<PlantedHost, string> File(string path, Func<string, string> content) => (host, text) => host.Files[path] = content(text);

    private static IEnumerable<SecretPlace> Processes() =>
    [
        Named("argument --log-opt n=v", (h, n, v) => h.Run(["/usr/bin/dockerd", "--log-opt", $"{n}={v}", "-H", "fd://"])),
        Named("argument --log-opt=n=v", (h, n, v) => h.Run(["dockerd", $"--log-opt={n}={v}"])),
        Named("argument --label n=v", (h, n, v) => h.Run(["dockerd", "--label", "env=prod", "--label", $"{n}={v}"])),
        Named("argument --n v", (h, n, v) => h.Run(["dockerd", $"--{n}", v, "--debug"])),
        Named("argument --n=v", (h, n, v) => h.Run(["dockerd", $"--{n}={v}"])),
        Named("argument -n v", (h, n, v) => h.Run(["dockerd", $"-{n}", v])),
        Named("argument n:v", (h, n, v) => h.Run(["dockerd", $"{n}:{v}"])),
        Named("variable of the process", (h, n, v) => h.Run(["dockerd"], "LANG=C", $"{n}={v}", "PATH=/usr/bin")),
        Text("an argument", (h, t) => h.Run(["dockerd", "--x", t])),
        Text("arguments, word by word", (h, t) => h.Run(["dockerd", .. t.Split(' ')])),
        Text("argument --registry-mirror", (h, t) => h.Run(["dockerd", "--registry-mirror", t])),
        Text("argument --http-proxy=", (h, t) => h.Run(["dockerd", $"--http-proxy={t}"])),
        Text("value of --log-opt", (h, t) => h.Run(["dockerd", "--log-opt", $"fluentd-address={t}"])),
        Text("value of a variable of the process", (h, t) => h.Run(["dockerd"], "LANG=C", $"EXTRA={t}")),
        Text("HTTPS_PROXY of the process", (h, t) => h.Run(["dockerd"], $"HTTPS_PROXY={t}")),
        Lines("variable of several lines", (h, t) => h.Run(["dockerd"], $"BLOB={t}", "LANG=C")),
    ];

    private static IEnumerable<SecretPlace> Mounts() =>
    [
        Named("option of a cifs mount", (h, n, v) => Mount(h, "cifs", "//filer/x", $"rw,vers=3.0,username=svc,{n}={FieldSyntax.Option(v)},uid=0")),
        Named("option of a ceph mount", (h, n, v) => Mount(h, "ceph", "10.0.0.1:6789:/", $"rw,name=admin,{n}={FieldSyntax.Option(v)},acl")),
        Named("option of a fuse mount", (h, n, v) => Mount(h, "fuse.x", "x", $"rw,user_id=0,{n}={FieldSyntax.Option(v)}")),
        Named("option in fstab", (h, n, v) => h.Files["etc/fstab"] = $"//filer/x /mnt/x cifs rw,_netdev,username=svc,{n}={FieldSyntax.Option(v)},vers=3.0 0 0\n"),
        Named("last option in fstab", (h, n, v) => h.Files["etc/fstab"] = $"bucket /mnt/x fuse.s3fs _netdev,allow_other,{n}={FieldSyntax.Option(v)}\n"),
        Named("commented line of fstab", (h, n, v) => h.Files["etc/fstab"] = $"#//filer/x /mnt/x cifs {n}={FieldSyntax.Option(v)} 0 0\n/dev/sda1 / ext4 rw 0 1\n"),
        Text("source of a mount", (h, t) => Mount(h, "fuse.rclone", FieldSyntax.Field(t), "rw")),
        Text("value of an option of a mount", (h, t) => Mount(h, "fuse.x", "x", $"rw,url={FieldSyntax.Option(t)}")),
        Text("source in fstab", (h, t) => h.Files["etc/fstab"] = $"{FieldSyntax.Field(t)} /mnt/x davfs rw 0 0\n"),
        Text("value of an option in fstab", (h, t) => h.Files["etc/fstab"] = $"x /mnt/x fuse.x rw,url={FieldSyntax.Option(t)} 0 0\n"),
    ];

    private static IEnumerable<SecretPlace> Logs() =>
    [
        Named("logfmt", (h, n, v) => h.EngineLog = $"time=\"2026-01-01T00:00:00Z\" level=error msg=\"start failed\" {n}={FieldSyntax.Json(v)} module=x\n"),
        Named("message of logfmt", (h, n, v) => h.EngineLog = $"time=\"2026-01-01T00:00:00Z\" level=error msg={FieldSyntax.Json($"config {n}={v}")}\n"),
        Named("quoted in a message of logfmt", (h, n, v) => h.EngineLog = $"time=\"2026-01-01T00:00:00Z\" level=error msg={FieldSyntax.Json($"config {n}={FieldSyntax.Json(v)} refused")}\n"),
        Named("JSON line", (h, n, v) => h.EngineLog = $"{{\"level\":\"error\",{FieldSyntax.Json(n)}:{FieldSyntax.Json(v)},\"ts\":1}}\n"),
        Named("syslog", (h, n, v) => h.EngineLog = $"Jan  1 00:00:00 node1 dockerd[77]: {n}: {v}\n"),
        Named("JSON in a message", (h, n, v) => h.EngineLog = $"level=debug msg={FieldSyntax.Json($"{{{FieldSyntax.Json(n)}:{FieldSyntax.Json(v)}}}")}\n"),
        Named("command line of the kernel", (h, n, v) => h.KernelLog = $"[    0.000000] Command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 {n}={v}\n"),
        Named("audit", (h, n, v) => h.KernelLog = $"[   10.1] audit: type=1309 audit(1:2): argc=3 a0=\"env\" a1={FieldSyntax.Json($"{n}={v}")} a2=\"true\"\n"),
        Lines("engine's log", (h, t) => h.EngineLog = $"start\n{t}\nend of start\n"),
        Lines("engine's log with prefixes", (h, t) => h.EngineLog = string.Concat(t.Split('\n').Select(line => $"Jan  1 00:00:00 node1 dockerd[77]: {line}\n"))),
        Text("message", (h, t) => h.EngineLog = $"time=\"2026-01-01T00:00:00Z\" level=warning msg={FieldSyntax.Json($"got {t} from client")}\n"),
        Lines("message with escaped line ends", (h, t) => h.EngineLog = $"time=\"2026-01-01T00:00:00Z\" level=warning msg={FieldSyntax.Json($"got: {t}")}\n"),
        Lines("JSON line of a log", (h, t) => h.EngineLog = $"{{\"log\":{PlantedHost.Json(t + "\n")},\"stream\":\"stderr\"}}\n"),
        Text("error of a pull", (h, t) => h.EngineLog = $"level=error msg={FieldSyntax.Json($"Handler for POST /images/create returned error: Get \"{t}\": dial tcp: timeout")}\n"),
        Lines("kernel's log", (h, t) => h.KernelLog = string.Concat(t.Split('\n').Select(line => $"[   12.345678] x: {line}\n"))),
    ];

    private static IEnumerable<SecretPlace> Records() =>
    [
        Named("environment of a container", (h, n, v) => Container(h, $"\"Config\":{{\"Env\":[{FieldSyntax.Json($"{n}={v}")}]}}")),
        Named("label of a container", (h, n, v) => Container(h, $"\"Config\":{{\"Labels\":{{{FieldSyntax.Json(n)}:{FieldSyntax.Json(v)}}}}}")),
        Text("error of a container", (h, t) => Container(h, $"\"State\":{{\"Error\":{FieldSyntax.Json(t)}}}")),
        Text("what is no record of a container", (h, t) => Container(h, $"\"State\":{FieldSyntax.Json(t)},\"RestartPolicy\":{FieldSyntax.Json(t)}x")),
        Named("metadata of Podman", (h, n, v) => h.Files["var/lib/containers/storage/overlay-containers/containers.json"] = $"[{{\"id\":\"c\",\"names\":[\"web\"],\"layer\":\"l\",\"metadata\":{FieldSyntax.Json($"{{{FieldSyntax.Json(n)}:{FieldSyntax.Json(v)}}}")}}}]"),
        Named("option of storage.conf", File("etc/containers/storage.conf", (n, v) => $"[storage]\ndriver = \"overlay\"\n[storage.options]\n\"{n}\" = {FieldSyntax.Json(v)}\n")),
        Text("storage.conf that is no TOML", File("etc/containers/storage.conf", t => $"[storage]\ndriver = \"overlay\"\n{t} = = {t}\n")),
        Named("config.toml of containerd", File("etc/containerd/config.toml", (n, v) => $"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example\".auth]\n\"{n}\" = {FieldSyntax.Json(v)}\n")),
        Text("config.toml that is no TOML", File("etc/containerd/config.toml", t => $"version = 2\nroot = {t}\n")),
        Text("proxy that the engine tells of", (h, t) => h.EngineInfo = $"{{\"ServerVersion\":\"20.10.24\",\"Driver\":\"overlay2\",\"HttpProxy\":{FieldSyntax.Json(t)}}}"),
        Named("label that the engine tells of", (h, n, v) => h.EngineInfo = $"{{\"ServerVersion\":\"20.10.24\",\"Driver\":\"overlay2\",\"Labels\":[{FieldSyntax.Json($"{n}={v}")}]}}"),
        Text("what the engine tells instead of its version", (h, t) => h.EngineInfo = $"{{\"ServerVersion\":{FieldSyntax.Json(t)},\"Driver\":\"overlay2\"}}"),
        Text("what the engine tells is no JSON", (h, t) => h.EngineInfo = $"{t}{{"),
    ];

    private static void Mount(PlantedHost host, string type, string source, string options) =>
        host.Files["proc/1/mountinfo"] += $"41 22 0:51 / /mnt/y rw,relatime shared:3 - {type} {source} {options}\n";

    private static void Container(PlantedHost host, string members)
    {
        string id = new('c', 64);
        host.Files[$"var/lib/docker/containers/{id}/config.v2.json"] = $"{{\"ID\":\"{id}\",\"Name\":\"/web\",\"Driver\":\"overlay2\",{members}}}";
    }
}
