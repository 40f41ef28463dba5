namespace Eco.Host.Campaigns.Workload;

/// <summary>What an operator does.</summary>
internal enum ClientVerb
{
    /// <summary>Submits the next version of an ION.</summary>
    Submit,

    /// <summary>Pauses it.</summary>
    Pause,

    /// <summary>Resumes it.</summary>
    Resume,
}

/// <summary>One command of an operator, given until it is accepted.</summary>
internal sealed class ClientCommand(int ion, ClientVerb verb, int number)
{
    /// <summary>Which ION.</summary>
    public int Ion => ion;

    /// <summary>What.</summary>
    public ClientVerb Verb => verb;

    /// <summary>Counts the ION's commands; tells one submitted version from the next.</summary>
    public int Number => number;

    /// <summary>For a submission: how many steps each pipeline takes, so that all of them end soon after the faults do.</summary>
    public int Steps { get; set; }

    /// <summary>How often it was given; any copy but the last may still be under way.</summary>
    public int Attempts { get; set; }

    /// <summary>Whether a server has said that it is done.</summary>
    public bool IsAccepted { get; set; }
}
