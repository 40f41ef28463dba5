using System.Collections.Immutable;

namespace Eco.Runtime.Hocon;

/// <summary>What became of a document.</summary>
/// <param name="Root">The tree, an object or an array; null when there are diagnostics.</param>
/// <param name="Diagnostics">All that is wrong; empty when the tree is there.</param>
public sealed record HoconParseResult(HoconNode? Root, ImmutableArray<HoconDiagnostic> Diagnostics);
