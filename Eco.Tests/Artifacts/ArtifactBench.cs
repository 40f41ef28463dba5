using Eco.Host.Artifacts;
using Eco.Runtime.Persistence;
using Eco.Runtime.Persistence.Artifacts;
using Eco.Tests.Integration;
using Eco.Tests.Persistence.Contracts;
using Eco.Tests.Persistence.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Eco.Tests.Artifacts;

/// <summary>An artefact server on a real socket, and an agent's client, each with a store of its own.</summary>
internal sealed class ArtifactBench : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ArtifactServerOptions _options;
    private readonly FileArtifactStoreOptions _storeOptions;

    private ArtifactBench(ArtifactServerOptions options, Func<FileArtifactStoreOptions, FileArtifactStoreOptions>? store)
    {
        _options = options;
        _storeOptions = new FileArtifactStoreOptions { Folder = _folder.File("server") };
        _storeOptions = store?.Invoke(_storeOptions) ?? _storeOptions;
        ServerStore = FileArtifactStore.Open(_storeOptions);
        AgentStore = FileArtifactStore.Open(new FileArtifactStoreOptions { Folder = _folder.File("agent") });
    }

    public FileArtifactStore ServerStore { get; private set; }

    public FileArtifactStore AgentStore { get; }

    public ArtifactServer Server { get; private set; } = null!;

    public HttpClient Client { get; } = new();

    public string ServerFolder => _storeOptions.Folder;

    public static async Task<ArtifactBench> StartAsync(
        ArtifactServerOptions? options = null, Func<FileArtifactStoreOptions, FileArtifactStoreOptions>? store = null)
    {
        var bench = new ArtifactBench(options ?? new ArtifactServerOptions(), store);
        await bench.StartServerAsync();
        return bench;
    }

    public static (byte[] Content, string Hash) Make(int length, int seed = 1)
    {
        byte[] content = new byte[length];
        new Random(seed).NextBytes(content);
        return (content, ArtifactName.Of(content));
    }

    public Uri At(string hash) => new(Server.Endpoint, "/artefacts/" + hash);

    public async Task StartServerAsync() =>
        Server = await ArtifactServer.StartAsync(_options, ServerStore, NullLoggerFactory.Instance, CancellationToken.None);

    /// <summary>Ends the server and its store, and starts both anew on what is on the disk.</summary>
    public async Task RestartServerAsync()
    {
        await Server.DisposeAsync();
        await ServerStore.DisposeAsync();
        ServerStore = FileArtifactStore.Open(_storeOptions);
        await StartServerAsync();
    }

    public HttpArtifactTransfer Transfer(string? endpoint, HttpArtifactTransferOptions? options = null)
    {
        var transfer = new HttpArtifactTransfer(options ?? new HttpArtifactTransferOptions(), AgentStore, TimeProvider.System, NullLoggerFactory.Instance);
        transfer.UseServer(endpoint);
        return transfer;
    }

    public static async Task<string> PutAsync(IArtifactStore store, byte[] content) =>
        ((ArtifactStored)await AskAsync(me => store.Put(new PutArtifact(1, content), me))).Hash;

    public static Task<object> UploadAsync(IArtifactTransfer transfer, string hash, long length) =>
        AskAsync(me => transfer.Upload(new UploadArtifact(7, hash, length), me));

    public static Task<object> DownloadAsync(IArtifactTransfer transfer, string hash, long length) =>
        AskAsync(me => transfer.Download(new DownloadArtifact(7, hash, length), me));

    public static async Task<byte[]?> ContentAsync(IArtifactStore store, string hash) =>
        (await AskAsync(me => store.Get(new GetArtifact(1, hash), me)) as ArtifactLoaded)?.Content;

    public static async Task<object> AskAsync(Action<RecordingRef> ask)
    {
        var me = new RecordingRef();
        ask(me);
        await Eventually.HoldsAsync("an answer", () => me.Messages.Any(message => message is not TransferProgressed));
        return me.Messages.First(message => message is not TransferProgressed);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
        await ServerStore.DisposeAsync();
        await AgentStore.DisposeAsync();
        _folder.Dispose();
    }
}
