namespace Eco.Runtime.Hocon;

/// <summary>An <c>include</c> statement.</summary>
/// <param name="Kind">How the name is to be understood.</param>
/// <param name="Name">The quoted text of the statement.</param>
/// <param name="IncludingFile">The name of the document that holds the statement; relative names start from its folder.</param>
/// <param name="MaxBytes">A document larger than this would be refused; no more of it needs to be read than shows that.</param>
public sealed record IncludeRequest(IncludeKind Kind, string Name, string IncludingFile, int MaxBytes);
