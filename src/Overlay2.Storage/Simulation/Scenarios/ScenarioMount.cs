using System.Text.Json;
using Overlay2.Storage.Simulation.Merging;

namespace Overlay2.Storage.Simulation.Scenarios;

/// <summary>Turns the mount options and module parameters of a scenario into the switches in force.</summary>
internal static class ScenarioMount
{
    public static MountFeatures Features(JsonElement config)
    {
        Dictionary<string, string> options = config.GetProperty("options").EnumerateObject()
            .ToDictionary(static item => item.Name, static item => item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : "");
        Dictionary<string, string> module = config.GetProperty("module").EnumerateObject().ToDictionary(static item => item.Name, static item => item.Value.GetString()!);
        bool Module(string name) => module.GetValueOrDefault(name) == "Y";
        bool Switch(string name) => options.TryGetValue(name, out string? value) ? value == "on" : Module(name);

        bool userXattr = options.ContainsKey("userxattr");
        bool metacopy = !userXattr && Switch("metacopy");
        string redirect = options.GetValueOrDefault("redirect_dir") ?? (Module("redirect_dir") || metacopy ? "on" : "off");
        if (redirect == "off")
            redirect = Module("redirect_always_follow") ? "follow" : "nofollow";
        if (userXattr)
            redirect = "nofollow";
        bool hasUpper = config.GetProperty("upper").ValueKind == JsonValueKind.Object;
        bool nfsExport = Switch("nfs_export");
        string xino = options.GetValueOrDefault("xino") ?? (Module("xino_auto") ? "auto" : "off");
        string uuid = options.GetValueOrDefault("uuid") ?? "auto";
        return new MountFeatures
        {
            RedirectCreate = redirect == "on",
            RedirectFollow = redirect is "on" or "follow",
            Index = hasUpper && (Switch("index") || nfsExport),
            NfsExport = nfsExport,
            Metacopy = metacopy,
            Xino = xino != "off",
            XinoOn = xino == "on",
            UserXattr = userXattr,
            Volatile = hasUpper && options.ContainsKey("volatile"),
            HandleUuid = uuid != "off",
            Uuid = uuid switch { "on" => UuidMode.On, "off" => UuidMode.Off, "null" => UuidMode.Null, _ => UuidMode.Auto },
        };
    }
}
