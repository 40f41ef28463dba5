using System.Collections.Immutable;

namespace Eco.Engines.Online.Experiments;

/// <summary>What came out of a federated run without actors.</summary>
/// <param name="MeanError">Mean error after the warm-up.</param>
/// <param name="Errors">The error after each batch, mean over the edges.</param>
/// <param name="Rounds">Merges.</param>
/// <param name="ModelBytes">Bytes of all artefacts sent, without envelopes.</param>
public sealed record FederatedKMeansOutcome(double MeanError, ImmutableArray<double> Errors, int Rounds, long ModelBytes);
