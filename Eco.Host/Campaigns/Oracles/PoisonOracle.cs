using System.Globalization;
using Eco.Runtime.Cluster;

namespace Eco.Host.Campaigns.Oracles;

/// <summary>Row 11 of the fault matrix: a message that cannot be applied is parked, once, after it was tried as often as is due, and none is forgotten.</summary>
internal sealed class PoisonOracle : Oracle
{
    private readonly SortedDictionary<string, string> _injected = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parked = new(StringComparer.Ordinal);

    public override string Name => "row 11 poison";

    /// <summary>A message that cannot be applied is on its way.</summary>
    public void Injected(string sender, string receiver) => _injected.Add(sender, receiver);

    /// <summary>Whether a sender's message is parked.</summary>
    public bool IsParked(string sender) => _parked.Contains(sender);

    public override void Committed(JournalCommit commit)
    {
        if (commit.Request.Parked is not { } parked)
        {
            return;
        }

        if (!_injected.ContainsKey(parked.Sender))
        {
            Violate($"{commit.Entity} parks a good message of {parked.Sender}: {parked.Reason}");
        }
        else if (!_parked.Add(parked.Sender))
        {
            Violate($"{commit.Entity} parks the message of {parked.Sender} twice");
        }
        else if (parked.Attempts < EntityOptions.Default.MaximumAttempts)
        {
            Violate(string.Create(CultureInfo.InvariantCulture, $"{commit.Entity} parks the message of {parked.Sender} after {parked.Attempts} attempts"));
        }
    }

    public override void Ended()
    {
        foreach ((string sender, string receiver) in _injected)
        {
            if (!_parked.Contains(sender))
            {
                Violate($"the message of {sender} to {receiver} is not parked");
            }
        }
    }
}
