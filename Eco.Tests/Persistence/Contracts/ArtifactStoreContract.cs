using System.Security.Cryptography;
using System.Text;
using Eco.Runtime.Persistence;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Contracts;

/// <summary>What every implementation of <see cref="IArtifactStore"/> keeps.</summary>
public abstract class ArtifactStoreContract
{
    /// <summary>SHA-256 of "abc", from FIPS 180-2's examples.</summary>
    private const string HashOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    private StorageHarness<IArtifactStore> _harness = null!;

    /// <summary>An empty store of its own.</summary>
    protected abstract StorageHarness<IArtifactStore> CreateHarness();

    [SetUp]
    public void Open() => _harness = CreateHarness();

    [TearDown]
    public async Task Close() => await _harness.DisposeAsync();

    [Test]
    public async Task Put_WhenStored_AnswersTheContentsHash() =>
        Assert.That(await PutAsync(7, "abc"u8.ToArray()), Is.EqualTo(new ArtifactStored(7, HashOfAbc, 3)));

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(1_000_003)]
    public async Task Get_WhenStoredBeforeAReopening_GivesTheSameBytes(int length)
    {
        byte[] content = new byte[length];
        new Random(length).NextBytes(content);
        var stored = (ArtifactStored)await PutAsync(1, content.ToArray());

        await _harness.ReopenAsync();
        object answer = await GetAsync(2, stored.Hash);

        Assert.That(stored.Hash, Is.EqualTo(Convert.ToHexStringLower(SHA256.HashData(content))));
        Assert.That(answer, Is.InstanceOf<ArtifactLoaded>());
        Assert.That(((ArtifactLoaded)answer).Content, Is.EqualTo(content));
        Assert.That((((ArtifactLoaded)answer).CorrelationId, ((ArtifactLoaded)answer).Hash), Is.EqualTo((2L, stored.Hash)));
    }

    [Test]
    public async Task Put_WhenTheContentIsThereAlready_AnswersAlike()
    {
        await PutAsync(1, "abc"u8.ToArray());

        Assert.That(await PutAsync(2, "abc"u8.ToArray()), Is.EqualTo(new ArtifactStored(2, HashOfAbc, 3)));
    }

    [Test]
    public async Task Get_WhenNothingHasThatName_FailsWithIt() => await AssertFailedAsync(HashOfAbc);

    [TestCase("")]
    [TestCase("../../etc/passwd")]
    [TestCase("/etc/passwd")]
    [TestCase("ba7816bf")]
    [TestCase("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [TestCase("..7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [TestCase("ba/816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [TestCase("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0")]
    [TestCase("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a\0")]
    public async Task Get_WhenTheNameIsNoHash_FailsWithIt(string name)
    {
        await PutAsync(1, "abc"u8.ToArray());

        await AssertFailedAsync(name);
    }

    [Test]
    public async Task Requests_WhenManyWait_AreEachAnsweredOnce()
    {
        IReadOnlyList<object> answers = await _harness.AskAsync(
            (store, me) =>
            {
                for (int i = 0; i < 100; i++)
                {
                    store.Put(new PutArtifact(i, Encoding.UTF8.GetBytes($"content {i % 10}")), me);
                }
            },
            all => all.Count >= 100);

        Assert.That(answers.Cast<ArtifactStored>().Select(a => a.CorrelationId), Is.EquivalentTo(Enumerable.Range(0, 100).Select(i => (long)i)));
        Assert.That(answers.Cast<ArtifactStored>().Select(a => a.Hash).Distinct().Count(), Is.EqualTo(10));
    }

    private async Task AssertFailedAsync(string name)
    {
        object answer = await GetAsync(9, name);
        Assert.That(answer, Is.InstanceOf<ArtifactFailed>());
        var failed = (ArtifactFailed)answer;
        Assert.That((failed.CorrelationId, failed.Hash), Is.EqualTo((9L, name)));
        Assert.That(failed.Reason, Is.Not.Empty);
    }

    private Task<object> PutAsync(long correlation, byte[] content) =>
        _harness.AskAsync((store, me) => store.Put(new PutArtifact(correlation, content), me));

    private Task<object> GetAsync(long correlation, string hash) =>
        _harness.AskAsync((store, me) => store.Get(new GetArtifact(correlation, hash), me));
}
