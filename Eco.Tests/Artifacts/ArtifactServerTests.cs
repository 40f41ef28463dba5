using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Eco.Host.Artifacts;
using Eco.Tests.Integration;
using NUnit.Framework;

namespace Eco.Tests.Artifacts;

/// <summary>What the endpoint says, over real sockets.</summary>
public sealed class ArtifactServerTests
{
    private const int Length = 300_000;
    private static readonly (byte[] Content, string Hash) Sample = ArtifactBench.Make(Length);
    private ArtifactBench _bench = null!;

    [SetUp]
    public async Task Start() => _bench = await ArtifactBench.StartAsync(new ArtifactServerOptions
    {
        MaxBytes = 1 << 20,
        MaxTransfers = 4,
        SlowAfter = TimeSpan.FromHours(1),
    });

    [TearDown]
    public async Task End() => await _bench.DisposeAsync();

    [Test]
    public async Task Put_WhenTheBytesAreRight_PublishesThem()
    {
        using HttpResponseMessage absent = await SendAsync(HttpMethod.Head, Sample.Hash);
        using HttpResponseMessage put = await PutAsync(Sample.Hash, Sample.Content);
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, Sample.Hash);
        using HttpResponseMessage again = await PutAsync(Sample.Hash, Sample.Content);
        byte[] got = await _bench.Client.GetByteArrayAsync(_bench.At(Sample.Hash));

        Assert.That(
            new[] { absent.StatusCode, put.StatusCode, head.StatusCode, again.StatusCode },
            Is.EqualTo(new[] { HttpStatusCode.NotFound, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK }));
        Assert.That((head.Content.Headers.ContentLength, head.Headers.ETag?.Tag), Is.EqualTo(((long?)Length, $"\"{Sample.Hash}\"")));
        Assert.That(head.Headers.Server, Is.Empty);
        Assert.That(got, Is.EqualTo(Sample.Content));
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, Sample.Hash), Is.EqualTo(Sample.Content), "the server's actors have it, too");
    }

    [TestCase("bytes=0-0", 0, 1)]
    [TestCase("bytes=1-9", 1, 9)]
    [TestCase("bytes=299999-", 299_999, 1)]
    [TestCase("bytes=100-999999999", 100, 299_900)]
    [TestCase("bytes=-5", 299_995, 5)]
    [TestCase("bytes=-999999999", 0, 300_000)]
    public async Task Get_WhenARangeIsAsked_SendsIt(string range, int from, int count)
    {
        (await PutAsync(Sample.Hash, Sample.Content)).Dispose();

        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, Sample.Hash, request => request.Headers.TryAddWithoutValidation("Range", range));

        Assert.That(await reply.Content.ReadAsByteArrayAsync(), Is.EqualTo(Sample.Content.AsSpan(from, count).ToArray()));
        Assert.That(reply.StatusCode, Is.EqualTo(count == Length ? HttpStatusCode.OK : HttpStatusCode.PartialContent));
        Assert.That(
            reply.Content.Headers.ContentRange?.ToString(),
            Is.EqualTo(count == Length ? null : string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{from + count - 1}/{Length}")));
    }

    [TestCase("bytes=300000-")]
    [TestCase("bytes=300001-400000")]
    [TestCase("bytes=-0")]
    public async Task Get_WhenTheRangeLiesOutside_SaysHowManyThereAre(string range)
    {
        (await PutAsync(Sample.Hash, Sample.Content)).Dispose();

        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, Sample.Hash, request => request.Headers.TryAddWithoutValidation("Range", range));

        Assert.That((reply.StatusCode, reply.Content.Headers.ContentRange?.ToString()), Is.EqualTo((HttpStatusCode.RequestedRangeNotSatisfiable, "bytes */300000")));
    }

    [TestCase("bytes=5-1")]
    [TestCase("bytes=0-1,5-6")]
    [TestCase("bytes=a-b")]
    [TestCase("bytes=-")]
    [TestCase("lines=0-1")]
    [TestCase("bytes=99999999999999999999-")]
    public async Task Get_WhenTheRangeIsNone_SendsTheWhole(string range)
    {
        (await PutAsync(Sample.Hash, Sample.Content)).Dispose();

        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, Sample.Hash, request => request.Headers.TryAddWithoutValidation("Range", range));

        Assert.That((reply.StatusCode, (await reply.Content.ReadAsByteArrayAsync()).Length), Is.EqualTo((HttpStatusCode.OK, Length)));
    }

    [TestCase("/artefacts/../../etc/passwd")]
    [TestCase("/artefacts/..%2f..%2fetc%2fpasswd")]
    [TestCase("/artefacts/")]
    [TestCase("/artefacts/abc")]
    [TestCase("/artefacts/BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD")]
    [TestCase("/artefacts/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a%00")]
    [TestCase("/etc/passwd")]
    [TestCase("/")]
    public async Task Request_WhenItNamesNoArtefact_IsRefused(string path)
    {
        foreach (string method in (string[])["GET", "PUT"])
        {
            string reply = await RawAsync($"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

            Assert.That(reply, Does.Match("^HTTP/1.1 40[04] "));
        }

        Assert.That(Directory.GetFiles(_bench.ServerFolder, "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public async Task Put_WhenItIsTooLarge_IsRefusedBeforeItIsRead()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, _bench.At(Sample.Hash)) { Content = new ByteArrayContent(new byte[(1 << 20) + 1]) };
        request.Headers.ExpectContinue = true;
        using HttpResponseMessage reply = await _bench.Client.SendAsync(request);
        string body = await reply.Content.ReadAsStringAsync();

        Assert.That(reply.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(body, Does.Contain("\"cause\":").And.Contain("eco.artifacts.max-bytes"));
    }

    [Test]
    public async Task Put_WhenItDoesNotSayHowLongItIs_IsRefused()
    {
        string reply = await RawAsync($"PUT /artefacts/{Sample.Hash} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

        Assert.That(reply, Does.StartWith("HTTP/1.1 411 "));
    }

    [Test]
    public async Task Put_WhenTheBytesHaveAnotherHash_KeepsNothing()
    {
        byte[] wrong = [.. Sample.Content];
        wrong[Length / 2] ^= 1;

        using HttpResponseMessage reply = await PutAsync(Sample.Hash, wrong);
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, Sample.Hash);

        JsonNode body = JsonNode.Parse(await reply.Content.ReadAsStringAsync())!;
        Assert.That(reply.StatusCode, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(body["cause"]!.GetValue<string>(), Does.StartWith($"ArtefactCorrupt(want {Sample.Hash}, got "));
        Assert.That(body["cure"]!.GetValue<string>(), Is.Not.Empty);
        Assert.That((head.StatusCode, head.Headers.Contains("Artefact-Received")), Is.EqualTo((HttpStatusCode.NotFound, false)));
        Assert.That(Directory.GetFiles(_bench.ServerFolder, "*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public async Task Put_WhenItComesInParts_GoesOnWhereItIsAlsoAfterARestart()
    {
        using HttpResponseMessage first = await PutAsync(Sample.Hash, Sample.Content[..100_000], "bytes 0-99999/300000");
        await _bench.RestartServerAsync();
        using HttpResponseMessage head = await SendAsync(HttpMethod.Head, Sample.Hash);
        using HttpResponseMessage gap = await PutAsync(Sample.Hash, Sample.Content[200_000..], "bytes 200000-299999/300000");
        using HttpResponseMessage rest = await PutAsync(Sample.Hash, Sample.Content[100_000..], "bytes 100000-299999/300000");

        Assert.That(
            new[] { first.StatusCode, head.StatusCode, gap.StatusCode, rest.StatusCode },
            Is.EqualTo(new[] { HttpStatusCode.Accepted, HttpStatusCode.NotFound, HttpStatusCode.Conflict, HttpStatusCode.Created }));
        Assert.That(head.Headers.GetValues("Artefact-Received"), Is.EqualTo(new[] { "100000" }));
        Assert.That(gap.Headers.GetValues("Artefact-Received"), Is.EqualTo(new[] { "100000" }));
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, Sample.Hash), Is.EqualTo(Sample.Content));
    }

    [Test]
    public async Task Put_WhenAPartSaysAnotherTotal_IsRefusedAndMayGoOnOrBeginAnew()
    {
        using HttpResponseMessage first = await PutAsync(Sample.Hash, Sample.Content[..100_000], "bytes 0-99999/300000");
        using HttpResponseMessage longer = await PutAsync(Sample.Hash, Sample.Content[100_000..], "bytes 100000-299999/300001");
        using HttpResponseMessage shorter = await PutAsync(Sample.Hash, Sample.Content[..50], "bytes 100000-100049/100050");
        string said = await longer.Content.ReadAsStringAsync();
        using HttpResponseMessage anew = await PutAsync(Sample.Hash, Sample.Content[..10], "bytes 0-9/400000");
        using HttpResponseMessage again = await PutAsync(Sample.Hash, Sample.Content[..100_000], "bytes 0-99999/300000");
        using HttpResponseMessage rest = await PutAsync(Sample.Hash, Sample.Content[100_000..], "bytes 100000-299999/300000");

        Assert.That(
            new[] { first.StatusCode, longer.StatusCode, shorter.StatusCode, anew.StatusCode, again.StatusCode, rest.StatusCode },
            Is.EqualTo(new[]
            {
                HttpStatusCode.Accepted, HttpStatusCode.Conflict, HttpStatusCode.Conflict, HttpStatusCode.Accepted, HttpStatusCode.Accepted, HttpStatusCode.Created,
            }));
        Assert.That(said, Does.Contain("300000 bytes").And.Contain("300001").And.Contain("begin anew"));
    }

    [TestCase("bytes 0-99/300000")]
    [TestCase("bytes 5-1/300000")]
    [TestCase("bytes 0-300000/300000")]
    [TestCase("bytes */300000")]
    [TestCase("bytes 0-299999/*")]
    [TestCase("nonsense")]
    public async Task Put_WhenItsRangeDoesNotFitItsBody_IsRefused(string range)
    {
        using HttpResponseMessage reply = await PutAsync(Sample.Hash, Sample.Content, range);

        Assert.That(reply.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Put_WhenTwoSendTheSame_PublishesItOnce()
    {
        HttpResponseMessage[] replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => PutAsync(Sample.Hash, Sample.Content)));

        HttpStatusCode[] codes = [.. replies.Select(reply => reply.StatusCode)];
        Assert.That(codes, Is.All.AnyOf(HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict));
        Assert.That(codes.Count(code => code == HttpStatusCode.Created), Is.EqualTo(1));
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, Sample.Hash), Is.EqualTo(Sample.Content));
        Array.ForEach(replies, reply => reply.Dispose());
    }

    [Test]
    public async Task Put_WhenTheStoreIsFull_IsRefused()
    {
        await using ArtifactBench small = await ArtifactBench.StartAsync(store: options => options with { MaxTotalBytes = Length - 1 });

        using var content = new ByteArrayContent(Sample.Content);
        using HttpResponseMessage reply = await small.Client.PutAsync(small.At(Sample.Hash), content);

        Assert.That(reply.StatusCode, Is.EqualTo(HttpStatusCode.InsufficientStorage));
    }

    [Test]
    public async Task Put_WhenItsBodyStandsStill_IsCutOffAndKeepsWhatCame()
    {
        await using ArtifactBench hasty = await ArtifactBench.StartAsync(new ArtifactServerOptions { Grace = TimeSpan.FromSeconds(2) });
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, hasty.Server.Endpoint.Port);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT /artefacts/{Sample.Hash} HTTP/1.1\r\nHost: x\r\nContent-Length: {Length}\r\n\r\n"));
        await stream.WriteAsync(Sample.Content.AsMemory(0, 1000));

        string reply = await Eventually.CompletesAsync("the server cuts it off", new StreamReader(stream).ReadToEndAsync());

        Assert.That(reply, Is.Empty.Or.StartsWith("HTTP/1.1 408 "));
        await Eventually.HoldsAsync("what came is kept", () => File.Exists(PartFile(hasty)) && new FileInfo(PartFile(hasty)).Length == 1000);
    }

    [Test]
    public async Task Put_WhenItsConnectionEnds_KeepsWhatCame()
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, _bench.Server.Endpoint.Port);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT /artefacts/{Sample.Hash} HTTP/1.1\r\nHost: x\r\nContent-Length: {Length}\r\n\r\n"));
        await stream.WriteAsync(Sample.Content.AsMemory(0, 100_000));
        await Eventually.HoldsAsync("it comes", () => File.Exists(PartFile(_bench)) && new FileInfo(PartFile(_bench)).Length == 100_000);

        connection.Client.Shutdown(SocketShutdown.Send);
        HttpStatusCode rest = HttpStatusCode.Conflict;
        await Eventually.HoldsAsync(
            "the server has seen the end, and is no longer busy with the connection that is no more",
            async () =>
            {
                using HttpResponseMessage reply = await PutAsync(Sample.Hash, Sample.Content[100_000..], "bytes 100000-299999/300000");
                rest = reply.StatusCode;
                return rest != HttpStatusCode.Conflict;
            });

        Assert.That(rest, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(await ArtifactBench.ContentAsync(_bench.ServerStore, Sample.Hash), Is.EqualTo(Sample.Content));
    }

    [Test]
    public async Task Get_WhenTheStoredBytesAreDamaged_TakesThemOut()
    {
        (await PutAsync(Sample.Hash, Sample.Content)).Dispose();
        string file = Path.Combine(_bench.ServerFolder, Sample.Hash[..2], Sample.Hash);
        byte[] damaged = await File.ReadAllBytesAsync(file);
        damaged[77] ^= 1;
        await File.WriteAllBytesAsync(file, damaged);

        (await SendAsync(HttpMethod.Get, Sample.Hash)).Dispose();
        await Eventually.HoldsAsync("it is taken out", () => !File.Exists(file));
        using HttpResponseMessage mended = await PutAsync(Sample.Hash, Sample.Content);

        Assert.That(mended.StatusCode, Is.EqualTo(HttpStatusCode.Created));
    }

    [Test]
    public async Task Request_WhenTooManyAreUnderWay_IsAskedToComeAgain()
    {
        var slow = new List<TcpClient>();
        for (int i = 0; i < 4; i++)
        {
            (_, string hash) = ArtifactBench.Make(1000, 100 + i);
            var connection = new TcpClient();
            slow.Add(connection);
            await connection.ConnectAsync(IPAddress.Loopback, _bench.Server.Endpoint.Port);
            await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"PUT /artefacts/{hash} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nxxx"));
        }

        await Eventually.HoldsAsync("all four are received", () => Directory.GetFiles(Path.Combine(_bench.ServerFolder, "tmp")).Length == 4);
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Get, Sample.Hash);

        Assert.That((reply.StatusCode, reply.Headers.RetryAfter?.Delta), Is.EqualTo((HttpStatusCode.ServiceUnavailable, (TimeSpan?)TimeSpan.FromSeconds(5))));
        slow.ForEach(connection => connection.Dispose());
    }

    [Test]
    public async Task Request_WhenSlowUploadsHaveAllPlaces_GetsOneOfThemAndTheirBytesAreKept()
    {
        await using ArtifactBench bench = await ArtifactBench.StartAsync(new ArtifactServerOptions { MaxTransfers = 2, SlowAfter = TimeSpan.Zero });
        using var first = new TcpClient();
        using var second = new TcpClient();
        foreach ((TcpClient slow, int seed) in new[] { (first, 100), (second, 101) })
        {
            await slow.ConnectAsync(IPAddress.Loopback, bench.Server.Endpoint.Port);
            await slow.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"PUT /artefacts/{ArtifactBench.Make(1000, seed).Hash} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nxxx"));
        }

        string[] Parts() => Directory.GetFiles(Path.Combine(bench.ServerFolder, "tmp"));
        await Eventually.HoldsAsync("both are received", () => Parts().Length == 2 && Parts().All(part => new FileInfo(part).Length == 3));
        using var content = new ByteArrayContent(Sample.Content);
        HttpStatusCode code = default;
        await Eventually.HoldsAsync("there is a place, as soon as one of them is slow on average", async () =>
        {
            using HttpResponseMessage put = await bench.Client.PutAsync(bench.At(Sample.Hash), content);
            code = put.StatusCode;
            return code != HttpStatusCode.ServiceUnavailable;
        });

        Assert.That(code, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(Parts().Select(part => new FileInfo(part).Length), Is.EqualTo(new[] { 3L, 3L }));
    }

    [Test]
    public async Task Request_WhenItsMethodIsAnother_IsRefused()
    {
        using HttpResponseMessage reply = await SendAsync(HttpMethod.Delete, Sample.Hash);

        Assert.That((reply.StatusCode, string.Join(',', reply.Content.Headers.Allow)), Is.EqualTo((HttpStatusCode.MethodNotAllowed, "HEAD,GET,PUT")));
    }

    [TestCase("localhost:1")]
    [TestCase("")]
    [TestCase("127.0.0.1:99999")]
    public void Start_WhenTheAddressIsNone_SaysWhatWouldBe(string listen) => Assert.That(
        async () => await ArtifactServer.StartAsync(
            new ArtifactServerOptions { Listen = listen }, _bench.ServerStore, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, CancellationToken.None),
        Throws.TypeOf<FormatException>().With.Message.Contains("127.0.0.1:7070"));

    private static string PartFile(ArtifactBench bench) => Path.Combine(bench.ServerFolder, "tmp", Sample.Hash + ".part");

    private async Task<HttpResponseMessage> PutAsync(string hash, byte[] content, string? range = null)
    {
        var body = new ByteArrayContent(content);
        if (range is not null)
        {
            body.Headers.TryAddWithoutValidation("Content-Range", range);
        }

        return await _bench.Client.PutAsync(_bench.At(hash), body);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string hash, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, _bench.At(hash));
        change?.Invoke(request);
        return await _bench.Client.SendAsync(request);
    }

    private async Task<string> RawAsync(string request)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, _bench.Server.Endpoint.Port);
        await connection.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        return await Eventually.CompletesAsync("an answer, and the end of the connection", new StreamReader(connection.GetStream()).ReadToEndAsync());
    }
}
