using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>Random histories on PostgreSQL.</summary>
[Category("Slow")]
[Category("Process")]
public sealed class PostgresJournalModelTests : JournalModelContract
{
    protected override StorageHarness<IJournal> CreateHarness() => new PostgresJournalHarness();
}
