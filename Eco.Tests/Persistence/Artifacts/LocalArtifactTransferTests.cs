using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Tests.Artifacts;
using NUnit.Framework;

namespace Eco.Tests.Persistence.Artifacts;

/// <summary>Transfers between the stores of one process.</summary>
public sealed class LocalArtifactTransferTests
{
    private FileArtifactStoreHarness _agent = null!;
    private FileArtifactStoreHarness _server = null!;
    private LocalArtifactTransfer _transfer = null!;

    [SetUp]
    public void Open()
    {
        _agent = new FileArtifactStoreHarness();
        _server = new FileArtifactStoreHarness();
        _transfer = new LocalArtifactTransfer(_agent.Port, _server.Port);
    }

    [TearDown]
    public async Task Close()
    {
        await _agent.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Test]
    public async Task Artefact_WhenItIsUploaded_CanBeDownloadedElsewhere()
    {
        (byte[] content, string hash) = ArtifactBench.Make(50_000);
        await ArtifactBench.PutAsync(_agent.Port, content);
        await using var other = new FileArtifactStoreHarness();

        object up = await ArtifactBench.UploadAsync(_transfer, hash, 50_000);
        object down = await ArtifactBench.DownloadAsync(new LocalArtifactTransfer(other.Port, _server.Port), hash, 50_000);

        Assert.That(new[] { up, down }, Is.All.EqualTo(new ArtifactTransferred(7, hash, 50_000)));
        Assert.That(await ArtifactBench.ContentAsync(other.Port, hash), Is.EqualTo(content));
    }

    [Test]
    public async Task Transfer_WhenItFails_SaysWhetherAnotherTryCanHelp()
    {
        (byte[] content, string hash) = ArtifactBench.Make(50_000);

        var missing = (TransferFailed)await ArtifactBench.DownloadAsync(_transfer, hash, 50_000);
        await ArtifactBench.PutAsync(_server.Port, content);
        var length = (TransferFailed)await ArtifactBench.DownloadAsync(_transfer, hash, 49_999);

        Assert.That((missing.Fault, missing.CanRetry), Is.EqualTo((TransferFault.Missing, true)));
        Assert.That((length.Fault, length.CanRetry), Is.EqualTo((TransferFault.Refused, false)));
    }
}
