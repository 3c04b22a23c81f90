using Overlay2.Storage.Configuration;
using Overlay2.Storage.Repair.Actions;
using Overlay2.Storage.Repair.Predicates;

namespace Overlay2.Storage.Repair.Planning;

/// <summary>Steps about the engine's configuration and the module's parameters.</summary>
internal static class ConfigurationSteps
{
    public static RepairStep Replace(ConfigurationEdit edit, string title, RepairRisk risk, string effect) => new()
    {
        Title = title,
        Action = new ReplaceConfigurationAction(edit.Path) { Original = edit.Original, Content = edit.Content },
        Preconditions = [new ConfigurationPredicate(edit.Path) { Content = edit.Original }],
        Postconditions = [new ConfigurationPredicate(edit.Path) { Content = edit.Content }],
        Risk = risk,
        Effect = effect,
        Undo = [new ReplaceConfigurationAction(edit.Path) { Original = edit.Content, Content = edit.Original }],
    };

    public static RepairStep SwitchOff(string parameter, string value, string effect)
    {
        const string Off = "N";
        return new RepairStep
        {
            Title = $"Switch the overlay module's parameter {parameter} off",
            Action = new SetModuleParameterAction(parameter, value, Off),
            Preconditions = [new ModuleParameterPredicate(parameter, value)],
            Postconditions = [new ModuleParameterPredicate(parameter, Off)],
            Risk = RepairRisk.R2,
            Effect = effect,
            Undo = [new SetModuleParameterAction(parameter, Off, value)],
        };
    }

    public static RepairStep RestartEngine(string effect) => new()
    {
        Title = "Start the engine again",
        Action = new RestartEngineAction(),
        Preconditions = [new EnginePredicate()],
        Postconditions = [new EnginePredicate()],
        Risk = RepairRisk.R3,
        Effect = effect,
    };
}
