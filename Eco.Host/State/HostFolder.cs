namespace Eco.Host.State;

/// <summary>The folder of one host identity inside a state directory: its journal and what belongs to it. No transaction spans two of them.</summary>
/// <param name="Path">The folder, absolute.</param>
public sealed record HostFolder(string Path)
{
    /// <summary>Events, snapshots, outbox, inbox, ownership.</summary>
    public string Journal => System.IO.Path.Combine(Path, "journal.db");

    /// <summary>The projection that people query.</summary>
    public string Timeline => System.IO.Path.Combine(Path, "timeline.db");

    /// <summary>Statistics: primary data.</summary>
    public string Statistics => System.IO.Path.Combine(Path, "statistics.db");

    /// <summary>Engine processes, with their sockets.</summary>
    public string Engines => System.IO.Path.Combine(Path, "engines");

    /// <summary>Content-addressed artefacts.</summary>
    public string Artifacts => System.IO.Path.Combine(Path, "artifacts");
}
