using static Overlay2.Storage.PropertyTests.Secrets.FieldSyntax;

namespace Overlay2.Storage.PropertyTests.Secrets;

internal static partial class FieldPlaces
{
    private const string Start = "ExecStart=/usr/bin/dockerd -H fd://";

    private static IEnumerable<SecretPlace> Units() =>
    [
        Named("Environment=\"n=v\"", (h, n, v) => h.Unit($"Environment=\"{n}={Unit(v)}\"\n{Start}")),
        Named("Environment='n=v'", (h, n, v) => h.Unit($"Environment='{n}={UnitSingle(v)}'\n{Start}")),
        Named("Environment=n=v", (h, n, v) => h.Unit($"Environment={n}={UnitBare(v)}\n{Start}")),
        Named("Environment=n=\"v\"", (h, n, v) => h.Unit($"Environment={n}=\"{Unit(v)}\"\n{Start}")),
        Named("one of several in Environment=", (h, n, v) => h.Unit($"Environment=LANG=C \"{n}={Unit(v)}\" TZ=UTC\n{Start}")),
        Named("Environment= over lines", (h, n, v) => h.Unit($"Environment=\"LANG=C\" \\\n    \"{n}={Unit(v)}\" \\\n    \"TZ=UTC\"\n{Start}")),
        Named("Environment= over lines with a comment", (h, n, v) => h.Unit($"Environment=LANG=C \\\n# the next is new\n    {n}={UnitBare(v)}\n{Start}")),
        Named("value on the next line", (h, n, v) => h.Unit($"Environment=\"{n}=\\\n{Unit(v)}\"\n{Start}")),
        Named("Environment= without its last quote", (h, n, v) => h.Unit($"Environment=\"{n}={Unit(v)}\n{Start}")),
        Named("Environment = with blanks, not quoted", (h, n, v) => h.Unit($"Environment = {n}={v.Replace("%", "%%", StringComparison.Ordinal)}\n{Start}")),
        Named("drop-in", File("etc/systemd/system/docker.service.d/http.conf", (n, v) => $"[Service]\nEnvironment=\"{n}={Unit(v)}\"\n")),
        Named("drop-in in /run", File("run/systemd/system/docker.service.d/a.conf", (n, v) => $"[Service]\r\nEnvironment=\"{n}={Unit(v)}\"\r\n")),
        Named("drop-in of set-property", File("etc/systemd/system.control/docker.service.d/50-Environment.conf", (n, v) => $"# This is a drop-in unit file extension\n[Service]\nEnvironment={n}={UnitBare(v)}")),
        Named("drop-in of all services", File("usr/lib/systemd/system/service.d/10-all.conf", (n, v) => $"[Service]\nEnvironment='{n}={UnitSingle(v)}'\n")),
        Named("comment of a unit", (h, n, v) => h.Unit($"{Start}\n# Environment=\"{n}={Unit(v)}\"")),
        Named("comment of a unit, with ;", (h, n, v) => h.Unit($"{Start}\n; {n}: {v}")),
        Named("note in a comment", (h, n, v) => h.Unit($"{Start}\n# old {n} was {v}, do not use")),
        Named("SetCredential=", (h, n, v) => h.Unit($"{Start}\nSetCredential={n}:{v}")),
        Named("section of its own", (h, n, v) => h.Unit($"{Start}\n[X-Site]\n{n}={v}")),
        Named("ExecStart= --log-opt", (h, n, v) => h.Unit($"{Start} --log-opt \"{n}={Unit(v)}\" --debug")),
        Named("ExecStart= --n=v", (h, n, v) => h.Unit($"{Start} --{n}={UnitBare(v)}")),
        Named("ExecStart= --n v", (h, n, v) => h.Unit($"{Start} --{n} \"{Unit(v)}\"")),
        Named("ExecStart= over lines", (h, n, v) => h.Unit($"{Start} \\\n    --label env=prod \\\n    --label '{n}={UnitSingle(v)}' \\\n    --debug")),
        Named("flag and value on two lines", (h, n, v) => h.Unit($"{Start} \\\n    --{n} \\\n    {UnitBare(v)} \\\n    --debug")),
        Named("ExecStartPre= env", (h, n, v) => h.Unit($"ExecStartPre=-/usr/bin/env \"{n}={Unit(v)}\" /usr/local/bin/prepare\n{Start}")),
        Named("ExecStartPre= sh -c", (h, n, v) => h.Unit($"ExecStartPre=/bin/sh -c \"{n}={Unit(Json(v))} prepare\"\n{Start}")),
        Text("Environment= value", (h, t) => h.Unit($"Environment=\"EXTRA={Unit(t)}\"\n{Start}")),
        Text("Environment=HTTP_PROXY", (h, t) => h.Unit($"Environment=\"HTTP_PROXY={Unit(t)}\" \"NO_PROXY=localhost\"\n{Start}")),
        Text("Environment= of a lower case proxy", (h, t) => h.Unit($"Environment=https_proxy={UnitBare(t)}\n{Start}")),
        Text("ExecStartPre=", (h, t) => h.Unit($"ExecStartPre=/usr/bin/env {t.Replace("%", "%%", StringComparison.Ordinal)}\n{Start}")),
        Text("ExecStartPost= sh -c", (h, t) => h.Unit($"{Start}\nExecStartPost=/bin/sh -c \"{Unit(t)}\"")),
        Text("argument of ExecStart=", (h, t) => h.Unit($"{Start} --registry-mirror \"{Unit(t)}\"")),
        Text("Description=", (h, t) => h.Unit($"{Start}\n[Unit]\nDescription={t}")),
        Lines("comments of a unit", (h, t) => h.Unit(string.Concat(t.Split('\n').Select(line => $"# {line}\n")) + Start)),
        Lines("variable over lines of a unit", (h, t) => h.Unit($"Environment=\"BLOB={Unit(t)}\"\n{Start}")),
        Text("argument after an unclosed quote", (h, t) => h.Unit($"{Start} --label 'env=prod {t}")),
    ];

    private static IEnumerable<SecretPlace> VariableFiles() =>
    [
        Named("EnvironmentFile=, n=\"v\"", Variables((n, v) => $"LANG=C\n{n}=\"{Shell(v)}\"\nTZ=UTC\n")),
        Named("EnvironmentFile=, n='v'", Variables((n, v) => $"{n}='{ShellSingle(v)}'\n")),
        Named("EnvironmentFile=, n=v", Variables((n, v) => $"LANG=C\n{n}={v}\n")),
        Named("EnvironmentFile=, n = v", Variables((n, v) => $"{n} = {v}\n")),
        Named("EnvironmentFile=, export", Variables((n, v) => $"export {n}=\"{Shell(v)}\"\n")),
        Named("EnvironmentFile=, n: v", Variables((n, v) => $"{n}: {v}\n")),
        Named("EnvironmentFile=, comment", Variables((n, v) => $"# {n}={v}\nLANG=C\n")),
        Named("EnvironmentFile=, comment without blank", Variables((n, v) => $"#{n}=\"{Shell(v)}\"\n")),
        Named("EnvironmentFile=, on the next line", Variables((n, v) => $"{n}=\\\n{v}\nLANG=C\n")),
        Named("EnvironmentFile=, quotes over lines", Variables((n, v) => $"{n}=\"\n{Shell(v)}\n\"\nLANG=C\n")),
        Named("EnvironmentFile=, with CR", Variables((n, v) => $"LANG=C\r\n{n}={v}\r\n")),
        Named("EnvironmentFile=, last line", Variables((n, v) => $"LANG=C\n  {n}={v}")),
        Named("/etc/default/docker, export", File("etc/default/docker", (n, v) => $"# Docker\nexport {n}=\"{Shell(v)}\"\n")),
        Named("/etc/default/docker, DOCKER_OPTS", File("etc/default/docker", (n, v) => $"DOCKER_OPTS=\"--dns 8.8.8.8 --log-opt {n}={Shell(v)} --debug\"\n")),
        Named("/etc/default/docker, DOCKER_OPTS with inner quotes", File("etc/default/docker", (n, v) => $"DOCKER_OPTS=\"--log-opt \\\"{n}={Shell(v)}\\\"\"\n")),
        Named("/etc/sysconfig/docker, OPTIONS", File("etc/sysconfig/docker", (n, v) => $"OPTIONS='--selinux-enabled --log-opt={n}={ShellSingle(v)}'\n")),
        Named("/etc/sysconfig/docker, --n v", File("etc/sysconfig/docker", (n, v) => $"OPTIONS='--{n} {ShellSingle(v)} --selinux-enabled'\n")),
        Named("/etc/sysconfig/docker, commented", File("etc/sysconfig/docker", (n, v) => $"OPTIONS=''\n#ADD_OPTIONS='--{n}={ShellSingle(v)}'\n")),
        Named("/etc/sysconfig/docker-storage", File("etc/sysconfig/docker-storage", (n, v) => $"DOCKER_STORAGE_OPTIONS=\"--storage-driver overlay2 --storage-opt {n}={Shell(v)}\"\n")),
        Named("/etc/sysconfig/docker-storage, a variable", File("etc/sysconfig/docker-storage", (n, v) => $"DOCKER_STORAGE_OPTIONS=\"\"\n{n}={v}\n")),
        Text("EnvironmentFile=, value", (h, t) => Variables((_, v) => $"EXTRA=\"{Shell(v)}\"\n")(h, "", t)),
        Text("EnvironmentFile=, value not quoted", (h, t) => Variables((_, v) => $"EXTRA={v}\nLANG=C\n")(h, "", t)),
        Text("EnvironmentFile=, http_proxy", (h, t) => Variables((_, v) => $"http_proxy={v}\nno_proxy=localhost\n")(h, "", t)),
        Lines("EnvironmentFile=, several lines", (h, t) => Variables((_, v) => $"BLOB=\"{Shell(v)}\"\nLANG=C\n")(h, "", t)),
        Lines("EnvironmentFile=, several lines in single quotes", (h, t) => Variables((_, v) => $"BLOB='{ShellSingle(v)}'\nLANG=C\n")(h, "", t)),
        Lines("EnvironmentFile=, something else", (h, t) => Variables((_, v) => v + "\n")(h, "", t)),
        Lines("/etc/default/docker, commented", File("etc/default/docker", t => string.Concat(t.Split('\n').Select(line => $"#{line}\n")))),
        Text("/etc/default/docker, a command", File("etc/default/docker", t => $"{t}\n")),
    ];

    private static Action<PlantedHost, string, string> Variables(Func<string, string, string> content) => (host, name, value) =>
    {
        host.Unit($"EnvironmentFile=-/etc/sysconfig/engine.env\n{Start}");
        host.Files["etc/sysconfig/engine.env"] = content(name, value);
    };
}
