using System.Collections.Immutable;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using Eco.Actors.Console;
using Eco.Host.Commands;
using Eco.Host.ConsoleSocket;
using Eco.Host.State;
using Eco.Tests.Commands;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace Eco.Tests.ConsoleSocket;

[CancelAfter(30_000)]
public sealed class ConsoleSocketTests
{
    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    private readonly ConsoleSocketOptions _options = new() { MaxRequestBytes = 4096, MaxReplyBytes = 65536, MaxClients = 3 };
    private string _folder = "";
    private FakeEndpoint _endpoint = null!;
    private StateDirectory _state = null!;
    private ConsoleSocketServer? _server;

    [SetUp]
    public void Make()
    {
        _folder = Directory.CreateTempSubdirectory("eco-socket-").FullName;
        _state = new StateDirectory(_folder);
        _endpoint = new FakeEndpoint { Answer = request => Echo(request) };
    }

    [TearDown]
    public async Task Remove()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Ask_WhenHostListens_CarriesArgumentsAndBody(CancellationToken cancellation)
    {
        Start(_state);
        await using ConsoleClient client = await ConnectAsync(cancellation);

        ConsoleReply reply = await client.AskAsync("ion.submit", None.Add("file", "ä b.conf"), "body\nwith \"lines\"", cancellation);

        Assert.That(reply.Data!.Value.Deserialize(ConsoleJson.Default.RebuildView)!.Events, Is.EqualTo(1));
        ConsoleRequest request = _endpoint.Requests.Single();
        Assert.That((request.Verb, request.Arguments["file"], request.Body), Is.EqualTo(("ion.submit", "ä b.conf", "body\nwith \"lines\"")));
    }

    [Test]
    [UnsupportedOSPlatform("windows")]
    public void Start_WhenListening_IsForTheOwnerOnly()
    {
        Start(_state);

        Assert.That(
            File.GetUnixFileMode(Path.Combine(_folder, "console.sock")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task Ask_WhenStatePathIsLongerThanASocketPathMayBe_FindsTheSocketElsewhere(CancellationToken cancellation)
    {
        var deep = new StateDirectory(Path.Combine(_folder, new string('d', 90), new string('e', 90)));
        deep.EnsureCreated();
        Start(deep);

        await using (ConsoleClient client = (await ConsoleClient.TryConnectAsync(deep, _options, TimeProvider.System, cancellation))!)
        {
            Assert.That((await client.AskAsync("agents", None, null, cancellation)).Error, Is.Null);
        }

        string socket = ConsoleSocketPath.Find(deep)!;
        await _server!.DisposeAsync();
        _server = null;
        Assert.That(Directory.Exists(Path.GetDirectoryName(socket)), Is.False);
        Assert.That(ConsoleSocketPath.Find(deep), Is.Null);
    }

    [Test]
    public async Task Connect_WhenAKilledHostLeftItsSocket_FindsNoHost(CancellationToken cancellation)
    {
        string path = Path.Combine(_folder, "console.sock");
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
        }

        File.WriteAllText(path, "");

        Assert.That(await ConsoleClient.TryConnectAsync(_state, _options, TimeProvider.System, cancellation), Is.Null);
        Start(_state);
        await using ConsoleClient client = await ConnectAsync(cancellation);
        Assert.That((await client.AskAsync("agents", None, null, cancellation)).Error, Is.Null);
    }

    [Test]
    public async Task Ask_WhenManyClientsAsk_AnswersEach(CancellationToken cancellation)
    {
        Start(_state);
        async Task<string> AskAsync(int n)
        {
            await using ConsoleClient client = await ConnectAsync(cancellation);
            return (await client.AskAsync($"verb-{n}", None, null, cancellation)).Error?.Cause ?? "answered";
        }

        string[] answers = await Task.WhenAll(AskAsync(1), AskAsync(2), AskAsync(3));

        Assert.That(answers, Is.All.EqualTo("answered"));
    }

    [Test]
    public async Task Connect_WhenTooManyClients_IsRefusedWithTheReason(CancellationToken cancellation)
    {
        Start(_state);
        var clients = new List<ConsoleClient>();
        for (int i = 0; i < 3; i++)
        {
            clients.Add(await ConnectAsync(cancellation));
            await clients[^1].AskAsync("agents", None, null, cancellation);
        }

        await using ConsoleClient fourth = await ConnectAsync(cancellation);
        ConsoleReply reply = await fourth.AskAsync("agents", None, null, cancellation);

        Assert.That(reply.Error!.Code, Is.EqualTo(ConsoleErrorCodes.Refused));
        foreach (ConsoleClient client in clients)
        {
            await client.DisposeAsync();
        }
    }

    [Test]
    public async Task Watch_WhenThingsHappen_StreamsThemInOrder(CancellationToken cancellation)
    {
        _endpoint.Live = [.. Enumerable.Range(1, 50).Select(n => new LiveView("k", DateTimeOffset.UnixEpoch, null, null, null, $"t{n}", n))];
        Start(_state);
        await using ConsoleClient client = await ConnectAsync(cancellation);

        var values = new List<double?>();
        await foreach (LiveView live in client.WatchAsync(None, cancellation))
        {
            values.Add(live.Value);
        }

        Assert.That(values, Is.EqualTo(Enumerable.Range(1, 50).Select(n => (double?)n)));
    }

    [Test]
    public async Task Watch_WhenTheClientGoes_EndsTheStream(CancellationToken cancellation)
    {
        _endpoint.Live = [new LiveView("k", DateTimeOffset.UnixEpoch, null, null, null, "first", null)];
        _endpoint.KeepWatching = true;
        Start(_state);
        ConsoleClient client = await ConnectAsync(cancellation);
        await foreach (LiveView _ in client.WatchAsync(None, cancellation))
        {
            break;
        }

        await client.DisposeAsync();

        await _endpoint.WatchEnded.Task.WaitAsync(cancellation);
    }

    [TestCase("not json", "is not a console request")]
    [TestCase("{\"id\":1}", "no verb")]
    [TestCase("null", "it is null")]
    public async Task Ask_WhenALineIsNoRequest_AnswersAndGoesOn(string line, string cause, CancellationToken cancellation)
    {
        Start(_state);
        using Socket socket = await RawAsync(cancellation);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);

        await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n{\"id\":9,\"verb\":\"agents\"}\n"), cancellation);

        string[] replies = [(await reader.ReadLineAsync(cancellation))!, (await reader.ReadLineAsync(cancellation))!];
        Assert.That(replies, Has.One.Contains(cause));
        Assert.That(replies, Has.One.Contains("\"id\":9"));
    }

    [Test]
    public async Task Ask_WhenALineIsTooLong_IsRefusedAndClosed(CancellationToken cancellation)
    {
        Start(_state);
        using Socket socket = await RawAsync(cancellation);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);

        await stream.WriteAsync(new byte[5000], cancellation);

        Assert.That(await reader.ReadLineAsync(cancellation), Does.Contain("longer than 4096 bytes"));
    }

    [Test]
    public async Task Ask_WhenTheFileIsTooLarge_SaysSoBeforeSending(CancellationToken cancellation)
    {
        Start(_state);
        await using ConsoleClient client = await ConnectAsync(cancellation);

        CommandException error = (await Assert.ThrowsAsync<CommandException>(
            () => client.AskAsync("ion.submit", None, new string('x', 5000), cancellation)))!;

        Assert.That(error.Error.Code, Is.EqualTo(ConsoleErrorCodes.Invalid));
        Assert.That(_endpoint.Requests, Is.Empty);
    }

    [Test]
    public async Task Ask_WhenTheAnswerIsTooLong_SaysSo(CancellationToken cancellation)
    {
        _endpoint.Answer = request => ConsoleJson.Reply(
            request.Id, ImmutableArray.Create(new IonView("a", 1, "running", new string('x', 70_000), DateTimeOffset.UnixEpoch)));
        Start(_state);
        await using ConsoleClient client = await ConnectAsync(cancellation);

        Assert.That((await client.AskAsync("ion.list", None, null, cancellation)).Error!.Code, Is.EqualTo(ConsoleErrorCodes.Refused));
    }

    [Test]
    public async Task Ask_WhenTheEndpointThrows_TellsTheClientAndServesOn(CancellationToken cancellation)
    {
        _endpoint.Answer = request => request.Verb == "bad" ? throw new InvalidOperationException("boom") : Echo(request);
        Start(_state);
        await using ConsoleClient client = await ConnectAsync(cancellation);

        ConsoleReply bad = await client.AskAsync("bad", None, null, cancellation);
        ConsoleReply good = await client.AskAsync("good", None, null, cancellation);

        Assert.That((bad.Error!.Code, good.Error), Is.EqualTo((ConsoleErrorCodes.Internal, (ConsoleError?)null)));
    }

    [Test]
    public async Task Ask_WhenTheHostEnds_SaysThatItEnded(CancellationToken cancellation)
    {
        Start(_state);
        await using ConsoleClient client = await ConnectAsync(cancellation);
        await client.AskAsync("agents", None, null, cancellation);
        await _server!.DisposeAsync();
        _server = null;

        CommandException error = (await Assert.ThrowsAsync<CommandException>(() => client.AskAsync("agents", None, null, cancellation)))!;

        Assert.That(error.Error.Code, Is.EqualTo(ConsoleErrorCodes.NoHost));
    }

    private static ConsoleReply Echo(ConsoleRequest request) => ConsoleJson.Reply(request.Id, new RebuildView(request.Arguments.Count));

    private void Start(StateDirectory state) =>
        _server = ConsoleSocketServer.Start(state, _endpoint, _options, TimeProvider.System, NullLogger.Instance);

    private async Task<ConsoleClient> ConnectAsync(CancellationToken cancellation) =>
        await ConsoleClient.TryConnectAsync(_state, _options, TimeProvider.System, cancellation) ?? throw new InvalidOperationException("no host");

    private async Task<Socket> RawAsync(CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(ConsoleSocketPath.Find(_state)!), cancellation);
        return socket;
    }
}
