namespace Eco.Runtime.Persistence.Statistics;

/// <summary>How far the server has one agent's statistics.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="UpTo">All numbers up to this one are stored or lost.</param>
/// <param name="Stored">Rows that arrived.</param>
/// <param name="ReportedDropped">What the agent says it has dropped; may count rows that had arrived before their acknowledgement did.</param>
/// <param name="BufferedRows">Rows that the agent's buffer held when it last said so.</param>
/// <param name="BufferedBytes">What the agent's buffer took then.</param>
public sealed record IngestPosition(
    string Agent, long Incarnation, long UpTo, long Stored, long ReportedDropped, long BufferedRows, long BufferedBytes)
{
    /// <summary>Rows that were made but dropped by the agent before they could arrive: exact.</summary>
    public long Lost => UpTo - Stored;
}
