namespace Eco.Runtime.Persistence.Postgres;

/// <summary>How a host reaches its PostgreSQL.</summary>
public sealed record PostgresOptions
{
    /// <summary>
    /// An Npgsql connection string, with several hosts where there is a standby. What it leaves open is set for them: the primary is looked for,
    /// host states are not remembered longer than a second, connections are kept alive and nothing is prepared.
    /// </summary>
    public required string ConnectionString { get; init; }

    /// <summary>Who this is, for the server's lists of connections.</summary>
    public string HostName { get; init; } = "eco";

    /// <summary>How long a connection attempt may take. Default: 5 s.</summary>
    public TimeSpan ConnectWithin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a statement may take; a commit that waits for its standby longer has an unknown outcome. Default: 10 s.</summary>
    public TimeSpan CommandWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a write waits for a database that went away before it is answered as failed; while it stays away, later ones are answered
    /// after a single attempt. Default: 5 s.
    /// </summary>
    public TimeSpan RideOutOutages { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long opening waits for a database that cannot be reached. Default: 30 s.</summary>
    public TimeSpan OpenWithin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of outages.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
