using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Sqlite;

/// <summary>The journal contract on SQLite.</summary>
[TestFixture]
public sealed class SqliteJournalContractTests : JournalContract
{
    protected override StorageHarness<IJournal> CreateHarness() => new SqliteJournalHarness();
}
