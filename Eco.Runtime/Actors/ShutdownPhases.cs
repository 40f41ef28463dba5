using System.Collections.Immutable;

namespace Eco.Runtime.Actors;

/// <summary>The order of a graph of phases.</summary>
internal static class ShutdownPhases
{
    /// <summary>Akka's phases, so that a task finds its place under the name that one knows. Those of the cluster are free for a host's own cluster.</summary>
    public static ImmutableSortedDictionary<string, ShutdownPhase> Default { get; } = Chain(
        CoordinatedShutdown.PhaseBeforeServiceUnbind,
        CoordinatedShutdown.PhaseServiceUnbind,
        CoordinatedShutdown.PhaseServiceRequestsDone,
        CoordinatedShutdown.PhaseServiceStop,
        CoordinatedShutdown.PhaseBeforeClusterShutdown,
        CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
        CoordinatedShutdown.PhaseClusterLeave,
        CoordinatedShutdown.PhaseClusterExiting,
        CoordinatedShutdown.PhaseClusterExitingDone,
        CoordinatedShutdown.PhaseClusterShutdown,
        CoordinatedShutdown.PhaseBeforeActorSystemTerminate,
        CoordinatedShutdown.PhaseActorSystemTerminate);

    /// <summary>Each phase after those that it depends on; by name where that leaves a choice.</summary>
    /// <exception cref="ArgumentException">A phase depends on itself, or on one that there is not.</exception>
    public static ImmutableArray<string> InOrder(IReadOnlyDictionary<string, ShutdownPhase> phases)
    {
        var order = ImmutableArray.CreateBuilder<string>(phases.Count);
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (string name in phases.Keys.Order(StringComparer.Ordinal))
        {
            Visit(name);
        }

        return order.ToImmutable();

        void Visit(string name)
        {
            if (done.Contains(name))
            {
                return;
            }

            if (path.Contains(name))
            {
                throw new ArgumentException($"phases of the shutdown depend on each other in a circle: {string.Join(" -> ", path)} -> {name}", nameof(phases));
            }

            if (!phases.TryGetValue(name, out ShutdownPhase? phase))
            {
                throw new ArgumentException($"phase '{path[^1]}' depends on '{name}', which is no phase; add it or depend on another one", nameof(phases));
            }

            if (phase.Timeout <= TimeSpan.Zero)
            {
                throw new ArgumentException($"phase '{name}' has a time-out of {phase.Timeout}; it has to be greater than zero", nameof(phases));
            }

            path.Add(name);
            foreach (string dependency in phase.DependsOn.Order(StringComparer.Ordinal))
            {
                Visit(dependency);
            }

            path.RemoveAt(path.Count - 1);
            done.Add(name);
            order.Add(name);
        }
    }

    private static ImmutableSortedDictionary<string, ShutdownPhase> Chain(params string[] names)
    {
        var phases = ImmutableSortedDictionary.CreateBuilder<string, ShutdownPhase>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            bool isLong = names[i]
                is CoordinatedShutdown.PhaseClusterShardingShutdownRegion
                or CoordinatedShutdown.PhaseClusterExiting
                or CoordinatedShutdown.PhaseActorSystemTerminate;
            phases.Add(names[i], new ShutdownPhase
            {
                DependsOn = i == 0 ? [] : [names[i - 1]],
                Timeout = TimeSpan.FromSeconds(isLong ? 10 : 5),
            });
        }

        return phases.ToImmutable();
    }
}
