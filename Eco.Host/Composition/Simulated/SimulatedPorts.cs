using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Statistics;

namespace Eco.Host.Composition.Simulated;

/// <summary>The ports that one start of a simulated host has.</summary>
/// <param name="Journal">Its journal.</param>
/// <param name="Artifacts">Its artefact store.</param>
/// <param name="Statistics">Its statistics store.</param>
/// <param name="Transport">Its transport.</param>
/// <param name="Transfer">Its way of artefacts to and from a server.</param>
public sealed record SimulatedPorts(IJournal Journal, IArtifactStore Artifacts, IStatisticsStore Statistics, ITransport Transport, IArtifactTransfer Transfer);
