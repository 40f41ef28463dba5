using Eco.Runtime.Persistence.Artifacts;
using Eco.Runtime.Persistence.Postgres;
using Eco.Tests.Artifacts;
using Eco.Tests.Persistence.Artifacts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Postgres;

/// <summary>Artefacts in and out of the database in pieces.</summary>
[Category("Slow")]
[Category("Process")]
public sealed class PostgresArtifactContentTests
{
    private const int Length = (2 << 20) + 17;
    private static readonly (byte[] Content, string Hash) Sample = ArtifactBench.Make(Length, 5);
    private PostgresArtifactOptions _options = null!;
    private PostgresArtifactStore _store = null!;
    private FileArtifactStoreHarness _folder = null!;
    private PostgresArtifactContent _content = null!;

    [SetUp]
    public void Open()
    {
        _options = new PostgresArtifactOptions
        {
            Database = new PostgresOptions { ConnectionString = PostgresServerOfTests.NewSchema(), HostName = "test" },
            MaxTotalBytes = 4 << 20,
        };
        _store = PostgresArtifactStore.Open(_options);
        _folder = new FileArtifactStoreHarness();
        _content = new PostgresArtifactContent(_options, _folder.Store);
    }

    [TearDown]
    public async Task Close()
    {
        await _content.DisposeAsync();
        await _store.DisposeAsync();
        await _folder.DisposeAsync();
    }

    [Test]
    public async Task Intake_WhenItIsInterrupted_GoesOnAndEndsInRows()
    {
        await WriteAsync(0, 1_500_000);
        ArtifactExtent part = await _content.FindAsync(Sample.Hash, CancellationToken.None);
        string got = await WriteAsync(1_500_000, Length);
        ArtifactExtent whole = await _content.FindAsync(Sample.Hash, CancellationToken.None);

        Assert.That((part, got, whole), Is.EqualTo((new ArtifactExtent(null, 1_500_000), Sample.Hash, new ArtifactExtent(Length, 0))));
        Assert.That(await ArtifactBench.ContentAsync(_store, Sample.Hash), Is.EqualTo(Sample.Content), "the servers' actors have it");
        Assert.That(_folder.Store.TotalBytes, Is.Zero, "nothing is left in the folder");
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase((1 << 20) - 1)]
    [TestCase(1 << 20)]
    [TestCase(Length - 1)]
    [TestCase(Length)]
    public async Task Read_WhenItBeginsAnywhere_GivesTheRest(int offset)
    {
        await ArtifactBench.PutAsync(_store, Sample.Content);

        await using Stream stream = await _content.ReadAsync(Sample.Hash, offset, CancellationToken.None);
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);

        Assert.That(rest.ToArray(), Is.EqualTo(Sample.Content[offset..]));
    }

    [Test]
    public async Task Intake_WhenTheDatabaseMayHoldNoMore_IsRefused()
    {
        await ArtifactBench.PutAsync(_store, Sample.Content);

        Assert.That(
            async () => await _content.TakeAsync(ArtifactBench.Make(1, 6).Hash, Length, CancellationToken.None), Throws.TypeOf<ArtifactSpaceException>());
    }

    [Test]
    public async Task Discard_WhenItIsThere_TakesItOut()
    {
        await ArtifactBench.PutAsync(_store, Sample.Content);

        await _content.DiscardAsync(Sample.Hash, CancellationToken.None);

        Assert.That(await _content.FindAsync(Sample.Hash, CancellationToken.None), Is.EqualTo(new ArtifactExtent(null, 0)));
        Assert.That(async () => await _content.ReadAsync(Sample.Hash, 0, CancellationToken.None), Throws.TypeOf<FileNotFoundException>());
    }

    private async Task<string> WriteAsync(int from, int to)
    {
        await using IArtifactIntake intake = await _content.TakeAsync(Sample.Hash, Length, CancellationToken.None);
        Assert.That(intake.Received, Is.EqualTo(from));
        await intake.WriteAsync(Sample.Content.AsMemory(from, to - from), CancellationToken.None);
        return to == Length ? await intake.FinishAsync(CancellationToken.None) : string.Empty;
    }
}
