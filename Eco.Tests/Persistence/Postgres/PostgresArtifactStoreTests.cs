using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Postgres;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

[Category("Slow")]
[Category("Process")]
public sealed class PostgresArtifactStoreTests : ArtifactStoreContract
{
    private PostgresHarness<IArtifactStore, PostgresArtifactStore> _own = null!;

    protected override StorageHarness<IArtifactStore> CreateHarness() => _own = new PostgresHarness<IArtifactStore, PostgresArtifactStore>(
        database => PostgresArtifactStore.Open(new PostgresArtifactOptions { Database = database, MaxArtifactBytes = 3 << 20, MaxTotalBytes = 4 << 20 }));

    [TestCase("UPDATE artifact_chunk SET bytes = set_byte(bytes, 5, 255 - get_byte(bytes, 5)) WHERE number = 1")]
    [TestCase("DELETE FROM artifact_chunk WHERE number = 2")]
    [TestCase("UPDATE artifact_chunk SET bytes = '' WHERE number = 0")]
    public async Task Get_WhenRowsWereChanged_SaysSoUntilItIsStoredAgain(string change)
    {
        byte[] content = new byte[(2 << 20) + 17];
        new Random(4).NextBytes(content);
        var stored = (ArtifactStored)await _own.AskAsync((store, me) => store.Put(new PutArtifact(1, content), me));
        TestPostgres.Execute(_own.ConnectionString, change);

        object corrupt = await _own.AskAsync((store, me) => store.Get(new GetArtifact(2, stored.Hash), me));
        object again = await _own.AskAsync((store, me) => store.Put(new PutArtifact(3, content), me));
        object whole = await _own.AskAsync((store, me) => store.Get(new GetArtifact(4, stored.Hash), me));

        Assert.That(corrupt, Is.InstanceOf<ArtifactFailed>());
        Assert.That(((ArtifactFailed)corrupt).Reason, Does.Contain("ArtefactCorrupt"));
        Assert.That(again, Is.EqualTo(stored with { CorrelationId = 3 }));
        Assert.That(((ArtifactLoaded)whole).Content, Is.EqualTo(content));
    }

    [Test]
    public async Task Put_WhenItIsTooMuch_FailsAndKeepsTheOthers()
    {
        object tooGreat = await _own.AskAsync((store, me) => store.Put(new PutArtifact(1, new byte[(3 << 20) + 1]), me));
        object first = await _own.AskAsync((store, me) => store.Put(new PutArtifact(2, new byte[3 << 20]), me));
        object noRoom = await _own.AskAsync((store, me) => store.Put(new PutArtifact(3, new byte[2 << 20]), me));

        Assert.That(tooGreat, Is.InstanceOf<ArtifactFailed>());
        Assert.That(first, Is.InstanceOf<ArtifactStored>());
        Assert.That(noRoom, Is.InstanceOf<ArtifactFailed>());
        Assert.That(await _own.AskAsync((store, me) => store.Get(new GetArtifact(4, ((ArtifactStored)first).Hash), me)), Is.InstanceOf<ArtifactLoaded>());
    }

    [Test]
    public async Task Put_WhenTwoServersStoreTheSame_KeepsItOnce()
    {
        var stored = (ArtifactStored)await _own.AskAsync((store, me) => store.Put(new PutArtifact(1, [9, 9]), me));
        await using PostgresArtifactStore other =
            PostgresArtifactStore.Open(new PostgresArtifactOptions { Database = new PostgresOptions { ConnectionString = _own.ConnectionString } });
        byte[] content = new byte[1 << 20];

        IReadOnlyList<object> answers = await _own.AskAsync(
            (store, me) =>
            {
                for (int i = 0; i < 20; i++)
                {
                    (i % 2 == 0 ? store : other).Put(new PutArtifact(i, content), me);
                }
            },
            all => all.Count == 20);

        Assert.That(answers, Is.All.InstanceOf<ArtifactStored>());
        Assert.That(await _own.AskAsync((_, me) => other.Get(new GetArtifact(2, stored.Hash), me)), Is.InstanceOf<ArtifactLoaded>(), "what the first has stored");
    }
}
