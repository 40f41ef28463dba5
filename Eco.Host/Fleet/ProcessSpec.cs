using System.Collections.Immutable;

namespace Eco.Host.Fleet;

/// <summary>What to start.</summary>
/// <param name="Name">What people call it, for errors.</param>
/// <param name="Folder">Its working directory, where its <c>pid</c> file lies too.</param>
/// <param name="LogFile">Takes its standard output and error; what is there stays.</param>
/// <param name="Command">The program and its arguments.</param>
/// <param name="Place">Where it runs.</param>
internal sealed record ProcessSpec(string Name, string Folder, string LogFile, ImmutableArray<string> Command, NetworkPlace Place)
{
    /// <summary>Its whole environment; only <c>PATH</c> and <c>LANG</c> are added.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The user that it runs as, where root starts it; null: the starter's own.</summary>
    public string? User { get; init; }
}
