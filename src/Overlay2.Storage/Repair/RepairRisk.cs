namespace Overlay2.Storage.Repair;

/// <summary>What a step or a plan can cost. A plan's risk is that of its riskiest step.</summary>
/// <remarks>Nothing from <see cref="R3"/> on is planned unless the caller names it.</remarks>
public enum RepairRisk
{
    /// <summary>Only reads.</summary>
    R0,

    /// <summary>Can be undone, and no workload notices it.</summary>
    R1,

    /// <summary>Can be undone, and a workload may notice it for a moment; or takes away what nobody uses.</summary>
    R2,

    /// <summary>Workloads are started again.</summary>
    R3,

    /// <summary>Destroys data that can be fetched again.</summary>
    R4,

    /// <summary>Destroys data that cannot be fetched again.</summary>
    R5,
}
