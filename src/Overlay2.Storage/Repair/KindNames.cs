using System.Text.Json.Serialization.Metadata;
using Overlay2.Storage.Repair.Actions;

namespace Overlay2.Storage.Repair;

/// <summary>The names that actions and predicates have in plans: those of the two tables.</summary>
internal static class KindNames
{
    private static readonly Dictionary<Type, string> s_actions = NamesOf(RepairJsonContext.Default.RepairAction);

    public static string Of(RepairAction action) => s_actions[action.GetType()];

    private static Dictionary<Type, string> NamesOf(JsonTypeInfo table) => table.PolymorphismOptions!.DerivedTypes.ToDictionary(line => line.DerivedType, line => (string)line.TypeDiscriminator!);
}
