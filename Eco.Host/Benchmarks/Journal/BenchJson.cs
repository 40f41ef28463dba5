using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Eco.Runtime.Persistence;

namespace Eco.Host.Benchmarks.Journal;

/// <summary>An event of about 100 bytes, as those of the domain.</summary>
/// <param name="Account">Where it counts.</param>
/// <param name="Amount">How much.</param>
/// <param name="Reason">Why.</param>
internal sealed record AmountBooked(int Account, long Amount, string Reason);

/// <summary>All accounts.</summary>
/// <param name="Amounts">By account.</param>
internal sealed record AccountsTaken(ImmutableArray<long> Amounts);

/// <summary>How they are journalled.</summary>
[JsonSerializable(typeof(AmountBooked))]
[JsonSerializable(typeof(AccountsTaken))]
internal sealed partial class BenchJson : JsonSerializerContext;

/// <summary>All that the benchmark journals.</summary>
internal static class BenchRegistry
{
    public static MessageRegistry All { get; } = new MessageRegistry.Builder()
        .Add("bench.amount-booked/1", BenchJson.Default.AmountBooked)
        .Add("bench.accounts-taken/1", BenchJson.Default.AccountsTaken)
        .Build();
}
