namespace Eco.Runtime.Hocon;

/// <summary>A document found for an <c>include</c> statement.</summary>
/// <param name="Name">Its full name: shown in positions, compared to find cycles, and the base of relative names within it.</param>
/// <param name="Content">UTF-8.</param>
/// <param name="IsProperties">Whether it is a Java properties file rather than HOCON or JSON.</param>
public sealed record IncludedDocument(string Name, ReadOnlyMemory<byte> Content, bool IsProperties = false);
