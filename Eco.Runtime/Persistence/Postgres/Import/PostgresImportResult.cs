namespace Eco.Runtime.Persistence.Postgres.Import;

/// <summary>What has moved.</summary>
/// <param name="Partitions">Partitions of the journal.</param>
/// <param name="Entities">Entities of the journal.</param>
/// <param name="Events">Events of the journal.</param>
/// <param name="LastOrdering">The ordering of the last event.</param>
/// <param name="StatisticsRows">Rows of statistics.</param>
/// <param name="Artifacts">Artefacts.</param>
/// <param name="ArtifactBytes">Their bytes.</param>
public sealed record PostgresImportResult(
    int Partitions, long Entities, long Events, long LastOrdering, long StatisticsRows, long Artifacts, long ArtifactBytes);
