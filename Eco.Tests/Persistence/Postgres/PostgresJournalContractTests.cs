using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>The journal contract on PostgreSQL.</summary>
[TestFixture]
[Category("Slow")]
[Category("Process")]
public sealed class PostgresJournalContractTests : JournalContract
{
    protected override StorageHarness<IJournal> CreateHarness() => new PostgresJournalHarness();
}
