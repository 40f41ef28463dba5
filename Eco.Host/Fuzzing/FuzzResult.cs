using System.Collections.Immutable;

namespace Eco.Host.Fuzzing;

/// <summary>An input that a parser must not answer as it did.</summary>
/// <param name="Seed">Makes it again: <c>eco fuzz --parser NAME --seed SEED --inputs 1</c>.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Input">The input, escaped.</param>
internal sealed record FuzzFailure(ulong Seed, string Reason, string Input);

/// <summary>What a campaign against one parser found.</summary>
/// <param name="Parser">Its name.</param>
/// <param name="Inputs">How many it was given.</param>
/// <param name="Accepted">How many of them it accepted.</param>
/// <param name="Unhandled">How many ended in an exception that is no answer of the parser.</param>
/// <param name="SlowestMs">The longest time that an input took, in milliseconds.</param>
/// <param name="LargestAllocationMb">The most that one input made the parser allocate, in MB.</param>
/// <param name="Seconds">How long all took.</param>
/// <param name="Failures">The first of them, exceptions and limits exceeded.</param>
internal sealed record FuzzResult(
    string Parser, long Inputs, long Accepted, long Unhandled, double SlowestMs, double LargestAllocationMb, double Seconds, ImmutableArray<FuzzFailure> Failures);
