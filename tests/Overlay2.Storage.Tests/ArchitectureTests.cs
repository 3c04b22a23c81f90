using System.Reflection;
using NetArchTest.Rules;
using Overlay2.Storage.Bytes;

namespace Overlay2.Storage.Tests;

/// <summary>States every arrow of the house: a room may use only the rooms listed for it.</summary>
public sealed class ArchitectureTests
{
    private const string House = "Overlay2.Storage";

    private static readonly Assembly s_library = typeof(BytePath).Assembly;

    /// <summary>Room to the rooms it may use. Rooms that are not built yet are listed too.</summary>
    private static readonly Dictionary<string, string[]> s_mayUse = new(StringComparer.Ordinal)
    {
        ["Interop"] = [],
        ["Bytes"] = [],
        ["Kernel"] = [],
        ["Mounts"] = ["Bytes", "Interop"],
        ["MountOptions"] = ["Kernel", "Bytes"],
        ["Detection"] = ["Kernel", "Mounts", "Bytes", "Interop"],
        ["Simulation"] = ["Kernel", "MountOptions", "Bytes"],
        ["Layers"] = ["Simulation", "Detection", "MountOptions", "Mounts", "Kernel", "Bytes", "Interop"],
        ["Configuration"] = ["Bytes", "Interop"],
        ["Engines"] = ["Configuration", "Bytes", "Interop"],
        ["Snapshots"] = ["Engines", "Configuration", "Detection", "MountOptions", "Mounts", "Kernel", "Bytes", "Interop"],
        ["Hosts"] = ["Snapshots", "Engines", "Configuration", "MountOptions", "Mounts", "Kernel", "Bytes"],
        ["Diagnosis"] = ["Hosts", "Snapshots", "Engines", "Configuration", "Simulation", "MountOptions", "Mounts", "Kernel", "Bytes"],
        ["Repair"] = ["Diagnosis", "Hosts", "Snapshots", "Engines", "Configuration", "MountOptions", "Mounts", "Kernel", "Bytes", "Interop"],
    };

    public static TheoryData<string, string> ForbiddenArrows()
    {
        var arrows = new TheoryData<string, string>();
        foreach ((string room, string[] allowed) in s_mayUse)
        {
            foreach (string other in s_mayUse.Keys.Where(other => other != room && !allowed.Contains(other, StringComparer.Ordinal)))
                arrows.Add(room, other);
        }

        return arrows;
    }

    [Theory]
    [MemberData(nameof(ForbiddenArrows))]
    public void Room_does_not_use_a_room_it_may_not(string room, string other) =>
        AssertNoDependency(room, $"{House}.{other}.", $"{House}.{other}");

    /// <summary>A further engine is a folder and a line in the table: nothing else in the room knows one.</summary>
    [Theory]
    [InlineData("Docker")]
    [InlineData("ContainersStorage")]
    [InlineData("Containerd")]
    public void In_Engines_only_the_table_knows_an_engine(string engine)
    {
        string own = $"{House}.Engines.{engine}";
        string[] others = [.. s_library.GetTypes().Select(type => type.Namespace ?? "").Distinct(StringComparer.Ordinal)
            .Where(name => name.StartsWith($"{House}.Engines", StringComparison.Ordinal) && name != own && name != $"{House}.Engines.Known")];

        Assert.Contains($"{House}.Engines", others);
        foreach (string other in others)
        {
            NetArchTest.Rules.TestResult result = Types.InAssembly(s_library).That().ResideInNamespaceMatching($"^{other.Replace(".", "\\.", StringComparison.Ordinal)}$").ShouldNot().HaveDependencyOnAny(own, $"{own}.").GetResult();
            Assert.True(result.IsSuccessful, $"{other} uses {engine}: {string.Join(", ", result.FailingTypeNames ?? [])}");
        }
    }

    /// <summary>What the engines are built of knows none of them, and no part of it knows the overlay2 driver but that itself.</summary>
    [Theory]
    [InlineData("Files", "OverlayDriver")]
    [InlineData("Bolt", "OverlayDriver")]
    [InlineData("Redaction", "OverlayDriver")]
    [InlineData("Redaction", "Files")]
    [InlineData("Redaction", "Bolt")]
    [InlineData("Files", "Bolt")]
    [InlineData("Files", "Redaction")]
    [InlineData("OverlayDriver", "Bolt")]
    [InlineData("Reading", "OverlayDriver")]
    [InlineData("Reading", "Redaction")]
    [InlineData("Files", "Reading")]
    [InlineData("Bolt", "Reading")]
    public void Folders_of_Engines_form_no_cycle(string folder, string other) => AssertNoDependency($"Engines.{folder}", $"{House}.Engines.{other}.", $"{House}.Engines.{other}");

    [Fact]
    public void Only_Interop_names_Mono_Unix()
    {
        foreach (string room in s_mayUse.Keys.Where(room => room != "Interop"))
            AssertNoDependency(room, "Mono.Unix", "Mono.Posix");
    }

    [Fact]
    public void Only_Interop_declares_native_calls()
    {
        IEnumerable<string> elsewhere = s_library.GetTypes()
            .Where(type => RoomOf(type) != "Interop")
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Where(method => method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
            .Select(method => $"{method.DeclaringType}.{method.Name}");

        Assert.Empty(elsewhere);
    }

    [Fact]
    public void Every_type_lives_in_a_room_of_the_table()
    {
        IEnumerable<string?> homeless = s_library.GetTypes()
            .Where(type => type.Namespace is not null && type.Namespace.StartsWith(House, StringComparison.Ordinal))
            .Where(type => !s_mayUse.ContainsKey(RoomOf(type)))
            .Select(type => type.FullName);

        Assert.Empty(homeless);
    }

    [Fact]
    public void Interop_is_internal() =>
        Assert.DoesNotContain(s_library.GetExportedTypes(), type => RoomOf(type) == "Interop");

    [Fact]
    public void The_check_itself_sees_an_arrow_that_exists()
    {
        // Without this, a renamed namespace would turn every test above into one that cannot fail.
        NetArchTest.Rules.TestResult result = Types.InAssembly(s_library).That().ResideInNamespace($"{House}.Bytes")
            .ShouldNot().HaveDependencyOnAny($"{House}.Bytes.", $"{House}.Bytes").GetResult();

        Assert.False(result.IsSuccessful);
    }

    private static void AssertNoDependency(string room, params string[] forbidden)
    {
        NetArchTest.Rules.TestResult result = Types.InAssembly(s_library).That().ResideInNamespace($"{House}.{room}")
            .ShouldNot().HaveDependencyOnAny(forbidden).GetResult();

        Assert.True(result.IsSuccessful, $"{room} uses {forbidden[0]}: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    private static string RoomOf(Type type)
    {
        string[] parts = (type.Namespace ?? "").Split('.');
        return parts.Length > 2 ? parts[2] : "";
    }
}
