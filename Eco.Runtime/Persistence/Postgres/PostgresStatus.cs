using System.Collections.Immutable;

namespace Eco.Runtime.Persistence.Postgres;

/// <summary>A standby that receives the primary's changes.</summary>
/// <param name="Name">Its application name.</param>
/// <param name="State">Such as <c>streaming</c>.</param>
/// <param name="Sync"><c>sync</c>, <c>quorum</c>, <c>potential</c> or <c>async</c>.</param>
public sealed record PostgresStandby(string Name, string State, string Sync);

/// <summary>What there is to know of the servers' database.</summary>
/// <param name="Database">Hosts and name, as configured.</param>
/// <param name="Primary">The primary that was found.</param>
/// <param name="Version">The server's version.</param>
/// <param name="Schema">The schema's version; 0 for an empty database.</param>
/// <param name="Settings">The settings on which the promise of a commit rests.</param>
/// <param name="Standbys">Who receives the primary's changes.</param>
/// <param name="Bytes">Of the whole database.</param>
/// <param name="Tables">The greatest tables with their indices, in bytes.</param>
/// <param name="Partitions">Partitions that were claimed.</param>
/// <param name="Entities">Entities of the journal.</param>
/// <param name="Events">Events of the journal.</param>
public sealed record PostgresStatus(
    string Database,
    string Primary,
    string Version,
    int Schema,
    ImmutableSortedDictionary<string, string> Settings,
    ImmutableArray<PostgresStandby> Standbys,
    long Bytes,
    ImmutableArray<(string Table, long Bytes)> Tables,
    long Partitions,
    long Entities,
    long Events)
{
    internal static readonly string[] WatchedSettings =
        ["data_checksums", "fsync", "full_page_writes", "synchronous_commit", "synchronous_standby_names"];

    /// <summary>What endangers acknowledged commits, in words.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (string needed in (string[])["fsync", "full_page_writes"])
        {
            if (Settings[needed] != "on")
            {
                yield return $"{needed} is {Settings[needed]}: a power cut can damage the database; set it to on";
            }
        }

        if (Settings["synchronous_commit"] is "off" or "local" or "remote_write")
        {
            yield return $"synchronous_commit is {Settings["synchronous_commit"]}: acknowledged events can be lost; set it to on";
        }

        if (Settings["data_checksums"] != "on")
        {
            yield return "data_checksums is off: damaged pages are not noticed; make the cluster with initdb -k, or run pg_checksums --enable";
        }

        if (Settings["synchronous_standby_names"].Length == 0)
        {
            yield return "there is no synchronous standby: this server is a single point of failure, and a promotion of an asynchronous one can lose acknowledged events";
        }
        else if (!Standbys.Any(standby => standby.Sync is "sync" or "quorum"))
        {
            yield return $"synchronous_standby_names is '{Settings["synchronous_standby_names"]}' and no such standby is connected: every commit waits for one";
        }
    }
}
