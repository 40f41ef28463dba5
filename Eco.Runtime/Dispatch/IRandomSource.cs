namespace Eco.Runtime.Dispatch;

/// <summary>The only source of chance in an actor system.</summary>
/// <remarks>
/// Streams are derived from one seed and a name, so that a component that is added never shifts another component's numbers
/// (papers.md, section 0: one stream per experiment, component and purpose).
/// </remarks>
public interface IRandomSource
{
    /// <summary>The seed that all streams are derived from.</summary>
    ulong Seed { get; }

    /// <summary>A generator for one purpose. The same seed and name give the same numbers in every process.</summary>
    /// <param name="purpose">A name that is unique to its user, such as an actor path and a purpose.</param>
    Random Stream(string purpose);
}
