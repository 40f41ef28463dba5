using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Sqlite;

public sealed class SqliteJournalModelTests : JournalModelContract
{
    protected override StorageHarness<IJournal> CreateHarness() => new SqliteJournalHarness();
}
