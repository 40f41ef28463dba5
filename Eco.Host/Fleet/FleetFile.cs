using System.Collections.Immutable;
using System.Text.Json;

namespace Eco.Host.Fleet;

/// <summary>What a state directory says of its cluster, in <c>fleet.json</c>.</summary>
/// <param name="Shape">How many of what it has.</param>
/// <param name="PostgresFolder">Where PostgreSQL keeps its data.</param>
/// <param name="Members">Its processes as they were last started.</param>
internal sealed record FleetFile(FleetShape Shape, string PostgresFolder, ImmutableArray<FleetMember> Members)
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Where it lies in a state directory.</summary>
    public static string PathIn(string root) => Path.Combine(root, "fleet.json");

    /// <summary>Reads it; null: there is no cluster.</summary>
    /// <exception cref="JsonException">It is damaged.</exception>
    public static FleetFile? Load(string root) =>
        File.Exists(PathIn(root)) ? JsonSerializer.Deserialize<FleetFile>(File.ReadAllText(PathIn(root)), Layout) : null;

    /// <summary>Writes it, all or nothing.</summary>
    public void Save(string root)
    {
        string file = PathIn(root);
        File.WriteAllText(file + ".tmp", JsonSerializer.Serialize(this, Layout));
        File.Move(file + ".tmp", file, overwrite: true);
    }
}

/// <summary>One process of a cluster.</summary>
/// <param name="Name">Its name in the cluster.</param>
/// <param name="Role">broker, database, server or agent.</param>
/// <param name="Address">Where others reach it; empty for one that dials out only.</param>
/// <param name="Namespace">Its network namespace; null: none of its own.</param>
/// <param name="Pid">Its process id; 0 when it was never started.</param>
/// <param name="StartTicks">When it started, in clock ticks since the machine booted.</param>
/// <param name="Folder">Where it keeps its files and its log.</param>
internal sealed record FleetMember(string Name, string Role, string Address, string? Namespace, int Pid, long StartTicks, string Folder)
{
    /// <summary>Whether it runs.</summary>
    public bool IsAlive => new ProcessIdentity(Pid, StartTicks).IsAlive;
}
