namespace Overlay2.Storage.Repair;

/// <summary>Starts the engine again, through its control.</summary>
public sealed record RestartEngineAction : RepairAction;
