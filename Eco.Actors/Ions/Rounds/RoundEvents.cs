using System.Collections.Immutable;
using Eco.Actors.Models;
using Eco.Runtime.Persistence;

namespace Eco.Actors.Ions.Rounds;

/// <summary>Event: the first update after the last round has opened a round.</summary>
/// <param name="Round">Counts from 1.</param>
/// <param name="Expected">The agents whose updates are expected, in ordinal order.</param>
public sealed record RoundOpened(long Round, ImmutableArray<string> Expected);

/// <summary>Event: an update counts in a round; a later one of the same agent replaces it.</summary>
public sealed record UpdateReceived(long Round, RoundUpdate Update);

/// <summary>Event: an update is left out.</summary>
public sealed record UpdateLeftOut(long Round, string Agent, string Hash, string Reason);

/// <summary>Event: a round's deadline has passed.</summary>
public sealed record RoundOverdue(long Round);

/// <summary>Event: a round takes no more updates; its merge is asked for.</summary>
/// <param name="Round">The round.</param>
/// <param name="Participants">The agents whose updates are merged.</param>
/// <param name="Merger">The agent that does the arithmetic.</param>
/// <param name="ClosedAt">When.</param>
public sealed record RoundClosed(long Round, ImmutableArray<string> Participants, string Merger, HybridTimestamp ClosedAt);

/// <summary>Event: a round ends without a merge; the model is unchanged.</summary>
public sealed record RoundVoided(long Round, string Reason, HybridTimestamp ClosedAt);

/// <summary>Event: a round's one result.</summary>
/// <param name="Round">The round.</param>
/// <param name="Parents">The hashes that it was made from.</param>
/// <param name="Model">The merged model.</param>
public sealed record RoundMerged(long Round, ImmutableArray<string> Parents, ModelReference Model);

/// <summary>An update in a round.</summary>
/// <param name="Agent">Who sent it.</param>
/// <param name="Component">The merging component that it is for.</param>
/// <param name="Emission">Counts the agent's emissions.</param>
/// <param name="EmittedAt">When it was emitted.</param>
/// <param name="Model">The model.</param>
public sealed record RoundUpdate(string Agent, string Component, long Emission, HybridTimestamp EmittedAt, ModelReference Model);
