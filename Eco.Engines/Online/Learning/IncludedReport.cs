namespace Eco.Engines.Online.Learning;

/// <summary>That a merge contains a certain report.</summary>
/// <param name="Contributor">Whose.</param>
/// <param name="Batch">Which of its reports.</param>
/// <param name="Age">By how many batches the merge has aged it.</param>
internal readonly record struct IncludedReport(ulong Contributor, uint Batch, ushort Age);
