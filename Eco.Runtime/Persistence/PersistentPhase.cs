namespace Eco.Runtime.Persistence;

/// <summary>What a persistent actor is doing.</summary>
public enum PersistentPhase
{
    /// <summary>It reads its journal.</summary>
    Recovering,

    /// <summary>It takes commands.</summary>
    Active,

    /// <summary>A transaction of it is on its way; commands wait.</summary>
    Committing,

    /// <summary>It ends, because a recovery or a write failed.</summary>
    Failed,
}
