namespace Eco.Runtime.Persistence.Journals;

/// <summary>The bounds of a <see cref="StorageLoop{T}"/>'s queue.</summary>
/// <param name="Entries">At most so many wait.</param>
/// <param name="Bytes">At most so many bytes wait; one greater item is let into an empty queue.</param>
/// <param name="Batch">At most so many are handed over together.</param>
internal readonly record struct StorageLoopLimits(int Entries, long Bytes, int Batch);
