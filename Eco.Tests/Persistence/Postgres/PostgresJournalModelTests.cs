using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;

namespace Eco.Tests.Persistence.Postgres;

public sealed class PostgresJournalModelTests : JournalModelContract
{
    protected override StorageHarness<IJournal> CreateHarness() => new PostgresJournalHarness();
}
