using System.Collections.Immutable;

namespace Eco.Host.Fuzzing;

/// <summary>A parser that gets mutated inputs.</summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>As it is typed.</summary>
    string Name { get; }

    /// <summary>Valid inputs that mutations start from.</summary>
    ImmutableArray<byte[]> Corpus { get; }

    /// <summary>Pieces of the parser's language that mutations put in.</summary>
    ImmutableArray<string> Tokens { get; }

    /// <summary>Reads an input. Accepting it and refusing it with the error that the parser declares are both right; an exception is a defect.</summary>
    /// <returns>Whether it was accepted.</returns>
    bool Read(byte[] input);
}
