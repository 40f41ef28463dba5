using System.Collections.Immutable;

namespace Eco.Actors.Ions.Language;

/// <summary>What became of an ION's text.</summary>
/// <param name="Id">The ION's id where it could be read, even if the rest is wrong.</param>
/// <param name="Definition">The ION; null when there is an error.</param>
/// <param name="Diagnostics">All findings, in the order of the text.</param>
/// <param name="Positions">Where each part of the ION was written, for findings made later.</param>
public sealed record IonParseResult(string? Id, IonDefinition? Definition, ImmutableArray<IonDiagnostic> Diagnostics, IonPositions Positions);
