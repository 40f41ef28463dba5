using Eco.Host.Artifacts;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;
using NUnit.Framework;

namespace Eco.Tests.Artifacts;

/// <summary>Transfers over real sockets, with a relay between that harms them.</summary>
public sealed class HttpArtifactTransferTests
{
    private const int Length = 2_000_000;
    private static readonly (byte[] Content, string Hash) Sample = ArtifactBench.Make(Length, 2);
    private ArtifactBench _bench = null!;
    private ByteRelay _relay = null!;
    private HttpArtifactTransfer _transfer = null!;

    [SetUp]
    public async Task Start()
    {
        _bench = await ArtifactBench.StartAsync();
        _relay = new ByteRelay(_bench.Server.Endpoint.Port);
        _transfer = _bench.Transfer(_relay.Endpoint);
    }

    [TearDown]
    public async Task End()
    {
        await _transfer.DisposeAsync();
        await _relay.DisposeAsync();
        await _bench.DisposeAsync();
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(Length)]
    public async Task Artefact_WhenNothingHappens_GetsThereAndBack(int length)
    {
        (byte[] content, string hash) = ArtifactBench.Make(length, 3);
        await ArtifactBench.PutAsync(_bench.AgentStore, content);

        object up = await ArtifactBench.UploadAsync(_transfer, hash, length);
        object again = await ArtifactBench.UploadAsync(_transfer, hash, length);
        await _bench.AgentStore.DiscardAsync(hash, CancellationToken.None);
        object down = await ArtifactBench.DownloadAsync(_transfer, hash, length);

        Assert.That(new[] { up, again, down }, Is.All.EqualTo(new ArtifactTransferred(7, hash, length)));
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, hash), Is.EqualTo(content));
        Assert.That(await ArtifactBench.ContentAsync(_bench.AgentStore, hash), Is.EqualTo(content));
        Assert.That(_relay.BytesToServer, Is.LessThan(length + 4000), "what the server has is not sent again");
    }

    [Test]
    public async Task Upload_WhenItIsCut_IsTriedAgainAndArrives()
    {
        await ArtifactBench.PutAsync(_bench.AgentStore, Sample.Content);
        _relay.CutAfterToServer = 1_000_000;

        var cut = (TransferFailed)await ArtifactBench.UploadAsync(_transfer, Sample.Hash, Length);
        object rest = await RetryAsync(() => ArtifactBench.UploadAsync(_transfer, Sample.Hash, Length));

        Assert.That((cut.Fault, cut.CanRetry), Is.EqualTo((TransferFault.Interrupted, true)));
        Assert.That(rest, Is.InstanceOf<ArtifactTransferred>());
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, Sample.Hash), Is.EqualTo(Sample.Content));
    }

    [Test]
    public async Task Upload_WhenTheServerHasAPart_SendsTheRestAlone()
    {
        await ArtifactBench.PutAsync(_bench.AgentStore, Sample.Content);
        await PutPartAsync();

        object rest = await ArtifactBench.UploadAsync(_transfer, Sample.Hash, Length);

        Assert.That(rest, Is.InstanceOf<ArtifactTransferred>());
        Assert.That(_relay.BytesToServer, Is.LessThan(Length - 1_000_000 + 2000));
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, Sample.Hash), Is.EqualTo(Sample.Content));
    }

    [Test]
    public async Task Download_WhenItIsCut_GoesOnWhereItWasAndSaysHowFarItIs()
    {
        await ArtifactBench.PutAsync(_bench.ServerStore, Sample.Content);
        _relay.CutAfterToClient = 1_000_000;

        var cut = (TransferFailed)await ArtifactBench.DownloadAsync(_transfer, Sample.Hash, Length);
        Assert.That(await ArtifactBench.ContentAsync(_bench.AgentStore, Sample.Hash), Is.Null, "nothing is published by halves");
        var me = new RecordingRef();
        _transfer.Download(new DownloadArtifact(8, Sample.Hash, Length), me);
        await Eventually.HoldsAsync("the rest", () => me.Messages.Any(message => message is ArtifactTransferred));

        Assert.That(cut.Fault, Is.EqualTo(TransferFault.Interrupted));
        Assert.That(me.Messages.OfType<TransferProgressed>().First().Bytes, Is.GreaterThan(900_000));
        Assert.That(me.Messages.OfType<TransferProgressed>().Last().Bytes, Is.EqualTo(Length));
        Assert.That(_relay.BytesToClient, Is.LessThan(Length + 10_000));
        Assert.That(await ArtifactBench.ContentAsync(_bench.AgentStore, Sample.Hash), Is.EqualTo(Sample.Content));
    }

    [Test]
    public async Task Download_WhenAByteIsFlippedOnTheWay_IsRefusedAndThenFetchedAnew()
    {
        await ArtifactBench.PutAsync(_bench.ServerStore, Sample.Content);
        _relay.FlipToClient = 1_234_567;

        var corrupt = (TransferFailed)await ArtifactBench.DownloadAsync(_transfer, Sample.Hash, Length);
        Assert.That(await ArtifactBench.ContentAsync(_bench.AgentStore, Sample.Hash), Is.Null);
        object again = await ArtifactBench.DownloadAsync(_transfer, Sample.Hash, Length);

        Assert.That((corrupt.Fault, corrupt.CanRetry), Is.EqualTo((TransferFault.Corrupt, true)));
        Assert.That(corrupt.Reason, Does.StartWith($"ArtefactCorrupt(want {Sample.Hash}, got "));
        Assert.That(again, Is.InstanceOf<ArtifactTransferred>());
        Assert.That(await ArtifactBench.ContentAsync(_bench.AgentStore, Sample.Hash), Is.EqualTo(Sample.Content));
    }

    [Test]
    public async Task Upload_WhenTheAgentsBytesAreDamaged_IsRefusedByTheServer()
    {
        await ArtifactBench.PutAsync(_bench.AgentStore, Sample.Content);
        string file = Directory.GetFiles(_bench.ServerFolder[..^"server".Length] + "agent", Sample.Hash, SearchOption.AllDirectories).Single();
        byte[] damaged = await File.ReadAllBytesAsync(file);
        damaged[5] ^= 1;
        await File.WriteAllBytesAsync(file, damaged);

        var corrupt = (TransferFailed)await ArtifactBench.UploadAsync(_transfer, Sample.Hash, Length);

        Assert.That(corrupt.Fault, Is.EqualTo(TransferFault.Corrupt));
        Assert.That(corrupt.Reason, Does.Contain("ArtefactCorrupt(want"));
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, Sample.Hash), Is.Null);
    }

    [Test]
    public async Task Download_WhenTheServerHasFewerBytesThanWereSaid_IsCorrupt()
    {
        await ArtifactBench.PutAsync(_bench.ServerStore, Sample.Content);

        var failed = (TransferFailed)await ArtifactBench.DownloadAsync(_transfer, Sample.Hash, Length + 1);

        Assert.That((failed.Fault, failed.CanRetry), Is.EqualTo((TransferFault.Corrupt, true)));
    }

    [Test]
    public async Task Transfer_WhenTheServerIsStartedAnew_GoesOnThere()
    {
        await ArtifactBench.PutAsync(_bench.AgentStore, Sample.Content);
        await PutPartAsync();

        await _bench.RestartServerAsync();
        await using var relay = new ByteRelay(_bench.Server.Endpoint.Port);
        _transfer.UseServer(relay.Endpoint);
        object rest = await RetryAsync(() => ArtifactBench.UploadAsync(_transfer, Sample.Hash, Length));

        Assert.That(rest, Is.InstanceOf<ArtifactTransferred>());
        Assert.That(relay.BytesToServer, Is.LessThan(Length - 1_000_000 + 2000));
    }

    [Test]
    public async Task Transfer_WhenNobodyAnswers_IsGivenUpForThisAttempt()
    {
        await ArtifactBench.PutAsync(_bench.ServerStore, Sample.Content);
        _relay.IsStuck = true;
        await using HttpArtifactTransfer hasty = _bench.Transfer(_relay.Endpoint, new HttpArtifactTransferOptions { Patience = TimeSpan.FromSeconds(1) });

        var stuck = (TransferFailed)await ArtifactBench.DownloadAsync(hasty, Sample.Hash, Length);

        Assert.That((stuck.Fault, stuck.Reason), Is.EqualTo((TransferFault.Interrupted, stuck.Reason)));
        Assert.That(stuck.Reason, Does.Contain("for 1 s"));
    }

    [TestCase(null)]
    [TestCase("http://127.0.0.1:1")]
    [TestCase("http://no-such-host.invalid:1")]
    public async Task Transfer_WhenThereIsNoServer_IsUnreachable(string? endpoint)
    {
        await using HttpArtifactTransfer offline = _bench.Transfer(endpoint);

        var failed = (TransferFailed)await ArtifactBench.DownloadAsync(offline, Sample.Hash, Length);

        Assert.That((failed.Fault, failed.CanRetry), Is.EqualTo((TransferFault.Unreachable, true)));
    }

    [Test]
    public async Task Transfer_WhenItCanNeverSucceed_SaysSo()
    {
        await using ArtifactBench small = await ArtifactBench.StartAsync(new ArtifactServerOptions { MaxBytes = 1000 });
        await ArtifactBench.PutAsync(small.AgentStore, Sample.Content);
        await using HttpArtifactTransfer transfer = small.Transfer(small.Server.Endpoint.ToString());

        var atServer = (TransferFailed)await ArtifactBench.UploadAsync(transfer, Sample.Hash, Length);
        var here = (TransferFailed)await ArtifactBench.UploadAsync(transfer, Sample.Hash, TransferLimits.DefaultMaximumBytes + 1);
        var name = (TransferFailed)await ArtifactBench.DownloadAsync(transfer, "../etc/passwd", 1);

        Assert.That(new[] { atServer, here, name }.Select(failed => failed.CanRetry), Is.All.False);
        Assert.That(atServer.Reason, Does.Contain("413").And.Contain("eco.artifacts.max-bytes"));
    }

    [Test]
    public async Task Transfer_WhenTheSourceHasNothing_IsMissing()
    {
        var up = (TransferFailed)await ArtifactBench.UploadAsync(_transfer, Sample.Hash, Length);
        var down = (TransferFailed)await ArtifactBench.DownloadAsync(_transfer, Sample.Hash, Length);

        Assert.That(new[] { up.Fault, down.Fault }, Is.All.EqualTo(TransferFault.Missing));
    }

    [Test]
    public async Task Download_WhenManyWantTheSame_BringsItOnceToAll()
    {
        await ArtifactBench.PutAsync(_bench.ServerStore, Sample.Content);
        RecordingRef[] askers = [.. Enumerable.Range(0, 5).Select(i => new RecordingRef($"asker-{i}"))];
        RecordingRef another = new("another");

        _transfer.Download(new DownloadArtifact(1, Sample.Hash, Length), another);
        Array.ForEach(askers, asker => _transfer.Download(new DownloadArtifact(2, Sample.Hash, Length), asker));
        _transfer.Cancel(Sample.Hash, another);
        await Eventually.HoldsAsync("all have it", () => askers.All(asker => asker.Messages.OfType<ArtifactTransferred>().Any()));

        Assert.That(another.Messages.Where(message => message is not TransferProgressed), Is.Empty);
        Assert.That(_relay.BytesToClient, Is.LessThan(Length + 4000));
    }

    [Test]
    public async Task Transfers_WhenManyAreAsked_EndAllAFewAtATime()
    {
        (byte[] Content, string Hash)[] samples = [.. Enumerable.Range(0, 30).Select(i => ArtifactBench.Make(50_000, 1000 + i))];
        foreach ((byte[] content, _) in samples)
        {
            await ArtifactBench.PutAsync(_bench.ServerStore, content);
        }

        object[] answers = await Task.WhenAll(samples.Select(sample => ArtifactBench.DownloadAsync(_transfer, sample.Hash, 50_000)));

        Assert.That(answers, Is.All.InstanceOf<ArtifactTransferred>());
    }

    private async Task PutPartAsync()
    {
        using var part = new ByteArrayContent(Sample.Content, 0, 1_000_000);
        part.Headers.TryAddWithoutValidation("Content-Range", "bytes 0-999999/2000000");
        using HttpResponseMessage taken = await _bench.Client.PutAsync(_bench.At(Sample.Hash), part);
        Assert.That(taken.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.Accepted));
    }

    // After a cut the server needs a moment to see it; until then it is busy with the connection that is no more.
    private static async Task<object> RetryAsync(Func<Task<object>> attempt)
    {
        object answer = await attempt();
        await Eventually.HoldsAsync(
            "the server has seen the cut",
            async () => answer is not TransferFailed { Fault: TransferFault.Overloaded } || (answer = await attempt()) is not TransferFailed { Fault: TransferFault.Overloaded },
            () => $"{answer}");
        return answer;
    }
}
