namespace Eco.Runtime.Hocon;

/// <summary>Finds the documents that <c>include</c> statements name. The parser itself touches neither disk nor network.</summary>
public interface IIncludeSource
{
    /// <summary>Finds what a statement names.</summary>
    /// <returns>
    /// The documents, in the order in which they are to be merged; none when nothing of that name exists, which is an error only where the
    /// statement says <c>required</c>.
    /// </returns>
    /// <exception cref="IOException">Something of that name exists and cannot be read.</exception>
    IReadOnlyList<IncludedDocument> Find(IncludeRequest request);
}
