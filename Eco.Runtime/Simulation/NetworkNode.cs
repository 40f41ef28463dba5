namespace Eco.Runtime.Simulation;

/// <summary>A host's network card to its own site, or a site's card to the others: it sends one frame after the other.</summary>
internal sealed class NetworkCard
{
    /// <summary>When it will have sent all that it was given, in ticks.</summary>
    public long FreeAt { get; set; }
}

/// <summary>A host on the network.</summary>
internal sealed record NetworkNode(string Name, string Site, NetworkCard Lan, NetworkCard Wan);
