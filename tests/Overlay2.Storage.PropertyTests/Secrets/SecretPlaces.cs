using System.Collections.Immutable;
using System.Text.Json;
using Overlay2.Storage.Bytes;
using Overlay2.Storage.Snapshots;

namespace Overlay2.Storage.PropertyTests.Secrets;

/// <summary>The places of a host that a snapshot takes text from, as data: a further one is a line.</summary>
internal static class SecretPlaces
{
    private const SecretKinds OneWord = SecretKinds.Named | SecretKinds.Text;
    private const SecretKinds Any = SecretKinds.Text | SecretKinds.Lines;
    private const string Daemon = "etc/docker/daemon.json";
    private const string Unit = "etc/systemd/system/docker.service";

    public static SecretPlace[] All { get; } =
    [
        // The engine's configuration file.
        new("a member of daemon.json", SecretKinds.Named, static (host, secret) => host.Files[Daemon] = $$"""{"{{secret.Name}}": {{Json(secret.Token)}}, "debug": true}"""),
        new("a list in daemon.json", SecretKinds.Named, static (host, secret) => host.Files[Daemon] = $$"""{"{{secret.Name}}": ["a", {{Json(secret.Token)}}]}"""),
        new("an object in daemon.json", SecretKinds.Named, static (host, secret) => host.Files[Daemon] = $$"""{"{{secret.Name}}": {"a": {"b": [{{Json(secret.Token)}}]} } }"""),
        new("a member that nobody knows", SecretKinds.Bare, static (host, secret) => host.Files[Daemon] = $$"""{"house": {{Json(secret.Token)}} }"""),
        new("a proxy in daemon.json", SecretKinds.Text, static (host, secret) => host.Files[Daemon] = $$"""{"proxies": {"http-proxy": {{Json(secret.Text)}} } }"""),
        new("a mirror", SecretKinds.Text, static (host, secret) => host.Files[Daemon] = $$"""{"registry-mirrors": [{{Json(secret.Text)}}, "https://m.example"]}"""),
        new("an option of logs", SecretKinds.Named, static (host, secret) => host.Files[Daemon] = $$"""{"log-driver": "splunk", "log-opts": {"{{secret.Name}}": {{Json(secret.Token)}}, "max-size": "10m"} }"""),
        new("an option of logs that nobody knows", SecretKinds.Bare, static (host, secret) => host.Files[Daemon] = $$"""{"log-opts": {"env": {{Json(secret.Token)}} } }"""),
        new("a label", SecretKinds.Bare, static (host, secret) => host.Files[Daemon] = $$"""{"labels": [{{Json("team=" + secret.Token)}}]}"""),
        new("arguments of a runtime", Any | SecretKinds.Bare, static (host, secret) => host.Files[Daemon] = $$"""{"runtimes": {"x": {"path": "/usr/bin/x", "runtimeArgs": ["--y", {{Json(secret.Text)}}]} } }"""),
        new("an option of the store", SecretKinds.Named, static (host, secret) => host.Files[Daemon] = $$"""{"storage-opts": ["overlay2.size=1G", {{Json($"{secret.Name}={secret.Token}")}}]}"""),
        new("daemon.json that is cut off", SecretKinds.Named, static (host, secret) => host.Files[Daemon] = $$"""{"x": {"{{secret.Name}}": {{Json(secret.Token)}}"""),
        new("daemon.json with escapes", SecretKinds.Named, static (host, secret) => host.Files[Daemon] = $$"""{"p\u0061ssword": {{Json(secret.Token)}}, "\u0074oken": [{{Json(secret.Token)}}]}"""),
        new("a comment in daemon.json", Any, static (host, secret) => host.Files[Daemon] = $"// {secret.Text}\n{{\"debug\": true}}\n"),
        new("a registry's login", SecretKinds.Bare, static (host, secret) => host.Files[Daemon] = $$"""{"auths": {"r.example": {"auth": {{Json(secret.Token)}}, "email": {{Json(secret.Token)}} } } }"""),
        new("another configuration file", SecretKinds.Named, static (host, secret) =>
        {
            host.Files["etc/sysconfig/docker"] = "OPTIONS=--config-file=/etc/other\n";
            host.Files["etc/other"] = $$"""{"{{secret.Name}}": {{Json(secret.Token)}} }""";
        }),

        // Service units.
        new("a variable of a unit", SecretKinds.Bare | SecretKinds.Named, static (host, secret) => host.Unit($"Environment=HOUSE={secret.Token}\nExecStart=/usr/bin/dockerd")),
        new("a quoted variable of a unit", Any | SecretKinds.Bare, static (host, secret) => host.Unit($"Environment=\"A=b\" \"HOUSE={secret.Text.Replace('"', '\'')}\"\nExecStart=/usr/bin/dockerd")),
        new("a variable over two lines", SecretKinds.Bare, static (host, secret) => host.Unit($"Environment=A=b \\\n  HOUSE={secret.Token}\nExecStart=/usr/bin/dockerd")),
        new("a variable that the command names", SecretKinds.Bare, static (host, secret) => host.Unit($"Environment=HOUSE={secret.Token}\nExecStart=/usr/bin/dockerd --house $HOUSE")),
        new("the engine's command", Any, static (host, secret) => host.Unit($"ExecStart=/usr/bin/dockerd -s overlay2 {secret.Text}")),
        new("a flag of the engine's command", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Unit($"ExecStart=/usr/bin/dockerd --{secret.Name} {secret.Token} -s overlay2")),
        new("a flag that nobody knows", SecretKinds.Bare, static (host, secret) => host.Unit($"ExecStart=/usr/bin/dockerd --house {secret.Token} --street={secret.Token}")),
        new("a command before the start", Any | SecretKinds.Bare, static (host, secret) => host.Unit($"ExecStartPre=-/bin/sh -c \"login {secret.Text.Replace('"', '\'')}\"\nExecStart=/usr/bin/dockerd")),
        new("a command over two lines", SecretKinds.Bare, static (host, secret) => host.Unit($"ExecStart=/usr/bin/dockerd \\\n  --house {secret.Token} \\\n  -s overlay2")),
        new("a comment in a unit", Any, static (host, secret) => host.Unit($"# {secret.Text}\nExecStart=/usr/bin/dockerd")),
        new("a comment between lines of a command", Any, static (host, secret) => host.Unit($"ExecStart=/usr/bin/dockerd \\\n# {secret.Text}\n  -s overlay2")),
        new("a credential of a unit", SecretKinds.Bare, static (host, secret) => host.Unit($"SetCredential=house:{secret.Token}\nExecStart=/usr/bin/dockerd")),
        new("a setting of a unit", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Unit($"X-{secret.Name}={secret.Token}\nExecStart=/usr/bin/dockerd")),
        new("a description", Any, static (host, secret) => host.Files[Unit] = $"[Unit]\nDescription={secret.Text}\n[Service]\nExecStart=/usr/bin/dockerd\n"),
        new("a drop-in", SecretKinds.Bare | Any, static (host, secret) =>
        {
            host.Unit("ExecStart=/usr/bin/dockerd");
            host.Files["etc/systemd/system/docker.service.d/proxy.conf"] = $"[Service]\nEnvironment=\"HTTP_PROXY={secret.Text.Replace('"', '\'')}\"\n";
        }),
        new("a line behind a carriage return", SecretKinds.Bare, static (host, secret) => host.Unit($"X=1\rEnvironment=HOUSE={secret.Token}\rExecStart=/usr/bin/dockerd")),

        // Files of variables.
        new("a variable", SecretKinds.Bare | Any, static (host, secret) => host.Files["etc/sysconfig/docker"] = $"HOUSE='{secret.Text.Replace('\'', ' ')}'\n"),
        new("a variable without quotes", SecretKinds.Bare, static (host, secret) => host.Files["etc/default/docker"] = $"export HOUSE={secret.Token}\n"),
        new("a variable in pieces", SecretKinds.Bare, static (host, secret) => host.Files["etc/default/docker"] = $"HOUSE=\"x\"'{secret.Token}'\\\n{secret.Token}\n"),
        new("the engine's flags", Any, static (host, secret) => host.Files["etc/default/docker"] = $"DOCKER_OPTS=\"-s overlay2 {secret.Text.Replace('"', '\'')}\"\n"),
        new("a flag among the engine's", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Files["etc/sysconfig/docker-storage"] = $"DOCKER_STORAGE_OPTIONS=\"--storage-driver overlay2 --log-opt {secret.Name}={secret.Token}\"\n"),
        new("flags in an odd quoting", SecretKinds.Bare, static (host, secret) => host.Files["etc/default/docker"] = $"DOCKER_OPTS=-s\\ overlay2' --house {secret.Token}'\n"),
        new("a comment in a file of variables", Any, static (host, secret) => host.Files["etc/default/docker"] = $"# {secret.Text}\nDOCKER_OPTS=-D\n"),
        new("a variable that is commented out", SecretKinds.Bare, static (host, secret) => host.Files["etc/default/docker"] = $"#HOUSE={secret.Token}\n# export STREET={secret.Token}\n"),
        new("a line that is no assignment", SecretKinds.Bare | Any, static (host, secret) => host.Files["etc/default/docker"] = $"{secret.Text}\n"),
        new("a file that a unit names", SecretKinds.Bare, static (host, secret) =>
        {
            host.Unit("EnvironmentFile=/etc/engine.env\nExecStart=/usr/bin/dockerd");
            host.Files["etc/engine.env"] = $"HOUSE={secret.Token}\n";
        }),
        new("storage.conf as such a file", SecretKinds.Named, static (host, secret) =>
        {
            host.Unit("EnvironmentFile=/etc/containers/storage.conf\nExecStart=/usr/bin/dockerd");
            host.Files["etc/containers/storage.conf"] = $"[storage]\ndriver = \"overlay\"\n{secret.Name} = \"{secret.Token}\"\n";
        }),
        new("a table of containerd as such a file", SecretKinds.Bare, static (host, secret) =>
        {
            host.Unit("EnvironmentFile=/etc/containerd/config.toml\nExecStart=/usr/bin/dockerd");
            host.Files["etc/containerd/config.toml"] = $"version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"r.example\".auth]\n  username = \"{secret.Token}\"\n  x = '''\n{secret.Token}\n'''\n";
        }),
        new("storage.conf that is broken", Any, static (host, secret) => host.Files["etc/containers/storage.conf"] = $"[storage]\ndriver = \"overlay\"\n{secret.Text}\n"),
        new("containerd's configuration that is broken", SecretKinds.Bare, static (host, secret) => host.Files["etc/containerd/config.toml"] = $"version = 2\nroot = {secret.Token}\n"),

        // The running engine.
        new("a variable of the engine's process", SecretKinds.Bare | Any, static (host, secret) => host.Run(["/usr/bin/dockerd"], "PATH=/bin", $"HOUSE={secret.Text}")),
        new("a flag with its value", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Run(["/usr/bin/dockerd", $"--{secret.Name}={secret.Token}"])),
        new("a flag before its value", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Run(["/usr/bin/dockerd", $"--{secret.Name}", secret.Token, "-s", "overlay2"])),
        new("an unknown flag of the process", SecretKinds.Bare | SecretKinds.Text, static (host, secret) => host.Run(["/usr/bin/dockerd", "--house", secret.Text, $"--street={secret.Text}"])),
        new("an argument of the process", SecretKinds.Bare | Any, static (host, secret) => host.Run(["/usr/bin/dockerd", secret.Text])),
        new("an option of logs of the process", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Run(["/usr/bin/dockerd", "--log-opt", $"{secret.Name}={secret.Token},max-size=1m"])),
        new("a proxy of the process", SecretKinds.Text, static (host, secret) => host.Run(["/usr/bin/dockerd", $"--http-proxy={secret.Text}"])),

        // Mounts.
        new("an option of CIFS", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Mount("cifs", "//server/share", $"rw,vers=3.0,username=bob,password={secret.Token}")),
        new("the user of CIFS", SecretKinds.Bare, static (host, secret) => host.Mount("cifs", "//server/share", $"rw,username={secret.Token},uid=0")),
        new("a telling option of FUSE", SecretKinds.Named, static (host, secret) => host.Mount("fuse.x", "x", $"rw,{secret.Name}={secret.Token},allow_other")),
        new("an option of FUSE that nobody knows", SecretKinds.Bare, static (host, secret) => host.Mount("fuse.s3fs", "s3fs", $"rw,house={secret.Token},user_id=0")),
        new("the secret of Ceph", SecretKinds.Bare, static (host, secret) => host.Mount("ceph", "10.0.0.1:6789:/", $"rw,name=bob,secret={secret.Token},acl")),
        new("a source", SecretKinds.Text, static (host, secret) => host.Mount("fuse.rclone", secret.Text, "rw")),
        new("a source of CIFS", SecretKinds.Bare, static (host, secret) => host.Mount("cifs", $"//bob:{secret.Token}@server/share", "rw")),
        new("a telling option of a file system of the kernel", SecretKinds.Named, static (host, secret) => host.Mount("ext4", "/dev/sdb", $"rw,{secret.Name}={secret.Token}")),
        new("a mount point", SecretKinds.Text, static (host, secret) => host.Mount("tmpfs", "tmpfs", "rw", $"/mnt/{secret.Text.Replace("/", "", StringComparison.Ordinal)}")),
        new("options of fstab", SecretKinds.Named | SecretKinds.Bare, static (host, secret) => host.Files["etc/fstab"] = $"//server/share /mnt/a cifs username=bob,pass={secret.Token} 0 0\n"),
        new("a login file of fstab", SecretKinds.Bare, static (host, secret) => host.Files["etc/fstab"] = $"//server/share /mnt/a cifs credentials={secret.Token},rw 0 0\n"),
        new("a source of fstab", SecretKinds.Text, static (host, secret) => host.Files["etc/fstab"] = $"{secret.Text} /mnt/a davfs rw,noauto 0 0\n"),
        new("a telling option of fstab", SecretKinds.Named, static (host, secret) => host.Files["etc/fstab"] = $"x /mnt/a fuse defaults,{secret.Name}={secret.Token},_netdev 0 0\n"),

        // Logs, answers, names.
        new("a line of the kernel's log", Any, static (host, secret) => host.KernelLog = $"[    0.1] Command line: root=/dev/sda1 {secret.Text}\n"),
        new("a line of the engine's log", Any, static (host, secret) => host.EngineLog = $"time=\"2026-01-01T00:00:00Z\" level=error msg=\"failed: {secret.Text.Replace('"', '\'')}\"\n"),
        new("a telling field of a log", SecretKinds.Named, static (host, secret) => host.EngineLog = $"level=info msg=\"login\" {secret.Name}={secret.Token} user=bob\n"),
        new("the engine's answer", SecretKinds.Text, static (host, secret) => host.EngineInfo = $$"""{"ServerVersion": {{Json(secret.Text)}}, "Driver": {{Json(secret.Text)}}, "DriverStatus": [["Backing Filesystem", {{Json(secret.Text)}}]]}"""),
        new("the name of a process", SecretKinds.Text, static (host, secret) => host.Files["proc/5/comm"] = secret.Text + "\n"),
        new("why a part failed", Any, static (host, secret) => host.Change = snapshot => snapshot with { Engine = SnapshotPart.Failed<EngineInfo>($"GET /info: {secret.Text}") }),
        new("a member of a newer version", OneWord, static (host, secret) => host.Change = snapshot => snapshot with
        {
            UnknownMembers = ImmutableSortedDictionary<string, JsonElement>.Empty.Add("next", JsonDocument.Parse($$"""{"{{secret.Name}}": [{{Json(secret.Token)}}], "a": {{Json(secret.Text.Contains(secret.Name, StringComparison.Ordinal) || secret.Text != secret.Token ? secret.Text : "")}} }""").RootElement),
        }),
        new("a name of a store", SecretKinds.Text, static (host, secret) => host.Change = snapshot => snapshot with
        {
            DriverHomes = SnapshotPart.Known(ImmutableArray.Create(BytePath.FromText("/" + secret.Text))),
        }),
        new("a container's name", SecretKinds.Text, static (host, secret) =>
        {
            string id = new('a', 64);
            host.Files[$"var/lib/docker/containers/{id}/config.v2.json"] = $$"""{"ID": "{{id}}", "Name": {{Json("/" + secret.Text)}}, "Driver": "overlay2", "Config": {"Image": {{Json(secret.Text)}}, "Env": [{{Json(secret.Text)}}]} }""";
        }),
    ];

    private static string Json(string text) => PlantedHost.Json(text);
}
