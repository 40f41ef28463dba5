namespace Eco.Host.Chaos;

/// <summary>What became of an agent's statistics.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Recorded">Rows that it has recorded.</param>
/// <param name="Stored">Rows of it that the servers have stored.</param>
/// <param name="Held">Rows that it still holds beyond those.</param>
/// <param name="Dropped">Rows that it has counted as dropped.</param>
/// <param name="Repeated">Rows that the servers have more than once.</param>
internal sealed record ChaosStatistics(string Agent, long Recorded, long Stored, long Held, long Dropped, long Repeated);
