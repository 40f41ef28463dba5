using Eco.Runtime.Dispatch;

namespace Eco.Runtime.Persistence;

/// <summary>What the persistent actors of one host use; registered with its actor system before the first of them is created.</summary>
/// <param name="Journal">The host's journal.</param>
/// <param name="Registry">The types that may be journalled.</param>
/// <param name="Clock">Stamps events.</param>
/// <param name="OwnershipOf">The claim of now under which a persistence id is written.</param>
/// <param name="CrashPoints">Where a fault campaign may end the host.</param>
public sealed record PersistenceExtension(
    IJournal Journal,
    MessageRegistry Registry,
    HybridClock Clock,
    Func<string, Ownership> OwnershipOf,
    ICrashPoints CrashPoints);
