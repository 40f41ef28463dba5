namespace Eco.Runtime.Cluster.RabbitMq;

/// <summary>
/// Names at the broker. A control queue is called as its address; routing keys are addresses and aliases. What agents send to passes
/// <see cref="UpExchange"/>, everything else <see cref="InternalExchange"/>.
/// </summary>
public static class RabbitMqNames
{
    /// <summary>What agents may publish to; its keys are the aliases <c>eco.up.*</c>.</summary>
    public const string UpExchange = "eco.up";

    /// <summary>What servers publish to; its keys are addresses.</summary>
    public const string InternalExchange = "eco.internal";

    /// <summary>Where queues leave frames that reached the delivery limit.</summary>
    public const string ParkedExchange = "eco.parked";

    /// <summary>Keeps the newest of those.</summary>
    public const string ParkedQueue = "eco.parked";

    /// <summary>Where telemetry queues leave what they drop, for servers to count.</summary>
    public const string DroppedExchange = "eco.dropped";

    /// <summary>What waits to be counted.</summary>
    public const string DroppedQueue = "eco.dropped";

    // No name of an agent has a colon: two queues can never be called alike.
    private const string TelemetrySuffix = ":tele";
    private const string PartitionPrefix = "eco.part.";
    private const string AliasPrefix = UpExchange + ".";

    /// <summary>The exchange by which an address or alias is reached.</summary>
    public static string ExchangeOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(AliasPrefix, StringComparison.Ordinal) ? UpExchange : InternalExchange;
    }

    /// <summary>The routing key of the telemetry lane.</summary>
    public static string TelemetryKeyOf(string key) => key + TelemetrySuffix;

    /// <summary>The telemetry queue of an address.</summary>
    public static string TelemetryQueueOf(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return IsPartition(address) ? string.Concat("eco.tele.", address.AsSpan(PartitionPrefix.Length)) : address + TelemetrySuffix;
    }

    /// <summary>Whether an address is a partition's: any server may receive it, and it may be declared by whoever needs it.</summary>
    public static bool IsPartition(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.StartsWith(PartitionPrefix, StringComparison.Ordinal);
    }
}
