using System.Collections.Immutable;

namespace Eco.Host.Fleet;

/// <summary>Where on the network a process runs.</summary>
/// <param name="Address">The IP address that others reach it at.</param>
/// <param name="Namespace">The network namespace that it runs in; null: the machine's own.</param>
internal sealed record NetworkPlace(string Address, string? Namespace)
{
    /// <summary>This machine, reached by itself only.</summary>
    public static NetworkPlace Loopback { get; } = new("127.0.0.1", null);

    /// <summary>The words before a command that make it run here.</summary>
    public ImmutableArray<string> Prefix => Namespace is null ? [] : ["ip", "netns", "exec", Namespace];
}
