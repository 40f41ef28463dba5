namespace Eco.Runtime.Persistence.Postgres.Import;

/// <summary>Where an embedded server keeps what is to move.</summary>
/// <param name="Journal">Its journal's file.</param>
/// <param name="Statistics">Its statistics' file; may be missing.</param>
/// <param name="Artifacts">Its artefacts' folder; may be missing.</param>
public sealed record PostgresImportSource(string Journal, string Statistics, string Artifacts);
