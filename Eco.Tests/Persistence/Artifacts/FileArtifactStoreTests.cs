using Eco.Runtime.Persistence;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Artifacts;

/// <summary>The artefact contract on files, and what only files can suffer.</summary>
[TestFixture]
public sealed class FileArtifactStoreTests : ArtifactStoreContract
{
    [Test]
    public async Task Get_WhenAnyBitOfTheFileFlipped_FailsWithTheReason()
    {
        await using var harness = new FileArtifactStoreHarness();
        byte[] content = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        string hash = await PutAsync(harness, content);
        string file = FileOf(harness, hash);
        for (int bit = 0; bit < content.Length * 8; bit++)
        {
            byte[] damaged = [.. content];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(file, damaged);

            object answer = await harness.AskAsync((store, me) => store.Get(new GetArtifact(1, hash), me));

            Assert.That(answer, Is.InstanceOf<ArtifactFailed>(), $"bit {bit}");
            Assert.That(((ArtifactFailed)answer).Reason, Does.Contain("corrupt"));
        }
    }

    [Test]
    public async Task Put_WhenTheStoredFileIsCorrupt_MendsIt()
    {
        await using var harness = new FileArtifactStoreHarness();
        string hash = await PutAsync(harness, [1, 2, 3]);
        await File.WriteAllBytesAsync(FileOf(harness, hash), [1, 2]);

        await PutAsync(harness, [1, 2, 3]);

        object answer = await harness.AskAsync((store, me) => store.Get(new GetArtifact(1, hash), me));
        Assert.That(answer, Is.InstanceOf<ArtifactLoaded>());
        await harness.ReopenAsync();
        Assert.That(harness.Store.TotalBytes, Is.EqualTo(3));
    }

    [Test]
    public async Task Open_WhenAStoreWasInterrupted_RemovesItsTemporaryFile()
    {
        await using var harness = new FileArtifactStoreHarness();
        string leftOver = Path.Combine(harness.Folder, "tmp", new string('a', 64));
        await File.WriteAllBytesAsync(leftOver, [1]);

        await harness.ReopenAsync();

        Assert.That(File.Exists(leftOver), Is.False);
        Assert.That(harness.Store.TotalBytes, Is.Zero);
    }

    [Test]
    public async Task Put_WhenLimitsAreExceeded_FailsAndKeepsTheRest()
    {
        await using var harness = new FileArtifactStoreHarness(o => o with { MaxArtifactBytes = 10, MaxTotalBytes = 15 });
        string kept = await PutAsync(harness, new byte[10]);

        object tooBig = await harness.AskAsync((store, me) => store.Put(new PutArtifact(1, new byte[11]), me));
        object tooMany = await harness.AskAsync((store, me) => store.Put(new PutArtifact(2, new byte[6]), me));
        object fits = await harness.AskAsync((store, me) => store.Put(new PutArtifact(3, new byte[5]), me));

        Assert.That(tooBig, Is.InstanceOf<ArtifactFailed>());
        Assert.That(tooMany, Is.InstanceOf<ArtifactFailed>());
        Assert.That(fits, Is.InstanceOf<ArtifactStored>());
        Assert.That(harness.Store.TotalBytes, Is.EqualTo(15));
        Assert.That(await harness.AskAsync((store, me) => store.Get(new GetArtifact(4, kept), me)), Is.InstanceOf<ArtifactLoaded>());
    }

    [Test]
    public async Task Put_WhenTheFolderCannotBeWritten_FailsAndTheStoreGoesOn()
    {
        await using var harness = new FileArtifactStoreHarness();
        string hash = Eco.Runtime.Persistence.Artifacts.ArtifactName.Of([1]);
        string inTheWay = Path.Combine(harness.Folder, hash[..2]);
        await File.WriteAllTextAsync(inTheWay, "a file where a folder belongs");

        object refused = await harness.AskAsync((store, me) => store.Put(new PutArtifact(1, [1]), me));
        File.Delete(inTheWay);

        Assert.That(refused, Is.InstanceOf<ArtifactFailed>());
        Assert.That(await PutAsync(harness, [1]), Is.EqualTo(hash));
    }

    [Test]
    public async Task Put_WhenTheStoreIsClosed_Fails()
    {
        var harness = new FileArtifactStoreHarness();
        await harness.DisposeAsync();

        Assert.That(await harness.AskAsync((store, me) => store.Put(new PutArtifact(1, [1]), me)), Is.InstanceOf<ArtifactFailed>());
    }

    protected override StorageHarness<IArtifactStore> CreateHarness() => new FileArtifactStoreHarness();

    private static string FileOf(FileArtifactStoreHarness harness, string hash) => Path.Combine(harness.Folder, hash[..2], hash);

    private static async Task<string> PutAsync(FileArtifactStoreHarness harness, byte[] content)
    {
        object answer = await harness.AskAsync((store, me) => store.Put(new PutArtifact(1, content), me));
        Assert.That(answer, Is.InstanceOf<ArtifactStored>());
        return ((ArtifactStored)answer).Hash;
    }
}
