using Eco.Runtime.Persistence.Journals;

namespace Eco.Runtime.Persistence.Statistics;

/// <summary>The statistics file cannot be used: damaged, of a newer version, locked or unreadable.</summary>
public sealed class StatisticsOpenException(string file, string cause, string cure, Exception? inner = null)
    : StorageOpenException(file, cause, cure, inner);
